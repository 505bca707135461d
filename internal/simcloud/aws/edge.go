package aws

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	distributionToken  = "aws:cloudfront/distribution:Distribution"
	originAccessToken  = "aws:cloudfront/originAccessControl:OriginAccessControl"
	headersPolicyToken = "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy"
	cachePolicyToken   = "aws:cloudfront/cachePolicy:CachePolicy"
	edgeFunctionToken  = "aws:cloudfront/function:Function"
)

// The policies that CloudFront keeps for all.
// Source: CloudFront developer guide, "Use managed cache policies", "Use
// managed origin request policies" and "Use managed response headers policies", read 2026-11.
var (
	managedCachePolicies = []string{
		"658327ea-f89d-4fab-a63d-7e88639e58f6", // CachingOptimized
		"b2884449-e4de-46a7-ac36-70bc7f1ddd6d", // CachingOptimizedForUncompressedObjects
		"4135ea2d-6df8-44a3-9df3-4b5a84be39ad", // CachingDisabled
		"83da9c7e-98b4-4e11-a168-04f0df8e2c65", // UseOriginCacheControlHeaders
		"4cc15a8a-d715-48a4-82b8-cc0b614638fe", // UseOriginCacheControlHeaders-QueryStrings
	}
	managedRequestPolicies = []string{
		"216adef6-5c7f-47e4-b989-5492eafa07d3", // AllViewer
		"33f36d7e-f396-46d9-90e0-52428a34d9dc", // AllViewerAndCloudFrontHeaders-2022-06
		"b689b0a8-53d0-40ab-baf2-68738e2966ac", // AllViewerExceptHostHeader
		"59781a5b-3903-41f3-afcb-af62929ccde1", // CORS-CustomOrigin
		"88a5eaf4-2fd4-4709-b370-b4c650ea3fcf", // CORS-S3Origin
		"acba4595-bd28-49b8-b9fe-13317c0390fa", // UserAgentRefererHeaders
	}
	managedHeadersPolicies = []string{
		"67f7725c-6f97-4210-82d7-5512b31e9d03", // SecurityHeadersPolicy
		"60669652-455b-4ae9-85a4-c4c02393f86c", // SimpleCORS
		"5cc3b908-e619-4b99-88e5-2cf7f45965bd", // CORS-With-Preflight
		"e61eb60c-9c35-4d20-a928-2b84e02af89c", // CORS-and-SecurityHeadersPolicy
		"eaab4381-ed33-4a86-88ca-d9558dc6cd63", // CORS-with-preflight-and-SecurityHeadersPolicy
	}
)

// edgeTypes are those of CloudFront, its logs, ACM and Route 53.
func edgeTypes() []*simcloud.Type {
	return slices.Concat([]*simcloud.Type{
		distribution(), originAccess(), headersPolicy(), cachePolicy(), edgeFunction(),
	}, deliveryTypes(), acmTypes(), route53Types())
}

var (
	edgeName  = regexp.MustCompile(`^[\w-]{1,64}$`)
	referrers = []string{
		"no-referrer", "no-referrer-when-downgrade", "origin", "origin-when-cross-origin",
		"same-origin", "strict-origin", "strict-origin-when-cross-origin", "unsafe-url",
	}
)

// edgeID is an id as CloudFront gives: E and thirteen upper-case letters and
// digits.
func edgeID(op *simcloud.Op) string { return "E" + strings.ToUpper(op.Hex(13, "id")) }

// uuid is an id of the form 8-4-4-4-12.
func uuid(op *simcloud.Op) string {
	h := op.Hex(32, "id")
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

func etag(op *simcloud.Op) string { return "E" + strings.ToUpper(op.Hex(13, "etag")) }

func originAccess() *simcloud.Type {
	return &simcloud.Type{
		Token: originAccessToken, Noun: "origin access control", Global: true, Auto: "name", AutoMax: 64, ID: edgeID,
		Required: []string{"originAccessControlOriginType", "signingBehavior", "signingProtocol"},
		InUse:    "OriginAccessControlInUse: The CloudFront origin access control is still being used: %s",
		Unique: []simcloud.Unique{{
			Paths: []string{"name"}, Words: "OriginAccessControlAlreadyExists: An origin access control with the same name already exists: %s",
		}},
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(
				simcloud.OneOf(in, "originAccessControlOriginType", "lambda", "mediapackagev2", "mediastore", "s3"),
				simcloud.OneOf(in, "signingBehavior", "always", "never", "no-override"), simcloud.OneOf(in, "signingProtocol", "sigv4"),
			)
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"arn": globalArn(op, "cloudfront", "origin-access-control/"+op.ID), "etag": etag(op)}
		},
	}
}

