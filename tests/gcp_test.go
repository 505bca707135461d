package tests

import (
	"slices"
	"strings"
	"testing"

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
