package policies

import (
	"slices"
)

var bucketRules = []rule{
	{
		ids:      "F S3.8, T AWS-0086/0087/0091/0093/0094, C CKV2_AWS_6, CKV_AWS_53-56, CIS 3.1.4",
		topics:   "exposure",
		priority: 1, types: "s3.BucketV2",
		reason: "a policy or an ACL that is public by mistake is refused",
		check: with("s3.BucketPublicAccessBlock", "bucket", all(
			is("blockPublicAcls", true), is("blockPublicPolicy", true), is("ignorePublicAcls", true), is("restrictPublicBuckets", true),
		)),
		bad: []string{
			`s3.BucketPublicAccessBlock uploads: gone`,
			`s3.BucketPublicAccessBlock uploads: blockPublicAcls = false`,
			`s3.BucketPublicAccessBlock assets: blockPublicPolicy = null`,
			`s3.BucketPublicAccessBlock logs: ignorePublicAcls = false`,
			`s3.BucketPublicAccessBlock backups: restrictPublicBuckets = false`,
		},
	},
	{
		ids:      "F S3.17, T AWS-0132, C CKV_AWS_19/145",
		topics:   "atRest",
		priority: 1, types: "s3.BucketV2",
		reason: "reading takes a right to the key as well, and its use is on record",
		check: with("s3.BucketServerSideEncryptionConfigurationV2", "bucket", all(
			has("rules[]"),
			every("rules[].applyServerSideEncryptionByDefault", kmsEncrypted),
		)),
		bad: []string{
			`s3.BucketServerSideEncryptionConfigurationV2 uploads: gone`,
			`s3.BucketServerSideEncryptionConfigurationV2 uploads: rules[0].applyServerSideEncryptionByDefault.sseAlgorithm = "AES256"`,
			`s3.BucketServerSideEncryptionConfigurationV2 assets: rules[0].applyServerSideEncryptionByDefault.kmsMasterKeyId = null`,
			`s3.BucketServerSideEncryptionConfigurationV2 backups: rules = []`,
		},
	},
	{
		ids:      "F S3.5, K s3_bucket_policy_accepts_http_requests, CIS 3.1.1",
		topics:   "inTransit",
		priority: 1, types: "s3.BucketV2",
		reason: "what comes in clear can be read and changed on the way",
		check:  with("s3.BucketPolicy", "bucket", related(deniesClearText)),
		bad: []string{
			`s3.BucketPolicy uploads: policy.Statement[0] = null`,
			`s3.BucketPolicy uploads: policy.Statement[0].Condition.Bool = {"aws:SecureTransport":["true"]}`,
			`s3.BucketPolicy uploads: policy.Statement[0].Resource[1] = null`,
			`s3.BucketPolicy uploads: policy.Statement[0].Principal = {"AWS":["arn:aws:iam::123456789012:root"]}`,
			`s3.BucketPolicy uploads: gone`,
		},
	},
	{
		ids:      "F S3.14, T AWS-0090, C CKV_AWS_21",
		topics:   "backups",
		priority: 1, types: "s3.BucketV2",
		reason: "what is overwritten or deleted by mistake can be had back",
		check:  with("s3.BucketVersioningV2", "bucket", is("versioningConfiguration.status", "Enabled")),
		bad: []string{
			`s3.BucketVersioningV2 backups: gone`,
			`s3.BucketVersioningV2 backups: versioningConfiguration.status = "Suspended"`,
		},
	},
	{
		ids:      "F S3.9, T AWS-0089, C CKV_AWS_18",
		topics:   "audit",
		priority: 2, types: "s3.BucketV2",
		reason: "who read what is asked after a leak",
		check:  with("s3.BucketLoggingV2", "bucket", related(logsToOwnBucket)),
		bad: []string{
			`s3.BucketLoggingV2 uploads: gone`,
			`s3.BucketLoggingV2 uploads: targetBucket = "somebody-elses"`,
			`s3.BucketLoggingV2 uploads: targetBucket = "${s3.BucketV2 uploads}"`,
		},
	},
	{
		ids:      "F S3.10/13, C CKV2_AWS_61, CKV_AWS_300",
		topics:   "retention",
		priority: 2, types: "s3.BucketV2",
		reason: "old versions and broken uploads cost money for ever, where nobody sees them",
		check: with("s3.BucketLifecycleConfigurationV2", "bucket", all(
			has("rules[].abortIncompleteMultipartUpload.daysAfterInitiation"), has("rules[].noncurrentVersionExpiration"),
			every("rules[]", is("status", "Enabled")),
		)),
		bad: []string{
			`s3.BucketLifecycleConfigurationV2 assets: gone`,
			`s3.BucketLifecycleConfigurationV2 assets: rules[0].abortIncompleteMultipartUpload = null`,
			`s3.BucketLifecycleConfigurationV2 assets: rules[0].noncurrentVersionExpiration = null`,
			`s3.BucketLifecycleConfigurationV2 assets: rules[0].status = "Disabled"`,
		},
	},
	{
		ids:      "F S3.12, C CKV2_AWS_65, T AWS-0092",
		topics:   "rights",
		priority: 1, types: "s3.BucketV2",
		reason: "ACLs are a second way to give rights, which nobody looks at",
		check:  all(hasNot("acl"), with("s3.BucketOwnershipControls", "bucket", is("rule.objectOwnership", "BucketOwnerEnforced"))),
		bad: []string{
			`s3.BucketOwnershipControls uploads: gone`,
			`s3.BucketOwnershipControls uploads: rule.objectOwnership = "ObjectWriter"`,
			`s3.BucketV2 uploads: acl = "private"`,
		},
	},
	{
		ids:      "F S3.2/3/6, K s3_bucket_access_to_any_principal, C CKV_AWS_70",
		topics:   "rights",
		priority: 1, types: "s3.BucketPolicy",
		reason: "the public block refuses such a policy, or worse: makes it look as if it were in force",
		check: allows(func(_ resource, s statement) string {
			if anyone(s) {
				return "allows anybody"
			}
			return ""
		}),
		bad: []string{
			`s3.BucketPolicy uploads: policy = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":[\"*\"]},\"Action\":[\"s3:GetObject\"],\"Resource\":[\"x\"]}]}"`,

			`s3.BucketPolicy uploads: policy.Statement[1].Effect = "Allow"`,
			`s3.BucketPolicy assets: policy.Statement[2].Principal = {"AWS":["*"]}`,
		},
		also: []string{"own POL-2", "F S3.5"}, // one allows s3:* to all, one denies nothing
	},
}

