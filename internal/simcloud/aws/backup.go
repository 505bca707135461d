package aws

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	vaultToken              = "aws:backup/vault:Vault"
	vaultLockToken          = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
	vaultPolicyToken        = "aws:backup/vaultPolicy:VaultPolicy"
	vaultNotificationsToken = "aws:backup/vaultNotifications:VaultNotifications"
	backupPlanToken         = "aws:backup/plan:Plan"
	backupSelectionToken    = "aws:backup/selection:Selection"
	restoreTestToken        = "aws:backup/restoreTestingPlan:RestoreTestingPlan"
	restoreTestItemToken    = "aws:backup/restoreTestingSelection:RestoreTestingSelection"
	// recoveryPointToken is what a plan puts into a vault; no program makes one.
	recoveryPointToken = "aws:backup/recoveryPoint:RecoveryPoint"
)

const (
	backupService = "backup.amazonaws.com"
	maxBackupDays = 36500
)

var (
	vaultName     = regexp.MustCompile(`^[a-zA-Z0-9_-]{2,50}$`)
	backupName    = regexp.MustCompile(`^[a-zA-Z0-9_.-]{1,50}$`)
	vaultArnShape = regexp.MustCompile(`^arn:aws[a-z-]*:backup:[a-z0-9-]+:\d{12}:backup-vault:[a-zA-Z0-9_-]{2,50}$`)
	vaultEvents   = strings.Fields(`BACKUP_JOB_STARTED BACKUP_JOB_COMPLETED COPY_JOB_STARTED COPY_JOB_SUCCESSFUL COPY_JOB_FAILED
		RESTORE_JOB_STARTED RESTORE_JOB_COMPLETED RECOVERY_POINT_MODIFIED S3_BACKUP_OBJECT_FAILED S3_RESTORE_OBJECT_FAILED`)
	vaultEventsOld = strings.Fields(`BACKUP_JOB_SUCCESSFUL BACKUP_JOB_FAILED BACKUP_JOB_EXPIRED RESTORE_JOB_SUCCESSFUL RESTORE_JOB_FAILED
		BACKUP_PLAN_CREATED BACKUP_PLAN_MODIFIED`)
)

// backupTypes are AWS Backup's.
// Sources: AWS Backup API reference and developer guide, read 2026-11.
func backupTypes() []*simcloud.Type {
	return []*simcloud.Type{
		backupVault(), vaultLock(), vaultPolicy(), vaultNotifications(), backupPlan(), backupSelection(),
		restoreTestingPlan(), restoreTestingSelection(),
		{Token: recoveryPointToken, Noun: "recovery point", IDFrom: "recoveryPointArn"},
	}
}

func backupVault() *simcloud.Type {
	return &simcloud.Type{
		Token: vaultToken, Noun: "backup vault", IDFrom: "name", Auto: "name", AutoMax: 50, Takes: 2 * time.Second,
		Replace: []string{"name", "kmsKeyArn"},
		Refs: []simcloud.Ref{{
			Path: "kmsKeyArn", To: []string{keyToken}, By: "arn",
			Missing: "InvalidParameterValueException: The KMS key %s cannot be found",
		}},
		Unique:   []simcloud.Unique{{Paths: []string{"name"}, Words: "AlreadyExistsException: Backup vault with the same name already exists: %s"}},
		Validate: func(in simcloud.Values) []error { return simcloud.Problems(simcloud.Matches(in, "name", vaultName)) },
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"arn": arn(op, "backup", "backup-vault:"+op.ID), "recoveryPoints": 0}
		},
		// forceDestroy has the provider delete the recovery points first.
		Delete: func(op *simcloud.Op) error {
			if op.In.Bool("forceDestroy") || op.Find(recoveryPointToken, "backupVaultName", op.ID) == nil {
				return nil
			}
			return simcloud.Refusal("InvalidRequestException", "Backup vault cannot be deleted because it contains recovery points.")
		},
	}
}

// ofVault completes the type of one part of a vault's configuration. A vault
// has one of each kind, under its name; a second one would overwrite the first
// without a word, and take it away when it goes.
func ofVault(t *simcloud.Type) *simcloud.Type {
	t.IDFrom = "backupVaultName"
	t.Required = append(t.Required, "backupVaultName")
	t.Replace = append(t.Replace, "backupVaultName")
	t.Refs = append(t.Refs, vaultRef("backupVaultName"))
	t.Unique = []simcloud.Unique{{
		Paths: []string{"backupVaultName"},
		Words: "ConflictException: backup vault %s already has a " + t.Noun + ": AWS Backup keeps one per vault, a second would silently overwrite it",
	}}
	return t
}

// vaultRef is a reference to a vault by its name.
func vaultRef(path string) simcloud.Ref {
	return simcloud.Ref{Path: path, To: []string{vaultToken}, Missing: "ResourceNotFoundException: Backup vault %s cannot be found"}
}

