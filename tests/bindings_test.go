package tests

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
	"github.com/te-explico/infrastructure/tests/deploy"
	"github.com/te-explico/infrastructure/tests/sdksource"
)

// withoutSource are bound by hand because no module of their own can be had, or it
// is far larger than what is used of it. Their inputs are compared with nothing
// but what the simulated cloud knows.
var withoutSource = []string{
	"azure-native:cache/", "azure-native:compute:DiskEncryptionSet", "azure-native:dataprotection", "azure-native:eventgrid", "azure-native:security:",
}

// What a compiler finds in typed arguments, this finds in resources bound by hand:
// properties that the SDK does not know, that are missing or of another kind.
func TestBoundResourcesHaveTheArgumentsOfTheSDK(t *testing.T) {
	compiled := map[string]bool{}
	for _, f := range goFiles(t) {
		if strings.HasPrefix(f.path, "components/") && !strings.Contains(f.text, "//go:build sdksource") {
			for _, imp := range f.ast.Imports {
				compiled[strings.Trim(imp.Path.Value, `"`)] = true
			}
		}
	}
	type registered struct {
		scenario, name string
		inputs         simcloud.Values
	}
	bound, packages := map[string][]registered{}, map[string]bool{}
	files, err := filepath.Glob("testdata/scenarios/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		scenario := strings.TrimSuffix(filepath.Base(file), ".txtar")
		for _, r := range deploy.Scenario(t, scenario).Resources {
			pkg := sdksource.Package(r.Type)
			if !r.Custom || pkg == "" || compiled[pkg] || strings.HasPrefix(r.Type, "pulumi:") ||
				slices.ContainsFunc(withoutSource, func(prefix string) bool { return strings.HasPrefix(r.Type, prefix) }) {
				continue
			}
			bound[r.Type] = append(bound[r.Type], registered{scenario, r.Name, r.Inputs})
			packages[pkg] = true
		}
	}
	if len(bound) < 20 {
		t.Errorf("only %d types are bound by hand: this looks at nothing", len(bound))
	}
	source, err := sdksource.Find(slices.Sorted(maps.Keys(packages))...)
	if err != nil {
		t.Fatal(err)
	}
	for _, tok := range slices.Sorted(maps.Keys(bound)) {
		for _, r := range bound[tok] {
			for _, err := range source.Check(tok, r.inputs) {
				t.Errorf("%s: %s: %v", r.scenario, r.name, err)
			}
		}
	}
}