// kmsEncrypted wants encryption with a key of the stack.
var kmsEncrypted = inTurn(is("sseAlgorithm", "aws:kms"), ownKey("kmsMasterKeyId"))

// deniesClearText wants a statement that denies everybody everything that comes
// without TLS, on the bucket and on its objects.
func deniesClearText(g *graph, r resource) []string {
	doc, err := parsePolicy(r.Inputs.String("policy"))
	if err != nil {
		return nil // has a rule of its own
	}
	arn := ""
	for _, bucket := range g.named("s3.BucketV2", r, "bucket") {
		arn = bucket.Outputs.String("arn")
	}
	for _, s := range doc.Statement {
		if s.Effect == "Deny" && anyone(s) && slices.Contains(s.Action, "s3:*") &&
			slices.Equal(s.Condition["Bool"]["aws:SecureTransport"], []string{"false"}) &&
			slices.Contains(s.Resource, arn) && slices.Contains(s.Resource, arn+"/*") {
			return nil
		}
	}
	return complain("does not deny what comes without TLS")
}

// logsToOwnBucket wants access logs to go to another bucket of the stack.
func logsToOwnBucket(g *graph, r resource) []string {
	own := g.named("s3.BucketV2", r, "bucket")
	for _, target := range g.named("s3.BucketV2", r, "targetBucket") {
		if len(own) == 1 && target.URN != own[0].URN {
			return nil
		}
	}
	return complain("access logs go to %v, want another bucket of the stack", text(r.Inputs.values.Get("targetBucket")))
}