func headersPolicy() *simcloud.Type {
	const sec = "securityHeadersConfig."
	return &simcloud.Type{
		Token: headersPolicyToken, Noun: "response headers policy", Global: true, Auto: "name", AutoMax: 128, ID: uuid,
		InUse: "ResponseHeadersPolicyInUse: Cannot delete the response headers policy because it is attached to one or more cache behaviors: %s",
		Unique: []simcloud.Unique{{
			Paths: []string{"name"}, Words: "ResponseHeadersPolicyAlreadyExists: A response headers policy with this name already exists in this account: %s",
		}},
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(
				simcloud.OneOf(in, sec+"frameOptions.frameOption", "DENY", "SAMEORIGIN"),
				simcloud.OneOf(in, sec+"referrerPolicy.referrerPolicy", referrers...),
			)
			if len(in.String("comment")) > 128 {
				errs = append(errs, simcloud.Refusal("InvalidArgument", "The parameter Comment is too long."))
			}
			if len(in.String(sec+"contentSecurityPolicy.contentSecurityPolicy")) > 1783 {
				errs = append(errs, simcloud.Refusal("TooLongCSPInResponseHeadersPolicy",
					"The length of the Content-Security-Policy header value in the response headers policy exceeds the maximum."))
			}
			return errs
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"arn": globalArn(op, "cloudfront", "response-headers-policy/"+op.ID), "etag": etag(op)}
		},
	}
}

func cachePolicy() *simcloud.Type {
	const key = "parametersInCacheKeyAndForwardedToOrigin."
	return &simcloud.Type{
		Token: cachePolicyToken, Noun: "cache policy", Global: true, Auto: "name", AutoMax: 128, ID: uuid,
		Required: []string{key + "cookiesConfig.cookieBehavior", key + "headersConfig.headerBehavior", key + "queryStringsConfig.queryStringBehavior"},
		InUse:    "CachePolicyInUse: The specified cache policy is currently associated with a cache behavior. Please disassociate the policy before deleting: %s",
		Unique: []simcloud.Unique{{
			Paths: []string{"name"}, Words: "CachePolicyAlreadyExists: A cache policy with the same name already exists: %s",
		}},
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(
				simcloud.OneOf(in, key+"cookiesConfig.cookieBehavior", "none", "whitelist", "allExcept", "all"),
				simcloud.OneOf(in, key+"headersConfig.headerBehavior", "none", "whitelist"),
				simcloud.OneOf(in, key+"queryStringsConfig.queryStringBehavior", "none", "whitelist", "allExcept", "all"),
			)
			for _, ttl := range []string{"minTtl", "defaultTtl", "maxTtl"} {
				if in.Has(ttl) && !in.Known(ttl) {
					return errs
				}
			}
			// What is not set has CloudFront's defaults.
			low, usual, most := in.Int("minTtl"), 86400, 31536000
			if in.Known("defaultTtl") {
				usual = in.Int("defaultTtl")
			}
			if in.Known("maxTtl") {
				most = in.Int("maxTtl")
			}
			if low > usual || usual > most {
				errs = append(errs, simcloud.Refusal("InvalidArgument", "The parameter MinTTL must not be greater than DefaultTTL, nor that than MaxTTL (%d, %d, %d).", low, usual, most))
			}
			if most == 0 && (in.Bool(key+"enableAcceptEncodingGzip") || in.Bool(key+"enableAcceptEncodingBrotli")) {
				errs = append(errs, simcloud.Refusal("InvalidArgument", "The parameter EnableAcceptEncodingGzip is invalid for policy with caching disabled."))
			}
			return errs
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"arn": globalArn(op, "cloudfront", "cache-policy/"+op.ID), "etag": etag(op)}
		},
	}
}

func edgeFunction() *simcloud.Type {
	return &simcloud.Type{
		Token: edgeFunctionToken, Noun: "function", Global: true, Auto: "name", AutoMax: 64, IDFrom: "name", Takes: 10 * time.Second,
		Required: []string{"code", "runtime"},
		Replace:  []string{"name"},
		InUse:    "FunctionInUse: Cannot delete function %s, it is in use by 1 distributions",
		Unique: []simcloud.Unique{{
			Paths: []string{"name"}, Words: "FunctionAlreadyExists: A function with the same name already exists in this account: %s",
		}},
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(simcloud.Matches(in, "name", edgeName), simcloud.OneOf(in, "runtime", "cloudfront-js-1.0", "cloudfront-js-2.0"))
			if len(in.String("code")) > 10*1024 {
				errs = append(errs, simcloud.Refusal("FunctionSizeLimitExceeded", "The function exceeds the maximum size of 10240 bytes."))
			}
			return errs
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			out := simcloud.Values{"arn": globalArn(op, "cloudfront", "function/"+op.ID), "etag": etag(op), "status": "UNPUBLISHED"}
			if publish := op.In.Get("publish"); publish == nil || publish == true {
				out["status"], out["liveStageEtag"] = "UNASSOCIATED", etag(op)
			}
			return out
		},
	}
}
