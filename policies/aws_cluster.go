package policies

import (
	"slices"

	"github.com/te-explico/infrastructure/versions"
)

var clusterRules = []rule{
	{
		ids:      "F EKS.1, T AWS-0040/0041, C CKV_AWS_38/39, K eks_cluster_has_public_access(_cidrs)",
		topics:   "exposure",
		priority: 1, types: "eks.Cluster",
		reason: "an API that the world can reach is one stolen token away from everybody",
		check:  local(narrowAPI),
		bad: []string{
			`eks.Cluster cluster: vpcConfig.endpointPublicAccess = true`,
			`eks.Cluster cluster: vpcConfig.endpointPublicAccess = null`,
			`dev/eks.Cluster cluster: vpcConfig.publicAccessCidrs[0] = "0.0.0.0/0"`,
			`dev/eks.Cluster cluster: vpcConfig.publicAccessCidrs = null`,
		},
	},
	{
		ids:      "F EKS.3, T AWS-0039, C CKV_AWS_58, K eks_cluster_encryption_disabled",
		topics:   "atRest",
		priority: 1, types: "eks.Cluster",
		reason: "who gets hold of a copy of etcd must not get the secrets in it",
		check:  all(includes("encryptionConfig.resources[]", "secrets"), ownKey("encryptionConfig.provider.keyArn")),
		bad: []string{
			`eks.Cluster cluster: encryptionConfig = null`,
			`eks.Cluster cluster: encryptionConfig.resources = []`,
			`eks.Cluster cluster: encryptionConfig.provider.keyArn = "arn:aws:kms:eu-west-1:123456789012:alias/aws/eks"`,
		},
	},
	{
		ids:      "F EKS.8, T AWS-0038, C CKV_AWS_37, K eks_cluster_log_disabled",
		topics:   "audit",
		priority: 1, types: "eks.Cluster",
		reason: "the control plane's logs are the only record of who did what in the cluster",
		check:  includes("enabledClusterLogTypes[]", "api", "audit", "authenticator", "controllerManager", "scheduler"),
		bad: []string{
			`eks.Cluster cluster: enabledClusterLogTypes = null`,
			`eks.Cluster cluster: enabledClusterLogTypes[1] = null`,
		},
	},
	{
		ids:      "F EKS.2, C CKV_AWS_339",
		topics:   "patching",
		priority: 1, types: "eks.Cluster",
		reason: "an unsupported version gets no security fixes, and is then updated without asking",
		check: local(func(r resource) []string {
			if v := r.Inputs.String("version"); !slices.Contains(versions.Kubernetes(), v) {
				return complain("version is %s, want one of %v", v, versions.Kubernetes())
			}
			return nil
		}),
		bad: []string{`eks.Cluster cluster: version = "1.21"`, `eks.Cluster cluster: version = null`},
	},
	{
		ids:      "C CKV_AWS_100, K eks_node_group_remote_access_disabled",
		topics:   "exposure",
		priority: 1, types: "eks.NodeGroup",
		reason: "remote access without source groups opens SSH on every node to the world",
		check: local(func(r resource) []string {
			if r.Inputs.Has("remoteAccess") && !r.Inputs.Has("remoteAccess.sourceSecurityGroupIds[]") {
				return complain("has remoteAccess without sourceSecurityGroupIds")
			}
			return nil
		}),
		bad: []string{`eks.NodeGroup cluster-apps: remoteAccess = {"ec2SshKey":"laptop"}`},
	},
	{
		ids:      "own EKS-1 (nodes start from a launch template of the stack)",
		topics:   "hardening",
		priority: 1, types: "eks.NodeGroup",
		reason: "the rules on launch templates hold for nodes only if these use them",
		check:  ofStack("launchTemplate.id", "ec2.LaunchTemplate"),
		bad:    []string{`eks.NodeGroup cluster-gpu: launchTemplate = null`},
	},
	{
		ids:      "F EC2.8, F AutoScaling.3/4, T AWS-0130",
		topics:   "hardening",
		priority: 1, types: "ec2.LaunchTemplate",
		reason: "a pod that can reach the metadata service has the node's role",
		check:  all(is("metadataOptions.httpTokens", "required"), is("metadataOptions.httpPutResponseHopLimit", 1.0)),
		bad: []string{
			`ec2.LaunchTemplate cluster-apps: metadataOptions = null`,
			`ec2.LaunchTemplate cluster-apps: metadataOptions.httpTokens = "optional"`,
			`ec2.LaunchTemplate cluster-batch: metadataOptions.httpPutResponseHopLimit = 2`,
		},
	},
	{
		ids:      "F EC2.25, T AWS-0009",
		topics:   "exposure",
		priority: 1, types: "ec2.LaunchTemplate",
		reason: "a node with an address on the internet can be reached from it",
		check:  every("networkInterfaces[]", isNot("associatePublicIpAddress", "true", true)),
		bad:    []string{`ec2.LaunchTemplate cluster-system: networkInterfaces = [{"associatePublicIpAddress":"true"}]`},
	},
	{
		ids:      "F EC2.3/7, T AWS-0008/0131",
		topics:   "atRest",
		priority: 1, types: "ec2.LaunchTemplate",
		reason: "a disk that is thrown away, or its snapshot, must be of no use",
		check: all(
			has("blockDeviceMappings[].ebs"),
			every("blockDeviceMappings[].ebs", all(is("encrypted", "true"), ownKey("kmsKeyId"))),
		),
		bad: []string{
			`ec2.LaunchTemplate cluster-apps: blockDeviceMappings = null`,
			`ec2.LaunchTemplate cluster-apps: blockDeviceMappings[0].ebs.encrypted = "false"`,
			`ec2.LaunchTemplate cluster-apps: blockDeviceMappings[0].ebs.kmsKeyId = null`,
		},
	},
	{
		ids:      "own TAG-3 (what node groups start carries the stack's tags)",
		topics:   "inventory",
		priority: 1, types: "ec2.LaunchTemplate",
		reason: "Auto Scaling gives instances and disks none of the provider's default tags, and their cost has no owner",
		check: all(
			includes("tagSpecifications[].resourceType", "instance", "volume"),
			tagged("tagSpecifications[].tags", slices.Concat(defaultTags, ownTags)),
		),
		bad: []string{
			`ec2.LaunchTemplate cluster-apps: tagSpecifications[1] = null`,
			`ec2.LaunchTemplate cluster-apps: tagSpecifications[0].tags.cost-centre = null`,
		},
	},
}

// narrowAPI wants the Kubernetes API to be private, or open to named ranges. AWS
// makes public what says nothing.
func narrowAPI(r resource) []string {
	if r.Inputs.Has("vpcConfig.endpointPublicAccess") && !r.Inputs.Bool("vpcConfig.endpointPublicAccess") {
		return nil
	}
	ranges := r.Inputs.Strings("vpcConfig.publicAccessCidrs[]")
	if len(ranges) == 0 || slices.ContainsFunc(ranges, everywhere) {
		return complain("the API is open to everybody")
	}
	return nil
}
