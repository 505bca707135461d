package aws

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// makeNetwork makes the network itself, locks its default security group and
// opens it to the internet.
func (b *vpcBuild) makeNetwork() error {
	var err error
	b.vpc, err = component.Bind[network](b.ctx, "aws:ec2/vpc:Vpc", b.name, pulumi.Map{
		"cidrBlock":                    pulumi.String(b.plan.network.String()),
		"assignGeneratedIpv6CidrBlock": pulumi.Bool(b.IPv6),
		// Both are needed for the private names of endpoints.
		"enableDnsSupport":   pulumi.Bool(true),
		"enableDnsHostnames": pulumi.Bool(true),
		"tags":               b.tags("vpc", b.name),
	}, b.options()...)
	if err != nil {
		return fmt.Errorf("creating the network: %w", err)
	}
	// Adopting the default group without rules takes away those that AWS gave
	// it: what names no group of its own gets one that lets nothing through.
	if _, err := b.make("defaultSecurityGroup:DefaultSecurityGroup", b.child("default"), pulumi.Map{
		"vpcId": b.vpc.ID(), "tags": b.tags("vpc", b.child("default")),
	}); err != nil {
		return fmt.Errorf("locking the default security group: %w", err)
	}
	if b.gateway, err = b.make("internetGateway:InternetGateway", b.name, pulumi.Map{
		"vpcId": b.vpc.ID(), "tags": b.tags("vpc", b.name),
	}); err != nil {
		return fmt.Errorf("creating the internet gateway: %w", err)
	}
	return nil
}

// makeSubnets makes the subnets of all tiers and zones, and the range for pods.
func (b *vpcBuild) makeSubnets() error {
	var after []pulumi.ResourceOption
	if b.plan.pods.IsValid() {
		pods, err := b.make("vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation", b.child("pods"), pulumi.Map{
			"vpcId": b.vpc.ID(), "cidrBlock": pulumi.String(b.plan.pods.String()),
		})
		if err != nil {
			return fmt.Errorf("adding the range for pods: %w", err)
		}
		after = append(after, pulumi.DependsOn([]pulumi.Resource{pods}))
	}
	for _, tier := range b.plan.tiers {
		b.subnets[tier] = map[string]*bound{}
		for _, zone := range b.plan.zones {
			var opts []pulumi.ResourceOption
			if tier == podsTier {
				opts = after
			}
			if err := b.makeSubnet(tier, zone, opts...); err != nil {
				return fmt.Errorf("creating the %s subnet of %s: %w", tier, zone, err)
			}
		}
	}
	return nil
}

func (b *vpcBuild) makeSubnet(tier subnetTier, zone string, opts ...pulumi.ResourceOption) error {
	block := b.plan.network
	if tier == podsTier {
		block = b.plan.pods
	}
	cidr, err := subnetCIDR(block, tier, b.Zones[zone])
	if err != nil {
		return err
	}
	name := b.child(string(tier), zone)
	args := pulumi.Map{
		"vpcId": b.vpc.ID(), "availabilityZone": pulumi.String(zone), "cidrBlock": pulumi.String(cidr.String()),
		// Load balancers and NAT gateways bring their own public addresses;
		// nothing else in a public subnet should have one.
		"mapPublicIpOnLaunch": pulumi.Bool(false),
		"tags":                b.tags("vpc", name, b.subnetTags(tier)),
	}
	if b.IPv6 {
		slot := b.Zones[zone]
		args["ipv6CidrBlock"] = b.vpc.IPv6CIDR.ApplyT(func(block string) (string, error) {
			return subnetCIDR6(block, tier, slot)
		})
		// Only nodes go out over IPv6 by themselves.
		args["assignIpv6AddressOnCreation"] = pulumi.Bool(tier == privateTier)
	}
	subnet, err := b.make("subnet:Subnet", name, args, opts...)
	if err != nil {
		return err
	}
	b.subnets[tier][zone] = subnet
	ids := map[subnetTier]map[string]pulumi.IDOutput{
		publicTier: b.out.PublicSubnets, privateTier: b.out.PrivateSubnets,
		dataTier: b.out.DataSubnets, podsTier: b.out.PodSubnets,
	}
	ids[tier][zone] = subnet.ID()
	return nil
}

// subnetTags are how controllers inside Kubernetes find subnets: the load
// balancer controller its public and internal ones, the autoscaler those for
// nodes, the network plugin those for pods.
// Source: EKS user guide, "Route internet traffic with AWS Load Balancer
// Controller" and "Configure subnet selection for Pod IP addresses"; Karpenter,
// "NodeClasses", subnetSelectorTerms; read 2026-11.
func (b *vpcBuild) subnetTags(tier subnetTier) map[string]string {
	tags := map[string]string{"tier": string(tier)}
	switch tier {
	case publicTier:
		tags["kubernetes.io/role/elb"] = "1"
	case privateTier:
		tags["kubernetes.io/role/internal-elb"] = "1"
		if b.ClusterName != "" {
			tags["karpenter.sh/discovery"] = b.ClusterName
		}
	case podsTier:
		tags["kubernetes.io/role/cni"] = "1"
	}
	return tags
}
