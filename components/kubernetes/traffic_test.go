package kubernetes_test

import (
	"slices"
	"strings"
	"testing"

	sdk "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
	"github.com/te-explico/infrastructure/components/kubernetes"
	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

type program = func(ctx *pulumi.Context, in pulumi.ResourceOption) error

// inCluster gives a program a cluster with namespaces.
func inCluster(use program) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		provider, err := sdk.NewProvider(ctx, "kubernetes", &sdk.ProviderArgs{})
		if err != nil {
			return err
		}
		in := pulumi.Providers(provider)
		spaces, parent := []pulumi.Resource{}, &struct{ pulumi.ResourceState }{}
		if err := component.Register(ctx, "test", "Spaces", "space", parent, in); err != nil {
			return err
		}
		for _, name := range []string{"explico", "istio-system", "ingress", "operators"} {
			made, err := kubernetes.Apply(ctx, "space-"+name, kubernetes.Object{APIVersion: "v1", Kind: "Namespace", Name: name}, pulumi.Parent(parent))
			if err != nil {
				return err
			}
			spaces = append(spaces, made)
		}
		return use(ctx, pulumi.Composite(in, pulumi.DependsOn(spaces)))
	}
}

func mesh(ctx *pulumi.Context, mode kubernetes.MeshMode, in pulumi.ResourceOption) (*kubernetes.Mesh, error) {
	api, err := kubernetes.InstallManifest(ctx, "gateway-api", &kubernetes.ManifestArgs{Manifest: "gateway-api"}, in)
	if err != nil {
		return nil, err
	}
	return kubernetes.NewMesh(ctx, "mesh", &kubernetes.MeshArgs{
		Hub:  "mirror.example/istio",
		Mode: mode, Replicas: 2, Retries: 2, TracePercent: 5, TraceService: "otel.tracing.svc.cluster.local",
		Namespaces: []string{"explico"}, After: []pulumi.Resource{api},
	}, in)
}

func kind(kind string) string {
	return map[string]string{
		"release": "kubernetes:helm.sh/v3:Release", "peer": "kubernetes:security.istio.io/v1:PeerAuthentication",
		"policy": "kubernetes:security.istio.io/v1:AuthorizationPolicy", "gateway": "kubernetes:gateway.networking.k8s.io/v1:Gateway",
		"ingress": "kubernetes:networking.k8s.io/v1:Ingress",
	}[kind]
}

func TestMesh(t *testing.T) {
	for mode, parts := range map[kubernetes.MeshMode][]string{
		kubernetes.Sidecar: {"cni", "base", "istiod"}, kubernetes.Ambient: {"cni", "base", "istiod", "ztunnel"},
	} {
		g := simtest.Run(t, inCluster(func(ctx *pulumi.Context, in pulumi.ResourceOption) error {
			_, err := mesh(ctx, mode, in)
			return err
		}))
		g.CheckHouse(t)
		var charts []string
		for _, r := range g.All(kind("release")) {
			charts = append(charts, r.Inputs.String("chart"))
			at := map[string]string{"istiod": "values.global.hub", "cni": "values.hub", "ztunnel": "values.hub"}[r.Inputs.String("chart")]
			if at != "" && r.Inputs.String(at) != "mirror.example/istio" {
				t.Errorf("%s: the images of %s come from %q", mode, r.Name, r.Inputs.String(at))
			}
		}
		slices.Sort(charts)
		slices.Sort(parts)
		if !slices.Equal(charts, parts) {
			t.Errorf("%s: got the charts %v, want %v", mode, charts, parts)
		}
		if strict := g.One(t, kind("peer"), "mesh-istio-system-peerauthentication-default"); strict.Inputs.String("spec.mtls.mode") != "STRICT" {
			t.Errorf("%s: connections are %v", mode, strict.Inputs)
		}
		deny := g.One(t, kind("policy"), "mesh-explico-authorizationpolicy-deny-all")
		if spec, ok := deny.Inputs.Get("spec").(map[string]any); !ok || len(spec) != 0 {
			t.Errorf("%s: the rule that denies has the spec %v, want an empty one: it allows nothing", mode, spec)
		}
		if waypoints := len(g.All(kind("gateway"))); (mode == kubernetes.Ambient) != (waypoints == 1) {
			t.Errorf("%s: there are %d waypoints", mode, waypoints)
		}
	}
	if _, err := simtest.Try("explico", "test", inCluster(func(ctx *pulumi.Context, in pulumi.ResourceOption) error {
		_, err := mesh(ctx, "none", in)
		return err
	})); err == nil {
		t.Error("an unknown mode is no error")
	}
}

