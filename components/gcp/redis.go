package gcp

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/redis"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/secretmanager"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// RedisArgs are the arguments of NewRedis.
type RedisArgs struct {
	Scope
	// NetworkID is the path of the network whose private services access the cache
	// answers in.
	NetworkID pulumi.StringInput
	// KeyID is the key that encrypts the data and the secret with the password:
	// Memorystore and Secret Manager may use it.
	KeyID pulumi.StringInput
	// After is what must exist before: the private services connection of the
	// network, and the key's rights (Key.Ready).
	After []pulumi.Resource
	// EngineVersion is the version of Redis, such as 7.2. A higher one upgrades in
	// place.
	EngineVersion string
	// MemoryGiB is the memory of each node, 1 to 300.
	MemoryGiB int
	// MultiAZ keeps a copy in another zone, which takes over.
	MultiAZ bool
	// Replicas is the number of copies that are read as well, 0 to 5. They need
	// MultiAZ and 5 GiB of memory, and cannot be added to a cache that had none.
	Replicas int
	// SnapshotHours is how often a snapshot is kept to begin with after a failure
	// of all nodes: every 1, 6, 12 or 24 hours; 0 for never.
	SnapshotHours int
	// MaintenanceDay (MONDAY …) and MaintenanceHour are when its hour of
	// maintenance begins, in UTC.
	MaintenanceDay  string
	MaintenanceHour int
	// Parameters are parameters of Redis over its defaults.
	Parameters map[string]string
}

// Redis is a cache that speaks the Redis protocol: Memorystore for Redis, over
// TLS, with a password that Memorystore makes and Secret Manager keeps.
// Memorystore for Valkey, whose users are IAM's, is not in this provider.
type Redis struct {
	pulumi.ResourceState

	// InstanceID is the cache's path at Google: projects/<project>/locations/…
	InstanceID pulumi.StringOutput
	// Host and Port are where it is written to, with TLS.
	Host pulumi.StringOutput
	Port pulumi.IntOutput
	// Reader is a host that reads, which may lag; Host without replicas.
	Reader pulumi.StringOutput
	// SecretName is the name of the secret that holds the password and nothing
	// else, and SecretID its path.
	SecretName, SecretID pulumi.StringOutput
	// Certificates are the authorities, in PEM, that sign the server's certificate:
	// Memorystore has its own for each cache.
	Certificates pulumi.StringOutput
}

const (
	// minReaderGiB is the least memory of a cache with read replicas.
	// Source: Memorystore for Redis docs, "Read replicas overview", read 2026-11.
	minReaderGiB = 5
	maxRedisGiB  = 300
)

// redisConnections is how many connections a cache takes, whatever its size.
// Source: Memorystore for Redis docs, "Quotas and limits", maxclients, read
// 2026-11.
const redisConnections = 65000

// NewRedis makes a cache and the secret with its password.
func NewRedis(ctx *pulumi.Context, name string, args *RedisArgs, opts ...pulumi.ResourceOption) (*Redis, error) {
	if err := args.check(); err != nil {
		return nil, fmt.Errorf("creating cache %s: %w", name, err)
	}
	r := &Redis{}
	if err := component.Register(ctx, "gcp", "Redis", name, r, opts...); err != nil {
		return nil, err
	}
	cache, err := redis.NewInstance(ctx, name, args.instance(name), pulumi.Parent(r), pulumi.Protect(args.Protect), pulumi.DependsOn(args.After),
		pulumi.AdditionalSecretOutputs([]string{"authString"}))
	if err != nil {
		return nil, fmt.Errorf("creating cache %s: %w", name, err)
	}
	r.InstanceID, r.Host, r.Port, r.Reader = cache.ID().ToStringOutput(), cache.Host, cache.Port, cache.Host
	if args.Replicas > 0 {
		r.Reader = cache.ReadEndpoint
	}
	r.Certificates = cache.ServerCaCerts.ApplyT(pemOf).(pulumi.StringOutput)
	if err := args.password(ctx, name+"-password", r, cache); err != nil {
		return nil, err
	}
	return r, ctx.RegisterResourceOutputs(r, pulumi.Map{
		"instanceId": r.InstanceID, "host": r.Host, "port": r.Port, "reader": r.Reader, "secretName": r.SecretName, "secretId": r.SecretID,
		"certificates": r.Certificates,
	})
}

// pemOf joins certificates to one text.
func pemOf(certs []redis.InstanceServerCaCert) string {
	text := ""
	for _, c := range certs {
		if c.Cert != nil {
			text += *c.Cert + "\n"
		}
	}
	return text
}

