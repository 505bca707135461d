package azure

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-azure-native-sdk/managedidentity/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// IdentityArgs are the arguments of NewIdentity.
type IdentityArgs struct {
	Scope
	// Purpose says who works with the identity.
	Purpose string
	// ServiceAccounts of a cluster, as namespace/name, may be the identity too: Issuer
	// is the URL of who issues the cluster's tokens.
	ServiceAccounts []string
	Issuer          pulumi.StringInput
}

// Identity is a user-assigned identity: what a service of Azure is to another.
type Identity struct {
	pulumi.ResourceState

	// ID is its id, PrincipalID whom rights are given to, and ClientID whom software
	// logs in as.
	ID, PrincipalID, ClientID pulumi.StringOutput
}

// NewIdentity makes an identity.
func NewIdentity(ctx *pulumi.Context, name string, args *IdentityArgs, opts ...pulumi.ResourceOption) (*Identity, error) {
	i := &Identity{}
	if err := component.Register(ctx, "azure", "Identity", name, i, opts...); err != nil {
		return nil, err
	}
	made, err := newIdentity(ctx, name, args.Scope, args.Purpose, pulumi.Parent(i))
	if err != nil {
		return nil, err
	}
	var before []pulumi.Resource // Azure writes one credential of an identity at a time
	for _, account := range args.ServiceAccounts {
		subject := "system:serviceaccount:" + strings.ReplaceAll(account, "/", ":")
		c, err := federate(ctx, name+"-"+strings.ReplaceAll(account, "/", "_"), args.Scope, made, args.Issuer, subject, pulumi.Parent(i), pulumi.DependsOn(before))
		if err != nil {
			return nil, err
		}
		before = []pulumi.Resource{c}
	}
	i.ID, i.PrincipalID, i.ClientID = made.ID().ToStringOutput(), made.PrincipalId, made.ClientId
	return i, ctx.RegisterResourceOutputs(i, pulumi.Map{"id": i.ID, "principalId": i.PrincipalID, "clientId": i.ClientID})
}

func newIdentity(ctx *pulumi.Context, name string, s Scope, comp string, opts ...pulumi.ResourceOption) (*managedidentity.UserAssignedIdentity, error) {
	made, err := managedidentity.NewUserAssignedIdentity(ctx, name, &managedidentity.UserAssignedIdentityArgs{
		ResourceGroupName: s.ResourceGroup, Location: pulumi.String(s.Location), Tags: s.tags(comp),
	}, opts...)
	if err != nil {
		return nil, fmt.Errorf("creating identity %s: %w", name, err)
	}
	return made, nil
}

// assignAll gives a role to several principals, by their names.
func assignAll(ctx *pulumi.Context, name string, s Scope, g Grant, to map[string]pulumi.StringInput, opts ...pulumi.ResourceOption) ([]pulumi.Resource, error) {
	var all []pulumi.Resource
	for _, who := range slices.Sorted(maps.Keys(to)) {
		a, err := assign(ctx, name+"-"+who, s, g, to[who], machine, opts...)
		if err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	return all, nil
}
