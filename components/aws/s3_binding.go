package aws

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// store is the bucket itself, as the provider makes it.
type store struct {
	pulumi.CustomResourceState

	Name               pulumi.StringOutput `pulumi:"bucket"`
	Arn                pulumi.StringOutput `pulumi:"arn"`
	RegionalDomainName pulumi.StringOutput `pulumi:"bucketRegionalDomainName"`
}

// newStore makes a bucket. The SDK has the type under its older name as well.
func newStore(ctx *pulumi.Context, name string, args pulumi.Map, opts ...pulumi.ResourceOption) (*store, error) {
	older := pulumi.Aliases([]pulumi.Alias{{Type: pulumi.String("aws:s3/bucket:Bucket")}})
	return component.Bind[store](ctx, "aws:s3/bucketV2:BucketV2", name, args, append(opts, older)...)
}

// set registers a part of the bucket's configuration, of one of S3's types:
// aws:s3/<type>.
func (s *store) set(ctx *pulumi.Context, typ, name string, args pulumi.Map, opts ...pulumi.ResourceOption) (*bound, error) {
	args["bucket"] = s.Name
	return bind(ctx, "aws:s3/"+typ, name, args, opts...)
}

// closedToThePublic are the arguments that keep a bucket, or all of an account,
// from being opened to everybody.
func closedToThePublic() pulumi.Map {
	yes := pulumi.Bool(true)
	return pulumi.Map{"blockPublicAcls": yes, "blockPublicPolicy": yes, "ignorePublicAcls": yes, "restrictPublicBuckets": yes}
}
