package aws

import (
	"fmt"
	"slices"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// aclEntries is how many entries of one direction and one IP version an ACL
// takes: 20 less the last one, which denies the rest.
const aclEntries = 19

func aclRef(holds bool) simcloud.Ref {
	return simcloud.Ref{
		Path: "networkAclId", To: []string{aclToken}, Holds: holds,
		Missing: "InvalidNetworkAclID.NotFound: The networkAcl ID '%s' does not exist",
	}
}

func aclTypes() []*simcloud.Type {
	return []*simcloud.Type{{
		Token: aclToken, Noun: "network ACL", IDPrefix: "acl-", Takes: 2 * time.Second,
		Required: []string{"vpcId"},
		Replace:  []string{"vpcId"},
		Refs:     []simcloud.Ref{vpcRef("vpcId"), subnetRef("subnetIds[]", false)},
		InUse:    "DependencyViolation: The networkAcl '%s' has dependencies and cannot be deleted.",
		Validate: func(in simcloud.Values) []error {
			return append(aclDirection(in, "ingress"), aclDirection(in, "egress")...)
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"arn": arn(op, "ec2", "network-acl/"+op.ID), "ownerId": op.Account}
		},
	}, {
		Token: aclRuleToken, Noun: "network ACL rule", Takes: time.Second,
		ID:       func(op *simcloud.Op) string { return "nacl-" + op.Hex(10, "id") },
		Required: []string{"networkAclId", "protocol", "ruleAction", "ruleNumber"},
		Replace:  []string{"*"},
		Refs:     []simcloud.Ref{aclRef(false)},
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(simcloud.OneOf(in, "ruleAction", "allow", "deny"), aclEntry(in, "ruleNumber"))
		},
		Refuse: func(op *simcloud.Op) error {
			number, acl := op.In.Int("ruleNumber"), op.In.String("networkAclId")
			for _, r := range op.All(aclRuleToken) {
				same := r.Out.String("networkAclId") == acl && r.Out.Bool("egress") == op.In.Bool("egress")
				if r.ID != op.ID && same && r.Out.Int("ruleNumber") == number {
					return entryExists(number)
				}
			}
			return nil
		},
	}, {
		Token: aclUseToken, Noun: "network ACL association", IDPrefix: "aclassoc-", Takes: time.Second,
		Required: []string{"networkAclId", "subnetId"},
		Replace:  []string{"*"},
		Refs:     []simcloud.Ref{aclRef(true), subnetRef("subnetId", false)},
		Refuse: func(op *simcloud.Op) error {
			acl, subnet := op.In.String("networkAclId"), op.In.String("subnetId")
			if vpcOf(op, aclToken, acl) != vpcOf(op, subnetToken, subnet) {
				return differentNetworks("network acl "+acl, "subnet "+subnet)
			}
			return nil // a subnet that has another ACL changes over
		},
	}}
}

func entryExists(number int) error {
	return simcloud.Refusal("NetworkAclEntryAlreadyExists", "The network acl entry identified by %d already exists.", number)
}

// aclDirection refuses entries that an ACL cannot have together.
func aclDirection(in simcloud.Values, direction string) []error {
	var errs []error
	seen, v4, v6 := map[int]bool{}, 0, 0
	for _, entry := range in.Objects(direction + "[]") {
		errs = append(errs, simcloud.Problems(simcloud.OneOf(entry, "action", "allow", "deny"), aclEntry(entry, "ruleNo"))...)
		if entry.Known("ruleNo") && seen[entry.Int("ruleNo")] {
			errs = append(errs, entryExists(entry.Int("ruleNo")))
		}
		seen[entry.Int("ruleNo")] = true
		if entry.Has("ipv6CidrBlock") {
			v6++
		} else {
			v4++
		}
	}
	if max(v4, v6) > aclEntries {
		errs = append(errs, simcloud.Refusal("NetworkAclEntryLimitExceeded", "The maximum number of network acl entries has been reached."))
	}
	return errs
}

// aclEntry refuses an entry that makes no sense by itself; number is the path of
// its number.
func aclEntry(e simcloud.Values, number string) error {
	if err := exactlyOne(e, []string{"cidrBlock", "ipv6CidrBlock"}); err != nil {
		return err
	}
	for _, path := range []string{"cidrBlock", "ipv6CidrBlock"} {
		if err := cidr(e, path); err != nil {
			return err
		}
	}
	if err := simcloud.Between(e, number, 1, 32766); err != nil {
		return err
	}
	from, to := e.Int("fromPort"), e.Int("toPort")
	switch protocol := e.String("protocol"); {
	case slices.Contains([]string{"1", "icmp", "58", "icmpv6", "ipv6-icmp"}, protocol):
		return nil // has a type and a code instead of ports
	case protocol == "-1" || protocol == "all":
		if number == "ruleNo" && (from != 0 || to != 0) {
			return fmt.Errorf("to_port (%d) and from_port (%d) must both be 0 to use the the 'all' \"-1\" protocol", to, from)
		}
	case from < 0 || to > 65535 || e.Known("fromPort") && e.Known("toPort") && from > to:
		return simcloud.Refusal("InvalidParameterValue", "Invalid TCP/UDP port range (%d:%d)", from, to)
	}
	return nil
}
