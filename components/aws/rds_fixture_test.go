package aws

import (
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

const (
	rdsInstanceToken       = "aws:rds/instance:Instance"
	rdsSubnetGroupToken    = "aws:rds/subnetGroup:SubnetGroup"
	rdsParameterGroupToken = "aws:rds/parameterGroup:ParameterGroup"
	rdsRuleToken           = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
	rdsSecurityGroupToken  = "aws:ec2/securityGroup:SecurityGroup"
	rdsLogGroupToken       = "aws:cloudwatch/logGroup:LogGroup"
)

// rdsPassword is the password of databases whose password is ours.
const rdsPassword = "correct-horse-battery"

// managed has RDS keep the password, which allows no replicas.
func managed(a *RdsArgs) { a.Password, a.Replicas = nil, 0 }

// rdsNetwork is what a database stands in: a network of its own.
type rdsNetwork struct{ pulumi.ResourceState }

// rdsFixture makes what a database needs and returns its arguments.
func rdsFixture(ctx *pulumi.Context, s Scope, opt pulumi.ResourceOption) (*RdsArgs, error) {
	f := &rdsNetwork{}
	if err := component.Register(ctx, "aws", "Fixture", "fixture", f, opt); err != nil {
		return nil, err
	}
	network, err := bind(ctx, "aws:ec2/vpc:Vpc", "fixture", pulumi.Map{"cidrBlock": pulumi.String("10.0.0.0/16")}, pulumi.Parent(f))
	if err != nil {
		return nil, err
	}
	var subnets pulumi.StringArray
	for zone, cidr := range map[string]string{"eu-west-1a": "10.0.0.0/24", "eu-west-1b": "10.0.1.0/24"} {
		subnet, err := bind(ctx, "aws:ec2/subnet:Subnet", "fixture-"+zone, pulumi.Map{
			"vpcId": network.ID(), "cidrBlock": pulumi.String(cidr), "availabilityZone": pulumi.String(zone),
		}, pulumi.Parent(f))
		if err != nil {
			return nil, err
		}
		subnets = append(subnets, subnet.ID())
	}
	nodes, err := securityGroup(ctx, "fixture-nodes", network.ID(), "nodes", nil, pulumi.Parent(f))
	if err != nil {
		return nil, err
	}
	key, err := NewKey(ctx, "fixture-key", &KeyArgs{Scope: s, Purpose: "test", Users: []Statement{LogsMayUse(s)}}, pulumi.Parent(f))
	if err != nil {
		return nil, err
	}
	return &RdsArgs{
		Scope: s, VpcID: network.ID(), SubnetIDs: subnets, ClientSecurityGroups: map[string]pulumi.StringInput{"nodes": nodes.ID()},
		KeyArn: key.Arn, LogKeyArn: key.Arn, EngineVersion: "17", Instance: "db.m7g.large", DatabaseName: "app",
		StorageGiB: 100, MaxStorageGiB: 500, MultiAZ: true, Replicas: 2, Password: pulumi.String(rdsPassword), BackupDays: 14, InsightsDays: 7, LogDays: 30, MonitoringSeconds: 30,
	}, nil
}

// runRds makes a database in the scope s, after edit.
func runRds(t *testing.T, s Scope, edit func(*RdsArgs), opts ...simtest.Option) *simtest.Graph {
	t.Helper()
	return run(t, rdsProgram(s, edit, nil), opts...)
}

// rdsValues are what outputs came to.
type rdsValues struct {
	mu  sync.Mutex
	all map[string]any
}

func (v *rdsValues) add(name string, out pulumi.Output) {
	out.ApplyT(func(x any) any {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.all[name] = x
		return x
	})
}

// rdsProgram makes a database after edit, and tells see what it gives out.
func rdsProgram(s Scope, edit func(*RdsArgs), see *rdsValues) func(*pulumi.Context, pulumi.ResourceOption) error {
	return func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		args, err := rdsFixture(ctx, s, opt)
		if err != nil {
			return err
		}
		if edit != nil {
			edit(args)
		}
		db, err := NewRds(ctx, "database", args, opt)
		if err != nil || see == nil {
			return err
		}
		for name, out := range map[string]pulumi.Output{
			"identifier": db.Identifier, "arn": db.Arn, "host": db.Host, "port": db.Port, "secret": db.MasterSecretArn,
			"readers": db.ReaderHosts, "replicas": db.ReplicaIdentifiers.ToStringMapOutput(), "name": db.DatabaseName,
			"resource": db.ResourceID, "group": db.SecurityGroupID, "pool": db.PoolHost,
		} {
			see.add(name, out)
		}
		return nil
	}
}
