package azure

import (
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Where the gateway's own rules stand: countries first, as they refuse most.
// Source: "Custom rules for Web Application Firewall v2 on Azure Application
// Gateway", priority; read 2026-11.
const (
	countriesPriority = 10
	limitsPriority    = 20
	lastPriority      = 100
)

// limitWindows are what the gateway calls the minutes that it counts by.
var limitWindows = map[int]string{1: "OneMin", 5: "FiveMins"}

// own are the gateway's own rules.
func (a *GatewayArgs) own() pulumi.Array {
	rules := pulumi.Array{}
	if countries := a.countries(); countries != nil {
		rules = append(rules, pulumi.Map{
			"name": pulumi.String("countries"), "priority": pulumi.Int(countriesPriority), "ruleType": pulumi.String("MatchRule"), "action": pulumi.String("Block"),
			"matchConditions": pulumi.Array{countries},
		})
	}
	for i, name := range slices.Sorted(maps.Keys(a.RateLimits)) {
		limit := a.RateLimits[name]
		rules = append(rules, pulumi.Map{
			"name": pulumi.String("rate" + name), "priority": pulumi.Int(limitsPriority + i), "ruleType": pulumi.String("RateLimitRule"), "action": pulumi.String("Block"),
			"rateLimitDuration": pulumi.String(limitWindows[limit.Minutes]), "rateLimitThreshold": pulumi.Int(limit.Requests),
			"groupByUserSession": pulumi.Array{pulumi.Map{"groupByVariables": pulumi.Array{pulumi.Map{"variableName": pulumi.String("ClientAddr")}}}},
			"matchConditions":    pulumi.Array{limit.matchesHere()},
		})
	}
	return rules
}

// countries is where requests come from that are refused; nil for nowhere. ZZ
// are addresses of no known country: they are served.
// Source: "Geomatch custom rules" of Application Gateway, read 2026-11.
func (a *GatewayArgs) countries() pulumi.MapInput {
	list, others := a.BlockedCountries, false
	if len(a.AllowedCountries) > 0 {
		list, others = append([]string{"ZZ"}, a.AllowedCountries...), true
	}
	if len(list) == 0 {
		return nil
	}
	return gatewayMatch("RemoteAddr", "GeoMatch", others, slices.Sorted(slices.Values(list))...)
}

// matchesHere is what requests count for the limit at a gateway: all, or those of
// a path. All are those that come from anywhere but an address that nobody has.
// Source: "Create rate limiting custom rules for Application Gateway WAF v2",
// scenario one; read 2026-11.
func (r RateLimitArgs) matchesHere() pulumi.Map {
	if r.Path == "" {
		return gatewayMatch("RemoteAddr", "IPMatch", true, "255.255.255.255/32")
	}
	return gatewayMatch("RequestUri", "BeginsWith", false, r.Path)
}

// gatewayMatch is a condition; Azure itself misspells its negation.
func gatewayMatch(variable, operator string, not bool, values ...string) pulumi.Map {
	return pulumi.Map{
		"matchVariables": pulumi.Array{pulumi.Map{"variableName": pulumi.String(variable)}},
		"operator":       pulumi.String(operator), "negationConditon": pulumi.Bool(not), "matchValues": pulumi.ToStringArray(values),
	}
}

// check returns all that is wrong with the arguments.
func (a *GatewayArgs) check() error {
	var p problems
	p.want(a.SubnetID != nil, "SubnetID is missing")
	p.want(a.Min >= 0 && a.Max >= 2 && a.Max >= a.Min && a.Max <= 125, "Min, Max: got %d to %d units, want at most 125, and room for 2", a.Min, a.Max)
	p.add(checkCountries(a.BlockedCountries, a.AllowedCountries)...)
	most := lastPriority - limitsPriority
	p.want(len(a.RateLimits) <= most, "RateLimits: got %d, want at most %d", len(a.RateLimits), most)
	p.add(checkRateLimits(a.RateLimits)...)
	return p.err()
}

// checkCountries returns what is wrong with the countries of a firewall.
func checkCountries(blocked, allowed []string) []error {
	var p problems
	p.want(len(blocked) == 0 || len(allowed) == 0, "BlockedCountries and AllowedCountries: got both, want one of them")
	for _, country := range slices.Concat(blocked, allowed) {
		p.want(len(country) == 2, "BlockedCountries, AllowedCountries: got %q, want two letters", country)
	}
	return p
}

// checkRateLimits returns what is wrong with the limits of a firewall.
func checkRateLimits(all map[string]RateLimitArgs) []error {
	var p problems
	for name, r := range all {
		p.want(limits.WafPolicy.Name(name) == name && name != "", "RateLimits[%s]: want a name of letters and digits", name)
		p.want(r.Requests >= 10, "RateLimits[%s].Requests: got %d, want 10 or more", name, r.Requests)
		p.want(limitWindows[r.Minutes] != "", "RateLimits[%s].Minutes: got %d, want 1 or 5", name, r.Minutes)
	}
	return p
}
