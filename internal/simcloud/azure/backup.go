package azure

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	backupModule        = "azure-native:dataprotection/v20240401:"
	backupVaultToken    = backupModule + "BackupVault"
	backupPolicyToken   = backupModule + "BackupPolicy"
	backupInstanceToken = backupModule + "BackupInstance"
	backupKind          = "Microsoft.DataProtection/backupVaults"
)

// Source: "Naming rules and restrictions for Azure resources",
// Microsoft.DataProtection, and its REST reference 2024-04-01; read 2026-11.
var (
	backupVaultName  = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{1,49}$`)
	backupPolicyName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{2,149}$`)
	backupInterval   = regexp.MustCompile(`^R/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\+\d\d:\d\d|Z)/P(\d+[DWM]|T\d+H)$`)
	// backupSources are what a vault can back up, with the role that its identity
	// needs on it.
	backupSources = map[string]string{
		"Microsoft.Storage/storageAccounts/blobServices": "Storage Account Backup Contributor",
		"Microsoft.DBforPostgreSQL/flexibleServers":      "PostgreSQL Flexible Server Long Term Retention Backup Role",
		"Microsoft.Compute/disks":                        "Disk Backup Reader",
	}
)

func backupTypes() []*simcloud.Type {
	return []*simcloud.Type{
		inGroup(backupKind, "vaultName", simcloud.Type{
			Token: backupVaultToken, Noun: "backup vault", Takes: 20 * time.Second, Required: []string{"properties.storageSettings"},
			Replace:  []string{"properties.storageSettings"},
			Computed: []string{"identity.principalId"},
			InUse:    "ResourceNotEmpty: The backup vault %s cannot be deleted as there are existing resources within the vault.",
			Validate: backupVaultValid, Refuse: refuseBackupVault,
			Outputs: func(op *simcloud.Op) simcloud.Values {
				identity := map[string]any{"principalId": newGUID(op, "identity"), "tenantId": DefaultTenant}
				if m, ok := op.In.Get("identity").(map[string]any); ok {
					for k, v := range m {
						identity[k] = v
					}
				}
				if op.Old != nil {
					identity["principalId"] = op.Old.Out.String("identity.principalId")
				}
				return simcloud.Values{"identity": identity}
			},
		}),
		inside(backupKind, "vaultName", backupVaultToken, "backupPolicies", "backupPolicyName", simcloud.Type{
			Token: backupPolicyToken, Noun: "backup policy", Takes: 5 * time.Second, Required: []string{"properties.policyRules"},
			InUse:    "UserErrorPolicyInUse: The backup policy %s is in use by backup instances.",
			Validate: backupPolicyValid,
			// A policy changes for new instances alone: Azure takes no change of one.
			Refuse: func(op *simcloud.Op) error {
				return steady(op, "UserErrorPolicyUpdateNotSupported", "The policy's %s cannot be changed.", "properties.datasourceTypes")
			},
		}),
		inside(backupKind, "vaultName", backupVaultToken, "backupInstances", "backupInstanceName", simcloud.Type{
			Token: backupInstanceToken, Noun: "backup instance", Takes: 2 * time.Minute,
			Required: []string{"properties.dataSourceInfo.resourceID", "properties.policyInfo.policyId"},
			Replace:  []string{"properties.dataSourceInfo"},
			Refs: []simcloud.Ref{
				idRef("properties.policyInfo.policyId", true, backupPolicyToken),
				{Path: "vaultName", To: []string{backupVaultToken}, By: "name", Holds: true, Missing: "ResourceNotFound: The vault '%s' was not found."},
			},
			Refuse: refuseBackupInstance,
			// Before their time immutable backups go nowhere.
			Delete: func(op *simcloud.Op) error {
				v := op.Find(backupVaultToken, "name", op.In.String("vaultName"))
				if v != nil && slices.Contains([]string{"Locked", "Unlocked"}, v.In.String("properties.securitySettings.immutabilitySettings.state")) {
					return simcloud.Refusal("UserErrorDeleteNotAllowedForImmutableVault",
						"The backup instance %s has unexpired recovery points, and the vault is immutable. Stop its protection and retain the data.", op.In.String("backupInstanceName"))
				}
				return nil
			},
		}),
	}
}

