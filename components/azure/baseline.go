package azure

import (
	"errors"
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// BaselineArgs are the arguments of NewBaseline.
type BaselineArgs struct {
	Scope
	// WorkspaceID is the workspace that the subscription's activity log goes to.
	WorkspaceID pulumi.StringInput
	// Plans are the plans of Microsoft Defender for Cloud that are on: Containers,
	// StorageAccounts, KeyVaults, OpenSourceRelationalDatabases, Arm.
	Plans []string
}

// Baseline audits a subscription: who changed what, and what looks like an attack.
// A subscription has it once; one stack of it makes it.
type Baseline struct{ pulumi.ResourceState }

// activity are the categories of the activity log that are kept.
// Source: "Azure Activity Log event schema", categories; CIS Azure 6.0, 6.1.1.2.
var activity = []string{"Administrative", "Security", "Alert", "Policy", "ServiceHealth", "ResourceHealth"}

// subPlans are what a plan is called inside, where it has kinds.
// Source: Defender for Cloud REST API, Pricings, read 2026-11.
var subPlans = map[string]string{
	"Containers": "", "StorageAccounts": "DefenderForStorageV2", "KeyVaults": "PerKeyVault",
	"OpenSourceRelationalDatabases": "", "Arm": "PerSubscription",
}

// pricingToken is bound by hand: the package security is no module of this
// program's, and this is all that is used of it.
const pricingToken = "azure-native:security:Pricing"

// NewBaseline keeps the activity log and turns plans on.
func NewBaseline(ctx *pulumi.Context, name string, args *BaselineArgs, opts ...pulumi.ResourceOption) (*Baseline, error) {
	if args.WorkspaceID == nil {
		return nil, fmt.Errorf("creating baseline %s: %w", name, errors.New("WorkspaceID is missing"))
	}
	for _, plan := range args.Plans {
		if _, known := subPlans[plan]; !known {
			return nil, fmt.Errorf("creating baseline %s: Plans: got %q, want one of the plans of Defender for Cloud", name, plan)
		}
	}
	b := &Baseline{}
	if err := component.Register(ctx, "azure", "Baseline", name, b, opts...); err != nil {
		return nil, err
	}
	if err := auditLogs(ctx, name, args.WorkspaceID, pulumi.String("/subscriptions/"+args.SubscriptionID), activity, pulumi.Parent(b)); err != nil {
		return nil, err
	}
	// Azure changes one plan at a time.
	var before []pulumi.Resource
	for _, plan := range slices.Sorted(slices.Values(args.Plans)) {
		in := pulumi.Map{"pricingName": pulumi.String(plan), "pricingTier": pulumi.String("Standard")}
		if sub := subPlans[plan]; sub != "" {
			in["subPlan"] = pulumi.String(sub)
		}
		p, err := bind(ctx, pricingToken, name+"-"+plan, in, pulumi.Parent(b), pulumi.DependsOn(before))
		if err != nil {
			return nil, fmt.Errorf("turning on plan %s: %w", plan, err)
		}
		before = []pulumi.Resource{p}
	}
	return b, ctx.RegisterResourceOutputs(b, pulumi.Map{"plans": pulumi.ToStringArray(args.Plans)})
}
