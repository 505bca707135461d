package azure

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	postgresModule      = "azure-native:dbforpostgresql/v20240801:"
	postgresToken       = postgresModule + "Server"
	postgresDatabase    = postgresModule + "Database"
	postgresParameter   = postgresModule + "Configuration"
	postgresAdmin       = postgresModule + "Administrator"
	postgresKind        = "Microsoft.DBforPostgreSQL/flexibleServers"
	maxPostgresReplicas = 5
	postgresZoneSuffix  = ".postgres.database.azure.com"
)

// Source: "Naming rules and restrictions for Azure resources",
// Microsoft.DBforPostgreSQL, and the REST reference of flexibleServers
// 2024-08-01; read 2026-11.
var (
	postgresName     = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$`)
	postgresSizes    = []int{32, 64, 128, 256, 512, 1024, 2048, 4095, 4096, 8192, 16384, 32767}
	postgresVersions = []string{"11", "12", "13", "14", "15", "16", "17", "18"}
	postgresSku      = regexp.MustCompile(`^Standard_(B\d+m?s|[DE]\d+a?ds_v[45]|[DE]\d+s_v3|E\d+ads_v5)$`)
	// loginsRefused are names that no administrator has.
	loginsRefused = []string{"azure_superuser", "azure_pg_admin", "admin", "administrator", "root", "guest", "public"}
)

func postgresTypes() []*simcloud.Type {
	return []*simcloud.Type{
		postgresServer(),
		inside(postgresKind, "serverName", postgresToken, "databases", "databaseName", simcloud.Type{
			Token: postgresDatabase, Noun: "database", Takes: 15 * time.Second, Replace: []string{"charset", "collation"},
		}),
		inside(postgresKind, "serverName", postgresToken, "configurations", "configurationName", simcloud.Type{
			Token: postgresParameter, Noun: "parameter", Takes: 20 * time.Second, Refuse: refuseParameter,
			Outputs: func(op *simcloud.Op) simcloud.Values {
				return simcloud.Values{"isReadOnly": false, "isDynamicConfig": !slices.Contains(postgresStatic, op.In.String("configurationName"))}
			},
		}),
		inside(postgresKind, "serverName", postgresToken, "administrators", "objectId", simcloud.Type{
			Token: postgresAdmin, Noun: "administrator", Takes: 30 * time.Second,
			Required: []string{"objectId", "principalName", "principalType", "tenantId"}, Replace: []string{"principalName", "principalType", "tenantId"},
			Validate: func(in simcloud.Values) []error {
				return simcloud.Problems(simcloud.OneOf(in, "principalType", "User", "Group", "ServicePrincipal"), simcloud.Matches(in, "objectId", guid))
			},
			Refuse: func(op *simcloud.Op) error {
				if s := serverOf(op); s.In.String("authConfig.activeDirectoryAuth") != "Enabled" {
					return simcloud.Refusal("AadAuthNotEnabled", "Azure Active Directory authentication is not enabled on the server '%s'.", s.Out.String("name"))
				}
				return nil
			},
		}),
	}
}

// postgresStatic are parameters that change at a restart only.
// Source: Azure Database for PostgreSQL documentation, "Server parameters", read
// 2026-11.
var postgresStatic = []string{
	"azure.extensions", "max_connections", "max_worker_processes", "pgbouncer.enabled", "shared_buffers", "shared_preload_libraries", "wal_level",
}

func postgresServer() *simcloud.Type {
	return inGroup(postgresKind, "serverName", simcloud.Type{
		Token: postgresToken, Noun: "server", Takes: 8 * time.Minute, Sweeps: true,
		Replace: []string{
			"administratorLogin", "availabilityZone", "backup.geoRedundantBackup", "network.delegatedSubnetResourceId", "pointInTimeUTC", "sourceServerResourceId",
		},
		Refs: []simcloud.Ref{
			idRef("network.delegatedSubnetResourceId", true, subnetToken), idRef("network.privateDnsZoneArmResourceId", true, privateZoneToken),
		},
		Unique: []simcloud.Unique{{
			Paths: []string{"serverName"}, Everywhere: true, Words: "ServerNameAlreadyExists: Specified server name '%s' is already used.",
		}},
		Secrets: []string{"administratorLoginPassword"}, Validate: postgresValid, Refuse: refuseServer,
		Outputs: func(op *simcloud.Op) simcloud.Values {
			role := "Primary"
			if op.In.String("createMode") == "Replica" {
				role = "AsyncReplica"
			}
			return simcloud.Values{
				"fullyQualifiedDomainName": op.In.String("serverName") + postgresZoneSuffix, "state": "Ready", "replicationRole": role,
				"minorVersion": "1", "replicaCapacity": maxPostgresReplicas,
			}
		},
	})
}

func postgresValid(in simcloud.Values) []error {
	errs := simcloud.Problems(
		named(in, "serverName", postgresName, "InvalidServerName"), inRegion(in, postgresKind, "zones[]"),
		simcloud.OneOf(in, "version", postgresVersions...), simcloud.OneOf(in, "sku.tier", "Burstable", "GeneralPurpose", "MemoryOptimized"),
		simcloud.OneOf(in, "highAvailability.mode", "Disabled", "SameZone", "ZoneRedundant"),
		simcloud.OneOf(in, "createMode", "Default", "Create", "Update", "PointInTimeRestore", "GeoRestore", "Replica", "ReviveDropped"),
		simcloud.OneOf(in, "backup.geoRedundantBackup", "Enabled", "Disabled"), simcloud.OneOf(in, "storage.autoGrow", "Enabled", "Disabled"),
		simcloud.OneOf(in, "dataEncryption.type", "AzureKeyVault", "SystemManaged"),
		simcloud.Between(in, "backup.backupRetentionDays", 7, 35), simcloud.Between(in, "maintenanceWindow.dayOfWeek", 0, 6),
		simcloud.Between(in, "maintenanceWindow.startHour", 0, 23),
	)
	// Without a zone the provider sends an empty one, and Azure chooses.
	if zone := in.String("availabilityZone"); zone != "" && (!slices.Contains([]string{"1", "2", "3"}, zone) || !regions[in.String("location")]) {
		errs = append(errs, simcloud.Refusal("AvailabilityZoneNotAvailable", "Specified availability zone '%s' is not supported in region %s.", zone, in.String("location")))
	}
	tier, size := in.String("sku.tier"), in.String("sku.name")
	if size != "" && (!postgresSku.MatchString(size) || tier != "" && tier != tierOf(size)) {
		errs = append(errs, simcloud.Refusal("InvalidParameterValue", "Invalid value given for parameter sku: the size %s is not of the tier %s.", size, tier))
	}
	if mode := in.String("highAvailability.mode"); tier == "Burstable" && mode != "" && mode != "Disabled" {
		errs = append(errs, simcloud.Refusal("HANotSupportedForBurstable", "High availability is not supported for Burstable tier; got mode %s.", mode))
	}
	if tier == "Burstable" && in.String("createMode") == "Replica" {
		errs = append(errs, simcloud.Refusal("ReplicaNotSupportedForBurstable", "Read replica is not supported for Burstable tier."))
	}
	if gb := in.Int("storage.storageSizeGB"); gb != 0 && !slices.Contains(postgresSizes, gb) {
		errs = append(errs, simcloud.Refusal("InvalidParameterValue", "Invalid value given for parameter StorageSizeGB: %d. Specify a valid parameter value.", gb))
	}
	if login := in.String("administratorLogin"); slices.Contains(loginsRefused, login) || strings.HasPrefix(login, "pg_") {
		errs = append(errs, simcloud.Refusal("InvalidAdministratorLogin", "The administrator login name '%s' is not allowed.", login))
	}
	network := in.Has("network.delegatedSubnetResourceId")
	if network && !in.Has("network.privateDnsZoneArmResourceId") {
		errs = append(errs, simcloud.Refusal("EmptyPrivateDnsZoneArmResourceId", "Empty private DNS zone ARM resource id while creating a server with a virtual network."))
	}
	if network && in.String("network.publicNetworkAccess") == "Enabled" {
		errs = append(errs, simcloud.Refusal("InvalidParameterValue", "Public network access cannot be enabled for a server in a virtual network."))
	}
	return errs
}

// tierOf is the tier of a size.
func tierOf(size string) string {
	return map[byte]string{'B': "Burstable", 'D': "GeneralPurpose", 'E': "MemoryOptimized"}[strings.TrimPrefix(size, "Standard_")[0]]
}

func refuseServer(op *simcloud.Op) error {
	in := op.In
	if old := op.Old; old != nil {
		if was, is := old.In.Int("storage.storageSizeGB"), in.Int("storage.storageSizeGB"); is < was {
			return simcloud.Refusal("InvalidParameterValue", "The storage size can only be increased: got %d GB, has %d GB.", is, was)
		}
		if was, is := old.In.String("version"), in.String("version"); is != "" && slices.Index(postgresVersions, is) < slices.Index(postgresVersions, was) {
			return simcloud.Refusal("InvalidParameterValue", "Downgrade from version %s to %s is not supported.", was, is)
		}
	}
	if err := delegated(op, in.String("network.delegatedSubnetResourceId"), postgresKind); err != nil {
		return err
	}
	if err := refuseServerZone(op); err != nil {
		return err
	}
	if source := in.String("sourceServerResourceId"); op.Old == nil && in.String("createMode") == "Replica" {
		return refuseReplica(op, source)
	}
	return refuseKeys(op)
}

// refuseServerZone refuses a private DNS zone that does not fit, and a standby
// where there is no other zone.
func refuseServerZone(op *simcloud.Op) error {
	in := op.In
	if zone := op.Find(privateZoneToken, "id", in.String("network.privateDnsZoneArmResourceId")); zone != nil {
		name := zone.Out.String("name")
		switch {
		case !strings.HasSuffix(name, postgresZoneSuffix):
			return simcloud.Refusal("PrivateDnsZoneNameNotValid", "The Private DNS Zone name provided [%s] is not valid. It has to end with %s.", name, postgresZoneSuffix[1:])
		case name == in.String("serverName")+postgresZoneSuffix:
			return simcloud.Refusal("PrivateDnsZoneNameNotValid", "The Private DNS Zone name provided [%s] is not valid. It can not be server name plus zone suffix.", name)
		}
	}
	mode, zones := in.String("highAvailability.mode"), regions[in.String("location")]
	if mode == "ZoneRedundant" && !zones {
		return simcloud.Refusal("ZoneRedundantHANotSupported", "Zone redundant high availability is not supported in region %s.", in.String("location"))
	}
	if zone := in.String("availabilityZone"); zone != "" && zone == in.String("highAvailability.standbyAvailabilityZone") && mode == "ZoneRedundant" {
		return simcloud.Refusal("InvalidParameterValue", "Standby availability zone %s has to differ from the server's.", zone)
	}
	return nil
}

func refuseReplica(op *simcloud.Op, source string) error {
	primary := record(op, source)
	if primary == nil || primary.Type != postgresToken {
		return simcloud.Refusal("ResourceNotFound", "The Resource '%s' was not found.", source)
	}
	n := 0
	for _, r := range op.All(postgresToken) {
		if r.ID != op.ID && r.In.String("sourceServerResourceId") == source {
			n++
		}
	}
	if n >= maxPostgresReplicas {
		return simcloud.Refusal("ReplicaLimitExceeded", "The maximum number of replicas of server %s is %d.", source, maxPostgresReplicas)
	}
	if was, is := primary.In.Int("storage.storageSizeGB"), op.In.Int("storage.storageSizeGB"); is != 0 && is < was {
		return simcloud.Refusal("InvalidParameterValue", "The storage of a replica cannot be smaller than the source's: got %d GB, want %d GB.", is, was)
	}
	return refuseKeys(op)
}

// refuseKeys refuses a key that the server's identities cannot use.
func refuseKeys(op *simcloud.Op) error {
	for _, path := range []string{"dataEncryption.primaryKeyURI", "dataEncryption.geoBackupKeyURI"} {
		who := strings.Replace(path, "KeyURI", "UserAssignedIdentityId", 1)
		if err := mayEncrypt(op, op.In.String(path), op.In.String(who)); err != nil {
			return err
		}
	}
	return nil
}

// mayEncrypt refuses a key that is not there, or that the identity may not wrap
// and unwrap with. Keys outside the account are not looked at.
// Source: Azure Database for PostgreSQL documentation, "Data encryption: troubleshoot",
// read 2026-11.
func mayEncrypt(op *simcloud.Op, uri, identity string) error {
	if uri == "" {
		return nil
	}
	var key *simcloud.Record
	for _, k := range op.All(keyToken) {
		if k.Out.String("keyUri") == uri || k.Out.String("keyUriWithVersion") == uri {
			key = k
		}
	}
	if key == nil {
		if host, _, ok := strings.Cut(strings.TrimPrefix(uri, "https://"), "."); ok && op.Find(vaultToken, "name", host) != nil {
			return simcloud.Refusal("AzureKeyVaultKeyNameNotFound", "The key %s was not found in the key vault.", uri)
		}
		return nil
	}
	for _, principal := range principals(op, []string{identity}) {
		if hasRole(op, principal, key.ID, "Key Vault Crypto Service Encryption User", "Key Vault Crypto User", "Key Vault Crypto Officer", "Key Vault Administrator") {
			return nil
		}
	}
	return simcloud.Refusal("AzureKeyVaultMissingPermissions",
		"The identity %s is missing the required get, wrapKey and unwrapKey permissions on the key %s.", identity, uri)
}

// serverOf is the server that a part of one is in.
func serverOf(op *simcloud.Op) *simcloud.Record {
	return op.Find(postgresToken, "name", op.In.String("serverName"))
}

// refuseParameter refuses parameters that a server does not take.
func refuseParameter(op *simcloud.Op) error {
	name, value := op.In.String("configurationName"), op.In.String("value")
	burst := serverOf(op).In.String("sku.tier") == "Burstable"
	allowed, known := postgresValues[name]
	switch {
	case strings.HasPrefix(name, "pgbouncer.") && burst:
		return simcloud.Refusal("InvalidParameterName", "PgBouncer is not supported on Burstable tier: parameter %s.", name)
	case strings.HasPrefix(name, "rds."):
		return simcloud.Refusal("ConfigurationNotExists", "The configuration '%s' does not exist for server version.", name)
	case known && !slices.Contains(allowed, value):
		return simcloud.Refusal("InvalidParameterValue", "The value '%s' of configuration '%s' is not allowed: want one of %v.", value, name, allowed)
	}
	return nil
}

// postgresValues are the values of parameters that have few.
var postgresValues = map[string][]string{
	"require_secure_transport": {"on", "off"}, "ssl_min_protocol_version": {"TLSv1.2", "TLSv1.3"},
	"log_checkpoints": {"on", "off"}, "log_connections": {"on", "off"}, "log_disconnections": {"on", "off"},
	"log_lock_waits": {"on", "off"}, "connection_throttle.enable": {"on", "off"}, "logfiles.download_enable": {"on", "off"},
	"log_statement": {"none", "ddl", "mod", "all"}, "pgbouncer.enabled": {"true", "false"},
	"logfiles.retention_days": {"1", "2", "3", "4", "5", "6", "7"},
}
