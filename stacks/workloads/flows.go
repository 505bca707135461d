package workloads

import (
	"maps"
	"slices"

	"github.com/te-explico/infrastructure/components/kubernetes"
	"github.com/te-explico/infrastructure/components/monitoring"
	"github.com/te-explico/infrastructure/stacks/platform"
	"github.com/te-explico/infrastructure/stacks/settings"
)

// peers are the other end of a flow to a part of the platform; none if the
// platform has no such part.
func peers(r platform.Reach) []kubernetes.Peer {
	switch {
	case r.Namespace != "":
		return []kubernetes.Peer{{Namespace: r.Namespace, Pods: r.Pods}}
	case len(r.CIDRs) > 0:
		return []kubernetes.Peer{{CIDRs: r.CIDRs}}
	}
	return nil
}

// webhookCallers are where the Kubernetes API's calls of webhooks come from.
func (b *builder) webhookCallers() []kubernetes.Peer {
	if callers := peers(b.cluster.Webhooks); callers != nil {
		return callers
	}
	return peers(b.cluster.API)
}

// toPart lets pods reach a part of the platform; no flow if there is none.
func toPart(name string, pods map[string]string, r platform.Reach) []kubernetes.Flow {
	to := peers(r)
	if to == nil {
		return nil
	}
	return []kubernetes.Flow{{Name: name, Pods: pods, To: to, Ports: r.Ports}}
}

// fromAll lets pods of namespaces in.
func fromAll(name string, namespaces ...string) kubernetes.Flow {
	f := kubernetes.Flow{Name: name}
	for _, n := range namespaces {
		f.From = append(f.From, kubernetes.Peer{Namespace: n})
	}
	return f
}

// prometheus scrapes from the namespace of what watches the cluster.
var prometheus = kubernetes.Peer{Namespace: metricsNamespace, Pods: map[string]string{"app.kubernetes.io/name": "prometheus"}}

// toMetrics lets operators that decide by metrics ask for them.
var toMetrics = kubernetes.Flow{Name: "metrics", To: []kubernetes.Peer{prometheus}, Ports: []int{9090}}

// webhookPorts are where operators let the Kubernetes API ask them: KEDA for
// metrics; KEDA, Elastic's and the load balancer's for admission; cert-manager,
// External Secrets and Prometheus'; the mesh. They are few because the API's range
// may be that of all pods.
// Source: the charts' values.yaml.
var webhookPorts = []int{6443, 9443, 10250, 15017}

// operatorFlows are what every operator does: it watches the Kubernetes API,
// which calls its webhooks; it calls the cloud; its parts speak to one another;
// Prometheus scrapes it.
func (b *builder) operatorFlows(namespace string) []kubernetes.Flow {
	within := []kubernetes.Peer{{Namespace: namespace}}
	return slices.Concat(
		toPart("api", nil, b.cluster.API),
		[]kubernetes.Flow{
			{Name: "webhooks", From: b.webhookCallers(), Ports: webhookPorts},
			{Name: "within", From: within, To: within},
			{Name: "internet", To: kubernetes.Internet(), Ports: []int{443}},
			{Name: "scrape", From: []kubernetes.Peer{prometheus}},
		},
		toPart("cloud", nil, b.cluster.CloudAPIs),
		toPart("credentials", nil, b.cluster.Credentials),
	)
}

// storeFlows let External Secrets at a store of one's own: in the private network,
// in one beside it, or on the internet.
func (b *builder) storeFlows() []kubernetes.Flow {
	source := b.cluster.Integrations.Secrets
	if source == nil || source.Port == 0 {
		return nil
	}
	to := append(kubernetes.Internet(), kubernetes.Peer{CIDRs: kubernetes.PrivateRanges()})
	return []kubernetes.Flow{{Name: "store", To: to, Ports: []int{source.Port}}}
}

// uses is the label by which a pod of the product asks for a way: to the
// database, the cache, the buckets or the internet. Without one it reaches
// nothing of these.
func uses(part string) map[string]string { return map[string]string{usesLabel(part): "true"} }

func usesLabel(part string) string { return "explico.io/uses-" + part }

