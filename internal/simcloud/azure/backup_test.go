package azure

import (
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

func TestRegistryRefuses(t *testing.T) {
	w := newWorld(t)
	good := in(object{"registryName": "explico", "sku": object{"name": "Premium"}, "zoneRedundancy": "Enabled"})
	w.refusals(registryToken, good, refusalCases{
		"name":    {object{"registryName": "ex-plico"}, "may contain only alpha numeric characters"},
		"short":   {object{"registryName": "abc"}, "InvalidResourceName"},
		"basic":   {object{"sku.name": "Basic"}, "does not support zone redundancy"},
		"network": {object{"sku.name": "Standard", "zoneRedundancy": nil, "networkRuleSet": object{"defaultAction": "Deny"}}, "does not support network rules"},
		"export":  {object{"policies": object{"exportPolicy": object{"status": "disabled"}}, "publicNetworkAccess": "Enabled"}, "ExportPolicyCannotBeDisabled"},
		"zones":   {object{"location": "westus"}, "ZoneRedundancyNotSupported"},
	})
	w.make(registryToken, "registry", good)
	_, err := w.try(registryToken, "again", good)
	refused(t, err, "AlreadyInUse: The registry DNS name explico.azurecr.io is already in use")
	rule := simcloud.Values{"resourceGroupName": "rg", "registryName": "explico", "cacheRuleName": "mirror-quay", "sourceRepository": "quay.io/*", "targetRepository": "quay/*"}
	w.make(cacheRuleToken, "quay", rule)
	w.refusals(cacheRuleToken, but(rule, object{"cacheRuleName": "mirror-other"}), refusalCases{
		"target":   {nil, "is already used by cache rule"},
		"wildcard": {object{"targetRepository": "other"}, "CacheRuleWildcardMismatch"},
		"name":     {object{"cacheRuleName": "quay"}, "InvalidCacheRuleName"},
	})
}

func TestBackupRefuses(t *testing.T) {
	w := newWorld(t)
	server := w.make(postgresToken, "db", w.database())
	vault := in(object{
		"vaultName": "vault", "identity": object{"type": "SystemAssigned"}, "properties": object{
			"storageSettings":  []any{object{"datastoreType": "VaultStore", "type": "ZoneRedundant"}},
			"securitySettings": object{"immutabilitySettings": object{"state": "Locked"}, "softDeleteSettings": object{"state": "On", "retentionDurationInDays": 14}},
		},
	})
	w.refusals(backupVaultToken, vault, refusalCases{
		"state": {object{"properties.securitySettings.immutabilitySettings.state": "Firm"}, "expected properties.securitySettings"},
		"days":  {object{"properties.securitySettings.softDeleteSettings.retentionDurationInDays": 7}, "retentionDurationInDays"},
	})
	made := w.make(backupVaultToken, "vault", vault)
	_, err := w.cloud.Update(w.s, backupVaultToken, made.ID, "vault", but(vault, object{"properties.securitySettings.immutabilitySettings.state": "Disabled"}))
	refused(t, err, "UserErrorImmutabilityLocked")
	rules := func(every string) []any {
		return []any{object{"isDefault": true}, object{"trigger": object{"schedule": object{"repeatingTimeIntervals": []any{"R/2026-01-04T02:00:00+00:00/" + every}}}}}
	}
	policy := simcloud.Values{"resourceGroupName": "rg", "vaultName": "vault", "backupPolicyName": "weekly", "properties": object{
		"datasourceTypes": []any{postgresKind}, "policyRules": rules("P1W"),
	}}
	w.refusals(backupPolicyToken, policy, refusalCases{
		"daily":   {object{"properties.policyRules": rules("P1D")}, "weekly only"},
		"when":    {object{"properties.policyRules": rules("often")}, "UserErrorInvalidSchedule"},
		"default": {object{"properties.policyRules": []any{object{}}}, "must have a default retention rule"},
		"type":    {object{"properties.datasourceTypes": []any{"Microsoft.Sql/servers"}}, "UserErrorInvalidDatasourceType"},
	})
	plan := w.make(backupPolicyToken, "weekly", policy)
	instance := simcloud.Values{"resourceGroupName": "rg", "vaultName": "vault", "backupInstanceName": "db", "properties": object{
		"dataSourceInfo": object{"resourceID": server.ID, "datasourceType": postgresKind}, "policyInfo": object{"policyId": plan.ID},
	}}
	w.refusals(backupInstanceToken, instance, refusalCases{
		"rights": {nil, "UserErrorMissingPermissions"},
		"source": {object{"properties.dataSourceInfo.resourceID": server.ID + "x"}, "ResourceNotFound"},
		"kind":   {object{"properties.dataSourceInfo.datasourceType": "Microsoft.Compute/disks"}, "UserErrorPolicyMismatch"},
	})
	w.make(assignmentToken, "may", simcloud.Values{
		"principalId": made.Out.String("identity.principalId"), "principalType": "ServicePrincipal", "roleAssignmentName": newID(4), "scope": server.ID,
		"roleDefinitionId": "/subscriptions/" + subscription + roleDefinitions + "c088a766-074b-43ba-90d4-1fb21feae531",
	})
	r := w.make(backupInstanceToken, "db", instance)
	_, err = w.try(backupInstanceToken, "again", but(instance, object{"backupInstanceName": "again"}))
	refused(t, err, "UserErrorDatasourceAlreadyProtected")
	refused(t, w.cloud.Delete(w.s, backupInstanceToken, r.ID), "UserErrorDeleteNotAllowedForImmutableVault")
	refused(t, w.cloud.Delete(w.s, backupVaultToken, made.ID), "ResourceNotEmpty")
	refused(t, w.cloud.Delete(w.s, backupPolicyToken, plan.ID), "UserErrorPolicyInUse")
}

// Names of accounts, registries and servers are taken for all the world, not for
// a subscription.
func TestNamesOfTheWorld(t *testing.T) {
	w := newWorld(t)
	taken := map[string]simcloud.Values{
		storageToken:  accountIn(nil),
		registryToken: in(object{"registryName": "explico", "sku": object{"name": "Premium"}}),
		postgresToken: in(object{
			"serverName": "explico", "version": "17", "sku": object{"name": "Standard_D2ds_v5", "tier": "GeneralPurpose"}, "storage": object{"storageSizeGB": 128},
		}),
	}
	for token, in := range taken {
		w.make(token, "mine", in)
	}
	s, err := session(simcloud.Values{"subscriptionId": "22222222-2222-3333-4444-555555555555"})
	if err != nil {
		t.Fatal(err)
	}
	w.s = s
	w.make(groupToken, "group", simcloud.Values{"resourceGroupName": "rg", "location": "westeurope"})
	for token, words := range map[string]string{storageToken: "StorageAccountAlreadyTaken", registryToken: "AlreadyInUse", postgresToken: "ServerNameAlreadyExists"} {
		_, err := w.try(token, "theirs", taken[token])
		refused(t, err, words)
	}
}
