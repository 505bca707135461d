package aws

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// alarmsByName are the alarms of everything there is, by name without the
// component's.
func alarmsByName(t *testing.T, edit func(*MonitoringArgs)) map[string]simcloud.Values {
	t.Helper()
	all := map[string]simcloud.Values{}
	for _, a := range runMonitoring(t, testScope(), edit).All(alarmToken) {
		all[strings.TrimPrefix(strings.TrimPrefix(a.Name, "monitoring-"), cloudFrontRegion+"-")] = a.Inputs
	}
	return all
}

func TestAlarms(t *testing.T) {
	all := alarmsByName(t, nil)
	for name, want := range map[string]struct {
		level, metric, missing string
		threshold              float64
	}{
		"cluster-silent":           {"p0", "apiserver_request_total", "breaching", 1},
		"cluster-errors":           {"p0", "", "missing", 5},
		"cluster-latency":          {"p1", "apiserver_request_duration_seconds_GET_P99", "missing", 1},
		"cluster-pending-pods":     {"p1", "scheduler_pending_pods_UNSCHEDULABLE", "missing", 0},
		"cluster-storage":          {"p1", "apiserver_storage_size_bytes", "missing", 6 << 30},
		"nodes-general-few":        {"p0", "GroupInServiceInstances", "breaching", 2},
		"nodes-general-full":       {"p1", "GroupInServiceInstances", "missing", 6},
		"nodes-general-unhealthy":  {"p1", "StatusCheckFailed", "notBreaching", 1},
		"nodes-fixed-few":          {"p0", "GroupInServiceInstances", "breaching", 3},
		"nodes-fixed-unhealthy":    {"p1", "StatusCheckFailed", "notBreaching", 1},
		"nodes-gpu-full":           {"p1", "GroupInServiceInstances", "missing", 2},
		"nodes-gpu-unhealthy":      {"p1", "StatusCheckFailed", "notBreaching", 1},
		"balancer-errors":          {"p0", "", "notBreaching", 5},
		"balancer-rejections":      {"p1", "RejectedConnectionCount", "notBreaching", 0},
		"service-api-few":          {"p0", "", "breaching", 0},
		"service-api-cpu":          {"p1", "CPUUtilization", "missing", 85},
		"service-api-memory":       {"p1", "MemoryUtilization", "missing", 90},
		"service-api-full":         {"p1", "RunningTaskCount", "missing", 5},
		"service-api-errors":       {"p0", "", "notBreaching", 5},
		"service-api-unhealthy":    {"p1", "UnHealthyHostCount", "notBreaching", 1},
		"service-api-gone":         {"p0", "HealthyHostCount", "breaching", 1},
		"service-job-few":          {"p0", "", "breaching", 0},
		"service-job-cpu":          {"p1", "CPUUtilization", "missing", 85},
		"service-job-memory":       {"p1", "MemoryUtilization", "missing", 90},
		"service-job-errors":       {"p0", "", "notBreaching", 5},
		"service-job-unhealthy":    {"p1", "UnHealthyHostCount", "notBreaching", 1},
		"service-job-gone":         {"p0", "HealthyHostCount", "breaching", 1},
		"database-silent":          {"p0", "CPUUtilization", "breaching", 1},
		"database-cpu":             {"p1", "CPUUtilization", "missing", 80},
		"database-memory":          {"p1", "FreeableMemory", "missing", 0.05 * 8 * (1 << 30)},
		"database-storage-low":     {"p1", "FreeStorageSpace", "missing", 10 * (1 << 30)},
		"database-storage-full":    {"p0", "FreeStorageSpace", "missing", 5 * (1 << 30)},
		"database-connections":     {"p1", "DatabaseConnections", "missing", 720},
		"database-transaction-ids": {"p1", "MaximumUsedTransactionIDs", "missing", 1e9},
		"database-replica-1-lag":   {"p1", "", "breaching", 600},
		"cache-first-silent":       {"p1", "CPUUtilization", "breaching", 1},
		"cache-first-engine":       {"p1", "EngineCPUUtilization", "missing", 80},
		"cache-first-cpu":          {"p1", "CPUUtilization", "missing", 45},
		"cache-first-memory":       {"p1", "DatabaseMemoryUsagePercentage", "missing", 80},
		"cache-first-evictions":    {"p1", "Evictions", "missing", 1000},
		"cache-first-connections":  {"p1", "CurrConnections", "missing", 52000},
		"cache-first-lag":          {"p1", "ReplicationLag", "missing", 30},
		"nat-eu-west-1a-ports":     {"p1", "ErrorPortAllocation", "notBreaching", 0},
		"nat-eu-west-1a-drops":     {"p1", "", "notBreaching", 0.01},
		"cdn-errors":               {"p0", "5xxErrorRate", "notBreaching", 5},
		"cdn-some-errors":          {"p1", "5xxErrorRate", "notBreaching", 1},
	} {
		in, ok := all[name]
		if !ok {
			t.Errorf("there is no alarm %s", name)
			continue
		}
		delete(all, name)
		threshold, _ := in.Get("threshold").(float64)
		if in.String("metricName") != want.metric || in.String("treatMissingData") != want.missing || threshold != want.threshold {
			t.Errorf("%s: got %q, missing %q, threshold %v, want %v", name, in.String("metricName"), in.String("treatMissingData"), threshold, want)
		}
		if got := in.String("name"); got != "explico-test-"+name {
			t.Errorf("%s is called %s", name, got)
		}
		for _, path := range []string{"alarmActions[]", "okActions[]"} {
			if got := in.Strings(path); len(got) != 1 || !strings.Contains(got[0], "-"+want.level+"-") {
				t.Errorf("%s: %s are %v, want the topic %s", name, path, got, want.level)
			}
		}
		if !strings.HasPrefix(in.String("alarmDescription"), strings.ToUpper(want.level)+": ") || in.String("tags.severity") != want.level {
			t.Errorf("%s: %q does not say %s", name, in.String("alarmDescription"), want.level)
		}
	}
	for name := range all {
		t.Errorf("the alarm %s is not in the table of this test", name)
	}
}

