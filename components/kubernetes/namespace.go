package kubernetes

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// The Pod Security Standards.
// Source: Kubernetes documentation, "Pod Security Standards".
const (
	Restricted = "restricted"
	Baseline   = "baseline"
	Privileged = "privileged"
)

// NamespaceArgs are the arguments of NewNamespace.
type NamespaceArgs struct {
	// Labels are on the namespace and what the component makes in it.
	Labels map[string]string
	// PodSecurity is the Pod Security Standard that pods must meet: Restricted,
	// Baseline or Privileged; Restricted if empty. Anything less needs a Reason.
	PodSecurity, Reason string
	// Version is the Kubernetes minor whose standard that is, such as 1.35: a
	// newer cluster does not judge by newer rules before somebody wants it.
	Version string
	// Quota is the most that the namespace may use.
	Quota Quota
	// Limits are what a container gets that asks for nothing.
	Limits Limits
	// Critical lets pods of the cluster's two critical priority classes in, where the
	// cluster wants a quota that says so.
	Critical bool
	// Flows are what pods may say to whom. Whatever no flow lets through is
	// refused, in both directions; names are always resolved.
	Flows []Flow
	// Accounts are the namespace's service accounts, by name.
	Accounts map[string]Account
}

// Account is a service account.
type Account struct {
	// Annotations bind it to an identity of the cloud, where that takes any.
	Annotations map[string]string
	// PullSecrets are the names of secrets with logins to image registries.
	PullSecrets []string
}

// Namespace is a namespace with its guards: a Pod Security Standard, a quota,
// limits, network policies that refuse what is not named, and service accounts
// without tokens.
type Namespace struct {
	pulumi.ResourceState

	// Name is the namespace's name.
	Name string
	// Guarded is all that guards the namespace: what runs in it comes after.
	Guarded []pulumi.Resource

	args *NamespaceArgs
}

// NewNamespace makes the namespace called name, with its guards.
func NewNamespace(ctx *pulumi.Context, name string, args *NamespaceArgs, opts ...pulumi.ResourceOption) (*Namespace, error) {
	n := &Namespace{Name: name, args: args}
	if err := args.check(); err != nil {
		return nil, fmt.Errorf("creating namespace %s: %w", name, err)
	}
	if err := component.Register(ctx, "kubernetes", "Namespace", "namespace-"+name, n, opts...); err != nil {
		return nil, err
	}
	standard, labels := orText(args.PodSecurity, Restricted), map[string]string{}
	for _, mode := range []string{"enforce", "audit", "warn"} {
		labels["pod-security.kubernetes.io/"+mode] = standard
		labels["pod-security.kubernetes.io/"+mode+"-version"] = "v" + args.Version
	}
	namespace, err := Apply(ctx, "namespace-"+name, Object{
		APIVersion: "v1", Kind: "Namespace", Name: name, Labels: merged(args.Labels, labels),
	}, pulumi.Parent(n))
	if err != nil {
		return nil, err
	}
	n.Guarded = []pulumi.Resource{namespace}
	within := []pulumi.ResourceOption{pulumi.Parent(n), pulumi.DependsOn([]pulumi.Resource{namespace})}
	for _, make := range []func(*pulumi.Context, []pulumi.ResourceOption) error{n.bound, n.shut, n.employ} {
		if err := make(ctx, within); err != nil {
			return nil, err
		}
	}
	return n, ctx.RegisterResourceOutputs(n, pulumi.Map{"name": pulumi.String(name)})
}

func (a *NamespaceArgs) check() error {
	switch {
	case a.Version == "":
		return errors.New("Version is missing")
	case a.PodSecurity != "" && a.PodSecurity != Restricted && a.Reason == "":
		return fmt.Errorf("pods need less than %s for no Reason", Restricted)
	case a.Quota == Quota{}:
		return errors.New("Quota is missing")
	}
	return nil
}

// put applies an object of the namespace.
func (n *Namespace) put(ctx *pulumi.Context, name string, o Object, within []pulumi.ResourceOption) error {
	o.Namespace, o.Labels = n.Name, merged(n.args.Labels, o.Labels)
	made, err := Apply(ctx, resourceName("namespace", n.Name, name), o, within...)
	if err != nil {
		return err
	}
	n.Guarded = append(n.Guarded, made)
	return nil
}

// employ makes the service accounts. None has a token unless a pod asks for one,
// nor has the account that pods get without asking.
func (n *Namespace) employ(ctx *pulumi.Context, within []pulumi.ResourceOption) error {
	accounts := maps.Clone(n.args.Accounts)
	if accounts == nil {
		accounts = map[string]Account{}
	}
	accounts["default"] = Account{}
	for _, name := range slices.Sorted(maps.Keys(accounts)) {
		body := Map{"automountServiceAccountToken": false}
		if secrets := accounts[name].PullSecrets; len(secrets) > 0 {
			list := List{}
			for _, s := range secrets {
				list = append(list, Map{"name": s})
			}
			body["imagePullSecrets"] = list
		}
		if err := n.put(ctx, "account-"+name, Object{
			APIVersion: "v1", Kind: "ServiceAccount", Name: name, Annotations: accounts[name].Annotations, Body: body,
		}, within); err != nil {
			return err
		}
	}
	return nil
}
