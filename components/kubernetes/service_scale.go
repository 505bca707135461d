package kubernetes

import (
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// target is the workload, as autoscalers refer to it.
func (s *service) target() Map {
	version := "apps/v1"
	if s.Strategy != Rolling {
		version = "argoproj.io/v1alpha1"
	}
	return Map{"apiVersion": version, "kind": s.kind(), "name": s.workload()}
}

// behaviour grows at once and shrinks slowly: load comes back.
func behaviour() Map {
	return Map{
		"scaleUp":   Map{"stabilizationWindowSeconds": 0, "policies": List{Map{"type": "Percent", "value": 100, "periodSeconds": 30}}},
		"scaleDown": Map{"stabilizationWindowSeconds": 300, "policies": List{Map{"type": "Percent", "value": 25, "periodSeconds": 60}}},
	}
}

// autoscale makes what sets the number of pods, a ScaledObject of KEDA, which makes
// a HorizontalPodAutoscaler of its own of it. A fixed number is one too, with its
// least and its most alike.
//
// It is one object of one kind whatever pods are counted by, so that a change of that
// is an update in place. With another kind for each, Pulumi would make the second
// before it deletes the first, and KEDA refuses that: "the workload ... is already
// managed by the hpa ...". What KEDA offers instead is no way in both directions.
// With scaledobject.keda.sh/transfer-hpa-ownership the first's deletion takes KEDA's
// autoscaler along, or the other way round the ScaledObject's takes the second. With
// validations.keda.sh/hpa-ownership: "false" two stand side by side until the update
// is through, Kubernetes follows neither, and one that comes after KEDA scaled to zero
// never wakes the service: a HorizontalPodAutoscaler does nothing at 0 pods. A number
// that Pulumi set itself would be changed back by an autoscaler that goes after it.
// Sources: KEDA v2.20.2, apis/keda/v1alpha1/scaledobject_webhook.go (verifyHpas) and
// controllers/keda/hpa.go; pkg/scaling/executor/scale_scaledobjects.go brings pods up
// to a new least, from 0 too; Kubernetes, "Horizontal Pod Autoscaling", implicit
// maintenance-mode deactivation; pkg/controller/podautoscaler/horizontal.go, the
// condition AmbiguousSelector.
func (s *service) autoscale(needs []pulumi.Resource) ([]pulumi.Resource, error) {
	made, err := s.apply(string(s.Strategy)+"-scale", Object{
		APIVersion: "keda.sh/v1alpha1", Kind: "ScaledObject", Name: s.workload(), Body: Map{"spec": s.scaledObject()},
	}, pulumi.DependsOn(needs))
	return []pulumi.Resource{made}, err
}

type use struct {
	name    string
	percent int
}

// byUse are the resources whose use sets the number of pods.
func (s *service) byUse() []use {
	var all []use
	for _, u := range []use{{"cpu", s.Scale.CPUPercent}, {"memory", s.Scale.MemoryPercent}} {
		if u.percent > 0 {
			all = append(all, u)
		}
	}
	return all
}

// anyUse is the trigger of a fixed number: KEDA wants one, and between a least and a
// most that are alike it moves nothing.
var anyUse = use{"cpu", 80}

func (s *service) scaledObject() Map {
	var triggers List
	if s.Scale.PerSecond > 0 {
		triggers = append(triggers, Map{"type": "prometheus", "metadata": Map{
			"serverAddress": s.Analysis.Prometheus, "query": s.Scale.Query,
			"threshold": strconv.Itoa(s.Scale.PerSecond), "activationThreshold": "0",
		}})
	}
	uses := s.byUse()
	if len(triggers)+len(uses) == 0 {
		uses = []use{anyUse}
	}
	for _, u := range uses {
		triggers = append(triggers, Map{"type": u.name, "metricType": "Utilization", "metadata": Map{"value": strconv.Itoa(u.percent)}})
	}
	spec := Map{
		"scaleTargetRef": s.target(), "minReplicaCount": s.Scale.Min, "maxReplicaCount": s.Scale.Max,
		"advanced": Map{"horizontalPodAutoscalerConfig": Map{"behavior": behaviour()}},
		"triggers": triggers,
	}
	if s.Scale.ToZero {
		spec["idleReplicaCount"], spec["cooldownPeriod"], spec["pollingInterval"] = 0, s.Scale.IdleSeconds, 15
	}
	return spec
}

// recommend has the VerticalPodAutoscaler say what pods should ask for. It changes
// nothing: the settings do.
func (s *service) recommend(needs []pulumi.Resource) error {
	_, err := s.apply(string(s.Strategy)+"-recommendation", Object{
		APIVersion: "autoscaling.k8s.io/v1", Kind: "VerticalPodAutoscaler", Name: s.workload(),
		Body: Map{"spec": Map{
			"targetRef": s.target(), "updatePolicy": Map{"updateMode": "Off"},
			"resourcePolicy": Map{"containerPolicies": List{Map{"containerName": "app", "controlledResources": List{"cpu", "memory"}}}},
		}},
	}, pulumi.DependsOn(needs))
	return err
}

// budget lets MaxUnavailable pods be evicted at once. It is the gate of a switch
// (see deliver): an eviction is allowed once every pod that there should be is
// well, so its creation ends then. A service that may have no pod at all does not
// wait.
func (s *service) budget(needs []pulumi.Resource) error {
	o := Object{
		APIVersion: "policy/v1", Kind: "PodDisruptionBudget", Name: s.workload(),
		Body: Map{"spec": Map{
			"maxUnavailable": s.MaxUnavailable, "unhealthyPodEvictionPolicy": "AlwaysAllow",
			"selector": Map{"matchLabels": s.selector()},
		}},
	}
	if !s.Scale.ToZero {
		o.Annotations = map[string]string{"pulumi.com/waitFor": "condition=DisruptionAllowed"}
	}
	_, err := s.apply(string(s.Strategy)+"-budget", o, pulumi.DependsOn(needs), s.patient())
	return err
}
