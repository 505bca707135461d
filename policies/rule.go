package policies

import (
	"slices"
	"strings"
)

// rule is one thing that must hold of resources.
type rule struct {
	// ids are the catalogues' names for it, with the first being its own name. An
	// own rule says what it asks for behind its id, in brackets.
	ids string
	// priority 1 must hold everywhere, 2 where users depend on a stack; 3 is
	// advice. settings.yaml says what that means for each stack.
	priority int
	// types are the resource types that it looks at, by their short names; all
	// of its cloud if empty.
	types string
	// topics are what it is about, for docs/compliance.md (compliance.go).
	topics string
	// reason says what happens to those who break it.
	reason string
	check  check
	// bad are changes to a stack that passes (change_test.go). Each of them alone
	// must break this rule.
	bad []string
	// also are the rules that cannot but break with it.
	also []string

	// cloud is the package of the resources that it looks at; any if empty.
	cloud string
}

// id is the rule's name: the first of its ids.
func (r rule) id() string {
	first, _, _ := strings.Cut(r.ids, ",")
	first, _, _ = strings.Cut(first, " (")
	return first
}

// looksAt says whether a rule has something to say of a resource.
func (r rule) looksAt(x resource) bool {
	if r.types == "" {
		return x.cloud() == r.cloud && !x.isProvider()
	}
	return slices.Contains(strings.Fields(r.types), x.kind) && (r.cloud == "" || x.cloud() == r.cloud)
}

// subjects are the resources of a graph that a rule looks at.
func (r rule) subjects(g *Graph) []resource {
	from := g.all
	if r.types != "" {
		from = nil
		for kind := range strings.FieldsSeq(r.types) {
			from = append(from, g.byKind[kind]...)
		}
	}
	return slices.DeleteFunc(slices.Clone(from), func(x resource) bool { return !r.looksAt(x) })
}

// answer is what a check found out about a resource: a text for each thing that
// is wrong, and for each that it could not see.
type answer struct {
	wrong, unseen []string
}

func (a *answer) add(other answer) {
	a.wrong = append(a.wrong, other.wrong...)
	a.unseen = append(a.unseen, other.unseen...)
}

// check asks something of a resource.
type check struct {
	ask func(g *graph, r resource) answer
	// relates says that it looks at other resources too. A check that does not can
	// be asked before the resource is created.
	relates bool
}

// local asks something of a resource alone. Complaints count only if everything
// that was read on the way is known: a rule needs no guards of its own.
func local(complaints func(r resource) []string) check {
	return check{ask: func(_ *graph, r resource) answer {
		s := &sight{}
		return s.judge(complaints(r.seenBy(s)))
	}}
}

// related asks something of a resource and of those around it.
func related(complaints func(g *graph, r resource) []string) check {
	return check{relates: true, ask: func(g *graph, r resource) answer {
		s := &sight{}
		return s.judge(complaints(g.seenBy(s), r.seenBy(s)))
	}}
}

// sight remembers what could not be seen.
type sight struct{ unseen []string }

func (s *sight) miss(what string) {
	if !slices.Contains(s.unseen, what) {
		s.unseen = append(s.unseen, what)
	}
}

// judge lets complaints count if all that they rest on was seen.
func (s *sight) judge(complaints []string) answer {
	if len(s.unseen) > 0 {
		return answer{unseen: s.unseen}
	}
	return answer{wrong: complaints}
}

// of says of which cloud rules are.
func of(cloud string, families ...[]rule) []rule {
	all := slices.Concat(families...)
	for i := range all {
		all[i].cloud = cloud
	}
	return all
}