func backupVaultValid(in simcloud.Values) []error {
	errs := simcloud.Problems(named(in, "vaultName", backupVaultName, "InvalidVaultName"), inRegion(in, backupKind, "zones[]"),
		simcloud.OneOf(in, "properties.securitySettings.immutabilitySettings.state", "Disabled", "Unlocked", "Locked"),
		simcloud.OneOf(in, "properties.securitySettings.softDeleteSettings.state", "Off", "On", "AlwaysOn"),
		simcloud.Between(in, "properties.securitySettings.softDeleteSettings.retentionDurationInDays", 14, 180))
	for _, s := range in.Objects("properties.storageSettings[]") {
		errs = append(errs, simcloud.Problems(simcloud.OneOf(s, "type", "LocallyRedundant", "ZoneRedundant", "GeoRedundant"),
			simcloud.OneOf(s, "datastoreType", "VaultStore", "OperationalStore", "ArchiveStore"))...)
	}
	return errs
}

// refuseBackupVault refuses to take a lock back.
func refuseBackupVault(op *simcloud.Op) error {
	if op.Old == nil {
		return nil
	}
	path := "properties.securitySettings.immutabilitySettings.state"
	if op.Old.In.String(path) == "Locked" && op.In.String(path) != "Locked" {
		return simcloud.Refusal("UserErrorImmutabilityLocked", "Immutability of the vault is locked and cannot be changed.")
	}
	path = "properties.securitySettings.softDeleteSettings.state"
	if op.Old.In.String(path) == "AlwaysOn" && op.In.String(path) != "AlwaysOn" {
		return simcloud.Refusal("UserErrorSoftDeleteAlwaysOn", "Soft delete of the vault is always on and cannot be changed.")
	}
	return nil
}

func backupPolicyValid(in simcloud.Values) []error {
	errs := simcloud.Problems(named(in, "backupPolicyName", backupPolicyName, "InvalidPolicyName"))
	types := in.Strings("properties.datasourceTypes[]")
	for _, kind := range types {
		if _, known := backupSources[kind]; !known {
			errs = append(errs, simcloud.Refusal("UserErrorInvalidDatasourceType", "The datasource type %s is not supported.", kind))
		}
	}
	hasDefault := false
	for _, rule := range in.Objects("properties.policyRules[]") {
		hasDefault = hasDefault || rule.Bool("isDefault")
		for _, at := range rule.Strings("trigger.schedule.repeatingTimeIntervals[]") {
			if !backupInterval.MatchString(at) {
				errs = append(errs, simcloud.Refusal("UserErrorInvalidSchedule", "The repeating time interval %s is not valid.", at))
			}
			if slices.Contains(types, "Microsoft.DBforPostgreSQL/flexibleServers") && !strings.HasSuffix(at, "W") {
				errs = append(errs, simcloud.Refusal("UserErrorInvalidSchedule", "PostgreSQL flexible servers are backed up weekly only; got %s.", at))
			}
		}
	}
	if in.Known("properties.policyRules") && !hasDefault {
		errs = append(errs, simcloud.Refusal("UserErrorInvalidPolicy", "The policy must have a default retention rule."))
	}
	return errs
}

func refuseBackupInstance(op *simcloud.Op) error {
	source, kind := op.In.String("properties.dataSourceInfo.resourceID"), op.In.String("properties.dataSourceInfo.datasourceType")
	if record(op, source) == nil {
		return simcloud.Refusal("ResourceNotFound", "The Resource '%s' was not found.", source)
	}
	policy := record(op, op.In.String("properties.policyInfo.policyId"))
	if !slices.Contains(policy.In.Strings("properties.datasourceTypes[]"), kind) {
		return simcloud.Refusal("UserErrorPolicyMismatch", "The policy %s is not for the datasource type %s.", policy.Out.String("name"), kind)
	}
	vault := op.Find(backupVaultToken, "name", op.In.String("vaultName"))
	if role := backupSources[kind]; !hasRole(op, vault.Out.String("identity.principalId"), source, role) {
		return simcloud.Refusal("UserErrorMissingPermissions", "The vault's identity does not have the role '%s' on %s.", role, source)
	}
	for _, r := range op.All(backupInstanceToken) {
		if r.ID != idOf(op) && r.In.String("properties.dataSourceInfo.resourceID") == source {
			return simcloud.Refusal("UserErrorDatasourceAlreadyProtected", "%s is already protected by %s.", source, r.ID)
		}
	}
	if kind == "Microsoft.Storage/storageAccounts/blobServices" {
		for _, c := range op.In.Strings("properties.policyInfo.policyParameters.backupDatasourceParametersList[].containersList[]") {
			if record(op, source+"/blobServices/default/containers/"+c) == nil {
				return simcloud.Refusal("UserErrorContainerNotFound", "The container %s was not found in %s.", c, source)
			}
		}
	}
	return nil
}
