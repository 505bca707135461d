package aws

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// The SDK's package for WAF spells out every statement three levels deep:
// 140,000 lines, a sixth of the program's first build. These are its types with
// nothing but what is used; the provider checks the inputs against its schema
// all the same.

// webACL is aws:wafv2/webAcl:WebAcl.
type webACL struct {
	pulumi.CustomResourceState

	Arn pulumi.StringOutput `pulumi:"arn"`
}

func newWebACL(ctx *pulumi.Context, name string, args pulumi.Map, opts ...pulumi.ResourceOption) (*webACL, error) {
	r := &webACL{}
	return r, ctx.RegisterResource("aws:wafv2/webAcl:WebAcl", name, args, r, opts...)
}

// webACLPart is a resource of WAF whose outputs nobody reads.
type webACLPart struct{ pulumi.CustomResourceState }

func newWebACLAssociation(ctx *pulumi.Context, name string, acl, resource pulumi.StringInput, opts ...pulumi.ResourceOption) error {
	return ctx.RegisterResource("aws:wafv2/webAclAssociation:WebAclAssociation", name, pulumi.Map{
		"webAclArn": acl, "resourceArn": resource,
	}, &webACLPart{}, opts...)
}

func newWebACLLogging(ctx *pulumi.Context, name string, args pulumi.Map, opts ...pulumi.ResourceOption) error {
	return ctx.RegisterResource("aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", name, args, &webACLPart{}, opts...)
}
