package aws

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// managedLists are prefix lists of IPv4 that AWS keeps in each region, and how
// many rules each counts as.
// Source: VPC user guide, "Available AWS-managed prefix lists" and "AWS-managed
// prefix list weight", read 2026-11.
var managedLists = map[string]int{"com.amazonaws.global.cloudfront.origin-facing": 55}

// groupRules are the most rules that a security group may have in each direction,
// for IPv4 and for IPv6.
// Source: VPC user guide, "Amazon VPC quotas".
const groupRules = 60

// listID is a list's id, which differs from region to region.
func listID(name, region string) string {
	sum := sha256.Sum256([]byte(region + " " + name))
	return "pl-" + hex.EncodeToString(sum[:4])
}

// getManagedPrefixList looks a prefix list up by its name.
func getManagedPrefixList(_ *simcloud.Cloud, s simcloud.Session, args simcloud.Values) (simcloud.Values, error) {
	name := args.String("name")
	weight := managedLists[name]
	if weight == 0 {
		return nil, simcloud.Refusal("InvalidPrefixListID.NotFound", "no matching managed prefix list found: %s", name)
	}
	id := listID(name, s.Region)
	return simcloud.Values{
		"id": id, "name": name, "arn": "arn:aws:ec2:" + s.Region + ":aws:prefix-list/" + id, "addressFamily": "IPv4",
		"maxEntries": weight, "ownerId": "AWS", "version": 1, "entries": []any{}, "filters": []any{}, "tags": map[string]any{},
	}, nil
}

// weightOf is how many rules a prefix list counts as in op's region; 0 if there
// is no such list.
func weightOf(op *simcloud.Op, id string) int {
	for name, weight := range managedLists {
		if listID(name, op.Region) == id {
			return weight
		}
	}
	return 0
}

// listFits refuses a rule for a prefix list that does not exist, and rules that
// are too many for their group.
func listFits(op *simcloud.Op, token string) error {
	group, list := op.In.String("securityGroupId"), op.In.String("prefixListId")
	if list != "" && weightOf(op, list) == 0 {
		return simcloud.Refusal("InvalidPrefixListID.NotFound", "The prefix list ID '%s' does not exist", list)
	}
	weight := func(in simcloud.Values) int { return max(1, weightOf(op, in.String("prefixListId"))) }
	sum, six := weight(op.In), op.In.Has("cidrIpv6")
	for _, r := range op.All(token) {
		if r.ID != op.ID && r.Out.String("securityGroupId") == group && r.In.Has("cidrIpv6") == six {
			sum += weight(r.In)
		}
	}
	if sum > groupRules {
		return simcloud.Refusal("RulesPerSecurityGroupLimitExceeded", "The maximum number of rules per security group has been reached.")
	}
	return nil
}
