package versions

import (
	"regexp"
	"strings"
	"testing"
)

func TestKubernetes(t *testing.T) {
	if minors := Kubernetes(); len(minors) < 2 {
		t.Fatalf("got %v: an upgrade needs at least two minors", minors)
	}
	if r := AMIRelease(DefaultKubernetes()); r == "" {
		t.Error("nodes of the default minor take whatever is the latest")
	}
}

// kube-proxy must have its cluster's minor; coredns never becomes older from one
// minor to the next, so that no upgrade takes it back.
func TestSkew(t *testing.T) {
	before := "0"
	for _, m := range Kubernetes() {
		proxy, err := Addon(m, "kube-proxy")
		if err != nil || !strings.HasPrefix(proxy, "v"+m+".") {
			t.Errorf("%s has kube-proxy %s (%v)", m, proxy, err)
		}
		dns, err := Addon(m, "coredns")
		if err != nil {
			t.Error(err)
		}
		dns, _, _ = strings.Cut(strings.TrimPrefix(dns, "v"), "-")
		if compare(dns, before) < 0 {
			t.Errorf("%s has coredns %s, older than %s of the minor before", m, dns, before)
		}
		before = dns
	}
}

func TestSampleImage(t *testing.T) {
	if image := SampleImage(); !regexp.MustCompile(`^[a-z0-9.]+/[a-z0-9/]+:\d+\.\d+\.\d+$`).MatchString(image) {
		t.Errorf("the sample image is %q, want one with a version", image)
	}
}

func TestUnknown(t *testing.T) {
	if _, err := Addon("1.20", "coredns"); err == nil {
		t.Error("an unknown minor is no error")
	}
	if _, err := Addon(DefaultKubernetes(), "corednz"); err == nil {
		t.Error("an unknown add-on is no error")
	}
	if r := AMIRelease("1.20"); r != "" {
		t.Errorf("an unknown minor has the node release %s", r)
	}
	if _, err := parse([]byte("kubernets: {}")); err == nil {
		t.Error("an unknown key is no error")
	}
}

func TestCompare(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"1.9", "1.10", -1}, {"1.35", "1.35", 0}, {"2.0", "1.36", 1}} {
		if got := compare(c.a, c.b); got != c.want {
			t.Errorf("compare(%s, %s): got %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
