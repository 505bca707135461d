package aws

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

func gatewayTypes() []*simcloud.Type {
	return []*simcloud.Type{{
		Token: gatewayToken, Noun: "internet gateway", IDPrefix: "igw-", Takes: time.Second,
		Refs: []simcloud.Ref{vpcRef("vpcId")},
		Unique: []simcloud.Unique{{
			Paths: []string{"vpcId"}, Words: "InvalidParameterValue: Network %s already has an internet gateway attached",
		}},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"arn": arn(op, "ec2", "internet-gateway/"+op.ID), "ownerId": op.Account}
		},
		Delete: mappedAddresses,
	}, {
		Token: egressGatewayToken, Noun: "egress-only internet gateway", IDPrefix: "eigw-", Takes: time.Second,
		Required: []string{"vpcId"},
		Replace:  []string{"vpcId"},
		Refs:     []simcloud.Ref{vpcRef("vpcId")},
	}, {
		Token: eipToken, Noun: "elastic IP address", IDPrefix: "eipalloc-", Takes: 2 * time.Second,
		Replace: []string{
			"address", "customerOwnedIpv4Pool", "domain", "ipamPoolId", "networkBorderGroup", "publicIpv4Pool", "vpc",
		},
		// Said of an address that a NAT gateway holds: permissions are not at fault.
		InUse:    "AuthFailure: You do not have permission to access the specified resource. (%s)",
		Validate: func(in simcloud.Values) []error { return simcloud.Problems(simcloud.OneOf(in, "domain", "vpc")) },
		Outputs: func(op *simcloud.Op) simcloud.Values {
			ip := kept(op, "publicIp", address(op, "52."))
			return simcloud.Values{
				"arn": arn(op, "ec2", "elastic-ip/"+op.ID), "allocationId": op.ID, "publicIp": ip,
				"publicDns":      "ec2-" + strings.ReplaceAll(ip, ".", "-") + "." + op.Region + ".compute.amazonaws.com",
				"publicIpv4Pool": "amazon", "networkBorderGroup": op.Region, "domain": "vpc",
			}
		},
	}, natType()}
}

// address makes up an IPv4 address that begins with prefix ("52.").
func address(op *simcloud.Op, prefix string) string {
	parts := []string{}
	for i := range 4 - strings.Count(prefix, ".") {
		n, err := strconv.ParseInt(op.Hex(2, "address"+strconv.Itoa(i)), 16, 0)
		if err != nil {
			return err.Error() // cannot be: two hex digits always parse
		}
		parts = append(parts, strconv.FormatInt(max(n, 1), 10))
	}
	return prefix + strings.Join(parts, ".")
}

// mappedAddresses refuses to detach an internet gateway from a network in which
// public addresses are in use.
func mappedAddresses(op *simcloud.Op) error {
	vpc := op.In.String("vpcId")
	if vpc == "" {
		return nil
	}
	for _, nat := range op.All(natToken) {
		if nat.Out.String("allocationId") != "" && vpcOf(op, subnetToken, nat.Out.String("subnetId")) == vpc {
			return simcloud.Refusal("DependencyViolation",
				"Network %s has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.", vpc)
		}
	}
	return nil
}

func natType() *simcloud.Type {
	return &simcloud.Type{
		Token: natToken, Noun: "NAT gateway", IDPrefix: "nat-", Takes: 2 * time.Minute,
		Required: []string{"subnetId"},
		Replace:  []string{"allocationId", "connectivityType", "privateIp", "secondaryPrivateIpAddressCount", "subnetId"},
		Refs: []simcloud.Ref{subnetRef("subnetId", true), {
			Path: "allocationId", To: []string{eipToken}, Holds: true,
			Missing: "InvalidAllocationID.NotFound: The allocation ID '%s' does not exist",
		}, {
			Path: "secondaryAllocationIds[]", To: []string{eipToken}, Holds: true,
			Missing: "InvalidAllocationID.NotFound: The allocation ID '%s' does not exist",
		}},
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(simcloud.OneOf(in, "connectivityType", "public", "private"))
			private := in.String("connectivityType") == "private"
			switch {
			case !private && !in.Has("allocationId"):
				errs = append(errs, simcloud.Refusal("MissingParameter", "The request must include the AllocationId parameter. Add the required parameter and retry the request."))
			case private && in.Has("allocationId"):
				errs = append(errs, simcloud.Refusal("InvalidParameterValue", "AllocationId cannot be specified for a private NAT gateway."))
			}
			return errs
		},
		Refuse: refuseNAT,
		Outputs: func(op *simcloud.Op) simcloud.Values {
			out := simcloud.Values{
				"associationId":      kept(op, "associationId", "eipassoc-"+op.Hex(17, "association")),
				"networkInterfaceId": kept(op, "networkInterfaceId", "eni-"+op.Hex(17, "interface")),
			}
			if !op.In.Has("privateIp") {
				if p, ok := cidrAt(outOf(op, subnetToken, op.In.String("subnetId")), "cidrBlock"); ok {
					a := p.Addr()
					for range 4 + len(op.ID)%7 { // the first four are the network's own
						a = a.Next()
					}
					out["privateIp"] = kept(op, "privateIp", a.String())
				}
			}
			out["publicIp"] = outOf(op, eipToken, op.In.String("allocationId")).String("publicIp")
			return out
		},
	}
}

// refuseNAT refuses a NAT gateway without a way to the internet, or with an
// address that is taken. The real cloud says so minutes after the request.
func refuseNAT(op *simcloud.Op) error {
	if op.Old != nil || op.In.String("connectivityType") == "private" {
		return nil
	}
	vpc := vpcOf(op, subnetToken, op.In.String("subnetId"))
	attached := func(r *simcloud.Record) bool { return r.Out.String("vpcId") == vpc }
	if !slices.ContainsFunc(op.All(gatewayToken), attached) {
		return simcloud.Refusal("Gateway.NotAttached", "Network %s has no Internet gateway attached", vpc)
	}
	eip := op.In.String("allocationId")
	for _, nat := range op.All(natToken) {
		if nat.Out.String("allocationId") == eip || slices.Contains(nat.Out.Strings("secondaryAllocationIds[]"), eip) {
			return simcloud.Refusal("Resource.AlreadyAssociated", "Elastic IP address [%s] is already associated", eip)
		}
	}
	if out := outOf(op, eipToken, eip); out.String("instance") != "" || out.String("networkInterface") != "" {
		return simcloud.Refusal("Resource.AlreadyAssociated", "Elastic IP address [%s] is already associated", eip)
	}
	return nil
}
