package kubernetes

import (
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

func TestRefusesReleases(t *testing.T) {
	runRefusals(t, []refusal{
		{"a chart that is none", func(g *ground) error {
			_, err := g.release("argo-rollout", nil)
			return err
		}, `chart "argo-rollout" version "1.0.0" not found`},
		{"a chart that is elsewhere", func(g *ground) error {
			_, err := g.cloud.Create(g.session, releaseToken, "urn", simcloud.Values{
				"chart": "keda", "name": "keda", "namespace": "kube-system", "version": "2.0.0", "repositoryOpts": m{"repo": "https://example.org"},
			})
			return err
		}, `looks like "https://example.org" is not a valid chart repository or cannot be reached`},
		{"no namespace", func(g *ground) error {
			_, err := g.cloud.Create(g.session, releaseToken, "urn", simcloud.Values{"chart": "keda", "name": "keda", "namespace": "keda", "version": "2.0.0"})
			return err
		}, `create: failed to create: namespaces "keda" not found`},
		{"a name that is too long", func(g *ground) error {
			_, err := g.cloud.Create(g.session, releaseToken, "urn", simcloud.Values{
				"chart": "keda", "name": strings.Repeat("k", 54), "namespace": "kube-system", "version": "2.0.0",
			})
			return err
		}, "the length must not be longer than 53"},
		{"definitions of another release", func(g *ground) error {
			g.install("eck-operator-crds")
			_, err := g.release("eck-operator", nil)
			return err
		}, `Unable to continue with install: CustomResourceDefinition "agents.agent.k8s.elastic.co"`},
		{"definitions of a published file", func(g *ground) error {
			g.publish("https://github.com/kedacore/keda/releases/download/v2.20.2/keda-2.20.2-crds.yaml")
			_, err := g.release("keda", nil)
			return err
		}, `Unable to continue with install: CustomResourceDefinition "cloudeventsources.eventing.keda.sh"`},
		{"definitions that nobody has brought", func(g *ground) error {
			_, err := g.release("keda", m{"crds": m{"install": false}})
			return err
		}, `its pods never become ready: no matches for kind "ScaledObject" in group "keda.sh"`},
		{"a service account that somebody made", func(g *ground) error {
			g.make("v1", "ServiceAccount", "kube-system", "argo-rollouts", nil)
			_, err := g.release("argo-rollouts", nil)
			return err
		}, "cannot be imported into the current release: invalid ownership metadata"},
	})
}

// What controllers make of an object can be referred to.
func TestControllers(t *testing.T) {
	g := newGround(t)
	g.install("eck-operator")
	g.install("external-secrets")
	g.install("cert-manager")
	g.make("external-secrets.io/v1", "ClusterSecretStore", "", "cloud", nil)
	g.make("external-secrets.io/v1", "ExternalSecret", "shop", "keys", m{"spec": m{
		"secretStoreRef": m{"kind": "ClusterSecretStore", "name": "cloud"}, "target": m{"name": "keys-of-web"},
	}})
	g.make("cert-manager.io/v1", "ClusterIssuer", "", "ca", nil)
	g.make("cert-manager.io/v1", "Certificate", "shop", "web", m{"spec": m{"secretName": "web-tls", "issuerRef": m{"kind": "ClusterIssuer", "name": "ca"}}})
	g.make("elasticsearch.k8s.elastic.co/v1", "Elasticsearch", "shop", "logs", m{"spec": m{"nodeSets": []any{m{"name": "hot"}}}})
	var volumes []any
	for _, secret := range []string{"keys-of-web", "web-tls", "logs-es-elastic-user", "logs-es-http-certs-public"} {
		volumes = append(volumes, m{"name": secret, "secret": m{"secretName": secret}})
	}
	if err := g.web(m{"volumes": volumes}, nil); err != nil {
		t.Error(err)
	}
}

func TestRefusesDeletions(t *testing.T) {
	rollout := func(g *ground) *simcloud.Record {
		return g.make("argoproj.io/v1alpha1", "Rollout", "shop", "web", deployment(nil, nil))
	}
	runRefusals(t, []refusal{
		{"a definition with objects left", func(g *ground) error {
			crd := g.make("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", "rollouts.argoproj.io", m{"spec": m{
				"group": "argoproj.io", "names": m{"kind": "Rollout", "plural": "rollouts"}, "versions": []any{m{"name": "v1alpha1", "served": true}},
			}})
			rollout(g)
			return g.remove(crd)
		}, "deleting the definition rollouts.argoproj.io would delete Rollout shop/web along with it"},
		{"a release of definitions with objects left", func(g *ground) error {
			r := g.install("karpenter-crd")
			g.make("karpenter.k8s.aws/v1", "EC2NodeClass", "", "default", nil)
			return g.remove(r)
		}, "would delete EC2NodeClass default along with it"},
		{"a definition that a release works by", func(g *ground) error {
			g.publish("https://github.com/kedacore/keda/releases/download/v2.20.2/keda-2.20.2-crds.yaml")
			if _, err := g.release("keda", m{"crds": m{"install": false}}); err != nil {
				return err
			}
			return g.cloud.Delete(g.session, crdToken, "scaledobjects.keda.sh")
		}, "deleting the definition scaledobjects.keda.sh would end what the release kube-system/keda runs"},
		{"a namespace with objects left", func(g *ground) error {
			return g.cloud.Delete(g.session, namespaceToken, "shop")
		}, "deleting the namespace shop would delete ServiceAccount shop/web along with it"},
		{"an object whose controller is gone", func(g *ground) error {
			g.install("karpenter-crd")
			controller := g.install("karpenter")
			class := g.make("karpenter.k8s.aws/v1", "EC2NodeClass", "", "default", nil)
			if err := g.remove(controller); err != nil {
				return err
			}
			return g.remove(class)
		}, "the finalizer karpenter.k8s.aws/termination is never taken off"},
	})
}

// Definitions that Helm keeps outlive their release, with their objects.
func TestKept(t *testing.T) {
	g := newGround(t)
	r := g.install("argo-rollouts")
	g.make("argoproj.io/v1alpha1", "Rollout", "shop", "web", deployment(nil, nil))
	if err := g.remove(r); err != nil {
		t.Fatal(err)
	}
	g.make("argoproj.io/v1alpha1", "AnalysisTemplate", "shop", "web", nil)
	if err := g.try("argoproj.io/v1alpha1", "Rollouts", "shop", "web", nil); err == nil {
		t.Error("a kind that is not defined is accepted")
	}
}

func TestPlural(t *testing.T) {
	for kind, want := range map[string]string{
		"Prometheus": "prometheuses", "AuthorizationPolicy": "authorizationpolicies", "Gateway": "gateways", "GatewayClass": "gatewayclasses",
		"Elasticsearch": "elasticsearches", "ServiceEntry": "serviceentries", "Rollout": "rollouts",
	} {
		if got := plural(kind); got != want {
			t.Errorf("%s: got %s, want %s", kind, got, want)
		}
	}
}
