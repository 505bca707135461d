package azure_test

import (
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
	"github.com/te-explico/infrastructure/stacks/platform"
	"github.com/te-explico/infrastructure/tests/deploy"
)

// examples are the settings files of stacks on Azure.
var examples = []string{"azure-dev", "azure-staging", "azure-prod"}

// The platform is what the contract wants, whatever its size.
func TestExamples(t *testing.T) {
	for _, name := range examples {
		t.Run(name, func(t *testing.T) {
			g := deploy.Scenario(t, name)
			g.CheckHouse(t)
			for _, err := range platform.Accept(g.Exports) {
				t.Error(err)
			}
			if preview := deploy.Scenario(t, name, simtest.Preview()); len(preview.Resources) != len(g.Resources) {
				t.Errorf("a preview registers %d resources, an update %d", len(preview.Resources), len(g.Resources))
			}
		})
	}
}
