package versions

import (
	"strings"
	"testing"
)

// together are charts that an upgrade takes at once.
var together = [][]string{
	{"istio-base", "istiod", "istio-cni", "ztunnel", "istio-gateway"},
	{"karpenter", "karpenter-crd"},
	{"eck-operator", "eck-operator-crds"},
}

func TestChartsThatGoTogether(t *testing.T) {
	for _, group := range together {
		first, err := ChartOf(group[0])
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range group[1:] {
			if c, err := ChartOf(name); err != nil || c.Version != first.Version {
				t.Errorf("%s has the version %s, and %s %s (%v)", name, c.Version, group[0], first.Version, err)
			}
		}
	}
}

// fitting are the minors of published definitions that the minors of charts work
// with. A chart's new minor wants a new row.
//
// Sources: go.mod of istio/istio at the tag of the minor's releases; the appVersion of
// the other charts. Read 2026-11-29.
var fitting = map[string]struct{ manifest, minor string }{
	"istiod 1.30":                      {"gateway-api", "1.5"},
	"vpa 5.0":                          {"vpa", "1.7"},
	"aws-load-balancer-controller 3.5": {"aws-load-balancer-controller", "3.5"},
	"cert-manager 1.21":                {"cert-manager", "1.21"},
	"external-secrets 2.9":             {"external-secrets", "2.9"},
	"keda 2.20":                        {"keda", "2.20"},
}

// minorOf is the minor of a version: 1.30 of v1.30.3.
func minorOf(version string) string {
	parts := strings.SplitN(strings.TrimPrefix(version, "v"), ".", 3)
	return strings.Join(parts[:2], ".")
}

// Definitions that are installed apart fit what reads them: Istio leaves out kinds
// whose definitions are older than it wants, and knows no newer ones.
func TestDefinitionsFitTheirCharts(t *testing.T) {
	seen := map[string]bool{}
	for _, name := range []string{
		"istiod", "vpa", "aws-load-balancer-controller", "cert-manager", "external-secrets", "keda",
	} {
		c, err := ChartOf(name)
		if err != nil {
			t.Fatal(err)
		}
		want, known := fitting[name+" "+minorOf(c.Version)]
		if !known {
			t.Errorf("%s has the version %s: say in this test which definitions it works with", name, c.Version)
			continue
		}
		seen[want.manifest] = true
		if m, err := ManifestOf(want.manifest); err != nil || minorOf(m.Version) != want.minor {
			t.Errorf("%s %s works with %s %s, and not with %s (%v)", name, c.Version, want.manifest, want.minor, m.Version, err)
		}
	}
	for _, name := range Manifests() {
		if !seen[name] {
			t.Errorf("the manifest %s fits no chart: say in this test what reads it", name)
		}
	}
}
