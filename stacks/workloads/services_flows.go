package workloads

import (
	"maps"
	"slices"

	"github.com/te-explico/infrastructure/components/kubernetes"
	"github.com/te-explico/infrastructure/stacks/settings"
)

// callOf is a connection to or from the product's own pods.
func callOf(name string, ports ...any) kubernetes.Connection {
	return kubernetes.Connection{Name: name, Pods: map[string]string{kubernetes.NameLabel: name}, TCP: ports}
}

// viaWaypoint is the ambient mesh's proxy of the namespace, which requests pass.
func viaWaypoint(ports ...any) kubernetes.Connection {
	return kubernetes.Connection{Name: "waypoint", Pods: kubernetes.WaypointPods(), TCP: ports}
}

// callers are who may connect to a service: whoever says that it calls it, the
// gateway if the service has paths, and Prometheus.
func (b *builder) callers(name string, s settings.Service) []kubernetes.Connection {
	var all []kubernetes.Connection
	for _, other := range slices.Sorted(maps.Keys(b.Services)) {
		if slices.Contains(b.Services[other].Calls, name) {
			all = append(all, callOf(other, s.Port))
		}
	}
	for _, job := range slices.Sorted(maps.Keys(b.Jobs)) {
		if slices.Contains(b.Jobs[job].Calls, name) {
			all = append(all, callOf(job, s.Port))
		}
	}
	if len(s.Paths) > 0 {
		all = append(all, kubernetes.Connection{Name: "gateway", Namespace: kubernetes.EntranceNamespace, TCP: kubernetes.List{s.Port}})
	}
	if s.Metrics.Enabled || b.Mesh.Mode == settings.MeshSidecar {
		all = append(all, kubernetes.Connection{Name: "prometheus", Namespace: metricsNamespace, TCP: kubernetes.List{s.MetricsPort(), kubernetes.ProxyMetricsPort}})
	}
	if b.Mesh.Mode == settings.MeshAmbient {
		all = append(all, viaWaypoint(s.Port), kubernetes.Connection{Name: "probes", CIDR: kubernetes.AmbientProbes, TCP: kubernetes.List{s.Port}})
	}
	return all
}

// called are where a pod may connect to: the services that it calls, names'
// addresses and the collector of traces. To the platform's parts it gets by a
// label (see parts).
func (b *builder) called(calls []string) []kubernetes.Connection {
	all := []kubernetes.Connection{
		{Name: "dns", Namespace: "kube-system", Pods: map[string]string{"k8s-app": "kube-dns"}, UDP: kubernetes.List{53}, TCP: kubernetes.List{53}},
		{Name: "traces", Namespace: "tracing", TCP: kubernetes.List{4317, 4318}},
	}
	for _, name := range calls {
		if _, service := b.Services[name]; service {
			all = append(all, callOf(name, b.Services[name].Port))
		}
	}
	switch b.Mesh.Mode {
	case settings.MeshAmbient: // the smoke test of a service that calls nobody passes it too
		all = append(all, viaWaypoint(kubernetes.ServicePort))
	case settings.MeshSidecar:
		all = append(all, kubernetes.Connection{Name: "mesh", Namespace: "istio-system", TCP: kubernetes.List{15012}})
	}
	return all
}

// parts are the labels by which a pod gets to the parts of the platform that it
// calls, whatever it calls that is no service, and to the buckets if it uses any.
func (b *builder) parts(calls []string, buckets map[string]settings.BucketAccess) map[string]string {
	labels := map[string]string{}
	for _, name := range calls {
		if _, service := b.Services[name]; !service {
			labels = union(labels, uses(name))
		}
	}
	if len(buckets) > 0 {
		labels = union(labels, uses("buckets"))
	}
	return labels
}

// anyUses says whether some service or job uses a part of the platform.
func (b *builder) anyUses(part string) bool {
	for _, s := range b.Services {
		if b.parts(s.Calls, s.Buckets)[usesLabel(part)] != "" {
			return true
		}
	}
	for _, j := range b.Jobs {
		if b.parts(j.Calls, j.Buckets)[usesLabel(part)] != "" {
			return true
		}
	}
	return false
}
