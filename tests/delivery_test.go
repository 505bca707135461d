package tests

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
	"github.com/te-explico/infrastructure/internal/simulate"
)

// change is one line of the simulated cloud's journal: an object that is written,
// or one that goes.
type change struct {
	Put  *simcloud.Record
	Drop string
}

// changes are what happened to Kubernetes objects since the cloud was opened: the
// journal begins with what there was.
func changes(t *testing.T, w *world, before map[string]*simcloud.Record) []change {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(w.home, "cloud.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var all []change
	for line := range strings.Lines(string(text)) {
		var c change
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			t.Fatal(err)
		}
		if c.Put != nil && before[c.Put.Key()] != nil && same(before[c.Put.Key()], c.Put) || c.Put == nil && c.Drop == "" {
			continue
		}
		all = append(all, c)
	}
	return all
}

func same(a, b *simcloud.Record) bool { return fmt.Sprint(a.In) == fmt.Sprint(b.In) }

// live is a cluster as a route sees it: objects by key, and when they came.
type live struct {
	objects map[string]*simcloud.Record
	since   map[string]int
}

func (l *live) apply(n int, c change) {
	if c.Drop != "" {
		delete(l.objects, c.Drop)
		delete(l.since, c.Drop)
		return
	}
	if _, old := l.since[c.Put.Key()]; !old {
		l.since[c.Put.Key()] = n
	}
	l.objects[c.Put.Key()] = c.Put
}

// find is the object of a kind and name, or nil.
func (l *live) find(kind, name string) *simcloud.Record {
	for _, r := range l.objects {
		if r.In.String("kind") == kind && r.In.String("metadata.name") == name {
			return r
		}
	}
	return nil
}

// route is the one in force for a parent: the oldest.
func (l *live) route(parent string) *simcloud.Record {
	var found *simcloud.Record
	for key, r := range l.objects {
		if r.In.String("kind") != "HTTPRoute" || first(r, "spec.parentRefs", "kind") != parent {
			continue
		}
		if found == nil || l.since[key] < l.since[found.Key()] {
			found = r
		}
	}
	return found
}

// first is a text in the first of an object's list.
func first(r *simcloud.Record, list, key string) string {
	all, _ := r.In.Get(list).([]any)
	if len(all) == 0 {
		return ""
	}
	one, _ := all[0].(map[string]any)
	text, _ := one[key].(string)
	return text
}

// backendOf is where all or most of a route's requests go.
func backendOf(route *simcloud.Record) string {
	rules, _ := route.In.Get("spec.rules").([]any)
	return first(&simcloud.Record{In: rules[0].(map[string]any)}, "backendRefs", "name")
}

// served says what stands between a request to a parent and a pod that is well,
// nothing if it is answered. Pods are well once the gate of their strategy has let
// the update pass, which the real cluster makes it wait for.
func (l *live) served(parent string, well map[string]bool) string {
	r := l.route(parent)
	if r == nil {
		return "there is no route"
	}
	backend := backendOf(r)
	service := l.find("Service", backend)
	if service == nil {
		return r.In.String("metadata.name") + " leads to " + backend + ", which is not there"
	}
	selector, _ := service.In.Get("spec.selector").(map[string]any)
	strategy := fmt.Sprint(selector["explico.io/strategy"])
	kind := "Rollout"
	if strategy == "rolling" {
		kind = "Deployment"
	}
	switch {
	case l.find(kind, "backend-"+strategy) == nil:
		return r.In.String("metadata.name") + " leads to pods of " + strategy + ", which are not there"
	case !well[strategy]:
		return r.In.String("metadata.name") + " leads to pods of " + strategy + ", which are not well yet"
	}
	return ""
}

