package aws

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// makeFlowLogs has the network's traffic recorded in a log group of its own.
func (b *vpcBuild) makeFlowLogs() error {
	name := b.child("flow-logs")
	path := limits.LogGroup.Name("/aws/vpc/" + b.Prefix + "-flow-logs")
	group, err := b.logGroup(b.ctx, "vpc", name, pulumi.String(path), b.LogKeyArn, b.LogDays, b.options()...)
	if err != nil {
		return err
	}
	role, err := iam.NewRole(b.ctx, name, &iam.RoleArgs{
		Description:      pulumi.String("Writes the flow logs of " + b.Prefix),
		AssumeRolePolicy: pulumi.String(b.flowLogTrust()),
		Tags:             b.tags("vpc", name),
	}, b.options()...)
	if err != nil {
		return fmt.Errorf("creating the role of flow logs: %w", err)
	}
	grant, err := iam.NewRolePolicy(b.ctx, name, &iam.RolePolicyArgs{
		Role: role.Name, Policy: pulumi.String(b.flowLogPolicy(path)),
	}, b.options()...)
	if err != nil {
		return fmt.Errorf("letting flow logs be written: %w", err)
	}
	if _, err := b.make("flowLog:FlowLog", name, pulumi.Map{
		"vpcId": b.vpc.ID(), "trafficType": pulumi.String(b.FlowLogs),
		"logDestinationType": pulumi.String("cloud-watch-logs"), "logDestination": group.Arn, "iamRoleArn": role.Arn,
		"tags": b.tags("vpc", name),
	},
		pulumi.DependsOn([]pulumi.Resource{grant}),
		// AWS takes no second flow log to the same destination.
		pulumi.DeleteBeforeReplace(true),
	); err != nil {
		return fmt.Errorf("creating the flow log: %w", err)
	}
	return nil
}

// flowLogTrust lets the flow logs of this account and region assume a role, and
// nobody else's (the confused deputy).
// Source: VPC user guide, "IAM role for publishing flow logs to CloudWatch Logs",
// read 2026-11.
func (b *vpcBuild) flowLogTrust() string {
	return policy(Statement{
		Effect: "Allow", Action: []string{"sts:AssumeRole"},
		Principal: &Principal{Service: []string{"vpc-flow-logs.amazonaws.com"}},
		Condition: map[string]map[string][]string{
			"StringEquals": {"aws:SourceAccount": {b.AccountID}},
			"ArnLike":      {"aws:SourceArn": {b.arn("ec2", "vpc-flow-log/*")}},
		},
	})
}

// flowLogPolicy lets a role write to one log group. The group exists before, so
// the right to make groups is left out.
func (b *vpcBuild) flowLogPolicy(path string) string {
	return policy(
		allow("Write", []string{"logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"},
			[]string{b.arn("logs", "log-group:"+path), b.arn("logs", "log-group:"+path+":*")}),
		allow("Find", []string{"logs:DescribeLogGroups"}, []string{b.arn("logs", "log-group:*")}),
	)
}
