package aws

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	components "github.com/te-explico/infrastructure/components/aws"
	"github.com/te-explico/infrastructure/stacks/platform"
	"github.com/te-explico/infrastructure/stacks/settings"
)

func (b *builder) makeDNS() error {
	d := b.Domain
	b.platform.DNS = platform.DNS{ZoneID: pulumi.String(""), NameServers: pulumi.StringArray{}, DS: pulumi.String("")}
	if d.ZoneID == "" && !d.CreateZone {
		return nil
	}
	args := &components.DnsArgs{
		Scope: b.scope, ZoneID: d.ZoneID, ZoneName: d.Zone, ParentZoneID: d.ParentZoneID, DNSSEC: string(d.DNSSEC),
		LogKeyArn: b.keys.logs.Arn, EmptyOnDelete: b.Disposable,
	}
	if d.QueryLogs {
		args.LogDays = b.Logs.Days
	}
	dns, err := components.NewDns(b.ctx, "dns", args, b.in)
	if err != nil {
		return err
	}
	b.dns = dns
	b.platform.DNS = platform.DNS{Zone: dns.Name, ZoneID: dns.ZoneID, NameServers: dns.NameServers, DS: dns.DS}
	return nil
}

// makeWAF guards what the world reaches: the CDN, and the load balancer too.
// Where that is open to the CDN alone, its web ACL is what tells this CDN from
// others.
func (b *builder) makeWAF() error {
	if !b.WAF.Enabled {
		return nil
	}
	made, err := components.NewWaf(b.ctx, "waf", b.wafArgs(components.WafCloudFront), b.in)
	if err != nil {
		return err
	}
	b.waf = made
	if b.Compute != settings.ECS && !b.entersCluster() {
		return nil
	}
	args := b.wafArgs(components.WafRegional)
	if b.Ecs.OpenTo == settings.OpenToCDN {
		for _, secret := range b.CDN.OriginSecrets {
			args.OriginSecrets = append(args.OriginSecrets, secretOf(secret))
		}
	}
	b.guard, err = components.NewWaf(b.ctx, "waf-services", args, b.in)
	return err
}

func (b *builder) wafArgs(scope components.WafScope) *components.WafArgs {
	w := b.WAF
	args := &components.WafArgs{
		Scope: b.scope, For: scope, Count: w.Mode == settings.WAFCount,
		Groups: map[string][]string{}, RateLimits: map[string]components.RateLimitArgs{},
		BlockedCountries: w.BlockedCountries, AllowedCountries: w.AllowedCountries,
		LogDays: b.Logs.Days, LogKeyArn: b.keys.logs.Arn, LogAllowed: w.LogAllowed,
	}
	for name, g := range w.Groups {
		args.Groups[name] = g.CountRules
	}
	for name, r := range w.RateLimits {
		args.RateLimits[name] = components.RateLimitArgs{Requests: r.Requests, Seconds: r.WindowSeconds, Path: r.Path}
	}
	return args
}

func (b *builder) makeCDN() error {
	args := &components.CloudFrontArgs{
		Scope: b.scope, OriginDomain: b.buckets.assets.RegionalDomainName, LogBucketArn: b.buckets.logs.Arn,
		PriceClass: string(b.CDN.PriceClass), ContentSecurityPolicy: b.CDN.ContentSecurityPolicy, Preload: b.CDN.HSTSPreload,
	}
	if b.dns != nil && b.Domain.Name != "" {
		args.Domain, args.ZoneID, args.ZoneName = b.Domain.Name, b.dns.ZoneID, b.dns.Name
	}
	if b.waf != nil {
		args.WebAclArn = b.waf.Arn
	}
	if host := b.CDN.FailoverOrigin; host != "" {
		args.Failover = &components.OriginArgs{Domain: pulumi.String(host), Bucket: b.CDN.FailoverBucket()}
	}
	if b.CDN.APIOrigin != "" {
		args.API, args.APISeconds = pulumi.String(b.CDN.APIOrigin), b.OriginSeconds(components.OriginSeconds)
	}
	if len(b.CDN.OriginSecrets) > 0 {
		args.OriginSecret = secretOf(b.CDN.OriginSecrets[0])
	}
	cdn, err := components.NewCloudFront(b.ctx, "cdn", args, b.in)
	if err != nil {
		return err
	}
	b.cdn = cdn
	b.platform.CDN = platform.CDN{ID: cdn.ID, URL: cdn.URL}
	return nil
}

// makeShield protects what the world reaches: the CDN, and the zone if it is the
// stack's own.
func (b *builder) makeShield() error {
	s := b.Shield
	if !s.Enabled {
		return nil
	}
	args := &components.ShieldArgs{
		Scope: b.scope, AcceptMonthlyUSD: s.AcceptMonthlyUSD, Subscribed: s.Subscribed,
		Resources: map[string]pulumi.StringInput{"cdn": b.cdn.Arn},
	}
	if b.Domain.CreateZone {
		args.Resources["zone"] = pulumi.Sprintf("arn:%s:route53:::hostedzone/%s", b.scope.Partition, b.dns.ZoneID)
	}
	_, err := components.NewShield(b.ctx, "shield", args, b.in)
	return err
}
