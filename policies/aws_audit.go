package policies

import (
	"slices"
	"strings"
)

// auditRules are those of what records and watches the account. A stack without
// the account's baseline has none of it, and shares an account that has.
var auditRules = []rule{
	{
		ids:      "F CloudTrail.1, T AWS-0014, C CKV_AWS_67",
		topics:   "audit",
		priority: 1, types: "cloudtrail.Trail",
		reason: "who breaks in does it in a region that nobody looks at",
		check:  all(is("isMultiRegionTrail", true), is("includeGlobalServiceEvents", nil, true), is("enableLogging", nil, true)),
		bad: []string{
			`cloudtrail.Trail security: isMultiRegionTrail = false`,
			`cloudtrail.Trail security: includeGlobalServiceEvents = false`,
			`cloudtrail.Trail security: enableLogging = false`,
		},
	},
	{
		ids:      "F CloudTrail.2, T AWS-0015, C CKV_AWS_35",
		topics:   "audit atRest",
		priority: 1, types: "cloudtrail.Trail",
		reason: "the trail says who may do what, and where the weak places are",
		check:  ownKey("kmsKeyId"),
		bad:    []string{`cloudtrail.Trail security: kmsKeyId = null`},
	},
	{
		ids:      "F CloudTrail.4, T AWS-0016, C CKV_AWS_36",
		topics:   "audit",
		priority: 1, types: "cloudtrail.Trail",
		reason: "without digests nobody can prove that the evidence is whole",
		check:  is("enableLogFileValidation", true),
		bad:    []string{`cloudtrail.Trail security: enableLogFileValidation = null`},
	},
	{
		ids:      "F CloudTrail.5, T AWS-0162, C CKV2_AWS_10",
		topics:   "alerts audit",
		priority: 2, types: "cloudtrail.Trail",
		reason: "what only lies in a bucket rings no alarm",
		check:  all(has("cloudWatchLogsGroupArn"), has("cloudWatchLogsRoleArn")),
		bad: []string{
			`cloudtrail.Trail security: cloudWatchLogsGroupArn = null`, `cloudtrail.Trail security: cloudWatchLogsRoleArn = null`,
		},
	},
	{
		ids:      "F CloudTrail.6/7, T AWS-0161/0163",
		topics:   "audit",
		priority: 1, types: "cloudtrail.Trail",
		reason: "who can read or change the evidence covers their tracks",
		check: through("s3.BucketV2", "s3BucketName", all(
			with("s3.BucketPublicAccessBlock", "bucket", is("restrictPublicBuckets", true)),
			with("s3.BucketLoggingV2", "bucket", has("targetBucket")),
		)),
		bad: []string{
			`cloudtrail.Trail security: s3BucketName = "somebody-elses"`,
			`s3.BucketLoggingV2 security-audit: gone`,
		},
		also: []string{"F S3.9"},
	},
	{
		ids:      "F Config.1, C CKV2_AWS_45/48",
		topics:   "audit inventory",
		priority: 1, types: "cfg.Recorder",
		reason: "what a resource was like last week is asked after an attack",
		check: all(
			is("recordingGroup.allSupported", nil, true), is("recordingGroup.includeGlobalResourceTypes", true),
			with("cfg.RecorderStatus", "name", is("isEnabled", true)), related(func(g *graph, _ resource) []string {
				if len(g.of("cfg.DeliveryChannel")) == 0 {
					return complain("has no cfg.DeliveryChannel")
				}
				return nil
			}),
		),
		bad: []string{
			`cfg.Recorder security: recordingGroup.allSupported = false`,
			`cfg.Recorder security: recordingGroup.includeGlobalResourceTypes = null`,
			`cfg.RecorderStatus security: isEnabled = false`,
			`cfg.DeliveryChannel security: gone`,
		},
	},
	{
		ids:      "F GuardDuty.1, C CKV_AWS_238",
		topics:   "detection",
		priority: 1, types: "guardduty.Detector",
		reason: "a detector that is off looks like one that finds nothing",
		check:  is("enable", nil, true),
		bad:    []string{`guardduty.Detector security: enable = false`},
	},
	{
		ids:      "F GuardDuty.5/9/10",
		topics:   "detection",
		priority: 2, types: "guardduty.Detector",
		reason: "buckets, databases and the cluster are looked at only if that is asked for",
		check:  features("S3_DATA_EVENTS", "RDS_LOGIN_EVENTS", "EKS_AUDIT_LOGS"),
		bad: []string{
			`guardduty.DetectorFeature security-S3_DATA_EVENTS: gone`,
			`guardduty.DetectorFeature security-RDS_LOGIN_EVENTS: status = "DISABLED"`,
			`guardduty.DetectorFeature security-EKS_AUDIT_LOGS: name = "EBS_MALWARE_PROTECTION"`,
		},
	},
	{
		ids:      "CIS 5.16",
		topics:   "detection",
		priority: 2, types: "securityhub.Account",
		reason: "a hub that subscribes to no standard checks nothing",
		check: related(func(g *graph, _ resource) []string {
			fsbp := func(s resource) bool {
				return strings.Contains(s.Inputs.String("standardsArn"), "aws-foundational-security-best-practices")
			}
			if slices.ContainsFunc(g.of("securityhub.StandardsSubscription"), fsbp) {
				return nil
			}
			return complain("subscribes to no Foundational Security Best Practices")
		}),
		bad: []string{`securityhub.StandardsSubscription security-fsbp: gone`},
	},
	{
		ids:      "T AWS-0147..0160",
		topics:   "alerts",
		priority: 3, types: "cloudwatch.LogMetricFilter",
		reason: "a figure that nobody is told of is none",
		check: related(func(g *graph, r resource) []string {
			name := r.Inputs.String("metricTransformation.name")
			heard := func(a resource) bool { return a.Inputs.String("metricName") == name }
			if slices.ContainsFunc(g.of("cloudwatch.MetricAlarm"), heard) {
				return nil
			}
			return complain("no alarm watches %s", name)
		}),
		bad: []string{`cloudwatch.MetricAlarm security-audit-root: gone`},
	},
	{
		ids:      "F IAM.7, T AWS-0056..0063",
		topics:   "identity",
		priority: 3, types: "iam.AccountPasswordPolicy",
		reason: "people without a password manager choose what others guess",
		check: all(
			atLeast("minimumPasswordLength", 14), atLeast("passwordReusePrevention", 24), is("requireLowercaseCharacters", true),
			is("requireUppercaseCharacters", true), is("requireNumbers", true), is("requireSymbols", true),
		),
		bad: []string{
			`iam.AccountPasswordPolicy security: minimumPasswordLength = 8`, `iam.AccountPasswordPolicy security: passwordReusePrevention = null`,
			`iam.AccountPasswordPolicy security: requireSymbols = false`,
		},
	},
}

// features wants a detector to look at more than the account's own records.
func features(names ...string) check {
	return related(func(g *graph, r resource) (all []string) {
		for _, name := range names {
			on := func(f resource) bool {
				return f.Inputs.String("name") == name && f.Inputs.String("status") == "ENABLED"
			}
			if !slices.ContainsFunc(g.naming("guardduty.DetectorFeature", "detectorId", r), on) {
				all = append(all, "does not look at "+name)
			}
		}
		return all
	})
}
