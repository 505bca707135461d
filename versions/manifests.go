package versions

import (
	"maps"
	"slices"
	"strings"
)

// Manifest is what a project publishes of Kubernetes objects: a file, or several.
type Manifest struct {
	// URL is where the file is, with {version} in the version's place, and where there
	// are several with {file} in each one's.
	URL string `yaml:"url"`
	// Files are what stands in the place of {file}; none for a single file.
	Files []string `yaml:"files"`
	// Version is the version, such as v1.6.3.
	Version string `yaml:"version"`
}

// Addresses are the URLs of the version's files.
func (m Manifest) Addresses() []string {
	url := strings.ReplaceAll(m.URL, "{version}", m.Version)
	if len(m.Files) == 0 {
		return []string{url}
	}
	var all []string
	for _, file := range m.Files {
		all = append(all, strings.ReplaceAll(url, "{file}", file))
	}
	return all
}

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
