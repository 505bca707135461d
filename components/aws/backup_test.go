package aws

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud"
	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

const (
	vaultType     = "aws:backup/vault:Vault"
	planType      = "aws:backup/plan:Plan"
	selectionType = "aws:backup/selection:Selection"
)

// withPost makes a key and topics that the publishers may use, and hands on the
// p1 topic.
func withPost(ctx *pulumi.Context, s Scope, opt pulumi.ResourceOption) (*Key, *Monitoring, error) {
	all := []Publisher{PublishBackups, PublishBudgets, PublishAnomalies}
	users := []Statement{AlarmsMayUse(s)}
	for _, p := range all {
		users = append(users, p.MayUse(s))
	}
	key, err := NewKey(ctx, "alerts", &KeyArgs{Scope: s, Purpose: "alerts", Users: users}, opt)
	if err != nil {
		return nil, nil, err
	}
	m, err := NewMonitoring(ctx, "monitoring", &MonitoringArgs{Scope: s, KeyArn: key.Arn, Publishers: all}, opt)
	return key, m, err
}

// runBackup makes a bucket with the tag and a backup of it.
func runBackup(t *testing.T, s Scope, edit func(*BackupArgs), opts ...simtest.Option) *simtest.Graph {
	t.Helper()
	return run(t, func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		key, m, err := withPost(ctx, s, opt)
		if err != nil {
			return err
		}
		for _, purpose := range []string{"logs", "uploads"} {
			args := &BucketArgs{Scope: s, Purpose: purpose, ReceivesLogs: true, BackedUp: purpose == "uploads"}
			if _, err := NewBucket(ctx, purpose, args, opt); err != nil {
				return err
			}
		}
		args := &BackupArgs{Scope: s, KeyArn: key.Arn, AlertTopicArn: m.P1Arn, Days: 30, Hour: 5}
		if edit != nil {
			edit(args)
		}
		_, err = NewBackup(ctx, "backup", args, opt)
		return err
	}, opts...)
}

func everything(a *BackupArgs) {
	a.ContinuousDays, a.Testing = 35, TestWeekly
	a.Lock = &BackupLock{MinDays: 7, MaxDays: 35}
	a.CopyTo = "arn:aws:backup:eu-central-1:111122223333:backup-vault:far"
	a.DatabaseSubnetGroup = pulumi.String("data")
	a.Deleters = []string{"arn:aws:iam::111122223333:role/keeper"}
}

func TestBackup(t *testing.T) {
	g := runBackup(t, testScope(), nil)
	g.CheckHouse(t)
	vault := g.One(t, vaultType, "backup")
	if !vault.Inputs.Bool("forceDestroy") || vault.Protect || vault.Inputs.String("kmsKeyArn") == "" {
		t.Errorf("vault: got %v, protected %v", vault.Inputs, vault.Protect)
	}
	plan := g.One(t, planType, "")
	for path, want := range map[string]any{
		"schedule": "cron(0 5 * * ? *)", "startWindow": 60.0, "lifecycle.deleteAfter": 30.0, "enableContinuousBackup": nil, "copyActions": nil,
	} {
		if got := plan.Inputs.Get("rules[]." + path); got != want {
			t.Errorf("plan: %s: got %v, want %v", path, got, want)
		}
	}
	selection := g.One(t, selectionType, "")
	if tag := selection.Inputs.Objects("selectionTags[]"); len(tag) != 1 || tag[0].String("key") != "backup" || tag[0].String("value") != "daily" {
		t.Errorf("selection: got %v", selection.Inputs)
	}
	for _, token := range []string{"aws:backup/vaultLockConfiguration:VaultLockConfiguration", "aws:backup/restoreTestingPlan:RestoreTestingPlan"} {
		if len(g.All(token)) > 0 {
			t.Errorf("%s is made unasked", token)
		}
	}
	var points []string
	for _, r := range g.Cloud.Records() {
		if strings.HasPrefix(r.Type, "aws:backup/recoveryPoint:") {
			points = append(points, r.Out.String("resourceArn"))
		}
	}
	if len(points) != 1 || !strings.Contains(points[0], "uploads") {
		t.Errorf("backed up: got %v, want the bucket with the tag and nothing else", points)
	}
}

