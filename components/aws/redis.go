package aws

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/elasticache"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// RedisArgs are the arguments of NewRedis.
type RedisArgs struct {
	Scope
	// VpcID is the network, and SubnetIDs are its data subnets, one for each zone.
	VpcID     pulumi.StringInput
	SubnetIDs pulumi.StringArrayInput
	// ClientSecurityGroups are the security groups that may connect, by a name of
	// theirs. Nobody else may.
	ClientSecurityGroups map[string]pulumi.StringInput
	// KeyArn is the key that encrypts data and snapshots; LogKeyArn is one that
	// CloudWatch Logs may use.
	KeyArn, LogKeyArn pulumi.StringInput
	// Engine is valkey or redis (Redis OSS), and EngineVersion its version with
	// major and minor, such as 8.1.
	Engine, EngineVersion string
	// Nodes are the cache's nodes; without any the cache is serverless, and
	// Serverless says how far it grows.
	Nodes      *RedisNodes
	Serverless *RedisLimits
	// SnapshotDays is how long daily snapshots are kept, 1 to 35.
	SnapshotDays int
	// LogDays is how long CloudWatch keeps the logs of nodes.
	LogDays int
	// Users are who may log in, by name, with their rights.
	Users map[string]RedisUser
}

// RedisNodes are the nodes of a cache.
type RedisNodes struct {
	// Type is the node type, such as cache.m7g.large.
	Type string
	// Shards is the number of parts that the keys are split over; Replicas is the
	// number of further copies of each, 0 to 5.
	Shards, Replicas int
	// MultiAZ spreads the copies over zones, and has one take over when the first
	// fails. It needs a replica.
	MultiAZ bool
	// Parameters are parameters of the engine over its defaults.
	Parameters map[string]string
}

// RedisLimits are how far a serverless cache grows.
type RedisLimits struct {
	// StorageGB is the most data, 1 to 5000 GB.
	StorageGB int
	// ECPUs is the most processing units a second, 1,000 to 15,000,000.
	ECPUs int
}

// RedisUser is one who may log in, with an identity of IAM and no password.
type RedisUser struct {
	// Access is what the user may do, as in ACL SETUSER: "on ~app:* +@all".
	Access string
}

// Redis is a cache that speaks the Redis protocol: Valkey or Redis OSS on
// ElastiCache, over TLS, for users that show who they are by IAM. There is no
// password anywhere.
type Redis struct {
	pulumi.ResourceState

	// Name is the cache's name at AWS, and Arn its ARN.
	Name string
	Arn  pulumi.StringOutput
	// Host and Port are where it is written to, with TLS. A cache with shards or
	// without servers expects a client that knows Redis Cluster.
	Host pulumi.StringOutput
	Port pulumi.IntOutput
	// Reader is a host that reads, which may lag; that of a serverless cache has
	// the port after Port.
	Reader pulumi.StringOutput
	// Clustered says that clients must know Redis Cluster.
	Clustered bool
	// UserNames are the users' names at AWS by their names here, and UserArns what
	// policies name.
	UserNames map[string]string
	UserArns  map[string]pulumi.StringOutput
	// SecurityGroupID is the cache's security group.
	SecurityGroupID pulumi.StringOutput
	// NodeNames are the names of the nodes, that metrics go by, by their place in
	// the cache (shard-1-node-2); none if it is serverless.
	NodeNames map[string]pulumi.StringOutput
}

const (
	redisPort = 6379
	// In UTC, apart from each other as ElastiCache wants it.
	snapshotWindow         = "02:00-03:00"
	snapshotTime           = "02:00"
	cacheMaintenanceWindow = "sun:04:00-sun:05:00"
)

