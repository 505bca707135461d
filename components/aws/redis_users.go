package aws

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/elasticache"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// users makes the users and their group. A user that IAM vouches for has the
// same name as id, and ids hold for the account: so both begin with the prefix.
// Redis OSS wants the user default to be there, so it gets one that is off; a
// group of Valkey without it lets nobody in by that name.
func (b *redisBuilder) users() error {
	var ids pulumi.StringArray
	var users []pulumi.Resource
	for _, key := range slices.Sorted(maps.Keys(b.Users)) {
		name := b.name + "-user-" + key
		id := limits.Cache.Name(b.Prefix, key)
		user, err := elasticache.NewUser(b.ctx, name, &elasticache.UserArgs{
			UserId: pulumi.String(id), UserName: pulumi.String(id), Engine: pulumi.String(b.Engine),
			AccessString:       pulumi.String(b.Users[key].Access),
			AuthenticationMode: elasticache.UserAuthenticationModeArgs{Type: pulumi.String("iam")},
			Tags:               b.tags("redis", name),
		}, pulumi.Parent(b.redis), pulumi.DeleteBeforeReplace(true))
		if err != nil {
			return fmt.Errorf("creating user %s: %w", name, err)
		}
		b.redis.UserNames[key], b.redis.UserArns[key] = id, user.Arn
		ids, users = append(ids, user.UserId), append(users, user)
	}
	if b.Engine == "redis" {
		name := b.name + "-nobody"
		nobody, err := elasticache.NewUser(b.ctx, name, &elasticache.UserArgs{
			UserId: pulumi.String(limits.Cache.Name(b.Prefix, "nobody")), UserName: pulumi.String("default"), Engine: pulumi.String(b.Engine),
			AccessString:       pulumi.String("off ~* -@all"),
			AuthenticationMode: elasticache.UserAuthenticationModeArgs{Type: pulumi.String("no-password-required")},
			Tags:               b.tags("redis", name),
		}, pulumi.Parent(b.redis), pulumi.DeleteBeforeReplace(true))
		if err != nil {
			return fmt.Errorf("creating user %s: %w", name, err)
		}
		ids, users = append(ids, nobody.UserId), append(users, nobody)
	}
	group, err := elasticache.NewUserGroup(b.ctx, b.name, &elasticache.UserGroupArgs{
		UserGroupId: pulumi.String(b.redis.Name), Engine: pulumi.String(b.Engine), UserIds: ids, Tags: b.tags("redis", b.name),
	}, pulumi.Parent(b.redis), pulumi.DeleteBeforeReplace(true), pulumi.DependsOn(users))
	if err != nil {
		return fmt.Errorf("creating user group %s: %w", b.name, err)
	}
	b.userGroup = group
	return nil
}

// ConnectPolicy lets its holder log in to the cache as users of it, by their
// names here.
// Source: ElastiCache user guide, "Authenticating with IAM", read 2026-11.
func (r *Redis) ConnectPolicy(users ...string) pulumi.StringOutput {
	all := []any{r.Arn}
	for _, user := range users {
		all = append(all, r.UserArns[user])
	}
	return pulumi.All(all...).ApplyT(func(v []any) string {
		arns := make([]string, len(v))
		for i := range v {
			arns[i], _ = v[i].(string)
		}
		return policy(allow("Connect", []string{"elasticache:Connect"}, arns))
	}).(pulumi.StringOutput)
}
