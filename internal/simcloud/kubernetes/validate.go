package kubernetes

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// validate is what the API server's validation finds in an object by itself.
//
// Source: the validation of Kubernetes v1.35 (pkg/apis/*/validation), for the
// fields that programs set.
func validate(in simcloud.Values) []error {
	errs := append(validMetadata(in), validPod(in)...)
	if check := checks[in.String("kind")]; check != nil {
		errs = append(errs, check(in)...)
	}
	return errs
}

var checks = map[string]func(in simcloud.Values) []error{
	"HorizontalPodAutoscaler": validHPA, "PodDisruptionBudget": validPDB, "CronJob": validCronJob, "Service": validService,
	"NetworkPolicy": validPolicy, "PersistentVolumeClaim": validClaim, "StorageClass": validClass, "PriorityClass": validPriority,
	"Ingress": validIngress, "ResourceQuota": validQuota, "LimitRange": validLimitRange, "ConfigMap": validData, "Secret": validData,
	"RoleBinding": validBinding, "ClusterRoleBinding": validBinding, "Role": validRole, "ClusterRole": validRole, "Deployment": validReplicas, "StatefulSet": validReplicas,
}

// notIn refuses a known text that is not among the values allowed.
func notIn(in simcloud.Values, path string, allowed ...string) []error {
	if v := in.String(path); in.Known(path) && !slices.Contains(allowed, v) {
		return []error{invalid(in, path, `Unsupported value: %q: supported values: "%s"`, v, strings.Join(allowed, `", "`))}
	}
	return nil
}

func required(in simcloud.Values, paths ...string) []error {
	var errs []error
	for _, p := range paths {
		if !in.Has(p) {
			errs = append(errs, invalid(in, p, "Required value"))
		}
	}
	return errs
}

func validReplicas(in simcloud.Values) []error {
	if n := in.Int("spec.replicas"); n < 0 {
		return []error{invalid(in, "spec.replicas", "Invalid value: %d: must be greater than or equal to 0", n)}
	}
	surge, unavailable := in.Get("spec.strategy.rollingUpdate.maxSurge"), in.Get("spec.strategy.rollingUpdate.maxUnavailable")
	if none(surge) && none(unavailable) {
		return []error{invalid(in, "spec.strategy.rollingUpdate.maxUnavailable", "Invalid value: 0: may not be 0 when `maxSurge` is 0")}
	}
	return notIn(in, "spec.strategy.type", "Recreate", "RollingUpdate")
}

func none(x any) bool { return x == 0.0 || x == "0%" || x == "0" }

func validHPA(in simcloud.Values) []error {
	errs := required(in, "spec.maxReplicas", "spec.scaleTargetRef.name", "spec.scaleTargetRef.kind")
	low, high := in.Int("spec.minReplicas"), in.Int("spec.maxReplicas")
	if in.Known("spec.minReplicas") && low < 1 {
		errs = append(errs, invalid(in, "spec.minReplicas", "Invalid value: %d: must be greater than or equal to 1", low))
	}
	if in.Known("spec.maxReplicas") && high < 1 {
		errs = append(errs, invalid(in, "spec.maxReplicas", "Invalid value: %d: must be greater than 0", high))
	}
	if in.Known("spec.maxReplicas") && in.Known("spec.minReplicas") && high < low {
		errs = append(errs, invalid(in, "spec.maxReplicas", "Invalid value: %d: must be greater than or equal to `minReplicas`", high))
	}
	return errs
}

func validPDB(in simcloud.Values) []error {
	if in.Has("spec.minAvailable") && in.Has("spec.maxUnavailable") {
		return []error{invalid(in, "spec", "Invalid value: minAvailable and maxUnavailable cannot be both set")}
	}
	return nil
}

