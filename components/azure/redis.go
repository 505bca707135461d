package azure

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// RedisArgs are the arguments of NewRedis.
type RedisArgs struct {
	Scope
	// Size is the size, such as Balanced_B3 or MemoryOptimized_M10: the number is
	// about the data in GB.
	Size string
	// MultiAZ keeps a copy of everything on a second machine, in another zone where
	// the region has zones. Without it a failure loses what is not persisted.
	MultiAZ bool
	// Clustered has clients know Redis Cluster, which is faster; otherwise a proxy
	// hides the parts from them.
	Clustered bool
	// Eviction is what goes when the memory is full: noeviction, allkeys-lru,
	// volatile-lru and the like, as Redis names them. noeviction if empty.
	Eviction string
	// Persist writes to disk: RedisPersistNever, every second or every hour.
	Persist RedisPersistence
	// Encryption encrypts the disks.
	Encryption *Encryption
	// Private is where the cache answers, in a zone privatelink.redis.azure.net.
	Private *PrivatePlace
	// Users are the object ids of the identities that may log in, by a name of
	// yours. Azure has one set of rights: everything.
	Users map[string]pulumi.StringInput
	// WorkspaceID is the Log Analytics workspace that gets the connection events.
	WorkspaceID pulumi.StringInput
}

// RedisPersistence is how often a cache is written to disk.
type RedisPersistence string

// The frequencies.
const (
	RedisPersistNever  RedisPersistence = ""
	RedisPersistSecond RedisPersistence = "1s"
	RedisPersistHour   RedisPersistence = "1h"
)

// Redis is a cache that speaks the Redis protocol: Azure Managed Redis, over TLS
// 1.2 and inside the network alone, for identities of Entra. There is no key:
// access keys are off.
type Redis struct {
	pulumi.ResourceState

	// ID is the cache's id, and Name its name, new for each incarnation.
	ID, Name pulumi.StringOutput
	// Host and Port are where it is written to and read from, with TLS.
	Host pulumi.StringOutput
	Port int
	// Clustered says that clients must know Redis Cluster.
	Clustered bool
	// UserNames are what the users log in as, by their names here: their object
	// ids. Their password is a token for https://redis.azure.com.
	UserNames map[string]pulumi.StringOutput
}

// redisPort is where the cache answers.
// Source: Azure Managed Redis documentation, "Network isolation", read 2026-11.
const redisPort = 10000

// redisSize is a size: a family and a number.
// Source: REST reference of Microsoft.Cache/redisEnterprise 2025-04-01, SkuName,
// read 2026-11.
var redisSize = regexp.MustCompile(`^(Balanced_B(0|1|3|5|10|20|50|100|150|250|350|500|700|1000)|MemoryOptimized_M(10|20|50|100|150|250|350|500|700|1000|1500|2000)|ComputeOptimized_X(3|5|10|20|50|100|150|250|350|500|700))$`)

// redisEvictions are what Azure calls Redis's policies of eviction.
var redisEvictions = map[string]string{
	"": "NoEviction", "noeviction": "NoEviction",
	"allkeys-lru": "AllKeysLRU", "allkeys-lfu": "AllKeysLFU", "allkeys-random": "AllKeysRandom",
	"volatile-lru": "VolatileLRU", "volatile-lfu": "VolatileLFU", "volatile-random": "VolatileRandom", "volatile-ttl": "VolatileTTL",
}

// NewRedis makes a cache with its one database, its private endpoint and its
// users. Who uses it waits for the endpoint.
func NewRedis(ctx *pulumi.Context, name string, args *RedisArgs, opts ...pulumi.ResourceOption) (*Redis, error) {
	if err := args.check(); err != nil {
		return nil, fmt.Errorf("creating cache %s: %w", name, err)
	}
	r := &Redis{Port: redisPort, Clustered: args.Clustered, UserNames: map[string]pulumi.StringOutput{}}
	if err := component.Register(ctx, "azure", "Redis", name, r, opts...); err != nil {
		return nil, err
	}
	parent := pulumi.Parent(r)
	cluster, err := component.Bind[redisCluster](ctx, redisModule+"RedisEnterprise", name, args.cluster(), parent, pulumi.Protect(args.Protect), pulumi.DependsOn(args.Encryption.Ready))
	if err != nil {
		return nil, fmt.Errorf("creating cache %s: %w", name, err)
	}
	r.ID, r.Name = cluster.ID().ToStringOutput(), cluster.Name
	database, err := bind(ctx, redisModule+"Database", name, args.database(cluster), parent)
	if err != nil {
		return nil, fmt.Errorf("creating the database of cache %s: %w", name, err)
	}
	// Azure refuses what else changes a cache while its database is made.
	then := []pulumi.ResourceOption{parent, pulumi.DependsOn([]pulumi.Resource{database})}
	endpoint, err := privateEndpoint(ctx, name, args.Scope, "redis", r.ID, "redisEnterprise", args.Private, then...)
	if err != nil {
		return nil, err
	}
	r.Host = after(cluster.HostName, endpoint)
	for _, user := range slices.Sorted(maps.Keys(args.Users)) {
		if err := args.user(ctx, name, user, r, cluster, database); err != nil {
			return nil, err
		}
	}
	// Connection events are of the database; the cache itself has metrics alone.
	if err := auditLogs(ctx, name, args.WorkspaceID, database.ID().ToStringOutput(), []string{"ConnectionEvents"}, parent); err != nil {
		return nil, err
	}
	return r, ctx.RegisterResourceOutputs(r, pulumi.Map{
		"id": r.ID, "name": r.Name, "host": r.Host, "port": pulumi.Int(r.Port), "userNames": stringMap(r.UserNames),
	})
}

