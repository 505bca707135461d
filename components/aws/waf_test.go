package aws

import (
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud"
	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

const webACLType = "aws:wafv2/webAcl:WebAcl"

// testKey is the ARN of a key for log groups in the test's region.
func testKey(ctx *pulumi.Context, t *testing.T, opt pulumi.ResourceOption) pulumi.StringOutput {
	t.Helper()
	s := testScope()
	key, err := NewKey(ctx, "logs", &KeyArgs{Scope: s, Purpose: "logs", Users: []Statement{LogsMayUse(s)}}, opt)
	if err != nil {
		t.Fatal(err)
	}
	return key.Arn
}

func wafArgs() *WafArgs {
	return &WafArgs{
		Scope: testScope(), For: WafCloudFront, LogDays: 30,
		Groups:     map[string][]string{"common": {"SizeRestrictions_BODY"}, "knownBadInputs": nil, "ipReputation": nil, "sqli": nil},
		RateLimits: map[string]RateLimitArgs{"all": {2000, 300, ""}, "login": {100, 60, "/api/login"}},
	}
}

// waf makes a web ACL named waf; change alters its arguments.
func waf(t *testing.T, change func(*WafArgs)) func(*pulumi.Context, pulumi.ResourceOption) error {
	return func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		args := wafArgs()
		args.LogKeyArn = testKey(ctx, t, opt)
		if change != nil {
			change(args)
		}
		_, err := NewWaf(ctx, "waf", args, opt)
		return err
	}
}

// wafRuleNamed is a rule of a web ACL.
func wafRuleNamed(t *testing.T, acl simtest.Resource, name string) simcloud.Values {
	t.Helper()
	for _, r := range acl.Inputs.Objects("rules[]") {
		if r.String("name") == name {
			return r
		}
	}
	t.Fatalf("no rule %s in %v", name, acl.Inputs.Strings("rules[].name"))
	return nil
}

func TestWaf(t *testing.T) {
	g := run(t, waf(t, nil))
	g.CheckHouse(t)
	acl := g.One(t, webACLType, "waf")
	if acl.Inputs.String("scope") != "CLOUDFRONT" || !strings.Contains(acl.Provider, "waf-us-east-1") {
		t.Errorf("scope %s, made by %s", acl.Inputs.String("scope"), acl.Provider)
	}
	if !acl.Inputs.Has("defaultAction.allow") {
		t.Error("what no rule matches is refused")
	}
	groups := map[string]string{
		"common": "AWSManagedRulesCommonRuleSet", "knownBadInputs": "AWSManagedRulesKnownBadInputsRuleSet",
		"ipReputation": "AWSManagedRulesAmazonIpReputationList", "sqli": "AWSManagedRulesSQLiRuleSet",
	}
	for short, name := range groups {
		rule := wafRuleNamed(t, acl, short)
		if rule.String("statement.managedRuleGroupStatement.name") != name || !rule.Has("overrideAction.none") || rule.Has("action") {
			t.Errorf("%s: %v", short, rule)
		}
	}
	common := wafRuleNamed(t, acl, "common").Objects("statement.managedRuleGroupStatement.ruleActionOverrides[]")
	if len(common) != 1 || common[0].String("name") != "SizeRestrictions_BODY" || !common[0].Has("actionToUse.count") {
		t.Errorf("rules that only count: %v", common)
	}
	all, login := wafRuleNamed(t, acl, "rate-all"), wafRuleNamed(t, acl, "rate-login")
	const rate = "statement.rateBasedStatement."
	if all.Int(rate+"limit") != 2000 || all.Int(rate+"evaluationWindowSec") != 300 || all.Has(rate+"scopeDownStatement") || !all.Has("action.block") {
		t.Errorf("the limit for all: %v", all)
	}
	const narrow = rate + "scopeDownStatement.byteMatchStatement."
	if login.String(narrow+"searchString") != "/api/login" || login.String(narrow+"positionalConstraint") != "STARTS_WITH" ||
		!login.Has(narrow+"fieldToMatch.uriPath") || login.String(narrow+"textTransformations[].type") != "NORMALIZE_PATH" {
		t.Errorf("the limit for one path: %v", login)
	}
	for _, r := range append(acl.Inputs.Objects("rules[]"), acl.Inputs) {
		if !r.Bool("visibilityConfig.cloudwatchMetricsEnabled") || r.Bool("visibilityConfig.sampledRequestsEnabled") {
			t.Errorf("%s: want metrics, and no samples of requests: %v", r.String("name"), r["visibilityConfig"])
		}
	}
}

