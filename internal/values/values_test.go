package values

import (
	"reflect"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

func TestProperties(t *testing.T) {
	props := resource.PropertyMap{
		"text":    resource.NewStringProperty("a"),
		"secret":  resource.MakeSecret(resource.NewStringProperty("s")),
		"unknown": resource.MakeComputed(resource.NewStringProperty("")),
		"null":    resource.NewNullProperty(),
		"list":    resource.NewArrayProperty([]resource.PropertyValue{resource.NewNumberProperty(1)}),
		"map":     resource.NewObjectProperty(resource.PropertyMap{"b": resource.NewBoolProperty(true)}),
	}
	v := FromProperties(props)
	want := Map{
		"text": "a", "secret": "s", "unknown": Unknown{}, "list": []any{1.0}, "map": map[string]any{"b": true},
	}
	if !reflect.DeepEqual(v, want) {
		t.Errorf("got %#v, want %#v", v, want)
	}
	back := v.Properties()
	if !back["unknown"].IsComputed() || back["list"].ArrayValue()[0].NumberValue() != 1 || !back["map"].ObjectValue()["b"].BoolValue() {
		t.Errorf("and back: %v", back)
	}
}

func TestPaths(t *testing.T) {
	v := Map{
		"a": map[string]any{"list": []any{map[string]any{"id": "x"}, map[string]any{"id": "y"}, "no object"}},
		"m": map[string]any{"k": map[string]any{"id": "z"}}, "n": 3.0, "u": Unknown{}, "t": true,
	}
	if got := v.Strings("a.list[].id"); !reflect.DeepEqual(got, []string{"x", "y"}) {
		t.Errorf("a.list[].id: %v", got)
	}
	if got := v.Strings("m{}.id"); !reflect.DeepEqual(got, []string{"z"}) {
		t.Errorf("m{}.id: %v", got)
	}
	if v.Int("n") != 3 || !v.Bool("t") || v.String("a.none") != "" || len(v.Objects("a.list[]")) != 2 {
		t.Error("typed look-ups")
	}
	if !v.Has("u") || v.Known("u") || !v.Known("n") || v.Has("a.b.c") {
		t.Error("what is there and what is known")
	}
}

func TestAllKnownSaysWhatItCouldNotSee(t *testing.T) {
	v := Map{
		"list": []any{"a", Unknown{}}, "hidden": Unknown{},
		"objects": []any{map[string]any{"id": "x"}, Unknown{}, map[string]any{"id": Unknown{}}},
	}
	for path, want := range map[string]struct {
		known    []any
		complete bool
	}{
		"list[]": {[]any{"a"}, false}, "hidden": {nil, false}, "hidden[]": {nil, false}, "hidden.inside": {nil, false},
		"objects[].id": {[]any{"x"}, false}, "none": {nil, true}, "objects[].none": {nil, false},
	} {
		known, complete := v.AllKnown(path)
		if !reflect.DeepEqual(known, want.known) || complete != want.complete {
			t.Errorf("%s: got %v, %v, want %v, %v", path, known, complete, want.known, want.complete)
		}
	}
}
