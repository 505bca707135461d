package workloads

import (
	"slices"
	"testing"

	"github.com/te-explico/infrastructure/stacks/platform"
	"github.com/te-explico/infrastructure/stacks/settings"
)

// withViews has Grafana answer under a host of its own.
func withViews(s *settings.Settings, p *platform.Platform) {
	withZone(s, p)
	s.Ingress.Host, s.Metrics.Grafana.Host = "api.example.com", "grafana.example.com"
}

// Grafana has a way in: a route from the gateway, which takes routes of its
// namespace, answers under its host and gets to its pods.
func TestGrafanaHasAWayIn(t *testing.T) {
	g := deploy(t, withViews)
	route := g.One(t, "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute", "entrance-grafana")
	if hosts := route.Inputs.Strings("spec.hostnames[]"); !slices.Equal(hosts, []string{"grafana.example.com"}) {
		t.Errorf("it is routed for %v", hosts)
	}
	if got := route.Inputs.Strings("spec.parentRefs[].namespace"); !slices.Equal(got, []string{"ingress"}) || route.Inputs.String("metadata.namespace") != metricsNamespace {
		t.Errorf("the route is %v", route.Inputs)
	}
	for _, before := range []string{"::entrance-gateway", "::metrics-stack"} {
		if !follows(route, before) {
			t.Errorf("the route does not come after %s: %v", before, route.DependsOn)
		}
	}
	gateway := g.One(t, "kubernetes:gateway.networking.k8s.io/v1:Gateway", "entrance-gateway").Inputs
	from := gateway.Strings("spec.listeners[].allowedRoutes.namespaces.selector.matchExpressions[].values[]")
	if !slices.Contains(from, metricsNamespace) || !slices.Contains(from, product) {
		t.Errorf("the gateway takes routes of %v", from)
	}
	if names := g.One(t, "kubernetes:cert-manager.io/v1:Certificate", "entrance-certificate").Inputs.Strings("spec.dnsNames[]"); !slices.Contains(names, "grafana.example.com") {
		t.Errorf("the gateway's certificate is for %v", names)
	}
	w, entrance := waysOf(g), end{namespace: "ingress", labels: map[string]string{"istio": "gateway"}}
	for from, open := range map[string]bool{"ingress": true, product: false} {
		if got := w.open(end{namespace: from, labels: entrance.labels}, podsNamed(metricsNamespace, "grafana"), 3000); got != open {
			t.Errorf("%s gets to Grafana: %v, want %v", from, got, open)
		}
	}
	if w.open(entrance, podsNamed(metricsNamespace, "prometheus"), 9090) {
		t.Error("the gateway gets to Prometheus")
	}
}

// Without a host there is no route, and the gateway is the product's alone.
func TestGrafanaWithoutAHostHasNone(t *testing.T) {
	g := deploy(t, withZone)
	for _, r := range g.All("kubernetes:gateway.networking.k8s.io/v1:HTTPRoute") {
		if r.Inputs.String("metadata.namespace") != product {
			t.Errorf("there is a route in %s", r.Inputs.String("metadata.namespace"))
		}
	}
	gateway := g.One(t, "kubernetes:gateway.networking.k8s.io/v1:Gateway", "entrance-gateway").Inputs
	if from := gateway.Strings("spec.listeners[].allowedRoutes.namespaces.selector.matchExpressions[].values[]"); !slices.Equal(from, []string{product}) {
		t.Errorf("the gateway takes routes of %v", from)
	}
}

// A store of one's own is reached where its address says, and nowhere else beside
// what every operator asks.
func TestExternalSecretsReachesItsStore(t *testing.T) {
	operator, private, internet := podsNamed("external-secrets", "external-secrets"), end{address: "10.99.0.7"}, end{address: "203.0.113.5"}
	for port, open := range map[int]bool{8200: true, 0: false} {
		w := waysOf(deploy(t, func(_ *settings.Settings, p *platform.Platform) {
			p.Cluster.Integrations.Secrets = &platform.SecretSource{Provider: map[string]any{}, Port: port}
		}))
		for _, to := range []end{private, internet} {
			if got := w.open(operator, to, 8200); got != open {
				t.Errorf("port %d: %s at 8200: got %v, want %v", port, to, got, open)
			}
			if w.open(operator, to, 8201) {
				t.Errorf("port %d: %s at 8201 is open", port, to)
			}
		}
		if w.open(podsNamed("cert-manager", "cert-manager"), private, 8200) {
			t.Errorf("port %d: cert-manager reaches the store", port)
		}
	}
}

// The admission policies want labels of every pod of the product, and a waypoint's
// are among them.
func TestWaypointsAreAdmitted(t *testing.T) {
	s := settings.Defaults(settings.AWSCloud)
	g := deploy(t, func(s *settings.Settings, _ *platform.Platform) { s.Mesh.Mode = settings.MeshAmbient })
	labels, _ := g.One(t, "kubernetes:gateway.networking.k8s.io/v1:Gateway", "mesh-explico-gateway-waypoint").Inputs.Get("spec.infrastructure.labels").(map[string]any)
	for _, label := range s.Admission.Labels {
		if text, _ := labels[label].(string); text == "" {
			t.Errorf("the waypoint's pods lack the label %s: %v", label, labels)
		}
	}
}
