package tests

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// TestServiceChangesAfterItsJobs brings up a service that waits for a job, and then
// another release of both: the job runs first each time, and where it fails the
// service stays what it was.
func TestServiceChangesAfterItsJobs(t *testing.T) {
	t.Parallel()
	const image = "ghcr.io/stefanprodan/podinfo:"
	for _, strategy := range []string{"rolling", "canary"} {
		w := newDelivery(t)
		release := func(version string) {
			w.write("Pulumi.switch.yaml", "config:\n  pulumi:disable-default-providers: [\"*\"]\n  delivery:strategy: "+strategy+"\n  delivery:migration: "+image+version+"\n")
		}
		running := func() string {
			for _, r := range w.records("") {
				if kind := r.In.String("kind"); kind == "Deployment" || kind == "Rollout" {
					return strings.Join(r.In.Strings("spec.template.spec.containers[].image"), " ")
				}
			}
			return ""
		}
		for _, version := range []string{"6.9.1", "6.9.2"} {
			before := map[string]*simcloud.Record{}
			for _, r := range w.records("") {
				before[r.Key()] = r
			}
			release(version)
			w.up("switch")
			var order []string
			for _, c := range changes(t, w.world, before) {
				if c.Put == nil {
					continue
				}
				if kind := c.Put.In.String("kind"); slices.Contains([]string{"Job", "Deployment", "Rollout"}, kind) {
					order = append(order, kind)
				}
			}
			if len(order) != 2 || order[0] != "Job" {
				t.Errorf("%s, %s: got %v, want the job and then the service", strategy, version, order)
			}
			// The order may be chance, where the simulated job takes no time: the engine keeps
			// what it has waited for.
			if waits := w.waits("service-backend-" + strategy); !slices.ContainsFunc(waits, func(urn string) bool { return strings.HasSuffix(urn, "::job-migrate") }) {
				t.Errorf("%s, %s: the service has waited for %v, and not for the job", strategy, version, waits)
			}
		}
		release("6.9.3")
		faults, err := simcloud.ParseFaults("fail@1")
		if err != nil {
			t.Fatal(err)
		}
		w.opts.Faults = faults
		w.fails("up", "--yes", "--skip-preview", "-s", "switch")
		w.opts.Faults = nil
		if got := running(); got != image+"6.9.2" {
			t.Errorf("%s: after a job that failed, %s runs", strategy, got)
		}
		w.up("switch")
		if got := running(); got != image+"6.9.3" {
			t.Errorf("%s: after a job that was tried again, %s runs", strategy, got)
		}
	}
}

// waits are the resources that the one of a name has waited for, as the engine's state
// has them.
func (w delivery) waits(name string) []string {
	w.t.Helper()
	text, err := os.ReadFile(filepath.Join(w.home, "state", ".pulumi", "stacks", "delivery", "switch.json"))
	if err != nil {
		w.t.Fatal(err)
	}
	var state struct {
		Checkpoint struct {
			Latest struct {
				Resources []struct {
					URN          string
					Dependencies []string
				}
			}
		}
	}
	if err := json.Unmarshal(text, &state); err != nil {
		w.t.Fatal(err)
	}
	for _, r := range state.Checkpoint.Latest.Resources {
		if strings.HasSuffix(r.URN, "::"+name) {
			return r.Dependencies
		}
	}
	return nil
}
