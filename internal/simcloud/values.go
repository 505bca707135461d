package simcloud

import (
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Values are a resource's properties as plain Go values: string, float64, bool,
// []any, map[string]any, and Unknown for what a preview cannot know yet.
type Values map[string]any

// Unknown stands for a value that is known only after an update.
type Unknown struct{}

// FromProperties turns Pulumi's properties into plain values. Secrets are
// opened: a cloud sees what is sent to it.
func FromProperties(m resource.PropertyMap) Values {
	v := Values{}
	for k, p := range m {
		if k == "__defaults" {
			continue
		}
		if x := fromProperty(p); x != nil {
			v[string(k)] = x
		}
	}
	return v
}

func fromProperty(p resource.PropertyValue) any {
	switch {
	case p.IsSecret():
		return fromProperty(p.SecretValue().Element)
	case p.IsComputed():
		return Unknown{}
	case p.IsOutput():
		if o := p.OutputValue(); o.Known {
			return fromProperty(o.Element)
		}
		return Unknown{}
	case p.IsArray():
		list := []any{}
		for _, e := range p.ArrayValue() {
			list = append(list, fromProperty(e))
		}
		return list
	case p.IsObject():
		return map[string]any(FromProperties(p.ObjectValue()))
	case p.IsNull():
		return nil
	default:
		return p.V
	}
}

// Properties turns plain values back into Pulumi's properties.
func (v Values) Properties() resource.PropertyMap {
	m := resource.PropertyMap{}
	for k, x := range v {
		m[resource.PropertyKey(k)] = toProperty(x)
	}
	return m
}

func toProperty(x any) resource.PropertyValue {
	switch x := x.(type) {
	case Unknown:
		return resource.MakeComputed(resource.NewStringProperty(""))
	case Values:
		return resource.NewObjectProperty(x.Properties())
	case map[string]any:
		return resource.NewObjectProperty(Values(x).Properties())
	case []any:
		list := make([]resource.PropertyValue, len(x))
		for i, e := range x {
			list[i] = toProperty(e)
		}
		return resource.NewArrayProperty(list)
	case []string:
		list := make([]resource.PropertyValue, len(x))
		for i, e := range x {
			list[i] = resource.NewStringProperty(e)
		}
		return resource.NewArrayProperty(list)
	case int:
		return resource.NewNumberProperty(float64(x))
	default:
		return resource.NewPropertyValue(x)
	}
}

// All returns every value at path, in order. A path is keys joined with "."; a
// key that ends in "[]" goes through all elements of a list, one that ends in
// "{}" through all values of a map (in no order).
func (v Values) All(path string) []any {
	at := []any{map[string]any(v)}
	for key := range strings.SplitSeq(path, ".") {
		name, isList := strings.CutSuffix(key, "[]")
		name, isMap := strings.CutSuffix(name, "{}")
		var next []any
		for _, x := range at {
			m, ok := x.(map[string]any)
			if !ok {
				continue
			}
			child, ok := m[name]
			if !ok || child == nil {
				continue
			}
			next = append(next, spread(child, isList, isMap)...)
		}
		at = next
	}
	return at
}

func spread(x any, isList, isMap bool) []any {
	switch {
	case isList:
		list, _ := x.([]any)
		return list
	case isMap:
		m, _ := x.(map[string]any)
		var all []any
		for _, e := range m {
			all = append(all, e)
		}
		return all
	default:
		return []any{x}
	}
}

// Get returns the value at path, or nil.
func (v Values) Get(path string) any {
	if all := v.All(path); len(all) > 0 {
		return all[0]
	}
	return nil
}

// Has says whether there is a value at path, known or not.
func (v Values) Has(path string) bool { return v.Get(path) != nil }

// Known says whether there is a value at path that is known.
func (v Values) Known(path string) bool {
	x := v.Get(path)
	_, unknown := x.(Unknown)
	return x != nil && !unknown
}

// pending says whether path leads into a value that is not known yet.
func (v Values) pending(path string) bool {
	for i := range path {
		if _, unknown := v.Get(path[:i]).(Unknown); path[i] == '.' && unknown {
			return true
		}
	}
	return false
}

// String returns the text at path, or "".
func (v Values) String(path string) string {
	s, _ := v.Get(path).(string)
	return s
}

// Strings returns all texts at path (which ends in "[]" for a list).
func (v Values) Strings(path string) []string {
	var all []string
	for _, x := range v.All(path) {
		if s, ok := x.(string); ok {
			all = append(all, s)
		}
	}
	return all
}

// Int returns the number at path, or 0.
func (v Values) Int(path string) int {
	f, _ := v.Get(path).(float64)
	return int(f)
}

// Bool returns the truth value at path, or false.
func (v Values) Bool(path string) bool {
	b, _ := v.Get(path).(bool)
	return b
}

// Objects returns all objects at path (which ends in "[]" for a list).
func (v Values) Objects(path string) []Values {
	var all []Values
	for _, x := range v.All(path) {
		if m, ok := x.(map[string]any); ok {
			all = append(all, Values(m))
		}
	}
	return all
}

// HasUnknown says whether a value is Unknown or holds one.
func HasUnknown(x any) bool {
	switch x := x.(type) {
	case Unknown:
		return true
	case Values:
		return HasUnknown(map[string]any(x))
	case map[string]any:
		return slices.ContainsFunc(slices.Collect(maps.Values(x)), HasUnknown)
	case []any:
		return slices.ContainsFunc(x, HasUnknown)
	default:
		return false
	}
}

// unknown makes the value at a path of keys Unknown where there is none. A path
// through what is not there stays as it is.
func (v Values) unknown(path string) {
	parent, last := map[string]any(v), path
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		parent, _ = v.Get(path[:i]).(map[string]any)
		last = path[i+1:]
	}
	if parent != nil && parent[last] == nil {
		parent[last] = Unknown{}
	}
}

// normal makes numbers and lists uniform, as they come back from the journal.
func normal(x any) any {
	switch x := x.(type) {
	case Values:
		return normal(map[string]any(x))
	case map[string]any:
		m := make(map[string]any, len(x))
		for k, e := range x {
			if e != nil {
				m[k] = normal(e)
			}
		}
		return m
	case []any:
		list := make([]any, len(x))
		for i, e := range x {
			list[i] = normal(e)
		}
		return list
	case []string:
		list := make([]any, len(x))
		for i, e := range x {
			list[i] = e
		}
		return list
	case int:
		return float64(x)
	default:
		return x
	}
}
