package policies

import (
	"slices"
	"strings"
)

var azureDataRules = []rule{
	{
		ids:      "C CKV2_AZURE_57/26",
		topics:   "exposure",
		priority: 1, types: "dbforpostgresql.Server dbforpostgresql.FirewallRule",
		reason: "a database has no business on the internet",
		check: all(
			only(isKind("dbforpostgresql.Server"), related(func(g *graph, r resource) []string {
				inside := r.Inputs.Has("network.delegatedSubnetResourceId") && r.Inputs.Has("network.privateDnsZoneArmResourceId")
				if !inside && len(g.naming("network.PrivateEndpoint", "privateLinkServiceConnections[].privateLinkServiceId", r)) == 0 {
					return complain("is in no subnet, and has no private endpoint")
				}
				return nil
			})),
			only(isKind("dbforpostgresql.FirewallRule"), isNot("startIpAddress", "0.0.0.0")),
		),
		bad: []string{
			`azure/dbforpostgresql.Server database: network.delegatedSubnetResourceId = null`,
			`azure/dbforpostgresql.FirewallRule all: new {"startIpAddress":"0.0.0.0","endIpAddress":"255.255.255.255"}`,
		},
	},
	{
		ids:      "T AZU-0022",
		topics:   "exposure",
		priority: 1, types: "dbforpostgresql.Server",
		reason: "an address that answers the world is attacked by it",
		check:  isNot("network.publicNetworkAccess", "Enabled"),
		bad:    []string{`azure/dbforpostgresql.Server database: network.publicNetworkAccess = "Enabled"`},
	},
	{
		ids:      "T AZU-0020/0026",
		topics:   "inTransit",
		priority: 1, types: "dbforpostgresql.Server",
		reason: "passwords and data cross the network",
		check:  only(azurePrimary, configured("require_secure_transport=on", "ssl_min_protocol_version=TLSv1.2|TLSv1.3")),
		bad: []string{
			`azure/dbforpostgresql.Configuration database-require-secure-transport: value = "off"`,
			`azure/dbforpostgresql.Configuration database-ssl-min-protocol-version: gone`,
		},
	},
	{
		ids:      "T AZU-0019/0021/0024, C CKV_AZURE_30/31/32/146",
		topics:   "audit",
		priority: 2, types: "dbforpostgresql.Server",
		reason: "who was connected, and who tried, is asked afterwards",
		check:  only(azurePrimary, configured("log_connections=on", "log_checkpoints=on", "connection_throttle.enable=on")),
		bad:    []string{`azure/dbforpostgresql.Configuration database-log-connections: value = "off"`},
	},
	{
		ids:      "C CKV_AZURE_136",
		topics:   "backups",
		priority: 2, types: "dbforpostgresql.Server",
		reason: "a region that is lost takes its backups with it",
		check:  only(azurePrimary, is("backup.geoRedundantBackup", "Enabled")),
		bad:    []string{`azure/dbforpostgresql.Server database: backup.geoRedundantBackup = "Disabled"`},
	},
	{
		ids:      "own PG-1 (databases can be had back for as long as promised)",
		topics:   "backups",
		priority: 1, types: "dbforpostgresql.Server",
		reason: "prod's mistakes are found late, after holidays",
		check:  only(azurePrimary, atLeastOf("backup.backupRetentionDays", backupDays)),
		bad:    []string{`azure/dbforpostgresql.Server database: backup.backupRetentionDays = 6`},
	},
	{
		ids:      "own PG-2 (a standby in another zone)",
		topics:   "availability",
		priority: 2, types: "dbforpostgresql.Server",
		reason: "a zone that fails must not take the database with it",
		check:  only(azurePrimary, is("highAvailability.mode", "ZoneRedundant")),
		bad:    []string{`azure/dbforpostgresql.Server database: highAvailability.mode = "SameZone"`},
	},
	{
		ids:      "own PG-3 (people and pods come with tokens)",
		topics:   "identity",
		priority: 2, types: "dbforpostgresql.Server",
		reason: "a password is shared, and is never changed",
		check:  only(azurePrimary, is("authConfig.activeDirectoryAuth", "Enabled")),
		bad:    []string{`azure/dbforpostgresql.Server database: authConfig = null`},
	},
	{
		ids:      "own PG-4 (encrypted with a key of ours)",
		topics:   "atRest",
		priority: 1, types: "dbforpostgresql.Server",
		reason: "who gets hold of a disk or a backup must not get the data",
		check:  all(is("dataEncryption.type", "AzureKeyVault"), has("dataEncryption.primaryKeyURI")),
		bad: []string{
			`azure/dbforpostgresql.Server database: dataEncryption = null`, `azure/dbforpostgresql.Server database: dataEncryption.type = "SystemManaged"`,
		},
	},
	{
		ids:      "T AZU-0008, C CKV_AZURE_3, CIS 9.3.4",
		topics:   "inTransit",
		priority: 1, types: "storage.StorageAccount",
		reason: "what comes in clear can be read and changed on the way",
		check:  is("enableHttpsTrafficOnly", true),
		bad:    []string{`azure/storage.StorageAccount storage: enableHttpsTrafficOnly = false`},
	},
	{
		ids:      "T AZU-0011, C CKV_AZURE_44, CIS 9.3.6",
		topics:   "inTransit",
		priority: 1, types: "storage.StorageAccount",
		reason: "older versions of TLS can be broken",
		check:  is("minimumTlsVersion", "TLS1_2", "TLS1_3"),
		bad:    []string{`azure/storage.StorageAccount storage: minimumTlsVersion = "TLS1_0"`},
	},
	{
		ids:      "C CKV_AZURE_190, CKV2_AZURE_47, CIS 9.3.8",
		topics:   "exposure",
		priority: 1, types: "storage.StorageAccount",
		reason: "a container that is public by mistake is refused",
		check:  is("allowBlobPublicAccess", false),
		bad:    []string{`azure/storage.StorageAccount storage: allowBlobPublicAccess = null`},
	},
	{
		ids:      "T AZU-0012, C CKV_AZURE_35/59, CIS 9.3.2.2/3",
		topics:   "exposure",
		priority: 1, types: "storage.StorageAccount",
		reason: "an account that answers the world needs one stolen token only",
		check:  closed("networkRuleSet.defaultAction", "publicNetworkAccess"),
		bad:    []string{`azure/storage.StorageAccount storage: networkRuleSet.defaultAction = "Allow"`},
	},
	{
		ids:      "C CKV2_AZURE_40, CIS 9.3.1.3",
		topics:   "identity",
		priority: 2, types: "storage.StorageAccount",
		reason: "the account's keys may do everything, and nobody knows who used them",
		check:  is("allowSharedKeyAccess", false),
		bad:    []string{`azure/storage.StorageAccount storage: allowSharedKeyAccess = true`},
	},
	{
		ids:      "T AZU-0010, C CKV_AZURE_36",
		topics:   "availability",
		priority: 2, types: "storage.StorageAccount",
		reason: "backups and logs of Azure's own services come in no other way",
		check: local(func(r resource) []string {
			if !strings.Contains(r.Inputs.String("networkRuleSet.bypass"), "AzureServices") {
				return complain("networkRuleSet.bypass lacks AzureServices")
			}
			return nil
		}),
		bad: []string{`azure/storage.StorageAccount storage: networkRuleSet.bypass = "None"`},
	},
	{
		ids:      "T AZU-0056, C CKV2_AZURE_38, CIS 9.2.1-3",
		topics:   "backups",
		priority: 1, types: "storage.StorageAccount",
		reason: "what is overwritten or deleted by mistake can be had back",
		check: with("storage.BlobServiceProperties", "accountName", all(
			is("deleteRetentionPolicy.enabled", true), is("containerDeleteRetentionPolicy.enabled", true), is("isVersioningEnabled", true),
		)),
		bad: []string{
			`azure/storage.BlobServiceProperties storage: gone`, `azure/storage.BlobServiceProperties storage: isVersioningEnabled = false`,
			`azure/storage.BlobServiceProperties storage: deleteRetentionPolicy = null`,
		},
	},
	{
		ids:      "T AZU-0007, C CKV_AZURE_34",
		topics:   "exposure",
		priority: 1, types: "storage.BlobContainer",
		reason: "everybody reads what is in it",
		check:  is("publicAccess", nil, "None"),
		bad:    []string{`azure/storage.BlobContainer storage-uploads: publicAccess = "Blob"`},
	},
	{
		ids:      "T AZU-0060/0061, C CKV2_AZURE_1, CKV_AZURE_206, CIS 9.3.7",
		topics:   "atRest availability",
		priority: 2, types: "storage.StorageAccount",
		reason: "reading takes a right to the key as well; a zone that fails takes no object with it; nobody copies to another directory",
		check: all(
			is("encryption.keySource", "Microsoft.Keyvault"), is("encryption.requireInfrastructureEncryption", true), is("allowCrossTenantReplication", false),
			isNot("sku.name", "Standard_LRS", "Premium_LRS"),
		),
		bad: []string{
			`azure/storage.StorageAccount storage: encryption.keySource = "Microsoft.Storage"`, `azure/storage.StorageAccount storage: sku.name = "Standard_LRS"`,
			`azure/storage.StorageAccount storage: allowCrossTenantReplication = true`, `azure/storage.StorageAccount storage: encryption.requireInfrastructureEncryption = null`,
		},
	},
	{
		ids:      "C CKV2_AZURE_33",
		topics:   "exposure",
		priority: 2, types: "storage.StorageAccount keyvault.Vault cache.Redis cache.RedisEnterprise",
		reason: "without one, data passes Azure's public addresses",
		check:  some("network.PrivateEndpoint", "privateLinkServiceConnections[].privateLinkServiceId", "private endpoint", func(resource) bool { return true }),
		bad:    []string{`azure/network.PrivateEndpoint storage: gone`, `azure/network.PrivateEndpoint cache: gone`},
	},
	{
		ids:      "C CKV_AZURE_91, K redis_cache_allows_non_ssl_connections",
		topics:   "inTransit",
		priority: 1, types: "cache.Redis cache.RedisEnterpriseDatabase",
		reason: "whoever is in the network could read along",
		check:  all(isNot("enableNonSslPort", true), only(isKind("cache.RedisEnterpriseDatabase"), is("clientProtocol", nil, "Encrypted"))),
		bad: []string{
			`azure/cache.RedisEnterpriseDatabase cache: clientProtocol = "Plaintext"`,
			`azure/cache.Redis old: new {"enableNonSslPort":true,"minimumTlsVersion":"1.2","publicNetworkAccess":"Disabled","sku":{"name":"Premium"},"location":"westeurope"}`,
		},
		also: []string{"C CKV2_AZURE_33", "own TAG-4", "own ALARM-8"}, // the last one is bare
	},
	{
		ids:      "C CKV_AZURE_148",
		topics:   "inTransit",
		priority: 1, types: "cache.Redis cache.RedisEnterprise",
		reason: "older versions of TLS can be broken",
		check:  is("minimumTlsVersion", "1.2"),
		bad:    []string{`azure/cache.RedisEnterprise cache: minimumTlsVersion = "1.0"`},
	},
	{
		ids:      "C CKV_AZURE_89, K redis_entirely_accessible",
		topics:   "exposure",
		priority: 1, types: "cache.Redis cache.RedisFirewallRule cache.FirewallRule",
		reason: "a cache that answers the world is attacked by it",
		check: all(
			only(isKind("cache.Redis"), is("publicNetworkAccess", "Disabled")), isNot("startIP", "0.0.0.0"),
		),
		bad: []string{`azure/cache.FirewallRule all: new {"startIP":"0.0.0.0","endIP":"255.255.255.255"}`},
	},
	{
		ids:      "C CKV_AZURE_230",
		topics:   "availability",
		priority: 2, types: "cache.Redis cache.RedisEnterprise",
		reason: "a machine that fails must not take the cache with it",
		check: all(
			only(isKind("cache.Redis"), isNot("sku.name", "Basic")), only(isKind("cache.RedisEnterprise"), is("highAvailability", nil, "Enabled")),
		),
		bad: []string{`azure/cache.RedisEnterprise cache: highAvailability = "Disabled"`},
	},
	{
		ids:      "own REDIS-3 (clients log in with identities)",
		topics:   "identity",
		priority: 1, types: "cache.RedisEnterpriseDatabase",
		reason: "a key is shared, and lies in a file",
		check:  is("accessKeysAuthentication", "Disabled"),
		bad:    []string{`azure/cache.RedisEnterpriseDatabase cache: accessKeysAuthentication = null`},
	},
	{
		ids:      "C CKV_AZURE_137/138/139",
		topics:   "identity exposure",
		priority: 1, types: "containerregistry.Registry",
		reason: "who pushes an image runs what they like",
		check: all(
			isNot("adminUserEnabled", true), isNot("anonymousPullEnabled", true), closed("networkRuleSet.defaultAction", "publicNetworkAccess"),
		),
		bad: []string{
			`azure/containerregistry.Registry registry: adminUserEnabled = true`, `azure/containerregistry.Registry registry: anonymousPullEnabled = true`,
			`azure/containerregistry.Registry registry: networkRuleSet = null`,
		},
	},
	{
		ids:      "C CKV_AZURE_163/233",
		topics:   "availability",
		priority: 2, types: "containerregistry.Registry",
		reason: "no pod starts while the images cannot be had",
		check:  all(is("sku.name", "Premium"), is("zoneRedundancy", "Enabled")),
		bad:    []string{`azure/containerregistry.Registry registry: zoneRedundancy = "Disabled"`, `azure/containerregistry.Registry registry: sku.name = "Basic"`},
	},
}

