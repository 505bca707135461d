package policies

import (
	"slices"
	"strings"
)

var networkRules = []rule{
	{
		ids:      "F EC2.6, T AWS-0178, C CKV2_AWS_11, K vpc_flowlogs_disabled, CIS 4.7",
		topics:   "audit",
		priority: 1, types: "ec2.Vpc",
		reason: "without flow logs nobody can say afterwards who spoke to whom",
		check:  with("ec2.FlowLog", "vpcId", is("trafficType", "ALL", "REJECT")),
		bad: []string{
			`ec2.FlowLog network-flow-logs: gone`,
			`ec2.FlowLog network-flow-logs: trafficType = "ACCEPT"`,
		},
	},
	{
		ids:      "F EC2.2, T AWS-0173, C CKV2_AWS_12, K vpc_default_security_group_accepts_all_traffic",
		topics:   "exposure hardening",
		priority: 1, types: "ec2.Vpc",
		reason: "what forgets to name a security group gets the default one, which AWS makes open within",
		check:  with("ec2.DefaultSecurityGroup", "vpcId", all(hasNot("ingress"), hasNot("egress"))),
		bad: []string{
			`ec2.DefaultSecurityGroup network-default: gone`,
			`ec2.DefaultSecurityGroup network-default: ingress = [{"protocol":"-1","self":true,"fromPort":0,"toPort":0}]`,
			`ec2.DefaultSecurityGroup network-default: egress = [{"protocol":"tcp","cidrBlocks":["0.0.0.0/0"],"fromPort":443,"toPort":443}]`,
		},
	},
	{
		ids:      "F EC2.15, T AWS-0164, C CKV_AWS_130, K vpc_subnet_assigns_public_ip",
		topics:   "exposure",
		priority: 1, types: "ec2.Subnet",
		reason: "an address on the internet is given on purpose, not by where something starts",
		check:  isNot("mapPublicIpOnLaunch", true),
		bad:    []string{`ec2.Subnet network-public-eu-west-1a: mapPublicIpOnLaunch = true`},
	},
	{
		ids:      "C CKV2_AWS_1, F EC2.16",
		topics:   "exposure",
		priority: 2, types: "ec2.NetworkAcl",
		reason: "a network ACL without subnets guards nothing and looks as if it did",
		check: related(func(g *graph, r resource) []string {
			if r.Inputs.Count("subnetIds[]")+len(g.naming("ec2.NetworkAclAssociation", "networkAclId", r)) == 0 {
				return complain("has no subnet")
			}
			return nil
		}),
		bad: []string{`ec2.NetworkAcl spare: new {"tags":{"component":"vpc","Name":"spare"}}`},
	},
	{
		ids:      "own NET-1 (each subnet has a network ACL of ours)",
		topics:   "exposure",
		priority: 1, types: "ec2.Subnet",
		reason: "a subnet without an association has the default ACL, which allows everything",
		check:  with("ec2.NetworkAclAssociation", "subnetId", has("networkAclId")),
		bad:    []string{`ec2.NetworkAclAssociation network-data-eu-west-1b: gone`},
	},
	{
		ids:      "T AWS-0101, C CKV_AWS_148",
		topics:   "exposure",
		priority: 1,
		reason:   "the default network is public from end to end",
		check:    absent("ec2.DefaultVpc", "ec2.DefaultSubnet"),
		bad:      []string{`ec2.DefaultVpc default: new {"tags":{"component":"vpc","Name":"default"}}`},
	},
	{
		ids:      "F EC2.10",
		topics:   "exposure",
		priority: 2, types: "ec2.Vpc",
		reason: "without endpoints nodes reach AWS, and everything else, through the internet",
		check:  endpoints("s3", "ecr.api", "ecr.dkr", "sts", "logs", "ec2"),
		bad: []string{
			`ec2.VpcEndpoint network-endpoint-s3: gone`,
			`ec2.VpcEndpoint network-endpoint-sts: gone`,
			`ec2.VpcEndpoint network-endpoint-ecr.dkr: privateDnsEnabled = false`,
		},
	},
	{
		ids:      "own NET-2 (nodes leave through their own zone)",
		topics:   "availability",
		priority: 2, types: "eks.NodeGroup",
		reason: "a zone that fails must not take the other zones' way out with it",
		check:  related(ownZoneNAT),
		bad: []string{
			`ec2.NatGateway network-nat-eu-west-1b: gone`,
			`ec2.Route network-private-eu-west-1c-nat: natGatewayId = "nat-0"`,
			`ec2.Subnet network-public-eu-west-1a: availabilityZone = "eu-west-1b"`,
		},
	},
	{
		ids:      "own NET-3 (data subnets know no way out)",
		topics:   "exposure",
		priority: 1, types: "rds.SubnetGroup",
		reason: "data that cannot reach the internet cannot be sent there",
		check:  related(noWayOut),
		bad: []string{
			`ec2.Route leak: new {"routeTableId":"${ec2.RouteTable network-data}","destinationCidrBlock":"0.0.0.0/0"}`,
			`ec2.Route leak: new {"routeTableId":"${ec2.RouteTable network-data}","destinationIpv6CidrBlock":"::/0"}`,
			`ec2.RouteTableAssociation network-data-eu-west-1a: gone`,
		},
	},
}

