package aws

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// CloudFrontArgs are the arguments of NewCloudFront.
type CloudFrontArgs struct {
	Scope
	// OriginDomain is the regional domain name of the bucket that holds the site.
	// The bucket serves CDNs (BucketArgs.ServesCDN).
	OriginDomain pulumi.StringInput
	// LogBucketArn is the ARN of the bucket that gets the access log. The bucket
	// receives logs (BucketArgs.ReceivesLogs); any region will do.
	LogBucketArn pulumi.StringInput
	// PriceClass is where the CDN answers: PriceClass_100, PriceClass_200 or
	// PriceClass_All.
	PriceClass string
	// ContentSecurityPolicy is the header of that name on every answer.
	ContentSecurityPolicy string
	// Preload asks browsers to build it in that the domain, and all below it, speaks
	// HTTPS alone, for whoever enters the domain in their lists.
	Preload bool
	// ImmutablePaths are the path patterns of files that never change under their
	// name, so that they may be kept for long: /assets/* and /static/* if empty,
	// where build tools put files with a hash in their name.
	ImmutablePaths []string
	// Failover is a second place for the site, which is asked when the bucket
	// fails; none if nil.
	Failover *OriginArgs
	// API is the host name that answers /api/*, over HTTPS with TLS 1.2: the
	// load balancer of the cluster's ingress. It has a certificate for this name.
	// None if nil.
	API pulumi.StringInput
	// APISeconds is how long CloudFront waits for an answer of the API: OriginSeconds,
	// its default, if 0, and at most 120 without another quota.
	APISeconds int
	// OriginSecret is what the API is sent in OriginHeader, so that it can tell this
	// CDN from everybody else; nothing if nil.
	OriginSecret pulumi.StringInput
	// Domain is the name that the site is served under, such as app.example.com;
	// CloudFront's own if empty.
	Domain string
	// ZoneID is the Route 53 zone that holds Domain. Both are given, or neither.
	ZoneID pulumi.StringInput
	// ZoneName is the zone's name, if it is known: Domain must lie in it.
	ZoneName string
	// WebAclArn is the ARN of the WAF's web ACL in front of the site, of scope
	// CLOUDFRONT in us-east-1; none if nil.
	WebAclArn pulumi.StringInput
}

// OriginArgs are where a site is kept.
type OriginArgs struct {
	// Domain is the regional domain name of a bucket that serves CDNs, or a host
	// name that answers over HTTPS.
	Domain pulumi.StringInput
	// Bucket says that it is a bucket, so that requests to it are signed.
	Bucket bool
}

// CloudFront serves a single-page application from a private bucket, near its
// users.
type CloudFront struct {
	pulumi.ResourceState

	// ID is the distribution's id: E and thirteen letters and digits.
	ID pulumi.StringOutput
	// Arn is the distribution's ARN.
	Arn pulumi.StringOutput
	// DomainName is CloudFront's own name for it, d….cloudfront.net.
	DomainName pulumi.StringOutput
	// HostedZoneID is the zone that alias records to it name.
	HostedZoneID pulumi.StringOutput
	// URL is where the site is, https://….
	URL pulumi.StringOutput
}

// distribution is the distribution itself, as the provider makes it.
type distribution struct {
	pulumi.CustomResourceState

	Arn          pulumi.StringOutput `pulumi:"arn"`
	DomainName   pulumi.StringOutput `pulumi:"domainName"`
	HostedZoneID pulumi.StringOutput `pulumi:"hostedZoneId"`
}

const (
	// cachingOptimized is the id of CloudFront's managed cache policy for static
	// files: a day, up to a year, compressed, without cookies and queries.
	// Source: CloudFront developer guide, "Use managed cache policies".
	cachingOptimized = "658327ea-f89d-4fab-a63d-7e88639e58f6"
)

// NewCloudFront makes a distribution, its access log, and for a domain the
// certificate and the DNS records. It waits until CloudFront has it everywhere,
// about five minutes: when an update is done, what it changed is what users get.
func NewCloudFront(ctx *pulumi.Context, name string, args *CloudFrontArgs, opts ...pulumi.ResourceOption) (*CloudFront, error) {
	if err := args.check(); err != nil {
		return nil, fmt.Errorf("creating CDN %s: %w", name, err)
	}
	c := &CloudFront{}
	if err := component.Register(ctx, "aws", "CloudFront", name, c, opts...); err != nil {
		return nil, err
	}
	parent := pulumi.Parent(c)
	east, err := args.in(ctx, name, edgeRegion, parent)
	if err != nil {
		return nil, err
	}
	certificate, err := args.certificate(ctx, name, c, east)
	if err != nil {
		return nil, err
	}
	dist, err := args.distribution(ctx, name, certificate, parent)
	if err != nil {
		return nil, err
	}
	if err := args.accessLog(ctx, name, dist, east); err != nil {
		return nil, err
	}
	if err := args.addresses(ctx, name, dist, parent); err != nil {
		return nil, err
	}
	c.ID, c.Arn = dist.ID().ToStringOutput(), dist.Arn
	c.DomainName, c.HostedZoneID = dist.DomainName, dist.HostedZoneID
	c.URL = pulumi.Sprintf("https://%s", dist.DomainName)
	if args.Domain != "" {
		c.URL = pulumi.String("https://" + args.Domain).ToStringOutput()
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{
		"id": c.ID, "arn": c.Arn, "domainName": c.DomainName, "hostedZoneId": c.HostedZoneID, "url": c.URL,
	})
}

