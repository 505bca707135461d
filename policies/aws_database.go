package policies

import (
	"maps"
	"slices"
	"strings"
)

var databaseRules = []rule{
	{
		ids:      "F RDS.2, T AWS-0180, C CKV_AWS_17",
		topics:   "exposure",
		priority: 1, types: "rds.Instance",
		reason: "a database has no business on the internet",
		check:  isNot("publiclyAccessible", true),
		bad:    []string{`everything/rds.Instance database-replica-1: publiclyAccessible = true`},
	},
	{
		ids:      "F RDS.3/27, T AWS-0079/0080, C CKV_AWS_16/96/327",
		topics:   "atRest",
		priority: 1, types: "rds.Instance",
		reason: "who gets hold of a disk or a snapshot must not get the data",
		check:  all(is("storageEncrypted", true), only(primary, ownKey("kmsKeyId"))),
		bad: []string{
			`rds.Instance database: storageEncrypted = false`,
			`rds.Instance database: kmsKeyId = null`,
			`everything/rds.Instance database-replica-1: storageEncrypted = null`,
		},
	},
	{
		ids:      "F RDS.11, T AWS-0077, C CKV_AWS_133",
		topics:   "backups",
		priority: 1, types: "rds.Instance",
		reason: "a mistake is often found days later",
		check:  only(primary, atLeast("backupRetentionPeriod", 7)),
		bad: []string{
			`rds.Instance database: backupRetentionPeriod = 6`,
			`rds.Instance database: backupRetentionPeriod = null`,
			`dev/rds.Instance database: backupRetentionPeriod = 1`,
		},
		also: []string{"own BACKUP-1"},
	},
	{
		ids:      "F RDS.7/8, T AWS-0177/0343, C CKV_AWS_139/293",
		topics:   "backups",
		priority: 2, types: "rds.Instance",
		reason: "nobody deletes production's data with one word",
		check:  is("deletionProtection", true),
		bad:    []string{`rds.Instance database: deletionProtection = null`},
	},
	{
		ids:      "F RDS.5/15, C CKV_AWS_157",
		topics:   "availability",
		priority: 2, types: "rds.Instance",
		reason: "a zone that fails must not take the database with it",
		check:  only(primary, is("multiAz", true)),
		bad:    []string{`rds.Instance database: multiAz = false`},
	},
	{
		ids:      "F RDS.10/12, T AWS-0176, C CKV_AWS_161/162",
		topics:   "identity",
		priority: 2, types: "rds.Instance",
		reason: "people and pods come with short-lived tokens instead of passwords",
		check:  is("iamDatabaseAuthenticationEnabled", true),
		bad:    []string{`rds.Instance database: iamDatabaseAuthenticationEnabled = null`},
	},
	{
		ids:      "F RDS.9/36/37, C CKV_AWS_129/324",
		topics:   "audit",
		priority: 2, types: "rds.Instance",
		reason: "the server's own log goes with the server",
		check:  includes("enabledCloudwatchLogsExports[]", "postgresql"),
		bad:    []string{`rds.Instance database: enabledCloudwatchLogsExports = ["upgrade"]`},
	},
	{
		ids:      "F RDS.38, C CKV2_AWS_69",
		topics:   "inTransit",
		priority: 1, types: "rds.Instance",
		reason: "passwords and data cross the network",
		check:  parameters(map[string]string{"rds.force_ssl": "1"}),
		bad: []string{
			`rds.ParameterGroup database-postgres17: parameters[6].value = "0"`,
			`rds.ParameterGroup database-postgres17: parameters[6] = null`,
			`rds.Instance database: parameterGroupName = "default.postgres17"`,
		},
		also: []string{"C CKV2_AWS_30/27"}, // the last one has no parameters at all
	},
	{
		ids:      "C CKV2_AWS_30/27",
		topics:   "audit",
		priority: 3, types: "rds.Instance",
		reason: "what was changed and what was slow is asked afterwards",
		check:  parameters(map[string]string{"log_statement": "", "log_min_duration_statement": ""}),
		bad: []string{
			`rds.ParameterGroup database-postgres17: parameters[4] = null`,
			`rds.ParameterGroup database-postgres17: parameters[3] = null`,
		},
	},
	{
		ids:      "F RDS.6, C CKV_AWS_118",
		topics:   "alerts",
		priority: 2, types: "rds.Instance",
		reason: "CPU and memory of the machine are not in the database's own figures",
		check:  all(atLeast("monitoringInterval", 1), has("monitoringRoleArn")),
		bad:    []string{`rds.Instance database: monitoringInterval = 0`, `rds.Instance database: monitoringRoleArn = null`},
	},
	{
		ids:      "T AWS-0133/0078, C CKV_AWS_353/354",
		topics:   "atRest",
		priority: 2, types: "rds.Instance",
		reason: "queries that slow the rest down are found afterwards; their texts hold data",
		check:  all(is("performanceInsightsEnabled", true), ownKey("performanceInsightsKmsKeyId")),
		bad: []string{
			`rds.Instance database: performanceInsightsEnabled = null`,
			`rds.Instance database: performanceInsightsKmsKeyId = null`,
		},
	},
	{
		ids:      "F RDS.13, C CKV_AWS_226",
		topics:   "patching",
		priority: 2, types: "rds.Instance",
		reason: "security fixes come in the maintenance window, without anybody having to think of them",
		check:  is("autoMinorVersionUpgrade", true),
		bad:    []string{`rds.Instance database: autoMinorVersionUpgrade = false`},
	},
	{
		ids:      "F RDS.16/17, C CKV2_AWS_60",
		topics:   "backups inventory",
		priority: 2, types: "rds.Instance",
		reason: "a snapshot without tags has no owner and no cost centre",
		check:  is("copyTagsToSnapshot", true),
		bad:    []string{`rds.Instance database: copyTagsToSnapshot = null`},
	},
	{
		ids:      "F RDS.25",
		topics:   "identity secrets",
		priority: 1, types: "rds.Instance",
		reason: "names that everybody guesses are tried first; a password in plain text is in the state too",
		check: all(
			isNot("username", "postgres", "admin", "administrator", "root"),
			only(primary, all(has("username"), masterPassword)),
		),
		bad: []string{
			`rds.Instance database: username = "postgres"`,
			`rds.Instance database: password = "hunter2"`,
			`rds.Instance database: manageMasterUserPassword = null`,
			`rds.Instance database: masterUserSecretKmsKeyId = null`,
		},
	},
	{
		ids:      "own RDS-2 (a last snapshot, and no restart outside the window)",
		topics:   "backups",
		priority: 2, types: "rds.Instance",
		reason: "what is deleted by mistake can be had back, and a change does not restart the database at noon",
		check: all(
			isNot("applyImmediately", true),
			only(primary, all(isNot("skipFinalSnapshot", true), has("finalSnapshotIdentifier"), isNot("deleteAutomatedBackups", true))),
		),
		bad: []string{
			`rds.Instance database: skipFinalSnapshot = true`,
			`rds.Instance database: applyImmediately = true`,
			`rds.Instance database: finalSnapshotIdentifier = null`,
		},
	},
}

