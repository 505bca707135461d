package aws

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

var healthMatcher = regexp.MustCompile(`^\d{3}([-,]\d{3})*$`)

func targetGroup() *simcloud.Type {
	return &simcloud.Type{
		Token: targetGroupToken, Noun: "target group", Auto: "name", AutoMax: 32, Takes: 2 * time.Second,
		ID: func(op *simcloud.Op) string {
			return arn(op, "elasticloadbalancing", "targetgroup/"+lbName(op, "target group")+"/"+op.Hex(16, "id"))
		},
		Replace: []string{"name", "namePrefix", "port", "protocol", "protocolVersion", "targetType", "vpcId", "ipAddressType"},
		Refs: []simcloud.Ref{{
			Path: "vpcId", To: []string{vpcToken}, Holds: true, Missing: "ValidationError: The VPC ID '%s' is not found",
		}},
		InUse: "ResourceInUse: Target group '%s' is currently in use by a listener or a rule",
		Unique: []simcloud.Unique{{
			Paths: []string{"name"}, Words: "DuplicateTargetGroupName: A target group with the same name '%s' exists, but with different settings",
		}},
		Validate: validTargetGroup,
		Refuse: func(op *simcloud.Op) error {
			if h := op.In; h.Has("healthCheck") && targetSeconds(h, "timeout", 5) >= targetSeconds(h, "interval", 30) {
				return simcloud.Refusal("ValidationError", "Health check interval must be greater than the timeout.")
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{
				"arn": op.ID, "arnSuffix": suffix(op.ID), "name": lbName(op, "target group"), "loadBalancerArns": balancersOf(op, op.ID),
			}
		},
	}
}

// targetSeconds is a number of the health check, or its default.
func targetSeconds(in simcloud.Values, key string, otherwise int) int {
	if n := in.Int("healthCheck." + key); n != 0 {
		return n
	}
	return otherwise
}

func validTargetGroup(in simcloud.Values) []error {
	errs := append(lbNames(in), simcloud.Problems(
		simcloud.OneOf(in, "targetType", "instance", "ip", "lambda", "alb"),
		simcloud.OneOf(in, "protocol", "HTTP", "HTTPS", "TCP", "TLS", "UDP", "TCP_UDP", "GENEVE"),
		simcloud.OneOf(in, "protocolVersion", "HTTP1", "HTTP2", "GRPC"),
		simcloud.OneOf(in, "healthCheck.protocol", "HTTP", "HTTPS", "TCP"),
		simcloud.OneOf(in, "loadBalancingAlgorithmType", "round_robin", "least_outstanding_requests", "weighted_random"),
		simcloud.Between(in, "port", 1, 65535), simcloud.Between(in, "deregistrationDelay", 0, 3600), simcloud.Between(in, "slowStart", 0, 900),
		simcloud.Between(in, "healthCheck.interval", 5, 300), simcloud.Between(in, "healthCheck.timeout", 2, 120),
		simcloud.Between(in, "healthCheck.healthyThreshold", 2, 10), simcloud.Between(in, "healthCheck.unhealthyThreshold", 2, 10),
		simcloud.Matches(in, "healthCheck.matcher", healthMatcher),
	)...)
	if path := in.String("healthCheck.path"); path != "" && !strings.HasPrefix(path, "/") {
		errs = append(errs, simcloud.Refusal("ValidationError", "Health check path '%s' must begin with a '/' character", path))
	}
	if in.String("targetType") != "lambda" {
		for _, path := range []string{"port", "protocol", "vpcId"} {
			if !in.Has(path) {
				errs = append(errs, fmt.Errorf("%s should be set when target type is %s", path, in.String("targetType")))
			}
		}
	}
	if s := in.Int("slowStart"); s > 0 && s < 30 {
		errs = append(errs, simcloud.Refusal("ValidationError", "Slow start duration must be 0 or between 30 and 900 seconds, got %s", strconv.Itoa(s)))
	}
	return errs
}

// targetsOf are the target groups that actions forward to.
func targetsOf(in simcloud.Values, actions string) []string {
	return slices.Concat(in.Strings(actions+"[].targetGroupArn"), in.Strings(actions+"[].forward.targetGroups[].arn"))
}

// balancersOf are the load balancers whose listeners or rules forward to a
// target group.
func balancersOf(op *simcloud.Op, group string) []string {
	var all []string
	for _, l := range op.All(listenerToken) {
		mine := slices.Contains(targetsOf(l.Out, "defaultActions"), group)
		for _, r := range op.All(listenerRule) {
			mine = mine || r.Out.String("listenerArn") == l.ID && slices.Contains(targetsOf(r.Out, "actions"), group)
		}
		if mine {
			all = append(all, l.Out.String("loadBalancerArn"))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
