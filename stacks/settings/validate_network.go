package settings

import (
	"fmt"
	"net/netip"
	"strings"
)

// The private ranges of RFC 1918 and the shared one of RFC 6598, and those that
// RFC 5737 sets aside for documentation.
var (
	privateBlocks = prefixes("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
	sharedBlock   = netip.MustParsePrefix("100.64.0.0/10")
	exampleBlocks = prefixes("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")
)

func prefixes(texts ...string) []netip.Prefix {
	var all []netip.Prefix
	for _, t := range texts {
		all = append(all, netip.MustParsePrefix(t))
	}
	return all
}

// blockOf is the one of blocks that holds a range; the zero prefix if none does.
func blockOf(p netip.Prefix, blocks []netip.Prefix) netip.Prefix {
	for _, b := range blocks {
		if p.Bits() >= b.Bits() && b.Contains(p.Addr()) {
			return b
		}
	}
	return netip.Prefix{}
}

// cidr parses a range and says whether it is a proper one.
func (c *checker) cidr(path, text string) (netip.Prefix, bool) {
	p, err := netip.ParsePrefix(text)
	switch {
	case err != nil || !p.Addr().Is4():
		c.bad(BadRange, path, shown(text), "an IPv4 range such as 10.0.0.0/16")
		return p, false
	case p != p.Masked():
		c.bad(Misaligned, path, text, fmt.Sprintf("%s: the bits after the first %d are zero", p.Masked(), p.Bits()))
		return p, false
	}
	return p, true
}

// size checks a range's length and that it is private.
func (c *checker) size(path string, p netip.Prefix, least, most int, blocks []netip.Prefix) bool {
	if p.Bits() < least || p.Bits() > most {
		c.bad(RangeSize, path, p.String(), fmt.Sprintf("a range between /%d and /%d", least, most))
		return false
	}
	if !blockOf(p, blocks).IsValid() {
		var names []string
		for _, b := range blocks {
			names = append(names, b.String())
		}
		c.bad(PublicRange, path, p.String(), "a range inside "+strings.Join(names, ", "))
		return false
	}
	return true
}

func (c *checker) ranges() {
	network, pods, services := c.networkRange(), c.podRange(), c.serviceRange()
	c.disjoint("network.podCidr", pods, "network.cidr", network)
	c.disjoint("cluster.serviceCidr", services, "network.cidr", network)
	c.disjoint("cluster.serviceCidr", services, "network.podCidr", pods)
}

func (c *checker) disjoint(path string, p netip.Prefix, other string, q netip.Prefix) {
	if p.IsValid() && q.IsValid() && p.Overlaps(q) {
		c.bad(Overlap, path, p.String(), fmt.Sprintf("a range apart from %s (%s)", q, other), other)
	}
}

func (c *checker) networkRange() netip.Prefix {
	if c.s.Network.CIDR == "" {
		c.missing("network.cidr", "a private IPv4 range between /16 and /20 that no peer network has")
		return netip.Prefix{}
	}
	p, ok := c.cidr("network.cidr", c.s.Network.CIDR)
	if !ok || !c.size("network.cidr", p, 16, 20, privateBlocks) {
		return netip.Prefix{}
	}
	return p
}

func (c *checker) podRange() netip.Prefix {
	if c.s.Network.PodCIDR == "" {
		return netip.Prefix{}
	}
	p, ok := c.cidr("network.podCidr", c.s.Network.PodCIDR)
	if !ok || !c.size("network.podCidr", p, 16, 20, append([]netip.Prefix{sharedBlock}, privateBlocks...)) {
		return netip.Prefix{}
	}
	return p
}

func (c *checker) serviceRange() netip.Prefix {
	if c.s.Compute == ECS {
		return netip.Prefix{}
	}
	p, ok := c.cidr("cluster.serviceCidr", c.s.Cluster.ServiceCIDR)
	if !ok || !c.size("cluster.serviceCidr", p, 12, 24, privateBlocks) {
		return netip.Prefix{}
	}
	return p
}

// slots is how many zones the address plan has room for.
const slots = 6

func (c *checker) zones() {
	zones := c.s.Network.Zones
	switch {
	case len(zones) == 0:
		c.missing("network.zones", "at least two zones of the region, each with its slot (eu-west-1a: 0)")
	case len(zones) < 2:
		c.bad(FewZones, "network.zones", "one zone", "at least two: the control plane and the database's subnet group demand them")
	}
	taken := map[int]string{}
	for _, zone := range ordered(zones) {
		path, slot := child("network.zones", zone), zones[zone]
		if slot < 0 || slot >= slots {
			c.bad(BadSlot, path, fmt.Sprintf("slot %d", slot), fmt.Sprintf("a slot from 0 to %d", slots-1))
			continue
		}
		if other, ok := taken[slot]; ok {
			c.bad(SharedSlot, path, fmt.Sprintf("slot %d", slot), fmt.Sprintf("a slot of its own: %s has it", other), child("network.zones", other))
			continue
		}
		taken[slot] = zone
	}
}

func (c *checker) nat() {
	n := c.s.Network
	_, known := n.Zones[n.NATZone]
	switch {
	case n.NATZone == "":
	case n.NAT != NATSingle:
		c.bad(BadNATZone, "network.natZone", shown(n.NATZone), "it left out: only a single gateway has a zone to choose", "network.nat")
	case !known:
		c.bad(BadNATZone, "network.natZone", shown(n.NATZone), oneOf(n.NATZone, ordered(n.Zones)), "network.zones")
	}
}
