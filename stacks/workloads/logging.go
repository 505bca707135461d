package workloads

import (
	"errors"

	"github.com/te-explico/infrastructure/components/monitoring"
	"github.com/te-explico/infrastructure/stacks/settings"
)

// metricsNamespace is where metrics are collected, and where Grafana is.
const metricsNamespace = "monitoring"

// makeLogging makes the way of the logs, and tells Grafana of it.
func (b *builder) makeLogging() error {
	l := b.Logging
	if !l.Enabled {
		return nil
	}
	args := &monitoring.LoggingArgs{
		Labels: b.labels, Stream: b.ctx.Stack(), StorageClass: l.Elasticsearch.StorageClass,
		Tiers: map[string]monitoring.LogTier{
			"masters": tier(l.Elasticsearch.Masters), "hot": tier(l.Elasticsearch.Hot),
			"warm": tier(l.Elasticsearch.Warm), "cold": tier(l.Elasticsearch.Cold),
		},
		Retention:      monitoring.LogRetention(l.Retention),
		KibanaReplicas: l.Kibana.Replicas, Logstash: monitoring.LogstashArgs(l.Logstash), RedactAddresses: l.RedactAddresses,
		Readers: []monitoring.LogReader{monitoring.GrafanaReader(metricsNamespace)}, MetricsNamespace: metricsNamespace, API: b.api(),
		After: b.inside(monitoring.LoggingNamespace, b.inside(monitoring.LogAgentsNamespace, b.inside(metricsNamespace, b.monitors)...)...),
	}
	if b.Tracing.Enabled {
		args.TraceDays, args.Readers = b.Tracing.Days, append(args.Readers, monitoring.JaegerReader())
	}
	if l.Snapshots.Enabled {
		store := b.platform.Snapshots
		if store == nil {
			return errors.New("creating the way of the logs: the platform has no object store for snapshots")
		}
		args.Snapshots = &monitoring.LogSnapshots{
			Schedule: l.Snapshots.Schedule, KeepDays: l.Snapshots.KeepDays, Store: monitoring.SnapshotStore(*store),
		}
	}
	logging, err := monitoring.NewLogging(b.ctx, "logging", args, b.in)
	if err != nil {
		return err
	}
	b.logging = logging.Ready
	return nil
}

func tier(n settings.ElasticsearchNodes) monitoring.LogTier { return monitoring.LogTier(n) }