// The pods of a waypoint are Istio's. They are let into a namespace whose pods must
// meet the restricted standard and have labels, and one of them may be lost.
func TestWaypoint(t *testing.T) {
	for replicas, want := range map[int]string{1: "", 2: "spec: {replicas: 2}\n"} {
		g := simtest.Run(t, inCluster(func(ctx *pulumi.Context, in pulumi.ResourceOption) error {
			api, err := kubernetes.InstallManifest(ctx, "gateway-api", &kubernetes.ManifestArgs{Manifest: "gateway-api"}, in)
			if err != nil {
				return err
			}
			_, err = kubernetes.NewMesh(ctx, "mesh", &kubernetes.MeshArgs{
				Hub:  "mirror.example/istio",
				Mode: kubernetes.Ambient, Replicas: replicas, Namespaces: []string{"explico"}, Labels: map[string]string{"explico.io/team": "platform"},
				After: []pulumi.Resource{api},
			}, in)
			return err
		}))
		g.CheckHouse(t)
		if got := g.One(t, kind("release"), "mesh-istiod").Inputs.String("values.gateways.seccompProfile.type"); got != "RuntimeDefault" {
			t.Errorf("pods of Gateways have the profile %q", got)
		}
		infrastructure, _ := g.One(t, kind("gateway"), "mesh-explico-gateway-waypoint").Inputs.Get("spec.infrastructure").(map[string]any)
		labels, _ := infrastructure["labels"].(map[string]any)
		if labels["app.kubernetes.io/name"] != "waypoint" || labels["explico.io/team"] != "platform" {
			t.Errorf("the waypoint's pods have the labels %v", labels)
		}
		got := ""
		for _, r := range g.All("kubernetes:core/v1:ConfigMap") {
			got = r.Inputs.String("data.deployment")
		}
		if got != want || (infrastructure["parametersRef"] != nil) != (replicas > 1) {
			t.Errorf("%d replicas: the waypoint's Deployment is changed by %q, want %q (%v)", replicas, got, want, infrastructure)
		}
	}
}

func TestCallers(t *testing.T) {
	for mode, want := range map[kubernetes.MeshMode]map[string]string{
		kubernetes.Sidecar: {"callers-backend": "cluster.local/ns/ingress/sa/gateway cluster.local/ns/monitoring/sa/prometheus"},
		kubernetes.Ambient: {
			"callers-backend":          "cluster.local/ns/explico/sa/waypoint cluster.local/ns/monitoring/sa/prometheus",
			"callers-backend-waypoint": "cluster.local/ns/ingress/sa/gateway",
		},
	} {
		g := simtest.Run(t, inCluster(func(ctx *pulumi.Context, in pulumi.ResourceOption) error {
			m, err := mesh(ctx, mode, in)
			if err != nil {
				return err
			}
			_, err = kubernetes.AllowCallers(ctx, "rule", &kubernetes.CallersArgs{
				Mode: mode, Namespace: "explico", Service: "backend", Pods: map[string]string{"app": "backend"}, Ports: []int{8080},
				Callers: []string{"ingress/gateway"}, Direct: []string{"monitoring/prometheus"}, Aliases: kubernetes.Backends("backend"),
			}, in, pulumi.DependsOn(m.Ready))
			return err
		}))
		for name, caller := range want {
			rule := g.One(t, kind("policy"), "rule-"+strings.TrimPrefix(name, "callers-"))
			if got := rule.Inputs.Strings("spec.rules[].from[].source.principals[]"); strings.Join(got, " ") != caller {
				t.Errorf("%s: %s lets in %v, want %s", mode, name, got, caller)
			}
		}
		if mode != kubernetes.Ambient {
			continue
		}
		asked := g.One(t, kind("policy"), "rule-backend-waypoint").Inputs.Strings("spec.targetRefs[].name")
		if want := append([]string{"backend"}, kubernetes.Backends("backend")...); !slices.Equal(asked, want) {
			t.Errorf("the waypoint asks who calls %v, want %v", asked, want)
		}
		if got := g.One(t, kind("policy"), "mesh-explico-authorizationpolicy-deny-all-waypoint").Inputs.String("spec.targetRefs[].name"); got != "waypoint" {
			t.Errorf("what no rule names passes %s", got)
		}
	}
	for _, bad := range []kubernetes.CallersArgs{
		{Namespace: "explico", Service: "backend", Pods: map[string]string{"app": "backend"}, Ports: []int{1}, Callers: []string{"backend"}},
		{Namespace: "explico", Service: "backend", Ports: []int{1}},
	} {
		if _, err := simtest.Try("explico", "test", inCluster(func(ctx *pulumi.Context, in pulumi.ResourceOption) error {
			_, err := kubernetes.AllowCallers(ctx, "rule", &bad, in)
			return err
		})); err == nil {
			t.Errorf("%v is no error", bad)
		}
	}
}

