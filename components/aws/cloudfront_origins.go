package aws

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// The names of a distribution's origins, and of the group of the first two.
const (
	origin     = "files"
	spare      = "files-failover"
	both       = "files-both"
	api        = "api"
	apiPattern = "/api/*"
)

const (
	// cachingDisabled is the id of CloudFront's managed cache policy that keeps
	// nothing.
	cachingDisabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
	// allButHost is the id of its managed origin request policy that passes on
	// all that the viewer sent, except for the Host header: the load balancer's
	// certificate is for its own name.
	allButHost = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
)

// site is the origin that the site comes from: the bucket, or the group with it.
func (a *CloudFrontArgs) site() string {
	if a.Failover != nil {
		return both
	}
	return origin
}

// origins are where the distribution gets its answers.
func (a *CloudFrontArgs) origins(access *cloudfront.OriginAccessControl) cloudfront.DistributionOriginArray {
	signed := access.ID().ToStringOutput().ToStringPtrOutput()
	all := cloudfront.DistributionOriginArray{cloudfront.DistributionOriginArgs{
		OriginId: pulumi.String(origin), DomainName: a.OriginDomain, OriginAccessControlId: signed,
	}}
	if a.Failover != nil {
		second := cloudfront.DistributionOriginArgs{OriginId: pulumi.String(spare), DomainName: a.Failover.Domain}
		if a.Failover.Bucket {
			second.OriginAccessControlId = signed
		} else {
			second.CustomOriginConfig = overTLS()
		}
		all = append(all, second)
	}
	if a.API != nil {
		third := cloudfront.DistributionOriginArgs{OriginId: pulumi.String(api), DomainName: a.API, CustomOriginConfig: overTLS()}
		if a.OriginSecret != nil {
			third.CustomHeaders = cloudfront.DistributionOriginCustomHeaderArray{
				cloudfront.DistributionOriginCustomHeaderArgs{Name: pulumi.String(OriginHeader), Value: a.OriginSecret},
			}
		}
		all = append(all, third)
	}
	return all
}

// overTLS is how hosts are asked that are no buckets.
func overTLS() cloudfront.DistributionOriginCustomOriginConfigPtrInput {
	return cloudfront.DistributionOriginCustomOriginConfigArgs{
		HttpPort: pulumi.Int(80), HttpsPort: pulumi.Int(443), OriginProtocolPolicy: pulumi.String("https-only"),
		OriginSslProtocols: pulumi.ToStringArray([]string{"TLSv1.2"}),
	}
}

// originGroups pair the bucket with its failover. What is not there (403, 404) is
// nowhere: only a bucket that fails is passed over.
func (a *CloudFrontArgs) originGroups() cloudfront.DistributionOriginGroupArrayInput {
	if a.Failover == nil {
		return nil
	}
	return cloudfront.DistributionOriginGroupArray{cloudfront.DistributionOriginGroupArgs{
		OriginId: pulumi.String(both),
		FailoverCriteria: cloudfront.DistributionOriginGroupFailoverCriteriaArgs{
			StatusCodes: pulumi.ToIntArray([]int{500, 502, 503, 504}),
		},
		Members: cloudfront.DistributionOriginGroupMemberArray{
			cloudfront.DistributionOriginGroupMemberArgs{OriginId: pulumi.String(origin)},
			cloudfront.DistributionOriginGroupMemberArgs{OriginId: pulumi.String(spare)},
		},
	}}
}

// apiBehaviour passes calls of the API on and keeps nothing of the answers.
func apiBehaviour(headers pulumi.StringPtrInput) cloudfront.DistributionOrderedCacheBehaviorArgs {
	return cloudfront.DistributionOrderedCacheBehaviorArgs{
		PathPattern: pulumi.String(apiPattern), TargetOriginId: pulumi.String(api), ViewerProtocolPolicy: pulumi.String("https-only"),
		AllowedMethods: pulumi.ToStringArray([]string{"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}),
		CachedMethods:  pulumi.ToStringArray([]string{"GET", "HEAD"}), Compress: pulumi.Bool(false),
		CachePolicyId: pulumi.String(cachingDisabled), OriginRequestPolicyId: pulumi.String(allButHost), ResponseHeadersPolicyId: headers,
	}
}
