package aws

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

func protectedScope() Scope {
	s := testScope()
	s.Protect = true
	return s
}

func TestRds(t *testing.T) {
	g := runRds(t, testScope(), nil)
	g.CheckHouse(t)
	in := g.One(t, rdsInstanceToken, "database").Inputs
	group := g.One(t, rdsSubnetGroupToken, "database").Outputs.String("name")
	for path, want := range map[string]string{
		"identifier": group, "dbSubnetGroupName": group, "finalSnapshotIdentifier": group + "-final",
		"engine": "postgres", "engineVersion": "17", "instanceClass": "db.m7g.large", "dbName": "app", "storageType": "gp3",
		"parameterGroupName": g.One(t, rdsParameterGroupToken, "database-postgres17").Outputs.String("name"), "caCertIdentifier": "rds-ca-rsa2048-g1",
	} {
		if got := in.String(path); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
	for path, want := range map[string]int{"allocatedStorage": 100, "maxAllocatedStorage": 500, "port": 5432} {
		if got := in.Int(path); got != want {
			t.Errorf("%s: got %d, want %d", path, got, want)
		}
	}
}

// The security rules that a database must keep in every stack.
func TestRdsSecurity(t *testing.T) {
	g := runRds(t, testScope(), managed)
	key := g.One(t, "aws:kms/key:Key", "").Outputs.String("arn")
	for _, r := range g.All(rdsInstanceToken) {
		in := r.Inputs
		for _, path := range []string{
			"storageEncrypted", "iamDatabaseAuthenticationEnabled", "performanceInsightsEnabled", "autoMinorVersionUpgrade", "copyTagsToSnapshot",
		} {
			if !in.Bool(path) {
				t.Errorf("%s: %s is not true", r.Name, path)
			}
		}
		if in.Bool("publiclyAccessible") || in.Has("password") {
			t.Errorf("%s is public or has a password in the program", r.Name)
		}
		if got := in.String("performanceInsightsKmsKeyId"); got != key {
			t.Errorf("%s: Performance Insights are encrypted with %q", r.Name, got)
		}
		if got := in.Strings("enabledCloudwatchLogsExports[]"); !slices.Equal(got, []string{"postgresql", "upgrade"}) {
			t.Errorf("%s exports the logs %v", r.Name, got)
		}
		if in.Int("monitoringInterval") != 30 || in.String("monitoringRoleArn") == "" {
			t.Errorf("%s is not monitored", r.Name)
		}
	}
	in := g.One(t, rdsInstanceToken, "database").Inputs
	if in.String("kmsKeyId") != key || !in.Bool("manageMasterUserPassword") || in.String("masterUserSecretKmsKeyId") != key {
		t.Errorf("the data or the master user's secret is not encrypted with our key: %v", in)
	}
	if user := in.String("username"); user == "postgres" || user == "admin" || user == "" {
		t.Errorf("the master user is %q", user)
	}
	if got := in.Int("backupRetentionPeriod"); got != 14 {
		t.Errorf("backups: got %d days, want 14", got)
	}
	for _, r := range g.All(rdsLogGroupToken) {
		if r.Inputs.String("kmsKeyId") != key || r.Inputs.Int("retentionInDays") != 30 {
			t.Errorf("log group %s is not encrypted, or forgets after %d days", r.Name, r.Inputs.Int("retentionInDays"))
		}
	}
}

func TestRdsNetwork(t *testing.T) {
	g := runRds(t, testScope(), nil)
	group := g.One(t, rdsSecurityGroupToken, "database")
	if group.Inputs.Has("ingress") || group.Inputs.Has("egress") || group.Inputs.String("description") == "" {
		t.Errorf("the security group has rules of its own or no description: %v", group.Inputs)
	}
	for _, r := range g.Resources {
		if strings.Contains(r.Type, "EgressRule") || strings.Contains(r.Type, "securityGroupRule:") {
			t.Errorf("there is a rule %s %s", r.Type, r.Name)
		}
	}
	rule := g.One(t, rdsRuleToken, "")
	nodes := g.One(t, rdsSecurityGroupToken, "fixture-nodes")
	in := rule.Inputs
	if rule.Name != "database-from-nodes" || in.String("referencedSecurityGroupId") != nodes.ID || in.String("securityGroupId") != group.ID ||
		in.Has("cidrIpv4") || in.Has("cidrIpv6") || in.String("ipProtocol") != "tcp" || in.Int("fromPort") != 5432 || in.Int("toPort") != 5432 ||
		in.String("description") == "" {
		t.Errorf("the only rule is not the nodes' to PostgreSQL: %s %v", rule.Name, in)
	}
	for _, r := range g.All(rdsInstanceToken) {
		if got := r.Inputs.Strings("vpcSecurityGroupIds[]"); !slices.Equal(got, []string{group.ID}) {
			t.Errorf("%s has the security groups %v", r.Name, got)
		}
	}
}

func TestRdsParameters(t *testing.T) {
	g := runRds(t, testScope(), func(a *RdsArgs) {
		a.Parameters = map[string]string{"log_statement": "all", "max_connections": "500", "work_mem": "16384"}
	})
	group := g.One(t, rdsParameterGroupToken, "database-postgres17").Inputs
	if got := group.String("family"); got != "postgres17" {
		t.Errorf("family: got %s", got)
	}
	got, names := map[string]string{}, []string{}
	for _, p := range group.Objects("parameters[]") {
		names = append(names, p.String("name"))
		got[p.String("name")] = p.String("value") + " " + p.String("applyMethod")
	}
	for name, want := range map[string]string{
		"rds.force_ssl": "1 pending-reboot", "log_statement": "all immediate", "log_min_duration_statement": "1000 immediate",
		"log_connections": "1 immediate", "log_disconnections": "1 immediate", "work_mem": "16384 immediate",
		"shared_preload_libraries": "pg_stat_statements,pgaudit pending-reboot", "max_connections": "500 pending-reboot",
	} {
		if got[name] != want {
			t.Errorf("%s: got %q, want %q", name, got[name], want)
		}
	}
	if !slices.IsSorted(names) {
		t.Errorf("the parameters are in no order: %v", names)
	}
}

// A new major version makes another parameter group, and does not touch the old
// one's name: the old one goes when nothing uses it any more.
func TestRdsMajorUpgradeMakesAParameterGroup(t *testing.T) {
	g := runRds(t, testScope(), func(a *RdsArgs) { a.EngineVersion = "18.1" })
	group := g.One(t, rdsParameterGroupToken, "database-postgres18")
	if group.Retain || group.Inputs.String("family") != "postgres18" {
		t.Errorf("got retain %v and family %s", group.Retain, group.Inputs.String("family"))
	}
}

func TestRdsReplicas(t *testing.T) {
	g := runRds(t, testScope(), nil)
	source := g.One(t, rdsInstanceToken, "database")
	for _, key := range []string{"replica-1", "replica-2"} {
		r := g.One(t, rdsInstanceToken, "database-"+key)
		in := r.Inputs
		if in.String("replicateSourceDb") != source.Outputs.String("identifier") || in.String("identifier") != source.Outputs.String("identifier")+"-"+key {
			t.Errorf("%s: replicates %s as %s", r.Name, in.String("replicateSourceDb"), in.String("identifier"))
		}
		for _, path := range []string{"engine", "engineVersion", "username", "dbName", "kmsKeyId", "finalSnapshotIdentifier", "manageMasterUserPassword", "dbSubnetGroupName"} {
			if in.Has(path) {
				t.Errorf("%s has its own %s", r.Name, path)
			}
		}
		if !in.Bool("skipFinalSnapshot") || !r.DeleteBeforeReplace {
			t.Errorf("%s: a replica can leave no snapshot and share no name", r.Name)
		}
		if len(r.ReplaceWith) != 1 || !strings.HasSuffix(r.ReplaceWith[0], "::database") {
			t.Errorf("%s is not replaced with its source but with %v", r.Name, r.ReplaceWith)
		}
	}
}

func TestRdsProtection(t *testing.T) {
	for name, tt := range map[string]struct {
		scope                             Scope
		major, protect, immediate, upward bool
	}{
		"unprotected":     {testScope(), false, false, true, true},
		"protected":       {protectedScope(), false, true, false, false},
		"a major upgrade": {protectedScope(), true, true, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			g := runRds(t, tt.scope, func(a *RdsArgs) { a.MajorUpgrade = tt.major })
			for _, r := range g.All(rdsInstanceToken) {
				if r.Protect != tt.protect || r.Inputs.Bool("deletionProtection") != tt.protect || r.Inputs.Bool("applyImmediately") != tt.immediate {
					t.Errorf("%s: protect %v, deletion protection %v, at once %v", r.Name, r.Protect, r.Inputs.Bool("deletionProtection"), r.Inputs.Bool("applyImmediately"))
				}
			}
			r := g.One(t, rdsInstanceToken, "database")
			if r.Inputs.Bool("skipFinalSnapshot") || r.Inputs.Bool("deleteAutomatedBackups") || r.Inputs.Bool("allowMajorVersionUpgrade") != tt.upward {
				t.Errorf("got %v", r.Inputs)
			}
			if !r.DeleteBeforeReplace || len(r.IgnoreChanges) > 0 {
				t.Errorf("delete before replace %v, ignored changes %v", r.DeleteBeforeReplace, r.IgnoreChanges)
			}
		})
	}
}

