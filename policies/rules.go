package policies

import "slices"

// rules are all rules, in the order of the report.
var rules = slices.Concat(
	of("aws",
		networkRules, firewallRules, clusterRules, databaseRules, storeRules, bucketRules, edgeRules, wafRules, balancerRules, taskRules,
		keyRules, accessRules, auditRules, alarmRules, placeRules, ownRules,
	),
	of("gcp", gcpClusterRules, gcpDataRules, gcpNetworkRules, gcpAccessRules, gcpOwnRules),
	of("azure-native", azureClusterRules, azureDataRules, azureNetworkRules, azureAccessRules),
	stackRules,
)
