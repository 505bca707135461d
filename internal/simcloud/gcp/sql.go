package gcp

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	sqlToken         = "gcp:sql/databaseInstance:DatabaseInstance"
	sqlDatabaseToken = "gcp:sql/database:Database"
	sqlUserToken     = "gcp:sql/user:User"
	// sqlBackupToken is a backup of an instance: no program holds it. It goes with
	// its instance, as on demand ones do too.
	sqlBackupToken = "gcp:sql/backupRun:BackupRun"
	// sqlGoneToken is the name of an instance that was deleted.
	sqlGoneToken = "gcp:sql/deletedInstance:DeletedInstance"
	sqlAgent     = "gcp-sa-cloud-sql"
)

func sqlTypes() []*simcloud.Type {
	return []*simcloud.Type{sqlInstance(), sqlDatabase(), sqlUser(), sqlBackup(), sqlGone()}
}

// sqlInstance is a Cloud SQL instance. Its id is its name.
// Source: Cloud SQL Admin reference, instances; the provider's page of the
// resource for what replaces it; read 2026-11.
func sqlInstance() *simcloud.Type {
	return &simcloud.Type{
		Token: sqlToken, Noun: "Cloud SQL instance", IDFrom: "name", Auto: "name", AutoMax: 85, Takes: 12 * time.Minute,
		Required: []string{"databaseVersion", "settings", "region"},
		Replace: []string{
			"clone", "encryptionKeyName", "instanceType", "masterInstanceName", "name", "project", "region",
			"settings.collation", "settings.timeZone",
		},
		ReplaceIf: sqlReplaces,
		Refs: []simcloud.Ref{
			ref("settings.ipConfiguration.privateNetwork", "googleapi: Error 400: Invalid request: Invalid value for privateNetwork (%s)., invalid", networkToken),
			holding("encryptionKeyName", "googleapi: Error 404: CryptoKey %s not found., notFound", keyToken),
			{Path: "masterInstanceName", To: []string{sqlToken}, By: "name", Missing: "googleapi: Error 404: The Cloud SQL instance does not exist., notFound (%s)"},
			{Path: "clone.sourceInstanceName", To: []string{sqlToken}, By: "name", Missing: "googleapi: Error 404: The Cloud SQL instance does not exist., notFound (%s)"},
		},
		Unique: []simcloud.Unique{{Paths: []string{"name"}, Words: "googleapi: Error 409: The Cloud SQL instance already exists., instanceAlreadyExists (%s)"}},
		// The provider refuses to delete what it protects, before it asks.
		Delete:  sqlDelete,
		Secrets: []string{"rootPassword", "serverCaCerts"},
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(
				simcloud.Matches(in, "name", sqlNames), simcloud.OneOf(in, "instanceType", "CLOUD_SQL_INSTANCE", "READ_REPLICA_INSTANCE", "ON_PREMISES_INSTANCE"),
				simcloud.OneOf(in, "settings.availabilityType", "REGIONAL", "ZONAL"), simcloud.OneOf(in, "settings.edition", "ENTERPRISE", "ENTERPRISE_PLUS"),
				simcloud.OneOf(in, "settings.ipConfiguration.sslMode", "ALLOW_UNENCRYPTED_AND_ENCRYPTED", "ENCRYPTED_ONLY", "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"),
				simcloud.OneOf(in, "settings.diskType", "PD_SSD", "PD_HDD"), simcloud.Between(in, "settings.maintenanceWindow.day", 1, 7),
				simcloud.Between(in, "settings.maintenanceWindow.hour", 0, 23), place(in, "region"),
			)
			if !in.Has("settings.tier") && !in.Has("clone") {
				errs = append(errs, fmt.Errorf("missing required argument %q", "settings.tier"))
			}
			return errs
		},
		Refuse:  refuseSQL,
		Outputs: sqlOutputs,
	}
}

var sqlNames = regexp.MustCompile(`^[a-z][a-z0-9-]{0,96}[a-z0-9]$`)

