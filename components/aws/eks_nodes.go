package aws

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
	"github.com/te-explico/infrastructure/versions"
)

// groupLabel is the label that carries a node group's name here; the name in
// AWS has a suffix that changes when the group is replaced.
const groupLabel = "explico.io/node-group"

// taintEffects are Kubernetes' names of taint effects in the spelling of EKS.
var taintEffects = map[string]string{
	"NoSchedule": "NO_SCHEDULE", "PreferNoSchedule": "PREFER_NO_SCHEDULE", "NoExecute": "NO_EXECUTE",
}

// nodeInstanceType is family (letters, generation, attributes) and size.
var nodeInstanceType = regexp.MustCompile(`^([a-z]+)\d+([a-z-]*)\.[a-z0-9-]+$`)

// NodesMayUse lets EC2 Auto Scaling start instances whose disks are encrypted
// with a key. The principal is a condition and not a name: the service-linked
// role comes into being with the account's first Auto Scaling group, and a key
// policy that names a role which does not exist is refused.
// Source: EC2 Auto Scaling user guide, "Required AWS KMS key policy for use with
// encrypted volumes".
func NodesMayUse(s Scope) []Statement {
	only := map[string]map[string][]string{
		"StringEquals": {"kms:CallerAccount": {s.AccountID}},
		"ArnEquals": {"aws:PrincipalArn": {
			s.globalArn("iam", "role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"),
		}},
	}
	grants := maps.Clone(only)
	grants["Bool"] = map[string][]string{"kms:GrantIsForAWSResource": {"true"}}
	anyone := &Principal{AWS: []string{"*"}}
	return []Statement{{
		Sid: "AutoScalingUsesDisks", Effect: "Allow", Principal: anyone, Resource: []string{"*"}, Condition: only,
		Action: []string{"kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"},
	}, {
		Sid: "AutoScalingAttachesDisks", Effect: "Allow", Principal: anyone, Resource: []string{"*"}, Condition: grants,
		Action: []string{"kms:CreateGrant"},
	}}
}

// imageType is the node image for instance types, which must be of one
// architecture. A "g" behind the generation is Graviton: m7g and c7gn, not g5.
func imageType(instances []string, gpu bool) (string, error) {
	if len(instances) == 0 {
		return "", errors.New("want at least one instance type")
	}
	var arm []bool
	for _, instance := range instances {
		m := nodeInstanceType.FindStringSubmatch(instance)
		if m == nil {
			return "", fmt.Errorf("got %q, want an instance type such as m7g.large", instance)
		}
		arm = append(arm, strings.Contains(m[2], "g") || m[1] == "a")
	}
	if slices.Contains(arm, !arm[0]) {
		return "", fmt.Errorf("got %s, want instance types of one architecture", strings.Join(instances, ", "))
	}
	image := "AL2023_x86_64_"
	if arm[0] {
		image = "AL2023_ARM_64_"
	}
	if gpu {
		return image + "NVIDIA", nil
	}
	return image + "STANDARD", nil
}

// nodes makes the node groups. They come after the network add-ons: a node
// without its CNI never becomes ready, and its group fails.
func (b *eksBuilder) nodes(network []pulumi.Resource) ([]pulumi.Resource, error) {
	role, ready, err := b.nodeRole()
	if err != nil {
		return nil, err
	}
	b.eks.NodeRoleArn = role.Arn
	var all []pulumi.Resource
	for _, group := range slices.Sorted(maps.Keys(b.NodeGroups)) {
		n, err := b.nodeGroup(group, role, slices.Concat(network, ready))
		if err != nil {
			return nil, fmt.Errorf("creating node group %s: %w", group, err)
		}
		b.eks.NodeGroupNames[group] = n.NodeGroupName
		b.eks.AutoScalingGroups[group] = n.Resources.Index(pulumi.Int(0)).AutoscalingGroups().Index(pulumi.Int(0)).Name().Elem()
		all = append(all, n)
	}
	return all, nil
}

// nodePolicies are what every node may do.
var nodePolicies = []string{
	"AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly",
	// Shells on nodes and the tunnel to a private API, without SSH and keys.
	"AmazonSSMManagedInstanceCore",
}

// nodeRole makes the role of the node groups. Pods get nothing of it: the metadata
// service is one hop away, and theirs is two.
func (b *eksBuilder) nodeRole() (*iam.Role, []pulumi.Resource, error) {
	name := b.name + "-nodes"
	role, err := iam.NewRole(b.ctx, name, &iam.RoleArgs{
		AssumeRolePolicy: pulumi.String(assumedBy("ec2.amazonaws.com")), Tags: b.tags("eks", name),
	}, b.child()...)
	if err != nil {
		return nil, nil, fmt.Errorf("creating the nodes' role: %w", err)
	}
	var ready []pulumi.Resource
	for _, managed := range nodePolicies {
		a, err := b.attach(name+"-"+managed, role, b.managedPolicy(managed))
		if err != nil {
			return nil, nil, err
		}
		ready = append(ready, a)
	}
	return role, ready, nil
}

