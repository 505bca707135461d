package azure

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-azure-native-sdk/cdn/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// FrontDoorArgs are the arguments of NewFrontDoor.
type FrontDoorArgs struct {
	Scope
	// Site is where the files are: the website of a storage account.
	Site SiteOrigin
	// Failover is a second place for the site, which is asked when the first one
	// fails; none if nil.
	Failover *SiteOrigin
	// API is the host name that answers /api/*, over HTTPS with a certificate for
	// this name: the cluster's way in. None if nil.
	API pulumi.StringInput
	// OriginSeconds is how long Front Door waits for an origin's answer, 16 to 240; 60
	// if 0. It has one such time for all origins.
	OriginSeconds int
	// ContentSecurityPolicy is the header of that name on every answer.
	ContentSecurityPolicy string
	// Preload asks browsers to build it in that the domain, and all below it, speaks
	// HTTPS alone, for whoever enters the domain in their lists.
	Preload bool
	// ImmutablePaths begin the paths of files that never change under their name:
	// /assets/ and /static/ if empty, where build tools put files with a hash in
	// their name.
	ImmutablePaths []string
	// Domain is the name that the site is served under, such as app.example.com;
	// Front Door's own if empty. Zone is the Azure DNS zone that holds it. Both are
	// given, or neither.
	Domain string
	Zone   *Dns
	// WafPolicyID is the id of the WAF policy in front of everything; none if nil.
	WafPolicyID pulumi.StringInput
	// WorkspaceID is the Log Analytics workspace that gets the logs of requests and
	// of what the WAF did.
	WorkspaceID pulumi.StringInput
}

// SiteOrigin is the website of a storage account, reached through a private
// endpoint of Front Door's own, in a region that has them. Somebody approves the
// endpoint once, at the account.
type SiteOrigin struct {
	// AccountID is the account's id, Host its website's host, and Location where
	// Front Door's endpoint stands.
	AccountID, Host pulumi.StringInput
	Location        string
}

func (s SiteOrigin) check(path string) []error {
	var p problems
	p.want(s.AccountID != nil, "%s.AccountID is missing", path)
	p.want(s.Host != nil, "%s.Host is missing", path)
	p.want(s.Location != "", "%s.Location is missing", path)
	return p
}

// FrontDoor serves a single-page application near its users: Azure Front Door of
// the premium tier.
type FrontDoor struct {
	pulumi.ResourceState

	// ID is the profile's id, and GUID what requests to origins carry in
	// X-Azure-FDID.
	ID, GUID pulumi.StringOutput
	// EndpointID is the endpoint's id, which alias records name, and Host its own
	// name, ….azurefd.net.
	EndpointID, Host pulumi.StringOutput
	// URL is where the site is, https://….
	URL pulumi.StringOutput
}

// frontDoorLogs are the logs of requests, of probes and of the WAF.
// Source: Azure Front Door documentation, "Logs", read 2026-11.
var frontDoorLogs = []string{"FrontDoorAccessLog", "FrontDoorHealthProbeLog", "FrontDoorWebApplicationFirewallLog"}

// NewFrontDoor makes a profile with its endpoint, origins, rules and routes, and
// for a domain the certificate and the DNS records. Azure brings a change to all
// its places within some twenty minutes after it is done.
func NewFrontDoor(ctx *pulumi.Context, name string, args *FrontDoorArgs, opts ...pulumi.ResourceOption) (*FrontDoor, error) {
	if err := args.check(); err != nil {
		return nil, fmt.Errorf("creating CDN %s: %w", name, err)
	}
	f := &FrontDoor{}
	if err := component.Register(ctx, "azure", "FrontDoor", name, f, opts...); err != nil {
		return nil, err
	}
	b := &frontDoorBuilder{FrontDoorArgs: args, ctx: ctx, name: name, door: f}
	for _, step := range []func() error{b.makeProfile, b.origins, b.rules, b.domain, b.routes, b.guard, b.records} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	if err := auditLogs(ctx, name, args.WorkspaceID, f.ID, frontDoorLogs, pulumi.Parent(f)); err != nil {
		return nil, err
	}
	return f, ctx.RegisterResourceOutputs(f, pulumi.Map{"id": f.ID, "guid": f.GUID, "endpointId": f.EndpointID, "host": f.Host, "url": f.URL})
}

