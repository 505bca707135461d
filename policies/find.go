package policies

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Finding is one thing that is wrong with one resource.
type Finding struct {
	// Rule is the rule's id, URN the resource's, Resource its short type and name.
	Rule, URN, Resource string
	// What is wrong, in words.
	What string
	// Waiver is what lets it be, if anything does.
	Waiver *Waiver
	name   string
}

// String is the resource and what is wrong with it.
func (f Finding) String() string { return f.Resource + ": " + f.What }

// Result is what became of one rule in one stack.
type Result struct {
	rule rule
	// Rule is its id, Names all catalogues' names for it.
	Rule, Names, Reason string
	Priority            int
	Level               Level
	// Looked is how many resources it looked at.
	Looked int
	// Open are what is wrong, Waived what may be.
	Open, Waived []Finding
	// Unseen are what an update alone will know, by resource.
	Unseen []string
}

// Failed says whether the rule stops the stack.
func (r Result) Failed() bool { return r.Level == Mandatory && len(r.Open) > 0 }

// Check asks all rules of a graph.
func Check(g *Graph, waivers *Waivers, today time.Time) []Result {
	var all []Result
	for _, r := range rules {
		all = append(all, r.examine(g, waivers, today))
	}
	return all
}

func (r rule) examine(g *Graph, waivers *Waivers, today time.Time) Result {
	result := Result{
		rule: r, Rule: r.id(), Names: r.ids, Reason: r.reason, Priority: r.priority, Level: g.settings.level(r, g.Stack),
	}
	if result.Level == Disabled {
		return result
	}
	seen := &graph{Graph: g, sight: &sight{}}
	for _, x := range r.subjects(g) {
		result.Looked++
		a := r.check.ask(seen, x)
		for _, what := range a.wrong {
			f := r.finding(x, what)
			if w := waivers.find(g.Stack, f); w != nil && !w.Expired(today) {
				f.Waiver = w
				result.Waived = append(result.Waived, f)
				continue
			} else if w != nil {
				f.What += fmt.Sprintf(" (waived until %s; ask %s)", w.Expires.Format(time.DateOnly), w.Owner)
			}
			result.Open = append(result.Open, f)
		}
		if len(a.unseen) > 0 {
			result.Unseen = append(result.Unseen, x.kind+" "+x.Name+": "+strings.Join(a.unseen, ", "))
		}
	}
	return result
}

func (r rule) finding(x resource, what string) Finding {
	return Finding{Rule: r.id(), URN: x.URN, Resource: x.kind + " " + x.Name, What: what, name: x.Name}
}

// State is the result in a word.
func (r Result) State() string {
	switch {
	case r.Level == Disabled:
		return "disabled"
	case r.Looked == 0:
		return "not applicable"
	case r.Failed():
		return "FAIL"
	case len(r.Open) > 0:
		return "advice"
	case len(r.Unseen) > 0:
		return "not yet known"
	case len(r.Waived) > 0:
		return "waived"
	}
	return "pass"
}

// String is what became of the rule, and of each resource that breaks it.
func (r Result) String() string {
	line := fmt.Sprintf("%-14s P%d %s", r.State(), r.Priority, r.Names)
	for _, f := range r.Open {
		line += "\n\t\t- " + f.String()
	}
	for i, f := range r.Waived {
		line += "\n\t\twaived: " + f.String()
		if i+1 == len(r.Waived) || r.Waived[i+1].Waiver != f.Waiver {
			line += "\n\t\tbecause " + f.Waiver.Reason
		}
	}
	return line
}

// byID returns the rule that has an id.
func byID(id string) (rule, bool) {
	i := slices.IndexFunc(rules, func(r rule) bool { return r.id() == id })
	if i < 0 {
		return rule{}, false
	}
	return rules[i], true
}
