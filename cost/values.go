package cost

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Values are a resource's inputs: texts, numbers, truths, lists ([]any), maps
// (map[string]any) and Unknown.
type Values map[string]any

// Unknown stands for a value that is not known when the resource is registered,
// such as another's id.
type Unknown struct{}

// at is the value at a path of keys and indices (vpc.0.id); nil if there is none
// and Unknown if something on the way is unknown. A key may hold dots itself
// where it is the last.
func (v Values) at(path string) any {
	var here any = map[string]any(v)
	for rest := path; rest != ""; {
		switch node := here.(type) {
		case Unknown:
			return Unknown{}
		case map[string]any:
			if whole, ok := node[rest]; ok {
				return whole
			}
			var key string
			key, rest, _ = strings.Cut(rest, ".")
			here = node[key]
		case []any:
			var key string
			key, rest, _ = strings.Cut(rest, ".")
			i, err := strconv.Atoi(key)
			if err != nil || i < 0 || i >= len(node) {
				return nil
			}
			here = node[i]
		default:
			return nil
		}
	}
	return here
}

// reader reads the inputs that a price hangs on, and remembers which of them are
// unknown or no price can be made of.
type reader struct {
	in  Values
	bad []string
}

func (r *reader) fail(path, what string) {
	if text := path + " " + what; !slices.Contains(r.bad, text) {
		r.bad = append(r.bad, text)
	}
}

// get is a value; nil if it is absent, or unknown, which is remembered.
func (r *reader) get(path string) any {
	v := r.in.at(path)
	if _, unknown := v.(Unknown); unknown {
		r.fail(path, "is not known before the update")
		return nil
	}
	return v
}

// text is a text, or def if there is none.
func (r *reader) text(path, def string) string {
	switch v := r.get(path).(type) {
	case nil:
		return def
	case string:
		return v
	default:
		r.fail(path, fmt.Sprintf("is %T, not a text", v))
		return def
	}
}

// number is a whole number, also one written as text, or def if there is none.
func (r *reader) number(path string, def int) int {
	switch v := r.get(path).(type) {
	case nil:
		return def
	case int:
		return v
	case float64:
		return int(v)
	case string:
		if n, err := strconv.Atoi(v); err == nil {
			return n
		}
	}
	r.fail(path, "is not a number")
	return def
}

// flag is a truth; false if there is none.
func (r *reader) flag(path string) bool {
	switch v := r.get(path).(type) {
	case nil:
	case bool:
		return v
	default:
		r.fail(path, fmt.Sprintf("is %T, not a truth", v))
	}
	return false
}

// list is a list; what is in it may be unknown.
func (r *reader) list(path string) []any {
	switch v := r.get(path).(type) {
	case nil:
	case []any:
		return v
	default:
		r.fail(path, fmt.Sprintf("is %T, not a list", v))
	}
	return nil
}

// has says whether there is a value, known or not.
func (r *reader) has(path string) bool { return r.in.at(path) != nil }
