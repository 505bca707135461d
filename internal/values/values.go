// Package values reads a resource's properties as plain Go values. Who judges
// properties (the simulated cloud, the policies) shares it.
package values

import (
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Map is a resource's properties as plain Go values: string, float64, bool, []any,
// map[string]any, and Unknown for what a preview cannot know yet.
type Map map[string]any

// Unknown stands for a value that is known only after an update.
type Unknown struct{}

// FromProperties turns Pulumi's properties into plain values. Secrets are
// opened: a cloud sees what is sent to it.
func FromProperties(m resource.PropertyMap) Map {
	v := Map{}
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
func (v Map) Properties() resource.PropertyMap {
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
	case Map:
		return resource.NewObjectProperty(x.Properties())
	case map[string]any:
		return resource.NewObjectProperty(Map(x).Properties())
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
func (v Map) All(path string) []any {
	all, _ := v.walk(path)
	return all
}

// AllKnown returns every known value at path, and whether all there is could be
// seen: not so if a value, or something on the way to it, is Unknown.
func (v Map) AllKnown(path string) (known []any, complete bool) {
	all, complete := v.walk(path)
	for _, x := range all {
		if _, unknown := x.(Unknown); unknown {
			complete = false
			continue
		}
		known = append(known, x)
	}
	return known, complete
}

// walk returns what is at path, and whether all on the way was known.
func (v Map) walk(path string) (found []any, complete bool) {
	at, complete := []any{map[string]any(v)}, true
	for key := range strings.SplitSeq(path, ".") {
		name, isList := strings.CutSuffix(key, "[]")
		name, isMap := strings.CutSuffix(name, "{}")
		var next []any
		for _, x := range at {
			if _, unknown := x.(Unknown); unknown {
				complete = false
			}
			m, ok := x.(map[string]any)
			if !ok {
				continue
			}
			child, ok := m[name]
			if !ok || child == nil {
				continue
			}
			if _, unknown := child.(Unknown); unknown && (isList || isMap) {
				complete = false
			}
			next = append(next, spread(child, isList, isMap)...)
		}
		at = next
	}
	return at, complete
}

// Get returns the value at path, or nil.
func (v Map) Get(path string) any {
	if all := v.All(path); len(all) > 0 {
		return all[0]
	}
	return nil
}

// Has says whether there is a value at path, known or not.
func (v Map) Has(path string) bool { return v.Get(path) != nil }

// Known says whether there is a value at path that is known.
func (v Map) Known(path string) bool {
	x := v.Get(path)
	_, unknown := x.(Unknown)
	return x != nil && !unknown
}

// String returns the text at path, or "".
func (v Map) String(path string) string {
	s, _ := v.Get(path).(string)
	return s
}

// Strings returns all texts at path (which ends in "[]" for a list).
func (v Map) Strings(path string) []string {
	var all []string
	for _, x := range v.All(path) {
		if s, ok := x.(string); ok {
			all = append(all, s)
		}
	}
	return all
}

// Int returns the number at path, or 0.
func (v Map) Int(path string) int {
	f, _ := v.Get(path).(float64)
	return int(f)
}

// Bool returns the truth value at path, or false.
func (v Map) Bool(path string) bool {
	b, _ := v.Get(path).(bool)
	return b
}

// Objects returns all objects at path (which ends in "[]" for a list).
func (v Map) Objects(path string) []Map {
	var all []Map
	for _, x := range v.All(path) {
		if m, ok := x.(map[string]any); ok {
			all = append(all, Map(m))
		}
	}
	return all
}

// HasUnknown says whether a value is Unknown or holds one.
func HasUnknown(x any) bool {
	switch x := x.(type) {
	case Unknown:
		return true
	case Map:
		return HasUnknown(map[string]any(x))
	case map[string]any:
		return slices.ContainsFunc(slices.Collect(maps.Values(x)), HasUnknown)
	case []any:
		return slices.ContainsFunc(x, HasUnknown)
	default:
		return false
	}
}

func spread(x any, isList, isMap bool) []any {
	switch {
	case isList:
		list, _ := x.([]any)
		return list
	case isMap:
		m, _ := x.(map[string]any)
		return slices.Collect(maps.Values(m))
	default:
		return []any{x}
	}
}
