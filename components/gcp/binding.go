package gcp

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// Some resources are bound by hand: of the SDK's packages compute and
// container, which take a minute and a half to compile, a few types are used.
// Tokens and properties are those of the SDK, and a test compares them with its
// source (decision 3).

// bound is a resource bound by hand.
type bound struct {
	pulumi.CustomResourceState

	// Name and SelfLink are its name and its URL, where its type has them.
	Name     pulumi.StringOutput `pulumi:"name"`
	SelfLink pulumi.StringOutput `pulumi:"selfLink"`
}

// bind registers a resource by its token.
func bind(ctx *pulumi.Context, token, name string, args pulumi.Map, opts ...pulumi.ResourceOption) (*bound, error) {
	return component.Bind[bound](ctx, token, name, args, opts...)
}

// secretLabels has a resource with labels keep those secret that the provider adds
// up, as the SDK has it.
func secretLabels() pulumi.ResourceOption {
	return pulumi.AdditionalSecretOutputs([]string{"effectiveLabels", "pulumiLabels"})
}

// ipAddress is an address, or a range of them.
type ipAddress struct {
	pulumi.CustomResourceState

	Name     pulumi.StringOutput `pulumi:"name"`
	Address  pulumi.StringOutput `pulumi:"address"`
	SelfLink pulumi.StringOutput `pulumi:"selfLink"`
}

// reserve sets an address aside, in a region (address:Address) or for the whole
// world (globalAddress:GlobalAddress).
func reserve(ctx *pulumi.Context, typ, name string, args pulumi.Map, opts ...pulumi.ResourceOption) (*ipAddress, error) {
	return component.Bind[ipAddress](ctx, "gcp:compute/"+typ, name, args, append(opts, secretLabels())...)
}
