package azure

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

const alertToken = "azure-native:insights:MetricAlert"

func monitoringProgram(edit func(*MonitoringArgs)) func(*pulumi.Context, pulumi.ResourceOption) error {
	return onStage(testScope(), func(on *stage) error {
		db, err := NewPostgres(on.ctx, "database", &PostgresArgs{
			Scope:         on.Scope,
			PostgresPlace: PostgresPlace{SubnetID: on.network.Data, ZoneID: on.network.ServiceZones[PostgresService], Encryption: on.encryption},
			EngineVersion: "17", Instance: "Standard_D2ds_v5", DatabaseName: "app", StorageGiB: 128, BackupDays: 7, WorkspaceID: on.logs.ID,
			Administrators: map[string]EntraPrincipal{"platform": {ObjectID: pulumi.String(principal), Type: "Group"}},
			Replicas:       map[string]PostgresReplica{"reports": {}},
		}, on.opt)
		if err != nil {
			return err
		}
		account, err := NewStorage(on.ctx, "uploads", storageArgs(on), on.opt)
		if err != nil {
			return err
		}
		args := &MonitoringArgs{
			Scope: on.Scope,
			P0:    map[string]SubscriptionArgs{"oncall": {"https", pulumi.String("https://oncall.example/key")}, "boss": {"sms", pulumi.String("+41 791234567")}},
			P1:    map[string]SubscriptionArgs{"team": {"email", pulumi.String("team@example.com")}},
			Database: &DatabaseAlarms{
				ID: db.ID, Replicas: map[string]pulumi.StringInput{"reports": db.ReplicaIDs["reports"]}, Instance: "Standard_D2ds_v5",
			},
			Storage: map[string]pulumi.StringInput{"uploads": account.ID}, NATGateways: map[string]pulumi.StringInput{"main": on.network.NATGateway},
			Vaults: map[string]pulumi.StringInput{"data": on.vault.ID}, Activity: true, RegionName: "West Europe", Audit: on.logs.ID,
		}
		if edit != nil {
			edit(args)
		}
		m, err := NewMonitoring(on.ctx, "monitoring", args, on.opt)
		if err != nil {
			return err
		}
		on.ctx.Export("p0", m.P0ID)
		on.ctx.Export("alarms", pulumi.ToStringArray(m.AlarmNames))
		return nil
	})
}

func TestMonitoring(t *testing.T) {
	g := run(t, monitoringProgram(nil))
	checkHouse(t, g)
	group := g.One(t, "azure-native:insights:ActionGroup", "monitoring-p0")
	in := group.Inputs
	if got := in.Objects("smsReceivers[]")[0]; got.String("countryCode") != "41" || got.String("phoneNumber") != "791234567" {
		t.Errorf("got %v", got)
	}
	if !slices.Contains(group.Secret, "webhookReceivers") || !slices.Contains(group.Secret, "smsReceivers") || g.Exports.String("p0") != group.ID {
		t.Errorf("the addresses are no secret: %v", group.Secret)
	}
	silent := g.One(t, alertToken, "monitoring-database-silent").Inputs
	criterion := silent.Objects("criteria.allOf[]")[0]
	if silent.Int("severity") != 0 || silent.Strings("actions[].actionGroupId")[0] != group.ID || criterion.String("metricName") != "is_db_alive" || silent.String("evaluationFrequency") != "PT1M" {
		t.Errorf("got %v", silent)
	}
	if got := g.One(t, alertToken, "monitoring-database-connections").Inputs.Objects("criteria.allOf[]")[0].Int("threshold"); got != 687 {
		t.Errorf("connections: got %d, want four fifths of 859", got)
	}
	lag := g.One(t, alertToken, "monitoring-database-reports-lag").Inputs
	if lag.Strings("scopes[]")[0] != g.One(t, serverToken, "database-reports").ID {
		t.Errorf("the replica's lag is of %v", lag.Strings("scopes[]"))
	}
	if n := len(g.Exports.Strings("alarms[]")); n != len(g.All(alertToken))+len(g.All("azure-native:insights:ActivityLogAlert"))+len(g.All("azure-native:insights:ScheduledQueryRule")) || n < 25 {
		t.Errorf("got %d alarms", n)
	}
}

// An incident of Azure's is told by the names that people have for regions.
func TestMonitoringIncident(t *testing.T) {
	g := run(t, monitoringProgram(nil))
	when := g.One(t, "azure-native:insights:ActivityLogAlert", "monitoring-azure-incident").Inputs.Objects("condition.allOf[]")
	if got := when[1].Strings("containsAny[]"); len(when) != 2 || !slices.Equal(got, []string{"West Europe", "Global"}) {
		t.Errorf("it rings for %v", when)
	}
}

// What expires in a vault is told to who hears of P1.
func TestMonitoringExpiry(t *testing.T) {
	g := run(t, monitoringProgram(nil))
	if got := g.One(t, "azure-native:eventgrid:SystemTopic", "monitoring-vault-data").Inputs.String("source"); got != g.One(t, "azure-native:keyvault:Vault", "vault").ID {
		t.Errorf("it hears of %s", got)
	}
	notice := g.One(t, "azure-native:eventgrid/v20240601preview:SystemTopicEventSubscription", "monitoring-vault-data").Inputs
	if got := notice.Strings("destination.actionGroups[]"); !slices.Equal(got, []string{g.One(t, "azure-native:insights:ActionGroup", "monitoring-p1").ID}) {
		t.Errorf("it tells %v", got)
	}
	if got := notice.Strings("filter.includedEventTypes[]"); len(got) != 6 || notice.String("destination.endpointType") != "MonitorAlert" {
		t.Errorf("got %v", notice)
	}
}

