package azure

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-azure-native-sdk/managedidentity/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// WorkloadArgs are the arguments of NewWorkload.
type WorkloadArgs struct {
	Scope
	// Issuer is the URL of who issues the cluster's tokens.
	Issuer pulumi.StringInput
	// Namespace and ServiceAccount are whom the workload runs as in the cluster.
	Namespace, ServiceAccount string
	// Grants are what it may do, by a name of theirs.
	Grants map[string]Grant
}

// Workload is what a workload in the cluster is in Azure: an identity that trusts
// the tokens of its service account. It has one, so all that it may do comes
// together here.
type Workload struct {
	pulumi.ResourceState

	// ID is the identity's id, ClientID whom software logs in as, and PrincipalID
	// whom rights are given to.
	ID, ClientID, PrincipalID pulumi.StringOutput
	// Ready is what must exist before the workload starts: its rights, and that its
	// service account has them.
	Ready []pulumi.Resource
}

// How workload identity is asked for: the annotation names the identity, and pods
// with the label get a token for it.
// Source: AKS, "Workload identity overview", service account annotations and pod
// labels.
const (
	ClientIDAnnotation = "azure.workload.identity/client-id"
	TenantIDAnnotation = "azure.workload.identity/tenant-id"
	IdentityLabel      = "azure.workload.identity/use"
)

// TokenAudience is whom tokens for Azure are for.
const TokenAudience = "api://AzureADTokenExchange"

// NewWorkload makes the identity of a service account.
func NewWorkload(ctx *pulumi.Context, name string, args *WorkloadArgs, opts ...pulumi.ResourceOption) (*Workload, error) {
	switch {
	case args.Issuer == nil:
		return nil, fmt.Errorf("creating workload %s: %w", name, errors.New("Issuer is missing"))
	case args.Namespace == "" || args.ServiceAccount == "":
		return nil, fmt.Errorf("creating workload %s: got service account %q in namespace %q, want both", name, args.ServiceAccount, args.Namespace)
	}
	w := &Workload{}
	if err := component.Register(ctx, "azure", "Workload", name, w, opts...); err != nil {
		return nil, err
	}
	parent := pulumi.Parent(w)
	identity, err := newIdentity(ctx, name, args.Scope, "workload", parent)
	if err != nil {
		return nil, err
	}
	w.ID, w.ClientID, w.PrincipalID = identity.ID().ToStringOutput(), identity.ClientId, identity.PrincipalId
	trust, err := federate(ctx, name, args.Scope, identity, args.Issuer, "system:serviceaccount:"+args.Namespace+":"+args.ServiceAccount, parent)
	if err != nil {
		return nil, err
	}
	w.Ready = []pulumi.Resource{trust}
	for _, key := range slices.Sorted(maps.Keys(args.Grants)) {
		a, err := assign(ctx, name+"-"+key, args.Scope, args.Grants[key], identity.PrincipalId, machine, parent)
		if err != nil {
			return nil, fmt.Errorf("letting service account %s/%s: %w", args.Namespace, args.ServiceAccount, err)
		}
		w.Ready = append(w.Ready, a)
	}
	return w, ctx.RegisterResourceOutputs(w, pulumi.Map{"clientId": w.ClientID, "principalId": w.PrincipalID})
}

// federate lets whoever shows a token of the issuer with the subject be the
// identity.
func federate(ctx *pulumi.Context, name string, s Scope, identity *managedidentity.UserAssignedIdentity, issuer pulumi.StringInput, subject string, opts ...pulumi.ResourceOption) (pulumi.Resource, error) {
	c, err := managedidentity.NewFederatedIdentityCredential(ctx, name, &managedidentity.FederatedIdentityCredentialArgs{
		ResourceGroupName: s.ResourceGroup, ResourceName: identity.Name, Issuer: issuer, Subject: pulumi.String(subject),
		Audiences: pulumi.ToStringArray([]string{TokenAudience}),
	}, opts...)
	if err != nil {
		return nil, fmt.Errorf("trusting %s: %w", subject, err)
	}
	return c, nil
}
