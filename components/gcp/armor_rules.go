package gcp

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// The priorities of rules: what is cheap and refuses most comes first. The gaps
// are for rules that somebody adds by hand while under attack.
const (
	countryPriority = 1000
	ratePriority    = 2000
	wafPriority     = 3000
	lastPriority    = 2147483647
)

// everybody lets in who no rule refused.
func everybody() pulumi.Map {
	return pulumi.Map{
		"action": pulumi.String("allow"), "priority": pulumi.Int(lastPriority), "description": pulumi.String("Whom no rule refused"),
		"match": pulumi.Map{
			"versionedExpr": pulumi.String("SRC_IPS_V1"),
			"config":        pulumi.Map{"srcIpRanges": pulumi.ToStringArray([]string{"*"})},
		},
	}
}

// rule refuses what an expression matches, or logs it.
func (a *ArmorArgs) rule(priority int, action, description, expression string) pulumi.Map {
	return pulumi.Map{
		"action": pulumi.String(action), "priority": pulumi.Int(priority), "description": pulumi.String(description), "preview": pulumi.Bool(a.Count),
		"match": pulumi.Map{"expr": pulumi.Map{"expression": pulumi.String(expression)}},
	}
}

// geography refuses who is not to be served, by country.
func (a *ArmorArgs) geography() pulumi.Array {
	codes, not := a.BlockedCountries, ""
	if len(a.AllowedCountries) > 0 {
		codes, not = a.AllowedCountries, "!"
	}
	if len(codes) == 0 {
		return nil
	}
	expression := fmt.Sprintf("%sorigin.region_code.matches('^(%s)$')", not, strings.Join(slices.Sorted(slices.Values(codes)), "|"))
	return pulumi.Array{a.rule(countryPriority, "deny(403)", "countries", expression)}
}

// rules are all rules of the policy that reads requests. Each rule set of Google
// has a rule of its own, so that the log says which one refused.
func (a *ArmorArgs) rules() pulumi.Array {
	rules := a.geography()
	for i, name := range slices.Sorted(maps.Keys(a.RateLimits)) {
		rules = append(rules, a.rate(ratePriority+i, name, a.RateLimits[name]))
	}
	priority := wafPriority
	for _, group := range slices.Sorted(maps.Keys(wafGroups)) {
		off, has := a.Groups[group]
		if !has && group != "knownBadInputs" { // attacks that are going on are refused always
			continue
		}
		for _, set := range wafGroups[group] {
			rules = append(rules, a.rule(priority, "deny(403)", set, evaluate(set, off)))
			priority++
		}
	}
	return rules
}

// evaluate is the expression of a rule set, without the rules that stay off. Their
// ids name the set that they belong to.
func evaluate(set string, off []string) string {
	kind, _, _ := strings.Cut(set, "-")
	var ids []string
	for _, id := range slices.Sorted(slices.Values(off)) {
		if strings.HasSuffix(id, "-"+kind) {
			ids = append(ids, "'"+id+"'")
		}
	}
	switch {
	case kind == "cve":
		return fmt.Sprintf("evaluatePreconfiguredWaf('%s')", set)
	case len(ids) > 0:
		return fmt.Sprintf("evaluatePreconfiguredWaf('%s', {'sensitivity': 1, 'opt_out_rule_ids': [%s]})", set, strings.Join(ids, ", "))
	}
	return fmt.Sprintf("evaluatePreconfiguredWaf('%s', {'sensitivity': 1})", set)
}

// rate counts the requests of each address.
func (a *ArmorArgs) rate(priority int, name string, r RateLimitArgs) pulumi.Map {
	expression := "true"
	if r.Path != "" {
		expression = fmt.Sprintf("request.path.startsWith('%s')", r.Path)
	}
	rule := a.rule(priority, "throttle", "rate "+name, expression)
	rule["rateLimitOptions"] = pulumi.Map{
		"conformAction": pulumi.String("allow"), "exceedAction": pulumi.String("deny(429)"), "enforceOnKey": pulumi.String("IP"),
		"rateLimitThreshold": pulumi.Map{"count": pulumi.Int(r.Requests), "intervalSec": pulumi.Int(r.Seconds)},
	}
	return rule
}
