package kubernetes

import (
	"slices"
	"strings"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// refusePodRefs refuses pods that name what is not there. The API server takes
// the workload and its pods never start; Pulumi's provider waits, and gives up.
func refusePodRefs(op *simcloud.Op) error {
	pod, _ := template(op.In)
	if pod == nil {
		return nil
	}
	ns, name := space(op), op.In.String("metadata.name")
	account := pod.String("spec.serviceAccountName")
	if account != "" && account != "default" && named(op, "v1", "ServiceAccount", ns, account) == nil {
		return never(op.In, "pods %q is forbidden: error looking up service account %s/%s: serviceaccount %q not found", name+"-", ns, account, account)
	}
	if class := pod.String("spec.priorityClassName"); class != "" && !strings.HasPrefix(class, "system-") && named(op, "scheduling.k8s.io/v1", "PriorityClass", "", class) == nil {
		return never(op.In, "pods %q is forbidden: no PriorityClass with name %s was found", name+"-", class)
	}
	if class := pod.String("spec.runtimeClassName"); class != "" && named(op, "node.k8s.io/v1", "RuntimeClass", "", class) == nil {
		return never(op.In, "pods %q is forbidden: pod rejected: RuntimeClass %q not found", name+"-", class)
	}
	for _, kind := range []string{"ConfigMap", "Secret", "PersistentVolumeClaim"} {
		for _, want := range mentioned(pod, kind) {
			if kind == "ConfigMap" && want == "kube-root-ca.crt" || named(op, "v1", kind, ns, want) != nil {
				continue
			}
			return never(op.In, "%s %q not found", strings.ToLower(kind), want)
		}
	}
	return refuseClaims(op)
}

// mentioned are the config maps, secrets or claims of a pod that must be there.
func mentioned(pod simcloud.Values, kind string) []string {
	var names []string
	add := func(v simcloud.Values, path string) {
		if s := v.String(path); s != "" && !v.Bool("optional") {
			names = append(names, s)
		}
	}
	from := func(v simcloud.Values, field, key string) {
		for _, x := range v.Objects(field) {
			add(x, key)
		}
	}
	switch kind {
	case "ConfigMap", "Secret":
		field := strings.ToLower(kind[:1]) + kind[1:]
		key := map[string]string{"ConfigMap": "name", "Secret": "secretName"}[kind]
		from(pod, "spec.volumes[]."+field, key)
		from(pod, "spec.volumes[].projected.sources[]."+field, "name")
		for _, c := range containers(pod, "") {
			from(c.Values, "env[].valueFrom."+field+"KeyRef", "name")
			from(c.Values, "envFrom[]."+field+"Ref", "name")
		}
		if kind == "Secret" {
			from(pod, "spec.volumes[].csi.nodePublishSecretRef", "name")
		}
	case "PersistentVolumeClaim":
		from(pod, "spec.volumes[].persistentVolumeClaim", "claimName")
	}
	return names
}

// ownClasses are the storage classes that clusters have from the beginning: EKS,
// minikube and kind, k3d.
var ownClasses = []string{"gp2", "standard", "local-path"}

// refuseClaims refuses claims, also those of templates, of a class that is not
// there: they stay pending.
func refuseClaims(op *simcloud.Op) error {
	claims := op.In.Objects("spec.volumeClaimTemplates[]")
	if op.In.String("kind") == "PersistentVolumeClaim" {
		claims = append(claims, op.In)
	}
	for _, c := range claims {
		class := c.String("spec.storageClassName")
		if class != "" && !slices.Contains(ownClasses, class) && named(op, "storage.k8s.io/v1", "StorageClass", "", class) == nil {
			return never(op.In, "storageclass.storage.k8s.io %q not found", class)
		}
	}
	return nil
}

// target is a place in an object that names another in its namespace.
type target struct {
	// path is where the object is that names the other.
	path string
	// kind and apiVersion are the other's; where empty, the object says them.
	apiVersion, kind string
	// whole says that the other belongs to the whole cluster.
	whole bool
	// why is what becomes of it.
	why string
}

// targets are the places by kind.
var targets = map[string][]target{
	"HorizontalPodAutoscaler": {{path: "spec.scaleTargetRef", why: "it scales nothing"}},
	"VerticalPodAutoscaler":   {{path: "spec.targetRef", why: "it recommends nothing"}},
	"ScaledObject":            {{path: "spec.scaleTargetRef", apiVersion: "apps/v1", kind: "Deployment", why: "it scales nothing"}},
	"Rollout":                 {{path: "spec.workloadRef", why: "the Rollout is invalid"}},
	"RoleBinding":             {{path: "roleRef", apiVersion: "rbac.authorization.k8s.io/v1", why: "it grants nothing"}},
	"ClusterRoleBinding":      {{path: "roleRef", apiVersion: "rbac.authorization.k8s.io/v1", whole: true, why: "it grants nothing"}},
	"ExternalSecret":          {{path: "spec.secretStoreRef", apiVersion: "external-secrets.io/v1", kind: "SecretStore", why: "its secret never comes"}},
	"Certificate":             {{path: "spec.issuerRef", apiVersion: "cert-manager.io/v1", kind: "Issuer", why: "its secret never comes"}},
	"Gateway":                 {{path: "spec", apiVersion: "gateway.networking.k8s.io/v1", kind: "GatewayClass", whole: true, why: "nobody programs it"}},
	"NodePool":                {{path: "spec.template.spec.nodeClassRef", apiVersion: "karpenter.k8s.aws/v1", kind: "EC2NodeClass", whole: true, why: "it makes no nodes"}},
	"ValidatingAdmissionPolicyBinding": {{
		path: "spec", apiVersion: "admissionregistration.k8s.io/v1", kind: "ValidatingAdmissionPolicy", whole: true, why: "it binds nothing",
	}},
}

// nameFields are the fields that hold the other's name.
var nameFields = []string{"name", "gatewayClassName", "policyName"}

// ownRoles are the cluster roles that every cluster has.
var ownRoles = []string{"cluster-admin", "admin", "edit", "view"}

// refuseTargets refuses an object that names another that is not there.
func refuseTargets(op *simcloud.Op) error {
	for _, t := range targets[op.In.String("kind")] {
		at, ok := op.In.Get(t.path).(map[string]any)
		if !ok {
			continue
		}
		v := simcloud.Values(at)
		name := ""
		for _, f := range nameFields {
			name = orText(v.String(f), name)
		}
		kind, apiVersion := orText(v.String("kind"), t.kind), orText(v.String("apiVersion"), t.apiVersion)
		if apiVersion == "" || name == "" || strings.HasPrefix(kind, "Cluster") && slices.Contains(ownRoles, name) || strings.HasPrefix(name, "system:") {
			continue
		}
		if g := v.String("group"); g != "" && !strings.HasPrefix(apiVersion, g+"/") {
			continue // of another group, whose kinds are not described
		}
		ns := space(op)
		if t.whole || strings.HasPrefix(kind, "Cluster") {
			ns = ""
		}
		if named(op, apiVersion, kind, ns, name) == nil && !definedBefore(op, apiVersion, kind, ns, name) {
			return accepted("there is no %s %s in the cluster: %s", kind, strings.TrimPrefix(ns+"/"+name, "/"), t.why)
		}
	}
	return refuseBackends(op)
}

// definedBefore says whether the object is there in another version.
func definedBefore(op *simcloud.Op, apiVersion, kind, ns, name string) bool {
	group, _ := groupOf(apiVersion)
	for _, r := range op.Everywhere("kubernetes:" + group + "/") {
		if r.Account == op.Account && r.Out.String("kind") == kind && r.Out.String("metadata.name") == name && r.Out.String("metadata.namespace") == ns {
			return true
		}
	}
	return false
}

func orText(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// refuseBackends refuses routes to services that are not there, and routes of no
// gateway.
func refuseBackends(op *simcloud.Op) error {
	services := map[string][]string{
		"Ingress":   append(op.In.Strings("spec.rules[].http.paths[].backend.service.name"), op.In.Strings("spec.defaultBackend.service.name")...),
		"Rollout":   slices.Concat(op.In.Strings("spec.strategy.canary.canaryService"), op.In.Strings("spec.strategy.canary.stableService"), op.In.Strings("spec.strategy.blueGreen.activeService"), op.In.Strings("spec.strategy.blueGreen.previewService")),
		"HTTPRoute": backendRefs(op.In), "GRPCRoute": backendRefs(op.In),
		"StatefulSet": op.In.Strings("spec.serviceName"),
	}[op.In.String("kind")]
	for _, name := range services {
		if named(op, "v1", "Service", space(op), name) != nil {
			continue
		}
		switch op.In.String("kind") {
		case "Ingress":
			return never(op.In, "Ingress has at least one rule that does not target any Service. Field '.spec.rules[].http.paths[].backend.service.name' may not match any active Service (%s)", name)
		case "Rollout":
			return never(op.In, "InvalidSpec: The Rollout %q is invalid: Service %q not found", op.In.String("metadata.name"), name)
		}
		return accepted("there is no Service %s/%s in the cluster", space(op), name)
	}
	for _, p := range op.In.Objects("spec.parentRefs[]") {
		if orText(p.String("kind"), "Gateway") == "Gateway" && named(op, "gateway.networking.k8s.io/v1", "Gateway", orText(p.String("namespace"), space(op)), p.String("name")) == nil {
			return accepted("there is no Gateway %s/%s in the cluster: nothing takes the route", orText(p.String("namespace"), space(op)), p.String("name"))
		}
	}
	return nil
}

// backendRefs are the services in its own namespace that a route leads to.
func backendRefs(in simcloud.Values) []string {
	var names []string
	for _, b := range in.Objects("spec.rules[].backendRefs[]") {
		if orText(b.String("kind"), "Service") == "Service" && !b.Has("namespace") {
			names = append(names, b.String("name"))
		}
	}
	return names
}
