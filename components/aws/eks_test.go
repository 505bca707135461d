package aws

import (
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
	"github.com/te-explico/infrastructure/versions"
)

// eksArgs are good arguments, but for what needs a network and keys.
func eksArgs() *EksArgs {
	return &EksArgs{
		Scope: testScope(), ClusterName: "explico-test", Version: versions.DefaultKubernetes(),
		Endpoint: "private", UpgradePolicy: "STANDARD", LogDays: 365, ServiceCIDR: "172.20.0.0/16",
		Access: map[string]AccessArgs{
			"pipeline": {Role: "arn:aws:iam::111122223333:role/pipeline", Level: "clusterAdmin"},
			"team":     {Role: "arn:aws:iam::111122223333:role/team", Level: "edit", Namespaces: []string{"web"}},
		},
		NodeGroups: map[string]NodeGroupArgs{
			"system":  {Instances: []string{"m7g.large", "m6g.large"}, Min: 2, Max: 4, DiskGiB: 50, Taints: map[string]TaintArgs{"CriticalAddonsOnly": {Value: "true", Effect: "NoSchedule"}}},
			"workers": {Instances: []string{"m7i.large"}, Min: 1, Max: 9, Initial: 3, DiskGiB: 80, Spot: true, Labels: map[string]string{"tier": "web"}},
		},
	}
}

// eksProgram makes a network of two zones, keys, and the cluster in them.
func eksProgram(args *EksArgs, use func(ctx *pulumi.Context, e *Eks)) func(*pulumi.Context, pulumi.ResourceOption) error {
	return func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		net := &struct{ pulumi.ResourceState }{}
		if err := component.Register(ctx, "test", "Network", "net", net, opt); err != nil {
			return err
		}
		vpc, err := bind(ctx, "aws:ec2/vpc:Vpc", "net", pulumi.Map{"cidrBlock": pulumi.String("10.0.0.0/16")}, pulumi.Parent(net))
		if err != nil {
			return err
		}
		var subnets pulumi.StringArray
		for zone, block := range map[string]string{"a": "10.0.0.0/20", "b": "10.0.16.0/20"} {
			s, err := bind(ctx, "aws:ec2/subnet:Subnet", "net-"+zone, pulumi.Map{
				"vpcId": vpc.ID(), "cidrBlock": pulumi.String(block), "availabilityZone": pulumi.String("eu-west-1" + zone),
			}, pulumi.Parent(net))
			if err != nil {
				return err
			}
			subnets = append(subnets, s.ID())
		}
		scope := args.Scope
		key, err := NewKey(ctx, "key", &KeyArgs{Scope: scope, Users: append(NodesMayUse(scope), LogsMayUse(scope))}, opt)
		if err != nil {
			return err
		}
		args.VpcID, args.ClientCIDRs = vpc.ID(), []string{"10.0.0.0/16"}
		args.SubnetIDs, args.SecretsKeyArn, args.LogKeyArn, args.DiskKeyArn = subnets, key.Arn, key.Arn, key.Arn
		e, err := NewEks(ctx, "eks", args, opt)
		if err == nil && use != nil {
			use(ctx, e)
		}
		return err
	}
}

// EKS works for everybody: it assumes the role for this cluster only.
func TestEksClusterTrust(t *testing.T) {
	g := run(t, eksProgram(eksArgs(), nil))
	trust := netPolicy(t, g.One(t, "aws:iam/role:Role", "eks-cluster"), "assumeRolePolicy").Statement[0]
	if !slices.Equal(trust.Principal.Service, []string{"eks.amazonaws.com"}) ||
		!slices.Equal(trust.Condition["StringEquals"]["aws:SourceAccount"], []string{"111122223333"}) ||
		!slices.Equal(trust.Condition["ArnLike"]["aws:SourceArn"], []string{"arn:aws:eks:eu-west-1:111122223333:cluster/explico-test"}) {
		t.Errorf("trust: got %v", trust)
	}
}

