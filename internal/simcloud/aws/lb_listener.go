package aws

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// sslPolicies are the security policies of HTTPS listeners.
// Source: Application Load Balancer user guide, "Security policies for your
// Application Load Balancer", read 2026-11.
var sslPolicies = []string{
	"ELBSecurityPolicy-TLS13-1-3-2021-06", "ELBSecurityPolicy-TLS13-1-2-2021-06", "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
	"ELBSecurityPolicy-TLS13-1-2-Ext1-2021-06", "ELBSecurityPolicy-TLS13-1-2-Ext2-2021-06",
	"ELBSecurityPolicy-TLS13-1-1-2021-06", "ELBSecurityPolicy-TLS13-1-0-2021-06",
	"ELBSecurityPolicy-TLS13-1-3-FIPS-2023-04", "ELBSecurityPolicy-TLS13-1-2-FIPS-2023-04", "ELBSecurityPolicy-TLS13-1-2-Res-FIPS-2023-04",
	"ELBSecurityPolicy-TLS13-1-2-PQ-2025-09", "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09", "ELBSecurityPolicy-TLS13-1-3-PQ-2025-09",
	"ELBSecurityPolicy-2016-08", "ELBSecurityPolicy-TLS-1-2-2017-01", "ELBSecurityPolicy-TLS-1-2-Ext-2018-06", "ELBSecurityPolicy-TLS-1-1-2017-01",
	"ELBSecurityPolicy-FS-2018-06", "ELBSecurityPolicy-FS-1-1-2019-08", "ELBSecurityPolicy-FS-1-2-2019-08", "ELBSecurityPolicy-FS-1-2-Res-2019-08",
	"ELBSecurityPolicy-FS-1-2-Res-2020-10", "ELBSecurityPolicy-2015-05",
}

// existingCertificates are issued certificates that were there before any
// program: bought elsewhere, or of another stack.
var existingCertificates = []string{
	"arn:aws:acm:eu-west-1:111122223333:certificate/0e0e0e0e-0000-4000-8000-000000000001",
}

func listener() *simcloud.Type {
	return &simcloud.Type{
		Token: listenerToken, Noun: "listener", Takes: 2 * time.Second,
		ID: func(op *simcloud.Op) string {
			return strings.Replace(op.In.String("loadBalancerArn"), ":loadbalancer/", ":listener/", 1) + "/" + op.Hex(16, "id")
		},
		Required: []string{"loadBalancerArn", "defaultActions"},
		Replace:  []string{"loadBalancerArn"},
		Refs: []simcloud.Ref{{
			Path: "loadBalancerArn", To: []string{balancerToken}, By: "arn", Missing: "LoadBalancerNotFound: Load balancer '%s' not found",
		}, targetRef("defaultActions[].targetGroupArn"), targetRef("defaultActions[].forward.targetGroups[].arn"), {
			// Whether it is there is looked at below: the words depend on where it is.
			Path: "certificateArn", To: []string{certificateToken}, By: "arn", Holds: true,
			Foreign: func(string) bool { return true },
		}},
		Unique: []simcloud.Unique{{
			Paths: []string{"loadBalancerArn", "port"}, Words: "DuplicateListener: A listener already exists on this port for this load balancer '%s' (port %s)",
		}},
		Validate: func(in simcloud.Values) []error {
			return append(actions(in, "defaultActions"), simcloud.Problems(simcloud.OneOf(in, "protocol", "HTTP", "HTTPS"), simcloud.Between(in, "port", 1, 65535))...)
		},
		Refuse:  refuseListener,
		Outputs: func(op *simcloud.Op) simcloud.Values { return simcloud.Values{"arn": op.ID} },
	}
}

// targetRef is an action that forwards to a target group, which then cannot go.
func targetRef(path string) simcloud.Ref {
	return simcloud.Ref{
		Path: path, To: []string{targetGroupToken}, By: "arn", Holds: true,
		Missing: "TargetGroupNotFound: One or more target groups not found: '%s'",
	}
}

// actions refuses actions that lack what their type needs.
func actions(in simcloud.Values, path string) []error {
	var errs []error
	for _, a := range in.Objects(path + "[]") {
		kind := a.String("type")
		need := map[string]string{"redirect": "redirect", "fixed-response": "fixedResponse"}[kind]
		switch {
		case !a.Known("type"):
		case kind == "forward" && !a.Has("targetGroupArn") && !a.Has("forward"):
			errs = append(errs, simcloud.Refusal("ValidationError", "An action of type 'forward' must specify a target group"))
		case need != "" && !a.Has(need):
			errs = append(errs, fmt.Errorf("%s: an action of type %s needs %s", path, kind, need))
		case !slices.Contains([]string{"forward", "redirect", "fixed-response", "authenticate-oidc", "authenticate-cognito"}, kind):
			errs = append(errs, simcloud.Refusal("ValidationError", "Action type '%s' must be one of 'forward,authenticate-oidc,authenticate-cognito,redirect,fixed-response'", kind))
		}
		if groups := a.Objects("forward.targetGroups[]"); len(groups) > 5 {
			errs = append(errs, simcloud.Refusal("TooManyTargets", "An action can forward to at most five target groups, got %d", len(groups)))
		}
		for _, g := range a.Objects("forward.targetGroups[]") {
			errs = append(errs, simcloud.Problems(simcloud.Between(g, "weight", 0, 999))...)
		}
	}
	return errs
}

