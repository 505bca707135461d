package settings

// azureRegion is a region: what Azure calls it to people, whether it has
// availability zones (then it has three), and the region that has the copies of
// its data; empty where a subscription can put nothing of its own into that one,
// or there is none.
type azureRegion struct {
	name  string
	zones bool
	pair  string
}

// azureRegions are the regions.
// Source: "Azure regions list" and "Azure region pairs and nonpaired regions",
// read 2026-11; the names as az account list-locations shows them.
var azureRegions = map[string]azureRegion{
	"westeurope": {"West Europe", true, "northeurope"}, "northeurope": {"North Europe", true, "westeurope"},
	"swedencentral": {"Sweden Central", true, ""}, "germanywestcentral": {"Germany West Central", true, ""},
	"francecentral": {"France Central", true, ""}, "uksouth": {"UK South", true, "ukwest"},
	"switzerlandnorth": {"Switzerland North", true, ""}, "norwayeast": {"Norway East", true, ""}, "polandcentral": {"Poland Central", true, ""},
	"italynorth": {"Italy North", true, ""}, "spaincentral": {"Spain Central", true, ""},
	"eastus": {"East US", true, "westus"}, "eastus2": {"East US 2", true, "centralus"}, "centralus": {"Central US", true, "eastus2"},
	"southcentralus": {"South Central US", true, "northcentralus"}, "westus2": {"West US 2", true, "westcentralus"},
	"westus3": {"West US 3", true, "eastus"}, "canadacentral": {"Canada Central", true, "canadaeast"},
	"brazilsouth": {"Brazil South", true, ""}, "mexicocentral": {"Mexico Central", true, ""},
	"australiaeast": {"Australia East", true, "australiasoutheast"}, "japaneast": {"Japan East", true, "japanwest"},
	"koreacentral": {"Korea Central", true, "koreasouth"}, "southeastasia": {"Southeast Asia", true, "eastasia"},
	"eastasia": {"East Asia", true, "southeastasia"}, "centralindia": {"Central India", true, "southindia"},
	"uaenorth": {"UAE North", true, ""}, "southafricanorth": {"South Africa North", true, ""},
	"israelcentral": {"Israel Central", true, ""}, "qatarcentral": {"Qatar Central", true, ""},
	"westus": {"West US", false, ""}, "northcentralus": {"North Central US", false, ""}, "westcentralus": {"West Central US", false, ""},
	"ukwest": {"UK West", false, ""}, "canadaeast": {"Canada East", false, ""}, "southindia": {"South India", false, ""},
}

// AzureRegionName is what Azure calls a region to people: West Europe of
// westeurope.
func AzureRegionName(region string) string { return azureRegions[region].name }

// AzurePair is the region that has the copies of a region's data; empty without
// one.
func AzurePair(region string) string { return azureRegions[region].pair }