// Where the alarms ring: metric, comparison, threshold, minutes of how many.
func TestMonitoringThresholds(t *testing.T) {
	got := map[string]string{}
	for _, a := range every() {
		got[a.name] = fmt.Sprintf("%s %s %s %g, %d/%d", a.severity, a.metric, a.compare, a.threshold, a.every, a.window)
	}
	for name, want := range map[string]string{
		"database-silent":          "p0 is_db_alive LessThan 1, 1/5",
		"database-storage-low":     "p1 storage_percent GreaterThan 90, 15/30",
		"database-storage-full":    "p0 storage_percent GreaterThan 95, 5/5",
		"database-a-lag":           "p1 physical_replication_delay_in_seconds GreaterThan 600, 5/15",
		"cache-memory":             "p1 usedmemorypercentage GreaterThan 85, 5/15",
		"cluster-etcd":             "p0 etcd_database_usage_percentage GreaterThan 80, 5/15",
		"cluster-nodes-not-ready":  "p1 kube_node_status_condition GreaterThan 0, 5/15",
		"cdn-errors":               "p0 Percentage5XX GreaterThan 5, 1/5",
		"cdn-some-errors":          "p1 Percentage5XX GreaterThan 1, 5/30",
		"nat-a-ports":              "p1 SNATConnectionCount GreaterThan 0, 1/5",
		"storage-a-availability":   "p1 Availability LessThan 99, 5/15",
		"vault-a-availability":     "p0 Availability LessThan 90, 1/5",
		"database-transaction-ids": "p1 maximum_used_transactionIDs GreaterThan 1e+09, 15/30",
		"cluster-apiserver-memory": "p1 apiserver_memory_usage_percentage GreaterThan 80, 5/15",
	} {
		if got[name] != want {
			t.Errorf("%s: got %s, want %s", name, got[name], want)
		}
	}
}

// What is not there is not watched.
func TestMonitoringNothing(t *testing.T) {
	g := run(t, monitoringProgram(func(a *MonitoringArgs) { *a = MonitoringArgs{Scope: a.Scope} }))
	if n := len(g.All(alertToken)) + len(g.All("azure-native:insights:ActivityLogAlert")) + len(g.All("azure-native:insights:ScheduledQueryRule")); n != 0 {
		t.Errorf("got %d alerts", n)
	}
}

// every is each alarm that there can be.
func every() []alarm {
	id := pulumi.String("x")
	args := &MonitoringArgs{
		ClusterID: id, CacheID: id, FrontDoorID: id, Storage: map[string]pulumi.StringInput{"a": id}, NATGateways: map[string]pulumi.StringInput{"a": id},
		Vaults:   map[string]pulumi.StringInput{"a": id},
		Database: &DatabaseAlarms{ID: id, Instance: "Standard_D2ds_v5", Replicas: map[string]pulumi.StringInput{"a": id}},
	}
	return args.alarms()
}

var heading = regexp.MustCompile(`(?m)^## (.+)$`)

// Every alarm has its chapter in a runbook of Azure's, and every chapter that is
// an alarm's its alarm.
func TestMonitoringRunbooks(t *testing.T) {
	const dir = "../../docs/runbooks/"
	named := map[string]bool{"azure-platform.md#azure-incident": true, "azure-security.md#changes": true, "azure-security.md#audit": true, "azure-security.md#expiry": true}
	for _, a := range every() {
		named[a.runbook] = true
		if !strings.HasPrefix(a.description(), strings.ToUpper(string(a.severity))+": ") || a.window < a.every {
			t.Errorf("%s: %s, every %d of %d minutes", a.name, a.description(), a.every, a.window)
		}
	}
	there := map[string]bool{}
	for _, file := range []string{"azure-data.md", "azure-platform.md", "azure-security.md"} {
		text, err := os.ReadFile(dir + file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range heading.FindAllStringSubmatch(string(text), -1) {
			there[file+"#"+m[1]] = true
		}
	}
	for _, chapter := range slices.Sorted(maps.Keys(named)) {
		if !there[chapter] {
			t.Errorf("%s is not there", chapter)
		}
	}
	for _, chapter := range slices.Sorted(maps.Keys(there)) {
		if !named[chapter] {
			t.Errorf("nothing names %s", chapter)
		}
	}
}

func TestMonitoringPreview(t *testing.T) {
	if g := run(t, monitoringProgram(nil), simtest.Preview()); len(g.Cloud.Records()) != 0 {
		t.Error("a preview created something")
	}
}

func TestMonitoringBadArguments(t *testing.T) {
	for want, edit := range map[string]func(*MonitoringArgs){
		"P1[team].Protocol":       func(a *MonitoringArgs) { a.P1["team"] = SubscriptionArgs{"pigeon", pulumi.String("x")} },
		"P1[team].Endpoint":       func(a *MonitoringArgs) { a.P1["team"] = SubscriptionArgs{Protocol: "email"} },
		"want it as in +41":       func(a *MonitoringArgs) { a.P1["team"] = SubscriptionArgs{"sms", pulumi.String("0791234567")} },
		"Database.ID":             func(a *MonitoringArgs) { a.Database.ID = nil },
		"Database.Instance":       func(a *MonitoringArgs) { a.Database.Instance = "big" },
		"Storage[uploads]":        func(a *MonitoringArgs) { a.Storage["uploads"] = nil },
		"RegionName is missing":   func(a *MonitoringArgs) { a.RegionName = "" },
		"Database.MaxConnections": func(a *MonitoringArgs) { a.Database.MaxConnections = -1 },
	} {
		t.Run(want, func(t *testing.T) { refused(t, want, monitoringProgram(edit)) })
	}
}