func refuseListener(op *simcloud.Op) error {
	in := op.In
	certificate, policy := in.String("certificateArn"), in.String("sslPolicy")
	if in.String("protocol") != "HTTPS" {
		if certificate != "" || policy != "" {
			return simcloud.Refusal("InvalidConfigurationRequest", "Certificates and SSL policies cannot be specified for HTTP listeners")
		}
		return sameVPC(op, op.Find(balancerToken, "arn", in.String("loadBalancerArn")), targetsOf(in, "defaultActions"))
	}
	if policy != "" && !slices.Contains(sslPolicies, policy) {
		return simcloud.Refusal("SSLPolicyNotFound", "SSL policy '%s' not found", policy)
	}
	if certificate == "" {
		return simcloud.Refusal("ValidationError", "A certificate must be specified for HTTPS listeners")
	}
	if part := strings.Split(certificate, ":"); len(part) < 6 || part[3] != op.Region {
		return simcloud.Refusal("ValidationError", "Certificate ARN '%s' is not valid", certificate)
	}
	exists := slices.Contains(existingCertificates, certificate)
	if !exists && op.Find(certificateToken, "arn", certificate) == nil {
		return simcloud.Refusal("CertificateNotFound", "Certificate '%s' not found", certificate)
	}
	kept := op.Old != nil && op.Old.In.String("certificateArn") == certificate
	if !kept && !exists && op.Find(validationToken, "certificateArn", certificate) == nil {
		return simcloud.Refusal("UnsupportedCertificate",
			"The certificate '%s' must have a fully-qualified domain name, a supported signature, and a supported key size. (its status is PENDING_VALIDATION)", certificate)
	}
	return sameVPC(op, op.Find(balancerToken, "arn", in.String("loadBalancerArn")), targetsOf(in, "defaultActions"))
}

// sameVPC refuses target groups of another network than the load balancer's.
func sameVPC(op *simcloud.Op, balancer *simcloud.Record, groups []string) error {
	for _, group := range groups {
		if g := op.Find(targetGroupToken, "arn", group); g != nil && balancer != nil && g.Out.String("vpcId") != balancer.Out.String("vpcId") {
			return simcloud.Refusal("InvalidConfigurationRequest", "The following target groups are not in the same VPC as load balancer '%s': %s", balancer.ID, group)
		}
	}
	return nil
}

func rule() *simcloud.Type {
	return &simcloud.Type{
		Token: listenerRule, Noun: "listener rule", Takes: time.Second,
		ID: func(op *simcloud.Op) string {
			return strings.Replace(op.In.String("listenerArn"), ":listener/", ":listener-rule/", 1) + "/" + op.Hex(16, "id")
		},
		Required: []string{"listenerArn", "actions", "conditions"},
		Replace:  []string{"listenerArn"},
		Refs: []simcloud.Ref{{
			Path: "listenerArn", To: []string{listenerToken}, By: "arn", Missing: "ListenerNotFound: One or more listeners not found: '%s'",
		}, targetRef("actions[].targetGroupArn"), targetRef("actions[].forward.targetGroups[].arn")},
		Unique: []simcloud.Unique{{
			Paths: []string{"listenerArn", "priority"}, Words: "PriorityInUse: Priority is currently in use (%s, priority %s)",
		}},
		Validate: func(in simcloud.Values) []error {
			return append(actions(in, "actions"), simcloud.Problems(simcloud.Between(in, "priority", 1, 50000))...)
		},
		Refuse: refuseRule,
		Outputs: func(op *simcloud.Op) simcloud.Values {
			out := simcloud.Values{"arn": op.ID}
			if !op.In.Has("priority") { // the next after the highest
				most := 0
				for _, r := range op.All(listenerRule) {
					if r.Out.String("listenerArn") == op.In.String("listenerArn") {
						most = max(most, r.Out.Int("priority"))
					}
				}
				out["priority"] = most + 1
			}
			return out
		},
	}
}

// refuseRule refuses more values than a rule may have, and targets elsewhere.
// Source: Application Load Balancer user guide, quotas: five condition values
// and five wildcards per rule.
func refuseRule(op *simcloud.Op) error {
	values, wildcards := 0, 0
	for _, kind := range []string{"hostHeader", "pathPattern", "httpHeader", "httpRequestMethod", "sourceIp"} {
		for _, v := range op.In.Strings("conditions[]." + kind + ".values[]") {
			values++
			wildcards += strings.Count(v, "*") + strings.Count(v, "?")
			if kind == "pathPattern" && len(v) > 128 {
				return simcloud.Refusal("ValidationError", "Condition value '%s' contains more than 128 characters", v)
			}
		}
	}
	switch {
	case values == 0 && len(op.In.All("conditions[].queryStrings[]")) == 0:
		return simcloud.Refusal("ValidationError", "A condition value must be specified")
	case values > 5:
		return simcloud.Refusal("ValidationError", "Rules can only have '5' condition values, got %d", values)
	case wildcards > 5:
		return simcloud.Refusal("ValidationError", "Rules can only have '5' wildcards, got %d", wildcards)
	}
	l := op.Find(listenerToken, "arn", op.In.String("listenerArn"))
	return sameVPC(op, op.Find(balancerToken, "arn", l.Out.String("loadBalancerArn")), targetsOf(op.In, "actions"))
}
