package tests

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/rogpeppe/go-internal/txtar"
	"gopkg.in/yaml.v3"

	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
	"github.com/te-explico/infrastructure/stacks"
)

// update rewrites the golden files and fails: a run that passes changes none.
var update = flag.Bool("update", false, "rewrite the golden files, then fail")

// config is what Pulumi hands a program of a stack file: texts as they are,
// everything else as JSON.
func config(t testing.TB, stackFile []byte) map[string]string {
	t.Helper()
	var file struct{ Config map[string]any }
	if err := yaml.Unmarshal(stackFile, &file); err != nil {
		t.Fatal(err)
	}
	values := map[string]string{}
	for key, value := range file.Config {
		switch v := value.(type) {
		case map[string]any, []any:
			text, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			values[key] = string(text)
		default:
			values[key] = fmt.Sprint(v)
		}
	}
	return values
}

// deploy runs the program for a stack file on Pulumi's mocks.
func deploy(t testing.TB, stack string, stackFile []byte, opts ...simtest.Option) *simtest.Graph {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "Pulumi."+stack+".yaml"), stackFile, 0o644); err != nil {
		t.Fatal(err)
	}
	root := func(info *pulumi.RunInfo) { info.RootDirectory = dir }
	g, err := simtest.Try("explico", stack, stacks.Deploy, append(opts, root, simtest.Config(config(t, stackFile)))...)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// deployShipped runs the program for one of the stack files of the repository.
func deployShipped(t testing.TB, stack string, opts ...simtest.Option) *simtest.Graph {
	t.Helper()
	text, err := os.ReadFile("../Pulumi." + stack + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	return deploy(t, stack, text, opts...)
}

// TestScenarios runs every testdata/scenarios/*.txtar: the settings in it, and
// the resource graph that comes of them.
func TestScenarios(t *testing.T) {
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
			in := section(archive, "settings.yaml")
			if shipped, err := os.ReadFile("../Pulumi." + stack + ".yaml"); err == nil {
				in = shipped // a shipped stack's settings stand in one place
			}
			g := deploy(t, stack, in)
			g.CheckHouse(t)
			if preview := deploy(t, stack, in, simtest.Preview()); tree(preview) != tree(g) {
				t.Errorf("a preview registers other resources than an update")
			}
			compareGolden(t, file, archive, tree(g))
		})
	}
}

func section(a *txtar.Archive, name string) []byte {
	for _, f := range a.Files {
		if f.Name == name {
			return f.Data
		}
	}
	return nil
}

func compareGolden(t *testing.T, file string, archive *txtar.Archive, got string) {
	t.Helper()
	if bytes.Equal(section(archive, "graph"), []byte(got)) {
		return
	}
	if !*update {
		t.Fatalf("%s is out of date (make golden)\ngot:\n%s\nwant:\n%s", file, got, section(archive, "graph"))
	}
	archive.Files = slices.DeleteFunc(archive.Files, func(f txtar.File) bool { return f.Name == "graph" })
	archive.Files = append(archive.Files, txtar.File{Name: "graph", Data: []byte(got)})
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
			fmt.Fprintf(&b, "%s%s %s%s\n", indent, short(r.Type), r.Name, flags(r))
			write(r.URN, indent+"  ")
		}
	}
	write("", "")
	fmt.Fprintf(&b, "%d resources\n", len(g.Resources))
	return b.String()
}

// short is a type without its package's repetition: aws:ec2/vpc:Vpc is ec2.Vpc.
func short(token string) string {
	parts := strings.Split(token, ":")
	if parts[0] == "pulumi" || len(parts) != 3 {
		return token
	}
	module, _, _ := strings.Cut(parts[1], "/")
	if parts[0] == "explico" {
		return parts[2]
	}
	return module + "." + parts[2]
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
