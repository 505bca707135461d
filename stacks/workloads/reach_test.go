package workloads

import (
	"fmt"
	"maps"
	"net/netip"
	"testing"

	"github.com/te-explico/infrastructure/components/monitoring"
	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
	"github.com/te-explico/infrastructure/stacks/platform"
	"github.com/te-explico/infrastructure/stacks/settings"
)

// end is one end of a connection: pods of a namespace, or an address.
type end struct {
	namespace string
	labels    map[string]string
	address   string
}

func (e end) String() string { return fmt.Sprint(e.namespace, e.address, e.labels) }

func podsNamed(namespace, name string) end {
	return end{namespace: namespace, labels: map[string]string{"app.kubernetes.io/name": name}}
}

// ways are the network policies of a cluster, judged as Kubernetes does: a
// connection needs a policy that lets it out and one that lets it in, and what is
// outside of the cluster's namespaces has none.
// Source: Kubernetes documentation, "Network Policies".
type ways []map[string]any

func waysOf(g *simtest.Graph) ways {
	var all ways
	for _, r := range g.All("kubernetes:networking.k8s.io/v1:NetworkPolicy") {
		all = append(all, map[string]any{"namespace": r.Inputs.Get("metadata.namespace"), "spec": r.Inputs.Get("spec")})
	}
	return all
}

func (w ways) open(from, to end, port int) bool {
	return w.lets(from, to, port, "egress", "to") && w.lets(to, from, port, "ingress", "from")
}

// lets says whether a policy of one's namespace lets a connection with the other
// through, in a direction.
func (w ways) lets(one, other end, port int, direction, side string) bool {
	if one.address != "" {
		return true
	}
	for _, p := range w {
		spec := p["spec"].(map[string]any)
		if p["namespace"] != one.namespace || !selects(spec["podSelector"], one.labels) {
			continue
		}
		rules, _ := spec[direction].([]any)
		for _, r := range rules {
			rule := r.(map[string]any)
			if holds(rule["ports"], func(v map[string]any) bool { return v["port"] == float64(port) }) &&
				holds(rule[side], func(v map[string]any) bool { return peerIs(v, p["namespace"].(string), other) }) {
				return true
			}
		}
	}
	return false
}

// holds says whether one of a list is as wanted, or there is no list, which
// stands for everything.
func holds(list any, wanted func(map[string]any) bool) bool {
	all, _ := list.([]any)
	for _, v := range all {
		if wanted(v.(map[string]any)) {
			return true
		}
	}
	return len(all) == 0
}

func peerIs(peer map[string]any, own string, e end) bool {
	if block, ok := peer["ipBlock"].(map[string]any); ok {
		if e.address == "" {
			return false
		}
		address := netip.MustParseAddr(e.address)
		except, _ := block["except"].([]any)
		for _, x := range except {
			if netip.MustParsePrefix(x.(string)).Contains(address) {
				return false
			}
		}
		return netip.MustParsePrefix(block["cidr"].(string)).Contains(address)
	}
	if e.address != "" {
		return false
	}
	if namespaces, ok := peer["namespaceSelector"]; ok {
		if !selects(namespaces, map[string]string{"kubernetes.io/metadata.name": e.namespace}) {
			return false
		}
	} else if own != e.namespace {
		return false
	}
	return peer["podSelector"] == nil || selects(peer["podSelector"], e.labels)
}

// selects says whether a selector fits labels.
func selects(selector any, labels map[string]string) bool {
	s, _ := selector.(map[string]any)
	want, _ := s["matchLabels"].(map[string]any)
	for key, value := range want {
		if labels[key] != value {
			return false
		}
	}
	expressions, _ := s["matchExpressions"].([]any)
	for _, x := range expressions {
		e := x.(map[string]any)
		fits := false
		for _, v := range e["values"].([]any) {
			fits = fits || labels[e["key"].(string)] == v
		}
		if e["operator"] != "In" || !fits {
			return false
		}
	}
	return true
}

