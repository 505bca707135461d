package simcloud

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/te-explico/infrastructure/internal/values"
)

// Values are a resource's properties as plain Go values.
type Values = values.Map

// Unknown stands for a value that is known only after an update.
type Unknown = values.Unknown

// FromProperties turns Pulumi's properties into plain values. Secrets are
// opened: a cloud sees what is sent to it.
func FromProperties(m resource.PropertyMap) Values { return values.FromProperties(m) }

// HasUnknown says whether a value is Unknown or holds one.
func HasUnknown(x any) bool { return values.HasUnknown(x) }

// pending says whether path leads into a value that is not known yet.
func pending(v Values, path string) bool {
	for i := range path {
		if _, unknown := v.Get(path[:i]).(Unknown); path[i] == '.' && unknown {
			return true
		}
	}
	return false
}

// setUnknown makes the value at a path of keys Unknown where there is none. A path
// through what is not there stays as it is.
func setUnknown(v Values, path string) {
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
