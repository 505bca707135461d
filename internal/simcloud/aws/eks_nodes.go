package aws

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

var (
	eksNodeGroupName = regexp.MustCompile(`^[0-9A-Za-z][A-Za-z0-9_-]{0,62}$`)
	eksNodeRelease   = regexp.MustCompile(`^1\.\d+\.\d+-\d{8}$`)
	eksInstanceType  = regexp.MustCompile(`^([a-z]+)(\d+)([a-z-]*)\.[a-z0-9-]+$`)
)

func eksNodeGroup() *simcloud.Type {
	return &simcloud.Type{
		Token: eksNodeGroupToken, Noun: "node group", Auto: "nodeGroupName", AutoMax: 63, Takes: 3 * time.Minute,
		ID:       func(op *simcloud.Op) string { return op.In.String("clusterName") + ":" + op.In.String("nodeGroupName") },
		Required: []string{"clusterName", "nodeRoleArn", "scalingConfig", "subnetIds"},
		Replace: []string{
			"clusterName", "nodeGroupName", "nodeGroupNamePrefix", "amiType", "capacityType", "diskSize", "instanceTypes",
			"nodeRoleArn", "subnetIds", "remoteAccess", "launchTemplate.id", "launchTemplate.name",
		},
		Refs: []simcloud.Ref{eksClusterRef(true), {
			Path: "nodeRoleArn", To: []string{roleToken}, By: "arn",
			Missing: "InvalidParameterException: The role with name %s cannot be found.",
		}, {
			Path: "subnetIds[]", To: []string{subnetToken}, Holds: true,
			Missing: "InvalidParameterException: The subnet ID '%s' does not exist",
		}, {
			Path: "launchTemplate.id", To: []string{launchTemplateToken},
			Missing: "InvalidParameterException: Launch template with ID %s does not exist",
		}},
		Unique: []simcloud.Unique{{
			Paths: []string{"nodeGroupName", "clusterName"},
			Words: "ResourceInUseException: NodeGroup already exists with name %s and cluster name %s",
		}},
		Validate: eksNodeGroupValid,
		Refuse:   eksNodeGroupRefused,
		Outputs: func(op *simcloud.Op) simcloud.Values {
			name := op.In.String("nodeGroupName")
			version := op.In.String("version")
			if version == "" {
				version = op.Find(eksClusterToken, "id", op.In.String("clusterName")).Out.String("version")
			}
			release := op.In.String("releaseVersion")
			if release == "" {
				release = version + ".0-20261101"
			}
			return simcloud.Values{
				"arn":    arn(op, "eks", "nodegroup/"+op.In.String("clusterName")+"/"+name+"/"+op.Hex(8, "arn")),
				"status": "ACTIVE", "version": version, "releaseVersion": release,
				"resources": []any{map[string]any{"autoscalingGroups": []any{
					map[string]any{"name": "eks-" + name + "-" + op.Hex(8, "group")},
				}}},
			}
		},
	}
}

func eksNodeGroupValid(in simcloud.Values) []error {
	errs := simcloud.Problems(
		simcloud.Matches(in, "nodeGroupName", eksNodeGroupName),
		simcloud.OneOf(in, "capacityType", "ON_DEMAND", "SPOT", "CAPACITY_BLOCK"),
		simcloud.OneOf(in, "amiType", "AL2023_x86_64_STANDARD", "AL2023_ARM_64_STANDARD", "AL2023_x86_64_NVIDIA", "AL2023_ARM_64_NVIDIA",
			"AL2023_x86_64_NEURON", "BOTTLEROCKET_ARM_64", "BOTTLEROCKET_x86_64", "CUSTOM"),
		simcloud.Between(in, "scalingConfig.maxSize", 1, 450),
		simcloud.Between(in, "updateConfig.maxUnavailablePercentage", 1, 100),
		eksScaling(in), eksImageFits(in),
	)
	if r := in.String("releaseVersion"); r != "" && !eksNodeRelease.MatchString(r) {
		errs = append(errs, simcloud.Refusal("InvalidParameterException", "Requested Nodegroup release version %s is invalid.", r))
	}
	if in.Has("updateConfig.maxUnavailable") && in.Has("updateConfig.maxUnavailablePercentage") {
		errs = append(errs, errors.New("only one of updateConfig.maxUnavailable, updateConfig.maxUnavailablePercentage can be specified"))
	}
	for _, taint := range in.Objects("taints[]") {
		errs = append(errs, simcloud.Problems(simcloud.OneOf(taint, "effect", "NO_SCHEDULE", "NO_EXECUTE", "PREFER_NO_SCHEDULE"))...)
		if len(taint.String("key")) > 63 || len(taint.String("value")) > 63 {
			errs = append(errs, fmt.Errorf("expected length of taints.key and taints.value to be at most 63, got %s", taint.String("key")))
		}
	}
	return errs
}