func TestBackupWithEverything(t *testing.T) {
	s := testScope()
	s.Protect = true
	g := runBackup(t, s, everything)
	g.CheckHouse(t)
	vault := g.One(t, vaultType, "backup")
	if vault.Inputs.Bool("forceDestroy") || !vault.Protect {
		t.Error("a protected vault goes with its backups")
	}
	lock := g.One(t, "aws:backup/vaultLockConfiguration:VaultLockConfiguration", "")
	if lock.Inputs.Has("changeableForDays") || !lock.DeleteBeforeReplace || lock.Inputs.Int("minRetentionDays") != 7 {
		t.Errorf("lock: got %v, delete before replace %v: want governance mode", lock.Inputs, lock.DeleteBeforeReplace)
	}
	daily, continuous := g.One(t, planType, "backup-daily"), g.One(t, planType, "backup-continuous")
	if got := daily.Inputs.String("rules[].copyActions[].destinationVaultArn"); !strings.HasSuffix(got, ":far") {
		t.Errorf("copied to %q", got)
	}
	if !slices.Contains(daily.DependsOn, lock.URN) {
		t.Error("the plan does not wait for the lock")
	}
	if !continuous.Inputs.Bool("rules[].enableContinuousBackup") || continuous.Inputs.Int("rules[].lifecycle.deleteAfter") != 35 || continuous.Inputs.Has("rules[].copyActions") {
		t.Errorf("continuous: got %v", continuous.Inputs)
	}
	only := g.One(t, selectionType, "backup-continuous").Inputs
	if got := only.Strings("resources[]"); len(got) != 1 || got[0] != "arn:aws:s3:::*" || only.String("conditions[].stringEquals[].value") != "daily" {
		t.Errorf("continuous backups of %v under %v, want of buckets with the tag", got, only.Get("conditions"))
	}
	test := g.One(t, "aws:backup/restoreTestingPlan:RestoreTestingPlan", "").Inputs
	if test.String("name") != "explico_test_backup" || test.String("scheduleExpression") != "cron(0 7 ? * SUN *)" {
		t.Errorf("restore test: got %v", test)
	}
	rds := g.One(t, "aws:backup/restoreTestingSelection:RestoreTestingSelection", "backup-rds").Inputs
	if rds.String("restoreMetadataOverrides.dbSubnetGroupName") != "data" {
		t.Errorf("a database is restored into %v", rds.Get("restoreMetadataOverrides"))
	}
}

func TestBackupVaultPolicy(t *testing.T) {
	g := runBackup(t, testScope(), everything)
	text := g.One(t, "aws:backup/vaultPolicy:VaultPolicy", "").Inputs.String("policy")
	for _, part := range []string{
		`"Effect":"Deny"`, `"Principal":{"AWS":["*"]}`, "backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle",
		"ArnNotEquals", "role/keeper", "AWSServiceRoleForBackup",
	} {
		if !strings.Contains(text, part) {
			t.Errorf("the vault's policy lacks %s: %s", part, text)
		}
	}
}

func TestBackupNotifications(t *testing.T) {
	for name, tt := range map[string]struct {
		edit func(*BackupArgs)
		want []string
	}{
		"plain":      {nil, []string{"S3_BACKUP_OBJECT_FAILED", "S3_RESTORE_OBJECT_FAILED"}},
		"everything": {everything, []string{"S3_BACKUP_OBJECT_FAILED", "S3_RESTORE_OBJECT_FAILED", "COPY_JOB_FAILED", "RESTORE_JOB_COMPLETED"}},
	} {
		n := runBackup(t, testScope(), tt.edit).One(t, "aws:backup/vaultNotifications:VaultNotifications", "")
		if got := n.Inputs.Strings("backupVaultEvents[]"); !slices.Equal(got, tt.want) || !n.DeleteBeforeReplace {
			t.Errorf("%s: got %v, want %v, deleted before it is replaced", name, got, tt.want)
		}
	}
}

// A lock in compliance mode can never be taken away: it is made only where it is
// asked for by name.
func TestBackupCompliance(t *testing.T) {
	g := runBackup(t, testScope(), func(a *BackupArgs) { a.Lock = &BackupLock{MinDays: 1, MaxDays: 60, Compliance: true} })
	if got := g.One(t, "aws:backup/vaultLockConfiguration:VaultLockConfiguration", "").Inputs.Int("changeableForDays"); got != 3 {
		t.Errorf("got %d days to think better of it, want 3", got)
	}
}

