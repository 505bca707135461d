package kubernetes

import (
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
	"github.com/te-explico/infrastructure/internal/simcloud/gcp"
)

// onGKE is a ground in a cluster of the simulated Google Cloud.
type onGKE struct {
	*ground
	in      simcloud.Session
	cluster *simcloud.Record
}

func newGKE(t *testing.T) *onGKE {
	t.Helper()
	g := &onGKE{in: simcloud.Session{Account: gcp.DefaultProject}}
	cloud := simcloud.New(Catalog(), gcp.Catalog())
	var err error
	if _, err = cloud.Create(g.in, "gcp:compute/network:Network", "network", simcloud.Values{"name": "network"}); err != nil {
		t.Fatal(err)
	}
	g.cluster, err = cloud.Create(g.in, gkeToken, "cluster", simcloud.Values{"name": "shop", "location": "europe-west1", "deletionProtection": false})
	if err != nil {
		t.Fatal(err)
	}
	g.ground = &ground{t: t, cloud: cloud, session: simcloud.Session{Account: g.cluster.Out.String("endpoint")}}
	g.make("v1", "Namespace", "", "shop", nil)
	return g
}

// gceIngress is an Ingress for which GKE makes a load balancer.
func gceIngress(change m) m {
	spec := m{"tls": []any{m{"hosts": []any{"a.example.com"}, "secretName": "certificate"}}, "rules": []any{m{"host": "a.example.com"}}}
	for k, v := range change {
		spec[k] = v
	}
	return m{"metadata": m{"annotations": m{"kubernetes.io/ingress.class": "gce", frontendNotes: "gateway"}}, "spec": spec}
}

func TestBalancerOfGKE(t *testing.T) {
	g := newGKE(t)
	refused := func(name, words string, change m) {
		t.Helper()
		if err := g.try("networking.k8s.io/v1", "Ingress", "shop", name, gceIngress(change)); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: got %v, want %q", name, err, words)
		}
	}
	refused("early", "FrontendConfig shop/gateway does not exist", nil)
	g.make("networking.gke.io/v1beta1", "FrontendConfig", "shop", "gateway", nil)
	refused("bare", `secret "" specified`, m{"tls": []any{m{"hosts": []any{"a.example.com"}}}})
	made, err := g.create(object("networking.k8s.io/v1", "Ingress", "shop", "good", gceIngress(nil)))
	if err != nil {
		t.Fatal(err)
	}
	if ip := made.Out.String("status.loadBalancer.ingress[].ip"); !strings.HasPrefix(ip, "34.120.") {
		t.Errorf("it answers at %q", ip)
	}
	paths := 0
	for _, r := range g.cloud.Records() {
		if r.Type == gkePathToken {
			paths++
		}
	}
	if paths != 1 {
		t.Errorf("got %d load balancers in the project, want one", paths)
	}
}

// GKE's own kinds are in no other cluster.
func TestKindsOfGKE(t *testing.T) {
	if err := newGKE(t).try("cloud.google.com/v1", "BackendConfig", "shop", "gateway", nil); err != nil {
		t.Error(err)
	}
	if err := newGround(t).try("cloud.google.com/v1", "BackendConfig", "shop", "gateway", nil); err == nil {
		t.Error("a cluster elsewhere has a kind of GKE's")
	}
}

// Critical pods run in a namespace with a quota for their classes alone.
func TestCriticalPodsOnGKE(t *testing.T) {
	g := newGKE(t)
	release := func(op string, values m) error {
		in := simcloud.Values{"namespace": "shop", "name": op, "values": values, "chart": "a"}
		o := &simcloud.Op{Session: g.session, Cloud: g.cloud, In: in}
		return refusePriority(o)
	}
	critical := m{"controller": m{"priorityClassName": "system-cluster-critical"}}
	if err := release("plain", m{}); err != nil {
		t.Error(err)
	}
	if err := release("early", critical); err == nil || !strings.Contains(err.Error(), "insufficient quota to match these scopes") {
		t.Errorf("got %v, want a refusal", err)
	}
	g.make("v1", "ResourceQuota", "shop", "critical", m{"spec": m{"scopeSelector": m{"matchExpressions": []any{m{"scopeName": "PriorityClass"}}}}})
	if err := release("late", critical); err != nil {
		t.Error(err)
	}
}

// A cluster that is gone answers nobody, and takes along what nobody tracks.
func TestGoneGKE(t *testing.T) {
	g := newGKE(t)
	if err := g.cloud.Delete(g.in, gkeToken, g.cluster.ID); err != nil {
		t.Fatal(err)
	}
	if err := g.try("v1", "ConfigMap", "shop", "late", nil); err == nil || !strings.Contains(err.Error(), "unreachable") {
		t.Errorf("got %v, want nobody to answer", err)
	}
}
