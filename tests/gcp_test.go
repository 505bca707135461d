package tests

import (
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
