package azure

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

func redisProgram(edit func(*RedisArgs)) func(*pulumi.Context, pulumi.ResourceOption) error {
	return onStage(testScope(), func(on *stage) error {
		args := &RedisArgs{
			Scope: on.Scope, Size: "Balanced_B3", MultiAZ: true, Eviction: "allkeys-lru", Persist: RedisPersistHour, Encryption: on.encryption,
			Private: on.endpoint(RedisService), Users: map[string]pulumi.StringInput{"backend": pulumi.String(principal)}, WorkspaceID: on.logs.ID,
		}
		if edit != nil {
			edit(args)
		}
		r, err := NewRedis(on.ctx, "cache", args, on.opt)
		if err != nil {
			return err
		}
		on.ctx.Export("host", r.Host)
		on.ctx.Export("users", stringMap(r.UserNames))
		return nil
	})
}

func TestRedis(t *testing.T) {
	g := run(t, redisProgram(nil))
	checkHouse(t, g)
	cluster, database := g.One(t, redisModule+"RedisEnterprise", "cache").Inputs, g.One(t, redisModule+"Database", "cache").Inputs
	for path, want := range map[string]string{"sku.name": "Balanced_B3", "highAvailability": "Enabled", "minimumTlsVersion": "1.2"} {
		if got := cluster.String(path); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
	if cluster.Has("zones") || cluster.String("encryption.customerManagedKeyEncryption.keyEncryptionKeyUrl") == "" {
		t.Errorf("got %v", cluster)
	}
	for path, want := range map[string]string{
		"databaseName": "default", "clientProtocol": "Encrypted", "clusteringPolicy": "EnterpriseCluster", "evictionPolicy": "AllKeysLRU",
		"accessKeysAuthentication": "Disabled", "persistence.rdbFrequency": "1h",
	} {
		if got := database.String(path); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
	if got := g.One(t, redisModule+"AccessPolicyAssignment", "cache-backend").Inputs.String("user.objectId"); got != principal {
		t.Errorf("who may log in: got %q", got)
	}
	if g.Exports.String("users.backend") != principal || !strings.HasSuffix(g.Exports.String("host"), ".westeurope.redis.azure.net") {
		t.Errorf("got %v", g.Exports)
	}
	endpoint := g.One(t, "azure-native:network:PrivateEndpoint", "cache")
	if got := endpoint.Inputs.Objects("privateLinkServiceConnections[]")[0].Strings("groupIds[]"); len(got) != 1 || got[0] != "redisEnterprise" {
		t.Errorf("the endpoint is for %v", got)
	}
}

func TestRedisPreview(t *testing.T) {
	if g := run(t, redisProgram(nil), simtest.Preview()); len(g.Cloud.Records()) != 0 {
		t.Error("a preview created something")
	}
}

func TestRedisBadArguments(t *testing.T) {
	for want, edit := range map[string]func(*RedisArgs){
		"Size":        func(a *RedisArgs) { a.Size = "cache.m7g.large" },
		"Eviction":    func(a *RedisArgs) { a.Eviction = "AllKeysLRU" },
		"Persist":     func(a *RedisArgs) { a.Persist = "6h" },
		"Encryption":  func(a *RedisArgs) { a.Encryption = nil },
		"Private":     func(a *RedisArgs) { a.Private = nil },
		"Users: got":  func(a *RedisArgs) { a.Users = nil },
		"Users[a-b]":  func(a *RedisArgs) { a.Users["a-b"] = pulumi.String(principal) },
		"Users[b]":    func(a *RedisArgs) { a.Users["b"] = nil },
		"WorkspaceID": func(a *RedisArgs) { a.WorkspaceID = nil },
	} {
		t.Run(want, func(t *testing.T) { refused(t, want, redisProgram(edit)) })
	}
}
