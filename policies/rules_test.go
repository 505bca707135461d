package policies

import (
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
	"github.com/te-explico/infrastructure/internal/values"
	"github.com/te-explico/infrastructure/tests/deploy"
)

// scenarios are the stacks that the repository ships and, since these leave much
// out, the scenario that has everything, and those of services on ECS.
var scenarios = []string{"dev", "staging", "prod", "everything", "ecs", "ecs-cdn", "gcp-dev", "gcp-staging", "gcp-prod", "azure-dev", "azure-staging", "azure-prod", "azure-everything", "gcp-everything"}

// runs are the resources of each scenario: the program is run once for each.
var runs sync.Map

type run struct {
	once      sync.Once
	resources []Resource
}

// resourcesOf runs the program for a scenario, or reads the resources of one of
// testdata.
func resourcesOf(t *testing.T, scenario string, preview bool) []Resource {
	t.Helper()
	key, deployed := scenario, deploy.Scenario
	if preview {
		key, deployed = key+" (preview)", deploy.Preview
	}
	found, _ := runs.LoadOrStore(key, &run{})
	r := found.(*run)
	r.once.Do(func() {
		if examples[scenario] {
			r.resources = readExample(t, scenario, preview)
			return
		}
		r.resources = convert(deployed(t, scenario))
	})
	return r.resources
}

// examples are small platforms in testdata, on clouds of which no scenario has
// all that the rules look at.
var examples = map[string]bool{"gcp": true, "azure": true}

// readExample reads an example's resources. In a preview none has an id, and so
// nothing is known that is made from one.
func readExample(t *testing.T, name string, preview bool) []Resource {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	var list []struct {
		Type, Name string
		Inputs     map[string]any
	}
	if err := yaml.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	all := []Resource{{Type: stackKind, Name: "stack", URN: "urn:stack"}}
	for _, l := range list {
		r := Resource{Type: l.Type, Name: l.Name, URN: "urn:" + l.Type + " " + l.Name, DependsOn: map[string][]string{}, Outputs: values.Map{}}
		if !preview {
			r.ID = "id of " + Kind(l.Type) + " " + l.Name
		}
		all = append(all, r)
	}
	for i, l := range list {
		text, err := json.Marshal(l.Inputs) // numbers as they come from an engine
		if err != nil {
			t.Fatal(err)
		}
		var inputs map[string]any
		if err := json.Unmarshal(text, &inputs); err != nil {
			t.Fatal(err)
		}
		r := &all[i+1]
		r.Inputs = inputs
		for key, value := range inputs {
			inputs[key], r.DependsOn[key] = withIDs(all, value)
		}
	}
	return all
}

// TestExamplesAreSound wants the examples to keep every rule.
func TestExamplesAreSound(t *testing.T) {
	for name := range examples {
		for text := range complaints(t, name, resourcesOf(t, name, false), rules) {
			t.Errorf("%s: %s", name, text)
		}
		for text := range complaints(t, name, resourcesOf(t, name, true), rules) {
			t.Errorf("%s, in a preview: %s", name, text)
		}
	}
}

// convert is what a program registered, as a policy sees it.
func convert(g *simtest.Graph) []Resource {
	all := []Resource{{Type: stackKind, Name: "stack", URN: "urn:stack", Outputs: g.Exports}}
	for _, r := range g.Resources {
		if r.Custom {
			all = append(all, Resource{r.Type, r.Name, r.URN, r.ID, r.Provider, r.Inputs, r.Outputs, r.Secret, r.Sources})
		}
	}
	return all
}

