package aws

import (
	"maps"
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// eksWorld is a cloud with a network and roles, in which the tests build a
// cluster step by step.
type eksWorld struct {
	t       *testing.T
	cloud   *simcloud.Cloud
	session simcloud.Session
	// subnets are in eu-west-1a, b and a again; other is in another network.
	subnets []string
	other   string
	// roles are ARNs, by name.
	roles map[string]string
	key   string
}

func newEKSWorld(t *testing.T) *eksWorld {
	t.Helper()
	w := &eksWorld{
		t: t, cloud: simcloud.New(Catalog()), roles: map[string]string{},
		session: simcloud.Session{Account: DefaultAccount, Region: "eu-west-1"},
	}
	vpc := w.make(vpcToken, "net", simcloud.Values{"cidrBlock": "10.0.0.0/16"}).ID
	for i, zone := range []string{"eu-west-1a", "eu-west-1b", "eu-west-1a"} {
		w.subnets = append(w.subnets, w.make(subnetToken, "subnet"+string(rune('0'+i)), simcloud.Values{
			"vpcId": vpc, "cidrBlock": "10.0." + string(rune('0'+i)) + ".0/24", "availabilityZone": zone,
		}).ID)
	}
	away := w.make(vpcToken, "away", simcloud.Values{"cidrBlock": "10.1.0.0/16"}).ID
	w.other = w.make(subnetToken, "elsewhere", simcloud.Values{
		"vpcId": away, "cidrBlock": "10.1.0.0/24", "availabilityZone": "eu-west-1b",
	}).ID
	for name, service := range map[string]string{"cluster": "eks", "node": "ec2", "pod": "pods.eks", "stranger": "lambda"} {
		actions := `"sts:AssumeRole"`
		if name == "pod" {
			actions = `["sts:AssumeRole","sts:TagSession"]`
		}
		w.roles[name] = w.make(roleToken, name, simcloud.Values{"name": name, "assumeRolePolicy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":` +
			actions + `,"Principal":{"Service":"` + service + `.amazonaws.com"}}]}`}).Out.String("arn")
	}
	w.key = w.make(keyToken, "disks", simcloud.Values{"policy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*",` +
		`"Principal":{"AWS":"arn:aws:iam::111122223333:root"}}]}`}).Out.String("arn")
	return w
}