func TestWafLog(t *testing.T) {
	g := run(t, waf(t, nil))
	group := g.One(t, "aws:cloudwatch/logGroup:LogGroup", "waf")
	if group.Inputs.String("name") != "aws-waf-logs-explico-test-waf" || group.Inputs.Int("retentionInDays") != 30 {
		t.Errorf("the log group: %v", group.Inputs)
	}
	key := g.One(t, "aws:kms/key:Key", "waf-logs")
	if group.Inputs.String("kmsKeyId") != key.Outputs.String("arn") || !strings.Contains(key.Inputs.String("policy"), "logs.us-east-1.amazonaws.com") {
		t.Errorf("the log is encrypted with %s", group.Inputs.String("kmsKeyId"))
	}
	log := g.One(t, "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", "waf")
	if log.Inputs.String("logDestinationConfigs[]") != group.Outputs.String("arn") || !waitsFor(log, "aws:cloudwatch/logResourcePolicy:LogResourcePolicy", "waf") {
		t.Errorf("the log goes to %v and waits for %v", log.Inputs, log.DependsOn)
	}
	if got := log.Inputs.Strings("redactedFields[].singleHeader.name"); !slices.Equal(got, []string{"authorization", "cookie", "x-explico-origin"}) {
		t.Errorf("the log leaves out %v", got)
	}
	if log.Inputs.String("loggingFilter.defaultBehavior") != "DROP" || log.Inputs.String("loggingFilter.filters[].behavior") != "KEEP" {
		t.Errorf("what is let through is logged: %v", log.Inputs)
	}
	whole := run(t, waf(t, func(a *WafArgs) { a.LogAllowed = true }))
	if whole.One(t, "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", "waf").Inputs.Has("loggingFilter") {
		t.Error("LogAllowed: something is left out")
	}
	let := g.One(t, "aws:cloudwatch/logResourcePolicy:LogResourcePolicy", "waf").Inputs.String("policyDocument")
	for _, want := range []string{"delivery.logs.amazonaws.com", `"aws:SourceAccount":["111122223333"]`, "log-group:aws-waf-logs-explico-test-waf:*"} {
		if !strings.Contains(let, want) {
			t.Errorf("the policy lets in %s, want %s", let, want)
		}
	}
}

func TestWafCounts(t *testing.T) {
	g := run(t, waf(t, func(a *WafArgs) { a.Count, a.BlockedCountries = true, []string{"KP"} }))
	for _, r := range g.One(t, webACLType, "waf").Inputs.Objects("rules[]") {
		if !r.Has("action.count") && !r.Has("overrideAction.count") {
			t.Errorf("%s does more than count: %v", r.String("name"), r)
		}
	}
}

func TestWafCountries(t *testing.T) {
	blocked := run(t, waf(t, func(a *WafArgs) { a.BlockedCountries = []string{"KP", "RU"} }))
	if got := wafRuleNamed(t, blocked.One(t, webACLType, "waf"), "countries").Strings("statement.geoMatchStatement.countryCodes[]"); !slices.Equal(got, []string{"KP", "RU"}) {
		t.Errorf("blocked: %v", got)
	}
	allowed := run(t, waf(t, func(a *WafArgs) { a.AllowedCountries = []string{"GB"} }))
	rule := wafRuleNamed(t, allowed.One(t, webACLType, "waf"), "countries")
	if got := rule.Strings("statement.notStatement.statements[].geoMatchStatement.countryCodes[]"); !slices.Equal(got, []string{"GB"}) || !rule.Has("action.block") {
		t.Errorf("allowed: %v", rule)
	}
}

