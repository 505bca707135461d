package kubernetes

import (
	"slices"
	"strings"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	namespaceToken = "kubernetes:core/v1:Namespace"
	crdToken       = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition"
)

// objectType is what holds for objects of every kind.
func objectType(token string) *simcloud.Type {
	_, kind, _ := strings.Cut(strings.TrimPrefix(token, "kubernetes:"), ":")
	return &simcloud.Type{
		Token: token, Noun: kind, ID: objectID, InPlace: true,
		Required: []string{"apiVersion", "kind", "metadata.name"},
		Replace:  []string{"apiVersion", "kind", "metadata.name", "metadata.namespace"},
		Refuse:   refuse, Delete: refuseDelete,
	}
}

// objectID is what Pulumi's provider calls an object: namespace/name, or the
// name of what belongs to the whole cluster.
func objectID(op *simcloud.Op) string {
	name := op.In.String("metadata.name")
	if namespace := op.In.String("metadata.namespace"); namespace != "" {
		return namespace + "/" + name
	}
	return name
}

// builtIn are the API groups that every cluster has.
var builtIn = []string{
	"", "apps", "batch", "autoscaling", "policy", "networking.k8s.io", "rbac.authorization.k8s.io", "storage.k8s.io",
	"scheduling.k8s.io", "admissionregistration.k8s.io", "apiextensions.k8s.io", "apiregistration.k8s.io", "node.k8s.io",
	// The snapshot controller is an add-on of the cloud's.
	"snapshot.storage.k8s.io",
	"coordination.k8s.io", "discovery.k8s.io", "certificates.k8s.io", "events.k8s.io", "flowcontrol.apiserver.k8s.io",
}

// refuse is what the API server refuses of any object.
func refuse(op *simcloud.Op) error {
	group, version, ok := strings.Cut(op.In.String("apiVersion"), "/")
	if !ok {
		group, version = "", group
	}
	kind := op.In.String("kind")
	if !slices.Contains(builtIn, group) && definition(op, group, kind) == nil {
		return simcloud.Refusal("NotFound", "no matches for kind %q in version %q: the custom resource definition is not in the cluster",
			kind, group+"/"+version)
	}
	if namespace := op.In.String("metadata.namespace"); namespace != "" && !namespaceExists(op, namespace) {
		return simcloud.Refusal("NotFound", "namespaces %q not found", namespace)
	}
	return nil
}

// definition is the custom resource definition of a kind, or nil.
func definition(op *simcloud.Op, group, kind string) *simcloud.Record {
	for _, crd := range op.All(crdToken) {
		if crd.Out.String("spec.group") == group && crd.Out.String("spec.names.kind") == kind {
			return crd
		}
	}
	return nil
}

// ownNamespaces are in every cluster from its first minute on.
var ownNamespaces = []string{"default", "kube-system", "kube-public", "kube-node-lease"}

func namespaceExists(op *simcloud.Op, name string) bool {
	return slices.Contains(ownNamespaces, name) || op.Find(namespaceToken, "metadata.name", name) != nil
}

// refuseDelete is what the API server refuses to delete.
func refuseDelete(op *simcloud.Op) error { return nil }
