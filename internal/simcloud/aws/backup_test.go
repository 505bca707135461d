package aws

import (
	"fmt"
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	backupRole = "arn:aws:iam::111122223333:role/backup"
	testVault  = "arn:aws:backup:eu-west-1:111122223333:backup-vault:main"
)

// newBackupCloud has a vault, a role that may back up, one that may not, a
// bucket with the tag that plans look for and one without, and a topic that
// AWS Backup, AWS Budgets and Cost Anomaly Detection may publish to.
func newBackupCloud(t *testing.T) *dataCloud {
	t.Helper()
	c := &dataCloud{Cloud: simcloud.New(Catalog()), t: t}
	trust := func(service string) string {
		return fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":%q}}]}`, service)
	}
	for name, service := range map[string]string{"backup": backupService, "bare": backupService, "other": "ec2.amazonaws.com", "scheduler": schedulerService} {
		c.must(roleToken, simcloud.Values{"name": name, "assumeRolePolicy": trust(service)})
	}
	c.must("aws:iam/rolePolicyAttachment:RolePolicyAttachment", simcloud.Values{
		"role": "backup", "policyArn": "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup",
	})
	c.must(vaultToken, simcloud.Values{"name": "main"})
	c.must(bucketToken, simcloud.Values{"bucket": "uploads", "tags": map[string]any{"backup": "daily"}})
	c.must(bucketToken, simcloud.Values{"bucket": "assets"})
	c.must(topicToken, simcloud.Values{"name": "p1"})
	c.must(topicToken, simcloud.Values{"name": "deaf"})
	var statements []string
	for _, service := range []string{backupService, "budgets.amazonaws.com", "costalerts.amazonaws.com"} {
		statements = append(statements, fmt.Sprintf(`{"Effect":"Allow","Principal":{"Service":%q},"Action":"sns:Publish","Resource":%q}`, service, p1Topic))
	}
	c.must(topicPolicyToken, simcloud.Values{"arn": p1Topic, "policy": `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`})
	return c
}

const (
	p1Topic   = "arn:aws:sns:eu-west-1:111122223333:p1"
	deafTopic = "arn:aws:sns:eu-west-1:111122223333:deaf"
)

// backupRule is a rule that AWS Backup takes, edited.
func backupRule(edits simcloud.Values) simcloud.Values {
	rule := edited(simcloud.Values{
		"ruleName": "daily", "targetVaultName": "main", "schedule": "cron(0 5 * * ? *)", "startWindow": 60, "completionWindow": 600,
		"lifecycle": map[string]any{"deleteAfter": 30},
	}, edits)
	return simcloud.Values{"name": "daily", "rules": []any{map[string]any(rule)}}
}

func TestBackupVaultRefusals(t *testing.T) {
	lock := func(low, high, grace any) simcloud.Values {
		return edited(simcloud.Values{"backupVaultName": "main"}, simcloud.Values{"minRetentionDays": low, "maxRetentionDays": high, "changeableForDays": grace})
	}
	access := func(action, principal string) simcloud.Values {
		return simcloud.Values{"backupVaultName": "main", "policy": `{"Version":"2012-10-17","Statement":[{"Effect":"Deny",` + principal + `"Action":"` + action + `","Resource":"*"}]}`}
	}
	anyone := `"Principal":{"AWS":"*"},`
	tell := func(topic string, events ...string) simcloud.Values {
		return simcloud.Values{"backupVaultName": "main", "snsTopicArn": topic, "backupVaultEvents": events}
	}
	for name, tt := range map[string]struct {
		token string
		in    simcloud.Values
		want  string
	}{
		"vault":           {vaultToken, simcloud.Values{"name": "other"}, ""},
		"vault taken":     {vaultToken, simcloud.Values{"name": "main"}, "AlreadyExistsException: Backup vault with the same name already exists: main"},
		"vault name":      {vaultToken, simcloud.Values{"name": "a.b"}, "invalid value for name (a.b)"},
		"vault key":       {vaultToken, simcloud.Values{"name": "other", "kmsKeyArn": "arn:aws:kms:eu-west-1:111122223333:key/none"}, "InvalidParameterValueException: The KMS key"},
		"lock":            {vaultLockToken, lock(7, 60, nil), ""},
		"lock compliance": {vaultLockToken, lock(7, 60, 3), ""},
		"lock turned":     {vaultLockToken, lock(60, 7, nil), "InvalidParameterValueException: MinRetentionDays 60 must not be greater than MaxRetentionDays 7"},
		"lock none":       {vaultLockToken, lock(0, nil, nil), "expected minRetentionDays to be in the range (1 - 36500), got 0"},
		"lock long":       {vaultLockToken, lock(nil, 36501, nil), "expected maxRetentionDays to be in the range (1 - 36500), got 36501"},
		"lock at once":    {vaultLockToken, lock(7, 60, 2), "expected changeableForDays to be in the range (3 - 36500), got 2"},
		"lock no vault":   {vaultLockToken, edited(lock(7, 60, nil), simcloud.Values{"backupVaultName": "none"}), "ResourceNotFoundException: Backup vault none cannot be found"},
		"policy":          {vaultPolicyToken, access("backup:DeleteRecoveryPoint", anyone), ""},
		"policy action":   {vaultPolicyToken, access("s3:DeleteObject", anyone), "InvalidParameterValueException: Invalid policy: action s3:DeleteObject"},
		"policy nobody":   {vaultPolicyToken, access("backup:DeleteRecoveryPoint", ""), "InvalidParameterValueException: Invalid policy: Missing required field Principal"},
		"events":          {vaultNotificationsToken, tell(p1Topic, "S3_BACKUP_OBJECT_FAILED", "COPY_JOB_FAILED"), ""},
		"event unknown":   {vaultNotificationsToken, tell(p1Topic, "BACKUP_FAILED"), "expected backupVaultEvents to be one of"},
		"event old":       {vaultNotificationsToken, tell(p1Topic, "BACKUP_JOB_FAILED"), "InvalidParameterValueException: Event BACKUP_JOB_FAILED is deprecated"},
		"topic missing":   {vaultNotificationsToken, tell(p1Topic+"x", "COPY_JOB_FAILED"), "NotFound: Topic does not exist"},
		"topic deaf":      {vaultNotificationsToken, tell(deafTopic, "COPY_JOB_FAILED"), "AuthorizationError: backup.amazonaws.com is not authorized to perform: SNS:Publish"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := newBackupCloud(t).create(tt.token, tt.in)
			dataRefused(t, err, tt.want)
		})
	}
}

