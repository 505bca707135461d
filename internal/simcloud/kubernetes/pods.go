package kubernetes

import (
	"fmt"
	"slices"
	"strings"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// templates say where a kind holds its pod template.
var templates = map[string]string{
	"Deployment": "spec.template", "StatefulSet": "spec.template", "DaemonSet": "spec.template", "ReplicaSet": "spec.template",
	"Job": "spec.template", "Rollout": "spec.template", "CronJob": "spec.jobTemplate.spec.template", "ScaledJob": "spec.jobTargetRef.template",
}

// template returns the pod template of an object and where it is; nil if it has
// none. A Pod is its own.
func template(in simcloud.Values) (pod simcloud.Values, path string) {
	if in.String("kind") == "Pod" {
		return in, ""
	}
	path, has := templates[in.String("kind")]
	m, ok := in.Get(path).(map[string]any)
	if !has || !ok {
		return nil, ""
	}
	return m, path + "."
}

// containerAt is a container of a pod and where it is.
type containerAt struct {
	simcloud.Values
	path string
	init bool
}

// containers are a pod's containers, those that run before it first.
func containers(pod simcloud.Values, path string) []containerAt {
	var all []containerAt
	for _, list := range []string{"initContainers", "containers"} {
		for i, c := range pod.Objects("spec." + list + "[]") {
			all = append(all, containerAt{c, fmt.Sprintf("%sspec.%s[%d]", path, list, i), list == "initContainers" && c.String("restartPolicy") != "Always"})
		}
	}
	return all
}

// validPod looks at the pod template of an object.
func validPod(in simcloud.Values) []error {
	pod, path := template(in)
	if pod == nil {
		if p, has := templates[in.String("kind")]; has && !in.Has("spec.workloadRef") {
			return []error{invalid(in, p, "Required value")}
		}
		return nil
	}
	errs := append(validLabels(in, path+"metadata.labels"), validSelector(in, pod, path)...)
	all := containers(pod, path)
	if len(pod.Objects("spec.containers[]")) == 0 {
		errs = append(errs, invalid(in, path+"spec.containers", "Required value"))
	}
	names := map[string]bool{}
	for _, c := range all {
		name := c.String("name")
		if why := aLabel.wrong(name); why != "" {
			errs = append(errs, invalid(in, c.path+".name", "%s", why))
		} else if names[name] {
			errs = append(errs, invalid(in, c.path+".name", "Duplicate value: %q", name))
		}
		names[name] = true
		errs = append(errs, validContainer(in, pod, c)...)
	}
	return append(errs, validRestart(in, pod, path)...)
}

// validSelector looks at a workload's selector, which must match its template.
func validSelector(in, pod simcloud.Values, path string) []error {
	kind := in.String("kind")
	if !slices.Contains([]string{"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Rollout"}, kind) {
		return nil
	}
	labels := textsAt(pod, "metadata.labels")
	switch selector, ok := in.Get("spec.selector").(map[string]any); {
	case !ok:
		return []error{invalid(in, "spec.selector", "Required value")}
	case len(selector) == 0:
		return []error{invalid(in, "spec.selector", "Invalid value: {}: empty selector is invalid for deployment")}
	case !selects(selector, labels):
		return []error{invalid(in, path+"metadata.labels", "Invalid value: %v: `selector` does not match template `labels`", labels)}
	}
	return nil
}

func validRestart(in, pod simcloud.Values, path string) []error {
	kind, policy := in.String("kind"), pod.String("spec.restartPolicy")
	switch {
	case (kind == "Job" || kind == "CronJob") && (policy == "" || policy == "Always"):
		return []error{invalid(in, path+"spec.restartPolicy", `Required value: valid values: "OnFailure", "Never"`)}
	case kind != "Job" && kind != "CronJob" && kind != "ScaledJob" && kind != "Pod" && policy != "" && policy != "Always":
		return []error{invalid(in, path+"spec.restartPolicy", `Unsupported value: %q: supported values: "Always"`, policy)}
	}
	return nil
}

func validContainer(in, pod simcloud.Values, c containerAt) []error {
	var errs []error
	if !c.Has("image") {
		errs = append(errs, invalid(in, c.path+".image", "Required value"))
	}
	errs = append(errs, validResources(in, c.Values, c.path)...)
	errs = append(errs, validPorts(in, c)...)
	errs = append(errs, validMounts(in, pod, c)...)
	for _, probe := range []string{"livenessProbe", "readinessProbe", "startupProbe"} {
		errs = append(errs, validProbe(in, c, probe)...)
	}
	return errs
}

func validPorts(in simcloud.Values, c containerAt) []error {
	var errs []error
	names, numbers := map[string]bool{}, map[string]bool{}
	for i, p := range c.Objects("ports[]") {
		path := fmt.Sprintf("%s.ports[%d]", c.path, i)
		if n := p.Int("containerPort"); p.Known("containerPort") && (n < 1 || n > 65535) {
			errs = append(errs, invalid(in, path+".containerPort", "Invalid value: %d: must be between 1 and 65535, inclusive", n))
		} else if !p.Has("containerPort") {
			errs = append(errs, invalid(in, path+".containerPort", "Required value"))
		}
		if name := p.String("name"); name != "" {
			if why := wrongPortName(name); why != "" {
				errs = append(errs, invalid(in, path+".name", "Invalid value: %q: %s", name, why))
			}
			if names[name] {
				errs = append(errs, invalid(in, path+".name", "Duplicate value: %q", name))
			}
			names[name] = true
		}
		key := fmt.Sprint(p.Int("containerPort"), p.String("protocol"))
		if numbers[key] && p.Known("containerPort") {
			errs = append(errs, invalid(in, path, "Duplicate value: %d", p.Int("containerPort")))
		}
		numbers[key] = true
	}
	return errs
}

// wrongPortName says what is wrong with the name of a container's port.
func wrongPortName(name string) string {
	switch {
	case len(name) > 15:
		return "must be no more than 15 characters"
	case !portName.MatchString(name) || strings.Contains(name, "--"):
		return "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"
	case !strings.ContainsAny(name, "abcdefghijklmnopqrstuvwxyz"):
		return "must contain at least one letter (a-z)"
	}
	return ""
}

func validMounts(in, pod simcloud.Values, c containerAt) []error {
	var errs []error
	volumes := append(pod.Strings("spec.volumes[].name"), in.Strings("spec.volumeClaimTemplates[].metadata.name")...)
	paths := map[string]bool{}
	for i, m := range c.Objects("volumeMounts[]") {
		path := fmt.Sprintf("%s.volumeMounts[%d]", c.path, i)
		name, at := m.String("name"), m.String("mountPath")
		if m.Known("name") && !slices.Contains(volumes, name) {
			errs = append(errs, invalid(in, path+".name", "Not found: %q", name))
		}
		switch {
		case !m.Has("mountPath"):
			errs = append(errs, invalid(in, path+".mountPath", "Required value"))
		case paths[at] && at != "":
			errs = append(errs, invalid(in, path+".mountPath", "Invalid value: %q: must be unique", at))
		}
		paths[at] = true
	}
	return errs
}

// handlers are the ways of a probe.
var handlers = []string{"httpGet", "tcpSocket", "exec", "grpc"}

func validProbe(in simcloud.Values, c containerAt, name string) []error {
	probe, ok := c.Get(name).(map[string]any)
	if !ok {
		return nil
	}
	p, path := simcloud.Values(probe), c.path+"."+name
	if c.init {
		return []error{invalid(in, path, "Forbidden: may not be set for init containers without restartPolicy=Always")}
	}
	var errs []error
	ways := 0
	for _, h := range handlers {
		if !p.Has(h) {
			continue
		}
		ways++
		port := p.Get(h + ".port")
		if n, isNumber := port.(float64); isNumber && (n < 1 || n > 65535) {
			errs = append(errs, invalid(in, path+"."+h+".port", "Invalid value: %v: must be between 1 and 65535, inclusive", n))
		}
		if s, isName := port.(string); isName && !slices.Contains(c.Strings("ports[].name"), s) {
			errs = append(errs, accepted("%s.%s.port is %q, and the container has no port of that name: the probe never succeeds", path, h, s))
		}
	}
	switch {
	case ways == 0:
		errs = append(errs, invalid(in, path, "Required value: must specify a handler type"))
	case ways > 1:
		errs = append(errs, invalid(in, path, "Forbidden: may not specify more than 1 handler type"))
	}
	if n := p.Int("successThreshold"); name != "readinessProbe" && p.Known("successThreshold") && n != 1 {
		errs = append(errs, invalid(in, path+".successThreshold", "Invalid value: %d: must be 1", n))
	}
	for _, field := range []string{"periodSeconds", "timeoutSeconds", "failureThreshold", "initialDelaySeconds"} {
		if n := p.Int(field); n < 0 {
			errs = append(errs, invalid(in, path+"."+field, "Invalid value: %d: must be greater than or equal to 0", n))
		}
	}
	return errs
}
