package policies

import (
	"slices"
	"strings"
)

var gcpDataRules = []rule{
	{
		ids:      "T GCP-0017, C CKV_GCP_60, CIS 6.2",
		topics:   "exposure",
		priority: 1, types: "sql.DatabaseInstance",
		reason: "a database has no business on the internet",
		check:  all(is("settings.ipConfiguration.ipv4Enabled", false), has("settings.ipConfiguration.privateNetwork")),
		bad: []string{
			`gcp/sql.DatabaseInstance database: settings.ipConfiguration.ipv4Enabled = true`,
			`gcp/sql.DatabaseInstance database: settings.ipConfiguration.privateNetwork = null`,
		},
	},
	{
		ids:      "C CKV_GCP_11, CIS 6.5",
		topics:   "exposure",
		priority: 1, types: "sql.DatabaseInstance",
		reason: "a network of clients that is the whole internet is none",
		check: local(func(r resource) []string {
			if slices.ContainsFunc(r.Inputs.Strings("settings.ipConfiguration.authorizedNetworks[].value"), everywhere) {
				return complain("authorizedNetworks let everybody in")
			}
			return nil
		}),
		bad: []string{`gcp/sql.DatabaseInstance database: settings.ipConfiguration.authorizedNetworks = [{"value":"0.0.0.0/0"}]`},
	},
	{
		ids:      "T GCP-0015, C CKV_GCP_6, CIS 6.4",
		topics:   "inTransit",
		priority: 1, types: "sql.DatabaseInstance",
		reason: "passwords and data cross the network",
		check: local(func(r resource) []string {
			mode := r.Inputs.String("settings.ipConfiguration.sslMode")
			if !slices.Contains([]string{"ENCRYPTED_ONLY", "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"}, mode) && !r.Inputs.Bool("settings.ipConfiguration.requireSsl") {
				return complain("takes connections without TLS: sslMode is %v", text(r.Inputs.Get("settings.ipConfiguration.sslMode")))
			}
			return nil
		}),
		bad: []string{
			`gcp/sql.DatabaseInstance database: settings.ipConfiguration.sslMode = "ALLOW_UNENCRYPTED_AND_ENCRYPTED"`,
			`gcp/sql.DatabaseInstance database: settings.ipConfiguration.sslMode = null`,
		},
	},
	{
		ids:      "T GCP-0024, C CKV_GCP_14, CIS 6.7",
		topics:   "backups",
		priority: 1, types: "sql.DatabaseInstance",
		reason: "a mistake is often found days later",
		check: only(gcpPrimary, all(
			is("settings.backupConfiguration.enabled", true), is("settings.backupConfiguration.pointInTimeRecoveryEnabled", true),
		)),
		bad: []string{
			`gcp/sql.DatabaseInstance database: settings.backupConfiguration.enabled = false`,
			`gcp/sql.DatabaseInstance database: settings.backupConfiguration.pointInTimeRecoveryEnabled = null`,
		},
	},
	{
		ids:      "own SQL-1 (databases can be had back for as long as promised)",
		topics:   "backups",
		priority: 1, types: "sql.DatabaseInstance",
		reason: "prod's mistakes are found late, after holidays",
		check:  only(gcpPrimary, atLeastOf("settings.backupConfiguration.backupRetentionSettings.retainedBackups", backupDays)),
		bad:    []string{`gcp/sql.DatabaseInstance database: settings.backupConfiguration.backupRetentionSettings.retainedBackups = 6`},
	},
	{
		ids:      "own SQL-2 (nobody deletes a database with one word)",
		topics:   "backups",
		priority: 2, types: "sql.DatabaseInstance",
		reason: "backups of an instance go with it",
		check:  all(isNot("deletionProtection", false), is("settings.deletionProtectionEnabled", true)),
		bad: []string{
			`gcp/sql.DatabaseInstance database: deletionProtection = false`,
			`gcp/sql.DatabaseInstance database: settings.deletionProtectionEnabled = null`,
		},
	},
	{
		ids:      "own SQL-3 (a standby in another zone)",
		topics:   "availability",
		priority: 2, types: "sql.DatabaseInstance",
		reason: "a zone that fails must not take the database with it",
		check:  only(gcpPrimary, is("settings.availabilityType", "REGIONAL")),
		bad:    []string{`gcp/sql.DatabaseInstance database: settings.availabilityType = "ZONAL"`},
	},
	{
		ids:      "own SQL-4 (encrypted with a key of the stack)",
		topics:   "atRest",
		priority: 1, types: "sql.DatabaseInstance",
		reason: "who gets hold of a disk or a backup must not get the data",
		check:  gcpKey("encryptionKeyName"),
		bad:    []string{`gcp/sql.DatabaseInstance database: encryptionKeyName = null`},
	},
	{
		ids:      "T GCP-0016/0020/0022/0025, C CKV_GCP_51-54",
		topics:   "audit",
		priority: 2, types: "sql.DatabaseInstance",
		reason: "who was connected, and what waited for whom, is asked afterwards",
		check:  flags("log_checkpoints=on", "log_connections=on", "log_disconnections=on", "log_lock_waits=on"),
		bad: []string{
			`gcp/sql.DatabaseInstance database: settings.databaseFlags[3].value = "off"`,
			`gcp/sql.DatabaseInstance database: settings.databaseFlags[3] = null`,
		},
	},
	{
		ids:      "C CKV_GCP_110, C CKV_GCP_111, CIS 6.2.8",
		topics:   "audit identity",
		priority: 2, types: "sql.DatabaseInstance",
		reason: "what was changed, and by whom, is asked after a leak; people come with short-lived tokens",
		check:  flags("cloudsql.enable_pgaudit=on", "cloudsql.iam_authentication=on", "log_statement=ddl|mod|all"),
		bad: []string{
			`gcp/sql.DatabaseInstance database: settings.databaseFlags[0] = null`, `gcp/sql.DatabaseInstance database: settings.databaseFlags[1].value = "off"`,
			`gcp/sql.DatabaseInstance database: settings.databaseFlags[6].value = "none"`,
		},
	},
	{
		ids:      "C CKV_GCP_95/97",
		topics:   "inTransit identity",
		priority: 1, types: "redis.Instance",
		reason: "whoever is in the network could read along, or just come in",
		check:  all(is("authEnabled", true), is("transitEncryptionMode", "SERVER_AUTHENTICATION")),
		bad: []string{
			`gcp/redis.Instance cache: authEnabled = false`, `gcp/redis.Instance cache: transitEncryptionMode = null`,
		},
	},
	{
		ids:      "own REDIS-1 (encrypted with a key of the stack)",
		topics:   "atRest",
		priority: 1, types: "redis.Instance",
		reason: "who gets hold of a disk or a snapshot must not get the sessions in it",
		check:  gcpKey("customerManagedKey"),
		bad:    []string{`gcp/redis.Instance cache: customerManagedKey = null`},
	},
	{
		ids:      "own REDIS-2 (a copy in another zone)",
		topics:   "availability",
		priority: 2, types: "redis.Instance",
		reason: "a zone that fails must not take the cache with it",
		check:  is("tier", "STANDARD_HA"),
		bad:    []string{`gcp/redis.Instance cache: tier = "BASIC"`},
	},
	{
		ids:      "T GCP-0002, C CKV_GCP_29, CIS 5.2",
		topics:   "rights",
		priority: 1, types: "storage.Bucket",
		reason: "ACLs are a second way to give rights, which nobody looks at",
		check:  is("uniformBucketLevelAccess", true),
		bad:    []string{`gcp/storage.Bucket uploads: uniformBucketLevelAccess = false`},
	},
	{
		ids:      "C CKV_GCP_114",
		topics:   "exposure",
		priority: 1, types: "storage.Bucket",
		reason: "a right that is public by mistake is refused",
		check:  is("publicAccessPrevention", "enforced"),
		bad:    []string{`gcp/storage.Bucket uploads: publicAccessPrevention = "inherited"`},
	},
	{
		ids:      "T GCP-0078, C CKV_GCP_78",
		topics:   "backups",
		priority: 1, types: "storage.Bucket",
		reason: "what is overwritten or deleted by mistake can be had back",
		check:  is("versioning.enabled", true),
		bad:    []string{`gcp/storage.Bucket uploads: versioning = null`},
	},
	{
		ids:      "T GCP-0077, C CKV_GCP_62",
		topics:   "audit",
		priority: 2, types: "storage.Bucket",
		reason: "who read what is asked after a leak",
		// The bucket that receives the logs would log itself.
		check: related(func(g *graph, r resource) []string {
			if r.Inputs.Has("logging.logBucket") || len(g.naming("storage.Bucket", "logging.logBucket", r)) > 0 {
				return nil
			}
			return complain("logging.logBucket is not set")
		}),
		bad: []string{`gcp/storage.Bucket uploads: logging = null`},
	},
	{
		ids:      "T GCP-0066",
		topics:   "atRest",
		priority: 2, types: "storage.Bucket",
		reason: "reading takes a right to the key as well, and its use is on record",
		check:  gcpKey("encryption.defaultKmsKeyName"),
		bad:    []string{`gcp/storage.Bucket uploads: encryption = null`},
	},
	{
		ids:      "own SECRET-2 (secrets are encrypted with a key of the stack)",
		topics:   "atRest secrets",
		priority: 1, types: "secretmanager.Secret",
		reason: "Google's own key opens the secret for whoever may read secrets at all",
		check: related(func(g *graph, r resource) []string {
			for _, path := range []string{
				"replication.auto.customerManagedEncryption.kmsKeyName", "replication.userManaged.replicas[].customerManagedEncryption.kmsKeyName",
			} {
				if r.Inputs.Has(path) && len(g.named("kms.CryptoKey", r, path)) > 0 {
					return nil
				}
			}
			return complain("has no customerManagedEncryption with a key of the stack")
		}),
		bad: []string{`gcp/secretmanager.Secret secrets-backend: replication.userManaged.replicas[0].customerManagedEncryption = null`},
	},
	{
		ids:      "C CKV_GCP_84/101",
		topics:   "atRest",
		priority: 2, types: "artifactregistry.Repository",
		reason: "an image holds what the company makes",
		check:  gcpKey("kmsKeyName"),
		bad:    []string{`gcp/artifactregistry.Repository registry: kmsKeyName = null`},
	},
	{
		ids:      "own IMAGE-1 (tags do not move)",
		topics:   "hardening",
		priority: 1, types: "artifactregistry.Repository",
		reason: "a tag that moves does not say what runs",
		// A mirror has no tags of its own.
		check: only(func(r resource) bool { return !strings.HasPrefix(r.Inputs.String("mode"), "REMOTE") }, is("dockerConfig.immutableTags", true)),
		bad:   []string{`gcp/artifactregistry.Repository registry: dockerConfig = null`},
	},
}

// gcpPrimary says whether an instance is none of the replicas.
func gcpPrimary(r resource) bool { return !r.Inputs.Has("masterInstanceName") }

// flags wants database flags, written name=value or name=one|other.
func flags(want ...string) check {
	return local(func(r resource) (all []string) {
		set := map[string]string{}
		for _, f := range r.Inputs.Objects("settings.databaseFlags[]") {
			set[f.String("name")] = f.String("value")
		}
		for _, w := range want {
			name, values, _ := strings.Cut(w, "=")
			if !slices.Contains(strings.Split(values, "|"), set[name]) {
				all = append(all, "flag "+name+" is "+orNotSet(set[name])+", want "+strings.ReplaceAll(values, "|", " or "))
			}
		}
		return all
	})
}

func orNotSet(s string) string {
	if s == "" {
		return "not set"
	}
	return s
}
