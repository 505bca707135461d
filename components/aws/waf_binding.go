package aws

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// The SDK's package for WAF spells out every statement three levels deep:
// 140,000 lines, which would be a sixth of the program's first build.

func newWebACL(ctx *pulumi.Context, name string, args pulumi.Map, opts ...pulumi.ResourceOption) (*bound, error) {
	return bind(ctx, "aws:wafv2/webAcl:WebAcl", name, args, opts...)
}

func newWebACLAssociation(ctx *pulumi.Context, name string, acl, resource pulumi.StringInput, opts ...pulumi.ResourceOption) error {
	_, err := bind(ctx, "aws:wafv2/webAclAssociation:WebAclAssociation", name, pulumi.Map{"webAclArn": acl, "resourceArn": resource}, opts...)
	return err
}

func newWebACLLogging(ctx *pulumi.Context, name string, args pulumi.Map, opts ...pulumi.ResourceOption) error {
	_, err := bind(ctx, "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", name, args, opts...)
	return err
}
