package aws

import (
	"fmt"
	"net/netip"
	"testing"
)

func TestSubnetCIDR(t *testing.T) {
	for _, c := range []struct {
		network string
		tier    subnetTier
		slot    int
		want    string
	}{
		{"10.0.0.0/16", privateTier, 0, "10.0.0.0/19"},
		{"10.0.0.0/16", privateTier, 5, "10.0.160.0/19"},
		{"10.0.0.0/16", publicTier, 0, "10.0.192.0/24"},
		{"10.0.0.0/16", publicTier, 5, "10.0.197.0/24"},
		{"10.0.0.0/16", dataTier, 0, "10.0.200.0/24"},
		{"10.0.0.0/16", dataTier, 5, "10.0.205.0/24"},
		{"100.64.0.0/16", podsTier, 2, "100.64.64.0/19"},
		{"10.7.16.0/20", privateTier, 1, "10.7.18.0/23"},
		{"10.7.16.0/20", publicTier, 1, "10.7.28.16/28"},
		{"10.7.16.0/20", dataTier, 1, "10.7.28.144/28"},
		{"172.16.128.0/18", privateTier, 3, "172.16.152.0/21"},
		{"172.16.128.0/18", publicTier, 3, "172.16.176.192/26"},
	} {
		got, err := subnetCIDR(netip.MustParsePrefix(c.network), c.tier, c.slot)
		if err != nil || got.String() != c.want {
			t.Errorf("%s of slot %d in %s: got %s (%v), want %s", c.tier, c.slot, c.network, got, err, c.want)
		}
	}
}

// TestSubnetCIDRDisjoint checks the whole plan of every size of network: each
// subnet inside, none on another, none in the reserved block, none too small.
func TestSubnetCIDRDisjoint(t *testing.T) {
	for bits := minNetworkBits; bits <= maxNetworkBits; bits++ {
		network := netip.MustParsePrefix(fmt.Sprintf("10.32.0.0/%d", bits))
		seen := map[string]netip.Prefix{"the reserved block": part(network, 3, 7)}
		for _, tier := range []subnetTier{publicTier, privateTier, dataTier} {
			for slot := range zoneSlots {
				name := fmt.Sprintf("%s %d of %s", tier, slot, network)
				p, err := subnetCIDR(network, tier, slot)
				if err != nil {
					t.Fatal(err)
				}
				if !network.Contains(p.Addr()) || p.Bits() <= network.Bits() || p.Bits() > 28 {
					t.Errorf("%s: %s is not a subnet of it, or too small", name, p)
				}
				for other, q := range seen {
					if p.Overlaps(q) {
						t.Errorf("%s: %s overlaps %s of %s", name, p, q, other)
					}
				}
				seen[name] = p
			}
		}
	}
}

func TestSubnetCIDRRefuses(t *testing.T) {
	network := netip.MustParsePrefix("10.0.0.0/16")
	for _, slot := range []int{-1, zoneSlots} {
		if p, err := subnetCIDR(network, privateTier, slot); err == nil {
			t.Errorf("slot %d: got %s, want an error", slot, p)
		}
	}
	if p, err := subnetCIDR(network, "cellar", 0); err == nil {
		t.Errorf("an unknown tier: got %s, want an error", p)
	}
}

func TestSubnetCIDR6(t *testing.T) {
	block := "2a05:d018:12:3400::/56"
	seen := map[string]bool{}
	for _, tier := range []subnetTier{publicTier, privateTier, dataTier, podsTier} {
		for slot := range zoneSlots {
			p, err := subnetCIDR6(block, tier, slot)
			if err != nil {
				t.Fatal(err)
			}
			if seen[p] {
				t.Errorf("%s is given twice", p)
			}
			seen[p] = true
		}
	}
	if got, _ := subnetCIDR6(block, dataTier, 4); got != "2a05:d018:12:3424::/64" {
		t.Errorf("data, slot 4: got %s", got)
	}
	if _, err := subnetCIDR6("nonsense", dataTier, 4); err == nil {
		t.Error("got no error for a range that is none")
	}
}