// endpoints wants endpoints for services in a network. Interface endpoints
// answer under the service's own name only with private DNS.
func endpoints(services ...string) check {
	return related(func(g *graph, r resource) (all []string) {
		for _, service := range services {
			found := slices.ContainsFunc(g.naming("ec2.VpcEndpoint", "vpcId", r), func(e resource) bool {
				return strings.HasSuffix(e.Inputs.String("serviceName"), "."+service) &&
					(e.Inputs.String("vpcEndpointType") == "Gateway" || e.Inputs.Bool("privateDnsEnabled"))
			})
			if !found {
				all = append(all, "has no endpoint for "+service)
			}
		}
		return all
	})
}

// defaultRoutes are the routes to everywhere of a subnet's own route table.
func defaultRoutes(g *graph, subnet resource) (routes []resource, ownTable bool) {
	for _, a := range g.naming("ec2.RouteTableAssociation", "subnetId", subnet) {
		ownTable = true
		for _, table := range g.named("ec2.RouteTable", a, "routeTableId") {
			for _, r := range g.naming("ec2.Route", "routeTableId", table) {
				if everywhere(r.Inputs.String("destinationCidrBlock")) || everywhere(r.Inputs.String("destinationIpv6CidrBlock")) {
					routes = append(routes, r)
				}
			}
		}
	}
	return routes, ownTable
}

// ownZoneNAT wants each subnet's way out to go through a NAT gateway in its own
// zone.
func ownZoneNAT(g *graph, r resource) (all []string) {
	for _, subnet := range g.named("ec2.Subnet", r, "subnetIds[]") {
		zone := subnet.Inputs.String("availabilityZone")
		routes, _ := defaultRoutes(g, subnet)
		found := slices.ContainsFunc(routes, func(route resource) bool {
			for _, gateway := range g.named("ec2.NatGateway", route, "natGatewayId") {
				for _, public := range g.named("ec2.Subnet", gateway, "subnetId") {
					return public.Inputs.String("availabilityZone") == zone
				}
			}
			return false
		})
		if !found {
			all = append(all, "subnet "+subnet.Name+" has no NAT gateway in its zone")
		}
	}
	return all
}

// noWayOut wants no route to everywhere. A subnet without an association has
// the network's main table, of which nothing is known here.
func noWayOut(g *graph, r resource) (all []string) {
	for _, subnet := range g.named("ec2.Subnet", r, "subnetIds[]") {
		routes, ownTable := defaultRoutes(g, subnet)
		if !ownTable {
			all = append(all, "subnet "+subnet.Name+" has no route table of its own")
		}
		for _, route := range routes {
			all = append(all, "subnet "+subnet.Name+" has route "+route.Name)
		}
	}
	return all
}
