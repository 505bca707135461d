package kubernetes

import (
	"maps"
	"slices"
	"strings"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// selects says whether a label selector (matchLabels, matchExpressions) selects
// labels. An empty one selects everything.
func selects(selector simcloud.Values, labels map[string]string) bool {
	for key, want := range textsAt(selector, "matchLabels") {
		if got, has := labels[key]; !has || got != want {
			return false
		}
	}
	for _, e := range selector.Objects("matchExpressions[]") {
		got, has := labels[e.String("key")]
		in := slices.Contains(e.Strings("values[]"), got)
		switch e.String("operator") {
		case "In":
			if !has || !in {
				return false
			}
		case "NotIn":
			if has && in {
				return false
			}
		case "Exists":
			if !has {
				return false
			}
		case "DoesNotExist":
			if has {
				return false
			}
		}
	}
	return true
}

// A selector that selects nothing is no error to the API server, and its object
// may come before or after what it selects. So a mistake is looked for among
// kin, whichever comes second: an object and a workload in one namespace that
// carry the same name (app.kubernetes.io/name and instance, or metadata.name)
// are meant for each other. An object without kin says nothing: what it selects
// may still come (tests/manifests looks at the whole).

// selecting are the kinds that select pods, with the place of their selector. In
// a Service that is a plain map of labels.
var selecting = map[string]string{
	"kubernetes:core/v1:Service":                     "spec.selector",
	"kubernetes:policy/v1:PodDisruptionBudget":       "spec.selector",
	"kubernetes:networking.k8s.io/v1:NetworkPolicy":  "spec.podSelector",
	"kubernetes:monitoring.coreos.com/v1:PodMonitor": "spec.selector",
}

// workloadTokens are the kinds whose pods stay, and so can be selected.
var workloadTokens = []string{
	"kubernetes:apps/v1:Deployment", "kubernetes:apps/v1:StatefulSet", "kubernetes:apps/v1:DaemonSet", "kubernetes:argoproj.io/v1alpha1:Rollout",
}

// selectorOf is an object's selector as a label selector; nil if it has none, or
// one for all pods.
func selectorOf(token string, in simcloud.Values) simcloud.Values {
	selector, _ := in.Get(selecting[token]).(map[string]any)
	if len(selector) == 0 {
		return nil
	}
	if token == "kubernetes:core/v1:Service" {
		return simcloud.Values{"matchLabels": selector}
	}
	return selector
}

// kin says whether two objects bear the same name.
func kin(a, b simcloud.Values) bool {
	la, lb := textsAt(a, "metadata.labels"), textsAt(b, "metadata.labels")
	name, instance := "app.kubernetes.io/name", "app.kubernetes.io/instance"
	if la[name] != "" && la[name] == lb[name] && la["app.kubernetes.io/component"] == lb["app.kubernetes.io/component"] {
		return la[instance] == lb[instance]
	}
	return a.String("metadata.name") == b.String("metadata.name")
}

// podLabels are the labels that a workload's pods get.
func podLabels(in simcloud.Values) map[string]string {
	pod, _ := template(in)
	labels := map[string]string{}
	maps.Copy(labels, textsAt(pod, "metadata.labels"))
	for _, path := range serving {
		maps.Copy(labels, textsAt(in, path))
	}
	return labels
}

// serving are the labels that Argo Rollouts gives to the pods that serve.
// Source: argo-rollouts, docs/features/ephemeral-metadata.md.
var serving = []string{"spec.strategy.canary.stableMetadata.labels", "spec.strategy.blueGreen.activeMetadata.labels"}

// refuseSelector refuses an object that selects none of the pods of its kin, and
// a workload that its kin do not select.
func refuseSelector(op *simcloud.Op) error {
	if textsAt(op.In, "metadata.annotations")["pulumi.com/skipAwait"] == "true" {
		return nil // its pods come after it, and nobody waits
	}
	if selector := selectorOf(op.Type.Token, op.In); selector != nil {
		return selectsKin(op, selector)
	}
	if !slices.Contains(workloadTokens, op.Type.Token) {
		return nil
	}
	for _, token := range slices.Sorted(maps.Keys(selecting)) {
		for _, r := range op.All(token) {
			selector := selectorOf(token, r.Out)
			if selector == nil || r.Out.String("metadata.namespace") != op.In.String("metadata.namespace") || !kin(op.In, r.Out) {
				continue
			}
			if others := workloadsOf(op, r.Out); !selects(selector, podLabels(op.In)) && len(others) == 0 {
				return accepted("%s %s selects nothing: it wants %s, and the pods here have %s", r.Out.String("kind"), r.ID, wanted(selector), listed(podLabels(op.In)))
			}
		}
	}
	return nil
}

// selectsKin refuses a selector that leaves out all pods of its kin.
func selectsKin(op *simcloud.Op, selector simcloud.Values) error {
	var seen []string
	for _, token := range workloadTokens {
		for _, r := range op.All(token) {
			if r.Out.String("metadata.namespace") != op.In.String("metadata.namespace") || !r.Out.Has("spec.template") {
				continue
			}
			if selects(selector, podLabels(r.Out)) {
				return nil
			}
			if kin(op.In, r.Out) {
				seen = append(seen, r.ID+" has "+listed(podLabels(r.Out)))
			}
		}
	}
	if len(seen) == 0 {
		return nil
	}
	return accepted("it selects nothing: it wants %s, and %s", wanted(selector), strings.Join(seen, "; "))
}

// workloadsOf are the workloads that an object in the cluster selects.
func workloadsOf(op *simcloud.Op, in simcloud.Values) []*simcloud.Record {
	selector := selectorOf(tokenOf(in.String("apiVersion"), in.String("kind")), in)
	var found []*simcloud.Record
	for _, token := range workloadTokens {
		for _, r := range op.All(token) {
			if r.Out.String("metadata.namespace") == in.String("metadata.namespace") && selects(selector, podLabels(r.Out)) {
				found = append(found, r)
			}
		}
	}
	return found
}

func wanted(selector simcloud.Values) string {
	s := listed(textsAt(selector, "matchLabels"))
	for _, e := range selector.Objects("matchExpressions[]") {
		s += "," + e.String("key") + " " + e.String("operator") + " " + strings.Join(e.Strings("values[]"), "|")
	}
	return strings.TrimPrefix(s, ",")
}

func listed(labels map[string]string) string {
	var all []string
	for _, k := range slices.Sorted(maps.Keys(labels)) {
		all = append(all, k+"="+labels[k])
	}
	return strings.Join(all, ",")
}
