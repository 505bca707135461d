package gcp

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// DatabaseAlerts say what a Cloud SQL database is like; the thresholds follow
// from it.
type DatabaseAlerts struct {
	// Name is the instance's name, and Replicas are its read replicas' by a name of
	// yours.
	Name     pulumi.StringInput
	Replicas pulumi.StringMap
	// Tier is the machine, such as db-custom-2-7680.
	Tier string
	// MaxConnections is PostgreSQL's max_connections; 0 is the default of Cloud SQL.
	MaxConnections int
}

// alerts watch the database and its replicas.
// Source: Google Cloud metrics, cloudsql, read 2026-11.
func (d *DatabaseAlerts) alerts(project string) []alert {
	shape, err := sqlTier(d.Tier)
	if err != nil {
		return nil // refused by check
	}
	connections := d.MaxConnections
	if connections == 0 {
		connections = shape.connections()
	}
	on := func(instance pulumi.StringInput) []clause {
		return []clause{{"resource.labels.database_id", pulumi.Sprintf("%s:%s", project, instance)}}
	}
	all := fill(alert{of: "cloudsql_database", where: on(d.Name), seconds: 300, align: mean, compare: above}, []alert{{
		// A failover takes about a minute. A database that is there reports each
		// minute.
		name: "database-down", severity: p0, runbook: "gcp-database.md#down", metric: "database/up", compare: below, threshold: 1, minutes: 10, silence: 15,
		means: "the database has been down for 10 minutes, or has reported nothing for 15: it is stopped, failing or gone.",
	}, {
		name: "database-cpu", severity: p1, runbook: "gcp-database.md#cpu", metric: "database/cpu/utilization", threshold: 0.8, minutes: 15,
		means: "the database's processors have been more than 80 % busy for 15 minutes; queries wait for each other.",
	}, {
		name: "database-memory", severity: p1, runbook: "gcp-database.md#memory", metric: "database/memory/utilization", threshold: 0.9, minutes: 15,
		means: fmt.Sprintf("more than 90 %% of the database's %d MiB of memory has been taken for 15 minutes; next the system kills what takes most.", shape.memoryMiB),
	}, {
		name: "database-storage-low", severity: p1, runbook: "gcp-database.md#storage", metric: "database/disk/utilization", threshold: 0.9, minutes: 30,
		means: "less than 10 % of the database's storage has been free for 30 minutes: it has not grown, or has reached its limit.",
	}, {
		name: "database-storage-full", severity: p0, runbook: "gcp-database.md#storage", metric: "database/disk/utilization", threshold: 0.95, minutes: 10,
		means: "less than 5 % of the database's storage is free; without any it stops.",
	}, {
		name: "database-connections", severity: p1, runbook: "gcp-database.md#connections", metric: "database/postgresql/num_backends",
		align: most, reduce: sum, threshold: float64(connections * 8 / 10), minutes: 15,
		means: fmt.Sprintf("more than 80 %% of the database's %d connections have been taken for 15 minutes; the rest of the clients will be refused.", connections),
	}, {
		// Vacuuming begins at a tenth. At half it has failed to keep up for long.
		name: "database-transaction-ids", severity: p1, runbook: "gcp-database.md#transaction-ids",
		metric: "database/postgresql/transaction_id_utilization", align: most, threshold: 0.5, minutes: 15,
		means: "half of the database's transaction ids are used up: vacuuming does not keep up, and without any left the database becomes read-only.",
	}})
	for _, replica := range slices.Sorted(maps.Keys(d.Replicas)) {
		all = append(all, alert{
			name: "database-" + replica + "-lag", severity: p1, runbook: "gcp-database.md#replica-lag",
			means:  replica + " of the database has been more than 10 minutes behind for 10 minutes, or has reported nothing for 15.",
			of:     "cloudsql_database",
			metric: "database/replication/replica_lag", where: on(d.Replicas[replica]), align: most, seconds: 60,
			compare: above, threshold: 600, minutes: 10, silence: 15,
		})
	}
	return prefixed("cloudsql.googleapis.com/", all)
}