// vaultLock is AWS Backup Vault Lock: in governance mode, or with
// changeableForDays in compliance mode. No one takes a compliance lock away
// after that many days; time does not pass here, so that it can be.
func vaultLock() *simcloud.Type {
	return ofVault(&simcloud.Type{
		Token: vaultLockToken, Noun: "lock configuration", Replace: []string{"*"},
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(simcloud.Between(in, "minRetentionDays", 1, maxBackupDays), simcloud.Between(in, "maxRetentionDays", 1, maxBackupDays),
				simcloud.Between(in, "changeableForDays", 3, maxBackupDays))
		},
		Refuse: func(op *simcloud.Op) error {
			low, high := op.In.Int("minRetentionDays"), op.In.Int("maxRetentionDays")
			if high > 0 && low > high {
				return simcloud.Refusal("InvalidParameterValueException", "MinRetentionDays %d must not be greater than MaxRetentionDays %d", low, high)
			}
			for _, plan := range op.All(backupPlanToken) {
				for _, rule := range plan.In.Objects("rules[]") {
					if rule.String("targetVaultName") == op.In.String("backupVaultName") {
						if err := outsideLock(op.In, rule); err != nil {
							return err
						}
					}
				}
			}
			return nil
		},
	})
}

// outsideLock refuses a rule whose backups a lock would not let in. AWS Backup
// itself takes both, and then fails every job: too late for a test.
func outsideLock(lock, rule simcloud.Values) error {
	low, high, days := lock.Int("minRetentionDays"), lock.Int("maxRetentionDays"), rule.Int("lifecycle.deleteAfter")
	if (low == 0 || days == 0 || days >= low) && (high == 0 || days > 0 && days <= high) {
		return nil
	}
	return simcloud.Refusal("InvalidParameterValueException",
		"Backup job failed because retention period in job does not comply with the min and max retention period specified in the Backup Vault Lock configuration (rule %s: %d days, lock: %d to %d)",
		rule.String("ruleName"), days, low, high)
}

func vaultPolicy() *simcloud.Type {
	return ofVault(&simcloud.Type{
		Token: vaultPolicyToken, Noun: "access policy", Required: []string{"policy"},
		Validate: func(in simcloud.Values) []error { return simcloud.Problems(policyDocument(in, "policy")) },
		Refuse: func(op *simcloud.Op) error {
			doc, err := parsePolicy(op.In.String("policy"))
			if err != nil {
				return nil // refused as a document already
			}
			for _, s := range doc.Statement {
				for _, a := range append(s.Action, s.NotAction...) {
					if a != "*" && !strings.HasPrefix(a, "backup:") && !strings.HasPrefix(a, "backup-storage:") {
						return simcloud.Refusal("InvalidParameterValueException", "Invalid policy: action %s is not one of AWS Backup", a)
					}
				}
				if !s.Principal.any && len(s.Principal.byKind) == 0 {
					return simcloud.Refusal("InvalidParameterValueException", "Invalid policy: Missing required field Principal")
				}
			}
			return nil
		},
	})
}

func vaultNotifications() *simcloud.Type {
	return ofVault(&simcloud.Type{
		Token: vaultNotificationsToken, Noun: "notification configuration", Replace: []string{"*"},
		Required: []string{"backupVaultEvents", "snsTopicArn"},
		Refs:     []simcloud.Ref{topicRef("snsTopicArn")},
		Validate: func(in simcloud.Values) []error {
			var errs []error
			for _, event := range in.Strings("backupVaultEvents[]") {
				item := simcloud.Values{"backupVaultEvents": event}
				errs = append(errs, simcloud.Problems(simcloud.OneOf(item, "backupVaultEvents", append(vaultEventsOld, vaultEvents...)...))...)
			}
			return errs
		},
		Refuse: func(op *simcloud.Op) error {
			for _, event := range op.In.Strings("backupVaultEvents[]") {
				for _, old := range vaultEventsOld {
					if event == old { // taken by the API, and never sent
						return simcloud.Refusal("InvalidParameterValueException", "Event %s is deprecated and no longer in use", event)
					}
				}
			}
			return mayTell(op, op.In.String("snsTopicArn"), backupService)
		},
	})
}

// mayTell refuses a topic that a service cannot publish to: the topic's policy
// lets it, and its key. The services themselves do not look, and say nothing
// when the day comes.
func mayTell(op *simcloud.Op, topic, service string) error {
	t := op.Find(topicToken, "arn", topic)
	if t == nil {
		return fmt.Errorf("NotFound: Topic does not exist: %s", topic)
	}
	if t.In.Bool("fifoTopic") {
		return simcloud.Refusal("InvalidParameterValueException", "SNS FIFO topics are not supported: %s", topic)
	}
	text := t.In.String("policy")
	if p := op.Find(topicPolicyToken, "arn", topic); p != nil {
		text = p.In.String("policy")
	}
	if !permits(text, "sns:Publish", service) {
		return simcloud.Refusal("AuthorizationError", "%s is not authorized to perform: SNS:Publish on resource: %s", service, topic)
	}
	key := op.Find(keyToken, "arn", t.In.String("kmsMasterKeyId"))
	if key != nil && !(permits(key.In.String("policy"), "kms:GenerateDataKey", service) && permits(key.In.String("policy"), "kms:Decrypt", service)) {
		return simcloud.Refusal("KMSAccessDenied", "%s is not authorized to use the key %s of topic %s", service, key.ID, topic)
	}
	return nil
}

// permits says whether a policy lets a service do something.
func permits(text, action, service string) bool {
	doc, err := parsePolicy(text)
	if err != nil {
		return false
	}
	for _, s := range doc.Statement {
		if s.Effect == "Allow" && s.allows(action) && s.Principal.names("Service", service) {
			return true
		}
	}
	return false
}
