package versions

import (
	"regexp"
	"strings"
	"testing"
)

// A chart's version is exact, and its address is one that Helm takes.
func TestCharts(t *testing.T) {
	version := regexp.MustCompile(`^v?\d+\.\d+\.\d+$`)
	for _, name := range Charts() {
		c, err := ChartOf(name)
		if err != nil {
			t.Error(err)
			continue
		}
		if !version.MatchString(c.Version) {
			t.Errorf("%s has the version %q, want an exact one", name, c.Version)
		}
		switch oci := strings.HasPrefix(c.Ref(), "oci://"); {
		case oci && c.Repository != "":
			t.Errorf("%s is in an image registry and has the repository %s", name, c.Repository)
		case !oci && !strings.HasPrefix(c.Repository, "https://"):
			t.Errorf("%s has the repository %q", name, c.Repository)
		}
	}
	if len(Charts()) == 0 {
		t.Error("there are no charts")
	}
}

func TestChartAddresses(t *testing.T) {
	for _, c := range []struct {
		name            string
		chart           Chart
		ref, repository string
	}{
		{"base", Chart{Repository: "https://example.org/charts"}, "base", "https://example.org/charts"},
		{"istio-base", Chart{Repository: "https://example.org/charts", Chart: "base"}, "base", "https://example.org/charts"},
		{"karpenter", Chart{Repository: "oci://example.org/karpenter"}, "oci://example.org/karpenter/karpenter", ""},
		{"crds", Chart{Repository: "oci://example.org/karpenter", Chart: "karpenter-crd"}, "oci://example.org/karpenter/karpenter-crd", ""},
	} {
		got := c.chart.of(c.name)
		if got.Ref() != c.ref || got.Repository != c.repository {
			t.Errorf("%s: got %s in %q, want %s in %q", c.name, got.Ref(), got.Repository, c.ref, c.repository)
		}
	}
}

func TestUnknownNames(t *testing.T) {
	if _, err := ChartOf("argo-rollout"); err == nil || !strings.Contains(err.Error(), "looking up chart argo-rollout") || !strings.Contains(err.Error(), "argo-rollouts") {
		t.Errorf("an unknown chart: %v", err)
	}
	if _, err := Image("sampel"); err == nil || !strings.Contains(err.Error(), "sample") {
		t.Errorf("an unknown image: %v", err)
	}
	if image, err := Image("sample"); err != nil || image != SampleImage() {
		t.Errorf("the sample image is %s (%v)", image, err)
	}
}
