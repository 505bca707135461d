package gcp

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

const redisToken = "gcp:redis/instance:Instance"

func redisProgram(edit func(*RedisArgs), see *seen) func(*pulumi.Context, pulumi.ResourceOption) error {
	return parts(func(b *bench) error {
		args := &RedisArgs{
			Scope: testScope(), NetworkID: b.network.ID, KeyID: b.key.ID, After: b.after, EngineVersion: "7.2", MemoryGiB: 5, MultiAZ: true,
			SnapshotHours: 6, MaintenanceDay: "SUNDAY", MaintenanceHour: 4, Parameters: map[string]string{"timeout": "60"},
		}
		if edit != nil {
			edit(args)
		}
		r, err := NewRedis(b.ctx, "cache", args, b.opt)
		if err != nil || see == nil {
			return err
		}
		for name, out := range map[string]pulumi.Output{"host": r.Host, "reader": r.Reader, "secret": r.SecretName, "certificates": r.Certificates, "port": r.Port} {
			see.add(name, out)
		}
		return nil
	})
}

func TestRedisSecurity(t *testing.T) {
	see := newSeen()
	g := run(t, redisProgram(nil, see))
	g.CheckHouse(t)
	cache := g.One(t, redisToken, "cache")
	in := cache.Inputs
	for path, want := range map[string]string{
		"transitEncryptionMode": "SERVER_AUTHENTICATION", "connectMode": "PRIVATE_SERVICE_ACCESS", "tier": "STANDARD_HA", "redisVersion": "REDIS_7_2",
		"customerManagedKey": g.One(t, "gcp:kms/cryptoKey:CryptoKey", "key").ID, "persistenceConfig.rdbSnapshotPeriod": "SIX_HOURS",
		"redisConfigs.timeout": "60", "redisConfigs.maxmemory-policy": "volatile-lru",
	} {
		if got := in.String(path); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
	if !in.Bool("authEnabled") || !waitsFor(cache, "gcp:servicenetworking/connection:Connection", "net") {
		t.Errorf("auth %v, after %v", in.Bool("authEnabled"), cache.DependsOn)
	}
	// The password is in Secret Manager, whole, and nowhere else.
	version := g.One(t, valueToken, "cache-password")
	if version.Inputs.String("secretData") != cache.Outputs.String("authString") || !slices.Contains(version.Secret, "secretData") {
		t.Errorf("the secret holds %v, secret %v", version.Inputs, version.Secret)
	}
	for _, r := range g.Resources {
		if !r.Custom && strings.Contains(fmt.Sprint(r.Outputs), cache.Outputs.String("authString")) {
			t.Errorf("%s gives the password out", r.Name)
		}
	}
	if see.all["reader"] != see.all["host"] || see.all["port"] != 6378 || see.all["secret"] != "explico-test-cache-password" || !strings.Contains(see.all["certificates"].(string), "BEGIN CERTIFICATE") {
		t.Errorf("outputs: got %v", see.all)
	}
}

func TestRedisShapes(t *testing.T) {
	see := newSeen()
	in := run(t, redisProgram(func(a *RedisArgs) { a.Replicas = 2 }, see)).One(t, redisToken, "cache").Inputs
	if in.String("readReplicasMode") != "READ_REPLICAS_ENABLED" || in.Int("replicaCount") != 2 || see.all["reader"] == see.all["host"] {
		t.Errorf("with readers: got %v at %v", in, see.all)
	}
	in = run(t, redisProgram(func(a *RedisArgs) { a.MultiAZ, a.MemoryGiB, a.SnapshotHours = false, 1, 0 }, nil)).One(t, redisToken, "cache").Inputs
	if in.String("tier") != "BASIC" || in.Has("replicaCount") || in.String("persistenceConfig.persistenceMode") != "DISABLED" {
		t.Errorf("alone: got %v", in)
	}
}

func TestRedisPreview(t *testing.T) {
	g := run(t, redisProgram(nil, nil), simtest.Preview())
	if n := len(g.Cloud.Records()); n != 0 || len(g.All(redisToken)) != 1 {
		t.Errorf("a preview created %d resources and shows %d caches", n, len(g.All(redisToken)))
	}
}

func TestRedisBadArguments(t *testing.T) {
	refuses(t, func(edit func(*RedisArgs)) func(*pulumi.Context, pulumi.ResourceOption) error {
		return redisProgram(edit, nil)
	}, map[string]func(*RedisArgs){
		"NetworkID":                  func(a *RedisArgs) { a.NetworkID = nil },
		"KeyID":                      func(a *RedisArgs) { a.KeyID = nil },
		"EngineVersion":              func(a *RedisArgs) { a.EngineVersion = "8.1" },
		"MemoryGiB: got 301":         func(a *RedisArgs) { a.MemoryGiB = 301 },
		"Replicas: got 6":            func(a *RedisArgs) { a.Replicas = 6 },
		"Replicas: got 1 without":    func(a *RedisArgs) { a.Replicas, a.MultiAZ = 1, false },
		"Replicas: got 1 with 4 GiB": func(a *RedisArgs) { a.Replicas, a.MemoryGiB = 1, 4 },
		"SnapshotHours":              func(a *RedisArgs) { a.SnapshotHours = 5 },
		"MaintenanceDay":             func(a *RedisArgs) { a.MaintenanceDay = "sun" },
		"MaintenanceHour":            func(a *RedisArgs) { a.MaintenanceHour = -1 },
	})
}
