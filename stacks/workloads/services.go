package workloads

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/kubernetes"
	"github.com/te-explico/infrastructure/components/monitoring"
	"github.com/te-explico/infrastructure/stacks/platform"
	"github.com/te-explico/infrastructure/stacks/settings"
	"github.com/te-explico/infrastructure/versions"
)

// What services find in the cluster.
const (
	// tunnelPort is the port of the ambient mesh's tunnel (HBONE).
	tunnelPort = 15008
)

var strategies = map[settings.Delivery]kubernetes.Strategy{
	settings.DeliverRolling: kubernetes.Rolling, settings.DeliverBlueGreen: kubernetes.BlueGreen, settings.DeliverCanary: kubernetes.Canary,
}

// priorityClasses are the cluster's priority classes.
var priorityClasses = map[settings.Priority]string{settings.PriorityCritical: kubernetes.PriorityService, settings.PriorityStandard: kubernetes.PriorityDefault}

// makeServices makes the product's jobs and services, after every operator whose
// custom resources they are made of; services also after the jobs that they wait for.
func (b *builder) makeServices() error {
	for _, name := range slices.Sorted(maps.Keys(b.Services)) {
		if err := b.admit(name, b.Services[name]); err != nil {
			return err
		}
	}
	needs := b.needs()
	after := func(who []pulumi.Resource) pulumi.ResourceOption { return pulumi.DependsOn(slices.Concat(needs, who)) }
	runs := map[string][]pulumi.Resource{}
	for _, name := range slices.Sorted(maps.Keys(b.Jobs)) {
		args := b.jobArgs(name, b.Jobs[name])
		who, err := b.identify(name, &args.Pod)
		if err != nil {
			return fmt.Errorf("creating job %s: %w", name, err)
		}
		job, err := kubernetes.NewJob(b.ctx, name, args, b.in, after(who))
		if err != nil {
			return err
		}
		runs[name] = job.Ready
	}
	for _, name := range slices.Sorted(maps.Keys(b.Services)) {
		args, err := b.serviceArgs(name, b.Services[name])
		if err != nil {
			return err
		}
		for _, job := range b.Services[name].After {
			args.After = append(args.After, runs[job]...)
		}
		who, err := b.identify(name, &args.Pod)
		if err != nil {
			return fmt.Errorf("creating service %s: %w", name, err)
		}
		if _, err := kubernetes.NewService(b.ctx, name, args, b.in, after(who)); err != nil {
			return err
		}
	}
	return nil
}

// needs are what defines and looks after the custom resources that services are
// made of.
func (b *builder) needs() []pulumi.Resource {
	all := slices.Concat(b.mesh, b.secretStore, b.rollouts, b.scalers, b.inside(product, b.monitors, b.metrics))
	if b.entrance != nil {
		all = append(all, b.entrance.Ready...)
	}
	return all
}

// admit tells the mesh who may call a service: those who say that they do, the
// gateway if it has paths, and itself, as whom a new release's smoke test asks it.
func (b *builder) admit(name string, s settings.Service) error {
	callers := []string{product + "/" + name}
	for _, other := range slices.Sorted(maps.Keys(b.Services)) {
		if slices.Contains(b.Services[other].Calls, name) {
			callers = append(callers, product+"/"+other)
		}
	}
	for _, job := range slices.Sorted(maps.Keys(b.Jobs)) {
		if slices.Contains(b.Jobs[job].Calls, name) {
			callers = append(callers, product+"/"+job)
		}
	}
	if len(s.Paths) > 0 && b.entrance != nil {
		callers = append(callers, b.entrance.Account)
	}
	var direct []string
	var ports []int
	if b.Mesh.Mode == settings.MeshAmbient && s.Metrics.Enabled {
		direct = append(direct, monitoring.PrometheusAccount(metricsNamespace))
		if port := s.MetricsPort(); port != s.Port {
			ports = append(ports, port)
		}
	}
	return b.letIn(&kubernetes.CallersArgs{
		Service: name, Aliases: kubernetes.Backends(name), Pods: map[string]string{kubernetes.NameLabel: name}, Ports: []int{s.Port},
		Callers: callers, Direct: direct, DirectPorts: ports,
	})
}

