package azure

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	privateZoneToken  = "azure-native:network:PrivateZone"
	zoneLinkToken     = "azure-native:network:VirtualNetworkLink"
	endpointToken     = "azure-native:network:PrivateEndpoint"
	endpointZoneToken = "azure-native:network:PrivateDnsZoneGroup"
)

var dnsName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,62})(\.[a-z0-9]([a-z0-9-]{0,62}))+$`)

// endpointGroups are the services that a type of resource can be reached for
// through a private endpoint.
// Source: "What is a private endpoint?", private-link resource, read 2026-11.
var endpointGroups = map[string][]string{
	"Microsoft.KeyVault/vaults":                      {"vault"},
	"Microsoft.Storage/storageAccounts":              {"blob", "blob_secondary", "file", "queue", "table", "dfs", "web"},
	"Microsoft.Cache/redisEnterprise":                {"redisEnterprise"},
	"Microsoft.Cache/redis":                          {"redisCache"},
	"Microsoft.ContainerRegistry/registries":         {"registry"},
	"Microsoft.DBforPostgreSQL/flexibleServers":      {"postgresqlServer"},
	"Microsoft.ContainerService/managedClusters":     {"management"},
	"Microsoft.RecoveryServices/vaults":              {"AzureBackup", "AzureSiteRecovery"},
	"Microsoft.DataProtection/backupVaults":          {"AzureBackup"},
	"Microsoft.Insights/privateLinkScopes":           {"azuremonitor"},
	"Microsoft.ServiceNetworking/trafficControllers": {"frontends"},
}

func privateTypes() []*simcloud.Type {
	return []*simcloud.Type{
		{
			Token: privateZoneToken, Noun: "private DNS zone", Takes: 20 * time.Second, Sweeps: true,
			Auto: "privateZoneName", AutoNaming: simcloud.Joined,
			Required: []string{"resourceGroupName"}, Replace: []string{"resourceGroupName", "privateZoneName", "location"},
			ID: func(op *simcloud.Op) string {
				return groupID(op) + "/providers/Microsoft.Network/privateDnsZones/" + op.In.String("privateZoneName")
			},
			Refs:  []simcloud.Ref{groupRef()},
			InUse: "CannotDeleteResource: Can not delete resource %s before nested resources (virtualNetworkLinks) are deleted.",
			Validate: func(in simcloud.Values) []error {
				errs := simcloud.Problems(named(in, "privateZoneName", dnsName, "BadRequest"))
				if in.Known("location") && !strings.EqualFold(in.String("location"), "global") {
					errs = append(errs, simcloud.Refusal("LocationNotAvailableForResourceType",
						"The provided location '%s' is not available for resource type 'Microsoft.Network/privateDnsZones'. List of available regions for the resource type is 'global'.", in.String("location")))
				}
				return errs
			},
			Outputs: func(op *simcloud.Op) simcloud.Values {
				return simcloud.Values{"name": op.In.String("privateZoneName"), "type": "Microsoft.Network/privateDnsZones"}
			},
		},
		inside("Microsoft.Network/privateDnsZones", "privateZoneName", privateZoneToken, "virtualNetworkLinks", "virtualNetworkLinkName", simcloud.Type{
			Token: zoneLinkToken, Noun: "virtual network link", Takes: 20 * time.Second,
			Required: []string{"virtualNetwork.id", "registrationEnabled"}, Replace: []string{"virtualNetwork", "location"},
			Refs: []simcloud.Ref{idRef("virtualNetwork.id", true, networkToken)},
			Refuse: func(op *simcloud.Op) error {
				for _, r := range op.All(zoneLinkToken) {
					if r.ID != op.ID && r.In.String("virtualNetwork.id") == op.In.String("virtualNetwork.id") &&
						r.In.String("privateZoneName") == op.In.String("privateZoneName") {
						return simcloud.Refusal("Conflict", "A virtual network cannot be linked to multiple zones with overlapping namespaces. Tried to link zone '%s'.", op.In.String("privateZoneName"))
					}
				}
				return nil
			},
		}),
		inGroup("Microsoft.Network/privateEndpoints", "privateEndpointName", simcloud.Type{
			Token: endpointToken, Noun: "private endpoint", Takes: 40 * time.Second, Sweeps: true,
			Required: []string{"subnet", "privateLinkServiceConnections"},
			Replace:  []string{"subnet", "privateLinkServiceConnections", "customNetworkInterfaceName"},
			Refs:     []simcloud.Ref{idRef("subnet.id", true, subnetToken)},
			Validate: func(in simcloud.Values) []error {
				return onNetwork(in, "privateEndpoints", "privateEndpointName")
			},
			Refuse: refuseEndpoint,
		}),
		inside("Microsoft.Network/privateEndpoints", "privateEndpointName", endpointToken, "privateDnsZoneGroups", "privateDnsZoneGroupName", simcloud.Type{
			Token: endpointZoneToken, Noun: "private DNS zone group", Takes: 5 * time.Second,
			Required: []string{"privateDnsZoneConfigs"},
			Refs:     []simcloud.Ref{idRef("privateDnsZoneConfigs[].privateDnsZoneId", true, privateZoneToken)},
		}),
	}
}

func refuseEndpoint(op *simcloud.Op) error {
	for _, c := range op.In.Objects("privateLinkServiceConnections[]") {
		target := c.String("privateLinkServiceId")
		if record(op, target) == nil {
			return simcloud.Refusal("ResourceNotFound", "The Resource '%s' was not found.", target)
		}
		for _, group := range c.Strings("groupIds[]") {
			if known := endpointGroups[kindOf(target)]; !slices.Contains(known, group) {
				return simcloud.Refusal("PrivateEndpointInvalidGroupId",
					"Call to %s failed. Error message: group id %s is not valid for the resource; it has %v.", kindOf(target), group, known)
			}
		}
	}
	return delegated(op, op.In.String("subnet.id"), "")
}
