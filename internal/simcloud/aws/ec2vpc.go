package aws

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

func vpcTypes() []*simcloud.Type {
	return []*simcloud.Type{{
		Token: vpcToken, Noun: "vpc", IDPrefix: "vpc-", Takes: 12 * time.Second,
		Replace: []string{"cidrBlock", "ipv4IpamPoolId", "ipv4NetmaskLength"},
		ReplaceIf: func(old, new simcloud.Values) []string {
			if new.String("instanceTenancy") == "dedicated" { // back to default is possible
				return []string{"instanceTenancy"}
			}
			return nil
		},
		InUse: "DependencyViolation: The vpc '%s' has dependencies and cannot be deleted.",
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(cidr(in, "cidrBlock"), size(in, "cidrBlock", "InvalidVpc.Range"), simcloud.OneOf(in, "instanceTenancy", "default", "dedicated"))
			if !in.Has("cidrBlock") && !in.Has("ipv4IpamPoolId") {
				errs = append(errs, simcloud.Refusal("MissingParameter", "Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided."))
			}
			return errs
		},
		Refuse:  ipv6BlockInUse,
		Outputs: vpcOutputs,
	}, {
		Token: vpcCIDRToken, Noun: "vpc cidr block association", IDPrefix: "vpc-cidr-assoc-", Takes: 5 * time.Second,
		Required: []string{"vpcId"},
		Replace:  []string{"*"},
		Refs:     []simcloud.Ref{vpcRef("vpcId")},
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(cidr(in, "cidrBlock"), size(in, "cidrBlock", "InvalidVpc.Range"))
		},
		Refuse: func(op *simcloud.Op) error {
			block, ok := cidrAt(op.In, "cidrBlock")
			if !ok || op.Old != nil {
				return nil
			}
			for _, other := range vpcBlocks(op, op.In.String("vpcId")) {
				if other.Overlaps(block) {
					return simcloud.Refusal("InvalidVpc.Range", "The CIDR '%s' conflicts with the CIDR '%s' of vpc %s.", block, other, op.In.String("vpcId"))
				}
			}
			return nil
		},
		Delete: func(op *simcloud.Op) error {
			return blockInUse(op, op.In.String("vpcId"), op.In.String("cidrBlock"), "cidrBlock")
		},
	}, subnetType()}
}

// vpcOutputs are what comes along with a network: the default security group,
// the main route table and the default network ACL, which can be adopted and
// referred to, and go with it.
func vpcOutputs(op *simcloud.Op) simcloud.Values {
	group := kept(op, "defaultSecurityGroupId", "sg-"+op.Hex(17, "group"))
	table := kept(op, "mainRouteTableId", "rtb-"+op.Hex(17, "table"))
	acl := kept(op, "defaultNetworkAclId", "acl-"+op.Hex(17, "acl"))
	op.Side(securityGroupToken, group, simcloud.Values{
		"vpcId": op.ID, "name": "default", "description": "default VPC security group",
		"arn": arn(op, "ec2", "security-group/"+group), "ownerId": op.Account,
	})
	op.Side(routeTableToken, table, simcloud.Values{
		"vpcId": op.ID, "arn": arn(op, "ec2", "route-table/"+table), "ownerId": op.Account,
	})
	op.Side(aclToken, acl, simcloud.Values{
		"vpcId": op.ID, "arn": arn(op, "ec2", "network-acl/"+acl), "ownerId": op.Account,
	})
	out := simcloud.Values{
		"arn": arn(op, "ec2", "vpc/"+op.ID), "ownerId": op.Account, "dhcpOptionsId": "dopt-0d0c0b0a09080706f",
		"defaultSecurityGroupId": group, "defaultNetworkAclId": acl,
		"defaultRouteTableId": table, "mainRouteTableId": table,
		"ipv6CidrBlock": "", "ipv6AssociationId": "",
	}
	if op.In.Bool("assignGeneratedIpv6CidrBlock") {
		out["ipv6CidrBlock"] = kept(op, "ipv6CidrBlock", ipv6Block(op))
		out["ipv6AssociationId"] = kept(op, "ipv6AssociationId", "vpc-cidr-assoc-"+op.Hex(17, "ipv6"))
	}
	return out
}

// ipv6Block is a /56 out of the ranges of Amazon.
func ipv6Block(op *simcloud.Op) string {
	h := op.Hex(6, "block")
	p, err := netip.ParsePrefix("2a05:d018:" + h[:4] + ":" + h[4:] + "00::/56")
	if err != nil {
		return err.Error() // cannot be: hex digits always parse
	}
	return p.String()
}

// vpcBlocks are the IPv4 ranges of a network, the first one and those that were
// added.
func vpcBlocks(op *simcloud.Op, vpc string) []netip.Prefix {
	var all []netip.Prefix
	if p, ok := cidrAt(outOf(op, vpcToken, vpc), "cidrBlock"); ok {
		all = append(all, p)
	}
	for _, r := range op.All(vpcCIDRToken) {
		if p, ok := cidrAt(r.Out, "cidrBlock"); ok && r.Out.String("vpcId") == vpc {
			all = append(all, p)
		}
	}
	return all
}

