package settings

import "testing"

// gcpBreaches are the bad examples of the rules of Google Cloud.
var gcpBreaches = []breach{
	{Missing, "gcp.project", with(set("gcp.project", nil))},
	{BadProject, "gcp.project", with(set("gcp.project", "Explico"))},
	{BadProject, "gcp.impersonate", with(set("gcp.impersonate", "deploy"))},
	{BadProject, "gcp.securityGroup", with(set("gcp.securityGroup", "team@explico.dev"))},
	{BadProject, "gcp.identityPool", with(set("gcp.identityPool", "gcp-pool"))},
	{BadProject, "gcp.billingAccount", with(set("gcp.billingAccount", "mine"))},
	{Missing, "gcp.billingAccount", with(set("costs.monthlyBudgetUSD", 100))},
	{BadProvisioning, "gcp.autoProvisioning", with(set("gcp.autoProvisioning.cpus", 10))},
	{BadProvisioning, "gcp.autoProvisioning.gpus.nvidia-l4", with(set("gcp.autoProvisioning.gpus.nvidia-l4", 0))},
	{BadExclusion, "gcp.exclusions.sale.start", excluded("tomorrow", "2027-01-05T00:00:00Z", "NO_UPGRADES")},
	{BadExclusion, "gcp.exclusions.sale.end", excluded("2026-12-20T00:00:00Z", "", "NO_UPGRADES")},
	{BadExclusion, "gcp.exclusions.sale.end", excluded("2026-12-20T00:00:00Z", "2026-12-19T00:00:00Z", "NO_UPGRADES")},
	{BadExclusion, "gcp.exclusions.sale.end", excluded("2026-12-20T00:00:00Z", "2027-02-05T00:00:00Z", "NO_UPGRADES")},
	{Missing, "gcp.exclusions.sale.scope", excluded("2026-12-20T00:00:00Z", "2027-01-05T00:00:00Z", nil)},
	{UnknownWord, "gcp.exclusions.sale.scope", excluded("2026-12-20T00:00:00Z", "2027-01-05T00:00:00Z", "none")},
	{BadDatabaseUser, "gcp.databaseUsers.reports", with(set("gcp.databaseUsers.reports", "user:anna@explico.dev"))},
	{BadDatabaseUser, "gcp.databaseUsers.reports", with(set("gcp.databaseUsers.reports", ""))},
	{BadDatabaseUser, "gcp.databaseUsers.reports", with(set("gcp.databaseUsers.jobs", reportsAccount), set("gcp.databaseUsers.reports", reportsAccount))},
	{BadName, "gcp.databaseUsers.Reports", with(set("gcp.databaseUsers.Reports", reportsAccount))},
	{UnknownRegion, "gcp.farReplica.region", with(set("gcp.farReplica.region", "europe-west-4"))},
	{BadFarReplica, "gcp.farReplica.region", with(set("gcp.farReplica.region", "europe-west1"))},
	{BadReplicas, "database.replicas", with(set("gcp.farReplica.region", "europe-west4"), set("database.replicas", 10))},
	{Missing, "region", with(set("region", nil))},
	{UnknownRegion, "region", with(set("region", "eu-west-1"))},
	{UnknownZone, "network.zones.europe-west4-a", with(set("network.zones.europe-west4-a", 2))},
	{Missing, "network.podCidr", with(set("network.podCidr", ""))},
	{RangeSize, "cluster.serviceCidr", with(set("cluster.serviceCidr", "172.16.0.0/12"))},
	{CloudLacks, "network.ipv6", with(set("network.ipv6", true))},
	{CloudLacks, "network.natZone", with(set("network.natZone", "europe-west1-b"))},
	{CloudLacks, "compute", with(set("compute", "ecs"))},
	{CloudLacks, "operators.pools", with(set("operators.pools.apps.instances", []string{"m7g"}))},
	{CloudLacks, "cache.users", with(set("cache.users.app.access", "on ~* +@all"))},
	{CloudLacks, "shield", with(set("shield.enabled", true))},
	{CloudLacks, "aws", with(set("aws.accountId", "999900001111"))},
	{BadRole, "cluster.access.ci.role", with(set("cluster.access.ci.role", "arn:aws:iam::999900001111:role/ci"), set("cluster.access.ci.level", "view"))},
	{BadRole, "cluster.access.ci.role", with(set("cluster.access.ci.role", "group:oncall@explico.dev"), set("cluster.access.ci.level", "view"))},
	{BadName, "cluster.nodeGroups.a-group-of-many-nodes", with(set("cluster.nodeGroups.a-group-of-many-nodes.instances", []string{"e2-standard-4"}))},
	{BadInstance, "cluster.nodeGroups.apps.instances[0]", with(set("cluster.nodeGroups.apps.instances", []string{"m7g.large"}))},
	{BadInstance, "cluster.nodeGroups.apps.instances[0]", with(set("cluster.nodeGroups.apps.instances", []string{"c4a-standard-4"}))},
	{BadInstance, "cluster.nodeGroups.batch.instances[0]", with(set("cluster.nodeGroups.batch.instances", []string{"n4-standard-4"}))},
	{BadInstance, "cluster.nodeGroups.apps.instances[1]", with(set("cluster.nodeGroups.apps.instances", []string{"e2-standard-4", "e2-standard-8"}))},
	{BadGPU, "cluster.nodeGroups.apps.instances[0]", with(set("cluster.nodeGroups.apps.instances", []string{"g2-standard-4"}))},
	{BadGPU, "cluster.nodeGroups.gpu.instances[0]", with(set("cluster.nodeGroups.gpu.instances", []string{"e2-standard-4"}))},
	{BadEngine, "database.engineVersion", with(set("database.engineVersion", "17.6"))},
	{BadClass, "database.instance", with(set("database.instance", "db.t4g.medium"))},
	{BadClass, "database.instance", with(set("database.instance", "db-f1-micro"), set("database.multiAz", true))},
	{BadStorage, "database.storageGiB", with(set("database.storageGiB", 5))},
	{BadMaxStorage, "database.maxStorageGiB", with(set("database.maxStorageGiB", 20))},
	{BadReplicas, "database.replicas", with(set("database.replicas", 11))},
	{Missing, "database.password", with(set("database.password", nil))},
	{BadPassword, "database.password", with(set("database.password", "short"))},
	{BadCacheVersion, "cache.engineVersion", with(set("cache.engineVersion", "8.1"))},
	{BadCacheNode, "cache.node", with(set("cache.node", "cache.m7g.large"))},
	{BadCacheShape, "cache.replicas", with(set("cache.node", "2Gi"), set("cache.replicas", 2), set("cache.multiAz", true))},
	{BadSecret, "secrets.names.cache", with(set("secrets.names.cache.purpose", "mine"))},
	{BadRotation, "secrets.names.backend.rotationFunction", with(set("secrets.names.backend.rotationFunction", "rotate"))},
	{Missing, "gcp.firstRotation", with(set("secrets.names.backend.rotationDays", 30))},
	{BadRotation, "gcp.firstRotation", with(set("gcp.firstRotation", "tomorrow"))},
	{BadMirror, "registry.mirrors[0]", with(set("registry.mirrors", []string{"nvcr.io"}))},
	{BadMirror, "registry.mirrors[1]", with(set("registry.mirrors", []string{"quay.io", "quay.io"}))},
	{Missing, "domain.name", with(set("domain", nil))},
	{BadDomain, "domain.zoneId", with(set("domain.zoneId", "Z0123456789ABCDEFGHIJ"))},
	{BadRuleGroup, "waf.groups.ipReputation", with(set("waf.groups.ipReputation", map[string]any{}))},
	{BadRate, "waf.rateLimits.all.windowSeconds", with(set("waf.rateLimits.all.windowSeconds", 45))},
	{BadRate, "waf.rateLimits.all.requests", with(set("waf.rateLimits.all.requests", 1000001))},
	{BadState, "ci.stateBucket", with(set("ci.repository", "te-explico/infrastructure"), set("ci.stateBucket", "arn:aws:s3:::state"))},
	{BadBackup, "backup.days", with(set("backup.days", 400))},
	{BadContinuous, "backup.continuousDays", with(set("backup.continuousDays", 3))},
	{BadLock, "backup.lock.minDays", with(set("backup.days", 100), set("backup.lock.mode", "governance"), set("backup.lock.minDays", 95), set("backup.lock.maxDays", 200))},
}

