package aws

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

func invalidBackup(format string, args ...any) error {
	return simcloud.Refusal("InvalidParameterValueException", format, args...)
}

func backupPlan() *simcloud.Type {
	return &simcloud.Type{
		Token: backupPlanToken, Noun: "backup plan", ID: uuid, Auto: "name", AutoMax: 50, Takes: time.Second,
		Required: []string{"rules"},
		Replace:  []string{"name"},
		InUse:    "InvalidRequestException: Related backup plan selections must be deleted prior to backup plan deletion: %s",
		Refs:     []simcloud.Ref{vaultRef("rules[].targetVaultName")},
		Validate: backupRules,
		Refuse: func(op *simcloud.Op) error {
			for _, rule := range op.In.Objects("rules[]") {
				if err := backupRuleProblem(op, rule); err != nil {
					return err
				}
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"arn": arn(op, "backup", "backup-plan:"+op.ID), "version": strings.ToUpper(op.Hex(32, "version"))}
		},
	}
}

func backupRules(in simcloud.Values) []error {
	errs := simcloud.Problems(simcloud.Matches(in, "name", backupName))
	for _, rule := range in.Objects("rules[]") {
		errs = append(errs, simcloud.Problems(simcloud.Matches(rule, "ruleName", backupName), zoneProblem(rule, "scheduleExpressionTimezone"))...)
		for _, copied := range rule.Objects("copyActions[]") {
			errs = append(errs, simcloud.Problems(simcloud.Matches(copied, "destinationVaultArn", vaultArnShape))...)
		}
	}
	return errs
}

// backupRuleProblem is what AWS Backup says of one rule of a plan.
func backupRuleProblem(op *simcloud.Op, rule simcloud.Values) error {
	if text := rule.String("schedule"); rule.Has("schedule") && !awsCron(text) {
		return invalidBackup("Invalid schedule expression in backup rule %s: %s", rule.String("ruleName"), text)
	}
	start, complete := rule.Int("startWindow"), rule.Int("completionWindow")
	if rule.Has("startWindow") && start < 60 {
		return invalidBackup("Start window must be at least 60 minutes: %d", start)
	}
	if rule.Has("completionWindow") && complete < start+60 {
		return invalidBackup("Completion window must be at least 60 minutes greater than start window: %d", complete)
	}
	if err := backupLifecycle(rule); err != nil {
		return err
	}
	if lock := op.Find(vaultLockToken, "backupVaultName", rule.String("targetVaultName")); lock != nil {
		if err := outsideLock(lock.In, rule); err != nil {
			return err
		}
	}
	here := arn(op, "backup", "backup-vault:")
	for _, to := range rule.Strings("copyActions[].destinationVaultArn") {
		name, own := strings.CutPrefix(to, here)
		if own && name == rule.String("targetVaultName") {
			return invalidBackup("Copy action cannot have the same destination vault as the backup rule: %s", to)
		}
		if own && op.Find(vaultToken, "name", name) == nil {
			return invalidBackup("Destination backup vault %s cannot be found", to)
		}
	}
	return nil
}

func backupLifecycle(rule simcloud.Values) error {
	days, cold := rule.Int("lifecycle.deleteAfter"), rule.Int("lifecycle.coldStorageAfter")
	if cold > 0 && days > 0 && days < cold+90 {
		return invalidBackup("Invalid lifecycle. DeleteAfterDays cannot be less than 90 days apart from MoveToColdStorageAfterDays")
	}
	if !rule.Bool("enableContinuousBackup") {
		return nil
	}
	switch {
	case !rule.Has("lifecycle.deleteAfter"):
		return invalidBackup("Lifecycle must be specified for backup rule enabled continuous backup")
	case days < 1 || days > 35:
		return invalidBackup("DeleteAfterDays must be between 1 and 35 for backup rule enabled continuous backup: %d", days)
	case cold > 0:
		return invalidBackup("MoveToColdStorageAfterDays is unavailable for backup rule enabled continuous backup")
	}
	return nil
}

