package aws

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// DatabaseAlarms say what an RDS database is like; the thresholds follow from it.
type DatabaseAlarms struct {
	// Identifier is the instance's name, and Replicas are its read replicas' by a
	// name of yours.
	Identifier pulumi.StringInput
	Replicas   pulumi.StringMap
	// Instance is the instance class, such as db.m7g.large.
	Instance string
	// StorageGiB is the storage at creation in GiB.
	StorageGiB int
	// MaxConnections is PostgreSQL's max_connections; 0 is the default of RDS.
	MaxConnections int
}

// connections is how many connections PostgreSQL takes. By default RDS counts
// one for each 9,531,392 bytes of memory, and 5,000 at most.
// Source: RDS user guide, "Quotas and constraints", maximum number of database
// connections.
func (d *DatabaseAlarms) connections(memoryGiB int) int {
	if d.MaxConnections > 0 {
		return d.MaxConnections
	}
	return min(memoryGiB*gib/9531392, 5000)
}

// alarms watch the database and its replicas.
func (d *DatabaseAlarms) alarms() []alarm {
	memory, err := classMemoryGiB(d.Instance)
	if err != nil {
		return nil // refused by check
	}
	most := d.connections(memory)
	base := alarm{namespace: "AWS/RDS", dimensions: pulumi.StringMap{"DBInstanceIdentifier": d.Identifier}, seconds: 300}
	all := base.fill([]alarm{{
		// A failover takes one to two minutes. A database that is there reports each
		// minute.
		name: "database-silent", severity: p0, runbook: "database.md#silent",
		means:   "the database has reported nothing for 15 minutes: it is stopped, failing or gone.",
		metrics: one("CPUUtilization", "SampleCount"), compare: below, threshold: 1, periods: 3, missing: silenceIsBad,
	}, {
		name: "database-cpu", severity: p1, runbook: "database.md#cpu",
		means:   "the database's processors have been more than 80 % busy for 15 minutes; queries wait for each other.",
		metrics: one("CPUUtilization", "Average"), compare: above, threshold: 80, periods: 3, missing: silenceIsNothing,
	}, {
		// PostgreSQL fills memory with its cache, which counts as free. A twentieth
		// left is memory that sessions took; next the system swaps, then it kills.
		name: "database-memory", severity: p1, runbook: "database.md#memory",
		means:   fmt.Sprintf("less than 5 %% of the database's %d GiB of memory has been free for 15 minutes.", memory),
		metrics: one("FreeableMemory", "Average"), compare: below, threshold: 0.05 * float64(memory) * gib, periods: 3, missing: silenceIsNothing,
	}, {
		// RDS grows the storage when less than a tenth has been free for five
		// minutes, at most once in six hours. After half an hour it has not.
		name: "database-storage-low", severity: p1, runbook: "database.md#storage",
		means:   fmt.Sprintf("less than 10 %% of %d GiB of the database's storage has been free for 30 minutes: it has not grown, or has reached its maximum.", d.StorageGiB),
		metrics: one("FreeStorageSpace", "Minimum"), compare: below, threshold: 0.1 * float64(d.StorageGiB) * gib, periods: 6, missing: silenceIsNothing,
	}, {
		// A full database stops.
		name: "database-storage-full", severity: p0, runbook: "database.md#storage",
		means:   fmt.Sprintf("less than 5 %% of %d GiB of the database's storage is free; without any it stops.", d.StorageGiB),
		metrics: one("FreeStorageSpace", "Minimum"), compare: below, threshold: 0.05 * float64(d.StorageGiB) * gib, periods: 2, missing: silenceIsNothing,
	}, {
		name: "database-connections", severity: p1, runbook: "database.md#connections",
		means:   fmt.Sprintf("more than 80 %% of the database's %d connections have been taken for 15 minutes; the rest of the clients will be refused.", most),
		metrics: one("DatabaseConnections", "Maximum"), compare: above, threshold: float64(most * 8 / 10), periods: 3, missing: silenceIsNothing,
	}, {
		// Vacuuming begins at 200 million. At a billion it has failed to keep up for
		// long; at two billion PostgreSQL refuses to write.
		name: "database-transaction-ids", severity: p1, runbook: "database.md#transaction-ids",
		means:   "a table is a billion transactions old: vacuuming does not keep up, and at two billion the database becomes read-only.",
		metrics: one("MaximumUsedTransactionIDs", "Maximum"), compare: above, threshold: 1e9, periods: 3, missing: silenceIsNothing,
	}})
	for _, replica := range slices.Sorted(maps.Keys(d.Replicas)) {
		all = append(all, alarm{
			// Without writes a replica of RDS reports up to five minutes, so less than
			// that means nothing. -1 says that it replicates no more.
			name: "database-" + replica + "-lag", severity: p1, runbook: "database.md#replica-lag",
			means:     replica + " of the database has been more than 10 minutes behind, or silent, for 10 minutes.",
			namespace: "AWS/RDS", dimensions: pulumi.StringMap{"DBInstanceIdentifier": d.Replicas[replica]},
			metrics: one("ReplicaLag", "Maximum"), expression: "IF(m < 0, 86400, m)",
			compare: above, threshold: 600, seconds: 60, periods: 10, missing: silenceIsBad,
		})
	}
	return all
}
