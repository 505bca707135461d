package aws

import (
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

const rdsProxyToken = "aws:rds/proxy:Proxy"

func withProxy(a *RdsArgs) { a.Proxy = true }

func TestRdsProxy(t *testing.T) {
	see := &rdsValues{all: map[string]any{}}
	g := run(t, rdsProgram(testScope(), withProxy, see))
	g.CheckHouse(t)
	db := g.One(t, rdsInstanceToken, "database")
	proxy := g.One(t, rdsProxyToken, "database-proxy")
	in := proxy.Inputs
	if !in.Bool("requireTls") || in.String("engineFamily") != "POSTGRESQL" || in.String("name") != db.Inputs.String("identifier")+"-proxy" ||
		in.String("auths[].iamAuth") != "DISABLED" || in.String("auths[].secretArn") != see.all["secret"] || len(in.Strings("vpcSubnetIds[]")) != 2 {
		t.Errorf("got %v", in)
	}
	if see.all["pool"] != proxy.Outputs.String("endpoint") || see.all["host"] != db.Outputs.String("address") {
		t.Errorf("applications connect to %v, the host is %v", see.all["pool"], see.all["host"])
	}
	logs := g.One(t, rdsLogGroupToken, "database-proxy")
	if logs.ID != "/aws/rds/proxy/"+in.String("name") || logs.Inputs.String("kmsKeyId") == "" || !waitsFor(proxy, rdsLogGroupToken, "database-proxy") {
		t.Errorf("the proxy logs to %s", logs.ID)
	}
	target := g.One(t, "aws:rds/proxyTarget:ProxyTarget", "").Inputs
	if target.String("dbInstanceIdentifier") != db.Inputs.String("identifier") || target.String("dbProxyName") != in.String("name") {
		t.Errorf("the proxy's target is %v", target)
	}
	may := g.One(t, "aws:iam/rolePolicy:RolePolicy", "database-proxy")
	if by := statements(t, may.Inputs.String("policy")); !slices.Equal(by["Read"].Resource, []string{in.String("auths[].secretArn")}) || by["Decrypt"].Resource[0] == "*" {
		t.Errorf("the proxy may %v", by)
	}
	if !waitsFor(proxy, "aws:iam/rolePolicy:RolePolicy", "database-proxy") {
		t.Error("the proxy does not wait for what it may")
	}
}

// Clients reach the proxy, the proxy the database, and nothing else is reached.
func TestRdsProxyNetwork(t *testing.T) {
	g := runRds(t, testScope(), withProxy)
	proxy, db, nodes := g.One(t, rdsSecurityGroupToken, "database-proxy"), g.One(t, rdsSecurityGroupToken, "database"), g.One(t, rdsSecurityGroupToken, "fixture-nodes")
	for name, want := range map[string][2]string{
		"database-from-nodes": {db.ID, nodes.ID}, "database-from-proxy": {db.ID, proxy.ID}, "database-proxy-from-nodes": {proxy.ID, nodes.ID},
	} {
		in := g.One(t, rdsRuleToken, name).Inputs
		if in.String("securityGroupId") != want[0] || in.String("referencedSecurityGroupId") != want[1] || in.Int("fromPort") != 5432 || in.Int("toPort") != 5432 {
			t.Errorf("%s: got %v, want %v", name, in, want)
		}
	}
	out := g.One(t, "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "").Inputs
	if out.String("securityGroupId") != proxy.ID || out.String("referencedSecurityGroupId") != db.ID || out.Has("cidrIpv4") {
		t.Errorf("what goes out is %v", out)
	}
	if got := g.One(t, rdsProxyToken, "").Inputs.Strings("vpcSecurityGroupIds[]"); !slices.Equal(got, []string{proxy.ID}) {
		t.Errorf("the proxy has the groups %v", got)
	}
}

func TestRdsWithoutProxy(t *testing.T) {
	see := &rdsValues{all: map[string]any{}}
	g := run(t, rdsProgram(testScope(), nil, see))
	if len(g.All(rdsProxyToken)) > 0 || see.all["pool"] != see.all["host"] {
		t.Errorf("applications connect to %v, the host is %v", see.all["pool"], see.all["host"])
	}
}

// A snapshot or a moment is what a new database begins with, and changes nothing
// of one that is there.
func TestRdsRestore(t *testing.T) {
	for name, tt := range map[string]struct {
		restore RestoreArgs
		want    map[string]any
	}{
		"snapshot": {RestoreArgs{Snapshot: "arn:aws:rds:eu-west-1:111122223333:snapshot:last"}, map[string]any{"snapshotIdentifier": "arn:aws:rds:eu-west-1:111122223333:snapshot:last"}},
		"latest": {RestoreArgs{From: "source", Time: "latest"}, map[string]any{
			"restoreToPointInTime.sourceDbInstanceIdentifier": "source", "restoreToPointInTime.useLatestRestorableTime": true,
		}},
		"moment": {RestoreArgs{From: "source", Time: "2026-11-02T08:30:00Z"}, map[string]any{
			"restoreToPointInTime.sourceDbInstanceIdentifier": "source", "restoreToPointInTime.restoreTime": "2026-11-02T08:30:00Z",
		}},
	} {
		g := runRds(t, testScope(), func(a *RdsArgs) { a.Restore = &tt.restore }, simtest.Preview())
		db := g.One(t, rdsInstanceToken, "database")
		for path, want := range tt.want {
			if got := db.Inputs.Get(path); got != want {
				t.Errorf("%s: %s is %v, want %v", name, path, got, want)
			}
		}
		for _, path := range []string{"snapshotIdentifier", "restoreToPointInTime"} {
			if !slices.Contains(db.IgnoreChanges, path) {
				t.Errorf("%s: %s replaces the database when it is taken away", name, path)
			}
		}
		if g.One(t, rdsInstanceToken, "database-replica-1").Inputs.Has("snapshotIdentifier") {
			t.Errorf("%s: a replica is restored too", name)
		}
	}
}

func TestRdsBadRestore(t *testing.T) {
	for want, restore := range map[string]RestoreArgs{
		`got snapshot "" and database ""`:   {},
		`got snapshot "a" and database "b"`: {Snapshot: "a", From: "b", Time: "latest"},
		"got a time with a snapshot":        {Snapshot: "a", Time: "latest"},
		`Restore.Time: got "yesterday"`:     {From: "b", Time: "yesterday"},
		`Restore.Time: got ""`:              {From: "b"},
	} {
		_, err := simtest.Try("explico", "test", withProvider(rdsProgram(testScope(), func(a *RdsArgs) { a.Restore = &restore }, nil)))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error that says %s", err, want)
		}
	}
}

// A database is restored from what is there, and from nothing else.
func TestRdsRestoresFromAnother(t *testing.T) {
	program := func(from string) func(*pulumi.Context, pulumi.ResourceOption) error {
		return func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
			return rdsProgram(testScope(), func(a *RdsArgs) {
				a.Replicas, a.Restore = 0, &RestoreArgs{Snapshot: from}
				// The fixture's cloud is empty: a source for the snapshot comes first.
				source, err := rds.NewInstance(ctx, "source", &rds.InstanceArgs{
					Identifier: pulumi.String("source"), Engine: pulumi.String("postgres"), EngineVersion: pulumi.String("17"), InstanceClass: pulumi.String("db.t4g.micro"),
					Username: pulumi.String("explico"), ManageMasterUserPassword: pulumi.Bool(true), AllocatedStorage: pulumi.Int(20), StorageType: pulumi.String("gp3"),
				}, opt)
				if err != nil {
					t.Error(err)
				}
				taken, err := rds.NewSnapshot(ctx, "taken", &rds.SnapshotArgs{
					DbInstanceIdentifier: source.Identifier, DbSnapshotIdentifier: pulumi.String("taken"),
				}, opt)
				if err != nil {
					t.Error(err)
				}
				key := a.KeyArn
				a.KeyArn = pulumi.All(taken.ID(), key).ApplyT(func(all []any) string { return all[1].(string) }).(pulumi.StringOutput)
			}, nil)(ctx, opt)
		}
	}
	run(t, program("taken"))
	if _, err := simtest.Try("explico", "test", withProvider(program("none"))); err == nil || !strings.Contains(err.Error(), "DBSnapshotNotFound") {
		t.Errorf("got %v, want the missing snapshot refused", err)
	}
}
