package aws

import (
	"fmt"
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// ec2Ground is a cloud with a network in it, to try things on.
type ec2Ground struct {
	t       *testing.T
	cloud   *simcloud.Cloud
	session simcloud.Session
	n       int

	vpc, subnet, gateway, table string
}

func newEC2Ground(t *testing.T) *ec2Ground {
	g := &ec2Ground{t: t, cloud: simcloud.New(Catalog()), session: simcloud.Session{Account: DefaultAccount, Region: "eu-west-1"}}
	g.vpc = g.make(vpcToken, simcloud.Values{
		"cidrBlock": "10.0.0.0/16", "enableDnsHostnames": true, "assignGeneratedIpv6CidrBlock": true,
	}).ID
	g.subnet = g.make(subnetToken, g.inVpc("cidrBlock", "10.0.0.0/24", "availabilityZone", "eu-west-1a")).ID
	g.gateway = g.make(gatewayToken, g.inVpc()).ID
	g.table = g.make(routeTableToken, g.inVpc()).ID
	return g
}

// try creates a resource.
func (g *ec2Ground) try(token string, in simcloud.Values) (*simcloud.Record, error) {
	g.n++
	return g.cloud.Create(g.session, token, fmt.Sprintf("urn:%s:%d", token, g.n), in)
}

// make creates a resource and fails the test where the cloud refuses.
func (g *ec2Ground) make(token string, in simcloud.Values) *simcloud.Record {
	g.t.Helper()
	r, err := g.try(token, in)
	if err != nil {
		g.t.Fatalf("creating %s: %v", token, err)
	}
	return r
}

// refused tries to create a resource and returns the refusal.
func (g *ec2Ground) refused(token string, in simcloud.Values) error {
	_, err := g.try(token, in)
	return err
}

// inVpc are inputs, by turns a key and a value, in the network.
func (g *ec2Ground) inVpc(pairs ...any) simcloud.Values {
	return values(append(pairs, "vpcId", g.vpc)...)
}

// values are inputs, by turns a key and a value.
func values(pairs ...any) simcloud.Values {
	v := simcloud.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v[pairs[i].(string)] = pairs[i+1]
	}
	return v
}

// other is a second network with one subnet; only its ids matter.
func (g *ec2Ground) other() (vpc, subnet string) {
	vpc = g.make(vpcToken, values("cidrBlock", "10.9.0.0/16")).ID
	return vpc, g.make(subnetToken, values("vpcId", vpc, "cidrBlock", "10.9.0.0/24")).ID
}

func (g *ec2Ground) nat() *simcloud.Record {
	eip := g.make(eipToken, values("domain", "vpc")).ID
	return g.make(natToken, values("subnetId", g.subnet, "allocationId", eip))
}

func (g *ec2Ground) group(name string) string {
	return g.make(securityGroupToken, g.inVpc("name", name)).ID
}

// ec2Case is something that the cloud refuses, and the words that it must use.
type ec2Case struct {
	name string
	do   func(g *ec2Ground) error
	want string
}

