package review

import "strings"

// stateful are the types whose resources hold what a replacement or deletion
// loses, or that others cannot do without: what each is, with its tokens. A
// version in a token (kubernetes:core/v1, azure-native:storage/v20240101) is left
// out.
var stateful = byToken(map[string]string{
	"database": `aws:rds/instance:Instance aws:rds/cluster:Cluster aws:rds/clusterInstance:ClusterInstance
		aws:rds/globalCluster:GlobalCluster aws:dynamodb/table:Table aws:docdb/cluster:Cluster
		aws:neptune/cluster:Cluster aws:redshift/cluster:Cluster aws:opensearch/domain:Domain aws:timestreamwrite/database:Database
		gcp:sql/databaseInstance:DatabaseInstance gcp:sql/database:Database gcp:alloydb/cluster:Cluster
		gcp:alloydb/instance:Instance gcp:spanner/instance:Instance gcp:spanner/database:Database
		gcp:bigtable/instance:Instance gcp:bigquery/dataset:Dataset gcp:bigquery/table:Table gcp:firestore/database:Database
		azure-native:dbforpostgresql:Server azure-native:dbforpostgresql:Database azure-native:dbformysql:Server
		azure-native:sql:Server azure-native:sql:Database azure-native:sql:ManagedInstance
		azure-native:documentdb:DatabaseAccount azure-native:cosmosdb:DatabaseAccount
		kubernetes:elasticsearch.k8s.elastic.co:Elasticsearch kubernetes:postgresql.cnpg.io:Cluster`,
	"cache": `aws:elasticache/replicationGroup:ReplicationGroup aws:elasticache/cluster:Cluster
		aws:elasticache/serverlessCache:ServerlessCache aws:memorydb/cluster:Cluster
		gcp:redis/instance:Instance gcp:redis/cluster:Cluster gcp:memorystore/instance:Instance
		azure-native:cache:Redis azure-native:cache:RedisEnterprise azure-native:redis:Redis
		azure-native:redisenterprise:RedisEnterprise azure-native:redisenterprise:Database`,
	"bucket": `aws:s3/bucketV2:BucketV2 aws:s3/bucket:Bucket aws:s3/directoryBucket:DirectoryBucket
		gcp:storage/bucket:Bucket azure-native:storage:StorageAccount azure-native:storage:BlobContainer
		azure-native:storage:FileShare kubernetes:seaweed.seaweedfs.com:Seaweed`,
	"disk": `aws:ebs/volume:Volume aws:efs/fileSystem:FileSystem aws:fsx/openZfsFileSystem:OpenZfsFileSystem
		aws:fsx/lustreFileSystem:LustreFileSystem gcp:compute/disk:Disk gcp:compute/regionDisk:RegionDisk gcp:filestore/instance:Instance
		azure-native:compute:Disk kubernetes:core:PersistentVolumeClaim kubernetes:core:PersistentVolume`,
	"cluster": `aws:eks/cluster:Cluster aws:ecs/cluster:Cluster aws:msk/cluster:Cluster gcp:container/cluster:Cluster
		azure-native:containerservice:ManagedCluster`,
	"network": `aws:ec2/vpc:Vpc gcp:compute/network:Network azure-native:network:VirtualNetwork
		azure-native:resources:ResourceGroup gcp:organizations/project:Project`,
	"subnet": `aws:ec2/subnet:Subnet gcp:compute/subnetwork:Subnetwork azure-native:network:Subnet`,
	"address": `aws:ec2/eip:Eip gcp:compute/address:Address gcp:compute/globalAddress:GlobalAddress
		azure-native:network:PublicIPAddress azure-native:network:PublicIPPrefix`,
	"key": `aws:kms/key:Key aws:kms/replicaKey:ReplicaKey gcp:kms/keyRing:KeyRing gcp:kms/cryptoKey:CryptoKey
		gcp:kms/cryptoKeyVersion:CryptoKeyVersion azure-native:keyvault:Key azure-native:keyvault:Vault
		azure-native:keyvault:ManagedHsm azure-native:compute:DiskEncryptionSet`,
	"secret": `aws:secretsmanager/secret:Secret gcp:secretmanager/secret:Secret azure-native:keyvault:Secret`,
	"zone": `aws:route53/zone:Zone gcp:dns/managedZone:ManagedZone azure-native:network:Zone
		azure-native:network:PrivateZone azure-native:dns:Zone azure-native:privatedns:PrivateZone`,
	"vault": `aws:backup/vault:Vault aws:backup/logicallyAirGappedVault:LogicallyAirGappedVault
		gcp:backupdisasterrecovery/backupVault:BackupVault gcp:gkebackup/backupPlan:BackupPlan
		azure-native:recoveryservices:Vault azure-native:dataprotection:BackupVault
		azure-native:dataprotection:BackupInstance`,
	"image registry": `aws:ecr/repository:Repository gcp:artifactregistry/repository:Repository
		azure-native:containerregistry:Registry`,
	"namespace, with all that is in it":  `kubernetes:core:Namespace`,
	"definition, with all its resources": `kubernetes:apiextensions.k8s.io:CustomResourceDefinition`,
	"record of who did what": `aws:cloudtrail/trail:Trail aws:guardduty/detector:Detector aws:securityhub/account:Account
		aws:cfg/recorder:Recorder`,
	"way in":              `azure-native:network:ApplicationGateway`,
	"identities of users": `aws:cognito/userPool:UserPool`,
	"logs":                `azure-native:operationalinsights:Workspace`,
})

func byToken(byKind map[string]string) map[string]string {
	all := map[string]string{}
	for kind, tokens := range byKind {
		for _, token := range strings.Fields(tokens) {
			all[token] = kind
		}
	}
	return all
}

// Stateful says what a resource of a type is that a replacement or deletion
// would lose; false if it loses nothing.
func Stateful(token string) (kind string, ok bool) {
	kind, ok = stateful[bare(token)]
	return kind, ok
}

// bare is a token without the version of its API. Tokens of AWS and Google Cloud
// have none: what follows a slash there is the resource's own module.
func bare(token string) string {
	parts := strings.Split(token, ":")
	if len(parts) != 3 || parts[0] != "kubernetes" && parts[0] != "azure-native" {
		return token
	}
	group, _, _ := strings.Cut(parts[1], "/")
	return parts[0] + ":" + group + ":" + parts[2]
}
