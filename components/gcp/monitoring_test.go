package gcp

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud"
	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

const (
	alertToken   = "gcp:monitoring/alertPolicy:AlertPolicy"
	channelToken = "gcp:monitoring/notificationChannel:NotificationChannel"
)

func monitoringProgram(edit func(*MonitoringArgs), use func(*bench, *Monitoring) error) func(*pulumi.Context, pulumi.ResourceOption) error {
	return parts(func(b *bench) error {
		args := &MonitoringArgs{
			Scope: testScope(), KeyID: b.key.ID, After: b.after,
			P0:       map[string]SubscriptionArgs{"oncall": {"https", pulumi.String("https://oncall.example.com/key")}},
			P1:       map[string]SubscriptionArgs{"team": {"email", pulumi.String("team@example.com")}, "phone": {"sms", pulumi.String("+4930123456")}},
			Cluster:  &ClusterAlerts{Name: pulumi.String("main"), ControlPlane: true, Pools: map[string]PoolAlerts{"general": {2, 6}, "fixed": {3, 3}, "gpu": {0, 2}}},
			Database: &DatabaseAlerts{Name: pulumi.String("db-1"), Replicas: pulumi.StringMap{"replica-1": pulumi.String("db-1-replica")}, Tier: "db-custom-2-7680"},
			Cache:    &CacheAlerts{InstanceID: pulumi.String("projects/p/locations/r/instances/cache-1"), Copied: true},
			EdgeID:   pulumi.String("edge-1"), NATGateways: map[string]pulumi.StringInput{"b": pulumi.String("nat-b")},
			Backups: true, Quotas: true, Audit: true,
		}
		if edit != nil {
			edit(args)
		}
		m, err := NewMonitoring(b.ctx, "monitoring", args, b.opt)
		if err != nil || use == nil {
			return err
		}
		return use(b, m)
	})
}

// alertsByName are the alerts of everything there is, by name.
func alertsByName(t *testing.T, edit func(*MonitoringArgs)) map[string]simcloud.Values {
	t.Helper()
	all := map[string]simcloud.Values{}
	for _, a := range run(t, monitoringProgram(edit, nil)).All(alertToken) {
		all[strings.TrimPrefix(a.Name, "monitoring-")] = a.Inputs
	}
	return all
}

