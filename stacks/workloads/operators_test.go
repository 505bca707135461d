package workloads

import (
	"slices"
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/components/kubernetes"
	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
	"github.com/te-explico/infrastructure/stacks/platform"
	"github.com/te-explico/infrastructure/stacks/settings"
)

const releaseType = "kubernetes:helm.sh/v3:Release"

// withZone is a platform where DNS records and secrets are kept.
func withZone(_ *settings.Settings, p *platform.Platform) {
	p.Cluster.Integrations.Records = &platform.Records{Zone: "example.com", Values: map[string]any{}, Solver: map[string]any{}}
	p.Cluster.Integrations.Secrets = &platform.SecretSource{Provider: map[string]any{}}
}

// What alerts are made of is scraped, and the definition of what asks for that
// comes first.
func TestOperatorsAreWatched(t *testing.T) {
	g := deploy(t, withZone)
	for chart, at := range map[string]string{
		"argo-rollouts": "controller.metrics.serviceMonitor.enabled", "cert-manager": "prometheus.servicemonitor.enabled",
		"external-dns": "serviceMonitor.enabled", "external-secrets": "serviceMonitor.enabled", "dcgm-exporter": "serviceMonitor.enabled",
		"keda": "prometheus.operator.serviceMonitor.enabled",
	} {
		release := g.One(t, releaseType, "operator-"+chart+"-"+chart)
		if !release.Inputs.Bool("values." + at) {
			t.Errorf("%s: nobody scrapes it", chart)
		}
		if !follows(release, "::monitors-definitions") {
			t.Errorf("%s: it comes before the definition of its monitor", chart)
		}
	}
}

// An operator starts once its definitions are there, which are not its release's: the
// cluster refuses a release that brings what is there already.
func TestDefinitionsComeBeforeTheirOperators(t *testing.T) {
	g := deploy(t, withZone)
	for _, chart := range []string{"cert-manager", "external-secrets", "keda", "vpa"} {
		definitions := "operator-" + chart + "-definitions"
		if release := g.One(t, releaseType, "operator-"+chart+"-"+chart); !follows(release, "::"+definitions) {
			t.Errorf("%s comes after %v, want after %s", chart, release.DependsOn, definitions)
		}
	}
}

func follows(r simtest.Resource, suffix string) bool {
	return slices.ContainsFunc(r.DependsOn, func(urn string) bool { return strings.HasSuffix(urn, suffix) })
}

// The exporter of GPUs is root on its node: where pods must meet the strictest
// standard it would never start.
func TestGPUsAreMeasuredWhereThatIsAllowed(t *testing.T) {
	release := deploy(t, asItIs).One(t, releaseType, "operator-dcgm-exporter-dcgm-exporter")
	if _, allowed := lowered[release.Inputs.String("namespace")]; !allowed {
		t.Errorf("it is in %s, whose pods are restricted", release.Inputs.String("namespace"))
	}
}

// cert-manager has no way to name servers but the cluster's own.
func TestProofsAreLookedForThroughTheClustersDNS(t *testing.T) {
	if !deploy(t, withZone).One(t, releaseType, "operator-cert-manager-cert-manager").Inputs.Bool("values.dns01RecursiveNameserversOnly") {
		t.Error("it asks the zone's own name servers, which no policy lets it")
	}
}

// The range that the Kubernetes API calls from is on some clouds that of all pods:
// a policy without ports would let everybody in.
func TestTheAPIIsLetInToWebhooksAlone(t *testing.T) {
	g := deploy(t, asItIs)
	for _, namespace := range []string{"cert-manager", "external-secrets", "ingress"} {
		policy := g.One(t, "kubernetes:networking.k8s.io/v1:NetworkPolicy", "namespace-"+namespace+"-allow-webhooks").Inputs
		if ports := policy.All("spec.ingress[].ports[].port"); len(ports) != len(webhookPorts) {
			t.Errorf("%s: got the ports %v, want %v", namespace, ports, webhookPorts)
		}
	}
	world := g.One(t, "kubernetes:networking.k8s.io/v1:NetworkPolicy", "namespace-ingress-allow-world").Inputs
	if !slices.Contains(world.All("spec.ingress[].ports[].port"), any(float64(kubernetes.EntranceHealthPort))) {
		t.Error("no load balancer learns whether the gateway is well")
	}
}
