package kubernetes

import (
	"slices"
	"strings"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// served are the built-in kinds of a cluster by their group and version; one with
// a star belongs to the whole cluster.
//
// Source: Kubernetes API reference v1.35, "API groups".
var served = map[string]string{
	"v1": "Namespace* Node* PersistentVolume* ConfigMap Secret Service ServiceAccount Pod PersistentVolumeClaim " +
		"ResourceQuota LimitRange Endpoints ReplicationController PodTemplate Event",
	"apps/v1":                         "Deployment StatefulSet DaemonSet ReplicaSet ControllerRevision",
	"batch/v1":                        "Job CronJob",
	"autoscaling/v1":                  "HorizontalPodAutoscaler",
	"autoscaling/v2":                  "HorizontalPodAutoscaler",
	"policy/v1":                       "PodDisruptionBudget",
	"networking.k8s.io/v1":            "NetworkPolicy Ingress IngressClass* IPAddress* ServiceCIDR*",
	"rbac.authorization.k8s.io/v1":    "Role RoleBinding ClusterRole* ClusterRoleBinding*",
	"storage.k8s.io/v1":               "StorageClass* CSIDriver* CSINode* VolumeAttachment* VolumeAttributesClass* CSIStorageCapacity",
	"scheduling.k8s.io/v1":            "PriorityClass*",
	"admissionregistration.k8s.io/v1": "ValidatingAdmissionPolicy* ValidatingAdmissionPolicyBinding* MutatingWebhookConfiguration* ValidatingWebhookConfiguration*",
	"apiextensions.k8s.io/v1":         "CustomResourceDefinition*",
	"apiregistration.k8s.io/v1":       "APIService*",
	"node.k8s.io/v1":                  "RuntimeClass*",
	"coordination.k8s.io/v1":          "Lease",
	"discovery.k8s.io/v1":             "EndpointSlice",
	"certificates.k8s.io/v1":          "CertificateSigningRequest*",
	"events.k8s.io/v1":                "Event",
	// The snapshot controller is an add-on of the clouds'.
	"snapshot.storage.k8s.io/v1":      "VolumeSnapshot VolumeSnapshotClass* VolumeSnapshotContent*",
	"flowcontrol.apiserver.k8s.io/v1": "FlowSchema* PriorityLevelConfiguration*",
}

// groupOf cuts an apiVersion into group and version; the core group is "".
func groupOf(apiVersion string) (group, version string) {
	group, version, ok := strings.Cut(apiVersion, "/")
	if !ok {
		return "", group
	}
	return group, version
}

// groupKind is an object's group and kind.
func groupKind(in simcloud.Values) string {
	group, _ := groupOf(in.String("apiVersion"))
	return group + "/" + in.String("kind")
}

// builtIn says whether every cluster has the kind, and whether it belongs to the
// whole cluster.
func builtIn(apiVersion, kind string) (known, wholeCluster bool) {
	kinds := strings.Fields(served[apiVersion])
	wholeCluster = slices.Contains(kinds, kind+"*")
	return wholeCluster || slices.Contains(kinds, kind), wholeCluster
}

// tokenOf is Pulumi's token for a kind.
func tokenOf(apiVersion, kind string) string {
	if apiVersion == "v1" {
		apiVersion = "core/v1"
	}
	return "kubernetes:" + apiVersion + ":" + kind
}

// refuseKind refuses a kind that the cluster does not serve.
func refuseKind(op *simcloud.Op) error {
	apiVersion, kind := op.In.String("apiVersion"), op.In.String("kind")
	if tokenOf(apiVersion, kind) != op.Type.Token {
		return simcloud.Refusal("BadRequest", "the object provided is %s, and the resource's type is %s", tokenOf(apiVersion, kind), op.Type.Token)
	}
	if known, _ := builtIn(apiVersion, kind); known || gkeServes(op, apiVersion, kind) {
		return nil
	}
	group, version := groupOf(apiVersion)
	unknown := func(why string) error {
		return simcloud.Refusal("NotFound", "no matches for kind %q in version %q: %s", kind, apiVersion, why)
	}
	if other := otherVersion(group, kind); other != "" {
		return unknown("the cluster serves it in " + other)
	}
	if _, own := served[apiVersion]; own || group == "" {
		return unknown("the group has no such kind")
	}
	crd := definition(op, group, kind)
	switch {
	case crd == nil:
		return unknown("the custom resource definition is not in the cluster")
	case crd.Out.Has("spec.versions") && !slices.ContainsFunc(crd.Out.Objects("spec.versions[]"), func(v simcloud.Values) bool {
		return v.String("name") == version && v.Bool("served")
	}):
		return unknown("its custom resource definition serves " + strings.Join(crd.Out.Strings("spec.versions[].name"), ", "))
	}
	return nil
}

// otherVersion is the group and version in which the cluster has a built-in kind
// of a group, if it has it.
func otherVersion(group, kind string) string {
	for _, apiVersion := range []string{"v1", "apps/v1", "batch/v1", "autoscaling/v2", "policy/v1", "networking.k8s.io/v1", "rbac.authorization.k8s.io/v1",
		"storage.k8s.io/v1", "scheduling.k8s.io/v1", "admissionregistration.k8s.io/v1", "apiextensions.k8s.io/v1"} {
		g, _ := groupOf(apiVersion)
		if known, _ := builtIn(apiVersion, kind); known && g == group {
			return apiVersion
		}
	}
	return ""
}

// definition is the custom resource definition of a kind, or nil.
func definition(op *simcloud.Op, group, kind string) *simcloud.Record {
	return op.Find(crdToken, "metadata.name", plural(kind)+"."+group)
}

// ownNamespaces are in every cluster from its first minute on.
var ownNamespaces = []string{"default", "kube-system", "kube-public", "kube-node-lease"}

func namespaceExists(op *simcloud.Op, name string) bool {
	return slices.Contains(ownNamespaces, name) || op.Find(namespaceToken, "metadata.name", name) != nil
}

// refusePlace refuses a namespace that is missing, or that is none of the kind's
// business.
func refusePlace(op *simcloud.Op) error {
	namespace, kind := op.In.String("metadata.namespace"), op.In.String("kind")
	_, wholeCluster := builtIn(op.In.String("apiVersion"), kind)
	switch {
	case namespace == "":
		return nil
	case wholeCluster:
		return simcloud.Refusal("BadRequest", "metadata.namespace: Forbidden: not allowed on %s, which belongs to the whole cluster", kind)
	case !namespaceExists(op, namespace):
		return simcloud.Refusal("NotFound", "namespaces %q not found", namespace)
	}
	return nil
}

// named returns the object of a kind with a name in a namespace ("" for what
// belongs to the whole cluster), or nil.
func named(op *simcloud.Op, apiVersion, kind, namespace, name string) *simcloud.Record {
	id := name
	if namespace != "" {
		id = namespace + "/" + name
	}
	return op.Find(tokenOf(apiVersion, kind), "id", id)
}

// space is the namespace of op's object.
func space(op *simcloud.Op) string {
	if n := op.In.String("metadata.namespace"); n != "" {
		return n
	}
	return "default"
}

// accepted is a refusal of what the API server would take and never make work.
// It is worded apart from real refusals.
func accepted(format string, args ...any) error {
	return simcloud.Refusal("Useless", "the API server would accept this, but "+format, args...)
}

// never is the refusal of what never becomes ready, in the words with which
// Pulumi's provider gives up.
func never(in simcloud.Values, format string, args ...any) error {
	name := in.String("metadata.name")
	if ns := in.String("metadata.namespace"); ns != "" {
		name = ns + "/" + name
	}
	return simcloud.Refusal("Timeout", "resource "+name+" was successfully created, but the Kubernetes API server reported that it failed to fully initialize or become live: "+format, args...)
}
