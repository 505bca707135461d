package workloads

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/kubernetes"
	"github.com/te-explico/infrastructure/components/monitoring"
)

// makeTracing makes the way of the traces, and Grafana's data sources for logs
// and traces.
func (b *builder) makeTracing() error {
	t := b.Tracing
	if b.Logging.Enabled || t.Enabled {
		if _, err := monitoring.NewDataSources(b.ctx, "datasources", &monitoring.DataSourcesArgs{
			Labels: b.labels, Namespace: metricsNamespace, Logs: b.Logging.Enabled, Traces: t.Enabled, After: b.inside(metricsNamespace, b.observers()...),
		}, b.in); err != nil {
			return err
		}
	}
	if !t.Enabled {
		return nil
	}
	args := &monitoring.TracingArgs{
		Labels: b.labels, SamplePercent: t.SamplePercent, SlowMillis: t.SlowMillis, RedactAddresses: b.Logging.RedactAddresses,
		Days: t.Days, GatewayReplicas: t.Gateway.Replicas, GatewayMemoryMiB: t.Gateway.MemoryMiB, JaegerReplicas: t.Jaeger.Replicas,
		Copies: min(b.Logging.Elasticsearch.Hot.Nodes-1, 1), Senders: []string{product, kubernetes.EntranceNamespace}, API: b.api(), MetricsNamespace: metricsNamespace,
		After: b.inside(monitoring.TracingNamespace, b.inside(metricsNamespace, append(slices.Clone(b.secretStore), b.monitors)...)...),
	}
	if b.logging != nil {
		args.After = append(args.After, b.logging)
	}
	if e := t.Elasticsearch; e.Address != "" {
		secret, known := b.platform.Secrets.References[e.Secret]
		if !known {
			return fmt.Errorf("creating the way of the traces: the platform has no secret %s", e.Secret)
		}
		args.Elasticsearch = &monitoring.TraceStore{Address: e.Address, SecretStore: StoreName, Secret: secret}
		args.Copies = 1
	}
	_, err := monitoring.NewTracing(b.ctx, "tracing", args, b.in)
	return err
}

// observers are what Grafana's data sources need: Grafana, what starts it anew for
// them, and its password for the logs.
func (b *builder) observers() []pulumi.Resource {
	all := append(slices.Clone(b.reloader), b.metrics)
	if b.logging != nil {
		all = append(all, b.logging)
	}
	return all
}
