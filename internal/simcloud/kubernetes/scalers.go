package kubernetes

import "github.com/te-explico/infrastructure/internal/simcloud"

const (
	hpaToken          = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
	scaledObjectToken = "kubernetes:keda.sh/v1alpha1:ScaledObject"
)

// refuseScaledObject is what KEDA's admission webhook refuses: a ScaledObject of a
// workload that has an autoscaler already. A HorizontalPodAutoscaler may say that it
// does not mind; or the ScaledObject takes it over, and then names it.
//
// Source: KEDA v2.20.2, apis/keda/v1alpha1/scaledobject_webhook.go (verifyHpas,
// verifyScaledObjects). Nobody asks it about a HorizontalPodAutoscaler.
func refuseScaledObject(op *simcloud.Op) error {
	if op.Type.Token != scaledObjectToken {
		return nil
	}
	deny := func(format string, args ...any) error {
		return simcloud.Refusal("Forbidden", `admission webhook "vscaledobject.kb.io" denied the request: `+format, args...)
	}
	workload, kind := op.In.String("spec.scaleTargetRef.name"), scaledKind(op.In)
	for _, r := range op.All(hpaToken) {
		if !scalesSame(op.In, r.Out) || textsAt(r.Out, "metadata.annotations")["validations.keda.sh/hpa-ownership"] == "false" {
			continue
		}
		name := r.Out.String("metadata.name")
		switch {
		case textsAt(op.In, "metadata.annotations")["scaledobject.keda.sh/transfer-hpa-ownership"] != "true":
			return deny("the workload '%s' of type '%s' is already managed by the hpa '%s'", workload, kind, name)
		case op.In.String("spec.advanced.horizontalPodAutoscalerConfig.name") != name:
			return deny("the existing hpa '%s' for workload '%s' of type '%s' must be specified by name in advanced settings to enable ownership transfer", name, workload, kind)
		}
	}
	for _, r := range op.All(scaledObjectToken) {
		if name := r.Out.String("metadata.name"); name != op.In.String("metadata.name") && scalesSame(op.In, r.Out) {
			return deny("the workload '%s' of type '%s' is already managed by the ScaledObject '%s'", workload, kind, name)
		}
	}
	return nil
}

// scaledKind is the type of what an autoscaler scales, as KEDA writes it.
func scaledKind(in simcloud.Values) string {
	return orText(in.String("spec.scaleTargetRef.apiVersion"), "apps/v1") + "." + orText(in.String("spec.scaleTargetRef.kind"), "Deployment")
}

// scalesSame says whether two autoscalers scale one workload.
func scalesSame(a, b simcloud.Values) bool {
	return scaledKind(a) == scaledKind(b) && a.String("metadata.namespace") == b.String("metadata.namespace") &&
		a.String("spec.scaleTargetRef.name") == b.String("spec.scaleTargetRef.name")
}