func TestEksCluster(t *testing.T) {
	g := run(t, eksProgram(eksArgs(), nil))
	g.CheckHouse(t)
	c := g.One(t, "aws:eks/cluster:Cluster", "eks")
	if c.Inputs.Bool("vpcConfig.endpointPublicAccess") || !c.Inputs.Bool("vpcConfig.endpointPrivateAccess") {
		t.Error("the API is not private")
	}
	for path, want := range map[string]string{
		"name": "explico-test", "version": versions.DefaultKubernetes(), "accessConfig.authenticationMode": "API",
		"upgradePolicy.supportType": "STANDARD", "kubernetesNetworkConfig.serviceIpv4Cidr": "172.20.0.0/16",
		"encryptionConfig.resources[]": "secrets", "encryptionConfig.provider.keyArn": g.One(t, "aws:kms/key:Key", "").Outputs.String("arn"),
	} {
		if got := c.Inputs.String(path); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
	for _, path := range []string{"bootstrapSelfManagedAddons", "accessConfig.bootstrapClusterCreatorAdminPermissions"} {
		if !c.Inputs.Known(path) || c.Inputs.Bool(path) {
			t.Errorf("%s is not false", path)
		}
	}
	if got := c.Inputs.Strings("enabledClusterLogTypes[]"); len(got) != 5 {
		t.Errorf("logs: got %v, want all five", got)
	}
	if !slices.Contains(c.IgnoreChanges, "vpcConfig.subnetIds") {
		t.Error("the control plane would follow new zones, which EKS refuses")
	}
	if c.Protect {
		t.Error("the cluster is protected in a scope that is not")
	}
	logs := g.One(t, "aws:cloudwatch/logGroup:LogGroup", "eks-logs")
	if logs.Inputs.String("name") != "/aws/eks/explico-test/cluster" || logs.Inputs.Int("retentionInDays") != 365 || !logs.Inputs.Has("kmsKeyId") {
		t.Errorf("the log group is not ours: %v", logs.Inputs)
	}
	dependsOn(t, c, "LogGroup::eks-logs", "RolePolicy::eks-cluster", "RolePolicyAttachment::eks-cluster")
	if deny := g.One(t, "aws:iam/rolePolicy:RolePolicy", "eks-cluster").Inputs.String("policy"); !strings.Contains(deny, `"Deny","Action":["logs:CreateLogGroup"]`) {
		t.Errorf("EKS may make the log group anew: %s", deny)
	}
	provider := g.One(t, "aws:iam/openIdConnectProvider:OpenIdConnectProvider", "eks").Inputs
	if provider.String("url") != c.Outputs.String("identities[].oidcs[].issuer") || provider.String("clientIdLists[]") != "sts.amazonaws.com" {
		t.Errorf("the identity provider trusts %v", provider)
	}
}

func TestEksEndpoint(t *testing.T) {
	for mode, c := range map[string]struct {
		cidrs  []string
		public bool
	}{"private": {nil, false}, "restricted": {[]string{"203.0.113.0/24"}, true}, "public": {nil, true}} {
		args := eksArgs()
		args.Endpoint, args.EndpointCIDRs = mode, c.cidrs
		vpc := run(t, eksProgram(args, nil)).One(t, "aws:eks/cluster:Cluster", "").Inputs
		if got := vpc.Bool("vpcConfig.endpointPublicAccess"); got != c.public {
			t.Errorf("%s: public is %v", mode, got)
		}
		if got := vpc.Strings("vpcConfig.publicAccessCidrs[]"); !slices.Equal(got, c.cidrs) {
			t.Errorf("%s: got the ranges %v, want %v", mode, got, c.cidrs)
		}
	}
}

func TestEksProtected(t *testing.T) {
	args := eksArgs()
	args.Protect = true
	g := run(t, eksProgram(args, nil))
	if !g.One(t, "aws:eks/cluster:Cluster", "").Protect || !g.One(t, "aws:cloudwatch/logGroup:LogGroup", "").Protect {
		t.Error("the cluster and its audit log are not protected")
	}
}

func TestEksAccess(t *testing.T) {
	g := run(t, eksProgram(eksArgs(), nil))
	const policies = "arn:aws:eks::aws:cluster-access-policy/"
	for name, want := range map[string]struct{ policy, scope, namespace string }{
		"eks-pipeline": {"AmazonEKSClusterAdminPolicy", "cluster", ""},
		"eks-team":     {"AmazonEKSEditPolicy", "namespace", "web"},
	} {
		in := g.One(t, "aws:eks/accessPolicyAssociation:AccessPolicyAssociation", name).Inputs
		if in.String("policyArn") != policies+want.policy || in.String("accessScope.type") != want.scope || in.String("accessScope.namespaces[]") != want.namespace {
			t.Errorf("%s: got %v, want %v", name, in, want)
		}
		if entry := g.One(t, "aws:eks/accessEntry:AccessEntry", name).Inputs; entry.String("principalArn") != in.String("principalArn") {
			t.Errorf("%s: the entry is of %s", name, entry.String("principalArn"))
		}
	}
}

func TestEksOutputs(t *testing.T) {
	ready := 0
	g := run(t, eksProgram(eksArgs(), func(ctx *pulumi.Context, e *Eks) {
		ready = len(e.Ready)
		for name, out := range map[string]pulumi.StringOutput{
			"name": e.Name, "arn": e.Arn, "endpoint": e.Endpoint, "ca": e.CertificateAuthority, "version": e.Version, "issuer": e.OIDCIssuer,
			"provider": e.OIDCProviderArn, "group": e.NodeSecurityGroupID, "role": e.NodeRoleArn,
			"system": e.NodeGroupNames["system"], "workers": e.NodeGroupNames["workers"],
		} {
			out.ApplyT(func(v string) string {
				if v == "" {
					t.Errorf("output %s is empty", name)
				}
				return v
			})
		}
	}))
	// Two entries with a policy each, three network add-ons with role, two node
	// groups, four add-ons with role: whoever is ready has them all.
	want := len(g.All("aws:eks/accessEntry:AccessEntry")) + len(g.All("aws:eks/accessPolicyAssociation:AccessPolicyAssociation")) +
		len(g.All("aws:eks/nodeGroup:NodeGroup")) + len(g.All("aws:eks/addon:Addon")) + len(g.All("aws:eks/podIdentityAssociation:PodIdentityAssociation"))
	if ready < want {
		t.Errorf("Ready holds %d resources, want at least %d", ready, want)
	}
}

func TestEksPreview(t *testing.T) {
	args := eksArgs()
	args.PodSubnets = map[string]pulumi.StringInput{"eu-west-1a": pulumi.String("subnet-1")}
	g := run(t, eksProgram(args, nil), simtest.Preview())
	if n := len(g.Cloud.Records()); n != 0 {
		t.Errorf("a preview created %d resources", n)
	}
	for token, want := range map[string]int{"aws:eks/addon:Addon": 7, "aws:eks/nodeGroup:NodeGroup": 2, "aws:eks/accessEntry:AccessEntry": 2} {
		if got := len(g.All(token)); got != want {
			t.Errorf("a preview shows %d %s, want %d", got, token, want)
		}
	}
}

func TestEksBadArgs(t *testing.T) {
	group := func(change func(*NodeGroupArgs)) func(*EksArgs) {
		return func(a *EksArgs) {
			g := a.NodeGroups["workers"]
			change(&g)
			a.NodeGroups["workers"] = g
		}
	}
	for want, change := range map[string]func(*EksArgs){
		"ClusterName":                  func(a *EksArgs) { a.ClusterName = "-" },
		"Version":                      func(a *EksArgs) { a.Version = "1.20" },
		"Endpoint:":                    func(a *EksArgs) { a.Endpoint = "open" },
		"EndpointCIDRs: a private":     func(a *EksArgs) { a.EndpointCIDRs = []string{"203.0.113.0/24"} },
		"EndpointCIDRs: a restricted":  func(a *EksArgs) { a.Endpoint = "restricted" },
		"EndpointCIDRs: got 0.0.0.0/0": func(a *EksArgs) { a.Endpoint, a.EndpointCIDRs = "restricted", []string{"0.0.0.0/0"} },
		"UpgradePolicy":                func(a *EksArgs) { a.UpgradePolicy = "" },
		"LogDays":                      func(a *EksArgs) { a.LogDays = 0 },
		"ServiceCIDR":                  func(a *EksArgs) { a.ServiceCIDR = "8.8.0.0/16" },
		"Access: got the name":         func(a *EksArgs) { a.Access["a b"] = AccessArgs{} },
		"Access[x].Role: got": func(a *EksArgs) {
			a.Access["x"] = AccessArgs{Role: "arn:aws:sts::111122223333:assumed-role/a/b", Level: "view"}
		},
		"Access[x].Role: team":           func(a *EksArgs) { a.Access["x"] = AccessArgs{Role: a.Access["team"].Role, Level: "view"} },
		"Access[x].Level":                func(a *EksArgs) { a.Access["x"] = AccessArgs{Role: "arn:aws:iam::111122223333:role/x", Level: "root"} },
		"Access[pipeline].Namespaces":    func(a *EksArgs) { p := a.Access["pipeline"]; p.Namespaces = []string{"a"}; a.Access["pipeline"] = p },
		"NodeGroups: got the name":       func(a *EksArgs) { a.NodeGroups["A"] = a.NodeGroups["workers"] },
		"NodeGroups: want a group":       func(a *EksArgs) { clear(a.NodeGroups) },
		"NodeGroups[workers].Instances:": group(func(g *NodeGroupArgs) { g.Instances = []string{"m7g.large", "m7i.large"} }),
		"NodeGroups[workers].Min":        group(func(g *NodeGroupArgs) { g.Min = 10 }),
		"NodeGroups[workers].Initial":    group(func(g *NodeGroupArgs) { g.Initial = 10 }),
		"NodeGroups[workers].DiskGiB":    group(func(g *NodeGroupArgs) { g.DiskGiB = 8 }),
		"NodeGroups[workers].Taints[a]":  group(func(g *NodeGroupArgs) { g.Taints = map[string]TaintArgs{"a": {Effect: "NO_SCHEDULE"}} }),
	} {
		t.Run(want, func(t *testing.T) {
			args := eksArgs()
			change(args)
			_, err := simtest.Try("explico", "test", withProvider(eksProgram(args, nil)))
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want an error that names %s", err, want)
			}
		})
	}
	err := (&EksArgs{}).check()
	for _, arg := range []string{"ClusterName", "Version", "VpcID", "SubnetIDs", "SecretsKeyArn", "LogKeyArn", "DiskKeyArn", "Endpoint", "NodeGroups"} {
		if err == nil || !strings.Contains(err.Error(), arg) {
			t.Errorf("no arguments at all: got %v, which does not name %s", err, arg)
		}
	}
}

func TestClusterName(t *testing.T) {
	if got := ClusterName("explico-prod"); got != "explico-prod" {
		t.Errorf("got %s", got)
	}
	if got := ClusterName(strings.Repeat("x", 120)); len(got) > 100 {
		t.Errorf("got %d characters, want at most 100", len(got))
	}
}

// dependsOn fails the test unless r depends on all these: type and name, such as
// Addon::eks-coredns.
func dependsOn(t *testing.T, r simtest.Resource, all ...string) {
	t.Helper()
	for _, want := range all {
		if !slices.ContainsFunc(r.DependsOn, func(urn string) bool { return strings.HasSuffix(urn, ":"+want) }) {
			t.Errorf("%s does not depend on %s, but on %v", r.Name, want, r.DependsOn)
		}
	}
}
