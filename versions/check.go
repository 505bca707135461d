package versions

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"
)

// Problem is something that is wrong in the versions file.
type Problem struct {
	// Line and Column say where in versions.yaml, from 1.
	Line, Column int
	// Path is what is wrong, such as charts.keda.version.
	Path string
	// Got is what is there, and Want what would be right.
	Got, Want string
}

// FileName is where the versions file stands in the repository.
const FileName = "versions/versions.yaml"

// installed are what the program installs, by the section of the versions file:
// the file has each of these and nothing else, so that nothing in it goes stale.
// What is not here cannot be looked up.
var installed = map[string][]string{
	"images": {
		"curl", "elasticsearch", "jaeger", "otel-collector-contrib", "otel-collector-k8s", "postgresql", "router", "sample", "smoke",
		"velero-plugin-aws", "velero-plugin-azure", "velero-plugin-gcp",
	},
	"charts": {
		"argo-rollouts", "aws-load-balancer-controller", "cert-manager", "cloudnative-pg", "dcgm-exporter", "descheduler",
		"eck-operator", "eck-operator-crds", "external-dns", "external-secrets", "fluent-bit", "istio-base", "istio-cni",
		"istio-gateway", "istiod", "karpenter", "karpenter-crd", "keda", "kube-prometheus-stack", "metrics-server",
		"nvidia-device-plugin", "opencost", "opentelemetry-collector", "prometheus-elasticsearch-exporter",
		"prometheus-node-exporter", "prometheus-operator-crds", "prometheus-postgres-exporter", "prometheus-redis-exporter",
		"reloader", "seaweedfs", "valkey", "velero", "vpa", "ztunnel",
	},
	"manifests": {"aws-load-balancer-controller", "cert-manager", "external-secrets", "gateway-api", "keda", "vpa"},
}

// addons are the EKS add-ons: every minor names all of them.
var addons = []string{
	"aws-ebs-csi-driver", "coredns", "eks-pod-identity-agent", "kube-proxy", "metrics-server", "snapshot-controller", "vpc-cni",
}

var (
	minorName    = regexp.MustCompile(`^1\.\d+$`)
	exact        = regexp.MustCompile(`^v?\d+\.\d+\.\d+$`)
	pinned       = regexp.MustCompile(`^[a-z0-9.-]+/[a-z0-9./_-]+:v?\d+\.\d+[a-z0-9.-]*(@sha256:[0-9a-f]{64})?$`)
	addonVersion = regexp.MustCompile(`^v\d+\.\d+\.\d+-eksbuild\.\d+$`)
	nodeRelease  = regexp.MustCompile(`^1\.\d+\.\d+-20\d{6}$`)
)

// Check returns what is wrong in the versions file: what the program installs and
// the file lacks, what nobody installs, and versions that are not exact. There is
// nothing as a rule.
func Check() []Problem { return checked() }

var checked = sync.OnceValue(func() []Problem { return check(source) })

func check(text []byte) []Problem {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil || len(document.Content) == 0 {
		return []Problem{{Line: 1, Column: 1, Got: fmt.Sprintf("a file that is not YAML (%v)", err), Want: "the versions file"}}
	}
	f, err := parse(text)
	if err != nil {
		return []Problem{{Line: 1, Column: 1, Got: err.Error(), Want: "the sections images, charts, manifests and kubernetes"}}
	}
	c := &checker{root: document.Content[0]}
	for section, names := range map[string][]string{
		"images": namesOf(f.Images), "charts": namesOf(f.Charts), "manifests": namesOf(f.Manifests),
	} {
		c.complete(section, names, installed[section])
	}
	for name, image := range f.Images {
		c.want(pinned.MatchString(image), image, "an address with an exact version, such as ghcr.io/org/image:1.2.3", "images", name)
	}
	for name, chart := range f.Charts {
		c.want(exact.MatchString(chart.Version), chart.Version, "an exact version", "charts", name, "version")
		there := strings.HasPrefix(chart.Repository, "https://") || strings.HasPrefix(chart.Repository, "oci://")
		c.want(there, chart.Repository, "a URL that begins with https:// or oci://", "charts", name, "repository")
	}
	for name, m := range f.Manifests {
		c.want(exact.MatchString(m.Version), m.Version, "an exact version", "manifests", name, "version")
		there := strings.HasPrefix(m.URL, "https://") && strings.Contains(m.URL, "{version}")
		c.want(there, m.URL, "a URL that begins with https:// and has {version} in it", "manifests", name, "url")
	}
	c.kubernetes(f)
	slices.SortFunc(c.problems, func(a, b Problem) int {
		return slices.Compare([]int{a.Line, a.Column}, []int{b.Line, b.Column})
	})
	return c.problems
}

// checker collects problems.
type checker struct {
	root     *yaml.Node
	problems []Problem
}

// kubernetes checks the minors: a cluster climbs one at a time.
func (c *checker) kubernetes(f file) {
	minors := slices.SortedFunc(maps.Keys(f.Kubernetes.Minors), compare)
	for _, minor := range minors {
		c.want(minorName.MatchString(minor), minor, "a minor such as 1.35", "kubernetes", "minors", minor)
	}
	minors = slices.DeleteFunc(minors, func(minor string) bool { return !minorName.MatchString(minor) })
	c.want(slices.Contains(minors, f.Kubernetes.Default), f.Kubernetes.Default, "one of minors", "kubernetes", "default")
	for i, minor := range minors {
		at := []string{"kubernetes", "minors", minor}
		follows := i == 0 || numbers(minor)[1] == numbers(minors[i-1])[1]+1
		c.want(follows, minor, "the minor after "+minors[max(i-1, 0)], at...)
		m := f.Kubernetes.Minors[minor]
		fits := m.Nodes == "" || nodeRelease.MatchString(m.Nodes) && strings.HasPrefix(m.Nodes, minor+".")
		c.want(fits, m.Nodes, "a release such as "+minor+".7-20260903", append(at, "nodes")...)
		c.complete(strings.Join(append(at, "addons"), "\x00"), namesOf(m.Addons), addons)
		for name, version := range m.Addons {
			c.want(addonVersion.MatchString(version), version, "a version such as v1.2.3-eksbuild.4", append(at, "addons", name)...)
		}
	}
}

// complete wants a section to have these names and no others. The keys of the
// section's path are apart by zero bytes: a minor has a dot in it.
func (c *checker) complete(section string, got, want []string) {
	path := strings.Split(section, "\x00")
	for _, name := range want {
		c.want(slices.Contains(got, name), "no "+name, "every name that the program installs", path...)
	}
	for _, name := range got {
		c.want(slices.Contains(want, name), name, "no name that nobody installs", append(path, name)...)
	}
}

// want notes a problem at the deepest key of path that is there.
func (c *checker) want(right bool, got, want string, path ...string) {
	if right {
		return
	}
	at, node := c.root, c.root
	for _, key := range path {
		var found bool
		for i := 0; node.Kind == yaml.MappingNode && i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value == key {
				at, node, found = node.Content[i], node.Content[i+1], true
				break
			}
		}
		if !found {
			break
		}
	}
	if got == "" {
		got = "nothing"
	}
	c.problems = append(c.problems, Problem{Line: at.Line, Column: at.Column, Path: strings.Join(path, "."), Got: got, Want: want})
}

func namesOf[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
