package kubernetes_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	sdk "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/rogpeppe/go-internal/txtar"
	"gopkg.in/yaml.v3"

	"github.com/te-explico/infrastructure/components/component"
	"github.com/te-explico/infrastructure/components/kubernetes"
	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

// update rewrites the golden files and fails: a run that passes changes none.
var update = flag.Bool("update", false, "rewrite the golden files, then fail")

// definitions are the kinds that operators bring to the cluster.
var definitions = []string{
	"argoproj.io/Rollout", "argoproj.io/AnalysisTemplate", "keda.sh/ScaledObject", "autoscaling.k8s.io/VerticalPodAutoscaler",
	"monitoring.coreos.com/ServiceMonitor", "monitoring.coreos.com/PrometheusRule", "external-secrets.io/ExternalSecret",
	"external-secrets.io/ClusterSecretStore",
	"gateway.networking.k8s.io/HTTPRoute", "gateway.networking.k8s.io/Gateway", "gateway.networking.k8s.io/GatewayClass",
}

// cluster runs a program in a cluster with the operators' kinds, a namespace and
// a priority class.
func cluster(t *testing.T, program func(ctx *pulumi.Context, in pulumi.ResourceOption) error, opts ...simtest.Option) *simtest.Graph {
	t.Helper()
	g, err := try(program, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func try(program func(ctx *pulumi.Context, in pulumi.ResourceOption) error, opts ...simtest.Option) (*simtest.Graph, error) {
	return simtest.Try("explico", "test", func(ctx *pulumi.Context) error {
		provider, err := sdk.NewProvider(ctx, "kubernetes", &sdk.ProviderArgs{EnableServerSideApply: pulumi.Bool(true)})
		if err != nil {
			return err
		}
		in := pulumi.Providers(provider)
		operators := &pulumi.ResourceState{}
		if err := component.Register(ctx, "test", "Operators", "operators", operators, in); err != nil {
			return err
		}
		var there []pulumi.Resource
		for _, d := range definitions {
			group, kind, _ := strings.Cut(d, "/")
			plural := strings.ToLower(kind) + "s"
			if strings.HasSuffix(kind, "s") {
				plural = strings.ToLower(kind) + "es"
			}
			crd, err := kubernetes.Apply(ctx, "operators-"+plural, kubernetes.Object{
				APIVersion: "apiextensions.k8s.io/v1", Kind: "CustomResourceDefinition", Name: plural + "." + group,
				Body: kubernetes.Map{"spec": kubernetes.Map{
					"group": group, "scope": "Namespaced", "names": kubernetes.Map{"kind": kind, "plural": plural},
					"versions": kubernetes.List{served("v1"), served("v1alpha1")},
				}},
			}, pulumi.Parent(operators))
			if err != nil {
				return err
			}
			there = append(there, crd)
		}
		namespace, err := kubernetes.Apply(ctx, "operators-explico", kubernetes.Object{APIVersion: "v1", Kind: "Namespace", Name: "explico"}, pulumi.Parent(operators))
		if err != nil {
			return err
		}
		for _, o := range []kubernetes.Object{
			{APIVersion: "scheduling.k8s.io/v1", Kind: "PriorityClass", Name: "explico-service", Body: kubernetes.Map{"value": 1000}},
			{APIVersion: "external-secrets.io/v1", Kind: "ClusterSecretStore", Name: "platform", Body: kubernetes.Map{"spec": kubernetes.Map{}}},
		} {
			made, err := kubernetes.Apply(ctx, "operators-"+o.Name, o, pulumi.Parent(operators), pulumi.DependsOn(there))
			if err != nil {
				return err
			}
			there = append(there, made)
		}
		entrance, err := kubernetes.Apply(ctx, "operators-ingress", kubernetes.Object{APIVersion: "v1", Kind: "Namespace", Name: "ingress"}, pulumi.Parent(operators))
		if err != nil {
			return err
		}
		gatewayAPI := "gateway.networking.k8s.io/v1"
		for i, o := range []kubernetes.Object{
			// what the operator of external secrets fetches
			{APIVersion: "v1", Kind: "Secret", Name: "backend-secrets", Namespace: "explico"},
			{APIVersion: "v1", Kind: "Secret", Name: "nightly-secrets", Namespace: "explico"},
			{APIVersion: gatewayAPI, Kind: "GatewayClass", Name: "istio", Body: kubernetes.Map{"spec": kubernetes.Map{"controllerName": "istio.io/gateway-controller"}}},
			{APIVersion: gatewayAPI, Kind: "Gateway", Name: "gateway", Namespace: "ingress", Body: kubernetes.Map{"spec": kubernetes.Map{
				"gatewayClassName": "istio", "listeners": kubernetes.List{kubernetes.Map{"name": "http", "port": 80, "protocol": "HTTP"}},
			}}},
		} {
			needs := slices.Clone(append(there, namespace, entrance))
			made, err := kubernetes.Apply(ctx, fmt.Sprint("operators-", i, "-", o.Name), o, pulumi.Parent(operators), pulumi.DependsOn(needs))
			if err != nil {
				return err
			}
			there = append(there, made)
		}
		after := pulumi.DependsOn(append(there, namespace))
		return program(ctx, pulumi.Composite(in, after))
	}, opts...)
}

// served is a version of a kind whose objects may have anything.
func served(version string) kubernetes.Map {
	return kubernetes.Map{"name": version, "served": true, "storage": version == "v1", "schema": kubernetes.Map{
		"openAPIV3Schema": kubernetes.Map{"type": "object", "x-kubernetes-preserve-unknown-fields": true},
	}}
}

// sample is a service with everything, delivered by a strategy.
func sample(strategy kubernetes.Strategy, edits ...func(*kubernetes.ServiceArgs)) *kubernetes.ServiceArgs {
	a := &kubernetes.ServiceArgs{
		Pod: kubernetes.Pod{
			Namespace: "explico", Labels: map[string]string{"app.kubernetes.io/part-of": "explico"},
			Image: "ghcr.io/acme/backend:1.4.2", Env: kubernetes.Map{"PORT": "8080"},
			Config: map[string]string{"app.yaml": "level: info\n"}, Secrets: kubernetes.Map{"mail": "explico-test/mail"}, SecretStore: "platform",
			CPU: "250m", Memory: "512Mi", Disk: "1Gi", User: 10001, Scratch: []string{"/tmp"}, PriorityClass: "explico-service",
			From:   []kubernetes.Connection{{Name: "frontend", Pods: map[string]string{kubernetes.NameLabel: "frontend"}, TCP: kubernetes.List{8080}}},
			To:     []kubernetes.Connection{{Name: "database", CIDR: "10.0.0.0/16", TCP: kubernetes.List{5432}}},
			Tunnel: 15008,
		},
		Port: 8080, Strategy: strategy,
		Steps: kubernetes.Steps{Percents: []int{5, 50}, PauseSeconds: 300, AutoPromote: true, KeepSeconds: 600},
		Analysis: kubernetes.Analysis{
			Prometheus: "http://prometheus-operated.monitoring.svc:9090", SmokePath: "/readyz", SmokeImage: "ghcr.io/stefanprodan/podinfo:6.9.2",
			MaxErrors: 0.006, LatencyTarget: 0.99, LatencySeconds: 0.5, Failures: 1,
		},
		Scale: kubernetes.ServiceScale{Min: 3, Max: 12, CPUPercent: 70}, MaxUnavailable: 1,
		LivePath: "/healthz", ReadyPath: "/readyz", StartSeconds: 60, DrainSeconds: 15, StopSeconds: 30, MetricsPath: "/metrics",
		Route: kubernetes.Route{
			GatewayNamespace: "ingress", Gateway: "gateway", Host: "api.app.example.com", Paths: []string{"/api"}, TimeoutSeconds: 15, Mesh: true,
		},
		Runbook: "docs/runbooks/delivery.md",
	}
	for _, edit := range edits {
		edit(a)
	}
	return a
}

func deliver(t *testing.T, strategy kubernetes.Strategy, edits ...func(*kubernetes.ServiceArgs)) *simtest.Graph {
	t.Helper()
	return cluster(t, func(ctx *pulumi.Context, in pulumi.ResourceOption) error {
		_, err := kubernetes.NewService(ctx, "backend", sample(strategy, edits...), in)
		return err
	})
}

// objects are a graph's Kubernetes objects below a prefix of names, as YAML.
func objects(t *testing.T, g *simtest.Graph, prefix string) string {
	t.Helper()
	var all []simtest.Resource
	for _, r := range g.Resources {
		if strings.HasPrefix(r.Type, "kubernetes:") && strings.HasPrefix(r.Name, prefix) {
			all = append(all, r)
		}
	}
	slices.SortFunc(all, func(a, b simtest.Resource) int { return strings.Compare(a.Name, b.Name) })
	var out bytes.Buffer
	for i, r := range all {
		if i > 0 {
			out.WriteString("---\n")
		}
		if len(r.IgnoreChanges) > 0 {
			fmt.Fprintf(&out, "# somebody else's: %s\n", strings.Join(r.IgnoreChanges, ", "))
		}
		text, err := json.Marshal(r.Inputs) // numbers as JSON has them: 1, not 1.0
		if err != nil {
			t.Fatal(err)
		}
		var plain yaml.Node
		if err := yaml.Unmarshal(text, &plain); err != nil {
			t.Fatal(err)
		}
		block(&plain)
		encoder := yaml.NewEncoder(&out)
		encoder.SetIndent(2)
		if err := encoder.Encode(&plain); err != nil {
			t.Fatal(err)
		}
	}
	return out.String()
}

// block writes a node as YAML usually is, whatever it was read from.
func block(n *yaml.Node) {
	n.Style = 0
	for _, c := range n.Content {
		block(c)
	}
}

// TestDeliveryGolden shows the objects of one service for each strategy.
func TestDeliveryGolden(t *testing.T) {
	const path = "testdata/delivery.txtar"
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	archive.Files = nil
	for _, strategy := range []kubernetes.Strategy{kubernetes.Rolling, kubernetes.Canary, kubernetes.BlueGreen} {
		g := deliver(t, strategy)
		archive.Files = append(archive.Files, txtar.File{Name: string(strategy) + ".yaml", Data: []byte(objects(t, g, "service-backend-"))})
	}
	got := txtar.Format(archive)
	want, err := os.ReadFile(path)
	if err != nil || bytes.Equal(got, want) {
		return
	}
	if !*update {
		t.Fatalf("%s is out of date (go test ./components/kubernetes -update)\ngot:\n%s", path, got)
	}
	if err := os.WriteFile(path, got, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Errorf("%s is rewritten: review it", path)
}