// cluster are the machines: Azure puts a copy into another zone by itself.
func (a *RedisArgs) cluster() pulumi.Map {
	return pulumi.Map{
		"resourceGroupName": a.ResourceGroup, "location": pulumi.String(a.Location),
		"sku":              pulumi.Map{"name": pulumi.String(a.Size)},
		"highAvailability": pulumi.String(enabled(a.MultiAZ)), "minimumTlsVersion": pulumi.String("1.2"),
		"identity": pulumi.Map{"type": pulumi.String("UserAssigned"), "userAssignedIdentities": pulumi.StringArray{a.Encryption.IdentityID}},
		"encryption": pulumi.Map{"customerManagedKeyEncryption": pulumi.Map{
			"keyEncryptionKeyUrl": a.Encryption.KeyVersionURI,
			"keyEncryptionKeyIdentity": pulumi.Map{
				"identityType": pulumi.String("userAssignedIdentity"), "userAssignedIdentityResourceId": a.Encryption.IdentityID,
			},
		}},
		"tags": a.tags("redis"),
	}
}

// database is the cache's only database.
func (a *RedisArgs) database(cluster *redisCluster) pulumi.Map {
	policy := "EnterpriseCluster"
	if a.Clustered {
		policy = "OSSCluster"
	}
	persist := pulumi.Map{"aofEnabled": pulumi.Bool(false), "rdbEnabled": pulumi.Bool(false)}
	switch a.Persist {
	case RedisPersistSecond:
		persist = pulumi.Map{"aofEnabled": pulumi.Bool(true), "aofFrequency": pulumi.String("1s"), "rdbEnabled": pulumi.Bool(false)}
	case RedisPersistHour:
		persist = pulumi.Map{"aofEnabled": pulumi.Bool(false), "rdbEnabled": pulumi.Bool(true), "rdbFrequency": pulumi.String("1h")}
	}
	return pulumi.Map{
		"resourceGroupName": a.ResourceGroup, "clusterName": cluster.Name, "databaseName": pulumi.String("default"),
		"clientProtocol": pulumi.String("Encrypted"), "port": pulumi.Int(redisPort), "clusteringPolicy": pulumi.String(policy),
		"evictionPolicy": pulumi.String(redisEvictions[a.Eviction]), "persistence": persist,
		"accessKeysAuthentication": pulumi.String("Disabled"), "deferUpgrade": pulumi.String("NotDeferred"),
	}
}

// user lets an identity log in.
func (a *RedisArgs) user(ctx *pulumi.Context, name, user string, r *Redis, cluster *redisCluster, database *resource) error {
	who := a.Users[user].ToStringOutput()
	if _, err := bind(ctx, redisModule+"AccessPolicyAssignment", name+"-"+user, pulumi.Map{
		"resourceGroupName": a.ResourceGroup, "clusterName": cluster.Name, "databaseName": database.Name,
		"accessPolicyAssignmentName": pulumi.String(user), "accessPolicyName": pulumi.String("default"), "user": pulumi.Map{"objectId": who},
	}, pulumi.Parent(r)); err != nil {
		return fmt.Errorf("letting %s into cache %s: %w", user, name, err)
	}
	r.UserNames[user] = who
	return nil
}

// redisUser is a name that an assignment may have.
var redisUser = regexp.MustCompile(`^[A-Za-z0-9]{1,60}$`)

// check returns all that is wrong with the arguments.
func (a *RedisArgs) check() error {
	var p problems
	p.want(a.ResourceGroup != nil, "ResourceGroup is missing")
	p.want(a.WorkspaceID != nil, "WorkspaceID is missing")
	p.want(redisSize.MatchString(a.Size), "Size: got %q, want a size such as Balanced_B3, MemoryOptimized_M10 or ComputeOptimized_X5", a.Size)
	_, known := redisEvictions[a.Eviction]
	p.want(known, "Eviction: got %q, want one of %s", a.Eviction, strings.Join(slices.Sorted(maps.Keys(redisEvictions))[1:], ", "))
	p.want(slices.Contains([]RedisPersistence{RedisPersistNever, RedisPersistSecond, RedisPersistHour}, a.Persist), "Persist: got %q, want 1s, 1h or nothing", a.Persist)
	p.add(a.Encryption.check("Encryption")...)
	p.add(a.Private.check("Private")...)
	p.want(len(a.Users) > 0, "Users: got none, want somebody who may log in")
	for name, id := range a.Users {
		p.want(redisUser.MatchString(name), "Users[%s]: want a name of letters and digits", name)
		p.want(id != nil, "Users[%s]: want an object id", name)
	}
	return p.err()
}