// RDS writes into log groups that are there before it, and into no others.
func TestRdsLogGroupsComeFirst(t *testing.T) {
	g := runRds(t, testScope(), nil)
	groups := g.All(rdsLogGroupToken)
	if len(groups) != 6 {
		t.Errorf("got %d log groups, want 2 of each instance", len(groups))
	}
	for _, r := range g.All(rdsInstanceToken) {
		for _, log := range logExports {
			group := g.One(t, rdsLogGroupToken, r.Name+"-"+log)
			if want := "/aws/rds/instance/" + r.Inputs.String("identifier") + "/" + log; group.Inputs.String("name") != want {
				t.Errorf("got %s, want %s", group.Inputs.String("name"), want)
			}
			if !slices.ContainsFunc(r.DependsOn, func(urn string) bool { return strings.HasSuffix(urn, "::"+group.Name) }) {
				t.Errorf("%s does not wait for %s", r.Name, group.Name)
			}
		}
	}
	for _, r := range g.Cloud.Records() {
		if r.Type == rdsLogGroupToken && r.Owner != "" {
			t.Errorf("RDS made the log group %s itself", r.ID)
		}
	}
}

func TestRdsMonitoringRole(t *testing.T) {
	g := runRds(t, testScope(), nil)
	role := g.One(t, "aws:iam/role:Role", "database-monitoring")
	var doc Policy
	if err := json.Unmarshal([]byte(role.Inputs.String("assumeRolePolicy")), &doc); err != nil {
		t.Fatal(err)
	}
	s := doc.Statement[0]
	if len(doc.Statement) != 1 || !slices.Equal(s.Principal.Service, []string{"monitoring.rds.amazonaws.com"}) ||
		!slices.Equal(s.Condition["StringEquals"]["aws:SourceAccount"], []string{"111122223333"}) {
		t.Errorf("who may assume the role: %v", doc)
	}
	g = runRds(t, testScope(), func(a *RdsArgs) { a.MonitoringSeconds = 0 })
	if roles := g.All("aws:iam/role:Role"); len(roles) != 0 {
		t.Errorf("there is a role that nobody assumes: %v", roles)
	}
}

