package azure

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	components "github.com/te-explico/infrastructure/components/azure"
	"github.com/te-explico/infrastructure/stacks/platform"
	"github.com/te-explico/infrastructure/stacks/settings"
)

func (b *builder) makeDNS() error {
	d := b.Domain
	b.platform.DNS = platform.DNS{ZoneID: pulumi.String(""), NameServers: pulumi.StringArray{}, DS: pulumi.String("")}
	if d.ZoneID == "" && !d.CreateZone {
		return nil
	}
	args := &components.DnsArgs{Scope: b.scope, ZoneID: d.ZoneID, ZoneName: d.Zone, ParentZoneID: d.ParentZoneID, DNSSEC: "none"}
	if d.DNSSEC != settings.DNSSECNone {
		args.DNSSEC = "signed" // with a parent zone here, resolvers trust it at once
	}
	dns, err := components.NewDns(b.ctx, "dns", args, b.in)
	if err != nil {
		return err
	}
	b.dns = dns
	b.platform.DNS = platform.DNS{Zone: dns.Name, ZoneID: dns.ZoneID, NameServers: dns.NameServers, DS: dns.DS}
	return nil
}

// makeCDN makes Front Door before the frontend, with its firewall.
func (b *builder) makeCDN() error {
	args := &components.FrontDoorArgs{
		Scope: b.scope, ContentSecurityPolicy: b.CDN.ContentSecurityPolicy, Preload: b.CDN.HSTSPreload,
		Site:        components.SiteOrigin{AccountID: b.buckets["assets"].ID, Host: b.buckets["assets"].WebHost, Location: b.Region},
		WorkspaceID: b.logs.ID,
	}
	if b.CDN.APIOrigin != "" {
		args.API, args.OriginSeconds = pulumi.String(b.CDN.APIOrigin), b.OriginSeconds(60)
	}
	if b.dns != nil && b.Domain.Name != "" {
		args.Domain, args.Zone = b.Domain.Name, b.dns
	}
	if b.WAF.Enabled {
		waf, err := components.NewWaf(b.ctx, "waf", b.wafArgs(), b.in)
		if err != nil {
			return err
		}
		b.waf, args.WafPolicyID = waf, waf.PolicyID
	}
	door, err := components.NewFrontDoor(b.ctx, "cdn", args, b.in)
	if err != nil {
		return err
	}
	b.door = door
	b.platform.CDN = platform.CDN{ID: door.ID, URL: door.URL}
	return nil
}

func (b *builder) wafArgs() *components.WafArgs {
	w := b.WAF
	return &components.WafArgs{
		Scope: b.scope, Count: w.Mode == settings.WAFCount, Bots: true, RateLimits: b.rateLimits(),
		BlockedCountries: w.BlockedCountries, AllowedCountries: w.AllowedCountries,
	}
}

// rateLimits are the limits of both firewalls, Front Door's and the gateway's.
func (b *builder) rateLimits() map[string]components.RateLimitArgs {
	all := map[string]components.RateLimitArgs{}
	for name, r := range b.WAF.RateLimits {
		all[name] = components.RateLimitArgs{Requests: r.Requests, Minutes: r.WindowSeconds / 60, Path: r.Path}
	}
	return all
}

func (b *builder) makeRegistry() error {
	encryption, err := b.encryption("images", "images")
	if err != nil {
		return err
	}
	r := b.Registry
	args := &components.RegistryArgs{
		Scope: b.scope, Encryption: encryption, Images: r.Images, UntaggedDays: r.UntaggedDays, Mirrors: r.Mirrors,
		Pullers: map[string]pulumi.StringInput{"nodes": b.aks.KubeletPrincipalID}, Pushers: map[string]pulumi.StringInput{},
		Private: b.network.Private(components.RegistryService), AllowedRanges: b.Cluster.Endpoint.CIDRs, WorkspaceID: b.logs.ID,
	}
	if b.ci != nil {
		args.Pushers["ci"] = b.ci.DeployPrincipalID
	}
	registry, err := components.NewRegistry(b.ctx, "registry", args, b.in)
	if err != nil {
		return err
	}
	b.platform.Registry = platform.Registry{Images: stringMap(registry.URLs), Mirrors: stringMap(registry.MirrorURLs)}
	return nil
}
