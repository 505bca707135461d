package gcp

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

var (
	// wafSets are Cloud Armor's rule sets.
	// Source: Cloud Armor docs, "Preconfigured WAF rules overview", read 2026-11.
	wafSets    = regexp.MustCompile(`^(sqli|xss|lfi|rfi|rce|methodenforcement|scannerdetection|protocolattack|php|sessionfixation|java|nodejs)-(v33-stable|v33-canary|stable|canary)$|^cve-canary$|^json-sqli-canary$`)
	wafCall    = regexp.MustCompile(`evaluatePreconfigured(?:Waf|Expr)\('([^']*)'`)
	wafActions = regexp.MustCompile(`^(allow|deny\((403|404|429|502)\)|throttle|rate_based_ban|redirect)$`)
	rateWindow = []int{10, 30, 60, 120, 180, 240, 270, 300, 600, 900, 1200, 1800, 2700, 3600}
	// armorExpr is what expressions of Cloud Armor are made of.
	// Source: Cloud Armor docs, "Custom rules language attributes", read 2026-11.
	armorExpr = regexp.MustCompile(`^(true|!?\(?(evaluatePreconfigured(Waf|Expr)|evaluateThreatIntelligence|inIpRange|origin\.|request\.|has\(|token\.).*)$`)
)

const (
	lastPriority = 2147483647
	maxArmorCEL  = 2048
)

// securityPolicy is a policy of Cloud Armor.
// Source: Compute Engine reference, securityPolicies; Cloud Armor docs, "Security
// policy overview"; read 2026-11.
func securityPolicy() *simcloud.Type {
	return global("securityPolicies", "security policy", 10*time.Second, &simcloud.Type{
		Token: securityPolicyToken, Replace: []string{"type"},
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(
				simcloud.OneOf(in, "type", "CLOUD_ARMOR", "CLOUD_ARMOR_EDGE", "CLOUD_ARMOR_INTERNAL_SERVICE"),
				simcloud.OneOf(in, "advancedOptionsConfig.jsonParsing", "DISABLED", "STANDARD", "STANDARD_WITH_GRAPHQL"),
				simcloud.OneOf(in, "advancedOptionsConfig.logLevel", "NORMAL", "VERBOSE"),
			)
			edge := in.String("type") == "CLOUD_ARMOR_EDGE"
			if edge && (in.Has("adaptiveProtectionConfig") || in.Has("advancedOptionsConfig")) {
				errs = append(errs, badField("type", "CLOUD_ARMOR_EDGE", "Adaptive protection and advanced options are not supported for edge security policies."))
			}
			rules, seen, last := in.Objects("rules[]"), map[int]bool{}, false
			for _, r := range rules {
				errs = append(errs, armorRule(r, edge)...)
				p := r.Int("priority")
				if seen[p] {
					errs = append(errs, badField("rules", fmt.Sprint(p), "Cannot have rules with the same priorities."))
				}
				seen[p], last = true, last || p == lastPriority
			}
			if len(rules) > 0 && !last {
				errs = append(errs, badField("rules", "", "There must be a default rule, with the priority 2147483647."))
			}
			return errs
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			out := simcloud.Values{"fingerprint": op.Hex(12, "fingerprint")}
			if !op.In.Has("type") {
				out["type"] = "CLOUD_ARMOR"
			}
			return out
		},
	})
}

func armorRule(r simcloud.Values, edge bool) []error {
	var errs []error
	bad := func(field, value, why string) { errs = append(errs, badField("rules[]."+field, value, why)) }
	action, expression := r.String("action"), r.String("match.expr.expression")
	if !wafActions.MatchString(action) {
		bad("action", action, "Must be allow, deny(status), throttle, rate_based_ban or redirect.")
	}
	if p := r.Int("priority"); p < 0 || p > lastPriority {
		bad("priority", fmt.Sprint(p), "Must be between 0 and 2147483647.")
	}
	if r.Has("match.versionedExpr") == (expression != "") {
		bad("match", expression, "Exactly one of versionedExpr and expr must be set.")
	}
	if expression != "" && (len(expression) > maxArmorCEL || !armorExpr.MatchString(expression) || strings.Count(expression, "(") != strings.Count(expression, ")")) {
		bad("match.expr.expression", expression, "The expression is malformed.")
	}
	for _, m := range wafCall.FindAllStringSubmatch(expression, -1) {
		if !wafSets.MatchString(m[1]) {
			bad("match.expr.expression", expression, "Unknown preconfigured rule set '"+m[1]+"'.")
		}
	}
	limits := action == "throttle" || action == "rate_based_ban"
	if edge && (limits || strings.Contains(expression, "evaluatePreconfigured")) {
		bad("match.expr.expression", expression, "Preconfigured rules and rate limits are not supported for edge security policies.")
	}
	if limits != r.Has("rateLimitOptions") {
		bad("rateLimitOptions", action, "Must be set exactly for throttle and rate_based_ban.")
	}
	if r.Has("rateLimitOptions") {
		window, count := r.Int("rateLimitOptions.rateLimitThreshold.intervalSec"), r.Int("rateLimitOptions.rateLimitThreshold.count")
		if !slices.Contains(rateWindow, window) {
			bad("rateLimitOptions.rateLimitThreshold.intervalSec", fmt.Sprint(window), fmt.Sprintf("Must be one of %v.", rateWindow))
		}
		if count < 1 || count > 1000000 {
			bad("rateLimitOptions.rateLimitThreshold.count", fmt.Sprint(count), "Must be between 1 and 1000000.")
		}
		if (action == "rate_based_ban") != r.Has("rateLimitOptions.banDurationSec") {
			bad("rateLimitOptions.banDurationSec", action, "Must be set exactly for rate_based_ban.")
		}
	}
	return errs
}
