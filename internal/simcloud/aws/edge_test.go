package aws

import (
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const cachingOptimized = "658327ea-f89d-4fab-a63d-7e88639e58f6"

// edgeSite is a distribution over one origin; change alters its inputs.
func edgeSite(name string, change func(in, behaviour, origin, cert map[string]any)) s3Step {
	behaviour := map[string]any{"targetOriginId": "files", "viewerProtocolPolicy": "redirect-to-https", "cachePolicyId": cachingOptimized}
	origin := map[string]any{"originId": "files", "domainName": "files.s3.eu-west-1.amazonaws.com"}
	cert := map[string]any{"cloudfrontDefaultCertificate": true}
	in := map[string]any{
		"enabled": true, "defaultCacheBehavior": behaviour, "origins": []any{origin}, "viewerCertificate": cert,
		"restrictions": map[string]any{"geoRestriction": map[string]any{"restrictionType": "none"}},
	}
	if change != nil {
		change(in, behaviour, origin, cert)
	}
	return s3Step{name: name, token: distributionToken, in: in}
}

func edgeOAC(name string) s3Step {
	return s3Step{name: name, token: originAccessToken, in: simcloud.Values{
		"name": "files", "originAccessControlOriginType": "s3", "signingBehavior": "always", "signingProtocol": "sigv4",
	}}
}

func edgeCache(low, usual, most int) s3Step {
	return s3Step{name: "cache", token: cachePolicyToken, in: simcloud.Values{
		"name": "pages", "minTtl": low, "defaultTtl": usual, "maxTtl": most,
		"parametersInCacheKeyAndForwardedToOrigin": map[string]any{
			"enableAcceptEncodingGzip": true, "cookiesConfig": map[string]any{"cookieBehavior": "none"},
			"headersConfig": map[string]any{"headerBehavior": "none"}, "queryStringsConfig": map[string]any{"queryStringBehavior": "none"},
		},
	}}
}

func edgeCode(publish bool, code string) s3Step {
	return s3Step{name: "code", token: edgeFunctionToken, in: simcloud.Values{"name": "spa", "runtime": "cloudfront-js-2.0", "code": code, "publish": publish}}
}

func TestEdgeDistributions(t *testing.T) {
	type m = map[string]any
	s3Run(t, []s3Case{
		{"fine", []s3Step{edgeSite("site", nil)}, ""},
		{"no such origin", []s3Step{edgeSite("site", func(_, b, _, _ m) { b["targetOriginId"] = "other" })}, "NoSuchOrigin"},
		{"no such origin further down", []s3Step{edgeSite("site", func(in, b, _, _ m) {
			in["orderedCacheBehaviors"] = []any{m{"pathPattern": "/x", "targetOriginId": "other", "viewerProtocolPolicy": "https-only", "cachePolicyId": cachingOptimized}}
		})}, "NoSuchOrigin"},
		{"no such origin access control", []s3Step{edgeSite("site", func(_, _, o, _ m) { o["originAccessControlId"] = "E2" })}, "InvalidOriginAccessControl"},
		{"no such headers policy", []s3Step{edgeSite("site", func(_, b, _, _ m) { b["responseHeadersPolicyId"] = "none" })}, "NoSuchResponseHeadersPolicy"},
		{"no such cache policy", []s3Step{edgeSite("site", func(_, b, _, _ m) { b["cachePolicyId"] = "none" })}, "NoSuchCachePolicy"},
		{"no such function", []s3Step{edgeSite("site", func(_, b, _, _ m) {
			b["functionAssociations"] = []any{m{"eventType": "viewer-request", "functionArn": "arn"}}
		})}, "NoSuchFunctionExists"},
		{"no cache policy", []s3Step{edgeSite("site", func(_, b, _, _ m) { delete(b, "cachePolicyId") })}, "InvalidArgument: The parameter ForwardedValues is required"},
		{"two cache policies", []s3Step{edgeSite("site", func(_, b, _, _ m) { b["forwardedValues"] = m{"queryString": false} })}, "InvalidArgument: The parameter ForwardedValues cannot"},
		{"price class", []s3Step{edgeSite("site", func(in, _, _, _ m) { in["priceClass"] = "PriceClass_300" })}, "expected priceClass"},
		{"function not published", []s3Step{edgeCode(false, "x"), edgeSite("site", func(_, b, _, _ m) {
			b["functionAssociations"] = []any{m{"eventType": "viewer-request", "functionArn": "{code.arn}"}}
		})}, "InvalidFunctionAssociation"},
		{"regional ACL", []s3Step{edgeSite("site", func(in, _, _, _ m) {
			in["webAclId"] = "arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/a/b"
		})}, "InvalidWebACLId"},
		{"no certificate", []s3Step{edgeSite("site", func(_, _, _, c m) { delete(c, "cloudfrontDefaultCertificate") })}, "InvalidViewerCertificate"},
		{"certificate without SNI", []s3Step{edgeSite("site", func(_, _, _, c m) { c["acmCertificateArn"] = "arn" })}, "InvalidArgument: The parameter SSLSupportMethod"},
		{"alias without certificate", []s3Step{edgeSite("site", func(in, _, _, _ m) { in["aliases"] = []any{"app.example.com"} })}, "InvalidViewerCertificate: To add an alternate domain name"},
		{"old logs to nowhere", []s3Step{edgeSite("site", func(in, _, _, _ m) { in["loggingConfig"] = m{"bucket": "logs.s3.amazonaws.com"} })}, "InvalidArgument: The parameter Logging Bucket"},
		{"old logs without ACLs", []s3Step{s3BucketStep("logs"), edgeSite("site", func(in, _, _, _ m) { in["loggingConfig"] = m{"bucket": "logs.s3.amazonaws.com"} })}, "InvalidArgument: The S3 bucket that you specified for CloudFront logs does not enable ACL access"},
	})
}

func TestEdgePolicies(t *testing.T) {
	type m = map[string]any
	headers := func(name string, sec m) s3Step {
		return s3Step{name: name, token: headersPolicyToken, in: simcloud.Values{"name": "headers", "securityHeadersConfig": sec}}
	}
	csp := m{"contentSecurityPolicy": m{"contentSecurityPolicy": strings.Repeat("x", 1784), "override": true}}
	frame := m{"frameOptions": m{"frameOption": "NONE", "override": true}}
	use := func(key, value string) s3Step {
		return edgeSite("site", func(_, b, o, _ m) {
			if key == "originAccessControlId" {
				o[key] = value
			} else {
				b[key] = value
			}
		})
	}
	run := edgeSite("site", func(_, b, _, _ m) {
		b["functionAssociations"] = []any{m{"eventType": "viewer-request", "functionArn": "{code.arn}"}}
	})
	s3Run(t, []s3Case{
		{"two controls of a name", []s3Step{edgeOAC("a"), edgeOAC("b")}, "OriginAccessControlAlreadyExists"},
		{"control in use", []s3Step{edgeOAC("a"), use("originAccessControlId", "{a.id}"), {name: "a", delete: true}}, "OriginAccessControlInUse"},
		{"control let go", []s3Step{edgeOAC("a"), use("originAccessControlId", "{a.id}"), {name: "site", delete: true}, {name: "a", delete: true}}, ""},
		{"two headers of a name", []s3Step{headers("a", m{}), headers("b", m{})}, "ResponseHeadersPolicyAlreadyExists"},
		{"headers in use", []s3Step{headers("a", m{}), use("responseHeadersPolicyId", "{a.id}"), {name: "a", delete: true}}, "ResponseHeadersPolicyInUse"},
		{"long content policy", []s3Step{headers("a", csp)}, "TooLongCSPInResponseHeadersPolicy"},
		{"unknown frame option", []s3Step{headers("a", frame)}, "expected securityHeadersConfig.frameOptions.frameOption"},
		{"long comment", []s3Step{{name: "a", token: headersPolicyToken, in: simcloud.Values{"name": "a", "comment": strings.Repeat("x", 129)}}}, "InvalidArgument"},
		{"times upside down", []s3Step{edgeCache(10, 5, 20)}, "InvalidArgument: The parameter MinTTL"},
		{"nothing to compress", []s3Step{edgeCache(0, 0, 0)}, "InvalidArgument: The parameter EnableAcceptEncodingGzip"},
		{"two caches of a name", []s3Step{edgeCache(0, 0, 1), edgeCache(0, 0, 1)}, "CachePolicyAlreadyExists"},
		{"cache in use", []s3Step{edgeCache(0, 0, 1), use("cachePolicyId", "{cache.id}"), {name: "cache", delete: true}}, "CachePolicyInUse"},
		{"two functions of a name", []s3Step{edgeCode(true, "x"), edgeCode(true, "x")}, "FunctionAlreadyExists"},
		{"function in use", []s3Step{edgeCode(true, "x"), run, {name: "code", delete: true}}, "FunctionInUse"},
		{"long function", []s3Step{edgeCode(true, strings.Repeat("x", 10241))}, "FunctionSizeLimitExceeded"},
	})
}

const letDelivery = `{"Effect":"Allow","Principal":{"Service":"delivery.logs.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::logs/*"}`

func TestEdgeLogs(t *testing.T) {
	source := func(name, region, kind string) s3Step {
		return s3Step{name: name, token: deliverySourceToken, region: region, in: simcloud.Values{"name": name, "logType": kind, "resourceArn": "{site.arn}"}}
	}
	target := func(format string) s3Step {
		return s3Step{name: "target", token: deliveryTargetToken, region: "us-east-1", in: simcloud.Values{
			"name": "target", "outputFormat": format, "deliveryDestinationConfiguration": map[string]any{"destinationResourceArn": "arn:aws:s3:::logs/cdn"},
		}}
	}
	group := target("parquet")
	group.in["deliveryDestinationConfiguration"] = map[string]any{"destinationResourceArn": "arn:aws:logs:us-east-1:111122223333:log-group:cdn"}
	logGroup := s3Step{name: "group", token: logGroupToken, region: "us-east-1", in: simcloud.Values{"name": "cdn"}}
	link := func(name string) s3Step {
		return s3Step{name: name, token: deliveryToken, region: "us-east-1", in: simcloud.Values{"deliverySourceName": "source", "deliveryDestinationArn": "{target.arn}"}}
	}
	lost := link("link")
	lost.in = simcloud.Values{"deliverySourceName": "source", "deliveryDestinationArn": "arn:none"}
	site, logs, let := edgeSite("site", nil), s3BucketStep("logs"), s3PolicyStep("logs", letDelivery)
	nowhere := source("source", "us-east-1", "ACCESS_LOGS")
	nowhere.in = simcloud.Values{"name": "source", "logType": "ACCESS_LOGS", "resourceArn": "arn:aws:cloudfront::111122223333:distribution/E2"}
	src := source("source", "us-east-1", "ACCESS_LOGS")
	gone := func(name string) s3Step { return s3Step{name: name, region: "us-east-1", delete: true} }
	s3Run(t, []s3Case{
		{"from another region", []s3Step{site, source("source", "eu-west-1", "ACCESS_LOGS")}, "ValidationException"},
		{"of nothing", []s3Step{nowhere}, "ResourceNotFoundException"},
		{"of another kind", []s3Step{site, source("source", "us-east-1", "AUDIT")}, "ValidationException: Provided logType"},
		{"twice", []s3Step{site, src, source("again", "us-east-1", "ACCESS_LOGS")}, "ConflictException: This ResourceId"},
		{"to nowhere", []s3Step{target("w3c")}, "ResourceNotFoundException"},
		{"as something", []s3Step{logs, target("text")}, "expected outputFormat"},
		{"parquet to a group", []s3Step{logGroup, group}, "ValidationException: outputFormat"},
		{"not let in", []s3Step{site, logs, src, target("w3c"), link("link")}, "AccessDeniedException"},
		{"from nothing", []s3Step{logs, let, target("w3c"), link("link")}, "ResourceNotFoundException: Delivery source"},
		{"to no destination", []s3Step{site, src, lost}, "ResourceNotFoundException: Delivery destination"},
		{"linked twice", []s3Step{site, logs, let, src, target("w3c"), link("link"), link("again")}, "ConflictException: A delivery"},
		{"source in use", []s3Step{site, logs, let, src, target("w3c"), link("link"), gone("source")}, "ConflictException: Delivery source"},
		{"destination in use", []s3Step{site, logs, let, src, target("w3c"), link("link"), gone("target")}, "ConflictException: Delivery destination"},
		{"bucket has logs", []s3Step{site, logs, let, src, target("w3c"), link("link"), gone("link"), {name: "logs", delete: true}}, "BucketNotEmpty"},
	})
}
