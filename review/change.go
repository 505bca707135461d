package review

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// Change is what would happen to one resource.
type Change struct {
	// Op is create, update, replace, delete, import or another word of the engine.
	Op   string `json:"op"`
	URN  string `json:"urn"`
	Type string `json:"type"`
	Name string `json:"name"`
	// Parent is the URN of the parent; empty if nobody knows.
	Parent     string     `json:"parent,omitempty"`
	Properties []Property `json:"properties,omitempty"`
	// Protected says that the engine itself refuses to delete it, and Retained that
	// it leaves the stack but stays in the cloud.
	Protected bool `json:"protected,omitempty"`
	Retained  bool `json:"retained,omitempty"`
}

// Property is one input that changes, without secrets.
type Property struct {
	Path string `json:"path"`
	Old  string `json:"old,omitempty"`
	New  string `json:"new,omitempty"`
	// Replaces says that the resource is replaced for it.
	Replaces bool `json:"replaces,omitempty"`
}

// silent are operations that change nothing that exists.
var silent = []string{"same", "read", "refresh", "read-replacement", "discard", "discard-replaced", "remove-pending-replace", "diff", "extend-parameterize"}

// whatReplaces are the steps of a replacement, which are one change.
var whatReplaces = []string{"replace", "create-replacement", "delete-replaced", "import-replacement"}

// changes are the changes of a preview, one for each resource, by URN.
func changes(steps []Step, parents map[string]string) []Change {
	byURN := map[string]*Change{}
	for _, s := range steps {
		if slices.Contains(silent, s.Op) || typeOf(s.URN) == stackType {
			continue
		}
		c, seen := byURN[s.URN]
		if !seen {
			c = &Change{Op: s.Op, URN: s.URN, Type: typeOf(s.URN), Name: nameOf(s.URN), Parent: parents[s.URN]}
			byURN[s.URN] = c
		}
		c.add(s)
	}
	all := make([]Change, 0, len(byURN))
	for _, key := range slices.Sorted(maps.Keys(byURN)) {
		all = append(all, *byURN[key])
	}
	return all
}

// add takes what a step says of the change: of several, a replacement is the one
// to tell.
func (c *Change) add(s Step) {
	if slices.Contains(whatReplaces, s.Op) {
		c.Op = "replace"
	}
	for _, state := range []*State{s.Old, s.New} {
		if state != nil && state.Parent != "" {
			c.Parent = state.Parent
		}
	}
	if s.Old != nil {
		c.Protected = c.Protected || s.Old.Protect
		c.Retained = c.Retained || s.Old.RetainOnDelete
	}
	if len(c.Properties) == 0 && s.Old != nil && s.New != nil {
		c.Properties = properties(s)
	}
}

// properties are the inputs that a step changes: those that the provider names,
// or else those that differ.
func properties(s Step) []Property {
	var found []Property
	paths := slices.Sorted(maps.Keys(s.DetailedDiff))
	if len(paths) == 0 {
		paths = slices.Sorted(slices.Values(s.DiffReasons))
	}
	for _, text := range paths {
		how := s.DetailedDiff[text]
		path := parsePath(text)
		from := s.Old.Inputs
		if len(s.DetailedDiff) > 0 && !how.InputDiff {
			from = s.Old.Outputs
		}
		replaces := strings.HasSuffix(how.Kind, "-replace") || slices.Contains(s.ReplaceReasons, text)
		found = append(found, differences(s, path, at(from, path), at(s.New.Inputs, path), replaces, 0)...)
	}
	if len(found) == 0 {
		found = differences(s, nil, anyMap(s.Old.Inputs), anyMap(s.New.Inputs), false, 0)
		for i := range found {
			found[i].Replaces = slices.Contains(s.ReplaceReasons, found[i].Path)
		}
	}
	return found
}

func anyMap(m map[string]any) any {
	if m == nil {
		return nil
	}
	return m
}

// deepest is how far differences are followed into values.
const deepest = 8