const reportsAccount = "reports@explico-data.iam.gserviceaccount.com"

// Accounts of any project log in to the database, and nine replicas go with one far
// away.
func TestGoodDatabaseOnGoogleCloud(t *testing.T) {
	s, all := loadYAML(goodFileOn(t, GCPCloud, set("gcp.databaseUsers.reports", reportsAccount),
		set("gcp.databaseUsers.nodes", "123456789012-compute@developer.gserviceaccount.com"),
		set("gcp.farReplica.region", "europe-west4"), set("database.replicas", 9)))
	if s == nil || len(all) > 0 {
		t.Errorf("a database has problems:\n%s", lines(all))
	}
}

// excluded is a stack with a time without upgrades.
func excluded(start, end string, scope any) []edit {
	return with(set("gcp.exclusions.sale.start", start), set("gcp.exclusions.sale.end", end), set("gcp.exclusions.sale.scope", scope))
}

func TestGoodExclusions(t *testing.T) {
	for _, edits := range [][]edit{
		excluded("2026-12-20T00:00:00Z", "2027-01-05T00:00:00Z", "NO_UPGRADES"), excluded("2026-12-20T00:00:00Z", "2027-05-05T00:00:00Z", "NO_MINOR_UPGRADES"),
	} {
		if s, all := loadYAML(goodFileOn(t, GCPCloud, edits...)); s == nil || len(all) > 0 {
			t.Errorf("an exclusion has problems:\n%s", lines(all))
		}
	}
}

func TestGoodFileOnGoogleCloud(t *testing.T) {
	if s, all := loadYAML(goodFileOn(t, GCPCloud)); s == nil || len(all) > 0 {
		t.Errorf("the smallest file has problems:\n%s", lines(all))
	}
}

func TestGCPMachine(t *testing.T) {
	for name, want := range map[string]machine{
		"n2d-standard-4": {4000, 16384, 0}, "e2-highcpu-8": {8000, 8192, 0}, "g2-standard-24": {24000, 98304, 2}, "c4a-highmem-2": {2000, 16384, 0},
	} {
		if got, known := gcpMachine(name); !known || got != want {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
	for _, name := range []string{"m7g.large", "n2d-standard", "n2d-odd-4", "n2d-standard-x", ""} {
		if got, known := gcpMachine(name); known {
			t.Errorf("%s: got %v, want nothing", name, got)
		}
	}
}
