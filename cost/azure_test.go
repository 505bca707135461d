package cost

import (
	"strings"
	"testing"
)

func azureRes(typ, name, region string, inputs Values) Resource {
	component, _, _ := strings.Cut(name, "-")
	return Resource{Type: "azure-native:" + typ, Name: name, URN: "urn:" + typ + "::" + name, Parent: "urn:" + component, Component: component, Region: region, Inputs: inputs}
}

func azureOptions(t testing.TB) Options {
	o := options(t)
	o.Catalogue, o.Reference = load(t, "azure"), "eastus"
	return o
}

// likelyAzure is what resources cost, all of which must have a price.
func likelyAzure(t *testing.T, all ...Resource) string {
	t.Helper()
	r := Estimate(azureOptions(t), all)
	for _, l := range r.Lines {
		if l.State == Unpriced {
			t.Errorf("%s, %s: %s", l.Resource, l.Item, l.Reason)
		}
	}
	return r.Total().Likely.String()
}

func postgresOf(mode string) Resource {
	return azureRes("dbforpostgresql/v20240801:Server", "database", "westus", Values{
		"sku": map[string]any{"name": "Standard_D2ds_v5"}, "storage": map[string]any{"storageSizeGB": 128},
		"highAvailability": map[string]any{"mode": mode}, "backup": map[string]any{"backupRetentionDays": 14},
	})
}

