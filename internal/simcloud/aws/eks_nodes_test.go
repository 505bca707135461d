package aws

import (
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

func TestEKSNodeGroupRefusals(t *testing.T) {
	w := newEKSWorld(t)
	w.make(eksClusterToken, "main", w.clusterInputs())
	w.network()
	w.make(eksNodeGroupToken, "workers", w.nodeInputs())
	template := func(name string, in simcloud.Values) simcloud.Values {
		id := w.make(launchTemplateToken, name, eksWith(simcloud.Values{"name": name}, in)).ID
		return simcloud.Values{"launchTemplate": map[string]any{"id": id, "version": "1"}}
	}
	base := eksWith(w.nodeInputs(), simcloud.Values{"nodeGroupName": "second"})
	scaling := func(least, wanted, most int) simcloud.Values {
		return simcloud.Values{"scalingConfig": map[string]any{"minSize": least, "desiredSize": wanted, "maxSize": most}}
	}
	for name, c := range map[string]struct {
		change simcloud.Values
		words  string
	}{
		"name taken":        {simcloud.Values{"nodeGroupName": "workers"}, "ResourceInUseException: NodeGroup already exists with name workers and cluster name main"},
		"bad name":          {simcloud.Values{"nodeGroupName": strings.Repeat("x", 64)}, "invalid value for nodeGroupName"},
		"no cluster":        {simcloud.Values{"clusterName": "none"}, "ResourceNotFoundException: No cluster found for name: none."},
		"no subnet":         {simcloud.Values{"subnetIds": []string{"subnet-0"}}, "InvalidParameterException: The subnet ID 'subnet-0' does not exist"},
		"no role":           {simcloud.Values{"nodeRoleArn": "arn:aws:iam::111122223333:role/none"}, "InvalidParameterException: The role with name"},
		"role of others":    {simcloud.Values{"nodeRoleArn": w.roles["cluster"]}, "Following required service principals [ec2.amazonaws.com] were not found"},
		"min over max":      {scaling(4, 4, 3), "InvalidParameterException: Minimum capacity 4 can't be greater than max size 3"},
		"desired below min": {scaling(2, 1, 3), "InvalidParameterException: Minimum capacity 2 can't be greater than desired size 1"},
		"desired over max":  {scaling(1, 4, 3), "InvalidParameterException: desired capacity 4 can't be greater than max size 3"},
		"no maximum":        {scaling(0, 0, 0), "expected scalingConfig.maxSize"},
		"x86 on arm":        {simcloud.Values{"instanceTypes": []string{"m7i.large"}}, "[m7i.large] is not a valid instance type for requested amiType AL2023_ARM_64_STANDARD"},
		"arm on x86":        {simcloud.Values{"amiType": "AL2023_x86_64_STANDARD"}, "[m7g.large] is not a valid instance type for requested amiType AL2023_x86_64_STANDARD"},
		"image forgotten":   {simcloud.Values{"amiType": nil}, "[m7g.large] is not a valid instance type"},
		"no instance type":  {simcloud.Values{"instanceTypes": []string{"large"}}, "InvalidParameterException: The following supplied instance types do not exist"},
		"not in the region": {simcloud.Values{"instanceTypes": []string{"g6.xlarge"}, "amiType": "AL2023_x86_64_NVIDIA"}, "InvalidParameterException: The following supplied instance types do not exist: [g6.xlarge]"},
		"unknown image":     {simcloud.Values{"amiType": "AL3"}, "expected amiType"},
		"unknown capacity":  {simcloud.Values{"capacityType": "CHEAP"}, "expected capacityType"},
		"bad release":       {simcloud.Values{"releaseVersion": "1.34"}, "InvalidParameterException: Requested Nodegroup release version 1.34 is invalid"},
		"other release":     {simcloud.Values{"releaseVersion": "1.33.1-20260903"}, "InvalidParameterException: Requested release version 1.33.1-20260903 is not valid for kubernetes version 1.34"},
		"nodes ahead":       {simcloud.Values{"version": "1.35"}, "InvalidParameterException: Nodegroup Kubernetes version 1.35 is not supported"},
		"bad taint":         {simcloud.Values{"taints": []any{map[string]any{"key": "a", "effect": "NoSchedule"}}}, "expected effect"},
		"long taint":        {simcloud.Values{"taints": []any{map[string]any{"key": strings.Repeat("a", 64), "effect": "NO_SCHEDULE"}}}, "at most 63"},
		"two limits":        {simcloud.Values{"updateConfig": map[string]any{"maxUnavailable": 1, "maxUnavailablePercentage": 33}}, "only one of updateConfig"},
		"no template":       {simcloud.Values{"launchTemplate": map[string]any{"id": "lt-0"}}, "InvalidParameterException: Launch template with ID lt-0 does not exist"},
		"type twice":        {template("typed", simcloud.Values{"instanceType": "m7g.large"}), "InvalidParameterException: Cannot specify instance types in launch template and API request"},
		"disk twice":        {eksWith(template("disk", nil), simcloud.Values{"diskSize": 20}), "InvalidParameterException: Disk size must be specified within the launch template."},
		"remote access":     {eksWith(template("ssh", nil), simcloud.Values{"remoteAccess": map[string]any{"ec2SshKey": "k"}}), "InvalidParameterException: Remote access configuration cannot be specified with a launch template."},
		"profile":           {template("profile", simcloud.Values{"iamInstanceProfile": map[string]any{"name": "p"}}), "InvalidParameterException: IAM instance profile should not be specified"},
		"closed key": {template("closed", simcloud.Values{"blockDeviceMappings": []any{
			map[string]any{"deviceName": "/dev/xvda", "ebs": map[string]any{"encrypted": "true", "kmsKeyId": w.key}},
		}}), "AsgInstanceLaunchFailures: Instance became unhealthy"},
	} {
		t.Run(name, func(t *testing.T) { eksRefused(t, w.try(eksNodeGroupToken, eksWith(base, c.change)), c.words) })
	}
	eksRefused(t, w.cloud.Delete(w.session, eksClusterToken, "main"), "ResourceInUseException: Cluster has nodegroups attached")
	if err := w.cloud.Delete(w.session, eksNodeGroupToken, "main:workers"); err != nil {
		t.Fatal(err)
	}
	if err := w.cloud.Delete(w.session, eksClusterToken, "main"); err != nil {
		t.Error(err)
	}
}

// Nodes need their network first: without it they never become ready.
func TestEKSNodesBeforeNetwork(t *testing.T) {
	w := newEKSWorld(t)
	w.make(eksClusterToken, "main", w.clusterInputs())
	join := func() error { return w.try(eksNodeGroupToken, w.nodeInputs()) }
	eksRefused(t, join(), "NodeCreationFailure: Unhealthy nodes in the kubernetes cluster (workers: vpc-cni is not installed)")
	w.addon("vpc-cni", "v1.22.3-eksbuild.1")
	eksRefused(t, join(), "kube-proxy is not installed")
	w.addon("kube-proxy", "v1.34.6-eksbuild.13")
	eksRefused(t, join(), "aws-node has no permission")
	w.make(eksPodIdentityToken, "aws-node", simcloud.Values{
		"clusterName": "main", "namespace": "kube-system", "serviceAccount": "aws-node", "roleArn": w.roles["pod"],
	})
	eksRefused(t, join(), "aws-node has no permission") // no agent to hand it out
	w.addon("eks-pod-identity-agent", "v1.3.10-eksbuild.3")
	if err := join(); err != nil {
		t.Error(err)
	}
}

func TestEKSNodesWithPolicy(t *testing.T) {
	w := newEKSWorld(t)
	w.make(eksClusterToken, "main", w.clusterInputs())
	w.addon("vpc-cni", "v1.22.3-eksbuild.1")
	w.addon("kube-proxy", "v1.34.6-eksbuild.13")
	w.make("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "cni", simcloud.Values{
		"role": "node", "policyArn": "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy",
	})
	w.make(eksNodeGroupToken, "workers", w.nodeInputs())
}

