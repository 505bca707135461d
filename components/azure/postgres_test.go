package azure

import (
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

const (
	serverToken        = "azure-native:dbforpostgresql/v20240801:Server"
	configurationToken = "azure-native:dbforpostgresql/v20240801:Configuration"
)

func postgresProgram(s Scope, edit func(*PostgresArgs)) func(*pulumi.Context, pulumi.ResourceOption) error {
	return onStage(s, func(on *stage) error {
		args := &PostgresArgs{
			Scope:         on.Scope,
			PostgresPlace: PostgresPlace{SubnetID: on.network.Data, ZoneID: on.network.ServiceZones[PostgresService], Encryption: on.encryption, Zone: "1"},
			EngineVersion: "17", Instance: "Standard_D2ds_v5", DatabaseName: "app", StorageGiB: 128, AutoGrow: true,
			Password: pulumi.String("correct horse"), Vault: &SecretPlace{VaultName: on.vault.Name, Expires: "2027-06-30T00:00:00Z"},
			Administrators: map[string]EntraPrincipal{"platform": {ObjectID: pulumi.String(principal), Type: "Group"}},
			MultiAZ:        true, StandbyZone: "2", Replicas: map[string]PostgresReplica{"reports": {Zone: "2"}},
			BackupDays: 14, MaintenanceHour: 3, Pooler: true, WorkspaceID: on.logs.ID,
		}
		if edit != nil {
			edit(args)
		}
		db, err := NewPostgres(on.ctx, "database", args, on.opt)
		if err != nil {
			return err
		}
		on.ctx.Export("host", db.Host)
		on.ctx.Export("secret", db.SecretName)
		on.ctx.Export("poolPort", pulumi.Int(db.PoolPort))
		on.ctx.Export("reader", stringMap(db.ReaderHosts))
		return nil
	})
}

func TestPostgres(t *testing.T) {
	g := run(t, postgresProgram(testScope(), nil))
	checkHouse(t, g)
	in := g.One(t, serverToken, "database").Inputs
	for path, want := range map[string]string{
		"version": "17", "sku.name": "Standard_D2ds_v5", "sku.tier": "GeneralPurpose", "highAvailability.mode": "ZoneRedundant",
		"highAvailability.standbyAvailabilityZone": "2", "availabilityZone": "1", "storage.autoGrow": "Enabled",
	} {
		if got := in.String(path); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
	if in.Int("storage.storageSizeGB") != 128 || in.Int("maintenanceWindow.startHour") != 3 || in.String("maintenanceWindow.customWindow") != "Enabled" {
		t.Errorf("got %v", in)
	}
	if host := g.Exports.String("host"); !strings.HasSuffix(host, ".postgres.database.azure.com") || g.Exports.Int("poolPort") != 6432 {
		t.Errorf("got host %s and pool's port %d", host, g.Exports.Int("poolPort"))
	}
	replica := g.One(t, serverToken, "database-reports")
	if replica.Inputs.String("createMode") != "Replica" || replica.Inputs.String("sourceServerResourceId") != g.One(t, serverToken, "database").ID ||
		replica.Inputs.Has("version") || replica.Inputs.Has("administratorLogin") || len(replica.ReplaceWith) != 1 {
		t.Errorf("the replica is %v, replaced with %v", replica.Inputs, replica.ReplaceWith)
	}
	if got := g.Exports.String("reader.reports"); got != replica.Outputs.String("fullyQualifiedDomainName") {
		t.Errorf("the reader is %q", got)
	}
}

// The security rules that a database must keep in every stack.
func TestPostgresSecurity(t *testing.T) {
	g := run(t, postgresProgram(testScope(), nil))
	for _, r := range g.All(serverToken) {
		in := r.Inputs
		if in.String("network.publicNetworkAccess") != "Disabled" || !in.Has("network.delegatedSubnetResourceId") || !in.Has("network.privateDnsZoneArmResourceId") {
			t.Errorf("%s is not inside the network alone: %v", r.Name, in.Get("network"))
		}
		if in.String("dataEncryption.type") != "AzureKeyVault" || in.String("dataEncryption.primaryKeyURI") == "" {
			t.Errorf("%s is not encrypted with our key", r.Name)
		}
		if !slices.ContainsFunc(r.DependsOn, func(urn string) bool { return strings.Contains(urn, "RoleAssignment::key-data") }) {
			t.Errorf("%s does not wait until it may use the key: %v", r.Name, r.DependsOn)
		}
	}
	in := g.One(t, serverToken, "database")
	if !slices.Contains(in.Secret, "administratorLoginPassword") || in.Inputs.String("authConfig.activeDirectoryAuth") != "Enabled" ||
		in.Inputs.Int("backup.backupRetentionDays") != 14 {
		t.Errorf("got secrets %v and %v", in.Secret, in.Inputs)
	}
	got := map[string]string{}
	for _, c := range g.All(configurationToken) {
		got[c.Inputs.String("configurationName")] = c.Inputs.String("value")
	}
	for name, want := range map[string]string{
		"require_secure_transport": "on", "ssl_min_protocol_version": "TLSv1.2", "log_connections": "on", "log_checkpoints": "on",
		"connection_throttle.enable": "on", "logfiles.retention_days": "7", "pgbouncer.enabled": "true",
	} {
		if got[name] != want {
			t.Errorf("%s: got %q, want %q", name, got[name], want)
		}
	}
	secret := g.One(t, "azure-native:keyvault:Secret", "")
	if !slices.Contains(secret.Secret, "properties") || secret.Inputs.String("properties.contentType") != "application/json" ||
		secret.Inputs.Int("properties.attributes.expires") == 0 || !strings.Contains(secret.Inputs.String("properties.value"), `"username":"explico"`) {
		t.Errorf("the administrator's secret is %v (secret: %v)", secret.Inputs, secret.Secret)
	}
	if got := g.Exports.String("secret"); got != secret.Outputs.String("name") {
		t.Errorf("the secret is called %q", got)
	}
}

// One change of a server after the other: Azure refuses two at once.
func TestPostgresChangesFollowEachOther(t *testing.T) {
	g := run(t, postgresProgram(testScope(), nil))
	waited := map[string]int{}
	n := 0
	for _, r := range g.Resources {
		if !strings.HasPrefix(r.Type, "azure-native:dbforpostgresql") || r.Name == "database" && r.Type == serverToken {
			continue
		}
		n++
		for _, urn := range r.DependsOn {
			if strings.Contains(urn, "dbforpostgresql") && !strings.HasSuffix(urn, ":Server::database") {
				waited[urn]++
			}
		}
	}
	for urn, by := range waited {
		if by != 1 {
			t.Errorf("%d changes wait for %s", by, urn)
		}
	}
	if len(waited) != n-1 {
		t.Errorf("%d of %d changes have one that waits for them", len(waited), n)
	}
}

func TestPostgresProtection(t *testing.T) {
	const lock = "azure-native:authorization:ManagementLockByScope"
	g := run(t, postgresProgram(protectedScope(), nil))
	server := g.One(t, serverToken, "database")
	if got := g.One(t, lock, "database").Inputs; !server.Protect || got.String("scope") != server.ID || got.String("level") != "CanNotDelete" {
		t.Errorf("got protect %v and lock %v", server.Protect, got)
	}
	if n := len(run(t, postgresProgram(testScope(), nil)).All(lock)); n != 0 {
		t.Errorf("an unprotected server has %d locks", n)
	}
	for _, path := range []string{"availabilityZone", "highAvailability.standbyAvailabilityZone", "sourceServerResourceId"} {
		if !slices.Contains(server.IgnoreChanges, path) {
			t.Errorf("a change of %s counts after a failover or a restore", path)
		}
	}
}

// A server without a password has no secret, and lets identities in alone.
func TestPostgresWithoutPassword(t *testing.T) {
	g := run(t, postgresProgram(testScope(), func(a *PostgresArgs) { a.Password, a.Vault = nil, nil }))
	in := g.One(t, serverToken, "database").Inputs
	if in.Has("administratorLogin") || in.String("authConfig.passwordAuth") != "Disabled" || len(g.All("azure-native:keyvault:Secret")) != 0 {
		t.Errorf("got %v", in)
	}
}

func TestPostgresRestore(t *testing.T) {
	source := "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/other/providers/Microsoft.DBforPostgreSQL/flexibleServers/old"
	g := run(t, postgresProgram(testScope(), func(a *PostgresArgs) {
		a.Restore = &PostgresRestore{From: source, Time: "2026-11-02T08:30:00Z", Geo: true}
	}))
	in := g.One(t, serverToken, "database").Inputs
	if in.String("createMode") != "GeoRestore" || in.String("sourceServerResourceId") != source || in.String("pointInTimeUTC") != "2026-11-02T08:30:00Z" {
		t.Errorf("got %v", in)
	}
}

func TestPostgresGeoBackup(t *testing.T) {
	g := run(t, postgresProgram(testScope(), func(a *PostgresArgs) { a.GeoBackup = a.Encryption }))
	in := g.One(t, serverToken, "database").Inputs
	if in.String("backup.geoRedundantBackup") != "Enabled" || in.String("dataEncryption.geoBackupKeyURI") == "" {
		t.Errorf("got %v", in)
	}
	if replica := g.One(t, serverToken, "database-reports").Inputs; replica.Has("dataEncryption.geoBackupKeyURI") {
		t.Error("a replica has a key for backups that it does not make")
	}
}

func TestPostgresPreview(t *testing.T) {
	g := run(t, postgresProgram(protectedScope(), nil), simtest.Preview())
	if n, servers := len(g.Cloud.Records()), len(g.All(serverToken)); n != 0 || servers != 2 {
		t.Errorf("a preview created %d resources and shows %d servers", n, servers)
	}
}

func TestPostgresBadArguments(t *testing.T) {
	for want, edit := range map[string]func(*PostgresArgs){
		"SubnetID":                 func(a *PostgresArgs) { a.SubnetID = nil },
		"ZoneID":                   func(a *PostgresArgs) { a.ZoneID = nil },
		"Encryption":               func(a *PostgresArgs) { a.Encryption = nil },
		"Zone: got":                func(a *PostgresArgs) { a.Zone = "a" },
		"WorkspaceID":              func(a *PostgresArgs) { a.WorkspaceID = nil },
		"EngineVersion":            func(a *PostgresArgs) { a.EngineVersion = "17.2" },
		"Instance":                 func(a *PostgresArgs) { a.Instance = "db.m7g.large" },
		"DatabaseName":             func(a *PostgresArgs) { a.DatabaseName = "" },
		"StorageGiB":               func(a *PostgresArgs) { a.StorageGiB = 100 },
		"BackupDays":               func(a *PostgresArgs) { a.BackupDays = 3 },
		"MultiAZ":                  func(a *PostgresArgs) { a.Instance = "Standard_B2s" },
		"Replicas: got 1":          func(a *PostgresArgs) { a.Instance = "Standard_B2s" },
		"Pooler":                   func(a *PostgresArgs) { a.Instance = "Standard_B2s" },
		"StandbyZone":              func(a *PostgresArgs) { a.StandbyZone = "1" },
		"MaintenanceHour":          func(a *PostgresArgs) { a.MaintenanceHour = 24 },
		"Password, Administrators": func(a *PostgresArgs) { a.Password, a.Administrators = nil, nil },
		"Vault: want":              func(a *PostgresArgs) { a.Vault = nil },
		"Vault.Expires":            func(a *PostgresArgs) { a.Vault.Expires = "soon" },
		"Administrators[platform].Type": func(a *PostgresArgs) {
			a.Administrators["platform"] = EntraPrincipal{ObjectID: pulumi.String(principal)}
		},
		"require_secure_transport":        func(a *PostgresArgs) { a.Parameters = map[string]string{"require_secure_transport": "off"} },
		"pgbouncer.enabled":               func(a *PostgresArgs) { a.Parameters = map[string]string{"pgbouncer.enabled": "false"} },
		"Replicas[reports]: got location": func(a *PostgresArgs) { a.Replicas["reports"] = PostgresReplica{Location: "northeurope"} },
		"Restore.From":                    func(a *PostgresArgs) { a.Restore = &PostgresRestore{From: "old", Time: "2026-11-02T08:30:00Z"} },
		"Restore.Time":                    func(a *PostgresArgs) { a.Restore = &PostgresRestore{From: "/subscriptions/x", Time: "latest"} },
		"GeoBackup.KeyURI":                func(a *PostgresArgs) { a.GeoBackup = &Encryption{} },
		"Replicas[reports].Place.SubnetID": func(a *PostgresArgs) {
			a.Replicas["reports"] = PostgresReplica{Location: "northeurope", Place: &PostgresPlace{}}
		},
	} {
		t.Run(want, func(t *testing.T) { refused(t, want, postgresProgram(testScope(), edit)) })
	}
}

func TestPostgresSizes(t *testing.T) {
	for size, want := range map[string]struct {
		tier   string
		memory int
	}{
		"Standard_B2s": {"Burstable", 4}, "Standard_B2ms": {"Burstable", 8}, "Standard_D2ds_v5": {"GeneralPurpose", 8},
		"Standard_E4ds_v5": {"MemoryOptimized", 32}, "Standard_D8ads_v5": {"GeneralPurpose", 32},
		"Standard_F2s_v2": {}, "Standard_D2ds": {}, "db.m7g.large": {},
	} {
		tier, err := postgresTier(size)
		memory, _ := postgresMemoryGiB(size)
		if tier != want.tier || memory != want.memory || (err != nil) != (want.tier == "") {
			t.Errorf("%s: got %s with %d GiB (%v), want %s with %d", size, tier, memory, err, want.tier, want.memory)
		}
	}
}
