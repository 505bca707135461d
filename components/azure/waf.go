package azure

import (
	"fmt"
	"maps"
	"regexp"
	"slices"

	frontdoor "github.com/pulumi/pulumi-azure-native-sdk/network/v2/v20240201"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// WafArgs are the arguments of NewWaf.
type WafArgs struct {
	Scope
	// Count lets everything through and only logs what would be blocked.
	Count bool
	// CountRules are rules of Azure's default set that only log, since they block
	// what is meant to pass: ids such as 942440 by their group, such as SQLI.
	CountRules map[string][]string
	// Bots refuses bad bots, and knows the good ones.
	Bots bool
	// RateLimits block an address that asks too often, until it asks less; by a name
	// of yours, letters and digits.
	RateLimits map[string]RateLimitArgs
	// BlockedCountries are refused, or AllowedCountries are the only ones served; two
	// letters each (ISO 3166-1). Everybody is served if both are empty.
	BlockedCountries, AllowedCountries []string
}

// RateLimitArgs are how often an address may ask.
type RateLimitArgs struct {
	// Requests within Minutes, 10 to 2,147,483,647.
	Requests int
	// Minutes are 1 or 5.
	Minutes int
	// Path is how the paths begin that count, such as /api/login; all if empty.
	Path string
}

// Waf is a WAF policy of Front Door: what is refused before it reaches the
// platform. What it did stands in Front Door's log, without credentials.
type Waf struct {
	pulumi.ResourceState

	// PolicyID is the policy's id.
	PolicyID pulumi.StringOutput
}

// The versions of Azure's sets of rules.
// Source: Azure Web Application Firewall documentation, "DRS rule groups and
// rules", read 2026-11.
const (
	defaultRules, defaultRulesVersion = "Microsoft_DefaultRuleSet", "2.1"
	botRules, botRulesVersion         = "Microsoft_BotManagerRuleSet", "1.1"
)

// maxCustomRules is how many rules of its own a policy has.
// Source: Azure Front Door documentation, "Limits: WAF custom rules", read 2026-11.
const maxCustomRules = 100

// NewWaf makes a policy. Front Door of the premium tier takes it by its id.
func NewWaf(ctx *pulumi.Context, name string, args *WafArgs, opts ...pulumi.ResourceOption) (*Waf, error) {
	if err := args.check(); err != nil {
		return nil, fmt.Errorf("creating WAF %s: %w", name, err)
	}
	w := &Waf{}
	if err := component.Register(ctx, "azure", "Waf", name, w, opts...); err != nil {
		return nil, err
	}
	mode := "Prevention"
	if args.Count {
		mode = "Detection"
	}
	policy, err := frontdoor.NewPolicy(ctx, name, &frontdoor.PolicyArgs{
		ResourceGroupName: args.ResourceGroup, Location: pulumi.String("Global"),
		PolicyName: pulumi.String(limits.WafPolicy.Name(args.Prefix, name)),
		Sku:        frontdoor.SkuArgs{Name: pulumi.String("Premium_AzureFrontDoor")},
		PolicySettings: frontdoor.FrontDoorPolicySettingsArgs{
			EnabledState: pulumi.String("Enabled"), Mode: pulumi.String(mode), RequestBodyCheck: pulumi.String("Enabled"),
			CustomBlockResponseStatusCode: pulumi.Int(403),
			State:                         pulumi.String("Enabled"), ScrubbingRules: secretsOfRequests(),
		},
		CustomRules:  frontdoor.CustomRuleListArgs{Rules: args.own()},
		ManagedRules: frontdoor.ManagedRuleSetListArgs{ManagedRuleSets: args.managed()},
		Tags:         args.tags("waf"),
	}, pulumi.Parent(w))
	if err != nil {
		return nil, fmt.Errorf("creating WAF policy %s: %w", name, err)
	}
	w.PolicyID = policy.ID().ToStringOutput()
	return w, ctx.RegisterResourceOutputs(w, pulumi.Map{"policyId": w.PolicyID})
}

// secretsOfRequests are what the log leaves out of the requests that it shows.
func secretsOfRequests() frontdoor.WebApplicationFirewallScrubbingRulesArray {
	var all frontdoor.WebApplicationFirewallScrubbingRulesArray
	for _, s := range []struct{ what, selector string }{{"RequestHeaderNames", "Authorization"}, {"RequestHeaderNames", "Cookie"}, {"RequestCookieNames", ""}} {
		rule := frontdoor.WebApplicationFirewallScrubbingRulesArgs{
			MatchVariable: pulumi.String(s.what), SelectorMatchOperator: pulumi.String("EqualsAny"), State: pulumi.String("Enabled"),
		}
		if s.selector != "" {
			rule.SelectorMatchOperator, rule.Selector = pulumi.String("Equals"), pulumi.String(s.selector)
		}
		all = append(all, rule)
	}
	return all
}

// managed are Azure's sets of rules.
func (a *WafArgs) managed() frontdoor.FrontDoorManagedRuleSetArray {
	var counted frontdoor.FrontDoorManagedRuleGroupOverrideArray
	for _, group := range slices.Sorted(maps.Keys(a.CountRules)) {
		var rules frontdoor.FrontDoorManagedRuleOverrideArray
		for _, id := range slices.Sorted(slices.Values(a.CountRules[group])) {
			rules = append(rules, frontdoor.FrontDoorManagedRuleOverrideArgs{
				RuleId: pulumi.String(id), EnabledState: pulumi.String("Enabled"), Action: pulumi.String("Log"),
			})
		}
		counted = append(counted, frontdoor.FrontDoorManagedRuleGroupOverrideArgs{RuleGroupName: pulumi.String(group), Rules: rules})
	}
	sets := frontdoor.FrontDoorManagedRuleSetArray{frontdoor.FrontDoorManagedRuleSetArgs{
		RuleSetType: pulumi.String(defaultRules), RuleSetVersion: pulumi.String(defaultRulesVersion),
		RuleSetAction: pulumi.String("Block"), RuleGroupOverrides: counted,
	}}
	if a.Bots {
		sets = append(sets, frontdoor.FrontDoorManagedRuleSetArgs{
			RuleSetType: pulumi.String(botRules), RuleSetVersion: pulumi.String(botRulesVersion),
		})
	}
	return sets
}

// own are the policy's own rules. What is cheap and refuses most comes first:
// countries, then those that ask too often.
func (a *WafArgs) own() frontdoor.CustomRuleArray {
	rules := frontdoor.CustomRuleArray{}
	if countries := a.countries(); countries != nil {
		rules = append(rules, frontdoor.CustomRuleArgs{
			Name: pulumi.String("countries"), Priority: pulumi.Int(10), EnabledState: pulumi.String("Enabled"), RuleType: pulumi.String("MatchRule"),
			Action: pulumi.String("Block"), MatchConditions: frontdoor.FrontDoorMatchConditionArray{countries},
		})
	}
	for i, name := range slices.Sorted(maps.Keys(a.RateLimits)) {
		limit := a.RateLimits[name]
		rules = append(rules, frontdoor.CustomRuleArgs{
			Name: pulumi.String("rate" + name), Priority: pulumi.Int(20 + i), EnabledState: pulumi.String("Enabled"),
			RuleType: pulumi.String("RateLimitRule"), Action: pulumi.String("Block"),
			RateLimitThreshold: pulumi.Int(limit.Requests), RateLimitDurationInMinutes: pulumi.Int(limit.Minutes),
			MatchConditions: frontdoor.FrontDoorMatchConditionArray{limit.matches()},
		})
	}
	return rules
}

// countries is where requests come from that are refused; nil for nowhere. ZZ
// are addresses of no known country: they are served.
func (a *WafArgs) countries() frontdoor.FrontDoorMatchConditionInput {
	list, others := a.BlockedCountries, false
	if len(a.AllowedCountries) > 0 {
		list, others = append([]string{"ZZ"}, a.AllowedCountries...), true
	}
	if len(list) == 0 {
		return nil
	}
	return frontdoor.FrontDoorMatchConditionArgs{
		MatchVariable: pulumi.String("RemoteAddr"), Operator: pulumi.String("GeoMatch"),
		NegateCondition: pulumi.Bool(others), MatchValue: pulumi.ToStringArray(slices.Sorted(slices.Values(list))),
	}
}

// matches is what requests count for the limit: all, or those of a path.
func (r RateLimitArgs) matches() frontdoor.FrontDoorMatchConditionInput {
	if r.Path == "" {
		return frontdoor.FrontDoorMatchConditionArgs{
			MatchVariable: pulumi.String("RemoteAddr"), Operator: pulumi.String("IPMatch"), NegateCondition: pulumi.Bool(false),
			MatchValue: pulumi.ToStringArray([]string{"0.0.0.0/0", "::/0"}),
		}
	}
	return frontdoor.FrontDoorMatchConditionArgs{
		MatchVariable: pulumi.String("RequestUri"), Operator: pulumi.String("RegEx"), NegateCondition: pulumi.Bool(false),
		MatchValue: pulumi.ToStringArray([]string{`^(https?://[^/]+)?` + regexp.QuoteMeta(r.Path)}),
	}
}

// check returns all that is wrong with the arguments.
func (a *WafArgs) check() error {
	var p problems
	p.want(a.ResourceGroup != nil, "ResourceGroup is missing")
	p.add(checkCountries(a.BlockedCountries, a.AllowedCountries)...)
	p.want(len(a.RateLimits) < maxCustomRules, "RateLimits: got %d, want less than %d", len(a.RateLimits), maxCustomRules)
	p.add(checkRateLimits(a.RateLimits)...)
	return p.err()
}
