package main

import (
	admission "k8s.io/api/admissionregistration/v1"
	apps "k8s.io/api/apps/v1"
	autoscaling "k8s.io/api/autoscaling/v2"
	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	node "k8s.io/api/node/v1"
	policy "k8s.io/api/policy/v1"
	rbac "k8s.io/api/rbac/v1"
	scheduling "k8s.io/api/scheduling/v1"
	storage "k8s.io/api/storage/v1"
	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	backendconfig "k8s.io/ingress-gce/pkg/apis/backendconfig/v1"
	frontendconfig "k8s.io/ingress-gce/pkg/apis/frontendconfig/v1beta1"
	kjson "sigs.k8s.io/json"
)

// types are Kubernetes' own, and those of GKE's ingress controller, which makes its
// definitions of them and publishes no file.
var types = func() *runtime.Scheme {
	s := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		admission.AddToScheme, apps.AddToScheme, autoscaling.AddToScheme, batch.AddToScheme, core.AddToScheme, networking.AddToScheme,
		node.AddToScheme, policy.AddToScheme, rbac.AddToScheme, scheduling.AddToScheme, storage.AddToScheme, apiextensions.AddToScheme,
		backendconfig.AddToScheme, frontendconfig.AddToScheme,
	} {
		if err := add(s); err != nil {
			panic(err) // the same kind twice: a mistake of this file
		}
	}
	return s
}()

// decode reads an object strictly into its type. It says false of a kind that is
// not built in.
func decode(o object) ([]finding, bool) {
	into, err := types.New(schema.FromAPIVersionAndKind(o.textAt("apiVersion"), o.textAt("kind")))
	if err != nil {
		return nil, false
	}
	var findings []finding
	strict, err := kjson.UnmarshalStrict(o.text, into)
	if err != nil {
		strict = append(strict, err)
	}
	for _, err := range strict {
		findings = append(findings, o.finding("strict", "%v", err))
	}
	return findings, true
}
