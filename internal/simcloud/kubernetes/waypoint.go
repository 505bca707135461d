package kubernetes

import (
	"maps"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// Istio makes pods for a Gateway of its classes, from templates of its own.
//
// Sources: Istio 1.30, manifests/charts/istio-control/istio-discovery/files/waypoint.yaml
// and kube-gateway.yaml, and pilot/pkg/config/kube/gatewaycommon.

const (
	gatewayController  = "istio.io/gateway-controller"
	waypointController = "istio.io/mesh-controller"
)

// gatewayClass is the controller of a Gateway's class.
func gatewayClass(op *simcloud.Op) string {
	record := named(op, "gateway.networking.k8s.io/v1", "GatewayClass", "", op.In.String("spec.gatewayClassName"))
	if record == nil {
		return ""
	}
	return record.Out.String("spec.controllerName")
}

// makeGateway brings along the pods of a Gateway. Their labels are those that its
// infrastructure asks for; a waypoint's objects have the Gateway's own name.
func makeGateway(op *simcloud.Op, name string) {
	labels := map[string]any{}
	if asked, ok := op.In.Get("spec.infrastructure.labels").(map[string]any); ok {
		maps.Copy(labels, asked)
	}
	labels["gateway.networking.k8s.io/gateway-name"] = name
	switch gatewayClass(op) {
	case gatewayController:
		name += "-" + op.In.String("spec.gatewayClassName")
	case waypointController:
	default:
		return
	}
	side(op, "v1", "Service", name)
	side(op, "v1", "ServiceAccount", name)
	sideWorkload(op, "Deployment", space(op), name, labels)
}

// refuseWaypoint refuses a waypoint whose pods the namespace's standard refuses: the
// template has all that restricted asks for but the profile, which the values of
// istiod's chart add.
func refuseWaypoint(op *simcloud.Op) error {
	if groupKind(op.In) != "gateway.networking.k8s.io/Gateway" || gatewayClass(op) != waypointController {
		return nil
	}
	namespace := op.Find(namespaceToken, "metadata.name", space(op))
	if namespace == nil {
		return nil
	}
	labels := textsAt(namespace.Out, "metadata.labels")
	if labels["pod-security.kubernetes.io/enforce"] != "restricted" {
		return nil
	}
	for _, r := range op.All(releaseToken) {
		if chartName(r.In) == "istiod" && confined(r.In.String("values.gateways.seccompProfile.type")) {
			return nil
		}
	}
	return never(op.In, `pods "%s-" is forbidden: violates PodSecurity "restricted:%s": seccompProfile (pod or container "istio-proxy" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")`,
		op.In.String("metadata.name"), orText(labels["pod-security.kubernetes.io/enforce-version"], "latest"))
}