func eksScaling(in simcloud.Values) error {
	if !in.Known("scalingConfig.minSize") || !in.Known("scalingConfig.desiredSize") || !in.Known("scalingConfig.maxSize") {
		return nil
	}
	least, wanted, most := in.Int("scalingConfig.minSize"), in.Int("scalingConfig.desiredSize"), in.Int("scalingConfig.maxSize")
	switch {
	case least > most:
		return simcloud.Refusal("InvalidParameterException", "Minimum capacity %d can't be greater than max size %d", least, most)
	case least > wanted:
		return simcloud.Refusal("InvalidParameterException", "Minimum capacity %d can't be greater than desired size %d", least, wanted)
	case wanted > most:
		return simcloud.Refusal("InvalidParameterException", "desired capacity %d can't be greater than max size %d", wanted, most)
	}
	return nil
}

// eksImageFits refuses an image for another processor than the instances have.
// A "g" behind the generation means Graviton: m7g, c7gn, im4gn; but not g5.
func eksImageFits(in simcloud.Values) error {
	image := in.String("amiType")
	if image == "" {
		image = "AL2023_x86_64_STANDARD"
	}
	for _, instance := range in.Strings("instanceTypes[]") {
		m := eksInstanceType.FindStringSubmatch(instance)
		if m == nil {
			return simcloud.Refusal("InvalidParameterException", "The following supplied instance types do not exist: [%s]", instance)
		}
		arm := strings.Contains(m[3], "g") || m[1] == "a"
		if image != "CUSTOM" && arm != strings.Contains(image, "ARM_64") {
			return simcloud.Refusal("InvalidParameterException", "[%s] is not a valid instance type for requested amiType %s", instance, image)
		}
	}
	return nil
}

// eksNotOffered are families of instances, by region, that a newcomer takes for
// granted and that are not there.
// Source: aws ec2 describe-instance-type-offerings, as public catalogues list it,
// read 2026-11.
var eksNotOffered = map[string][]string{"eu-west-1": {"g5g", "g6"}}

// eksOffered refuses instances that the region does not have, be there ever so
// few nodes.
func eksOffered(op *simcloud.Op) error {
	for _, instance := range op.In.Strings("instanceTypes[]") {
		family, _, _ := strings.Cut(instance, ".")
		if slices.Contains(eksNotOffered[op.Region], family) {
			return simcloud.Refusal("InvalidParameterException", "The following supplied instance types do not exist: [%s]", instance)
		}
	}
	return nil
}

func eksNodeGroupRefused(op *simcloud.Op) error {
	if err := eksOffered(op); err != nil {
		return err
	}
	role := op.Find(roleToken, "arn", op.In.String("nodeRoleArn"))
	if !eksTrusts(role, "ec2.amazonaws.com", "sts:AssumeRole") {
		return simcloud.Refusal("InvalidParameterException",
			"Following required service principals [ec2.amazonaws.com] were not found in the trust relationships of nodeRole %s", op.In.String("nodeRoleArn"))
	}
	cluster := op.Find(eksClusterToken, "id", op.In.String("clusterName"))
	if err := eksNodeVersion(op, cluster.Out.String("version")); err != nil {
		return err
	}
	if err := eksTemplateFits(op); err != nil {
		return err
	}
	if op.Old != nil || op.In.Int("scalingConfig.desiredSize") == 0 {
		return nil
	}
	return errors.Join(eksNodesJoin(op, cluster, role), eksDisksOpen(op))
}

