package workloads

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/kubernetes"
	"github.com/te-explico/infrastructure/components/monitoring"
	"github.com/te-explico/infrastructure/stacks/settings"
)

const (
	monitoringNamespace = "monitoring"
	agentNamespace      = "node-exporter"
)

// secretStore is the name of the ClusterSecretStore that secrets come from.
const secretStore = "platform"

// makeMonitors brings the definitions of what is watched. All that brings a
// ServiceMonitor or a PrometheusRule comes after b.monitors.
func (b *builder) makeMonitors() error {
	var namespaces []pulumi.Resource
	for _, n := range []struct{ name, standard string }{{monitoringNamespace, "restricted"}, {agentNamespace, "privileged"}} {
		made, err := kubernetes.NewNamespace(b.ctx, n.name, &kubernetes.NamespaceArgs{
			Labels: b.labels, Version: b.cluster.Version, PodSecurity: n.standard,
		}, b.in)
		if err != nil {
			return err
		}
		namespaces = append(namespaces, made)
	}
	monitors, err := monitoring.NewMonitors(b.ctx, "monitors", monitoringNamespace, b.in, pulumi.DependsOn(namespaces))
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
		Namespace: monitoringNamespace, AgentNamespace: agentNamespace, Labels: b.labels,
		Cluster: b.ctx.Project() + "-" + b.ctx.Stack(), RetentionDays: m.RetentionDays, StorageGiB: m.StorageGiB, MemoryMiB: m.MemoryMiB,
		Replicas: m.Replicas, Alertmanagers: m.Alertmanagers, Runbooks: m.Runbooks,
		Grafana: monitoring.Grafana{Host: m.Grafana.Host, SSO: singleSignOn(m.Grafana.SSO)},
		OnCall: monitoring.OnCall{
			Provider: monitoring.Provider(o.Provider), Key: o.Secret, EU: o.EU, Heartbeat: o.Heartbeat,
		},
		Objectives: objectives(), Store: secretStore, References: b.platform.Secrets.References, CRDs: b.monitors,
	}
	if m.RemoteWrite.URL != "" {
		args.RemoteWrite = &monitoring.RemoteWrite{URL: m.RemoteWrite.URL, Secret: m.RemoteWrite.Secret}
	}
	if m.DatabaseSecret != "" {
		args.Database = &monitoring.DatabaseTarget{Secret: m.DatabaseSecret}
	}
	if c := b.platform.Cache; c != nil && c.Secret != nil { // a cache with identities of the cloud takes no password
		args.Cache = &monitoring.CacheTarget{Host: c.Host, Port: c.Port, Secret: c.Secret}
	}
	_, err := monitoring.NewMetrics(b.ctx, "metrics", args, b.in)
	return err
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

// objectives are what the three services promise.
func objectives() map[string]monitoring.SLO {
	return map[string]monitoring.SLO{
		"backend":      {Availability: 0.999, LatencyMs: 500, LatencyTarget: 0.99},
		"frontend":     {Availability: 0.999, LatencyMs: 500, LatencyTarget: 0.99},
		"ai-inference": {Availability: 0.995, LatencyMs: 30000, LatencyTarget: 0.95}, // models answer late
	}
}
