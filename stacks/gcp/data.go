package gcp

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	components "github.com/te-explico/infrastructure/components/gcp"
	"github.com/te-explico/infrastructure/stacks/platform"
	"github.com/te-explico/infrastructure/stacks/settings"
)

// The ports of PostgreSQL, and of Memorystore with TLS.
// Source: Memorystore for Redis docs, "Enabling in-transit encryption".
const (
	postgresPort = 5432
	redisPort    = 6378
)

// When databases and caches are backed up and maintained: at night in Europe,
// after the cluster's own window has begun; in UTC.
const (
	backupHour      = 1
	maintenanceDay  = 7 // Sunday
	maintenanceHour = 3
)

func (b *builder) makeDatabase() error {
	d, after := b.Database, append(slices.Clone(b.keys.database.Ready), b.network.PrivateConnection)
	far, ready, err := b.farReplica()
	if err != nil {
		return err
	}
	made, err := components.NewCloudSQL(b.ctx, "database", &components.CloudSQLArgs{
		Scope: b.scope, NetworkID: b.network.ID, KeyID: b.keys.database.ID, After: append(after, ready...),
		EngineVersion: d.EngineVersion, Tier: d.Instance, DatabaseName: d.Name, Password: secretOf(d.Password),
		IAMUsers: b.databaseUsers(), Far: far,
		StorageGiB: d.StorageGiB, MaxStorageGiB: d.MaxStorageGiB, MultiAZ: d.MultiAZ, Replicas: d.Replicas,
		BackupDays: d.BackupDays, BackupHour: backupHour, MaintenanceDay: maintenanceDay, MaintenanceHour: maintenanceHour,
		Parameters: d.Parameters, Restore: restore(d.Restore),
	}, b.in, b.after)
	if err != nil {
		return err
	}
	b.database = made
	b.platform.Database = platform.Database{
		Host: made.Host, PoolHost: made.PoolHost, Port: made.Port, Name: d.Name, Readers: made.ReaderHosts, Secret: made.SecretName,
		Reach: b.peered(postgresPort),
	}
	return nil
}

// databaseUsers are the service accounts that log in to the database.
func (b *builder) databaseUsers() map[string]pulumi.StringInput {
	all := map[string]pulumi.StringInput{}
	for name, email := range b.GCP.DatabaseUsers {
		all[name] = pulumi.String(email)
	}
	return all
}

// farReplica is the replica in another region, with a key that stands there and what
// it waits for; nil if there is none. The network is in every region.
func (b *builder) farReplica() (*components.FarReplica, []pulumi.Resource, error) {
	there := b.scope
	if there.Region = b.GCP.FarReplica.Region; there.Region == "" {
		return nil, nil, nil
	}
	ring, err := components.NewKeyRing(b.ctx, "keys-far", &components.KeyRingArgs{Scope: there}, b.in, b.after)
	if err != nil {
		return nil, nil, err
	}
	// A promoted replica leaves the stack, and needs its key when the stack goes.
	key, err := components.NewKey(b.ctx, "database-far", &components.KeyArgs{
		Scope: there, Ring: ring.ID, Purpose: "the database's replica far away", Users: []components.Agent{components.SQLAgent}, Outlives: true,
	}, b.in, b.after)
	if err != nil {
		return nil, nil, err
	}
	return &components.FarReplica{Region: there.Region, KeyID: key.ID}, key.Ready, nil
}

// peered is where pods find what Google runs behind the peering.
func (b *builder) peered(port int) platform.Reach {
	return platform.Reach{CIDRs: []string{b.network.PeeredCIDR}, Ports: []int{port}}
}

// restore is what a new database begins with; nil if with nothing.
func restore(r settings.Restore) *components.RestoreArgs {
	if r == (settings.Restore{}) {
		return nil
	}
	return &components.RestoreArgs{Backup: r.Snapshot, From: r.From, Time: r.Time}
}

// secretOf marks a secret for Pulumi; nil if there is none.
func secretOf(s settings.Secret) pulumi.StringInput {
	if s.IsZero() {
		return nil
	}
	return pulumi.ToSecret(pulumi.String(s.Reveal())).(pulumi.StringOutput)
}

