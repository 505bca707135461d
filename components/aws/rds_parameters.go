package aws

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// defaultParameters are PostgreSQL's parameters where the arguments say nothing.
var defaultParameters = map[string]string{
	"rds.force_ssl": "1",
	// Who came and went, what was changed, what was slow (a second or more) and
	// what waited for a lock.
	"log_connections":            "1",
	"log_disconnections":         "1",
	"log_lock_waits":             "1",
	"log_min_duration_statement": "1000",
	"log_statement":              "ddl",
	"pgaudit.log":                "ddl,role",
	"shared_preload_libraries":   "pg_stat_statements,pgaudit",
}

// staticParameters change at a restart only: RDS refuses to apply them at once.
// rds.force_ssl is such a one up to PostgreSQL 14. From 15 on it could change at
// once, but 1 is its default, and of a parameter that has its default RDS says
// that it waits for a restart, whatever was asked for: with another answer every
// update would find a difference.
// Sources: PostgreSQL documentation, server configuration ("can only be set at
// server start"); RDS user guide, "Using SSL with a PostgreSQL DB instance"; read
// 2026-11.
var staticParameters = []string{
	"autovacuum_freeze_max_age", "autovacuum_multixact_freeze_max_age", "huge_pages", "max_connections",
	"max_files_per_process", "max_locks_per_transaction", "max_logical_replication_workers",
	"max_pred_locks_per_transaction", "max_prepared_transactions", "max_replication_slots", "max_wal_senders",
	"max_worker_processes", "rds.custom_dns_resolution", "rds.force_ssl", "rds.logical_replication", "shared_buffers",
	"shared_preload_libraries", "superuser_reserved_connections", "track_activity_query_size",
	"track_commit_timestamp", "wal_buffers",
}

// parameters makes the parameter group. Its name holds the major version, since
// a group serves one: a new major version makes a new group beside the old one,
// the instances move to it, and the old group, which nothing names any more, is
// deleted after them, as Pulumi deletes last. It need not outlive that, because
// a major upgrade never waits for the maintenance window (RdsArgs.MajorUpgrade).
func (b *rdsBuilder) parameters() error {
	major, err := postgresMajor(b.EngineVersion)
	if err != nil {
		return err
	}
	family := "postgres" + strconv.Itoa(major)
	all := maps.Clone(defaultParameters)
	maps.Copy(all, b.Parameters)
	var list rds.ParameterGroupParameterArray
	for _, name := range slices.Sorted(maps.Keys(all)) {
		method := "immediate"
		if slices.Contains(staticParameters, name) {
			method = "pending-reboot"
		}
		list = append(list, rds.ParameterGroupParameterArgs{
			Name: pulumi.String(name), Value: pulumi.String(all[name]), ApplyMethod: pulumi.String(method),
		})
	}
	name := b.name + "-" + family
	b.group, err = rds.NewParameterGroup(b.ctx, name, &rds.ParameterGroupArgs{
		Family:      pulumi.String(family),
		Description: pulumi.String("Parameters of " + b.Prefix + "-" + b.name),
		Parameters:  list,
		Tags:        b.tags("rds", name),
	}, pulumi.Parent(b.db))
	if err != nil {
		return fmt.Errorf("creating parameter group %s: %w", name, err)
	}
	return nil
}

// postgresMajor is the major version of a version of PostgreSQL: of 17.6 or 17
// it is 17.
func postgresMajor(version string) (int, error) {
	text, minor, dotted := strings.Cut(version, ".")
	major, err := strconv.Atoi(text)
	if err == nil && dotted {
		_, err = strconv.Atoi(minor)
	}
	if err != nil || major < 10 {
		return 0, fmt.Errorf("got %q, want a version of PostgreSQL such as 17.6", version)
	}
	return major, nil
}
