package policies

import (
	"strings"
)

var keyRules = []rule{
	{
		ids:      "F KMS.4, T AWS-0065, C CKV_AWS_7, CIS 4.6",
		topics:   "secrets",
		priority: 1, types: "kms.Key",
		reason: "a key that got out is of use for a year at most",
		check:  is("enableKeyRotation", true),
		bad:    []string{`kms.Key database: enableKeyRotation = false`, `kms.Key monitoring-us-east-1: enableKeyRotation = null`},
	},
	{
		ids:      "F KMS.5, C CKV_AWS_33, CKV2_AWS_64, K kms_key_with_full_permissions",
		topics:   "rights",
		priority: 1, types: "kms.Key",
		reason: "a key that everybody may use protects nothing",
		check: all(has("policy"), allows(func(_ resource, s statement) string {
			// Without a condition on who asks, the others narrow nothing.
			if anyone(s) && !conditioned(s, "kms:CallerAccount", "aws:PrincipalAccount", "aws:PrincipalOrgID") {
				return "allows anybody of any account"
			}
			return ""
		})),
		bad: []string{
			`kms.Key disks: policy.Statement[1].Condition = null`,
			`kms.Key disks: policy.Statement[2].Condition.StringEquals = null`,
			`kms.Key secrets: policy.Statement[0].Principal.AWS[0] = "*"`,
		},
		also: []string{"own POL-2"}, // the last one allows kms:* to all
	},
	{
		ids:      "F KMS.3, K kms_key_with_no_deletion_window",
		topics:   "backups secrets",
		priority: 2, types: "kms.Key",
		reason: "with the key all that it encrypts is gone: somebody must have the time to notice",
		check:  atLeast("deletionWindowInDays", 30),
		bad:    []string{`kms.Key storage: deletionWindowInDays = 7`, `kms.Key storage: deletionWindowInDays = null`},
	},
	{
		ids:      "T AWS-0017, C CKV_AWS_158/66/338",
		topics:   "audit atRest retention",
		priority: 1, types: "cloudwatch.LogGroup",
		reason: "logs hold what applications should not have said; they go when nobody asks for them any more, and audit logs not before a year",
		check: all(ownKey("kmsKeyId"), atLeast("retentionInDays", 1), only(
			func(r resource) bool { return strings.HasPrefix(r.Inputs.String("name"), "/aws/eks/") },
			atLeast("retentionInDays", 365),
		)),
		bad: []string{
			`cloudwatch.LogGroup network-flow-logs: kmsKeyId = null`,
			`cloudwatch.LogGroup database-postgresql: retentionInDays = null`,
			`cloudwatch.LogGroup cluster-logs: retentionInDays = 90`,
			`dev/cloudwatch.LogGroup cluster-logs: retentionInDays = 7`,
		},
	},
	{
		ids:      "T AWS-0095/0136, C CKV_AWS_26",
		topics:   "atRest",
		priority: 1, types: "sns.Topic",
		reason: "an alert says what is broken, and where",
		check:  ownKey("kmsMasterKeyId"),
		bad: []string{
			`sns.Topic monitoring-p0: kmsMasterKeyId = null`,
			`sns.Topic monitoring-us-east-1-p1: kmsMasterKeyId = "alias/aws/sns"`,
		},
	},
	{
		ids:      "F SNS.4, C CKV_AWS_169",
		topics:   "rights",
		priority: 1, types: "sns.TopicPolicy",
		reason: "false alarms wake people, and hide the true one",
		check: allows(func(_ resource, s statement) string {
			if anyone(s) {
				return "allows anybody"
			}
			return ""
		}),
		bad: []string{
			`sns.TopicPolicy monitoring-p1: policy = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":[\"*\"]},\"Action\":[\"sns:Publish\"],\"Resource\":[\"x\"]}]}"`,

			`sns.TopicPolicy monitoring-p1: policy.Statement[1].Effect = "Allow"`,
			`sns.TopicPolicy monitoring-p0: policy.Statement[0].Principal = {"AWS":["*"]}`,
		},
	},
}

// ownKey wants a key of the stack at a path: AWS's own keys can be used by
// whoever may use the service, and no policy of ours says otherwise.
func ownKey(path string) check { return ofStack(path, "kms.Key") }
