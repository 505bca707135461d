package show

import (
	"encoding/xml"
	"regexp"
	"strings"
	"testing"
)

// output is a small output cost, with a name that would be HTML.
func output() map[string]any {
	return map[string]any{
		"basis": "a month of 730 hours", "catalogue": "2026-10-02",
		"summary":    map[string]any{"says": "≥ 30.00 USD a month, with rates for 2 of 3 lines", "total": "30.00", "fixed": "10.00", "usage": "20.00", "coverage": "66.7"},
		"reference":  map[string]any{"region": "us-east-1", "total": "130.00", "coverage": "100.0"},
		"budget":     map[string]any{"limit": "100.00", "headroom": "70.00", "status": "uncertain"},
		"byCategory": map[string]any{"compute": "10.00", "network": "20.00"}, "byComponent": map[string]any{"cluster": "10.00", "<b>": "20.00"},
		"byTeam": map[string]any{"platform": "30.00"}, "byRegion": map[string]any{"eu-west-1": "30.00"},
		"lines": map[string]any{
			"cluster: hours": map[string]any{"category": "compute", "state": "known", "monthly": "10.00", "low": "10.00", "high": "40.00", "rate": "0.1", "quantity": "100", "unit": "hour", "reference": "9.00"},
			"<b>: data":      map[string]any{"category": "network", "state": "usage", "monthly": "20.00", "rate": "0.2", "quantity": "100", "unit": "GB", "reference": "21.00"},
			"cache: nodes":   map[string]any{"category": "cache", "state": "unpriced", "quantity": "730", "unit": "hour", "reference": "100.00"},
		},
		"unpriced":    map[string]any{"cache: nodes": "the catalogue has no rate"},
		"assumptions": map[string]any{"usage.network.natGB": "100 (default)"},
		"warnings":    []any{"1 of 3 lines have no rate"}, "hints": []any{"cheaper & better"},
	}
}

// Lines stand in the order of what they cost, at the reference's rates where the
// own are missing; what has no rate has a question mark and no zero.
func TestTable(t *testing.T) {
	got := Table("prod", output())
	last := -1
	for _, want := range []string{"prod: ≥ 30.00", "headroom (uncertain)", "?  ", "cache: nodes", "20.00 ", "<b>: data", "10.00 (10.00 to 40.00)", "cluster: hours", "usage.network.natGB: 100 (default)", "1 of 3 lines", "cheaper & better"} {
		at := strings.Index(got[last+1:], want)
		if at < 0 {
			t.Fatalf("%q is not in, or not in its place:\n%s", want, got)
		}
		last += at
	}
	if regexp.MustCompile(`(?m)^0(\.00)? .*unpriced`).MatchString(got) {
		t.Errorf("what has no rate costs nothing:\n%s", got)
	}
}

var (
	loads = regexp.MustCompile(`(?i)(src|href|url)\s*[=(]\s*["']?\s*(https?:)?//|<script|@import`)
	void  = regexp.MustCompile(`<(meta|link)([^>]*)>`)
)

// The page is well-formed, loads nothing, says everything, and takes names for
// text.
func TestPage(t *testing.T) {
	got, err := Page("prod", output())
	if err != nil {
		t.Fatal(err)
	}
	text := string(got)
	if at := loads.FindString(text); at != "" {
		t.Errorf("the page loads something: %s", at)
	}
	for _, want := range []string{"≥ 30.00 USD", "cache: nodes", "the catalogue has no rate", "usage.network.natGB", "&lt;b&gt;: data", "10.00 – 40.00", "cheaper &amp; better", "us-east-1"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing", want)
		}
	}
	// The cache has no rate, and is not free of charge.
	if n := strings.Count(text, `<td class="n">?</td><td class="n">100.00</td>`); n < 2 {
		t.Errorf("what has no rate has a question mark %d times, want by component and by category", n)
	}
	if strings.Contains(text, `<td class="n">0.00</td>`) {
		t.Error("what has no rate costs nothing")
	}
	if strings.Contains(text, "<b>") {
		t.Error("a name is taken for HTML")
	}
	decoder := xml.NewDecoder(strings.NewReader(void.ReplaceAllString(strings.Replace(text, "<!doctype html>", "", 1), "<$1$2/>")))
	for {
		if _, err := decoder.Token(); err != nil {
			if err.Error() != "EOF" {
				t.Errorf("not well-formed: %v", err)
			}
			return
		}
	}
}
