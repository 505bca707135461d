package kubernetes

import (
	"maps"
	"strings"
	"testing"
)

// KEDA wants a workload for itself, unless its other autoscaler does not mind or is
// taken over by name.
func TestScalers(t *testing.T) {
	target := m{"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
	scaled := func(annotations m, more m) m {
		spec := m{"scaleTargetRef": target, "maxReplicaCount": 4, "triggers": []any{m{"type": "cpu"}}}
		maps.Copy(spec, more)
		return m{"metadata": m{"annotations": annotations}, "spec": spec}
	}
	transfer := m{"scaledobject.keda.sh/transfer-hpa-ownership": "true"}
	named := m{"advanced": m{"horizontalPodAutoscalerConfig": m{"name": "web"}}}
	hpa := func(annotations m) m {
		return m{"metadata": m{"annotations": annotations}, "spec": m{"scaleTargetRef": target, "maxReplicas": 4}}
	}
	for what, c := range map[string]struct {
		hpa, scaled m
		second      string
		want        string
	}{
		"alone":               {nil, scaled(nil, nil), "", ""},
		"another's":           {hpa(nil), scaled(nil, nil), "", "the workload 'web' of type 'apps/v1.Deployment' is already managed by the hpa 'web'"},
		"one that lets it":    {hpa(m{"validations.keda.sh/hpa-ownership": "false"}), scaled(nil, nil), "", ""},
		"taken over unnamed":  {hpa(nil), scaled(transfer, nil), "", "must be specified by name in advanced settings"},
		"taken over by name":  {hpa(nil), scaled(transfer, named), "", ""},
		"a second of its own": {nil, scaled(nil, nil), "web2", "is already managed by the ScaledObject 'web'"},
	} {
		g := newGround(t)
		g.install("keda")
		g.make("apps/v1", "Deployment", "shop", "web", deployment(nil, nil))
		if c.hpa != nil {
			g.make("autoscaling/v2", "HorizontalPodAutoscaler", "shop", "web", c.hpa)
		}
		err := g.try("keda.sh/v1alpha1", "ScaledObject", "shop", "web", c.scaled)
		if c.second != "" && err == nil {
			err = g.try("keda.sh/v1alpha1", "ScaledObject", "shop", c.second, c.scaled)
		}
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", what, err, c.want)
		}
	}
}
