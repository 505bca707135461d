package aws

import (
	"fmt"
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

func wafSeen(name string) map[string]any {
	return map[string]any{"cloudwatchMetricsEnabled": true, "metricName": name, "sampledRequestsEnabled": false}
}

// wafRate is a rule that blocks who asks too often; change alters it.
func wafRate(name string, priority int, change func(rule, rate map[string]any)) map[string]any {
	rate := map[string]any{"limit": 2000.0, "evaluationWindowSec": 300.0, "aggregateKeyType": "IP"}
	rule := map[string]any{
		"name": name, "priority": float64(priority), "action": map[string]any{"block": map[string]any{}},
		"statement": map[string]any{"rateBasedStatement": rate}, "visibilityConfig": wafSeen(name),
	}
	if change != nil {
		change(rule, rate)
	}
	return rule
}

func wafGroup(name string, priority int) map[string]any {
	return map[string]any{
		"name": name, "priority": float64(priority), "overrideAction": map[string]any{"none": map[string]any{}}, "visibilityConfig": wafSeen(name),
		"statement": map[string]any{"managedRuleGroupStatement": map[string]any{"vendorName": "AWS", "name": name}},
	}
}

func wafACL(name, scope, region string, rules ...any) s3Step {
	return s3Step{name: name, token: webACLToken, region: region, in: simcloud.Values{
		"name": "front", "scope": scope, "defaultAction": map[string]any{"allow": map[string]any{}}, "visibilityConfig": wafSeen("front"), "rules": rules,
	}}
}

func TestWafRules(t *testing.T) {
	type m = map[string]any
	acl := func(rules ...any) []s3Step { return []s3Step{wafACL("acl", "REGIONAL", "eu-west-1", rules...)} }
	rate := func(key string, value any) []s3Step {
		return acl(wafRate("rate", 1, func(_, r m) { r[key] = value }))
	}
	geo := func(codes ...any) []s3Step {
		return acl(wafRate("geo", 1, func(rule, _ m) {
			rule["statement"] = m{"notStatement": m{"statements": []any{m{"geoMatchStatement": m{"countryCodes": codes}}}}}
		}))
	}
	text := func(header, search string, change func(match m)) []s3Step {
		match := m{
			"fieldToMatch": m{"singleHeader": m{"name": header}}, "positionalConstraint": "EXACTLY", "searchString": search,
			"textTransformations": []any{m{"priority": 0.0, "type": "NONE"}},
		}
		if change != nil {
			change(match)
		}
		return acl(wafRate("text", 1, func(rule, _ m) {
			rule["statement"] = m{"notStatement": m{"statements": []any{m{"byteMatchStatement": match}}}}
		}))
	}
	var eleven, heavy []any
	for i := range 11 {
		eleven = append(eleven, wafRate(fmt.Sprint("r", i), i, nil))
		group := wafGroup("AWSManagedRulesCommonRuleSet", i)
		group["name"] = fmt.Sprint("g", i)
		heavy = append(heavy, group)
	}
	blind := wafACL("acl", "REGIONAL", "eu-west-1")
	delete(blind.in, "visibilityConfig")
	s3Run(t, []s3Case{
		{"fine", acl(wafRate("rate", 1, nil), wafGroup("AWSManagedRulesCommonRuleSet", 2)), ""},
		{"CloudFront from elsewhere", []s3Step{wafACL("acl", "CLOUDFRONT", "eu-west-1")}, "WAFInvalidParameterException: Error reason: The scope is not valid., field: SCOPE_VALUE, parameter: CLOUDFRONT"},
		{"another scope", []s3Step{wafACL("acl", "GLOBAL", "us-east-1")}, "expected scope"},
		{"a taken name", []s3Step{wafACL("acl", "REGIONAL", ""), wafACL("again", "REGIONAL", "")}, "WAFDuplicateItemException"},
		{"two of a priority", acl(wafRate("a", 1, nil), wafRate("b", 1, nil)), "WAFInvalidParameterException: Error reason: Your statement has multiple values"},
		{"two of a name", acl(wafRate("a", 1, nil), wafRate("a", 2, nil)), "WAFDuplicateItemException"},
		{"a low rate", rate("limit", 9.0), "expected statement.rateBasedStatement.limit to be in the range (10 - 2000000000)"},
		{"an odd window", rate("evaluationWindowSec", 90.0), "expected evaluationWindowSec to be one of [60 120 300 600]"},
		{"an odd key", rate("aggregateKeyType", "COOKIE"), "expected statement.rateBasedStatement.aggregateKeyType"},
		{"addresses passed on by nobody", rate("aggregateKeyType", "FORWARDED_IP"), "WAFInvalidParameterException: Error reason: You must specify a forwarded IP configuration"},
		{"a header", text("x-origin", "secret", nil), ""},
		{"a header in upper case", text("X-Origin", "secret", nil), "X-Origin: must contain only lowercase alphanumeric characters"},
		{"a long text", text("x-origin", strings.Repeat("a", 201), nil), "expected length of searchString to be in the range (1 - 200), got 201"},
		{"no text", text("x-origin", "", nil), "expected length of searchString to be in the range (1 - 200), got 0"},
		{"no transformation", text("x-origin", "a", func(match m) { delete(match, "textTransformations") }), "missing required argument \"textTransformations\""},
		{"eleven rates", acl(eleven...), "WAFLimitsExceededException"},
		{"more than it can", acl(heavy...), "WAFInvalidParameterException: Error reason: You exceeded the capacity"},
		{"an unknown group", acl(wafGroup("AWSManagedRulesNoSuchSet", 1)), "WAFNonexistentItemException"},
		{"a group with an action", acl(func() any { g := wafGroup("AWSManagedRulesSQLiRuleSet", 1); g["action"] = m{"block": m{}}; return g }()), "WAFInvalidParameterException: Error reason: A reference"},
		{"a rule without one", acl(wafRate("a", 1, func(r, _ m) { delete(r, "action") })), "WAFInvalidParameterException: Error reason: A reference"},
		{"a country that is none", geo("GB", "UK1"), "WAFInvalidParameterException: Error reason: The country code is not valid."},
		{"no country", geo(), "WAFInvalidParameterException: Error reason: Your statement has no country"},
		{"no priority", acl(wafRate("a", 1, func(r, _ m) { delete(r, "priority") })), "missing required argument \"rules.priority\""},
		{"not watched", []s3Step{blind}, "missing required argument"},
	})
}

func TestWafInUse(t *testing.T) {
	acl := wafACL("acl", "CLOUDFRONT", "us-east-1")
	home := wafACL("acl", "REGIONAL", "")
	site := edgeSite("site", func(in, _, _, _ map[string]any) { in["webAclId"] = "{acl.arn}" })
	join := func(name, resource string) s3Step {
		return s3Step{name: name, token: webACLAssociationToken, in: simcloud.Values{"webAclArn": "{acl.arn}", "resourceArn": resource}}
	}
	const nobody = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/web/1"
	const stage = "arn:aws:apigateway:eu-west-1::/restapis/a/stages/b"
	gone := func(name, region string) s3Step { return s3Step{name: name, region: region, delete: true} }
	front := func(steps ...s3Step) []s3Step { return withLB(append([]s3Step{balancerStep(), home}, steps...)...) }
	far := join("link", stage)
	far.region = "us-east-1"
	s3Run(t, []s3Case{
		{"of a distribution", []s3Step{acl, site, gone("acl", "us-east-1")}, "WAFAssociatedItemException"},
		{"let go", []s3Step{acl, site, gone("site", ""), gone("acl", "us-east-1")}, ""},
		{"a distribution of regional scope", []s3Step{home, site}, "InvalidWebACLId"},
		{"of a load balancer", front(join("link", "{lb.arn}")), ""},
		{"of a load balancer, deleted", front(join("link", "{lb.arn}"), gone("acl", "")), "WAFAssociatedItemException"},
		{"a load balancer twice", front(join("link", "{lb.arn}"), join("again", "{lb.arn}")), "WAFInvalidOperationException"},
		{"no load balancer", front(join("link", nobody)), "WAFNonexistentItemException"},
		{"an API", []s3Step{home, join("link", stage)}, ""},
		{"an API elsewhere", []s3Step{home, join("link", strings.Replace(stage, "eu-west-1", "eu-west-2", 1))}, "WAFInvalidParameterException"},
		{"a bucket", []s3Step{home, join("link", "arn:aws:s3:::files")}, "WAFInvalidParameterException"},
		{"an API of CloudFront's scope", []s3Step{acl, far}, "WAFInvalidParameterException: Error reason: The ARN isn't valid. A web ACL of scope CLOUDFRONT"},
		{"of nothing", []s3Step{{name: "link", token: webACLAssociationToken, in: simcloud.Values{"webAclArn": "arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/a/b", "resourceArn": stage}}}, "WAFNonexistentItemException"},
	})
}

func TestWafLogs(t *testing.T) {
	const may = `{"Effect":"Allow","Principal":{"Service":"delivery.logs.amazonaws.com"},"Action":["logs:CreateLogStream","logs:PutLogEvents"],"Resource":"arn:aws:logs:*:111122223333:log-group:aws-waf-logs-front:*"}`
	group := func(name, region string) s3Step {
		return s3Step{name: "group", token: logGroupToken, region: region, in: simcloud.Values{"name": name}}
	}
	let := s3Step{name: "let", token: logPolicyToken, in: simcloud.Values{"policyName": "waf", "policyDocument": dnsDoc(may)}}
	log := func(pairs ...any) s3Step {
		in := simcloud.Values{"resourceArn": "{acl.arn}", "logDestinationConfigs": []any{"{group.arn}"}}
		for i := 0; i < len(pairs); i += 2 {
			in[pairs[i].(string)] = pairs[i+1]
		}
		return s3Step{name: "log", token: webACLLoggingToken, in: in}
	}
	acl, here := wafACL("acl", "REGIONAL", ""), group("aws-waf-logs-front", "")
	type m = map[string]any
	filter := func(behavior, requirement, action string) m {
		return m{"defaultBehavior": "DROP", "filters": []any{m{
			"behavior": behavior, "requirement": requirement, "conditions": []any{m{"actionCondition": m{"action": action}}},
		}}}
	}
	s3Run(t, []s3Case{
		{"fine", []s3Step{acl, here, let, log("loggingFilter", filter("KEEP", "MEETS_ANY", "BLOCK"))}, ""},
		{"to any name", []s3Step{acl, group("waf", ""), let, log()}, "WAFInvalidParameterException: Error reason: The ARN isn't valid."},
		{"to another region", []s3Step{acl, group("aws-waf-logs-front", "eu-west-2"), let, log()}, "WAFInvalidParameterException: Error reason: The ARN isn't valid."},
		{"to any bucket", []s3Step{acl, log("logDestinationConfigs", []any{"arn:aws:s3:::logs"})}, "WAFInvalidParameterException: Error reason: The ARN isn't valid."},
		{"to two", []s3Step{acl, here, let, log("logDestinationConfigs", []any{"{group.arn}", "arn:aws:s3:::aws-waf-logs-x"})}, "WAFInvalidParameterException: Error reason: You have exceeded"},
		{"not let in", []s3Step{acl, here, log()}, "WAFLogDestinationPermissionIssueException"},
		{"of nothing", []s3Step{here, let, log("resourceArn", "arn:none")}, "WAFNonexistentItemException"},
		{"a header in capitals", []s3Step{acl, here, let, log("redactedFields", []any{m{"singleHeader": m{"name": "Cookie"}}})}, "WAFInvalidParameterException: Error reason: The header's name"},
		{"a filter that forgets", []s3Step{acl, here, let, log("loggingFilter", filter("FORGET", "MEETS_ANY", "BLOCK"))}, "expected behavior"},
		{"a filter of none", []s3Step{acl, here, let, log("loggingFilter", filter("KEEP", "MEETS_NONE", "BLOCK"))}, "expected requirement"},
		{"a filter of other actions", []s3Step{acl, here, let, log("loggingFilter", filter("KEEP", "MEETS_ANY", "DENY"))}, "expected actionCondition.action"},
	})
}

func TestShield(t *testing.T) {
	sub := func(more ...any) s3Step {
		return s3Step{name: "sub", token: shieldSubscriptionToken, in: simcloud.Values{"skipDestroy": len(more) > 0}}
	}
	guard := func(name, arn string) s3Step {
		return s3Step{name: name, token: shieldProtectionToken, in: simcloud.Values{"name": name, "resourceArn": arn}}
	}
	const zone = "arn:aws:route53:::hostedzone/Z0123456789EXAMPLE"
	known := guard("guard", zone)
	known.account = "999999999999"
	again := sub()
	again.name = "again"
	s3Run(t, []s3Case{
		{"fine", []s3Step{sub(), guard("guard", zone)}, ""},
		{"subscribed elsewhere", []s3Step{known}, ""},
		{"no subscription", []s3Step{guard("guard", zone)}, "ResourceNotFoundException: The subscription does not exist."},
		{"two subscriptions", []s3Step{sub(), again}, "ResourceAlreadyExistsException"},
		{"odd renewal", []s3Step{{name: "sub", token: shieldSubscriptionToken, in: simcloud.Values{"autoRenew": "NEVER"}}}, "expected autoRenew"},
		{"within the year", []s3Step{sub(), {name: "sub", delete: true}}, "LockedSubscriptionException"},
		{"left to run", []s3Step{sub(true), {name: "sub", delete: true}}, ""},
		{"twice", []s3Step{sub(), guard("guard", zone), guard("again", zone)}, "ResourceAlreadyExistsException: The referenced resource"},
		{"a bucket", []s3Step{sub(), guard("guard", "arn:aws:s3:::files")}, "InvalidResourceException"},
	})
}

// A preview knows little; what it does not know is no mistake.
func TestWafUnknown(t *testing.T) {
	type m = map[string]any
	no := simcloud.Unknown{}
	for token, in := range map[string]simcloud.Values{
		webACLToken: {"name": no, "scope": "REGIONAL", "defaultAction": m{}, "visibilityConfig": wafSeen("x"), "rules": []any{
			wafRate("a", 1, func(r, rate m) { rate["limit"], r["priority"] = no, no }), wafRate("b", 2, func(r, _ m) { r["statement"] = no }),
		}},
		webACLAssociationToken:  {"webAclArn": no, "resourceArn": no},
		webACLLoggingToken:      {"resourceArn": no, "logDestinationConfigs": []any{no}, "redactedFields": no, "loggingFilter": no},
		shieldSubscriptionToken: {"autoRenew": no},
		shieldProtectionToken:   {"resourceArn": no, "name": no},
		healthCheckToken:        {"type": "HTTPS", "fqdn": no, "requestInterval": no, "regions": no},
		queryLogToken:           {"zoneId": no, "cloudwatchLogGroupArn": no},
		signingKeyToken:         {"hostedZoneId": no, "keyManagementServiceArn": no, "name": no},
		zoneSigningToken:        {"hostedZoneId": no, "signingStatus": no},
		logPolicyToken:          {"policyName": no, "policyDocument": no},
		recordToken:             {"zoneId": no, "name": no, "type": no, "ttl": 60, "records": no, "setIdentifier": no, "weightedRoutingPolicies": []any{m{"weight": no}}},
		distributionToken: edgeSite("site", func(in, b, o, _ m) {
			o["domainName"], b["originRequestPolicyId"], b["allowedMethods"] = no, no, no
			in["originGroups"] = []any{m{"originId": "g", "members": []any{m{"originId": "files"}, m{"originId": "files"}}, "failoverCriteria": no}}
		}).in,
	} {
		for _, err := range simcloud.New(Catalog()).Validate(token, in) {
			t.Errorf("%s: %v", token, err)
		}
	}
}
