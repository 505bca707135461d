package simulate

import (
	"slices"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

func props(v simcloud.Values) resource.PropertyMap { return v.Properties() }

func TestDiff(t *testing.T) {
	typ := &simcloud.Type{Replace: []string{"fixed", "deep.fixed"}}
	for name, test := range map[string]struct {
		before, after simcloud.Values
		changed       []string
		replaces      []string
	}{
		"nothing":          {simcloud.Values{"a": "1"}, simcloud.Values{"a": "1"}, nil, nil},
		"in place":         {simcloud.Values{"a": "1"}, simcloud.Values{"a": "2"}, []string{"a"}, nil},
		"replaced":         {simcloud.Values{"fixed": "1"}, simcloud.Values{"fixed": "2"}, []string{"fixed"}, []string{"fixed"}},
		"added":            {simcloud.Values{}, simcloud.Values{"fixed": "2"}, []string{"fixed"}, []string{"fixed"}},
		"deep":             {simcloud.Values{"deep": map[string]any{"fixed": 1.0, "x": 1.0}}, simcloud.Values{"deep": map[string]any{"fixed": 2.0, "x": 1.0}}, []string{"deep.fixed"}, []string{"deep.fixed"}},
		"in a list":        {simcloud.Values{"l": []any{"a"}}, simcloud.Values{"l": []any{"a", "b"}}, []string{"l[1]"}, nil},
		"unknown":          {simcloud.Values{"fixed": "1"}, simcloud.Values{"fixed": simcloud.Unknown{}}, []string{"fixed"}, []string{"fixed"}},
		"a key with a dot": {simcloud.Values{"m": map[string]any{"a.b": "1"}}, simcloud.Values{"m": map[string]any{"a.b": "2"}}, []string{`m["a.b"]`}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			res := diffType(typ, props(test.before), props(test.after))
			if !slices.Equal(res.GetDiffs(), test.changed) || !slices.Equal(res.GetReplaces(), test.replaces) {
				t.Errorf("got changes %v and replacements %v, want %v and %v", res.GetDiffs(), res.GetReplaces(), test.changed, test.replaces)
			}
			if some := res.GetChanges() == pulumirpc.DiffResponse_DIFF_SOME; some != (len(test.changed) > 0) {
				t.Errorf("changes: %v", res.GetChanges())
			}
		})
	}
	kind := diffType(typ, props(simcloud.Values{"fixed": "1"}), props(simcloud.Values{})).GetDetailedDiff()["fixed"].GetKind()
	if kind != pulumirpc.PropertyDiff_DELETE_REPLACE {
		t.Errorf("a removed fixed property: got %v", kind)
	}
}

func TestProviderConfigIsParsed(t *testing.T) {
	got := providerConfig(simcloud.Values{"region": "eu-west-1", "allowedAccountIds": `["123456789012"]`, "n": "12"})
	if list := got.Strings("allowedAccountIds[]"); !slices.Equal(list, []string{"123456789012"}) || got.String("n") != "12" {
		t.Errorf("got %v", got)
	}
}
