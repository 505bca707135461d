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

// autoscale makes what sets the number of pods: a HorizontalPodAutoscaler by the
// processor and memory, or a ScaledObject of KEDA by the work there is (of which
// it makes a HorizontalPodAutoscaler of its own, with the metric behind it).
// Nothing where the number is fixed.
func (s *service) autoscale(needs []pulumi.Resource) ([]pulumi.Resource, error) {
	name := s.workload()
	o := Object{Name: name}
	switch {
	case s.Scale.PerSecond > 0:
		o.APIVersion, o.Kind, o.Body = "keda.sh/v1alpha1", "ScaledObject", Map{"spec": s.scaledObject()}
	case s.Scale.Min < s.Scale.Max:
		o.APIVersion, o.Kind = "autoscaling/v2", "HorizontalPodAutoscaler"
		o.Body = Map{"spec": Map{
			"scaleTargetRef": s.target(), "minReplicas": s.Scale.Min, "maxReplicas": s.Scale.Max,
			"metrics": s.metrics(), "behavior": behaviour(),
		}}
	default:
		return nil, nil
	}
	made, err := s.apply(string(s.Strategy)+"-scale", o, pulumi.DependsOn(needs))
	return []pulumi.Resource{made}, err
}

func (s *service) metrics() List {
	var all List
	for _, m := range s.byUse() {
		all = append(all, Map{"type": "Resource", "resource": Map{
			"name": m.name, "target": Map{"type": "Utilization", "averageUtilization": m.percent},
		}})
	}
	return all
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

func (s *service) scaledObject() Map {
	triggers := List{Map{"type": "prometheus", "metadata": Map{
		"serverAddress": s.Analysis.Prometheus, "query": s.Scale.Query,
		"threshold": strconv.Itoa(s.Scale.PerSecond), "activationThreshold": "0",
	}}}
	for _, u := range s.byUse() {
		triggers = append(triggers, Map{"type": u.name, "metricType": "Utilization", "metadata": Map{"value": strconv.Itoa(u.percent)}})
	}
	spec := Map{
		"scaleTargetRef": s.target(), "pollingInterval": 15,
		"minReplicaCount": s.Scale.Min, "maxReplicaCount": s.Scale.Max,
		"advanced": Map{"horizontalPodAutoscalerConfig": Map{"behavior": behaviour()}},
		"triggers": triggers,
	}
	if s.Scale.ToZero {
		spec["idleReplicaCount"], spec["cooldownPeriod"] = 0, s.Scale.IdleSeconds
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
