package aws

import (
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

const (
	cacheToken           = "aws:elasticache/replicationGroup:ReplicationGroup"
	serverlessCacheToken = "aws:elasticache/serverlessCache:ServerlessCache"
	cacheUserToken       = "aws:elasticache/user:User"
	cacheUserGroupToken  = "aws:elasticache/userGroup:UserGroup"
	cacheParametersToken = "aws:elasticache/parameterGroup:ParameterGroup"
)

// redisProgram makes a cache of nodes, after edit.
func redisProgram(s Scope, edit func(*RedisArgs), use func(*pulumi.Context, *Redis)) func(*pulumi.Context, pulumi.ResourceOption) error {
	return func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		in, err := rdsFixture(ctx, s, opt)
		if err != nil {
			return err
		}
		args := &RedisArgs{
			Scope: s, VpcID: in.VpcID, SubnetIDs: in.SubnetIDs, ClientSecurityGroups: in.ClientSecurityGroups,
			KeyArn: in.KeyArn, LogKeyArn: in.LogKeyArn, Engine: "valkey", EngineVersion: "8.1",
			Nodes:        &RedisNodes{Type: "cache.m7g.large", Shards: 1, Replicas: 1, MultiAZ: true, Parameters: map[string]string{"timeout": "60"}},
			SnapshotDays: 7, LogDays: 30, Users: map[string]RedisUser{"app": {Access: "on ~* +@all"}},
		}
		if edit != nil {
			edit(args)
		}
		r, err := NewRedis(ctx, "cache", args, opt)
		if err == nil && use != nil {
			use(ctx, r)
		}
		return err
	}
}

func runRedis(t *testing.T, s Scope, edit func(*RedisArgs), opts ...simtest.Option) *simtest.Graph {
	t.Helper()
	return run(t, redisProgram(s, edit, nil), opts...)
}

func TestRedisSecurity(t *testing.T) {
	g := runRedis(t, testScope(), nil)
	g.CheckHouse(t)
	key := g.One(t, "aws:kms/key:Key", "").Outputs.String("arn")
	in := g.One(t, cacheToken, "cache").Inputs
	for _, path := range []string{"atRestEncryptionEnabled", "transitEncryptionEnabled", "automaticFailoverEnabled", "multiAzEnabled", "autoMinorVersionUpgrade"} {
		if !in.Bool(path) {
			t.Errorf("%s is not true", path)
		}
	}
	if in.String("kmsKeyId") != key || in.String("transitEncryptionMode") != "required" || in.Has("authToken") || in.Int("snapshotRetentionLimit") != 7 {
		t.Errorf("got %v", in)
	}
	if got := in.Strings("userGroupIds[]"); !slices.Equal(got, []string{"explico-test-cache"}) {
		t.Errorf("the users are %v", got)
	}
	for _, log := range []string{"slow-log", "engine-log"} {
		group := g.One(t, rdsLogGroupToken, "cache-"+log)
		if group.Inputs.String("kmsKeyId") != key || group.Inputs.Int("retentionInDays") != 30 || group.ID != "/aws/elasticache/explico-test-cache/"+log {
			t.Errorf("%s goes to %s, %v", log, group.ID, group.Inputs)
		}
		if !waitsFor(g.One(t, cacheToken, ""), rdsLogGroupToken, group.Name) {
			t.Errorf("the cache does not wait for %s", group.Name)
		}
	}
}

func TestRedisNetwork(t *testing.T) {
	for last, edit := range map[int]func(*RedisArgs){6379: nil, 6380: serverlessRedis} {
		g := runRedis(t, testScope(), edit)
		group, nodes := g.One(t, rdsSecurityGroupToken, "cache"), g.One(t, rdsSecurityGroupToken, "fixture-nodes")
		rule := g.One(t, rdsRuleToken, "")
		in := rule.Inputs
		if rule.Name != "cache-from-nodes" || in.String("securityGroupId") != group.ID || in.String("referencedSecurityGroupId") != nodes.ID ||
			in.Has("cidrIpv4") || in.Int("fromPort") != 6379 || in.Int("toPort") != last {
			t.Errorf("the only rule is not the nodes' to the cache: %s %v", rule.Name, in)
		}
		if group.Inputs.Has("ingress") || group.Inputs.Has("egress") || len(g.All("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")) > 0 {
			t.Error("the security group has rules of its own")
		}
	}
}