func backupSelection() *simcloud.Type {
	return &simcloud.Type{
		Token: backupSelectionToken, Noun: "backup selection", ID: uuid, Auto: "name", AutoMax: 50, Takes: time.Second,
		Required: []string{"iamRoleArn", "planId"},
		Replace:  []string{"*"},
		Refs: []simcloud.Ref{{
			Path: "planId", To: []string{backupPlanToken}, Holds: true,
			Missing: "InvalidParameterValueException: Cannot find Backup plan with ID %s",
		}, {
			Path: "iamRoleArn", To: []string{roleToken}, By: "arn",
			Missing: "InvalidParameterValueException: IAM Role %s cannot be assumed by AWS Backup",
		}},
		Validate: func(in simcloud.Values) []error { return simcloud.Problems(simcloud.Matches(in, "name", backupName)) },
		Refuse: func(op *simcloud.Op) error {
			role := op.Find(roleToken, "arn", op.In.String("iamRoleArn"))
			switch {
			case !eksTrusts(role, backupService, "sts:AssumeRole"):
				return invalidBackup("IAM Role %s cannot be assumed by AWS Backup", op.In.String("iamRoleArn"))
			case !attached(op, role, "AWSBackupServiceRolePolicyForBackup"):
				return invalidBackup("IAM Role %s is not authorized to call tag:GetResources", op.In.String("iamRoleArn"))
			case len(op.In.All("selectionTags[]"))+len(op.In.All("resources[]")) == 0:
				return invalidBackup("Invalid backup selection. Either 'ListOfTags' or 'Resources' section must be non-empty.")
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			firstNight(op)
			return simcloud.Values{}
		},
	}
}

// attached says whether a policy that AWS keeps is attached to a role.
func attached(op *simcloud.Op, role *simcloud.Record, policy string) bool {
	for _, a := range op.All("aws:iam/rolePolicyAttachment:RolePolicyAttachment") {
		if a.In.String("role") == role.Out.String("name") && strings.HasSuffix(a.In.String("policyArn"), "/"+policy) {
			return true
		}
	}
	return false
}

// firstNight puts what a selection selects into the vaults of its plan, as the
// plan's first run does: from then on the vaults are not empty.
func firstNight(op *simcloud.Op) {
	plan := op.Find(backupPlanToken, "id", op.In.String("planId"))
	if plan == nil || op.Old != nil {
		return
	}
	for _, rule := range plan.In.Objects("rules[]") {
		vault := rule.String("targetVaultName")
		owner := op.Find(vaultToken, "id", vault)
		for _, token := range []string{dbInstanceToken, bucketToken} {
			for _, r := range op.All(token) {
				if !selects(op.In, r) {
					continue
				}
				// The same for each incarnation of the selection: a night is a night.
				sum := sha256.Sum256([]byte(vault + " " + rule.String("ruleName") + " " + r.ID))
				point := arn(op, "backup", "recovery-point:"+hex.EncodeToString(sum[:8]))
				op.Within(owner, recoveryPointToken, point, simcloud.Values{
					"recoveryPointArn": point, "backupVaultName": vault, "resourceArn": r.Out.String("arn"),
				})
			}
		}
	}
}

// selects says whether a selection takes a resource: by one of its tags, or by
// its ARN under all conditions.
func selects(in simcloud.Values, r *simcloud.Record) bool {
	tags := r.Out
	tag := func(key string) string {
		all, _ := tags.Get("tagsAll").(map[string]any)
		return fmt.Sprint(all[strings.TrimPrefix(key, "aws:ResourceTag/")])
	}
	for _, t := range in.Objects("selectionTags[]") {
		if tag(t.String("key")) == t.String("value") {
			return true
		}
	}
	for _, pattern := range in.Strings("resources[]") {
		if !wildcard(pattern, r.Out.String("arn")) {
			continue
		}
		for _, c := range in.Objects("conditions[].stringEquals[]") {
			if tag(c.String("key")) != c.String("value") {
				return false
			}
		}
		return true
	}
	return false
}
