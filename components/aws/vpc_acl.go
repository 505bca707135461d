package aws

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Network ACLs are the second line behind security groups: they know no
// connections, so replies need entries too. They judge what crosses a subnet's
// edge, replies to NAT gateways included, by these thoughts:
//
//   - Inside the network everything may flow; security groups are finer. Allowed
//     are TCP, UDP and ICMP, not "all protocols": nothing else is spoken here.
//     (Elastic Fabric Adapter traffic is no IP traffic and does not leave its
//     subnet, so no ACL sees it.)
//   - Replies from the internet come to ephemeral ports: 1024 to 65535 at NAT
//     gateways and load balancers, and at nodes, which translate pods' ports. In
//     the middle lies 3389, remote desktop. It is left out: about one connection
//     in 64,000 gets that port, fails, and is tried again from another.
//   - SSH and remote desktop into nodes and databases are denied by name, even
//     from inside: Session Manager needs no open port. In public subnets the
//     denial comes after the network's own range, or pods could not reach a git
//     server over SSH through a NAT gateway.
//   - "Fragmentation needed" (ICMP 3/4) and "packet too big" (ICMPv6 2) come in
//     from anywhere: without them large packets vanish on the way (path MTU
//     discovery; instances send 9001 bytes, the internet takes 1500).
//   - Databases talk to the network alone, so they cannot import from S3: its
//     addresses are public, and an ACL cannot name a service.
//
// Entries have fixed numbers, whatever else is switched on, so that switching
// IPv6 or pods on adds entries and changes none. An IPv6 entry has the number
// after its IPv4 twin.

// aclRule is an entry without addresses. Protocols are numbers, as AWS gives
// them back.
type aclRule struct {
	number     int
	action     string
	protocol   string
	from, to   int // ports, or ICMP type and code
	type6      int // the ICMPv6 type, where from is the ICMP type
	onlyInside bool
}

const (
	aclTCP, aclUDP, aclICMP, aclICMP6 = "6", "17", "1", "58"
	// aclAllICMP stands for all ICMP types and codes.
	aclAllICMP = -1
)

// aclInside lets the network talk to itself: three entries from number on.
func aclInside(number int) []aclRule {
	return []aclRule{
		{number: number, action: "allow", protocol: aclTCP, from: 0, to: 65535, onlyInside: true},
		{number: number + 10, action: "allow", protocol: aclUDP, from: 0, to: 65535, onlyInside: true},
		{number: number + 20, action: "allow", protocol: aclICMP, from: aclAllICMP, to: aclAllICMP, type6: aclAllICMP, onlyInside: true},
	}
}

// aclNoShells denies SSH and remote desktop from anywhere.
func aclNoShells(number int) []aclRule {
	return []aclRule{
		{number: number, action: "deny", protocol: aclTCP, from: 22, to: 22},
		{number: number + 10, action: "deny", protocol: aclTCP, from: 3389, to: 3389},
	}
}

// aclReplies lets in replies from the internet, and word of packets too big.
func aclReplies(number int) []aclRule {
	return []aclRule{
		{number: number, action: "allow", protocol: aclTCP, from: 1024, to: 3388},
		{number: number + 10, action: "allow", protocol: aclTCP, from: 3390, to: 65535},
		{number: number + 20, action: "allow", protocol: aclUDP, from: 1024, to: 3388},
		{number: number + 30, action: "allow", protocol: aclUDP, from: 3390, to: 65535},
		{number: number + 40, action: "allow", protocol: aclICMP, from: 3, to: 4, type6: 2},
	}
}

// aclIngress is what may come into a tier.
func aclIngress(tier subnetTier) []aclRule {
	web := []aclRule{
		{number: 400, action: "allow", protocol: aclTCP, from: 443, to: 443},
		{number: 410, action: "allow", protocol: aclTCP, from: 80, to: 80}, // for the redirect
	}
	var rules []aclRule
	switch tier {
	case publicTier:
		rules = append(append(aclInside(100), aclNoShells(300)...), append(web, aclReplies(500)...)...)
	case privateTier, podsTier:
		rules = append(append(aclNoShells(50), aclInside(100)...), aclReplies(500)...)
	default:
		rules = append(aclNoShells(50), aclInside(100)...)
	}
	return rules
}

// aclEgress is what may go out of a tier.
func aclEgress(tier subnetTier) []aclRule {
	rules := aclInside(100)
	if tier != dataTier {
		for i := range rules {
			rules[i].onlyInside = false
		}
	}
	return rules
}

// makeACLs makes the network ACL of each tier and puts it on the tier's subnets.
// An association is a resource of its own, so that a new zone touches no ACL.
func (b *vpcBuild) makeACLs() error {
	for _, tier := range b.plan.tiers {
		name := b.child(string(tier))
		acl, err := b.make("networkAcl:NetworkAcl", name, pulumi.Map{
			"vpcId": b.vpc.ID(), "ingress": b.aclEntries(aclIngress(tier)), "egress": b.aclEntries(aclEgress(tier)),
			"tags": b.tags("vpc", name),
		})
		if err != nil {
			return fmt.Errorf("creating the network ACL of the %s tier: %w", tier, err)
		}
		for _, zone := range b.plan.zones {
			put, err := b.make("networkAclAssociation:NetworkAclAssociation", b.child(string(tier), zone), pulumi.Map{
				"networkAclId": acl.ID(), "subnetId": b.subnets[tier][zone].ID(),
			})
			if err != nil {
				return fmt.Errorf("putting the network ACL on the %s subnet of %s: %w", tier, zone, err)
			}
			b.out.Ready = append(b.out.Ready, put)
		}
	}
	return nil
}

// aclEntries gives rules their addresses: a rule for anywhere becomes an entry
// for each version of IP, one for the inside an entry for each of the network's
// ranges.
func (b *vpcBuild) aclEntries(rules []aclRule) pulumi.Array {
	var all pulumi.Array
	for _, r := range rules {
		from, from6 := pulumi.String(anywhere), pulumi.StringInput(pulumi.String(anywhere6))
		if r.onlyInside {
			from, from6 = pulumi.String(b.plan.network.String()), b.vpc.IPv6CIDR
		}
		all = append(all, r.entry(r.number, from, nil))
		if b.IPv6 {
			all = append(all, r.entry(r.number+1, nil, from6))
		}
		if r.onlyInside && b.plan.pods.IsValid() {
			all = append(all, r.entry(r.number+2, pulumi.String(b.plan.pods.String()), nil))
		}
	}
	return all
}

// entry is an entry for one range, of IPv4 or of IPv6.
func (r aclRule) entry(number int, cidr, cidr6 pulumi.StringInput) pulumi.Map {
	e := pulumi.Map{
		"ruleNo": pulumi.Int(number), "action": pulumi.String(r.action), "protocol": pulumi.String(r.protocol),
		"fromPort": pulumi.Int(r.from), "toPort": pulumi.Int(r.to),
	}
	if cidr6 != nil {
		e["ipv6CidrBlock"] = cidr6
	} else {
		e["cidrBlock"] = cidr
	}
	if r.protocol == aclICMP {
		e["fromPort"], e["toPort"] = pulumi.Int(0), pulumi.Int(0)
		e["icmpType"], e["icmpCode"] = pulumi.Int(r.from), pulumi.Int(r.to)
		if cidr6 != nil {
			e["protocol"], e["icmpType"], e["icmpCode"] = pulumi.String(aclICMP6), pulumi.Int(r.type6), pulumi.Int(aclAllICMP)
		}
	}
	return e
}
