package policies

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/te-explico/infrastructure/internal/values"
)

// A change to a stack is written as
//
//	[scenario/]type name: path = JSON   sets an input; null takes it away
//	[scenario/]type name: gone          takes the resource away
//	[scenario/]type name: new JSON      adds one with these inputs
//
// where the scenario is prod if none is given. A path is keys joined with ".",
// with [n] for the nth element of a list. It goes on inside a text that is itself JSON, such as a policy
// document. In JSON, ${type name} is the id of a resource, which a preview does
// not know. A path that begins with "outputs." is one of the outputs.
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

// apply returns resources with the change made; the given ones stay as they are.
func (c change) apply(resources []Resource) ([]Resource, error) {
	changed := slices.Clone(resources)
	if c.added != "" {
		added, err := c.add(resources)
		return append(changed, added), err
	}
	i := slices.IndexFunc(changed, func(r Resource) bool { return Kind(r.Type) == c.kind && r.Name == c.name })
	if i < 0 {
		return nil, fmt.Errorf("finding %s %s: there is none", c.kind, c.name)
	}
	if c.gone {
		return slices.Delete(changed, i, i+1), nil
	}
	return changed, c.set(&changed[i], resources)
}

// set changes a value of a resource.
func (c change) set(r *Resource, resources []Resource) error {
	var value any
	if err := json.Unmarshal([]byte(c.value), &value); err != nil {
		return fmt.Errorf("reading the value %s: %w", c.value, err)
	}
	value, sources := withIDs(resources, value)
	at, path := &r.Inputs, steps(c.path)
	if path[0] == "outputs" {
		at, path = &r.Outputs, path[1:]
	}
	changed, err := set(map[string]any(*at), path, value)
	if err != nil {
		return fmt.Errorf("setting %s of %s: %w", c.path, c.name, err)
	}
	*at = changed.(map[string]any)
	name := path[0].(string)
	r.DependsOn = maps.Clone(r.DependsOn)
	if r.DependsOn == nil {
		r.DependsOn = map[string][]string{}
	}
	if len(path) > 1 {
		sources = append(sources, r.DependsOn[name]...)
	}
	r.DependsOn[name] = sources
	return nil
}

// packages are those of a scenario's resources, by the beginning of its name.
var packages = map[string]string{"gcp": "gcp", "azure": "azure-native"}

// add is the resource that a change adds.
func (c change) add(resources []Resource) (Resource, error) {
	var inputs map[string]any
	if err := json.Unmarshal([]byte(c.added), &inputs); err != nil {
		return Resource{}, fmt.Errorf("reading the inputs of %s: %w", c.name, err)
	}
	pkg, _, _ := strings.Cut(c.scenario, "-")
	if pkg = packages[pkg]; pkg == "" {
		pkg = "aws"
	}
	module, kind, _ := strings.Cut(c.kind, ".")
	r := Resource{
		Type: pkg + ":" + module + "/new:" + kind, Name: c.name, URN: "urn:" + c.kind + " " + c.name, ID: c.name,
		Inputs: inputs, DependsOn: map[string][]string{},
	}
	for key, value := range inputs {
		inputs[key], r.DependsOn[key] = withIDs(resources, value)
	}
	return r, nil
}

var idWords = regexp.MustCompile(`^\$\{(\S+) ([^}]+)\}$`)

// withIDs puts ids in the place of ${type name}, and what is unknown where there
// is none yet; it returns whose they are. One that is not there stays as it is,
// and is an id of nothing.
func withIDs(resources []Resource, x any) (value any, sources []string) {
	switch x := x.(type) {
	case string:
		m := idWords.FindStringSubmatch(x)
		if m == nil {
			return x, nil
		}
		for _, r := range resources {
			if Kind(r.Type) != m[1] || r.Name != m[2] {
				continue
			}
			if r.ID == "" {
				return values.Unknown{}, []string{r.URN}
			}
			return r.ID, []string{r.URN}
		}
		return x, nil
	case []any:
		list := slices.Clone(x)
		for i := range list {
			var more []string
			list[i], more = withIDs(resources, list[i])
			sources = append(sources, more...)
		}
		return list, sources
	case map[string]any:
		out := map[string]any{}
		for key, e := range x {
			var more []string
			out[key], more = withIDs(resources, e)
			sources = append(sources, more...)
		}
		return out, sources
	}
	return x, nil
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

// errUnknown says that a change cannot be made to what a preview does not know.
var errUnknown = errors.New("going on inside what is not known yet")

// set returns a copy of x with a value at a path. Nil takes away what is there.
func set(x any, path []any, value any) (any, error) {
	if len(path) == 0 {
		return value, nil
	}
	switch at := x.(type) {
	case nil:
		return set(map[string]any{}, path, value)
	case values.Unknown:
		return nil, errUnknown
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
