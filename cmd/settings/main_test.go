package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const root = "../../"

func call(args ...string) (code int, out, errs string) {
	var o, e bytes.Buffer
	code = run(args, &o, &e)
	return code, o.String(), e.String()
}

func TestCheck(t *testing.T) {
	t.Chdir(root)
	code, out, errs := call("check")
	if code != 0 || errs != "" || !strings.Contains(out, "Pulumi.prod.yaml: ok\n") {
		t.Errorf("check: got code %d and\n%s%s", code, out, errs)
	}
	code, out, _ = call("check", "Pulumi.dev.yaml", "tests/settings/zones.yaml")
	if code != 1 || !strings.Contains(out, "Pulumi.dev.yaml: ok\n") || !strings.Contains(out, "zones.yaml:10:19: network.zones.eu-west-1b: got slot 0") {
		t.Errorf("check of a broken file: got code %d and\n%s", code, out)
	}
}

func TestCheckWithoutFiles(t *testing.T) {
	if code, _, errs := call("check", filepath.Join(t.TempDir(), "Pulumi.x.yaml")); code != 1 || errs == "" {
		t.Errorf("a file that is not there: got code %d, %q", code, errs)
	}
	t.Chdir(t.TempDir())
	if code, _, errs := call("check"); code != 2 || errs == "" {
		t.Errorf("no files: got code %d, %q", code, errs)
	}
	if code, _, errs := call("reference"); code != 1 || errs == "" {
		t.Errorf("reference outside the project: got code %d, %q", code, errs)
	}
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{nil, {"chekc"}, {"reference", "x"}} {
		if code, out, errs := call(args...); code != 2 || out != "" || errs != usage {
			t.Errorf("%v: got code %d, %q, %q", args, code, out, errs)
		}
	}
}

func TestReferenceIsUpToDate(t *testing.T) {
	t.Chdir(root)
	code, want, errs := call("reference")
	if code != 0 {
		t.Fatal(errs)
	}
	got, err := os.ReadFile("docs/reference/settings.md")
	if err != nil || string(got) != want {
		t.Errorf("docs/reference/settings.md is out of date (%v): go run ./cmd/settings reference > docs/reference/settings.md", err)
	}
}

func TestCloudsAreUpToDate(t *testing.T) {
	t.Chdir(root)
	code, want, errs := call("clouds")
	if code != 0 {
		t.Fatal(errs)
	}
	got, err := os.ReadFile("docs/reference/clouds.md")
	if err != nil || string(got) != want {
		t.Errorf("docs/reference/clouds.md is out of date (%v): go run ./cmd/settings clouds > docs/reference/clouds.md", err)
	}
}

func TestEverySettingIsDocumented(t *testing.T) {
	d, err := readDocs(filepath.Join(root, "stacks/settings"))
	if err != nil {
		t.Fatal(err)
	}
	if len(d.types) < 10 {
		t.Fatalf("got %d sections only: are they still in types.go?", len(d.types))
	}
	for name, text := range d.comment {
		words := strings.Fields(text)
		_, field, _ := strings.Cut(name, ".")
		if len(words) < 4 {
			t.Errorf("%s: got the comment %q, want a sentence", name, text)
		} else if field != "" && words[0] != field {
			t.Errorf("%s: the comment begins with %q, want the field's name", name, words[0])
		}
	}
}

// What the reference calls required is what a file without anything is told to
// give.
func TestRequired(t *testing.T) {
	t.Chdir(root)
	_, out, _ := call("check", "tests/settings/nothing.yaml")
	var missing []string
	for line := range strings.Lines(out) {
		if strings.HasSuffix(line, "(CFG004)\n") {
			missing = append(missing, strings.Split(line, ": ")[1])
		}
	}
	for _, path := range missing {
		if !slices.Contains(required, path) {
			t.Errorf("%s is demanded but not called required", path)
		}
	}
	for _, path := range required {
		entry := strings.Contains(path, "<name>") // an entry is never demanded, only what it says
		if !entry && !strings.Contains(out, " "+path) {
			t.Errorf("%s is called required but not demanded", path)
		}
	}
}
