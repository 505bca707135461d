package telemetry

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/elastic/go-grok"
)

// The patterns of Logstash's pipeline take lines apart, run by Elastic's grok.
func TestLines(t *testing.T) {
	text, err := os.ReadFile(testdata + "patterns.json")
	if err != nil {
		t.Fatal(err)
	}
	var patterns struct {
		Patterns    []string
		Definitions map[string]string
	}
	if err := json.Unmarshal(text, &patterns); err != nil || len(patterns.Patterns) == 0 {
		t.Fatalf("got %d patterns (%v)", len(patterns.Patterns), err)
	}
	for _, c := range []struct{ line, at, level, message string }{
		{"2026-11-23T04:12:33.123Z INFO started in 3 s", "2026-11-23T04:12:33.123Z", "INFO", "started in 3 s"},
		{"2026-11-23 04:12:33,123 [ERROR] no route", "2026-11-23 04:12:33,123", "ERROR", "no route"},
		{"2026-11-23T04:12:33+01:00 - WARN - slow", "2026-11-23T04:12:33+01:00", "WARN", "slow"},
		{"WARNING: deprecated", "", "WARNING", "deprecated"},
		{"[debug] x = 1", "", "debug", "x = 1"},
		{"2026-11-23T04:12:33Z ERROR boom\n\tat a.b(C.java:1)\n\tat d", "2026-11-23T04:12:33Z", "ERROR", "boom\n\tat a.b(C.java:1)\n\tat d"},
		{"GET /healthz 200", "", "", ""}, // is left as it is
		{"Information for all", "", "", ""},
	} {
		got := map[string]string{}
		for _, pattern := range patterns.Patterns {
			g, err := grok.NewComplete(patterns.Definitions)
			if err != nil {
				t.Fatal(err)
			}
			if err := g.Compile(pattern, true); err != nil {
				t.Fatalf("%s: %v", pattern, err)
			}
			if got, err = g.ParseString(c.line); err != nil {
				t.Fatal(err)
			}
			if len(got) > 0 {
				break
			}
		}
		if got["logged_at"] != c.at || got["log_level"] != c.level || got["message"] != c.message {
			t.Errorf("%q: got %q", c.line, got)
		}
	}
}