// No user has a password, and the default one lets nobody in.
func TestRedisUsers(t *testing.T) {
	for engine, version := range map[string]string{"valkey": "8.1", "redis": "7.1"} {
		g := runRedis(t, testScope(), func(a *RedisArgs) { a.Engine, a.EngineVersion = engine, version })
		app := g.One(t, cacheUserToken, "cache-user-app").Inputs
		if app.String("userId") != "explico-test-app" || app.String("userName") != "explico-test-app" || app.String("authenticationMode.type") != "iam" {
			t.Errorf("%s: the user is %v", engine, app)
		}
		ids := g.One(t, cacheUserGroupToken, "").Inputs.Strings("userIds[]")
		nobody := slices.Contains(ids, "explico-test-nobody")
		if nobody != (engine == "redis") {
			t.Errorf("%s: the group has %v", engine, ids)
		}
		for _, u := range g.All(cacheUserToken) {
			if u.Inputs.Has("passwords") || u.Inputs.Has("noPasswordRequired") || len(u.Secret) > 0 {
				t.Errorf("%s: %s has a password, or asks for none", engine, u.Name)
			}
			if u.Inputs.String("userName") == "default" && !strings.HasPrefix(u.Inputs.String("accessString"), "off ") {
				t.Errorf("%s: the default user may %s", engine, u.Inputs.String("accessString"))
			}
		}
	}
}

func TestRedisShards(t *testing.T) {
	see := &rdsValues{all: map[string]any{}}
	g := run(t, redisProgram(testScope(), func(a *RedisArgs) { a.Nodes.Shards = 2 }, func(_ *pulumi.Context, r *Redis) {
		see.add("host", r.Host)
		for name, id := range r.NodeNames {
			see.add(name, id)
		}
		if !r.Clustered {
			t.Error("clients are not told that there are shards")
		}
	}))
	got := map[string]string{}
	for _, p := range g.One(t, cacheParametersToken, "cache-valkey8").Inputs.Objects("parameters[]") {
		got[p.String("name")] = p.String("value")
	}
	if got["cluster-enabled"] != "yes" || got["timeout"] != "60" {
		t.Errorf("the parameters are %v", got)
	}
	cache := g.One(t, cacheToken, "")
	if see.all["host"] != cache.Outputs.String("configurationEndpointAddress") {
		t.Errorf("the host is %v", see.all["host"])
	}
	members := cache.Outputs.Strings("memberClusters[]")
	if len(members) != 4 {
		t.Fatalf("got the nodes %v", members)
	}
	for name, id := range map[string]string{"shard-1-node-1": members[0], "shard-2-node-2": members[3]} {
		if see.all[name] != id {
			t.Errorf("%s is %v, want %s", name, see.all[name], id)
		}
	}
}

func TestRedisOutputs(t *testing.T) {
	see := &rdsValues{all: map[string]any{}}
	g := run(t, redisProgram(testScope(), nil, func(_ *pulumi.Context, r *Redis) {
		see.add("host", r.Host)
		see.add("reader", r.Reader)
		see.add("port", r.Port)
		see.add("node", r.NodeNames["shard-1-node-2"])
		see.add("policy", r.ConnectPolicy("app"))
	}))
	cache := g.One(t, cacheToken, "")
	for name, want := range map[string]any{
		"host": cache.Outputs.String("primaryEndpointAddress"), "reader": cache.Outputs.String("readerEndpointAddress"), "port": 6379,
		"node": cache.Outputs.Strings("memberClusters[]")[1],
	} {
		if see.all[name] != want {
			t.Errorf("%s: got %v, want %v", name, see.all[name], want)
		}
	}
	text, _ := see.all["policy"].(string)
	connect := statements(t, text)["Connect"]
	want := []string{cache.Outputs.String("arn"), g.One(t, cacheUserToken, "").Outputs.String("arn")}
	if !slices.Equal(connect.Action, []string{"elasticache:Connect"}) || !slices.Equal(connect.Resource, want) {
		t.Errorf("who connects may %v on %v, want %v", connect.Action, connect.Resource, want)
	}
}

func serverlessRedis(a *RedisArgs) {
	a.Nodes, a.Serverless = nil, &RedisLimits{StorageGB: 10, ECPUs: 5000}
}