func runEC2(t *testing.T, cases []ec2Case) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			err := c.do(newEC2Ground(t))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func TestEC2Refuses(t *testing.T) {
	runEC2(t, []ec2Case{
		{"a range that is none", func(g *ec2Ground) error { return g.refused(vpcToken, values("cidrBlock", "10.0.0/16")) }, "InvalidParameterValue: Value (10.0.0/16) for parameter cidrBlock is invalid. This is not a valid CIDR block."},
		{"a range that does not begin", func(g *ec2Ground) error { return g.refused(vpcToken, values("cidrBlock", "10.0.1.0/16")) }, `did you mean "10.0.0.0/16"?`},
		{"too large a network", func(g *ec2Ground) error { return g.refused(vpcToken, values("cidrBlock", "10.0.0.0/8")) }, "InvalidVpc.Range: The CIDR '10.0.0.0/8' is invalid."},
		{"a network without a range", func(g *ec2Ground) error { return g.refused(vpcToken, values()) }, "MissingParameter"},
		{"a subnet of no network", func(g *ec2Ground) error {
			return g.refused(subnetToken, values("vpcId", "vpc-0", "cidrBlock", "10.0.1.0/24"))
		}, "InvalidVpcID.NotFound: The vpc ID 'vpc-0' does not exist"},
		{"a subnet outside", func(g *ec2Ground) error { return g.refused(subnetToken, g.inVpc("cidrBlock", "10.1.0.0/24")) }, "InvalidSubnet.Range: The CIDR '10.1.0.0/24' is invalid."},
		{"too small a subnet", func(g *ec2Ground) error { return g.refused(subnetToken, g.inVpc("cidrBlock", "10.0.1.0/29")) }, "InvalidSubnet.Range"},
		{"a subnet on another", func(g *ec2Ground) error { return g.refused(subnetToken, g.inVpc("cidrBlock", "10.0.0.128/25")) }, "InvalidSubnet.Conflict: The CIDR '10.0.0.128/25' conflicts with another subnet"},
		{"a zone that is none", func(g *ec2Ground) error {
			return g.refused(subnetToken, g.inVpc("cidrBlock", "10.0.1.0/24", "availabilityZone", "eu-west-1z"))
		}, "InvalidParameterValue: Value (eu-west-1z) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: eu-west-1a, eu-west-1b, eu-west-1c."},
		{"an IPv6 range of somebody else", func(g *ec2Ground) error {
			return g.refused(subnetToken, g.inVpc("cidrBlock", "10.0.1.0/24", "ipv6CidrBlock", "2a05:d018::/64"))
		}, "InvalidSubnet.Range"},
		{"an IPv6 range of another size", func(g *ec2Ground) error {
			return g.refused(subnetToken, g.inVpc("cidrBlock", "10.0.1.0/24", "ipv6CidrBlock", "2a05:d018::/60"))
		}, "InvalidSubnet.Range: The CIDR '2a05:d018::/60' is invalid."},
		{"a subnet without a range", func(g *ec2Ground) error { return g.refused(subnetToken, g.inVpc()) }, "MissingParameter"},
		{"a tenancy that is none", func(g *ec2Ground) error {
			return g.refused(vpcToken, values("cidrBlock", "10.0.0.0/16", "instanceTenancy", "shared"))
		}, "expected instanceTenancy to be one of"},
		{"a second range on the first", func(g *ec2Ground) error { return g.refused(vpcCIDRToken, g.inVpc("cidrBlock", "10.0.128.0/17")) }, "InvalidVpc.Range"},
		{"a second range in use", func(g *ec2Ground) error {
			r := g.make(vpcCIDRToken, g.inVpc("cidrBlock", "100.64.0.0/16"))
			g.make(subnetToken, g.inVpc("cidrBlock", "100.64.0.0/19"))
			return g.cloud.Delete(g.session, vpcCIDRToken, r.ID)
		}, "InvalidCidrBlock.InUse"},
		{"an IPv6 range in use", func(g *ec2Ground) error {
			r, _ := g.cloud.Read(g.session, vpcToken, g.vpc)
			six := strings.Replace(r.Out.String("ipv6CidrBlock"), "/56", "/64", 1)
			g.make(subnetToken, g.inVpc("cidrBlock", "10.0.1.0/24", "ipv6CidrBlock", six))
			_, err := g.cloud.Update(g.session, vpcToken, g.vpc, "", values("cidrBlock", "10.0.0.0/16"))
			return err
		}, "InvalidCidrBlock.InUse"},
		{"deleting a network with subnets", func(g *ec2Ground) error { return g.cloud.Delete(g.session, vpcToken, g.vpc) }, "DependencyViolation: The vpc '"},
		{"deleting a subnet with a NAT gateway", func(g *ec2Ground) error {
			g.nat()
			return g.cloud.Delete(g.session, subnetToken, g.subnet)
		}, "DependencyViolation: The subnet '"},
	})
}

func TestEC2GatewaysRefuse(t *testing.T) {
	runEC2(t, []ec2Case{
		{"a second internet gateway", func(g *ec2Ground) error { return g.refused(gatewayToken, g.inVpc()) }, "already has an internet gateway attached"},
		{"a NAT gateway without a way out", func(g *ec2Ground) error {
			_, subnet := g.other()
			return g.refused(natToken, values("subnetId", subnet, "allocationId", g.make(eipToken, values()).ID))
		}, "Gateway.NotAttached: Network vpc-"},
		{"a NAT gateway without an address", func(g *ec2Ground) error { return g.refused(natToken, values("subnetId", g.subnet)) }, "MissingParameter: The request must include the AllocationId parameter."},
		{"a NAT gateway with no such address", func(g *ec2Ground) error {
			return g.refused(natToken, values("subnetId", g.subnet, "allocationId", "eipalloc-0"))
		}, "InvalidAllocationID.NotFound"},
		{"a private NAT gateway with an address", func(g *ec2Ground) error {
			return g.refused(natToken, values("subnetId", g.subnet, "connectivityType", "private", "allocationId", g.make(eipToken, values()).ID))
		}, "InvalidParameterValue"},
		{"an address twice", func(g *ec2Ground) error {
			return g.refused(natToken, values("subnetId", g.subnet, "allocationId", g.nat().In.String("allocationId")))
		}, "Resource.AlreadyAssociated: Elastic IP address [eipalloc-"},
		{"releasing an address in use", func(g *ec2Ground) error {
			return g.cloud.Delete(g.session, eipToken, g.nat().In.String("allocationId"))
		}, "AuthFailure: You do not have permission to access the specified resource."},
		{"detaching under mapped addresses", func(g *ec2Ground) error {
			g.nat()
			return g.cloud.Delete(g.session, gatewayToken, g.gateway)
		}, "has some mapped public address(es)"},
		{"an address of an instance", func(g *ec2Ground) error {
			eip := g.make(eipToken, values("instance", "i-0")).ID
			return g.refused(natToken, values("subnetId", g.subnet, "allocationId", eip))
		}, "Resource.AlreadyAssociated: Elastic IP address [eipalloc-"},
		{"a NAT gateway in no subnet", func(g *ec2Ground) error {
			return g.refused(natToken, values("subnetId", "subnet-0", "allocationId", "eipalloc-0"))
		}, "InvalidSubnetID.NotFound: The subnet ID 'subnet-0' does not exist"},
		{"a NAT gateway of no kind", func(g *ec2Ground) error {
			return g.refused(natToken, values("subnetId", g.subnet, "allocationId", "eipalloc-0", "connectivityType", "both"))
		}, "expected connectivityType to be one of"},
		{"an egress-only gateway of no network", func(g *ec2Ground) error { return g.refused(egressGatewayToken, values("vpcId", "vpc-0")) }, "InvalidVpcID.NotFound"},
		{"an address outside a network", func(g *ec2Ground) error { return g.refused(eipToken, values("domain", "standard")) }, "expected domain to be one of"},
	})
}

