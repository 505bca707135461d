package versions

import (
	"regexp"
	"strings"
	"testing"
)

// A manifest's version is exact, and its address holds it.
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
		if a := m.Address(); !strings.HasPrefix(a, "https://") || !strings.Contains(a, m.Version+"/") || strings.Contains(a, "{") {
			t.Errorf("%s is at %s, want a URL with its version", name, a)
		}
	}
	if len(Manifests()) == 0 {
		t.Error("there are no manifests")
	}
	if _, err := ManifestOf("gateway"); err == nil || !strings.Contains(err.Error(), "looking up manifest gateway") || !strings.Contains(err.Error(), "gateway-api") {
		t.Errorf("an unknown manifest: %v", err)
	}
}
