package settings

import (
	"errors"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// update rewrites the golden files, and fails: a run that passes changes none.
var update = flag.Bool("update", false, "rewrite the golden files, then fail")

// edit sets one value of a stack file: a path below the project's name, and
// what to put there; nil takes it out.
type edit struct {
	path  []string
	value any
}

// set is an edit at a dotted path.
func set(path string, value any) edit { return edit{strings.Split(path, "."), value} }

// setIn is an edit of a key with dots in it.
func setIn(path, key string, value any) edit {
	return edit{append(strings.Split(path, "."), key), value}
}

// goodFile is the smallest stack file, edited.
func goodFile(t testing.TB, edits ...edit) File {
	t.Helper()
	return goodFileOn(t, AWSCloud, edits...)
}

// placeOn are the region and the zones of the smallest stack file on a cloud.
var placeOn = map[Cloud]struct {
	region string
	zones  [2]string
	more   []edit // what the cloud cannot do without
}{
	AWSCloud:   {"eu-west-1", [2]string{"eu-west-1a", "eu-west-1b"}, nil},
	AzureCloud: {"westeurope", [2]string{"westeurope-1", "westeurope-2"}, []edit{set("database.password", "correct-horse-battery")}},
	GCPCloud: {"europe-west1", [2]string{"europe-west1-b", "europe-west1-c"}, []edit{
		set("gcp.project", "explico-test"), set("domain.name", "app.explico.dev"), set("domain.zoneId", "explico-dev"),
		set("database.password", "correct-horse-battery"),
	}},
}

// goodFileOn is the smallest stack file on a cloud, edited.
func goodFileOn(t testing.TB, cloud Cloud, edits ...edit) File {
	t.Helper()
	place := placeOn[cloud]
	config := map[string]any{
		"region":  place.region,
		"owner":   map[string]any{"team": "platform", "costCentre": "CC-1"},
		"network": map[string]any{"cidr": "10.0.0.0/16", "zones": map[string]any{place.zones[0]: 0, place.zones[1]: 1}},
	}
	if cloud != DefaultCloud {
		config["cloud"] = string(cloud)
	}
	for _, e := range append(slices.Clone(place.more), edits...) {
		at := config
		for _, key := range e.path[:len(e.path)-1] {
			next, ok := at[key].(map[string]any)
			if !ok {
				next = map[string]any{}
				at[key] = next
			}
			at = next
		}
		last := e.path[len(e.path)-1]
		if at[last] = e.value; e.value == nil {
			delete(at, last)
		}
	}
	keyed := map[string]any{"pulumi:disable-default-providers": []string{"*"}}
	for key, v := range config {
		if !strings.Contains(key, ":") {
			key = "explico:" + key
		}
		keyed[key] = v
	}
	data, err := yaml.Marshal(map[string]any{"config": keyed})
	if err != nil {
		t.Fatal(err)
	}
	return File{"Pulumi.test.yaml", data}
}

// loadYAML loads a stack file's text and returns problems and warnings alike.
func loadYAML(f File) (*Settings, []Diagnostic) {
	s, warnings, err := loadFiles("test", f, File{})
	return s, append(problemsOf(err), warnings...)
}

func problemsOf(err error) []Diagnostic {
	var e *Error
	if errors.As(err, &e) {
		return e.Problems
	}
	return nil
}

// lines are diagnostics as text.
func lines(all []Diagnostic) string {
	var b strings.Builder
	for _, d := range all {
		b.WriteString(d.String() + "\n")
	}
	return b.String()
}

// golden compares text with a golden file; with -update it writes the file and
// fails.
func golden(t *testing.T, path, got string) {
	t.Helper()
	want, err := os.ReadFile(path)
	if err == nil && string(want) == got {
		return
	}
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		t.Errorf("%s is rewritten: review it and run the test again without -update", path)
		return
	}
	t.Errorf("%s is out of date (go test ./stacks/settings -update)\ngot:\n%s\nwant:\n%s", path, got, want)
}
