package policies

var wafRules = []rule{
	{
		ids:      "F WAF.10, C CKV_AWS_175/192, CKV2_AWS_47/76",
		topics:   "attacks",
		priority: 1, types: "wafv2.WebAcl",
		reason: "a web ACL without rules lets everything through, and nobody notices one without metrics",
		check: all(
			includes("rules[].statement.managedRuleGroupStatement.name", "AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet"),
			local(limitsEverybody), is("visibilityConfig.cloudwatchMetricsEnabled", true),
			every("rules[]", is("visibilityConfig.cloudwatchMetricsEnabled", true)),
		),
		bad: []string{
			`wafv2.WebAcl waf: rules = []`,
			`wafv2.WebAcl waf: rules[1].statement = {"managedRuleGroupStatement":{"vendorName":"AWS","name":"AWSManagedRulesPHPRuleSet"}}`,
			`dev/wafv2.WebAcl waf: rules[2].statement.rateBasedStatement.scopeDownStatement = {"geoMatchStatement":{"countryCodes":["GB"]}}`,
			`dev/wafv2.WebAcl waf: rules[2].statement = {"geoMatchStatement":{"countryCodes":["KP"]}}`,
			`wafv2.WebAcl waf: visibilityConfig.cloudwatchMetricsEnabled = false`,
			`wafv2.WebAcl waf: rules[1].visibilityConfig.cloudwatchMetricsEnabled = null`,
		},
	},
	{
		ids:      "F WAF.11, C CKV2_AWS_31",
		topics:   "audit",
		priority: 2, types: "wafv2.WebAcl",
		reason: "what was refused, and from whom, is asked after an attack and after a complaint",
		check:  some("wafv2.WebAclLoggingConfiguration", "resourceArn", "log", logsSomewhere),
		bad: []string{
			`wafv2.WebAclLoggingConfiguration waf: gone`,
			`wafv2.WebAclLoggingConfiguration waf: resourceArn = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/other/1"`,
		},
	},
	{
		ids:      "own WAF-1 (no credentials in the log)",
		topics:   "minimal",
		priority: 1, types: "wafv2.WebAclLoggingConfiguration",
		reason: "whoever has a cookie or a token is somebody else",
		check:  includes("redactedFields[].singleHeader.name", "authorization", "cookie"),
		bad:    []string{`wafv2.WebAclLoggingConfiguration waf: redactedFields = null`, `wafv2.WebAclLoggingConfiguration waf: redactedFields[1].singleHeader.name = "referer"`},
	},
	{
		ids:      "own WAF-2 (no samples of requests)",
		topics:   "minimal",
		priority: 1, types: "wafv2.WebAcl",
		reason: "samples show the headers that the log leaves out",
		check:  all(is("visibilityConfig.sampledRequestsEnabled", false), every("rules[]", is("visibilityConfig.sampledRequestsEnabled", false))),
		bad:    []string{`wafv2.WebAcl waf: visibilityConfig.sampledRequestsEnabled = true`, `wafv2.WebAcl waf: rules[0].visibilityConfig.sampledRequestsEnabled = true`},
	},
}

// limitsEverybody wants a rate limit on all requests.
func limitsEverybody(r resource) []string {
	for _, rate := range r.Inputs.Objects("rules[].statement.rateBasedStatement") {
		if !rate.Has("scopeDownStatement") {
			return nil
		}
	}
	return complain("rules have no rate limit on all requests")
}

// logsSomewhere says whether a log has a destination.
func logsSomewhere(r resource) bool { return r.Inputs.Has("logDestinationConfigs[]") }
