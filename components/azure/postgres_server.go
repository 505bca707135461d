package azure

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	postgres "github.com/pulumi/pulumi-azure-native-sdk/dbforpostgresql/v2/v20240801"
	"github.com/pulumi/pulumi-azure-native-sdk/keyvault/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// settledOnce are the properties that mean something at a server's creation only.
// A failover swaps the zones of server and standby.
var settledOnce = []string{
	"availabilityZone", "createMode", "highAvailability.standbyAvailabilityZone", "pointInTimeUTC", "sourceServerResourceId",
}

// newServer makes a server as the SDK does, but for what that makes of some
// inputs: outputs, for the sake of defaults that are given here anyway. What a
// server costs is told from plain inputs.
func newServer(ctx *pulumi.Context, name string, args *postgres.ServerArgs, opts ...pulumi.ResourceOption) (*postgres.Server, error) {
	server := &postgres.Server{}
	return server, ctx.RegisterResource("azure-native:dbforpostgresql/v20240801:Server", name, args, server, opts...)
}

// primary makes the server itself.
func (b *postgresBuilder) primary() error {
	args := b.common(b.Location, &b.PostgresPlace)
	args.Version = pulumi.String(b.EngineVersion)
	args.AdministratorLogin = pulumi.String(administrator)
	if b.Password != nil {
		args.AdministratorLoginPassword = pulumi.ToSecret(b.Password).(pulumi.StringOutput).ToStringPtrOutput()
	} else {
		args.AdministratorLogin = nil
	}
	args.AuthConfig = postgres.AuthConfigArgs{
		ActiveDirectoryAuth: pulumi.String(enabled(true)), PasswordAuth: pulumi.String(enabled(b.Password != nil)),
		TenantId: pulumi.String(b.TenantID),
	}
	args.Backup = postgres.BackupTypeArgs{
		BackupRetentionDays: pulumi.Int(b.BackupDays), GeoRedundantBackup: pulumi.String(enabled(b.GeoBackup != nil)),
	}
	args.HighAvailability = b.standby()
	args.MaintenanceWindow = postgres.MaintenanceWindowArgs{
		CustomWindow: pulumi.String("Enabled"), DayOfWeek: pulumi.Int(b.MaintenanceDay),
		StartHour: pulumi.Int(b.MaintenanceHour), StartMinute: pulumi.Int(0),
	}
	b.restore(args)
	server, err := newServer(b.ctx, b.name, args,
		pulumi.Parent(b.db), pulumi.Protect(b.Protect), pulumi.IgnoreChanges(settledOnce), pulumi.DependsOn(ready(b.Encryption, b.GeoBackup)))
	if err != nil {
		return fmt.Errorf("creating server %s: %w", b.name, err)
	}
	b.server, b.last = server, server
	b.db.ID, b.db.Name, b.db.Host = server.ID().ToStringOutput(), server.Name, server.FullyQualifiedDomainName
	b.db.PoolHost = server.FullyQualifiedDomainName
	if b.Pooler {
		b.db.PoolPort = poolerPort
	}
	return nil
}

// keep locks the server against deletion in a protected scope: Azure has no
// deletion protection of its own. What else is kept in a stack is soft-deleted,
// or loses and gains parts every day, which a lock would forbid. It comes last and
// goes first: what is inside the server cannot be deleted while it is there.
func (b *postgresBuilder) keep() error {
	if !b.Protect {
		return nil
	}
	if err := lock(b.ctx, b.name, b.Scope, b.db.ID, b.next()...); err != nil {
		return fmt.Errorf("locking server %s: %w", b.name, err)
	}
	return nil
}

// ready is what must exist before keys are used.
func ready(of ...*Encryption) []pulumi.Resource {
	var all []pulumi.Resource
	for _, e := range of {
		if e != nil {
			all = append(all, e.Ready...)
		}
	}
	return all
}

// enabled says yes or no as Azure does.
func enabled(yes bool) string {
	if yes {
		return "Enabled"
	}
	return "Disabled"
}

