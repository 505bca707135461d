package policies

import (
	"fmt"
	"slices"
	"strings"
)

// The words of which most rules are made. A path is one of values.Map.

// is wants one of the values at a path.
func is(path string, values ...any) check {
	return local(func(r resource) []string {
		got := r.Inputs.Get(path)
		if slices.Contains(values, got) {
			return nil
		}
		return complain("%s is %v, want %s", path, text(got), oneOf(values))
	})
}

// isNot refuses a value at a path.
func isNot(path string, values ...any) check {
	return local(func(r resource) []string {
		if got := r.Inputs.Get(path); slices.Contains(values, got) {
			return complain("%s is %v", path, got)
		}
		return nil
	})
}

// has wants any value at a path, known or not.
func has(path string) check {
	return local(func(r resource) []string {
		if r.Inputs.Has(path) && !slices.Contains(r.Inputs.values.All(path), any("")) {
			return nil
		}
		return complain("%s is not set", path)
	})
}

// hasNot refuses any value at a path.
func hasNot(path string) check {
	return local(func(r resource) []string {
		if r.Inputs.Get(path) != nil {
			return complain("%s is set", path)
		}
		return nil
	})
}

// atLeast wants a number at a path.
func atLeast(path string, least int) check {
	return atLeastOf(path, func(*Figures) int { return least })
}

// atLeastOf wants a number at a path, as large as settings.yaml says.
func atLeastOf(path string, least func(*Figures) int) check {
	return local(func(r resource) []string {
		if got, want := r.Inputs.Int(path), least(r.want); got < want {
			return complain("%s is %d, want %d or more", path, got, want)
		}
		return nil
	})
}

// includes wants all of the values in the list at a path (which ends in "[]").
func includes(path string, values ...string) check {
	return local(func(r resource) (all []string) {
		for _, v := range values {
			if !slices.Contains(r.Inputs.Strings(path), v) {
				all = append(all, fmt.Sprintf("%s lacks %s", path, v))
			}
		}
		return all
	})
}

// every wants what a check wants of each object at a path.
func every(path string, want check) check {
	return check{relates: want.relates, ask: func(g *graph, r resource) answer {
		s := &sight{}
		objects := r.seenBy(s).Inputs.Objects(path)
		a := answer{unseen: s.unseen}
		for _, o := range objects {
			a.add(prefixed(path, want.ask(g, inside(r, o))))
		}
		return a
	}}
}

func prefixed(path string, a answer) answer {
	for i, what := range a.wrong {
		a.wrong[i] = path + ": " + what
	}
	return a
}

// all wants what each of the checks wants.
func all(checks ...check) check {
	relates := slices.ContainsFunc(checks, func(c check) bool { return c.relates })
	return check{relates: relates, ask: func(g *graph, r resource) (a answer) {
		for _, c := range checks {
			a.add(c.ask(g, r))
		}
		return a
	}}
}

// inTurn asks the second check if the first finds nothing wrong.
func inTurn(first, second check) check {
	return check{relates: first.relates || second.relates, ask: func(g *graph, r resource) answer {
		if a := first.ask(g, r); len(a.wrong)+len(a.unseen) > 0 {
			return a
		}
		return second.ask(g, r)
	}}
}

// only asks a check of the resources for which a condition holds.
func only(when func(r resource) bool, want check) check {
	return check{relates: want.relates, ask: func(g *graph, r resource) answer {
		s := &sight{}
		holds := when(r.seenBy(s))
		switch {
		case len(s.unseen) > 0:
			return answer{unseen: s.unseen}
		case !holds:
			return answer{}
		}
		return want.ask(g, r)
	}}
}

// with wants exactly one resource of a type beside it, whose input at path names
// the resource, and what a check wants of that.
func with(kind, path string, want check) check {
	return check{relates: true, ask: func(g *graph, r resource) answer {
		s := &sight{}
		others := g.seenBy(s).naming(kind, path, r.seenBy(s))
		switch {
		case len(others) == 1:
			return want.ask(g, others[0])
		case len(s.unseen) > 0:
			return answer{unseen: s.unseen}
		}
		return answer{wrong: complain("has %d %s, want one", len(others), kind)}
	}}
}

// through wants the input at a path to name a resource of a type, and what a
// check wants of that.
func through(kind, path string, want check) check {
	return check{relates: true, ask: func(g *graph, r resource) answer {
		a := ofStack(path, kind).ask(g, r)
		s := &sight{}
		for _, x := range g.seenBy(s).named(kind, r.seenBy(s), path) {
			a.add(want.ask(g, x))
		}
		return a
	}}
}

// some wants at least one resource of a type beside it, whose input at path
// names the resource and of which a condition holds.
func some(kind, path, what string, holds func(r resource) bool) check {
	return related(func(g *graph, r resource) []string {
		if slices.ContainsFunc(g.naming(kind, path, r), holds) {
			return nil
		}
		return complain("has no %s", what)
	})
}

// ofStack wants the input at a path to name a resource of the stack.
func ofStack(path string, kinds ...string) check {
	return related(func(g *graph, r resource) []string {
		for _, kind := range kinds {
			quiet := &sight{} // one of the kinds is enough
			if len(g.seenBy(quiet).named(kind, r, path)) > 0 {
				return nil
			}
		}
		return complain("%s is %v, want a %s of the stack", path, text(r.Inputs.Get(path)), strings.Join(kinds, " or "))
	})
}

// absent wants no resource of the types at all.
func absent(kinds ...string) check {
	return local(func(r resource) []string {
		if slices.Contains(kinds, r.kind) {
			return complain("is there")
		}
		return nil
	})
}

func complain(format string, args ...any) []string {
	return []string{fmt.Sprintf(format, args...)}
}

func text(v any) any {
	if v == nil {
		return "not set"
	}
	return v
}

func oneOf(values []any) string {
	var all []string
	for _, v := range values {
		all = append(all, fmt.Sprint(text(v)))
	}
	return strings.Join(all, " or ")
}
