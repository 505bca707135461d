package aws

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	components "github.com/te-explico/infrastructure/components/aws"
	"github.com/te-explico/infrastructure/stacks/platform"
	"github.com/te-explico/infrastructure/stacks/settings"
)

func (b *builder) makeDatabase() error {
	d := b.Database
	args := &components.RdsArgs{
		Scope: b.scope, VpcID: b.vpc.ID, SubnetIDs: b.vpc.DataSubnetIDs(),
		ClientSecurityGroups: b.clients(),
		KeyArn:               b.keys.database.Arn, LogKeyArn: b.keys.logs.Arn,
		EngineVersion: d.EngineVersion, MajorUpgrade: d.MajorUpgrade, Instance: d.Instance, DatabaseName: d.Name,
		StorageGiB: d.StorageGiB, MaxStorageGiB: d.MaxStorageGiB, MultiAZ: d.MultiAZ, Replicas: d.Replicas,
		BackupDays: d.BackupDays, InsightsDays: d.InsightsDays, LogDays: b.Logs.Days,
		MonitoringSeconds: monitoringSeconds, Parameters: d.Parameters, Password: secretOf(d.Password),
		Proxy: d.Proxy, Restore: restore(d.Restore), BackedUp: b.Backup.Days > 0,
	}
	if hours := b.Costs.Schedule; hours.On() {
		args.BackupWindow, args.MaintenanceWindow = hours.Window("", backupWindowAfter), hours.Window(maintenanceDay, maintenanceWindowAfter)
	}
	rds, err := components.NewRds(b.ctx, "database", args, b.in)
	if err != nil {
		return err
	}
	b.rds = rds
	b.platform.Database = platform.Database{
		Host: rds.Host, PoolHost: rds.PoolHost, Port: rds.Port, Name: d.Name, Readers: rds.ReaderHosts, Secret: rds.MasterSecretArn,
		Reach: platform.Reach{CIDRs: []string{b.Network.CIDR}, Ports: []int{postgresPort}},
	}
	return nil
}

// redisPort is where ElastiCache answers; a serverless cache has the next one for
// what is read.
// Source: ElastiCache user guide, "Connecting to a serverless cache".
const (
	redisPort      = 6379
	redisReadsPort = 6380
)

// restore is what a new database begins with; nil if with nothing.
func restore(r settings.Restore) *components.RestoreArgs {
	if r == (settings.Restore{}) {
		return nil
	}
	return &components.RestoreArgs{Snapshot: r.Snapshot, From: r.From, Time: r.Time}
}

// secretOf marks a secret for Pulumi; nil if there is none.
func secretOf(s settings.Secret) pulumi.StringInput {
	if s.IsZero() {
		return nil
	}
	return pulumi.ToSecret(pulumi.String(s.Reveal())).(pulumi.StringOutput)
}

// monitoringSeconds is how often the database's operating system is measured.
// Once a minute is what an alarm can use; finer measures cost more log storage.
const monitoringSeconds = 60

// buckets are the stack's buckets.
type buckets struct {
	logs, assets, uploads, backups *components.Bucket
}

func (b *builder) makeBuckets() error {
	b.platform.Buckets = map[string]platform.Bucket{}
	// The bucket of logs comes first: the others log to it.
	logs := b.bucketArgs("access logs", b.Buckets.Logs)
	logs.KeyArn, logs.LogBucket, logs.ReceivesLogs = nil, nil, true
	if err := b.makeBucket("logs", &b.buckets.logs, logs); err != nil {
		return err
	}
	assets := b.bucketArgs("the built frontend", b.Buckets.Assets)
	assets.ServesCDN = true
	if err := b.makeBucket("assets", &b.buckets.assets, assets); err != nil {
		return err
	}
	if err := b.makeBucket("uploads", &b.buckets.uploads, b.bucketArgs("what users upload", b.Buckets.Uploads)); err != nil {
		return err
	}
	return b.makeBucket("backups", &b.buckets.backups, b.bucketArgs("backups", b.Buckets.Backups))
}

func (b *builder) bucketArgs(purpose string, s settings.Bucket) *components.BucketArgs {
	args := &components.BucketArgs{
		Scope: b.scope, Purpose: purpose, KeyArn: b.keys.storage.Arn,
		InfrequentDays: s.InfrequentDays, ArchiveDays: s.ArchiveDays, ExpireDays: s.ExpireDays,
		NoncurrentDays: s.NoncurrentDays, ReplicateTo: s.ReplicateTo, ReplicateKeyArn: s.ReplicateKey,
		EmptyOnDelete: b.Disposable,
	}
	args.IntelligentTiering = s.IntelligentTiering
	if b.buckets.logs != nil {
		args.LogBucket = b.buckets.logs.Name
		args.Inventory = inventories[s.Inventory]
		if args.Inventory != "" {
			args.InventoryTo = b.buckets.logs.Arn
		}
	}
	return args
}

// inventories are S3's words for how often objects are listed.
var inventories = map[settings.Inventory]string{settings.DailyInventory: "Daily", settings.WeeklyInventory: "Weekly"}

func (b *builder) makeBucket(purpose string, made **components.Bucket, args *components.BucketArgs) error {
	args.BackedUp = b.backsUp(purpose)
	bucket, err := components.NewBucket(b.ctx, purpose, args, b.in)
	if err != nil {
		return err
	}
	*made = bucket
	b.platform.Buckets[purpose] = platform.Bucket{Name: bucket.Name}
	return nil
}
