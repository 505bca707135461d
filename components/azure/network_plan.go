package azure

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
)

// purpose is what a subnet is for.
type purpose string

// The purposes.
const (
	nodesSubnet     purpose = "nodes"
	gatewaySubnet   purpose = "gateway"
	dataSubnet      purpose = "data"
	endpointsSubnet purpose = "endpoints"
)

// networkPlan is what the arguments of a network come to.
type networkPlan struct {
	ranges map[purpose]netip.Prefix
}

// The network's sizes between which the plan works: in a /20 the subnet of the
// gateway is the /24 that Azure asks for.
const (
	minNetworkBits = 16
	maxNetworkBits = 20
)

// Source: Application Gateway, "Infrastructure configuration", size of the subnet;
// AKS, "Application Gateway Ingress Controller", CNI overlay; read 2026-11.

// subnetRanges cuts the network's range. It depends on nothing but the range: no
// subnet ever moves. A network of size /p is cut into 16 blocks of size /(p+4):
//
//	0 … 7    nodes, as one: pods have a range of their own outside
//	8        the application gateway: a /24, the most that it takes beside an overlay
//	9        data: servers of PostgreSQL
//	10       private endpoints
//	11 … 15  reserved
func subnetRanges(block netip.Prefix) map[purpose]netip.Prefix {
	return map[purpose]netip.Prefix{
		nodesSubnet: part(block, 1, 0), gatewaySubnet: part(part(block, 4, 8), maxNetworkBits-block.Bits(), 0),
		dataSubnet: part(block, 4, 9), endpointsSubnet: part(block, 4, 10),
	}
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

// zoneNumbers are what Azure calls the zones of a region that has any.
var zoneNumbers = []string{"1", "2", "3"}

// maxAddresses is how many addresses a NAT gateway has at most.
// Source: "Azure NAT Gateway resource", public IP addresses.
const maxAddresses = 16

// check returns what the arguments come to, or all that is wrong with them.
func (a *NetworkArgs) check() (networkPlan, error) {
	var errs []error
	want := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	block, err := netip.ParsePrefix(a.CIDR)
	want(err == nil && block.Addr().Is4() && block == block.Masked() && block.Bits() >= minNetworkBits && block.Bits() <= maxNetworkBits,
		"CIDR: got %q, want an IPv4 range between /%d and /%d, by its first address", a.CIDR, minNetworkBits, maxNetworkBits)
	pods, podsErr := netip.ParsePrefix(a.PodCIDR)
	want(podsErr == nil && pods.Addr().Is4() && pods == pods.Masked(), "PodCIDR: got %q, want an IPv4 range such as 10.244.0.0/16", a.PodCIDR)
	want(err != nil || podsErr != nil || !block.Overlaps(pods), "PodCIDR: %s overlaps the network's range %s", a.PodCIDR, a.CIDR)
	want(a.NAT == NATSingle || a.NAT == NATPerZone, "NAT: got %q, want single or perZone: nodes need a way out", a.NAT)
	want(a.NATZone == "" || slices.Contains(zoneNumbers, a.NATZone), "NATZone: got %q, want 1, 2 or 3", a.NATZone)
	want(a.Addresses >= 0 && a.Addresses <= maxAddresses, "Addresses: got %d, want 1 to %d", a.Addresses, maxAddresses)
	if len(errs) > 0 {
		return networkPlan{}, errors.Join(errs...)
	}
	return networkPlan{ranges: subnetRanges(block)}, nil
}
