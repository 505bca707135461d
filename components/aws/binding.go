package aws

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// Some resources are bound by hand: their packages in the SDK take seconds to
// compile, for a type or two each. Tokens and properties are those of the SDK, and
// a test compares them with its source (decision 3).

// bound is a resource bound by hand.
type bound struct {
	pulumi.CustomResourceState

	// Arn and Name are its ARN and its name, where its type has them.
	Arn  pulumi.StringOutput `pulumi:"arn"`
	Name pulumi.StringOutput `pulumi:"name"`
}

// securityGroup makes a security group that lets nothing through: the provider
// takes away the rule that lets everything out, which AWS gives to each new one.
func securityGroup(ctx *pulumi.Context, name string, vpc pulumi.StringInput, says string, tags pulumi.StringMap, opts ...pulumi.ResourceOption) (*bound, error) {
	group, err := bind(ctx, "aws:ec2/securityGroup:SecurityGroup", name, pulumi.Map{
		"vpcId": vpc, "description": pulumi.String(says), "tags": tags,
	}, opts...)
	if err != nil {
		return nil, fmt.Errorf("creating security group %s: %w", name, err)
	}
	return group, nil
}

// bind registers a resource by its token.
func bind(ctx *pulumi.Context, token, name string, args pulumi.Map, opts ...pulumi.ResourceOption) (*bound, error) {
	return component.Bind[bound](ctx, token, name, args, opts...)
}
