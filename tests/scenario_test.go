package tests

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/te-explico/infrastructure/cost/show"
	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
	"github.com/te-explico/infrastructure/stacks/platform"
	"github.com/te-explico/infrastructure/tests/deploy"
)

// update rewrites the golden files and fails: a run that passes changes none.
var update = flag.Bool("update", false, "rewrite the golden files, then fail")

// TestScenarios runs every testdata/scenarios/*.txtar: the settings in it,
// and the resource graph and the cost that come of them.
func TestScenarios(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/scenarios/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, file := range files {
		stack := strings.TrimSuffix(filepath.Base(file), ".txtar")
		t.Run(stack, func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			g := deploy.Scenario(t, stack)
			g.CheckHouse(t)
			for _, err := range platform.Accept(g.Exports) {
				t.Error(err)
			}
			if preview := deploy.Preview(t, stack); tree(preview) != tree(g) {
				t.Errorf("a preview registers other resources than an update")
			}
			compareGolden(t, file, archive, map[string]string{
				"graph": tree(g), "cost": show.Table(stack, g.Exports["cost"].(map[string]any)),
			})
		})
	}
}

// TestReadmeShowsTheDevStack keeps the README's transcript true: what make up
// creates is what the golden file of dev lists, and the stack itself.
func TestReadmeShowsTheDevStack(t *testing.T) {
	golden, err := txtar.ParseFile("testdata/scenarios/dev.txtar")
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`(?m)^(\d+) resources$`).FindSubmatch(section(golden, "graph"))
	if m == nil {
		t.Fatal("the golden file of dev does not say how many resources there are")
	}
	n, err := strconv.Atoi(string(m[1]))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	want := text
	for shape, count := range map[string]string{`(?m)^    \+ \d+ created$`: "    + %d created", `(?m)^    \d+ unchanged$`: "    %d unchanged"} {
		line := regexp.MustCompile(shape)
		if !line.Match(text) {
			t.Errorf("README.md has no line like %q", count)
		}
		want = line.ReplaceAll(want, fmt.Appendf(nil, count, n+1))
	}
	if bytes.Equal(text, want) {
		return
	}
	if !*update {
		t.Fatalf("README.md shows other counts than %d (make golden)", n+1)
	}
	if err := os.WriteFile("../README.md", want, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Error("README.md is rewritten: review it")
}

func section(a *txtar.Archive, name string) []byte {
	for _, f := range a.Files {
		if f.Name == name {
			return f.Data
		}
	}
	return nil
}

// compareGolden compares what came of a scenario with its sections.
func compareGolden(t *testing.T, file string, archive *txtar.Archive, sections map[string]string) {
	t.Helper()
	same := true
	for _, name := range slices.Sorted(maps.Keys(sections)) {
		got := sections[name]
		if bytes.Equal(section(archive, name), []byte(got)) {
			continue
		}
		if same = false; !*update {
			t.Errorf("%s: %s is out of date (make golden)\ngot:\n%s\nwant:\n%s", file, name, got, section(archive, name))
		}
		archive.Files = slices.DeleteFunc(archive.Files, func(f txtar.File) bool { return f.Name == name })
		archive.Files = append(archive.Files, txtar.File{Name: name, Data: []byte(got)})
	}
	if same || !*update {
		return
	}
	if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Errorf("%s is rewritten: review it", file)
}

// tree writes a graph as a tree: components, and below each its resources, with
// what Pulumi was told about them.
func tree(g *simtest.Graph) string {
	below := map[string][]simtest.Resource{}
	urns := map[string]bool{}
	for _, r := range g.Resources {
		urns[r.URN] = true
	}
	for _, r := range g.Resources {
		parent := r.Parent
		if !urns[parent] {
			parent = ""
		}
		below[parent] = append(below[parent], r)
	}
	var b strings.Builder
	var write func(parent, indent string)
	write = func(parent, indent string) {
		children := below[parent]
		slices.SortFunc(children, func(a, b simtest.Resource) int {
			return strings.Compare(a.Type+" "+a.Name, b.Type+" "+b.Name)
		})
		for _, r := range children {
			fmt.Fprintf(&b, "%s%s %s%s\n", indent, deploy.ShortType(r.Type), r.Name, flags(r))
			write(r.URN, indent+"  ")
		}
	}
	write("", "")
	fmt.Fprintf(&b, "%d resources\n", len(g.Resources))
	return b.String()
}

func flags(r simtest.Resource) string {
	var all []string
	if r.Protect {
		all = append(all, "protected")
	}
	if r.Retain {
		all = append(all, "retained")
	}
	if r.DeleteBeforeReplace {
		all = append(all, "delete before replace")
	}
	if len(r.IgnoreChanges) > 0 {
		all = append(all, "ignores "+strings.Join(r.IgnoreChanges, ", "))
	}
	if len(r.Secret) > 0 {
		all = append(all, "secret "+strings.Join(slices.Sorted(slices.Values(r.Secret)), ", "))
	}
	if len(all) == 0 {
		return ""
	}
	return " [" + strings.Join(all, "; ") + "]"
}
