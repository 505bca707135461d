package aws

import (
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// newAnomalyMonitor makes the account's monitor of the costs of each service.
func newAnomalyMonitor(ctx *pulumi.Context, name string, tags pulumi.StringMap, opts ...pulumi.ResourceOption) (*bound, error) {
	return bind(ctx, "aws:costexplorer/anomalyMonitor:AnomalyMonitor", name, pulumi.Map{
		"monitorType": pulumi.String("DIMENSIONAL"), "monitorDimension": pulumi.String("SERVICE"), "tags": tags,
	}, opts...)
}

// newAnomalySubscription tells a topic at once of anomalies of usd or more.
func newAnomalySubscription(ctx *pulumi.Context, name string, monitor, topic pulumi.StringInput, usd int, tags pulumi.StringMap, opts ...pulumi.ResourceOption) error {
	_, err := bind(ctx, "aws:costexplorer/anomalySubscription:AnomalySubscription", name, pulumi.Map{
		"frequency":       pulumi.String("IMMEDIATE"),
		"monitorArnLists": pulumi.StringArray{monitor},
		"subscribers":     pulumi.Array{pulumi.Map{"type": pulumi.String("SNS"), "address": topic}},
		"thresholdExpression": pulumi.Map{"dimension": pulumi.Map{
			"key": pulumi.String("ANOMALY_TOTAL_IMPACT_ABSOLUTE"), "matchOptions": pulumi.ToStringArray([]string{"GREATER_THAN_OR_EQUAL"}),
			"values": pulumi.ToStringArray([]string{strconv.Itoa(usd)}),
		}},
		"tags": tags,
	}, opts...)
	return err
}

// newCostAllocationTag makes a tag a column of the bill.
func newCostAllocationTag(ctx *pulumi.Context, name, key string, opts ...pulumi.ResourceOption) (pulumi.Resource, error) {
	return bind(ctx, "aws:costexplorer/costAllocationTag:CostAllocationTag", name, pulumi.Map{
		"tagKey": pulumi.String(key), "status": pulumi.String("Active"),
	}, opts...)
}

// scaling is a scheduled action of an Auto Scaling group.
type scaling struct {
	group              pulumi.StringInput
	action             string
	low, high, desired int
	// recurrence is a cron line of five fields, in the time zone.
	recurrence, timezone string
}

func newScaling(ctx *pulumi.Context, name string, s scaling, opts ...pulumi.ResourceOption) error {
	_, err := bind(ctx, "aws:autoscaling/schedule:Schedule", name, pulumi.Map{
		"autoscalingGroupName": s.group, "scheduledActionName": pulumi.String(s.action),
		"minSize": pulumi.Int(s.low), "maxSize": pulumi.Int(s.high), "desiredCapacity": pulumi.Int(s.desired),
		"recurrence": pulumi.String(s.recurrence), "timeZone": pulumi.String(s.timezone),
	}, opts...)
	return err
}
