package aws

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/backup"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// makeVault makes the vault. Outside a protected scope its contents go with it.
func (b *backupBuilder) makeVault() error {
	vault, err := backup.NewVault(b.ctx, b.name, &backup.VaultArgs{
		KmsKeyArn: b.KeyArn.ToStringOutput().ToStringPtrOutput(), ForceDestroy: pulumi.Bool(!b.Protect), Tags: b.tags("backup", b.name),
	}, b.child(pulumi.Protect(b.Protect))...)
	if err != nil {
		return fmt.Errorf("creating vault %s: %w", b.name, err)
	}
	b.vault, b.backup.VaultName, b.backup.VaultArn = vault, vault.Name, vault.Arn
	return nil
}

// guard locks the vault, keeps people from its contents and tells of trouble.
//
// Lock and notifications cannot change in place, and a vault has one of each: a
// successor made first would be taken away with its predecessor.
func (b *backupBuilder) guard() error {
	access, err := backup.NewVaultPolicy(b.ctx, b.name, &backup.VaultPolicyArgs{
		BackupVaultName: b.vault.Name, Policy: b.backup.RoleArn.ApplyT(b.vaultPolicy).(pulumi.StringOutput),
	}, b.child()...)
	if err != nil {
		return fmt.Errorf("creating the policy of vault %s: %w", b.name, err)
	}
	b.guards = append(b.guards, access)
	if l := b.Lock; l != nil {
		args := &backup.VaultLockConfigurationArgs{
			BackupVaultName: b.vault.Name, MinRetentionDays: pulumi.Int(l.MinDays), MaxRetentionDays: pulumi.Int(l.MaxDays),
		}
		if l.Compliance {
			args.ChangeableForDays = pulumi.Int(lockGraceDays)
		}
		lock, err := backup.NewVaultLockConfiguration(b.ctx, b.name, args, b.child(pulumi.DeleteBeforeReplace(true))...)
		if err != nil {
			return fmt.Errorf("locking vault %s: %w", b.name, err)
		}
		b.guards = append(b.guards, lock)
	}
	_, err = backup.NewVaultNotifications(b.ctx, b.name, &backup.VaultNotificationsArgs{
		BackupVaultName: b.vault.Name, BackupVaultEvents: pulumi.ToStringArray(b.events()), SnsTopicArn: b.AlertTopicArn,
	}, b.child(pulumi.DeleteBeforeReplace(true))...)
	if err != nil {
		return fmt.Errorf("telling of what happens in vault %s: %w", b.name, err)
	}
	return nil
}

// events are what the vault tells of: what no metric counts. That a job failed
// is an alarm's matter (the event BACKUP_JOB_FAILED is no longer sent, and
// BACKUP_JOB_COMPLETED would come every night).
// Source: AWS Backup API reference, PutBackupVaultNotifications, read 2026-11.
func (b *backupBuilder) events() []string {
	events := []string{"S3_BACKUP_OBJECT_FAILED", "S3_RESTORE_OBJECT_FAILED"}
	if b.CopyTo != "" {
		events = append(events, "COPY_JOB_FAILED")
	}
	if b.Testing != NeverTest {
		events = append(events, "RESTORE_JOB_COMPLETED") // says whether it succeeded: the test's result
	}
	return events
}

// vaultPolicy lets nobody delete backups, shorten their life or open the vault,
// but the deleters; and AWS Backup itself, which deletes them when their time
// has come by the role that made them or by its own.
func (b *backupBuilder) vaultPolicy(role string) string {
	allowed := append([]string{
		role, b.globalArn("iam", "role/aws-service-role/backup.amazonaws.com/AWSServiceRoleForBackup"),
	}, b.Deleters...)
	return policy(Statement{
		Sid: "KeepBackups", Effect: "Deny", Principal: &Principal{AWS: []string{"*"}},
		Action:   []string{"backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle", "backup:DisassociateRecoveryPoint"},
		Resource: []string{"*"}, Condition: map[string]map[string][]string{"ArnNotEquals": {"aws:PrincipalArn": allowed}},
	})
}