func whole(d settings.Duration) int { return int(time.Duration(d) / time.Second) }

func (b *builder) serviceArgs(name string, s settings.Service) (*kubernetes.ServiceArgs, error) {
	smoke, err := versions.Image("smoke")
	if err != nil {
		return nil, fmt.Errorf("creating service %s: %w", name, err)
	}
	pod := b.pod(name, s.Image, s.Env, s.Config, s.Secrets, s.Calls, s.Buckets, s.Resources, s.User, s.Scratch)
	pod.Env["PORT"] = fmt.Sprint(s.Port)
	pod.Command, pod.GPU, pod.PriorityClass, pod.From = s.Command, s.GPU, priorityClasses[s.Priority], b.callers(name, s)
	if s.GPU > 0 {
		pod.NodeGroups, pod.Tolerations = b.groups(func(g settings.NodeGroup) bool { return g.GPU })
	}
	args := &kubernetes.ServiceArgs{
		Pod: pod, Args: s.Args, Port: s.Port, Strategy: strategies[s.Strategy],
		Steps: kubernetes.Steps{
			Percents: s.Canary.Percents, PauseSeconds: whole(s.Canary.Pause),
			AutoPromote: s.BlueGreen.AutoPromote, KeepSeconds: whole(s.BlueGreen.KeepOld),
		},
		Analysis: kubernetes.Analysis{
			Prometheus: monitoring.PrometheusURL, MeshMetrics: s.Analysis.Source == settings.MeshMetrics,
			SmokePath: s.Analysis.SmokePath, SmokeImage: smoke,
			MaxErrors:     float64(s.Analysis.BurnRate) * (100 - s.SLO.Availability) / 100,
			LatencyTarget: s.SLO.LatencyTarget / 100, LatencySeconds: float64(s.SLO.LatencyMs) / 1000,
			Failures: s.Analysis.Failures, PassUnasked: s.Analysis.NoTraffic == settings.PassUnasked,
		},
		Scale:          b.scaleOf(name, s),
		MaxUnavailable: s.MaxUnavailable,
		LivePath:       s.Probes.Live, ReadyPath: s.Probes.Ready, StartSeconds: s.Probes.StartSeconds,
		DrainSeconds: s.DrainSeconds, StopSeconds: s.StopSeconds,
		Route: kubernetes.Route{
			Host: b.Ingress.Host, Paths: s.Paths, TimeoutSeconds: whole(s.Timeout), Mesh: b.Mesh.Mode != settings.MeshNone,
		},
		Runbook: b.Metrics.Runbooks + "docs/runbooks/delivery.md",
		Sidecar: b.Mesh.Mode == settings.MeshSidecar,
	}
	if s.Metrics.Enabled {
		args.MetricsPath, args.MetricsPort = s.Metrics.Path, s.MetricsPort()
	}
	if b.entrance != nil {
		args.Route.Gateway, args.Route.GatewayNamespace = kubernetes.EntranceGateway, kubernetes.EntranceNamespace
	}
	return args, nil
}

// scaleOf is how many pods a service has. The work there is, if nothing else is
// said, is requests a second, as whoever sends them counts them: a pod that is not
// there counts nothing. They go to the service's name or, where a route leads on, to
// the Services of its strategies.
func (b *builder) scaleOf(name string, s settings.Service) kubernetes.ServiceScale {
	n := s.Scale
	query := n.Query
	switch {
	case n.RequestsPerSecond == 0 || query != "":
	case b.Mesh.Mode != settings.MeshNone:
		query = `sum(rate(istio_requests_total{reporter="` + kubernetes.MeshReporter(b.Mesh.Mode == settings.MeshSidecar) + `",destination_service_namespace="` + product +
			`",destination_service_name=~"` + strings.Join(append([]string{name}, kubernetes.Backends(name)...), "|") + `"}[1m])) or vector(0)`
	default:
		query = `sum(rate(http_request_duration_seconds_count{namespace="` + product + `",job="` + name + `"}[1m])) or vector(0)`
	}
	return kubernetes.ServiceScale{
		Min: n.Min, Max: n.Max, CPUPercent: n.CPUPercent, MemoryPercent: n.MemoryPercent,
		PerSecond: n.RequestsPerSecond, Query: query, ToZero: n.ToZero, IdleSeconds: whole(n.IdleAfter),
	}
}

