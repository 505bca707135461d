package aws

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// spa answers every path without a file's extension with the application, which
// has routes of its own. It does so before the cache is asked. Custom error
// answers (404 becomes index.html) would do it too, but they hold for the whole
// distribution: a missing script, or a 404 of an API that comes behind the same
// distribution later, would become a page with status 200.
const spa = `function handler(event) {
  var request = event.request;
  var last = request.uri.substring(request.uri.lastIndexOf('/') + 1);
  if (last.indexOf('.') === -1) {
    request.uri = '/index.html';
  }
  return request;
}
`

// immutablePaths are where build tools put files with a hash in their name.
var immutablePaths = []string{"/assets/*", "/static/*"}

// hstsSeconds is two years, what browsers' preload lists ask for.
const hstsSeconds = 2 * 365 * 24 * 60 * 60

// behaviours are how the distribution treats paths. CloudFront chooses by the
// path that the user asked for, before spa changes it: a behaviour for
// /index.html would miss all the application's own routes. So the default is for
// pages, which are asked for anew each time, and the exceptions are the files
// that never change.
func (a *CloudFrontArgs) behaviours(ctx *pulumi.Context, name string, parent pulumi.ResourceOption) (pages cloudfront.DistributionDefaultCacheBehaviorArgs, files cloudfront.DistributionOrderedCacheBehaviorArray, err error) {
	headers, err := a.headers(ctx, name, parent)
	if err != nil {
		return pages, nil, err
	}
	fresh, err := freshness(ctx, name, parent)
	if err != nil {
		return pages, nil, err
	}
	rewrite, err := cloudfront.NewFunction(ctx, name, &cloudfront.FunctionArgs{
		Comment: pulumi.String("Answers the routes of the application with index.html"),
		Runtime: pulumi.String("cloudfront-js-2.0"), Code: pulumi.String(spa), Publish: pulumi.Bool(true),
	}, parent)
	if err != nil {
		return pages, nil, fmt.Errorf("creating the function of CDN %s: %w", name, err)
	}
	if a.API != nil {
		files = append(files, apiBehaviour(headers))
	}
	methods := pulumi.ToStringArray([]string{"GET", "HEAD"})
	pages = cloudfront.DistributionDefaultCacheBehaviorArgs{
		TargetOriginId: pulumi.String(a.site()), ViewerProtocolPolicy: pulumi.String("redirect-to-https"),
		AllowedMethods: methods, CachedMethods: methods, Compress: pulumi.Bool(true),
		CachePolicyId: fresh, ResponseHeadersPolicyId: headers,
		FunctionAssociations: cloudfront.DistributionDefaultCacheBehaviorFunctionAssociationArray{
			cloudfront.DistributionDefaultCacheBehaviorFunctionAssociationArgs{EventType: pulumi.String("viewer-request"), FunctionArn: rewrite.Arn},
		},
	}
	paths := a.ImmutablePaths
	if len(paths) == 0 {
		paths = immutablePaths
	}
	for _, path := range paths {
		files = append(files, cloudfront.DistributionOrderedCacheBehaviorArgs{
			PathPattern: pulumi.String(path), TargetOriginId: pulumi.String(a.site()), ViewerProtocolPolicy: pulumi.String("redirect-to-https"),
			AllowedMethods: methods, CachedMethods: methods, Compress: pulumi.Bool(true),
			CachePolicyId: pulumi.String(cachingOptimized), ResponseHeadersPolicyId: headers,
		})
	}
	return pages, files, nil
}

// freshness is the cache policy for pages: CloudFront asks the bucket each time
// whether its copy is still right, unless the object says for how long it is.
// The managed policy that caches nothing would not compress either.
func freshness(ctx *pulumi.Context, name string, parent pulumi.ResourceOption) (pulumi.StringPtrInput, error) {
	none := pulumi.String("none")
	fresh, err := cloudfront.NewCachePolicy(ctx, name, &cloudfront.CachePolicyArgs{
		Comment: pulumi.String("Asks the origin each time, unless it says otherwise"),
		MinTtl:  pulumi.Int(0), DefaultTtl: pulumi.Int(0), MaxTtl: pulumi.Int(365 * 24 * 60 * 60),
		ParametersInCacheKeyAndForwardedToOrigin: cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginArgs{
			EnableAcceptEncodingBrotli: pulumi.Bool(true), EnableAcceptEncodingGzip: pulumi.Bool(true),
			CookiesConfig:      cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginCookiesConfigArgs{CookieBehavior: none},
			HeadersConfig:      cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginHeadersConfigArgs{HeaderBehavior: none},
			QueryStringsConfig: cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginQueryStringsConfigArgs{QueryStringBehavior: none},
		},
	}, parent)
	if err != nil {
		return nil, fmt.Errorf("creating the cache policy of CDN %s: %w", name, err)
	}
	return fresh.ID().ToStringOutput().ToStringPtrOutput(), nil
}

// headers make browsers insist on TLS and refuse frames, guessed content types
// and foreign scripts.
func (a *CloudFrontArgs) headers(ctx *pulumi.Context, name string, parent pulumi.ResourceOption) (pulumi.StringPtrInput, error) {
	yes := pulumi.Bool(true)
	headers, err := cloudfront.NewResponseHeadersPolicy(ctx, name, &cloudfront.ResponseHeadersPolicyArgs{
		Comment: pulumi.String("Security headers of " + a.Prefix + "-" + name),
		SecurityHeadersConfig: cloudfront.ResponseHeadersPolicySecurityHeadersConfigArgs{
			StrictTransportSecurity: cloudfront.ResponseHeadersPolicySecurityHeadersConfigStrictTransportSecurityArgs{
				AccessControlMaxAgeSec: pulumi.Int(hstsSeconds), IncludeSubdomains: yes, Preload: pulumi.Bool(a.Preload), Override: yes,
			},
			ContentTypeOptions: cloudfront.ResponseHeadersPolicySecurityHeadersConfigContentTypeOptionsArgs{Override: yes},
			FrameOptions:       cloudfront.ResponseHeadersPolicySecurityHeadersConfigFrameOptionsArgs{FrameOption: pulumi.String("DENY"), Override: yes},
			ReferrerPolicy: cloudfront.ResponseHeadersPolicySecurityHeadersConfigReferrerPolicyArgs{
				ReferrerPolicy: pulumi.String("strict-origin-when-cross-origin"), Override: yes,
			},
			ContentSecurityPolicy: cloudfront.ResponseHeadersPolicySecurityHeadersConfigContentSecurityPolicyArgs{
				ContentSecurityPolicy: pulumi.String(a.ContentSecurityPolicy), Override: yes,
			},
		},
	}, parent)
	if err != nil {
		return nil, fmt.Errorf("creating the headers policy of CDN %s: %w", name, err)
	}
	return headers.ID().ToStringOutput().ToStringPtrOutput(), nil
}
