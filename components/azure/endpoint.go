package azure

import (
	"fmt"

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
	endpoint, err := bind(ctx, "azure-native:network:PrivateEndpoint", name, pulumi.Map{
		"resourceGroupName": s.ResourceGroup, "location": pulumi.String(s.Location), "subnet": ref(at.SubnetID),
		"privateLinkServiceConnections": pulumi.Array{pulumi.Map{
			"name": pulumi.String(group), "groupIds": pulumi.ToStringArray([]string{group}), "privateLinkServiceId": target,
		}},
		"tags": s.tags(comp),
	}, opts...)
	if err != nil {
		return nil, fmt.Errorf("creating private endpoint %s: %w", name, err)
	}
	zones, err := bind(ctx, "azure-native:network:PrivateDnsZoneGroup", name, pulumi.Map{
		"resourceGroupName": s.ResourceGroup, "privateEndpointName": endpoint.Name,
		"privateDnsZoneConfigs": pulumi.Array{pulumi.Map{"name": pulumi.String(group), "privateDnsZoneId": at.ZoneID}},
	}, opts...)
	if err != nil {
		return nil, fmt.Errorf("naming private endpoint %s: %w", name, err)
	}
	return []pulumi.Resource{endpoint, zones}, nil
}
