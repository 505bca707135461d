// Package versions is the one versions file: which Kubernetes minors there are,
// and for each what runs on its nodes. versions.yaml says where a version comes
// from and when it was read.
package versions

import (
	"bytes"
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"
)

//go:embed versions.yaml
var source []byte

// file is versions.yaml.
type file struct {
	Kubernetes struct {
		Default string           `yaml:"default"`
		Minors  map[string]minor `yaml:"minors"`
	} `yaml:"kubernetes"`
	Images    map[string]string   `yaml:"images"`
	Charts    map[string]Chart    `yaml:"charts"`
	Manifests map[string]Manifest `yaml:"manifests"`
}

type minor struct {
	Nodes  string            `yaml:"nodes"`
	Addons map[string]string `yaml:"addons"`
}

var load = sync.OnceValues(func() (file, error) { return parse(source) })

func parse(text []byte) (file, error) {
	var f file
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&f); err != nil {
		return file{}, fmt.Errorf("reading the versions file: %w", err)
	}
	return f, nil
}

// Kubernetes returns the minors that a cluster may have, such as 1.35, oldest
// first.
func Kubernetes() []string {
	f, _ := load() // the file is embedded and tested: it can be read
	return slices.SortedFunc(maps.Keys(f.Kubernetes.Minors), compare)
}

// DefaultKubernetes returns the minor of a cluster that asks for none.
func DefaultKubernetes() string {
	f, _ := load()
	return f.Kubernetes.Default
}

// Addon returns the version of an EKS add-on for a Kubernetes minor, such as
// v1.22.3-eksbuild.1. A minor or an add-on that the file does not name is an
// error.
func Addon(kubernetes, name string) (string, error) {
	f, err := load()
	if err != nil {
		return "", err
	}
	m, ok := f.Kubernetes.Minors[kubernetes]
	if !ok {
		return "", fmt.Errorf("looking up add-on %s: no Kubernetes %s in the versions file, which has %s",
			name, kubernetes, strings.Join(Kubernetes(), ", "))
	}
	version, ok := m.Addons[name]
	if !ok {
		return "", fmt.Errorf("looking up add-on %s: no version for Kubernetes %s in the versions file", name, kubernetes)
	}
	return version, nil
}

// AMIRelease returns the release of the AL2023 node image for a Kubernetes
// minor, such as 1.35.7-20260903; empty means the latest.
func AMIRelease(kubernetes string) string {
	f, _ := load()
	return f.Kubernetes.Minors[kubernetes].Nodes
}

// SampleImage returns the container image that services run until their own
// exist, such as ghcr.io/stefanprodan/podinfo:6.9.2.
func SampleImage() string {
	f, _ := load()
	return f.Images["sample"]
}

// compare orders dotted numbers: 1.9 is before 1.10. What is no number counts
// as 0.
func compare(a, b string) int {
	return slices.Compare(numbers(a), numbers(b))
}

func numbers(version string) []int {
	var all []int
	for part := range strings.SplitSeq(version, ".") {
		n, _ := strconv.Atoi(part)
		all = append(all, n)
	}
	return all
}
