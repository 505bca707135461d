package kubernetes

import (
	"reflect"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	namespaceToken = "kubernetes:core/v1:Namespace"
	crdToken       = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition"
)

// objectType is what holds for objects of every kind.
func objectType(token string) *simcloud.Type {
	return &simcloud.Type{
		Token: token, Noun: kindOf(token), ID: objectID, InPlace: true,
		Required: []string{"apiVersion", "kind", "metadata.name"},
		Replace:  replacePaths(token),
		Validate: validate, Refuse: refuse, Delete: refuseDelete, Outputs: objectOutputs,
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

// refuse is what the API server refuses of any object, and what it accepts and
// never makes work.
func refuse(op *simcloud.Op) error {
	for _, check := range []func(*simcloud.Op) error{
		reachable, refuseKind, refusePlace, refuseChange, refusePodRefs, refuseClaims, refuseTargets, refuseSelector, refuseSecurity, refuseBalancer, refuseWaypoint, refuseScaledObject,
	} {
		if err := check(op); err != nil {
			return err
		}
	}
	return nil
}

// objectOutputs are what controllers add to an object and bring along with it.
func objectOutputs(op *simcloud.Op) simcloud.Values {
	bring(op)
	out := balance(op)
	if f := finalizers[groupKind(op.In)]; len(f.charts) > 0 && (released(op, f.charts...) || op.Old != nil && op.Old.Out.Has("status.finalizer")) {
		out["status"] = map[string]any{"finalizer": f.name}
	}
	return out
}

func same(a, b any) bool { return reflect.DeepEqual(a, b) }
