package versions

import (
	"fmt"
	"strings"
	"testing"
)

// Everything that the program installs has one exact version, and nothing else is
// in the file.
func TestCheck(t *testing.T) {
	for _, p := range Check() {
		t.Errorf("%s:%d:%d: %s: got %s, want %s", FileName, p.Line, p.Column, p.Path, p.Got, p.Want)
	}
}

// A slip in the file is found, once, where it stands.
func TestCheckFindsSlips(t *testing.T) {
	const charts = "charts:"
	for _, c := range []struct {
		old, slip string
		at, path  string // at is what stands where the problem is told
		want      string
	}{
		{"  keda: {", "  kedda: {", charts, "charts", "got no keda"},
		{"  keda: {", "  kedda: {", "kedda:", "charts.kedda", "want no name that nobody installs"},
		{"version: 2.20.2}", "version: 2.x}", "version: 2.x", "charts.keda.version", "want an exact version"},
		{`repository: "https://kedacore.github.io/charts"`, `repository: "kedacore"`, `repository: "kedacore"`, "charts.keda.repository", "https://"},
		{"ghcr.io/stefanprodan/podinfo:6.9.2\n  postgresql", "ghcr.io/stefanprodan/podinfo:latest\n  postgresql", "sample:", "images.sample", "exact version"},
		{"  gateway-api: {", "  gateway: {", "manifests:", "manifests", "got no gateway-api"},
		{"/{version}/standard-install.yaml", "/v1/standard-install.yaml", "url: \"https://github.com/kubernetes-sigs/gateway-api", "manifests.gateway-api.url", "{version}"},
		{"default: \"1.35\"", "default: \"1.30\"", "default: \"1.30\"", "kubernetes.default", "got 1.30"},
		{"    \"1.36\":", "    \"2\":", "\"2\":", "kubernetes.minors.2", "a minor such as 1.35"},
		{"    \"1.36\":", "    \"1.38\":", "\"1.38\":", "kubernetes.minors.1.38", "the minor after 1.35"},
		{"        kube-proxy: v1.34.6-eksbuild.13\n", "", "addons:", "kubernetes.minors.1.34.addons", "got no kube-proxy"},
		{"kube-proxy: v1.34.6-eksbuild.13", "kube-proxy: v1.34.6", "kube-proxy: v1.34.6", "kubernetes.minors.1.34.addons.kube-proxy", "eksbuild"},
		{"nodes: 1.34.", "nodes: 1.33.", "nodes: 1.33.", "kubernetes.minors.1.34.nodes", "got 1.33."},
	} {
		text := strings.Replace(string(source), c.old, c.slip, 1)
		if text == string(source) {
			t.Errorf("%s: %q is not in the file", c.path, c.old)
			continue
		}
		line, column := 0, 0
		for i, l := range strings.Split(text, "\n") {
			// Comments name sections too.
			if k := strings.Index(l, c.at); k >= 0 && !strings.HasPrefix(l, "#") {
				line, column = i+1, k+1
				break
			}
		}
		found := 0
		for _, p := range check([]byte(text)) {
			says := fmt.Sprintf("got %s, want %s", p.Got, p.Want)
			if p.Path == c.path && p.Line == line && p.Column == column && strings.Contains(says, c.want) {
				found++
			}
		}
		if found != 1 {
			t.Errorf("%s: want %q at %d:%d, got %+v", c.path, c.want, line, column, check([]byte(text)))
		}
	}
	for _, text := range []string{"", "charts: [", "chartz: {}"} {
		if all := check([]byte(text)); len(all) != 1 || all[0].Line != 1 {
			t.Errorf("%q: got %+v", text, all)
		}
	}
}
