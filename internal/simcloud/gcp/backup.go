package gcp

import (
	"regexp"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	backupPlanToken = "gcp:gkebackup/backupPlan:BackupPlan"
	// clusterBackupToken is a backup that a plan made: no program holds it.
	clusterBackupToken = "gcp:gkebackup/backup:Backup"
	backupAgent        = "gcp-sa-gkebackup"
)

var cronLine = regexp.MustCompile(`^(\S+ ){4}\S+$`)

// backupTypes is Backup for GKE.
// Source: Backup for GKE reference, backupPlans and restorePlans; the provider's
// pages of the resources for what replaces them; read 2026-11.
func backupTypes() []*simcloud.Type {
	return []*simcloud.Type{{
		Token: backupPlanToken, Noun: "backup plan", Auto: "name", AutoMax: 63, Takes: 10 * time.Second,
		ID: func(op *simcloud.Op) string {
			return path(op, "locations", op.In.String("location"), "backupPlans", op.In.String("name"))
		},
		Required: []string{"cluster", "location"}, Replace: []string{"cluster", "location", "name", "project"},
		Refs: []simcloud.Ref{
			ref("cluster", "googleapi: Error 404: Cluster %s was not found., notFound", clusterToken),
			holding("backupConfig.encryptionKey.gcpKmsEncryptionKey", "googleapi: Error 404: CryptoKey %s not found., notFound", keyToken),
		},
		Unique:   []simcloud.Unique{{Paths: []string{"location", "name"}, Words: "googleapi: Error 409: BackupPlan in %s named '%s' already exists, alreadyExists"}},
		InUse:    "googleapi: Error 400: BackupPlan %s is referenced by a restore plan, failedPrecondition",
		Validate: validBackupPlan,
		Refuse: func(op *simcloud.Op) error {
			if c := op.Find(clusterToken, "id", plain(op.In.String("cluster"))); !c.In.Bool("addonsConfig.gkeBackupAgentConfig.enabled") {
				return refused(400, "failedPrecondition", "The Backup for GKE agent is not enabled in cluster %s.", c.ID)
			}
			if op.Old != nil && op.Old.In.Bool("retentionPolicy.locked") && !op.In.Bool("retentionPolicy.locked") {
				return refused(400, "failedPrecondition", "The retention policy is locked and cannot be changed.")
			}
			one := *op
			one.In = simcloud.Values{"key": op.In.String("backupConfig.encryptionKey.gcpKmsEncryptionKey")}
			return encrypts(&one, "key", backupAgent, op.In.String("location"))
		},
		Delete: func(op *simcloud.Op) error {
			if op.Find(clusterBackupToken, "plan", op.ID) != nil {
				return refused(400, "failedPrecondition", "BackupPlan %s has backups: delete them first.", op.ID)
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"project": op.Account, "uid": op.Hex(32, "uid"), "etag": op.Hex(8, "etag"), "protectedPodCount": 0, "state": "READY", "stateReason": ""}
		},
	}, {
		Token: "gcp:gkebackup/restorePlan:RestorePlan", Noun: "restore plan", Auto: "name", AutoMax: 63, Takes: 10 * time.Second,
		ID: func(op *simcloud.Op) string {
			return path(op, "locations", op.In.String("location"), "restorePlans", op.In.String("name"))
		},
		Required: []string{"backupPlan", "cluster", "location", "restoreConfig"}, Replace: []string{"backupPlan", "cluster", "location", "name", "project"},
		Refs: []simcloud.Ref{
			ref("cluster", "googleapi: Error 404: Cluster %s was not found., notFound", clusterToken),
			holding("backupPlan", "googleapi: Error 404: BackupPlan %s was not found., notFound", backupPlanToken),
		},
		Unique: []simcloud.Unique{{Paths: []string{"location", "name"}, Words: "googleapi: Error 409: RestorePlan in %s named '%s' already exists, alreadyExists"}},
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(
				place(in, "location"), named(in),
				simcloud.OneOf(in, "restoreConfig.namespacedResourceRestoreMode", "DELETE_AND_RESTORE", "FAIL_ON_CONFLICT", "MERGE_SKIP_ON_CONFLICT", "MERGE_REPLACE_VOLUME_ON_CONFLICT", "MERGE_REPLACE_ON_CONFLICT"),
				simcloud.OneOf(in, "restoreConfig.volumeDataRestorePolicy", "RESTORE_VOLUME_DATA_FROM_BACKUP", "REUSE_VOLUME_HANDLE_FROM_BACKUP", "NO_VOLUME_DATA_RESTORATION"),
				simcloud.OneOf(in, "restoreConfig.clusterResourceConflictPolicy", "USE_EXISTING_VERSION", "USE_BACKUP_VERSION"),
			)
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"project": op.Account, "uid": op.Hex(32, "uid"), "state": "READY", "stateReason": ""}
		},
	}, {
		Token: clusterBackupToken, Noun: "backup of a cluster", Required: []string{"plan"},
		ID: func(op *simcloud.Op) string { return op.In.String("plan") + "/backups/" + op.Hex(8, "backup") },
	}}
}

func validBackupPlan(in simcloud.Values) []error {
	errs := simcloud.Problems(
		place(in, "location"), named(in), simcloud.Between(in, "retentionPolicy.backupRetainDays", 0, 365),
		simcloud.Between(in, "retentionPolicy.backupDeleteLockDays", 0, 90), simcloud.Matches(in, "backupSchedule.cronSchedule", cronLine),
	)
	retain, lock := in.Int("retentionPolicy.backupRetainDays"), in.Int("retentionPolicy.backupDeleteLockDays")
	if retain > 0 && retain < lock {
		errs = append(errs, refused(400, "badRequest", "backup_retain_days must be at least backup_delete_lock_days (%d < %d)", retain, lock))
	}
	if in.Has("backupSchedule.cronSchedule") && in.Has("backupSchedule.rpoConfig") {
		errs = append(errs, refused(400, "badRequest", "Exactly one of cron_schedule and rpo_config must be set"))
	}
	scopes := 0
	for _, s := range []string{"allNamespaces", "selectedNamespaces", "selectedApplications"} {
		if in.Has("backupConfig." + s) {
			scopes++
		}
	}
	if in.Has("backupConfig") && scopes != 1 {
		errs = append(errs, refused(400, "badRequest", "Exactly one of all_namespaces, selected_namespaces and selected_applications must be set"))
	}
	return errs
}
