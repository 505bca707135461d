package azure

import (
	"fmt"

	"github.com/pulumi/pulumi-azure-native-sdk/network/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// PrivatePlace is where a service of Azure answers inside the network.
type PrivatePlace struct {
	// SubnetID is the subnet of private endpoints.
	SubnetID pulumi.StringInput
	// ZoneID is the private DNS zone in which the service's name leads there.
	ZoneID pulumi.StringInput
}

// privateEndpoint gives a resource an address inside the network, and its name
// that address. Group is which of its services it is for, such as blob.
// Source: "Azure Private Endpoint private DNS zone values", sub-resources.
func privateEndpoint(ctx *pulumi.Context, name string, s Scope, comp string, target pulumi.StringInput, group string, at *PrivatePlace, opts ...pulumi.ResourceOption) ([]pulumi.Resource, error) {
	endpoint, err := network.NewPrivateEndpoint(ctx, name, &network.PrivateEndpointArgs{
		ResourceGroupName: s.ResourceGroup, Location: pulumi.String(s.Location),
		Subnet: network.SubnetTypeArgs{Id: at.SubnetID.ToStringOutput().ToStringPtrOutput()},
		PrivateLinkServiceConnections: network.PrivateLinkServiceConnectionArray{
			network.PrivateLinkServiceConnectionArgs{
				Name: pulumi.String(group), GroupIds: pulumi.ToStringArray([]string{group}),
				PrivateLinkServiceId: target.ToStringOutput().ToStringPtrOutput(),
			},
		},
		Tags: s.tags(comp),
	}, opts...)
	if err != nil {
		return nil, fmt.Errorf("creating private endpoint %s: %w", name, err)
	}
	zones, err := network.NewPrivateDnsZoneGroup(ctx, name, &network.PrivateDnsZoneGroupArgs{
		ResourceGroupName: s.ResourceGroup, PrivateEndpointName: endpoint.Name,
		PrivateDnsZoneConfigs: network.PrivateDnsZoneConfigArray{
			network.PrivateDnsZoneConfigArgs{Name: pulumi.String(group), PrivateDnsZoneId: at.ZoneID.ToStringOutput().ToStringPtrOutput()},
		},
	}, opts...)
	if err != nil {
		return nil, fmt.Errorf("naming private endpoint %s: %w", name, err)
	}
	return []pulumi.Resource{endpoint, zones}, nil
}
