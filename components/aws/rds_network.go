package aws

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// network makes the subnet group and the security group: clients come in on
// PostgreSQL's port, and nothing goes out. The rules are resources of their own,
// so that a client comes and goes without touching the others.
func (b *rdsBuilder) network() error {
	subnets, err := rds.NewSubnetGroup(b.ctx, b.name, &rds.SubnetGroupArgs{
		Description: pulumi.String("Data subnets of " + b.Prefix + "-" + b.name),
		SubnetIds:   b.SubnetIDs,
		Tags:        b.tags("rds", b.name),
	}, pulumi.Parent(b.db))
	if err != nil {
		return fmt.Errorf("creating subnet group %s: %w", b.name, err)
	}
	b.subnets = subnets
	says := "PostgreSQL of " + b.Prefix + "-" + b.name + ", for its clients only"
	group, err := securityGroup(b.ctx, b.name, b.VpcID, says, b.tags("rds", b.name), pulumi.Parent(b.db))
	if err != nil {
		return err
	}
	b.db.SecurityGroupID = group.ID().ToStringOutput()
	for _, client := range slices.Sorted(maps.Keys(b.ClientSecurityGroups)) {
		if err := b.ingress(b.name+"-from-"+client, b.db.SecurityGroupID, b.ClientSecurityGroups[client], "PostgreSQL from "+client); err != nil {
			return err
		}
	}
	return nil
}

// ingress lets one security group into another on PostgreSQL's port.
func (b *rdsBuilder) ingress(name string, into, from pulumi.StringInput, what string) error {
	if _, err := vpc.NewSecurityGroupIngressRule(b.ctx, name, &vpc.SecurityGroupIngressRuleArgs{
		SecurityGroupId:           into,
		ReferencedSecurityGroupId: from.ToStringOutput().ToStringPtrOutput(),
		IpProtocol:                pulumi.String("tcp"),
		FromPort:                  pulumi.Int(postgresPort),
		ToPort:                    pulumi.Int(postgresPort),
		Description:               pulumi.String(what),
		Tags:                      b.tags("rds", name),
	}, pulumi.Parent(b.db)); err != nil {
		return fmt.Errorf("creating ingress rule %s: %w", name, err)
	}
	return nil
}