// Whoever has to reach somebody does, and nobody else: logs and traces are not
// read by what sends them.
func TestWays(t *testing.T) {
	for _, mode := range []settings.MeshMode{settings.MeshSidecar, settings.MeshAmbient} {
		w := waysOf(deploy(t, func(s *settings.Settings, p *platform.Platform) {
			s.Mesh.Mode, s.Logging.Enabled, s.Tracing.Enabled, s.Ingress.Enabled = mode, true, true, true
			s.Logging.Snapshots.Enabled = false
		}))
		prometheus, grafana := podsNamed("monitoring", "prometheus"), podsNamed("monitoring", "grafana")
		elasticsearch := end{namespace: "logging", labels: map[string]string{"common.k8s.elastic.co/type": "elasticsearch"}}
		logstash := end{namespace: "log-agents", labels: map[string]string{"logstash.k8s.elastic.co/name": "logstash"}}
		eck, fluentBit, jaeger := podsNamed("logging", "elastic-operator"), podsNamed("log-agents", "fluent-bit"), podsNamed("tracing", "jaeger")
		agent := end{namespace: "tracing", labels: monitoring.TraceAgent()}
		collector := end{namespace: "tracing", labels: maps.Clone(agent.labels)}
		collector.labels["app.kubernetes.io/instance"] = "otel-gateway"
		backend, gateway := podsNamed("explico", "backend"), end{namespace: "ingress", labels: map[string]string{"istio": "gateway"}}
		waypoint := end{namespace: "explico", labels: map[string]string{"gateway.networking.k8s.io/gateway-name": "waypoint"}}
		api, node, world := end{address: "10.0.0.7"}, end{address: "10.0.1.9"}, end{address: "203.0.113.5"}
		anybody := func(namespace string) end { return end{namespace: namespace} }
		ambient := mode == settings.MeshAmbient
		for _, c := range []struct {
			from, to end
			port     int
			open     bool
		}{
			{grafana, elasticsearch, 9200, true}, {grafana, jaeger, 16686, true}, {grafana, prometheus, 9090, true},
			{prometheus, backend, 8080, true}, {prometheus, agent, 8888, true}, {prometheus, collector, 8889, true}, {prometheus, jaeger, 8888, true},
			{prometheus, eck, 9090, true}, {prometheus, fluentBit, 2020, true}, {prometheus, anybody("velero"), 8085, true},
			{prometheus, anybody("istio-system"), 15014, true}, {prometheus, gateway, 15090, true}, {prometheus, node, 10250, true}, {prometheus, node, 9100, true},
			{prometheus, waypoint, 15090, true},
			{fluentBit, logstash, 8443, true}, {logstash, elasticsearch, 9200, true}, {fluentBit, api, 443, true}, {agent, api, 443, true},
			{backend, agent, 4317, true}, {backend, agent, 4318, true}, {gateway, agent, 4317, true}, {agent, collector, 4317, true},
			{collector, jaeger, 4317, true}, {jaeger, elasticsearch, 9200, true},
			{waypoint, agent, 4317, ambient}, {waypoint, backend, 15008, ambient}, {backend, waypoint, 15008, ambient}, {gateway, waypoint, 15008, ambient},
			{podsNamed("explico", "ai-inference"), waypoint, 15008, ambient}, // it calls nobody, but its smoke test calls it
			{prometheus, backend, 15008, true}, {end{address: "169.254.7.127"}, prometheus, 9090, ambient},
			{anybody("rollouts"), prometheus, 9090, true}, {anybody("autoscaling"), prometheus, 9090, true},
			{api, podsNamed("monitoring", "kube-prometheus-stack-prometheus-operator"), 10250, true}, {api, eck, 9443, true},
			{api, anybody("istio-system"), 15017, true}, {api, anybody("cert-manager"), 10250, true}, {api, anybody("external-secrets"), 10250, true},
			{podsNamed("monitoring", "alertmanager"), world, 443, false}, // nobody is called by default

			{backend, elasticsearch, 9200, false}, {backend, jaeger, 16686, false}, {backend, prometheus, 9090, false}, {gateway, grafana, 3000, false},
			{fluentBit, elasticsearch, 9200, false}, {collector, elasticsearch, 9200, false}, {elasticsearch, world, 443, false},
			{fluentBit, world, 443, false}, {prometheus, elasticsearch, 9200, false}, {grafana, world, 443, false}, {anybody("velero"), prometheus, 9090, false},
		} {
			if got := w.open(c.from, c.to, c.port); got != c.open {
				t.Errorf("%s: %s to %s at %d: got %v, want %v", mode, c.from, c.to, c.port, got, c.open)
			}
		}
	}
}
