package aws

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

var (
	// routeTo are the inputs that say where a route leads to.
	routeTo = []string{
		"carrierGatewayId", "coreNetworkArn", "egressOnlyGatewayId", "gatewayId", "localGatewayId", "natGatewayId",
		"networkInterfaceId", "transitGatewayId", "vpcEndpointId", "vpcPeeringConnectionId",
	}
	// routeFor are the inputs that say what a route is for.
	routeFor = []string{"destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId"}
)

func routeTypes() []*simcloud.Type {
	return []*simcloud.Type{{
		Token: routeTableToken, Noun: "route table", IDPrefix: "rtb-", Takes: time.Second,
		Required: []string{"vpcId"},
		Replace:  []string{"vpcId"},
		Refs:     append(routeTargets("routes[]."), vpcRef("vpcId")),
		InUse:    "DependencyViolation: The routeTable '%s' has dependencies and cannot be deleted.",
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"arn": arn(op, "ec2", "route-table/"+op.ID), "ownerId": op.Account}
		},
	}, {
		Token: routeToken, Noun: "route", Takes: time.Second,
		ID:       func(op *simcloud.Op) string { return "r-" + op.In.String("routeTableId") + op.Hex(10, "id") },
		Required: []string{"routeTableId"},
		Replace:  append([]string{"routeTableId"}, routeFor...),
		Refs:     append(routeTargets(""), routeTableRef("routeTableId", false)),
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(
				cidr(in, "destinationCidrBlock"), cidr(in, "destinationIpv6CidrBlock"),
				exactlyOne(in, routeFor), exactlyOne(in, routeTo),
			)
		},
		Refuse: refuseRoute,
		Outputs: func(*simcloud.Op) simcloud.Values {
			return simcloud.Values{"state": "active", "origin": "CreateRoute"}
		},
	}, {
		Token: routeTableUseToken, Noun: "route table association", IDPrefix: "rtbassoc-", Takes: time.Second,
		Required: []string{"routeTableId"},
		Replace:  []string{"gatewayId", "subnetId"},
		Refs: []simcloud.Ref{routeTableRef("routeTableId", true), subnetRef("subnetId", false), {
			Path: "gatewayId", To: []string{gatewayToken}, Missing: "InvalidGatewayID.NotFound: The gateway ID '%s' does not exist",
		}},
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(exactlyOne(in, []string{"gatewayId", "subnetId"}))
		},
		Refuse: func(op *simcloud.Op) error {
			table, subnet := op.In.String("routeTableId"), op.In.String("subnetId")
			if subnet == "" {
				return nil
			}
			if vpcOf(op, routeTableToken, table) != vpcOf(op, subnetToken, subnet) {
				return differentNetworks("route table "+table, "subnet "+subnet)
			}
			for _, r := range op.All(routeTableUseToken) {
				if r.ID != op.ID && r.Out.String("subnetId") == subnet {
					return simcloud.Refusal("Resource.AlreadyAssociated", "the specified association for route table %s conflicts with an existing association", table)
				}
			}
			return nil
		},
	}}
}

// routeTargets are the references of a route, whose inputs stand below prefix. A
// route holds nothing: it becomes a black hole.
func routeTargets(prefix string) []simcloud.Ref {
	local := func(v string) bool { return v == "local" || strings.HasPrefix(v, "vgw-") }
	return []simcloud.Ref{
		{Path: prefix + "gatewayId", To: []string{gatewayToken}, Foreign: local, Missing: "InvalidGatewayID.NotFound: The gateway ID '%s' does not exist"},
		{Path: prefix + "natGatewayId", To: []string{natToken}, Missing: "InvalidNatGatewayID.NotFound: The natGateway ID '%s' does not exist"},
		{Path: prefix + "egressOnlyGatewayId", To: []string{egressGatewayToken}, Missing: "InvalidGatewayID.NotFound: The eigw ID '%s' does not exist"},
		{Path: prefix + "vpcEndpointId", To: []string{endpointToken}, Missing: "InvalidVpcEndpointId.NotFound: The Vpc Endpoint Id '%s' does not exist"},
	}
}

// exactlyOne refuses none or several of the inputs.
func exactlyOne(in simcloud.Values, paths []string) error {
	n := 0
	for _, p := range paths {
		if _, empty := in[p].(string); in.Has(p) && !(empty && in.String(p) == "") {
			n++
		}
	}
	if n != 1 {
		return fmt.Errorf("InvalidParameterCombination: one of `%s` must be specified, got %d", strings.Join(paths, ","), n)
	}
	return nil
}

func differentNetworks(a, b string) error {
	return simcloud.Refusal("InvalidParameterValue", "%s and %s belong to different networks", a, b)
}

// refuseRoute refuses a second route for a destination, a target in another
// network, and a route for the network's own range, which is local.
func refuseRoute(op *simcloud.Op) error {
	table := op.In.String("routeTableId")
	for _, path := range routeFor {
		to := op.In.String(path)
		for _, r := range op.All(routeToken) {
			if to != "" && r.ID != op.ID && r.Out.String("routeTableId") == table && r.Out.String(path) == to {
				return simcloud.Refusal("RouteAlreadyExists", "The route identified by %s already exists.", to)
			}
		}
	}
	vpc := vpcOf(op, routeTableToken, table)
	if p, ok := cidrAt(op.In, "destinationCidrBlock"); ok && within(p, vpcBlocks(op, vpc)) && !op.In.Has("networkInterfaceId") {
		return simcloud.Refusal("InvalidParameterValue",
			"The destination CIDR block %s is equal to or more specific than one of this VPC's CIDR blocks. This route can target only an interface or an instance.", p)
	}
	targets := [][3]string{
		{"gatewayId", gatewayToken, "network gateway "}, {"egressOnlyGatewayId", egressGatewayToken, "network gateway "},
	}
	for _, t := range targets {
		if id := op.In.String(t[0]); strings.Contains(id, "igw-") && vpcOf(op, t[1], id) != vpc {
			return differentNetworks("route table "+table, t[2]+id)
		}
	}
	nat := op.In.String("natGatewayId")
	if nat != "" && vpcOf(op, subnetToken, outOf(op, natToken, nat).String("subnetId")) != vpc {
		return differentNetworks("route table "+table, "NAT gateway "+nat)
	}
	return nil
}

// sameNetwork refuses resources of a type that are not in the network.
func sameNetwork(op *simcloud.Op, vpc, token, noun string, ids []string) error {
	i := slices.IndexFunc(ids, func(id string) bool { return vpcOf(op, token, id) != vpc })
	if i < 0 {
		return nil
	}
	return differentNetworks(noun+" "+ids[i], "network "+vpc)
}
