package policies

import (
	"slices"
	"strings"
)

// storeRules are those of caches, secrets and images.
var storeRules = []rule{
	{
		ids:      "F ElastiCache.4, T AWS-0045, C CKV_AWS_29/191",
		topics:   "atRest",
		priority: 1, types: "elasticache.ReplicationGroup",
		reason: "who gets hold of a disk or a snapshot must not get the sessions in it",
		check:  all(is("atRestEncryptionEnabled", true), ownKey("kmsKeyId")),
		bad: []string{
			`elasticache.ReplicationGroup cache: atRestEncryptionEnabled = null`,
			`dev/elasticache.ReplicationGroup cache: kmsKeyId = null`,
		},
	},
	{
		ids:      "F ElastiCache.5/6, T AWS-0051, C CKV_AWS_30/31",
		topics:   "inTransit",
		priority: 1, types: "elasticache.ReplicationGroup",
		reason: "whoever is in the network could read along, or just come in",
		check:  all(is("transitEncryptionEnabled", true), is("transitEncryptionMode", "required"), hasNot("authToken"), has("userGroupIds[]")),
		bad: []string{
			`elasticache.ReplicationGroup cache: transitEncryptionEnabled = false`,
			`elasticache.ReplicationGroup cache: transitEncryptionMode = "preferred"`,
			`elasticache.ReplicationGroup cache: userGroupIds = null`,
			`elasticache.ReplicationGroup cache: authToken = "hunter2"`,
		},
	},
	{
		ids:      "F ElastiCache.3, C CKV2_AWS_50",
		topics:   "availability",
		priority: 2, types: "elasticache.ReplicationGroup",
		reason: "a zone that fails must not take the cache with it",
		check:  all(is("automaticFailoverEnabled", true), is("multiAzEnabled", true), atLeast("replicasPerNodeGroup", 1)),
		bad: []string{
			`elasticache.ReplicationGroup cache: automaticFailoverEnabled = false`,
			`elasticache.ReplicationGroup cache: multiAzEnabled = null`,
			`elasticache.ReplicationGroup cache: replicasPerNodeGroup = 0`,
		},
	},
	{
		ids:      "F ElastiCache.1, T AWS-0050, C CKV_AWS_134",
		topics:   "backups",
		priority: 1, types: "elasticache.ReplicationGroup elasticache.ServerlessCache",
		reason: "queues and sessions that a mistake empties can be had back",
		check:  atLeast("snapshotRetentionLimit", 1),
		bad: []string{
			`elasticache.ReplicationGroup cache: snapshotRetentionLimit = 0`,
			`everything/elasticache.ServerlessCache cache: snapshotRetentionLimit = null`,
		},
	},
	{
		ids:      "F ElastiCache.2/7, C CKV_AWS_322/323",
		topics:   "patching",
		priority: 2, types: "elasticache.ReplicationGroup",
		reason: "security fixes come by themselves, and the cache stands in no subnet by chance",
		check:  all(is("autoMinorVersionUpgrade", true), has("subnetGroupName"), isNot("subnetGroupName", "default")),
		bad: []string{
			`elasticache.ReplicationGroup cache: autoMinorVersionUpgrade = false`,
			`elasticache.ReplicationGroup cache: subnetGroupName = null`,
			`elasticache.ReplicationGroup cache: subnetGroupName = "default"`,
		},
	},
	{
		ids:      "own CACHE-1 (a serverless cache has our key and our users)",
		topics:   "atRest",
		priority: 1, types: "elasticache.ServerlessCache",
		reason: "the catalogues do not know serverless caches; all that holds of others holds of them",
		check:  all(ownKey("kmsKeyId"), has("userGroupId")),
		bad: []string{
			`everything/elasticache.ServerlessCache cache: kmsKeyId = null`,
			`everything/elasticache.ServerlessCache cache: userGroupId = null`,
		},
	},
	{
		ids:      "own CACHE-2 (users show who they are)",
		topics:   "identity",
		priority: 1, types: "elasticache.User",
		reason: "a password would be in the state, and is never changed; a user without one is everybody",
		check: all(hasNot("passwords"), hasNot("noPasswordRequired"), local(func(r resource) []string {
			off := strings.HasPrefix(r.Inputs.String("accessString"), "off ")
			if r.Inputs.String("authenticationMode.type") != "iam" && !off {
				return complain("is on and shows who it is by %v", text(r.Inputs.Get("authenticationMode.type")))
			}
			return nil
		})),
		bad: []string{
			`elasticache.User cache-user-app: passwords = ["hunter2hunter2hunter2"]`,
			`elasticache.User cache-user-app: noPasswordRequired = true`,
			`elasticache.User cache-user-app: authenticationMode.type = "password"`,
			`everything/elasticache.User cache-nobody: accessString = "on ~* +@all"`,
		},
	},
	{
		ids:      "T AWS-0098, C CKV_AWS_149",
		topics:   "atRest secrets",
		priority: 1, types: "secretsmanager.Secret",
		reason: "AWS's own key opens the secret for whoever may read secrets at all",
		check:  ownKey("kmsKeyId"),
		bad: []string{
			`secretsmanager.Secret secrets-store-backend: kmsKeyId = null`,
			`everything/secretsmanager.Secret database-master: kmsKeyId = "alias/aws/secretsmanager"`,
		},
	},
	{
		ids:      "own SECRET-1 (a secret answers over TLS, inside the account)",
		topics:   "trust inTransit",
		priority: 1, types: "secretsmanager.Secret",
		reason: "a policy on a role elsewhere would be enough to read it, or a client that forgot TLS",
		check: with("secretsmanager.SecretPolicy", "secretArn", all(is("blockPublicPolicy", true), denies(
			"aws:SecureTransport", "aws:PrincipalAccount",
		))),
		bad: []string{
			`secretsmanager.SecretPolicy secrets-store-backend: gone`,
			`secretsmanager.SecretPolicy secrets-store-backend: blockPublicPolicy = null`,
			`secretsmanager.SecretPolicy secrets-store-backend: policy.Statement[0] = null`,
			`secretsmanager.SecretPolicy secrets-store-backend: policy.Statement[1].Condition.StringNotEquals = {"aws:username":["x"]}`,
		},
	},
	{
		ids:      "F SecretsManager.1/4, C CKV2_AWS_57, CKV_AWS_304",
		topics:   "secrets",
		priority: 2, types: "secretsmanager.SecretRotation",
		reason: "a value that got out is of use for a quarter at most",
		check: local(func(r resource) []string {
			if days := r.Inputs.Int("rotationRules.automaticallyAfterDays"); days < 1 || days > 90 {
				return complain("rotates after %d days, want 1 to 90", days)
			}
			return nil
		}),
		bad: []string{`everything/secretsmanager.SecretRotation secrets-store-stripe: rotationRules.automaticallyAfterDays = 91`},
	},
	{
		ids:      "F ECR.1, T AWS-0030, C CKV_AWS_163",
		topics:   "detection patching",
		priority: 1, types: "ecr.Repository",
		reason: "an image with a known hole is noticed before it runs",
		check:  is("imageScanningConfiguration.scanOnPush", true),
		bad:    []string{`dev/ecr.Repository registry-backend: imageScanningConfiguration = null`},
	},
	{
		ids:      "F ECR.2, T AWS-0031, C CKV_AWS_51",
		topics:   "hardening",
		priority: 1, types: "ecr.Repository",
		reason: "a tag that moves does not say what runs",
		check:  is("imageTagMutability", "IMMUTABLE"),
		bad:    []string{`ecr.Repository registry-backend: imageTagMutability = "MUTABLE"`},
	},
	{
		ids:      "T AWS-0033, C CKV_AWS_136",
		topics:   "atRest",
		priority: 2, types: "ecr.Repository ecr.RepositoryCreationTemplate",
		reason: "an image holds what the company makes",
		check:  all(is("encryptionConfigurations[].encryptionType", "KMS"), ownKey("encryptionConfigurations[].kmsKey")),
		bad: []string{
			`ecr.Repository registry-backend: encryptionConfigurations = null`,
			`ecr.RepositoryCreationTemplate registry-k8s: encryptionConfigurations[0].kmsKey = null`,
		},
	},
	{
		ids:      "F ECR.3",
		topics:   "retention",
		priority: 2, types: "ecr.Repository",
		reason: "images that nobody runs any more cost money and are scanned for ever",
		check:  with("ecr.LifecyclePolicy", "repository", has("policy")),
		bad:    []string{`ecr.LifecyclePolicy registry-backend: gone`},
	},
	{
		ids:      "T AWS-0032, C CKV_AWS_32",
		topics:   "rights",
		priority: 1, types: "ecr.RepositoryPolicy",
		reason: "who pulls an image has what is in it",
		check: allows(func(_ resource, s statement) string {
			if anyone(s) {
				return "allows anybody"
			}
			return ""
		}),
		bad: []string{`everything/ecr.RepositoryPolicy registry-backend: policy.Statement[0].Principal.AWS[0] = "*"`},
	},
	{
		ids:      "own RDS-3 (the proxy takes TLS only)",
		topics:   "inTransit",
		priority: 1, types: "rds.Proxy",
		reason: "between client and proxy the password crosses the network",
		check:  is("requireTls", true),
		bad:    []string{`rds.Proxy database-proxy: requireTls = null`},
	},
}

// denies wants a statement that denies on each of the conditions' keys.
func denies(keys ...string) check {
	return local(func(r resource) (all []string) {
		doc, err := parsePolicy(r.Inputs.String(documentPath[r.kind]))
		if err != nil {
			return complain("policy: %v", err)
		}
		for _, key := range keys {
			if !slices.ContainsFunc(doc.Statement, func(s statement) bool { return s.Effect == "Deny" && conditionedOn(s, key) }) {
				all = append(all, "denies nothing on "+key)
			}
		}
		return all
	})
}
