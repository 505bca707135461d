package gcp

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/sql"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// primary makes the database itself. Its name is left to Pulumi.
func (b *sqlBuilder) primary() error {
	settings := b.settings()
	if b.MultiAZ {
		settings.AvailabilityType = pulumi.String("REGIONAL")
	}
	settings.BackupConfiguration = b.backups()
	settings.MaintenanceWindow = sql.DatabaseInstanceSettingsMaintenanceWindowArgs{
		Day: pulumi.Int(b.MaintenanceDay), Hour: pulumi.Int(b.MaintenanceHour), UpdateTrack: pulumi.String("stable"),
	}
	args := b.instanceArgs(b.Region, b.KeyID, settings)
	b.restore(args)
	instance, err := sql.NewDatabaseInstance(b.ctx, b.name, args, pulumi.Parent(b.db), pulumi.Protect(b.Protect),
		pulumi.DependsOn(b.After), pulumi.IgnoreChanges(b.unwatched()))
	if err != nil {
		return fmt.Errorf("creating database %s: %w", b.name, err)
	}
	b.instance = instance
	db := b.db
	db.Name, db.ConnectionName, db.Host = instance.Name, instance.ConnectionName, instance.PrivateIpAddress
	db.Port, db.PoolHost = pulumi.Int(postgresPort).ToIntOutput(), db.Host
	return nil
}

// unwatched are the inputs whose changes mean nothing: what a database began with
// and, where it grows by itself, how large it is by now.
func (b *sqlBuilder) unwatched() []string {
	inputs := slices.Clone(restored)
	if b.MaxStorageGiB > 0 {
		inputs = append(inputs, "settings.diskSize")
	}
	return inputs
}

// instanceArgs are the arguments that the database and its replicas share.
func (b *sqlBuilder) instanceArgs(region string, key pulumi.StringInput, settings *sql.DatabaseInstanceSettingsArgs) *sql.DatabaseInstanceArgs {
	return &sql.DatabaseInstanceArgs{
		Region: pulumi.String(region), DatabaseVersion: pulumi.String("POSTGRES_" + b.EngineVersion),
		EncryptionKeyName: key.ToStringOutput().ToStringPtrOutput(),
		// The provider's own protection: a deletion fails before it is asked for.
		DeletionProtection: pulumi.Bool(b.Protect), Settings: settings,
	}
}

// settings are the settings that the database and its replicas share.
func (b *sqlBuilder) settings() *sql.DatabaseInstanceSettingsArgs {
	shape, _ := sqlTier(b.Tier) // checked
	labels := maps.Clone(b.Labels)
	if labels == nil {
		labels = map[string]string{}
	}
	labels["component"] = "cloudsql" // the provider's labels do not get here
	settings := &sql.DatabaseInstanceSettingsArgs{
		Tier: pulumi.String(b.Tier),
		// Without it PostgreSQL 16 and newer get Enterprise Plus.
		Edition: pulumi.String(shape.edition), AvailabilityType: pulumi.String("ZONAL"),
		DiskType: pulumi.String("PD_SSD"), DiskSize: pulumi.Int(b.StorageGiB),
		DiskAutoresize: pulumi.Bool(b.MaxStorageGiB > 0), DiskAutoresizeLimit: pulumi.Int(b.MaxStorageGiB),
		DeletionProtectionEnabled: pulumi.Bool(b.Protect), DatabaseFlags: b.flags(), UserLabels: pulumi.ToStringMap(labels),
		IpConfiguration: sql.DatabaseInstanceSettingsIpConfigurationArgs{
			Ipv4Enabled: pulumi.Bool(false), PrivateNetwork: b.NetworkID.ToStringOutput().ToStringPtrOutput(), SslMode: pulumi.String("ENCRYPTED_ONLY"),
		},
		InsightsConfig: sql.DatabaseInstanceSettingsInsightsConfigArgs{
			QueryInsightsEnabled: pulumi.Bool(true), QueryStringLength: pulumi.Int(1024),
			RecordApplicationTags: pulumi.Bool(true), RecordClientAddress: pulumi.Bool(false),
		},
		PasswordValidationPolicy: sql.DatabaseInstanceSettingsPasswordValidationPolicyArgs{
			EnablePasswordPolicy: pulumi.Bool(true), MinLength: pulumi.Int(16), DisallowUsernameSubstring: pulumi.Bool(true),
		},
	}
	if shape.edition == enterprisePlus {
		settings.DataCacheConfig = sql.DatabaseInstanceSettingsDataCacheConfigArgs{DataCacheEnabled: pulumi.Bool(b.DataCache)}
	}
	return settings
}