func TestAlerts(t *testing.T) {
	all := alertsByName(t, nil)
	for name, want := range map[string]struct {
		level, metric string
		threshold     float64
		absent        string
	}{
		"database-down":            {"p0", "cloudsql.googleapis.com/database/up", 1, "900s"},
		"database-cpu":             {"p1", "cloudsql.googleapis.com/database/cpu/utilization", 0.8, ""},
		"database-memory":          {"p1", "cloudsql.googleapis.com/database/memory/utilization", 0.9, ""},
		"database-storage-low":     {"p1", "cloudsql.googleapis.com/database/disk/utilization", 0.9, ""},
		"database-storage-full":    {"p0", "cloudsql.googleapis.com/database/disk/utilization", 0.95, ""},
		"database-connections":     {"p1", "cloudsql.googleapis.com/database/postgresql/num_backends", 320, ""},
		"database-transaction-ids": {"p1", "cloudsql.googleapis.com/database/postgresql/transaction_id_utilization", 0.5, ""},
		"database-replica-1-lag":   {"p1", "cloudsql.googleapis.com/database/replication/replica_lag", 600, "900s"},
		"cache-cpu":                {"p1", "redis.googleapis.com/stats/cpu_utilization_main_thread", 0.8, ""},
		"cache-memory":             {"p1", "redis.googleapis.com/stats/memory/usage_ratio", 0.8, ""},
		"cache-system-memory":      {"p1", "redis.googleapis.com/stats/memory/system_memory_usage_ratio", 0.8, ""},
		"cache-evictions":          {"p1", "redis.googleapis.com/stats/evicted_keys", 1000, ""},
		"cache-connections":        {"p1", "redis.googleapis.com/clients/connected", 52000, ""},
		"cache-lag":                {"p1", "redis.googleapis.com/replication/master/slaves/lag", 30, ""},
		"nodes-general-few":        {"p0", "kubernetes.io/node/cpu/total_cores", 2, "900s"},
		"nodes-general-full":       {"p1", "kubernetes.io/node/cpu/total_cores", 5.5, ""},
		"nodes-fixed-few":          {"p0", "kubernetes.io/node/cpu/total_cores", 3, "900s"},
		"nodes-gpu-full":           {"p1", "kubernetes.io/node/cpu/total_cores", 1.5, ""},
		"nodes-memory":             {"p1", "kubernetes.io/node/memory/allocatable_utilization", 0.9, ""},
		"edge-errors":              {"p0", "loadbalancing.googleapis.com/https/request_count", 0.05, ""},
		"edge-some-errors":         {"p1", "loadbalancing.googleapis.com/https/request_count", 0.01, ""},
		"edge-latency":             {"p1", "loadbalancing.googleapis.com/https/total_latencies", 2000, ""},
		"nat-b-ports":              {"p1", "router.googleapis.com/nat/nat_allocation_failed", 0, ""},
		"nat-b-drops":              {"p1", "router.googleapis.com/nat/dropped_sent_packets_count", 0, ""},
		"quota-exceeded":           {"p1", "serviceruntime.googleapis.com/quota/exceeded", 0, ""},
	} {
		in, ok := all[name]
		delete(all, name)
		if !ok {
			t.Errorf("there is no alert %s", name)
			continue
		}
		threshold, _ := in.Get("conditions[].conditionThreshold.thresholdValue").(float64)
		filter := in.String("conditions[].conditionThreshold.filter")
		if threshold != want.threshold || !strings.Contains(filter, `metric.type = "`+want.metric+`"`) || in.String("conditions[].conditionAbsent.duration") != want.absent {
			t.Errorf("%s: got %v of %s, absent %s", name, threshold, filter, in.String("conditions[].conditionAbsent.duration"))
		}
		if !strings.HasPrefix(in.String("documentation.content"), strings.ToUpper(want.level)+": ") || in.String("userLabels.severity") != want.level || in.String("userLabels.stack") != "test" {
			t.Errorf("%s: %q does not say %s", name, in.String("documentation.content"), want.level)
		}
	}
	for _, name := range []string{"cluster-silent", "cluster-errors", "cluster-latency", "cluster-pending-pods"} {
		if q := all[name].String("conditions[].conditionPrometheusQueryLanguage.query"); !strings.Contains(q, `cluster="main"`) || strings.Contains(q, "%!") {
			t.Errorf("%s asks %s", name, q)
		}
		delete(all, name)
	}
	if in := all["cache-silent"]; in.Has("conditions[].conditionThreshold") || in.String("conditions[].conditionAbsent.duration") != "900s" || in.String("severity") != "WARNING" {
		t.Errorf("cache-silent: got %v", in)
	}
	delete(all, "cache-silent")
	for name, in := range all {
		if !in.Has("conditions[].conditionMatchedLog") || in.String("alertStrategy.notificationRateLimit.period") != "300s" {
			t.Errorf("the alert %s is not in the table of this test", name)
		}
	}
	if len(all) != 11 {
		t.Errorf("got %d alerts on the log, want 11", len(all))
	}
}

// What is measured belongs to the thing that is watched, and a share is of all of
// it.
func TestAlertFilters(t *testing.T) {
	all := alertsByName(t, nil)
	for name, want := range map[string]string{
		"database-cpu":           `resource.labels.database_id = "explico-test:db-1"`,
		"database-replica-1-lag": `resource.labels.database_id = "explico-test:db-1-replica"`,
		"cache-memory":           `resource.labels.instance_id = "projects/p/locations/r/instances/cache-1"`,
		"nodes-gpu-full":         `metadata.user_labels."explico.io/node-group" = "gpu"`,
		"nat-b-drops":            `metric.labels.reason = "OUT_OF_RESOURCES"`,
		"edge-errors":            `metric.labels.response_code_class = "500"`,
	} {
		if got := all[name].String("conditions[].conditionThreshold.filter"); !strings.Contains(got, want) {
			t.Errorf("%s watches %s, want %s", name, got, want)
		}
	}
	whole := all["edge-errors"].String("conditions[].conditionThreshold.denominatorFilter")
	if !strings.Contains(whole, `url_map_name = "edge-1"`) || strings.Contains(whole, "500") {
		t.Errorf("errors are a share of %s", whole)
	}
	alone := alertsByName(t, func(a *MonitoringArgs) { a.Cache.Copied = false })
	if alone["cache-silent"].String("severity") != "CRITICAL" || alone["cache-lag"] != nil {
		t.Error("a cache without a copy is watched as if it had one")
	}
	set := alertsByName(t, func(a *MonitoringArgs) { a.Database.MaxConnections = 100 })
	if got := set["database-connections"].Get("conditions[].conditionThreshold.thresholdValue"); got != 80.0 {
		t.Errorf("got a threshold of %v connections, want 80", got)
	}
}