// instance are the arguments of the cache. Its name is left to Pulumi.
func (a *RedisArgs) instance(name string) *redis.InstanceArgs {
	args := &redis.InstanceArgs{
		DisplayName: pulumi.String(a.Prefix + "-" + name), Region: pulumi.String(a.Region), Tier: pulumi.String("BASIC"),
		RedisVersion: pulumi.String(a.version()), MemorySizeGb: pulumi.Int(a.MemoryGiB),
		AuthorizedNetwork: a.NetworkID.ToStringOutput().ToStringPtrOutput(), ConnectMode: pulumi.String("PRIVATE_SERVICE_ACCESS"),
		AuthEnabled: pulumi.Bool(true), TransitEncryptionMode: pulumi.String("SERVER_AUTHENTICATION"),
		CustomerManagedKey: a.KeyID.ToStringOutput().ToStringPtrOutput(), RedisConfigs: pulumi.ToStringMap(a.parameters()),
		MaintenancePolicy: redis.InstanceMaintenancePolicyArgs{
			WeeklyMaintenanceWindows: redis.InstanceMaintenancePolicyWeeklyMaintenanceWindowArray{redis.InstanceMaintenancePolicyWeeklyMaintenanceWindowArgs{
				Day:       pulumi.String(a.MaintenanceDay),
				StartTime: redis.InstanceMaintenancePolicyWeeklyMaintenanceWindowStartTimeArgs{Hours: pulumi.Int(a.MaintenanceHour), Minutes: pulumi.Int(0)},
			}},
		},
		PersistenceConfig: redis.InstancePersistenceConfigArgs{PersistenceMode: pulumi.String("DISABLED")},
		Labels:            a.labels("redis"),
	}
	if a.MultiAZ {
		args.Tier = pulumi.String("STANDARD_HA")
	}
	if a.Replicas > 0 {
		args.ReadReplicasMode, args.ReplicaCount = pulumi.String("READ_REPLICAS_ENABLED"), pulumi.Int(a.Replicas)
	}
	if period, keeps := snapshotPeriods[a.SnapshotHours]; keeps {
		args.PersistenceConfig = redis.InstancePersistenceConfigArgs{PersistenceMode: pulumi.String("RDB"), RdbSnapshotPeriod: pulumi.String(period)}
	}
	return args
}

// snapshotPeriods are Memorystore's words for how often it takes a snapshot.
var snapshotPeriods = map[int]string{1: "ONE_HOUR", 6: "SIX_HOURS", 12: "TWELVE_HOURS", 24: "TWENTY_FOUR_HOURS"}

// redisVersions are Memorystore's words for versions of Redis.
// Source: Memorystore for Redis docs, "Supported versions", read 2026-11.
var redisVersions = map[string]string{"6.x": "REDIS_6_X", "7.0": "REDIS_7_0", "7.2": "REDIS_7_2"}

func (a *RedisArgs) version() string { return redisVersions[a.EngineVersion] }

// parameters are those of the arguments over what a cache should do when it is
// full: forget what has an end and was used least, rather than refuse to write.
func (a *RedisArgs) parameters() map[string]string {
	all := map[string]string{"maxmemory-policy": "volatile-lru"}
	maps.Copy(all, a.Parameters)
	return all
}

// password keeps the password that Memorystore made where applications look for
// it. It is a secret in the state, and nowhere an output.
func (a *RedisArgs) password(ctx *pulumi.Context, name string, r *Redis, cache *redis.Instance) error {
	secret, err := a.secret(ctx, name, &secretSpec{comp: "redis", key: a.KeyID, after: a.After}, pulumi.Parent(r))
	if err != nil {
		return err
	}
	if _, err := secretmanager.NewSecretVersion(ctx, name, &secretmanager.SecretVersionArgs{
		Secret: secret.ID(), SecretData: pulumi.ToSecret(cache.AuthString).(pulumi.StringOutput),
	}, pulumi.Parent(r), pulumi.AdditionalSecretOutputs([]string{"secretData"})); err != nil {
		return fmt.Errorf("writing secret %s: %w", name, err)
	}
	r.SecretName, r.SecretID = secret.SecretId, secret.ID().ToStringOutput()
	return nil
}

var weekday = regexp.MustCompile(`^(MON|TUES|WEDNES|THURS|FRI|SATUR|SUN)DAY$`)

// check returns all that is wrong with the arguments.
func (a *RedisArgs) check() error {
	var errs []error
	want := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	want(a.NetworkID != nil, "NetworkID is missing")
	want(a.KeyID != nil, "KeyID is missing")
	want(a.version() != "", "EngineVersion: got %q, want one of %v", a.EngineVersion, slices.Sorted(maps.Keys(redisVersions)))
	want(1 <= a.MemoryGiB && a.MemoryGiB <= maxRedisGiB, "MemoryGiB: got %d, want 1 to %d", a.MemoryGiB, maxRedisGiB)
	want(0 <= a.Replicas && a.Replicas <= 5, "Replicas: got %d, want 0 to 5", a.Replicas)
	want(a.Replicas == 0 || a.MultiAZ, "Replicas: got %d without MultiAZ, which they need", a.Replicas)
	want(a.Replicas == 0 || a.MemoryGiB >= minReaderGiB, "Replicas: got %d with %d GiB of memory, want %d GiB or more", a.Replicas, a.MemoryGiB, minReaderGiB)
	_, keeps := snapshotPeriods[a.SnapshotHours]
	want(keeps || a.SnapshotHours == 0, "SnapshotHours: got %d, want 0, 1, 6, 12 or 24", a.SnapshotHours)
	want(weekday.MatchString(a.MaintenanceDay), "MaintenanceDay: got %q, want one such as SUNDAY", a.MaintenanceDay)
	want(0 <= a.MaintenanceHour && a.MaintenanceHour <= 23, "MaintenanceHour: got %d, want 0 to 23", a.MaintenanceHour)
	return errors.Join(errs...)
}
