package rules

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
	"github.com/te-explico/infrastructure/tests/deploy"
)

// rule is one thing that must hold of resources.
type rule struct {
	// ids are the catalogues' names for it, with the first being its name here.
	ids string
	// priority 1 must hold in every stack, 2 in prod; 3 is advice.
	priority int
	// types are the resource types that it looks at, by their short names; all
	// if empty.
	types string
	// reason says what happens to those who break it.
	reason string
	check  check
	// bad are changes to a stack that passes (change_test.go). Each of them alone
	// must break this rule.
	bad []string
	// also are the rules that cannot but break with it.
	also []string
}

// check complains of a resource: a text for each thing that is wrong.
type check func(g *graph, r resource) []string

func (r rule) name() string {
	first, _, _ := strings.Cut(r.ids, ",")
	return first
}

// looksAt says whether a rule has something to say of a resource.
func (r rule) looksAt(x resource) bool {
	return r.types == "" || slices.Contains(strings.Fields(r.types), x.kind)
}

// resource is a registered resource, with its short type.
type resource struct {
	simtest.Resource
	kind string
}

// graph is what a stack registered with clouds, by type and name. Components are
// left out: no cloud sees them.
type graph struct {
	all []resource
}

// load runs the program for a scenario.
func load(t *testing.T, scenario string) *graph {
	t.Helper()
	g := &graph{}
	for _, r := range deploy.Scenario(t, scenario).Resources {
		if r.Custom {
			g.all = append(g.all, resource{r, deploy.ShortType(r.Type)})
		}
	}
	slices.SortFunc(g.all, func(a, b resource) int { return strings.Compare(a.kind+" "+a.Name, b.kind+" "+b.Name) })
	return g
}

// of returns the resources of a type whose input at path has value; all of the
// type if path is empty.
func (g *graph) of(kind, path string, value any) []resource {
	var all []resource
	for _, r := range g.all {
		if r.kind == kind && (path == "" || value != nil && slices.Contains(r.Inputs.All(path), value)) {
			all = append(all, r)
		}
	}
	return all
}

// byID returns the resource of a type that has an id.
func (g *graph) byID(kind, id string) (resource, bool) {
	i := slices.IndexFunc(g.all, func(r resource) bool { return r.kind == kind && r.ID == id })
	if i < 0 {
		return resource{}, false
	}
	return g.all[i], true
}

// finding is one thing that is wrong with one resource.
type finding struct {
	rule     rule
	resource string // its type and name
	name     string // its logical name
	what     string
	waiver   waiver // the one that lets it be, if any
}

func (f finding) String() string { return f.resource + ": " + f.what }

// find returns what rules complain of in a graph, and how many resources each of
// them looked at.
func find(rules []rule, g *graph) (findings []finding, seen map[string]int) {
	seen = map[string]int{}
	for _, rule := range rules {
		for _, r := range g.all {
			if !rule.looksAt(r) {
				continue
			}
			seen[rule.name()]++
			for _, what := range rule.check(g, r) {
				findings = append(findings, finding{rule: rule, resource: r.kind + " " + r.Name, name: r.Name, what: what})
			}
		}
	}
	return findings, seen
}

// waiver lets a resource break a rule, for a reason.
type waiver struct {
	// rule is the rule's name.
	rule string
	// stacks are those in which it counts; any if "*".
	stacks string
	// resource is a pattern for the logical name.
	resource string
	// about is part of the complaint that is waived; any complaint if empty.
	about  string
	reason string
}

func (w waiver) covers(stack string, f finding) bool {
	match, err := path.Match(w.resource, f.name)
	return err == nil && match && w.rule == f.rule.name() &&
		(w.stacks == "*" || slices.Contains(strings.Fields(w.stacks), stack)) && strings.Contains(f.what, w.about)
}

// outcome is what became of a rule in a stack.
func outcome(r rule, stack string, seen int, open, waived []finding) (line string, failed bool) {
	state := "pass"
	switch {
	case seen == 0:
		state = "not applicable"
	case len(open) > 0 && (r.priority == 1 || r.priority == 2 && stack == "prod"):
		state, failed = "FAIL", true
	case len(open) > 0:
		state = "not here" // information: the rule is for other stacks, or advice
	case len(waived) > 0:
		state = "waived"
	}
	line = fmt.Sprintf("%-14s P%d %s", state, r.priority, r.ids)
	for _, f := range open {
		line += "\n\t\t- " + f.String()
	}
	for i, f := range waived {
		line += "\n\t\twaived: " + f.String()
		if i+1 == len(waived) || waived[i+1].waiver != f.waiver {
			line += "\n\t\tbecause " + f.waiver.reason
		}
	}
	return line, failed
}
