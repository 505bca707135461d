package simulate

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// providerConfig undoes what the engine does to the arguments of a provider:
// everything but text travels as JSON inside text.
func providerConfig(v simcloud.Values) simcloud.Values {
	out := simcloud.Values{}
	for k, x := range v {
		out[k] = x
		if s, ok := x.(string); ok {
			var parsed any
			if json.Unmarshal([]byte(s), &parsed) == nil && (reflect.TypeOf(parsed) == reflect.TypeFor[map[string]any]() ||
				reflect.TypeOf(parsed) == reflect.TypeFor[[]any]()) {
				out[k] = parsed
			}
		}
	}
	return out
}

// diff compares inputs; a change below one of the replace paths replaces.
func diff(olds, news resource.PropertyMap, replace []string) *pulumirpc.DiffResponse {
	return diffType(&simcloud.Type{Replace: replace}, olds, news)
}

func diffType(t *simcloud.Type, olds, news resource.PropertyMap) *pulumirpc.DiffResponse {
	before, after := simcloud.FromProperties(olds), simcloud.FromProperties(news)
	changes := map[string]pulumirpc.PropertyDiff_Kind{}
	compare("", map[string]any(before), map[string]any(after), changes)
	paths := slices.Sorted(maps.Keys(changes))
	replaces := t.Replaces(before, after, paths)

	res := &pulumirpc.DiffResponse{
		Changes: pulumirpc.DiffResponse_DIFF_NONE, HasDetailedDiff: true,
		Replaces: replaces, DetailedDiff: map[string]*pulumirpc.PropertyDiff{},
	}
	res.DeleteBeforeReplace = t.InPlace && len(replaces) > 0
	for _, path := range paths {
		res.Changes = pulumirpc.DiffResponse_DIFF_SOME
		res.Diffs = append(res.Diffs, path)
		kind := changes[path]
		if slices.Contains(replaces, path) {
			kind++ // each kind is followed by its replacing twin
		}
		res.DetailedDiff[path] = &pulumirpc.PropertyDiff{Kind: kind, InputDiff: true}
	}
	return res
}

// compare collects the paths at which a and b differ.
func compare(path string, a, b any, changes map[string]pulumirpc.PropertyDiff_Kind) {
	if reflect.DeepEqual(a, b) {
		return
	}
	ma, isMapA := a.(map[string]any)
	mb, isMapB := b.(map[string]any)
	la, isListA := a.([]any)
	lb, isListB := b.([]any)
	switch {
	case isMapA && isMapB:
		for _, k := range slices.Sorted(maps.Keys(union(ma, mb))) {
			compare(join(path, k), ma[k], mb[k], changes)
		}
	case isListA && isListB:
		for i := range max(len(la), len(lb)) {
			compare(fmt.Sprintf("%s[%d]", path, i), at(la, i), at(lb, i), changes)
		}
	case a == nil:
		changes[path] = pulumirpc.PropertyDiff_ADD
	case b == nil:
		changes[path] = pulumirpc.PropertyDiff_DELETE
	default:
		changes[path] = pulumirpc.PropertyDiff_UPDATE
	}
}

func union(a, b map[string]any) map[string]any {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

func join(path, key string) string {
	switch {
	case !plainKey(key):
		return fmt.Sprintf("%s[%q]", path, key)
	case path == "":
		return key
	default:
		return path + "." + key
	}
}

func plainKey(key string) bool {
	for _, r := range key {
		if r == '.' || r == '[' || r == ']' || r == '"' {
			return false
		}
	}
	return key != ""
}

func at(list []any, i int) any {
	if i < len(list) {
		return list[i]
	}
	return nil
}