func settingsOf(t *testing.T) *Settings {
	t.Helper()
	s, err := LoadSettings()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func waiversOf(t *testing.T) *Waivers {
	t.Helper()
	w, err := LoadWaivers()
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// TestRules checks every rule in every stack. Run it with -v for the report.
func TestRules(t *testing.T) {
	waivers := waiversOf(t)
	seen := map[string]int{}
	used := map[*Waiver][]string{}
	for _, stack := range scenarios {
		report := []string{stack + ":"}
		g := NewGraph(stack, settingsOf(t), resourcesOf(t, stack, false))
		clouds := map[string]bool{} // those that it has something of
		for _, x := range g.all {
			clouds[x.cloud()] = true
		}
		for _, r := range Check(g, waivers, time.Now()) {
			if r.Looked > 0 || r.rule.cloud == "" || clouds[r.rule.cloud] {
				report = append(report, r.String())
			}
			seen[r.Rule] += r.Looked
			if r.Failed() {
				t.Errorf("%s: %s\nbecause %s", stack, r, r.Reason)
			}
			if len(r.Unseen) > 0 {
				t.Errorf("%s: rule %s cannot be decided after an update: %v", stack, r.Rule, r.Unseen)
			}
			for _, f := range r.Waived {
				used[f.Waiver] = append(used[f.Waiver], stack)
			}
		}
		t.Log(strings.Join(report, "\n"))
	}
	for _, r := range rules {
		if seen[r.id()] == 0 && r.cloud != "gcp" && r.cloud != "azure-native" {
			t.Errorf("rule %s looks at no resource of any stack", r.id())
		}
	}
	for i := range waivers.all {
		w := &waivers.all[i]
		if len(used[w]) == 0 {
			t.Errorf("nothing needs the waiver of %s for %s", w.Rule, w.Resource)
		}
		for _, stack := range w.Stacks {
			if !slices.ContainsFunc(used[w], func(s string) bool { return matches(stack, s) }) {
				t.Errorf("nothing in %s needs the waiver of %s for %s", stack, w.Rule, w.Resource)
			}
		}
	}
}

// TestPreviewsFailNoRule wants what a preview cannot know to be said, and never
// to be taken for a fault.
func TestPreviewsFailNoRule(t *testing.T) {
	for _, stack := range scenarios {
		unseen := 0
		for _, r := range Check(NewGraph(stack, settingsOf(t), resourcesOf(t, stack, true)), waiversOf(t), time.Now()) {
			unseen += len(r.Unseen)
			if r.Failed() {
				t.Errorf("%s: %s", stack, r)
			}
		}
		if unseen == 0 {
			t.Errorf("%s: a preview knows everything?", stack)
		}
	}
}

// complaints are what rules say of resources, whatever their level is.
func complaints(t *testing.T, stack string, resources []Resource, rules []rule) map[string]string {
	t.Helper()
	all := map[string]string{}
	g := NewGraph(stack, settingsOf(t), resources)
	for _, r := range rules {
		for _, x := range r.subjects(g) {
			for _, what := range r.check.ask(&graph{g, &sight{}}, x).wrong {
				f := r.finding(x, what)
				all[f.Rule+": "+f.String()] = r.id()
			}
		}
	}
	return all
}

// TestEveryRuleCanFail makes each rule's bad changes, one at a time, and wants
// this rule to complain, and no other.
func TestEveryRuleCanFail(t *testing.T) {
	before := map[string]map[string]string{} // what is wrong as it is
	for _, r := range rules {
		if len(r.bad) == 0 {
			t.Errorf("rule %s has no bad change", r.id())
		}
		t.Run(Slug(r.id()), func(t *testing.T) {
			for _, words := range r.bad {
				c, err := parseChange(words)
				if err != nil {
					t.Fatal(err)
				}
				resources := resourcesOf(t, c.scenario, false)
				if before[c.scenario] == nil {
					before[c.scenario] = complaints(t, c.scenario, resources, rules)
				}
				changed, err := c.apply(resources)
				if err != nil {
					t.Fatalf("rule %s: %v", r.id(), err)
				}
				found := false
				for text, id := range complaints(t, c.scenario, changed, rules) {
					if before[c.scenario][text] != "" {
						continue
					}
					found = found || id == r.id()
					if id != r.id() && !slices.Contains(r.also, id) {
						t.Errorf("of %s\nanother rule than %s complains: %s", words, r.id(), text)
					}
				}
				if !found {
					t.Errorf("rule %s does not complain of %s", r.id(), words)
				}
			}
		})
	}
}

// TestEveryRuleCanFailInAPreview wants each rule to see at least one of its bad
// changes before anything is created.
func TestEveryRuleCanFailInAPreview(t *testing.T) {
	before := map[string]map[string]string{}
	for _, r := range rules {
		found := false
		for _, words := range r.bad {
			c, err := parseChange(words)
			if err != nil {
				t.Fatal(err)
			}
			resources := resourcesOf(t, c.scenario, true)
			if before[c.scenario] == nil {
				before[c.scenario] = complaints(t, c.scenario, resources, rules)
			}
			changed, err := c.apply(resources)
			if errors.Is(err, errUnknown) {
				continue
			}
			if err != nil {
				t.Fatalf("rule %s: %v", r.id(), err)
			}
			for text, id := range complaints(t, c.scenario, changed, []rule{r}) {
				found = found || id == r.id() && before[c.scenario][text] == ""
			}
		}
		if !found {
			t.Errorf("rule %s sees none of its bad changes in a preview", r.id())
		}
	}
}

// TestRulesAreComplete wants each rule to say what it is.
func TestRulesAreComplete(t *testing.T) {
	ids := map[string]bool{}
	for _, r := range rules {
		if ids[r.id()] {
			t.Errorf("two rules are named %s", r.id())
		}
		ids[r.id()] = true
		if r.priority < 1 || r.priority > 3 || r.reason == "" || r.check.ask == nil {
			t.Errorf("rule %s lacks a priority, a reason or a check", r.id())
		}
		if strings.HasPrefix(r.ids, "own ") && !strings.Contains(r.ids, " (") {
			t.Errorf("rule %s does not say what it asks for", r.id())
		}
	}
	for _, r := range rules {
		for _, other := range r.also {
			if !ids[other] {
				t.Errorf("rule %s names %s, which is no rule", r.id(), other)
			}
		}
	}
}
