package kubernetes_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/kubernetes"
	"github.com/te-explico/infrastructure/internal/simcloud"
	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

const (
	rolloutToken = "kubernetes:argoproj.io/v1alpha1:Rollout"
	routeToken   = "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute"
	budgetToken  = "kubernetes:policy/v1:PodDisruptionBudget"
)

func TestServiceKeepsTheHouse(t *testing.T) {
	for _, strategy := range []kubernetes.Strategy{kubernetes.Rolling, kubernetes.Canary, kubernetes.BlueGreen} {
		deliver(t, strategy).CheckHouse(t)
	}
}

// In a preview the same is registered.
func TestServicePreview(t *testing.T) {
	program := func(ctx *pulumi.Context, in pulumi.ResourceOption) error {
		_, err := kubernetes.NewService(ctx, "backend", sample(kubernetes.Canary), in)
		return err
	}
	if got, want := len(cluster(t, program, simtest.Preview()).Resources), len(cluster(t, program).Resources); got != want {
		t.Errorf("a preview registers %d resources, an update %d", got, want)
	}
}

// Whatever controllers change at run time, Pulumi leaves alone.
func TestControllersKeepWhatIsTheirs(t *testing.T) {
	ignored := func(g *simtest.Graph, token, name string) string {
		return strings.Join(g.One(t, token, "service-backend-"+name).IgnoreChanges, " ")
	}
	g := deliver(t, kubernetes.Canary)
	for _, name := range []string{"stable", "canary"} {
		if got := ignored(g, "kubernetes:core/v1:Service", name+"-service"); got != "spec.selector" {
			t.Errorf("%s: ignores %q", name, got)
		}
	}
	if got := ignored(g, "kubernetes:core/v1:Service", "service"); got != "" {
		t.Errorf("the Service of the service's name is the program's alone, and ignores %q", got)
	}
	if got := ignored(g, rolloutToken, "canary"); got != "spec.replicas" {
		t.Errorf("the rollout ignores %q", got)
	}
	if got := ignored(deliver(t, kubernetes.Rolling), "kubernetes:apps/v1:Deployment", "rolling"); got != "spec.replicas" {
		t.Errorf("the deployment ignores %q", got)
	}
	for _, r := range g.All(routeToken) {
		if strings.Join(r.IgnoreChanges, " ") != "spec.rules" {
			t.Errorf("%s ignores %v", r.Name, r.IgnoreChanges)
		}
	}
	for _, r := range deliver(t, kubernetes.BlueGreen).All(routeToken) {
		if len(r.IgnoreChanges) > 0 {
			t.Errorf("%s ignores %v, and nobody else changes it", r.Name, r.IgnoreChanges)
		}
	}
}

// A canary's route is another one for other rules, and its rollout knows it.
func TestCanaryRoutesAreNamedByTheirRules(t *testing.T) {
	names := map[string]bool{}
	for _, path := range []string{"/api", "/v2"} {
		g := deliver(t, kubernetes.Canary, func(a *kubernetes.ServiceArgs) { a.Route.Paths = []string{path} })
		managed := objects(t, g, "service-backend-canary")
		for _, r := range g.All(routeToken) {
			name := r.Inputs.String("metadata.name")
			names[name] = true
			if strings.Count(managed, "- name: "+name+"\n") != 1 {
				t.Errorf("the rollout does not manage %s", name)
			}
		}
	}
	if len(names) != 3 { // the mesh's stays
		t.Errorf("got the routes %v, want one for each path and one of the mesh", names)
	}
}

// The gate of a switch waits for all pods, but not for those that may be none.
func TestBudgetIsTheGate(t *testing.T) {
	const wait = "metadata.annotations[\"pulumi.com/waitFor\"]"
	annotation := func(g *simtest.Graph) any {
		m, _ := g.One(t, budgetToken, "").Inputs.Get("metadata.annotations").(map[string]any)
		return m["pulumi.com/waitFor"]
	}
	if got := annotation(deliver(t, kubernetes.Canary)); got != "condition=DisruptionAllowed" {
		t.Errorf("%s: got %v", wait, got)
	}
	idle := func(a *kubernetes.ServiceArgs) {
		a.Scale.ToZero, a.Scale.PerSecond, a.Scale.Query = true, 5, "vector(1)"
	}
	if got := annotation(deliver(t, kubernetes.Rolling, idle)); got != nil {
		t.Errorf("%s of a service without pods: got %v", wait, got)
	}
	g := deliver(t, kubernetes.BlueGreen)
	budget, after := g.One(t, budgetToken, ""), map[string]bool{}
	for _, urn := range budget.DependsOn {
		after[urn[strings.LastIndex(urn, "::")+2:]] = true
	}
	for _, name := range []string{"service-backend-bluegreen", "service-backend-bluegreen-route", "service-backend-bluegreen-mesh-route", "service-backend-bluegreen-scale"} {
		if !after[name] {
			t.Errorf("the budget does not come after %s, but after %v", name, after)
		}
	}
}

