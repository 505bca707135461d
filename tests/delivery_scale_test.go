package tests

import (
	"strings"
	"testing"
)

// scales are numbers of pods, one after another, and what sets them.
var scales = []struct {
	scale     string
	min, most int
}{
	{`{"Min": 2, "Max": 2}`, 2, 2},
	{`{"Min": 5, "Max": 5}`, 5, 5},
	{`{"Min": 3, "Max": 12, "CPUPercent": 70}`, 3, 12},
	{`{"Min": 3, "Max": 12, "PerSecond": 20, "Query": "vector(1)"}`, 3, 12},
	{`{"Min": 3, "Max": 12, "CPUPercent": 70, "MemoryPercent": 80}`, 3, 12},
	{`{"Min": 1, "Max": 4, "PerSecond": 20, "Query": "vector(1)", "ToZero": true, "IdleSeconds": 300}`, 1, 4},
	{`{"Min": 1, "Max": 4, "CPUPercent": 70}`, 1, 4},
	{`{"Min": 6, "Max": 6}`, 6, 6},
}

// TestSwitchesOfScale changes how many pods there are and what sets their number,
// again and again: one autoscaler has it throughout, and the workload, whose number
// is the autoscaler's, is left alone.
func TestSwitchesOfScale(t *testing.T) {
	t.Parallel()
	for _, strategy := range []string{"rolling", "canary"} {
		w := newDelivery(t)
		for i, s := range scales {
			w.write("Pulumi.switch.yaml", "config:\n  pulumi:disable-default-providers: [\"*\"]\n  delivery:strategy: "+strategy+"\n  delivery:scale: '"+s.scale+"'\n")
			steps := w.up("switch")
			if len(steps) == 0 {
				t.Errorf("%s, to %s: nothing changes", strategy, s.scale)
			}
			for _, step := range steps {
				if i > 0 && step.Op != "update" || i > 0 && !strings.HasSuffix(step.typ(), "ScaledObject") && !strings.HasSuffix(step.typ(), "PodDisruptionBudget") {
					t.Errorf("%s, to %s: %s", strategy, s.scale, step)
				}
			}
			found := 0
			for _, r := range w.records("") {
				if !r.In.Has("spec.scaleTargetRef") {
					continue
				}
				found++
				if r.In.Int("spec.minReplicaCount") != s.min || r.In.Int("spec.maxReplicaCount") != s.most {
					t.Errorf("%s, to %s: %v", strategy, s.scale, r.In.Get("spec"))
				}
			}
			if found != 1 {
				t.Errorf("%s, to %s: %d autoscalers", strategy, s.scale, found)
			}
			if left := w.preview("switch"); len(left) != 0 {
				t.Errorf("%s, %s a second time would change %v", strategy, s.scale, left)
			}
		}
	}
}