func (b *sqlBuilder) backups() sql.DatabaseInstanceSettingsBackupConfigurationArgs {
	shape, _ := sqlTier(b.Tier) // checked
	return sql.DatabaseInstanceSettingsBackupConfigurationArgs{
		Enabled: pulumi.Bool(true), StartTime: pulumi.String(fmt.Sprintf("%02d:00", b.BackupHour)),
		Location:                   pulumi.String(cmp.Or(b.BackupLocation, b.Region)),
		PointInTimeRecoveryEnabled: pulumi.Bool(true), TransactionLogRetentionDays: pulumi.Int(min(b.BackupDays, shape.logsAtMost)),
		BackupRetentionSettings: sql.DatabaseInstanceSettingsBackupConfigurationBackupRetentionSettingsArgs{
			RetainedBackups: pulumi.Int(b.BackupDays), RetentionUnit: pulumi.String("COUNT"),
		},
	}
}

// sqlFlags are what every database has: logs of who connects, what waits and what
// is slow, and logins by IAM beside passwords.
// Source: CIS Google Cloud Platform Foundation Benchmark 5.0, section 6.2.
var sqlFlags = map[string]string{
	"cloudsql.enable_pgaudit": "on", "cloudsql.iam_authentication": "on", "pgaudit.log": "ddl,role",
	"log_checkpoints": "on", "log_connections": "on", "log_disconnections": "on", "log_lock_waits": "on",
	"log_min_duration_statement": "1000", "log_statement": "ddl", "log_temp_files": "0",
}

// flags are the database's flags, in the order of their names.
func (b *sqlBuilder) flags() sql.DatabaseInstanceSettingsDatabaseFlagArray {
	all := maps.Clone(sqlFlags)
	maps.Copy(all, b.Parameters)
	var list sql.DatabaseInstanceSettingsDatabaseFlagArray
	for _, name := range slices.Sorted(maps.Keys(all)) {
		list = append(list, sql.DatabaseInstanceSettingsDatabaseFlagArgs{Name: pulumi.String(name), Value: pulumi.String(all[name])})
	}
	return list
}

// replicas makes the read replicas. They are interchangeable, so a number is
// name enough; the one in another region is not one of them for readers here.
func (b *sqlBuilder) replicas() error {
	hosts := pulumi.StringArray{}
	for i := range b.Replicas {
		replica, err := b.replica(fmt.Sprintf("replica-%d", i+1), b.Region, b.KeyID)
		if err != nil {
			return err
		}
		hosts = append(hosts, replica.PrivateIpAddress)
	}
	b.db.ReaderHosts = hosts.ToStringArrayOutput()
	if b.Far != nil {
		_, err := b.replica("far", b.Far.Region, b.Far.KeyID)
		return err
	}
	return nil
}

func (b *sqlBuilder) replica(key, region string, kms pulumi.StringInput) (*sql.DatabaseInstance, error) {
	name := b.name + "-" + key
	args := b.instanceArgs(region, kms, b.settings())
	args.InstanceType = pulumi.String("READ_REPLICA_INSTANCE")
	args.MasterInstanceName = b.instance.Name.ToStringPtrOutput()
	// A promoted replica is a database of its own: a new source has new replicas.
	replica, err := sql.NewDatabaseInstance(b.ctx, name, args, pulumi.Parent(b.db), pulumi.Protect(b.Protect),
		pulumi.DependsOn(b.After), pulumi.ReplaceWith([]pulumi.Resource{b.instance}), pulumi.IgnoreChanges(b.unwatched()))
	if err != nil {
		return nil, fmt.Errorf("creating read replica %s: %w", name, err)
	}
	b.db.ReplicaNames[key] = replica.Name
	b.copies = append(b.copies, replica)
	return replica, nil
}
