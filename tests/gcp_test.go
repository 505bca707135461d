package tests

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/stacks/settings"
	"github.com/te-explico/infrastructure/tests/deploy"
)

// A budget on Google Cloud has the currency of who pays, which the settings do not
// know.
func TestBudgetOfGoogleHasNoCurrency(t *testing.T) {
	in := deploy.Scenario(t, "gcp-prod").One(t, "gcp:billing/budget:Budget", "costs").Inputs
	if in.String("amount.specifiedAmount.units") == "" || in.Has("amount.specifiedAmount.currencyCode") {
		t.Errorf("got the amount %v", in.Get("amount"))
	}
}

// What a load balancer's annotations name waits for its namespace.
func TestObjectsOfBalancersWaitForTheirNamespace(t *testing.T) {
	g := deploy.Scenario(t, "gcp-prod")
	for _, kind := range []string{"kubernetes:networking.gke.io/v1beta1:FrontendConfig", "kubernetes:cloud.google.com/v1:BackendConfig"} {
		r := g.One(t, kind, "")
		if !slices.ContainsFunc(r.DependsOn, func(urn string) bool { return strings.Contains(urn, "core/v1:Namespace::") }) {
			t.Errorf("%s waits for %v, and for no namespace", r.Name, r.DependsOn)
		}
	}
}

// What the settings ask of GKE beside the usual reaches the cluster.
func TestClusterOfGoogleAsAsked(t *testing.T) {
	text, err := os.ReadFile("../examples/gcp-prod.yaml")
	if err != nil {
		t.Fatal(err)
	}
	const section, asked = "  explico:gcp:\n", `    managedPrometheus: true
    exclusions:
      sale: {start: "2026-12-20T00:00:00Z", end: "2027-01-05T00:00:00Z", scope: NO_UPGRADES}
`
	g, err := deploy.Try(t, "gcp-prod", bytes.Replace(text, []byte(section), []byte(section+asked), 1))
	if err != nil {
		t.Fatal(err)
	}
	in := g.One(t, "gcp:container/cluster:Cluster", "cluster").Inputs
	if !in.Bool("monitoringConfig.managedPrometheus.enabled") {
		t.Error("Google collects no metrics")
	}
	if got := in.Strings("maintenancePolicy.maintenanceExclusions[].exclusionName"); !slices.Equal(got, []string{"sale"}) {
		t.Errorf("it leaves the cluster alone for %v", got)
	}
}

// The disk that the settings hold pods against is the one of nodes that GKE makes.
func TestDiskOfNodesThatGoogleMakes(t *testing.T) {
	cluster := deploy.Scenario(t, "gcp-everything").One(t, "gcp:container/cluster:Cluster", "").Inputs
	if got := cluster.Int("clusterAutoscaling.autoProvisioningDefaults.diskSize"); got != settings.ProvisionedDiskGiB {
		t.Errorf("got %d GB, want %d", got, settings.ProvisionedDiskGiB)
	}
}
