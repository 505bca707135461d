package settings

import (
	"strings"
	"testing"
)

// azureBreaches are the bad examples of Azure's rules.
var azureBreaches = []breach{
	{BadAccount, "azure.subscriptionId", with(set("azure.subscriptionId", "explico"))},
	{BadAccount, "azure.tenantId", with(set("azure.tenantId", "1"))},
	{ExampleValue, "azure.subscriptionId", with(set("azure.subscriptionId", "00000000-0000-0000-0000-000000000001"))},
	{UnknownRegion, "region", with(set("region", "westeurpoe"))},
	{UnknownRegion, "region", with(set("region", "westus"))},
	{CloudLacks, "azure.geoRedundant", inPoland},
	{UnknownZone, "network.zones.westeurope-4", with(set("network.zones.westeurope-4", 2))},
	{UnknownZone, "network.zones.1", with(set("network.zones.1", 2))},
	{NoWayOut, "network.nat", with(set("network.nat", "none"))},
	{Missing, "network.podCidr", with(set("network.podCidr", ""))},
	{BadEndpoint, "network.flowLogs", with(set("network.flowLogs", "REJECT"))},
	{BadRole, "cluster.access.ops.role", with(set("cluster.access.ops.role", "group:ops"), set("cluster.access.ops.level", "view"))},
	{NoHome, "cluster.nodeGroups.system", with(set("cluster.nodeGroups.system", nil), set("cluster.nodeGroups.system.min", 0))},
	{NoHome, "cluster.nodeGroups.system", with(set("cluster.nodeGroups.system.spot", true))},
	{BadInstance, "cluster.nodeGroups.apps.instances[1]", with(set("cluster.nodeGroups.apps.instances", []string{"Standard_D4pds_v5", "Standard_D8pds_v5"}))},
	{BadInstance, "cluster.nodeGroups.apps.instances[0]", with(set("cluster.nodeGroups.apps.instances", []string{"m7g.large"}))},
	{BadGPU, "cluster.nodeGroups.apps.instances[0]", with(set("cluster.nodeGroups.apps.instances", []string{"Standard_NC4as_T4_v3"}))},
	{SmallDisk, "cluster.nodeGroups.apps.diskGiB", with(set("cluster.nodeGroups.apps.diskGiB", 25))},
	{BadEngine, "database.engineVersion", with(set("database.engineVersion", "17.6"))},
	{BadClass, "database.instance", with(set("database.instance", "db.m7g.large"))},
	{BadClass, "database.multiAz", with(set("database.multiAz", true))},
	{BadClass, "database.proxy", with(set("database.proxy", true))},
	{BadStorage, "database.storageGiB", with(set("database.storageGiB", 100))},
	{BadReplicas, "database.replicas", with(set("database.replicas", 6), set("database.instance", "Standard_D2ds_v5"))},
	{BadBackupDays, "database.backupDays", with(set("database.backupDays", 3))},
	{CloudLacks, "database.restore.snapshot", with(set("database.restore.snapshot", "explico-prod-database-final"))},
	{BadRestore, "database.restore.time", with(set("database.restore.from", server), set("database.restore.time", "latest"))},
	{BadRestore, "database.restore.from", with(set("database.restore.from", "explico-prod-database"), set("database.restore.time", "2026-11-02T08:30:00Z"))},
	{BadRestore, "azure.geoRestore", with(set("azure.geoRestore", true))},
	{CloudLacks, "azure.geoRestore", geoRestoredIn("swedencentral")},
	{BadAdministrator, "azure.databaseAdministrators.explico", administered("explico", objectID, "Group")},
	{BadAdministrator, "azure.databaseAdministrators.Data team ", administered("Data team ", objectID, "Group")},
	{BadAdministrator, "azure.databaseAdministrators.dba.objectId", administered("dba", "group:dba", "Group")},
	{BadAdministrator, "azure.databaseAdministrators.dba.objectId", append(administered("dba", objectID, "Group"), administered("another", objectID, "Group")...)},
	{Missing, "azure.databaseAdministrators.dba.objectId", administered("dba", nil, "Group")},
	{Missing, "azure.databaseAdministrators.dba.kind", administered("dba", objectID, nil)},
	{UnknownWord, "azure.databaseAdministrators.dba.kind", administered("dba", objectID, "Person")},
	{Missing, "database.password", with(set("database.password", nil))},
	{BadPassword, "database.password", with(set("database.password", "short"))},
	{BadTime, "azure.passwordExpires", with(set("azure.passwordExpires", "2027-13-01"))},
	{Missing, "azure.budgetSince", with(set("costs.monthlyBudgetUSD", 100))},
	{BadTime, "azure.budgetSince", with(set("azure.budgetSince", "2026-13"))},
	{CloudLacks, "database.maxStorageGiB", with(set("database.maxStorageGiB", 200))},
	{BadClass, "cache.node", with(set("cache.node", "cache.t4g.micro"))},
	{BadClass, "cache.replicas", with(set("cache.replicas", 2), set("cache.multiAz", true))},
	{BadCacheUser, "cache.users", with(set("cache.users", map[string]any{"app": nil}))},
	{BadName, "cache.users.read-only", with(set("cache.users.read-only.access", "on +@read"))},
	{CloudLacks, "cache.users.app.access", with(set("cache.users.app.access", "on ~app:* +@read"))},
	{CloudLacks, "cache.users.app.access", with(set("cache.users.app.access", Defaults(AWSCloud).Cache.Users["app"].Access))},
	{BadCacheUser, "cache.users.app.serviceAccounts[0]", with(set("cache.users.app.serviceAccounts", []string{"backend"}))},
	{CloudLacks, "cache.shards", with(set("cache.shards", 3))},
	{CloudLacks, "secrets.names.backend.rotationDays", with(set("secrets.names.backend.rotationDays", 30), set("secrets.names.backend.rotationFunction", "x"))},
	{BadLogDays, "logs.days", with(set("logs.days", 7))},
	{OutsideZone, "domain.zoneId", with(set("domain.zoneId", "Z0EXPLICO123456789"), set("domain.zone", "example.com"))},
	{BadRate, "waf.rateLimits.all.windowSeconds", with(set("waf.rateLimits.all.windowSeconds", 120))},
	{BadName, "waf.rateLimits.log-in", with(set("waf.rateLimits.log-in.requests", 100))},
	{BadBackup, "backup.days", with(set("backup.days", 5))},
	{BadBackup, "backup.days", with(set("backup.days", 3651))},
	{BadState, "ci.stateBucket", with(set("ci.repository", "a/b"), set("ci.stateBucket", "arn:aws:s3:::state"))},
	{UnknownReference, "costs.referenceRegion", with(set("costs.referenceRegion", "us-east-1"))},
	{CloudLacks, "operators.pools", with(set("operators.pools.apps.cpus", 8))},
	{CloudLacks, "compute", with(set("compute", "ecs"))},
	{CloudLacks, "network.ipv6", with(set("network.ipv6", true))},
}

