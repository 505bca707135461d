package aws

import (
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// ec2Trust is a role's trust in a service.
const ec2Trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"SERVICE.amazonaws.com"}}]}`

func TestEC2EndpointsRefuse(t *testing.T) {
	end := func(g *ec2Ground, service, kind string, pairs ...any) simcloud.Values {
		return g.inVpc(append([]any{"serviceName", "com.amazonaws." + service, "vpcEndpointType", kind}, pairs...)...)
	}
	runEC2(t, []ec2Case{
		{"an unknown service", func(g *ec2Ground) error { return g.refused(endpointToken, end(g, "eu-west-1.ecr", "Interface")) }, "InvalidServiceName: The Vpc Endpoint Service 'com.amazonaws.eu-west-1.ecr' does not exist"},
		{"a service of another region", func(g *ec2Ground) error { return g.refused(endpointToken, end(g, "us-east-1.s3", "Gateway")) }, "InvalidServiceName"},
		{"a gateway where there is none", func(g *ec2Ground) error { return g.refused(endpointToken, end(g, "eu-west-1.sts", "Gateway")) }, "InvalidParameter: Endpoint type (Gateway) does not match available service types ([Interface])."},
		{"two subnets in one zone", func(g *ec2Ground) error {
			second := g.make(subnetToken, g.inVpc("cidrBlock", "10.0.1.0/24", "availabilityZone", "eu-west-1a")).ID
			return g.refused(endpointToken, end(g, "eu-west-1.sts", "Interface", "subnetIds", []any{g.subnet, second}))
		}, "DuplicateSubnetsInSameZone: Found another VPC endpoint subnet in the availability zone of subnet-"},
		{"a subnet of another network", func(g *ec2Ground) error {
			_, subnet := g.other()
			return g.refused(endpointToken, end(g, "eu-west-1.sts", "Interface", "subnetIds", []any{subnet}))
		}, "belong to different networks"},
		{"a route table of another network", func(g *ec2Ground) error {
			vpc, _ := g.other()
			table := g.make(routeTableToken, values("vpcId", vpc)).ID
			return g.refused(endpointToken, end(g, "eu-west-1.s3", "Gateway", "routeTableIds", []any{table}))
		}, "belong to different networks"},
		{"an endpoint of no kind", func(g *ec2Ground) error { return g.refused(endpointToken, end(g, "eu-west-1.s3", "Door")) }, "expected vpcEndpointType to be one of"},
		{"a policy that is none", func(g *ec2Ground) error {
			return g.refused(endpointToken, end(g, "eu-west-1.s3", "Gateway", "policy", "{}"))
		}, "MalformedPolicyDocument"},
		{"a taken name", func(g *ec2Ground) error {
			in := end(g, "eu-west-1.sts", "Interface", "privateDnsEnabled", true)
			g.make(endpointToken, in)
			return g.refused(endpointToken, in)
		}, "private-dns-enabled cannot be set because there is already a conflicting DNS domain for sts.eu-west-1.amazonaws.com in the VPC vpc-"},
		{"names without DNS", func(g *ec2Ground) error {
			g.vpc, _ = g.other()
			return g.refused(endpointToken, end(g, "eu-west-1.sts", "Interface", "privateDnsEnabled", true))
		}, "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for vpc-"},
		{"a route table twice", func(g *ec2Ground) error {
			in := end(g, "eu-west-1.s3", "Gateway", "routeTableIds", []any{g.table})
			g.make(endpointToken, in)
			return g.refused(endpointToken, in)
		}, "RouteAlreadyExists: route table rtb-"},
		{"no such endpoint", func(g *ec2Ground) error {
			return g.refused(endpointRouteToken, values("routeTableId", g.table, "vpcEndpointId", "vpce-0"))
		}, "InvalidVpcEndpointId.NotFound"},
		{"deleting a subnet with an endpoint", func(g *ec2Ground) error {
			g.make(endpointToken, end(g, "eu-west-1.sts", "Interface", "subnetIds", []any{g.subnet}))
			return g.cloud.Delete(g.session, subnetToken, g.subnet)
		}, "DependencyViolation: The subnet '"},
	})
}

func TestEC2FlowLogsRefuse(t *testing.T) {
	log := func(g *ec2Ground, service string, pairs ...any) simcloud.Values {
		group := g.make(logGroupToken, values("name", "/flows/"+service+strings.Repeat("x", g.n)))
		role := g.make(roleToken, values("name", service+strings.Repeat("x", g.n), "assumeRolePolicy", strings.Replace(ec2Trust, "SERVICE", service, 1)))
		return g.inVpc(append([]any{"trafficType", "ALL", "logDestination", group.Out.String("arn"), "iamRoleArn", role.Out.String("arn")}, pairs...)...)
	}
	runEC2(t, []ec2Case{
		{"a role of another service", func(g *ec2Ground) error { return g.refused(flowLogToken, log(g, "ec2")) }, "InvalidParameter: Unable to assume given IAM role: 'arn:aws:iam::"},
		{"no role", func(g *ec2Ground) error {
			return g.refused(flowLogToken, g.inVpc("trafficType", "ALL", "logDestination", "arn:aws:logs:eu-west-1:111122223333:log-group:x"))
		}, "DeliverLogsPermissionArn can't be empty"},
		{"no such role", func(g *ec2Ground) error {
			return g.refused(flowLogToken, log(g, "vpc-flow-logs", "iamRoleArn", "arn:aws:iam::111122223333:role/x"))
		}, "Unable to assume given IAM role: 'arn:aws:iam::111122223333:role/x'"},
		{"no such log group", func(g *ec2Ground) error {
			return g.refused(flowLogToken, log(g, "vpc-flow-logs", "logDestination", "arn:aws:logs:eu-west-1:111122223333:log-group:x"))
		}, "LogDestination: arn:aws:logs:eu-west-1:111122223333:log-group:x does not exist."},
		{"a second one", func(g *ec2Ground) error {
			in := log(g, "vpc-flow-logs")
			g.make(flowLogToken, in)
			return g.refused(flowLogToken, in)
		}, "FlowLogAlreadyExists"},
		{"traffic that is none", func(g *ec2Ground) error {
			return g.refused(flowLogToken, log(g, "vpc-flow-logs", "trafficType", "SOME"))
		}, "expected trafficType to be one of"},
		{"no traffic", func(g *ec2Ground) error { return g.refused(flowLogToken, log(g, "vpc-flow-logs", "trafficType", nil)) }, "MissingParameter"},
		{"an interval that is none", func(g *ec2Ground) error {
			return g.refused(flowLogToken, log(g, "vpc-flow-logs", "maxAggregationInterval", 30.0))
		}, "expected maxAggregationInterval to be one of [60 600], got 30"},
		{"two places", func(g *ec2Ground) error {
			return g.refused(flowLogToken, log(g, "vpc-flow-logs", "subnetId", g.subnet))
		}, "InvalidParameterCombination"},
	})
}

// TestEC2Replaces checks what AWS can change in place and what it cannot.
func TestEC2Replaces(t *testing.T) {
	c := simcloud.New(Catalog())
	for _, x := range []struct {
		token    string
		old, new simcloud.Values
		changed  string
		want     bool
	}{
		{vpcToken, nil, nil, "cidrBlock", true},
		{vpcToken, nil, nil, "assignGeneratedIpv6CidrBlock", false},
		{vpcToken, nil, values("instanceTenancy", "dedicated"), "instanceTenancy", true},
		{vpcToken, values("instanceTenancy", "dedicated"), nil, "instanceTenancy", false},
		{subnetToken, nil, nil, "availabilityZone", true},
		{subnetToken, nil, nil, "ipv6CidrBlock", false},
		{natToken, nil, nil, "allocationId", true},
		{routeToken, nil, nil, "natGatewayId", false},
		{routeToken, nil, nil, "destinationCidrBlock", true},
		{routeTableUseToken, nil, nil, "routeTableId", false},
		{endpointToken, nil, nil, "subnetIds[1]", false},
		{endpointToken, nil, nil, "serviceName", true},
		{securityGroupToken, nil, nil, "description", true},
		{ingressRuleToken, values("cidrIpv4", "10.0.0.0/16"), values("cidrIpv4", "10.0.0.0/8"), "cidrIpv4", false},
		{ingressRuleToken, values("cidrIpv4", "10.0.0.0/16"), values("cidrIpv6", "::/0"), "cidrIpv6", true},
		{aclToken, nil, nil, "ingress[0].fromPort", false},
		{flowLogToken, nil, nil, "trafficType", true},
		{flowLogToken, nil, nil, "tags.x", false},
	} {
		known, err := c.Type(x.token)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(known.Replaces(x.old, x.new, []string{x.changed})) > 0; got != x.want {
			t.Errorf("%s of %s: replaces: got %v, want %v", x.changed, x.token, got, x.want)
		}
	}
}

// TestEC2Comes checks what comes along with a network, can be referred to and
// goes with it, and that everything can be taken down in the cloud's order.
func TestEC2Comes(t *testing.T) {
	g := newEC2Ground(t)
	vpc, _ := g.cloud.Read(g.session, vpcToken, g.vpc)
	adopted := g.make(defaultGroupToken, g.inVpc())
	if adopted.ID != vpc.Out.String("defaultSecurityGroupId") {
		t.Errorf("adopted %s, want %s", adopted.ID, vpc.Out.String("defaultSecurityGroupId"))
	}
	rule := g.make(ingressRuleToken, values("securityGroupId", adopted.ID, "ipProtocol", "-1", "referencedSecurityGroupId", adopted.ID))
	use := g.make(routeTableUseToken, values("routeTableId", vpc.Out.String("mainRouteTableId"), "subnetId", g.subnet))
	acl := g.make(aclUseToken, values("networkAclId", vpc.Out.String("defaultNetworkAclId"), "subnetId", g.subnet))
	nat := g.nat()
	if !strings.HasPrefix(nat.Out.String("publicIp"), "52.") || !strings.HasPrefix(nat.Out.String("privateIp"), "10.0.0.") {
		t.Errorf("the NAT gateway has addresses %s and %s", nat.Out.String("publicIp"), nat.Out.String("privateIp"))
	}
	subnet, _ := g.cloud.Read(g.session, subnetToken, g.subnet)
	if got := subnet.Out.String("availabilityZoneId"); got != "euw1-az1" {
		t.Errorf("zone id: got %s", got)
	}
	before := vpc.Out.String("ipv6CidrBlock")
	vpc, err := g.cloud.Update(g.session, vpcToken, g.vpc, "another name", values("cidrBlock", "10.0.0.0/16", "assignGeneratedIpv6CidrBlock", true))
	if err != nil || vpc.Out.String("defaultSecurityGroupId") != adopted.ID || vpc.Out.String("ipv6CidrBlock") != before {
		t.Errorf("an update changed what came along: %v", err)
	}
	for _, r := range [][2]string{
		{natToken, nat.ID}, {eipToken, nat.In.String("allocationId")}, {ingressRuleToken, rule.ID}, {routeTableUseToken, use.ID},
		{aclUseToken, acl.ID}, {defaultGroupToken, adopted.ID}, {gatewayToken, g.gateway}, {routeTableToken, g.table},
		{subnetToken, g.subnet}, {vpcToken, g.vpc},
	} {
		if err := g.cloud.Delete(g.session, r[0], r[1]); err != nil {
			t.Errorf("deleting %s: %v", r[0], err)
		}
	}
	if left := g.cloud.Records(); len(left) > 0 {
		t.Errorf("%d records are left, %s among them", len(left), left[0].Key())
	}
}

// TestEC2Previews checks that no type minds inputs that are not known yet.
func TestEC2Previews(t *testing.T) {
	c := simcloud.New(Catalog())
	unknown := simcloud.Unknown{}
	for _, x := range []struct {
		token string
		in    simcloud.Values
	}{
		{subnetToken, values("vpcId", unknown, "cidrBlock", unknown, "ipv6CidrBlock", unknown)},
		{natToken, values("subnetId", unknown, "allocationId", unknown)},
		{routeToken, values("routeTableId", unknown, "destinationCidrBlock", "0.0.0.0/0", "natGatewayId", unknown)},
		{routeTableUseToken, values("routeTableId", unknown, "subnetId", unknown)},
		{ingressRuleToken, values("securityGroupId", unknown, "ipProtocol", unknown, "referencedSecurityGroupId", unknown)},
		{ingressRuleToken, values("securityGroupId", unknown, "ipProtocol", "tcp", "fromPort", unknown, "toPort", unknown, "cidrIpv4", unknown)},
		{aclToken, values("vpcId", unknown, "ingress", []any{map[string]any{
			"ruleNo": 1.0, "action": "allow", "protocol": "6", "fromPort": unknown, "toPort": unknown, "ipv6CidrBlock": unknown,
		}})},
		{endpointToken, values("vpcId", unknown, "serviceName", unknown, "subnetIds", unknown)},
		{flowLogToken, values("vpcId", unknown, "trafficType", "ALL", "iamRoleArn", unknown, "logDestination", unknown)},
	} {
		if errs := c.Validate(x.token, x.in); len(errs) > 0 {
			t.Errorf("%s: %v", x.token, errs)
		}
	}
}