// productFlows are what the product's pods may do: be asked by Prometheus, tell
// the mesh, and use the parts of the platform that they name in a label. Whom a
// service asks, who asks it, and its traces are each service's own policy.
func (b *builder) productFlows() []kubernetes.Flow {
	return slices.Concat(
		[]kubernetes.Flow{
			{Name: "scrape", From: []kubernetes.Peer{prometheus}},
			// istiod's port for its configuration, and that of the mesh's tunnel
			{Name: "mesh", To: []kubernetes.Peer{{Namespace: "istio-system"}}, Ports: []int{15008, 15012}},
		},
		toPart("credentials", nil, b.cluster.Credentials),
		toPart("cloud", nil, b.cluster.CloudAPIs),
		b.partFlows(),
		b.waypointFlows(),
	)
}

// toTraces lets pods send spans to the agents of their nodes; the mesh's proxies
// do.
func toTraces(pods map[string]string) kubernetes.Flow {
	agents := kubernetes.Peer{Namespace: monitoring.TracingNamespace, Pods: monitoring.TraceAgent()}
	return kubernetes.Flow{Name: "traces", Pods: pods, To: []kubernetes.Peer{agents}, Ports: monitoring.TracePorts()}
}

// waypointFlows let requests through the proxy before the product's services,
// which an ambient mesh has: from the services and the gateway, to the services.
func (b *builder) waypointFlows() []kubernetes.Flow {
	if b.Mesh.Mode != settings.MeshAmbient {
		return nil
	}
	pods := viaWaypoint().Pods
	services := kubernetes.Peer{Namespace: product}
	traces := toTraces(pods)
	traces.Name = "waypoint-traces"
	return []kubernetes.Flow{
		{Name: "waypoint", Pods: pods, From: []kubernetes.Peer{services, {Namespace: kubernetes.EntranceNamespace}}, To: []kubernetes.Peer{services}},
		traces,
	}
}

// partFlows are ways to the parts of the platform that some service or job calls.
// Buckets are somewhere in the cluster, or in the internet, where most clouds
// have them.
func (b *builder) partFlows() []kubernetes.Flow {
	web := []kubernetes.Flow{{Name: "internet", Pods: uses("internet"), To: kubernetes.Internet(), Ports: []int{443}}}
	ways := map[string][]kubernetes.Flow{
		"database": toPart("database", uses("database"), b.platform.Database.Reach),
		"buckets":  toPart("buckets", uses("buckets"), b.platform.Objects.Reach),
		"internet": web,
	}
	if ways["buckets"] == nil {
		ways["buckets"] = []kubernetes.Flow{{Name: "buckets", Pods: uses("buckets"), To: web[0].To, Ports: web[0].Ports}}
	}
	if c := b.platform.Cache; c != nil {
		ways["cache"] = toPart("cache", uses("cache"), c.Reach)
	}
	var flows []kubernetes.Flow
	for _, part := range slices.Sorted(maps.Keys(ways)) {
		if b.anyUses(part) {
			flows = append(flows, ways[part]...)
		}
	}
	return flows
}

// gatewayFlows let the world in to the gateway, which load balancers ask whether it
// is well, and the gateway to the services.
func (b *builder) gatewayFlows() []kubernetes.Flow {
	world := kubernetes.Flow{Name: "world", Ports: []int{80, 443, 8080, 8443, kubernetes.EntranceHealthPort}}
	world.From = []kubernetes.Peer{{CIDRs: []string{"0.0.0.0/0", "::/0"}}}
	flows := []kubernetes.Flow{
		world,
		{Name: "services", To: []kubernetes.Peer{{Namespace: product}}},
		{Name: "mesh", To: []kubernetes.Peer{{Namespace: "istio-system"}}, Ports: []int{15008, 15012}},
		toTraces(nil),
	}
	if b.Metrics.Grafana.Host != "" {
		grafana := kubernetes.Peer{Namespace: metricsNamespace, Pods: named("grafana")}
		flows = append(flows, kubernetes.Flow{Name: "grafana", To: []kubernetes.Peer{grafana}, Ports: []int{monitoring.GrafanaPort}})
	}
	return flows
}

// meshFlows let every part of the mesh reach its control plane.
func (b *builder) meshFlows() []kubernetes.Flow {
	return []kubernetes.Flow{fromAll("proxies", product, "ingress")}
}

// api is the Kubernetes API for what brings its own flows.
func (b *builder) api() monitoring.API {
	w := b.cluster.Webhooks
	return monitoring.API{CIDRs: b.cluster.API.CIDRs, Ports: b.cluster.API.Ports, CallersIn: w.Namespace, Callers: w.Pods}
}