func TestEC2RoutesRefuse(t *testing.T) {
	out := func(g *ec2Ground, pairs ...any) simcloud.Values {
		return values(append([]any{"routeTableId", g.table, "destinationCidrBlock", "0.0.0.0/0", "gatewayId", g.gateway}, pairs...)...)
	}
	runEC2(t, []ec2Case{
		{"a second route", func(g *ec2Ground) error {
			g.make(routeToken, out(g))
			return g.refused(routeToken, out(g))
		}, "RouteAlreadyExists: The route identified by 0.0.0.0/0 already exists."},
		{"no destination", func(g *ec2Ground) error {
			return g.refused(routeToken, values("routeTableId", g.table, "gatewayId", g.gateway))
		}, "InvalidParameterCombination"},
		{"two targets", func(g *ec2Ground) error { return g.refused(routeToken, out(g, "natGatewayId", g.nat().ID)) }, "InvalidParameterCombination"},
		{"the network's own range", func(g *ec2Ground) error { return g.refused(routeToken, out(g, "destinationCidrBlock", "10.0.3.0/24")) }, "is equal to or more specific than one of this VPC's CIDR blocks"},
		{"no such gateway", func(g *ec2Ground) error { return g.refused(routeToken, out(g, "gatewayId", "igw-0")) }, "InvalidGatewayID.NotFound"},
		{"no such NAT gateway", func(g *ec2Ground) error {
			return g.refused(routeToken, values("routeTableId", g.table, "destinationCidrBlock", "0.0.0.0/0", "natGatewayId", "nat-0"))
		}, "InvalidNatGatewayID.NotFound"},
		{"no such egress-only gateway", func(g *ec2Ground) error {
			return g.refused(routeToken, values("routeTableId", g.table, "destinationIpv6CidrBlock", "::/0", "egressOnlyGatewayId", "eigw-0"))
		}, "InvalidGatewayID.NotFound: The eigw ID 'eigw-0' does not exist"},
		{"no such endpoint", func(g *ec2Ground) error {
			return g.refused(routeToken, values("routeTableId", g.table, "destinationCidrBlock", "0.0.0.0/0", "vpcEndpointId", "vpce-0"))
		}, "InvalidVpcEndpointId.NotFound"},
		{"no such gateway, inline", func(g *ec2Ground) error {
			return g.refused(routeTableToken, g.inVpc("routes", []any{map[string]any{"gatewayId": "igw-0"}}))
		}, "InvalidGatewayID.NotFound: The gateway ID 'igw-0' does not exist"},
		{"a gateway of another network", func(g *ec2Ground) error {
			vpc, _ := g.other()
			return g.refused(routeToken, out(g, "gatewayId", g.make(gatewayToken, values("vpcId", vpc)).ID))
		}, "belong to different networks"},
		{"a NAT gateway of another network", func(g *ec2Ground) error {
			vpc, _ := g.other()
			table := g.make(routeTableToken, values("vpcId", vpc)).ID
			return g.refused(routeToken, values("routeTableId", table, "destinationCidrBlock", "0.0.0.0/0", "natGatewayId", g.nat().ID))
		}, "belong to different networks"},
		{"a second route table", func(g *ec2Ground) error {
			in := values("routeTableId", g.table, "subnetId", g.subnet)
			g.make(routeTableUseToken, in)
			return g.refused(routeTableUseToken, in)
		}, "Resource.AlreadyAssociated: the specified association for route table rtb-"},
		{"a subnet of another network", func(g *ec2Ground) error {
			_, subnet := g.other()
			return g.refused(routeTableUseToken, values("routeTableId", g.table, "subnetId", subnet))
		}, "belong to different networks"},
		{"a route table in use", func(g *ec2Ground) error {
			g.make(routeTableUseToken, values("routeTableId", g.table, "subnetId", g.subnet))
			return g.cloud.Delete(g.session, routeTableToken, g.table)
		}, "DependencyViolation: The routeTable 'rtb-"},
		{"no such route table", func(g *ec2Ground) error { return g.refused(routeToken, out(g, "routeTableId", "rtb-0")) }, "InvalidRouteTableID.NotFound"},
	})
}
