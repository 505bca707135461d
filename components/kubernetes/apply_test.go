package kubernetes

import (
	"reflect"
	"strings"
	"testing"

	sdk "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
	"github.com/te-explico/infrastructure/versions"
)

// tryIn runs a program against an empty cluster.
func tryIn(program func(ctx *pulumi.Context, in pulumi.ResourceOption) error) (*simtest.Graph, error) {
	return simtest.Try("explico", "test", func(ctx *pulumi.Context) error {
		p, err := sdk.NewProvider(ctx, "cluster", &sdk.ProviderArgs{ClusterIdentifier: pulumi.String("test")})
		if err != nil {
			return err
		}
		return program(ctx, pulumi.Provider(p))
	})
}

func TestApply(t *testing.T) {
	type word string
	g, err := tryIn(func(ctx *pulumi.Context, in pulumi.ResourceOption) error {
		_, err := Apply(ctx, "settings", Object{
			APIVersion: "v1", Kind: "ConfigMap", Name: "settings", Namespace: "default",
			Labels: map[string]string{"a": "b"}, Annotations: map[string]string{"c": "d"},
			Body: Map{
				"data":      Map{"text": pulumi.String("x"), "word": word("y"), "none": nil},
				"immutable": true, "list": List{1, 2.5, []string{"z"}}, "nothing": nil, "map": map[string]string{"k": "v"},
			},
		}, in)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	got := g.One(t, "kubernetes:core/v1:ConfigMap", "settings").Inputs
	for path, want := range map[string]any{
		"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{
			"name": "settings", "namespace": "default", "labels": map[string]any{"a": "b"}, "annotations": map[string]any{"c": "d"},
		},
		"data": map[string]any{"text": "x", "word": "y"}, "immutable": true, "list": []any{1.0, 2.5, []any{"z"}},
		"nothing": nil, "map": map[string]any{"k": "v"},
	} {
		if v := got.Get(path); !reflect.DeepEqual(v, want) {
			t.Errorf("%s: got %#v, want %#v", path, v, want)
		}
	}
}

// A token is the one that Pulumi's typed SDK has for the kind.
func TestToken(t *testing.T) {
	for want, o := range map[string]Object{
		"kubernetes:core/v1:Secret":               {APIVersion: "v1", Kind: "Secret"},
		"kubernetes:apps/v1:Deployment":           {APIVersion: "apps/v1", Kind: "Deployment"},
		"kubernetes:argoproj.io/v1alpha1:Rollout": {APIVersion: "argoproj.io/v1alpha1", Kind: "Rollout"},
	} {
		if got := o.token(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestApplyRefuses(t *testing.T) {
	ok := Object{APIVersion: "v1", Kind: "ConfigMap", Name: "a", Namespace: "default"}
	with := func(change func(o *Object)) Object {
		o := ok
		change(&o)
		return o
	}
	for want, o := range map[string]Object{
		`got apiVersion "", kind "ConfigMap" and name "a", want all three`: with(func(o *Object) { o.APIVersion = "" }),
		`and name "", want all three`:                                      with(func(o *Object) { o.Name = "" }),
		"spec.list[1].deep: got a struct {}":                               with(func(o *Object) { o.Body = Map{"spec": Map{"list": List{1, Map{"deep": struct{}{}}}}} }),
		"spec.list[0]: got nothing, want a value":                          with(func(o *Object) { o.Body = Map{"spec": Map{"list": List{nil}}} }),
		"spec: got keys of type int, want texts":                           with(func(o *Object) { o.Body = Map{"spec": map[int]string{1: "a"}} }),
	} {
		_, err := tryIn(func(ctx *pulumi.Context, in pulumi.ResourceOption) error {
			_, err := Apply(ctx, "a", o, in)
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "creating ConfigMap a: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestInstallRelease(t *testing.T) {
	chart, err := versions.ChartOf("argo-rollouts")
	if err != nil {
		t.Fatal(err)
	}
	g, err := tryIn(func(ctx *pulumi.Context, in pulumi.ResourceOption) error {
		first, err := InstallRelease(ctx, "delivery", &ReleaseArgs{
			Chart: "argo-rollouts", Namespace: "default", SkipCRDs: true, Values: Map{"controller": Map{"replicas": 2}},
		}, in)
		if err != nil {
			return err
		}
		_, err = InstallRelease(ctx, "second", &ReleaseArgs{
			Chart: "argo-rollouts", Name: "other", Namespace: "kube-system", TimeoutSeconds: 60, Values: Map{"installCRDs": false},
		}, in, pulumi.DependsOn([]pulumi.Resource{first})) // whose definitions it works by
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	first, second := g.One(t, "kubernetes:helm.sh/v3:Release", "delivery").Inputs, g.One(t, "kubernetes:helm.sh/v3:Release", "second").Inputs
	for path, want := range map[string]any{
		"chart": "argo-rollouts", "version": chart.Version, "repositoryOpts.repo": chart.Repository, "name": "argo-rollouts", "namespace": "default",
		"skipCrds": true, "atomic": true, "cleanupOnFail": true, "createNamespace": false, "timeout": 600.0, "values.controller.replicas": 2.0,
	} {
		if got := first.Get(path); got != want {
			t.Errorf("%s: got %v, want %v", path, got, want)
		}
	}
	if second.String("name") != "other" || second.Int("timeout") != 60 || second.Bool("skipCrds") {
		t.Errorf("got %v", second)
	}
}

func TestInstallReleaseRefuses(t *testing.T) {
	for want, args := range map[string]ReleaseArgs{
		"Namespace is missing":                           {Chart: "argo-rollouts"},
		"looking up chart argo-rollout: it is not among": {Chart: "argo-rollout", Namespace: "default"},
		"values.a: got a chan int":                       {Chart: "argo-rollouts", Namespace: "default", Values: Map{"a": make(chan int)}},
	} {
		_, err := tryIn(func(ctx *pulumi.Context, in pulumi.ResourceOption) error {
			_, err := InstallRelease(ctx, "a", &args, in)
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "creating release a: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