// check returns all that is wrong with the arguments.
func (a *FrontDoorArgs) check() error {
	var p problems
	p.want(a.ResourceGroup != nil, "ResourceGroup is missing")
	p.add(a.Site.check("Site")...)
	if a.Failover != nil {
		p.add(a.Failover.check("Failover")...)
	}
	p.want(a.ContentSecurityPolicy != "", "ContentSecurityPolicy: got none, want a policy such as default-src 'self'")
	p.want((a.Domain == "") == (a.Zone == nil), "Domain and Zone: got one of them (domain %q), want both or neither", a.Domain)
	if a.Domain != "" && a.Zone != nil {
		p.want(a.Domain == a.Zone.Name || strings.HasSuffix(a.Domain, "."+a.Zone.Name), "Domain: got %s, want a name in the zone %s", a.Domain, a.Zone.Name)
	}
	return p.err()
}

// frontDoorBuilder holds what the parts of a profile need of each other.
type frontDoorBuilder struct {
	*FrontDoorArgs
	ctx      *pulumi.Context
	name     string
	door     *FrontDoor
	profile  *cdn.Profile
	endpoint *cdn.AFDEndpoint
	// site and api are the groups of origins; api is nil without one.
	site, api *cdn.AFDOriginGroup
	// headers are rules for every answer, and files those for the site's.
	headers, files *cdn.RuleSet
	// custom is the domain; nil without one.
	custom *cdn.AFDCustomDomain
	// ready is what a route wants to be there: origins and rules.
	ready []pulumi.Resource
}

// makeProfile makes the profile and the endpoint.
func (b *frontDoorBuilder) makeProfile() error {
	profile, err := cdn.NewProfile(b.ctx, b.name, &cdn.ProfileArgs{
		ResourceGroupName: b.ResourceGroup, Location: pulumi.String("Global"),
		Sku: cdn.SkuArgs{Name: pulumi.String("Premium_AzureFrontDoor")}, OriginResponseTimeoutSeconds: pulumi.Int(cmp.Or(b.OriginSeconds, 60)),
		Tags: b.tags("frontdoor"),
	}, pulumi.Parent(b.door))
	if err != nil {
		return fmt.Errorf("creating profile %s: %w", b.name, err)
	}
	// The name goes into a host name, which nobody else in the directory may have
	// taken: a domain that points to what is gone cannot be caught by others.
	endpoint, err := cdn.NewAFDEndpoint(b.ctx, b.name, &cdn.AFDEndpointArgs{
		ResourceGroupName: b.ResourceGroup, ProfileName: profile.Name, EndpointName: pulumi.String(b.Prefix), Location: pulumi.String("Global"),
		EnabledState: pulumi.String("Enabled"), AutoGeneratedDomainNameLabelScope: pulumi.String("TenantReuse"), Tags: b.tags("frontdoor"),
	}, pulumi.Parent(b.door))
	if err != nil {
		return fmt.Errorf("creating endpoint %s: %w", b.name, err)
	}
	b.profile, b.endpoint = profile, endpoint
	b.door.ID, b.door.GUID = profile.ID().ToStringOutput(), profile.FrontDoorId
	b.door.EndpointID, b.door.Host = endpoint.ID().ToStringOutput(), endpoint.HostName
	b.door.URL = pulumi.Sprintf("https://%s", endpoint.HostName)
	return nil
}

