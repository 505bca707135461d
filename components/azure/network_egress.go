package azure

import (
	"fmt"
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
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
	var ids pulumi.Array
	for n := 1; n <= max(1, b.Addresses); n++ {
		key := strconv.Itoa(n)
		address, err := b.address("egress-"+key, zones)
		if err != nil {
			return err
		}
		b.out.AddressIDs[key], b.out.Addresses[key] = address.ID().ToStringOutput(), address.IPAddress
		ids = append(ids, ref(address.ID().ToStringOutput()))
	}
	if b.NAT != NATSingle {
		return nil
	}
	nat, err := bind(b.ctx, "azure-native:network:NatGateway", b.name, pulumi.Map{
		"resourceGroupName": b.ResourceGroup, "location": pulumi.String(b.Location), "zones": pulumi.ToStringArray(zones),
		"sku": pulumi.Map{"name": pulumi.String("Standard")}, "publicIpAddresses": ids,
		"tags": b.tags("network"),
	}, b.in()...)
	if err != nil {
		return fmt.Errorf("creating the NAT gateway: %w", err)
	}
	b.nat, b.out.NATGateway = nat, nat.ID().ToStringOutput()
	return nil
}

// publicIP is a public address.
type publicIP struct {
	pulumi.CustomResourceState

	IPAddress pulumi.StringOutput `pulumi:"ipAddress"`
}

// address makes a public address in zones, or in one that Azure chooses.
func (b *networkBuilder) address(purpose string, zones []string) (*publicIP, error) {
	return publicAddress(b.ctx, b.name+"-"+purpose, b.Scope, "network", zones, b.in()...)
}

func publicAddress(ctx *pulumi.Context, name string, s Scope, comp string, zones []string, opts ...pulumi.ResourceOption) (*publicIP, error) {
	address, err := component.Bind[publicIP](ctx, "azure-native:network:PublicIPAddress", name, pulumi.Map{
		"resourceGroupName": s.ResourceGroup, "location": pulumi.String(s.Location), "zones": pulumi.ToStringArray(zones),
		"sku":                      pulumi.StringMap{"name": pulumi.String("Standard"), "tier": pulumi.String("Regional")},
		"publicIPAllocationMethod": pulumi.String("Static"), "publicIPAddressVersion": pulumi.String("IPv4"), "tags": s.tags(comp),
	}, opts...)
	if err != nil {
		return nil, fmt.Errorf("creating public address %s: %w", name, err)
	}
	return address, nil
}
