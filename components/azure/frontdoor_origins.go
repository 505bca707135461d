package azure

import (
	"fmt"
	"strconv"

	"github.com/pulumi/pulumi-azure-native-sdk/cdn/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// origins makes the groups of origins. A group of one is not probed: there is
// nowhere else to go, and each of some hundred places would ask.
// Source: Azure Front Door documentation, "Best practices: disable health probes
// when there's only one origin", read 2026-11.
func (b *frontDoorBuilder) origins() error {
	var probe cdn.HealthProbeParametersPtrInput
	if b.Failover != nil {
		probe = cdn.HealthProbeParametersArgs{
			ProbePath: pulumi.String("/index.html"), ProbeProtocol: cdn.ProbeProtocolHttps,
			ProbeRequestType: cdn.HealthProbeRequestTypeHEAD, ProbeIntervalInSeconds: pulumi.Int(100),
		}
	}
	var err error
	if b.site, err = b.group("site", probe); err != nil {
		return err
	}
	if err := b.origin("site", b.site, b.Site.Host, 1, b.private(b.Site)); err != nil {
		return err
	}
	// The second one is private too: Front Door mixes no private and public origins
	// in a group.
	// Source: Azure Front Door documentation, "Private Link: limitations", read 2026-11.
	if b.Failover != nil {
		if err := b.origin("failover", b.site, b.Failover.Host, 2, b.private(*b.Failover)); err != nil {
			return err
		}
	}
	if b.API == nil {
		return nil
	}
	if b.api, err = b.group("api", nil); err != nil {
		return err
	}
	return b.origin("api", b.api, b.API, 1, nil)
}

// private is Front Door's private endpoint for a website.
func (b *frontDoorBuilder) private(s SiteOrigin) *cdn.SharedPrivateLinkResourcePropertiesArgs {
	return &cdn.SharedPrivateLinkResourcePropertiesArgs{
		GroupId: pulumi.String("web"), PrivateLinkLocation: pulumi.String(s.Location),
		PrivateLink:    cdn.ResourceReferenceArgs{Id: s.AccountID.ToStringOutput().ToStringPtrOutput()},
		RequestMessage: pulumi.String("Front Door of " + b.Prefix),
	}
}

func (b *frontDoorBuilder) group(key string, probe cdn.HealthProbeParametersPtrInput) (*cdn.AFDOriginGroup, error) {
	made, err := cdn.NewAFDOriginGroup(b.ctx, b.name+"-"+key, &cdn.AFDOriginGroupArgs{
		ResourceGroupName: b.ResourceGroup, ProfileName: b.profile.Name, OriginGroupName: pulumi.String(key),
		LoadBalancingSettings: cdn.LoadBalancingSettingsParametersArgs{
			SampleSize: pulumi.Int(4), SuccessfulSamplesRequired: pulumi.Int(3), AdditionalLatencyInMilliseconds: pulumi.Int(50),
		},
		HealthProbeSettings: probe, SessionAffinityState: pulumi.String("Disabled"),
	}, pulumi.Parent(b.door))
	if err != nil {
		return nil, fmt.Errorf("creating origin group %s of %s: %w", key, b.name, err)
	}
	return made, nil
}

func (b *frontDoorBuilder) origin(key string, in *cdn.AFDOriginGroup, host pulumi.StringInput, priority int, private *cdn.SharedPrivateLinkResourcePropertiesArgs) error {
	args := &cdn.AFDOriginArgs{
		ResourceGroupName: b.ResourceGroup, ProfileName: b.profile.Name, OriginGroupName: in.Name, OriginName: pulumi.String(key),
		HostName: host, OriginHostHeader: host.ToStringOutput().ToStringPtrOutput(), EnforceCertificateNameCheck: pulumi.Bool(true),
		HttpPort: pulumi.Int(80), HttpsPort: pulumi.Int(443), Priority: pulumi.Int(priority), Weight: pulumi.Int(1000),
		EnabledState: pulumi.String("Enabled"),
	}
	if private != nil {
		args.SharedPrivateLinkResource = private
	}
	made, err := cdn.NewAFDOrigin(b.ctx, b.name+"-"+key, args, pulumi.Parent(b.door))
	if err != nil {
		return fmt.Errorf("creating origin %s of %s: %w", key, b.name, err)
	}
	b.ready = append(b.ready, made)
	return nil
}

// year is how long browsers and Front Door remember what does not change.
const year = 365 * 24 * 60 * 60

// rules makes the rules of the answers: headers for all of them, and for the
// site's what is kept how long, and that a path without a file is a page of the
// application.
func (b *frontDoorBuilder) rules() error {
	var err error
	if b.headers, err = b.ruleSet("headers"); err != nil {
		return err
	}
	hsts := "max-age=" + strconv.Itoa(year) + "; includeSubDomains"
	if b.Preload {
		hsts += "; preload"
	}
	// A rule has five actions at most.
	if err := b.rule(b.headers, "security", 1, nil, pulumi.Array{
		header("Strict-Transport-Security", hsts), header("Content-Security-Policy", b.ContentSecurityPolicy),
		header("X-Content-Type-Options", "nosniff"), header("Referrer-Policy", "strict-origin-when-cross-origin"),
		header("X-Frame-Options", "DENY"),
	}); err != nil {
		return err
	}
	if b.files, err = b.ruleSet("files"); err != nil {
		return err
	}
	immutable := b.ImmutablePaths
	if len(immutable) == 0 {
		immutable = []string{"/assets/", "/static/"}
	}
	if err := b.rule(b.files, "immutable", 1, pulumi.Array{pulumi.Map{
		"name": pulumi.String("UrlPath"), "parameters": pulumi.Map{
			"typeName": pulumi.String("DeliveryRuleUrlPathMatchConditionParameters"),
			"operator": pulumi.String("BeginsWith"), "matchValues": pulumi.ToStringArray(immutable), "negateCondition": pulumi.Bool(false),
		},
	}}, pulumi.Array{
		header("Cache-Control", "public, max-age="+strconv.Itoa(year)+", immutable"),
		pulumi.Map{"name": pulumi.String("RouteConfigurationOverride"), "parameters": pulumi.Map{
			"typeName": pulumi.String("DeliveryRuleRouteConfigurationOverrideActionParameters"),
			"cacheConfiguration": pulumi.Map{
				"cacheBehavior": pulumi.String("OverrideAlways"), "cacheDuration": pulumi.String("365.00:00:00"),
				"isCompressionEnabled": pulumi.String("Enabled"), "queryStringCachingBehavior": pulumi.String("IgnoreQueryString"),
			},
		}},
	}); err != nil {
		return err
	}
	return b.rule(b.files, "pages", 2, pulumi.Array{pulumi.Map{
		"name": pulumi.String("UrlFileExtension"), "parameters": pulumi.Map{
			"typeName": pulumi.String("DeliveryRuleUrlFileExtensionMatchConditionParameters"),
			"operator": pulumi.String("LessThan"), "matchValues": pulumi.ToStringArray([]string{"1"}), "negateCondition": pulumi.Bool(false),
		},
	}}, pulumi.Array{
		pulumi.Map{"name": pulumi.String("UrlRewrite"), "parameters": pulumi.Map{
			"typeName":      pulumi.String("DeliveryRuleUrlRewriteActionParameters"),
			"sourcePattern": pulumi.String("/"), "destination": pulumi.String("/index.html"), "preserveUnmatchedPath": pulumi.Bool(false),
		}},
		header("Cache-Control", "no-cache"),
	})
}

// header sets a header of the answer, whatever the origin said.
func header(name, value string) pulumi.Map {
	return pulumi.Map{"name": pulumi.String("ModifyResponseHeader"), "parameters": pulumi.Map{
		"typeName":     pulumi.String("DeliveryRuleHeaderActionParameters"),
		"headerAction": pulumi.String("Overwrite"), "headerName": pulumi.String(name), "value": pulumi.String(value),
	}}
}

func (b *frontDoorBuilder) ruleSet(key string) (*cdn.RuleSet, error) {
	made, err := cdn.NewRuleSet(b.ctx, b.name+"-"+key, &cdn.RuleSetArgs{
		ResourceGroupName: b.ResourceGroup, ProfileName: b.profile.Name, RuleSetName: pulumi.String(key),
	}, pulumi.Parent(b.door))
	if err != nil {
		return nil, fmt.Errorf("creating rules %s of %s: %w", key, b.name, err)
	}
	return made, nil
}

func (b *frontDoorBuilder) rule(in *cdn.RuleSet, key string, order int, conditions, actions pulumi.Array) error {
	args := &cdn.RuleArgs{
		ResourceGroupName: b.ResourceGroup, ProfileName: b.profile.Name, RuleSetName: in.Name, RuleName: pulumi.String(key),
		Order: pulumi.Int(order), Actions: actions, MatchProcessingBehavior: pulumi.String("Continue"),
	}
	if len(conditions) > 0 {
		args.Conditions = conditions
	}
	made, err := cdn.NewRule(b.ctx, b.name+"-"+key, args, pulumi.Parent(b.door))
	if err != nil {
		return fmt.Errorf("creating rule %s of %s: %w", key, b.name, err)
	}
	b.ready = append(b.ready, made)
	return nil
}
