package aws

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// Anywhere, in both versions of IP.
const (
	anywhere  = "0.0.0.0/0"
	anywhere6 = "::/0"
)

// elasticIP is a public address.
type elasticIP struct {
	pulumi.CustomResourceState

	PublicIP pulumi.StringOutput `pulumi:"publicIp"`
}

// makeNAT makes the NAT gateways. Each belongs to a zone: from one for all to one
// per zone, the others are added and the first stays, with its address.
func (b *vpcBuild) makeNAT() error {
	for _, zone := range b.plan.zones {
		if !b.hasNAT(zone) {
			continue
		}
		name := b.child("nat", zone)
		// An address that is in use keeps the internet gateway from going.
		after := pulumi.DependsOn([]pulumi.Resource{b.gateway})
		eip, err := component.Bind[elasticIP](b.ctx, "aws:ec2/eip:Eip", name, pulumi.Map{
			"domain": pulumi.String("vpc"), "tags": b.tags("vpc", name),
		}, b.options(after)...)
		if err != nil {
			return fmt.Errorf("creating the NAT address of %s: %w", zone, err)
		}
		nat, err := b.make("natGateway:NatGateway", name, pulumi.Map{
			"subnetId": b.subnets[publicTier][zone].ID(), "allocationId": eip.ID(), "tags": b.tags("vpc", name),
		}, after)
		if err != nil {
			return fmt.Errorf("creating the NAT gateway of %s: %w", zone, err)
		}
		b.nats[zone] = nat
		b.out.NATGateways[zone] = nat.ID().ToStringOutput()
		b.out.NATAddresses[zone] = eip.PublicIP
	}
	return nil
}

// hasNAT says whether a zone has a NAT gateway.
func (b *vpcBuild) hasNAT(zone string) bool {
	return slices.ContainsFunc(b.plan.zones, func(from string) bool { return b.plan.natOf[from] == zone })
}

// makeRoutes makes the route tables: one for all public subnets, one for all
// data subnets, which leads nowhere, and one for each zone's private subnets, so
// that a zone can go through its own NAT gateway. Routes are resources of their
// own: a zone that changes its gateway changes one route in place.
func (b *vpcBuild) makeRoutes() error {
	public, err := b.routeTable("public")
	if err != nil {
		return err
	}
	if err := b.route("public-internet", public, pulumi.Map{
		"destinationCidrBlock": pulumi.String(anywhere), "gatewayId": b.gateway.ID(),
	}); err != nil {
		return err
	}
	var outward *bound
	if b.IPv6 {
		if err := b.route("public-internet6", public, pulumi.Map{
			"destinationIpv6CidrBlock": pulumi.String(anywhere6), "gatewayId": b.gateway.ID(),
		}); err != nil {
			return err
		}
		if outward, err = b.make("egressOnlyInternetGateway:EgressOnlyInternetGateway", b.name, pulumi.Map{
			"vpcId": b.vpc.ID(), "tags": b.tags("vpc", b.name),
		}); err != nil {
			return fmt.Errorf("creating the egress-only internet gateway: %w", err)
		}
	}
	data, err := b.routeTable("data")
	if err != nil {
		return err
	}
	b.outward = append(b.outward, data.ID())
	for _, zone := range b.plan.zones {
		private, err := b.privateRoutes(zone, outward)
		if err != nil {
			return err
		}
		tables := map[subnetTier]*bound{publicTier: public, dataTier: data, privateTier: private, podsTier: private}
		for _, tier := range b.plan.tiers {
			if err := b.useTable(tier, zone, tables[tier]); err != nil {
				return err
			}
		}
	}
	return nil
}

// privateRoutes makes the route table of a zone's private and pod subnets.
func (b *vpcBuild) privateRoutes(zone string, outward *bound) (*bound, error) {
	part := "private-" + zone
	table, err := b.routeTable(part)
	if err != nil {
		return nil, err
	}
	b.outward = append(b.outward, table.ID())
	b.out.PrivateRouteTables[zone] = table.ID()
	if nat, ok := b.nats[b.plan.natOf[zone]]; ok {
		if err := b.route(part+"-nat", table, pulumi.Map{
			"destinationCidrBlock": pulumi.String(anywhere), "natGatewayId": nat.ID(),
		}); err != nil {
			return nil, err
		}
	}
	if outward != nil {
		if err := b.route(part+"-egress6", table, pulumi.Map{
			"destinationIpv6CidrBlock": pulumi.String(anywhere6), "egressOnlyGatewayId": outward.ID(),
		}); err != nil {
			return nil, err
		}
	}
	return table, nil
}

func (b *vpcBuild) routeTable(part string) (*bound, error) {
	name := b.child(part)
	table, err := b.make("routeTable:RouteTable", name, pulumi.Map{
		"vpcId": b.vpc.ID(), "tags": b.tags("vpc", name),
	})
	if err != nil {
		return nil, fmt.Errorf("creating route table %s: %w", name, err)
	}
	return table, nil
}

func (b *vpcBuild) route(part string, table *bound, args pulumi.Map) error {
	args["routeTableId"] = table.ID()
	route, err := b.make("route:Route", b.child(part), args)
	if err != nil {
		return fmt.Errorf("creating route %s: %w", b.child(part), err)
	}
	b.out.Ready = append(b.out.Ready, route)
	return nil
}

// useTable has the subnet of a tier and zone use a route table.
func (b *vpcBuild) useTable(tier subnetTier, zone string, table *bound) error {
	used, err := b.make("routeTableAssociation:RouteTableAssociation", b.child(string(tier), zone), pulumi.Map{
		"subnetId": b.subnets[tier][zone].ID(), "routeTableId": table.ID(),
	})
	if err != nil {
		return fmt.Errorf("giving the %s subnet of %s its route table: %w", tier, zone, err)
	}
	b.out.Ready = append(b.out.Ready, used)
	return nil
}
