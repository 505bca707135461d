package aws

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const (
	// proxyConnections is the share of the database's connections, in percent,
	// that the proxy may take: the rest is left for whoever comes directly.
	proxyConnections = 90
	// proxyIdle is how long a client may say nothing, and proxyWait how long it
	// waits for a connection; in seconds.
	proxyIdle, proxyWait = 1800, 120
)

// proxy makes the proxy in front of the database, which shares few connections
// among many clients and holds them through a failover.
//
// Clients log in to it as they do to the database, so that it comes and goes
// without a change to them. Its users are those whose secrets it has: the master
// user, whose secret RDS keeps.
func (b *rdsBuilder) proxy() error {
	b.db.PoolHost = b.db.Host
	if !b.Proxy {
		return nil
	}
	name := b.name + "-proxy"
	role, err := b.proxyRole(name)
	if err != nil {
		return err
	}
	group, err := b.proxyNetwork(name)
	if err != nil {
		return err
	}
	// The proxy's name is known before it, so that its log group is made first.
	physical := pulumi.Sprintf("%s-proxy", b.subnets.Name)
	logs, err := b.logGroup(b.ctx, "rds", name, pulumi.Sprintf("/aws/rds/proxy/%s", physical), b.LogKeyArn, b.LogDays, pulumi.Parent(b.db))
	if err != nil {
		return err
	}
	proxy, err := rds.NewProxy(b.ctx, name, &rds.ProxyArgs{
		Name: physical.ToStringPtrOutput(), EngineFamily: pulumi.String("POSTGRESQL"), RoleArn: role.Arn,
		RequireTls: pulumi.Bool(true), IdleClientTimeout: pulumi.Int(proxyIdle),
		VpcSubnetIds: b.SubnetIDs.ToStringArrayOutput(), VpcSecurityGroupIds: pulumi.StringArray{group},
		Auths: rds.ProxyAuthArray{rds.ProxyAuthArgs{
			AuthScheme: pulumi.String("SECRETS"), SecretArn: b.db.MasterSecretArn, IamAuth: pulumi.String("DISABLED"),
			ClientPasswordAuthType: pulumi.String("POSTGRES_SCRAM_SHA_256"),
		}},
		Tags: b.tags("rds", name),
	}, pulumi.Parent(b.db), pulumi.DeleteBeforeReplace(true), pulumi.DependsOn(append(role.ready, logs)))
	if err != nil {
		return fmt.Errorf("creating proxy %s: %w", name, err)
	}
	targets, err := rds.NewProxyDefaultTargetGroup(b.ctx, name, &rds.ProxyDefaultTargetGroupArgs{
		DbProxyName: proxy.Name,
		ConnectionPoolConfig: rds.ProxyDefaultTargetGroupConnectionPoolConfigArgs{
			MaxConnectionsPercent: pulumi.Int(proxyConnections), ConnectionBorrowTimeout: pulumi.Int(proxyWait),
		},
	}, pulumi.Parent(b.db))
	if err != nil {
		return fmt.Errorf("setting the targets of proxy %s: %w", name, err)
	}
	target, err := rds.NewProxyTarget(b.ctx, name, &rds.ProxyTargetArgs{
		DbProxyName: proxy.Name, TargetGroupName: targets.Name, DbInstanceIdentifier: b.instance.Identifier.ToStringPtrOutput(),
	}, pulumi.Parent(b.db), pulumi.DeleteBeforeReplace(true))
	if err != nil {
		return fmt.Errorf("pointing proxy %s at the database: %w", name, err)
	}
	// Whoever has the host has a proxy with a database behind it.
	b.db.PoolHost = pulumi.All(proxy.Endpoint, target.ID()).ApplyT(func(all []any) string { return all[0].(string) }).(pulumi.StringOutput)
	return nil
}

// proxyRole is the role in which the proxy reads the secret, and its policy.
type proxyRole struct {
	*iam.Role
	ready []pulumi.Resource
}

func (b *rdsBuilder) proxyRole(name string) (*proxyRole, error) {
	role, err := iam.NewRole(b.ctx, name, &iam.RoleArgs{
		Description: pulumi.String("The proxy of " + b.Prefix + "-" + b.name + " reads the master user's secret"),
		AssumeRolePolicy: pulumi.String(policy(Statement{
			Effect: "Allow", Action: []string{"sts:AssumeRole"}, Principal: &Principal{Service: []string{"rds.amazonaws.com"}},
			Condition: map[string]map[string][]string{"StringEquals": {"aws:SourceAccount": {b.AccountID}}},
		})),
		Tags: b.tags("rds", name),
	}, pulumi.Parent(b.db))
	if err != nil {
		return nil, fmt.Errorf("creating role %s: %w", name, err)
	}
	may, err := iam.NewRolePolicy(b.ctx, name, &iam.RolePolicyArgs{
		Role: role.Name, Policy: ReadSecrets(b.Scope, []pulumi.StringInput{b.db.MasterSecretArn}, []pulumi.StringInput{b.KeyArn}),
	}, pulumi.Parent(b.db))
	if err != nil {
		return nil, fmt.Errorf("creating the policy of role %s: %w", name, err)
	}
	return &proxyRole{role, []pulumi.Resource{may}}, nil
}

// proxyNetwork makes the proxy's security group: clients come in, and only the
// database is reached from it.
func (b *rdsBuilder) proxyNetwork(name string) (pulumi.StringOutput, error) {
	says := "Proxy of " + b.Prefix + "-" + b.name + ", for its clients only"
	group, err := securityGroup(b.ctx, name, b.VpcID, says, b.tags("rds", name), pulumi.Parent(b.db))
	if err != nil {
		return pulumi.StringOutput{}, err
	}
	id := group.ID().ToStringOutput()
	for _, client := range slices.Sorted(maps.Keys(b.ClientSecurityGroups)) {
		if err := b.ingress(name+"-from-"+client, id, b.ClientSecurityGroups[client], "PostgreSQL from "+client); err != nil {
			return pulumi.StringOutput{}, err
		}
	}
	if err := b.ingress(b.name+"-from-proxy", b.db.SecurityGroupID, id, "PostgreSQL from the proxy"); err != nil {
		return pulumi.StringOutput{}, err
	}
	if _, err := vpc.NewSecurityGroupEgressRule(b.ctx, name+"-to-database", &vpc.SecurityGroupEgressRuleArgs{
		SecurityGroupId: id, ReferencedSecurityGroupId: b.db.SecurityGroupID.ToStringPtrOutput(), IpProtocol: pulumi.String("tcp"),
		FromPort: pulumi.Int(postgresPort), ToPort: pulumi.Int(postgresPort),
		Description: pulumi.String("PostgreSQL to the database"), Tags: b.tags("rds", name),
	}, pulumi.Parent(b.db)); err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("creating egress rule %s: %w", name, err)
	}
	return id, nil
}
