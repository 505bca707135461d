package azure

// pairs are the regions that Azure keeps copies of each other's data in. Regions
// that are not here have none that a subscription can put something of its own in.
// Source: "Azure cross-region replication", list of paired regions, read 2026-11.
var pairs = map[string]string{
	"westeurope": "northeurope", "northeurope": "westeurope", "uksouth": "ukwest", "eastus": "westus", "eastus2": "centralus", "centralus": "eastus2",
	"southcentralus": "northcentralus", "westus2": "westcentralus", "westus3": "eastus", "canadacentral": "canadaeast",
	"australiaeast": "australiasoutheast", "japaneast": "japanwest", "koreacentral": "koreasouth", "southeastasia": "eastasia",
	"eastasia": "southeastasia", "centralindia": "southindia",
}

// PairedRegion is the region that has the copies of a region's data; empty without
// one.
func PairedRegion(location string) string { return pairs[location] }
