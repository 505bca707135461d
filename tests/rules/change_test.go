package rules

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/te-explico/infrastructure/internal/simcloud"
	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

// A change to a stack is written as
//
//	[scenario/]type name: path = JSON   sets an input; null takes it away
//	[scenario/]type name: gone          takes the resource away
//	[scenario/]type name: new JSON      adds one with these inputs
//
// where the scenario is prod if none is given. A path is keys joined with ".",
// with [n] for the nth element of a list. It goes on inside a text that is
// itself JSON, such as a policy document. ${type name} in JSON is the id of a
// resource.
var changeWords = regexp.MustCompile(`(?s)^(?:([\w-]+)/)?(\S+) (\S+): (?:(gone)|new (.+)|(\S+) = (.+))$`)

// change is one change to one resource.
type change struct {
	scenario, kind, name string
	gone                 bool
	added                string // inputs, as JSON
	path, value          string // value as JSON
}

func parseChange(words string) (change, error) {
	m := changeWords.FindStringSubmatch(words)
	if m == nil {
		return change{}, fmt.Errorf("got change %q, want [scenario/]type name: gone | new JSON | path = JSON", words)
	}
	c := change{scenario: m[1], kind: m[2], name: m[3], gone: m[4] != "", added: m[5], path: m[6], value: m[7]}
	if c.scenario == "" {
		c.scenario = "prod"
	}
	return c, nil
}

// apply returns a graph with the change made; the given one stays as it is.
func (c change) apply(g *graph) (*graph, error) {
	if c.added != "" {
		var inputs map[string]any
		if err := json.Unmarshal(withIDs(g, c.added), &inputs); err != nil {
			return nil, fmt.Errorf("reading the inputs of %s: %w", c.name, err)
		}
		added := resource{simtest.Resource{Name: c.name, ID: c.name, Custom: true, Inputs: inputs}, c.kind}
		return &graph{append(slices.Clone(g.all), added)}, nil
	}
	i := slices.IndexFunc(g.all, func(r resource) bool { return r.kind == c.kind && r.Name == c.name })
	if i < 0 {
		return nil, fmt.Errorf("finding %s %s: there is none", c.kind, c.name)
	}
	if c.gone {
		return &graph{slices.Delete(slices.Clone(g.all), i, i+1)}, nil
	}
	var value any
	if err := json.Unmarshal(withIDs(g, c.value), &value); err != nil {
		return nil, fmt.Errorf("reading the value %s: %w", c.value, err)
	}
	inputs, err := set(map[string]any(g.all[i].Inputs), steps(c.path), value)
	if err != nil {
		return nil, fmt.Errorf("setting %s of %s: %w", c.path, c.name, err)
	}
	changed := &graph{slices.Clone(g.all)}
	changed.all[i].Inputs = simcloud.Values(inputs.(map[string]any))
	return changed, nil
}

var idWords = regexp.MustCompile(`\$\{(\S+) ([^}]+)\}`)

// withIDs puts ids in the place of ${type name}. One that is not there stays as
// it is, and is an id of nothing.
func withIDs(g *graph, text string) []byte {
	return []byte(idWords.ReplaceAllStringFunc(text, func(words string) string {
		m := idWords.FindStringSubmatch(words)
		for _, r := range g.of(m[1], "", nil) {
			if r.Name == m[2] {
				return r.ID
			}
		}
		return words
	}))
}

// steps cuts a path into keys and positions: a.b[0] is a, b and 0.
func steps(path string) []any {
	var all []any
	for key := range strings.SplitSeq(path, ".") {
		name, positions, _ := strings.Cut(key, "[")
		all = append(all, name)
		for p := range strings.SplitSeq(strings.TrimSuffix(positions, "]"), "][") {
			if n, err := strconv.Atoi(p); err == nil {
				all = append(all, n)
			}
		}
	}
	return all
}

// set returns a copy of x with a value at a path. Nil takes away what is there.
func set(x any, path []any, value any) (any, error) {
	if len(path) == 0 {
		return value, nil
	}
	switch at := x.(type) {
	case nil:
		return set(map[string]any{}, path, value)
	case string:
		var inner any
		if err := json.Unmarshal([]byte(at), &inner); err != nil {
			return nil, fmt.Errorf("going on inside %q: %w", at, err)
		}
		changed, err := set(inner, path, value)
		if err != nil {
			return nil, err
		}
		out, err := json.Marshal(changed)
		return string(out), err
	case map[string]any:
		key, ok := path[0].(string)
		if !ok {
			return nil, fmt.Errorf("got position %v, want a key", path[0])
		}
		return setKey(at, key, path[1:], value)
	case []any:
		n, ok := path[0].(int)
		if !ok || n >= len(at) {
			return nil, fmt.Errorf("got %v, want a position below %d", path[0], len(at))
		}
		changed, err := set(at[n], path[1:], value)
		list := slices.Clone(at)
		if list[n] = changed; changed == nil {
			list = slices.Delete(list, n, n+1)
		}
		return list, err
	default:
		return nil, fmt.Errorf("got %v, want what has a %v", x, path[0])
	}
}

func setKey(m map[string]any, key string, rest []any, value any) (any, error) {
	changed, err := set(m[key], rest, value)
	out := maps.Clone(m)
	if out[key] = changed; changed == nil {
		delete(out, key)
	}
	return out, err
}