func TestVaultTopicKey(t *testing.T) {
	c := newBackupCloud(t)
	key := c.must(keyToken, simcloud.Values{"policy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"kms:*","Resource":"*"}]}`})
	topic := strings.Replace(p1Topic, "p1", "sealed", 1)
	c.must(topicToken, simcloud.Values{"name": "sealed", "kmsMasterKeyId": key.Out.String("arn")})
	c.must(topicPolicyToken, simcloud.Values{"arn": topic, "policy": strings.Replace(topicDocument("sns:Publish", topic), "cloudwatch", "backup", 1)})
	_, err := c.create(vaultNotificationsToken, simcloud.Values{"backupVaultName": "main", "snsTopicArn": topic, "backupVaultEvents": []string{"COPY_JOB_FAILED"}})
	dataRefused(t, err, "KMSAccessDenied: backup.amazonaws.com is not authorized to use the key")
}

func TestBackupPlanRefusals(t *testing.T) {
	copyTo := func(arn string) simcloud.Values {
		return simcloud.Values{"copyActions": []any{map[string]any{"destinationVaultArn": arn}}}
	}
	keep := func(days, cold int) map[string]any {
		m := map[string]any{"deleteAfter": days}
		if cold > 0 {
			m["coldStorageAfter"] = cold
		}
		return m
	}
	far := "arn:aws:backup:eu-central-1:111122223333:backup-vault:far"
	for name, tt := range map[string]struct {
		edits simcloud.Values
		want  string
	}{
		"good":                {nil, ""},
		"copied far":          {copyTo(far), ""},
		"copied nowhere":      {copyTo(strings.Replace(testVault, "main", "none", 1)), "InvalidParameterValueException: Destination backup vault"},
		"copied to itself":    {copyTo(testVault), "InvalidParameterValueException: Copy action cannot have the same destination vault"},
		"copied to no ARN":    {copyTo("far"), "invalid value for destinationVaultArn"},
		"vault missing":       {simcloud.Values{"targetVaultName": "none"}, "ResourceNotFoundException: Backup vault none cannot be found"},
		"rule name":           {simcloud.Values{"ruleName": "every day"}, "invalid value for ruleName"},
		"cron":                {simcloud.Values{"schedule": "cron(0 5 * * * *)"}, "InvalidParameterValueException: Invalid schedule expression"},
		"cron of unix":        {simcloud.Values{"schedule": "0 5 * * *"}, "InvalidParameterValueException: Invalid schedule expression"},
		"time zone":           {simcloud.Values{"scheduleExpressionTimezone": "Europe/Berlim"}, "ValidationException: Provided time zone is invalid: Europe/Berlim"},
		"start":               {simcloud.Values{"startWindow": 30}, "InvalidParameterValueException: Start window must be at least 60 minutes"},
		"completion":          {simcloud.Values{"completionWindow": 100}, "InvalidParameterValueException: Completion window must be at least 60 minutes greater"},
		"cold":                {simcloud.Values{"lifecycle": keep(100, 30)}, "InvalidParameterValueException: Invalid lifecycle. DeleteAfterDays cannot be less than 90 days apart"},
		"continuous":          {simcloud.Values{"enableContinuousBackup": true, "lifecycle": keep(35, 0)}, ""},
		"continuous for ever": {simcloud.Values{"enableContinuousBackup": true, "lifecycle": nil}, "InvalidParameterValueException: Lifecycle must be specified"},
		"continuous long":     {simcloud.Values{"enableContinuousBackup": true, "lifecycle": keep(36, 0)}, "InvalidParameterValueException: DeleteAfterDays must be between 1 and 35"},
		"continuous cold":     {simcloud.Values{"enableContinuousBackup": true, "lifecycle": map[string]any{"coldStorageAfter": 1, "deleteAfter": 35}}, "InvalidParameterValueException: Invalid lifecycle."},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := newBackupCloud(t).create(backupPlanToken, backupRule(tt.edits))
			dataRefused(t, err, tt.want)
		})
	}
}

