package aws

import (
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

// The tokens of the network's parts.
const (
	netVpc       = "aws:ec2/vpc:Vpc"
	netSubnet    = "aws:ec2/subnet:Subnet"
	netNAT       = "aws:ec2/natGateway:NatGateway"
	netEIP       = "aws:ec2/eip:Eip"
	netRoute     = "aws:ec2/route:Route"
	netTable     = "aws:ec2/routeTable:RouteTable"
	netTableUse  = "aws:ec2/routeTableAssociation:RouteTableAssociation"
	netEndpoint  = "aws:ec2/vpcEndpoint:VpcEndpoint"
	netACL       = "aws:ec2/networkAcl:NetworkAcl"
	netACLUse    = "aws:ec2/networkAclAssociation:NetworkAclAssociation"
	netGroupRule = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
)

// testVpc is a network of two zones with everything but IPv6 and pods.
func testVpc(changes ...func(*VpcArgs)) *VpcArgs {
	a := &VpcArgs{
		Scope: testScope(), CIDR: "10.0.0.0/16", Zones: map[string]int{"eu-west-1a": 0, "eu-west-1b": 1},
		NAT: NATSingle, Endpoints: []string{"ecr.api", "sts"}, FlowLogs: "REJECT", LogDays: 30, ClusterName: "explico-test",
	}
	for _, change := range changes {
		change(a)
	}
	return a
}

func withPods(a *VpcArgs)    { a.PodCIDR = "100.64.0.0/16" }
func withIPv6(a *VpcArgs)    { a.IPv6 = true }
func perZone(a *VpcArgs)     { a.NAT = NATPerZone }
func withoutNAT(a *VpcArgs)  { a.NAT = NATNone }
func withZoneC(a *VpcArgs)   { a.Zones["eu-west-1c"] = 2 }
func natInZoneB(a *VpcArgs)  { a.NATZone = "eu-west-1b" }
func outOfOrder(a *VpcArgs)  { a.Zones = map[string]int{"eu-west-1a": 3, "eu-west-1b": 1} }
func noEndpoints(a *VpcArgs) { a.Endpoints = nil }

// runVpc makes a network and hands it to look, if there is one.
func runVpc(t *testing.T, args *VpcArgs, look func(ctx *pulumi.Context, v *Vpc), opts ...simtest.Option) *simtest.Graph {
	t.Helper()
	return run(t, func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		key, err := NewKey(ctx, "logs", &KeyArgs{Scope: args.Scope, Purpose: "logs", Users: []Statement{LogsMayUse(args.Scope)}}, opt)
		if err != nil {
			return err
		}
		args.LogKeyArn = key.Arn
		v, err := NewVpc(ctx, "main", args, opt)
		if err == nil && look != nil {
			look(ctx, v)
		}
		return err
	}, opts...)
}

func netNames(all []simtest.Resource) []string {
	var found []string
	for _, r := range all {
		found = append(found, r.Name)
	}
	slices.Sort(found)
	return found
}