// eksNodeVersion refuses nodes newer than their cluster, and an image release
// of another minor.
func eksNodeVersion(op *simcloud.Op, cluster string) error {
	version := op.In.String("version")
	if version != "" && (!slices.Contains(eksVersions, version) || eksMinor(version) > eksMinor(cluster)) {
		return simcloud.Refusal("InvalidParameterException",
			"Nodegroup Kubernetes version %s is not supported with cluster version %s", version, cluster)
	}
	if version == "" {
		version = cluster
	}
	if r := op.In.String("releaseVersion"); r != "" && !strings.HasPrefix(r, version+".") {
		return simcloud.Refusal("InvalidParameterException", "Requested release version %s is not valid for kubernetes version %s", r, version)
	}
	return nil
}

// eksTemplateFits refuses what may be said in a launch template or in the node
// group, but not in both.
func eksTemplateFits(op *simcloud.Op) error {
	template := op.Find(launchTemplateToken, "id", op.In.String("launchTemplate.id"))
	if template == nil {
		return nil
	}
	switch {
	case template.In.Has("instanceType") && op.In.Has("instanceTypes"):
		return simcloud.Refusal("InvalidParameterException", "Cannot specify instance types in launch template and API request")
	case op.In.Has("diskSize"):
		return simcloud.Refusal("InvalidParameterException", "Disk size must be specified within the launch template.")
	case op.In.Has("remoteAccess"):
		return simcloud.Refusal("InvalidParameterException", "Remote access configuration cannot be specified with a launch template.")
	case template.In.Has("iamInstanceProfile"):
		return simcloud.Refusal("InvalidParameterException", "IAM instance profile should not be specified within the launch template.")
	}
	return nil
}

// eksNodesJoin refuses nodes that would never be ready: without the CNI add-on
// there are no pod networks, and without permissions it does not start.
func eksNodesJoin(op *simcloud.Op, cluster, role *simcloud.Record) error {
	if !cluster.In.Has("bootstrapSelfManagedAddons") || cluster.In.Bool("bootstrapSelfManagedAddons") {
		return nil // EKS installed a CNI itself
	}
	for _, need := range []string{"vpc-cni", "kube-proxy"} {
		if eksAddonOf(op, cluster.ID, need) == nil {
			return eksUnhealthy(op, need+" is not installed")
		}
	}
	policy := slices.ContainsFunc(op.All("aws:iam/rolePolicyAttachment:RolePolicyAttachment"), func(r *simcloud.Record) bool {
		return r.In.String("role") == role.Out.String("name") && strings.HasSuffix(r.In.String("policyArn"), "/AmazonEKS_CNI_Policy")
	})
	if !policy && !eksHasIdentity(op, cluster.ID, "vpc-cni", "aws-node") {
		return eksUnhealthy(op, "aws-node has no permission to assign addresses")
	}
	return nil
}

func eksUnhealthy(op *simcloud.Op, why string) error {
	return simcloud.Refusal("NodeCreationFailure", "Unhealthy nodes in the kubernetes cluster (%s: %s)", op.In.String("nodeGroupName"), why)
}

// eksDisksOpen refuses disks under a key that EC2 Auto Scaling may not use: the
// instances stop as soon as they start.
func eksDisksOpen(op *simcloud.Op) error {
	template := op.Find(launchTemplateToken, "id", op.In.String("launchTemplate.id"))
	if template == nil {
		return nil
	}
	scaling := globalArn(op, "iam", "role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling")
	for _, arn := range template.In.Strings("blockDeviceMappings[].ebs.kmsKeyId") {
		var doc document
		if key := op.Find(keyToken, "arn", arn); key != nil {
			doc, _ = parsePolicy(key.In.String("policy")) // one that cannot be read lets nobody in
		}
		for _, action := range []string{"kms:CreateGrant", "kms:GenerateDataKeyWithoutPlaintext", "kms:Decrypt"} {
			if !slices.ContainsFunc(doc.Statement, func(s statement) bool {
				return s.Effect == "Allow" && s.allows(action) && s.Principal.names("AWS", scaling)
			}) {
				return simcloud.Refusal("AsgInstanceLaunchFailures",
					"Instance became unhealthy while waiting for instance to be in InService state. Termination Reason: Client.InvalidKMSKey.InvalidState: The KMS key provided is in an incorrect state (%s)", arn)
			}
		}
	}
	return nil
}
