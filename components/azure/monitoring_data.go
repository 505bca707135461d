package azure

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// DatabaseAlarms say what a PostgreSQL server is like; the thresholds follow from
// it.
type DatabaseAlarms struct {
	// ID is the server's id, and Replicas are its read replicas' by a name of yours.
	ID       pulumi.StringInput
	Replicas map[string]pulumi.StringInput
	// Instance is the size, such as Standard_D2ds_v5.
	Instance string
	// MaxConnections is PostgreSQL's max_connections; 0 is Azure's default.
	MaxConnections int
}

// connections is how many connections PostgreSQL takes: by default 859 for 8 GiB
// of memory and so on up to 5,000, of which Azure keeps 15 for itself.
// Source: Azure Database for PostgreSQL documentation, "Limits: maximum
// connections", read 2026-11.
func (d *DatabaseAlarms) connections() int {
	if d.MaxConnections > 0 {
		return d.MaxConnections
	}
	memory, _ := postgresMemoryGiB(d.Instance) // check has refused what has none
	switch {
	case memory <= 2:
		return 50
	case memory <= 4:
		return 429
	case memory <= 8:
		return 859
	case memory <= 16:
		return 1718
	case memory <= 32:
		return 3437
	}
	return 5000
}

// alarms watch the database and its replicas.
// Source: Azure Database for PostgreSQL documentation, "Monitoring: metrics", read
// 2026-11.
func (d *DatabaseAlarms) alarms() []alarm {
	most := d.connections()
	kind := "Microsoft.DBforPostgreSQL/flexibleServers"
	all := alarm{on: d.ID, namespace: kind}.fill([]alarm{{
		// A failover takes a minute or two.
		name: "database-silent", severity: p0, runbook: "azure-data.md#database-silent",
		means:  "the database has not been alive for 5 minutes: it is stopped, failing or gone.",
		metric: "is_db_alive", total: "Maximum", compare: below, threshold: 1, window: 5, every: 1,
	}, {
		name: "database-cpu", severity: p1, runbook: "azure-data.md#database-cpu",
		means:  "the database's processors have been more than 80 % busy for 15 minutes; queries wait for each other.",
		metric: "cpu_percent", total: "Average", compare: above, threshold: 80, window: 15, every: 5,
	}, {
		name: "database-memory", severity: p1, runbook: "azure-data.md#database-memory",
		means:  "more than 90 % of the database's memory has been taken for 15 minutes.",
		metric: "memory_percent", total: "Average", compare: above, threshold: 90, window: 15, every: 5,
	}, {
		// Azure grows the storage when less than a tenth is free, and makes the server
		// read-only at 95 %.
		name: "database-storage-low", severity: p1, runbook: "azure-data.md#database-storage",
		means:  "more than 90 % of the database's storage has been taken for 30 minutes: it has not grown.",
		metric: "storage_percent", total: "Average", compare: above, threshold: 90, window: 30, every: 15,
	}, {
		name: "database-storage-full", severity: p0, runbook: "azure-data.md#database-storage",
		means:  "more than 95 % of the database's storage is taken: it is read-only.",
		metric: "storage_percent", total: "Maximum", compare: above, threshold: 95, window: 5, every: 5,
	}, {
		name: "database-connections", severity: p1, runbook: "azure-data.md#database-connections",
		means:  fmt.Sprintf("more than 80 %% of the database's %d connections have been taken for 15 minutes; the rest of the clients will be refused.", most),
		metric: "active_connections", total: "Maximum", compare: above, threshold: float64(most * 8 / 10), window: 15, every: 5,
	}, {
		// Vacuuming begins at 200 million. At a billion it has failed to keep up for
		// long; at two billion PostgreSQL refuses to write.
		name: "database-transaction-ids", severity: p1, runbook: "azure-data.md#database-transaction-ids",
		means:  "a table is a billion transactions old: vacuuming does not keep up, and at two billion the database becomes read-only.",
		metric: "maximum_used_transactionIDs", total: "Average", compare: above, threshold: 1e9, window: 30, every: 15,
	}})
	for _, replica := range slices.Sorted(maps.Keys(d.Replicas)) {
		all = append(all, alarm{
			name: "database-" + replica + "-lag", severity: p1, runbook: "azure-data.md#database-replica-lag",
			means: replica + " of the database has been more than 10 minutes behind for 15 minutes.",
			on:    d.Replicas[replica], namespace: kind, metric: "physical_replication_delay_in_seconds", total: "Maximum",
			compare: above, threshold: 600, window: 15, every: 5,
		})
	}
	return all
}

