package aws

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	// postgresPort is where PostgreSQL answers if nobody says otherwise.
	postgresPort = 5432
	kmsWords     = "KMSKeyNotAccessibleFault: The specified KMS key [%s] does not exist, is not enabled or you do not have permissions to access it."
	roleWords    = "IAM role ARN value is invalid or does not include the required permissions for: ENHANCED_MONITORING"
)

func dbInstance() *simcloud.Type {
	return &simcloud.Type{
		Token: dbInstanceToken, Noun: "DB instance", Auto: "identifier", AutoMax: 63,
		ID:       func(op *simcloud.Op) string { return "db-" + strings.ToUpper(op.Hex(26, "id")) },
		Takes:    10 * time.Minute, // 8 alone, 14 with a standby
		Required: []string{"instanceClass"},
		Replace: []string{
			"availabilityZone", "backupTarget", "characterSetName", "customIamInstanceProfile", "dbName", "engine",
			"kmsKeyId", "name", "ncharCharacterSetName", "restoreToPointInTime", "s3Import", "snapshotIdentifier",
			"storageEncrypted", "timezone", "username",
		},
		Refs: []simcloud.Ref{
			{
				Path: "dbSubnetGroupName", To: []string{dbSubnetGroupToken}, By: "name", Holds: true,
				Missing: "DBSubnetGroupNotFoundFault: DB subnet group '%s' does not exist.",
			}, {
				Path: "parameterGroupName", To: []string{dbParameterGroupToken}, By: "name", Holds: true, Foreign: isDefault,
				Missing: "DBParameterGroupNotFound: DBParameterGroup not found: %s",
			}, {
				Path: "vpcSecurityGroupIds[]", To: []string{dbSecurityGroupToken}, Holds: true,
				Missing: "InvalidParameterValue: Invalid security group , groupId= %s, groupName=.",
			}, {
				// Deleting the source makes its replicas databases of their own: they
				// do not hold it.
				Path: "replicateSourceDb", To: []string{dbInstanceToken}, By: "identifier", Foreign: dbARN,
				Missing: "DBInstanceNotFound: The source instance could not be found: %s",
			},
			{Path: "kmsKeyId", To: []string{keyToken}, By: "arn", Missing: kmsWords},
			{Path: "performanceInsightsKmsKeyId", To: []string{keyToken}, By: "arn", Missing: kmsWords},
			{Path: "masterUserSecretKmsKeyId", To: []string{keyToken}, By: "arn", Foreign: dbNoARN, Missing: kmsWords},
			{Path: "monitoringRoleArn", To: []string{roleToken}, By: "arn", Missing: "InvalidParameterValue: " + roleWords + " (%s)"},
		},
		Unique:   []simcloud.Unique{{Paths: []string{"identifier"}, Words: "DBInstanceAlreadyExists: DB instance already exists: %s"}},
		InUse:    "InvalidDBInstanceState: Instance %s cannot be deleted",
		Validate: validateDBInstance,
		Refuse:   refuseDBInstance,
		Outputs:  dbInstanceOutputs,
		Delete:   deleteDBInstance,
		Secrets:  []string{"password"},
	}
}

func dbARN(s string) bool     { return strings.HasPrefix(s, "arn:") }
func dbNoARN(s string) bool   { return !dbARN(s) }
func isDefault(s string) bool { return strings.HasPrefix(s, "default.") }

// sourceOf is the database that op's replicates: nil if it is none's replica.
func sourceOf(op *simcloud.Op) *simcloud.Record {
	name := op.In.String("replicateSourceDb")
	if name == "" {
		return nil
	}
	if dbARN(name) {
		return op.Find(dbInstanceToken, "arn", name)
	}
	return op.Find(dbInstanceToken, "identifier", name)
}

func dbInstanceOutputs(op *simcloud.Op) simcloud.Values {
	name := op.In.String("identifier")
	host := name + "." + endpointHash(op) + "." + op.Region + ".rds.amazonaws.com"
	out := dbInstanceDefaults(op)
	out["arn"] = arn(op, "rds", "db:"+name)
	out["resourceId"] = op.ID
	out["status"] = "available"
	out["address"] = host
	out["endpoint"] = fmt.Sprintf("%s:%d", host, portOf(op.In))
	out["port"] = portOf(op.In)
	out["hostedZoneId"] = "Z" + strings.ToUpper(regionHash(op.Region)[:13])
	out["allocatedStorage"] = allocated(op)
	if op.In.Bool("manageMasterUserPassword") {
		out["masterUserSecrets"] = []any{map[string]any{
			"secretArn":    arn(op, "secretsmanager", "secret:rds!"+strings.ToLower(op.ID)+"-"+op.Hex(6, "secret")),
			"secretStatus": "active", "kmsKeyId": op.In.String("masterUserSecretKmsKeyId"),
		}}
	}
	exportLogs(op, name)
	return out
}

