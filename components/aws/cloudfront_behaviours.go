package aws

import (
	"fmt"

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
func (a *CloudFrontArgs) behaviours(ctx *pulumi.Context, name string, parent pulumi.ResourceOption) (pages pulumi.Map, files pulumi.Array, err error) {
	headers, err := a.headers(ctx, name, parent)
	if err != nil {
		return pages, nil, err
	}
	fresh, err := freshness(ctx, name, parent)
	if err != nil {
		return pages, nil, err
	}
	rewrite, err := bind(ctx, "aws:cloudfront/function:Function", name, pulumi.Map{
		"comment": pulumi.String("Answers the routes of the application with index.html"),
		"runtime": pulumi.String("cloudfront-js-2.0"), "code": pulumi.String(spa), "publish": pulumi.Bool(true),
	}, parent)
	if err != nil {
		return pages, nil, fmt.Errorf("creating the function of CDN %s: %w", name, err)
	}
	if a.API != nil {
		files = append(files, apiBehaviour(headers))
	}
	pages = a.behaviour(fresh, headers)
	pages["functionAssociations"] = pulumi.Array{pulumi.Map{"eventType": pulumi.String("viewer-request"), "functionArn": rewrite.Arn}}
	paths := a.ImmutablePaths
	if len(paths) == 0 {
		paths = immutablePaths
	}
	for _, path := range paths {
		kept := a.behaviour(pulumi.String(cachingOptimized), headers)
		kept["pathPattern"] = pulumi.String(path)
		files = append(files, kept)
	}
	return pages, files, nil
}

// behaviour answers from the site, by a cache policy.
func (a *CloudFrontArgs) behaviour(cache, headers pulumi.StringInput) pulumi.Map {
	methods := pulumi.ToStringArray([]string{"GET", "HEAD"})
	return pulumi.Map{
		"targetOriginId": pulumi.String(a.site()), "viewerProtocolPolicy": pulumi.String("redirect-to-https"),
		"allowedMethods": methods, "cachedMethods": methods, "compress": pulumi.Bool(true),
		"cachePolicyId": cache, "responseHeadersPolicyId": headers,
	}
}

// freshness is the cache policy for pages: CloudFront asks the bucket each time
// whether its copy is still right, unless the object says for how long it is.
// The managed policy that caches nothing would not compress either.
func freshness(ctx *pulumi.Context, name string, parent pulumi.ResourceOption) (pulumi.StringInput, error) {
	none := pulumi.String("none")
	fresh, err := bind(ctx, "aws:cloudfront/cachePolicy:CachePolicy", name, pulumi.Map{
		"comment": pulumi.String("Asks the origin each time, unless it says otherwise"),
		"minTtl":  pulumi.Int(0), "defaultTtl": pulumi.Int(0), "maxTtl": pulumi.Int(365 * 24 * 60 * 60),
		"parametersInCacheKeyAndForwardedToOrigin": pulumi.Map{
			"enableAcceptEncodingBrotli": pulumi.Bool(true), "enableAcceptEncodingGzip": pulumi.Bool(true),
			"cookiesConfig":      pulumi.Map{"cookieBehavior": none},
			"headersConfig":      pulumi.Map{"headerBehavior": none},
			"queryStringsConfig": pulumi.Map{"queryStringBehavior": none},
		},
	}, parent)
	if err != nil {
		return nil, fmt.Errorf("creating the cache policy of CDN %s: %w", name, err)
	}
	return fresh.ID(), nil
}

// headers make browsers insist on TLS and refuse frames, guessed content types
// and foreign scripts.
func (a *CloudFrontArgs) headers(ctx *pulumi.Context, name string, parent pulumi.ResourceOption) (pulumi.StringInput, error) {
	yes := pulumi.Bool(true)
	headers, err := bind(ctx, "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy", name, pulumi.Map{
		"comment": pulumi.String("Security headers of " + a.Prefix + "-" + name),
		"securityHeadersConfig": pulumi.Map{
			"strictTransportSecurity": pulumi.Map{
				"accessControlMaxAgeSec": pulumi.Int(hstsSeconds), "includeSubdomains": yes, "preload": pulumi.Bool(a.Preload), "override": yes,
			},
			"contentTypeOptions":    pulumi.Map{"override": yes},
			"frameOptions":          pulumi.Map{"frameOption": pulumi.String("DENY"), "override": yes},
			"referrerPolicy":        pulumi.Map{"referrerPolicy": pulumi.String("strict-origin-when-cross-origin"), "override": yes},
			"contentSecurityPolicy": pulumi.Map{"contentSecurityPolicy": pulumi.String(a.ContentSecurityPolicy), "override": yes},
		},
	}, parent)
	if err != nil {
		return nil, fmt.Errorf("creating the headers policy of CDN %s: %w", name, err)
	}
	return headers.ID(), nil
}
