// Package deploy runs the program for tests, with the settings of a stack or a
// scenario, on Pulumi's mocks.
package deploy

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/rogpeppe/go-internal/txtar"
	"gopkg.in/yaml.v3"

	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
	"github.com/te-explico/infrastructure/internal/stackfile"
	"github.com/te-explico/infrastructure/stacks"
)

// Scenario brings up a stack of the repository, one of the examples, or a scenario
// of tests/testdata/scenarios, and fails the test if the program fails.
func Scenario(t testing.TB, name string) *simtest.Graph {
	t.Helper()
	return once(t, &updated, name)
}

// Preview is Scenario as a preview has it: of what is made, no ids are known.
func Preview(t testing.TB, name string) *simtest.Graph {
	t.Helper()
	return once(t, &previewed, name, simtest.Preview())
}

// updated and previewed are the runs by scenario: what they registered is for reading.
var updated, previewed sync.Map

func once(t testing.TB, runs *sync.Map, name string, opts ...simtest.Option) *simtest.Graph {
	t.Helper()
	run, _ := runs.LoadOrStore(name, sync.OnceValues(func() (*simtest.Graph, error) {
		return Try(t, name, stackFile(t, name), opts...)
	}))
	g, err := run.(func() (*simtest.Graph, error))()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// Try runs the program for a stack with the text of its stack file and returns
// what it registered until it failed.
func Try(t testing.TB, name string, text []byte, opts ...simtest.Option) (*simtest.Graph, error) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "Pulumi."+name+".yaml"), text, 0o644); err != nil {
		t.Fatal(err)
	}
	root := func(info *pulumi.RunInfo) { info.RootDirectory = dir }
	return simtest.Try("explico", name, stacks.Deploy, append(opts, root, simtest.Config(values(t, text)))...)
}

// stackFile is the stack file of a scenario. Those of shipped stacks stand in
// the repository's root, and the examples in a folder of theirs.
func stackFile(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root(t), stackfile.Find(root(t), name)))
	if err == nil {
		return text
	}
	if !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	archive, err := txtar.ParseFile(filepath.Join(root(t), "tests", "testdata", "scenarios", name+".txtar"))
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == "settings.yaml" })
	if i < 0 {
		t.Fatalf("scenario %s has no settings.yaml and is no stack", name)
	}
	return archive.Files[i].Data
}

// root is the repository's root: the nearest directory above with a go.mod.
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test's directory")
		}
		dir = filepath.Dir(dir)
	}
}

// values are what Pulumi hands a program of a stack file: texts as they are,
// everything else as JSON.
func values(t testing.TB, stackFile []byte) map[string]string {
	t.Helper()
	var file struct{ Config map[string]any }
	if err := yaml.Unmarshal(stackFile, &file); err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for key, value := range file.Config {
		switch v := value.(type) {
		case map[string]any, []any:
			text, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			all[key] = string(text)
		default:
			all[key] = fmt.Sprint(v)
		}
	}
	return all
}

// ShortType is a type without its package's repetition: aws:ec2/vpc:Vpc is
// ec2.Vpc. A component's is its name alone, a provider's its whole token.
func ShortType(token string) string {
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
