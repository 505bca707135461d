package aws

import (
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

// bind registers a resource by its token.
func bind(ctx *pulumi.Context, token, name string, args pulumi.Map, opts ...pulumi.ResourceOption) (*bound, error) {
	return component.Bind[bound](ctx, token, name, args, opts...)
}
