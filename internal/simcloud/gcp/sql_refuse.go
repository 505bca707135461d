package gcp

import (
	"regexp"
	"slices"
	"strconv"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// refuseSQL is what Cloud SQL says of an instance, in the order in which it asks.
func refuseSQL(op *simcloud.Op) error {
	for _, refuse := range []func(*simcloud.Op) error{
		refuseSQLName, refuseSQLTier, refuseSQLPlace, refuseSQLStorage, refuseSQLBackups, refuseSQLFlags, refuseSQLReplica, refuseSQLRestore, refuseSQLUpgrade,
	} {
		if err := refuse(op); err != nil {
			return err
		}
	}
	return encrypts(op, "encryptionKeyName", sqlAgent, op.In.String("region"))
}

// refuseSQLName refuses the name of an instance that was deleted within a week.
// Source: Cloud SQL's words as in issue 81 of
// terraform-google-modules/terraform-google-gke-gitlab, read 2026-11.
func refuseSQLName(op *simcloud.Op) error {
	name := op.In.String("name")
	if len(op.Account)+len(name) > 97 {
		return refused(400, "invalid", "Invalid request: Project ID and instance name together must not be longer than 97 characters.")
	}
	if op.Old == nil && op.Find(sqlGoneToken, "name", name) != nil {
		return refused(409, "instanceAlreadyExists",
			"The Cloud SQL instance already exists. When you delete an instance, you can't reuse the name of the deleted instance until one week from the deletion date.")
	}
	return nil
}

var (
	sqlCustom = regexp.MustCompile(`^db-custom-(\d+)-(\d+)$`)
	sqlPlus   = regexp.MustCompile(`^db-(perf-optimized-N-(2|4|8|16|32|48|64|80|96|128)|c4a-highmem-(1|4|8|16|32|48|64|72))$`)
	// sqlVersions are the versions of PostgreSQL that Cloud SQL offers.
	// Source: Cloud SQL docs, "Database versions and version policies", read 2026-11.
	sqlVersions = []string{
		"POSTGRES_9_6", "POSTGRES_10", "POSTGRES_11", "POSTGRES_12", "POSTGRES_13", "POSTGRES_14", "POSTGRES_15", "POSTGRES_16", "POSTGRES_17", "POSTGRES_18",
	}
)

// sqlEdition is the edition of an instance: since PostgreSQL 16 the larger one
// where it names none.
// Source: pull request 18014 of GoogleCloudPlatform/magic-modules, read 2026-11.
func sqlEdition(in simcloud.Values) string {
	if e := in.String("settings.edition"); e != "" {
		return e
	}
	if sqlVersion(in) >= 16 {
		return "ENTERPRISE_PLUS"
	}
	return "ENTERPRISE"
}

// refuseSQLTier refuses machines that there are not, or not in the edition.
// Source: Cloud SQL's words as in issue 2946 of
// GoogleCloudPlatform/cloud-foundation-fabric and issue 2373 of
// serverpod/serverpod; Cloud SQL docs, "Choose a machine type"; read 2026-11.
func refuseSQLTier(op *simcloud.Op) error {
	version, tier, edition := op.In.String("databaseVersion"), op.In.String("settings.tier"), sqlEdition(op.In)
	if !slices.Contains(sqlVersions, version) {
		return refused(400, "invalid", "Invalid request: Invalid database version %s (the simulated cloud has PostgreSQL only).", version)
	}
	if op.In.Has("clone") && tier == "" {
		return nil
	}
	plus := sqlPlus.MatchString(tier)
	switch {
	case edition == "ENTERPRISE_PLUS" && !plus:
		return refused(400, "invalid", "Invalid request: Invalid Tier (%s) for (ENTERPRISE_PLUS) Edition. Use a predefined Tier like db-perf-optimized-N-* instead. "+
			"Learn more at https://cloud.google.com/sql/docs/postgres/create-instance#machine-types.", tier)
	case edition == "ENTERPRISE" && plus:
		return refused(400, "invalid", "Invalid request: Invalid Tier (%s) for (ENTERPRISE) Edition. Use a custom or shared-core Tier instead.", tier)
	case edition == "ENTERPRISE" && tier != "db-f1-micro" && tier != "db-g1-small" && !sqlCustom.MatchString(tier):
		return refused(400, "invalid", "Invalid request: Only custom or shared-core instance Billing Tier type allowed for PostgreSQL database.")
	case op.In.Bool("settings.dataCacheConfig.dataCacheEnabled") && edition != "ENTERPRISE_PLUS":
		return refused(400, "invalid", "Invalid request: Data cache is only supported for Enterprise Plus edition.")
	}
	return sqlCustomTier(tier)
}

func sqlCustomTier(tier string) error {
	m := sqlCustom.FindStringSubmatch(tier)
	if m == nil {
		return nil
	}
	cpus, errC := strconv.Atoi(m[1])
	memory, errM := strconv.Atoi(m[2])
	if errC != nil || errM != nil || cpus != 1 && cpus%2 == 1 || cpus < 1 || cpus > 96 || memory%256 != 0 || memory < 3840 ||
		memory*10 < cpus*1024*9 || memory*10 > cpus*1024*65 {
		return refused(400, "invalid", "Invalid request: Incorrect custom machine type %s: 1 or an even number of vCPUs up to 96, and 0.9 to 6.5 GB of memory for each, "+
			"a multiple of 256 MB and 3.75 GB at least.", tier)
	}
	return nil
}

// refuseSQLPlace refuses an instance without an address, and a private one in a
// network without private services access.
// Source: Cloud SQL's words as in issue 281 of
// terraform-google-modules/terraform-google-sql-db, read 2026-11.
func refuseSQLPlace(op *simcloud.Op) error {
	network := op.In.String("settings.ipConfiguration.privateNetwork")
	public, said := op.In.Get("settings.ipConfiguration.ipv4Enabled").(bool)
	if said && !public && network == "" {
		return refused(400, "invalid", "Invalid request: At least one of Public IP or Private IP or PSC connectivity must be enabled.")
	}
	if network != "" && !hasConnection(op, network) {
		return refused(400, "invalid", "Invalid request: Incorrect Service Networking config for instance: %s:%s:NETWORK_NOT_PEERED.", op.Account, op.In.String("name"))
	}
	return nil
}

func refuseSQLStorage(op *simcloud.Op) error {
	size, limit := op.In.Int("settings.diskSize"), op.In.Int("settings.diskAutoresizeLimit")
	if op.In.Has("settings.diskSize") && (size < 10 || size > 65536) {
		return refused(400, "invalid", "Invalid request: Invalid value for: Disk size. It must be between 10 GB and 65536 GB, got %d.", size)
	}
	if limit > 0 && limit < size {
		return refused(400, "invalid", "Invalid request: Storage auto-increase limit %d GB must not be less than the disk size %d GB.", limit, size)
	}
	return nil
}

// refuseSQLBackups refuses what cannot be kept, and a standby or replicas without
// backups.
// Source: Cloud SQL's words as in issue 8 of langfuse/langfuse-terraform-gcp; Cloud
// SQL docs, "About Cloud SQL backups"; read 2026-11.
func refuseSQLBackups(op *simcloud.Op) error {
	const backups = "settings.backupConfiguration."
	on := op.In.Bool(backups + "enabled")
	days, most := op.In.Int(backups+"transactionLogRetentionDays"), 7
	if sqlEdition(op.In) == "ENTERPRISE_PLUS" {
		most = 35
	}
	kept := op.In.Int(backups + "backupRetentionSettings.retainedBackups")
	switch {
	case op.In.Has(backups+"transactionLogRetentionDays") && (days < 1 || days > most):
		return refused(400, "invalid", "Invalid request: The number of transaction log retention days must be between 1 and %d.", most)
	case op.In.Has(backups+"backupRetentionSettings.retainedBackups") && (kept < 1 || kept > 365):
		return refused(400, "invalid", "Invalid request: The number of retained backups must be between 1 and 365.")
	case kept > 0 && days > kept:
		return refused(400, "invalid", "Invalid request: The number of transaction log retention days must not be more than the number of retained backups.")
	case op.In.Bool(backups+"pointInTimeRecoveryEnabled") && !on:
		return refused(400, "invalid", "Invalid request: Point-in-time recovery requires backups to be enabled.")
	case op.In.String("settings.availabilityType") == "REGIONAL" && !op.In.Has("masterInstanceName") && !(on && op.In.Bool(backups+"pointInTimeRecoveryEnabled")):
		return refused(400, "invalid", "Invalid request: Regional availability requires backups and point-in-time recovery to be enabled.")
	}
	return nil
}

// sqlFlags are flags of PostgreSQL that Cloud SQL lets be set, and what their
// values look like.
// Source: Cloud SQL docs, "Configure database flags", read 2026-11.
var sqlFlags = map[string]*regexp.Regexp{
	"cloudsql.enable_pgaudit": sqlSwitch, "cloudsql.iam_authentication": sqlSwitch, "cloudsql.logical_decoding": sqlSwitch,
	"log_checkpoints": sqlSwitch, "log_connections": sqlSwitch, "log_disconnections": sqlSwitch, "log_lock_waits": sqlSwitch, "log_hostname": sqlSwitch,
	"log_duration": sqlSwitch, "autovacuum": sqlSwitch, "track_io_timing": sqlSwitch,
	"log_temp_files": sqlNumber, "log_min_duration_statement": sqlNumber, "max_connections": sqlNumber, "work_mem": sqlNumber,
	"maintenance_work_mem": sqlNumber, "shared_buffers": sqlNumber, "statement_timeout": sqlNumber, "idle_in_transaction_session_timeout": sqlNumber,
	"lock_timeout": sqlNumber, "random_page_cost": sqlNumber, "max_wal_size": sqlNumber, "max_wal_senders": sqlNumber, "max_replication_slots": sqlNumber,
	"effective_cache_size": sqlNumber, "autovacuum_max_workers": sqlNumber, "autovacuum_vacuum_scale_factor": sqlNumber, "deadlock_timeout": sqlNumber,
	"pgaudit.log": sqlWord, "log_statement": regexp.MustCompile(`^(none|ddl|mod|all)$`), "log_min_messages": sqlWord, "log_min_error_statement": sqlWord,
	"log_error_verbosity": sqlWord, "timezone": sqlWord, "default_transaction_isolation": sqlWord, "log_line_prefix": sqlWord, "auto_explain.log_min_duration": sqlNumber,
}

var (
	sqlSwitch = regexp.MustCompile(`^(on|off)$`)
	sqlNumber = regexp.MustCompile(`^-?\d+(\.\d+)?$`)
	sqlWord   = regexp.MustCompile(`^.+$`)
)

func refuseSQLFlags(op *simcloud.Op) error {
	seen := map[string]bool{}
	for _, f := range op.In.Objects("settings.databaseFlags[]") {
		name, value := f.String("name"), f.String("value")
		shape := sqlFlags[name]
		switch {
		case shape == nil:
			return refused(400, "invalidFlagName", "Invalid request: Invalid flag name (%s) for database version %s.", name, op.In.String("databaseVersion"))
		case !shape.MatchString(value):
			return refused(400, "invalidFlagValue", "Invalid request: Invalid value (%s) for flag %s.", value, name)
		case seen[name]:
			return refused(400, "invalid", "Invalid request: Flag %s is specified more than once.", name)
		}
		seen[name] = true
	}
	if sqlFlag(op.In, "pgaudit.log") != "" && sqlFlag(op.In, "cloudsql.enable_pgaudit") != "on" {
		return refused(400, "invalidFlagName", "Invalid request: Flag pgaudit.log requires cloudsql.enable_pgaudit to be on.")
	}
	return nil
}

// sqlFlag is the value of an instance's flag.
func sqlFlag(in simcloud.Values, name string) string {
	for _, f := range in.Objects("settings.databaseFlags[]") {
		if f.String("name") == name {
			return f.String("value")
		}
	}
	return ""
}

// refuseSQLReplica refuses replicas of what has no backups or another version,
// and backups of replicas.
// Source: Cloud SQL docs, "Create read replicas", read 2026-11.
func refuseSQLReplica(op *simcloud.Op) error {
	master := op.In.String("masterInstanceName")
	if master == "" {
		return nil
	}
	source := op.Find(sqlToken, "name", master)
	replicas := 0
	for _, other := range op.All(sqlToken) {
		if other.In.String("masterInstanceName") == master && other.ID != op.ID {
			replicas++
		}
	}
	switch {
	case !source.In.Bool("settings.backupConfiguration.enabled") || !source.In.Bool("settings.backupConfiguration.pointInTimeRecoveryEnabled"):
		return refused(400, "invalid", "Invalid request: The primary instance %s must have backups and point-in-time recovery enabled to have read replicas.", master)
	case op.In.Bool("settings.backupConfiguration.enabled"):
		return refused(400, "invalid", "Invalid request: Backups cannot be enabled for a read replica.")
	case op.Old == nil && sqlVersion(op.In) != sqlVersion(source.In):
		return refused(400, "invalid", "Invalid request: The replica's database version must be that of its primary, %s.", source.In.String("databaseVersion"))
	case op.In.Int("settings.diskSize") > 0 && op.In.Int("settings.diskSize") < source.In.Int("settings.diskSize"):
		return refused(400, "invalid", "Invalid request: The disk size of a read replica must be at least that of its primary.")
	case source.In.Has("encryptionKeyName") != op.In.Has("encryptionKeyName"):
		return refused(400, "invalid", "Invalid request: A read replica must have a customer-managed encryption key exactly if its primary has one.")
	case replicas >= 10:
		return refused(400, "invalid", "Invalid request: The instance %s has reached the maximum number of replicas, 10.", master)
	}
	return nil
}

// refuseSQLRestore refuses to begin with what is not there.
func refuseSQLRestore(op *simcloud.Op) error {
	if op.Old != nil {
		return nil
	}
	if id := op.In.String("restoreBackupContext.instanceId"); id != "" {
		run := id + "/" + strconv.Itoa(op.In.Int("restoreBackupContext.backupRunId"))
		if len(slices.DeleteFunc(op.All(sqlBackupToken), func(r *simcloud.Record) bool { return r.ID != run })) == 0 {
			return refused(404, "notFound", "The backup run %s does not exist.", run)
		}
	}
	if from := op.In.String("clone.sourceInstanceName"); from != "" && op.In.Has("clone.pointInTime") {
		if source := op.Find(sqlToken, "name", from); !source.In.Bool("settings.backupConfiguration.pointInTimeRecoveryEnabled") {
			return refused(400, "invalid", "Invalid request: Point-in-time recovery is not enabled for instance %s.", from)
		}
	}
	return nil
}

// refuseSQLUpgrade refuses a new version of a primary whose replicas would stay
// behind, and of a replica.
// Source: Cloud SQL docs, "Upgrade the database major version in-place", read
// 2026-11.
func refuseSQLUpgrade(op *simcloud.Op) error {
	if op.Old == nil || sqlVersion(op.Old.In) == sqlVersion(op.In) {
		return nil
	}
	source := op.Find(sqlToken, "name", op.In.String("masterInstanceName"))
	if source != nil && sqlVersion(source.In) != sqlVersion(op.In) {
		return refused(400, "invalid", "Invalid request: The major version of a read replica is upgraded with its primary.")
	}
	return nil
}
