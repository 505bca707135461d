package azure

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	postgres "github.com/pulumi/pulumi-azure-native-sdk/dbforpostgresql/v2/v20240801"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// PostgresArgs are the arguments of NewPostgres.
type PostgresArgs struct {
	Scope
	PostgresPlace
	// GeoBackup keeps a copy of each backup in the paired region, encrypted with a
	// key of that region. It is decided once: Azure cannot switch it later.
	GeoBackup *Encryption
	// EngineVersion is the major version of PostgreSQL, such as 17. Azure takes
	// minor versions by itself in the maintenance window. A newer major version is
	// an upgrade in place, at once, with no way back but a restore.
	EngineVersion string
	// Instance is the size, such as Standard_D2ds_v5.
	Instance string
	// DatabaseName is the name of the first database inside the server.
	DatabaseName string
	// StorageGiB is the storage in GiB, one of Azure's disk sizes. AutoGrow doubles
	// it when little is left. Storage never shrinks.
	StorageGiB int
	AutoGrow   bool
	// Password is the administrator's password, a secret; nil for none: then Entra
	// identities alone log in. Vault keeps it for who may read it.
	Password pulumi.StringInput
	Vault    *SecretPlace
	// Administrators are identities of Entra that administer the server, by the
	// name that they log in with.
	Administrators map[string]EntraPrincipal
	// MultiAZ keeps a standby in another zone, StandbyZone, which Azure chooses if
	// it is empty.
	MultiAZ     bool
	StandbyZone string
	// Replicas are the read replicas, by a name of yours; five at most.
	Replicas map[string]PostgresReplica
	// BackupDays is how many days back the database can be restored to any moment,
	// 7 to 35.
	BackupDays int
	// MaintenanceDay (0 is Sunday) and MaintenanceHour are when Azure maintains the
	// server, in UTC, for an hour.
	MaintenanceDay, MaintenanceHour int
	// Parameters are PostgreSQL parameters over the defaults of this component.
	Parameters map[string]string
	// Pooler runs PgBouncer beside the server, on PoolPort.
	Pooler bool
	// Restore is what a new database begins with; nothing if nil.
	Restore *PostgresRestore
	// WorkspaceID is the Log Analytics workspace that gets the logs.
	WorkspaceID pulumi.StringInput
}

// PostgresPlace is where a server stands.
type PostgresPlace struct {
	// SubnetID is a subnet that is delegated to the servers of PostgreSQL, and
	// ZoneID a private DNS zone that ends in .postgres.database.azure.com, which the
	// network resolves by.
	SubnetID, ZoneID pulumi.StringInput
	// Encryption encrypts the data, in the server's region.
	Encryption *Encryption
	// Zone is the availability zone, 1 to 3; Azure chooses if it is empty.
	Zone string
}

// PostgresReplica is a read replica. A place of its own, in another region, has
// a network and a key there; without one it stands beside the source.
type PostgresReplica struct {
	// Zone is the availability zone in the source's region.
	Zone string
	// Location is the other region, and Place where it stands there.
	Location string
	Place    *PostgresPlace
}

// EntraPrincipal is an identity of the directory.
type EntraPrincipal struct {
	// ObjectID is its object id, and Type one of User, Group, ServicePrincipal.
	ObjectID pulumi.StringInput
	Type     string
}

// SecretPlace is a Key Vault that a secret is put into.
type SecretPlace struct {
	// VaultName is the vault's name; the vault is in the scope's resource group.
	VaultName pulumi.StringInput
	// Expires is when the secret's value has to be a new one, as in
	// 2027-06-30T00:00:00Z; never if empty.
	Expires string
}

