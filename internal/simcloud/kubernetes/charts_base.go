package kubernetes

// baseDefinitions are the custom resource definitions of the charts of what
// every cluster has, and of cloud: local.
// Source: CloudNativePG 1.30, config/crd/bases.
var baseDefinitions = map[string][]string{
	"cloudnative-pg": {
		"postgresql.cnpg.io/Backup", "postgresql.cnpg.io/Cluster", "postgresql.cnpg.io/ClusterImageCatalog",
		"postgresql.cnpg.io/Database", "postgresql.cnpg.io/DatabaseRole", "postgresql.cnpg.io/FailoverQuorum",
		"postgresql.cnpg.io/ImageCatalog", "postgresql.cnpg.io/Pooler", "postgresql.cnpg.io/Publication",
		"postgresql.cnpg.io/ScheduledBackup", "postgresql.cnpg.io/Subscription",
	},
}
