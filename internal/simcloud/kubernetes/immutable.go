package kubernetes

import (
	"strings"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// immutable are the fields, by token, whose change replaces the object: what
// Pulumi's provider replaces for.
//
// Source: pulumi-kubernetes, provider/pkg/provider/diff.go (forceNew).
var immutable = map[string][]string{
	"kubernetes:apps/v1:Deployment":  {"spec.selector"},
	"kubernetes:apps/v1:DaemonSet":   {"spec.selector"},
	"kubernetes:apps/v1:StatefulSet": {"spec.podManagementPolicy", "spec.revisionHistoryLimit", "spec.selector", "spec.serviceName", "spec.volumeClaimTemplates"},
	"kubernetes:batch/v1:Job":        {"spec.completions", "spec.parallelism", "spec.selector", "spec.template"},
	"kubernetes:core/v1:ConfigMap":   {"binaryData", "data"},
	"kubernetes:core/v1:Secret":      {"type", "stringData", "data"},
	"kubernetes:core/v1:PersistentVolumeClaim": {
		"spec.accessModes", "spec.selector", "spec.storageClassName", "spec.volumeName",
	},
	"kubernetes:core/v1:ResourceQuota":                           {"spec.scopes"},
	"kubernetes:core/v1:Service":                                 {"spec.clusterIP"},
	"kubernetes:rbac.authorization.k8s.io/v1:RoleBinding":        {"roleRef"},
	"kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding": {"roleRef"},
	"kubernetes:storage.k8s.io/v1:StorageClass":                  {"parameters", "provisioner"},
	"kubernetes:core/v1:Pod":                                     {"spec"},
}

// fixed are the fields that the API server does not change and for which Pulumi's
// provider does not replace: a change fails.
//
// Source: the API server's validation of updates.
var fixed = map[string]map[string]string{
	"kubernetes:storage.k8s.io/v1:StorageClass": {
		"volumeBindingMode": "field is immutable", "reclaimPolicy": "updates to reclaimPolicy are forbidden.",
	},
	"kubernetes:scheduling.k8s.io/v1:PriorityClass": {
		"value": "may not be changed in an update.", "preemptionPolicy": "field is immutable",
	},
	"kubernetes:batch/v1:Job":                  {"spec.completionMode": "field is immutable"},
	"kubernetes:argoproj.io/v1alpha1:Rollout":  {"spec.selector": "field is immutable"},
	"kubernetes:core/v1:PersistentVolumeClaim": {"spec.volumeMode": "field is immutable"},
}

// refuseChange refuses to change what cannot change.
func refuseChange(op *simcloud.Op) error {
	if op.Old == nil {
		return nil
	}
	for path, words := range fixed[op.Type.Token] {
		if was := op.Old.In.Get(path); was != nil && !same(was, op.In.Get(path)) {
			return invalid(op.In, path, "Forbidden: %s", words)
		}
	}
	if op.Type.Token == "kubernetes:core/v1:PersistentVolumeClaim" {
		was, _ := quantity(op.Old.In.Get("spec.resources.requests.storage"))
		if now, ok := quantity(op.In.Get("spec.resources.requests.storage")); ok && now < was {
			return invalid(op.In, "spec.resources.requests.storage", "Forbidden: field can not be less than status.capacity")
		}
	}
	return nil
}

// replacePaths are the paths whose change replaces an object.
func replacePaths(token string) []string {
	return append([]string{"apiVersion", "kind", "metadata.name", "metadata.namespace"}, immutable[token]...)
}

// kindOf is the kind of a token.
func kindOf(token string) string { return token[strings.LastIndexByte(token, ':')+1:] }