// Postgres is a PostgreSQL database on a flexible server, inside the network
// alone and over TLS 1.2.
type Postgres struct {
	pulumi.ResourceState

	// ID is the server's id, and Name its name, new for each incarnation.
	ID, Name pulumi.StringOutput
	// Host and Port are where the database answers.
	Host pulumi.StringOutput
	Port int
	// PoolHost and PoolPort are where applications connect: PgBouncer, which is on
	// the same host, or the database itself where there is none.
	PoolHost pulumi.StringOutput
	PoolPort int
	// DatabaseName is the name of the first database inside the server.
	DatabaseName pulumi.StringOutput
	// SecretName is the name of the secret with the administrator's name and
	// password, as JSON, and SecretID its id for rights; empty without a password.
	SecretName, SecretID pulumi.StringOutput
	// ReaderHosts are where the read replicas answer, and ReplicaIDs their ids.
	ReaderHosts, ReplicaIDs map[string]pulumi.StringOutput
}

const (
	// administrator is the administrator's name. Azure refuses azure_superuser,
	// admin, administrator, root, guest, public and what begins with pg_.
	administrator = "explico"
	// postgresPort is PostgreSQL's, and poolerPort that of Azure's PgBouncer.
	// Source: Azure Database for PostgreSQL documentation, "PgBouncer", read 2026-11.
	postgresPort, poolerPort = 5432, 6432
	// maxReplicas is how many read replicas a server has.
	// Source: Azure Database for PostgreSQL documentation, "Read replicas", read 2026-11.
	maxReplicas = 5
)

// NewPostgres makes a server with its database, parameters and replicas. Azure
// refuses two changes of a server at once (ServerIsBusy), so they come one after
// the other. In a protected scope a lock keeps it from being deleted.
func NewPostgres(ctx *pulumi.Context, name string, args *PostgresArgs, opts ...pulumi.ResourceOption) (*Postgres, error) {
	if err := args.check(); err != nil {
		return nil, fmt.Errorf("creating database %s: %w", name, err)
	}
	db := &Postgres{
		Port: postgresPort, PoolPort: postgresPort, SecretName: pulumi.String("").ToStringOutput(), SecretID: pulumi.String("").ToStringOutput(),
		ReaderHosts: map[string]pulumi.StringOutput{}, ReplicaIDs: map[string]pulumi.StringOutput{},
	}
	if err := component.Register(ctx, "azure", "Postgres", name, db, opts...); err != nil {
		return nil, err
	}
	b := &postgresBuilder{PostgresArgs: args, ctx: ctx, name: name, db: db}
	for _, step := range []func() error{b.primary, b.database, b.configure, b.administer, b.secret, b.replicas, b.watch, b.keep} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return db, ctx.RegisterResourceOutputs(db, pulumi.Map{
		"id": db.ID, "name": db.Name, "host": db.Host, "port": pulumi.Int(db.Port), "poolHost": db.PoolHost, "poolPort": pulumi.Int(db.PoolPort),
		"databaseName": db.DatabaseName, "secretName": db.SecretName, "readerHosts": stringMap(db.ReaderHosts),
	})
}

// stringMap makes a map of outputs one input.
func stringMap(m map[string]pulumi.StringOutput) pulumi.StringMap {
	all := pulumi.StringMap{}
	for _, k := range slices.Sorted(maps.Keys(m)) {
		all[k] = m[k]
	}
	return all
}

// postgresBuilder holds what the parts of a database need of each other.
type postgresBuilder struct {
	*PostgresArgs
	ctx    *pulumi.Context
	name   string
	db     *Postgres
	server *postgres.Server
	// last is the last change of the server, which the next one waits for.
	last pulumi.Resource
}

// next are the options of the next change of the server.
func (b *postgresBuilder) next(opts ...pulumi.ResourceOption) []pulumi.ResourceOption {
	return append([]pulumi.ResourceOption{pulumi.Parent(b.db), pulumi.DependsOn([]pulumi.Resource{b.last})}, opts...)
}