// differences are the places in which two values differ. What is secret on one
// side is secret on both.
func differences(s Step, path []string, before, after any, replaces bool, depth int) []Property {
	if b, a, ok := documents(before, after); ok {
		before, after = b, a
	}
	if secretPath(typeOf(s.URN), path) || isSecret(before) || isSecret(after) || namedSecret(s, path) {
		return []Property{{Path: joinPath(path), Old: hide(before), New: hide(after), Replaces: replaces}}
	}
	var keys []string
	switch b := before.(type) {
	case map[string]any:
		a, ok := after.(map[string]any)
		if !ok {
			break
		}
		for key := range b {
			keys = append(keys, key)
		}
		for key := range a {
			if _, both := b[key]; !both {
				keys = append(keys, key)
			}
		}
	case []any:
		a, ok := after.([]any)
		if !ok || len(a) != len(b) {
			break
		}
		for i := range b {
			keys = append(keys, strconv.Itoa(i))
		}
	}
	if len(keys) == 0 || depth >= deepest {
		return []Property{{Path: joinPath(path), Old: show(before), New: show(after), Replaces: replaces}}
	}
	sort.Strings(keys)
	var all []Property
	for _, key := range keys {
		b, a := at(before, []string{key}), at(after, []string{key})
		if !reflect.DeepEqual(b, a) {
			all = append(all, differences(s, append(slices.Clone(path), key), b, a, replaces, depth+1)...)
		}
	}
	return all
}

// namedSecret says whether a place is the value of something that a sibling
// names as a secret, as in a container's environment.
func namedSecret(s Step, path []string) bool {
	if len(path) == 0 || !strings.HasPrefix(path[len(path)-1], "value") {
		return false
	}
	for _, state := range []*State{s.Old, s.New} {
		if beside, ok := at(state.Inputs, path[:len(path)-1]).(map[string]any); ok {
			for _, key := range []string{"name", "key"} {
				if text, ok := beside[key].(string); ok && secretName.MatchString(text) {
					return true
				}
			}
		}
	}
	return false
}

// hide is a secret as a reader sees it.
func hide(v any) string {
	if v == nil {
		return ""
	}
	return masked
}

// documents are two texts as the JSON documents that they hold, if both do.
func documents(before, after any) (b, a any, ok bool) {
	x, isText := before.(string)
	y, isTextToo := after.(string)
	if !isText || !isTextToo || !strings.HasPrefix(x, "{") || !strings.HasPrefix(y, "{") {
		return nil, nil, false
	}
	if json.Unmarshal([]byte(x), &b) != nil || json.Unmarshal([]byte(y), &a) != nil {
		return nil, nil, false
	}
	return b, a, true
}

var plainSegment = regexp.MustCompile(`^[^.\[\]"]+`)

// parsePath splits a path of the engine (tags.Name, rules[0].port, x["a.b"]).
func parsePath(text string) []string {
	var path []string
	for rest := text; rest != ""; {
		rest = strings.TrimPrefix(rest, ".")
		switch {
		case strings.HasPrefix(rest, `["`):
			quoted, err := strconv.QuotedPrefix(rest[1:])
			if err != nil {
				return append(path, rest)
			}
			segment, err := strconv.Unquote(quoted)
			if err != nil {
				return append(path, rest)
			}
			path, rest = append(path, segment), strings.TrimPrefix(rest[1+len(quoted):], "]")
		case strings.HasPrefix(rest, "["):
			index, after, closed := strings.Cut(rest[1:], "]")
			if !closed {
				return append(path, rest)
			}
			path, rest = append(path, index), after
		default:
			segment := plainSegment.FindString(rest)
			if segment == "" {
				return append(path, rest)
			}
			path, rest = append(path, segment), rest[len(segment):]
		}
	}
	return path
}

var number = regexp.MustCompile(`^[0-9]+$`)

// joinPath writes a path as the engine does.
func joinPath(path []string) string {
	var out strings.Builder
	for i, segment := range path {
		switch {
		case number.MatchString(segment):
			fmt.Fprintf(&out, "[%s]", segment)
		case plainSegment.FindString(segment) != segment:
			fmt.Fprintf(&out, "[%q]", segment)
		default:
			if i > 0 {
				out.WriteByte('.')
			}
			out.WriteString(segment)
		}
	}
	return out.String()
}

// at is the value at a path; nil if there is none.
func at(v any, path []string) any {
	for _, segment := range path {
		switch in := v.(type) {
		case map[string]any:
			v = in[segment]
		case []any:
			i, err := strconv.Atoi(segment)
			if err != nil || i < 0 || i >= len(in) {
				return nil
			}
			v = in[i]
		default:
			return nil
		}
	}
	return v
}
