package aws

import (
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

func TestDBInstanceRefusals(t *testing.T) {
	const badID = "InvalidParameterValue: The parameter DBInstanceIdentifier is not a valid identifier"
	for name, tt := range map[string]struct {
		edits simcloud.Values
		want  string
	}{
		"good":                     {nil, ""},
		"major version alone":      {simcloud.Values{"engineVersion": "17"}, ""},
		"default parameter group":  {simcloud.Values{"parameterGroupName": "default.postgres17"}, ""},
		"version":                  {simcloud.Values{"engineVersion": "17.99"}, "InvalidParameterCombination: Cannot find version 17.99 for postgres"},
		"engine":                   {simcloud.Values{"engine": "mongodb"}, "InvalidParameterValue: Invalid DB engine"},
		"class":                    {simcloud.Values{"instanceClass": "db.t2.micro"}, "InvalidParameterCombination: RDS does not support creating a DB instance with the following combination: DBInstanceClass=db.t2.micro"},
		"class of EC2":             {simcloud.Values{"instanceClass": "m7g.large"}, "InvalidParameterCombination: RDS does not support"},
		"identifier taken":         {simcloud.Values{"identifier": "taken"}, "DBInstanceAlreadyExists: "},
		"identifier begins":        {simcloud.Values{"identifier": "1data"}, badID},
		"identifier hyphens":       {simcloud.Values{"identifier": "da--ta"}, badID},
		"identifier long":          {simcloud.Values{"identifier": strings.Repeat("a", 64)}, badID},
		"master reserved":          {simcloud.Values{"username": "admin"}, "InvalidParameterValue: MasterUsername admin cannot be used as it is a reserved word used by the engine"},
		"master name":              {simcloud.Values{"username": "9a"}, "InvalidParameterValue: The parameter MasterUsername is not a valid identifier"},
		"no master":                {simcloud.Values{"username": nil}, "InvalidParameterValue: The parameter MasterUsername must be provided"},
		"two passwords":            {simcloud.Values{"password": "secret123"}, `"manageMasterUserPassword": conflicts with password`},
		"no password":              {simcloud.Values{"manageMasterUserPassword": nil, "masterUserSecretKmsKeyId": nil}, "InvalidParameterValue: The parameter MasterUserPassword must be provided"},
		"secret's key alone":       {simcloud.Values{"manageMasterUserPassword": nil, "password": "x"}, "InvalidParameterCombination: MasterUserSecretKmsKeyId can only"},
		"database name":            {simcloud.Values{"dbName": "my-app"}, "InvalidParameterValue: DBName must begin with a letter"},
		"database reserved":        {simcloud.Values{"dbName": "user"}, "InvalidParameterValue: DBName user cannot be used"},
		"storage small":            {simcloud.Values{"allocatedStorage": 19}, "InvalidParameterCombination: Invalid storage size for engine name postgres and storage type gp3: 19"},
		"storage max same":         {simcloud.Values{"maxAllocatedStorage": 100}, "InvalidParameterCombination: Max storage size must be greater than storage size"},
		"storage max near":         {simcloud.Values{"maxAllocatedStorage": 105}, "InvalidParameterCombination: The maximum allocated storage must be increased by at least 10 percent."},
		"iops of a small one":      {simcloud.Values{"iops": 3000}, "InvalidParameterCombination: You can't specify IOPS or storage throughput for engine postgres and a storage size less than 400."},
		"iops too few":             {simcloud.Values{"iops": 3000, "allocatedStorage": 400}, "InvalidParameterCombination: Invalid iops value"},
		"iops enough":              {simcloud.Values{"iops": 12000, "allocatedStorage": 400}, ""},
		"storage type":             {simcloud.Values{"storageType": "gp9"}, "expected storageType to be one of"},
		"backups":                  {simcloud.Values{"backupRetentionPeriod": 36}, "expected backupRetentionPeriod to be in the range (0 - 35)"},
		"windows overlap":          {simcloud.Values{"maintenanceWindow": "sun:02:30-sun:03:30"}, "InvalidParameterCombination: The backup window and maintenance window must not overlap."},
		"windows overlap at night": {simcloud.Values{"backupWindow": "23:30-00:30", "maintenanceWindow": "mon:00:00-mon:01:00"}, "InvalidParameterCombination: The backup window"},
		"window short":             {simcloud.Values{"backupWindow": "02:00-02:10"}, "InvalidParameterValue: Invalid backup window"},
		"window format":            {simcloud.Values{"maintenanceWindow": "sunday"}, "invalid value for maintenanceWindow"},
		"key unknown":              {simcloud.Values{"kmsKeyId": "arn:aws:kms:eu-west-1:111122223333:key/none"}, "KMSKeyNotAccessibleFault: "},
		"key no ARN":               {simcloud.Values{"kmsKeyId": "alias/data"}, `"kmsKeyId" (alias/data) is an invalid ARN`},
		"key without encryption":   {simcloud.Values{"storageEncrypted": false}, "InvalidParameterCombination: StorageEncrypted must be true"},
		"zone of a Multi-AZ":       {simcloud.Values{"availabilityZone": "eu-west-1a"}, "InvalidParameterCombination: Requesting a specific availability zone is not valid for Multi-AZ instances."},
		"security group unknown":   {simcloud.Values{"vpcSecurityGroupIds": []string{"sg-0"}}, "InvalidParameterValue: Invalid security group , groupId= sg-0"},
		"security group elsewhere": {simcloud.Values{"vpcSecurityGroupIds": []string{"sg-2"}}, "InvalidParameterCombination: The DB instance and EC2 security group are in different VPCs."},
		"subnet group unknown":     {simcloud.Values{"dbSubnetGroupName": "none"}, "DBSubnetGroupNotFoundFault: "},
		"parameter group unknown":  {simcloud.Values{"parameterGroupName": "none"}, "DBParameterGroupNotFound: "},
		"parameter group's family": {simcloud.Values{"parameterGroupName": "pg18"}, "InvalidParameterCombination: The parameter group pg18 with DBParameterGroupFamily postgres18 can't be used for this instance."},
		"monitoring interval":      {simcloud.Values{"monitoringInterval": 20}, "expected monitoringInterval to be one of"},
		"monitoring roleless":      {simcloud.Values{"monitoringRoleArn": nil}, "InvalidParameterCombination: A MonitoringRoleARN value is required"},
		"monitoring role":          {simcloud.Values{"monitoringRoleArn": "arn:aws:iam::111122223333:role/other"}, "InvalidParameterValue: IAM role ARN value is invalid or does not include the required permissions for: ENHANCED_MONITORING"},
		"monitoring role unknown":  {simcloud.Values{"monitoringRoleArn": "arn:aws:iam::111122223333:role/none"}, "InvalidParameterValue: IAM role ARN value is invalid"},
		"insights days":            {simcloud.Values{"performanceInsightsRetentionPeriod": 30}, "InvalidParameterValue: Invalid Performance Insights retention period"},
		"insights months":          {simcloud.Values{"performanceInsightsRetentionPeriod": 93}, ""},
		"insights off":             {simcloud.Values{"performanceInsightsEnabled": nil}, "InvalidParameterCombination: To set a retention period"},
		"log exports":              {simcloud.Values{"enabledCloudwatchLogsExports": []string{"audit"}}, "InvalidParameterCombination: You cannot use the log types 'audit'"},
		"final snapshot's name":    {simcloud.Values{"finalSnapshotIdentifier": "a--b"}, "invalid value for finalSnapshotIdentifier"},
		"replica with an engine":   {simcloud.Values{"replicateSourceDb": "taken"}, `"replicateSourceDb": conflicts with engine`},
	} {
		t.Run(name, func(t *testing.T) {
			c := newDataCloud(t)
			in := c.database()
			c.must(dbInstanceToken, edited(in, simcloud.Values{"identifier": "taken"}))
			_, err := c.create(dbInstanceToken, edited(in, tt.edits))
			dataRefused(t, err, tt.want)
		})
	}
}

func TestDBInstanceUpdateRefusals(t *testing.T) {
	for name, tt := range map[string]struct {
		edits simcloud.Values
		want  string
	}{
		"no change":             {nil, ""},
		"grow":                  {simcloud.Values{"allocatedStorage": 200}, ""},
		"shrink":                {simcloud.Values{"allocatedStorage": 50, "maxAllocatedStorage": nil}, "InvalidParameterValue: Invalid storage size: 50. The allocated storage of a DB instance cannot be decreased"},
		"minor":                 {simcloud.Values{"engineVersion": "17.7"}, ""},
		"any minor":             {simcloud.Values{"engineVersion": "17"}, ""},
		"downgrade":             {simcloud.Values{"engineVersion": "17.5"}, "InvalidParameterCombination: Cannot upgrade postgres from 17.6 to 17.5"},
		"major":                 {simcloud.Values{"engineVersion": "18.1", "parameterGroupName": "pg18"}, "InvalidParameterCombination: The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version."},
		"major allowed":         {simcloud.Values{"engineVersion": "18.1", "parameterGroupName": "pg18", "allowMajorVersionUpgrade": true}, ""},
		"major, old parameters": {simcloud.Values{"engineVersion": "18.1", "allowMajorVersionUpgrade": true}, "InvalidParameterCombination: The parameter group pg17 with"},
		"subnet group":          {simcloud.Values{"dbSubnetGroupName": "data-2"}, "InvalidVPCNetworkStateFault: You cannot move DB instance"},
		"no backups":            {simcloud.Values{"backupRetentionPeriod": 0}, "InvalidParameterCombination: Backups cannot be disabled"},
		"insights key":          {simcloud.Values{"performanceInsightsKmsKeyId": nil}, "InvalidParameterCombination: You cannot change your Performance Insights KMS key."},
	} {
		t.Run(name, func(t *testing.T) {
			c := newDataCloud(t)
			in := edited(c.database(), ownPassword)
			r := c.must(dbInstanceToken, in)
			c.must(dbInstanceToken, simcloud.Values{"identifier": "r-1", "replicateSourceDb": "data-1", "instanceClass": "db.t4g.micro"})
			_, err := c.Update(dataSession, dbInstanceToken, r.ID, "", edited(in, tt.edits))
			dataRefused(t, err, tt.want)
		})
	}
}

func TestDBInstanceGrownStorageStays(t *testing.T) {
	c := newDataCloud(t)
	in := c.database()
	r := c.must(dbInstanceToken, in)
	if _, err := c.Change(r.ID, "allocatedStorage", 140); err != nil {
		t.Fatal(err)
	}
	r, err := c.Update(dataSession, dbInstanceToken, r.ID, "", in)
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Out.Int("allocatedStorage"); got != 140 {
		t.Errorf("storage after an update: got %d GiB, want the 140 it has grown to", got)
	}
}

// ownPassword is a master password that RDS does not manage: a source of
// replicas needs one.
var ownPassword = simcloud.Values{"manageMasterUserPassword": nil, "masterUserSecretKmsKeyId": nil, "password": "secret123"}

func TestDBReplicaRefusals(t *testing.T) {
	replica := simcloud.Values{"identifier": "r-1", "replicateSourceDb": "data-1", "instanceClass": "db.t4g.micro", "skipFinalSnapshot": true}
	for name, tt := range map[string]struct {
		source, edits simcloud.Values
		want          string
	}{
		"good":          {nil, nil, ""},
		"by ARN":        {nil, simcloud.Values{"replicateSourceDb": "arn:aws:rds:eu-west-1:111122223333:db:data-1"}, ""},
		"no source":     {nil, simcloud.Values{"replicateSourceDb": "none"}, "DBInstanceNotFound: "},
		"no source ARN": {nil, simcloud.Values{"replicateSourceDb": "arn:aws:rds:eu-west-1:111122223333:db:none"}, "DBInstanceNotFound: "},
		"no backups":    {simcloud.Values{"backupRetentionPeriod": 0}, nil, "InvalidDBInstanceState: Automated backups are not enabled for this database instance."},
		"subnet group":  {nil, simcloud.Values{"dbSubnetGroupName": "data"}, "InvalidParameterCombination: The DB Subnet Group is only valid"},
		"other network": {nil, simcloud.Values{"vpcSecurityGroupIds": []string{"sg-2"}}, "InvalidParameterCombination: The DB instance and EC2 security group are in different VPCs."},
		"parameters":    {nil, simcloud.Values{"parameterGroupName": "pg18"}, "InvalidParameterCombination: The parameter group pg18"},
		"managed password": {simcloud.Values{"manageMasterUserPassword": true, "password": nil}, nil,
			"InvalidParameterValue: Creating read replicas for source instance with engine postgres where ManageMasterUserPassword is enabled is not supported."},
		"own credential": {nil, simcloud.Values{"username": "explico"}, `"replicateSourceDb": conflicts with username`},
	} {
		t.Run(name, func(t *testing.T) {
			c := newDataCloud(t)
			c.must(dbInstanceToken, edited(edited(c.database(), ownPassword), tt.source))
			r, err := c.create(dbInstanceToken, edited(replica, tt.edits))
			dataRefused(t, err, tt.want)
			if err == nil && (r.Out.String("engineVersionActual") != "17.6" || !r.Out.Bool("storageEncrypted") || r.Out.Int("allocatedStorage") != 100) {
				t.Errorf("the replica is not like its source: %v", r.Out)
			}
		})
	}
	c := newDataCloud(t)
	in := edited(c.database(), ownPassword)
	c.must(dbInstanceToken, in)
	c.must(dbInstanceToken, edited(in, simcloud.Values{"identifier": "data-2"}))
	r := c.must(dbInstanceToken, replica)
	_, err := c.Update(dataSession, dbInstanceToken, r.ID, "", edited(replica, simcloud.Values{"replicateSourceDb": "data-2"}))
	dataRefused(t, err, "InvalidDBInstanceState: cannot elect new source database for replication")
}

func TestDBInstanceDeletion(t *testing.T) {
	for name, tt := range map[string]struct {
		edits simcloud.Values
		want  string
		left  bool
	}{
		"unprotected":    {nil, "", false},
		"protected":      {simcloud.Values{"deletionProtection": true}, "InvalidParameterCombination: Cannot delete protected DB Instance, please disable deletion protection and try again.", false},
		"no snapshot":    {simcloud.Values{"skipFinalSnapshot": false}, "final_snapshot_identifier is required when skip_final_snapshot is false", false},
		"snapshot":       {simcloud.Values{"skipFinalSnapshot": false, "finalSnapshotIdentifier": "data-1-final"}, "", true},
		"snapshot taken": {simcloud.Values{"skipFinalSnapshot": false, "finalSnapshotIdentifier": "taken"}, "DBSnapshotAlreadyExists: ", false},
		"of a replica": {simcloud.Values{
			"skipFinalSnapshot": false, "finalSnapshotIdentifier": "r", "replicateSourceDb": "data-0",
			"engine": nil, "engineVersion": nil, "username": nil, "dbName": nil, "dbSubnetGroupName": nil,
		}, "InvalidParameterCombination: FinalDBSnapshotIdentifier can not be specified when deleting a replica", false},
	} {
		t.Run(name, func(t *testing.T) {
			c := newDataCloud(t)
			in := edited(c.database(), ownPassword)
			c.must(dbInstanceToken, edited(in, simcloud.Values{"identifier": "data-0"}))
			c.must(dbSnapshotToken, simcloud.Values{"dbInstanceIdentifier": "data-0", "dbSnapshotIdentifier": "taken"})
			r := c.must(dbInstanceToken, edited(in, tt.edits))
			dataRefused(t, c.Delete(dataSession, dbInstanceToken, r.ID), tt.want)
			snapshot, err := c.Read(dataSession, dbSnapshotToken, "data-1-final")
			if err != nil || (snapshot != nil) != tt.left {
				t.Errorf("final snapshot: got %v, %v, want one: %v", snapshot, err, tt.left)
			}
		})
	}
}

func TestDBParameterGroupInUse(t *testing.T) {
	c := newDataCloud(t)
	in := c.database()
	r := c.must(dbInstanceToken, in)
	dataRefused(t, c.Delete(dataSession, dbParameterGroupToken, "pg17"), "InvalidDBParameterGroupState: One or more database instances are still members of this parameter group")
	if _, err := c.Update(dataSession, dbInstanceToken, r.ID, "", edited(in, simcloud.Values{
		"engineVersion": "18.1", "parameterGroupName": "pg18", "allowMajorVersionUpgrade": true,
	})); err != nil {
		t.Fatal(err)
	}
	dataRefused(t, c.Delete(dataSession, dbParameterGroupToken, "pg17"), "")
}

func TestDBSnapshotRefusals(t *testing.T) {
	c := newDataCloud(t)
	c.must(dbInstanceToken, c.database())
	in := simcloud.Values{"dbInstanceIdentifier": "data-1", "dbSnapshotIdentifier": "s"}
	c.must(dbSnapshotToken, in)
	_, err := c.create(dbSnapshotToken, in)
	dataRefused(t, err, "DBSnapshotAlreadyExists: ")
	_, err = c.create(dbSnapshotToken, edited(in, simcloud.Values{"dbInstanceIdentifier": "none"}))
	dataRefused(t, err, "DBInstanceNotFound: ")
}

func TestDBInstanceOutputs(t *testing.T) {
	c := newDataCloud(t)
	in := c.database()
	r := c.must(dbInstanceToken, in)
	for path, want := range map[string]string{
		"arn": "arn:aws:rds:eu-west-1:111122223333:db:data-1", "resourceId": r.ID, "status": "available", "engineVersionActual": "17.6",
	} {
		if got := r.Out.String(path); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
	host := r.Out.String("address")
	if !strings.HasPrefix(host, "data-1.c") || !strings.HasSuffix(host, ".eu-west-1.rds.amazonaws.com") || r.Out.String("endpoint") != host+":5432" {
		t.Errorf("got address %q and endpoint %q", host, r.Out.String("endpoint"))
	}
	secret := r.Out.Objects("masterUserSecrets[]")
	if len(secret) != 1 || !strings.HasPrefix(secret[0].String("secretArn"), "arn:aws:secretsmanager:eu-west-1:111122223333:secret:rds!db-") {
		t.Errorf("got master user secrets %v", secret)
	}
	if group, err := c.Read(dataSession, logGroupToken, "/aws/rds/instance/data-1/postgresql"); err != nil || group == nil {
		t.Errorf("RDS made no log group: %v, %v", group, err)
	}
	if err := c.Delete(dataSession, dbInstanceToken, r.ID); err != nil {
		t.Error(err)
	}
}
