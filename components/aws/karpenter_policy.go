package aws

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// The policies of Karpenter's role: nodes of this cluster, by their tags, and
// the one instance profile. It makes no profiles and passes no other role.
// Source: Karpenter, "Getting Started with Karpenter", cloudformation.yaml,
// v1.14.

// made is what an instance is made of that bears the request's tags.
var made = []string{"fleet/*", "instance/*", "volume/*", "network-interface/*", "launch-template/*", "spot-instances-request/*"}

func (b *karpenterBuilder) ec2(kinds ...string) []string {
	all := make([]string, len(kinds))
	for i, kind := range kinds {
		all[i] = b.arn("ec2", kind)
	}
	return all
}

// when is a condition on the cluster's tag and that of a node pool.
func (b *karpenterBuilder) when(tag string, more map[string][]string) map[string]map[string][]string {
	equals := map[string][]string{"aws:" + tag + "/kubernetes.io/cluster/" + b.ClusterName: {"owned"}}
	for k, v := range more {
		equals[k] = v
	}
	return map[string]map[string][]string{"StringEquals": equals, "StringLike": {"aws:" + tag + "/karpenter.sh/nodepool": {"*"}}}
}

// nodesPolicy lets Karpenter start and stop nodes of the cluster.
func (b *karpenterBuilder) nodesPolicy() pulumi.StringInput {
	images := []string{
		"arn:" + b.Partition + ":ec2:" + b.Region + "::image/*", "arn:" + b.Partition + ":ec2:" + b.Region + "::snapshot/*",
	}
	launch := words("ec2", "RunInstances CreateFleet")
	own := map[string][]string{"aws:RequestTag/eks:eks-cluster-name": {b.ClusterName}}
	templates := allow("LaunchTemplates", launch, b.ec2("launch-template/*"))
	templates.Condition = b.when("ResourceTag", nil)
	instances := allow("Instances", append([]string{"ec2:CreateLaunchTemplate"}, launch...), b.ec2(made...))
	instances.Condition = b.when("RequestTag", own)
	tags := allow("TagsAtCreation", words("ec2", "CreateTags"), b.ec2(made...))
	tags.Condition = b.when("RequestTag", map[string][]string{
		"aws:RequestTag/eks:eks-cluster-name": {b.ClusterName}, "ec2:CreateAction": {"RunInstances", "CreateFleet", "CreateLaunchTemplate"},
	})
	name := allow("Names", words("ec2", "CreateTags"), b.ec2("instance/*"))
	name.Condition = b.when("ResourceTag", nil)
	name.Condition["StringEqualsIfExists"] = own
	name.Condition["ForAllValues:StringEquals"] = map[string][]string{"aws:TagKeys": {"eks:eks-cluster-name", "karpenter.sh/nodeclaim", "Name"}}
	stop := allow("Stop", words("ec2", "TerminateInstances DeleteLaunchTemplate"), b.ec2("instance/*", "launch-template/*"))
	stop.Condition = b.when("ResourceTag", nil)
	return pulumi.String(policy(
		allow("Parts", launch, append(images, b.ec2("security-group/*", "subnet/*", "capacity-reservation/*", "placement-group/*")...)),
		templates, instances, tags, name, stop,
	))
}

// accountPolicy lets Karpenter see what there is, hear of interruptions, give
// nodes their role and have their disks encrypted.
func (b *karpenterBuilder) accountPolicy(queue pulumi.StringOutput) pulumi.StringInput {
	return pulumi.All(queue, b.role.Arn, b.DiskKeyArn, b.k.InstanceProfile).ApplyT(func(v []any) string {
		queue, _ := v[0].(string)
		role, _ := v[1].(string)
		key, _ := v[2].(string)
		profile, _ := v[3].(string)
		see := allow("See", words("ec2", `DescribeCapacityReservations DescribeImages DescribeInstances DescribeInstanceStatus
			DescribeInstanceTypeOfferings DescribeInstanceTypes DescribeLaunchTemplates DescribePlacementGroups DescribeSecurityGroups
			DescribeSpotPriceHistory DescribeSubnets`), []string{"*"})
		see.Condition = map[string]map[string][]string{"StringEquals": {"aws:RequestedRegion": {b.Region}}}
		pass := allow("PassNodeRole", words("iam", "PassRole"), []string{role})
		pass.Condition = map[string]map[string][]string{"StringEquals": {"iam:PassedToService": {"ec2.amazonaws.com"}}}
		linked := allow("Spot", words("iam", "CreateServiceLinkedRole"), []string{b.globalArn("iam", "role/aws-service-role/spot.amazonaws.com/*")})
		linked.Condition = map[string]map[string][]string{"StringEquals": {"iam:AWSServiceName": {"spot.amazonaws.com"}}}
		disks := allow("Disks", words("kms", "Decrypt DescribeKey GenerateDataKeyWithoutPlaintext ReEncrypt*"), []string{key})
		disks.Condition = map[string]map[string][]string{"StringEquals": {"kms:ViaService": {"ec2." + b.Region + ".amazonaws.com"}}}
		grants := allow("DiskGrants", words("kms", "CreateGrant"), []string{key})
		grants.Condition = map[string]map[string][]string{
			"Bool": {"kms:GrantIsForAWSResource": {"true"}}, "StringEquals": {"kms:ViaService": {"ec2." + b.Region + ".amazonaws.com"}},
		}
		return policy(
			see, pass, linked, disks, grants,
			allow("Prices", words("pricing", "GetProducts"), []string{"*"}), // cannot be limited
			allow("Profile", words("iam", "GetInstanceProfile"), []string{b.globalArn("iam", "instance-profile/"+profile)}),
			allow("Profiles", words("iam", "ListInstanceProfiles"), []string{"*"}), // cannot be limited
			allow("Cluster", words("eks", "DescribeCluster"), []string{b.arn("eks", "cluster/"+b.ClusterName)}),
			allow("Images", words("ssm", "GetParameter"), []string{"arn:" + b.Partition + ":ssm:" + b.Region + "::parameter/aws/service/*"}),
			allow("Interruptions", words("sqs", "DeleteMessage GetQueueUrl ReceiveMessage"), []string{queue}),
		)
	}).(pulumi.StringOutput)
}