func TestAzurePrices(t *testing.T) {
	pool := map[string]any{"vmSize": "Standard_D2s_v5", "count": 3, "enableAutoScaling": true, "minCount": 1, "maxCount": 5, "osDiskType": "Managed", "osDiskSizeGB": 120}
	for name, tt := range map[string]struct {
		r    Resource
		want string
	}{
		// 730 × 0.1, and three nodes of 730 × 0.096 with a P10 of 19.71 each.
		"cluster": {azureRes("containerservice/v20241001:ManagedCluster", "cluster", "eastus", Values{
			"sku": map[string]any{"tier": "Standard"}, "agentPoolProfiles": []any{pool},
		}), "342.37"},
		"free cluster":   {azureRes("containerservice/v20241001:ManagedCluster", "cluster", "westeurope", Values{}), "0"},
		"database":       {postgresOf("Disabled"), "165.85"},      // 730 × 0.203 + 128 × 0.138
		"with a standby": {postgresOf("ZoneRedundant"), "331.71"}, // twice
		"cache": {azureRes("cache/v20250401:RedisEnterprise", "cache", "eastus", Values{
			"sku": map[string]any{"name": "Balanced_B3"}, "highAvailability": "Enabled",
		}), "94.9"},
		"one machine": {azureRes("cache/v20250401:RedisEnterprise", "cache", "eastus", Values{
			"sku": map[string]any{"name": "Balanced_B3"}, "highAvailability": "Disabled",
		}), "47.45"},
		"NAT":      {azureRes("network:NatGateway", "network", "westeurope", Values{}), "37.35"}, // 730 × 0.045 + 100 × 0.045
		"address":  {azureRes("network:PublicIPAddress", "network-1", "eastus", Values{"sku": map[string]any{"name": "Standard", "tier": "Regional"}}), "3.65"},
		"endpoint": {azureRes("network:PrivateEndpoint", "vault", "westus", Values{}), "7.8"}, // 730 × 0.01 + 50 × 0.01
		"registry": {azureRes("containerregistry:Registry", "registry", "eastus", Values{"sku": map[string]any{"name": "Premium"}}), "50"},
		"CDN":      {azureRes("cdn:Profile", "cdn", "", Values{"sku": map[string]any{"name": "Premium_AzureFrontDoor"}, "location": "Global"}), "330"},
		"keys":     {azureRes("keyvault:Key", "key", "eastus", Values{"properties": Unknown{}}), "1.5"},
		// What stands elsewhere than its provider has the prices of there.
		"elsewhere": {azureRes("network:NatGateway", "network", "eastus", Values{"location": "westeurope"}), "37.35"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := likelyAzure(t, tt.r); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// Blobs of all ages lie in the tiers that their age leads to.
func TestStorageAccounts(t *testing.T) {
	account := azureRes("storage:StorageAccount", "uploads", "westus", Values{"sku": map[string]any{"name": "Standard_LRS"}})
	days := func(n int) any { return map[string]any{"daysAfterModificationGreaterThan": n} }
	policy := azureRes("storage:ManagementPolicy", "uploads", "westus", Values{"policy": map[string]any{"rules": []any{map[string]any{
		"definition": map[string]any{"actions": map[string]any{"baseBlob": map[string]any{"tierToCool": days(30), "tierToCold": days(90), "delete": days(300)}}},
	}}}})
	aged := Estimate(azureOptions(t), []Resource{account, policy})
	for item, want := range map[string]string{"storage, hot": "10", "storage, cool": "20", "storage, cold": "70", "storage": "100"} {
		check(t, item, quantity(aged, item), want)
	}
	check(t, "no rule", quantity(Estimate(azureOptions(t), []Resource{account}), "storage, hot"), "100")
	if got := likelyAzure(t, account); got != "2.15" { // 100 × 0.0208, and 0.055 and 0.0045 in cents
		t.Errorf("got %s", got)
	}
}

// Logs are billed once where they come in, and beyond a month where they are kept.
func TestAzureLogs(t *testing.T) {
	setting := func(name string) Resource {
		return azureRes("insights:DiagnosticSetting", name, "westeurope", Values{})
	}
	all := []Resource{
		setting("database"), setting("database-reports"), setting("cdn"),
		azureRes("operationalinsights:Workspace", "logs", "westeurope", Values{"retentionInDays": 91}),
	}
	r := Estimate(azureOptions(t), all)
	check(t, "taken in", quantity(r, "logs taken in"), "10") // five of each component
	check(t, "kept", quantity(r, "logs kept"), "20")         // two months beyond the first
}

// A pool of spot machines costs a share, and a disk of the machine's own nothing.
func TestAgentPools(t *testing.T) {
	pool := func(priority, disk string) Resource {
		return azureRes("containerservice/v20241001:AgentPool", "cluster-batch", "westeurope", Values{
			"vmSize": "Standard_D4pds_v5", "count": 2, "scaleSetPriority": priority, "osDiskType": disk, "osDiskSizeGB": 100,
		})
	}
	own, spot := Estimate(azureOptions(t), []Resource{pool("Regular", "Ephemeral")}), Estimate(azureOptions(t), []Resource{pool("Spot", "Ephemeral")})
	if len(own.Lines) != 1 || !spot.Total().Likely.LessThan(own.Total().Likely) || !spot.Lines[0].Spot {
		t.Errorf("got %v and %v", own.Lines, spot.Lines)
	}
	if disks := Estimate(azureOptions(t), []Resource{pool("Regular", "Managed")}); len(disks.Lines) != 2 || disks.Lines[1].State != Unpriced {
		t.Errorf("a disk without a rate in its region: got %+v", disks.Lines)
	}
	for gib, want := range map[int]string{30: "P4", 32: "P4", 33: "P6", 128: "P10", 129: "P15", 1024: "P30", 9000: "P60"} {
		if got := premiumDisk(gib); got != want {
			t.Errorf("%d GiB: got %s, want %s", gib, got, want)
		}
	}
}

// What is free says why, in Azure's own words.
func TestAzureFree(t *testing.T) {
	r := Estimate(azureOptions(t), []Resource{azureRes("network:Subnet", "network-nodes", "westeurope", Values{}), azureRes("cdn:Route", "cdn-site", "", Values{})})
	if len(r.Lines) != 0 || !strings.Contains(r.Free()["network.Subnet"], "Azure") || r.Free()["cdn.Route"] == "" {
		t.Errorf("got %v and %v", r.Lines, r.Free())
	}
}
