package settings

import "testing"

var (
	logsOn   = set("logging.enabled", true)
	tracesOn = set("tracing.enabled", true)
	foreign  = set("tracing.elasticsearch.address", "https://es.example.com:9200")
	// available are a protected stack's other settings, so that only its logs are
	// amiss.
	available = []edit{set("protect", true), logsOn, tracesOn}
)

// loggingBreaches are the bad examples of the rules of logs and traces.
var loggingBreaches = []breach{
	{BadRetention, "logging.retention.deleteAfterDays", with(set("logging.retention.deleteAfterDays", 0))},
	{BadRetention, "logging.retention.warmAfterDays", with(set("logging.retention.warmAfterDays", -1))},
	{BadRetention, "logging.retention.coldAfterDays", with(set("logging.retention.warmAfterDays", 3), set("logging.retention.coldAfterDays", 3))},
	{BadRetention, "logging.retention.deleteAfterDays", with(set("logging.retention.coldAfterDays", 9))},
	{BadLogNodes, "logging.elasticsearch.hot.nodes", with(set("logging.elasticsearch.hot.nodes", 0))},
	{BadLogNodes, "logging.elasticsearch.warm.nodes", with(set("logging.elasticsearch.warm.nodes", -1))},
	{BadLogNodes, "logging.elasticsearch.hot.memoryGiB", with(set("logging.elasticsearch.hot.memoryGiB", 1))},
	{BadLogNodes, "logging.elasticsearch.hot.memoryGiB", with(set("logging.elasticsearch.hot.memoryGiB", 64))},
	{BadLogNodes, "logging.elasticsearch.cold.cpuMillis", with(set("logging.elasticsearch.cold.cpuMillis", 1))},
	{BadLogNodes, "logging.elasticsearch.masters.storageGiB", with(set("logging.elasticsearch.masters.storageGiB", 0))},
	{BadMasters, "logging.elasticsearch.hot.nodes", with(set("logging.elasticsearch.hot.nodes", 2))},
	{BadMasters, "logging.elasticsearch.masters.nodes", with(set("logging.elasticsearch.masters.nodes", 1))},
	{BadMasters, "logging.elasticsearch.masters.nodes", with(set("logging.elasticsearch.masters.nodes", 2))},
	{IdleTier, "logging.elasticsearch.warm.nodes", with(set("logging.elasticsearch.warm.nodes", 1))},
	{IdleTier, "logging.elasticsearch.cold.nodes", with(set("logging.elasticsearch.cold.nodes", 1), set("logging.retention.warmAfterDays", 1))},
	{ThinDisks, "logging.elasticsearch.hot.storageGiB", with(logsOn, set("logging.dailyGiB", 4))},
	{ThinDisks, "logging.elasticsearch.hot.storageGiB", with(logsOn, tracesOn, set("tracing.dailyGiB", 6))},
	{ThinDisks, "logging.elasticsearch.warm.storageGiB", with(logsOn, set("logging.elasticsearch.warm.nodes", 2), set("logging.retention.warmAfterDays", 1),
		set("logging.retention.deleteAfterDays", 90))},
	{BadLogSize, "logging.dailyGiB", with(set("logging.dailyGiB", 0))},
	{BadLogSize, "logging.kibana.replicas", with(set("logging.kibana.replicas", 0))},
	{BadLogSize, "logging.logstash.replicas", with(set("logging.logstash.replicas", 0))},
	{BadLogSize, "logging.logstash.queueGiB", with(set("logging.logstash.queueGiB", 0))},
	{BadLogSize, "logging.logstash.memoryGiB", with(set("logging.logstash.memoryGiB", 0))},
	{BadLogSnapshots, "logging.snapshots.schedule", with(set("logging.snapshots.schedule", "30 1 * * *"))},
	{BadLogSnapshots, "logging.snapshots.schedule", with(set("logging.snapshots.schedule", "0 30 1 * * *"))},
	{BadLogSnapshots, "logging.snapshots.schedule", with(set("logging.snapshots.schedule", "0 99 1 * * ?"))},
	{BadLogSnapshots, "logging.snapshots.schedule", with(set("logging.snapshots.schedule", "0 0 25 * * ?"))},
	{BadLogSnapshots, "logging.snapshots.schedule", with(set("logging.snapshots.schedule", "0 30 1 ? * 8"))},
	{BadLogSnapshots, "logging.snapshots.schedule", with(set("logging.snapshots.schedule", "0 30 1 ? * ?"))},
	{BadLogSnapshots, "logging.snapshots.keepDays", with(set("logging.snapshots.keepDays", 0))},
	{LostSnapshots, "logging.snapshots.keepDays", with(logsOn, set("logging.snapshots.enabled", true), set("logging.snapshots.keepDays", 358))},
	{BrokenProtect, "logging.elasticsearch.hot.nodes", available},
	{BrokenProtect, "logging.logstash.replicas", available},
	{BrokenProtect, "logging.snapshots.enabled", available},
	{BrokenProtect, "tracing.gateway.replicas", available},
	{BadSampling, "tracing.samplePercent", with(set("tracing.samplePercent", 101))},
	{BadSampling, "tracing.samplePercent", with(set("tracing.samplePercent", -1))},
	{BadSampling, "tracing.slowMillis", with(set("tracing.slowMillis", 0))},
	{NoTraceStore, "tracing.enabled", with(tracesOn)},
	{TwoTraceStores, "tracing.elasticsearch.address", with(logsOn, tracesOn, foreign, set("tracing.elasticsearch.secret", "backend"))},
	{BadTraceStore, "tracing.elasticsearch.address", with(tracesOn, set("tracing.elasticsearch.address", "http://es.example.com"))},
	{BadTraceStore, "tracing.elasticsearch.address", with(tracesOn, set("tracing.elasticsearch.address", "https://elastic:hunter22@es.example.com"))},
	{BadTraceStore, "tracing.elasticsearch.secret", with(set("tracing.elasticsearch.secret", "backend"))},
	{Missing, "tracing.elasticsearch.secret", with(tracesOn, foreign)},
	{NoTraceSecret, "tracing.elasticsearch.secret", with(tracesOn, foreign, set("tracing.elasticsearch.secret", "elastic"))},
	{BadTraceSize, "tracing.days", with(set("tracing.days", 0))},
	{BadTraceSize, "tracing.dailyGiB", with(set("tracing.dailyGiB", 0))},
	{BadTraceSize, "tracing.gateway.replicas", with(set("tracing.gateway.replicas", 0))},
	{BadTraceSize, "tracing.gateway.memoryMiB", with(set("tracing.gateway.memoryMiB", 128))},
	{BadTraceSize, "tracing.jaeger.replicas", with(set("tracing.jaeger.replicas", 0))},
	{KubernetesOnly, "logging.enabled", with(set("compute", "ecs"), logsOn)},
	{KubernetesOnly, "tracing.enabled", with(set("compute", "ecs"), tracesOn)},
}