func TestVpcNATModes(t *testing.T) {
	for _, c := range []struct {
		name   string
		args   *VpcArgs
		zones  []string          // that have a gateway
		routes map[string]string // from a zone's private subnets to the zone of the gateway
	}{
		{"none", testVpc(withoutNAT), nil, nil},
		{"single", testVpc(), []string{"eu-west-1a"}, map[string]string{"eu-west-1a": "eu-west-1a", "eu-west-1b": "eu-west-1a"}},
		{"single, by name", testVpc(natInZoneB), []string{"eu-west-1b"}, map[string]string{"eu-west-1a": "eu-west-1b", "eu-west-1b": "eu-west-1b"}},
		{"single, by slot", testVpc(outOfOrder), []string{"eu-west-1b"}, map[string]string{"eu-west-1a": "eu-west-1b", "eu-west-1b": "eu-west-1b"}},
		{"perZone", testVpc(perZone), []string{"eu-west-1a", "eu-west-1b"}, map[string]string{"eu-west-1a": "eu-west-1a", "eu-west-1b": "eu-west-1b"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := runVpc(t, c.args, nil)
			g.CheckHouse(t)
			var want []string
			for _, zone := range c.zones {
				want = append(want, "main-nat-"+zone)
			}
			if got := netNames(g.All(netNAT)); !slices.Equal(got, want) {
				t.Errorf("NAT gateways: got %v, want %v", got, want)
			}
			if got := netNames(g.All(netEIP)); !slices.Equal(got, want) {
				t.Errorf("addresses: got %v, want %v", got, want)
			}
			if got := len(g.All(netRoute)); got != 1+len(c.routes) {
				t.Errorf("got %d routes, want one for the public subnets and %d private ones", got, len(c.routes))
			}
			for from, to := range c.routes {
				route := g.One(t, netRoute, "main-private-"+from+"-nat")
				if route.Inputs.String("natGatewayId") != g.One(t, netNAT, "main-nat-"+to).ID ||
					route.Inputs.String("routeTableId") != g.One(t, netTable, "main-private-"+from).ID {
					t.Errorf("%s does not go through the gateway of %s", from, to)
				}
			}
			for _, nat := range g.All(netNAT) {
				zone := strings.TrimPrefix(nat.Name, "main-nat-")
				if nat.Inputs.String("subnetId") != g.One(t, netSubnet, "main-public-"+zone).ID {
					t.Errorf("%s is not in the public subnet of its zone", nat.Name)
				}
				if gateway := g.One(t, "aws:ec2/internetGateway:InternetGateway", ""); !slices.Contains(nat.DependsOn, gateway.URN) {
					t.Errorf("%s does not wait for the internet gateway", nat.Name)
				}
			}
		})
	}
}

func TestVpcSubnets(t *testing.T) {
	g := runVpc(t, testVpc(withPods), nil)
	g.CheckHouse(t)
	for _, c := range []struct{ name, cidr, zone, table, tag string }{
		{"main-public-eu-west-1a", "10.0.192.0/24", "eu-west-1a", "main-public", "kubernetes.io/role/elb"},
		{"main-public-eu-west-1b", "10.0.193.0/24", "eu-west-1b", "main-public", "kubernetes.io/role/elb"},
		{"main-private-eu-west-1a", "10.0.0.0/19", "eu-west-1a", "main-private-eu-west-1a", "kubernetes.io/role/internal-elb"},
		{"main-private-eu-west-1b", "10.0.32.0/19", "eu-west-1b", "main-private-eu-west-1b", "karpenter.sh/discovery"},
		{"main-data-eu-west-1a", "10.0.200.0/24", "eu-west-1a", "main-data", "tier"},
		{"main-data-eu-west-1b", "10.0.201.0/24", "eu-west-1b", "main-data", "tier"},
		{"main-pods-eu-west-1a", "100.64.0.0/19", "eu-west-1a", "main-private-eu-west-1a", "kubernetes.io/role/cni"},
		{"main-pods-eu-west-1b", "100.64.32.0/19", "eu-west-1b", "main-private-eu-west-1b", "kubernetes.io/role/cni"},
	} {
		s := g.One(t, netSubnet, c.name)
		if s.Inputs.String("cidrBlock") != c.cidr || s.Inputs.String("availabilityZone") != c.zone {
			t.Errorf("%s: got %s in %s", c.name, s.Inputs.String("cidrBlock"), s.Inputs.String("availabilityZone"))
		}
		if !s.Inputs.Known("mapPublicIpOnLaunch") || s.Inputs.Bool("mapPublicIpOnLaunch") {
			t.Errorf("%s gives public addresses", c.name)
		}
		tags, _ := s.Inputs["tags"].(map[string]any)
		if tags[c.tag] == nil {
			t.Errorf("%s has no tag %s", c.name, c.tag)
		}
		use := g.One(t, netTableUse, c.name)
		if use.Inputs.String("subnetId") != s.ID || use.Inputs.String("routeTableId") != g.One(t, netTable, c.table).ID {
			t.Errorf("%s does not use route table %s", c.name, c.table)
		}
	}
	if got := len(g.All(netSubnet)); got != 8 {
		t.Errorf("got %d subnets, want 8", got)
	}
	pods := g.One(t, "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation", "main-pods")
	if s := g.One(t, netSubnet, "main-pods-eu-west-1a"); !slices.Contains(s.DependsOn, pods.URN) {
		t.Error("pod subnets do not wait for their range")
	}
}

