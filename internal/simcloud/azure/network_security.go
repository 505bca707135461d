package azure

import (
	"fmt"
	"slices"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	securityGroupToken = "azure-native:network:NetworkSecurityGroup"
	flowLogToken       = "azure-native:network/v20240501:FlowLog"
	storageToken       = "azure-native:storage:StorageAccount"
)

func securityTypes() []*simcloud.Type {
	return []*simcloud.Type{
		inGroup("Microsoft.Network/networkSecurityGroups", "networkSecurityGroupName", simcloud.Type{
			Token: securityGroupToken, Noun: "network security group", Takes: 4 * time.Second,
			InUse: "InUseNetworkSecurityGroupCannotBeDeleted: Network security group %s cannot be deleted because it is in use.",
			Validate: func(in simcloud.Values) []error {
				return append(onNetwork(in, "networkSecurityGroups", "networkSecurityGroupName"), securityRules(in)...)
			},
		}),
		flowLog(),
	}
}

// securityRules refuses rules that Azure does.
// Source: Azure virtual network, "Network security groups", security rules.
func securityRules(in simcloud.Values) []error {
	var errs []error
	seen := map[string]string{}
	for _, rule := range in.Objects("securityRules[]") {
		name := rule.String("name")
		errs = append(errs, simcloud.Problems(
			simcloud.OneOf(rule, "access", "Allow", "Deny"), simcloud.OneOf(rule, "direction", "Inbound", "Outbound"),
			simcloud.OneOf(rule, "protocol", "Tcp", "Udp", "Icmp", "Esp", "Ah", "*"),
		)...)
		if p := rule.Int("priority"); p < 100 || p > 4096 {
			errs = append(errs, simcloud.Refusal("SecurityRuleInvalidPriority",
				"Security rule has invalid priority. Value provided: %d, allowed range: 100-4096.", p))
		}
		key := fmt.Sprint(rule.String("direction"), rule.Int("priority"))
		if other, taken := seen[key]; taken {
			errs = append(errs, simcloud.Refusal("SecurityRuleConflict",
				"Security rule %s conflicts with rule %s. Rules cannot have the same Priority and Direction.", name, other))
		}
		seen[key] = name
		for _, pair := range []string{"sourceAddressPrefix", "destinationAddressPrefix", "sourcePortRange", "destinationPortRange"} {
			if one, many := rule.Has(pair), len(rule.All(pair+"es[]"))+len(rule.All(pair+"s[]")) > 0; one == many {
				errs = append(errs, simcloud.Refusal("SecurityRuleParameterMissing",
					"Security rule %s must specify exactly one of %s and its list.", name, pair))
			}
		}
	}
	return errs
}

// flowLog is a log of what flows through a network. It is in the group of the
// region's Network Watcher, which Azure makes with the first network.
// Source: Network Watcher, "Create a Network Watcher instance".
func flowLog() *simcloud.Type {
	return &simcloud.Type{
		Token: flowLogToken, Noun: "flow log", Auto: "flowLogName", AutoNaming: simcloud.Copied, Takes: 10 * time.Second,
		Required: []string{"networkWatcherName", "resourceGroupName", "storageId", "targetResourceId"},
		Replace:  []string{"networkWatcherName", "resourceGroupName", "flowLogName", "location", "targetResourceId"},
		ID: func(op *simcloud.Op) string {
			return groupID(op) + "/providers/Microsoft.Network/networkWatchers/" + op.In.String("networkWatcherName") + "/flowLogs/" + op.In.String("flowLogName")
		},
		Refs: []simcloud.Ref{
			idRef("targetResourceId", false, networkToken, subnetToken), idRef("storageId", false, storageToken),
			idRef("flowAnalyticsConfiguration.networkWatcherFlowAnalyticsConfiguration.workspaceResourceId", false, workspaceToken),
		},
		Unique: []simcloud.Unique{{Paths: []string{"targetResourceId"}, Words: "FlowLogAlreadyExistsForTarget: There is a flow log for the resource %s already."}},
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(simcloud.Between(in, "retentionPolicy.days", 0, 365),
				inRegion(in, "Microsoft.Network/networkWatchers/flowLogs", "zones[]"))
			at := in.Int("flowAnalyticsConfiguration.networkWatcherFlowAnalyticsConfiguration.trafficAnalyticsInterval")
			if at != 0 && !slices.Contains([]int{10, 60}, at) {
				errs = append(errs, simcloud.Refusal("TrafficAnalyticsIntervalInvalid", "The traffic analytics interval %d is not 10 or 60 minutes.", at))
			}
			return errs
		},
		Refuse: func(op *simcloud.Op) error {
			watcher := "NetworkWatcher_" + op.In.String("location")
			if op.In.String("resourceGroupName") != "NetworkWatcherRG" || op.In.String("networkWatcherName") != watcher {
				return simcloud.Refusal("ResourceNotFound", "The Resource 'Microsoft.Network/networkWatchers/%s' under resource group '%s' was not found.",
					op.In.String("networkWatcherName"), op.In.String("resourceGroupName"))
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"name": op.In.String("flowLogName"), "provisioningState": "Succeeded"}
		},
	}
}