func TestChannels(t *testing.T) {
	see := newSeen()
	g := run(t, monitoringProgram(nil, func(_ *bench, m *Monitoring) error {
		see.add("p0", m.P0Topic)
		see.add("team", m.EmailChannels["team"])
		return nil
	}))
	g.CheckHouse(t)
	kinds := map[string]string{}
	for _, c := range g.All(channelToken) {
		kinds[c.Name] = c.Inputs.String("type")
		if !slices.Contains(c.Secret, "labels") && c.Inputs.String("type") != "pubsub" {
			t.Errorf("the address of %s is no secret", c.Name)
		}
	}
	for name, kind := range map[string]string{
		"monitoring-p0-topic": "pubsub", "monitoring-p1-topic": "pubsub", "monitoring-p0-oncall": "webhook_tokenauth", "monitoring-p1-team": "email", "monitoring-p1-phone": "sms",
	} {
		if kinds[name] != kind {
			t.Errorf("%s is %q, want %s", name, kinds[name], kind)
		}
	}
	if got := g.One(t, alertToken, "monitoring-database-down").Inputs.Strings("notificationChannels[]"); len(got) != 2 || got[1] != g.One(t, channelToken, "monitoring-p0-oncall").ID {
		t.Errorf("an outage is told to %v", got)
	}
	topic := g.One(t, topicToken, "monitoring-p0")
	if topic.Inputs.String("kmsKeyName") == "" || see.all["p0"] != topic.ID || see.all["team"] != g.One(t, channelToken, "monitoring-p1-team").ID {
		t.Errorf("outputs: got %v, topic %v", see.all, topic.Inputs)
	}
}

func TestMonitoringPreview(t *testing.T) {
	g := run(t, monitoringProgram(nil, nil), simtest.Preview())
	if n := len(g.Cloud.Records()); n != 0 || len(g.All(alertToken)) != 41 {
		t.Errorf("a preview created %d resources and shows %d alerts", n, len(g.All(alertToken)))
	}
}

func TestMonitoringBadArguments(t *testing.T) {
	refuses(t, func(edit func(*MonitoringArgs)) func(*pulumi.Context, pulumi.ResourceOption) error {
		return monitoringProgram(edit, nil)
	}, map[string]func(*MonitoringArgs){
		"KeyID":                  func(a *MonitoringArgs) { a.KeyID = nil },
		"P0[x].Protocol":         func(a *MonitoringArgs) { a.P0 = map[string]SubscriptionArgs{"x": {"fax", pulumi.String("1")}} },
		"P1[x].Endpoint":         func(a *MonitoringArgs) { a.P1 = map[string]SubscriptionArgs{"x": {"sms", nil}} },
		"Cluster.Name":           func(a *MonitoringArgs) { a.Cluster.Name = nil },
		"Cluster.Pools[x]":       func(a *MonitoringArgs) { a.Cluster.Pools = map[string]PoolAlerts{"x": {3, 2}} },
		"Database.Name":          func(a *MonitoringArgs) { a.Database.Name = nil },
		"Database.Tier":          func(a *MonitoringArgs) { a.Database.Tier = "large" },
		"Database.MaxConnection": func(a *MonitoringArgs) { a.Database.MaxConnections = -1 },
		"Cache.InstanceID":       func(a *MonitoringArgs) { a.Cache.InstanceID = nil },
		"NATGateways[x]":         func(a *MonitoringArgs) { a.NATGateways = map[string]pulumi.StringInput{"x": nil} },
	})
}

// Every alert has its chapter in a runbook, and every chapter its alert.
func TestRunbooks(t *testing.T) {
	const dir = "docs/runbooks/"
	chapters, files := map[string]bool{}, map[string]bool{}
	for name, in := range alertsByName(t, nil) {
		_, where, ok := strings.Cut(in.String("documentation.content"), "Runbook: "+dir)
		if !ok {
			t.Errorf("%s names no runbook: %s", name, in.String("documentation.content"))
		}
		file, heading, _ := strings.Cut(where, "#")
		chapters[where], files[file] = true, true
		if !slices.Contains(headings(t, filepath.Join("../..", dir, file)), heading) {
			t.Errorf("%s%s has no chapter %q", dir, file, heading)
		}
	}
	for file := range files {
		for _, heading := range headings(t, filepath.Join("../..", dir, file)) {
			// A chapter that belongs to no alert begins with a capital.
			if !chapters[file+"#"+heading] && heading == strings.ToLower(heading) {
				t.Errorf("no alert leads to %s%s, %q", dir, file, heading)
			}
		}
	}
}

// headings are the chapters of a runbook.
func headings(t *testing.T, path string) []string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for line := range strings.Lines(string(text)) {
		if heading, ok := strings.CutPrefix(line, "## "); ok {
			all = append(all, strings.TrimSpace(heading))
		}
	}
	return all
}
