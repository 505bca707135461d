package versions

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A manifest's version is exact, and its addresses hold it.
func TestManifests(t *testing.T) {
	version := regexp.MustCompile(`^v?\d+\.\d+\.\d+$`)
	for _, name := range Manifests() {
		m, err := ManifestOf(name)
		if err != nil {
			t.Error(err)
			continue
		}
		if !version.MatchString(m.Version) {
			t.Errorf("%s has the version %q, want an exact one", name, m.Version)
		}
		all := m.Addresses()
		for _, a := range all {
			if !strings.HasPrefix(a, "https://") || !strings.Contains(a, m.Version+"/") || strings.ContainsAny(a, "{}") {
				t.Errorf("%s is at %s, want a URL with its version", name, a)
			}
		}
		if distinct := slices.Compact(slices.Sorted(slices.Values(all))); len(distinct) != max(len(m.Files), 1) {
			t.Errorf("%s has the files %v, and is at %v", name, m.Files, all)
		}
	}
	if len(Manifests()) == 0 {
		t.Error("there are no manifests")
	}
	if _, err := ManifestOf("gateway"); err == nil || !strings.Contains(err.Error(), "looking up manifest gateway") || !strings.Contains(err.Error(), "gateway-api") {
		t.Errorf("an unknown manifest: %v", err)
	}
}

// Several files of one version have an address each.
func TestAddresses(t *testing.T) {
	m := Manifest{URL: "https://example.org/{version}/{file}-{version}.yaml", Files: []string{"a", "b"}, Version: "v1.2.3"}
	want := []string{"https://example.org/v1.2.3/a-v1.2.3.yaml", "https://example.org/v1.2.3/b-v1.2.3.yaml"}
	if got := m.Addresses(); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