// TestSwitchesOfStrategyServeThroughout changes a service's strategy again and
// again, and plays what the engine did one operation at a time: after each, every
// request has a way to pods that are well.
func TestSwitchesOfStrategyServeThroughout(t *testing.T) {
	t.Parallel()
	w := newDelivery(t)
	w.deliver("rolling")
	well := map[string]bool{"rolling": true}
	for _, next := range []string{"canary", "bluegreen", "rolling", "bluegreen", "canary", "rolling"} {
		before, now := map[string]*simcloud.Record{}, &live{map[string]*simcloud.Record{}, map[string]int{}}
		for _, r := range w.records("") {
			before[r.Key()] = r
			now.apply(0, change{Put: r})
		}
		w.deliver(next)
		var kept []string
		for n, c := range changes(t, w.world, before) {
			if gate := c.Put; gate != nil && gate.In.String("kind") == "PodDisruptionBudget" {
				annotations, _ := gate.In.Get("metadata.annotations").(map[string]any)
				if annotations["pulumi.com/waitFor"] != "condition=DisruptionAllowed" {
					t.Fatalf("%s: the gate does not wait: %v", next, annotations)
				}
				well[next] = true
			}
			now.apply(n+1, c)
			for _, parent := range []string{"Gateway", "Service"} {
				if why := now.served(parent, well); why != "" {
					t.Fatalf("to %s, after operation %d (%s): requests through a %s fail: %s", next, n, describe(c), parent, why)
				}
			}
			if c.Drop != "" && !strings.Contains(before[c.Drop].In.String("metadata.name"), "backend-") {
				t.Errorf("to %s: %s goes, which belongs to no strategy", next, c.Drop)
			}
			if c.Drop != "" {
				kept = append(kept, c.Drop)
			}
		}
		if len(kept) == 0 {
			t.Errorf("to %s: the objects of the last strategy stay", next)
		}
		well = map[string]bool{next: true}
		if steps := w.preview("switch"); len(steps) != 0 {
			t.Errorf("%s, a second time, would change %v", next, steps)
		}
	}
	w.must("destroy", "--yes", "--skip-preview", "-s", "switch")
	if left := w.records(""); len(left) != 0 {
		t.Errorf("%d objects are left, first %s", len(left), left[0].Key())
	}
}

func describe(c change) string {
	if c.Drop != "" {
		return "deleting " + c.Drop
	}
	return "writing " + c.Put.Key()
}

// The play finds a switch that loses requests: taken back to front, it does.
func TestThePlayFindsLostRequests(t *testing.T) {
	t.Parallel()
	w := newDelivery(t)
	w.deliver("rolling")
	now := &live{map[string]*simcloud.Record{}, map[string]int{}}
	for _, r := range w.records("") {
		now.apply(0, change{Put: r})
	}
	well := map[string]bool{"rolling": true}
	if why := now.served("Gateway", well); why != "" {
		t.Fatal(why)
	}
	for _, kind := range []string{"Deployment", "Service", "HTTPRoute"} {
		keys := slices.Collect(func(yield func(string) bool) {
			for key, r := range now.objects {
				if r.In.String("kind") == kind && !yield(key) {
					return
				}
			}
		})
		for _, key := range keys {
			now.apply(1, change{Drop: key})
		}
		if now.served("Gateway", well) == "" {
			t.Errorf("nobody misses the %s", kind)
		}
	}
}

// delivery is a world with a program of one service.
type delivery struct{ *world }

func newDelivery(t *testing.T) delivery {
	t.Helper()
	w := newWorld(t)
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	w.opts.Program, err = simulate.Build(t.Context(), root, "./tests/testdata/delivery", "", filepath.Join(t.TempDir(), "delivery"), os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	w.write("Pulumi.yaml", "name: delivery\nruntime: go\n")
	return delivery{w}
}

// deliver brings the service up by a strategy.
func (w delivery) deliver(strategy string) {
	w.t.Helper()
	w.write("Pulumi.switch.yaml", "config:\n  pulumi:disable-default-providers: [\"*\"]\n  delivery:strategy: "+strategy+"\n")
	w.up("switch")
}
