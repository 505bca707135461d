package azure

import (
	"regexp"
	"slices"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// wafName is a name of letters and digits.
// Source: "Naming rules and restrictions for Azure resources",
// frontdoorWebApplicationFirewallPolicies, read 2026-11.
var wafName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]{0,127}$`)

// frontRuleSets are Azure's sets of rules with their versions, and which of them
// want an action.
// Source: Azure Web Application Firewall documentation, "DRS rule groups and
// rules", read 2026-11.
var frontRuleSets = map[string][]string{
	"Microsoft_DefaultRuleSet": {"1.1", "2.0", "2.1", "2.2"}, "Microsoft_BotManagerRuleSet": {"1.0", "1.1"}, "DefaultRuleSet": {"1.0"},
}

// frontRuleGroups are the groups of the default set.
var frontRuleGroups = []string{
	"PROTOCOL-ENFORCEMENT", "PROTOCOL-ATTACK", "LFI", "RFI", "RCE", "PHP", "NODEJS", "XSS", "SQLI", "FIX", "JAVA", "METHOD-ENFORCEMENT",
	"MS-ThreatIntel-WebShells", "MS-ThreatIntel-AppSec", "MS-ThreatIntel-SQLI", "MS-ThreatIntel-CVEs", "General",
}

func frontWaf() *simcloud.Type {
	return inGroup("Microsoft.Network/frontdoorWebApplicationFirewallPolicies", "policyName", simcloud.Type{
		Token: frontWafToken, Noun: "WAF policy", Takes: 20 * time.Second, Replace: []string{"sku.name"},
		InUse:    "BadRequest: WAF policy %s cannot be deleted because it is linked to a security policy.",
		Validate: frontWafValid,
		Outputs:  func(*simcloud.Op) simcloud.Values { return simcloud.Values{"resourceState": "Enabled"} },
	})
}

func frontWafValid(in simcloud.Values) []error {
	errs := simcloud.Problems(
		named(in, "policyName", wafName, "BadRequest"), simcloud.OneOf(in, "sku.name", "Standard_AzureFrontDoor", premiumFrontDoor),
		simcloud.OneOf(in, "policySettings.mode", "Prevention", "Detection"), simcloud.OneOf(in, "policySettings.requestBodyCheck", "Enabled", "Disabled"),
	)
	refuse := func(format string, args ...any) { errs = append(errs, simcloud.Refusal("BadRequest", format, args...)) }
	for _, set := range in.Objects("managedRules.managedRuleSets[]") {
		kind, version := set.String("ruleSetType"), set.String("ruleSetVersion")
		if in.String("sku.name") == "Standard_AzureFrontDoor" {
			refuse("Managed rule sets are only supported for the sku %s.", premiumFrontDoor)
		}
		if !slices.Contains(frontRuleSets[kind], version) {
			refuse("The managed rule set %s %s does not exist.", kind, version)
		}
		if kind == "Microsoft_DefaultRuleSet" && version >= "2" && !set.Has("ruleSetAction") {
			refuse("RuleSetAction is required for the rule set %s %s.", kind, version)
		}
		for _, group := range set.Objects("ruleGroupOverrides[]") {
			if kind == "Microsoft_DefaultRuleSet" && !slices.Contains(frontRuleGroups, group.String("ruleGroupName")) {
				refuse("The rule group %s is not in the rule set %s.", group.String("ruleGroupName"), kind)
			}
		}
	}
	used := map[int]bool{}
	for _, r := range in.Objects("customRules.rules[]") {
		if used[r.Int("priority")] {
			refuse("The priority %d of rule %s is used twice.", r.Int("priority"), r.String("name"))
		}
		used[r.Int("priority")] = true
		if !wafName.MatchString(r.String("name")) {
			refuse("The rule name %s is not valid: letters and digits only.", r.String("name"))
		}
		if minutes := r.Int("rateLimitDurationInMinutes"); r.String("ruleType") == "RateLimitRule" && minutes != 1 && minutes != 5 {
			refuse("The rate limit duration of rule %s must be 1 or 5 minutes, got %d.", r.String("name"), minutes)
		}
		if r.String("ruleType") == "RateLimitRule" && r.Int("rateLimitThreshold") < 10 {
			refuse("The rate limit threshold of rule %s must be at least 10, got %d.", r.String("name"), r.Int("rateLimitThreshold"))
		}
		if len(r.All("matchConditions[]")) == 0 {
			refuse("The rule %s has no match condition.", r.String("name"))
		}
	}
	return errs
}
