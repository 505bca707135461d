package aws

import (
	"errors"
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// RdsArgs are the arguments of NewRds.
type RdsArgs struct {
	Scope
	// VpcID is the network, and SubnetIDs are its data subnets in two zones or
	// more.
	VpcID     pulumi.StringInput
	SubnetIDs pulumi.StringArrayInput
	// ClientSecurityGroups are the security groups that may connect, by a name of
	// theirs. Nobody else may.
	ClientSecurityGroups map[string]pulumi.StringInput
	// KeyArn is the key that encrypts the data, the master user's secret and
	// Performance Insights; LogKeyArn is one that CloudWatch Logs may use.
	KeyArn, LogKeyArn pulumi.StringInput
	// EngineVersion is the PostgreSQL version: 17, whose minor versions RDS takes
	// by itself in the maintenance window, or 17.6, which stays there.
	EngineVersion string
	// MajorUpgrade lets EngineVersion name a newer major version than the one that
	// runs, in a protected scope (elsewhere it may always). The upgrade then
	// happens at once: RDS takes a version and its parameter group together, and
	// the provider cannot hold both back until the maintenance window. There is
	// no way back but a restore.
	MajorUpgrade bool
	// Instance is the instance class, such as db.m7g.large.
	Instance string
	// DatabaseName is the name of the first database inside the server.
	DatabaseName string
	// StorageGiB is the storage in GiB; RDS lets it grow by itself up to
	// MaxStorageGiB, 0 for not at all. Storage never shrinks.
	StorageGiB, MaxStorageGiB int
	// Password is the master user's password, a secret; RDS makes and rotates one
	// if it is nil. RDS makes no read replicas of a database whose password it
	// keeps itself.
	// Source: RDS user guide, "Limitations for Secrets Manager integration".
	Password pulumi.StringInput
	// MultiAZ keeps a standby in another zone.
	MultiAZ bool
	// Replicas is the number of read replicas, at most 15.
	Replicas int
	// BackupDays is how many days back the database can be restored to any
	// moment, 1 to 35.
	BackupDays int
	// BackupWindow (02:00-03:00) and MaintenanceWindow (sun:03:30-sun:04:30) are
	// in UTC and apart; those in parentheses if empty. In a window in which the
	// database stands still nothing happens.
	BackupWindow, MaintenanceWindow string
	// BackedUp gives the database the tag by which a Backup finds it.
	BackedUp bool
	// InsightsDays is how long Performance Insights keeps its data: 7 (free), a
	// multiple of 31 up to 713, or 731.
	InsightsDays int
	// LogDays is how long CloudWatch keeps PostgreSQL's logs.
	LogDays int
	// MonitoringSeconds is how often the operating system is measured: 1, 5, 10,
	// 15, 30 or 60; 0 for never.
	MonitoringSeconds int
	// Parameters are PostgreSQL parameters over the defaults of this component.
	Parameters map[string]string
	// Proxy puts RDS Proxy before the database.
	Proxy bool
	// Restore is what a new database begins with; nothing if nil. A database that
	// is there already stays as it is. What is restored is encrypted with the key
	// of its source, so that has to be KeyArn.
	Restore *RestoreArgs
}

// Rds is a PostgreSQL database on RDS with its own security group, subnet group,
// parameter group and log groups. Its master user's password is in Secrets
// Manager: RDS puts it there, and the program never sees it, unless the
// arguments bring one.
type Rds struct {
	pulumi.ResourceState

	// Identifier is the instance's name, new for each incarnation.
	Identifier pulumi.StringOutput
	// Arn is the instance's ARN.
	Arn pulumi.StringOutput
	// ResourceID is the instance's id (db-…), which IAM policies for
	// rds-db:connect name.
	ResourceID pulumi.StringOutput
	// Host and Port are where the database answers.
	Host pulumi.StringOutput
	Port pulumi.IntOutput
	// PoolHost is where applications connect, on the same port: the proxy, or the
	// database itself where there is none.
	PoolHost pulumi.StringOutput
	// DatabaseName is the name of the first database inside the server.
	DatabaseName pulumi.StringOutput
	// MasterSecretArn is the ARN of the Secrets Manager secret with the master
	// user's name and password, as JSON. RDS rotates it, unless the arguments
	// brought the password.
	MasterSecretArn pulumi.StringOutput
	// SecurityGroupID is the database's security group, and SubnetGroup the name of
	// the group of its subnets.
	SecurityGroupID, SubnetGroup pulumi.StringOutput
	// ReaderHosts are where the read replicas answer.
	ReaderHosts pulumi.StringArrayOutput
	// ReplicaIdentifiers are the read replicas' names, by replica-1, replica-2 …
	ReplicaIdentifiers pulumi.StringMap
}

const (
	// masterUser is the master user. It is neither postgres nor admin, which are
	// tried first by whoever guesses.
	masterUser = "explico"
	// postgresPort is where PostgreSQL answers.
	postgresPort = 5432
	// maxReplicas is how many read replicas RDS for PostgreSQL has of a source.
	maxReplicas = 15
)

// logExports are PostgreSQL's logs that RDS sends to CloudWatch.
var logExports = []string{"postgresql", "upgrade"}

// NewRds makes a database. In a protected scope it cannot be deleted, leaves a
// final snapshot and its backups, and changes in its maintenance window only.
func NewRds(ctx *pulumi.Context, name string, args *RdsArgs, opts ...pulumi.ResourceOption) (*Rds, error) {
	if err := args.check(name); err != nil {
		return nil, fmt.Errorf("creating database %s: %w", name, err)
	}
	db := &Rds{}
	if err := component.Register(ctx, "aws", "Rds", name, db, opts...); err != nil {
		return nil, err
	}
	b := &rdsBuilder{RdsArgs: args, ctx: ctx, name: name, db: db}
	for _, step := range []func() error{b.network, b.parameters, b.monitoring, b.primary, b.replicas, b.proxy} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return db, ctx.RegisterResourceOutputs(db, pulumi.Map{
		"identifier": db.Identifier, "arn": db.Arn, "resourceId": db.ResourceID, "host": db.Host, "port": db.Port, "poolHost": db.PoolHost,
		"databaseName": db.DatabaseName, "masterSecretArn": db.MasterSecretArn, "securityGroupId": db.SecurityGroupID,
		"readerHosts": db.ReaderHosts, "replicaIdentifiers": db.ReplicaIdentifiers,
	})
}

// rdsBuilder holds what the parts of a database need of each other.
type rdsBuilder struct {
	*RdsArgs
	ctx  *pulumi.Context
	name string
	db   *Rds

	subnets  *rds.SubnetGroup
	group    *rds.ParameterGroup
	instance *rds.Instance
	// role is the ARN of the role that measures the operating system, nil if
	// nobody does; roleReady is what must exist before it can be used.
	role      pulumi.StringPtrInput
	roleReady []pulumi.Resource
}

// check returns all that is wrong with the arguments.
func (a *RdsArgs) check(name string) error {
	var errs []error
	want := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	// The longest name made of it is <name>-<7 random>-replica-15.
	want(len(name) <= limits.Database.Max-len("-1234567-replica-15") && limits.Database.Name(name) == name,
		"name: got %q, want at most 44 lower-case letters, digits and hyphens", name)
	want(a.VpcID != nil, "VpcID is missing")
	want(a.SubnetIDs != nil, "SubnetIDs are missing")
	want(a.KeyArn != nil, "KeyArn is missing")
	want(a.LogKeyArn != nil, "LogKeyArn is missing")
	want(a.DatabaseName != "", "DatabaseName is missing")
	_, err := postgresMajor(a.EngineVersion)
	want(err == nil, "EngineVersion: %w", err)
	_, err = classMemoryGiB(a.Instance)
	want(err == nil, "Instance: %w", err)
	want(a.StorageGiB >= 20, "StorageGiB: got %d, want 20 or more", a.StorageGiB)
	want(a.MaxStorageGiB == 0 || a.MaxStorageGiB*10 >= a.StorageGiB*11,
		"MaxStorageGiB: got %d, want 0 or at least a tenth more than StorageGiB (%d)", a.MaxStorageGiB, a.StorageGiB)
	want(0 <= a.Replicas && a.Replicas <= maxReplicas, "Replicas: got %d, want 0 to %d", a.Replicas, maxReplicas)
	want(a.Replicas == 0 || a.Password != nil, "Replicas: got %d without a Password: RDS makes none of a database whose password it keeps", a.Replicas)
	want(1 <= a.BackupDays && a.BackupDays <= 35, "BackupDays: got %d, want 1 to 35", a.BackupDays)
	want(a.InsightsDays == 7 || a.InsightsDays == 731 || a.InsightsDays > 0 && a.InsightsDays%31 == 0 && a.InsightsDays <= 713,
		"InsightsDays: got %d, want 7, a multiple of 31 up to 713, or 731", a.InsightsDays)
	want(a.LogDays > 0, "LogDays: got %d, want 1 or more", a.LogDays)
	want(slices.Contains([]int{0, 1, 5, 10, 15, 30, 60}, a.MonitoringSeconds),
		"MonitoringSeconds: got %d, want 0, 1, 5, 10, 15, 30 or 60", a.MonitoringSeconds)
	ssl, set := a.Parameters["rds.force_ssl"]
	want(!set || ssl == "1", "Parameters: rds.force_ssl: got %q: the database takes encrypted connections only", ssl)
	err = a.Restore.check()
	want(err == nil, "%w", err)
	return errors.Join(errs...)
}