// azurePrimary says whether a server is none of the replicas, which take their
// parameters, backups and users from the one that they follow.
func azurePrimary(r resource) bool { return r.Inputs.String("createMode") != "Replica" }

// configured wants parameters of a server, written name=value or
// name=one|other.
func configured(want ...string) check {
	return related(func(g *graph, r resource) (all []string) {
		set := map[string]string{}
		for _, c := range g.naming("dbforpostgresql.Configuration", "serverName", r) {
			set[c.Inputs.String("configurationName")] = strings.ToLower(c.Inputs.String("value"))
		}
		for _, w := range want {
			name, values, _ := strings.Cut(w, "=")
			if !slices.Contains(strings.Split(strings.ToLower(values), "|"), set[name]) {
				all = append(all, "parameter "+name+" is "+orNotSet(set[name])+", want "+strings.ReplaceAll(values, "|", " or "))
			}
		}
		return all
	})
}

// closed wants public access to be off, or to be denied but for named networks.
func closed(action, access string) check {
	return local(func(r resource) []string {
		if r.Inputs.Get(action) == "Deny" || strings.EqualFold(r.Inputs.String(access), "disabled") {
			return nil
		}
		return complain("answers everybody: %s is %v, %s is %v", access, text(r.Inputs.Get(access)), action, text(r.Inputs.Get(action)))
	})
}