// The load balancer is asked for after all that makes it, so that it goes first.
func TestEntrance(t *testing.T) {
	g := simtest.Run(t, inCluster(func(ctx *pulumi.Context, in pulumi.ResourceOption) error {
		m, err := mesh(ctx, kubernetes.Sidecar, in)
		if err != nil {
			return err
		}
		controller, err := kubernetes.NewOperator(ctx, "controller", &kubernetes.OperatorArgs{
			Charts: []string{"cert-manager"}, Namespace: "operators", Values: kubernetes.Map{"crds": kubernetes.Map{"enabled": true}},
			Objects: []kubernetes.Object{{APIVersion: "cert-manager.io/v1", Kind: "ClusterIssuer", Name: "ca", Body: kubernetes.Map{"spec": kubernetes.Map{"selfSigned": kubernetes.Map{}}}}},
		}, in)
		if err != nil {
			return err
		}
		_, err = kubernetes.NewEntrance(ctx, "entrance", &kubernetes.EntranceArgs{
			Hosts: []string{"api.example.com", "grafana.example.com"}, Namespaces: []string{"explico"}, Issuer: "ca", Replicas: 2, Most: 5, After: append(m.Ready, controller.Ready...),
			Balancer: &kubernetes.BalancerArgs{
				Class: "test", Annotations: map[string]string{"a": "1"}, LaterAnnotations: map[string]pulumi.StringInput{"b": pulumi.String("2")},
				After: controller.Ready,
			},
		}, in)
		return err
	}))
	g.CheckHouse(t)
	ingress := g.One(t, kind("ingress"), "entrance-balancer")
	for _, before := range []string{"::operator-controller-cert-manager", "::entrance", "::entrance-gateway"} {
		if !slices.ContainsFunc(ingress.DependsOn, func(urn string) bool { return strings.HasSuffix(urn, before) }) {
			t.Errorf("the load balancer does not depend on %s: %v", before, ingress.DependsOn)
		}
	}
	if got := ingress.Inputs.Get("metadata.annotations"); len(got.(map[string]any)) != 2 {
		t.Errorf("got the annotations %v, want both", got)
	}
	if ports := ingress.Inputs.All("spec.rules[].http.paths[].backend.service.port.number"); len(ports) != 2 || ports[0] != 443.0 {
		t.Errorf("the load balancer speaks to port %v, want 443: there is a certificate", ports)
	}
	both := []string{"api.example.com", "grafana.example.com"}
	for what, got := range map[string][]string{
		"rules": ingress.Inputs.Strings("spec.rules[].host"), "TLS": ingress.Inputs.Strings("spec.tls[].hosts[]"),
		"certificate": g.One(t, "kubernetes:cert-manager.io/v1:Certificate", "entrance-certificate").Inputs.Strings("spec.dnsNames[]"),
	} {
		if !slices.Equal(got, both) {
			t.Errorf("%s: got the hosts %v, want %v", what, got, both)
		}
	}
	named := g.One(t, kind("policy"), "entrance-hosts").Inputs
	if got := named.Strings("spec.rules[].to[].operation.hosts[]"); !slices.Equal(got, []string{
		"api.example.com", "api.example.com:*", "grafana.example.com", "grafana.example.com:*",
	}) || named.String("spec.selector.matchLabels.istio") != "gateway" {
		t.Errorf("the gateway lets in requests for %v", got)
	}
	gateway := g.One(t, kind("gateway"), "entrance-gateway").Inputs
	if modes := gateway.Strings("spec.listeners[].tls.mode"); !slices.Equal(modes, []string{"Terminate"}) {
		t.Errorf("the gateway's TLS is %q", modes)
	}
	if from := gateway.Strings("spec.listeners[].allowedRoutes.namespaces.selector.matchExpressions[].values[]"); !slices.Equal(from, []string{"explico"}) {
		t.Errorf("the gateway takes routes of %q, want those of explico alone", from)
	}
	budget := g.One(t, kind("release"), "entrance").Inputs.Int("values.podDisruptionBudget.maxUnavailable")
	if budget != 1 {
		t.Errorf("of two gateways %d may be away", budget)
	}
	if _, err := simtest.Try("explico", "test", inCluster(func(ctx *pulumi.Context, in pulumi.ResourceOption) error {
		_, err := kubernetes.NewEntrance(ctx, "entrance", &kubernetes.EntranceArgs{Replicas: 1, Balancer: &kubernetes.BalancerArgs{Class: "x"}}, in)
		return err
	})); err == nil {
		t.Error("a load balancer without a host is no error")
	}
}

func TestMerge(t *testing.T) {
	got := kubernetes.Merge(
		kubernetes.Map{"a": 1, "m": kubernetes.Map{"x": 1, "y": 1}}, kubernetes.Map{"m": kubernetes.Map{"y": 2}, "b": 3},
	)
	m := got["m"].(kubernetes.Map)
	if got["a"] != 1 || got["b"] != 3 || m["x"] != 1 || m["y"] != 2 {
		t.Errorf("got %v", got)
	}
}