// A lock and a plan that do not fit are refused, whichever comes first.
func TestLockOutsideRetention(t *testing.T) {
	const want = "InvalidParameterValueException: Backup job failed because retention period in job does not comply"
	for _, tt := range []struct {
		low, high, days int
		want            string
	}{{7, 60, 30, ""}, {31, 60, 30, want}, {7, 29, 30, want}} {
		lock := simcloud.Values{"backupVaultName": "main", "minRetentionDays": tt.low, "maxRetentionDays": tt.high}
		plan := backupRule(simcloud.Values{"lifecycle": map[string]any{"deleteAfter": tt.days}})
		c := newBackupCloud(t)
		c.must(vaultLockToken, lock)
		_, err := c.create(backupPlanToken, plan)
		dataRefused(t, err, tt.want)
		c = newBackupCloud(t)
		c.must(backupPlanToken, plan)
		_, err = c.create(vaultLockToken, lock)
		dataRefused(t, err, tt.want)
	}
}

func TestBackupSelectionRefusals(t *testing.T) {
	tags := []any{map[string]any{"key": "backup", "type": "STRINGEQUALS", "value": "daily"}}
	for name, tt := range map[string]struct {
		edits simcloud.Values
		want  string
	}{
		"good":         {nil, ""},
		"role missing": {simcloud.Values{"iamRoleArn": backupRole + "x"}, "InvalidParameterValueException: IAM Role " + backupRole + "x cannot be assumed by AWS Backup"},
		"role other":   {simcloud.Values{"iamRoleArn": "arn:aws:iam::111122223333:role/other"}, "InvalidParameterValueException: IAM Role arn:aws:iam::111122223333:role/other cannot be assumed"},
		"role bare":    {simcloud.Values{"iamRoleArn": "arn:aws:iam::111122223333:role/bare"}, "InvalidParameterValueException: IAM Role arn:aws:iam::111122223333:role/bare is not authorized to call tag:GetResources"},
		"plan missing": {simcloud.Values{"planId": "none"}, "InvalidParameterValueException: Cannot find Backup plan with ID none"},
		"nothing":      {simcloud.Values{"selectionTags": nil}, "InvalidParameterValueException: Invalid backup selection. Either 'ListOfTags' or 'Resources'"},
		"name":         {simcloud.Values{"name": "by tag"}, "invalid value for name"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newBackupCloud(t)
			plan := c.must(backupPlanToken, backupRule(nil))
			_, err := c.create(backupSelectionToken, edited(simcloud.Values{"name": "tag", "iamRoleArn": backupRole, "planId": plan.ID, "selectionTags": tags}, tt.edits))
			dataRefused(t, err, tt.want)
		})
	}
}

// What is selected by its tag gets into the vault, which can then not be
// deleted but with all that is in it; and a plan not before its selections.
func TestVaultWithRecoveryPoints(t *testing.T) {
	for _, force := range []bool{false, true} {
		c := newBackupCloud(t)
		c.must(vaultToken, simcloud.Values{"name": "full", "forceDestroy": force})
		plan := c.must(backupPlanToken, backupRule(simcloud.Values{"targetVaultName": "full"}))
		selection := c.must(backupSelectionToken, simcloud.Values{
			"name": "s3", "iamRoleArn": backupRole, "planId": plan.ID, "resources": []string{"arn:aws:s3:::*"},
			"conditions": []any{map[string]any{"stringEquals": []any{map[string]any{"key": "aws:ResourceTag/backup", "value": "daily"}}}},
		})
		points := 0
		for _, r := range c.Records() {
			if r.Type == recoveryPointToken {
				points++
			}
		}
		if points != 1 {
			t.Errorf("got %d recovery points, want one: that of the bucket with the tag", points)
		}
		dataRefused(t, c.Delete(dataSession, backupPlanToken, plan.ID), "InvalidRequestException: Related backup plan selections must be deleted prior to backup plan deletion")
		dataRefused(t, c.Delete(dataSession, backupSelectionToken, selection.ID), "")
		want := "InvalidRequestException: Backup vault cannot be deleted because it contains recovery points."
		if force {
			want = ""
		}
		dataRefused(t, c.Delete(dataSession, vaultToken, "full"), want)
	}
}

