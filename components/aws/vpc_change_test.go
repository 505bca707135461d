package aws

import (
	"maps"
	"reflect"
	"slices"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

// TestVpcChanges makes a network before and after a change of its arguments and
// compares the two: what was there stays, and nothing is replaced. It is the
// promise of the ledger of zones and of the gateways by zone.
func TestVpcChanges(t *testing.T) {
	// What has to grow with the zones, or follow the gateways.
	zones := map[string][]string{netEndpoint: {"routeTableIds", "subnetIds"}}
	routes := map[string][]string{netRoute: {"natGatewayId"}}
	both := map[string][]string{netEndpoint: zones[netEndpoint], netRoute: routes[netRoute]}
	dual := map[string][]string{
		netVpc: {"assignGeneratedIpv6CidrBlock"}, netSubnet: {"ipv6CidrBlock", "assignIpv6AddressOnCreation"},
		netACL: {"ingress", "egress"},
	}
	for _, c := range []struct {
		name          string
		before, after []func(*VpcArgs)
		changes       map[string][]string
	}{
		{"a third zone, no NAT", []func(*VpcArgs){withoutNAT}, []func(*VpcArgs){withoutNAT, withZoneC}, zones},
		{"a third zone, single NAT", nil, []func(*VpcArgs){withZoneC}, zones},
		{"a third zone, NAT per zone", []func(*VpcArgs){perZone, withPods, withIPv6}, []func(*VpcArgs){perZone, withPods, withIPv6, withZoneC}, zones},
		{"single to per zone", nil, []func(*VpcArgs){perZone}, routes},
		{"single elsewhere to per zone", []func(*VpcArgs){natInZoneB}, []func(*VpcArgs){perZone}, routes},
		{"single to per zone and a third zone", nil, []func(*VpcArgs){perZone, withZoneC}, both},
		{"none to single", []func(*VpcArgs){withoutNAT}, nil, nil},
		{"pods get a range", nil, []func(*VpcArgs){withPods}, map[string][]string{netACL: {"ingress", "egress"}}},
		{"IPv6", nil, []func(*VpcArgs){withIPv6}, dual},
		{"interface endpoints", []func(*VpcArgs){noEndpoints}, nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			before, after := runVpc(t, testVpc(c.before...), nil), runVpc(t, testVpc(c.after...), nil)
			for _, old := range before.Resources {
				now := netFind(after, old.Type, old.Name)
				if now == nil {
					t.Errorf("%s %s is gone", old.Type, old.Name)
					continue
				}
				if old.Custom {
					netCompare(t, after.Cloud, old, *now, c.changes[old.Type])
				}
			}
		})
	}
}

func netFind(g *simtest.Graph, token, name string) *simtest.Resource {
	i := slices.IndexFunc(g.Resources, func(r simtest.Resource) bool { return r.Type == token && r.Name == name })
	if i < 0 {
		return nil
	}
	return &g.Resources[i]
}

// netCompare fails the test where inputs differ that may not, where a list lost
// what it had, or where the cloud could not change the resource in place.
func netCompare(t *testing.T, cloud *simcloud.Cloud, old, now simtest.Resource, may []string) {
	t.Helper()
	var changed []string
	for _, key := range slices.Sorted(maps.Keys(now.Inputs)) {
		if !reflect.DeepEqual(old.Inputs[key], now.Inputs[key]) {
			changed = append(changed, key)
		}
	}
	for key := range old.Inputs {
		if _, has := now.Inputs[key]; !has {
			t.Errorf("%s %s: %s is gone", old.Type, old.Name, key)
		}
	}
	for _, key := range changed {
		if !slices.Contains(may, key) {
			t.Errorf("%s %s: %s changed from %v to %v", old.Type, old.Name, key, old.Inputs[key], now.Inputs[key])
		}
		had, _ := old.Inputs[key].([]any)
		has, _ := now.Inputs[key].([]any)
		for _, x := range had {
			if !slices.ContainsFunc(has, func(y any) bool { return reflect.DeepEqual(x, y) }) {
				t.Errorf("%s %s: %s lost %v", old.Type, old.Name, key, x)
			}
		}
	}
	if len(changed) == 0 || old.Type == "pulumi:providers:aws" {
		return
	}
	known, err := cloud.Type(old.Type)
	if err != nil {
		t.Fatal(err)
	}
	if fixed := known.Replaces(old.Inputs, now.Inputs, changed); len(fixed) > 0 {
		t.Errorf("%s %s is replaced: %v", old.Type, old.Name, fixed)
	}
}