func (b *postgresBuilder) standby() postgres.HighAvailabilityArgs {
	if !b.MultiAZ {
		return postgres.HighAvailabilityArgs{Mode: pulumi.String("Disabled")}
	}
	ha := postgres.HighAvailabilityArgs{Mode: pulumi.String("ZoneRedundant")}
	if b.StandbyZone != "" {
		ha.StandbyAvailabilityZone = pulumi.String(b.StandbyZone)
	}
	return ha
}

// common are the arguments that the server and its replicas share.
func (b *postgresBuilder) common(location string, at *PostgresPlace) *postgres.ServerArgs {
	tier, _ := postgresTier(b.Instance) // check has refused what has none
	args := &postgres.ServerArgs{
		ResourceGroupName: b.ResourceGroup,
		Location:          pulumi.String(location),
		Sku:               postgres.SkuArgs{Name: pulumi.String(b.Instance), Tier: pulumi.String(tier)},
		Storage:           postgres.StorageArgs{StorageSizeGB: pulumi.Int(b.StorageGiB), AutoGrow: pulumi.String(enabled(b.AutoGrow))},
		Network: postgres.NetworkArgs{
			DelegatedSubnetResourceId:   at.SubnetID.ToStringOutput().ToStringPtrOutput(),
			PrivateDnsZoneArmResourceId: at.ZoneID.ToStringOutput().ToStringPtrOutput(),
			PublicNetworkAccess:         pulumi.String("Disabled"),
		},
		DataEncryption: b.encryption(at.Encryption),
		Identity:       identities(at.Encryption, b.GeoBackup),
		Tags:           b.tags("postgres"),
	}
	if at.Zone != "" {
		args.AvailabilityZone = pulumi.String(at.Zone)
	}
	return args
}

// encryption is by the key of the place, and of geo-redundant backups by one of
// the paired region.
func (b *postgresBuilder) encryption(e *Encryption) postgres.DataEncryptionArgs {
	args := postgres.DataEncryptionArgs{
		Type:                          pulumi.String("AzureKeyVault"),
		PrimaryKeyURI:                 e.KeyURI.ToStringOutput().ToStringPtrOutput(),
		PrimaryUserAssignedIdentityId: e.IdentityID.ToStringOutput().ToStringPtrOutput(),
	}
	if g := b.GeoBackup; g != nil {
		args.GeoBackupKeyURI = g.KeyURI.ToStringOutput().ToStringPtrOutput()
		args.GeoBackupUserAssignedIdentityId = g.IdentityID.ToStringOutput().ToStringPtrOutput()
	}
	return args
}

// identities are the identities that the server encrypts with.
func identities(of ...*Encryption) postgres.UserAssignedIdentityPtrInput {
	var ids []any
	for _, e := range of {
		if e != nil {
			ids = append(ids, e.IdentityID)
		}
	}
	return postgres.UserAssignedIdentityArgs{
		Type: pulumi.String("UserAssigned"),
		UserAssignedIdentities: pulumi.All(ids...).ApplyT(func(all []any) map[string]postgres.UserIdentity {
			m := map[string]postgres.UserIdentity{}
			for _, id := range all {
				m[id.(string)] = postgres.UserIdentity{}
			}
			return m
		}).(postgres.UserIdentityMapOutput),
	}
}

// database makes the first database.
func (b *postgresBuilder) database() error {
	db, err := postgres.NewDatabase(b.ctx, b.name, &postgres.DatabaseArgs{
		ResourceGroupName: b.ResourceGroup, ServerName: b.server.Name, DatabaseName: pulumi.String(b.DatabaseName),
		Charset: pulumi.String("UTF8"), Collation: pulumi.String("en_US.utf8"),
	}, b.next(pulumi.Protect(b.Protect))...)
	if err != nil {
		return fmt.Errorf("creating database %s: %w", b.DatabaseName, err)
	}
	b.db.DatabaseName, b.last = db.Name, db
	return nil
}

