package gcp

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// networkPlan is what the arguments of a network come to.
type networkPlan struct {
	nodes, peered netip.Prefix
	// addresses are what the addresses of the way out are called: zones, or the
	// region.
	addresses []string
}

// plan checks the arguments and returns what they come to, or an error for each
// that is wrong.
func (a *NetworkArgs) plan() (networkPlan, error) {
	var p networkPlan
	whole, err := ipv4("CIDR", a.CIDR, 16, 20)
	errs := []error{err}
	pods, err := ipv4("PodCIDR", a.PodCIDR, 11, 20)
	errs = append(errs, err)
	services, err := ipv4("ServiceCIDR", a.ServiceCIDR, 16, 27)
	errs = append(errs, err)
	ranges := map[string]netip.Prefix{"CIDR": whole, "PodCIDR": pods, "ServiceCIDR": services}
	for _, pair := range [][2]string{{"PodCIDR", "CIDR"}, {"ServiceCIDR", "CIDR"}, {"ServiceCIDR", "PodCIDR"}} {
		if x, y := ranges[pair[0]], ranges[pair[1]]; x.IsValid() && y.IsValid() && x.Overlaps(y) {
			errs = append(errs, fmt.Errorf("%s: %s overlaps %s, %s", pair[0], x, pair[1], y))
		}
	}
	if len(a.Zones) == 0 {
		errs = append(errs, errors.New("Zones: got none, want at least one"))
	}
	for _, zone := range a.Zones {
		if !inRegion(zone, a.Region) {
			errs = append(errs, fmt.Errorf("Zones: %q is no zone of %s", zone, a.Region))
		}
	}
	if a.FlowSampling <= 0 || a.FlowSampling > 1 {
		errs = append(errs, fmt.Errorf("FlowSampling: got %v, want over 0 and up to 1", a.FlowSampling))
	}
	switch a.NAT {
	case NATNone:
	case NATSingle:
		p.addresses = []string{a.Region}
	case NATPerZone:
		p.addresses = slices.Sorted(slices.Values(a.Zones))
	default:
		errs = append(errs, fmt.Errorf("NAT: got %q, want none, single or perZone", a.NAT))
	}
	if err := errors.Join(errs...); err != nil {
		return p, err
	}
	p.nodes = netip.PrefixFrom(whole.Addr(), whole.Bits()+1)
	p.peered = lastQuarter(whole)
	return p, nil
}

// ipv4 reads a range between two sizes.
func ipv4(arg, cidr string, largest, smallest int) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(cidr)
	if err != nil || !p.Addr().Is4() || p != p.Masked() || p.Bits() < largest || p.Bits() > smallest {
		return netip.Prefix{}, fmt.Errorf("%s: got %q, want an IPv4 range between /%d and /%d", arg, cidr, largest, smallest)
	}
	return p, nil
}

// lastQuarter is the last quarter of an IPv4 range.
func lastQuarter(p netip.Prefix) netip.Prefix {
	bytes := p.Addr().As4()
	n := uint32(bytes[0])<<24 | uint32(bytes[1])<<16 | uint32(bytes[2])<<8 | uint32(bytes[3])
	n += 3 << (32 - p.Bits() - 2)
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}), p.Bits()+2)
}

// inRegion says whether a name looks like that of a zone in a region: the
// region's, and a letter.
func inRegion(zone, region string) bool {
	letter, ok := strings.CutPrefix(zone, region+"-")
	return ok && len(letter) == 1
}