// One autoscaler sets the number of pods, whatever it goes by: down to nothing where
// that is asked for, and a fixed number too.
func TestScale(t *testing.T) {
	const hpa, scaled = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "kubernetes:keda.sh/v1alpha1:ScaledObject"
	g := deliver(t, kubernetes.Canary, func(a *kubernetes.ServiceArgs) {
		a.Scale = kubernetes.ServiceScale{Min: 1, Max: 4, CPUPercent: 70, PerSecond: 5, Query: "sum(jobs)", ToZero: true, IdleSeconds: 300}
	})
	in := g.One(t, scaled, "").Inputs
	if in.Int("spec.idleReplicaCount") != 0 || !in.Has("spec.idleReplicaCount") || in.Int("spec.cooldownPeriod") != 300 || in.String("spec.scaleTargetRef.kind") != "Rollout" {
		t.Errorf("scaled object: %v", in.Get("spec"))
	}
	if triggers := in.Get("spec.triggers").([]any); len(triggers) != 2 || triggers[0].(map[string]any)["metadata"].(map[string]any)["threshold"] != "5" {
		t.Errorf("triggers: %v", triggers)
	}
	if len(g.All(hpa)) != 0 {
		t.Error("two autoscalers fight over the rollout")
	}
	for name, scale := range map[string]kubernetes.ServiceScale{
		"cpu 70": {Min: 3, Max: 9, CPUPercent: 70}, "cpu 80": {Min: 5, Max: 5}, "memory 60": {Min: 2, Max: 2, MemoryPercent: 60},
	} {
		in := deliver(t, kubernetes.Rolling, func(a *kubernetes.ServiceArgs) { a.Scale = scale }).One(t, scaled, "service-backend-rolling-scale").Inputs
		trigger := in.Get("spec.triggers").([]any)[0].(map[string]any)
		if got := fmt.Sprint(trigger["type"], " ", trigger["metadata"].(map[string]any)["value"]); got != name {
			t.Errorf("%+v: scales by %s, want %s", scale, got, name)
		}
		if in.Int("spec.minReplicaCount") != scale.Min || in.Int("spec.maxReplicaCount") != scale.Max || in.Has("spec.idleReplicaCount") {
			t.Errorf("%+v: %v", scale, in.Get("spec"))
		}
	}
}

// A GPU is asked for as a resource, on nodes that have one.
func TestGPU(t *testing.T) {
	g := deliver(t, kubernetes.Rolling, func(a *kubernetes.ServiceArgs) {
		a.GPU, a.NodeGroups = 1, []string{"gpu"}
		a.Tolerations = kubernetes.List{kubernetes.Map{"key": "nvidia.com/gpu", "operator": "Equal", "value": "present", "effect": "NoSchedule"}}
	})
	text := objects(t, g, "service-backend-rolling")
	for _, want := range []string{"nvidia.com/gpu: 1\n", "key: explico.io/node-group", "tolerations:"} {
		if !strings.Contains(text, want) {
			t.Errorf("the pods have no %q", want)
		}
	}
}

func TestServiceRefuses(t *testing.T) {
	for what, edit := range map[string]func(*kubernetes.ServiceArgs){
		"no image":          func(a *kubernetes.ServiceArgs) { a.Image = "" },
		"no strategy":       func(a *kubernetes.ServiceArgs) { a.Strategy = "" },
		"max below min":     func(a *kubernetes.ServiceArgs) { a.Scale.Max = 1 },
		"nobody may go":     func(a *kubernetes.ServiceArgs) { a.MaxUnavailable = 0 },
		"nobody splits":     func(a *kubernetes.ServiceArgs) { a.Route = kubernetes.Route{} },
		"no steps":          func(a *kubernetes.ServiceArgs) { a.Steps.Percents = nil },
		"what YAML has not": func(a *kubernetes.ServiceArgs) { a.Env["X"] = struct{}{} },
	} {
		_, err := try(func(ctx *pulumi.Context, in pulumi.ResourceOption) error {
			_, err := kubernetes.NewService(ctx, "backend", sample(kubernetes.Canary, edit), in)
			return err
		})
		if err == nil {
			t.Errorf("%s: is not refused", what)
		}
	}
}

func runJob(t *testing.T, edit func(*kubernetes.JobArgs)) *simtest.Graph {
	t.Helper()
	return cluster(t, func(ctx *pulumi.Context, in pulumi.ResourceOption) error {
		pod := sample(kubernetes.Rolling).Pod
		pod.NodeGroups = []string{"batch"}
		args := &kubernetes.JobArgs{Pod: pod, TimeoutSeconds: 600, Retries: 2}
		if edit != nil {
			edit(args)
		}
		_, err := kubernetes.NewJob(ctx, "nightly", args, in)
		return err
	})
}