// administer lets identities of Entra administer the server.
func (b *postgresBuilder) administer() error {
	for _, who := range slices.Sorted(maps.Keys(b.Administrators)) {
		p := b.Administrators[who]
		made, err := postgres.NewAdministrator(b.ctx, b.name+"-"+who, &postgres.AdministratorArgs{
			ResourceGroupName: b.ResourceGroup, ServerName: b.server.Name, TenantId: pulumi.String(b.TenantID),
			ObjectId: p.ObjectID.ToStringOutput().ToStringPtrOutput(), PrincipalName: pulumi.String(who), PrincipalType: pulumi.String(p.Type),
		}, b.next()...)
		if err != nil {
			return fmt.Errorf("making %s an administrator of %s: %w", who, b.name, err)
		}
		b.last = made
	}
	return nil
}

// secret keeps the administrator's name and password in the vault, in the form
// that other clouds keep them in.
func (b *postgresBuilder) secret() error {
	if b.Password == nil {
		return nil
	}
	value := pulumi.ToSecret(b.Password).(pulumi.StringOutput).ApplyT(func(password string) (*string, error) {
		text, err := json.Marshal(map[string]string{"username": administrator, "password": password})
		s := string(text)
		return &s, err
	}).(pulumi.StringPtrOutput)
	expires, err := b.Vault.expires()
	if err != nil {
		return err
	}
	secret, err := keyvault.NewSecret(b.ctx, b.name+"-administrator", &keyvault.SecretArgs{
		ResourceGroupName: b.ResourceGroup, VaultName: b.Vault.VaultName,
		Properties: keyvault.SecretPropertiesArgs{
			Value: value, ContentType: pulumi.String("application/json"),
			Attributes: keyvault.SecretAttributesArgs{Enabled: pulumi.Bool(true), Expires: expires},
		},
		Tags: b.tags("postgres"),
	}, pulumi.Parent(b.db))
	if err != nil {
		return fmt.Errorf("writing the secret of %s: %w", b.name, err)
	}
	b.db.SecretName, b.db.SecretID = secret.Name, secret.ID().ToStringOutput()
	return nil
}

// replicas makes the read replicas.
func (b *postgresBuilder) replicas() error {
	for _, key := range slices.Sorted(maps.Keys(b.Replicas)) {
		r := b.Replicas[key]
		location, place := b.Location, b.PostgresPlace
		place.Zone = r.Zone
		if r.Place != nil {
			location, place = r.Location, *r.Place
		}
		args := b.common(location, &place)
		args.CreateMode = pulumi.String("Replica")
		args.SourceServerResourceId = b.db.ID.ToStringPtrOutput()
		args.DataEncryption = postgres.DataEncryptionArgs{
			Type: pulumi.String("AzureKeyVault"), PrimaryKeyURI: place.Encryption.KeyURI.ToStringOutput().ToStringPtrOutput(),
			PrimaryUserAssignedIdentityId: place.Encryption.IdentityID.ToStringOutput().ToStringPtrOutput(),
		}
		args.Identity = identities(place.Encryption)
		// A replica outlives a source that is deleted, as a server of its own: that of
		// a new one is new.
		replica, err := newServer(b.ctx, b.name+"-"+key, args, append(b.next(
			pulumi.IgnoreChanges([]string{"availabilityZone", "createMode"}), pulumi.ReplaceWith([]pulumi.Resource{b.server})),
			pulumi.DependsOn(ready(place.Encryption)))...)
		if err != nil {
			return fmt.Errorf("creating replica %s of %s: %w", key, b.name, err)
		}
		b.last = replica
		b.db.ReaderHosts[key], b.db.ReplicaIDs[key] = replica.FullyQualifiedDomainName, replica.ID().ToStringOutput()
	}
	return nil
}

// postgresLogs are PostgreSQL's own log and who is connected.
// Source: Azure Database for PostgreSQL documentation, "Logging", read 2026-11.
var postgresLogs = []string{"PostgreSQLFlexSessions", "PostgreSQLLogs"}

// watch sends the logs of the server and its replicas to the workspace.
func (b *postgresBuilder) watch() error {
	ids := maps.Clone(b.db.ReplicaIDs)
	ids[""] = b.db.ID
	for _, key := range slices.Sorted(maps.Keys(ids)) {
		name := b.name
		if key != "" {
			name += "-" + key
		}
		log, err := auditLog(b.ctx, name, b.WorkspaceID, ids[key], postgresLogs, b.next()...)
		if err != nil {
			return err
		}
		b.last = log
	}
	return nil
}