func TestWafRegional(t *testing.T) {
	const stage = "arn:aws:apigateway:eu-west-1::/restapis/a1b2c3/stages/live"
	g := run(t, waf(t, func(a *WafArgs) {
		a.For, a.Resources = WafRegional, map[string]pulumi.StringInput{"api": pulumi.String(stage)}
	}))
	g.CheckHouse(t)
	acl, link := g.One(t, webACLType, "waf"), g.One(t, "aws:wafv2/webAclAssociation:WebAclAssociation", "waf-api")
	if acl.Inputs.String("scope") != "REGIONAL" || link.Inputs.String("webAclArn") != acl.Outputs.String("arn") || link.Inputs.String("resourceArn") != stage {
		t.Errorf("%v in front of %v", acl.Inputs, link.Inputs)
	}
	if len(g.All("pulumi:providers:aws")) != 1 || len(g.All("aws:kms/key:Key")) != 1 {
		t.Error("a web ACL of the home region has a provider or a key of its own")
	}
}

// Behind the CDN nobody else gets in, not even where all else only counts, and
// who asks is whom the CDN names.
func TestWafBehindCDN(t *testing.T) {
	secrets := []pulumi.StringInput{pulumi.String("new-secret"), pulumi.String("old-secret")}
	behind := func(n int) simtest.Resource {
		return run(t, waf(t, func(a *WafArgs) {
			a.For, a.Count, a.BlockedCountries, a.OriginSecrets = WafRegional, true, []string{"KP"}, secrets[:n]
		})).One(t, webACLType, "waf")
	}
	for n, path := range map[int]string{1: "statement.notStatement.statements[].", 2: "statement.notStatement.statements[].orStatement.statements[]."} {
		rule := wafRuleNamed(t, behind(n), "origin")
		match := rule.Objects(path + "byteMatchStatement")
		if len(match) != n || rule.Int("priority") != 0 || !rule.Has("action.block") {
			t.Fatalf("%d secrets: %v", n, rule)
		}
		for i, m := range match {
			if m.String("searchString") != []string{"new-secret", "old-secret"}[i] || m.String("positionalConstraint") != "EXACTLY" || m.String("fieldToMatch.singleHeader.name") != "x-explico-origin" {
				t.Errorf("it looks for %v", m)
			}
		}
	}
	acl := behind(1)
	rate, geo := wafRuleNamed(t, acl, "rate-all").Objects("statement.rateBasedStatement")[0], wafRuleNamed(t, acl, "countries").Objects("statement.geoMatchStatement")[0]
	if rate.String("aggregateKeyType") != "FORWARDED_IP" {
		t.Errorf("it counts the CDN's addresses: %v", rate)
	}
	for _, s := range []simcloud.Values{rate, geo} {
		if s.String("forwardedIpConfig.headerName") != "X-Forwarded-For" || s.String("forwardedIpConfig.fallbackBehavior") != "MATCH" {
			t.Errorf("visitors are taken from %v", s)
		}
	}
}

func TestWafSharesTheProvider(t *testing.T) {
	g := run(t, func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		east, err := testScope().Provider(ctx, "aws-us-east-1", "us-east-1")
		if err != nil {
			return err
		}
		return waf(t, func(a *WafArgs) { a.East = east })(ctx, opt)
	})
	g.CheckHouse(t)
	if got := g.One(t, webACLType, "waf").Provider; !strings.HasSuffix(got, "::aws-us-east-1") || len(g.All("pulumi:providers:aws")) != 2 {
		t.Errorf("the web ACL is made by %s", got)
	}
	if got := g.One(t, "aws:kms/key:Key", "waf-logs").Provider; !strings.HasSuffix(got, "::aws-us-east-1") {
		t.Errorf("its key is made by %s", got)
	}
}

