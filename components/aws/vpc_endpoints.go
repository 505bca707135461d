package aws

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// makeEndpoints makes the ways to AWS services that do not cross the internet:
// gateway endpoints, which are free, and the interface endpoints asked for,
// which cost by the hour and zone.
func (b *vpcBuild) makeEndpoints() error {
	for _, service := range []string{"dynamodb", "s3"} {
		if err := b.endpoint(service, pulumi.Map{
			"vpcEndpointType": pulumi.String("Gateway"), "routeTableIds": pulumi.StringArray(b.outward),
		}); err != nil {
			return err
		}
	}
	if len(b.Endpoints) == 0 {
		return nil
	}
	group, err := b.endpointGroup()
	if err != nil {
		return err
	}
	for _, service := range b.Endpoints {
		if err := b.endpoint(service, pulumi.Map{
			"vpcEndpointType": pulumi.String("Interface"), "privateDnsEnabled": pulumi.Bool(true),
			"subnetIds":        inOrder(b.plan.zones, b.out.PrivateSubnets),
			"securityGroupIds": pulumi.StringArray{group.ID()},
		}); err != nil {
			return err
		}
	}
	return nil
}

func (b *vpcBuild) endpoint(service string, args pulumi.Map) error {
	name := b.child("endpoint", service)
	args["vpcId"], args["tags"] = b.vpc.ID(), b.tags("vpc", name)
	args["serviceName"] = pulumi.String("com.amazonaws." + b.Region + "." + service)
	made, err := b.make("vpcEndpoint:VpcEndpoint", name, args)
	if err != nil {
		return fmt.Errorf("creating the endpoint of %s: %w", service, err)
	}
	b.out.Ready = append(b.out.Ready, made)
	return nil
}

// endpointGroup makes the security group of the interface endpoints: HTTPS from
// the network, and nothing out.
func (b *vpcBuild) endpointGroup() (*bound, error) {
	name := b.child("endpoints")
	group, err := securityGroup(b.ctx, name, b.vpc.ID(), "Interface endpoints of "+b.Prefix, b.tags("vpc", name), b.options()...)
	if err != nil {
		return nil, err
	}
	from := [][2]string{{"network", b.plan.network.String()}}
	if b.plan.pods.IsValid() {
		from = append(from, [2]string{"pods", b.plan.pods.String()})
	}
	for _, f := range from {
		who, cidr := f[0], f[1]
		if _, err := vpc.NewSecurityGroupIngressRule(b.ctx, b.child("endpoints", who), &vpc.SecurityGroupIngressRuleArgs{
			SecurityGroupId: group.ID(), Description: pulumi.String("HTTPS from the " + who),
			IpProtocol: pulumi.String("tcp"), FromPort: pulumi.Int(443), ToPort: pulumi.Int(443),
			CidrIpv4: pulumi.String(cidr), Tags: b.tags("vpc", b.child("endpoints", who)),
		}, b.options()...); err != nil {
			return nil, fmt.Errorf("letting the %s reach endpoints: %w", who, err)
		}
	}
	return group, nil
}
