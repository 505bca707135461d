package workloads

import (
	"github.com/te-explico/infrastructure/components/kubernetes"
	"github.com/te-explico/infrastructure/components/monitoring"
)

// metricsNamespace is where metrics are collected, and where Grafana is.
const metricsNamespace = "monitoring"

// namespace is a namespace to make.
type namespace struct {
	name string
	// podSecurity is the Pod Security Standard; restricted if empty.
	podSecurity string
}

// makeBase makes the namespaces.
func (b *builder) makeBase() error {
	for _, n := range append([]namespace{{name: "explico"}}, b.observed()...) {
		made, err := kubernetes.NewNamespace(b.ctx, n.name, &kubernetes.NamespaceArgs{
			Labels: b.labels, Version: b.cluster.Version, PodSecurity: n.podSecurity,
		}, b.in)
		if err != nil {
			return err
		}
		b.namespaces = append(b.namespaces, made)
	}
	return nil
}

// observed are the namespaces of logs and traces.
func (b *builder) observed() []namespace {
	var all []namespace
	if b.Logging.Enabled || b.Tracing.Enabled {
		all = append(all, namespace{name: metricsNamespace})
	}
	if b.Logging.Enabled {
		// Fluent Bit mounts /var/log of its node, which only privileged allows.
		all = append(all, namespace{name: monitoring.LoggingNamespace}, namespace{name: monitoring.LogAgentsNamespace, podSecurity: "privileged"})
	}
	if b.Tracing.Enabled {
		all = append(all, namespace{name: monitoring.TracingNamespace})
	}
	return all
}
