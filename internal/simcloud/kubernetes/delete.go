package kubernetes

import (
	"errors"
	"slices"
	"strings"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// reachable refuses everything in an EKS cluster that is gone: its name does not
// resolve any more.
func reachable(op *simcloud.Op) error {
	if !strings.HasSuffix(op.Account, ".eks.amazonaws.com") || eksOf(op) != nil || len(op.Everywhere("aws:")) == 0 {
		return errors.Join(gkeReachable(op), aksReachable(op))
	}
	return simcloud.Refusal("Unreachable",
		"configured Kubernetes cluster is unreachable: unable to load schema information from the API server: Get \"https://%s/openapi/v2?timeout=32s\": dial tcp: lookup %s: no such host",
		op.Account, op.Account)
}

// eksOf is the record of op's cluster in the simulated AWS; nil for another.
func eksOf(op *simcloud.Op) *simcloud.Record {
	for _, r := range op.Everywhere("aws:eks/cluster:Cluster") {
		if strings.TrimPrefix(r.Out.String("endpoint"), "https://") == op.Account {
			return r
		}
	}
	return nil
}

// refuseDelete refuses to delete what would take others along, or would never
// go.
func refuseDelete(op *simcloud.Op) error {
	if err := reachable(op); err != nil {
		return err
	}
	switch op.Type.Token {
	case crdToken:
		if err := refuseUsed(op, op.In); err != nil {
			return err
		}
	case namespaceToken:
		if err := refuseTenants(op); err != nil {
			return err
		}
	}
	return refuseFinalizer(op)
}

// refuseUsed refuses to delete a definition of which objects are left, which the
// API server would delete along with it, or that a release works by.
func refuseUsed(op *simcloud.Op, crd simcloud.Values) error {
	group, kind := crd.String("spec.group"), crd.String("spec.names.kind")
	for _, r := range op.Everywhere("kubernetes:" + group + "/") {
		if r.Account == op.Account && kindOf(r.Type) == kind && r.Hint != "" {
			return accepted("deleting the definition %s would delete %s %s along with it", crd.String("metadata.name"), kind, r.ID)
		}
	}
	for _, r := range op.All(releaseToken) {
		if slices.ContainsFunc(needs(r.In), func(d string) bool { g, _, k := parts(d); return g == group && k == kind }) {
			return accepted("deleting the definition %s would end what the release %s runs", crd.String("metadata.name"), r.ID)
		}
	}
	return nil
}

// refuseTenants refuses to delete a namespace in which Pulumi still tracks
// objects. The API server would delete them along with it.
func refuseTenants(op *simcloud.Op) error {
	name := op.In.String("metadata.name")
	for _, r := range op.Everywhere("kubernetes:") {
		if r.Account == op.Account && r.Hint != "" && (r.Out.String("metadata.namespace") == name || r.Type == releaseToken && r.Out.String("namespace") == name) {
			return accepted("deleting the namespace %s would delete %s %s along with it", name, kindOf(r.Type), r.ID)
		}
	}
	return nil
}

// finalizers are what keeps an object of a kind until its controller has cleaned
// up: the finalizer and the charts that bring the controller.
//
// Sources: the controllers' code.
var finalizers = map[string]struct {
	name   string
	charts []string
}{
	"karpenter.sh/NodePool":                   {"karpenter.sh/termination", []string{"karpenter"}},
	"karpenter.k8s.aws/EC2NodeClass":          {"karpenter.k8s.aws/termination", []string{"karpenter"}},
	"keda.sh/ScaledObject":                    {"finalizer.keda.sh", []string{"keda"}},
	"keda.sh/ScaledJob":                       {"finalizer.keda.sh", []string{"keda"}},
	"external-secrets.io/PushSecret":          {"pushsecret.externalsecrets.io/finalizer", []string{"external-secrets"}},
	"opentelemetry.io/OpenTelemetryCollector": {"opentelemetrycollector.opentelemetry.io/finalizer", []string{"opentelemetry-operator"}},
	"elbv2.k8s.aws/TargetGroupBinding":        {"elbv2.k8s.aws/resources", []string{balancerChart}},
}

// refuseFinalizer refuses to delete an object whose controller is gone: it stays
// until somebody takes the finalizer off.
func refuseFinalizer(op *simcloud.Op) error {
	f := finalizers[groupKind(op.In)]
	if f.name == "" {
		f.charts = []string{balancerChart}
	}
	name := op.Old.Out.String("status.finalizer")
	if name == "" || released(op, f.charts...) {
		return nil
	}
	return simcloud.Refusal("Timeout", "timed out waiting for the deletion of %s %s: the finalizer %s is never taken off, since the release of %s is gone",
		orText(op.In.String("kind"), "release"), op.ID, name, strings.Join(f.charts, " or "))
}

// released says whether a release of one of the charts is in the cluster.
func released(op *simcloud.Op, names ...string) bool {
	return slices.ContainsFunc(op.All(releaseToken), func(r *simcloud.Record) bool { return slices.Contains(names, chartName(r.In)) })
}