// What is measured belongs to the thing that is watched.
func TestAlarmDimensions(t *testing.T) {
	all := alarmsByName(t, nil)
	for name, want := range map[string][3]string{
		"cluster-silent":       {"AWS/EKS", "ClusterName", "main"},
		"nodes-gpu-full":       {"AWS/AutoScaling", "AutoScalingGroupName", "eks-gpu"},
		"nodes-gpu-unhealthy":  {"AWS/EC2", "AutoScalingGroupName", "eks-gpu"},
		"service-api-cpu":      {"AWS/ECS", "ServiceName", "api-1"},
		"service-api-full":     {"ECS/ContainerInsights", "ClusterName", "main"},
		"service-api-gone":     {"AWS/ApplicationELB", "TargetGroup", "targetgroup/api/1"},
		"balancer-rejections":  {"AWS/ApplicationELB", "LoadBalancer", "app/main/1"},
		"database-cpu":         {"AWS/RDS", "DBInstanceIdentifier", "database-1"},
		"cache-first-memory":   {"AWS/ElastiCache", "CacheClusterId", "cache-001"},
		"nat-eu-west-1a-ports": {"AWS/NATGateway", "NatGatewayId", "nat-0a"},
	} {
		if in := all[name]; in.String("namespace") != want[0] || in.String("dimensions."+want[1]) != want[2] {
			t.Errorf("%s watches %s %v, want %v", name, in.String("namespace"), in.Get("dimensions"), want)
		}
	}
	lag := all["database-replica-1-lag"].Objects("metricQueries[]")
	if len(lag) != 2 || lag[0].String("metric.dimensions.DBInstanceIdentifier") != "database-1-replica-1" || lag[1].String("expression") != "IF(m < 0, 86400, m)" {
		t.Errorf("the replica's lag is %v", lag)
	}
}

