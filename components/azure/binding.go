package azure

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Some resources are bound by hand: of the SDK's package network, which takes a
// minute to compile, a few types are used, and the packages cache and
// dataprotection are no modules of their own. Tokens and properties are those of
// the provider's schema, against which the provider checks the inputs all the same.

// resource is a resource bound by hand.
type resource struct {
	pulumi.CustomResourceState

	// Name is its name in Azure.
	Name pulumi.StringOutput `pulumi:"name"`
}

// bind registers a resource by its token.
func bind(ctx *pulumi.Context, token, name string, args pulumi.Map, opts ...pulumi.ResourceOption) (*resource, error) {
	r := &resource{}
	if err := ctx.RegisterResource(token, name, args, r, opts...); err != nil {
		return nil, err
	}
	return r, nil
}
