package gcp

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	components "github.com/te-explico/infrastructure/components/gcp"
	"github.com/te-explico/infrastructure/stacks/platform"
	"github.com/te-explico/infrastructure/stacks/settings"
)

func (b *builder) makeDNS() error {
	d := b.Domain
	b.platform.DNS = platform.DNS{ZoneID: pulumi.String(""), NameServers: pulumi.StringArray{}, DS: pulumi.String("")}
	if d.ZoneID == "" && !d.CreateZone {
		return nil
	}
	dns, err := components.NewDns(b.ctx, "dns", &components.DnsArgs{
		Scope: b.scope, ZoneID: d.ZoneID, ZoneName: d.Zone, ParentZoneID: d.ParentZoneID, DNSSEC: string(d.DNSSEC),
		QueryLogs: d.QueryLogs && d.CreateZone, EmptyOnDelete: b.Disposable,
	}, b.in, b.after)
	if err != nil {
		return err
	}
	b.dns = dns
	b.platform.DNS = platform.DNS{Zone: dns.Name, ZoneID: dns.ZoneID, NameServers: dns.NameServers, DS: dns.DS}
	return nil
}

// makeArmor guards what the world reaches: the CDN, and the cluster's load
// balancer.
func (b *builder) makeArmor() error {
	w := b.WAF
	if !w.Enabled {
		return nil
	}
	args := &components.ArmorArgs{
		Scope: b.scope, Count: w.Mode == settings.WAFCount, Groups: map[string][]string{}, RateLimits: map[string]components.RateLimitArgs{},
		BlockedCountries: w.BlockedCountries, AllowedCountries: w.AllowedCountries,
	}
	for name, g := range w.Groups {
		args.Groups[name] = g.CountRules
	}
	for name, r := range w.RateLimits {
		args.RateLimits[name] = components.RateLimitArgs{Requests: r.Requests, Seconds: r.WindowSeconds, Path: r.Path}
	}
	made, err := components.NewArmor(b.ctx, "waf", args, b.in, b.after)
	b.armor = made
	return err
}

// logSample is the share of requests to the API that the CDN's log shows.
const logSample = 1

func (b *builder) makeCDN() error {
	args := &components.EdgeArgs{
		Scope: b.scope, BucketName: b.buckets["assets"].Name, ContentSecurityPolicy: b.CDN.ContentSecurityPolicy, Preload: b.CDN.HSTSPreload,
		LogSample: logSample,
	}
	if b.dns != nil {
		args.Domain, args.ZoneID, args.ZoneName = b.Domain.Name, b.dns.ZoneID, b.dns.Name
	}
	if b.armor != nil {
		args.EdgePolicy = b.armor.EdgePolicy
	}
	if b.CDN.APIOrigin != "" {
		args.API, args.APISeconds = pulumi.String(b.CDN.APIOrigin), b.OriginSeconds(60)
		if b.armor != nil {
			args.BackendPolicy = b.armor.BackendPolicy
		}
	}
	if len(b.CDN.OriginSecrets) > 0 {
		args.OriginSecret = secretOf(b.CDN.OriginSecrets[0])
	}
	made, err := components.NewEdge(b.ctx, "cdn", args, b.in, b.after)
	if err != nil {
		return err
	}
	b.edge = made
	b.platform.CDN = platform.CDN{ID: made.ID, URL: made.URL}
	return nil
}
