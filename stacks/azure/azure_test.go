package azure

import (
	"slices"
	"testing"

	components "github.com/te-explico/infrastructure/components/azure"
	"github.com/te-explico/infrastructure/stacks/platform"
	"github.com/te-explico/infrastructure/stacks/settings"
)

func TestPool(t *testing.T) {
	g := settings.NodeGroup{
		Instances: []string{"Standard_D4pds_v5"}, Min: 1, Max: 3, DiskGiB: 128, Spot: true,
		Taints: map[string]settings.Taint{
			"workload": {Value: "batch", Effect: settings.NoSchedule}, "a": {Effect: settings.NoExecute},
		},
	}
	p := pool(g)
	if want := []string{"a=:NoExecute", "workload=batch:NoSchedule"}; !slices.Equal(p.Taints, want) {
		t.Errorf("taints: got %v, want %v", p.Taints, want)
	}
	if !p.Ephemeral || !p.Spot || p.Size != "Standard_D4pds_v5" {
		t.Errorf("got %+v, want spot machines whose system is on their own disk", p)
	}
	if g.DiskGiB = 512; pool(g).Ephemeral {
		t.Error("a disk that is larger than the machine's own is on it")
	}
	if g.DiskGiB, g.Instances = 30, []string{"Standard_D4ps_v5"}; pool(g).Ephemeral {
		t.Error("a machine without a disk has its system on it")
	}
}

// What a bucket must survive decides how many copies there are, and that where it
// can be moved.
func TestRedundancy(t *testing.T) {
	for want, s := range map[string]settings.Settings{
		"LRS": {Disposable: true}, "ZRS": {}, "GZRS": {Azure: settings.Azure{GeoRedundant: true}},
	} {
		b := &builder{Settings: &s}
		if got := b.redundancy(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if archives := b.archived(90) == 90; archives != (want == "LRS") {
			t.Errorf("%s: goes to the archive: %v", want, archives)
		}
	}
}

// A database begins with nothing, with another one, or with the copy of another
// region's.
func TestRestore(t *testing.T) {
	b := &builder{Settings: &settings.Settings{}}
	if r := b.restore(); r != nil {
		t.Errorf("got %v without a word", r)
	}
	b.Database.Restore = settings.Restore{From: "/subscriptions/x", Time: "2026-11-02T08:30:00Z"}
	for _, geo := range []bool{false, true} {
		b.Azure.GeoRestore = geo
		if got, want := *b.restore(), (components.PostgresRestore{From: "/subscriptions/x", Time: "2026-11-02T08:30:00Z", Geo: geo}); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
}

func TestZones(t *testing.T) {
	b := &builder{Settings: &settings.Settings{
		Region: "westeurope", Network: settings.Network{Zones: map[string]int{"westeurope-3": 0, "westeurope-1": 1}},
	}}
	if got := b.zones(); !slices.Equal(got, []string{"1", "3"}) {
		t.Errorf("got %v", got)
	}
}

func TestGatewayBackend(t *testing.T) {
	b := &builder{Settings: settings.Defaults(settings.AzureCloud)}
	for tls, want := range map[bool]string{true: "https", false: "http"} {
		if got := b.gatewayBackend(platform.Backend{TLS: tls})[gatewayPrefix+"backend-protocol"]; got != want {
			t.Errorf("TLS %v: got %s, want %s", tls, got, want)
		}
	}
	if got := b.gatewayBackend(platform.Backend{})[gatewayPrefix+"request-timeout"]; got != "65" { // ai-inference's minute, and some
		t.Errorf("the gateway waits %s seconds, want 65", got)
	}
}

func TestRights(t *testing.T) {
	r := rights{}
	r.add(platform.RecordsAccount, "records", components.Grant{Role: components.DNSZoneContributor})
	r.add(platform.RecordsAccount, "more", components.Grant{Role: components.Reader})
	if n := len(r[platform.RecordsAccount]); n != 2 {
		t.Errorf("got %d rights of one account, want 2", n)
	}
	if got := accountOf("explico/backend"); got != (platform.Account{Namespace: "explico", Name: "backend"}) {
		t.Errorf("got %v", got)
	}
}
