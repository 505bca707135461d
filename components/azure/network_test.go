package azure

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud"
	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

func networkProgram(more func(*NetworkArgs)) func(*pulumi.Context, pulumi.ResourceOption) error {
	return func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		s, err := inGroup(ctx, testScope(), opt)
		if err != nil {
			return err
		}
		args := &NetworkArgs{
			Scope: s, CIDR: "10.40.0.0/16", PodCIDR: "10.244.0.0/16", NAT: NATSingle, Gateway: true,
		}
		if more != nil {
			more(args)
		}
		_, err = NewNetwork(ctx, "network", args, opt)
		return err
	}
}

func TestNetwork(t *testing.T) {
	g := run(t, networkProgram(func(a *NetworkArgs) { a.DDoS, a.ClusterZone, a.NATZone = true, true, "2" }))
	g.CheckHouse(t)
	for purpose, want := range map[string]string{
		"nodes": "10.40.0.0/17", "gateway": "10.40.128.0/24", "data": "10.40.144.0/20", "endpoints": "10.40.160.0/20",
	} {
		subnet := g.One(t, "azure-native:network:Subnet", "network-"+purpose)
		if got := subnet.Inputs.String("addressPrefix"); got != want || subnet.Inputs.String("networkSecurityGroup.id") == "" {
			t.Errorf("%s: got %s with group %q, want %s", purpose, got, subnet.Inputs.String("networkSecurityGroup.id"), want)
		}
		if has := subnet.Inputs.Has("natGateway"); has != (purpose == "nodes") {
			t.Errorf("%s: goes out by the NAT gateway: %v", purpose, has)
		}
	}
	if got := g.One(t, "azure-native:network:NatGateway", "network").Inputs.Strings("zones[]"); !slices.Equal(got, []string{"2"}) {
		t.Errorf("NAT gateway: got zones %v", got)
	}
	if n := len(g.All("azure-native:network:VirtualNetworkLink")); n != 6 {
		t.Errorf("got %d zones, want 6", n)
	}
	if !g.One(t, "azure-native:network:VirtualNetwork", "").Inputs.Bool("enableDdosProtection") {
		t.Error("no DDoS protection")
	}
}

// Without a NAT gateway nodes go out by addresses that are in all zones.
func TestNetworkPerZone(t *testing.T) {
	g := run(t, networkProgram(func(a *NetworkArgs) { a.NAT, a.Addresses = NATPerZone, 2 }))
	if n := len(g.All("azure-native:network:NatGateway")); n != 0 {
		t.Errorf("got %d NAT gateways", n)
	}
	for _, address := range g.All("azure-native:network:PublicIPAddress") {
		if got := address.Inputs.Strings("zones[]"); !slices.Equal(got, []string{"1", "2", "3"}) {
			t.Errorf("%s: got zones %v", address.Name, got)
		}
	}
}

// Nothing comes in but what a rule lets in, and from the internet that is HTTPS
// to the gateway.
func TestNetworkRules(t *testing.T) {
	g := run(t, networkProgram(nil))
	groups := g.All("azure-native:network:NetworkSecurityGroup")
	if len(groups) != 4 {
		t.Fatalf("got %d security groups, want 4", len(groups))
	}
	for _, group := range groups {
		var last simcloud.Values
		for _, rule := range group.Inputs.Objects("securityRules[]") {
			if rule.String("direction") != "Inbound" {
				continue
			}
			if last == nil || rule.Int("priority") > last.Int("priority") {
				last = rule
			}
			open := rule.String("access") == "Allow" && slices.Contains([]string{"Internet", "*", "0.0.0.0/0"}, rule.String("sourceAddressPrefix"))
			if open && (group.Name != "network-gateway" || rule.String("destinationPortRange") != "443" || rule.String("protocol") != "Tcp") {
				t.Errorf("%s: %v lets the internet in", group.Name, rule)
			}
		}
		if last.String("access") != "Deny" || last.String("sourceAddressPrefix") != "*" {
			t.Errorf("%s: the last rule is %v, want one that denies the rest", group.Name, last)
		}
	}
}

func TestNetworkPreview(t *testing.T) {
	if g := run(t, networkProgram(nil), simtest.Preview()); len(g.Cloud.Records()) != 0 {
		t.Error("a preview created something")
	}
}

func TestNetworkRefuses(t *testing.T) {
	for want, change := range map[string]func(*NetworkArgs){
		"CIDR: got":     func(a *NetworkArgs) { a.CIDR = "10.40.0.0/21" },
		"first address": func(a *NetworkArgs) { a.CIDR = "10.40.1.0/16" },
		"overlaps":      func(a *NetworkArgs) { a.PodCIDR = "10.40.64.0/18" },
		"PodCIDR: got":  func(a *NetworkArgs) { a.PodCIDR = "" },
		"a way out":     func(a *NetworkArgs) { a.NAT = "none" },
		"NATZone":       func(a *NetworkArgs) { a.NATZone = "westeurope-3" },
		"Addresses":     func(a *NetworkArgs) { a.Addresses = 17 },
	} {
		_, err := simtest.Try("explico", "test", withProvider(networkProgram(change)))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func TestSubnetRanges(t *testing.T) {
	for _, size := range []string{"10.0.0.0/16", "10.0.16.0/20"} {
		block := netip.MustParsePrefix(size)
		ranges := subnetRanges(block)
		for one, p := range ranges {
			if !block.Overlaps(p) || p.Bits() > 24 {
				t.Errorf("%s: %s is %s", size, one, p)
			}
			for other, q := range ranges {
				if one != other && p.Overlaps(q) {
					t.Errorf("%s: %s and %s overlap", size, one, other)
				}
			}
		}
	}
}
