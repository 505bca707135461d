package kubernetes

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// NamespaceArgs are the arguments of NewNamespace.
type NamespaceArgs struct {
	// Labels are on the namespace and what the component makes in it.
	Labels map[string]string
	// PodSecurity is the Pod Security Standard that pods must meet: restricted,
	// baseline or privileged; restricted if empty.
	PodSecurity string
	// Version is the Kubernetes minor whose standard that is, such as 1.35: a
	// newer cluster does not judge by newer rules before somebody wants it.
	Version string
}

// Namespace is a namespace whose pods meet a Pod Security Standard.
type Namespace struct {
	pulumi.ResourceState

	// Name is the namespace's name.
	Name string
}

// NewNamespace makes the namespace called name.
func NewNamespace(ctx *pulumi.Context, name string, args *NamespaceArgs, opts ...pulumi.ResourceOption) (*Namespace, error) {
	if args.Version == "" {
		return nil, fmt.Errorf("creating namespace %s: Version is missing", name)
	}
	n := &Namespace{Name: name}
	if err := component.Register(ctx, "kubernetes", "Namespace", "namespace-"+name, n, opts...); err != nil {
		return nil, err
	}
	standard, labels := orText(args.PodSecurity, "restricted"), map[string]string{}
	for _, mode := range []string{"enforce", "audit", "warn"} {
		labels["pod-security.kubernetes.io/"+mode] = standard
		labels["pod-security.kubernetes.io/"+mode+"-version"] = "v" + args.Version
	}
	if _, err := Apply(ctx, "namespace-"+name, Object{
		APIVersion: "v1", Kind: "Namespace", Name: name, Labels: merged(args.Labels, labels),
	}, pulumi.Parent(n)); err != nil {
		return nil, err
	}
	return n, ctx.RegisterResourceOutputs(n, pulumi.Map{"name": pulumi.String(name)})
}
