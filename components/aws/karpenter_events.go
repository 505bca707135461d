package aws

import (
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sqs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// interruptions are the events that announce the end of a node.
var interruptions = []struct{ name, source, event string }{
	{"health", "aws.health", "AWS Health Event"},
	{"spot", "aws.ec2", "EC2 Spot Instance Interruption Warning"},
	{"rebalance", "aws.ec2", "EC2 Instance Rebalance Recommendation"},
	{"state", "aws.ec2", "EC2 Instance State-change Notification"},
	{"reservation", "aws.ec2", "EC2 Capacity Reservation Instance Interruption Warning"},
}

// rules send the events to the queue, which lets them in by then.
func (b *karpenterBuilder) rules(queue *sqs.Queue, allowed pulumi.Resource) error {
	for _, e := range interruptions {
		name := b.name + "-" + e.name
		pattern, err := json.Marshal(map[string][]string{"source": {e.source}, "detail-type": {e.event}})
		if err != nil {
			return fmt.Errorf("writing the pattern of %s: %w", e.event, err)
		}
		rule, err := bind(b.ctx, "aws:cloudwatch/eventRule:EventRule", name, pulumi.Map{
			"description":  pulumi.String(b.Prefix + ": " + e.event + " to Karpenter"),
			"eventPattern": pulumi.String(string(pattern)), "tags": b.tags("karpenter", name),
		}, b.in)
		if err != nil {
			return fmt.Errorf("creating the rule for %s: %w", e.event, err)
		}
		if _, err := bind(b.ctx, "aws:cloudwatch/eventTarget:EventTarget", name, pulumi.Map{
			"rule": rule.Name, "arn": queue.Arn, "targetId": pulumi.String("karpenter"),
		}, b.in, pulumi.DependsOn([]pulumi.Resource{allowed})); err != nil {
			return fmt.Errorf("sending %s to the queue: %w", e.event, err)
		}
	}
	return nil
}