func (a *CloudFrontArgs) check() error {
	classes := []string{"PriceClass_100", "PriceClass_200", "PriceClass_All"}
	switch {
	case a.OriginDomain == nil:
		return fmt.Errorf("OriginDomain: got none, want the regional domain name of a bucket")
	case a.LogBucketArn == nil:
		return fmt.Errorf("LogBucketArn: got none, want the ARN of a bucket that receives logs")
	case !slices.Contains(classes, a.PriceClass):
		return fmt.Errorf("PriceClass: got %q, want one of %v", a.PriceClass, classes)
	case a.ContentSecurityPolicy == "":
		return fmt.Errorf("ContentSecurityPolicy: got none, want a policy such as default-src 'self'")
	case (a.Domain == "") != (a.ZoneID == nil):
		return fmt.Errorf("Domain and ZoneID: got one of them (domain %q), want both or neither", a.Domain)
	case a.Domain != "" && a.ZoneName != "" && !inZone(a.Domain, a.ZoneName):
		return fmt.Errorf("Domain: got %s, want a name in the zone %s", a.Domain, a.ZoneName)
	case a.OriginSecret != nil && a.API == nil:
		return fmt.Errorf("OriginSecret: got one, want none without an API to send it to")
	case a.Failover != nil && a.Failover.Domain == nil:
		return fmt.Errorf("Failover.Domain: got none, want where else the site is")
	}
	return nil
}

func (a *CloudFrontArgs) distribution(ctx *pulumi.Context, name string, certificate pulumi.StringInput, parent pulumi.ResourceOption) (*distribution, error) {
	access, err := bind(ctx, "aws:cloudfront/originAccessControl:OriginAccessControl", name, pulumi.Map{
		"description":                   pulumi.String("Signs the requests of " + a.Prefix + "-" + name + " to its bucket"),
		"originAccessControlOriginType": pulumi.String("s3"),
		"signingBehavior":               pulumi.String("always"), "signingProtocol": pulumi.String("sigv4"),
	}, parent)
	if err != nil {
		return nil, fmt.Errorf("creating the origin access control of CDN %s: %w", name, err)
	}
	pages, files, err := a.behaviours(ctx, name, parent)
	if err != nil {
		return nil, err
	}
	args := pulumi.Map{
		"comment": pulumi.String(a.Prefix + "-" + name), "enabled": pulumi.Bool(true),
		"priceClass": pulumi.String(a.PriceClass), "httpVersion": pulumi.String("http2and3"), "isIpv6Enabled": pulumi.Bool(true),
		"defaultRootObject": pulumi.String("index.html"), "defaultCacheBehavior": pages, "orderedCacheBehaviors": files,
		"origins": a.origins(access), "originGroups": a.originGroups(),
		"restrictions": pulumi.Map{"geoRestriction": pulumi.Map{"restrictionType": pulumi.String("none")}},
		// With CloudFront's own certificate CloudFront sets the oldest TLS it
		// takes, TLSv1, itself; only with a certificate of ours can it be newer.
		"viewerCertificate": pulumi.Map{"cloudfrontDefaultCertificate": pulumi.Bool(true)},
		"waitForDeployment": pulumi.Bool(true), "retainOnDelete": pulumi.Bool(false),
		"tags": a.tags("cloudfront", name),
	}
	if certificate != nil {
		args["aliases"] = pulumi.StringArray{pulumi.String(a.Domain)}
		args["viewerCertificate"] = pulumi.Map{
			"acmCertificateArn": certificate, "sslSupportMethod": pulumi.String("sni-only"),
			"minimumProtocolVersion": pulumi.String("TLSv1.2_2021"),
		}
	}
	if a.WebAclArn != nil {
		args["webAclId"] = a.WebAclArn.ToStringOutput().ApplyT(globalACL)
	}
	dist, err := component.Bind[distribution](ctx, "aws:cloudfront/distribution:Distribution", name, args, parent)
	if err != nil {
		return nil, fmt.Errorf("creating distribution %s: %w", name, err)
	}
	return dist, nil
}

// globalACL refuses a web ACL that CloudFront would refuse, before CloudFront
// has worked on the distribution for minutes.
func globalACL(arn string) (string, error) {
	if !strings.Contains(arn, ":wafv2:"+edgeRegion+":") || !strings.Contains(arn, ":global/webacl/") {
		return "", fmt.Errorf("WebAclArn: got %s, want a web ACL of scope CLOUDFRONT in %s", arn, edgeRegion)
	}
	return arn, nil
}
