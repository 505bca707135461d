package versions

import (
	"slices"
	"strings"
	"testing"
)

func TestUnknownManifest(t *testing.T) {
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