// sqlReplaces are changes that Cloud SQL cannot make: less storage and an older
// version.
func sqlReplaces(old, in simcloud.Values) []string {
	var paths []string
	if was, is := old.Int("settings.diskSize"), in.Int("settings.diskSize"); is > 0 && is < was {
		paths = append(paths, "settings.diskSize")
	}
	if was, is := sqlVersion(old), sqlVersion(in); is > 0 && is < was {
		paths = append(paths, "databaseVersion")
	}
	// A private network can be chosen anew, but not taken away.
	if network := "settings.ipConfiguration.privateNetwork"; old.Has(network) && !in.Has(network) {
		paths = append(paths, network)
	}
	return paths
}

// sqlVersion is the major version of PostgreSQL, 0 of anything else.
func sqlVersion(in simcloud.Values) int {
	n := 0
	_, err := fmt.Sscanf(in.String("databaseVersion"), "POSTGRES_%d", &n)
	if err != nil {
		return 0
	}
	return n
}

func sqlOutputs(op *simcloud.Op) simcloud.Values {
	name, region := op.In.String("name"), op.In.String("region")
	private := ""
	if op.In.Has("settings.ipConfiguration.privateNetwork") {
		h := op.Hex(2, "private")
		private = fmt.Sprintf("10.200.0.%d", 2+int(h[0])%40*3+int(h[1])%40)
	}
	email := "p" + ProjectNumber + "-" + op.Hex(6, "account") + "@" + sqlAgent + agentSuffix
	addresses := []any{}
	if private != "" {
		addresses = append(addresses, map[string]any{"ipAddress": private, "type": "PRIVATE"})
	}
	out := simcloud.Values{
		"project": op.Account, "selfLink": "https://sqladmin.googleapis.com/sql/v1beta4/projects/" + op.Account + "/instances/" + name,
		"connectionName": op.Account + ":" + region + ":" + name, "privateIpAddress": private, "firstIpAddress": private, "publicIpAddress": "",
		"ipAddresses": addresses, "serviceAccountEmailAddress": email, "maintenanceVersion": op.In.String("databaseVersion") + ".R20261101.00_00",
		"serverCaCerts": []any{map[string]any{"cert": "-----BEGIN CERTIFICATE-----\nsimulated " + op.Hex(12, "ca") + "\n-----END CERTIFICATE-----", "commonName": "Google Cloud SQL Server CA"}},
	}
	if !op.In.Has("instanceType") {
		out["instanceType"] = "CLOUD_SQL_INSTANCE"
	}
	if op.In.Bool("settings.backupConfiguration.enabled") && op.Old == nil {
		op.Side(sqlBackupToken, name+"/1", simcloud.Values{"instance": name, "id": "1"})
	}
	return out
}

// sqlDelete refuses to delete what is protected, or still has replicas, and keeps
// the name of what goes.
// Source: the provider's words as in issue 1545 of pulumi/pulumi-gcp; Cloud SQL
// docs, "Prevent deletion of an instance" and "Delete instances"; read 2026-11.
func sqlDelete(op *simcloud.Op) error {
	name := op.In.String("name")
	if op.In.Bool("deletionProtection") || !op.In.Has("deletionProtection") {
		return fmt.Errorf("Error, failed to delete instance because deletion_protection is set to true. Set it to false to proceed with instance deletion")
	}
	if op.In.Bool("settings.deletionProtectionEnabled") {
		return refused(400, "invalid", "Invalid request: The instance is protected. Please disable the deletion protection and try again. To disable deletion protection, update the instance settings with deletionProtectionEnabled set to false.")
	}
	for _, other := range op.All(sqlToken) {
		if other.In.String("masterInstanceName") == name {
			return refused(400, "invalid", "Invalid request: Cannot delete instance %s because it has replicas (%s). Delete the replicas first.", name, other.ID)
		}
	}
	op.Side(sqlGoneToken, name, simcloud.Values{"name": name})
	return nil
}

// sqlParts are what a part of an instance shares with the others.
func sqlPart(t *simcloud.Type) *simcloud.Type {
	t.Required = append(t.Required, "instance")
	t.Replace = append(t.Replace, "instance", "project")
	t.Refs = append(t.Refs, simcloud.Ref{
		Path: "instance", To: []string{sqlToken}, By: "name", Missing: "googleapi: Error 404: The Cloud SQL instance does not exist., notFound (%s)",
	})
	return t
}

