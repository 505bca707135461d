package workloads

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/components/kubernetes"
	"github.com/te-explico/infrastructure/components/monitoring"
	"github.com/te-explico/infrastructure/stacks/platform"
	"github.com/te-explico/infrastructure/stacks/settings"
)

// servicesOf is a builder with the default services, after edit.
func servicesOf(edit func(*settings.Settings)) *builder {
	s := settings.Defaults(settings.AWSCloud)
	if edit != nil {
		edit(s)
	}
	return &builder{Settings: s, platform: &platform.Platform{Network: platform.Network{CIDR: "10.0.0.0/16"}, Cache: &platform.Cache{}}}
}

func names(all []kubernetes.Connection) string {
	var out []string
	for _, c := range all {
		out = append(out, c.Name)
	}
	return strings.Join(out, " ")
}

// A flow is declared once, by its caller; both ends' policies follow.
func TestFlowsFollowCalls(t *testing.T) {
	b := servicesOf(func(s *settings.Settings) { s.Mesh.Mode = settings.MeshNone })
	if got := names(b.callers("backend", b.Services["backend"])); got != "frontend gateway prometheus" {
		t.Errorf("callers of backend: %s", got)
	}
	if got := names(b.callers("ai-inference", b.Services["ai-inference"])); got != "backend gateway prometheus" {
		t.Errorf("callers of ai-inference: %s", got)
	}
	if got := names(b.called(b.Services["backend"].Calls)); got != "dns traces ai-inference" {
		t.Errorf("called by backend: %s", got)
	}
	b.Mesh.Mode = settings.MeshAmbient
	if got := names(b.called([]string{"backend"})); got != "dns traces backend waypoint" {
		t.Errorf("in an ambient mesh: %s", got)
	}
	uses := b.parts(b.Services["backend"].Calls, map[string]settings.BucketAccess{"uploads": settings.BucketRead})
	if got := strings.Join(slices.Sorted(maps.Keys(uses)), " "); got != "explico.io/uses-buckets explico.io/uses-cache explico.io/uses-database explico.io/uses-internet" {
		t.Errorf("parts of the platform that backend uses: %s", got)
	}
}

// What counts work for scaling to nothing is there when no pod is.
func TestScaleOf(t *testing.T) {
	edit := func(mode settings.MeshMode, query string) string {
		b := servicesOf(func(s *settings.Settings) { s.Mesh.Mode = mode })
		one := b.Services["ai-inference"]
		one.Scale.ToZero, one.Scale.RequestsPerSecond, one.Scale.Query = true, 2, query
		return b.scaleOf("ai-inference", one).Query
	}
	if got := edit(settings.MeshAmbient, ""); !strings.Contains(got, "istio_requests_total") || !strings.HasSuffix(got, "or vector(0)") {
		t.Errorf("in a mesh: %s", got)
	}
	if got := edit(settings.MeshNone, "queue_length"); got != "queue_length" {
		t.Errorf("a query of its own: %s", got)
	}
	matcher := regexp.MustCompile(`destination_service_name=~"([^"]*)"`).FindStringSubmatch(edit(settings.MeshAmbient, ""))
	if matcher == nil {
		t.Fatal("the query asks for no service")
	}
	counted := regexp.MustCompile("^(?:" + matcher[1] + ")$") // Prometheus anchors
	for _, name := range append(kubernetes.Backends("ai-inference"), "ai-inference") {
		if !counted.MatchString(name) {
			t.Errorf("requests to %s do not count", name)
		}
	}
	for _, other := range []string{"ai-inference-worker", "ai", "my-ai-inference", "ai-inference-canary-x"} {
		if counted.MatchString(other) {
			t.Errorf("requests to %s, another service, count", other)
		}
	}
}

// A job on spot nodes runs there alone, and tolerates their taint.
func TestGroups(t *testing.T) {
	b := servicesOf(nil)
	j := b.jobArgs("nightly", settings.Job{Image: "a:1", Spot: true, Timeout: settings.Duration(60e9)})
	if strings.Join(j.NodeGroups, " ") != "batch" || len(j.Tolerations) != 1 || j.TimeoutSeconds != 60 || j.PriorityClass != "explico-batch" {
		t.Errorf("job: %+v", j)
	}
	// The cloud's own taint, beside the group's.
	azure := servicesOf(nil)
	azure.Settings = settings.Defaults(settings.AzureCloud)
	azure.Cloud = settings.AzureCloud
	spare := azure.jobArgs("nightly", settings.Job{Image: "a:1", Spot: true})
	if !slices.ContainsFunc(spare.Tolerations, func(o any) bool {
		return o.(kubernetes.Map)["key"] == "kubernetes.azure.com/scalesetpriority"
	}) {
		t.Errorf("on Azure a job tolerates %v", spare.Tolerations)
	}
	here := servicesOf(nil)
	here.Settings = settings.Defaults(settings.LocalCloud)
	if j := here.jobArgs("nightly", settings.Job{Image: "a:1", Spot: true}); len(j.NodeGroups) > 0 {
		t.Errorf("on a developer's machine, which has no groups, a job wants %v", j.NodeGroups)
	}
	gpu := b.Services["ai-inference"]
	gpu.GPU = 1
	args, err := b.serviceArgs("ai-inference", gpu)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Join(args.NodeGroups, " ") != "gpu" || args.Analysis.MaxErrors < 0.0299 || args.Analysis.MaxErrors > 0.0301 || args.Analysis.LatencySeconds != 5 {
		t.Errorf("service: %+v", args)
	}
}

