package aws

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// alarms watch what happens in the vault.
// Source: AWS Backup developer guide, "AWS Backup metrics with CloudWatch".
func (b *backupBuilder) alarms() error {
	p := &post{Scope: b.Scope, topics: map[severity]pulumi.StringInput{p1: b.AlertTopicArn}, opts: b.child()}
	for _, a := range b.watch() {
		if err := p.alarm(b.ctx, b.name, a); err != nil {
			return err
		}
	}
	return nil
}

func (b *backupBuilder) watch() []alarm {
	base := alarm{
		namespace: "AWS/Backup", dimensions: pulumi.StringMap{"BackupVaultName": b.vault.Name}, severity: p1, seconds: 3600, periods: 1,
		compare: above, missing: silenceIsGood,
	}
	failed, silent := base, base
	failed.name, failed.runbook, failed.metrics = b.name+"-failed", "backup.md#failed", one("NumberOfBackupJobsFailed", "Sum")
	failed.means = "a backup has failed: what it was of has one backup less."
	// A day, the start window and the time that a job takes. Also rings on the
	// vault's first day.
	silent.name, silent.runbook, silent.metrics = b.name+"-silent", "backup.md#silent", one("NumberOfBackupJobsCompleted", "Sum")
	silent.compare, silent.threshold, silent.periods, silent.missing = below, 1, 30, silenceIsBad
	if b.WeekdaysOnly {
		silent.periods += 48
	}
	silent.means = fmt.Sprintf("no backup has been completed for %d hours: the plan finds nothing, or all its jobs hang.", silent.periods)
	all := []alarm{failed, silent}
	if b.CopyTo != "" {
		copied := base
		copied.name, copied.runbook, copied.metrics = b.name+"-copy-failed", "backup.md#copy-failed", one("NumberOfCopyJobsFailed", "Sum")
		copied.means = "a backup has not been copied to the other vault: a disaster there would find an older one."
		all = append(all, copied)
	}
	return all
}