// A job without a schedule is another one for each change; one with a schedule
// stays, and never runs beside itself.
func TestJob(t *testing.T) {
	first := runJob(t, nil)
	first.CheckHouse(t)
	one := first.One(t, "kubernetes:batch/v1:Job", "job-nightly").Inputs
	again := runJob(t, func(a *kubernetes.JobArgs) { a.Image += "-1" }).One(t, "kubernetes:batch/v1:Job", "job-nightly").Inputs
	if one.String("metadata.name") == again.String("metadata.name") {
		t.Error("another image is the same job, whose template cannot change")
	}
	if text := objects(t, first, "job-nightly"); !strings.Contains(text, "DisruptionTarget") || !strings.Contains(text, "restartPolicy: Never") {
		t.Error("losing a spot node counts as a failure")
	}
	if one.Get("metadata.annotations").(map[string]any)["pulumi.com/replaceUnready"] != "true" {
		t.Error("a run that failed fails every update after it")
	}
	cron := runJob(t, func(a *kubernetes.JobArgs) { a.Schedule, a.Timezone = "30 3 * * *", "Etc/UTC" }).One(t, "kubernetes:batch/v1:CronJob", "").Inputs
	if cron.String("spec.concurrencyPolicy") != "Forbid" || cron.Int("spec.startingDeadlineSeconds") == 0 || cron.String("spec.timeZone") != "Etc/UTC" {
		t.Errorf("cron job: %v", cron.Get("spec"))
	}
}

// What a service is started with, and a port of its own for metrics, which all that
// reads them follows.
func TestCommandAndMetricsPort(t *testing.T) {
	for _, port := range []int{0, 8080, 9090} {
		g := deliver(t, kubernetes.Rolling, func(a *kubernetes.ServiceArgs) {
			a.Command, a.Args, a.MetricsPort, a.Sidecar = []string{"serve"}, []string{"--level", "info"}, port, true
		})
		pods := simcloud.Values(g.One(t, "kubernetes:apps/v1:Deployment", "service-backend-rolling").Inputs.Get("spec.template").(map[string]any))
		container := pods.Objects("spec.containers[]")[0]
		if got := strings.Join(append(container.Strings("command[]"), container.Strings("args[]")...), " "); got != "serve --level info" {
			t.Errorf("the container runs %q", got)
		}
		name, read, ports := "http", "8080", "http 8080"
		if port == 9090 {
			name, read, ports = "http-metrics", "9090", "http 8080 http-metrics 9090"
		}
		var open []string
		for _, p := range container.Objects("ports[]") {
			open = append(open, p.String("name"), fmt.Sprint(p.Int("containerPort")))
		}
		if got := strings.Join(open, " "); got != ports {
			t.Errorf("port %d: the container listens on %s, want %s", port, got, ports)
		}
		if got, _ := pods.Get("metadata.annotations").(map[string]any); got["prometheus.io/port"] != read {
			t.Errorf("port %d: the mesh's proxy reads the metrics of port %v, want %s", port, got["prometheus.io/port"], read)
		}
		if got := g.One(t, "kubernetes:core/v1:Service", "service-backend-metrics-service").Inputs.Strings("spec.ports[].targetPort"); strings.Join(got, " ") != name {
			t.Errorf("port %d: the Service of metrics leads to %v, want %s", port, got, name)
		}
		if got := g.One(t, "kubernetes:monitoring.coreos.com/v1:ServiceMonitor", "").Inputs.Strings("spec.endpoints[].port"); strings.Join(got, " ") != name {
			t.Errorf("port %d: Prometheus reads %v, want %s", port, got, name)
		}
	}
}

// Pods of a new release come after the jobs that the service waits for; what is
// there for both does not.
func TestServiceAfterItsJobs(t *testing.T) {
	for strategy, token := range map[kubernetes.Strategy]string{kubernetes.Rolling: "kubernetes:apps/v1:Deployment", kubernetes.Canary: rolloutToken} {
		g := cluster(t, func(ctx *pulumi.Context, in pulumi.ResourceOption) error {
			job, err := kubernetes.NewJob(ctx, "nightly", &kubernetes.JobArgs{Pod: sample(strategy).Pod, TimeoutSeconds: 600}, in)
			if err != nil {
				return err
			}
			_, err = kubernetes.NewService(ctx, "backend", sample(strategy, func(a *kubernetes.ServiceArgs) { a.After = job.Ready }), in)
			return err
		})
		run := g.One(t, "kubernetes:batch/v1:Job", "job-nightly").URN
		if workload := g.One(t, token, ""); !slices.Contains(workload.DependsOn, run) {
			t.Errorf("%s: the pods do not wait for the job, but for %v", strategy, workload.DependsOn)
		}
		if account := g.One(t, "kubernetes:core/v1:ServiceAccount", "service-backend-account"); slices.Contains(account.DependsOn, run) {
			t.Errorf("%s: even the account waits for the job", strategy)
		}
	}
}
