package aws

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// apiClients makes the security group that lets machines of the network call
// the Kubernetes API. The group that EKS makes lets in its own members only: a
// runner inside the network would wait for an answer that never comes. This one
// sits on the control plane's interfaces alone and carries no cluster tag.
func (b *eksBuilder) apiClients() (pulumi.StringInput, error) {
	name := b.name + "-api"
	says := "Kubernetes API of " + b.ClusterName + ", for machines of the network"
	group, err := securityGroup(b.ctx, name, b.VpcID, says, b.tags("eks", name), b.child()...)
	if err != nil {
		return nil, err
	}
	for _, cidr := range b.ClientCIDRs {
		rule := name + "-" + strings.ReplaceAll(cidr, "/", "-")
		if _, err := vpc.NewSecurityGroupIngressRule(b.ctx, rule, &vpc.SecurityGroupIngressRuleArgs{
			SecurityGroupId: group.ID(), CidrIpv4: pulumi.String(cidr), IpProtocol: pulumi.String("tcp"),
			FromPort: pulumi.Int(443), ToPort: pulumi.Int(443),
			Description: pulumi.String("Kubernetes API from " + cidr), Tags: b.tags("eks", rule),
		}, b.child()...); err != nil {
			return nil, fmt.Errorf("creating ingress rule %s: %w", rule, err)
		}
	}
	return group.ID().ToStringOutput(), nil
}