// dbInstanceDefaults are what a database has of its source, if it is a replica,
// and what RDS decides where the program does not.
func dbInstanceDefaults(op *simcloud.Op) simcloud.Values {
	out := simcloud.Values{}
	set := func(path string, value any) {
		if !op.In.Has(path) && value != nil {
			out[path] = value
		}
	}
	if source := sourceOf(op); source != nil {
		for _, path := range []string{
			"engine", "engineVersion", "engineVersionActual", "username", "dbName", "kmsKeyId", "storageEncrypted",
			"dbSubnetGroupName", "parameterGroupName", "storageType", "licenseModel",
		} {
			set(path, source.Out.Get(path))
		}
	}
	if v, ok := versionOf(op); ok && !op.In.Has("replicateSourceDb") {
		set("engineVersion", v.String())
		set("parameterGroupName", "default."+v.family())
		out["engineVersionActual"] = v.String()
	}
	group := op.Find(dbSubnetGroupToken, "name", op.In.String("dbSubnetGroupName"))
	if group != nil {
		_, zones := subnetsOf(op, group.Out.Strings("subnetIds[]"))
		set("availabilityZone", firstOf(zones))
	}
	set("licenseModel", "postgresql-license")
	set("caCertIdentifier", "rds-ca-rsa2048-g1")
	set("networkType", "IPV4")
	set("multiAz", false)
	set("backupWindow", "03:00-03:30")
	set("maintenanceWindow", "sun:04:00-sun:04:30")
	return out
}

// allocated is the storage that a database has. RDS never takes storage back:
// what the autoscaling has added stays, whatever the inputs say.
func allocated(op *simcloud.Op) int {
	size := op.In.Int("allocatedStorage")
	if source := sourceOf(op); source != nil && op.Old == nil {
		return source.Out.Int("allocatedStorage") // a replica begins as large as its source
	}
	if op.Old != nil {
		return max(size, op.Old.Out.Int("allocatedStorage"))
	}
	return size
}

func portOf(in simcloud.Values) int {
	if in.Known("port") {
		return in.Int("port")
	}
	return postgresPort
}

// exportLogs makes the log groups that RDS writes to, if nobody made them
// before: without a key, and keeping everything for ever.
func exportLogs(op *simcloud.Op, name string) {
	for _, log := range op.In.Strings("enabledCloudwatchLogsExports[]") {
		path := "/aws/rds/instance/" + name + "/" + log
		if op.Find(logGroupToken, "name", path) == nil {
			op.Side(logGroupToken, path, simcloud.Values{
				"name": path, "arn": arn(op, "logs", "log-group:"+path), "retentionInDays": 0,
			})
		}
	}
}

// endpointHash is the part of a database's address that an account has in a
// region.
func endpointHash(op *simcloud.Op) string { return "c" + regionHash(op.Account + op.Region)[:11] }

func regionHash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// deleteDBInstance refuses to lose data unasked, and leaves a final snapshot.
func deleteDBInstance(op *simcloud.Op) error {
	if op.In.Bool("deletionProtection") {
		return simcloud.Refusal("InvalidParameterCombination", "Cannot delete protected DB Instance, please disable deletion protection and try again.")
	}
	if op.In.Bool("skipFinalSnapshot") {
		return nil
	}
	name := op.In.String("finalSnapshotIdentifier")
	if name == "" {
		return errors.New("final_snapshot_identifier is required when skip_final_snapshot is false")
	}
	if op.In.Has("replicateSourceDb") {
		return simcloud.Refusal("InvalidParameterCombination", "FinalDBSnapshotIdentifier can not be specified when deleting a replica instance")
	}
	if err := snapshotTaken(op, name); err != nil {
		return err
	}
	op.Side(dbSnapshotToken, name, simcloud.Values{
		"dbSnapshotIdentifier": name, "dbInstanceIdentifier": op.In.String("identifier"), "status": "available",
		"dbSnapshotArn": arn(op, "rds", "snapshot:"+name), "snapshotType": "manual",
	})
	return nil
}
