package aws

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud"
	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
	"github.com/te-explico/infrastructure/versions"
)

func TestEksNodes(t *testing.T) {
	g := run(t, eksProgram(eksArgs(), nil))
	system, workers := g.One(t, "aws:eks/nodeGroup:NodeGroup", "eks-system"), g.One(t, "aws:eks/nodeGroup:NodeGroup", "eks-workers")
	for _, c := range []struct{ got, want string }{
		{system.Inputs.String("amiType"), "AL2023_ARM_64_STANDARD"}, {workers.Inputs.String("amiType"), "AL2023_x86_64_STANDARD"},
		{system.Inputs.String("capacityType"), "ON_DEMAND"}, {workers.Inputs.String("capacityType"), "SPOT"},
		{system.Inputs.String("taints[].effect"), "NO_SCHEDULE"}, {workers.Inputs.String("labels.tier"), "web"},
		{system.Inputs.String("releaseVersion"), versions.AMIRelease(versions.DefaultKubernetes())},
		{system.Inputs.String("version"), versions.DefaultKubernetes()},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
	if got := workers.Inputs.Int("scalingConfig.desiredSize"); got != 3 {
		t.Errorf("got %d nodes at creation, want 3", got)
	}
	if got := system.Inputs.Int("scalingConfig.desiredSize"); got != 2 {
		t.Errorf("got %d nodes at creation, want the minimum, 2", got)
	}
	for _, r := range []simtest.Resource{system, workers} {
		if !slices.Contains(r.IgnoreChanges, "scalingConfig.desiredSize") {
			t.Errorf("%s fights the autoscaler", r.Name)
		}
		if r.Inputs.Has("remoteAccess") || !r.Inputs.Bool("nodeRepairConfig.enabled") || r.Inputs.Int("updateConfig.maxUnavailablePercentage") != 33 {
			t.Errorf("%s: got %v", r.Name, r.Inputs)
		}
		if !strings.HasPrefix(r.Inputs.String("nodeGroupName"), r.Name+"-") {
			t.Errorf("%s has the fixed name %s: it could not be replaced by a new one", r.Name, r.Inputs.String("nodeGroupName"))
		}
		dependsOn(t, r, "Addon::eks-vpc-cni", "Addon::eks-kube-proxy", "Addon::eks-eks-pod-identity-agent", "PodIdentityAssociation::eks-vpc-cni",
			"RolePolicyAttachment::eks-nodes-AmazonEKSWorkerNodePolicy", "RolePolicyAttachment::eks-nodes-AmazonSSMManagedInstanceCore", "LaunchTemplate::"+r.Name)
	}
}

func TestEksLaunchTemplate(t *testing.T) {
	args := eksArgs()
	g := run(t, eksProgram(args, nil))
	in := g.One(t, "aws:ec2/launchTemplate:LaunchTemplate", "eks-workers").Inputs
	for path, want := range map[string]string{
		"metadataOptions.httpTokens": "required", "metadataOptions.instanceMetadataTags": "disabled",
		"blockDeviceMappings[].ebs.encrypted": "true", "blockDeviceMappings[].ebs.volumeType": "gp3", "blockDeviceMappings[].deviceName": "/dev/xvda",
		"blockDeviceMappings[].ebs.kmsKeyId": g.One(t, "aws:kms/key:Key", "").Outputs.String("arn"),
	} {
		if got := in.String(path); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
	if in.Int("metadataOptions.httpPutResponseHopLimit") != 1 {
		t.Error("pods reach the metadata service of their node")
	}
	if in.Int("blockDeviceMappings[].ebs.volumeSize") != 80 || !in.Bool("monitoring.enabled") {
		t.Errorf("got %v", in)
	}
	if in.Has("networkInterfaces") || in.Has("vpcSecurityGroupIds") || in.Has("keyName") {
		t.Error("the template names interfaces, groups or SSH keys")
	}
	var marked []string
	for _, tags := range in.Objects("tagSpecifications[]") {
		marked = append(marked, tags.String("resourceType"))
		if tags.String("tags.stack") != "test" {
			t.Errorf("%v lack the stack's tags", tags)
		}
	}
	if !slices.Equal(marked, []string{"instance", "volume"}) {
		t.Errorf("tags are on %v", marked)
	}
}

func TestEksAddons(t *testing.T) {
	g := run(t, eksProgram(eksArgs(), nil))
	nodes := []string{"NodeGroup::eks-system", "NodeGroup::eks-workers"}
	after := map[string][]string{
		"vpc-cni":    {"PodIdentityAssociation::eks-vpc-cni", "RolePolicyAttachment::eks-vpc-cni"},
		"kube-proxy": nil, "eks-pod-identity-agent": nil,
		"coredns": nodes, "metrics-server": nodes, "snapshot-controller": nodes,
		"aws-ebs-csi-driver": {
			"NodeGroup::eks-system", "NodeGroup::eks-workers", "Addon::eks-snapshot-controller",
			"PodIdentityAssociation::eks-aws-ebs-csi-driver", "RolePolicy::eks-aws-ebs-csi-driver",
		},
	}
	for name, before := range after {
		r := g.One(t, "aws:eks/addon:Addon", "eks-"+name)
		want, err := versions.Addon(versions.DefaultKubernetes(), name)
		if err != nil || r.Inputs.String("addonVersion") != want {
			t.Errorf("%s: got version %q, want %q (%v)", name, r.Inputs.String("addonVersion"), want, err)
		}
		if r.Inputs.String("resolveConflictsOnCreate") != "OVERWRITE" || r.Inputs.String("resolveConflictsOnUpdate") != "OVERWRITE" {
			t.Errorf("%s gives way to what somebody changed by hand", name)
		}
		dependsOn(t, r, before...)
	}
	if got := len(g.All("aws:eks/addon:Addon")); got != len(after) {
		t.Errorf("got %d add-ons, want %d", got, len(after))
	}
}

// addonConfigOf reads the configuration values of an add-on.
func addonConfigOf(t *testing.T, g *simtest.Graph, name string) simcloud.Values {
	t.Helper()
	var v simcloud.Values
	if err := json.Unmarshal([]byte(g.One(t, "aws:eks/addon:Addon", "eks-"+name).Inputs.String("configurationValues")), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestEksAddonConfig(t *testing.T) {
	args := eksArgs()
	args.PodSubnets = map[string]pulumi.StringInput{"eu-west-1a": pulumi.String("subnet-a"), "eu-west-1b": pulumi.String("subnet-b")}
	g := run(t, eksProgram(args, nil))
	cni := addonConfigOf(t, g, "vpc-cni")
	if cni.String("enableNetworkPolicy") != "true" || cni.String("env.ENABLE_PREFIX_DELEGATION") != "true" || cni.String("env.AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG") != "true" {
		t.Errorf("vpc-cni: got %v", cni)
	}
	group := g.One(t, "aws:eks/cluster:Cluster", "").Outputs.String("vpcConfig.clusterSecurityGroupId")
	if cni.String("eniConfig.subnets.eu-west-1b.id") != "subnet-b" || cni.String("eniConfig.subnets.eu-west-1b.securityGroups[]") != group {
		t.Errorf("vpc-cni: got the pod subnets %v", cni.Get("eniConfig"))
	}
	dns := addonConfigOf(t, g, "coredns")
	if len(dns.Objects("topologySpreadConstraints[]")) != 2 || !dns.Bool("podDisruptionBudget.enabled") {
		t.Errorf("coredns: got %v", dns)
	}
	if selector, _ := dns["nodeSelector"].(map[string]any); selector[groupLabel] != "system" {
		t.Errorf("coredns runs on %v, want the system group", selector)
	}
	if keys := dns.Strings("tolerations[].key"); !slices.Equal(keys, []string{"CriticalAddonsOnly"}) {
		t.Errorf("coredns tolerates %v", keys)
	}
	if disks := addonConfigOf(t, g, "aws-ebs-csi-driver"); disks.Bool("defaultStorageClass.enabled") || !disks.Has("defaultStorageClass") {
		t.Errorf("aws-ebs-csi-driver: got %v", disks)
	}
}

func TestEksAddonConfigPlain(t *testing.T) {
	args := eksArgs()
	delete(args.NodeGroups, "system")
	g := run(t, eksProgram(args, nil))
	if cni := addonConfigOf(t, g, "vpc-cni"); cni.Has("eniConfig") || cni.Has("env.AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG") {
		t.Errorf("vpc-cni: custom networking without pod subnets: %v", cni)
	}
	if dns := addonConfigOf(t, g, "coredns"); dns.Has("nodeSelector") {
		t.Errorf("coredns selects a group that is not there: %v", dns)
	}
}

func TestEksIdentities(t *testing.T) {
	g := run(t, eksProgram(eksArgs(), nil))
	key := g.One(t, "aws:kms/key:Key", "").Outputs.String("arn")
	for name, account := range map[string]string{"eks-vpc-cni": "aws-node", "eks-aws-ebs-csi-driver": "ebs-csi-controller-sa"} {
		if in := g.One(t, "aws:eks/podIdentityAssociation:PodIdentityAssociation", name).Inputs; in.String("serviceAccount") != account || in.String("namespace") != "kube-system" {
			t.Errorf("%s: got %v", name, in)
		}
		trust := g.One(t, "aws:iam/role:Role", name).Inputs.String("assumeRolePolicy")
		for _, want := range []string{`"pods.eks.amazonaws.com"`, `"sts:TagSession"`, `"aws:SourceAccount":["111122223333"]`} {
			if !strings.Contains(trust, want) {
				t.Errorf("%s: %s lacks %s", name, trust, want)
			}
		}
	}
	var doc Policy
	text := g.One(t, "aws:iam/rolePolicy:RolePolicy", "eks-aws-ebs-csi-driver").Inputs.String("policy")
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	for _, s := range doc.Statement {
		if !slices.Equal(s.Resource, []string{key}) {
			t.Errorf("the EBS driver may use %v, want the disk key alone", s.Resource)
		}
	}
	for _, a := range g.All("aws:iam/rolePolicyAttachment:RolePolicyAttachment") {
		if strings.Contains(a.Inputs.String("policyArn"), "Administrator") || a.Name == "eks-nodes-AmazonEKS_CNI_Policy" {
			t.Errorf("%s is too much", a.Name)
		}
	}
}

// Without NodesMayUse the nodes' disks cannot be decrypted, and no node starts.
func TestEksClosedDiskKey(t *testing.T) {
	_, err := simtest.Try("explico", "test", withProvider(func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		args := eksArgs()
		if err := eksProgram(args, nil)(ctx, opt); err != nil {
			return err
		}
		closed, err := NewKey(ctx, "closed", &KeyArgs{Scope: args.Scope}, opt)
		if err != nil {
			return err
		}
		args.ClusterName, args.DiskKeyArn = "second", closed.Arn
		_, err = NewEks(ctx, "second", args, opt)
		return err
	}))
	if err == nil || !strings.Contains(err.Error(), "AsgInstanceLaunchFailures") {
		t.Errorf("got %v, want AsgInstanceLaunchFailures", err)
	}
}

func TestNodesMayUse(t *testing.T) {
	for _, s := range NodesMayUse(testScope()) {
		if s.Condition["StringEquals"]["kms:CallerAccount"] == nil || s.Condition["ArnEquals"]["aws:PrincipalArn"] == nil {
			t.Errorf("%s lets anyone in", s.Sid)
		}
		if slices.Contains(s.Action, "kms:CreateGrant") != (s.Condition["Bool"]["kms:GrantIsForAWSResource"] != nil) {
			t.Errorf("%s: grants are not for AWS resources alone", s.Sid)
		}
	}
}

func TestImageType(t *testing.T) {
	for _, c := range []struct {
		instances string
		gpu       bool
		want      string
	}{
		{"m7g.large,c7gn.xlarge,t4g.small,im4gn.large,a1.large", false, "AL2023_ARM_64_STANDARD"},
		{"m7i.large,c7i-flex.large,g5.xlarge,r8a.large", false, "AL2023_x86_64_STANDARD"},
		{"g5.xlarge,g6e.xlarge,p5en.48xlarge", true, "AL2023_x86_64_NVIDIA"},
		{"g5g.xlarge", true, "AL2023_ARM_64_NVIDIA"},
		{"m7g.large,m7i.large", false, ""}, {"large", false, ""}, {"", false, ""},
	} {
		got, err := imageType(strings.Split(c.instances, ","), c.gpu)
		if got != c.want || (err != nil) != (c.want == "") {
			t.Errorf("%s: got %q (%v), want %q", c.instances, got, err, c.want)
		}
	}
}
