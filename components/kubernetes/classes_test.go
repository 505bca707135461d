package kubernetes

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

func TestPriorities(t *testing.T) {
	g := simtest.Run(t, inCluster(func(ctx *pulumi.Context, in pulumi.ResourceOption) error {
		_, err := NewPriorities(ctx, "priorities", nil, in)
		return err
	}))
	g.CheckHouse(t)
	values, defaults := map[string]int{}, 0
	for _, class := range g.All("kubernetes:scheduling.k8s.io/v1:PriorityClass") {
		name := class.Inputs.String("metadata.name")
		values[name] = class.Inputs.Int("value")
		if class.Inputs.Bool("globalDefault") {
			defaults++
		}
		// Source: Kubernetes documentation: a user's class is at most a thousand million.
		if values[name] > 1000000000 || class.Inputs.String("description") == "" {
			t.Errorf("%s: got the value %d and the description %q", name, values[name], class.Inputs.String("description"))
		}
	}
	if defaults != 1 {
		t.Errorf("got %d default classes, want one", defaults)
	}
	order := []string{PriorityBatch, PriorityDefault, PriorityService}
	for i, name := range order[1:] {
		if values[order[i]] >= values[name] {
			t.Errorf("%s is not below %s: %v", order[i], name, values)
		}
	}
	if batch := g.One(t, "kubernetes:scheduling.k8s.io/v1:PriorityClass", "priorities-"+PriorityBatch); batch.Inputs.String("preemptionPolicy") != "Never" {
		t.Error("batch work displaces others")
	}
}

func TestStorage(t *testing.T) {
	classes := map[string]StorageClassArgs{
		"fast": {Provisioner: "ebs.csi.aws.com", Default: true, Parameters: pulumi.StringMap{"type": pulumi.String("gp3")}},
		"slow": {Provisioner: "ebs.csi.aws.com"},
	}
	program := inCluster(func(ctx *pulumi.Context, in pulumi.ResourceOption) error {
		s, err := NewStorage(ctx, "storage", classes, nil, in)
		if err == nil && s.Default != "fast" {
			t.Errorf("got the default %q, want fast", s.Default)
		}
		return err
	})
	g := simtest.Run(t, program)
	g.CheckHouse(t)
	const mark = "storageclass.kubernetes.io/is-default-class"
	for name, want := range map[string]string{"fast": "true", "slow": "false"} {
		class := g.One(t, "kubernetes:storage.k8s.io/v1:StorageClass", "storage-"+name).Inputs
		if at(class, "metadata", "annotations", mark) != want {
			t.Errorf("%s: got %v, want %s", name, at(class, "metadata", "annotations", mark), want)
		}
		if class.String("volumeBindingMode") != "WaitForFirstConsumer" || !class.Bool("allowVolumeExpansion") {
			t.Errorf("%s: volumes are made in any zone, or cannot grow: %v", name, class)
		}
	}
	classes["slow"] = StorageClassArgs{Provisioner: "ebs.csi.aws.com", Default: true}
	if _, err := simtest.Try("explico", "test", program); err == nil || !strings.Contains(err.Error(), "fast and slow") {
		t.Errorf("two defaults: got %v", err)
	}
}

func TestAdmissionBindsWhatItJudges(t *testing.T) {
	args := &AdmissionArgs{
		Namespaces: map[string]string{"explico.io/admission": "strict"}, RequiredLabels: []string{"explico.io/team"},
		Registries: pulumi.ToStringArray([]string{"ghcr.io/acme"}),
	}
	program := inCluster(func(ctx *pulumi.Context, in pulumi.ResourceOption) error {
		_, err := NewAdmission(ctx, "admission", args, in)
		return err
	})
	g := simtest.Run(t, program)
	g.CheckHouse(t)
	const group = "kubernetes:admissionregistration.k8s.io/v1:"
	policies, bindings := g.All(group+"ValidatingAdmissionPolicy"), g.All(group+"ValidatingAdmissionPolicyBinding")
	if len(policies) != 3 || len(bindings) != 3 {
		t.Fatalf("got %d policies and %d bindings, want three of each", len(policies), len(bindings))
	}
	for _, p := range policies {
		if p.Inputs.String("spec.failurePolicy") != "Fail" {
			t.Errorf("%s lets pods in when it cannot be evaluated", p.Name)
		}
		binding := g.One(t, group+"ValidatingAdmissionPolicyBinding", p.Name+"-binding").Inputs
		if binding.String("spec.policyName") != p.Inputs.String("metadata.name") || at(binding, "spec", "validationActions", 0) != "Deny" ||
			at(binding, "spec", "matchResources", "namespaceSelector", "matchLabels", "explico.io/admission") != "strict" {
			t.Errorf("%s is not in force, or everywhere: %v", p.Name, binding)
		}
	}
	// The list of registries is known only when the cloud has made its own.
	registries := g.One(t, group+"ValidatingAdmissionPolicy", "admission-registries").Inputs
	if got := at(registries, "spec", "variables", 0, "expression"); got != "['ghcr.io/acme']" {
		t.Errorf("registries: got %v", got)
	}
	args.Namespaces = nil
	if _, err := simtest.Try("explico", "test", program); err == nil {
		t.Error("policies of no namespace would judge all of them")
	}
}

func TestProviderIdentity(t *testing.T) {
	g := simtest.Run(t, func(ctx *pulumi.Context) error {
		if _, err := NewProvider(ctx, "named", &ProviderArgs{Context: "kind-test", Identity: pulumi.String("kind-test")}); err != nil {
			return err
		}
		_, err := NewProvider(ctx, "current", &ProviderArgs{})
		return err
	})
	named, current := g.One(t, "pulumi:providers:kubernetes", "named").Inputs, g.One(t, "pulumi:providers:kubernetes", "current").Inputs
	if named.String("context") != "kind-test" || named.String("clusterIdentifier") != "kind-test" || named.Has("kubeconfig") {
		t.Errorf("got %v", named)
	}
	if current.Has("context") || current.Has("clusterIdentifier") {
		t.Errorf("the current context has a name: %v", current)
	}
}
