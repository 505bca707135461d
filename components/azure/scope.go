// Package azure holds the components for Microsoft Azure. One file answers for
// one component; scope.go says where a component stands.
package azure

import (
	"fmt"
	"maps"

	azurenative "github.com/pulumi/pulumi-azure-native-sdk/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// Scope is where a component stands: whose it is, in which subscription, region
// and resource group. Every component's arguments carry one.
type Scope struct {
	// Prefix begins every physical name: <project>-<stack> of Pulumi.
	Prefix string
	// SubscriptionID is the subscription and TenantID the directory that it trusts.
	SubscriptionID, TenantID string
	// Location is the region of the component's resources, such as westeurope.
	Location string
	// ResourceGroup is the name of the group that the resources are in.
	ResourceGroup pulumi.StringInput
	// Tags are on every resource that takes any: Azure's provider has no default
	// tags.
	Tags map[string]string
	// Protect keeps what holds data from being deleted or replaced.
	Protect bool
	// Disposable says that what the stack holds may be lost with it.
	Disposable bool
}

// Provider makes an explicit provider for the scope's subscription and region.
func (s Scope) Provider(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) (*azurenative.Provider, error) {
	args := &azurenative.ProviderArgs{Location: pulumi.String(s.Location), DisablePulumiPartnerId: pulumi.Bool(true)}
	if s.SubscriptionID != "" {
		args.SubscriptionId = pulumi.String(s.SubscriptionID)
	}
	if s.TenantID != "" {
		args.TenantId = pulumi.String(s.TenantID)
	}
	p, err := azurenative.NewProvider(ctx, name, args, opts...)
	if err != nil {
		return nil, fmt.Errorf("creating provider %s for %s: %w", name, s.Location, err)
	}
	return p, nil
}

// tags are the tags of one resource of a component: the stack's and its own.
func (s Scope) tags(comp string, more ...map[string]string) pulumi.StringMap {
	all := map[string]string{"component": comp}
	maps.Copy(all, s.Tags)
	for _, m := range more {
		maps.Copy(all, m)
	}
	return pulumi.ToStringMap(all)
}

// The limits of Azure for the physical names that are set here. All other names
// are left to Pulumi, which adds eight random digits, so that a resource can be
// replaced before its predecessor goes. What is inside something else has the
// name that it has here.
// Source: "Naming rules and restrictions for Azure resources", read 2026-11.
var limits = struct {
	Group, Cluster, NodeGroup, Pool, DNSLabel, FlowLog, Gateway,
	Account, Registry, WafPolicy, Budget component.Limit
}{
	Group:     component.Limit{Max: 90, Extra: "_."},
	Cluster:   component.Limit{Max: 63, Extra: "_"},
	NodeGroup: component.Limit{Max: 80, Extra: "_."},
	Pool:      component.Limit{Max: 12, Lower: true, NoHyphen: true},
	DNSLabel:  component.Limit{Max: 54, Lower: true},
	FlowLog:   component.Limit{Max: 80, Extra: "_."},
	Gateway:   component.Limit{Max: 80, Extra: "_."},

	Account:   component.Limit{Max: 24, Lower: true, NoHyphen: true},
	Registry:  component.Limit{Max: 50, Lower: true, NoHyphen: true},
	WafPolicy: component.Limit{Max: 128, NoHyphen: true},
	Budget:    component.Limit{Max: 63},
}
