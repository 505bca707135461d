package aws

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	components "github.com/te-explico/infrastructure/components/aws"
	"github.com/te-explico/infrastructure/stacks/platform"
	"github.com/te-explico/infrastructure/stacks/settings"
)

// backedUp are the buckets whose contents cannot be made again. Assets are
// built, and logs are copies already.
var backedUp = []string{"uploads", "backups"}

// backsUp says whether a bucket gets the tag of what is backed up.
func (b *builder) backsUp(purpose string) bool {
	return b.Backup.Days > 0 && slices.Contains(backedUp, purpose)
}

// What happens to a database between start and stop, in minutes after the
// start. AWS Backup must stay out of the hour before RDS's own windows, so that
// it comes last; with summer time the windows, which are in UTC, come an hour
// later.
const (
	backupWindowAfter      = 60
	maintenanceWindowAfter = 120
	dailyBackupAfter       = 255
)

// maintenanceDay is a day on which every schedule runs.
const maintenanceDay = "wed"

func (b *builder) makeBackup() error {
	s := b.Backup
	b.platform.Backup = platform.Backup{Vault: pulumi.String(""), Plan: pulumi.String(""), Days: s.Days, ContinuousDays: s.ContinuousDays}
	if s.Days == 0 {
		return nil
	}
	args := &components.BackupArgs{
		Scope: b.scope, KeyArn: b.keys.backup.Arn, Days: s.Days, ContinuousDays: s.ContinuousDays, Hour: 5,
		CopyTo: s.CopyTo, Deleters: s.Deleters, DatabaseSubnetGroup: b.rds.SubnetGroup, AlertTopicArn: b.monitoring.P1Arn,
	}
	if s.Testing.Schedule != settings.TestNever {
		args.Testing = components.RestoreTesting(s.Testing.Schedule)
	}
	if l := s.Lock; l.Mode != settings.LockNone {
		args.Lock = &components.BackupLock{MinDays: l.MinDays, MaxDays: l.MaxDays, Compliance: l.Mode == settings.LockCompliance}
	}
	if hours := b.Costs.Schedule; hours.On() {
		start, _ := hours.Minutes()
		at := start + dailyBackupAfter
		args.Hour, args.Minute, args.Timezone, args.WeekdaysOnly = at/60, at%60, hours.Timezone, !hours.Weekends
	}
	// What is backed up comes first: the first night finds all of it.
	first := pulumi.DependsOn([]pulumi.Resource{b.rds, b.buckets.uploads, b.buckets.backups})
	backup, err := components.NewBackup(b.ctx, "backup", args, b.in, first)
	if err != nil {
		return err
	}
	b.platform.Backup.Vault, b.platform.Backup.Plan = backup.VaultArn, backup.PlanID
	return nil
}

// storageTags are the parameters of a storage class that give each volume the
// tag by which the backup finds it.
func (b *builder) storageTags() pulumi.StringMap {
	if b.Backup.Days == 0 {
		return nil
	}
	return pulumi.StringMap{"tagSpecification_1": pulumi.String(components.BackupTag + "=" + components.BackupDaily)}
}