// routes send what comes in to where it is answered.
func (b *frontDoorBuilder) routes() error {
	if err := b.route("site", b.site, []string{"/*"}, []*cdn.RuleSet{b.headers, b.files}, &cdn.AfdRouteCacheConfigurationArgs{
		QueryStringCachingBehavior: pulumi.String("IgnoreQueryString"),
		CompressionSettings: cdn.CompressionSettingsArgs{
			IsCompressionEnabled: pulumi.Bool(true), ContentTypesToCompress: pulumi.ToStringArray([]string{
				"application/javascript", "application/json", "application/manifest+json", "application/wasm",
				"image/svg+xml", "text/css", "text/html", "text/javascript", "text/plain",
			}),
		},
	}); err != nil {
		return err
	}
	if b.api == nil {
		return nil
	}
	return b.route("api", b.api, []string{"/api/*"}, []*cdn.RuleSet{b.headers}, nil)
}

func (b *frontDoorBuilder) route(key string, to *cdn.AFDOriginGroup, paths []string, rules []*cdn.RuleSet, cache *cdn.AfdRouteCacheConfigurationArgs) error {
	args := &cdn.RouteArgs{
		ResourceGroupName: b.ResourceGroup, ProfileName: b.profile.Name, EndpointName: b.endpoint.Name, RouteName: pulumi.String(key),
		OriginGroup: cdn.ResourceReferenceArgs{Id: to.ID().ToStringOutput().ToStringPtrOutput()}, PatternsToMatch: pulumi.ToStringArray(paths),
		SupportedProtocols: pulumi.ToStringArray([]string{"Http", "Https"}), HttpsRedirect: pulumi.String("Enabled"),
		ForwardingProtocol: pulumi.String("HttpsOnly"), LinkToDefaultDomain: pulumi.String("Enabled"), EnabledState: pulumi.String("Enabled"),
	}
	if cache != nil {
		args.CacheConfiguration = cache
	}
	var sets cdn.ResourceReferenceArray
	for _, r := range rules {
		sets = append(sets, cdn.ResourceReferenceArgs{Id: r.ID().ToStringOutput().ToStringPtrOutput()})
	}
	args.RuleSets = sets
	if b.custom != nil {
		args.LinkToDefaultDomain = pulumi.String("Disabled")
		args.CustomDomains = cdn.ActivatedResourceReferenceArray{
			cdn.ActivatedResourceReferenceArgs{Id: b.custom.ID().ToStringOutput().ToStringPtrOutput()},
		}
	}
	made, err := cdn.NewRoute(b.ctx, b.name+"-"+key, args, pulumi.Parent(b.door), pulumi.DependsOn(b.ready))
	if err != nil {
		return fmt.Errorf("creating route %s of %s: %w", key, b.name, err)
	}
	b.door.URL = after(b.door.URL, []pulumi.Resource{made})
	return nil
}

// guard puts the WAF policy in front of all names.
func (b *frontDoorBuilder) guard() error {
	if b.WafPolicyID == nil {
		return nil
	}
	domains := cdn.ActivatedResourceReferenceArray{cdn.ActivatedResourceReferenceArgs{Id: b.door.EndpointID.ToStringPtrOutput()}}
	if b.custom != nil {
		domains = append(domains, cdn.ActivatedResourceReferenceArgs{Id: b.custom.ID().ToStringOutput().ToStringPtrOutput()})
	}
	if _, err := cdn.NewSecurityPolicy(b.ctx, b.name, &cdn.SecurityPolicyArgs{
		ResourceGroupName: b.ResourceGroup, ProfileName: b.profile.Name, SecurityPolicyName: pulumi.String("waf"),
		Parameters: cdn.SecurityPolicyWebApplicationFirewallParametersArgs{
			Type:      pulumi.String("WebApplicationFirewall"),
			WafPolicy: cdn.ResourceReferenceArgs{Id: b.WafPolicyID.ToStringOutput().ToStringPtrOutput()},
			Associations: cdn.SecurityPolicyWebApplicationFirewallAssociationArray{
				cdn.SecurityPolicyWebApplicationFirewallAssociationArgs{Domains: domains, PatternsToMatch: pulumi.ToStringArray([]string{"/*"})},
			},
		},
	}, pulumi.Parent(b.door)); err != nil {
		return fmt.Errorf("guarding %s: %w", b.name, err)
	}
	return nil
}