// TestVpcDataLeadsNowhere checks that no route table of data subnets has a way
// out, not even for IPv6.
func TestVpcDataLeadsNowhere(t *testing.T) {
	g := runVpc(t, testVpc(perZone, withIPv6), nil)
	data := g.One(t, netTable, "main-data")
	for _, r := range g.All(netRoute) {
		if r.Inputs.String("routeTableId") == data.ID {
			t.Errorf("the data subnets have route %s", r.Name)
		}
	}
	if len(data.Inputs.Objects("routes[]")) > 0 {
		t.Error("the data subnets have inline routes")
	}
}

func TestVpcIPv6(t *testing.T) {
	g := runVpc(t, testVpc(withIPv6, withPods), nil)
	g.CheckHouse(t)
	network := g.One(t, netVpc, "main")
	block := strings.TrimSuffix(network.Outputs.String("ipv6CidrBlock"), "00::/56")
	for name, end := range map[string]string{
		"main-public-eu-west-1b": "01", "main-private-eu-west-1a": "10", "main-data-eu-west-1b": "21", "main-pods-eu-west-1a": "30",
	} {
		s := g.One(t, netSubnet, name)
		if got := s.Inputs.String("ipv6CidrBlock"); got != block+end+"::/64" {
			t.Errorf("%s: got %s of %s", name, got, network.Outputs.String("ipv6CidrBlock"))
		}
		if got := s.Inputs.Bool("assignIpv6AddressOnCreation"); got != strings.Contains(name, "private") {
			t.Errorf("%s: addresses on creation: got %v", name, got)
		}
	}
	outward := g.One(t, "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway", "")
	for _, zone := range []string{"eu-west-1a", "eu-west-1b"} {
		route := g.One(t, netRoute, "main-private-"+zone+"-egress6")
		if route.Inputs.String("egressOnlyGatewayId") != outward.ID || route.Inputs.String("destinationIpv6CidrBlock") != "::/0" {
			t.Errorf("%s does not go out through the egress-only gateway", zone)
		}
	}
	if g.One(t, netRoute, "main-public-internet6").Inputs.String("gatewayId") == "" {
		t.Error("the public subnets have no IPv6 route")
	}
}

func TestVpcOutputs(t *testing.T) {
	g := runVpc(t, testVpc(perZone, withPods), func(ctx *pulumi.Context, v *Vpc) {
		if !slices.Equal(v.ZoneNames, []string{"eu-west-1a", "eu-west-1b"}) {
			t.Errorf("zones: got %v", v.ZoneNames)
		}
		if len(v.PublicSubnets) != 2 || len(v.PodSubnets) != 2 || len(v.PrivateRouteTables) != 2 || len(v.NATGateways) != 2 {
			t.Error("a map of outputs does not have an entry for each zone")
		}
		pulumi.All(v.PrivateSubnetIDs(), v.DataSubnetIDs(), v.NATAddresses["eu-west-1b"], v.ID, v.PodSubnets["eu-west-1a"]).ApplyT(func(all []any) error {
			for _, ids := range all[:2] {
				if got := ids.([]string); len(got) != 2 || !strings.HasPrefix(got[0], "subnet-") {
					t.Errorf("subnets: got %v", got)
				}
			}
			if !strings.HasPrefix(all[2].(string), "52.") || !strings.HasPrefix(string(all[3].(pulumi.ID)), "vpc-") {
				t.Errorf("got %v", all[2:])
			}
			return nil
		})
	})
	if g.One(t, netVpc, "").Inputs.Bool("enableDnsHostnames") != true || !g.One(t, netVpc, "").Inputs.Bool("enableDnsSupport") {
		t.Error("DNS is off")
	}
}

