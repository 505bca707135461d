package tests

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/tests/deploy"
	"github.com/te-explico/infrastructure/tests/sdksource"
)

// The tests of components look at variants that no scenario has.
func TestBoundResourcesHaveTheArgumentsOfTheSDK(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/scenarios/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	types := map[string]int{}
	for _, file := range files {
		scenario := strings.TrimSuffix(filepath.Base(file), ".txtar")
		t.Run(scenario, func(t *testing.T) {
			types[scenario] = sdksource.CheckBound(t, deploy.Scenario(t, scenario), "../components/aws", "../components/azure", "../components/gcp")
		})
	}
	for _, scenario := range []string{"prod", "azure-prod", "gcp-prod"} {
		if types[scenario] < 15 {
			t.Errorf("%s: only %d types are bound by hand: this looks at nothing", scenario, types[scenario])
		}
	}
}
