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
	return kubernetes.Connection{Name: "waypoint", Pods: map[string]string{"gateway.networking.k8s.io/gateway-name": "waypoint"}, TCP: ports}
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
	if s.Metrics.Enabled {
		all = append(all, kubernetes.Connection{Name: "prometheus", Namespace: metricsNamespace, TCP: kubernetes.List{s.Port, kubernetes.ProxyMetricsPort}})
	}
	if b.Mesh.Mode == settings.MeshAmbient {
		// The kubelet's probes come from this address (Istio, ambient and Kubernetes
		// NetworkPolicy).
		all = append(all, viaWaypoint(s.Port), kubernetes.Connection{Name: "probes", CIDR: "169.254.7.127/32", TCP: kubernetes.List{s.Port}})
	}
	return all
}

// notInternet are the ranges that are not the internet: those of RFC 1918 and 6598,
// and the link-local one with the cloud's metadata.
var notInternet = []string{"10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"}

// called are where a pod may connect to: whom it calls, names' addresses and the
// collector of traces.
func (b *builder) called(calls []string) []kubernetes.Connection {
	all := []kubernetes.Connection{
		{Name: "dns", Namespace: "kube-system", Pods: map[string]string{"k8s-app": "kube-dns"}, UDP: kubernetes.List{53}, TCP: kubernetes.List{53}},
		{Name: "traces", Namespace: "tracing", TCP: kubernetes.List{4317, 4318}},
	}
	inside := false
	for _, name := range calls {
		switch name {
		case "database":
			all = append(all, b.data("database", b.platform.Database.Port))
		case "cache":
			if c := b.platform.Cache; c != nil {
				all = append(all, b.data("cache", c.Port))
			}
		case "internet":
			all = append(all, kubernetes.Connection{Name: "internet", CIDR: "0.0.0.0/0", Except: notInternet, TCP: kubernetes.List{443}})
		default:
			all, inside = append(all, callOf(name, b.Services[name].Port)), true
		}
	}
	switch {
	case b.Mesh.Mode == settings.MeshAmbient && inside:
		all = append(all, viaWaypoint(kubernetes.ServicePort))
	case b.Mesh.Mode == settings.MeshSidecar:
		all = append(all, kubernetes.Connection{Name: "mesh", Namespace: "istio-system", TCP: kubernetes.List{15012}})
	}
	return all
}

// data is a database or a cache: somewhere in the platform's network, or where
// there is none, in the cluster.
func (b *builder) data(name string, port any) kubernetes.Connection {
	if b.platform.Network.CIDR == "" {
		return kubernetes.Connection{Name: name, Namespace: "data", TCP: kubernetes.List{port}}
	}
	return kubernetes.Connection{Name: name, CIDR: b.platform.Network.CIDR, TCP: kubernetes.List{port}}
}
