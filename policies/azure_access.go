package policies

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

var azureAccessRules = []rule{
	{
		ids:      "T AZU-0016, C CKV_AZURE_110, CIS 8.3.5",
		topics:   "backups secrets",
		priority: 1, types: "keyvault.Vault",
		reason: "with the key all that it encrypts is gone: somebody must have the time to notice",
		check:  is("properties.enablePurgeProtection", true),
		bad:    []string{`azure/keyvault.Vault keys: properties.enablePurgeProtection = null`},
	},
	{
		ids:      "C CKV_AZURE_42/111",
		topics:   "backups",
		priority: 1, types: "keyvault.Vault",
		reason: "what is deleted by mistake can be had back",
		check: all(isNot("properties.enableSoftDelete", false), local(func(r resource) []string {
			if n := r.Inputs.Get("properties.softDeleteRetentionInDays"); n != nil && r.Inputs.Int("properties.softDeleteRetentionInDays") < 7 {
				return complain("softDeleteRetentionInDays is %v, want 7 or more", n)
			}
			return nil // 90 if nothing is said
		})),
		bad: []string{`azure/keyvault.Vault keys: properties.enableSoftDelete = false`},
	},
	{
		ids:      "CIS 8.3.6",
		topics:   "rights",
		priority: 1, types: "keyvault.Vault",
		reason: "access policies give rights to all keys at once, and are seen in no list of roles",
		check:  is("properties.enableRbacAuthorization", true),
		bad:    []string{`azure/keyvault.Vault keys: properties.enableRbacAuthorization = false`},
	},
	{
		ids:      "T AZU-0013, C CKV_AZURE_109/189, CIS 8.3.7",
		topics:   "exposure",
		priority: 1, types: "keyvault.Vault",
		reason: "a vault that answers the world needs one stolen token only",
		check:  closed("properties.networkAcls.defaultAction", "properties.publicNetworkAccess"),
		bad:    []string{`azure/keyvault.Vault keys: properties.networkAcls.defaultAction = "Allow"`},
	},
	{
		ids:      "T AZU-0014/0017/0015, C CKV_AZURE_40/41/114",
		topics:   "secrets",
		priority: 2, types: "keyvault.Key keyvault.Secret",
		reason: "a key or a value that got out is of use for ever",
		check: all(
			local(func(r resource) []string {
				if !r.Inputs.Has("properties.attributes.expires") && !r.Inputs.Has("properties.rotationPolicy.attributes.expiryTime") {
					return complain("does not expire")
				}
				return nil
			}),
			only(isKind("keyvault.Secret"), has("properties.contentType")),
		),
		bad: []string{
			`azure/keyvault.Key database: properties.rotationPolicy = null`, `azure/keyvault.Secret database-administrator: properties.contentType = null`,
			`azure/keyvault.Secret database-administrator: properties.attributes = {"enabled":true}`,
		},
	},
	{
		ids:      "CIS 6.1.1.4",
		topics:   "audit",
		priority: 2, types: "keyvault.Vault",
		reason: "who used which key is asked after a leak",
		check:  records("AuditEvent"),
		bad:    []string{`azure/insights.DiagnosticSetting keys: gone`},
	},
	{
		ids:      "T AZU-0030/0052, C CKV_AZURE_39, CIS 5.4",
		topics:   "rights",
		priority: 1, types: "authorization.RoleDefinition authorization.RoleAssignment",
		reason: "who has all rights to the subscription can take it",
		check:  all(only(isKind("authorization.RoleDefinition"), local(noStar)), only(isKind("authorization.RoleAssignment"), local(noSweep))),
		bad: []string{
			`azure/authorization.RoleDefinition all: new {"permissions":[{"actions":["*"]}]}`,
			`azure/authorization.RoleAssignment cluster-network: roleDefinitionId = "/subscriptions/1/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635"`,
			`azure/authorization.RoleAssignment wide: new {"scope":"/subscriptions/00000000-0000-0000-0000-000000000001","roleDefinitionId":"/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c"}`,
		},
	},
	{
		ids:      "own TAG-4 (component and owner on all that can be tagged)",
		topics:   "inventory",
		priority: 1,
		types: "containerservice.ManagedCluster containerservice.AgentPool dbforpostgresql.Server storage.StorageAccount keyvault.Vault keyvault.Key " +
			"cache.Redis cache.RedisEnterprise containerregistry.Registry network.VirtualNetwork network.NetworkSecurityGroup network.PrivateEndpoint " +
			"network.PublicIPAddress network.ApplicationGateway operationalinsights.Workspace resources.ResourceGroup managedidentity.UserAssignedIdentity",
		reason: "nobody knows what a resource without a name is for, and a bill is asked by stack, team and cost centre",
		check: local(func(r resource) (all []string) {
			for _, key := range append([]string{"component"}, r.want.Tags...) {
				if !r.Inputs.Has("tags." + key) {
					all = append(all, "tags lacks "+key)
				}
			}
			return all
		}),
		bad: []string{`azure/storage.StorageAccount storage: tags.component = null`, `azure/keyvault.Vault keys: tags.team = null`, `azure/keyvault.Vault keys: tags = null`},
	},
	{
		ids:      "own REGION-4 (data stays in the regions that settings.yaml allows)",
		topics:   "residency",
		priority: 1,
		types:    "containerservice.ManagedCluster dbforpostgresql.Server storage.StorageAccount keyvault.Vault cache.Redis cache.RedisEnterprise containerregistry.Registry containerregistry.Replication operationalinsights.Workspace",
		reason:   "personal data that leaves the Union needs a legal ground of its own (GDPR, chapter V)",
		check: local(func(r resource) []string {
			place := strings.ToLower(strings.ReplaceAll(r.Inputs.String("location"), " ", ""))
			if place == "" || anyMatches(r.want.Regions, place) {
				return nil // the group's region if nothing is said
			}
			return complain("is in %s, want a region of %s", place, strings.Join(r.want.Regions, ", "))
		}),
		bad: []string{`azure/dbforpostgresql.Server database: location = "eastus"`, `azure/storage.StorageAccount storage: location = "West US"`},
	},
	{
		ids:      "own ALARM-8 (database, cache and cluster have their alerts)",
		topics:   "alerts",
		priority: 1, types: "dbforpostgresql.Server cache.Redis cache.RedisEnterprise containerservice.ManagedCluster",
		reason: "a full disk or a full cache is seen days before it stops everything",
		check:  some("insights.MetricAlert", "scopes[]", "alert", func(a resource) bool { return a.Inputs.Get("enabled") != false }),
		bad:    []string{`azure/insights.MetricAlert monitoring-database: gone`, `azure/insights.MetricAlert monitoring-cluster: enabled = false`},
	},
	{
		ids:      "own ALARM-9 (alerts tell somebody)",
		topics:   "alerts",
		priority: 1, types: "insights.MetricAlert insights.ScheduledQueryRule",
		reason: "an alarm that nobody hears is a chart",
		check: local(func(r resource) []string {
			if r.Inputs.Count("actions[]") == 0 && !r.Inputs.Has("actions.actionGroups") {
				return complain("has no actions")
			}
			return nil
		}),
		bad: []string{`azure/insights.MetricAlert monitoring-database: actions = []`},
	},
	{
		ids:      "own FAMILY-3 (machines are of approved families)",
		topics:   "patching",
		priority: 2, types: "containerservice.ManagedCluster containerservice.AgentPool dbforpostgresql.Server",
		reason: "old families are slower, dearer and lack what encrypts memory",
		check: local(func(r resource) (all []string) {
			for _, p := range []string{"agentPoolProfiles[].vmSize", "vmSize", "sku.name"} {
				for _, machine := range r.Inputs.Strings(p) {
					if machine != "Base" && !anyMatches(r.want.Families, machine) {
						all = append(all, machine+" is of no approved family (policies/settings.yaml)")
					}
				}
			}
			return all
		}),
		bad: []string{`azure/containerservice.AgentPool cluster-apps: vmSize = "Standard_A2"`, `azure/dbforpostgresql.Server database: sku.name = "Standard_D2s_v2"`},
	},
}

// noStar refuses a role that may do everything.
func noStar(r resource) []string {
	if slices.Contains(r.Inputs.Strings("permissions[].actions[]"), "*") {
		return complain("allows everything")
	}
	return nil
}

// sweepingRoles are Azure's own that give everything, or the right to give it.
// Source: Azure built-in roles, https://learn.microsoft.com/azure/role-based-access-control/built-in-roles, read 2026-11.
var sweepingRoles = map[string]string{
	"8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner", "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "User Access Administrator",
	"b24988ac-6180-42a0-ab88-20f7382dd24c": "Contributor",
}

var subscriptionScope = regexp.MustCompile(`^/subscriptions/[^/]+/?$`)

// noSweep refuses an owner anywhere, and a contributor of a whole subscription.
func noSweep(r resource) []string {
	role := sweepingRoles[path.Base(r.Inputs.String("roleDefinitionId"))]
	if role == "" || role != "Owner" && !subscriptionScope.MatchString(r.Inputs.String("scope")) {
		return nil
	}
	return complain("makes somebody %s", role)
}
