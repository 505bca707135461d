package cost

import (
	"slices"
	"strings"
)

// The kinds of Azure, by what they are for, are in azure_*.go.

// azureKinds are the types of Azure that cost something.
var azureKinds = map[string]kind{
	"azure-native:containerservice/v20241001:ManagedCluster": newAks,
	"azure-native:containerservice/v20241001:AgentPool":      newAgentPool,

	"azure-native:dbforpostgresql/v20240801:Server": newAzureDatabase,
	"azure-native:cache/v20250401:RedisEnterprise":  newManagedRedis,

	"azure-native:storage:StorageAccount":                newStorageAccount,
	"azure-native:containerregistry:Registry":            newAzureRegistry,
	"azure-native:dataprotection/v20240401:BackupPolicy": newAzureBackup,

	"azure-native:network:VirtualNetwork":     newVirtualNetwork,
	"azure-native:network:NatGateway":         newAzureNAT,
	"azure-native:network:PublicIPAddress":    newAzureAddress,
	"azure-native:network:PrivateEndpoint":    newPrivateEndpoint,
	"azure-native:network:ApplicationGateway": newApplicationGateway,
	"azure-native:network:DdosProtectionPlan": of(fixed{"DDoS protection plan", "ddos/plan", Security}),

	"azure-native:cdn:Profile":         newFrontDoor,
	"azure-native:network:Zone":        newAzureZone,
	"azure-native:network:PrivateZone": of(fixed{"private DNS zone", "dns/zone", Network}),

	"azure-native:operationalinsights:Workspace": newWorkspace,
	"azure-native:insights:DiagnosticSetting":    newDiagnostics,
	"azure-native:network/v20240501:FlowLog":     newAzureFlowLog,
	"azure-native:insights:MetricAlert":          newMetricAlert,
	"azure-native:insights:ScheduledQueryRule":   of(fixed{"search of logs", "monitor/query-alert", Observability}),
	"azure-native:insights:ActionGroup":          of(metered{"alerts sent", "monitor/notifications", "alertsThousand", Thousand, Observability, true}),

	"azure-native:keyvault:Vault":   of(operations{"requests to secrets", "keyvault/operations", "secretRequestsThousand"}),
	"azure-native:keyvault:Key":     of(operations{"requests to keys", "keyvault/key-operations", "keyRequestsThousand"}),
	"azure-native:security:Pricing": newDefender,
}

// fixed is what has one price a month.
type fixed struct {
	item, sku string
	category  Category
}

func (f fixed) components(*basis) []component {
	return []component{{item: f.item, category: f.category, sku: f.sku, unit: Month, quantity: exactly(whole(1))}}
}

// aks is a cluster: its control plane by the tier, and the pool that comes with
// it.
type aks struct {
	tier string
	pool agentPool
}

func newAks(r *reader) domain {
	c := aks{tier: r.text("sku.tier", "Free")}
	if len(r.list("agentPoolProfiles")) > 0 {
		c.pool = readPool(r, "agentPoolProfiles.0.")
	}
	return c
}

func (c aks) components(b *basis) []component {
	plane := component{
		item: "control plane hours, " + strings.ToLower(c.tier), category: Compute, sku: "aks/" + strings.ToLower(c.tier), unit: Hour,
		quantity: exactly(whole(HoursPerMonth)),
	}
	if c.pool.size == "" {
		return []component{plane}
	}
	return append([]component{plane}, c.pool.nodes(b, "system")...)
}

// agentPool is a pool of nodes that an autoscaler grows and shrinks, with their
// disks.
type agentPool struct {
	size, disk         string
	gib                int
	least, first, most int
	spot               bool
}

func newAgentPool(r *reader) domain { return readPool(r, "") }

func readPool(r *reader, at string) agentPool {
	p := agentPool{
		size: r.text(at+"vmSize", ""), disk: r.text(at+"osDiskType", "Managed"), gib: r.number(at+"osDiskSizeGB", 128),
		first: r.number(at+"count", 1), spot: r.text(at+"scaleSetPriority", "Regular") == "Spot",
	}
	p.least, p.most = p.first, p.first
	if r.flag(at + "enableAutoScaling") {
		p.least, p.most = r.number(at+"minCount", 0), r.number(at+"maxCount", 0)
	}
	return p
}

func (p agentPool) components(b *basis) []component {
	return p.nodes(b, strings.TrimPrefix(b.r.Name, b.r.Component+"-"))
}

func (p agentPool) nodes(b *basis, name string) []component {
	size, rests := between(p.least, p.first, p.most), b.restsOnHours()
	if key := "nodeGroups." + name; b.stated(key) {
		size, rests = between(p.least, b.Usage[key].Value, p.most), append([]string{key}, rests...)
	}
	node := component{
		item: "node hours, " + p.size, category: Compute, sku: "azure-vm/" + p.size, unit: Hour,
		quantity: size.Times(b.running()), rests: rests, spot: p.spot,
	}
	if p.spot {
		node.item += ", spot"
		node.rests = append(slices.Clone(rests), spotKey)
	}
	if p.disk == "Ephemeral" { // it is the machine's own
		return []component{node}
	}
	present := size.Times(b.running()).Times(whole(1).Div(whole(HoursPerMonth)))
	return []component{node, {
		item: "node disks, premium SSD " + premiumDisk(p.gib), category: Storage, sku: "disk/" + premiumDisk(p.gib) + "-LRS", unit: Month,
		quantity: present, rests: rests,
	}}
}

// premiumDisk is the tier of a premium SSD: Azure bills the next larger one.
// Source: Azure managed disks documentation, "Premium SSD size", read 2026-11.
func premiumDisk(gib int) string {
	for _, t := range []struct {
		gib  int
		name string
	}{{4, "P1"}, {8, "P2"}, {16, "P3"}, {32, "P4"}, {64, "P6"}, {128, "P10"}, {256, "P15"}, {512, "P20"}, {1024, "P30"}, {2048, "P40"}, {4096, "P50"}} {
		if gib <= t.gib {
			return t.name
		}
	}
	return "P60"
}

// defender is a plan of Microsoft Defender for Cloud.
type defender struct{ tier string }

func newDefender(r *reader) domain { return defender{r.text("pricingTier", "Free")} }

func (d defender) components(b *basis) []component {
	if d.tier == "Free" {
		return nil
	}
	return []component{{item: "Defender for Cloud", category: Security, sku: "defender/" + b.r.Name, unit: Month, quantity: exactly(whole(1))}}
}