func TestVpcPreview(t *testing.T) {
	g := runVpc(t, testVpc(perZone, withIPv6, withPods, withZoneC), nil, simtest.Preview())
	if n := len(g.Cloud.Records()); n != 0 {
		t.Errorf("a preview created %d resources", n)
	}
	if got := len(g.All(netSubnet)); got != 12 {
		t.Errorf("got %d subnets, want 12", got)
	}
}

func TestVpcRefuses(t *testing.T) {
	for _, c := range []struct {
		want   string
		change func(*VpcArgs)
	}{
		{"CIDR: got \"10.0.0.0\"", func(a *VpcArgs) { a.CIDR = "10.0.0.0" }},
		{"CIDR: got 10.0.0.0/15", func(a *VpcArgs) { a.CIDR = "10.0.0.0/15" }},
		{"CIDR: got 10.0.0.0/21", func(a *VpcArgs) { a.CIDR = "10.0.0.0/21" }},
		{"first address: 10.0.0.0/16", func(a *VpcArgs) { a.CIDR = "10.0.1.0/16" }},
		{"CIDR: got fd00::/16", func(a *VpcArgs) { a.CIDR = "fd00::/16" }},
		{"PodCIDR: got 100.64.0.0/26", func(a *VpcArgs) { a.PodCIDR = "100.64.0.0/26" }},
		{"PodCIDR: 10.0.128.0/17 overlaps", func(a *VpcArgs) { a.PodCIDR = "10.0.128.0/17" }},
		{"Zones: got none", func(a *VpcArgs) { a.Zones = nil }},
		{"Zones: eu-west-1c has slot 6", func(a *VpcArgs) { a.Zones["eu-west-1c"] = 6 }},
		{"Zones: eu-west-1c has slot -1", func(a *VpcArgs) { a.Zones["eu-west-1c"] = -1 }},
		{"eu-west-1b and eu-west-1c have the same slot 1", func(a *VpcArgs) { a.Zones["eu-west-1c"] = 1 }},
		{"\"us-east-1a\" is no zone of eu-west-1", func(a *VpcArgs) { a.Zones["us-east-1a"] = 2 }},
		{"NAT: got \"double\"", func(a *VpcArgs) { a.NAT = "double" }},
		{"NATZone: \"eu-west-1c\" is not among", func(a *VpcArgs) { a.NATZone = "eu-west-1c" }},
		{"FlowLogs: got \"\"", func(a *VpcArgs) { a.FlowLogs = "" }},
		{"LogKeyArn: got none", func(a *VpcArgs) { a.LogKeyArn = nil }},
		{"Endpoints: s3 has a gateway endpoint", func(a *VpcArgs) { a.Endpoints = []string{"s3"} }},
		{"Endpoints: got \"com.amazonaws", func(a *VpcArgs) { a.Endpoints = []string{"com.amazonaws.eu-west-1.sts"} }},
		{"Endpoints: sts stands there twice", func(a *VpcArgs) { a.Endpoints = []string{"sts", "sts"} }},
	} {
		args := testVpc()
		args.LogKeyArn = pulumi.String("arn:aws:kms:eu-west-1:111122223333:key/1")
		c.change(args)
		g, err := simtest.Try("explico", "test", withProvider(func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
			_, err := NewVpc(ctx, "main", args, opt)
			return err
		}))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want an error that says %s", err, c.want)
		}
		if len(g.Cloud.Records()) > 0 {
			t.Errorf("%s: something was created", c.want)
		}
	}
}
