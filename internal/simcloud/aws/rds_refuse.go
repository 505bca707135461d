package aws

import (
	"regexp"
	"slices"
	"strings"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

var (
	masterName = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9_]{0,62}$`)
	dbName     = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]{0,62}$`)
	// reservedNames are what the engine keeps for itself.
	reservedNames = []string{
		"admin", "rdsadmin", "rdsrepladmin", "rds_superuser", "rds_replication", "rds_password", "rds_iam",
		"all", "public", "select", "table", "user", "end",
	}
)

// refuseDBInstance is what RDS says, in the order in which it asks.
func refuseDBInstance(op *simcloud.Op) error {
	for _, refuse := range []func(*simcloud.Op) error{
		refuseOffer, refuseNames, refuseStorage, refuseEncryption, refusePlace, refuseParameterGroup, refuseBackups,
		refuseReplica, refuseMonitoring, refuseUpgrade,
	} {
		if err := refuse(op); err != nil {
			return err
		}
	}
	return windowProblem(op.In)
}

func combination(format string, args ...any) error {
	return simcloud.Refusal("InvalidParameterCombination", format, args...)
}

func badValue(format string, args ...any) error {
	return simcloud.Refusal("InvalidParameterValue", format, args...)
}

// versionOf is the version that a database is to run, a replica's being its
// source's. A major version alone is content with whatever minor version there
// is already.
func versionOf(op *simcloud.Op) (pgVersion, bool) {
	text := op.In.String("engineVersion")
	if source := sourceOf(op); source != nil {
		text = source.Out.String("engineVersionActual")
	} else if op.Old != nil && strings.HasPrefix(op.Old.Out.String("engineVersionActual"), text+".") {
		text = op.Old.Out.String("engineVersionActual")
	}
	return offersVersion(text)
}

func refuseOffer(op *simcloud.Op) error {
	engine := op.In.String("engine")
	if op.In.Has("replicateSourceDb") {
		engine = "postgres"
	}
	if engine != "postgres" {
		return badValue("Invalid DB engine: %q (the simulated cloud has postgres only)", engine)
	}
	version, ok := versionOf(op)
	if !ok {
		return combination("Cannot find version %s for postgres", op.In.String("engineVersion"))
	}
	if class := op.In.String("instanceClass"); !offersClass(class) {
		return combination("RDS does not support creating a DB instance with the following combination: "+
			"DBInstanceClass=%s, Engine=postgres, EngineVersion=%s, LicenseModel=postgresql-license. For supported combinations of "+
			"instance class and database engine version, see the documentation.", class, version)
	}
	return nil
}

func refuseNames(op *simcloud.Op) error {
	if op.In.Has("replicateSourceDb") || op.In.Has("snapshotIdentifier") {
		return nil // it has those of its source
	}
	user := op.In.String("username")
	switch {
	case user == "":
		return badValue("The parameter MasterUsername must be provided and must not be blank.")
	case slices.Contains(reservedNames, strings.ToLower(user)):
		return badValue("MasterUsername %s cannot be used as it is a reserved word used by the engine", user)
	case !masterName.MatchString(user):
		return badValue("The parameter MasterUsername is not a valid identifier: %s must begin with a letter and contain only alphanumeric characters", user)
	case !op.In.Bool("manageMasterUserPassword") && op.In.String("password") == "":
		return badValue("The parameter MasterUserPassword must be provided and must not be blank.")
	}
	if name := op.In.String("dbName"); name != "" && !dbName.MatchString(name) {
		return badValue("DBName must begin with a letter and contain only alphanumeric characters.")
	} else if slices.Contains(reservedNames, strings.ToLower(name)) {
		return badValue("DBName %s cannot be used. It is a reserved word for this engine", name)
	}
	return nil
}

// Storage of General Purpose (gp3): RDS user guide, "Amazon RDS DB instance
// storage". From 400 GiB on PostgreSQL's volumes are striped and have 12,000
// operations a second; below that they have 3,000 and there is no choice.
const (
	minStorage, maxStorage, stripedStorage = 20, 65536, 400
	minIOPS, maxIOPS                       = 12000, 64000
)

func refuseStorage(op *simcloud.Op) error {
	if op.In.Has("replicateSourceDb") && !op.In.Has("allocatedStorage") {
		return nil
	}
	size, most, kind := op.In.Int("allocatedStorage"), op.In.Int("maxAllocatedStorage"), op.In.String("storageType")
	if kind == "" {
		kind = "gp2"
	}
	if size < minStorage || size > maxStorage {
		return combination("Invalid storage size for engine name postgres and storage type %s: %d", kind, size)
	}
	if most != 0 && most <= size {
		return combination("Max storage size must be greater than storage size")
	}
	if most != 0 && most*10 < size*11 {
		return combination("The maximum allocated storage must be increased by at least 10 percent.")
	}
	// With autoscaling the provider takes a larger volume than it asked for as
	// grown, and leaves it alone.
	if op.Old != nil && size < op.Old.Out.Int("allocatedStorage") && most == 0 {
		return badValue("Invalid storage size: %d. The allocated storage of a DB instance cannot be decreased (it is %d).", size, op.Old.Out.Int("allocatedStorage"))
	}
	iops, throughput := op.In.Int("iops"), op.In.Int("storageThroughput")
	if kind != "gp3" || iops == 0 && throughput == 0 {
		return nil
	}
	if size < stripedStorage {
		return combination("You can't specify IOPS or storage throughput for engine postgres and a storage size less than %d.", stripedStorage)
	}
	if iops < minIOPS || iops > maxIOPS {
		return combination("Invalid iops value for engine name postgres and storage type gp3: %d", iops)
	}
	return nil
}