// What the settings let a service promise is what can be measured.
func TestLatencies(t *testing.T) {
	if !slices.Equal(settings.LatencyBuckets, monitoring.LatencyBuckets) {
		t.Errorf("settings allow %v, the mesh counts by %v", settings.LatencyBuckets, monitoring.LatencyBuckets)
	}
}

// Where traces are kept, a pod knows where to send its own, and as whom.
func TestTracesOfPods(t *testing.T) {
	for enabled, want := range map[bool]string{true: "http://otel-agent.tracing.svc.cluster.local:4318 as backend", false: "<nil> as <nil>"} {
		b := servicesOf(func(s *settings.Settings) { s.Tracing.Enabled = enabled })
		env := b.facts("backend", nil, nil)
		if got := fmt.Sprint(env["OTEL_EXPORTER_OTLP_ENDPOINT"], " as ", env["OTEL_SERVICE_NAME"]); got != want {
			t.Errorf("tracing %v: got %s, want %s", enabled, got, want)
		}
	}
}

// In an ambient mesh a gateway asks the waypoint, which asks who calls under every
// name of a service; its pods let in the waypoint and, for metrics, Prometheus.
func TestAmbientCallers(t *testing.T) {
	g := deploy(t, func(s *settings.Settings, _ *platform.Platform) { s.Mesh.Mode = settings.MeshAmbient })
	const policy = "kubernetes:security.istio.io/v1:AuthorizationPolicy"
	if got, want := g.One(t, policy, "callers-backend-backend-waypoint").Inputs.Strings("spec.targetRefs[].name"), append([]string{"backend"}, kubernetes.Backends("backend")...); !slices.Equal(got, want) {
		t.Errorf("the waypoint asks who calls %v, want %v", got, want)
	}
	want := []string{"cluster.local/ns/explico/sa/waypoint", "cluster.local/ns/monitoring/sa/kube-prometheus-stack-prometheus"}
	if got := g.One(t, policy, "callers-backend-backend").Inputs.Strings("spec.rules[].from[].source.principals[]"); !slices.Equal(got, want) {
		t.Errorf("pods let in %v, want %v", got, want)
	}
	for _, r := range g.All("kubernetes:core/v1:Namespace") {
		if labels, _ := r.Inputs.Get("metadata.labels").(map[string]any); r.Inputs.String("metadata.name") == product && labels["istio.io/ingress-use-waypoint"] != "true" {
			t.Errorf("gateways pass the waypoint by: %v", labels)
		}
	}
}

// What the settings take a pod's proxy and a rolling update for, when they look whether
// a quota holds all pods, is what the program makes.
func TestQuotasCountWhatIsMade(t *testing.T) {
	got := fmt.Sprintf("%dm %dMi %d%%", settings.ProxyMilliCPU, settings.ProxyMemoryMiB, settings.Surge)
	if want := fmt.Sprint(kubernetes.ProxyCPU, " ", kubernetes.ProxyMemory, " ", kubernetes.Surge); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// A service that waits for a job does so; one whose metrics have a port of their own
// lets Prometheus in there, and nowhere else.
func TestJobsAndPortsOfServices(t *testing.T) {
	g := deploy(t, func(s *settings.Settings, _ *platform.Platform) {
		s.Mesh.Mode = settings.MeshAmbient
		backend := s.Services["backend"]
		backend.After, backend.Metrics.Port, backend.Command, backend.Args = []string{"migrate"}, 9797, []string{"serve"}, []string{"--now"}
		s.Services["backend"] = backend
		s.Jobs = map[string]settings.Job{"migrate": {
			Image: "ghcr.io/acme/backend:1.0.0", Command: []string{"migrate"}, Timeout: settings.Duration(60e9), User: 10001, Resources: backend.Resources,
		}}
	})
	run := g.One(t, "kubernetes:batch/v1:Job", "job-migrate").URN
	for name, waits := range map[string]bool{"backend": true, "frontend": false} {
		if workload := g.One(t, "kubernetes:apps/v1:Deployment", "service-"+name+"-rolling"); slices.Contains(workload.DependsOn, run) != waits {
			t.Errorf("%s waits for the migration: %v, want %v", name, !waits, waits)
		}
	}
	container := g.One(t, "kubernetes:apps/v1:Deployment", "service-backend-rolling").Inputs
	if got := append(container.Strings("spec.template.spec.containers[].command[]"), container.Strings("spec.template.spec.containers[].args[]")...); strings.Join(got, " ") != "serve --now" {
		t.Errorf("backend runs %v", got)
	}
	const policy = "kubernetes:security.istio.io/v1:AuthorizationPolicy"
	for name, want := range map[string]string{
		"callers-backend-backend":        "cluster.local/ns/explico/sa/waypoint to " + fmt.Sprint(settings.Defaults(settings.AWSCloud).Services["backend"].Port),
		"callers-backend-backend-direct": "cluster.local/ns/monitoring/sa/kube-prometheus-stack-prometheus to 9797",
	} {
		in := g.One(t, policy, name).Inputs
		if got := strings.Join(in.Strings("spec.rules[].from[].source.principals[]"), " ") + " to " + strings.Join(in.Strings("spec.rules[].to[].operation.ports[]"), " "); got != want {
			t.Errorf("%s lets in %s, want %s", name, got, want)
		}
	}
	for _, c := range servicesOf(nil).callers("backend", settings.Service{Port: 9898, Metrics: settings.ServiceMetrics{Enabled: true, Port: 9797}}) {
		if c.Name == "prometheus" && !slices.Equal(c.TCP, kubernetes.List{9797, kubernetes.ProxyMetricsPort}) {
			t.Errorf("the network lets Prometheus to %v", c.TCP)
		}
	}
}