// primary says whether an instance is none of the replicas. These take their
// key, user, backups and name from the instance that they follow, and AWS makes
// no final snapshot of them.
func primary(r resource) bool { return !r.Inputs.Has("replicateSourceDb") }

// parameters wants parameters in an instance's own group; any value if empty.
func parameters(want map[string]string) check {
	return related(func(g *graph, r resource) (all []string) {
		set := map[string]string{}
		for _, group := range g.named("rds.ParameterGroup", r, "parameterGroupName") {
			for _, p := range group.Inputs.Objects("parameters[]") {
				set[p.String("name")] = p.String("value")
			}
		}
		for _, name := range slices.Sorted(maps.Keys(want)) {
			if got, value := set[name], want[name]; got == "" || value != "" && got != value {
				all = append(all, strings.TrimSpace("has no parameter "+name+" "+value))
			}
		}
		return all
	})
}

// masterPassword wants RDS to keep the password under a key of the stack, or one
// that is a secret to Pulumi.
var masterPassword = all(
	only(hasPassword, local(func(r resource) []string {
		if !slices.Contains(r.Secret, "password") || r.Inputs.Has("manageMasterUserPassword") {
			return complain("password is not a secret, or not the only one")
		}
		return nil
	})),
	only(func(r resource) bool { return !hasPassword(r) }, all(is("manageMasterUserPassword", true), ownKey("masterUserSecretKmsKeyId"))),
)

func hasPassword(r resource) bool { return r.Inputs.Has("password") }
