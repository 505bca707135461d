package telemetry

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/elastic/go-elasticsearch/v9/typedapi/types"
)

// bodies say what a file of the setup is, by the beginning of its name.
var bodies = map[string]func() any{
	"logs-policy":      func() any { return &struct{ Policy types.IlmPolicy }{} },
	"traces-policy":    func() any { return &struct{ Policy types.IlmPolicy }{} },
	"logs-template":    func() any { return &types.IndexTemplate{} },
	"traces-settings":  func() any { return &types.IndexSettings{} },
	"snapshots-policy": func() any { return &types.SLMPolicy{} },
	"role":             func() any { return &types.RoleDescriptor{} },
}

// Each body that Elasticsearch is sent decodes into the types of its API, and
// nothing of it is lost: a key that these do not know would be.
func TestSetup(t *testing.T) {
	files, err := filepath.Glob(testdata + "setup/*.json")
	if err != nil || len(files) < len(bodies) {
		t.Fatalf("got the files %v (%v)", files, err)
	}
	for _, file := range files {
		name := filepath.Base(file)
		var body any
		for prefix, make := range bodies {
			if strings.HasPrefix(name, prefix) {
				body = make()
			}
		}
		if body == nil {
			t.Errorf("%s: nobody says what it is", name)
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, body); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		back, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range lost("", leaves(t, text), lowered(leaves(t, back))) {
			t.Errorf("%s: Elasticsearch's API has no %s", name, path)
		}
	}
}

// leaves is JSON as a tree.
func leaves(t *testing.T, text []byte) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// lowered has the keys in lower case: those of an anonymous type are not.
func lowered(v any) any {
	if m, ok := v.(map[string]any); ok && len(m) == 1 && m["Policy"] != nil {
		return map[string]any{"policy": m["Policy"]}
	}
	return v
}

// lost are the paths of a tree that another one has not.
func lost(path string, a, b any) []string {
	var all []string
	switch a := a.(type) {
	case map[string]any:
		other, ok := b.(map[string]any)
		if !ok {
			return []string{path}
		}
		for key, v := range a {
			w, there := other[key]
			if !there {
				all = append(all, path+"."+key)
				continue
			}
			all = append(all, lost(path+"."+key, v, w)...)
		}
	case []any:
		other, ok := b.([]any)
		if !ok || len(other) != len(a) {
			return []string{path}
		}
		for i := range a {
			all = append(all, lost(path, a[i], other[i])...)
		}
	default:
		if !reflect.DeepEqual(a, b) {
			return []string{path}
		}
	}
	return all
}
