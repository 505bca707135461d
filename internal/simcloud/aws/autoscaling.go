package aws

import (
	"slices"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// The types of Application Auto Scaling, as far as ECS services go.
//
// Source: the Application Auto Scaling API reference (version 2016-02-06), read
// 2026-11.
const (
	scalableToken      = "aws:appautoscaling/target:Target"
	scalingPolicyToken = "aws:appautoscaling/policy:Policy"
)

func scalingTypes() []*simcloud.Type {
	identity := []string{"resourceId", "scalableDimension", "serviceNamespace"}
	return []*simcloud.Type{{
		Token: scalableToken, Noun: "scalable target", IDFrom: "resourceId", Takes: time.Second,
		Required: append([]string{"minCapacity", "maxCapacity"}, identity...),
		Replace:  identity,
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(simcloud.Between(in, "minCapacity", 0, 5000))
		},
		Refuse: func(op *simcloud.Op) error {
			id := op.In.String("resourceId")
			service := arn(op, "ecs", id)
			switch {
			case op.In.Int("maxCapacity") < op.In.Int("minCapacity"):
				return simcloud.Refusal("ValidationException", "Maximum capacity cannot be less than minimum capacity")
			case op.In.String("scalableDimension") != "ecs:service:DesiredCount" || op.In.String("serviceNamespace") != "ecs":
				return simcloud.Refusal("ValidationException", "Unsupported service namespace, resource type or scalable dimension")
			case op.Find(ecsServiceToken, "arn", service) == nil:
				return simcloud.Refusal("ValidationException", "ECS service doesn't exist: %s", id)
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"arn": arn(op, "application-autoscaling", "scalable-target/"+op.ID)}
		},
	}, {
		Token: scalingPolicyToken, Noun: "scaling policy", IDFrom: "name", Auto: "name", AutoMax: 255, Takes: time.Second,
		Required: identity,
		Replace:  append([]string{"name"}, identity...),
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(simcloud.OneOf(in, "policyType", "StepScaling", "TargetTrackingScaling"))
		},
		Refuse: refuseScaling,
		Outputs: func(op *simcloud.Op) simcloud.Values {
			name := op.In.String("name")
			return simcloud.Values{
				"arn":       kept(op, "arn", arn(op, "autoscaling", "scalingPolicy:"+uuid(op)+":resource/ecs/"+op.In.String("resourceId")+":policyName/"+name)),
				"alarmArns": []any{},
			}
		},
	}}
}

func refuseScaling(op *simcloud.Op) error {
	const track = "targetTrackingScalingPolicyConfiguration."
	in := op.In
	if op.Find(scalableToken, "resourceId", in.String("resourceId")) == nil {
		return simcloud.Refusal("ObjectNotFoundException", "No scalable target registered for service namespace: %s, resource ID: %s, scalable dimension: %s",
			in.String("serviceNamespace"), in.String("resourceId"), in.String("scalableDimension"))
	}
	if in.String("policyType") != "TargetTrackingScaling" {
		return nil
	}
	kind, label := in.String(track+"predefinedMetricSpecification.predefinedMetricType"), in.String(track+"predefinedMetricSpecification.resourceLabel")
	known := []string{"ECSServiceAverageCPUUtilization", "ECSServiceAverageMemoryUtilization", "ALBRequestCountPerTarget"}
	switch {
	case !in.Has(track + "targetValue"):
		return simcloud.Refusal("ValidationException", "TargetTrackingScalingPolicyConfiguration.TargetValue must be specified")
	case kind != "" && !slices.Contains(known, kind):
		return simcloud.Refusal("ValidationException", "Predefined metric type %s is not supported for service namespace ecs", kind)
	case kind == "ALBRequestCountPerTarget":
		return labelFits(op, label)
	}
	return nil
}

// labelFits refuses a label that does not lead from a load balancer to a target
// group that it forwards to: app/name/id/targetgroup/name/id.
func labelFits(op *simcloud.Op, label string) error {
	balancer, group, found := strings.Cut(label, "/targetgroup/")
	if !found {
		return simcloud.Refusal("ValidationException",
			"Resource label is in an invalid format. Ensure that it is in the format app/<load-balancer-name>/<load-balancer-id>/targetgroup/<target-group-name>/<target-group-id> (%s)", label)
	}
	g := op.Find(targetGroupToken, "arnSuffix", "targetgroup/"+group)
	if g == nil || !slices.ContainsFunc(balancersOf(op, g.ID), func(arn string) bool { return suffix(arn) == balancer }) {
		return simcloud.Refusal("ValidationException", "Target group targetgroup/%s is not associated with load balancer %s", group, balancer)
	}
	return nil
}