func (b *eksBuilder) nodeGroup(group string, role *iam.Role, after []pulumi.Resource) (*eks.NodeGroup, error) {
	args, name := b.NodeGroups[group], b.name+"-"+group
	image, err := imageType(args.Instances, args.GPU)
	if err != nil {
		return nil, err
	}
	template, err := b.launchTemplate(name, args)
	if err != nil {
		return nil, err
	}
	labels := map[string]string{groupLabel: group}
	maps.Copy(labels, args.Labels)
	capacity := "ON_DEMAND"
	if args.Spot {
		capacity = "SPOT"
	}
	n := &eks.NodeGroupArgs{
		ClusterName: b.cluster.Name, NodeRoleArn: role.Arn, SubnetIds: b.SubnetIDs,
		AmiType: pulumi.String(image), CapacityType: pulumi.String(capacity), InstanceTypes: pulumi.ToStringArray(args.Instances),
		Version: pulumi.String(b.Version),
		LaunchTemplate: &eks.NodeGroupLaunchTemplateArgs{
			Id: template.ID(), Version: template.LatestVersion.ApplyT(strconv.Itoa).(pulumi.StringOutput),
		},
		ScalingConfig: &eks.NodeGroupScalingConfigArgs{
			MinSize: pulumi.Int(args.Min), MaxSize: pulumi.Int(args.Max), DesiredSize: pulumi.Int(args.initial()),
		},
		UpdateConfig:     &eks.NodeGroupUpdateConfigArgs{MaxUnavailablePercentage: pulumi.Int(33)},
		NodeRepairConfig: &eks.NodeGroupNodeRepairConfigArgs{Enabled: pulumi.Bool(true)},
		Labels:           pulumi.ToStringMap(labels), Taints: taints(args.Taints),
		Tags: b.tags("eks", name),
	}
	if release := versions.AMIRelease(b.Version); release != "" {
		n.ReleaseVersion = pulumi.String(release)
	}
	return eks.NewNodeGroup(b.ctx, name, n, b.child(
		pulumi.DependsOn(after),
		// The autoscaler decides after creation; Pulumi must not fight it.
		pulumi.IgnoreChanges([]string{"scalingConfig.desiredSize"}),
	)...)
}

// taints are in the order of their keys, so that no update is seen where there
// is none.
func taints(all map[string]TaintArgs) eks.NodeGroupTaintArray {
	var list eks.NodeGroupTaintArray
	for _, key := range slices.Sorted(maps.Keys(all)) {
		taint := &eks.NodeGroupTaintArgs{Key: pulumi.String(key), Effect: pulumi.String(taintEffects[all[key].Effect])}
		if all[key].Value != "" {
			taint.Value = pulumi.String(all[key].Value)
		}
		list = append(list, taint)
	}
	return list
}

// launchTemplate is what a group's instances are started from.
type launchTemplate struct {
	pulumi.CustomResourceState

	LatestVersion pulumi.IntOutput `pulumi:"latestVersion"`
}

// launchTemplate makes the template of a group's instances. It names no
// security group: EKS then gives the cluster's own, the only one with its tag.
func (b *eksBuilder) launchTemplate(name string, args NodeGroupArgs) (*launchTemplate, error) {
	// What Auto Scaling starts does not get the provider's default tags.
	tags := b.tags("eks", name, b.Tags)
	var marked pulumi.Array
	for _, what := range []string{"instance", "volume"} {
		marked = append(marked, pulumi.Map{"resourceType": pulumi.String(what), "tags": tags})
	}
	return component.Bind[launchTemplate](b.ctx, "aws:ec2/launchTemplate:LaunchTemplate", name, pulumi.Map{
		"updateDefaultVersion": pulumi.Bool(true),
		"metadataOptions": pulumi.Map{
			"httpEndpoint": pulumi.String("enabled"), "httpTokens": pulumi.String("required"),
			// One hop: the node, not its pods. They have Pod Identity.
			"httpPutResponseHopLimit": pulumi.Int(1),
			"instanceMetadataTags":    pulumi.String("disabled"),
		},
		"blockDeviceMappings": pulumi.Array{pulumi.Map{
			"deviceName": pulumi.String("/dev/xvda"), // the root of AL2023
			"ebs": pulumi.Map{
				"volumeType": pulumi.String("gp3"), "volumeSize": pulumi.Int(args.DiskGiB), "deleteOnTermination": pulumi.String("true"),
				"encrypted": pulumi.String("true"), "kmsKeyId": b.DiskKeyArn,
			},
		}},
		"monitoring":        pulumi.Map{"enabled": pulumi.Bool(true)},
		"tagSpecifications": marked,
		"tags":              b.tags("eks", name),
	}, b.child()...)
}
