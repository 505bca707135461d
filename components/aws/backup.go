package aws

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/backup"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// The tag by which a backup plan finds what to back up, and its value. Databases
// and buckets carry it by their arguments, volumes by their storage class.
const (
	BackupTag   = "backup"
	BackupDaily = "daily"
)

// BackupArgs are the arguments of NewBackup.
type BackupArgs struct {
	Scope
	// KeyArn is the key that encrypts what AWS Backup itself keeps: the backups of
	// buckets. Snapshots of databases and volumes keep the key of their source.
	KeyArn pulumi.StringInput
	// Days is how long a daily backup is kept.
	Days int
	// ContinuousDays is how many days back a bucket can be restored to any moment,
	// 1 to 35; 0 for not.
	ContinuousDays int
	// Hour and Minute are when the daily backups begin, in Timezone (UTC if
	// empty). Not within an hour before a database's own backup or maintenance:
	// RDS refuses then.
	Hour, Minute int
	Timezone     string
	// WeekdaysOnly leaves out Saturdays and Sundays, when a database stands still
	// and cannot be backed up.
	WeekdaysOnly bool
	// Lock keeps backups from being deleted before their time; nil for none.
	Lock *BackupLock
	// CopyTo is the ARN of a vault, in any region or account, that gets a copy of
	// each daily backup; none if empty.
	CopyTo string
	// Deleters are the ARNs of roles that may delete backups by hand. Nobody else
	// may, and they only where no lock forbids it.
	Deleters []string
	// Testing is how often a restore is tried: weekly, monthly, or empty.
	Testing RestoreTesting
	// DatabaseSubnetGroup is the subnet group that a database is restored into for
	// a test. Without it RDS takes the default network, which an account may not
	// have.
	DatabaseSubnetGroup pulumi.StringInput
	// AlertTopicArn is the topic that hears of failures. AWS Backup must be let in
	// by its policy and its key.
	AlertTopicArn pulumi.StringInput
}

// BackupLock says how long each backup stays at least, and at most.
type BackupLock struct {
	// MinDays and MaxDays bound the retention of whatever gets into the vault.
	MinDays, MaxDays int
	// Compliance makes a lock that nobody can take away again once three days have
	// passed: not the account's root user, and not AWS.
	Compliance bool
}

// RestoreTesting is how often restores are tried.
type RestoreTesting string

// The frequencies of restore tests.
const (
	NeverTest   RestoreTesting = ""
	TestWeekly  RestoreTesting = "weekly"
	TestMonthly RestoreTesting = "monthly"
)

// Backup is a vault and the plans that fill it: AWS Backup of all that carries
// the tag BackupTag in the scope's region.
type Backup struct {
	pulumi.ResourceState

	// VaultName and VaultArn are the vault's.
	VaultName, VaultArn pulumi.StringOutput
	// PlanID is the id of the plan of daily backups.
	PlanID pulumi.StringOutput
	// RoleArn is the role that backs up and restores.
	RoleArn pulumi.StringOutput
}

const (
	// maxContinuousDays is how far back continuous backups reach.
	// Source: AWS Backup developer guide, "Continuous backups and PITR".
	maxContinuousDays = 35
	// maxRetentionDays is a hundred years, the longest that AWS Backup keeps.
	maxRetentionDays = 36500
	// lockGraceDays is the time to think better of a lock in compliance mode; AWS
	// wants three at least.
	lockGraceDays = 3
)

// backupPolicies are AWS's own policies of a role that backs up and restores.
var backupPolicies = []string{
	"service-role/AWSBackupServiceRolePolicyForBackup", "service-role/AWSBackupServiceRolePolicyForRestores",
	"AWSBackupServiceRolePolicyForS3Backup", "AWSBackupServiceRolePolicyForS3Restore",
}