// serverlessCache has the cache be one without nodes.
func serverlessCache(a *MonitoringArgs) {
	a.Cache = &CacheAlarms{Serverless: "explico-test-cache", Limits: RedisLimits{StorageGB: 10, ECPUs: 5000}}
}

func TestCacheAlarms(t *testing.T) {
	all := alarmsByName(t, serverlessCache)
	for name, want := range map[string]float64{"cache-throttled": 0, "cache-memory": 8e9, "cache-cpu": 1.2e6, "cache-evictions": 1000} {
		in := all[name]
		if got, _ := in.Get("threshold").(float64); got != want || in.String("dimensions.clusterId") != "explico-test-cache" {
			t.Errorf("%s: threshold %v of %v, want %v of the cache", name, got, in.Get("dimensions"), want)
		}
	}
	alone := alarmsByName(t, func(a *MonitoringArgs) { a.Cache.Replicas, a.Cache.Node = false, "cache.t4g.micro" })
	if in := alone["cache-first-silent"]; in.String("tags.severity") != "p0" || alone["cache-first-lag"] != nil {
		t.Errorf("a node without a replica: got %v, lag %v", in.String("tags.severity"), alone["cache-first-lag"])
	}
	if got := alone["cache-first-connections"].Int("threshold"); got != 16000 {
		t.Errorf("a t4g node: got a threshold of %d connections, want 16000", got)
	}
	large := alarmsByName(t, func(a *MonitoringArgs) { a.Cache.Node = "cache.m7g.xlarge" })
	if large["cache-first-cpu"] != nil {
		t.Error("the processors of a node with four are watched as if it had two")
	}
}

func TestDatabaseConnections(t *testing.T) {
	for _, tt := range []struct {
		class string
		set   int
		want  int
	}{
		{"db.t4g.micro", 0, 112}, {"db.m7g.large", 0, 901}, {"db.r7g.4xlarge", 0, 5000}, {"db.m7g.large", 300, 300},
	} {
		memory, err := classMemoryGiB(tt.class)
		if err != nil {
			t.Fatal(err)
		}
		d := &DatabaseAlarms{MaxConnections: tt.set}
		if got := d.connections(memory); got != tt.want {
			t.Errorf("%s, max_connections %d: got %d, want %d", tt.class, tt.set, got, tt.want)
		}
	}
	in := alarmsByName(t, func(a *MonitoringArgs) { a.Database.MaxConnections = 300 })["database-connections"]
	if in.Int("threshold") != 240 {
		t.Errorf("got a threshold of %d connections, want 240", in.Int("threshold"))
	}
}

// Every alarm has its chapter in a runbook, and every chapter its alarm.
func TestRunbooks(t *testing.T) {
	const dir = "docs/runbooks/"
	chapters := map[string]bool{ // procedures that belong to no alarm
		"database.md#major upgrade": true, "database.md#restore": true,
		"cdn.md#A second place for the frontend": true, "cdn.md#Another secret for the API's origin": true, "cdn.md#Browsers' lists": true,
	}
	all := alarmsByName(t, nil)
	maps.Copy(all, alarmsByName(t, serverlessCache))
	for name, in := range all {
		_, where, ok := strings.Cut(in.String("alarmDescription"), "Runbook: "+dir)
		if !ok {
			t.Errorf("%s names no runbook: %s", name, in.String("alarmDescription"))
		}
		chapters[where] = true
	}
	for where := range chapters {
		file, heading, _ := strings.Cut(where, "#")
		if !slices.Contains(headings(t, filepath.Join("../..", dir, file)), heading) {
			t.Errorf("%s%s has no chapter %q", dir, file, heading)
		}
	}
	for _, area := range []string{"cluster.md", "nodes.md", "database.md", "cache.md", "cdn.md", "nat.md", "ecs.md"} {
		for _, heading := range headings(t, filepath.Join("../..", dir, area)) {
			if !chapters[area+"#"+heading] {
				t.Errorf("no alarm leads to %s%s, %q", dir, area, heading)
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