// NewRedis makes a cache. In a protected scope it changes in its maintenance
// window only; unless the scope is disposable, a cache of nodes leaves a final
// snapshot.
func NewRedis(ctx *pulumi.Context, name string, args *RedisArgs, opts ...pulumi.ResourceOption) (*Redis, error) {
	if err := args.check(); err != nil {
		return nil, fmt.Errorf("creating cache %s: %w", name, err)
	}
	r := &Redis{
		Name: limits.Cache.Name(args.Prefix, name), UserNames: map[string]string{}, UserArns: map[string]pulumi.StringOutput{},
		NodeNames: map[string]pulumi.StringOutput{}, Clustered: args.Nodes == nil || args.Nodes.Shards > 1,
	}
	if err := component.Register(ctx, "aws", "Redis", name, r, opts...); err != nil {
		return nil, err
	}
	b := &redisBuilder{RedisArgs: args, ctx: ctx, name: name, redis: r}
	steps := []func() error{b.network, b.users, b.serverless}
	if args.Nodes != nil {
		steps = []func() error{b.network, b.users, b.parameters, b.nodes}
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return r, ctx.RegisterResourceOutputs(r, pulumi.Map{
		"name": pulumi.String(r.Name), "arn": r.Arn, "host": r.Host, "port": r.Port, "reader": r.Reader,
		"userArns": stringMap(r.UserArns), "securityGroupId": r.SecurityGroupID,
	})
}

// redisBuilder holds what the parts of a cache need of each other.
type redisBuilder struct {
	*RedisArgs
	ctx   *pulumi.Context
	name  string
	redis *Redis

	userGroup *elasticache.UserGroup
	params    *elasticache.ParameterGroup
}

var accessWord = regexp.MustCompile(`^(on|off|allkeys|allcommands|allchannels|[~%&][^\s]+|[+-]@?[a-z|:_-]+)$`)

// checkAccess says what is wrong with a user's access string: it lets the user
// in, and holds neither a password nor a way in without one.
func checkAccess(access string) error {
	words := strings.Fields(access)
	if len(words) == 0 || words[0] != "on" {
		return fmt.Errorf("got %q, want rules that begin with on, such as: on ~app:* +@all", access)
	}
	for _, word := range words {
		if !accessWord.MatchString(word) || word == "off" {
			return fmt.Errorf("got %q, want rules for keys (~app:*), channels (&app:*) and commands (+@read -flushall)", word)
		}
	}
	return nil
}

// check returns all that is wrong with the arguments.
func (a *RedisArgs) check() error {
	var errs []error
	want := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	want(a.VpcID != nil, "VpcID is missing")
	want(a.SubnetIDs != nil, "SubnetIDs are missing")
	want(a.KeyArn != nil, "KeyArn is missing")
	want(a.LogKeyArn != nil || a.Nodes == nil, "LogKeyArn is missing")
	want(a.Engine == "valkey" || a.Engine == "redis", "Engine: got %q, want valkey or redis", a.Engine)
	want(len(strings.Split(a.EngineVersion, ".")) == 2, "EngineVersion: got %q, want major and minor, such as 8.1", a.EngineVersion)
	want((a.Nodes == nil) != (a.Serverless == nil), "Nodes, Serverless: got %v and %v, want one of them", a.Nodes != nil, a.Serverless != nil)
	want(1 <= a.SnapshotDays && a.SnapshotDays <= 35, "SnapshotDays: got %d, want 1 to 35", a.SnapshotDays)
	want(len(a.Users) > 0, "Users: got none, want somebody who may log in")
	for name, user := range a.Users {
		err := checkAccess(user.Access)
		want(err == nil, "Users[%s].Access: %w", name, err)
	}
	if n := a.Nodes; n != nil {
		_, err := cacheCores(n.Type)
		want(err == nil, "Nodes.Type: %w", err)
		want(n.Shards >= 1, "Nodes.Shards: got %d, want 1 or more", n.Shards)
		want(0 <= n.Replicas && n.Replicas <= 5, "Nodes.Replicas: got %d, want 0 to 5", n.Replicas)
		want(!n.MultiAZ || n.Replicas > 0, "Nodes.MultiAZ: got no replica, want one that takes over")
		want(a.LogDays > 0, "LogDays: got %d, want 1 or more", a.LogDays)
	}
	if l := a.Serverless; l != nil {
		want(1 <= l.StorageGB && l.StorageGB <= 5000, "Serverless.StorageGB: got %d, want 1 to 5000", l.StorageGB)
		want(1000 <= l.ECPUs && l.ECPUs <= 15000000, "Serverless.ECPUs: got %d, want 1000 to 15000000", l.ECPUs)
	}
	slices.SortFunc(errs, func(x, y error) int { return strings.Compare(x.Error(), y.Error()) })
	return errors.Join(errs...)
}
