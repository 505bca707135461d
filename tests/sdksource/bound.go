package sdksource

import (
	"fmt"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

// withoutSource are how tokens begin that are bound by hand because no module of
// their own can be had, or it is far larger than what is used of it. Their inputs
// are compared with nothing but what the simulated cloud knows.
var withoutSource = []string{
	"azure-native:cache/", "azure-native:compute:DiskEncryptionSet", "azure-native:dataprotection", "azure-native:eventgrid", "azure-native:security:",
}

// shared is what the tests of a package have read.
var shared Source

// CheckBound compares what a program registered with the SDK, as far as packages
// that hold components (by their folders) do not import it: what a compiler finds
// in typed arguments, this finds in those bound by hand. It returns how many types
// it looked at.
func CheckBound(t testing.TB, g *simtest.Graph, folders ...string) int {
	t.Helper()
	compiled := map[string]bool{}
	for _, folder := range folders {
		all, err := imports(folder)
		if err != nil {
			t.Fatal(err)
		}
		maps.Copy(compiled, all)
	}
	packages, types := map[string]bool{}, map[string]bool{}
	var bound []simtest.Resource
	for _, r := range g.Resources {
		pkg := Package(r.Type)
		if !r.Custom || pkg == "" || compiled[pkg] || slices.ContainsFunc(withoutSource, func(begins string) bool { return strings.HasPrefix(r.Type, begins) }) {
			continue
		}
		bound, packages[pkg], types[r.Type] = append(bound, r), true, true
	}
	if err := shared.Find(slices.Sorted(maps.Keys(packages))...); err != nil {
		t.Fatal(err)
	}
	for _, r := range bound {
		for _, err := range shared.Check(r.Type, r.Inputs) {
			t.Errorf("%s: %v", r.Name, err)
		}
		for _, output := range shared.Secrets(r.Type) {
			if !slices.Contains(r.SecretOutputs, output) {
				t.Errorf("%s: %s: the SDK keeps the output %s as a secret", r.Name, r.Type, output)
			}
		}
	}
	return len(types)
}

// imports are what the files of a folder import, but those that no build includes.
func imports(folder string) (map[string]bool, error) {
	once, _ := imported.LoadOrStore(folder, sync.OnceValues(func() (map[string]bool, error) {
		files, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil || len(files) == 0 {
			return nil, fmt.Errorf("reading what %s imports: no files (%v)", folder, err)
		}
		all := map[string]bool{}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				return nil, err
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), file, text, parser.ImportsOnly)
			if err != nil {
				return nil, err
			}
			for _, imp := range parsed.Imports {
				if !strings.HasPrefix(string(text), "//go:build sdksource") {
					all[strings.Trim(imp.Path.Value, `"`)] = true
				}
			}
		}
		return all, nil
	}))
	return once.(func() (map[string]bool, error))()
}

// imported are the imports of folders that were read.
var imported sync.Map
