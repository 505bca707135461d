package aws

import (
	components "github.com/te-explico/infrastructure/components/aws"
	"github.com/te-explico/infrastructure/stacks/platform"
	"github.com/te-explico/infrastructure/stacks/settings"
)

func (b *builder) makeDatabase() error {
	d := b.Database
	rds, err := components.NewRds(b.ctx, "database", &components.RdsArgs{
		Scope: b.scope, VpcID: b.vpc.ID, SubnetIDs: b.vpc.DataSubnetIDs(),
		ClientSecurityGroups: b.clients(),
		KeyArn:               b.keys.database.Arn, LogKeyArn: b.keys.logs.Arn,
		EngineVersion: d.EngineVersion, MajorUpgrade: d.MajorUpgrade, Instance: d.Instance, DatabaseName: d.Name,
		StorageGiB: d.StorageGiB, MaxStorageGiB: d.MaxStorageGiB, MultiAZ: d.MultiAZ, Replicas: d.Replicas,
		BackupDays: d.BackupDays, InsightsDays: d.InsightsDays, LogDays: b.Logs.Days,
		MonitoringSeconds: monitoringSeconds, Parameters: d.Parameters,
	}, b.in)
	if err != nil {
		return err
	}
	b.rds = rds
	b.platform.Database = platform.Database{
		Host: rds.Host, Port: rds.Port, Name: d.Name, Readers: rds.ReaderHosts, Secret: rds.MasterSecretArn,
	}
	return nil
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
		EmptyOnDelete: !b.Protect,
	}
	if b.buckets.logs != nil {
		args.LogBucket = b.buckets.logs.Name
	}
	return args
}

func (b *builder) makeBucket(purpose string, made **components.Bucket, args *components.BucketArgs) error {
	bucket, err := components.NewBucket(b.ctx, purpose, args, b.in)
	if err != nil {
		return err
	}
	*made = bucket
	b.platform.Buckets[purpose] = platform.Bucket{Name: bucket.Name}
	return nil
}

func (b *builder) makeCDN() error {
	cdn, err := components.NewCloudFront(b.ctx, "cdn", &components.CloudFrontArgs{
		Scope: b.scope, OriginDomain: b.buckets.assets.RegionalDomainName, LogBucketArn: b.buckets.logs.Arn,
		PriceClass: string(b.CDN.PriceClass), ContentSecurityPolicy: b.CDN.ContentSecurityPolicy,
		Domain: b.Domain.Name, ZoneID: b.Domain.ZoneID,
	}, b.in)
	if err != nil {
		return err
	}
	b.cdn = cdn
	b.platform.CDN = platform.CDN{ID: cdn.ID, URL: cdn.URL}
	return nil
}