// What the rules must leave alone.
func TestGoodLogging(t *testing.T) {
	for name, edits := range map[string][]edit{
		"defaults": with(logsOn, tracesOn),
		"masters":  with(logsOn, set("logging.elasticsearch.masters.nodes", 3), set("logging.elasticsearch.hot.nodes", 2)),
		"tiers": with(logsOn, set("logging.retention.warmAfterDays", 2), set("logging.retention.coldAfterDays", 4),
			set("logging.elasticsearch.warm.nodes", 1), set("logging.elasticsearch.cold.nodes", 1)),
		// Cold logs without cold nodes stay on the warm ones.
		"no cold nodes": with(logsOn, set("logging.retention.warmAfterDays", 2), set("logging.retention.coldAfterDays", 4),
			set("logging.retention.deleteAfterDays", 60), set("logging.elasticsearch.warm.nodes", 1)),
		"largest":       with(set("logging.elasticsearch.hot.memoryGiB", 62)),
		"elsewhere":     with(tracesOn, foreign, set("tracing.elasticsearch.secret", "backend")),
		"weekly":        with(set("logging.snapshots.schedule", "0 0 3 ? * SUN")),
		"first of may":  with(set("logging.snapshots.schedule", "0 0 3 1 5 ?")),
		"errors only":   with(set("tracing.samplePercent", 0)),
		"kept for ever": with(logsOn, set("logging.snapshots.enabled", true), set("logging.snapshots.keepDays", 3650), set("buckets.backups.expireDays", 0)),
	} {
		if s, all := loadYAML(goodFile(t, edits...)); s == nil || len(all) > 0 {
			t.Errorf("%s has problems:\n%s", name, lines(all))
		}
	}
}
