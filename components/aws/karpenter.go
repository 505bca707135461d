package aws

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sqs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// KarpenterArgs are the arguments of NewKarpenter.
type KarpenterArgs struct {
	Scope
	// ClusterName is the cluster's fixed name: see ClusterName.
	ClusterName string
	// Cluster is the cluster's name as the cluster has it.
	Cluster pulumi.StringInput
	// DiskKeyArn is the key of the nodes' disks.
	DiskKeyArn pulumi.StringInput
}

// Karpenter is what Karpenter needs in the account: a queue that tells it which
// nodes are about to go, a role with an instance profile for the nodes that it
// starts, and what its own role may do (Policies). Karpenter itself runs in the
// cluster.
type Karpenter struct {
	pulumi.ResourceState

	// QueueName is the name of the queue of interruptions.
	QueueName pulumi.StringOutput
	// NodeRoleName is the name of the nodes' role, and InstanceProfile that of the
	// profile through which instances have it.
	NodeRoleName, InstanceProfile pulumi.StringOutput
	// Policies are what the controller's role may do, by a name of theirs.
	Policies map[string]pulumi.StringInput
	// Ready is what must exist before a node is started.
	Ready []pulumi.Resource
}

// karpenterBuilder is what the parts share while they are built.
type karpenterBuilder struct {
	*KarpenterArgs
	ctx  *pulumi.Context
	name string
	k    *Karpenter
	in   pulumi.ResourceOption
	role *iam.Role
}

// queueSeconds is how long a message waits: an interruption comes two minutes
// ahead, so that older news is no news.
const queueSeconds = 300

// NewKarpenter makes the queue, the role and the profile.
// Source: Karpenter, "Getting Started with Karpenter", cloudformation.yaml,
// v1.14.
func NewKarpenter(ctx *pulumi.Context, name string, args *KarpenterArgs, opts ...pulumi.ResourceOption) (*Karpenter, error) {
	if args.ClusterName == "" || args.Cluster == nil || args.DiskKeyArn == nil {
		return nil, fmt.Errorf("creating karpenter %s: %w", name, errors.New("ClusterName, Cluster or DiskKeyArn is missing"))
	}
	k := &Karpenter{}
	if err := component.Register(ctx, "aws", "Karpenter", name, k, opts...); err != nil {
		return nil, err
	}
	b := &karpenterBuilder{KarpenterArgs: args, ctx: ctx, name: name, k: k, in: pulumi.Parent(k)}
	queue, err := b.queue()
	if err != nil {
		return nil, fmt.Errorf("creating karpenter %s: %w", name, err)
	}
	if err := b.nodes(); err != nil {
		return nil, fmt.Errorf("creating karpenter %s: %w", name, err)
	}
	k.QueueName, k.NodeRoleName = queue.Name, b.role.Name
	k.Policies = map[string]pulumi.StringInput{
		"karpenter-nodes": b.nodesPolicy(), "karpenter-account": b.accountPolicy(queue.Arn),
	}
	return k, ctx.RegisterResourceOutputs(k, pulumi.Map{
		"queueName": k.QueueName, "nodeRoleName": k.NodeRoleName, "instanceProfile": k.InstanceProfile,
	})
}

// queue makes the queue of interruptions and the rules that fill it.
func (b *karpenterBuilder) queue() (*sqs.Queue, error) {
	queue, err := sqs.NewQueue(b.ctx, b.name, &sqs.QueueArgs{
		MessageRetentionSeconds: pulumi.Int(queueSeconds), SqsManagedSseEnabled: pulumi.Bool(true), Tags: b.tags("karpenter", b.name),
	}, b.in)
	if err != nil {
		return nil, fmt.Errorf("creating the queue of interruptions: %w", err)
	}
	allowed, err := sqs.NewQueuePolicy(b.ctx, b.name, &sqs.QueuePolicyArgs{
		QueueUrl: queue.Url, Policy: queue.Arn.ApplyT(b.queuePolicy).(pulumi.StringOutput),
	}, b.in)
	if err != nil {
		return nil, fmt.Errorf("letting events into the queue: %w", err)
	}
	return queue, b.rules(queue, allowed)
}

// queuePolicy lets the account's rules write to the queue, and nobody in clear.
func (b *karpenterBuilder) queuePolicy(queue string) string {
	return policy(Statement{
		Sid: "Events", Effect: "Allow", Principal: &Principal{Service: []string{"events.amazonaws.com"}},
		Action: []string{"sqs:SendMessage"}, Resource: []string{queue},
		Condition: map[string]map[string][]string{
			"StringEquals": {"aws:SourceAccount": {b.AccountID}}, "ArnLike": {"aws:SourceArn": {b.arn("events", "rule/"+b.Prefix+"-*")}},
		},
	}, Statement{
		Sid: "DenyClearText", Effect: "Deny", Principal: &Principal{AWS: []string{"*"}}, Action: []string{"sqs:*"}, Resource: []string{queue},
		Condition: map[string]map[string][]string{"Bool": {"aws:SecureTransport": {"false"}}},
	})
}

// nodes makes the role of the nodes that Karpenter starts, lets it into the
// cluster, and makes the profile through which instances have it. The role is
// not that of the node groups, whose entry EKS makes itself and takes away with
// the last of them.
func (b *karpenterBuilder) nodes() error {
	name := b.name + "-nodes"
	role, err := iam.NewRole(b.ctx, name, &iam.RoleArgs{
		AssumeRolePolicy: pulumi.String(assumedBy("ec2.amazonaws.com")), Tags: b.tags("karpenter", name),
	}, b.in)
	if err != nil {
		return fmt.Errorf("creating the nodes' role: %w", err)
	}
	b.role = role
	for _, managed := range nodePolicies {
		a, err := iam.NewRolePolicyAttachment(b.ctx, name+"-"+managed, &iam.RolePolicyAttachmentArgs{
			Role: role.Name, PolicyArn: pulumi.String(b.managedPolicy(managed)),
		}, b.in)
		if err != nil {
			return fmt.Errorf("attaching %s to the nodes' role: %w", managed, err)
		}
		b.k.Ready = append(b.k.Ready, a)
	}
	entry, err := eks.NewAccessEntry(b.ctx, name, &eks.AccessEntryArgs{
		ClusterName: b.Cluster, PrincipalArn: role.Arn, Type: pulumi.String("EC2_LINUX"), Tags: b.tags("karpenter", name),
	}, b.in)
	if err != nil {
		return fmt.Errorf("letting the nodes into the cluster: %w", err)
	}
	profile, err := iam.NewInstanceProfile(b.ctx, name, &iam.InstanceProfileArgs{
		Role: role.Name, Tags: b.tags("karpenter", name),
	}, b.in)
	if err != nil {
		return fmt.Errorf("creating the instance profile: %w", err)
	}
	b.k.InstanceProfile = profile.Name
	b.k.Ready = append(b.k.Ready, entry, profile)
	return nil
}