// make creates a resource and fails the test if the cloud refuses.
func (w *eksWorld) make(token, name string, in simcloud.Values) *simcloud.Record {
	w.t.Helper()
	r, err := w.cloud.Create(w.session, token, "urn::"+token+"::"+name, in)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// try creates a resource and returns the refusal.
func (w *eksWorld) try(token string, in simcloud.Values) error {
	_, err := w.cloud.Create(w.session, token, "urn::"+token+"::tried", in)
	return err
}

// eksWith returns values with changes; a nil takes one away.
func eksWith(base, changes simcloud.Values) simcloud.Values {
	all := maps.Clone(base)
	maps.Copy(all, changes)
	for k, v := range changes {
		if v == nil {
			delete(all, k)
		}
	}
	return all
}

func (w *eksWorld) clusterInputs() simcloud.Values {
	return simcloud.Values{
		"name": "main", "roleArn": w.roles["cluster"], "version": "1.34", "bootstrapSelfManagedAddons": false,
		"accessConfig": map[string]any{"authenticationMode": "API"},
		"vpcConfig":    map[string]any{"subnetIds": []string{w.subnets[0], w.subnets[1]}},
	}
}

func (w *eksWorld) nodeInputs() simcloud.Values {
	return simcloud.Values{
		"clusterName": "main", "nodeGroupName": "workers", "nodeRoleArn": w.roles["node"], "subnetIds": []string{w.subnets[0]},
		"scalingConfig": map[string]any{"minSize": 1, "desiredSize": 2, "maxSize": 3},
		"instanceTypes": []string{"m7g.large"}, "amiType": "AL2023_ARM_64_STANDARD",
	}
}

func (w *eksWorld) addon(name, version string) {
	w.t.Helper()
	w.make(eksAddonToken, name, simcloud.Values{"clusterName": "main", "addonName": name, "addonVersion": version})
}

// network installs what nodes need to become ready.
func (w *eksWorld) network() {
	w.t.Helper()
	w.make(eksPodIdentityToken, "aws-node", simcloud.Values{
		"clusterName": "main", "namespace": "kube-system", "serviceAccount": "aws-node", "roleArn": w.roles["pod"],
	})
	w.addon("vpc-cni", "v1.22.3-eksbuild.1")
	w.addon("kube-proxy", "v1.34.6-eksbuild.13")
	w.addon("eks-pod-identity-agent", "v1.3.10-eksbuild.3")
}

// eksRefused fails the test unless err begins with the code or holds the words.
func eksRefused(t *testing.T, err error, words string) {
	t.Helper()
	if err == nil {
		t.Fatalf("not refused, want %q", words)
	}
	if !strings.Contains(err.Error(), words) {
		t.Errorf("refused with %q, want %q", err, words)
	}
}

func TestEKSClusterRefusals(t *testing.T) {
	w := newEKSWorld(t)
	base := w.clusterInputs()
	w.make(eksClusterToken, "main", base)
	base["name"] = "second"
	network := func(changes map[string]any) simcloud.Values {
		vpc := map[string]any{"subnetIds": []string{w.subnets[0], w.subnets[1]}}
		maps.Copy(vpc, changes)
		return simcloud.Values{"vpcConfig": vpc}
	}
	for name, c := range map[string]struct {
		change simcloud.Values
		words  string
	}{
		"name taken":       {simcloud.Values{"name": "main"}, "ResourceInUseException: Cluster already exists with name: main"},
		"bad name":         {simcloud.Values{"name": "-x"}, "invalid value for name"},
		"one zone":         {network(map[string]any{"subnetIds": []string{w.subnets[0], w.subnets[2]}}), "InvalidParameterException: Subnets specified must be in at least two different AZs"},
		"two networks":     {network(map[string]any{"subnetIds": []string{w.subnets[0], w.other}}), "InvalidParameterException: Subnets specified must belong to the same VPC"},
		"unknown subnet":   {network(map[string]any{"subnetIds": []string{"subnet-0"}}), "InvalidParameterException: The subnet ID 'subnet-0' does not exist"},
		"unknown group":    {network(map[string]any{"securityGroupIds": []string{"sg-0"}}), "InvalidParameterException: The security group 'sg-0' does not exist"},
		"unreachable":      {network(map[string]any{"endpointPublicAccess": false}), "InvalidParameterException: Private and public endpoint access cannot be false"},
		"bad range":        {network(map[string]any{"publicAccessCidrs": []string{"203.0.113.7/24"}}), "InvalidParameterException: The following CIDRs are invalid"},
		"old version":      {simcloud.Values{"version": "1.20"}, "InvalidParameterException: unsupported Kubernetes version"},
		"unknown role":     {simcloud.Values{"roleArn": "arn:aws:iam::111122223333:role/none"}, "InvalidParameterException: Role with arn: arn:aws:iam::111122223333:role/none, could not be assumed"},
		"role of others":   {simcloud.Values{"roleArn": w.roles["stranger"]}, "the trusted entity is not correct"},
		"unknown log":      {simcloud.Values{"enabledClusterLogTypes": []string{"apiserver"}}, "expected enabledClusterLogTypes"},
		"unknown mode":     {simcloud.Values{"accessConfig": map[string]any{"authenticationMode": "NONE"}}, "expected accessConfig.authenticationMode"},
		"unknown support":  {simcloud.Values{"upgradePolicy": map[string]any{"supportType": "LONG"}}, "expected upgradePolicy.supportType"},
		"services public":  {simcloud.Values{"kubernetesNetworkConfig": map[string]any{"serviceIpv4Cidr": "8.8.0.0/16"}}, "InvalidParameterException: The specified service CIDR"},
		"encrypts pods":    {simcloud.Values{"encryptionConfig": map[string]any{"resources": []string{"pods"}}}, "expected encryptionConfig.resources"},
		"unknown key":      {simcloud.Values{"encryptionConfig": map[string]any{"provider": map[string]any{"keyArn": "arn:none"}}}, "InvalidParameterException: The keyArn in encryptionConfig"},
		"no role":          {simcloud.Values{"roleArn": nil}, `missing required argument "roleArn"`},
		"services too big": {simcloud.Values{"kubernetesNetworkConfig": map[string]any{"serviceIpv4Cidr": "10.0.0.0/8"}}, "InvalidParameterException: The specified service CIDR"},
	} {
		t.Run(name, func(t *testing.T) { eksRefused(t, w.try(eksClusterToken, eksWith(base, c.change)), c.words) })
	}
}

func TestEKSCluster(t *testing.T) {
	w := newEKSWorld(t)
	r := w.make(eksClusterToken, "main", eksWith(w.clusterInputs(), simcloud.Values{"enabledClusterLogTypes": []string{"api"}}))
	issuer := r.Out.String("identities[].oidcs[].issuer")
	if !strings.HasPrefix(issuer, "https://oidc.eks.eu-west-1.amazonaws.com/id/") {
		t.Errorf("got the issuer %s", issuer)
	}
	if r.Out.String("endpoint") == "" || r.Out.String("certificateAuthority.data") == "" || r.Out.String("vpcConfig.vpcId") == "" {
		t.Errorf("outputs are missing: %v", r.Out)
	}
	group := r.Out.String("vpcConfig.clusterSecurityGroupId")
	if found, _ := w.cloud.Read(w.session, securityGroupToken, group); found == nil {
		t.Errorf("the cluster's security group %s is not there", group)
	}
	// EKS made the log group itself: whoever creates it later is too late.
	eksRefused(t, w.try(logGroupToken, simcloud.Values{"name": "/aws/eks/main/cluster"}), "AlreadyExists")
	// And a subnet in use cannot go.
	eksRefused(t, w.cloud.Delete(w.session, subnetToken, w.subnets[0]), "DependencyViolation")
}

func TestEKSRoleMayNotLog(t *testing.T) {
	w := newEKSWorld(t)
	w.make("aws:iam/rolePolicy:RolePolicy", "deny", simcloud.Values{"role": "cluster", "name": "deny",
		"policy": `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"logs:CreateLogGroup","Resource":"*"}]}`})
	w.make(eksClusterToken, "main", eksWith(w.clusterInputs(), simcloud.Values{"enabledClusterLogTypes": []string{"api"}}))
	w.make(logGroupToken, "logs", simcloud.Values{"name": "/aws/eks/main/cluster"})
}

func TestEKSClusterUpdates(t *testing.T) {
	for name, c := range map[string]struct {
		change func(w *eksWorld) simcloud.Values
		words  string
	}{
		"one minor up": {func(*eksWorld) simcloud.Values { return simcloud.Values{"version": "1.35"} }, ""},
		"same zones":   {func(w *eksWorld) simcloud.Values { return eksSubnetsOf(w, 1, 2) }, ""},
		"two minors":   {func(*eksWorld) simcloud.Values { return simcloud.Values{"version": "1.36"} }, "InvalidParameterException: Unsupported Kubernetes minor version update from 1.34 to 1.36"},
		"down":         {func(*eksWorld) simcloud.Values { return simcloud.Values{"version": "1.33"} }, "InvalidParameterException: Unsupported Kubernetes minor version update from 1.34 to 1.33"},
		"back to aws-auth": {func(*eksWorld) simcloud.Values {
			return simcloud.Values{"accessConfig": map[string]any{"authenticationMode": "API_AND_CONFIG_MAP"}}
		}, "InvalidParameterException: Unsupported authentication mode update from API to API_AND_CONFIG_MAP"},
		"another zone": {func(w *eksWorld) simcloud.Values {
			vpc, _ := w.cloud.Read(w.session, subnetToken, w.subnets[0])
			w.subnets = append(w.subnets, w.make(subnetToken, "third", simcloud.Values{
				"vpcId": vpc.Out.String("vpcId"), "cidrBlock": "10.0.9.0/24", "availabilityZone": "eu-west-1c",
			}).ID)
			return eksSubnetsOf(w, 0, 1, 3)
		}, "InvalidParameterException: Provided subnets belong to the AZs 'eu-west-1a,eu-west-1b,eu-west-1c'"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newEKSWorld(t)
			w.make(eksClusterToken, "main", w.clusterInputs())
			_, err := w.cloud.Update(w.session, eksClusterToken, "main", "urn::main", eksWith(w.clusterInputs(), c.change(w)))
			if c.words != "" {
				eksRefused(t, err, c.words)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}

func eksSubnetsOf(w *eksWorld, indices ...int) simcloud.Values {
	var ids []string
	for _, i := range indices {
		ids = append(ids, w.subnets[i])
	}
	return simcloud.Values{"vpcConfig": map[string]any{"subnetIds": ids}}
}

func TestEKSReplaces(t *testing.T) {
	cluster, nodes := eksCluster(), eksNodeGroup()
	encrypted := simcloud.Values{"encryptionConfig": map[string]any{"provider": map[string]any{"keyArn": "a"}}}
	for name, c := range map[string]struct {
		of       *simcloud.Type
		old      simcloud.Values
		path     string
		replaces bool
	}{
		"cluster name":     {cluster, nil, "name", true},
		"version":          {cluster, nil, "version", false},
		"subnets":          {cluster, nil, "vpcConfig.subnetIds[1]", false},
		"service range":    {cluster, nil, "kubernetesNetworkConfig.serviceIpv4Cidr", true},
		"encryption added": {cluster, simcloud.Values{}, "encryptionConfig", false},
		"encryption key":   {cluster, encrypted, "encryptionConfig.provider.keyArn", true},
		"node version":     {nodes, nil, "releaseVersion", false},
		"node subnets":     {nodes, nil, "subnetIds[0]", true},
		"template version": {nodes, nil, "launchTemplate.version", false},
		"instances":        {nodes, nil, "instanceTypes[0]", true},
	} {
		if got := len(c.of.Replaces(c.old, simcloud.Values{}, []string{c.path})) > 0; got != c.replaces {
			t.Errorf("%s: replaces is %v, want %v", name, got, c.replaces)
		}
	}
}
