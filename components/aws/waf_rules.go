package aws

import (
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// ruleGroup is one of AWS's managed rule groups.
type ruleGroup struct {
	short, name string
	priority    int
}

// ruleGroups are the groups that a web ACL may have. What is cheap and refuses
// most comes first: who is not the CDN, countries, then addresses of ill repute, then those that ask
// too often, then what has to be read.
// Source: AWS WAF developer guide, "AWS Managed Rules rule groups list", read
// 2026-11.
var ruleGroups = []ruleGroup{
	{"ipReputation", "AWSManagedRulesAmazonIpReputationList", 10},
	{"common", "AWSManagedRulesCommonRuleSet", 40},
	{"knownBadInputs", "AWSManagedRulesKnownBadInputsRuleSet", 50},
	{"sqli", "AWSManagedRulesSQLiRuleSet", 60},
}

// ratePriority is the first rate limit's; the others follow in the order of
// their names. A rule can change its priority in place.
const ratePriority = 20

// rules are the web ACL's rules. WAF goes by priority, whatever their order.
func (a *WafArgs) rules() pulumi.Array {
	rules := pulumi.Array{}
	if a.behindCDN() {
		stranger := a.rule("origin", 0, a.stranger())
		stranger["action"] = pulumi.Map{"block": pulumi.Map{}}
		rules = append(rules, stranger)
	}
	if geo := a.geography(); geo != nil {
		rules = append(rules, a.rule("countries", 5, geo))
	}
	for _, g := range ruleGroups {
		if counted, has := a.Groups[g.short]; has {
			rules = append(rules, a.managed(g, counted))
		}
	}
	for i, name := range slices.Sorted(maps.Keys(a.RateLimits)) {
		rules = append(rules, a.rule("rate-"+name, ratePriority+i, pulumi.Map{"rateBasedStatement": a.RateLimits[name].statement(a.behindCDN())}))
	}
	return rules
}

// rule blocks what a statement matches, or counts it.
func (a *WafArgs) rule(name string, priority int, statement pulumi.Map) pulumi.Map {
	action := pulumi.Map{"block": pulumi.Map{}}
	if a.Count {
		action = pulumi.Map{"count": pulumi.Map{}}
	}
	return pulumi.Map{
		"name": pulumi.String(name), "priority": pulumi.Int(priority), "action": action,
		"statement": statement, "visibilityConfig": seen(name),
	}
}

// managed leaves a group's rules as AWS set them, or counts what they find.
func (a *WafArgs) managed(g ruleGroup, counted []string) pulumi.Map {
	override := pulumi.Map{"none": pulumi.Map{}}
	if a.Count {
		override = pulumi.Map{"count": pulumi.Map{}}
	}
	statement := pulumi.Map{"vendorName": pulumi.String("AWS"), "name": pulumi.String(g.name)}
	if len(counted) > 0 {
		overrides := pulumi.Array{}
		for _, rule := range slices.Sorted(slices.Values(counted)) {
			overrides = append(overrides, pulumi.Map{"name": pulumi.String(rule), "actionToUse": pulumi.Map{"count": pulumi.Map{}}})
		}
		statement["ruleActionOverrides"] = overrides
	}
	return pulumi.Map{
		"name": pulumi.String(g.short), "priority": pulumi.Int(g.priority), "overrideAction": override,
		"statement": pulumi.Map{"managedRuleGroupStatement": statement}, "visibilityConfig": seen(g.short),
	}
}

// geography matches who is not to be served, by country; nil if all are.
func (a *WafArgs) geography() pulumi.Map {
	in := func(countries []string) pulumi.Map {
		match := pulumi.Map{"countryCodes": pulumi.ToStringArray(countries)}
		if a.behindCDN() {
			match["forwardedIpConfig"] = visitors()
		}
		return pulumi.Map{"geoMatchStatement": match}
	}
	switch {
	case len(a.BlockedCountries) > 0:
		return in(a.BlockedCountries)
	case len(a.AllowedCountries) > 0:
		return pulumi.Map{"notStatement": pulumi.Map{"statements": pulumi.Array{in(a.AllowedCountries)}}}
	}
	return nil
}

// statement counts the requests of each address, or of each that the CDN names.
func (r RateLimitArgs) statement(behindCDN bool) pulumi.Map {
	rate := pulumi.Map{
		"limit": pulumi.Int(r.Requests), "evaluationWindowSec": pulumi.Int(r.Seconds), "aggregateKeyType": pulumi.String("IP"),
	}
	if behindCDN {
		rate["aggregateKeyType"], rate["forwardedIpConfig"] = pulumi.String("FORWARDED_IP"), visitors()
	}
	if r.Path != "" {
		rate["scopeDownStatement"] = pulumi.Map{"byteMatchStatement": pulumi.Map{
			"fieldToMatch": pulumi.Map{"uriPath": pulumi.Map{}}, "positionalConstraint": pulumi.String("STARTS_WITH"),
			"searchString": pulumi.String(r.Path),
			// //api/./login is /api/login to most servers
			"textTransformations": pulumi.Array{pulumi.Map{"priority": pulumi.Int(0), "type": pulumi.String("NORMALIZE_PATH")}},
		}}
	}
	return rate
}
