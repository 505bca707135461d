package policies

import (
	"strings"

	"github.com/te-explico/infrastructure/internal/values"
)

// reader reads the values of a resource, or of a part of one, and remembers
// which it could not see because only an update will know them. Paths are those
// of values.Map.
type reader struct {
	values values.Map
	at     string // where in the resource this part is; empty for the whole
	sight  *sight
	// partial says that more values may come: those are outputs of what is not
	// created yet.
	partial bool
}

// join is a path inside a part, from the resource's own root.
func join(at, path string) string {
	if at == "" {
		return path
	}
	return at + "." + path
}

// property is the name of the top-level property in which a path lies.
func property(path string) string {
	name, _, _ := strings.Cut(path, ".")
	return strings.TrimSuffix(strings.TrimSuffix(name, "[]"), "{}")
}

// All returns the known values at a path.
func (v reader) All(path string) []any {
	known, complete := v.values.AllKnown(path)
	if v.partial && len(known) == 0 {
		complete = false
	}
	if !complete && v.sight != nil {
		v.sight.miss(join(v.at, path))
	}
	return known
}

// Get returns the value at a path, or nil.
func (v reader) Get(path string) any {
	if all := v.All(path); len(all) > 0 {
		return all[0]
	}
	return nil
}

// Has says whether there is a value at a path, known or not.
func (v reader) Has(path string) bool {
	return v.values.Has(path) || v.Get(path) != nil
}

// String returns the text at a path, or "".
func (v reader) String(path string) string {
	s, _ := v.Get(path).(string)
	return s
}

// Strings returns all texts at a path.
func (v reader) Strings(path string) []string {
	var all []string
	for _, x := range v.All(path) {
		if s, ok := x.(string); ok {
			all = append(all, s)
		}
	}
	return all
}

// Count returns how many values are at a path, known or not.
func (v reader) Count(path string) int {
	if n := len(v.values.All(path)); n > 0 {
		return n
	}
	return len(v.All(path))
}

// Int returns the number at a path, or 0.
func (v reader) Int(path string) int {
	f, _ := v.Get(path).(float64)
	return int(f)
}

// Bool returns the truth value at a path, or false.
func (v reader) Bool(path string) bool {
	b, _ := v.Get(path).(bool)
	return b
}

// Objects returns all objects at a path, to be read in turn.
func (v reader) Objects(path string) []reader {
	var all []reader
	for _, x := range v.All(path) {
		if m, ok := x.(map[string]any); ok {
			all = append(all, reader{m, join(v.at, path), v.sight, v.partial})
		}
	}
	return all
}
