package aws

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/backup"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// In minutes. RDS refuses a backup in the hour before its own backup or
// maintenance, so that a job must not begin late; it may take its time.
const (
	backupStartWindow      = 60
	backupCompletionWindow = 24 * 60
)

// plans makes the plan of daily backups, and the one of continuous backups of
// buckets.
//
// Databases have no continuous backups here: RDS keeps its own (BackupDays of
// Rds). AWS Backup would take them over, set their retention and window, and
// from then on refuse what the database's settings say.
func (b *backupBuilder) plans() error {
	daily := backup.PlanRuleArgs{RuleName: pulumi.String("daily"), Lifecycle: backup.PlanRuleLifecycleArgs{DeleteAfter: pulumi.Int(b.Days)}}
	if b.CopyTo != "" {
		daily.CopyActions = backup.PlanRuleCopyActionArray{backup.PlanRuleCopyActionArgs{
			DestinationVaultArn: pulumi.String(b.CopyTo), Lifecycle: backup.PlanRuleCopyActionLifecycleArgs{DeleteAfter: pulumi.Int(b.Days)},
		}}
	}
	plan, err := b.plan(b.name+"-daily", daily)
	if err != nil {
		return err
	}
	b.backup.PlanID = plan.ID().ToStringOutput()
	err = b.selection(b.name+"-daily", plan, &backup.SelectionArgs{
		SelectionTags: backup.SelectionSelectionTagArray{backup.SelectionSelectionTagArgs{
			Type: pulumi.String("STRINGEQUALS"), Key: pulumi.String(BackupTag), Value: pulumi.String(BackupDaily),
		}},
	})
	if err != nil || b.ContinuousDays == 0 {
		return err
	}
	plan, err = b.plan(b.name+"-continuous", backup.PlanRuleArgs{
		RuleName: pulumi.String("continuous"), EnableContinuousBackup: pulumi.Bool(true),
		Lifecycle: backup.PlanRuleLifecycleArgs{DeleteAfter: pulumi.Int(b.ContinuousDays)},
	})
	if err != nil {
		return err
	}
	return b.selection(b.name+"-continuous", plan, &backup.SelectionArgs{
		Resources: pulumi.StringArray{pulumi.String("arn:" + b.Partition + ":s3:::*")},
		Conditions: backup.SelectionConditionArray{backup.SelectionConditionArgs{
			StringEquals: backup.SelectionConditionStringEqualArray{backup.SelectionConditionStringEqualArgs{
				Key: pulumi.String("aws:ResourceTag/" + BackupTag), Value: pulumi.String(BackupDaily),
			}},
		}},
	})
}

// plan makes a plan of one rule, once what guards the vault is there.
func (b *backupBuilder) plan(name string, rule backup.PlanRuleArgs) (*backup.Plan, error) {
	rule.TargetVaultName = b.vault.Name
	days := "* * ?"
	if b.WeekdaysOnly {
		days = "? * MON-FRI"
	}
	rule.Schedule = pulumi.String(fmt.Sprintf("cron(%d %d %s *)", b.Minute, b.Hour, days))
	if b.Timezone != "" {
		rule.ScheduleExpressionTimezone = pulumi.String(b.Timezone)
	}
	rule.StartWindow, rule.CompletionWindow = pulumi.Int(backupStartWindow), pulumi.Int(backupCompletionWindow)
	rule.RecoveryPointTags = b.tags("backup", name, b.Tags)
	plan, err := backup.NewPlan(b.ctx, name, &backup.PlanArgs{
		Rules: backup.PlanRuleArray{rule}, Tags: b.tags("backup", name),
	}, b.child(pulumi.DependsOn(b.guards))...)
	if err != nil {
		return nil, fmt.Errorf("creating backup plan %s: %w", name, err)
	}
	return plan, nil
}

// selection says what a plan backs up. AWS Backup tries the role where a
// selection is made, so that it has its policies by then.
func (b *backupBuilder) selection(name string, plan *backup.Plan, args *backup.SelectionArgs) error {
	args.PlanId, args.IamRoleArn = plan.ID(), b.backup.RoleArn
	if _, err := backup.NewSelection(b.ctx, name, args, b.child(pulumi.DependsOn(b.ready))...); err != nil {
		return fmt.Errorf("creating backup selection %s: %w", name, err)
	}
	return nil
}