func within(p netip.Prefix, blocks []netip.Prefix) bool {
	return slices.ContainsFunc(blocks, func(b netip.Prefix) bool { return b.Contains(p.Addr()) && b.Bits() <= p.Bits() })
}

// ipv6BlockInUse refuses to take the IPv6 range from a network whose subnets
// have parts of it.
func ipv6BlockInUse(op *simcloud.Op) error {
	if op.Old == nil || op.In.Bool("assignGeneratedIpv6CidrBlock") {
		return nil
	}
	return blockInUse(op, op.ID, op.Old.Out.String("ipv6CidrBlock"), "ipv6CidrBlock")
}

func blockInUse(op *simcloud.Op, vpc, block, path string) error {
	p, err := netip.ParsePrefix(block)
	if err != nil {
		return nil // there is none
	}
	for _, r := range op.All(subnetToken) {
		if sub, ok := cidrAt(r.Out, path); ok && r.Out.String("vpcId") == vpc && p.Overlaps(sub) {
			return simcloud.Refusal("InvalidCidrBlock.InUse", "The vpc %s currently has a subnet within CIDR block %s", vpc, block)
		}
	}
	return nil
}

func subnetType() *simcloud.Type {
	return &simcloud.Type{
		Token: subnetToken, Noun: "subnet", IDPrefix: "subnet-", Takes: 2 * time.Second,
		Required: []string{"vpcId"},
		Replace:  []string{"availabilityZone", "availabilityZoneId", "cidrBlock", "ipv6Native", "outpostArn", "vpcId"},
		Refs:     []simcloud.Ref{vpcRef("vpcId")},
		InUse:    "DependencyViolation: The subnet '%s' has dependencies and cannot be deleted.",
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(cidr(in, "cidrBlock"), size(in, "cidrBlock", "InvalidSubnet.Range"), cidr(in, "ipv6CidrBlock"))
			if p, ok := cidrAt(in, "ipv6CidrBlock"); ok && p.Bits() != 64 {
				errs = append(errs, simcloud.Refusal("InvalidSubnet.Range", "The CIDR '%s' is invalid.", p))
			}
			if !in.Has("cidrBlock") && !in.Bool("ipv6Native") {
				errs = append(errs, simcloud.Refusal("MissingParameter", "Either 'cidrBlock' or 'ipv6CidrBlock' should be provided."))
			}
			return errs
		},
		Refuse: refuseSubnet,
		Outputs: func(op *simcloud.Op) simcloud.Values {
			out := simcloud.Values{
				"arn": arn(op, "ec2", "subnet/"+op.ID), "ownerId": op.Account,
				"privateDnsHostnameTypeOnLaunch": "ip-name",
			}
			zone := op.In.String("availabilityZone")
			if zone == "" {
				zone = zones(op.Region)[0]
				out["availabilityZone"] = zone
			}
			out["availabilityZoneId"] = zoneID(zone)
			if op.In.Has("ipv6CidrBlock") {
				out["ipv6CidrBlockAssociationId"] = kept(op, "ipv6CidrBlockAssociationId", "subnet-cidr-assoc-"+op.Hex(17, "ipv6"))
			}
			return out
		},
	}
}

func refuseSubnet(op *simcloud.Op) error {
	if zone := op.In.String("availabilityZone"); zone != "" && !slices.Contains(zones(op.Region), zone) {
		return simcloud.Refusal("InvalidParameterValue",
			"Value (%s) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: %s.",
			zone, strings.Join(zones(op.Region), ", "))
	}
	vpc := op.In.String("vpcId")
	if p, ok := cidrAt(op.In, "cidrBlock"); ok && !within(p, vpcBlocks(op, vpc)) {
		return simcloud.Refusal("InvalidSubnet.Range", "The CIDR '%s' is invalid.", p)
	}
	if p, ok := cidrAt(op.In, "ipv6CidrBlock"); ok {
		block, has := cidrAt(outOf(op, vpcToken, vpc), "ipv6CidrBlock")
		if !has || !within(p, []netip.Prefix{block}) {
			return simcloud.Refusal("InvalidSubnet.Range", "The CIDR '%s' is invalid.", p)
		}
	}
	for _, path := range []string{"cidrBlock", "ipv6CidrBlock"} {
		p, ok := cidrAt(op.In, path)
		for _, other := range op.All(subnetToken) {
			q, has := cidrAt(other.Out, path)
			if ok && has && other.ID != op.ID && other.Out.String("vpcId") == vpc && p.Overlaps(q) {
				return simcloud.Refusal("InvalidSubnet.Conflict", "The CIDR '%s' conflicts with another subnet", p)
			}
		}
	}
	return nil
}

// zoneID is the id of a zone, which unlike its name is the same for all
// accounts: euw1-az1 for eu-west-1a.
func zoneID(zone string) string {
	short := map[string]string{
		"north": "n", "northeast": "ne", "east": "e", "southeast": "se", "south": "s", "west": "w", "central": "c",
	}
	parts := strings.Split(zone, "-")
	last := parts[len(parts)-1]
	if len(parts) != 3 || len(last) < 2 {
		return ""
	}
	n := int(last[len(last)-1]-'a') + 1
	return parts[0] + short[parts[1]] + last[:len(last)-1] + "-az" + strconv.Itoa(n)
}
