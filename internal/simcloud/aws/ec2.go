package aws

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// The types of EC2's networking half, one file for each question: networks and
// subnets (ec2vpc.go), gateways (ec2gateway.go), routes (ec2route.go), security
// groups (ec2group.go), network ACLs (ec2acl.go), endpoints and flow logs
// (ec2endpoint.go).
//
// Sources: the EC2 API reference, error codes and VPC user guide (quotas,
// addressing), read 2026-11; the resource pages of the Pulumi provider for what
// replaces.
const (
	vpcToken           = "aws:ec2/vpc:Vpc"
	vpcCIDRToken       = "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation"
	subnetToken        = "aws:ec2/subnet:Subnet"
	gatewayToken       = "aws:ec2/internetGateway:InternetGateway"
	egressGatewayToken = "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway"
	eipToken           = "aws:ec2/eip:Eip"
	natToken           = "aws:ec2/natGateway:NatGateway"
	routeTableToken    = "aws:ec2/routeTable:RouteTable"
	routeToken         = "aws:ec2/route:Route"
	routeTableUseToken = "aws:ec2/routeTableAssociation:RouteTableAssociation"
	securityGroupToken = "aws:ec2/securityGroup:SecurityGroup"
	defaultGroupToken  = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
	ingressRuleToken   = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
	egressRuleToken    = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
	aclToken           = "aws:ec2/networkAcl:NetworkAcl"
	aclRuleToken       = "aws:ec2/networkAclRule:NetworkAclRule"
	aclUseToken        = "aws:ec2/networkAclAssociation:NetworkAclAssociation"
	endpointToken      = "aws:ec2/vpcEndpoint:VpcEndpoint"
	endpointRouteToken = "aws:ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation"
	flowLogToken       = "aws:ec2/flowLog:FlowLog"
)

func ec2Types() []*simcloud.Type {
	return slices.Concat(
		vpcTypes(), gatewayTypes(), routeTypes(), securityGroupTypes(), aclTypes(), endpointTypes(), flowLogTypes(),
	)
}

// vpcRef is an input that names a network, which then cannot go.
func vpcRef(path string) simcloud.Ref {
	return simcloud.Ref{
		Path: path, To: []string{vpcToken}, Holds: true,
		Missing: "InvalidVpcID.NotFound: The vpc ID '%s' does not exist",
	}
}

// subnetRef is an input that names a subnet, which then cannot go where the
// other has network interfaces in it.
func subnetRef(path string, holds bool) simcloud.Ref {
	return simcloud.Ref{
		Path: path, To: []string{subnetToken}, Holds: holds,
		Missing: "InvalidSubnetID.NotFound: The subnet ID '%s' does not exist",
	}
}

// groupRef is an input that names a security group, which then cannot go where
// the other has network interfaces in it.
func groupRef(path string, holds bool) simcloud.Ref {
	return simcloud.Ref{
		Path: path, To: []string{securityGroupToken}, Holds: holds,
		Missing: "InvalidGroup.NotFound: The security group '%s' does not exist",
	}
}

// routeTableRef is an input that names a route table.
func routeTableRef(path string, holds bool) simcloud.Ref {
	return simcloud.Ref{
		Path: path, To: []string{routeTableToken}, Holds: holds,
		Missing: "InvalidRouteTableID.NotFound: The routeTable ID '%s' does not exist",
	}
}

// vpcOf is the network of a resource.
func vpcOf(op *simcloud.Op, token, id string) string { return outOf(op, token, id).String("vpcId") }

// outOf are the properties of a resource; none if it does not exist.
func outOf(op *simcloud.Op, token, id string) simcloud.Values {
	if r := op.Find(token, "id", id); r != nil {
		return r.Out
	}
	return simcloud.Values{}
}

// kept is an output that stays what it was at the creation.
func kept(op *simcloud.Op, path, fresh string) string {
	if op.Old != nil && op.Old.Out.String(path) != "" {
		return op.Old.Out.String(path)
	}
	return fresh
}

// cidrAt is the range at path; false if there is none, or none known yet.
func cidrAt(in simcloud.Values, path string) (netip.Prefix, bool) {
	p, err := netip.ParsePrefix(in.String(path))
	return p, err == nil
}

// cidr refuses a known text at path that is no range, or has bits set beyond
// its length.
func cidr(in simcloud.Values, path string) error {
	text := in.String(path)
	if text == "" {
		return nil
	}
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return simcloud.Refusal("InvalidParameterValue", "Value (%s) for parameter %s is invalid. This is not a valid CIDR block.", text, path)
	}
	if p.Masked() != p {
		return fmt.Errorf("%q is not a valid CIDR block; did you mean %q?", text, p.Masked())
	}
	return nil
}

// size refuses an IPv4 range at path that is not between /16 and /28.
func size(in simcloud.Values, path, code string) error {
	if p, ok := cidrAt(in, path); ok && (!p.Addr().Is4() || p.Bits() < 16 || p.Bits() > 28) {
		return simcloud.Refusal(code, "The CIDR '%s' is invalid.", p)
	}
	return nil
}
