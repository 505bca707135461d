package aws

import (
	"errors"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

const karpenterKey = "arn:aws:kms:eu-west-1:111122223333:key/0b0b0b0b-0000-0000-0000-000000000000"

// karpenterProgram makes a cluster's Karpenter, and the role of its controller.
func karpenterProgram(edit func(*KarpenterArgs)) func(*pulumi.Context, pulumi.ResourceOption) error {
	return func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		var failed error
		err := eksProgram(eksArgs(), func(ctx *pulumi.Context, e *Eks) {
			args := &KarpenterArgs{Scope: testScope(), ClusterName: "explico-test", Cluster: e.Name, DiskKeyArn: pulumi.String(karpenterKey)}
			if edit != nil {
				edit(args)
			}
			k, err := NewKarpenter(ctx, "karpenter", args, opt)
			if err != nil {
				failed = err
				return
			}
			_, failed = NewWorkload(ctx, "workload-autoscaling.karpenter", &WorkloadArgs{
				Scope: testScope(), ClusterName: e.Name, Namespace: "autoscaling", ServiceAccount: "karpenter", Policies: k.Policies,
			}, opt)
		})(ctx, opt)
		return errors.Join(err, failed)
	}
}

func TestKarpenter(t *testing.T) {
	g := run(t, karpenterProgram(nil))
	g.CheckHouse(t)

	queue := g.One(t, "aws:sqs/queue:Queue", "karpenter")
	if !queue.Inputs.Bool("sqsManagedSseEnabled") || queue.Inputs.Int("messageRetentionSeconds") != 300 {
		t.Errorf("the queue is %v, want it encrypted, with messages of five minutes", queue.Inputs)
	}
	policy := g.One(t, "aws:sqs/queuePolicy:QueuePolicy", "karpenter").Inputs.String("policy")
	for _, want := range []string{"events.amazonaws.com", `"aws:SourceAccount":["111122223333"]`, `"aws:SecureTransport":["false"]`} {
		if !strings.Contains(policy, want) {
			t.Errorf("the queue's policy lacks %s: %s", want, policy)
		}
	}
	rules := g.All("aws:cloudwatch/eventRule:EventRule")
	if len(rules) != len(interruptions) || len(g.All("aws:cloudwatch/eventTarget:EventTarget")) != len(interruptions) {
		t.Errorf("got %d rules, want one for each of %d events, with a target each", len(rules), len(interruptions))
	}
	if entry := g.One(t, "aws:eks/accessEntry:AccessEntry", "karpenter-nodes"); entry.Inputs.String("type") != "EC2_LINUX" {
		t.Errorf("the nodes' entry is of type %s", entry.Inputs.String("type"))
	}
	g.One(t, "aws:iam/instanceProfile:InstanceProfile", "karpenter-nodes")
}

// The controller starts and stops what bears the cluster's tag, and passes one
// role.
func TestKarpenterRights(t *testing.T) {
	g := run(t, karpenterProgram(nil))
	nodes := g.One(t, "aws:iam/rolePolicy:RolePolicy", "workload-autoscaling.karpenter-karpenter-nodes").Inputs.String("policy")
	for _, want := range []string{
		`"aws:ResourceTag/kubernetes.io/cluster/explico-test":["owned"]`, `"aws:RequestTag/kubernetes.io/cluster/explico-test":["owned"]`,
	} {
		if !strings.Contains(nodes, want) {
			t.Errorf("the right to nodes lacks the condition %s: %s", want, nodes)
		}
	}
	account := g.One(t, "aws:iam/rolePolicy:RolePolicy", "workload-autoscaling.karpenter-karpenter-account").Inputs.String("policy")
	role := g.One(t, "aws:iam/role:Role", "karpenter-nodes").Outputs.String("arn")
	if !strings.Contains(account, `"Action":["iam:PassRole"],"Resource":["`+role+`"]`) {
		t.Errorf("the controller may pass other roles than %s: %s", role, account)
	}
	for _, never := range []string{"iam:CreateInstanceProfile", "iam:AddRoleToInstanceProfile", `"sqs:*"`, `"ec2:*"`} {
		if strings.Contains(nodes+account, never) {
			t.Errorf("the controller has the right %s", never)
		}
	}
}

func TestKarpenterArguments(t *testing.T) {
	for name, edit := range map[string]func(*KarpenterArgs){
		"name":    func(a *KarpenterArgs) { a.ClusterName = "" },
		"cluster": func(a *KarpenterArgs) { a.Cluster = nil },
		"key":     func(a *KarpenterArgs) { a.DiskKeyArn = nil },
	} {
		if _, err := simtest.Try("explico", "test", withProvider(karpenterProgram(edit))); err == nil {
			t.Errorf("without its %s there is no error", name)
		}
	}
}

func TestNodePool(t *testing.T) {
	k := &Karpenter{InstanceProfile: pulumi.String("profile").ToStringOutput()}
	p := KarpenterPool{
		Families: []string{"m7g", "c7g"}, Spot: true, CPUs: 8, MemoryGiB: 32, DiskGiB: 50, ConsolidateAfter: "5m", MaxAge: "336h", TerminationGracePeriod: "24h", DisruptPercent: 10,
		Taints: map[string]TaintArgs{"workload": {Value: "batch", Effect: "NoSchedule"}},
	}
	pool, err := k.NodePool("batch", p)
	if err != nil {
		t.Fatal(err)
	}
	text := addonJSON(pool)
	for _, want := range []string{
		`"values":["arm64"]`, `"values":["spot","on-demand"]`, `"values":["m7g","c7g"]`, `"nodes":"10%"`, `"cpu":"8"`, `"memory":"32Gi"`,
		`"expireAfter":"336h"`, `"terminationGracePeriod":"24h"`, `"consolidateAfter":"5m"`, `"explico.io/node-group":"batch"`, `"key":"workload"`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the pool lacks %s: %s", want, text)
		}
	}
	if _, err := k.NodePool("odd", KarpenterPool{Families: []string{"m7g", "m7i"}}); err == nil {
		t.Error("two architectures are no error")
	}
	class := k.NodeClass(testScope(), KarpenterNodes{
		ClusterName: "explico-test", Version: "1.35", SecurityGroupID: pulumi.String("sg-1"), DiskKeyArn: pulumi.String(karpenterKey),
	}, p)
	image, _ := class["amiSelectorTerms"].([]any)[0].(map[string]any)["alias"].(string)
	if !strings.HasPrefix(image, "al2023@v20") {
		t.Errorf("the machine image is %s, want one with a date", image)
	}
	if hops := class["metadataOptions"].(map[string]any)["httpPutResponseHopLimit"]; hops != 1 {
		t.Errorf("pods reach the metadata service: %v hops", hops)
	}
}