func validCronJob(in simcloud.Values) []error {
	errs := append(required(in, "spec.schedule"), notIn(in, "spec.concurrencyPolicy", "Allow", "Forbid", "Replace")...)
	schedule := in.String("spec.schedule")
	if fields := strings.Fields(schedule); in.Known("spec.schedule") && len(fields) != 5 && !strings.HasPrefix(schedule, "@") {
		errs = append(errs, invalid(in, "spec.schedule", "Invalid value: %q: expected exactly 5 fields, found %d: %v", schedule, len(fields), fields))
	}
	return errs
}

func validService(in simcloud.Values) []error {
	errs := notIn(in, "spec.type", "ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
	ports := in.Objects("spec.ports[]")
	headless := in.String("spec.clusterIP") == "None"
	if len(ports) == 0 && !in.Has("spec.ports") && !headless && in.String("spec.type") != "ExternalName" {
		errs = append(errs, invalid(in, "spec.ports", "Required value"))
	}
	names := map[string]bool{}
	for i, p := range ports {
		path := fmt.Sprintf("spec.ports[%d]", i)
		if n := p.Int("port"); p.Known("port") && (n < 1 || n > 65535) {
			errs = append(errs, invalid(in, path+".port", "Invalid value: %d: must be between 1 and 65535, inclusive", n))
		}
		if n := p.Int("nodePort"); p.Known("nodePort") && (n < 30000 || n > 32767) {
			errs = append(errs, invalid(in, path+".nodePort", "Invalid value: %d: provided port is not in the valid range. The range of valid ports is 30000-32767", n))
		}
		name := p.String("name")
		switch {
		case name == "" && len(ports) > 1:
			errs = append(errs, invalid(in, path+".name", "Required value"))
		case name != "" && aLabel.wrong(name) != "":
			errs = append(errs, invalid(in, path+".name", "%s", aLabel.wrong(name)))
		case names[name]:
			errs = append(errs, invalid(in, path+".name", "Duplicate value: %q", name))
		}
		names[name] = true
	}
	return errs
}

func validPolicy(in simcloud.Values) []error {
	var errs []error
	for i, t := range in.Strings("spec.policyTypes[]") {
		if t != "Ingress" && t != "Egress" {
			errs = append(errs, invalid(in, fmt.Sprintf("spec.policyTypes[%d]", i), `Unsupported value: %q: supported values: "Egress", "Ingress"`, t))
		}
	}
	for _, block := range append(in.Objects("spec.ingress[].from[].ipBlock"), in.Objects("spec.egress[].to[].ipBlock")...) {
		outer, err := netip.ParsePrefix(block.String("cidr"))
		if block.Known("cidr") && (err != nil || outer != outer.Masked()) {
			errs = append(errs, invalid(in, "spec", "ipBlock.cidr: Invalid value: %q: must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)", block.String("cidr")))
			continue
		}
		for _, except := range block.Strings("except[]") {
			inner, err := netip.ParsePrefix(except)
			if err != nil || block.Known("cidr") && (!outer.Contains(inner.Addr()) || inner.Bits() <= outer.Bits()) {
				errs = append(errs, invalid(in, "spec", "ipBlock.except: Invalid value: %q: must be a strict subset of `cidr`", except))
			}
		}
	}
	for _, p := range append(in.Objects("spec.ingress[].ports[]"), in.Objects("spec.egress[].ports[]")...) {
		if p.Known("endPort") && p.Int("endPort") < p.Int("port") {
			errs = append(errs, invalid(in, "spec", "endPort: Invalid value: %d: must be greater than or equal to `port`", p.Int("endPort")))
		}
	}
	return errs
}

func validClaim(in simcloud.Values) []error {
	errs := required(in, "spec.accessModes", "spec.resources.requests.storage")
	requests, _ := in.Get("spec.resources.requests").(map[string]any)
	return append(errs, validQuantities(in, requests, "spec.resources.requests")...)
}

func validClass(in simcloud.Values) []error {
	return slices.Concat(required(in, "provisioner"), notIn(in, "volumeBindingMode", "Immediate", "WaitForFirstConsumer"),
		notIn(in, "reclaimPolicy", "Delete", "Retain"))
}

func validPriority(in simcloud.Values) []error {
	errs := required(in, "value")
	if n := in.Int("value"); n > 1_000_000_000 {
		errs = append(errs, invalid(in, "value", "Forbidden: maximum allowed value of a user defined priority is 1000000000"))
	}
	if name := in.String("metadata.name"); strings.HasPrefix(name, "system-") {
		errs = append(errs, invalid(in, "metadata.name", "Forbidden: priority class names with 'system-' prefix are reserved for system use only"))
	}
	return errs
}

func validIngress(in simcloud.Values) []error {
	var errs []error
	if !in.Has("spec.rules") && !in.Has("spec.defaultBackend") {
		errs = append(errs, invalid(in, "spec", "Invalid value: null: either `defaultBackend` or `rules` must be specified"))
	}
	for i, p := range in.Objects("spec.rules[].http.paths[]") {
		at := fmt.Sprintf("spec.rules.http.paths[%d]", i)
		if !p.Has("pathType") {
			errs = append(errs, invalid(in, at+".pathType", "Required value: pathType must be specified"))
		}
		if path := p.String("path"); p.Known("path") && p.String("pathType") != "ImplementationSpecific" && !strings.HasPrefix(path, "/") {
			errs = append(errs, invalid(in, at+".path", "Invalid value: %q: must be an absolute path", path))
		}
	}
	return errs
}

func validQuota(in simcloud.Values) []error {
	hard, _ := in.Get("spec.hard").(map[string]any)
	return validQuantities(in, hard, "spec.hard")
}

func validLimitRange(in simcloud.Values) []error {
	errs := required(in, "spec.limits")
	for i, limit := range in.Objects("spec.limits[]") {
		for _, field := range []string{"default", "defaultRequest", "max", "min"} {
			amounts, _ := limit.Get(field).(map[string]any)
			errs = append(errs, validQuantities(in, amounts, fmt.Sprintf("spec.limits[%d].%s", i, field))...)
		}
		for _, name := range keysAt(limit, "default") {
			most, ok := quantity(limit.Get("default." + name))
			if asked, has := quantity(limit.Get("defaultRequest." + name)); ok && has && asked > most {
				errs = append(errs, invalid(in, fmt.Sprintf("spec.limits[%d].defaultRequest[%s]", i, name), "Invalid value: default request value is greater than default limit value"))
			}
		}
	}
	return errs
}

// mostData is how much a ConfigMap or Secret may hold.
const mostData = 1 << 20

func validData(in simcloud.Values) []error {
	var errs []error
	size := 0
	for _, field := range []string{"data", "stringData", "binaryData"} {
		texts := textsAt(in, field)
		for _, key := range keysAt(in, field) {
			size += len(texts[key])
			if !dataKey.MatchString(key) || len(key) > 253 {
				errs = append(errs, invalid(in, field+"["+key+"]", "Invalid value: %q: a valid config key must consist of alphanumeric characters, '-', '_' or '.'", key))
			}
		}
	}
	if size > mostData {
		errs = append(errs, invalid(in, "", "Too long: may not be more than %d bytes", mostData))
	}
	return errs
}

func validBinding(in simcloud.Values) []error {
	errs := required(in, "roleRef.name", "roleRef.kind", "roleRef.apiGroup")
	for i, s := range in.Objects("subjects[]") {
		if s.String("kind") == "ServiceAccount" && !s.Has("namespace") {
			errs = append(errs, invalid(in, fmt.Sprintf("subjects[%d].namespace", i), "Required value"))
		}
	}
	return errs
}

func validRole(in simcloud.Values) []error {
	var errs []error
	for i, rule := range in.Objects("rules[]") {
		path := fmt.Sprintf("rules[%d]", i)
		if !rule.Has("verbs[]") {
			errs = append(errs, invalid(in, path+".verbs", "Required value: verbs must contain at least one value"))
		}
		if !rule.Has("nonResourceURLs") && !rule.Has("apiGroups[]") {
			errs = append(errs, invalid(in, path+".apiGroups", "Required value: resource rules must supply at least one api group"))
		}
	}
	return errs
}