func refuseEncryption(op *simcloud.Op) error {
	if op.In.Has("kmsKeyId") && !op.In.Bool("storageEncrypted") && !op.In.Has("replicateSourceDb") {
		return combination("StorageEncrypted must be true when a KmsKeyId is specified.")
	}
	if op.In.Has("masterUserSecretKmsKeyId") && !op.In.Bool("manageMasterUserPassword") {
		return combination("MasterUserSecretKmsKeyId can only be specified when ManageMasterUserPassword is true.")
	}
	return nil
}

// refusePlace refuses zones and networks that do not fit together.
func refusePlace(op *simcloud.Op) error {
	if op.In.Bool("multiAz") && op.In.Has("availabilityZone") {
		return combination("Requesting a specific availability zone is not valid for Multi-AZ instances.")
	}
	name := op.In.String("dbSubnetGroupName")
	if source := sourceOf(op); source != nil && name == "" {
		name = source.Out.String("dbSubnetGroupName")
	}
	group := op.Find(dbSubnetGroupToken, "name", name)
	if group == nil {
		return nil
	}
	if op.Old != nil && op.Old.Out.String("dbSubnetGroupName") != name {
		was := op.Find(dbSubnetGroupToken, "name", op.Old.Out.String("dbSubnetGroupName"))
		if was != nil && was.Out.String("vpcId") == group.Out.String("vpcId") {
			return simcloud.Refusal("InvalidVPCNetworkStateFault", "You cannot move DB instance %s to subnet group %s. The specified DB subnet group "+
				"and DB instance are in the same VPC. Choose a DB subnet group in different VPC than the specified DB instance and try again.",
				op.In.String("identifier"), name)
		}
	}
	for _, id := range op.In.Strings("vpcSecurityGroupIds[]") {
		sg := op.Find(dbSecurityGroupToken, "id", id)
		if sg.Out.String("vpcId") != group.Out.String("vpcId") {
			return combination("The DB instance and EC2 security group are in different VPCs. The DB instance is in %s and the EC2 security group is in %s",
				group.Out.String("vpcId"), sg.Out.String("vpcId"))
		}
	}
	return nil
}

func refuseParameterGroup(op *simcloud.Op) error {
	name := op.In.String("parameterGroupName")
	version, ok := versionOf(op)
	if name == "" || !ok {
		return nil
	}
	family := strings.TrimPrefix(name, "default.")
	if group := op.Find(dbParameterGroupToken, "name", name); group != nil {
		family = group.Out.String("family")
	}
	if family != version.family() {
		return combination("The parameter group %s with DBParameterGroupFamily %s can't be used for this instance. "+
			"Use a parameter group with DBParameterGroupFamily %s.", name, family, version.family())
	}
	return nil
}

func refuseBackups(op *simcloud.Op) error {
	if op.Old == nil || op.In.Int("backupRetentionPeriod") > 0 {
		return nil
	}
	for _, r := range op.All(dbInstanceToken) {
		if from := r.In.String("replicateSourceDb"); from != "" && (from == op.In.String("identifier") || from == op.Old.Out.String("arn")) {
			return combination("Backups cannot be disabled on DB instance %s: it has read replicas", op.In.String("identifier"))
		}
	}
	return nil
}

func refuseReplica(op *simcloud.Op) error {
	now := op.In.String("replicateSourceDb")
	if op.Old != nil {
		if was := op.Old.In.String("replicateSourceDb"); now != "" && was != now {
			return simcloud.Refusal("InvalidDBInstanceState", "cannot elect new source database for replication")
		}
		return nil
	}
	source := sourceOf(op)
	switch {
	case now == "":
		return nil
	case source == nil:
		return simcloud.Refusal("DBInstanceNotFound", "The source instance could not be found: %s", now)
	case source.In.Int("backupRetentionPeriod") == 0:
		return simcloud.Refusal("InvalidDBInstanceState", "Automated backups are not enabled for this database instance. "+
			"To enable automated backups, use ModifyDBInstance to set the backup retention period to a non-zero value.")
	case source.In.Bool("manageMasterUserPassword"):
		// RDS user guide, "Limitations for Secrets Manager integration", read
		// 2026-11: for all engines but SQL Server.
		return badValue("Creating read replicas for source instance with engine postgres where ManageMasterUserPassword is enabled is not supported.")
	case op.In.Has("dbSubnetGroupName") && !dbARN(now):
		return combination("The DB Subnet Group is only valid for a read replica whose source is given by its ARN")
	}
	return nil
}