func TestRdsOutputs(t *testing.T) {
	got := &rdsValues{all: map[string]any{}}
	g := run(t, rdsProgram(testScope(), nil, got))
	id := g.One(t, rdsSubnetGroupToken, "").Outputs.String("name")
	for name, want := range map[string]any{
		"identifier": id, "port": 5432, "name": "app", "arn": "arn:aws:rds:eu-west-1:111122223333:db:" + id,
		"host": g.One(t, rdsInstanceToken, "database").Outputs.String("address"), "resource": g.One(t, rdsInstanceToken, "database").ID,
		"group": g.One(t, rdsSecurityGroupToken, "database").ID,
	} {
		if got.all[name] != want {
			t.Errorf("%s: got %v, want %v", name, got.all[name], want)
		}
	}
	if secret, _ := got.all["secret"].(string); !strings.HasPrefix(secret, "arn:aws:secretsmanager:") {
		t.Errorf("secret: got %v", got.all["secret"])
	}
	hosts, _ := got.all["readers"].([]string)
	if len(hosts) != 2 || !strings.HasPrefix(hosts[0], id+"-replica-1.") || !strings.HasPrefix(hosts[1], id+"-replica-2.") {
		t.Errorf("readers: got %v", hosts)
	}
	if want := map[string]string{"replica-1": id + "-replica-1", "replica-2": id + "-replica-2"}; !reflect.DeepEqual(got.all["replicas"], want) {
		t.Errorf("replicas: got %v, want %v", got.all["replicas"], want)
	}
}

