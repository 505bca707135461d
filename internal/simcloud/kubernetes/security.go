package kubernetes

import (
	"fmt"
	"slices"
	"strings"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// The Pod Security Standards, as the admission plugin of the API server holds
// pods against the standard of their namespace. Workloads are accepted and their
// pods refused: to Pulumi that is a workload that never becomes ready.
//
// Source: kubernetes.io, "Pod Security Standards", and the messages of
// k8s.io/pod-security-admission.

// refuseSecurity refuses pods that violate the standard that their namespace
// enforces.
func refuseSecurity(op *simcloud.Op) error {
	pod, _ := template(op.In)
	namespace := op.Find(namespaceToken, "metadata.name", space(op))
	if pod == nil || namespace == nil {
		return nil
	}
	labels := textsAt(namespace.Out, "metadata.labels")
	standard, version := labels["pod-security.kubernetes.io/enforce"], labels["pod-security.kubernetes.io/enforce-version"]
	if version == "" {
		version = "latest"
	}
	var found []string
	switch standard {
	case "restricted":
		found = append(baseline(pod), restricted(pod)...)
	case "baseline":
		found = baseline(pod)
	}
	if len(found) == 0 {
		return nil
	}
	violates := simcloud.Refusal("Forbidden", "pods %q is forbidden: violates PodSecurity %q: %s",
		op.In.String("metadata.name")+"-", standard+":"+version, strings.Join(found, ", "))
	if op.In.String("kind") == "Pod" {
		return violates
	}
	return never(op.In, "%v", violates)
}

// which names the containers for which a test holds.
func which(pod simcloud.Values, test func(c containerAt) bool) string {
	var names []string
	for _, c := range containers(pod, "") {
		if test(c) {
			names = append(names, fmt.Sprintf("%q", c.String("name")))
		}
	}
	switch len(names) {
	case 0:
		return ""
	case 1:
		return "container " + names[0]
	default:
		return "containers " + strings.Join(names, ", ")
	}
}

// baseline are the violations of the standard baseline.
func baseline(pod simcloud.Values) []string {
	var found []string
	add := func(check, who, how string) {
		if who != "" {
			found = append(found, check+" ("+who+" "+how+")")
		}
	}
	var shared []string
	for _, field := range []string{"hostNetwork", "hostPID", "hostIPC"} {
		if pod.Bool("spec." + field) {
			shared = append(shared, field+"=true")
		}
	}
	if len(shared) > 0 {
		found = append(found, "host namespaces ("+strings.Join(shared, ", ")+")")
	}
	add("privileged", which(pod, func(c containerAt) bool { return c.Bool("securityContext.privileged") }), "must not set securityContext.privileged=true")
	add("hostPort", which(pod, func(c containerAt) bool {
		return slices.ContainsFunc(c.All("ports[].hostPort"), func(p any) bool { return p != 0.0 })
	}), "uses hostPorts")
	if paths := volumesOf(pod, "hostPath"); len(paths) > 0 {
		found = append(found, "hostPath volumes (volume "+strings.Join(paths, ", ")+")")
	}
	return found
}

// volumesOf are the names of a pod's volumes of a type.
func volumesOf(pod simcloud.Values, kind string) []string {
	var names []string
	for _, v := range pod.Objects("spec.volumes[]") {
		if v.Has(kind) {
			names = append(names, fmt.Sprintf("%q", v.String("name")))
		}
	}
	return names
}

// allowedVolumes are what volumes may be under the standard restricted.
var allowedVolumes = []string{"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"}

// restricted are the violations of what restricted asks beyond baseline.
func restricted(pod simcloud.Values) []string {
	var found []string
	add := func(check, who, how string) {
		if who != "" {
			found = append(found, check+" ("+who+" "+how+")")
		}
	}
	add("allowPrivilegeEscalation != false", which(pod, func(c containerAt) bool {
		return c.Get("securityContext.allowPrivilegeEscalation") != false
	}), "must set securityContext.allowPrivilegeEscalation=false")
	add("unrestricted capabilities", which(pod, func(c containerAt) bool {
		return !slices.Contains(c.Strings("securityContext.capabilities.drop[]"), "ALL") ||
			slices.ContainsFunc(c.Strings("securityContext.capabilities.add[]"), func(s string) bool { return s != "NET_BIND_SERVICE" })
	}), `must set securityContext.capabilities.drop=["ALL"]`)
	for _, v := range pod.Objects("spec.volumes[]") {
		if v.Has("hostPath") {
			continue // a violation of baseline already
		}
		if !slices.ContainsFunc(allowedVolumes, v.Has) && len(v) > 1 {
			found = append(found, fmt.Sprintf("restricted volume types (volume %q uses a restricted volume type)", v.String("name")))
		}
	}
	podNonRoot := pod.Bool("spec.securityContext.runAsNonRoot")
	add("runAsNonRoot != true", which(pod, func(c containerAt) bool {
		own := c.Get("securityContext.runAsNonRoot")
		return own == false || own == nil && !podNonRoot
	}), "must set securityContext.runAsNonRoot=true")
	if pod.Get("spec.securityContext.runAsUser") == 0.0 {
		found = append(found, "runAsUser=0 (pod must not set runAsUser=0)")
	}
	add("runAsUser=0", which(pod, func(c containerAt) bool { return c.Get("securityContext.runAsUser") == 0.0 }), "must not set runAsUser=0")
	podProfile := confined(pod.String("spec.securityContext.seccompProfile.type"))
	add("seccompProfile", which(pod, func(c containerAt) bool {
		own := c.String("securityContext.seccompProfile.type")
		return own == "" && !podProfile || own != "" && !confined(own)
	}), `must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`)
	return found
}

func confined(profile string) bool { return profile == "RuntimeDefault" || profile == "Localhost" }