func (b *builder) makeCache() error {
	c := b.Cache
	// The last copy takes over, and is not among those that are read.
	readers := 0
	if c.Replicas > 1 {
		readers = c.Replicas
	}
	made, err := components.NewRedis(b.ctx, "cache", &components.RedisArgs{
		Scope: b.scope, NetworkID: b.network.ID, KeyID: b.keys.cache.ID,
		After:         append(slices.Clone(b.keys.cache.Ready), b.network.PrivateConnection),
		EngineVersion: c.EngineVersion, MemoryGiB: c.MemoryGiB(), MultiAZ: c.MultiAZ, Replicas: readers, SnapshotHours: 24,
		MaintenanceDay: "SUNDAY", MaintenanceHour: maintenanceHour, Parameters: c.Parameters,
	}, b.in, b.after)
	if err != nil {
		return err
	}
	b.cache = made
	b.platform.Cache = &platform.Cache{
		Host: made.Host, Port: made.Port, Reader: made.Reader, Secret: made.SecretName, TLS: true, CA: made.Certificates, Reach: b.peered(redisPort),
	}
	return nil
}

func (b *builder) makeBuckets() error {
	b.platform.Buckets = map[string]platform.Bucket{}
	// The bucket of logs comes first: the others log to it.
	logs := b.bucketArgs("access logs", b.Buckets.Logs)
	logs.ReceivesLogs = true
	if err := b.makeBucket("logs", logs); err != nil {
		return err
	}
	assets := b.bucketArgs("the built frontend", b.Buckets.Assets)
	assets.ServesSite = true
	if err := b.makeBucket("assets", assets); err != nil {
		return err
	}
	for purpose, s := range map[string]settings.Bucket{"uploads": b.Buckets.Uploads, "backups": b.Buckets.Backups} {
		args := b.bucketArgs(purpose, s)
		args.SoftDeleteDays = b.Backup.ContinuousDays // beside all versions, what is deleted for good can be had back
		if err := b.makeBucket(purpose, args); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) bucketArgs(purpose string, s settings.Bucket) *components.BucketArgs {
	args := &components.BucketArgs{
		Scope: b.scope, Purpose: purpose, KeyID: b.keys.storage.ID, After: b.keys.storage.Ready,
		InfrequentDays: s.InfrequentDays, ArchiveDays: s.ArchiveDays, Autoclass: s.IntelligentTiering, ExpireDays: s.ExpireDays,
		NoncurrentDays: s.NoncurrentDays, EmptyOnDelete: b.Disposable,
	}
	if logs := b.buckets["logs"]; logs != nil {
		args.LogBucket = logs.Name
	}
	return args
}

func (b *builder) makeBucket(purpose string, args *components.BucketArgs) error {
	bucket, err := components.NewBucket(b.ctx, purpose, args, b.in, b.after)
	if err != nil {
		return err
	}
	b.buckets[purpose] = bucket
	b.platform.Buckets[purpose] = platform.Bucket{Name: bucket.Name}
	return nil
}

// makeSecrets makes the secrets, unless a Vault has them.
func (b *builder) makeSecrets() error {
	s := b.Secrets
	out := platform.Secrets{Store: string(s.Store), References: pulumi.StringMap{}}
	if s.Store == settings.VaultStore {
		out.Address, out.AuthMount, out.Role, out.Path = s.Vault.Address, s.Vault.AuthMount, s.Vault.Role, s.Vault.Path
		for name := range s.Names {
			out.References[name] = pulumi.String(b.scope.Prefix + "/" + name)
		}
		b.platform.Secrets = out
		return nil
	}
	key := b.keys.applications
	args := &components.SecretsArgs{Scope: b.scope, KeyID: key.ID, After: key.Ready, Secrets: map[string]components.SecretArgs{}}
	for name, one := range s.Names {
		secret := components.SecretArgs{Purpose: one.Purpose, RotationDays: one.RotationDays}
		if one.RotationDays > 0 {
			secret.FirstRotation = b.GCP.FirstRotation
		}
		args.Secrets[name] = secret
	}
	made, err := components.NewSecrets(b.ctx, "secrets-store", args, b.in, b.after)
	if err != nil {
		return err
	}
	b.secrets = made
	for name, id := range made.Names {
		out.References[name] = id
	}
	b.platform.Secrets = out
	return nil
}

func (b *builder) makeRegistry() error {
	r, key := b.Registry, b.keys.images
	made, err := components.NewRegistry(b.ctx, "registry", &components.RegistryArgs{
		Scope: b.scope, KeyID: key.ID, After: key.Ready, Images: r.Images, UntaggedDays: r.UntaggedDays, KeepImages: r.KeepImages,
		Mirrors: r.Mirrors, Readers: map[string]pulumi.StringInput{"nodes": pulumi.Sprintf("serviceAccount:%s", b.gke.NodeAccount)},
	}, b.in, b.after)
	if err != nil {
		return err
	}
	b.platform.Registry = platform.Registry{Images: stringMap(made.URLs), Mirrors: stringMap(made.MirrorURLs)}
	return nil
}
