package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// The words of which most rules are made. A path is one of simcloud.Values.

// is wants one of the values at a path.
func is(path string, values ...any) check {
	return func(_ *graph, r resource) []string {
		got := r.Inputs.Get(path)
		if slices.Contains(values, got) {
			return nil
		}
		return complain("%s is %v, want %s", path, text(got), oneOf(values))
	}
}

// isNot refuses a value at a path.
func isNot(path string, values ...any) check {
	return func(_ *graph, r resource) []string {
		if got := r.Inputs.Get(path); slices.Contains(values, got) {
			return complain("%s is %v", path, got)
		}
		return nil
	}
}

// has wants any value at a path.
func has(path string) check {
	return func(_ *graph, r resource) []string {
		if got := r.Inputs.Get(path); got == nil || got == "" {
			return complain("%s is not set", path)
		}
		return nil
	}
}

// hasNot refuses any value at a path.
func hasNot(path string) check {
	return func(_ *graph, r resource) []string {
		if r.Inputs.Has(path) {
			return complain("%s is set", path)
		}
		return nil
	}
}

// atLeast wants a number at a path.
func atLeast(path string, least int) check {
	return func(_ *graph, r resource) []string {
		if got := r.Inputs.Int(path); got < least {
			return complain("%s is %d, want %d or more", path, got, least)
		}
		return nil
	}
}

// includes wants all of the values in the list at a path (which ends in "[]").
func includes(path string, values ...string) check {
	return func(_ *graph, r resource) (all []string) {
		for _, v := range values {
			if !slices.Contains(r.Inputs.Strings(path), v) {
				all = append(all, fmt.Sprintf("%s lacks %s", path, v))
			}
		}
		return all
	}
}

// ownKey wants the ARN of a key of the stack at a path: AWS's own keys can be
// used by whoever may use the service, and no policy of ours says otherwise.
func ownKey(path string) check {
	return func(g *graph, r resource) []string {
		arn := r.Inputs.String(path)
		for _, key := range g.of("kms.Key", "", nil) {
			if key.Outputs.String("arn") == arn {
				return nil
			}
		}
		return complain("%s is %v, want the ARN of a key of the stack", path, text(r.Inputs.Get(path)))
	}
}

// every wants what a check wants of each object at a path.
func every(path string, want check) check {
	return func(g *graph, r resource) (all []string) {
		for _, o := range r.Inputs.Objects(path) {
			for _, c := range want(g, inside(r, o)) {
				all = append(all, path+": "+c)
			}
		}
		return all
	}
}

// all wants what each of the checks wants.
func all(checks ...check) check {
	return func(g *graph, r resource) (all []string) {
		for _, c := range checks {
			all = append(all, c(g, r)...)
		}
		return all
	}
}

// only asks a check of the resources for which a condition holds.
func only(when func(r resource) bool, want check) check {
	return func(g *graph, r resource) []string {
		if !when(r) {
			return nil
		}
		return want(g, r)
	}
}

// with wants exactly one resource of a type beside it, whose input at path is
// the resource's id, and what a check wants of that.
func with(kind, path string, want check) check {
	return func(g *graph, r resource) []string {
		others := g.of(kind, path, r.ID)
		if len(others) != 1 {
			return complain("has %d %s, want one", len(others), kind)
		}
		return want(g, others[0])
	}
}

// absent wants no resource of the types at all.
func absent(kinds ...string) check {
	return func(_ *graph, r resource) []string {
		if slices.Contains(kinds, r.kind) {
			return complain("is there")
		}
		return nil
	}
}

// inside is a part of a resource, looked at as if it were one.
func inside(r resource, part simcloud.Values) resource {
	r.Inputs = part
	return r
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
