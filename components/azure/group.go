package azure

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// GroupArgs are the arguments of NewGroup.
type GroupArgs struct {
	Scope
	// Lock keeps everything in the group from being deleted until the lock goes: by
	// hand in the portal, or by a change here, but never by accident. It holds for
	// replacements too.
	Lock bool
}

// Group is the resource group that everything of a stack is in. What it holds
// goes with it.
type Group struct {
	pulumi.ResourceState

	// Name and ID are the group's.
	Name, ID pulumi.StringOutput
}

// NewGroup makes a resource group. Its name is fixed: people look for it, and
// rights are given on it before it is there again.
func NewGroup(ctx *pulumi.Context, name string, args *GroupArgs, opts ...pulumi.ResourceOption) (*Group, error) {
	g := &Group{}
	if err := component.Register(ctx, "azure", "Group", name, g, opts...); err != nil {
		return nil, err
	}
	group, err := bind(ctx, "azure-native:resources:ResourceGroup", name, pulumi.Map{
		"resourceGroupName": pulumi.String(GroupName(args.Prefix)),
		"location":          pulumi.String(args.Location), "tags": args.tags("group"),
	}, pulumi.Parent(g), pulumi.Protect(args.Protect))
	if err != nil {
		return nil, fmt.Errorf("creating resource group %s: %w", name, err)
	}
	g.Name, g.ID = group.Name, group.ID().ToStringOutput()
	if args.Lock {
		if err := lock(ctx, name, args.Scope, g.ID, pulumi.Parent(g)); err != nil {
			return nil, fmt.Errorf("locking resource group %s: %w", name, err)
		}
	}
	return g, ctx.RegisterResourceOutputs(g, pulumi.Map{"name": g.Name, "id": g.ID})
}

// lock keeps something, and what is in it, from being deleted.
func lock(ctx *pulumi.Context, name string, s Scope, on pulumi.StringInput, opts ...pulumi.ResourceOption) error {
	_, err := bind(ctx, "azure-native:authorization:ManagementLockByScope", name, pulumi.Map{
		"scope": on, "level": pulumi.String("CanNotDelete"), "notes": pulumi.String("Holds the data of " + s.Prefix + "."),
	}, opts...)
	return err
}

// GroupName is the name of the resource group of a stack.
func GroupName(prefix string) string { return limits.Group.Name(prefix) }