func (b *builder) jobArgs(name string, j settings.Job) *kubernetes.JobArgs {
	pod := b.pod(name, j.Image, j.Env, j.Config, j.Secrets, j.Calls, j.Buckets, j.Resources, j.User, j.Scratch)
	pod.Command, pod.PriorityClass = j.Command, kubernetes.PriorityBatch
	if j.Spot {
		pod.NodeGroups, pod.Tolerations = b.groups(func(g settings.NodeGroup) bool { return g.Spot && !g.GPU })
	}
	return &kubernetes.JobArgs{
		Pod: pod, Schedule: j.Schedule, Timezone: j.Timezone, TimeoutSeconds: whole(j.Timeout), Retries: j.Retries,
	}
}

// bucketKeys is the file with the keys of the object store, below
// /run/secrets/explico, where there is one that knows no identities.
const bucketKeys = "buckets"

// identify says who the pods of a service or job are in the cloud, and returns what
// must be there before they start: who uses buckets has an identity with the right
// to, or the keys of the object store.
func (b *builder) identify(name string, pod *kubernetes.Pod) ([]pulumi.Resource, error) {
	account := platform.Account{Namespace: product, Name: name}
	who, known := b.cluster.Integrations.Accounts[account]
	if _, granted := platform.BucketGrants(b.Settings)[account]; granted && !known {
		keys := b.platform.Objects.Secret
		if keys == nil {
			return nil, errors.New("it uses buckets, and the platform gives its service account no right to")
		}
		pod.Secrets[bucketKeys] = keys
	}
	pod.Account = map[string]pulumi.StringInput{}
	for key, value := range who.Annotations {
		pod.Account[key] = value
	}
	if pod.PodLabels == nil {
		pod.PodLabels = map[string]string{}
	}
	maps.Copy(pod.PodLabels, who.Labels)
	return who.Ready, nil
}

// pod is what services and jobs have in common.
func (b *builder) pod(name, image string, env, config map[string]string, secrets, calls []string, buckets map[string]settings.BucketAccess,
	r settings.PodResources, user int, scratch []string) kubernetes.Pod {
	p := kubernetes.Pod{
		Namespace: product, Labels: b.labels, PodLabels: b.parts(calls, buckets), Image: image, Env: b.facts(name, calls, buckets), Config: config,
		Secrets: kubernetes.Map{}, SecretStore: StoreName,
		CPU: r.CPU, Memory: r.Memory, Disk: r.Disk, User: user, Scratch: scratch, To: b.called(calls),
	}
	if b.Mesh.Mode == settings.MeshAmbient {
		p.Tunnel = tunnelPort
	}
	for name, value := range env {
		p.Env[name] = value
	}
	for _, name := range secrets {
		p.Secrets[name] = b.platform.Secrets.References[name]
		switch c := b.platform.Cache; {
		case name == "database":
			p.Secrets[name] = b.platform.Database.Secret
		case name == "cache" && c != nil && c.Secret != nil:
			p.Secrets[name] = c.Secret
		}
	}
	return p
}

// groups are the node groups that fit, and what their taints ask for. None where
// nodes come from elsewhere.
func (b *builder) groups(fits func(settings.NodeGroup) bool) (names []string, tolerations kubernetes.List) {
	seen := map[string]bool{}
	all := map[string]settings.NodeGroup{}
	for name, p := range b.Operators.Pools { // nodes bear the name of their pool or group in one label
		all[name] = settings.NodeGroup{Spot: p.Spot, GPU: p.GPU, Taints: p.Taints}
	}
	for name, g := range b.Cluster.NodeGroups {
		g.Taints = b.Taints(name, g)
		all[name] = g
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		g := all[name]
		if !fits(g) {
			continue
		}
		names = append(names, name)
		for _, key := range slices.Sorted(maps.Keys(g.Taints)) {
			t := g.Taints[key]
			if id := strings.Join([]string{key, t.Value, string(t.Effect)}, "="); !seen[id] {
				seen[id] = true
				tolerations = append(tolerations, kubernetes.Map{"key": key, "operator": "Equal", "value": t.Value, "effect": string(t.Effect)})
			}
		}
	}
	return names, tolerations
}
