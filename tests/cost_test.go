package tests

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/cost/show"
	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
	"github.com/te-explico/infrastructure/stacks"
	"github.com/te-explico/infrastructure/stacks/settings"
	"github.com/te-explico/infrastructure/tests/deploy"
)

// stackSettings are the settings of a stack of the repository.
func stackSettings(t testing.TB, stack string) *settings.Settings {
	t.Helper()
	s, _, err := settings.LoadFile(filepath.Join("..", "Pulumi."+stack+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// What cmd/review prints is what a preview and an update export: the program is
// one, and its estimate hangs on nothing that only an update knows.
func TestCostIsTheSameEverywhere(t *testing.T) {
	t.Parallel()
	for _, stack := range []string{"dev", "staging", "prod"} {
		t.Run(stack, func(t *testing.T) {
			want, err := stacks.Cost("explico", stack, stackSettings(t, stack))
			if err != nil {
				t.Fatal(err)
			}
			if show.Text(want, "summary", "total") == "" {
				t.Fatalf("got no total: %v", want)
			}
			for name, g := range map[string]*simtest.Graph{
				"update": deploy.Scenario(t, stack), "preview": deploy.Preview(t, stack),
			} {
				if got := g.Exports["cost"]; !reflect.DeepEqual(got, any(want)) {
					t.Errorf("%s: got %v, want %v", name, got, want)
				}
			}
		})
	}
}

// Every type that a stack or scenario registers is described: priced, free for a
// reason, or unpriced since the catalogue lacks a rate.
func TestCostKnowsEveryType(t *testing.T) {
	t.Parallel()
	for _, name := range slices.Concat(stackNames, exampleNames, []string{"local", "ecs", "ecs-cdn", "everything", "azure-everything", "gcp-everything"}) {
		cost := deploy.Preview(t, name).Exports["cost"].(map[string]any)
		for line, reason := range cost["unpriced"].(map[string]any) {
			if text := reason.(string); !strings.Contains(text, "the catalogue has no rate") && !strings.Contains(text, "without a rate") {
				t.Errorf("%s: %s: %s", name, line, text)
			}
		}
	}
}

// A bigger instance or another node changes what a preview says.
func TestCostFollowsSettings(t *testing.T) {
	t.Parallel()
	base := stackSettings(t, "staging")
	base.Region, base.Network.Zones = "us-east-1", map[string]int{"us-east-1a": 0, "us-east-1b": 1}
	total := func(change func(*settings.Settings)) string {
		s := *base
		groups := map[string]settings.NodeGroup{}
		for name, g := range base.Cluster.NodeGroups {
			groups[name] = g
		}
		s.Cluster.NodeGroups = groups
		change(&s)
		cost, err := stacks.Cost("explico", "staging", &s)
		if err != nil {
			t.Fatal(err)
		}
		return show.Text(cost, "summary", "total")
	}
	was := total(func(*settings.Settings) {})
	for name, change := range map[string]func(*settings.Settings){
		"database class": func(s *settings.Settings) { s.Database.Instance = "db.m7g.xlarge" },
		"standby":        func(s *settings.Settings) { s.Database.MultiAZ = false },
		"nodes": func(s *settings.Settings) {
			g := s.Cluster.NodeGroups["apps"]
			g.Min, g.Initial = g.Min+1, g.Initial+1
			s.Cluster.NodeGroups["apps"] = g
		},
		"cache node": func(s *settings.Settings) { s.Cache.Node = "cache.m7g.large" },
		"usage":      func(s *settings.Settings) { s.Usage.Network.NATGB = 5000 },
		"endpoints":  func(s *settings.Settings) { s.Network.Endpoints = nil },
		"commitment": func(s *settings.Settings) {
			s.Commitments = map[string]settings.Commitment{"db": {
				Kind: settings.ReservedInstances, Service: settings.CommittedCache, Instance: "cache.t4g.small", Count: 3, HourlyUSD: "0.02", UpfrontUSD: "0", Months: 12,
			}}
		},
	} {
		if now := total(change); now == was {
			t.Errorf("%s: the total stays %s", name, was)
		}
	}
}

// A stack that is refused over its budget registers nothing, in a preview and in
// an update; one that only warns goes on.
func TestOverBudget(t *testing.T) {
	file, err := os.ReadFile("../Pulumi.dev.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		rule    string
		preview bool
		refused bool
	}{{"refuse", false, true}, {"refuse", true, true}, {"warn", false, false}} {
		text := strings.Replace(string(file), "monthlyBudgetUSD: 400", "monthlyBudgetUSD: 1\n    overBudget: "+tt.rule, 1)
		var opts []simtest.Option
		if tt.preview {
			opts = append(opts, simtest.Preview())
		}
		g, err := deploy.Try(t, "dev", []byte(text), opts...)
		if refused := err != nil; refused != tt.refused {
			t.Errorf("%+v: got %v", tt, err)
		}
		if tt.refused && (err == nil || !strings.Contains(err.Error(), "costs.monthlyBudgetUSD")) {
			t.Errorf("%+v: the error does not name the budget: %v", tt, err)
		}
		if !tt.preview && tt.refused && len(g.Resources) > 0 {
			t.Errorf("%+v: %d resources were registered before", tt, len(g.Resources))
		}
	}
}

// Usage by name is asked for of what there is, and of nothing else.
func TestUsageNamesWhatThereIs(t *testing.T) {
	for name, parts := range map[string][]string{
		"prod": {"network", "database", "cluster", "waf", "dns", "security", "cache"}, "ecs": {"ecs", "ecs-backend", "waf-services"},
	} {
		g := deploy.Preview(t, name)
		for _, part := range parts {
			lines := g.Exports["cost"].(map[string]any)["lines"].(map[string]any)
			if _, logs := lines[part+": logs taken in"]; !logs {
				t.Errorf("%s: %s logs nothing, though usage.logsGB may name it", name, part)
			}
		}
	}
}
