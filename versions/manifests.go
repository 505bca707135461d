package versions

import (
	"maps"
	"slices"
	"strings"
)

// Manifest is a file of Kubernetes objects that a project publishes.
type Manifest struct {
	// URL is where the file is, with {version} in the version's place.
	URL string `yaml:"url"`
	// Version is the version, such as v1.6.3.
	Version string `yaml:"version"`
}

// Address is the URL of the version.
func (m Manifest) Address() string { return strings.ReplaceAll(m.URL, "{version}", m.Version) }

// ManifestOf returns a manifest of the versions file. A name that the file does
// not have is an error.
func ManifestOf(name string) (Manifest, error) {
	f, err := load()
	if err != nil {
		return Manifest{}, err
	}
	if m, ok := f.Manifests[name]; ok && slices.Contains(installed["manifests"], name) {
		return m, nil
	}
	return Manifest{}, missing("manifest", "manifests", name)
}

// Manifests returns the names of all manifests, sorted.
func Manifests() []string {
	f, _ := load() // the file is embedded and tested: it can be read
	return slices.Sorted(maps.Keys(f.Manifests))
}
