package aws

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Anywhere, in both versions of IP.
const (
	anywhere  = "0.0.0.0/0"
	anywhere6 = "::/0"
)

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
		eip, err := ec2.NewEip(b.ctx, name, &ec2.EipArgs{
			Domain: pulumi.String("vpc"), Tags: b.tags("vpc", name),
		}, b.options(after)...)
		if err != nil {
			return fmt.Errorf("creating the NAT address of %s: %w", zone, err)
		}
		nat, err := ec2.NewNatGateway(b.ctx, name, &ec2.NatGatewayArgs{
			SubnetId: b.subnets[publicTier][zone].ID(), AllocationId: eip.ID(), Tags: b.tags("vpc", name),
		}, b.options(after)...)
		if err != nil {
			return fmt.Errorf("creating the NAT gateway of %s: %w", zone, err)
		}
		b.nats[zone] = nat
		b.out.NATGateways[zone] = nat.ID().ToStringOutput()
		b.out.NATAddresses[zone] = eip.PublicIp
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
	if err := b.route("public-internet", public, &ec2.RouteArgs{
		DestinationCidrBlock: pulumi.String(anywhere), GatewayId: b.gateway.ID(),
	}); err != nil {
		return err
	}
	var outward *ec2.EgressOnlyInternetGateway
	if b.IPv6 {
		if err := b.route("public-internet6", public, &ec2.RouteArgs{
			DestinationIpv6CidrBlock: pulumi.String(anywhere6), GatewayId: b.gateway.ID(),
		}); err != nil {
			return err
		}
		if outward, err = ec2.NewEgressOnlyInternetGateway(b.ctx, b.name, &ec2.EgressOnlyInternetGatewayArgs{
			VpcId: b.vpc.ID(), Tags: b.tags("vpc", b.name),
		}, b.options()...); err != nil {
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
		tables := map[subnetTier]*ec2.RouteTable{publicTier: public, dataTier: data, privateTier: private, podsTier: private}
		for _, tier := range b.plan.tiers {
			if err := b.useTable(tier, zone, tables[tier]); err != nil {
				return err
			}
		}
	}
	return nil
}

// privateRoutes makes the route table of a zone's private and pod subnets.
func (b *vpcBuild) privateRoutes(zone string, outward *ec2.EgressOnlyInternetGateway) (*ec2.RouteTable, error) {
	part := "private-" + zone
	table, err := b.routeTable(part)
	if err != nil {
		return nil, err
	}
	b.outward = append(b.outward, table.ID())
	b.out.PrivateRouteTables[zone] = table.ID()
	if nat, ok := b.nats[b.plan.natOf[zone]]; ok {
		if err := b.route(part+"-nat", table, &ec2.RouteArgs{
			DestinationCidrBlock: pulumi.String(anywhere), NatGatewayId: nat.ID(),
		}); err != nil {
			return nil, err
		}
	}
	if outward != nil {
		if err := b.route(part+"-egress6", table, &ec2.RouteArgs{
			DestinationIpv6CidrBlock: pulumi.String(anywhere6), EgressOnlyGatewayId: outward.ID(),
		}); err != nil {
			return nil, err
		}
	}
	return table, nil
}

func (b *vpcBuild) routeTable(part string) (*ec2.RouteTable, error) {
	name := b.child(part)
	table, err := ec2.NewRouteTable(b.ctx, name, &ec2.RouteTableArgs{
		VpcId: b.vpc.ID(), Tags: b.tags("vpc", name),
	}, b.options()...)
	if err != nil {
		return nil, fmt.Errorf("creating route table %s: %w", name, err)
	}
	return table, nil
}

func (b *vpcBuild) route(part string, table *ec2.RouteTable, args *ec2.RouteArgs) error {
	args.RouteTableId = table.ID()
	route, err := ec2.NewRoute(b.ctx, b.child(part), args, b.options()...)
	if err != nil {
		return fmt.Errorf("creating route %s: %w", b.child(part), err)
	}
	b.out.Ready = append(b.out.Ready, route)
	return nil
}

// useTable has the subnet of a tier and zone use a route table.
func (b *vpcBuild) useTable(tier subnetTier, zone string, table *ec2.RouteTable) error {
	used, err := ec2.NewRouteTableAssociation(b.ctx, b.child(string(tier), zone), &ec2.RouteTableAssociationArgs{
		SubnetId: b.subnets[tier][zone].ID(), RouteTableId: table.ID(),
	}, b.options()...)
	if err != nil {
		return fmt.Errorf("giving the %s subnet of %s its route table: %w", tier, zone, err)
	}
	b.out.Ready = append(b.out.Ready, used)
	return nil
}
