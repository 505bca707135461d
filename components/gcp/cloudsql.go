package gcp

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/sql"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// CloudSQLArgs are the arguments of NewCloudSQL.
type CloudSQLArgs struct {
	Scope
	// NetworkID is the path of the network whose private services access the
	// database answers in. It has no other address.
	NetworkID pulumi.StringInput
	// KeyID is the key that encrypts the data, the backups and the master user's
	// secret: Cloud SQL and Secret Manager may use it.
	KeyID pulumi.StringInput
	// After is what must exist before: the private services connection of the
	// network, and the key's rights (Key.Ready).
	After []pulumi.Resource
	// EngineVersion is the major version of PostgreSQL, such as 17. Cloud SQL takes
	// its minor versions by itself, in the maintenance window. A higher one
	// upgrades in place, at once; there is no way back but a restore.
	EngineVersion string
	// Tier is the machine: db-custom-<vCPUs>-<MiB>, db-f1-micro or db-g1-small of
	// the edition Enterprise, or db-perf-optimized-N-<vCPUs> of Enterprise Plus.
	Tier string
	// DataCache keeps what is read often on a local disk. Enterprise Plus alone has
	// it.
	DataCache bool
	// DatabaseName is the name of the first database inside the server.
	DatabaseName string
	// Password is the master user's password, a secret. Cloud SQL makes none.
	Password pulumi.StringInput
	// IAMUsers are the e-mail addresses of service accounts that log in with their
	// identity, by a name of yours: they may log in to the database and its replicas.
	// What each may do there, the database's own GRANT says.
	IAMUsers map[string]pulumi.StringInput
	// StorageGiB is the storage in GiB, 10 or more; Cloud SQL lets it grow by itself
	// up to MaxStorageGiB, 0 for not at all. Storage never shrinks.
	StorageGiB, MaxStorageGiB int
	// MultiAZ keeps a standby in another zone.
	MultiAZ bool
	// Replicas is the number of read replicas in the region, at most 10.
	Replicas int
	// Far is a read replica in another region, which can be promoted when the
	// region is lost; none if nil.
	Far *FarReplica
	// BackupDays is how many daily backups are kept, 1 to 365. To any moment the
	// database can be restored as far back, but no more than 7 days, or 35 with
	// Enterprise Plus.
	BackupDays int
	// BackupHour is when the daily backup begins, and MaintenanceHour when
	// MaintenanceDay (1 is Monday) has its maintenance window; in UTC.
	BackupHour, MaintenanceDay, MaintenanceHour int
	// BackupLocation is where backups are kept: a region, or eu, us or asia; the
	// scope's region if empty.
	BackupLocation string
	// Parameters are PostgreSQL's flags over the defaults of this component.
	Parameters map[string]string
	// Restore is what a new database begins with; nothing if nil. A database that
	// is there already stays as it is.
	Restore *RestoreArgs
}

// FarReplica is a read replica in another region.
type FarReplica struct {
	// Region is where it is, and KeyID a key of that region.
	Region string
	KeyID  pulumi.StringInput
}

// CloudSQL is a PostgreSQL database on Cloud SQL with an address in the private
// network alone. Its master user's password is in Secret Manager.
type CloudSQL struct {
	pulumi.ResourceState

	// Name is the instance's name, new for each incarnation: Cloud SQL keeps that
	// of a deleted one for a week. ConnectionName is <project>:<region>:<name>.
	Name, ConnectionName pulumi.StringOutput
	// Host and Port are where the database answers, over TLS.
	Host pulumi.StringOutput
	Port pulumi.IntOutput
	// PoolHost is where applications connect, on the same port: the database
	// itself. Cloud SQL's own pool is not among what the provider can set.
	PoolHost pulumi.StringOutput
	// DatabaseName is the name of the first database inside the server.
	DatabaseName pulumi.StringOutput
	// SecretName is the name of the secret with the master user's name and password,
	// as JSON, and SecretID its path.
	SecretName, SecretID pulumi.StringOutput
	// ReaderHosts are where the read replicas of the region answer.
	ReaderHosts pulumi.StringArrayOutput
	// ReplicaNames are the read replicas' names, by replica-1, replica-2 …, and far.
	ReplicaNames pulumi.StringMap
}

const (
	// masterUser is the master user. It is neither postgres nor admin, which are
	// tried first by whoever guesses.
	masterUser = "explico"
	// postgresPort is where PostgreSQL answers.
	postgresPort = 5432
	// maxReplicas is how many read replicas a Cloud SQL instance has.
	// Source: Cloud SQL quotas and limits, read 2026-11.
	maxReplicas = 10
	// maxBackups is how many backups are kept at most.
	// Source: Cloud SQL docs, "About Cloud SQL backups", read 2026-11.
	maxBackups = 365
)

