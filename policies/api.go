package policies

import "time"

// Rule is a rule, for those who run it.
type Rule struct{ rule rule }

// Rules returns all rules, in the order of the report.
func Rules() []Rule {
	var all []Rule
	for _, r := range rules {
		all = append(all, Rule{r})
	}
	return all
}

// ID is the rule's name: the first of its ids.
func (r Rule) ID() string { return r.rule.id() }

// Names are all catalogues' names for it.
func (r Rule) Names() string { return r.rule.ids }

// Reason says what happens to those who break it.
func (r Rule) Reason() string { return r.rule.reason }

// Relates says that it can be asked of all resources only.
func (r Rule) Relates() bool { return r.rule.check.relates || r.rule.types == stackKind }

// LooksAt says whether it has something to say of resources of a type.
func (r Rule) LooksAt(token string) bool {
	return r.rule.looksAt(resource{Resource: &Resource{Type: token}, kind: Kind(token)})
}

// Level is what breaking it does in a stack.
func (r Rule) Level(s *Settings, stack string) Level { return s.level(r.rule, stack) }

// Check asks it of a graph.
func (r Rule) Check(g *Graph, waivers *Waivers, today time.Time) Result {
	return r.rule.examine(g, waivers, today)
}

// Priority is 1 for what must hold everywhere, 2 where users depend on a stack,
// 3 for advice.
func (r Rule) Priority() int { return r.rule.priority }

// Types are the resource types that it looks at.
func (r Rule) Types() string {
	if r.rule.types == "" {
		return "all of " + r.rule.cloud
	}
	return r.rule.types
}
