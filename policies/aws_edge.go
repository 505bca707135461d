package policies

import (
	"regexp"
	"slices"
)

var edgeRules = []rule{
	{
		ids:      "F CloudFront.3, T AWS-0012, C CKV_AWS_34",
		topics:   "inTransit",
		priority: 1, types: "cloudfront.Distribution",
		reason: "what comes in clear can be read and changed on the way",
		check:  behaviours(is("viewerProtocolPolicy", "redirect-to-https", "https-only")),
		bad: []string{
			`cloudfront.Distribution cdn: defaultCacheBehavior.viewerProtocolPolicy = "allow-all"`,
			`cloudfront.Distribution cdn: orderedCacheBehaviors[1].viewerProtocolPolicy = "allow-all"`,
		},
	},
	{
		ids:      "T AWS-0013, C CKV_AWS_174",
		topics:   "inTransit",
		priority: 1, types: "cloudfront.Distribution",
		reason: "older versions of TLS can be broken",
		check:  is("viewerCertificate.minimumProtocolVersion", "TLSv1.2_2021"),
		bad:    []string{`everything/cloudfront.Distribution cdn: viewerCertificate.minimumProtocolVersion = "TLSv1"`},
	},
	{
		ids:      "F CloudFront.6, T AWS-0011, C CKV_AWS_68",
		topics:   "attacks",
		priority: 1, types: "cloudfront.Distribution",
		reason: "a web ACL stops what is known to be an attack, and who asks too often",
		check:  has("webAclId"),
		bad:    []string{`cloudfront.Distribution cdn: webAclId = null`, `dev/cloudfront.Distribution cdn: webAclId = ""`},
	},
	{
		ids:      "F CloudFront.5, T AWS-0010, C CKV_AWS_86",
		topics:   "audit",
		priority: 2, types: "cloudfront.Distribution",
		reason: "who asked for what is asked after an attack",
		check:  related(accessLogs),
		bad: []string{
			`cloudwatch.LogDelivery cdn: gone`,
			`cloudwatch.LogDeliverySource cdn: gone`,
			`cloudwatch.LogDeliverySource cdn: logType = "ERROR_LOGS"`,
			`cloudwatch.LogDeliverySource cdn: resourceArn = "arn:aws:cloudfront::123456789012:distribution/OTHER"`,
		},
	},
	{
		ids:      "F CloudFront.13, C CKV2_AWS_46",
		topics:   "exposure",
		priority: 1, types: "cloudfront.Distribution",
		reason: "without it the bucket would have to be open to everybody",
		check:  every("origins[]", only(fromBucket, ofStack("originAccessControlId", "cloudfront.OriginAccessControl"))),
		bad: []string{
			`cloudfront.Distribution cdn: origins[0].originAccessControlId = null`,
			`everything/cloudfront.Distribution cdn: origins[1].originAccessControlId = null`,
			`cloudfront.OriginAccessControl cdn: gone`,
		},
	},
	{
		ids:      "F CloudFront.9/10, C CKV2_AWS_72/54",
		topics:   "inTransit",
		priority: 1, types: "cloudfront.Distribution",
		reason: "what CloudFront asks an origin for crosses the internet too",
		check: every("origins[].customOriginConfig", all(is("originProtocolPolicy", "https-only"),
			local(func(r resource) []string {
				if got := r.Inputs.Strings("originSslProtocols[]"); !slices.Equal(got, []string{"TLSv1.2"}) {
					return complain("originSslProtocols are %v, want TLSv1.2 alone", got)
				}
				return nil
			}))),
		bad: []string{
			`cloudfront.Distribution cdn: origins[0].customOriginConfig = {"originProtocolPolicy":"match-viewer","originSslProtocols":["TLSv1.2"]}`,
			`cloudfront.Distribution cdn: origins[0].customOriginConfig = {"originProtocolPolicy":"https-only","originSslProtocols":["TLSv1","TLSv1.2"]}`,
		},
	},
	{
		ids:      "F CloudFront.1, C CKV_AWS_305",
		topics:   "exposure",
		priority: 2, types: "cloudfront.Distribution",
		reason: "without it the root lists what is in the bucket, or fails",
		check:  has("defaultRootObject"),
		bad:    []string{`cloudfront.Distribution cdn: defaultRootObject = null`},
	},
	{
		ids:      "C CKV2_AWS_32, CKV_AWS_259",
		topics:   "attacks inTransit",
		priority: 2, types: "cloudfront.Distribution",
		reason: "browsers keep to HTTPS, and to what the application says it is, only if told",
		check:  behaviours(through("cloudfront.ResponseHeadersPolicy", "responseHeadersPolicyId", secureHeaders)),
		bad: []string{
			`cloudfront.Distribution cdn: orderedCacheBehaviors[0].responseHeadersPolicyId = null`,
			`cloudfront.ResponseHeadersPolicy cdn: securityHeadersConfig.strictTransportSecurity = null`,
			`cloudfront.ResponseHeadersPolicy cdn: securityHeadersConfig.strictTransportSecurity.includeSubdomains = false`,
			`cloudfront.ResponseHeadersPolicy cdn: securityHeadersConfig.strictTransportSecurity.accessControlMaxAgeSec = 3600`,
		},
	},
}

// behaviours wants of each cache behaviour what a check wants.
func behaviours(want check) check {
	return all(has("defaultCacheBehavior"), every("defaultCacheBehavior", want), every("orderedCacheBehaviors[]", want))
}

// aYear is the least for which HSTS counts as set, in seconds.
const aYear = 31536000

// secureHeaders wants a behaviour to send headers that keep browsers on HTTPS.
var secureHeaders = all(is(hsts+"includeSubdomains", true), is(hsts+"override", true), atLeast(hsts+"accessControlMaxAgeSec", aYear))

const hsts = "securityHeadersConfig.strictTransportSecurity."

var bucketDomain = regexp.MustCompile(`\.s3[.-][a-z0-9.-]*amazonaws\.com$`)

// fromBucket says whether an origin is a bucket.
func fromBucket(r resource) bool { return bucketDomain.MatchString(r.Inputs.String("domainName")) }

// accessLogs wants access logs, in the older way (loggingConfig) or the newer
// one: a source of the distribution that is delivered somewhere.
func accessLogs(g *graph, r resource) []string {
	if r.Inputs.Has("loggingConfig.bucket") {
		return nil
	}
	for _, source := range g.naming("cloudwatch.LogDeliverySource", "resourceArn", r) {
		if source.Inputs.String("logType") == "ACCESS_LOGS" && len(g.naming("cloudwatch.LogDelivery", "deliverySourceName", source)) > 0 {
			return nil
		}
	}
	return complain("delivers no access logs")
}
