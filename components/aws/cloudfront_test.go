package aws

import (
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud"
	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

const (
	siteType   = "aws:cloudfront/distribution:Distribution"
	recordType = "aws:route53/record:Record"
	eastURN    = "cdn-us-east-1"
)

// site makes a key, a log bucket, a bucket and a CDN named cdn.
func site(change func(*CloudFrontArgs)) func(*pulumi.Context, pulumi.ResourceOption) error {
	return func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		s := testScope()
		key, err := NewKey(ctx, "data", &KeyArgs{Scope: s, Purpose: "data", Users: []Statement{CDNMayUse(s)}}, opt)
		if err != nil {
			return err
		}
		logs, err := NewBucket(ctx, "logs", &BucketArgs{Scope: s, ReceivesLogs: true}, opt)
		if err != nil {
			return err
		}
		assets, err := NewBucket(ctx, "assets", &BucketArgs{Scope: s, KeyArn: key.Arn, LogBucket: logs.Name, ServesCDN: true}, opt)
		if err != nil {
			return err
		}
		args := &CloudFrontArgs{
			Scope: s, OriginDomain: assets.RegionalDomainName, LogBucketArn: logs.Arn,
			PriceClass: "PriceClass_100", ContentSecurityPolicy: "default-src 'self'",
		}
		if change != nil {
			change(args)
		}
		cdn, err := NewCloudFront(ctx, "cdn", args, opt)
		if err != nil {
			return err
		}
		ctx.Export("url", cdn.URL)
		ctx.Export("domain", cdn.DomainName)
		return nil
	}
}

func domain(a *CloudFrontArgs) {
	a.Domain, a.ZoneID, a.ZoneName = "app.example.com", pulumi.String("Z0123456789EXAMPLE"), "example.com"
}

