// Command delivery is a program of one service in a bare cluster, delivered by
// the strategy that delivery:strategy says, with as many pods as delivery:scale.
// With delivery:migration both it and a job before it run that image.
package main

import (
	"encoding/json"
	"strings"

	sdk "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/kubernetes"
)

// definitions are the kinds that operators bring to the cluster.
var definitions = []string{
	"argoproj.io/Rollout", "argoproj.io/AnalysisTemplate", "autoscaling.k8s.io/VerticalPodAutoscaler",
	"keda.sh/ScaledObject", "monitoring.coreos.com/ServiceMonitor", "monitoring.coreos.com/PrometheusRule", "gateway.networking.k8s.io/HTTPRoute",
	"gateway.networking.k8s.io/Gateway", "gateway.networking.k8s.io/GatewayClass",
}

func main() { pulumi.Run(program) }

func program(ctx *pulumi.Context) error {
	provider, err := sdk.NewProvider(ctx, "kubernetes", &sdk.ProviderArgs{EnableServerSideApply: pulumi.Bool(true)})
	if err != nil {
		return err
	}
	in := pulumi.Provider(provider)
	var there []pulumi.Resource
	for _, d := range definitions {
		group, kind, _ := strings.Cut(d, "/")
		plural := strings.ToLower(kind) + "s"
		if strings.HasSuffix(kind, "s") {
			plural = strings.ToLower(kind) + "es"
		}
		crd, err := kubernetes.Apply(ctx, plural, kubernetes.Object{
			APIVersion: "apiextensions.k8s.io/v1", Kind: "CustomResourceDefinition", Name: plural + "." + group,
			Body: kubernetes.Map{"spec": kubernetes.Map{
				"group": group, "scope": "Namespaced", "names": kubernetes.Map{"kind": kind, "plural": plural},
				"versions": kubernetes.List{version("v1"), version("v1alpha1")},
			}},
		}, in)
		if err != nil {
			return err
		}
		there = append(there, crd)
	}
	namespace, err := kubernetes.Apply(ctx, "operators-explico", kubernetes.Object{APIVersion: "v1", Kind: "Namespace", Name: "explico"}, in)
	if err != nil {
		return err
	}
	class, err := kubernetes.Apply(ctx, "critical", kubernetes.Object{
		APIVersion: "scheduling.k8s.io/v1", Kind: "PriorityClass", Name: "explico-service", Body: kubernetes.Map{"value": 1000},
	}, in)
	if err != nil {
		return err
	}
	entrance, err := kubernetes.Apply(ctx, "operators-ingress", kubernetes.Object{APIVersion: "v1", Kind: "Namespace", Name: "ingress"}, in)
	if err != nil {
		return err
	}
	there = append(there, namespace, entrance, class)
	for _, o := range []kubernetes.Object{
		{APIVersion: "gateway.networking.k8s.io/v1", Kind: "GatewayClass", Name: "istio", Body: kubernetes.Map{"spec": kubernetes.Map{"controllerName": "istio.io/gateway-controller"}}},
		{APIVersion: "gateway.networking.k8s.io/v1", Kind: "Gateway", Name: "gateway", Namespace: "ingress", Body: kubernetes.Map{"spec": kubernetes.Map{
			"gatewayClassName": "istio", "listeners": kubernetes.List{kubernetes.Map{"name": "http", "port": 80, "protocol": "HTTP"}},
		}}},
	} {
		made, err := kubernetes.Apply(ctx, "entrance-"+o.Kind, o, in, pulumi.DependsOn(there))
		if err != nil {
			return err
		}
		there = append(there, made)
	}
	strategy, _ := ctx.GetConfig("delivery:strategy")
	args := service(kubernetes.Strategy(strategy))
	if scale, set := ctx.GetConfig("delivery:scale"); set {
		args.Scale = kubernetes.ServiceScale{}
		if err := json.Unmarshal([]byte(scale), &args.Scale); err != nil {
			return err
		}
	}
	if image, set := ctx.GetConfig("delivery:migration"); set {
		pod := args.Pod
		pod.Image, pod.Command = image, []string{"migrate"}
		job, err := kubernetes.NewJob(ctx, "migrate", &kubernetes.JobArgs{Pod: pod, TimeoutSeconds: 600},
			pulumi.Providers(provider), pulumi.DependsOn(there))
		if err != nil {
			return err
		}
		args.Image, args.After = image, job.Ready
	}
	_, err = kubernetes.NewService(ctx, "backend", args, pulumi.Providers(provider), pulumi.DependsOn(there))
	return err
}

func version(name string) kubernetes.Map {
	return kubernetes.Map{"name": name, "served": true, "storage": name == "v1", "schema": kubernetes.Map{
		"openAPIV3Schema": kubernetes.Map{"type": "object", "x-kubernetes-preserve-unknown-fields": true},
	}}
}

func service(strategy kubernetes.Strategy) *kubernetes.ServiceArgs {
	return &kubernetes.ServiceArgs{
		Pod: kubernetes.Pod{
			Namespace: "explico", Image: "ghcr.io/stefanprodan/podinfo:6.9.2", Env: kubernetes.Map{"PORT": "9898"},
			CPU: "100m", Memory: "256Mi", Disk: "256Mi", User: 10001, PriorityClass: "explico-service", Tunnel: 15008,
		},
		Port: 9898, Strategy: strategy,
		Steps: kubernetes.Steps{Percents: []int{5, 50}, PauseSeconds: 300, AutoPromote: true, KeepSeconds: 600},
		Analysis: kubernetes.Analysis{
			Prometheus: "http://prometheus-operated.monitoring.svc:9090", SmokePath: "/readyz", SmokeImage: "ghcr.io/stefanprodan/podinfo:6.9.2",
			MaxErrors: 0.006, LatencyTarget: 0.99, LatencySeconds: 0.5, Failures: 1,
		},
		Scale: kubernetes.ServiceScale{Min: 3, Max: 12, CPUPercent: 70}, MaxUnavailable: 1,
		LivePath: "/healthz", ReadyPath: "/readyz", StartSeconds: 60, DrainSeconds: 15, StopSeconds: 30, MetricsPath: "/metrics",
		Route: kubernetes.Route{GatewayNamespace: "ingress", Gateway: "gateway", Paths: []string{"/api"}, TimeoutSeconds: 15, Mesh: true},
	}
}
