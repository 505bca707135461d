package gcp

import (
	"slices"
	"testing"
	"time"

	components "github.com/te-explico/infrastructure/components/gcp"
	"github.com/te-explico/infrastructure/stacks/platform"
	"github.com/te-explico/infrastructure/stacks/settings"
)

// Who is no clusterAdmin gets in by Kubernetes' own roles, by what the cluster
// calls them.
func TestBindings(t *testing.T) {
	b := &builder{Settings: settings.Defaults(settings.GCPCloud)}
	b.Cluster.Access = map[string]settings.Access{
		"deploy": {Role: "serviceAccount:deploy@p.iam.gserviceaccount.com", Level: settings.AccessClusterAdmin},
		"oncall": {Role: "group:oncall@example.com", Level: settings.AccessView},
		"ci":     {Role: "serviceAccount:ci@p.iam.gserviceaccount.com", Level: settings.AccessEdit, Namespaces: []string{"explico"}},
	}
	got := b.bindings()
	want := map[string]platform.Access{
		"oncall": {Kind: "Group", Name: "oncall@example.com", Role: "view"},
		"ci":     {Kind: "User", Name: "ci@p.iam.gserviceaccount.com", Role: "edit", Namespaces: []string{"explico"}},
	}
	if len(got) != len(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for name, w := range want {
		g := got[name]
		if g.Kind != w.Kind || g.Name != w.Name || g.Role != w.Role || !slices.Equal(g.Namespaces, w.Namespaces) {
			t.Errorf("%s: got %v, want %v", name, g, w)
		}
	}
}

func TestPoliciesKnowTheAddressOfTheAPI(t *testing.T) {
	for services, want := range map[string][]string{"172.20.0.0/16": {"172.20.0.1/32"}, "": nil} {
		b := &builder{Settings: settings.Defaults(settings.GCPCloud)}
		b.Cluster.ServiceCIDR = services
		if got := b.apiAddress(); !slices.Equal(got, want) {
			t.Errorf("services in %q: got %v, want %v", services, got, want)
		}
	}
}

// The load balancer waits a little longer than the slowest service that it reaches.
func TestBalancerWaits(t *testing.T) {
	b := &builder{Settings: settings.Defaults(settings.GCPCloud), edge: &components.Edge{}}
	slow := b.Services["backend"]
	slow.Timeout = settings.Duration(10 * time.Minute)
	b.Services["backend"] = slow
	if got := b.balancerObjects(platform.Backend{})[0].Spec["timeoutSec"]; got != 605 {
		t.Errorf("the load balancer waits %v seconds, want 605", got)
	}
}

// GKE leaves the cluster alone when the settings say so.
func TestMaintenance(t *testing.T) {
	b := &builder{Settings: settings.Defaults(settings.GCPCloud)}
	if m := b.maintenance(); len(m.Exclusions) != 0 || m.Recurrence == "" {
		t.Errorf("got %+v", m)
	}
	b.GCP.Exclusions = map[string]settings.Exclusion{"sale": {Start: "2026-12-20T00:00:00Z", End: "2027-01-05T00:00:00Z", Scope: settings.NoUpgrades}}
	if got, want := b.maintenance().Exclusions["sale"], (components.ExclusionArgs{Start: "2026-12-20T00:00:00Z", End: "2027-01-05T00:00:00Z", Scope: "NO_UPGRADES"}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// Labels have small letters and no spaces.
func TestLabel(t *testing.T) {
	for text, want := range map[string]string{"Platform Team": "platform-team", "CC-1003": "cc-1003", "a.b": "a-b"} {
		if got := label(text); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

// Every way to record flows has its share.
func TestSamples(t *testing.T) {
	for _, mode := range []settings.FlowLogs{settings.FlowLogsAll, settings.FlowLogsReject} {
		if samples[mode] <= 0 {
			t.Errorf("%s: nothing is recorded", mode)
		}
	}
}
