package settings

import (
	"fmt"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

const root = "../../"

var stackNames = []string{"dev", "staging", "prod"}

// load loads a committed stack file, which has no problems.
func load(t *testing.T, stack string) *Settings {
	t.Helper()
	s, _, err := LoadFile(root + "Pulumi." + stack + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The committed files warn of nothing but the example values that whoever
// clones them replaces.
func TestStackFilesWarnOfExamplesOnly(t *testing.T) {
	for _, stack := range stackNames {
		_, warnings, err := LoadFile(root + "Pulumi." + stack + ".yaml")
		if err != nil {
			t.Error(err)
		}
		for _, w := range warnings {
			if w.Code != ExampleValue {
				t.Error(w)
			}
		}
	}
}

// The file of the local stack names its cluster, and warns of nothing.
func TestLocalFile(t *testing.T) {
	s, warnings, err := LoadFile(root + "Pulumi.local.yaml")
	if err != nil || len(warnings) != 0 {
		t.Errorf("got %v, %v", warnings, err)
	}
	if s.Cloud != LocalCloud || s.Local.Context == "" {
		t.Errorf("got cloud %s and context %q", s.Cloud, s.Local.Context)
	}
}

func TestNetworksAreDisjoint(t *testing.T) {
	for i, a := range stackNames {
		for _, b := range stackNames[:i] {
			p, q := netip.MustParsePrefix(load(t, a).Network.CIDR), netip.MustParsePrefix(load(t, b).Network.CIDR)
			if p.Overlaps(q) {
				t.Errorf("the networks of %s (%s) and %s (%s) overlap", a, p, b, q)
			}
		}
	}
}

// stated are defaults that a stack file says all the same.
var stated = map[string]string{
	"cluster.endpoint.mode": "how the API is reached is the first thing a reader looks for",
}

func TestStackFilesStateOnlyWhatDiffers(t *testing.T) {
	defaults := Defaults(AWSCloud)
	derive(defaults)
	unset, used := Flatten(defaults), map[string]bool{}
	for _, stack := range stackNames {
		name := "Pulumi." + stack + ".yaml"
		data, err := os.ReadFile(root + name)
		if err != nil {
			t.Fatal(err)
		}
		d := &decoder{project: Project, places: map[string]position{}, broken: map[string]bool{}}
		tree := &value{kind: dict}
		for _, e := range d.file(File{name, data}, false).dict {
			if key, ours := strings.CutPrefix(e.key, Project+":"); ours {
				tree.dict = append(tree.dict, entry{key, e.place, d.asConfig(key, e.value)})
			}
		}
		s := Defaults(AWSCloud)
		d.root(tree, s)
		all := Flatten(s)
		for _, path := range ordered(d.places) {
			if was, known := unset[path]; known && was == all[path] && was != "" {
				if used[path] = true; stated[path] == "" {
					t.Errorf("%s:%d: %s: %s is the default", name, d.places[path].line, path, was)
				}
			}
		}
	}
	for path := range stated {
		if !used[path] {
			t.Errorf("%s is stated nowhere: take its reason out", path)
		}
	}
}

func TestProdKeepsItsPromises(t *testing.T) {
	for _, stack := range []string{"staging", "prod"} {
		s := load(t, stack)
		if !s.Protect || !s.Database.MultiAZ || s.Network.NAT != NATPerZone || len(s.Network.Zones) < 3 || s.Database.BackupDays < 30 {
			t.Errorf("%s is not highly available: %+v", stack, s)
		}
		for _, service := range needed {
			if !slices.Contains(s.Network.Endpoints, service) {
				t.Errorf("%s reaches %s through the internet", stack, service)
			}
		}
	}
}

// project is what the tests read of Pulumi.yaml.
type project struct {
	Name   string
	Config map[string]projectKey
}

type projectKey struct {
	Description string
	Default     any
	Type, Value any
}

// Pulumi.yaml describes exactly the settings. Pulumi demands what has no
// default there, and refuses what has not the type there, before the loader can
// say where it stands and what else is wrong.
func TestProjectFileDescribesTheSettings(t *testing.T) {
	data, err := os.ReadFile(root + "Pulumi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var p project
	if err := yaml.Unmarshal(data, &p); err != nil {
		t.Fatal(err)
	}
	if p.Name != Project {
		t.Errorf("name: got %s, want %s", p.Name, Project)
	}
	// Keys with a namespace (pulumi:autonaming) speak to others.
	maps.DeleteFunc(p.Config, func(key string, _ projectKey) bool { return strings.Contains(key, ":") })
	if got, want := slices.Sorted(maps.Keys(p.Config)), keysOf(reflect.TypeFor[Settings]()); !slices.Equal(got, want) {
		t.Errorf("got the keys %v, want %v", got, want)
	}
	defaults := reflect.ValueOf(*Defaults(AWSCloud))
	for key, c := range p.Config {
		if c.Description == "" || c.Type != nil || c.Value != nil {
			t.Errorf("%s: want a description, no type and no value", key)
		}
		if c.Default == nil {
			t.Errorf("%s: has no default, so Pulumi demands it and says nothing of what else is missing", key)
		}
		field, _ := fieldOf(defaults, key)
		if c.Default != nil && !structured(key) && fmt.Sprint(c.Default) != fmt.Sprint(field.Interface()) {
			t.Errorf("%s: default %v in Pulumi.yaml, %v in the program", key, c.Default, field.Interface())
		}
		if m, ok := c.Default.(map[string]any); structured(key) && c.Default != nil && (!ok || len(m) > 0) {
			t.Errorf("%s: default %v: the program has the defaults of sections", key, c.Default)
		}
	}
}

func TestStackFilesAreAllTested(t *testing.T) {
	files, _ := filepath.Glob(root + "Pulumi.*.yaml")
	for _, f := range files {
		if !slices.Contains(append(stackNames, "local"), stackOf(f)) {
			t.Errorf("%s is in no test here", f)
		}
	}
}