// NewCloudSQL makes a database. In a protected scope it cannot be deleted, by
// nobody, before the protection is taken away.
func NewCloudSQL(ctx *pulumi.Context, name string, args *CloudSQLArgs, opts ...pulumi.ResourceOption) (*CloudSQL, error) {
	if err := args.check(name); err != nil {
		return nil, fmt.Errorf("creating database %s: %w", name, err)
	}
	db := &CloudSQL{ReplicaNames: pulumi.StringMap{}}
	if err := component.Register(ctx, "gcp", "CloudSql", name, db, opts...); err != nil {
		return nil, err
	}
	b := &sqlBuilder{CloudSQLArgs: args, ctx: ctx, name: name, db: db}
	for _, step := range []func() error{b.primary, b.replicas, b.database, b.users} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return db, ctx.RegisterResourceOutputs(db, pulumi.Map{
		"name": db.Name, "connectionName": db.ConnectionName, "host": db.Host, "port": db.Port, "poolHost": db.PoolHost,
		"databaseName": db.DatabaseName, "secretName": db.SecretName, "secretId": db.SecretID, "readerHosts": db.ReaderHosts, "replicaNames": db.ReplicaNames,
	})
}

// sqlBuilder holds what the parts of a database need of each other.
type sqlBuilder struct {
	*CloudSQLArgs
	ctx  *pulumi.Context
	name string
	db   *CloudSQL

	instance *sql.DatabaseInstance
	// copies are the read replicas.
	copies []pulumi.Resource
}

var (
	// sqlName is what an instance's name is made of; with a replica's suffix and
	// Pulumi's it stays below what Cloud SQL takes.
	// Source: Cloud SQL docs, "Instance settings", instance ID, read 2026-11.
	sqlName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,59}$`)
	// sqlMajor is a major version of PostgreSQL that Cloud SQL offers.
	// Source: Cloud SQL docs, "Database versions and version policies", read 2026-11.
	sqlMajor = regexp.MustCompile(`^(13|14|15|16|17|18)$`)
)

// check returns all that is wrong with the arguments.
func (a *CloudSQLArgs) check(name string) error {
	var errs []error
	want := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	want(sqlName.MatchString(name), "name: got %q, want at most 60 lower-case letters, digits and hyphens", name)
	want(a.NetworkID != nil, "NetworkID is missing")
	want(a.KeyID != nil, "KeyID is missing")
	want(a.DatabaseName != "", "DatabaseName is missing")
	want(a.Password != nil, "Password is missing: Cloud SQL makes none")
	want(sqlMajor.MatchString(a.EngineVersion), "EngineVersion: got %q, want a major version from 13 to 18", a.EngineVersion)
	shape, err := sqlTier(a.Tier)
	want(err == nil, "Tier: %w", err)
	want(!a.DataCache || err != nil || shape.edition == enterprisePlus, "DataCache: got it with %s, want a tier of Enterprise Plus", a.Tier)
	want(!a.MultiAZ || err != nil || !shape.shared, "MultiAZ: got it with %s, which shares its processors and has no promise of availability", a.Tier)
	want(a.StorageGiB >= 10, "StorageGiB: got %d, want 10 or more", a.StorageGiB)
	want(a.MaxStorageGiB == 0 || a.MaxStorageGiB > a.StorageGiB, "MaxStorageGiB: got %d, want 0 or more than StorageGiB (%d)", a.MaxStorageGiB, a.StorageGiB)
	far := 0
	if a.Far != nil {
		far = 1
		want(a.Far.Region != "" && a.Far.Region != a.Region, "Far.Region: got %q, want a region other than %s", a.Far.Region, a.Region)
		want(a.Far.KeyID != nil, "Far.KeyID is missing: a key encrypts in its own region only")
	}
	want(0 <= a.Replicas && a.Replicas+far <= maxReplicas, "Replicas: got %d, want 0 to %d with the one far away", a.Replicas, maxReplicas)
	want(1 <= a.BackupDays && a.BackupDays <= maxBackups, "BackupDays: got %d, want 1 to %d", a.BackupDays, maxBackups)
	want(0 <= a.BackupHour && a.BackupHour <= 23, "BackupHour: got %d, want 0 to 23", a.BackupHour)
	want(1 <= a.MaintenanceDay && a.MaintenanceDay <= 7, "MaintenanceDay: got %d, want 1 (Monday) to 7", a.MaintenanceDay)
	want(0 <= a.MaintenanceHour && a.MaintenanceHour <= 23, "MaintenanceHour: got %d, want 0 to 23", a.MaintenanceHour)
	for user, email := range a.IAMUsers {
		want(email != nil, "IAMUsers[%s] is missing", user)
	}
	for _, fixed := range []string{"cloudsql.iam_authentication", "cloudsql.enable_pgaudit"} {
		value, set := a.Parameters[fixed]
		want(!set || value == "on", "Parameters: %s: got %q, want on", fixed, value)
	}
	err = a.Restore.check()
	want(err == nil, "%w", err)
	return errors.Join(errs...)
}