func TestCloudFront(t *testing.T) {
	g := run(t, site(nil))
	g.CheckHouse(t)
	dist := g.One(t, siteType, "cdn").Inputs
	for path, want := range map[string]string{
		"defaultRootObject": "index.html", "httpVersion": "http2and3", "priceClass": "PriceClass_100",
		"origins[].domainName":            g.One(t, bucketType, "assets").Outputs.String("bucketRegionalDomainName"),
		"origins[].originAccessControlId": g.One(t, "aws:cloudfront/originAccessControl:OriginAccessControl", "cdn").ID,
	} {
		if got := dist.String(path); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
	if !dist.Bool("isIpv6Enabled") || !dist.Bool("waitForDeployment") || dist.Bool("retainOnDelete") {
		t.Error("want IPv6, and to wait for the deployment, and nothing retained")
	}
	if !dist.Bool("viewerCertificate.cloudfrontDefaultCertificate") || dist.Has("aliases") || dist.Has("webAclId") {
		t.Errorf("without a domain and a WAF: got %v", dist)
	}
	if dist.Has("customErrorResponses") || dist.Has("loggingConfig") {
		t.Error("errors become pages, or logs are the older ones")
	}
	access := g.One(t, "aws:cloudfront/originAccessControl:OriginAccessControl", "").Inputs
	if access.String("signingBehavior") != "always" || access.String("signingProtocol") != "sigv4" {
		t.Errorf("requests to the bucket are signed as %v", access)
	}
	if n := len(g.All(recordType)) + len(g.All("aws:acm/certificate:Certificate")); n != 0 {
		t.Errorf("without a domain there are %d records and certificates", n)
	}
}

func TestCloudFrontBehaviours(t *testing.T) {
	g := run(t, site(nil))
	dist := g.One(t, siteType, "cdn").Inputs
	pages, files := dist.Objects("defaultCacheBehavior")[0], dist.Objects("orderedCacheBehaviors[]")
	headers := g.One(t, "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy", "cdn")
	for _, b := range append(files, pages) {
		if b.String("viewerProtocolPolicy") != "redirect-to-https" || !b.Bool("compress") || b.String("responseHeadersPolicyId") != headers.ID {
			t.Errorf("%s: %v", b.String("pathPattern"), b)
		}
		if got := b.Strings("allowedMethods[]"); !slices.Equal(got, []string{"GET", "HEAD"}) {
			t.Errorf("%s: allows %v", b.String("pathPattern"), got)
		}
	}
	fresh := g.One(t, "aws:cloudfront/cachePolicy:CachePolicy", "cdn")
	if pages.String("cachePolicyId") != fresh.ID || fresh.Inputs.Int("defaultTtl") != 0 || fresh.Inputs.Int("minTtl") != 0 {
		t.Errorf("pages are cached: %v", fresh.Inputs)
	}
	for _, how := range []string{"Gzip", "Brotli"} {
		if !fresh.Inputs.Bool("parametersInCacheKeyAndForwardedToOrigin.enableAcceptEncoding" + how) {
			t.Errorf("pages are not compressed with %s", how)
		}
	}
	if got := pages.String("functionAssociations[].functionArn"); got != g.One(t, "aws:cloudfront/function:Function", "cdn").Outputs.String("arn") {
		t.Errorf("routes are answered by %q", got)
	}
	if len(files) != 2 || files[0].String("pathPattern") != "/assets/*" || files[0].String("cachePolicyId") != cachingOptimized || files[0].Has("functionAssociations") {
		t.Errorf("files: %v", files)
	}
	own := run(t, site(func(a *CloudFrontArgs) { a.ImmutablePaths = []string{"/_next/static/*"} }))
	if got := own.One(t, siteType, "cdn").Inputs.Strings("orderedCacheBehaviors[].pathPattern"); !slices.Equal(got, []string{"/_next/static/*"}) {
		t.Errorf("paths of one's own: got %v", got)
	}
}

func TestCloudFrontHeaders(t *testing.T) {
	headers := func(change func(*CloudFrontArgs)) simcloud.Values {
		return run(t, site(change)).One(t, "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy", "cdn").Inputs.Objects("securityHeadersConfig")[0]
	}
	in := headers(nil)
	hsts := in.Objects("strictTransportSecurity")[0]
	if hsts.Int("accessControlMaxAgeSec") != 63072000 || !hsts.Bool("includeSubdomains") || hsts.Bool("preload") || !hsts.Bool("override") {
		t.Errorf("HSTS: %v", hsts)
	}
	if !headers(func(a *CloudFrontArgs) { a.Preload = true }).Bool("strictTransportSecurity.preload") {
		t.Error("preload is asked for, and not sent")
	}
	if !in.Bool("contentTypeOptions.override") || in.String("frameOptions.frameOption") != "DENY" ||
		in.String("referrerPolicy.referrerPolicy") != "strict-origin-when-cross-origin" ||
		in.String("contentSecurityPolicy.contentSecurityPolicy") != "default-src 'self'" {
		t.Errorf("headers: %v", in)
	}
}

func TestCloudFrontLogs(t *testing.T) {
	g := run(t, site(nil))
	source := g.One(t, "aws:cloudwatch/logDeliverySource:LogDeliverySource", "cdn")
	target := g.One(t, "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination", "cdn")
	link := g.One(t, "aws:cloudwatch/logDelivery:LogDelivery", "cdn")
	for _, r := range []simtest.Resource{source, target, link} {
		if !strings.Contains(r.Provider, eastURN) {
			t.Errorf("%s goes through %s, want us-east-1", r.Type, r.Provider)
		}
	}
	if !source.DeleteBeforeReplace || !link.DeleteBeforeReplace {
		t.Error("the log source and its delivery are replaced beside their predecessors")
	}
	if source.Inputs.String("logType") != "ACCESS_LOGS" || source.Inputs.String("resourceArn") != g.One(t, siteType, "cdn").Outputs.String("arn") {
		t.Errorf("logs come from %v", source.Inputs)
	}
	want := g.One(t, bucketType, "logs").Outputs.String("arn") + "/cloudfront"
	if got := target.Inputs.String("deliveryDestinationConfiguration.destinationResourceArn"); got != want {
		t.Errorf("logs go to %s, want %s", got, want)
	}
	if !waitsFor(target, bucketRulesType, "logs") {
		t.Errorf("the log destination does not wait for the policy that lets it write: %v", target.DependsOn)
	}
}

func TestCloudFrontDomain(t *testing.T) {
	g := run(t, site(domain))
	g.CheckHouse(t)
	cert := g.One(t, "aws:acm/certificate:Certificate", "cdn-certificate-us-east-1")
	proof := g.One(t, recordType, "cdn-certificate-app.example.com").Inputs
	if cert.Aliases != 1 {
		t.Error("the certificate that the CDN had of its own would be replaced")
	}
	if !strings.Contains(cert.Provider, eastURN) || cert.Inputs.String("validationMethod") != "DNS" {
		t.Errorf("the certificate is made by %s, %v", cert.Provider, cert.Inputs)
	}
	if proof.String("name") != cert.Outputs.String("domainValidationOptions[].resourceRecordName") {
		t.Errorf("the domain is proved by %v", proof)
	}
	if east := g.One(t, "pulumi:providers:aws", eastURN); east.Inputs.String("region") != "us-east-1" || east.Inputs.String("defaultTags.tags.stack") != "test" {
		t.Errorf("the provider for us-east-1: %v", east.Inputs)
	}
	dist := g.One(t, siteType, "cdn")
	if dist.Inputs.String("aliases[]") != "app.example.com" {
		t.Errorf("aliases: %v", dist.Inputs.Strings("aliases[]"))
	}
	if !waitsFor(dist, "aws:acm/certificateValidation:CertificateValidation", "cdn-certificate-us-east-1") {
		t.Errorf("the distribution does not wait for its certificate: %v", dist.DependsOn)
	}
	for path, want := range map[string]string{
		"acmCertificateArn": cert.ID, "minimumProtocolVersion": "TLSv1.2_2021", "sslSupportMethod": "sni-only",
	} {
		if got := dist.Inputs.String("viewerCertificate." + path); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
	for _, kind := range []string{"A", "AAAA"} {
		in := g.One(t, recordType, "cdn-"+kind).Inputs
		if in.String("type") != kind || in.String("name") != "app.example.com" || in.String("aliases[].name") != dist.Outputs.String("domainName") || in.String("aliases[].zoneId") != "Z2FDTNDATAQYW2" {
			t.Errorf("%s: %v", kind, in)
		}
	}
}

func TestCloudFrontWAF(t *testing.T) {
	program := func(scope WafScope) func(*pulumi.Context, pulumi.ResourceOption) error {
		return func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
			args := wafArgs()
			args.For, args.LogKeyArn = scope, testKey(ctx, t, opt)
			waf, err := NewWaf(ctx, "waf", args, opt)
			if err != nil {
				return err
			}
			return site(func(a *CloudFrontArgs) { a.WebAclArn = waf.Arn })(ctx, opt)
		}
	}
	g := run(t, program(WafCloudFront))
	if got := g.One(t, siteType, "cdn").Inputs.String("webAclId"); got != g.One(t, webACLType, "waf").Outputs.String("arn") {
		t.Errorf("web ACL: got %q", got)
	}
	_, err := simtest.Try("explico", "test", withProvider(program(WafRegional)))
	if err == nil || !strings.Contains(err.Error(), "WebAclArn: got arn:aws:wafv2:eu-west-1") {
		t.Errorf("a regional web ACL: got %v", err)
	}
}

func TestCloudFrontAPI(t *testing.T) {
	for seconds, want := range map[int]int{0: 0, 30: 0, 95: 95} {
		dist := run(t, site(func(a *CloudFrontArgs) { a.API, a.APISeconds = pulumi.String("ingress.example.com"), seconds })).One(t, siteType, "cdn")
		for _, o := range dist.Inputs.Objects("origins[]") {
			if got := o.Int("customOriginConfig.originReadTimeout"); o.String("originId") == api && got != want {
				t.Errorf("%d seconds: CloudFront waits %d, want %d (0 is its default)", seconds, got, want)
			}
		}
	}
	g := run(t, site(func(a *CloudFrontArgs) { a.API = pulumi.String("ingress.example.com") }))
	dist := g.One(t, siteType, "cdn").Inputs
	origins, first := dist.Objects("origins[]"), dist.Objects("orderedCacheBehaviors[]")[0]
	api := origins[len(origins)-1]
	if api.String("domainName") != "ingress.example.com" || api.String("customOriginConfig.originProtocolPolicy") != "https-only" ||
		!slices.Equal(api.Strings("customOriginConfig.originSslProtocols[]"), []string{"TLSv1.2"}) || api.Has("originAccessControlId") {
		t.Errorf("the API's origin: %v", api)
	}
	if first.String("pathPattern") != "/api/*" || first.String("targetOriginId") != api.String("originId") || first.String("viewerProtocolPolicy") != "https-only" ||
		first.String("cachePolicyId") != cachingDisabled || first.String("originRequestPolicyId") != "b689b0a8-53d0-40ab-baf2-68738e2966ac" ||
		len(first.Strings("allowedMethods[]")) != 7 || !first.Has("responseHeadersPolicyId") || first.Has("functionAssociations") {
		t.Errorf("the API's behaviour: %v", first)
	}
	if pages := dist.String("defaultCacheBehavior.targetOriginId"); pages == api.String("originId") || dist.Has("originGroups") {
		t.Errorf("pages come from %s", pages)
	}
}

func TestCloudFrontFailover(t *testing.T) {
	for _, bucket := range []bool{true, false} {
		g := run(t, site(func(a *CloudFrontArgs) {
			a.Failover = &OriginArgs{Domain: pulumi.String("spare.s3.eu-west-2.amazonaws.com"), Bucket: bucket}
		}))
		dist := g.One(t, siteType, "cdn").Inputs
		group, second := dist.Objects("originGroups[]")[0], dist.Objects("origins[]")[1]
		if got := group.Strings("members[].originId"); !slices.Equal(got, []string{"files", second.String("originId")}) {
			t.Errorf("the group asks %v", got)
		}
		if got := group.All("failoverCriteria.statusCodes[]"); !slices.Equal(got, []any{500.0, 502.0, 503.0, 504.0}) {
			t.Errorf("it fails over on %v", got)
		}
		if second.Has("originAccessControlId") != bucket || second.Has("customOriginConfig") == bucket {
			t.Errorf("bucket %v: the second origin is %v", bucket, second)
		}
		for _, b := range append(dist.Objects("orderedCacheBehaviors[]"), dist.Objects("defaultCacheBehavior")...) {
			if b.String("targetOriginId") != group.String("originId") {
				t.Errorf("%s is asked of %s", b.String("pathPattern"), b.String("targetOriginId"))
			}
		}
	}
}

func TestCloudFrontOriginSecret(t *testing.T) {
	for _, secret := range []pulumi.StringInput{nil, pulumi.ToSecret(pulumi.String("long-and-random")).(pulumi.StringOutput)} {
		dist := run(t, site(func(a *CloudFrontArgs) { a.API, a.OriginSecret = pulumi.String("api.example.com"), secret })).One(t, siteType, "cdn")
		for _, o := range dist.Inputs.Objects("origins[]") {
			sent := o.Objects("customHeaders[]")
			switch toAPI := o.String("originId") == api; {
			case !toAPI || secret == nil:
				if len(sent) != 0 {
					t.Errorf("%s is sent %v", o.String("originId"), sent)
				}
			case len(sent) != 1 || sent[0].String("name") != OriginHeader || sent[0].String("value") != "long-and-random":
				t.Errorf("the API is sent %v", sent)
			}
		}
	}
}

func TestCloudFrontPreview(t *testing.T) {
	g := run(t, site(domain), simtest.Preview())
	if n := len(g.Cloud.Records()); n != 0 {
		t.Errorf("a preview created %d resources", n)
	}
	if n := len(g.All(recordType)); n != 3 {
		t.Errorf("the preview shows %d records, want 3", n)
	}
}

func TestCloudFrontRefuses(t *testing.T) {
	for want, change := range map[string]func(*CloudFrontArgs){
		"OriginDomain: got none":          func(a *CloudFrontArgs) { a.OriginDomain = nil },
		"LogBucketArn: got none":          func(a *CloudFrontArgs) { a.LogBucketArn = nil },
		"PriceClass: got":                 func(a *CloudFrontArgs) { a.PriceClass = "PriceClass_300" },
		"ContentSecurityPolicy: got none": func(a *CloudFrontArgs) { a.ContentSecurityPolicy = "" },
		"Domain and ZoneID: got":          func(a *CloudFrontArgs) { a.Domain = "app.example.com" },
		"want a name in the zone":         func(a *CloudFrontArgs) { domain(a); a.Domain = "app.example.org" },
		"is not permitted in zone":        func(a *CloudFrontArgs) { domain(a); a.Domain, a.ZoneName = "app.example.org", "" },
		"OriginSecret: got one":           func(a *CloudFrontArgs) { a.OriginSecret = pulumi.String("x") },
		"Failover.Domain: got none":       func(a *CloudFrontArgs) { a.Failover = &OriginArgs{} },
	} {
		_, err := simtest.Try("explico", "test", withProvider(site(change)))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
