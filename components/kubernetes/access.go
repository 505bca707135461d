package kubernetes

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// AccessArgs are the arguments of NewAccess.
type AccessArgs struct {
	// Bindings are who may do what, by a name.
	Bindings map[string]Binding
	// Labels are on every object.
	Labels map[string]string
}

// Binding gives somebody a role.
type Binding struct {
	// Kind is User or Group, and Name what the cluster calls them.
	Kind, Name string
	// Role is the name of a ClusterRole, such as view.
	Role string
	// Namespaces limits it to these; all if empty.
	Namespaces []string
}

// Access is who gets into a cluster by roles of Kubernetes.
type Access struct {
	pulumi.ResourceState
}

// NewAccess binds people and groups to roles.
func NewAccess(ctx *pulumi.Context, name string, args *AccessArgs, opts ...pulumi.ResourceOption) (*Access, error) {
	a := &Access{}
	if err := component.Register(ctx, "kubernetes", "Access", name, a, opts...); err != nil {
		return nil, err
	}
	for _, who := range slices.Sorted(maps.Keys(args.Bindings)) {
		for _, o := range args.Bindings[who].objects(name + "-" + who) {
			o.Labels = args.Labels
			if _, err := Apply(ctx, resourceName(name, who, orText(o.Namespace, "everywhere")), o, pulumi.Parent(a)); err != nil {
				return nil, fmt.Errorf("letting %s in: %w", who, err)
			}
		}
	}
	return a, ctx.RegisterResourceOutputs(a, pulumi.Map{})
}

// objects are the bindings: one for the whole cluster, or one a namespace.
func (b Binding) objects(name string) []Object {
	body := Map{
		"roleRef":  Map{"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": b.Role},
		"subjects": List{Map{"apiGroup": "rbac.authorization.k8s.io", "kind": b.Kind, "name": b.Name}},
	}
	one := Object{APIVersion: "rbac.authorization.k8s.io/v1", Kind: "ClusterRoleBinding", Name: name, Body: body}
	if len(b.Namespaces) == 0 {
		return []Object{one}
	}
	var all []Object
	for _, namespace := range b.Namespaces {
		one.Kind, one.Namespace = "RoleBinding", namespace
		all = append(all, one)
	}
	return all
}
