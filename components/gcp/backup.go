package gcp

import (
	"errors"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/gkebackup"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// BackupArgs are the arguments of NewBackup.
type BackupArgs struct {
	Scope
	// ClusterID is the path of the cluster whose objects and volumes are backed up.
	// Its backup agent is on.
	ClusterID pulumi.StringInput
	// Location is the region that keeps the backups; the scope's if empty. Another
	// one outlives the loss of the cluster's.
	Location string
	// KeyID is the key that encrypts the backups, of the region Location: Backup for
	// GKE may use it.
	KeyID pulumi.StringInput
	// After is what must exist before: the key's rights (Key.Ready).
	After []pulumi.Resource
	// Days is how long a daily backup is kept, 1 to 365.
	Days int
	// Hour and Minute are when the daily backup begins, in UTC.
	Hour, Minute int
	// LockDays keeps a backup from being deleted for so long, by anybody; 0 for not.
	// It is less than Days, and 90 at most.
	LockDays int
	// Locked makes Days and LockDays final: nobody can change them again.
	Locked bool
}

// Backup is what backs a cluster up: its objects, with the secrets, and its
// volumes. Databases and buckets keep their own backups: the database's
// instance, for as long as its arguments say, and a bucket's versions.
type Backup struct {
	pulumi.ResourceState

	// PlanID is the path of the plan of daily backups, and VaultID that of the
	// place that keeps them: projects/<project>/locations/<region>.
	PlanID, VaultID pulumi.StringOutput
	// RestorePlanID is the path of the plan by which a backup is restored into the
	// same cluster.
	RestorePlanID pulumi.StringOutput
}

// The bounds of a plan's days.
// Source: Backup for GKE reference, BackupPlan.RetentionPolicy, read 2026-11.
const (
	maxBackupDays     = 365
	maxBackupLockDays = 90
)

// NewBackup makes the plan of daily backups, and the plan to restore one by.
func NewBackup(ctx *pulumi.Context, name string, args *BackupArgs, opts ...pulumi.ResourceOption) (*Backup, error) {
	if err := args.check(); err != nil {
		return nil, fmt.Errorf("creating backup %s: %w", name, err)
	}
	b := &Backup{}
	if err := component.Register(ctx, "gcp", "Backup", name, b, opts...); err != nil {
		return nil, err
	}
	location := args.Location
	if location == "" {
		location = args.Region
	}
	plan, err := gkebackup.NewBackupPlan(ctx, name, &gkebackup.BackupPlanArgs{
		Cluster: args.ClusterID, Location: pulumi.String(location), Description: pulumi.String("Daily backups of " + args.Prefix),
		BackupSchedule: gkebackup.BackupPlanBackupScheduleArgs{
			CronSchedule: pulumi.String(fmt.Sprintf("%d %d * * *", args.Minute, args.Hour)),
		},
		RetentionPolicy: gkebackup.BackupPlanRetentionPolicyArgs{
			BackupRetainDays: pulumi.Int(args.Days), BackupDeleteLockDays: pulumi.Int(args.LockDays), Locked: pulumi.Bool(args.Locked),
		},
		BackupConfig: gkebackup.BackupPlanBackupConfigArgs{
			AllNamespaces: pulumi.Bool(true), IncludeSecrets: pulumi.Bool(true), IncludeVolumeData: pulumi.Bool(true),
			EncryptionKey: gkebackup.BackupPlanBackupConfigEncryptionKeyArgs{GcpKmsEncryptionKey: args.KeyID},
		},
		Labels: args.labels("backup"),
	}, pulumi.Parent(b), pulumi.Protect(args.Protect), pulumi.DependsOn(args.After))
	if err != nil {
		return nil, fmt.Errorf("creating backup plan %s: %w", name, err)
	}
	restore, err := args.restorePlan(ctx, name, location, plan, b)
	if err != nil {
		return nil, err
	}
	b.PlanID, b.RestorePlanID = plan.ID().ToStringOutput(), restore.ID().ToStringOutput()
	b.VaultID = b.PlanID.ApplyT(func(plan string) string { place, _, _ := strings.Cut(plan, "/backupPlans/"); return place }).(pulumi.StringOutput)
	return b, ctx.RegisterResourceOutputs(b, pulumi.Map{"planId": b.PlanID, "vaultId": b.VaultID, "restorePlanId": b.RestorePlanID})
}

// restorePlan says how a backup comes back: namespaces that are gone, with their
// volumes. What is there stays, so that a test can restore into a cluster that
// is in use.
func (a *BackupArgs) restorePlan(ctx *pulumi.Context, name, location string, plan *gkebackup.BackupPlan, b *Backup) (*gkebackup.RestorePlan, error) {
	restore, err := gkebackup.NewRestorePlan(ctx, name, &gkebackup.RestorePlanArgs{
		BackupPlan: plan.ID(), Cluster: a.ClusterID, Location: pulumi.String(location), Description: pulumi.String("Restores what is gone from " + a.Prefix),
		RestoreConfig: gkebackup.RestorePlanRestoreConfigArgs{
			AllNamespaces: pulumi.Bool(true), NamespacedResourceRestoreMode: pulumi.String("FAIL_ON_CONFLICT"),
			VolumeDataRestorePolicy:       pulumi.String("RESTORE_VOLUME_DATA_FROM_BACKUP"),
			ClusterResourceConflictPolicy: pulumi.String("USE_EXISTING_VERSION"),
			ClusterResourceRestoreScope:   gkebackup.RestorePlanRestoreConfigClusterResourceRestoreScopeArgs{AllGroupKinds: pulumi.Bool(true)},
		},
		Labels: a.labels("backup"),
	}, pulumi.Parent(b))
	if err != nil {
		return nil, fmt.Errorf("creating restore plan %s: %w", name, err)
	}
	return restore, nil
}

// check returns all that is wrong with the arguments.
func (a *BackupArgs) check() error {
	var errs []error
	want := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	want(a.ClusterID != nil, "ClusterID is missing")
	want(a.KeyID != nil, "KeyID is missing")
	want(1 <= a.Days && a.Days <= maxBackupDays, "Days: got %d, want 1 to %d", a.Days, maxBackupDays)
	want(0 <= a.LockDays && a.LockDays <= maxBackupLockDays && (a.LockDays == 0 || a.LockDays <= a.Days),
		"LockDays: got %d, want 0 to %d and no more than Days (%d)", a.LockDays, maxBackupLockDays, a.Days)
	want(0 <= a.Hour && a.Hour <= 23, "Hour: got %d, want 0 to 23", a.Hour)
	want(0 <= a.Minute && a.Minute <= 59, "Minute: got %d, want 0 to 59", a.Minute)
	return errors.Join(errs...)
}
