package policies

import (
	"slices"
	"strings"
)

// placeRules say where data is and how long copies of it stay.
var placeRules = []rule{
	{
		ids:      "own REGION-1 (data stays in the regions that settings.yaml allows)",
		topics:   "residency",
		priority: 1, types: storeTypes,
		reason: "personal data that leaves the Union needs a legal ground of its own (GDPR, chapter V)",
		check: related(func(g *graph, r resource) []string {
			for _, p := range g.of("pulumi:providers:aws") {
				if region := p.Inputs.String("region"); p.URN == r.Provider && !anyMatches(r.want.Regions, region) {
					return complain("is in %s, want a region of %s", region, strings.Join(r.want.Regions, ", "))
				}
			}
			return nil
		}),
		bad: []string{`pulumi:providers:aws aws: region = "us-west-2"`},
	},
	{
		ids:      "own REGION-2 (copies stay in the regions that settings.yaml allows)",
		topics:   "residency",
		priority: 1, types: "backup.Plan secretsmanager.Secret ecr.ReplicationConfiguration s3.BucketReplicationConfig",
		reason: "a copy is as much personal data as the original",
		check: local(func(r resource) (all []string) {
			places := r.Inputs.Strings("replicas[].region")
			places = append(places, r.Inputs.Strings("replicationConfiguration.rules[].destinations[].region")...)
			for _, path := range []string{
				"rules[].copyActions[].destinationVaultArn", "rules[].destination.encryptionConfiguration.replicaKmsKeyId",
			} {
				for _, arn := range r.Inputs.Strings(path) {
					if parts := strings.Split(arn, ":"); len(parts) > 3 {
						places = append(places, parts[3])
					}
				}
			}
			for _, region := range places {
				if !anyMatches(r.want.Regions, region) {
					all = append(all, "copies to "+region+", want a region of "+strings.Join(r.want.Regions, ", "))
				}
			}
			return all
		}),
		bad: []string{
			`everything/backup.Plan backup-daily: rules[0].copyActions[0].destinationVaultArn = "arn:aws:backup:us-east-1:111122223333:backup-vault:explico"`,
			`secretsmanager.Secret secrets-store-backend: replicas = [{"region":"us-west-2"}]`,
			`everything/s3.BucketReplicationConfig uploads: rules[0].destination.encryptionConfiguration.replicaKmsKeyId = "arn:aws:kms:ap-south-1:111122223333:key/1"`,
		},
	},
	{
		ids:      "own BACKUP-1 (databases can be had back for as long as promised)",
		topics:   "backups",
		priority: 1, types: "rds.Instance",
		reason: "prod's mistakes are found late, after holidays",
		check:  only(primary, atLeastOf("backupRetentionPeriod", backupDays)),
		bad:    []string{`rds.Instance database: backupRetentionPeriod = 29`},
	},
	{
		ids:      "own BACKUP-2 (backups are kept for as long as promised)",
		topics:   "backups",
		priority: 1, types: "backup.Plan",
		reason: "a backup that is gone before the mistake is found is none",
		// Continuous backups go back 35 days at most, and stand beside daily ones.
		check: every("rules[]", only(func(r resource) bool { return !r.Inputs.Bool("enableContinuousBackup") }, atLeastOf("lifecycle.deleteAfter", backupDays))),
		bad:   []string{`backup.Plan backup-daily: rules[0].lifecycle.deleteAfter = 29`},
	},
	{
		ids:      "own BACKUP-3 (backups cannot be deleted at once)",
		topics:   "backups",
		priority: 2, types: "backup.Vault",
		reason: "who encrypts the data for ransom deletes the backups first",
		check:  with("backup.VaultLockConfiguration", "backupVaultName", atLeast("minRetentionDays", 1)),
		bad: []string{
			`backup.VaultLockConfiguration backup: gone`, `backup.VaultLockConfiguration backup: minRetentionDays = null`,
		},
	},
	{
		ids:      "own DATA-1 (stores that have no rule of their own are encrypted)",
		topics:   "atRest",
		priority: 1, types: "ebs.Volume efs.FileSystem sqs.Queue dynamodb.Table opensearch.Domain ebs.EncryptionByDefault rds.Cluster",
		reason: "who gets hold of a disk must not get the data",
		check:  local(encryptedStore),
		bad: []string{
			`sqs.Queue karpenter: sqsManagedSseEnabled = false`,
			`ebs.EncryptionByDefault security: enabled = false`,
			`efs.FileSystem shared: new {"tags":{"component":"x","Name":"x"}}`,
			`ebs.Volume loose: new {"encrypted":false,"tags":{"component":"x","Name":"x"}}`,
		},
	},
	{
		ids:      "own DATA-2 (no store answers the internet)",
		topics:   "exposure",
		priority: 1,
		types:    "rds.ClusterInstance redshift.Cluster mq.Broker msk.Cluster opensearch.Domain dms.ReplicationInstance ecr.RepositoryPolicy s3.AccountPublicAccessBlock sqs.QueuePolicy",
		reason:   "a database that everybody can reach is attacked within the hour",
		check: all(isNot("publiclyAccessible", true), only(
			func(r resource) bool { return r.kind == "s3.AccountPublicAccessBlock" },
			all(is("blockPublicAcls", true), is("blockPublicPolicy", true), is("ignorePublicAcls", true), is("restrictPublicBuckets", true)),
		)),
		bad: []string{
			`rds.ClusterInstance open: new {"publiclyAccessible":true,"tags":{"component":"x","Name":"x"}}`,
			`s3.AccountPublicAccessBlock security: restrictPublicBuckets = false`,
		},
	},
	{
		ids:      "own FAMILY-1 (machines are of approved families)",
		topics:   "patching",
		priority: 2, types: "eks.NodeGroup rds.Instance elasticache.ReplicationGroup ec2.LaunchTemplate ec2.Instance opensearch.Domain",
		reason: "old families are slower, dearer and lack what encrypts memory and traffic",
		check: local(func(r resource) (all []string) {
			for _, path := range []string{"instanceTypes[]", "instanceType", "instanceClass", "nodeType", "clusterConfig.instanceType"} {
				for _, machine := range r.Inputs.Strings(path) {
					if !anyMatches(r.want.Families, machine) {
						all = append(all, machine+" is of no approved family (policies/settings.yaml)")
					}
				}
			}
			return all
		}),
		bad: []string{
			`rds.Instance database: instanceClass = "db.m3.large"`,
			`eks.NodeGroup cluster-apps: instanceTypes[0] = "m1.large"`,
			`elasticache.ReplicationGroup cache: nodeType = "cache.m3.medium"`,
		},
	},
}

