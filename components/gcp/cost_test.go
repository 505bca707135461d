package gcp

import (
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/cost"
	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

// Whatever a component registers costs something, or is known to be free: what
// nobody described would be missing from every estimate.
func TestEverythingHasACost(t *testing.T) {
	catalogue, err := cost.LoadCatalogue("gcp")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, g := range []*simtest.Graph{
		run(t, sqlProgram(testScope(), nil, nil)), run(t, redisProgram(nil, nil)), run(t, bucketProgram(testScope(), nil, nil)),
		run(t, secretsProgram(testScope(), nil, nil)), run(t, registryProgram(nil, nil)), run(t, edgeProgram(nil, nil)), run(t, backupProgram(nil, nil)),
		run(t, costsProgram(nil, nil)),
	} {
		for _, r := range g.Resources {
			if !r.Custom || strings.HasPrefix(r.Type, "pulumi:") || seen[r.Type] {
				continue
			}
			seen[r.Type] = true
			report := cost.Estimate(cost.Options{Catalogue: catalogue}, []cost.Resource{{Type: r.Type, Name: r.Name, URN: r.URN, Inputs: cost.Values(r.Inputs)}})
			for _, l := range report.Lines {
				if strings.Contains(l.Reason, "nobody has described") {
					t.Errorf("%s: %s", r.Type, l.Reason)
				}
			}
		}
	}
	if len(seen) < 50 {
		t.Errorf("looked at %d types only", len(seen))
	}
}
