package azure

import (
	"fmt"
	"strconv"

	"github.com/pulumi/pulumi-azure-native-sdk/network/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// makeEgress makes the public addresses that nodes are seen with, and the NAT
// gateway where there is one.
func (b *networkBuilder) makeEgress() error {
	zones := zoneNumbers // whichever nodes are in: an address cannot change its zones
	if b.NAT == NATSingle {
		zones = nil
		if b.NATZone != "" {
			zones = []string{b.NATZone}
		}
	}
	var ids network.SubResourceArray
	for n := 1; n <= max(1, b.Addresses); n++ {
		key := strconv.Itoa(n)
		address, err := b.address("egress-"+key, zones)
		if err != nil {
			return err
		}
		b.out.AddressIDs[key], b.out.Addresses[key] = address.ID().ToStringOutput(), address.IpAddress.Elem()
		ids = append(ids, network.SubResourceArgs{Id: address.ID().ToStringOutput().ToStringPtrOutput()})
	}
	if b.NAT != NATSingle {
		return nil
	}
	nat, err := network.NewNatGateway(b.ctx, b.name, &network.NatGatewayArgs{
		ResourceGroupName: b.ResourceGroup, Location: pulumi.String(b.Location), Zones: pulumi.ToStringArray(zones),
		Sku: network.NatGatewaySkuArgs{Name: pulumi.String("Standard")}, PublicIpAddresses: ids,
		Tags: b.tags("network"),
	}, b.in()...)
	if err != nil {
		return fmt.Errorf("creating the NAT gateway: %w", err)
	}
	b.nat, b.out.NATGateway = nat, nat.ID().ToStringOutput()
	return nil
}

// address makes a public address in zones, or in one that Azure chooses.
func (b *networkBuilder) address(purpose string, zones []string) (*network.PublicIPAddress, error) {
	return publicAddress(b.ctx, b.name+"-"+purpose, b.Scope, "network", zones, b.in()...)
}

func publicAddress(ctx *pulumi.Context, name string, s Scope, comp string, zones []string, opts ...pulumi.ResourceOption) (*network.PublicIPAddress, error) {
	address, err := network.NewPublicIPAddress(ctx, name, &network.PublicIPAddressArgs{
		ResourceGroupName: s.ResourceGroup, Location: pulumi.String(s.Location), Zones: pulumi.ToStringArray(zones),
		Sku:                      network.PublicIPAddressSkuArgs{Name: pulumi.String("Standard"), Tier: pulumi.String("Regional")},
		PublicIPAllocationMethod: pulumi.String("Static"), PublicIPAddressVersion: pulumi.String("IPv4"), Tags: s.tags(comp),
	}, opts...)
	if err != nil {
		return nil, fmt.Errorf("creating public address %s: %w", name, err)
	}
	return address, nil
}
