package settings

import "maps"

// honouredBy are the settings that one kind of compute alone can honour, each
// with the reason. A path stands for everything below it.
var honouredBy = map[Compute]map[string]string{
	Kubernetes: {
		"cluster":          "there is no Kubernetes cluster",
		"namespaces":       "there is no Kubernetes cluster",
		"admission":        "there is no Kubernetes cluster",
		"mesh":             "it is a mesh of pods",
		"ingress":          "the load balancer of ECS is the way in: ecs.host",
		"operators":        "they run in a Kubernetes cluster",
		"network.podCidr":  "tasks take addresses of the private subnets",
		"cache":            "its users are service accounts of Kubernetes",
		"secrets.readers":  "readers are service accounts of Kubernetes",
		"logging":          "logs of tasks are in CloudWatch",
		"tracing":          "the collectors run on Kubernetes",
		"metrics":          "Prometheus runs on Kubernetes; alarms of the cloud watch tasks",
		"oncall":           "Prometheus runs on Kubernetes; alerts says who hears of the cloud's alarms",
		"registry.mirrors": "tasks fetch their images straight from the registry",
		"services":         "services on ECS stand in ecs.services",
		"jobs":             "there is no Kubernetes cluster",
	},
	ECS: {"ecs": "the services run on Kubernetes"},
}

// compute refuses settings that the chosen kind of compute cannot honour, where
// they are given at all: even a default that somebody writes down would be
// ignored. Of a section each key is reported, at its own position.
func (d *decoder) compute(s *Settings) {
	for _, other := range []Compute{Kubernetes, ECS} {
		code := KubernetesOnly
		if other == ECS {
			code = EcsOnly
		}
		if s.Compute == other || d.broken["compute"] {
			continue
		}
		for _, path := range ordered(honouredBy[other]) {
			for _, given := range d.given(path) {
				d.report(Diagnostic{
					Code: code, Path: given, Got: "a setting that compute: " + string(s.Compute) + " cannot honour",
					Want: "it left out (" + honouredBy[other][path] + "), or compute: " + string(other), Also: []Place{{Path: "compute"}},
				})
			}
		}
	}
}

// given are the settings that were given at a path: itself, or the keys of the
// section there.
func (d *decoder) given(path string) []string {
	below := map[string]bool{}
	for p := range maps.Keys(d.places) {
		if parent(p) == path {
			below[p] = true
		}
	}
	if _, ok := d.places[path]; ok && len(below) == 0 && !structured(path) {
		below[path] = true
	}
	return ordered(below)
}
