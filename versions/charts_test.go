package versions

import (
	"strings"
	"testing"
)

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