// storeTypes are what holds users' data.
const storeTypes = "rds.Instance rds.Cluster elasticache.ReplicationGroup elasticache.ServerlessCache s3.BucketV2 efs.FileSystem " +
	"dynamodb.Table sqs.Queue opensearch.Domain backup.Vault secretsmanager.Secret eks.Cluster"

func backupDays(f *Figures) int { return f.BackupDays }

func anyMatches(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return matches(p, name) })
}

// encryptedStore wants encryption, each kind of store by its own switch.
func encryptedStore(r resource) []string {
	var on bool
	switch r.kind {
	case "sqs.Queue":
		on = r.Inputs.Bool("sqsManagedSseEnabled") || r.Inputs.Has("kmsMasterKeyId")
	case "dynamodb.Table":
		on = r.Inputs.Bool("serverSideEncryption.enabled")
	case "opensearch.Domain":
		on = r.Inputs.Bool("encryptAtRest.enabled") && r.Inputs.Bool("nodeToNodeEncryption.enabled")
	case "ebs.EncryptionByDefault":
		on = r.Inputs.Get("enabled") != false
	case "rds.Cluster":
		on = r.Inputs.Bool("storageEncrypted")
	default:
		on = r.Inputs.Bool("encrypted")
	}
	if !on {
		return complain("is not encrypted")
	}
	return nil
}
