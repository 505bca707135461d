package aws

import (
	"slices"
	"strconv"
	"strings"
)

// postgresVersions are the minor versions of PostgreSQL that RDS creates, by
// major version, oldest first. The majors that are left out are in extended
// support or gone.
// Source: RDS for PostgreSQL release notes and the end-of-support notice of
// 2026-05-31 (nothing older can be created since), read 2026-11.
var postgresVersions = map[int][]int{
	14: {18, 19, 20, 21, 22, 23},
	15: {13, 14, 15, 16, 17, 18},
	16: {9, 10, 11, 12, 13, 14},
	17: {5, 6, 7, 8, 9, 10},
	18: {1, 2, 3, 4},
}

// dbClasses are the families of instance classes that run PostgreSQL, and their
// sizes. Source: RDS user guide, "Supported DB engines for DB instance classes",
// read 2026-11.
var dbClasses = map[string][]string{
	"t3":  {"micro", "small", "medium", "large", "xlarge", "2xlarge"},
	"t4g": {"micro", "small", "medium", "large", "xlarge", "2xlarge"},
	"m5":  {"large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge"},
	"m6g": {"large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge"},
	"m6i": {"large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge", "32xlarge"},
	"m7g": {"large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge"},
	"m7i": {"large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge", "48xlarge"},
	"m8g": {"large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge", "48xlarge"},
	"r5":  {"large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge"},
	"r6g": {"large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge"},
	"r6i": {"large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge", "32xlarge"},
	"r7g": {"large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge"},
	"r7i": {"large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge", "48xlarge"},
	"r8g": {"large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge", "48xlarge"},
}

// offersClass says whether RDS runs PostgreSQL on an instance class.
func offersClass(class string) bool {
	rest, ok := strings.CutPrefix(class, "db.")
	family, size, dotted := strings.Cut(rest, ".")
	return ok && dotted && slices.Contains(dbClasses[family], size)
}

// pgVersion is a version of PostgreSQL as RDS writes it: major.minor.
type pgVersion struct{ major, minor int }

func (v pgVersion) String() string { return strconv.Itoa(v.major) + "." + strconv.Itoa(v.minor) }

// before says whether v is older than w.
func (v pgVersion) before(w pgVersion) bool {
	return v.major < w.major || v.major == w.major && v.minor < w.minor
}

// family is the parameter group family of a version.
func (v pgVersion) family() string { return "postgres" + strconv.Itoa(v.major) }

// offersVersion finds the version that a text asks for: exactly that one, or
// the newest of a major version that stands alone. No text asks for the newest.
func offersVersion(text string) (pgVersion, bool) {
	if text == "" {
		text = "18"
	}
	left, right, dotted := strings.Cut(text, ".")
	major, err := strconv.Atoi(left)
	minors := postgresVersions[major]
	if err != nil || len(minors) == 0 {
		return pgVersion{}, false
	}
	if !dotted {
		return pgVersion{major, minors[len(minors)-1]}, true
	}
	minor, err := strconv.Atoi(right)
	return pgVersion{major, minor}, err == nil && slices.Contains(minors, minor)
}

// staticParameters are parameters of PostgreSQL that only a restart changes.
// Source: PostgreSQL documentation, server configuration ("can only be set at
// server start"), and the RDS parameter reference, read 2026-11.
var staticParameters = []string{
	"autovacuum_freeze_max_age", "autovacuum_multixact_freeze_max_age", "huge_pages", "max_connections",
	"max_files_per_process", "max_locks_per_transaction", "max_logical_replication_workers",
	"max_pred_locks_per_transaction", "max_prepared_transactions", "max_replication_slots", "max_wal_senders",
	"max_worker_processes", "rds.custom_dns_resolution", "rds.logical_replication", "shared_buffers",
	"shared_preload_libraries", "superuser_reserved_connections", "track_activity_query_size",
	"track_commit_timestamp", "wal_buffers",
}

// parameterValues are the values of some parameters that take few.
var parameterValues = map[string][]string{
	"log_connections":                    {"0", "1"},
	"log_disconnections":                 {"0", "1"},
	"log_lock_waits":                     {"0", "1"},
	"log_statement":                      {"none", "ddl", "mod", "all"},
	"rds.force_autovacuum_logging_level": {"disabled", "debug5", "debug4", "debug3", "debug2", "debug1", "info", "notice", "warning", "error", "log", "fatal", "panic"},
	"rds.force_ssl":                      {"0", "1"},
	"rds.logical_replication":            {"0", "1"},
}
