package component

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// Bind registers a resource by its token, without the SDK's package for it, which
// may take longer to compile than all the rest. R is a struct with a
// pulumi.CustomResourceState and the outputs that are read, each with the tag
// `pulumi:"<name>"`. Names and kinds of the inputs are those of the provider's
// schema; a test compares them with the SDK's source.
func Bind[R any, P interface {
	*R
	pulumi.CustomResource
}](ctx *pulumi.Context, token, name string, inputs pulumi.Map, opts ...pulumi.ResourceOption) (P, error) {
	r := P(new(R))
	if err := ctx.RegisterResource(token, name, inputs, r, opts...); err != nil {
		return nil, err
	}
	return r, nil
}

// TextIn is a text of an object among the outputs; empty if it is not there.
func TextIn(object pulumi.MapOutput, name string) pulumi.StringOutput {
	return object.ApplyT(func(m map[string]any) string { text, _ := m[name].(string); return text }).(pulumi.StringOutput)
}
