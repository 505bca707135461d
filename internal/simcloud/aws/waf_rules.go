package aws

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// wafGroups are AWS's managed rule groups and what each takes of a web ACL's
// capacity.
// Source: AWS WAF developer guide, "AWS Managed Rules rule groups list", read
// 2026-11.
var wafGroups = map[string]int{
	"AWSManagedRulesCommonRuleSet": 700, "AWSManagedRulesAdminProtectionRuleSet": 100, "AWSManagedRulesKnownBadInputsRuleSet": 200,
	"AWSManagedRulesSQLiRuleSet": 200, "AWSManagedRulesLinuxRuleSet": 200, "AWSManagedRulesUnixRuleSet": 100,
	"AWSManagedRulesWindowsRuleSet": 200, "AWSManagedRulesPHPRuleSet": 100, "AWSManagedRulesWordPressRuleSet": 100,
	"AWSManagedRulesAmazonIpReputationList": 25, "AWSManagedRulesAnonymousIpList": 50, "AWSManagedRulesBotControlRuleSet": 50,
}

var (
	wafRuleName = regexp.MustCompile(`^[\w-]{1,128}$`)
	wafCountry  = regexp.MustCompile(`^[A-Z]{2}$`)
	wafHeader   = regexp.MustCompile(`^[0-9a-z_-]+$`)
	// wafWindows are the seconds over which a rate is counted.
	wafWindows = []int{60, 120, 300, 600}
)

// wafRules looks at a web ACL's rules.
func wafRules(in simcloud.Values) []error {
	var errs []error
	names, priorities := map[string]bool{}, map[string]bool{}
	rates := 0
	for _, rule := range in.Objects("rules[]") {
		errs = append(errs, wafRule(rule)...)
		if rule.Has("statement.rateBasedStatement") {
			rates++
		}
		if name := rule.String("name"); name != "" && names[name] {
			errs = append(errs, simcloud.Refusal("WAFDuplicateItemException", "AWS WAF couldn't perform the operation because some resource in your request is a duplicate of an existing one. (rule %s)", name))
		}
		names[rule.String("name")] = true
		if rule.Known("priority") {
			priority := strconv.Itoa(rule.Int("priority"))
			if priorities[priority] {
				errs = append(errs, wafProblem("Your statement has multiple values set for a field that requires exactly one value.", "RULE_PRIORITY", priority))
			}
			priorities[priority] = true
		}
	}
	if rates > 10 {
		errs = append(errs, simcloud.Refusal("WAFLimitsExceededException", "AWS WAF couldn't perform the operation because you exceeded your resource limit: rate-based rules in a web ACL, 10"))
	}
	return errs
}

func wafRule(rule simcloud.Values) []error {
	errs := simcloud.Problems(simcloud.Matches(rule, "name", wafRuleName))
	for _, path := range []string{"name", "priority", "statement", "visibilityConfig.metricName"} {
		if !rule.Has(path) {
			errs = append(errs, fmt.Errorf("missing required argument \"rules.%s\"", path))
		}
	}
	group := rule.Has("statement.managedRuleGroupStatement") || rule.Has("statement.ruleGroupReferenceStatement")
	if group && (rule.Has("action") || !rule.Has("overrideAction")) || !group && rule.Has("statement") && (rule.Has("overrideAction") || !rule.Has("action")) {
		errs = append(errs, wafProblem("A reference in your rule statement is not valid: a rule group has an override action, any other rule an action", "RULE", rule.String("name")))
	}
	if name := rule.String("statement.managedRuleGroupStatement.name"); name != "" && wafGroups[name] == 0 {
		errs = append(errs, simcloud.Refusal("WAFNonexistentItemException", "AWS WAF couldn't perform the operation because your resource doesn't exist. (%s)", name))
	}
	return append(errs, wafStatement(rule, "statement.")...)
}

// wafTexts looks at what texts a statement, or those in it, looks for.
func wafTexts(in simcloud.Values, at string) []error {
	var errs []error
	for _, path := range []string{"byteMatchStatement", "notStatement.statements[].byteMatchStatement", "notStatement.statements[].orStatement.statements[].byteMatchStatement"} {
		for _, match := range in.Objects(at + path) {
			if n := len(match.String("searchString")); n > 200 || n == 0 && match.Known("searchString") {
				errs = append(errs, fmt.Errorf("expected length of searchString to be in the range (1 - 200), got %d", n))
			}
			if header := match.String("fieldToMatch.singleHeader.name"); header != "" && !wafHeader.MatchString(header) {
				errs = append(errs, fmt.Errorf("%s: must contain only lowercase alphanumeric characters, underscores, and hyphens", header))
			}
			if !match.Has("textTransformations") {
				errs = append(errs, fmt.Errorf("missing required argument \"textTransformations\""))
			}
		}
	}
	return errs
}

// wafStatement looks at a statement and at what it narrows down to.
func wafStatement(in simcloud.Values, at string) []error {
	rate := at + "rateBasedStatement."
	errs := simcloud.Problems(
		simcloud.Between(in, rate+"limit", 10, 2000000000), simcloud.OneOf(in, rate+"aggregateKeyType", "IP", "FORWARDED_IP", "CUSTOM_KEYS", "CONSTANT"),
	)
	if in.String(rate+"aggregateKeyType") == "FORWARDED_IP" && !in.Has(rate+"forwardedIpConfig") {
		errs = append(errs, wafProblem("You must specify a forwarded IP configuration when you aggregate by the forwarded IP address.", "RATE_BASED_STATEMENT", "FORWARDED_IP"))
	}
	errs = append(errs, wafTexts(in, at)...)
	if in.Known(rate+"evaluationWindowSec") && !slices.Contains(wafWindows, in.Int(rate+"evaluationWindowSec")) {
		errs = append(errs, fmt.Errorf("expected evaluationWindowSec to be one of %v, got %d", wafWindows, in.Int(rate+"evaluationWindowSec")))
	}
	for _, path := range []string{at + "geoMatchStatement", at + "notStatement.statements[].geoMatchStatement"} {
		for _, geo := range in.Objects(path) {
			codes := geo.Strings("countryCodes[]")
			if geo.Known("countryCodes") && len(codes) == 0 {
				errs = append(errs, wafProblem("Your statement has no country", "GEO_MATCH_STATEMENT", ""))
			}
			for _, code := range codes {
				if !wafCountry.MatchString(code) {
					errs = append(errs, wafProblem("The country code is not valid.", "GEO_MATCH_STATEMENT", code))
				}
			}
		}
	}
	return errs
}

// wafCapacity is what the rules take, in web ACL capacity units.
func wafCapacity(in simcloud.Values) int {
	n := 0
	for _, rule := range in.Objects("rules[]") {
		switch {
		case rule.Has("statement.managedRuleGroupStatement"):
			n += wafGroups[rule.String("statement.managedRuleGroupStatement.name")]
		case rule.Has("statement.rateBasedStatement.scopeDownStatement"):
			n += 12 // two, and ten for a text match with one transformation
		case rule.Has("statement.rateBasedStatement"):
			n += 2
		default:
			n++
		}
	}
	return n
}