func TestBackupOnWeekdays(t *testing.T) {
	g := runBackup(t, testScope(), func(a *BackupArgs) { a.Hour, a.Minute, a.Timezone, a.WeekdaysOnly = 10, 30, "Europe/Berlin", true })
	rule := g.One(t, planType, "").Inputs
	if rule.String("rules[].schedule") != "cron(30 10 ? * MON-FRI *)" || rule.String("rules[].scheduleExpressionTimezone") != "Europe/Berlin" {
		t.Errorf("got %v", rule)
	}
	if got := g.One(t, alarmToken, "backup-backup-silent").Inputs.Int("evaluationPeriods"); got != 78 {
		t.Errorf("silence is noticed after %d hours, want 78: a weekend more", got)
	}
}

func TestBackupAlarms(t *testing.T) {
	g := runBackup(t, testScope(), everything)
	want := map[string]simcloud.Values{
		"backup-backup-failed":      {"metricName": "NumberOfBackupJobsFailed", "treatMissingData": "notBreaching", "threshold": 0.0},
		"backup-backup-silent":      {"metricName": "NumberOfBackupJobsCompleted", "treatMissingData": "breaching", "threshold": 1.0},
		"backup-backup-copy-failed": {"metricName": "NumberOfCopyJobsFailed", "treatMissingData": "notBreaching", "threshold": 0.0},
	}
	vault := g.One(t, vaultType, "").Outputs.String("name")
	for name, inputs := range want {
		a := g.One(t, alarmToken, name).Inputs
		for key, v := range inputs {
			if a.Get(key) != v {
				t.Errorf("%s: %s: got %v, want %v", name, key, a.Get(key), v)
			}
		}
		if a.String("dimensions.BackupVaultName") != vault || len(a.Strings("alarmActions[]")) != 1 {
			t.Errorf("%s: watches %v and tells %v", name, a.Get("dimensions"), a.Get("alarmActions"))
		}
		_, at, _ := strings.Cut(a.String("alarmDescription"), "Runbook: docs/runbooks/")
		file, heading, _ := strings.Cut(at, "#")
		text, err := os.ReadFile(filepath.Join("../../docs/runbooks", file))
		if err != nil || !strings.Contains(string(text), "\n## "+heading+"\n") {
			t.Errorf("%s: there is no runbook %s", name, at)
		}
	}
}

func TestBackupPreview(t *testing.T) {
	g := runBackup(t, testScope(), everything, simtest.Preview())
	if n := len(g.Cloud.Records()); n != 0 {
		t.Errorf("a preview created %d resources", n)
	}
}

func TestBackupBadArguments(t *testing.T) {
	for name, tt := range map[string]struct {
		edit func(*BackupArgs)
		want string
	}{
		"no days":         {func(a *BackupArgs) { a.Days = 0 }, "Days: got 0"},
		"continuous":      {func(a *BackupArgs) { a.ContinuousDays = 36 }, "ContinuousDays: got 36"},
		"hour":            {func(a *BackupArgs) { a.Hour = 24 }, "Hour and Minute: got 24:00"},
		"testing":         {func(a *BackupArgs) { a.Testing = "daily" }, `Testing: got "daily"`},
		"lock turned":     {func(a *BackupArgs) { a.Lock = &BackupLock{MinDays: 40, MaxDays: 7} }, "Lock: got 40 to 7 days"},
		"lock too short":  {func(a *BackupArgs) { a.Lock = &BackupLock{MinDays: 1, MaxDays: 29} }, "Days: got 30, want 1 to 29"},
		"lock too long":   {func(a *BackupArgs) { a.Lock = &BackupLock{MinDays: 31, MaxDays: 60} }, "Days: got 30, want 31 to 60"},
		"lock continuous": {func(a *BackupArgs) { a.ContinuousDays, a.Lock = 7, &BackupLock{MinDays: 14, MaxDays: 60} }, "ContinuousDays: got 7, want 14 to 60"},
		"no key":          {func(a *BackupArgs) { a.KeyArn = nil }, "KeyArn is missing"},
		"no topic":        {func(a *BackupArgs) { a.AlertTopicArn = nil }, "AlertTopicArn is missing"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := simtest.Try("explico", "test", withProvider(func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
				args := &BackupArgs{Scope: testScope(), KeyArn: pulumi.String("k"), AlertTopicArn: pulumi.String("t"), Days: 30}
				tt.edit(args)
				_, err := NewBackup(ctx, "backup", args, opt)
				return err
			}))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}
