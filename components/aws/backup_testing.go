package aws

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/backup"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// restoreTypes are the types of resources that carry the tag.
var restoreTypes = []string{"EBS", "RDS", "S3"}

// testing tries, on Sundays or on the first of a month, whether the newest
// backup of each type can be restored. What a test restores AWS Backup deletes
// an hour later.
func (b *backupBuilder) testing() error {
	if b.Testing == NeverTest {
		return nil
	}
	// Two hours after a backup begins, one ends that began late.
	days, when := 7, fmt.Sprintf("cron(%d %d ? * SUN *)", b.Minute, (b.Hour+2)%24)
	if b.Testing == TestMonthly {
		days, when = 31, fmt.Sprintf("cron(%d %d 1 * ? *)", b.Minute, (b.Hour+2)%24)
	}
	args := &backup.RestoreTestingPlanArgs{
		Name:               pulumi.String(limits.RestoreTest.Name(underscores(b.Prefix), "_", underscores(b.name))),
		ScheduleExpression: pulumi.String(when), StartWindowHours: pulumi.Int(1),
		RecoveryPointSelection: backup.RestoreTestingPlanRecoveryPointSelectionArgs{
			Algorithm: pulumi.String("LATEST_WITHIN_WINDOW"), IncludeVaults: pulumi.StringArray{b.vault.Arn},
			RecoveryPointTypes: pulumi.ToStringArray([]string{"CONTINUOUS", "SNAPSHOT"}), SelectionWindowDays: pulumi.Int(min(days, b.Days)),
		},
		Tags: b.tags("backup", b.name),
	}
	if b.Timezone != "" {
		args.ScheduleExpressionTimezone = pulumi.String(b.Timezone)
	}
	plan, err := backup.NewRestoreTestingPlan(b.ctx, b.name, args, b.child()...)
	if err != nil {
		return fmt.Errorf("creating restore testing plan %s: %w", b.name, err)
	}
	for _, kind := range restoreTypes {
		item := &backup.RestoreTestingSelectionArgs{
			Name: pulumi.String(strings.ToLower(kind)), RestoreTestingPlanName: plan.Name, IamRoleArn: b.backup.RoleArn,
			ProtectedResourceType: pulumi.String(kind), ProtectedResourceArns: pulumi.ToStringArray([]string{"*"}), ValidationWindowHours: pulumi.Int(1),
		}
		if kind == "RDS" && b.DatabaseSubnetGroup != nil {
			item.RestoreMetadataOverrides = pulumi.StringMap{"dbSubnetGroupName": b.DatabaseSubnetGroup}
		}
		name := b.name + "-" + strings.ToLower(kind)
		if _, err := backup.NewRestoreTestingSelection(b.ctx, name, item, b.child(pulumi.DependsOn(b.ready))...); err != nil {
			return fmt.Errorf("creating restore testing selection %s: %w", name, err)
		}
	}
	return nil
}

// underscores are for names in which hyphens cannot be.
func underscores(s string) string { return strings.ReplaceAll(s, "-", "_") }