func sqlDatabase() *simcloud.Type {
	return sqlPart(&simcloud.Type{
		Token: sqlDatabaseToken, Noun: "database", Auto: "name", AutoMax: 63, Takes: 5 * time.Second,
		ID: func(op *simcloud.Op) string {
			return path(op, "instances", op.In.String("instance"), "databases", op.In.String("name"))
		},
		Replace: []string{"name", "charset"},
		Unique:  []simcloud.Unique{{Paths: []string{"instance", "name"}, Words: "googleapi: Error 400: Invalid request: failed to create database in %s. Detail: pq: database \"%s\" already exists., invalid"}},
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(simcloud.OneOf(in, "deletionPolicy", "DELETE", "ABANDON"))
		},
		Refuse: func(op *simcloud.Op) error {
			if op.Find(sqlToken, "name", op.In.String("instance")).In.Has("masterInstanceName") {
				return refused(400, "invalid", "Invalid request: Operation is not allowed on a read replica.")
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"project": op.Account, "charset": "UTF8", "collation": "en_US.UTF8"}
		},
	})
}

func sqlUser() *simcloud.Type {
	return sqlPart(&simcloud.Type{
		Token: sqlUserToken, Noun: "database user", Auto: "name", AutoMax: 63, Takes: 3 * time.Second,
		ID:      func(op *simcloud.Op) string { return op.In.String("name") + "//" + op.In.String("instance") },
		Replace: []string{"host", "name", "type"}, Secrets: []string{"password"},
		Unique: []simcloud.Unique{{Paths: []string{"instance", "name"}, Words: "googleapi: Error 409: Instance %s already has a user %s., alreadyExists"}},
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(
				simcloud.OneOf(in, "type", "", "BUILT_IN", "CLOUD_IAM_USER", "CLOUD_IAM_SERVICE_ACCOUNT", "CLOUD_IAM_GROUP"), simcloud.OneOf(in, "deletionPolicy", "", "ABANDON"),
			)
			if in.Has("host") {
				errs = append(errs, refused(400, "invalid", "Invalid request: Host is not supported for PostgreSQL instances."))
			}
			return errs
		},
		Refuse:  refuseSQLUser,
		Outputs: func(op *simcloud.Op) simcloud.Values { return simcloud.Values{"project": op.Account} },
	})
}

// refuseSQLUser is what Cloud SQL says of users.
// Source: Cloud SQL docs, "Create users using the built-in type" and "Manage users
// with IAM database authentication", read 2026-11.
func refuseSQLUser(op *simcloud.Op) error {
	name, kind := op.In.String("name"), op.In.String("type")
	instance := op.Find(sqlToken, "name", op.In.String("instance"))
	switch {
	case instance.In.Has("masterInstanceName"):
		return refused(400, "invalid", "Invalid request: Operation is not allowed on a read replica.")
	case kind == "CLOUD_IAM_SERVICE_ACCOUNT" && strings.HasSuffix(name, ".gserviceaccount.com"):
		return refused(400, "invalid", "Invalid request: Database username for Cloud IAM service account should be created without \".gserviceaccount.com\" suffix.")
	case strings.HasPrefix(kind, "CLOUD_IAM") && op.In.Has("password"):
		return refused(400, "invalid", "Invalid request: Password is not allowed for Cloud IAM users.")
	case strings.HasPrefix(kind, "CLOUD_IAM") && sqlFlag(instance.In, "cloudsql.iam_authentication") != "on":
		return refused(400, "invalid", "Invalid request: IAM user cannot be created on an instance without cloudsql.iam_authentication.")
	case kind == "CLOUD_IAM_SERVICE_ACCOUNT":
		return account(op, name+".gserviceaccount.com")
	case (kind == "" || kind == "BUILT_IN") && len(op.In.String("password")) < instance.In.Int("settings.passwordValidationPolicy.minLength"):
		return refused(400, "invalid", "Invalid request: Password must contain at least %d characters.", instance.In.Int("settings.passwordValidationPolicy.minLength"))
	}
	return nil
}

func sqlBackup() *simcloud.Type {
	return &simcloud.Type{Token: sqlBackupToken, Noun: "backup", ID: func(op *simcloud.Op) string { return op.In.String("instance") + "/" + op.In.String("id") }}
}

func sqlGone() *simcloud.Type {
	return &simcloud.Type{Token: sqlGoneToken, Noun: "deleted Cloud SQL instance", IDFrom: "name", Ghost: true}
}