// CacheAlerts say what a Memorystore cache is like.
type CacheAlerts struct {
	// InstanceID is the cache's path.
	InstanceID pulumi.StringInput
	// Copied says that there is a copy in another zone, or read replicas.
	Copied bool
}

// alerts watch the cache.
// Source: Google Cloud metrics, redis, read 2026-11.
func (c *CacheAlerts) alerts() []alert {
	gone := p0
	if c.Copied {
		gone = p1
	}
	base := alert{of: "redis_instance", where: []clause{{"resource.labels.instance_id", c.InstanceID}}, seconds: 300, compare: above, minutes: 15, severity: p1}
	silent := base
	silent.name, silent.severity, silent.runbook, silent.metric = "cache-silent", gone, "gcp-cache.md#silent", "server/uptime"
	silent.align, silent.compare, silent.silence = most, "", 15
	silent.means = "the cache has reported nothing for 15 minutes: it is failing or gone."
	all := append([]alert{silent}, fill(base, []alert{{
		name: "cache-cpu", runbook: "gcp-cache.md#cpu", metric: "stats/cpu_utilization_main_thread", align: rate, reduce: largest, threshold: 0.8,
		means: "the cache has run commands for more than 80 % of 15 minutes; commands wait for each other.",
	}, {
		name: "cache-memory", runbook: "gcp-cache.md#memory", metric: "stats/memory/usage_ratio", align: most, reduce: largest, threshold: 0.8,
		means: "the cache has been more than 80 % full for 15 minutes; next it forgets keys or refuses to write.",
	}, {
		name: "cache-system-memory", runbook: "gcp-cache.md#memory", metric: "stats/memory/system_memory_usage_ratio", align: most, reduce: largest, threshold: 0.8,
		means: "more than 80 % of the memory of the cache's machine has been taken for 15 minutes; above 90 % Memorystore blocks writes.",
	}, {
		name: "cache-evictions", runbook: "gcp-cache.md#memory", metric: "stats/evicted_keys", align: delta, reduce: sum, threshold: 1000,
		means: "the cache has thrown out more than 1000 keys in each of three 5 minutes to make room.",
	}, {
		name: "cache-connections", runbook: "gcp-cache.md#connections", metric: "clients/connected", align: most, reduce: largest, threshold: redisConnections * 8 / 10,
		means: fmt.Sprintf("more than 80 %% of the cache's %d connections have been taken for 15 minutes.", redisConnections),
	}})...)
	if c.Copied {
		all = append(all, alert{
			name: "cache-lag", severity: p1, runbook: "gcp-cache.md#lag", metric: "replication/master/slaves/lag", of: "redis_instance",
			where: []clause{{"resource.labels.instance_id", c.InstanceID}}, align: most, reduce: largest, seconds: 60, compare: above, threshold: 30, minutes: 15,
			means: "a copy of the cache has been more than 30 seconds behind for 15 minutes; a failover would lose that much.",
		})
	}
	return prefixed("redis.googleapis.com/", all)
}

// fill gives alerts what they leave to base.
func fill(base alert, list []alert) []alert {
	for i := range list {
		a := &list[i]
		if a.severity == "" {
			a.severity = base.severity
		}
		a.of, a.where, a.seconds = base.of, slices.Concat(base.where, a.where), base.seconds
		if a.align == "" {
			a.align = base.align
		}
		if a.compare == "" {
			a.compare = base.compare
		}
		if a.minutes == 0 {
			a.minutes = base.minutes
		}
	}
	return list
}

// prefixed puts a service's name before its metrics.
func prefixed(service string, list []alert) []alert {
	for i := range list {
		list[i].metric = service + list[i].metric
	}
	return list
}