func TestRestoreTestingRefusals(t *testing.T) {
	plan := simcloud.Values{
		"name": "explico_test", "scheduleExpression": "cron(0 6 ? * SUN *)", "startWindowHours": 1,
		"recoveryPointSelection": map[string]any{
			"algorithm": "LATEST_WITHIN_WINDOW", "includeVaults": []string{testVault}, "recoveryPointTypes": []string{"SNAPSHOT"}, "selectionWindowDays": 7,
		},
	}
	item := simcloud.Values{
		"name": "rds", "iamRoleArn": backupRole, "restoreTestingPlanName": "explico_test", "protectedResourceType": "RDS",
		"protectedResourceArns": []string{"*"}, "validationWindowHours": 1,
	}
	points := func(key string, value any) simcloud.Values {
		return simcloud.Values{"recoveryPointSelection": map[string]any(edited(plan["recoveryPointSelection"].(map[string]any), simcloud.Values{key: value}))}
	}
	for name, tt := range map[string]struct {
		token string
		edits simcloud.Values
		want  string
	}{
		"plan":           {restoreTestToken, nil, ""},
		"hyphens":        {restoreTestToken, simcloud.Values{"name": "explico-test"}, "invalid value for name (explico-test)"},
		"cron":           {restoreTestToken, simcloud.Values{"scheduleExpression": "weekly"}, "InvalidParameterValueException: Invalid schedule expression"},
		"algorithm":      {restoreTestToken, points("algorithm", "LATEST"), "expected recoveryPointSelection.algorithm to be one of"},
		"vault":          {restoreTestToken, points("includeVaults", []string{testVault + "x"}), "InvalidParameterValueException: Backup vault"},
		"point type":     {restoreTestToken, points("recoveryPointTypes", []string{"COLD"}), "expected recoveryPointTypes to be one of"},
		"window":         {restoreTestToken, points("selectionWindowDays", 400), "expected recoveryPointSelection.selectionWindowDays to be in the range (1 - 365)"},
		"item":           {restoreTestItemToken, nil, ""},
		"item type":      {restoreTestItemToken, simcloud.Values{"protectedResourceType": "Redshift"}, "expected protectedResourceType to be one of"},
		"item role":      {restoreTestItemToken, simcloud.Values{"iamRoleArn": "arn:aws:iam::111122223333:role/other"}, "InvalidParameterValueException: IAM Role"},
		"item of none":   {restoreTestItemToken, simcloud.Values{"restoreTestingPlanName": "none"}, "ResourceNotFoundException: Restore testing plan none"},
		"item hyphen":    {restoreTestItemToken, simcloud.Values{"name": "the-rds"}, "invalid value for name (the-rds)"},
		"item nothing":   {restoreTestItemToken, simcloud.Values{"protectedResourceArns": nil}, "InvalidParameterValueException: Either ProtectedResourceArns"},
		"item both":      {restoreTestItemToken, simcloud.Values{"protectedResourceArns": []string{"arn:x"}, "protectedResourceConditions": map[string]any{}}, "InvalidParameterValueException: Cannot select by both"},
		"item too long":  {restoreTestItemToken, simcloud.Values{"validationWindowHours": 200}, "expected validationWindowHours to be in the range (1 - 168)"},
		"plan time zone": {restoreTestToken, simcloud.Values{"scheduleExpressionTimezone": "CEST"}, "ValidationException: Provided time zone is invalid: CEST"},
	} {
		t.Run(name, func(t *testing.T) {
			c, base := newBackupCloud(t), plan
			if tt.token == restoreTestItemToken {
				c.must(restoreTestToken, plan)
				base = item
			}
			_, err := c.create(tt.token, edited(base, tt.edits))
			dataRefused(t, err, tt.want)
		})
	}
	c := newBackupCloud(t)
	c.must(restoreTestToken, plan)
	c.must(restoreTestItemToken, item)
	dataRefused(t, c.Delete(dataSession, restoreTestToken, "explico_test"), "InvalidRequestException: Related restore testing selections")
}
