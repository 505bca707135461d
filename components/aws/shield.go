package aws

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// ShieldMonthlyUSD is what Shield Advanced costs a month, for a year, once for
// an organisation, without the data that it is charged for beside.
// Source: AWS Shield pricing, read 2026-11.
const ShieldMonthlyUSD = 3000

// ShieldArgs are the arguments of NewShield.
type ShieldArgs struct {
	Scope
	// AcceptMonthlyUSD is ShieldMonthlyUSD: whoever wants Shield Advanced knows
	// what it costs.
	AcceptMonthlyUSD int
	// Subscribed says that the account has a subscription already, such as its
	// organisation's. Without it one is taken out, for a year.
	Subscribed bool
	// Resources are the ARNs of what is protected, by a name of yours:
	// distributions, hosted zones, load balancers, addresses.
	Resources map[string]pulumi.StringInput
}

// Shield is AWS Shield Advanced: protection against floods, and people to call
// in one. Shield Standard costs nothing and is always there.
type Shield struct {
	pulumi.ResourceState
}

// NewShield subscribes the account and protects resources. A subscription runs
// for a year, so destroying the stack leaves it: who wants no other year says so
// to AWS in the last 30 days.
func NewShield(ctx *pulumi.Context, name string, args *ShieldArgs, opts ...pulumi.ResourceOption) (*Shield, error) {
	if args.AcceptMonthlyUSD != ShieldMonthlyUSD {
		return nil, fmt.Errorf("creating Shield %s: AcceptMonthlyUSD: got %d, want %d: that is what it costs", name, args.AcceptMonthlyUSD, ShieldMonthlyUSD)
	}
	s := &Shield{}
	if err := component.Register(ctx, "aws", "Shield", name, s, opts...); err != nil {
		return nil, err
	}
	parent, after := pulumi.Parent(s), pulumi.DependsOn(nil)
	if !args.Subscribed {
		subscription, err := bind(ctx, "aws:shield/subscription:Subscription", name, pulumi.Map{
			"autoRenew": pulumi.String("ENABLED"), "skipDestroy": pulumi.Bool(true),
		}, parent)
		if err != nil {
			return nil, fmt.Errorf("subscribing to Shield: %w", err)
		}
		after = pulumi.DependsOn([]pulumi.Resource{subscription})
	}
	for _, key := range slices.Sorted(maps.Keys(args.Resources)) {
		if _, err := bind(ctx, "aws:shield/protection:Protection", name+"-"+key, pulumi.Map{
			"resourceArn": args.Resources[key], "tags": args.tags("shield", name+"-"+key),
		}, parent, after); err != nil {
			return nil, fmt.Errorf("protecting %s: %w", key, err)
		}
	}
	return s, ctx.RegisterResourceOutputs(s, pulumi.Map{})
}