// cacheAlarms watch a cache.
// Source: Azure Managed Redis documentation, "Monitor: metrics", read 2026-11.
func cacheAlarms(id pulumi.StringInput) []alarm {
	return alarm{on: id, namespace: "Microsoft.Cache/redisEnterprise"}.fill([]alarm{{
		name: "cache-memory", severity: p1, runbook: "azure-data.md#cache-memory",
		means:  "more than 85 % of the cache's memory has been taken for 15 minutes; then it evicts, or refuses to write.",
		metric: "usedmemorypercentage", total: "Maximum", compare: above, threshold: 85, window: 15, every: 5,
	}, {
		name: "cache-cpu", severity: p1, runbook: "azure-data.md#cache-cpu",
		means:  "the cache's processors have been more than 80 % busy for 15 minutes.",
		metric: "percentProcessorTime", total: "Maximum", compare: above, threshold: 80, window: 15, every: 5,
	}, {
		name: "cache-evictions", severity: p1, runbook: "azure-data.md#cache-evictions",
		means:  "the cache has evicted more than 1,000 keys in 15 minutes: it is too small for what is kept in it.",
		metric: "evictedkeys", total: "Maximum", compare: above, threshold: 1000, window: 15, every: 5,
	}})
}

// storageAlarms watch a storage account.
// Source: Azure Storage documentation, "Monitoring data reference", read 2026-11.
func storageAlarms(name string, id pulumi.StringInput) []alarm {
	return alarm{on: id, namespace: "Microsoft.Storage/storageAccounts"}.fill([]alarm{{
		name: "storage-" + name + "-availability", severity: p1, runbook: "azure-data.md#storage-account-availability",
		means:  "storage " + name + " has answered less than 99 % of its requests for 15 minutes.",
		metric: "Availability", total: "Average", compare: below, threshold: 99, window: 15, every: 5,
	}, {
		name: "storage-" + name + "-latency", severity: p1, runbook: "azure-data.md#storage-account-latency",
		means:  "storage " + name + " has taken more than a second for its requests for 15 minutes.",
		metric: "SuccessServerLatency", total: "Average", compare: above, threshold: 1000, window: 15, every: 5,
	}})
}

// vaultAlarms watch a key vault: without its keys what they encrypt stands still.
// Source: Azure Key Vault documentation, "Monitoring and alerting", read 2026-11.
func vaultAlarms(name string, id pulumi.StringInput) []alarm {
	return alarm{on: id, namespace: "Microsoft.KeyVault/vaults"}.fill([]alarm{{
		name: "vault-" + name + "-availability", severity: p0, runbook: "azure-data.md#vault-availability",
		means:  "vault " + name + " has answered less than 90 % of its requests for 5 minutes; what its keys encrypt will stop.",
		metric: "Availability", total: "Average", compare: below, threshold: 90, window: 5, every: 1,
	}, {
		name: "vault-" + name + "-saturation", severity: p1, runbook: "azure-data.md#vault-saturation",
		means:  "vault " + name + " has been asked more than 75 % of what it takes for 15 minutes; beyond that it refuses.",
		metric: "SaturationShoebox", total: "Average", compare: above, threshold: 75, window: 15, every: 5,
	}})
}
