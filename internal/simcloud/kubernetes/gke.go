package kubernetes

import (
	"slices"
	"strings"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// A cluster on GKE makes load balancers for Ingresses itself, and has kinds of its
// own. What its load balancers are made of is Google's, and stands in its way
// while the network goes.
//
// Sources: GKE docs, "GKE Ingress for Application Load Balancers" and "Ingress
// configuration"; ingress-gce, pkg/apis; read 2026-11.
const (
	gkeToken      = "gcp:container/cluster:Cluster"
	gkePathToken  = "gcp:compute/globalForwardingRule:GlobalForwardingRule"
	frontendNotes = "networking.gke.io/v1beta1.FrontendConfig"
)

// gkeKinds are the kinds that every cluster on GKE serves beside Kubernetes' own.
var gkeKinds = map[string]string{
	"cloud.google.com/v1": "BackendConfig", "networking.gke.io/v1beta1": "FrontendConfig", "networking.gke.io/v1": "ManagedCertificate",
}

// gkeOf is the record of op's cluster in the simulated Google Cloud; nil for
// another.
func gkeOf(op *simcloud.Op) *simcloud.Record {
	for _, r := range op.Everywhere(gkeToken) {
		for _, at := range []string{"endpoint", "privateClusterConfig.privateEndpoint"} {
			if r.Out.String(at) == op.Account {
				return r
			}
		}
	}
	return nil
}

// gkeServes says whether a cluster on GKE brings a kind.
func gkeServes(op *simcloud.Op, apiVersion, kind string) bool {
	return slices.Contains(strings.Fields(gkeKinds[apiVersion]), kind) && gkeOf(op) != nil
}

// gkeReachable refuses everything in a cluster that was on GKE and is gone: nobody
// answers at its address any more.
func gkeReachable(op *simcloud.Op) error {
	if strings.Trim(op.Account, "0123456789.") != "" || gkeOf(op) != nil || len(op.Everywhere("gcp:compute/")) == 0 {
		return nil
	}
	return simcloud.Refusal("Unreachable",
		"configured Kubernetes cluster is unreachable: unable to load schema information from the API server: Get \"https://%s/openapi/v2?timeout=32s\": dial tcp %s:443: i/o timeout",
		op.Account, op.Account)
}

// refuseGke refuses an Ingress whose load balancer would never come.
func (a *asked) refuseGke(op *simcloud.Op) error {
	if name := textsAt(op.In, "metadata.annotations")[frontendNotes]; name != "" && named(op, "networking.gke.io/v1beta1", "FrontendConfig", a.namespace, name) == nil {
		return never(op.In, "error running load balancer syncing routine: FrontendConfig %s/%s does not exist", a.namespace, name)
	}
	if op.In.String("spec.ingressClassName") != "" {
		return never(op.In, "spec.ingressClassName is not supported: GKE takes the annotation kubernetes.io/ingress.class")
	}
	for _, t := range op.In.Objects("spec.tls[]") {
		if t.String("secretName") == "" {
			return never(op.In, "error running load balancer syncing routine: secret \"\" specified in Ingress not found")
		}
	}
	return nil
}

// makeInGke makes the load balancer of an Ingress, and says at which address it
// is reached.
func (a *asked) makeInGke(op *simcloud.Op) map[string]any {
	ip := "34.120." + decimal(op.Hex(2, "ip a")) + "." + decimal(op.Hex(2, "ip b"))
	name := "k8s2-fs-" + op.Hex(8, "balancer") + "-" + short(a.namespace) + "-" + short(a.name)
	id := "projects/" + a.gke.Account + "/global/forwardingRules/" + name
	op.Elsewhere(simcloud.Session{Account: a.gke.Account}, gkePathToken, id, simcloud.Values{
		"name": name, "ipAddress": ip, "network": a.gke.In.String("network"),
		"labels": map[string]any{"cluster": a.gke.Out.String("name")},
	})
	return map[string]any{"ip": ip}
}

// decimal is two hex digits as a decimal number.
func decimal(h string) string {
	n := 0
	for _, r := range h {
		n = n*16 + strings.IndexRune("0123456789abcdef", r)
	}
	digits := ""
	for ; n > 0 || digits == ""; n /= 10 {
		digits = string(rune('0'+n%10)) + digits
	}
	return digits
}

// criticalCharts are charts whose pods are of a critical class without being told.
var criticalCharts = []string{"cni", "ztunnel"}

// refusePriority refuses a release whose pods GKE lets run in a namespace with a
// quota for their priority class alone.
// Source: Istio docs, "Platform-Specific Prerequisites", Google Kubernetes Engine.
func refusePriority(op *simcloud.Op) error {
	namespace := op.In.String("namespace")
	if gkeOf(op) == nil || namespace == "kube-system" {
		return nil
	}
	critical := slices.Contains(criticalCharts, chartName(op.In)) || holds(op.In.Get("values"), "system-cluster-critical", "system-node-critical")
	if !critical {
		return nil
	}
	for _, q := range op.All(tokenOf("v1", "ResourceQuota")) {
		if q.Out.String("metadata.namespace") == namespace && slices.Contains(q.Out.Strings("spec.scopeSelector.matchExpressions[].scopeName"), "PriorityClass") {
			return nil
		}
	}
	return simcloud.Refusal("Forbidden",
		"pods of release %s are forbidden: insufficient quota to match these scopes: [{PriorityClass In [system-node-critical system-cluster-critical]}]", op.In.String("name"))
}

// holds says whether one of the texts stands somewhere in a value.
func holds(x any, texts ...string) bool {
	switch x := x.(type) {
	case string:
		return slices.Contains(texts, x)
	case []any:
		return slices.ContainsFunc(x, func(e any) bool { return holds(e, texts...) })
	case map[string]any:
		for _, e := range x {
			if holds(e, texts...) {
				return true
			}
		}
	}
	return false
}