func TestWafPreview(t *testing.T) {
	if g := run(t, waf(t, nil), simtest.Preview()); len(g.Cloud.Records()) != 0 || len(g.All(webACLType)) != 1 {
		t.Error("a preview creates something, or shows no web ACL")
	}
}

func TestWafRefuses(t *testing.T) {
	for want, change := range map[string]func(*WafArgs){
		`For: got "GLOBAL"`:                               func(a *WafArgs) { a.For = "GLOBAL" },
		"Resources: got [alb]":                            func(a *WafArgs) { a.Resources = map[string]pulumi.StringInput{"alb": pulumi.String("arn")} },
		"OriginSecrets: got 1":                            func(a *WafArgs) { a.OriginSecrets = []pulumi.StringInput{pulumi.String("x")} },
		"LogKeyArn: got none":                             func(a *WafArgs) { a.LogKeyArn = nil },
		"LogDays: got 0":                                  func(a *WafArgs) { a.LogDays = 0 },
		"BlockedCountries and AllowedCountries: got both": func(a *WafArgs) { a.BlockedCountries, a.AllowedCountries = []string{"KP"}, []string{"GB"} },
		`Groups: got "php"`:                               func(a *WafArgs) { a.Groups["php"] = nil },
		"RateLimits[x].Requests: got 9":                   func(a *WafArgs) { a.RateLimits["x"] = RateLimitArgs{9, 300, ""} },
		"RateLimits[x].Seconds: got 90":                   func(a *WafArgs) { a.RateLimits["x"] = RateLimitArgs{10, 90, ""} },
		"RateLimits: got 13, want at most 10":             func(a *WafArgs) { tooMany(a.RateLimits) },
		"WAFInvalidParameterException: Error r":           func(a *WafArgs) { a.BlockedCountries = []string{"Korea"} },
	} {
		_, err := simtest.Try("explico", "test", withProvider(waf(t, change)))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func tooMany(limits map[string]RateLimitArgs) {
	for _, name := range strings.Split("abcdefghijk", "") {
		limits[name] = RateLimitArgs{10, 60, ""}
	}
}

func TestShield(t *testing.T) {
	shielded := func(usd int, subscribed bool) func(*pulumi.Context, pulumi.ResourceOption) error {
		return func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
			_, err := NewShield(ctx, "shield", &ShieldArgs{
				Scope: testScope(), AcceptMonthlyUSD: usd, Subscribed: subscribed,
				Resources: map[string]pulumi.StringInput{"zone": pulumi.String("arn:aws:route53:::hostedzone/Z0123456789EXAMPLE")},
			}, opt)
			return err
		}
	}
	g := run(t, shielded(ShieldMonthlyUSD, false))
	g.CheckHouse(t)
	sub, guard := g.One(t, "aws:shield/subscription:Subscription", "shield"), g.One(t, "aws:shield/protection:Protection", "shield-zone")
	if !sub.Inputs.Bool("skipDestroy") || !waitsFor(guard, sub.Type, sub.Name) {
		t.Errorf("subscription %v, protection waits for %v", sub.Inputs, guard.DependsOn)
	}
	if _, err := simtest.Try("explico", "test", withProvider(shielded(0, false))); err == nil || !strings.Contains(err.Error(), "AcceptMonthlyUSD: got 0, want 3000") {
		t.Errorf("not accepted: got %v", err)
	}
	// Who says to be subscribed and is not is refused by AWS.
	if _, err := simtest.Try("explico", "test", withProvider(shielded(ShieldMonthlyUSD, true))); err == nil || !strings.Contains(err.Error(), "The subscription does not exist") {
		t.Errorf("not subscribed: got %v", err)
	}
}
