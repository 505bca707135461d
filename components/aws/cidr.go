package aws

import (
	"fmt"
	"net/netip"
)

// subnetTier is a kind of subnet: what may reach it and what it may reach.
type subnetTier string

// The tiers.
const (
	publicTier  subnetTier = "public"  // load balancers and NAT gateways: reached from the internet
	privateTier subnetTier = "private" // nodes and endpoints: reach the internet through a NAT gateway
	dataTier    subnetTier = "data"    // databases and caches: reach nothing outside the network
	podsTier    subnetTier = "pods"    // pods, where they have a range of their own
)

// zoneSlots is how many zones the plan has room for: more than any platform
// needs, and as many as the largest region has.
const zoneSlots = 6

// The network's sizes between which the plan works: a /16 is the largest that a
// VPC can have; below a /20 the small subnets would be smaller than the /28 that
// AWS asks for.
const (
	minNetworkBits = 16
	maxNetworkBits = 20
	// maxPodBits leaves /28 subnets for pods.
	maxPodBits = 25
)

// subnetCIDR is the range of the subnet of a tier and a zone's slot, in the
// network's range or, for pods, in the range that is theirs alone.
//
// It depends on nothing else, in particular not on how many zones there are:
// zones come and go and no subnet moves. A network of size /p is cut so:
//
//	block /(p+3)  0 … 5   private, by slot
//	              6       small subnets of size /(p+8), 32 of them:
//	                        0 … 5   public, by slot   (6, 7 reserved)
//	                        8 … 13  data, by slot     (14, 15 reserved)
//	                        16 … 31 reserved for later tiers
//	              7       reserved for later tiers
//
// A range for pods is cut into private blocks alone. Nodes and pods need by far
// the most addresses, so three quarters of the network are private. In a /16 a
// private subnet has 8187 usable addresses and a small one 251; in a /20 they
// have 507 and 11. A load balancer wants 8 free ones: a network with several
// had better be a /19 or larger.
func subnetCIDR(block netip.Prefix, tier subnetTier, slot int) (netip.Prefix, error) {
	if slot < 0 || slot >= zoneSlots {
		return netip.Prefix{}, fmt.Errorf("slot %d: want 0 to %d", slot, zoneSlots-1)
	}
	switch tier {
	case privateTier, podsTier:
		return part(block, 3, slot), nil
	case publicTier:
		return part(part(block, 3, 6), 5, slot), nil
	case dataTier:
		return part(part(block, 3, 6), 5, 8+slot), nil
	default:
		return netip.Prefix{}, fmt.Errorf("unknown tier %q", tier)
	}
}

// subnetCIDR6 is the IPv6 range of a subnet, a /64 of the network's /56: the
// tier is the first of the two hex digits, the slot the second.
func subnetCIDR6(block string, tier subnetTier, slot int) (string, error) {
	p, err := netip.ParsePrefix(block)
	if err != nil {
		return "", fmt.Errorf("reading the network's IPv6 range: %w", err)
	}
	number := map[subnetTier]int{publicTier: 0, privateTier: 1, dataTier: 2, podsTier: 3}
	return part(p, 64-p.Bits(), number[tier]<<4|slot).String(), nil
}

// part is the nth of the equal parts that p falls into when its prefix grows by
// bits.
func part(p netip.Prefix, bits, n int) netip.Prefix {
	raw := p.Masked().Addr().AsSlice()
	for i := range bits {
		at := p.Bits() + i
		raw[at/8] |= byte(n>>(bits-1-i)&1) << (7 - at%8)
	}
	addr, _ := netip.AddrFromSlice(raw)
	return netip.PrefixFrom(addr, p.Bits()+bits)
}

// networkCIDR reads an IPv4 range and refuses one that is not written as its
// first address, or whose size is not between /16 and /most.
func networkCIDR(text string, most int) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(text)
	switch {
	case err != nil:
		return netip.Prefix{}, fmt.Errorf("got %q, want an IPv4 range such as 10.0.0.0/16", text)
	case !p.Addr().Is4() || p.Bits() < minNetworkBits || p.Bits() > most:
		return netip.Prefix{}, fmt.Errorf("got %s, want an IPv4 range between /%d and /%d", text, minNetworkBits, most)
	case p != p.Masked():
		return netip.Prefix{}, fmt.Errorf("got %s, want the range's first address: %s", text, p.Masked())
	}
	return p, nil
}
