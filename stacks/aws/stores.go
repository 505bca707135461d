package aws

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	components "github.com/te-explico/infrastructure/components/aws"
	"github.com/te-explico/infrastructure/stacks/platform"
	"github.com/te-explico/infrastructure/stacks/settings"
)

// stores are what applications keep things in beside the database and the
// buckets, each with a key of its own.
type stores struct {
	cache     *components.Redis
	secretKey *components.Key
	secrets   *components.Secrets
}

// makeKey makes a key for one kind of data.
func (b *builder) makeKey(name, purpose string, outlives bool) (*components.Key, error) {
	return components.NewKey(b.ctx, name, &components.KeyArgs{
		Scope: b.scope, Purpose: b.scope.Prefix + ": " + purpose, Outlives: outlives,
	}, b.in)
}

func (b *builder) makeCache() error {
	if b.eks == nil {
		return nil // its users are service accounts of Kubernetes
	}
	key, err := b.makeKey("cache", "the cache and its snapshots", true)
	if err != nil {
		return err
	}
	c := b.Cache
	args := &components.RedisArgs{
		Scope: b.scope, VpcID: b.vpc.ID, SubnetIDs: b.vpc.DataSubnetIDs(),
		ClientSecurityGroups: map[string]pulumi.StringInput{"nodes": b.eks.NodeSecurityGroupID},
		KeyArn:               key.Arn, LogKeyArn: b.keys.logs.Arn, LogDays: b.Logs.Days,
		Engine: string(c.Engine), EngineVersion: c.EngineVersion, SnapshotDays: c.SnapshotDays,
		Users: map[string]components.RedisUser{},
	}
	if c.Mode == settings.CacheServerless {
		args.Serverless = &components.RedisLimits{StorageGB: c.StorageGB, ECPUs: c.ECPUs}
	} else {
		args.Nodes = &components.RedisNodes{
			Type: c.Node, Shards: c.Shards, Replicas: c.Replicas, MultiAZ: c.MultiAZ, Parameters: c.Parameters,
		}
	}
	for name, u := range c.Users {
		args.Users[name] = components.RedisUser{Access: u.Access}
	}
	cache, err := components.NewRedis(b.ctx, "cache", args, b.in)
	if err != nil {
		return err
	}
	b.stores.cache = cache
	users := pulumi.StringMap{}
	for name, id := range cache.UserNames {
		users[name] = pulumi.String(id)
	}
	b.platform.Cache = &platform.Cache{
		Host: cache.Host, Port: cache.Port, Reader: cache.Reader, Clustered: cache.Clustered, Users: users, TLS: true,
		Reach: platform.Reach{CIDRs: []string{b.Network.CIDR}, Ports: []int{redisPort, redisReadsPort}},
	}
	return nil
}

// cacheAlarms say what the cache is like.
func (b *builder) cacheAlarms() *components.CacheAlarms {
	c := b.Cache
	if b.stores.cache == nil {
		return nil
	}
	if c.Mode == settings.CacheServerless {
		return &components.CacheAlarms{
			Serverless: b.stores.cache.Name, Limits: components.RedisLimits{StorageGB: c.StorageGB, ECPUs: c.ECPUs},
		}
	}
	return &components.CacheAlarms{Nodes: b.stores.cache.NodeNames, Node: c.Node, Replicas: c.Replicas > 0}
}

// makeSecrets makes the secrets, unless a Vault has them.
func (b *builder) makeSecrets() error {
	s := b.Secrets
	out := platform.Secrets{Store: string(s.Store), References: pulumi.StringMap{}}
	if s.Store == settings.VaultStore {
		out.Address, out.AuthMount, out.Role, out.Path = s.Vault.Address, s.Vault.AuthMount, s.Vault.Role, s.Vault.Path
		for name := range s.Names {
			out.References[name] = pulumi.String(b.scope.Prefix + "/" + name)
		}
		b.platform.Secrets = out
		return nil
	}
	key, err := b.makeKey("application-secrets", "the secrets of applications", false)
	if err != nil {
		return err
	}
	args := &components.SecretsArgs{Scope: b.scope, KeyArn: key.Arn, Secrets: map[string]components.SecretArgs{}}
	for name, one := range s.Names {
		args.Secrets[name] = components.SecretArgs{
			Purpose: one.Purpose, RotationDays: one.RotationDays, RotationFunctionArn: one.RotationFunction,
		}
	}
	secrets, err := components.NewSecrets(b.ctx, "secrets-store", args, b.in)
	if err != nil {
		return err
	}
	b.stores.secretKey, b.stores.secrets = key, secrets
	for name, arn := range secrets.Arns {
		out.References[name] = arn
	}
	b.platform.Secrets = out
	return nil
}

// readable are the secrets that a reader names, and the keys that open them.
// What a Vault has, the Vault gives out itself.
func (b *builder) readable(names []string) (secrets, keys []pulumi.StringInput) {
	for _, name := range names {
		switch {
		case name == "database":
			secrets, keys = append(secrets, b.rds.MasterSecretArn), append(keys, b.keys.database.Arn)
		case b.stores.secrets != nil:
			secrets, keys = append(secrets, b.stores.secrets.Arns[name]), append(keys, b.stores.secretKey.Arn)
		}
	}
	return secrets, keys
}

func (b *builder) makeRegistry() error {
	key, err := b.makeKey("images", "images", false)
	if err != nil {
		return err
	}
	r := b.Registry
	args := &components.RegistryArgs{
		Scope: b.scope, KeyArn: key.Arn, Images: r.Images, UntaggedDays: r.UntaggedDays, KeepImages: r.KeepImages,
		PullAccounts: r.PullAccounts, Mirrors: r.Mirrors,
	}
	if b.eks != nil {
		args.NodeRole = roleName(b.eks.NodeRoleArn)
		if b.karpenter != nil {
			args.MoreNodeRoles = map[string]pulumi.StringInput{"karpenter": b.karpenter.NodeRoleName}
		}
	}
	registry, err := components.NewRegistry(b.ctx, "registry", args, b.in)
	if err != nil {
		return err
	}
	b.platform.Registry = platform.Registry{Images: stringMap(registry.URLs), Mirrors: stringMap(registry.MirrorURLs)}
	return nil
}

// roleName is the name in a role's ARN.
func roleName(arn pulumi.StringOutput) pulumi.StringOutput {
	return arn.ApplyT(func(arn string) string { return arn[strings.LastIndexByte(arn, '/')+1:] }).(pulumi.StringOutput)
}
