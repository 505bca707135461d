package aws

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// In UTC; the backup is over when the maintenance begins.
const (
	backupWindow      = "02:00-03:00"
	maintenanceWindow = "sun:03:30-sun:04:30"
	// certificateAuthority signs the server's certificate, until 2061.
	certificateAuthority = "rds-ca-rsa2048-g1"
)

// monitoring makes the role that RDS assumes to measure the operating system.
func (b *rdsBuilder) monitoring() error {
	if b.MonitoringSeconds == 0 {
		return nil
	}
	name := b.name + "-monitoring"
	role, err := iam.NewRole(b.ctx, name, &iam.RoleArgs{
		Description: pulumi.String("RDS measures the operating system of " + b.Prefix + "-" + b.name),
		AssumeRolePolicy: pulumi.String(policy(Statement{
			Effect: "Allow", Action: []string{"sts:AssumeRole"}, Principal: &Principal{Service: []string{"monitoring.rds.amazonaws.com"}},
			Condition: map[string]map[string][]string{"StringEquals": {"aws:SourceAccount": {b.AccountID}}},
		})),
		Tags: b.tags("rds", name),
	}, pulumi.Parent(b.db))
	if err != nil {
		return fmt.Errorf("creating role %s: %w", name, err)
	}
	attachment, err := iam.NewRolePolicyAttachment(b.ctx, name, &iam.RolePolicyAttachmentArgs{
		Role: role.Name, PolicyArn: pulumi.String(b.managedPolicy("service-role/AmazonRDSEnhancedMonitoringRole")),
	}, pulumi.Parent(b.db))
	if err != nil {
		return fmt.Errorf("attaching the policy of role %s: %w", name, err)
	}
	b.role, b.roleReady = role.Arn.ToStringPtrOutput(), []pulumi.Resource{attachment}
	return nil
}

// primary makes the database itself.
//
// Its identifier is the name of the subnet group, which Pulumi gives: known
// before the instance, so that the log groups whose paths hold it are made
// first, and new for each incarnation, so that a database made again meets
// neither log groups nor a final snapshot of the one before.
func (b *rdsBuilder) primary() error {
	major := b.MajorUpgrade || !b.Protect
	args := b.common()
	args.Identifier = b.subnets.Name.ToStringPtrOutput()
	args.FinalSnapshotIdentifier = pulumi.Sprintf("%s-final", b.subnets.Name)
	args.SkipFinalSnapshot = pulumi.Bool(b.Disposable)
	args.DeleteAutomatedBackups = pulumi.Bool(b.Disposable)
	args.ApplyImmediately = pulumi.Bool(major)
	args.AllowMajorVersionUpgrade = pulumi.Bool(major)
	args.Engine = pulumi.String("postgres")
	args.EngineVersion = pulumi.String(b.EngineVersion)
	args.DbName = pulumi.String(b.DatabaseName)
	args.Username = pulumi.String(masterUser)
	b.masterPassword(args)
	args.DbSubnetGroupName = b.subnets.Name.ToStringPtrOutput()
	args.KmsKeyId = b.KeyArn.ToStringOutput().ToStringPtrOutput()
	args.AllocatedStorage = pulumi.Int(b.StorageGiB)
	args.MultiAz = pulumi.Bool(b.MultiAZ)
	args.BackupRetentionPeriod = pulumi.Int(b.BackupDays)
	args.BackupWindow = pulumi.String(cmp.Or(b.BackupWindow, backupWindow))
	if b.BackedUp { // a replica holds nothing of its own
		args.Tags = pulumi.StringMap{BackupTag: pulumi.String(BackupDaily)}
	}

	b.restore(args)

	instance, err := b.make(b.name, b.subnets.Name, args, pulumi.IgnoreChanges(restored))
	if err != nil {
		return err
	}
	b.instance = instance
	db := b.db
	db.SubnetGroup = b.subnets.Name
	db.Identifier, db.Arn, db.ResourceID = instance.Identifier, instance.Arn, instance.ResourceId
	db.Host, db.Port, db.DatabaseName = instance.Address, instance.Port, instance.DbName
	return b.masterSecret()
}

