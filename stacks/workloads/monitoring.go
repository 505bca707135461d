package workloads

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/monitoring"
	"github.com/te-explico/infrastructure/stacks/settings"
)

// agentNamespace is where the exporters on the nodes are.
const agentNamespace = "node-exporter"

// makeMonitors brings the definitions of what is watched. All that brings a
// ServiceMonitor or a PrometheusRule comes after b.monitors.
func (b *builder) makeMonitors() error {
	monitors, err := monitoring.NewMonitors(b.ctx, "monitors", metricsNamespace, b.in, pulumi.DependsOn(b.inside(agentNamespace, b.inside(metricsNamespace)...)))
	if err != nil {
		return err
	}
	b.monitors = monitors.Release
	return nil
}

// makeMetrics makes Prometheus and what belongs to it.
func (b *builder) makeMetrics() error {
	m, o := b.Metrics, b.OnCall
	args := &monitoring.MetricsArgs{
		Namespace: metricsNamespace, AgentNamespace: agentNamespace, Labels: b.labels,
		Cluster: b.ctx.Project() + "-" + b.ctx.Stack(), RetentionDays: m.RetentionDays, StorageGiB: m.StorageGiB, MemoryMiB: m.MemoryMiB,
		Replicas: m.Replicas, Alertmanagers: m.Alertmanagers, Runbooks: m.Runbooks,
		Grafana: monitoring.Grafana{Host: m.Grafana.Host, SSO: singleSignOn(m.Grafana.SSO), Logs: b.Logging.Enabled},
		OnCall: monitoring.OnCall{
			Provider: monitoring.Provider(o.Provider), Key: o.Secret, EU: o.EU, Heartbeat: o.Heartbeat,
		},
		Objectives: b.objectives(), Store: StoreName, References: b.platform.Secrets.References, CRDs: b.monitors, API: b.api(),
		Mesh: b.meshMode(),
	}
	if m.RemoteWrite.URL != "" {
		args.RemoteWrite = &monitoring.RemoteWrite{URL: m.RemoteWrite.URL, Secret: m.RemoteWrite.Secret}
	}
	if m.DatabaseSecret != "" {
		args.Database = &monitoring.DatabaseTarget{
			Secret: m.DatabaseSecret, To: peers(b.platform.Database.Reach), Ports: b.platform.Database.Reach.Ports,
		}
	}
	if m.OpenCost.Enabled {
		args.OpenCost = &monitoring.OpenCost{Secret: m.OpenCost.Secret}
	}
	if c := b.platform.Cache; c != nil && c.Secret != nil { // a cache with identities of the cloud takes no password
		args.Cache = &monitoring.CacheTarget{Host: c.Host, Port: c.Port, CA: c.CA, Secret: c.Secret, To: peers(c.Reach), Ports: c.Reach.Ports}
	}
	made, err := monitoring.NewMetrics(b.ctx, "metrics", args, b.in, pulumi.DependsOn(b.inside(metricsNamespace, b.inside(agentNamespace, append(slices.Clone(b.mesh), b.secretStore...)...)...)))
	if err != nil {
		return err
	}
	b.metrics = made.Stack
	return nil
}

func singleSignOn(s settings.SSO) *monitoring.SSO {
	if s.ClientID == "" {
		return nil
	}
	return &monitoring.SSO{
		Name: s.Name, ClientID: s.ClientID, Secret: s.Secret, AuthURL: s.AuthURL, TokenURL: s.TokenURL, APIURL: s.APIURL,
		Scopes: s.Scopes, Role: s.Role, Domains: s.Domains,
	}
}

// objectives are what the services promise, as ratios.
func (b *builder) objectives() map[string]monitoring.SLO {
	all := map[string]monitoring.SLO{}
	for name, s := range b.Services {
		all[name] = monitoring.SLO{
			Counted: b.meshMode() == "", ToZero: s.Scale.ToZero,
			Availability: s.SLO.Availability / 100, LatencyMs: s.SLO.LatencyMs, LatencyTarget: s.SLO.LatencyTarget / 100,
		}
	}
	return all
}
