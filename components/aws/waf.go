package aws

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// WafScope is what a web ACL stands in front of.
type WafScope string

// The scopes.
const (
	// WafCloudFront is for CloudFront distributions, which take the web ACL's ARN
	// as an argument. It stands in us-east-1.
	WafCloudFront WafScope = "CLOUDFRONT"
	// WafRegional is for application load balancers and API stages of a region.
	WafRegional WafScope = "REGIONAL"
)

// WafArgs are the arguments of NewWaf.
type WafArgs struct {
	Scope
	// For is what the web ACL stands in front of.
	For WafScope
	// Count lets everything through and only counts what would be blocked.
	Count bool
	// Groups are AWS's rule groups: common, knownBadInputs, ipReputation, sqli.
	// The list names rules of the group that only count, since they block what
	// is meant to pass.
	Groups map[string][]string
	// RateLimits block an address that asks too often, until it asks less; by a
	// name of yours. At most ten.
	RateLimits map[string]RateLimitArgs
	// BlockedCountries are refused, or AllowedCountries are the only ones served;
	// two letters each (ISO 3166-1). Everybody is served if both are empty.
	BlockedCountries, AllowedCountries []string
	// OriginSecrets, if there are any, refuse all but the CDN's requests, which have
	// one of them in OriginHeader (CloudFrontArgs.OriginSecret), whatever Count says.
	// Visitors' addresses are then those that the CDN passes on. For a regional web
	// ACL.
	OriginSecrets []pulumi.StringInput
	// Resources are the ARNs of what a regional web ACL stands in front of, by a
	// name of yours, in the scope's region.
	Resources map[string]pulumi.StringInput
	// LogDays is how long the log is kept.
	LogDays int
	// LogKeyArn encrypts the log if it stands in the scope's region; elsewhere it
	// has a key of its own.
	LogKeyArn pulumi.StringInput
	// LogAllowed logs the requests that were let through too. Without it, only
	// those that a rule blocked or counted.
	LogAllowed bool
}

// RateLimitArgs are how often an address may ask.
type RateLimitArgs struct {
	// Requests within Seconds: 10 to 2,000,000,000.
	Requests int
	// Seconds are 60, 120, 300 or 600.
	Seconds int
	// Path is how the paths begin that count, such as /api/login; all if empty.
	Path string
}

// Waf is a web ACL: what is refused before it reaches the platform, and a log of
// it without credentials.
type Waf struct {
	pulumi.ResourceState

	// Arn is the web ACL's ARN.
	Arn pulumi.StringOutput
	// LogGroup is the name of the log group that holds the log.
	LogGroup pulumi.StringOutput
}

// NewWaf makes a web ACL, its log, and for a regional one its associations.
func NewWaf(ctx *pulumi.Context, name string, args *WafArgs, opts ...pulumi.ResourceOption) (*Waf, error) {
	if err := args.check(); err != nil {
		return nil, fmt.Errorf("creating WAF %s: %w", name, err)
	}
	w := &Waf{}
	if err := component.Register(ctx, "aws", "Waf", name, w, opts...); err != nil {
		return nil, err
	}
	region := args.Region
	if args.For == WafCloudFront {
		region = edgeRegion
	}
	there, err := args.in(ctx, name, region, pulumi.Parent(w))
	if err != nil {
		return nil, err
	}
	acl, err := newWebACL(ctx, name, pulumi.Map{
		"scope": pulumi.String(args.For), "description": pulumi.String("Guards " + args.Prefix + "-" + name),
		"defaultAction": pulumi.Map{"allow": pulumi.Map{}}, "rules": args.rules(), "visibilityConfig": seen(name), "tags": args.tags("waf", name),
	}, there.opt)
	if err != nil {
		return nil, fmt.Errorf("creating web ACL %s: %w", name, err)
	}
	if err := args.log(ctx, name, w, acl, there); err != nil {
		return nil, err
	}
	for _, key := range slices.Sorted(maps.Keys(args.Resources)) {
		if err := newWebACLAssociation(ctx, name+"-"+key, acl.Arn, args.Resources[key], there.opt); err != nil {
			return nil, fmt.Errorf("putting web ACL %s in front of %s: %w", name, key, err)
		}
	}
	w.Arn = acl.Arn
	return w, ctx.RegisterResourceOutputs(w, pulumi.Map{"arn": w.Arn, "logGroup": w.LogGroup})
}

// maxRateLimits is how many rate-based rules a web ACL may have.
// Source: AWS WAF developer guide, "AWS WAF quotas", read 2026-11.
const maxRateLimits = 10

func (a *WafArgs) check() error {
	switch {
	case a.For != WafCloudFront && a.For != WafRegional:
		return fmt.Errorf("For: got %q, want CLOUDFRONT or REGIONAL", a.For)
	case a.For == WafCloudFront && len(a.Resources) > 0:
		return fmt.Errorf("Resources: got %v, want none: a distribution takes the web ACL's ARN, anything else one of scope REGIONAL", slices.Sorted(maps.Keys(a.Resources)))
	case a.For == WafCloudFront && a.behindCDN():
		return fmt.Errorf("OriginSecrets: got %d, want none: the CDN's own visitors have no secret", len(a.OriginSecrets))
	case a.LogKeyArn == nil:
		return fmt.Errorf("LogKeyArn: got none, want the ARN of a key")
	case a.LogDays <= 0:
		return fmt.Errorf("LogDays: got %d, want 1 or more", a.LogDays)
	case len(a.BlockedCountries) > 0 && len(a.AllowedCountries) > 0:
		return fmt.Errorf("BlockedCountries and AllowedCountries: got both, want one of them")
	case len(a.RateLimits) > maxRateLimits:
		return fmt.Errorf("RateLimits: got %d, want at most %d", len(a.RateLimits), maxRateLimits)
	}
	for _, group := range slices.Sorted(maps.Keys(a.Groups)) {
		if !slices.ContainsFunc(ruleGroups, func(g ruleGroup) bool { return g.short == group }) {
			return fmt.Errorf("Groups: got %q, want common, ipReputation, knownBadInputs or sqli", group)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(a.RateLimits)) {
		r := a.RateLimits[name]
		if r.Requests < 10 || r.Requests > 2000000000 {
			return fmt.Errorf("RateLimits[%s].Requests: got %d, want 10 to 2,000,000,000", name, r.Requests)
		}
		if windows := []int{60, 120, 300, 600}; !slices.Contains(windows, r.Seconds) {
			return fmt.Errorf("RateLimits[%s].Seconds: got %d, want one of %v", name, r.Seconds, windows)
		}
	}
	return nil
}

// seen has CloudWatch count what a rule does. WAF keeps no samples of requests:
// they would show cookies and tokens, which the log leaves out.
func seen(metric string) pulumi.Map {
	return pulumi.Map{
		"cloudwatchMetricsEnabled": pulumi.Bool(true), "metricName": pulumi.String(metric), "sampledRequestsEnabled": pulumi.Bool(false),
	}
}