// check returns all that is wrong with the arguments.
func (a *PostgresArgs) check() error {
	var p problems
	p.add(a.PostgresPlace.check("")...)
	p.want(a.ResourceGroup != nil, "ResourceGroup is missing")
	p.want(a.WorkspaceID != nil, "WorkspaceID is missing")
	p.want(a.DatabaseName != "", "DatabaseName is missing")
	p.want(slices.Contains(postgresVersions, a.EngineVersion), "EngineVersion: got %q, want one of %s", a.EngineVersion, strings.Join(postgresVersions, ", "))
	tier, err := postgresTier(a.Instance)
	p.want(err == nil, "Instance: %w", err)
	p.want(slices.Contains(postgresStorage, a.StorageGiB), "StorageGiB: got %d, want one of %v", a.StorageGiB, postgresStorage)
	p.want(7 <= a.BackupDays && a.BackupDays <= 35, "BackupDays: got %d, want 7 to 35", a.BackupDays)
	p.want(tier != burstable || !a.MultiAZ, "MultiAZ: got a standby of %s, want none: burstable sizes have none", a.Instance)
	p.want(tier != burstable || len(a.Replicas) == 0, "Replicas: got %d of %s, want none: burstable sizes have none", len(a.Replicas), a.Instance)
	p.want(tier != burstable || !a.Pooler, "Pooler: got PgBouncer on %s, want none: burstable sizes have none", a.Instance)
	p.want(len(a.Replicas) <= maxReplicas, "Replicas: got %d, want at most %d", len(a.Replicas), maxReplicas)
	p.want(a.StandbyZone == "" || a.MultiAZ && a.StandbyZone != a.Zone, "StandbyZone: got %q beside zone %q, want another zone, with MultiAZ", a.StandbyZone, a.Zone)
	p.want(0 <= a.MaintenanceDay && a.MaintenanceDay <= 6, "MaintenanceDay: got %d, want 0 to 6", a.MaintenanceDay)
	p.want(0 <= a.MaintenanceHour && a.MaintenanceHour <= 23, "MaintenanceHour: got %d, want 0 to 23", a.MaintenanceHour)
	p.want(a.Password != nil || len(a.Administrators) > 0, "Password, Administrators: got neither, want somebody who may log in")
	p.want((a.Password == nil) == (a.Vault == nil), "Vault: want a vault for the password exactly where there is one")
	for name, who := range a.Administrators {
		p.want(who.ObjectID != nil, "Administrators[%s].ObjectID is missing", name)
		p.want(slices.Contains(principalTypes, who.Type), "Administrators[%s].Type: got %q, want one of %s", name, who.Type, strings.Join(principalTypes, ", "))
	}
	for name, r := range a.Replicas {
		p.want((r.Location == "") == (r.Place == nil), "Replicas[%s]: got location %q, want it exactly with a place of its own", name, r.Location)
		if r.Place != nil {
			p.add(r.Place.check("Replicas[" + name + "].Place.")...)
		}
	}
	if a.GeoBackup != nil {
		p.add(a.GeoBackup.check("GeoBackup")...)
	}
	if v := a.Vault; v != nil {
		p.want(v.VaultName != nil, "Vault.VaultName is missing")
		_, err := v.expires()
		p.want(err == nil, "Vault.Expires: got %q, want a time such as 2027-06-30T00:00:00Z", v.Expires)
	}
	p.add(a.checkParameters(), a.Restore.check())
	return p.err()
}

// principalTypes are the kinds of identities.
var principalTypes = []string{"Group", "ServicePrincipal", "User"}

func (p *PostgresPlace) check(path string) []error {
	errs := p.Encryption.check(path + "Encryption")
	if p.SubnetID == nil {
		errs = append(errs, fmt.Errorf("%sSubnetID is missing", path))
	}
	if p.ZoneID == nil {
		errs = append(errs, fmt.Errorf("%sZoneID is missing", path))
	}
	if !slices.Contains([]string{"", "1", "2", "3"}, p.Zone) {
		errs = append(errs, fmt.Errorf("%sZone: got %q, want 1, 2, 3 or nothing", path, p.Zone))
	}
	return errs
}

// expires is the moment as Key Vault has it, in seconds; nil for never.
func (p *SecretPlace) expires() (pulumi.IntPtrInput, error) {
	if p.Expires == "" {
		return nil, nil
	}
	at, err := time.Parse(time.RFC3339, p.Expires)
	if err != nil {
		return nil, err
	}
	return pulumi.Int(int(at.Unix())), nil
}