func TestLaunchTemplate(t *testing.T) {
	w := newEKSWorld(t)
	base := simcloud.Values{"name": "nodes", "updateDefaultVersion": true}
	r := w.make(launchTemplateToken, "nodes", base)
	r, err := w.cloud.Update(w.session, launchTemplateToken, r.ID, r.Hint, eksWith(base, simcloud.Values{"description": "new"}))
	if err != nil || r.Out.Int("latestVersion") != 2 || r.Out.Int("defaultVersion") != 2 {
		t.Errorf("got the versions %d and %d (%v), want 2", r.Out.Int("latestVersion"), r.Out.Int("defaultVersion"), err)
	}
	disk := func(ebs map[string]any) simcloud.Values {
		return simcloud.Values{"blockDeviceMappings": []any{map[string]any{"deviceName": "/dev/xvda", "ebs": ebs}}}
	}
	for name, c := range map[string]struct {
		change simcloud.Values
		words  string
	}{
		"name taken":    {simcloud.Values{"name": "nodes"}, "InvalidLaunchTemplateName.AlreadyExistsException"},
		"bad name":      {simcloud.Values{"name": "a b"}, "invalid value for name"},
		"no group":      {simcloud.Values{"vpcSecurityGroupIds": []string{"sg-0"}}, "InvalidGroup.NotFound: The security group 'sg-0' does not exist"},
		"no key":        {disk(map[string]any{"encrypted": "true", "kmsKeyId": "arn:none"}), "InvalidKMSKey.NotFound"},
		"not encrypted": {disk(map[string]any{"kmsKeyId": w.key}), "InvalidParameterDependency: The parameter KmsKeyId requires the parameter Encrypted"},
		"unknown disk":  {disk(map[string]any{"volumeType": "gp9"}), "expected ebs.volumeType"},
		"empty disk":    {disk(map[string]any{"volumeSize": 0}), "expected ebs.volumeSize"},
		"tokens":        {simcloud.Values{"metadataOptions": map[string]any{"httpTokens": "never"}}, "expected metadataOptions.httpTokens"},
		"hops":          {simcloud.Values{"metadataOptions": map[string]any{"httpPutResponseHopLimit": 65}}, "expected metadataOptions.httpPutResponseHopLimit"},
		"tags of what":  {simcloud.Values{"tagSpecifications": []any{map[string]any{"resourceType": "image"}}}, "expected resourceType"},
	} {
		t.Run(name, func(t *testing.T) {
			eksRefused(t, w.try(launchTemplateToken, eksWith(simcloud.Values{"name": "other"}, c.change)), c.words)
		})
	}
}
