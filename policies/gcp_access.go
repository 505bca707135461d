package policies

import (
	"slices"
	"strconv"
	"strings"
)

var gcpAccessRules = []rule{
	{
		ids:      "T GCP-0001, C CKV_GCP_28, CIS 5.1",
		topics:   "exposure rights",
		priority: 1, types: "storage.BucketIAMMember storage.BucketIAMBinding",
		reason: "everybody reads what is in it",
		check:  noEverybody,
		bad: []string{
			`gcp/storage.BucketIAMMember uploads-reader: member = "allUsers"`,
			`gcp/storage.BucketIAMBinding open: new {"bucket":"x","role":"roles/storage.objectViewer","members":["allAuthenticatedUsers"]}`,
		},
	},
	{
		ids:      "C CKV_GCP_112, CKV2_GCP_6, CIS 1.9",
		topics:   "rights",
		priority: 1, types: "kms.CryptoKeyIAMMember kms.CryptoKeyIAMBinding kms.KeyRingIAMMember kms.KeyRingIAMBinding",
		reason: "a key that everybody may use protects nothing",
		check:  noEverybody,
		bad:    []string{`gcp/kms.CryptoKeyIAMMember database-sql: member = "allAuthenticatedUsers"`},
	},
	{
		ids:      "own IAM-1 (nothing else is everybody's)",
		topics:   "exposure rights",
		priority: 1, types: "artifactregistry.RepositoryIamMember secretmanager.SecretIamMember pubsub.TopicIAMMember " +
			"projects.IAMMember projects.IAMBinding serviceaccount.IAMMember serviceaccount.IAMBinding pubsub.SubscriptionIAMMember",
		reason: "a secret, an image or an alert that everybody reads is none",
		check:  noEverybody,
		bad:    []string{`gcp/secretmanager.SecretIamMember secrets-backend: member = "allUsers"`},
	},
	{
		ids:      "T GCP-0007, C CKV_GCP_42/117, CIS 1.5",
		topics:   "rights",
		priority: 1, types: "projects.IAMMember projects.IAMBinding",
		reason: "who has all rights to the project can take it",
		check: all(isNot("role", "roles/owner", "roles/editor"), only(
			func(r resource) bool { return strings.HasSuffix(strings.ToLower(r.Inputs.String("role")), "admin") },
			local(func(r resource) []string {
				members := append(r.Inputs.Strings("members[]"), r.Inputs.Strings("member")...)
				if slices.ContainsFunc(members, func(m string) bool { return strings.HasPrefix(m, "serviceAccount:") }) {
					return complain("gives %s in the whole project", r.Inputs.String("role"))
				}
				return nil
			}),
		)),
		bad: []string{
			`gcp/projects.IAMMember cluster-nodes: role = "roles/editor"`,
			`gcp/projects.IAMMember admin: new {"project":"x","role":"roles/storage.admin","member":"serviceAccount:x@x.iam.gserviceaccount.com"}`,
		},
	},
	{
		ids:      "T GCP-0011, C CKV_GCP_41/49, CIS 1.6",
		topics:   "trust",
		priority: 1, types: "projects.IAMMember projects.IAMBinding",
		reason: "who may be any account has the rights of all",
		check:  isNot("role", "roles/iam.serviceAccountUser", "roles/iam.serviceAccountTokenCreator"),
		bad:    []string{`gcp/projects.IAMMember cluster-nodes: role = "roles/iam.serviceAccountTokenCreator"`},
	},
	{
		ids:      "T GCP-0068",
		topics:   "trust",
		priority: 1, types: "iam.WorkloadIdentityPoolProvider",
		reason: "without a condition the jobs of everybody's repositories come in",
		check:  has("attributeCondition"),
		bad:    []string{`gcp/iam.WorkloadIdentityPoolProvider ci: attributeCondition = null`},
	},
	{
		ids:      "C CKV2_GCP_3, CIS 1.4",
		topics:   "identity",
		priority: 1,
		reason:   "a key of an account does not expire, and lies in a file",
		check:    absent("serviceaccount.Key"),
		bad:      []string{`gcp/serviceaccount.Key old: new {"serviceAccountId":"x"}`},
	},
	{
		ids:      "T GCP-0079, C CKV2_GCP_5, CIS 2.1",
		topics:   "audit",
		priority: 2, types: "projects.IAMAuditConfig",
		reason: "who read what is asked after a leak",
		check:  all(is("service", "allServices"), includes("auditLogConfigs[].logType", "ADMIN_READ", "DATA_READ", "DATA_WRITE")),
		bad: []string{
			`gcp/projects.IAMAuditConfig audit: service = "storage.googleapis.com"`, `gcp/projects.IAMAuditConfig audit: auditLogConfigs[2] = null`,
		},
	},
	{
		ids:      "T GCP-0065, C CKV_GCP_43, CIS 1.10",
		topics:   "secrets",
		priority: 1, types: "kms.CryptoKey",
		reason: "a key that got out is of use for a quarter at most",
		check: only(func(r resource) bool { return !strings.HasPrefix(r.Inputs.String("purpose"), "ASYMMETRIC") }, local(func(r resource) []string {
			const quarter = 90 * 24 * 3600
			text := r.Inputs.String("rotationPeriod")
			if n, err := strconv.ParseFloat(strings.TrimSuffix(text, "s"), 64); err != nil || n > quarter {
				return complain("rotationPeriod is %s, want %ds or less", orNotSet(text), quarter)
			}
			return nil
		})),
		bad: []string{`gcp/kms.CryptoKey database: rotationPeriod = "31536000s"`, `gcp/kms.CryptoKey database: rotationPeriod = null`},
	},
	{
		ids:      "C CKV_GCP_82",
		topics:   "backups",
		priority: 2, types: "kms.CryptoKey",
		reason: "with the key all that it encrypts is gone: somebody must have the time to notice",
		check: local(func(r resource) []string {
			const week = 7 * 24 * 3600
			text := r.Inputs.String("destroyScheduledDuration")
			if n, err := strconv.ParseFloat(strings.TrimSuffix(text, "s"), 64); text != "" && (err != nil || n < week) {
				return complain("destroyScheduledDuration is %s, want %ds or more", text, week)
			}
			return nil // 30 days if nothing is said
		}),
		bad: []string{`gcp/kms.CryptoKey database: destroyScheduledDuration = "86400s"`},
	},
}

// noEverybody refuses members that are everybody, or everybody with an account
// at Google.
var noEverybody = local(func(r resource) (all []string) {
	for _, m := range append(r.Inputs.Strings("members[]"), r.Inputs.Strings("member")...) {
		if m == "allUsers" || m == "allAuthenticatedUsers" {
			all = append(all, "gives "+r.Inputs.String("role")+" to "+m)
		}
	}
	return all
})
