package azure

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	components "github.com/te-explico/infrastructure/components/azure"
	"github.com/te-explico/infrastructure/stacks/platform"
	"github.com/te-explico/infrastructure/stacks/settings"
)

func (b *builder) makeDatabase() error {
	d := b.Database
	encryption, err := b.encryption("database", "the database and its backups")
	if err != nil {
		return err
	}
	zones := b.zones()
	args := &components.PostgresArgs{
		Scope: b.scope, EngineVersion: d.EngineVersion, Instance: d.Instance, DatabaseName: d.Name,
		PostgresPlace: components.PostgresPlace{
			SubnetID: b.network.Data, ZoneID: b.network.ServiceZones[components.PostgresService], Encryption: encryption, Zone: zones[0],
		},
		StorageGiB: d.StorageGiB, AutoGrow: true, Password: secretOf(d.Password),
		Vault:   &components.SecretPlace{VaultName: b.vaults.secrets.Name},
		MultiAZ: d.MultiAZ, Replicas: map[string]components.PostgresReplica{}, BackupDays: d.BackupDays,
		MaintenanceDay: 0, MaintenanceHour: 2, Parameters: d.Parameters, Pooler: d.Proxy, WorkspaceID: b.logs.ID,
		Administrators: b.databaseAdministrators(), Restore: b.restore(),
	}
	if d.MultiAZ {
		args.StandbyZone = zones[1]
	}
	if day := b.Azure.PasswordExpires; day != "" {
		args.Vault.Expires = day + "T00:00:00Z"
	}
	if b.Azure.GeoRedundant {
		if args.GeoBackup, err = b.geoEncryption("database", "copies of the database's backups"); err != nil {
			return err
		}
	}
	for n := range d.Replicas {
		args.Replicas[strconv.Itoa(n+1)] = components.PostgresReplica{Zone: zones[(n+1)%len(zones)]}
	}
	// The server registers its name in the private zone, which the network has to
	// know first.
	after := slices.Concat([]pulumi.Resource{b.vaults.secrets}, b.network.Ready)
	if b.database, err = components.NewPostgres(b.ctx, "database", args, b.in, pulumi.DependsOn(after)); err != nil {
		return err
	}
	readers := pulumi.StringArray{}
	for _, name := range slices.Sorted(maps.Keys(b.database.ReaderHosts)) {
		readers = append(readers, b.database.ReaderHosts[name])
	}
	b.platform.Database = platform.Database{
		Host: b.database.Host, Port: pulumi.Int(b.database.Port), PoolHost: b.database.PoolHost, PoolPort: pulumi.Int(b.database.PoolPort),
		Name: d.Name, Readers: readers, Secret: b.database.SecretName,
		Reach: platform.Reach{CIDRs: []string{b.Network.CIDR}, Ports: []int{b.database.Port, pooledPort}},
	}
	return nil
}

// databaseAdministrators are the identities of Entra that administer the database.
func (b *builder) databaseAdministrators() map[string]components.EntraPrincipal {
	all := map[string]components.EntraPrincipal{}
	for name, who := range b.Azure.DatabaseAdministrators {
		all[name] = components.EntraPrincipal{ObjectID: pulumi.String(who.ObjectID), Type: string(who.Kind)}
	}
	return all
}

// restore is what a new database begins with; nil if with nothing.
func (b *builder) restore() *components.PostgresRestore {
	r := b.Database.Restore
	if r == (settings.Restore{}) {
		return nil
	}
	return &components.PostgresRestore{From: r.From, Time: r.Time, Geo: b.Azure.GeoRestore}
}

// pooledPort is where PgBouncer answers beside the server.
// Source: PostgreSQL flexible server, "PgBouncer".
const pooledPort = 6432

// cachePort is where Azure Managed Redis answers, with TLS; a clustered one
// answers on more ports above 8500.
// Source: "Azure Managed Redis", architecture, read 2026-11.
const cachePort = 10000