// NewBackup makes a vault, what guards it, and what fills it. In a protected
// scope the vault cannot be deleted while it holds anything.
func NewBackup(ctx *pulumi.Context, name string, args *BackupArgs, opts ...pulumi.ResourceOption) (*Backup, error) {
	if err := args.check(); err != nil {
		return nil, fmt.Errorf("creating backup %s: %w", name, err)
	}
	k := &Backup{}
	if err := component.Register(ctx, "aws", "Backup", name, k, opts...); err != nil {
		return nil, err
	}
	b := &backupBuilder{BackupArgs: args, ctx: ctx, name: name, backup: k}
	for _, step := range []func() error{b.makeRole, b.makeVault, b.guard, b.plans, b.testing, b.alarms} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return k, ctx.RegisterResourceOutputs(k, pulumi.Map{
		"vaultName": k.VaultName, "vaultArn": k.VaultArn, "planId": k.PlanID, "roleArn": k.RoleArn,
	})
}

// backupBuilder holds what the parts of a backup need of each other.
type backupBuilder struct {
	*BackupArgs
	ctx    *pulumi.Context
	name   string
	backup *Backup
	vault  *backup.Vault
	// ready is what must exist before the role can be used, and guards is what
	// must before anything gets into the vault.
	ready, guards []pulumi.Resource
}

func (b *backupBuilder) child(opts ...pulumi.ResourceOption) []pulumi.ResourceOption {
	return append([]pulumi.ResourceOption{pulumi.Parent(b.backup)}, opts...)
}

// makeRole makes the role that AWS Backup assumes, for this account only.
func (b *backupBuilder) makeRole() error {
	role, err := iam.NewRole(b.ctx, b.name, &iam.RoleArgs{
		Description: pulumi.String("AWS Backup backs up and restores what belongs to " + b.Prefix),
		AssumeRolePolicy: pulumi.String(policy(Statement{
			Effect: "Allow", Action: []string{"sts:AssumeRole"}, Principal: &Principal{Service: []string{"backup.amazonaws.com"}},
			Condition: map[string]map[string][]string{"StringEquals": {"aws:SourceAccount": {b.AccountID}}},
		})),
		Tags: b.tags("backup", b.name),
	}, b.child()...)
	if err != nil {
		return fmt.Errorf("creating the role of backup %s: %w", b.name, err)
	}
	for _, managed := range backupPolicies {
		a, err := iam.NewRolePolicyAttachment(b.ctx, b.name+"-"+path.Base(managed), &iam.RolePolicyAttachmentArgs{
			Role: role.Name, PolicyArn: pulumi.String(b.managedPolicy(managed)),
		}, b.child()...)
		if err != nil {
			return fmt.Errorf("attaching %s to the role of backup %s: %w", managed, b.name, err)
		}
		b.ready = append(b.ready, a)
	}
	b.backup.RoleArn = role.Arn
	return nil
}

// check returns all that is wrong with the arguments.
func (a *BackupArgs) check() error {
	var errs []error
	want := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	want(a.KeyArn != nil, "KeyArn is missing")
	want(a.AlertTopicArn != nil, "AlertTopicArn is missing")
	want(1 <= a.Days && a.Days <= maxRetentionDays, "Days: got %d, want 1 to %d", a.Days, maxRetentionDays)
	want(0 <= a.ContinuousDays && a.ContinuousDays <= maxContinuousDays, "ContinuousDays: got %d, want 0 to %d", a.ContinuousDays, maxContinuousDays)
	want(0 <= a.Hour && a.Hour < 24 && 0 <= a.Minute && a.Minute < 60, "Hour and Minute: got %d:%02d, want a time of day", a.Hour, a.Minute)
	want(slices.Contains([]RestoreTesting{NeverTest, TestWeekly, TestMonthly}, a.Testing), "Testing: got %q, want weekly, monthly or nothing", a.Testing)
	if l := a.Lock; l != nil {
		want(1 <= l.MinDays && l.MinDays <= l.MaxDays && l.MaxDays <= maxRetentionDays, "Lock: got %d to %d days, want a range from 1 to %d", l.MinDays, l.MaxDays, maxRetentionDays)
		for what, days := range map[string]int{"Days": a.Days, "ContinuousDays": a.ContinuousDays} {
			want(days == 0 || l.MinDays <= days && days <= l.MaxDays, "%s: got %d, want %d to %d, as the lock demands", what, days, l.MinDays, l.MaxDays)
		}
	}
	slices.SortFunc(errs, func(x, y error) int { return strings.Compare(x.Error(), y.Error()) })
	return errors.Join(errs...)
}