func TestRdsPreview(t *testing.T) {
	g := runRds(t, protectedScope(), nil, simtest.Preview())
	if n := len(g.Cloud.Records()); n != 0 {
		t.Errorf("a preview created %d resources", n)
	}
	if n := len(g.All(rdsInstanceToken)); n != 3 {
		t.Errorf("a preview shows %d instances, want 3", n)
	}
}

func TestRdsBadArguments(t *testing.T) {
	for want, edit := range map[string]func(*RdsArgs){
		"VpcID":             func(a *RdsArgs) { a.VpcID = nil },
		"SubnetIDs":         func(a *RdsArgs) { a.SubnetIDs = nil },
		"KeyArn":            func(a *RdsArgs) { a.KeyArn = nil },
		"LogKeyArn":         func(a *RdsArgs) { a.LogKeyArn = nil },
		"DatabaseName":      func(a *RdsArgs) { a.DatabaseName = "" },
		"EngineVersion":     func(a *RdsArgs) { a.EngineVersion = "latest" },
		"Instance":          func(a *RdsArgs) { a.Instance = "m7g.large" },
		"StorageGiB":        func(a *RdsArgs) { a.StorageGiB = 10 },
		"MaxStorageGiB":     func(a *RdsArgs) { a.MaxStorageGiB = 105 },
		"Replicas":          func(a *RdsArgs) { a.Replicas = 16 },
		"BackupDays":        func(a *RdsArgs) { a.BackupDays = 0 },
		"InsightsDays":      func(a *RdsArgs) { a.InsightsDays = 30 },
		"LogDays":           func(a *RdsArgs) { a.LogDays = 0 },
		"MonitoringSeconds": func(a *RdsArgs) { a.MonitoringSeconds = 7 },
		"rds.force_ssl":     func(a *RdsArgs) { a.Parameters = map[string]string{"rds.force_ssl": "0"} },
	} {
		t.Run(want, func(t *testing.T) {
			_, err := simtest.Try("explico", "test", withProvider(rdsProgram(testScope(), edit, nil)))
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want an error that names %s", err, want)
			}
		})
	}
}

func TestClassMemory(t *testing.T) {
	for class, want := range map[string]int{
		"db.t4g.micro": 1, "db.t3.medium": 4, "db.t4g.2xlarge": 32, "db.m7g.large": 8, "db.m6i.4xlarge": 64, "db.r7g.large": 16, "db.r8g.48xlarge": 1536,
		"m7g.large": 0, "db.m7g.micro": 0, "db.m7g": 0, "db.x2g.large": 0, "db.mg.large": 0, "db.t3.4xlarge": 0,
	} {
		if got, err := classMemoryGiB(class); got != want || (err != nil) != (want == 0) {
			t.Errorf("%s: got %d GiB, %v, want %d", class, got, err, want)
		}
	}
}