func TestRedisServerless(t *testing.T) {
	see := &rdsValues{all: map[string]any{}}
	g := run(t, redisProgram(testScope(), serverlessRedis, func(_ *pulumi.Context, r *Redis) {
		see.add("host", r.Host)
		see.add("port", r.Port)
		see.add("reader", r.Reader)
	}))
	g.CheckHouse(t)
	cache := g.One(t, serverlessCacheToken, "cache")
	in := cache.Inputs
	if in.String("kmsKeyId") != g.One(t, "aws:kms/key:Key", "").Outputs.String("arn") || in.String("userGroupId") != "explico-test-cache" ||
		in.Int("snapshotRetentionLimit") != 7 || in.String("majorEngineVersion") != "8" || in.Int("cacheUsageLimits.dataStorage.maximum") != 10 {
		t.Errorf("got %v", in)
	}
	if see.all["host"] != cache.Outputs.String("endpoints[].address") || see.all["reader"] != cache.Outputs.String("readerEndpoints[].address") || see.all["port"] != 6379 {
		t.Errorf("got %v", see.all)
	}
	if len(g.All(cacheToken)) > 0 {
		t.Error("a serverless cache has nodes")
	}
}

func TestRedisProtection(t *testing.T) {
	for name, tt := range map[string]struct {
		protect, disposable bool
	}{"protected": {true, false}, "neither": {false, false}, "disposable": {false, true}} {
		s := testScope()
		s.Protect, s.Disposable = tt.protect, tt.disposable
		g := runRedis(t, s, nil)
		cache := g.One(t, cacheToken, "")
		if cache.Protect != tt.protect || cache.Inputs.Bool("applyImmediately") == tt.protect || cache.Inputs.Has("finalSnapshotIdentifier") == tt.disposable || !cache.DeleteBeforeReplace {
			t.Errorf("%s: protect %v, at once %v, final snapshot %q", name, cache.Protect, cache.Inputs.Bool("applyImmediately"), cache.Inputs.String("finalSnapshotIdentifier"))
		}
	}
}

func TestRedisPreview(t *testing.T) {
	for _, edit := range []func(*RedisArgs){nil, serverlessRedis} {
		g := runRedis(t, testScope(), edit, simtest.Preview())
		if n := len(g.Cloud.Records()); n != 0 {
			t.Errorf("a preview created %d resources", n)
		}
		if len(g.All(cacheToken))+len(g.All(serverlessCacheToken)) != 1 {
			t.Error("a preview shows no cache")
		}
	}
}

func TestRedisBadArguments(t *testing.T) {
	for want, edit := range map[string]func(*RedisArgs){
		"VpcID":                func(a *RedisArgs) { a.VpcID = nil },
		"SubnetIDs":            func(a *RedisArgs) { a.SubnetIDs = nil },
		"KeyArn is missing":    func(a *RedisArgs) { a.KeyArn = nil },
		"LogKeyArn":            func(a *RedisArgs) { a.LogKeyArn = nil },
		"Engine:":              func(a *RedisArgs) { a.Engine = "memcached" },
		"EngineVersion":        func(a *RedisArgs) { a.EngineVersion = "8" },
		"Nodes, Serverless":    func(a *RedisArgs) { a.Nodes = nil },
		"Nodes.Type":           func(a *RedisArgs) { a.Nodes.Type = "m7g.large" },
		"Nodes.Shards":         func(a *RedisArgs) { a.Nodes.Shards = 0 },
		"Nodes.Replicas":       func(a *RedisArgs) { a.Nodes.Replicas = 6 },
		"Nodes.MultiAZ":        func(a *RedisArgs) { a.Nodes.Replicas = 0 },
		"Serverless.StorageGB": func(a *RedisArgs) { serverlessRedis(a); a.Serverless.StorageGB = 0 },
		"Serverless.ECPUs":     func(a *RedisArgs) { serverlessRedis(a); a.Serverless.ECPUs = 1 },
		"SnapshotDays":         func(a *RedisArgs) { a.SnapshotDays = 0 },
		"LogDays":              func(a *RedisArgs) { a.LogDays = 0 },
		"Users:":               func(a *RedisArgs) { a.Users = nil },
		"Users[app].Access":    func(a *RedisArgs) { a.Users = map[string]RedisUser{"app": {Access: "on nopass ~* +@all"}} },
		"that begin with on":   func(a *RedisArgs) { a.Users = map[string]RedisUser{"app": {Access: "+@all"}} },
	} {
		t.Run(want, func(t *testing.T) {
			_, err := simtest.Try("explico", "test", withProvider(redisProgram(testScope(), edit, nil)))
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want an error that names %s", err, want)
			}
		})
	}
}