// makeCache makes the cache and an identity for each of its users, which the
// user's service accounts may be.
func (b *builder) makeCache() error {
	encryption, err := b.encryption("cache", "the cache and what it writes to disk")
	if err != nil {
		return err
	}
	args := &components.RedisArgs{
		Scope: b.scope, Size: b.Cache.Node, MultiAZ: b.Cache.MultiAZ, Eviction: "allkeys-lru", Encryption: encryption,
		Private: b.network.Private(components.RedisService), Users: map[string]pulumi.StringInput{}, WorkspaceID: b.logs.ID,
	}
	if b.Protect {
		args.Persist = components.RedisPersistHour
	}
	for _, name := range slices.Sorted(maps.Keys(b.Cache.Users)) {
		user, err := components.NewIdentity(b.ctx, "cache-user-"+name, &components.IdentityArgs{
			Scope: b.scope, Purpose: "cache", ServiceAccounts: b.Cache.Users[name].ServiceAccounts, Issuer: b.aks.Issuer,
		}, b.in)
		if err != nil {
			return err
		}
		args.Users[name] = user.PrincipalID
	}
	if b.cache, err = components.NewRedis(b.ctx, "cache", args, b.in, pulumi.DependsOn(b.network.Ready)); err != nil {
		return err
	}
	b.platform.Cache = &platform.Cache{
		Host: b.cache.Host, Port: pulumi.Int(b.cache.Port), Reader: b.cache.Host, Clustered: b.cache.Clustered, TLS: true,
		Users: stringMap(b.cache.UserNames), Reach: platform.Reach{CIDRs: []string{b.Network.CIDR}, Ports: []int{cachePort}},
	}
	return nil
}

// purposes are the buckets: a storage account for each, with one container of the
// bucket's name.
var purposes = []string{"logs", "assets", "uploads", "backups"}

func (b *builder) makeBuckets() error {
	encryption, err := b.encryption("storage", "buckets")
	if err != nil {
		return err
	}
	given := map[string]settings.Bucket{
		"logs": b.Buckets.Logs, "assets": b.Buckets.Assets, "uploads": b.Buckets.Uploads, "backups": b.Buckets.Backups,
	}
	what := map[string]string{"logs": "flow logs", "assets": "the built frontend", "uploads": "what users upload", "backups": "backups"}
	b.platform.Buckets = map[string]platform.Bucket{}
	for _, purpose := range purposes {
		s := given[purpose]
		args := &components.StorageArgs{
			Scope: b.scope, Purpose: what[purpose], Redundancy: b.redundancy(), Encryption: encryption,
			Containers: map[string]components.ContainerArgs{purpose: {}}, Private: b.network.Private(components.BlobService),
			CoolDays: s.InfrequentDays, ArchiveDays: b.archived(s.ArchiveDays), ExpireDays: s.ExpireDays, NoncurrentDays: s.NoncurrentDays,
			DeletedDays: deletedDays, WorkspaceID: b.logs.ID,
		}
		if purpose == "uploads" || purpose == "backups" {
			args.RestoreDays, args.DeletedDays = b.Backup.ContinuousDays, max(deletedDays, b.Backup.ContinuousDays+1)
		}
		if purpose == "assets" {
			args.Website, args.AllowedRanges = true, b.Cluster.Endpoint.CIDRs // who deploys puts the site there
		}
		account, err := components.NewStorage(b.ctx, purpose, args, b.in, pulumi.DependsOn(b.network.Ready))
		if err != nil {
			return fmt.Errorf("creating bucket %s: %w", purpose, err)
		}
		b.buckets[purpose] = account
		b.platform.Buckets[purpose] = platform.Bucket{Name: pulumi.Sprintf("https://%s/%s", account.Host, purpose)}
	}
	b.platform.Objects = platform.Objects{Reach: platform.Reach{CIDRs: []string{b.Network.CIDR}, Ports: []int{443}}}
	return nil
}

// deletedDays is how long what was deleted from a bucket can be had back.
const deletedDays = 14

// redundancy is how many copies of a bucket there are: in three zones, and of what
// must not be lost in another region too.
func (b *builder) redundancy() string {
	switch {
	case b.Azure.GeoRedundant:
		return "GZRS"
	case b.Disposable:
		return "LRS"
	default:
		return "ZRS"
	}
}

// archived are the days to the archive, which copies in one zone and in two
// regions have, and copies in three zones have not.
// Source: "Access tiers for blob data", archive tier and redundancy.
func (b *builder) archived(days int) int {
	if b.redundancy() != "LRS" {
		return 0
	}
	return days
}

// makeFlowLogs records what flows in the network, for as long as audit logs are
// kept.
func (b *builder) makeFlowLogs() error {
	_, err := components.NewFlowLogs(b.ctx, "flows", &components.FlowLogsArgs{
		Scope: b.scope, NetworkID: b.network.ID, StorageID: b.buckets["logs"].ID, Days: min(max(90, b.Logs.Days), 365), WorkspaceID: b.logs.ID,
	}, b.in)
	return err
}
