package tests

import (
	"slices"
	"testing"

	"github.com/te-explico/infrastructure/tests/deploy"
)

// What the settings say of who asks too often holds at both ways in: at Front
// Door, and at the gateway before the cluster.
func TestBothFirewallsOfAzureLimit(t *testing.T) {
	g := deploy.Scenario(t, "azure-prod")
	names := func(token, path string) []string {
		var all []string
		for _, r := range g.All(token) {
			for _, rule := range r.Inputs.Objects(path) {
				all = append(all, rule.String("name"))
			}
		}
		slices.Sort(all)
		return all
	}
	door, gateway := names("azure-native:network/v20240201:Policy", "customRules.rules[]"), names("azure-native:network:WebApplicationFirewallPolicy", "customRules[]")
	if len(door) == 0 || !slices.Equal(door, gateway) {
		t.Errorf("Front Door has the rules %v, the gateway %v", door, gateway)
	}
}
