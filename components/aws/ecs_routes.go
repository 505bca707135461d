package aws

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// makeWays lets the tasks out to the database. The way in is the database's to
// make, for the service's security group.
func (b *serviceBuilder) makeWays() error {
	if b.Database == nil {
		return nil
	}
	f := flow{name: "database", says: "PostgreSQL", port: b.Database.Port, group: b.Database.SecurityGroupID}
	rule, err := b.egress(b.ctx, b.name, b.Cluster.SecurityGroupIDs[b.Service], f, b.child()...)
	b.ready = append(b.ready, rule)
	return err
}

// part is the logical name of what a colour has: that of blue is the service's
// own, so that a service without colours can have them later.
func (b *serviceBuilder) part(c colour) string {
	if c.name == "green" {
		return b.name + "-green"
	}
	return b.name
}

// makeTargets makes the target group of each colour. Its name ends at random, so
// that one with another port can be made before the old one goes.
func (b *serviceBuilder) makeTargets() error {
	for _, c := range b.colours() {
		name := b.part(c)
		group, err := lb.NewTargetGroup(b.ctx, name, &lb.TargetGroupArgs{
			NamePrefix: pulumi.String(strings.TrimRight(b.Service[:min(len(b.Service), 5)], "-") + "-"),
			TargetType: pulumi.String("ip"), VpcId: b.Cluster.args.VpcID.ToStringOutput().ToStringPtrOutput(),
			Port: pulumi.Int(b.port()), Protocol: pulumi.String("HTTP"),
			// Slow tasks get fewer requests instead of a queue.
			LoadBalancingAlgorithmType: pulumi.String("least_outstanding_requests"),
			DeregistrationDelay:        pulumi.Int(b.DrainSeconds),
			HealthCheck: lb.TargetGroupHealthCheckArgs{
				Path: pulumi.String(b.HealthPath), Protocol: pulumi.String("HTTP"), Matcher: pulumi.String("200-299"),
				Interval: pulumi.Int(15), Timeout: pulumi.Int(5), HealthyThreshold: pulumi.Int(2), UnhealthyThreshold: pulumi.Int(3),
			},
			Tags: b.tags("ecs", name, map[string]string{"service": b.Service, "colour": c.name}),
		}, b.child()...)
		if err != nil {
			return fmt.Errorf("creating target group %s: %w", name, err)
		}
		b.targets[c.name] = group
		if c.live {
			b.svc.TargetGroupID = group.ArnSuffix
		}
	}
	return nil
}

func (b *serviceBuilder) port() int { return b.Cluster.args.Ports[b.Service] }

// makeRules shares the service's requests between its colours. Each service has
// two turns among the rules: the first is for testers of a candidate.
func (b *serviceBuilder) makeRules() error {
	shares := lb.ListenerRuleActionForwardTargetGroupArray{}
	colours := b.colours()
	for _, c := range colours {
		share := b.CandidatePercent
		if c.live {
			share = 100 - b.CandidatePercent
		}
		shares = append(shares, lb.ListenerRuleActionForwardTargetGroupArgs{Arn: b.targets[c.name].Arn, Weight: pulumi.Int(share)})
	}
	if err := b.rule(b.name, 2*b.Order, shares, b.conditions()); err != nil {
		return err
	}
	if len(colours) < 2 {
		return nil
	}
	testers := append(b.conditions(), lb.ListenerRuleConditionArgs{HttpHeader: lb.ListenerRuleConditionHttpHeaderArgs{
		HttpHeaderName: pulumi.String(CandidateHeader), Values: pulumi.ToStringArray([]string{"candidate"}),
	}})
	return b.rule(b.name+"-candidate", 2*b.Order-1, lb.ListenerRuleActionForwardTargetGroupArray{
		lb.ListenerRuleActionForwardTargetGroupArgs{Arn: b.targets[colours[1].name].Arn, Weight: pulumi.Int(100)},
	}, testers)
}

// conditions are the requests that are the service's.
func (b *serviceBuilder) conditions() lb.ListenerRuleConditionArray {
	return lb.ListenerRuleConditionArray{
		lb.ListenerRuleConditionArgs{HostHeader: lb.ListenerRuleConditionHostHeaderArgs{Values: pulumi.ToStringArray([]string{b.Host})}},
		lb.ListenerRuleConditionArgs{PathPattern: lb.ListenerRuleConditionPathPatternArgs{Values: pulumi.ToStringArray(b.Paths)}},
	}
}

func (b *serviceBuilder) rule(name string, turn int, shares lb.ListenerRuleActionForwardTargetGroupArray, conditions lb.ListenerRuleConditionArray) error {
	rule, err := lb.NewListenerRule(b.ctx, name, &lb.ListenerRuleArgs{
		ListenerArn: b.Cluster.ListenerArn, Priority: pulumi.Int(turn), Conditions: conditions,
		Actions: lb.ListenerRuleActionArray{lb.ListenerRuleActionArgs{
			Type: pulumi.String("forward"), Forward: lb.ListenerRuleActionForwardArgs{TargetGroups: shares},
		}},
		Tags: b.tags("ecs", name),
	}, b.child()...)
	if err != nil {
		return fmt.Errorf("creating rule %s: %w", name, err)
	}
	// ECS refuses a service whose target group no load balancer forwards to.
	b.ready = append(b.ready, rule)
	return nil
}