// replicas makes the read replicas. They have the engine, the subnets and the
// key of their source. They are interchangeable, so a number is name enough.
func (b *rdsBuilder) replicas() error {
	b.db.ReplicaIdentifiers = pulumi.StringMap{}
	hosts := pulumi.StringArray{}
	for i := range b.Replicas {
		key := fmt.Sprintf("replica-%d", i+1)
		identifier := pulumi.Sprintf("%s-%s", b.subnets.Name, key)
		args := b.common()
		args.Identifier = identifier.ToStringPtrOutput()
		args.ReplicateSourceDb = b.instance.Identifier.ToStringPtrOutput()
		args.SkipFinalSnapshot = pulumi.Bool(true) // a replica cannot leave one
		args.ApplyImmediately = pulumi.Bool(b.MajorUpgrade || !b.Protect)
		// When a source goes, RDS makes its replicas databases of their own. The
		// replicas of a new one are new.
		replica, err := b.make(b.name+"-"+key, identifier, args, pulumi.ReplaceWith([]pulumi.Resource{b.instance}))
		if err != nil {
			return err
		}
		b.db.ReplicaIdentifiers[key] = replica.Identifier
		hosts = append(hosts, replica.Address)
	}
	b.db.ReaderHosts = hosts.ToStringArrayOutput()
	return nil
}

// common are the arguments that the database and its replicas share.
func (b *rdsBuilder) common() *rds.InstanceArgs {
	args := &rds.InstanceArgs{
		InstanceClass:       pulumi.String(b.Instance),
		StorageType:         pulumi.String("gp3"),
		StorageEncrypted:    pulumi.Bool(true),
		ParameterGroupName:  b.group.Name.ToStringPtrOutput(),
		VpcSecurityGroupIds: pulumi.StringArray{b.db.SecurityGroupID},
		Port:                pulumi.Int(postgresPort),
		PubliclyAccessible:  pulumi.Bool(false),

		CaCertIdentifier:                 pulumi.String(certificateAuthority),
		IamDatabaseAuthenticationEnabled: pulumi.Bool(true),
		DeletionProtection:               pulumi.Bool(b.Protect),
		CopyTagsToSnapshot:               pulumi.Bool(true),

		// A version that names its minor stays there: RDS would move on, and the
		// next update would try to come back, which AWS refuses.
		AutoMinorVersionUpgrade: pulumi.Bool(!strings.Contains(b.EngineVersion, ".")),
		MaintenanceWindow:       pulumi.String(cmp.Or(b.MaintenanceWindow, maintenanceWindow)),

		EnabledCloudwatchLogsExports:       pulumi.ToStringArray(logExports),
		MonitoringInterval:                 pulumi.Int(b.MonitoringSeconds),
		MonitoringRoleArn:                  b.role,
		PerformanceInsightsEnabled:         pulumi.Bool(true),
		PerformanceInsightsKmsKeyId:        b.KeyArn.ToStringOutput().ToStringPtrOutput(),
		PerformanceInsightsRetentionPeriod: pulumi.Int(b.InsightsDays),
	}
	if b.MaxStorageGiB > 0 {
		// With a maximum the provider takes storage beyond StorageGiB as grown and
		// leaves it alone; a StorageGiB above what there is still grows it. So the
		// change need not be ignored here.
		args.MaxAllocatedStorage = pulumi.Int(b.MaxStorageGiB)
	}
	return args
}

// make makes the log groups of an instance, encrypted and forgetting (RDS would
// make them neither), and then the instance.
func (b *rdsBuilder) make(name string, identifier pulumi.StringOutput, args *rds.InstanceArgs, opts ...pulumi.ResourceOption) (*rds.Instance, error) {
	first := slices.Clone(b.roleReady)
	for _, log := range logExports {
		group, err := b.logGroup(b.ctx, "rds", name+"-"+log, pulumi.Sprintf("/aws/rds/instance/%s/%s", identifier, log), b.LogKeyArn, b.LogDays, pulumi.Parent(b.db))
		if err != nil {
			return nil, err
		}
		first = append(first, group)
	}
	tags := b.tags("rds", name)
	if more, ok := args.Tags.(pulumi.StringMap); ok {
		maps.Copy(tags, more)
	}
	args.Tags = tags
	opts = append(opts, pulumi.Parent(b.db), pulumi.Protect(b.Protect), pulumi.DependsOn(first),
		// The identifier is fixed: a second instance of that name is refused.
		pulumi.DeleteBeforeReplace(true))
	instance, err := rds.NewInstance(b.ctx, name, args, opts...)
	if err != nil {
		return nil, fmt.Errorf("creating database %s: %w", name, err)
	}
	return instance, nil
}