const server = "/subscriptions/0f5e7c1a-2b3c-4d5e-8f90-123456789abc/resourceGroups/explico-prod/providers/Microsoft.DBforPostgreSQL/flexibleServers/explico-prod-database"

const objectID = "0f5e7c1a-2b3c-4d5e-8f90-123456789abc"

// administered is a stack whose database somebody administers.
func administered(name string, id, kind any) []edit {
	return with(
		setIn("azure.databaseAdministrators", name, map[string]any{}),
		edit{[]string{"azure", "databaseAdministrators", name, "objectId"}, id}, edit{[]string{"azure", "databaseAdministrators", name, "kind"}, kind},
	)
}

// geoRestoredIn is a stack whose database begins with the copy of another region's.
func geoRestoredIn(region string) []edit {
	return with(
		set("azure.geoRestore", true), set("database.restore.from", server), set("database.restore.time", "2026-11-02T08:30:00Z"),
		set("region", region), set("network.zones", map[string]int{region + "-1": 0, region + "-2": 1}),
	)
}

// Backups of no days and of Azure's fewest, a server at a time and its copy, and
// administrators of every kind are fine.
func TestGoodFileOnAzure(t *testing.T) {
	for name, edits := range map[string][]edit{
		"the smallest": nil, "no backups": with(set("backup.days", 0)), "a week": with(set("backup.days", 7)),
		"a moment": with(set("database.restore.from", server), set("database.restore.time", "2026-11-02T08:30:00Z")),
		"a copy":   geoRestoredIn("northeurope"), "a group": administered("Data team", objectID, "Group"),
		"a person": administered("anna@explico.dev", objectID, "User"), "an application": administered("reports", objectID, "ServicePrincipal"),
		"a user of the cache": with(set("cache.users.reports.serviceAccounts", []string{"explico/reports"})),
	} {
		if s, all := loadYAML(goodFileOn(t, AzureCloud, edits...)); s == nil || len(all) > 0 {
			t.Errorf("%s has problems:\n%s", name, lines(all))
		}
	}
}

// inPoland is a stack with copies in a region that has no pair.
var inPoland = with(
	set("azure.geoRedundant", true), set("region", "polandcentral"), set("network.zones", map[string]int{"polandcentral-1": 0, "polandcentral-2": 1, "polandcentral-3": 2}),
)

// A region has the name that people see, which without spaces is its own; it is
// no pair of itself.
func TestAzureRegions(t *testing.T) {
	for region, r := range azureRegions {
		if got := strings.ToLower(strings.ReplaceAll(r.name, " ", "")); got != region {
			t.Errorf("%s is called %s", region, r.name)
		}
		if r.pair == region || r.pair != "" && !r.zones {
			t.Errorf("%s is paired with %q", region, r.pair)
		}
	}
	if AzureRegionName("westeurope") != "West Europe" || AzurePair("westeurope") != "northeurope" || AzurePair("polandcentral") != "" {
		t.Error("the regions are wrong")
	}
}

func TestAzureSizes(t *testing.T) {
	for size, want := range map[string]machine{
		"Standard_D4pds_v5": {4000, 16384, 0}, "Standard_E8ds_v5": {8000, 65536, 0}, "Standard_D2pls_v5": {2000, 4096, 0},
		"Standard_NC64as_T4_v3": {64000, 450560, 4},
	} {
		if got, known := azureMachine(size); !known || got != want {
			t.Errorf("%s: got %+v, want %+v", size, got, want)
		}
	}
	for _, size := range []string{"Standard_D3s_v5", "Standard_D4s_v9", "m7g.large", "Standard_NC4as_T4_v4"} {
		if _, known := azureMachine(size); known {
			t.Errorf("%s is known", size)
		}
	}
}
