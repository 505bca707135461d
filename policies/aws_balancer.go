package policies

import (
	"slices"
	"strings"
)

var balancerRules = []rule{
	{
		ids:      "F ELB.16, C CKV2_AWS_28",
		topics:   "attacks",
		priority: 1, types: "lb.LoadBalancer",
		reason: "what the world reaches is attacked; the CDN's web ACL sees only what comes through the CDN",
		check:  only(public, some("wafv2.WebAclAssociation", "resourceArn", "web ACL in front of it", func(resource) bool { return true })),
		bad: []string{
			`ecs/wafv2.WebAclAssociation ecs: gone`,
			`ecs/wafv2.WebAclAssociation ecs: resourceArn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/other/1"`,
		},
	},
	{
		ids:      "F ELB.1, T AWS-0054, C CKV_AWS_2, CKV2_AWS_20",
		topics:   "inTransit",
		priority: 1, types: "lb.Listener",
		reason: "what comes in clear can be read and changed on the way",
		check:  local(encrypted),
		bad: []string{
			`ecs/lb.Listener ecs-http: defaultActions[0] = {"type":"forward","targetGroupArn":"x"}`,
			`ecs/lb.Listener ecs-http: defaultActions[0].redirect.protocol = "HTTP"`,
			`ecs/lb.Listener plain: new {"port":8080,"protocol":"HTTP","defaultActions":[{"type":"forward"}],"tags":{"component":"x","Name":"x"}}`,
		},
	},
	{
		ids:      "T AWS-0047, C CKV_AWS_103, CKV2_AWS_74",
		topics:   "inTransit",
		priority: 1, types: "lb.Listener",
		reason: "older versions of TLS can be broken",
		check: only(overTLS, local(func(r resource) []string {
			if policy := r.Inputs.String("sslPolicy"); !strings.HasPrefix(policy, "ELBSecurityPolicy-TLS13-1-2-") && !strings.HasPrefix(policy, "ELBSecurityPolicy-TLS13-1-3-") {
				return complain("sslPolicy is %v, want one from TLS 1.2 on", text(r.Inputs.Get("sslPolicy")))
			}
			return nil
		})),
		bad: []string{
			`ecs/lb.Listener ecs-https: sslPolicy = "ELBSecurityPolicy-2016-08"`,
			`ecs-cdn/lb.Listener ecs-https: sslPolicy = null`,
		},
	},
	{
		ids:      "F ELB.4, T AWS-0052, C CKV_AWS_131",
		topics:   "attacks",
		priority: 1, types: "lb.LoadBalancer",
		reason: "a header that servers read differently smuggles a request past one of them",
		check:  is("dropInvalidHeaderFields", true),
		bad:    []string{`ecs/lb.LoadBalancer ecs: dropInvalidHeaderFields = null`},
	},
	{
		// Two in the catalogue; here wherever there is a load balancer.
		ids:      "F ELB.5/12/13, C CKV_AWS_91/328",
		topics:   "audit availability",
		priority: 1, types: "lb.LoadBalancer",
		reason: "who asked for what is asked after an attack; a load balancer in one zone goes with it",
		check: all(
			is("accessLogs.enabled", true), has("accessLogs.bucket"), is("desyncMitigationMode", "defensive", "strictest"), local(inTwoSubnets),
		),
		bad: []string{
			`ecs/lb.LoadBalancer ecs: accessLogs.enabled = false`, `ecs/lb.LoadBalancer ecs: accessLogs = null`,
			`ecs/lb.LoadBalancer ecs: desyncMitigationMode = "monitor"`, `ecs/lb.LoadBalancer ecs: subnets = ["subnet-1"]`,
		},
	},
	{
		ids:      "own ELB-1 (what is open to the CDN alone is open to this CDN alone)",
		topics:   "attacks",
		priority: 1, types: "lb.LoadBalancer",
		reason: "CloudFront's addresses are those of everybody's distributions",
		check:  only(public, related(knowsItsCDN)),
		bad: []string{
			`ecs-cdn/wafv2.WebAcl waf-services: rules[0].action = {"count":{}}`,
			`ecs-cdn/wafv2.WebAcl waf-services: rules[0].priority = 100`,
			`ecs-cdn/cloudfront.Distribution cdn: origins[1].customHeaders = null`,
		},
	},
}

// public says whether a load balancer has addresses of the internet.
func public(r resource) bool { return !r.Inputs.Bool("internal") }

// overTLS says whether a listener speaks TLS.
func overTLS(r resource) bool {
	return slices.Contains([]string{"HTTPS", "TLS"}, r.Inputs.String("protocol"))
}

// encrypted wants a listener to speak TLS, or to send whoever comes to one that
// does.
func encrypted(r resource) []string {
	if overTLS(r) {
		return nil
	}
	for _, action := range r.Inputs.Objects("defaultActions[]") {
		if action.String("type") != "redirect" || action.String("redirect.protocol") != "HTTPS" {
			return complain("answers over %s", r.Inputs.String("protocol"))
		}
	}
	return nil
}

func inTwoSubnets(r resource) []string {
	if n := r.Inputs.Count("subnets[]"); n < 2 {
		return complain("stands in %d subnets, want 2 or more", n)
	}
	return nil
}

// knowsItsCDN wants a load balancer that CloudFront's servers reach, and nobody
// else, to refuse what does not show the header that this CDN sends, before
// anything else.
func knowsItsCDN(g *graph, r resource) []string {
	listed := false
	for _, group := range g.named("ec2.SecurityGroup", r, "securityGroups[]") {
		for _, rule := range g.naming("vpc.SecurityGroupIngressRule", "securityGroupId", group) {
			listed = listed || rule.Inputs.Has("prefixListId")
		}
	}
	if !listed {
		return nil
	}
	sent := map[string]string{} // the values of headers, by their names in lower case
	for _, cdn := range g.of("cloudfront.Distribution") {
		for _, h := range cdn.Inputs.Objects("origins[].customHeaders[]") {
			sent[strings.ToLower(h.String("name"))] = h.String("value")
		}
	}
	for _, link := range g.naming("wafv2.WebAclAssociation", "resourceArn", r) {
		for _, acl := range g.named("wafv2.WebAcl", link, "webAclArn") {
			if refusesStrangers(acl, sent) {
				return nil
			}
		}
	}
	return complain("takes requests of everybody's CloudFront")
}

// refusesStrangers says whether a web ACL's first rule blocks what lacks one of
// the headers.
func refusesStrangers(acl resource, sent map[string]string) bool {
	for _, rule := range acl.Inputs.Objects("rules[]") {
		if rule.Int("priority") != 0 || !rule.Has("action.block") {
			continue
		}
		const one = "statement.notStatement.statements[].byteMatchStatement"
		const several = "statement.notStatement.statements[].orStatement.statements[].byteMatchStatement"
		for _, m := range slices.Concat(rule.Objects(one), rule.Objects(several)) {
			if value := sent[m.String("fieldToMatch.singleHeader.name")]; value != "" && value == m.String("searchString") {
				return true
			}
		}
	}
	return false
}
