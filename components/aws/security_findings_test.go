package aws

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// Every finder has a rule, a target that is the topic p1, and a chapter in the
// runbook.
func TestSecurityFindings(t *testing.T) {
	g := run(t, baseline(nil))
	p1 := g.One(t, "aws:sns/topic:Topic", "monitoring-p1").ID
	chapters := headings(t, filepath.Join("../..", "docs/runbooks/security.md"))
	for _, f := range finders("high") {
		rule := g.One(t, "aws:cloudwatch/eventRule:EventRule", "security-"+f.name)
		target := g.One(t, "aws:cloudwatch/eventTarget:EventTarget", "security-"+f.name).Inputs
		if target.String("rule") != rule.Outputs.String("name") || target.String("arn") != p1 {
			t.Errorf("%s: got %v, want its rule to tell p1", f.name, target)
		}
		says := target.String("inputTransformer.inputTemplate")
		if !strings.Contains(says, "docs/runbooks/security.md#"+f.name) || !slices.Contains(chapters, f.name) {
			t.Errorf("%s has no chapter in the runbook", f.name)
		}
		if !strings.Contains(says, "<severity>") || !strings.Contains(says, "<title>") {
			t.Errorf("%s says %s", f.name, says)
		}
	}
	if n := len(g.All("aws:cloudwatch/eventRule:EventRule")); n != 2 {
		t.Errorf("got %d rules, want 2", n)
	}
}

func TestSecurityFindingsSeverity(t *testing.T) {
	for from, want := range map[string]struct {
		least  float64
		labels []string
	}{
		"low":      {1, []string{"LOW", "MEDIUM", "HIGH", "CRITICAL"}},
		"medium":   {4, []string{"MEDIUM", "HIGH", "CRITICAL"}},
		"high":     {7, []string{"HIGH", "CRITICAL"}},
		"critical": {9, []string{"CRITICAL"}},
	} {
		g := run(t, baseline(func(a *SecurityBaselineArgs) { a.AlertSeverity = from }))
		pattern := func(name string) (p simcloud.Values) {
			text := g.One(t, "aws:cloudwatch/eventRule:EventRule", name).Inputs.String("eventPattern")
			if err := json.Unmarshal([]byte(text), &p); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			return p
		}
		duty, hub := pattern("security-guardduty-findings"), pattern("security-hub-findings")
		if got := duty.All("detail.severity[].numeric[]"); !slices.Equal(got, []any{">=", want.least}) {
			t.Errorf("%s: GuardDuty's severity: got %v, want at least %v", from, got, want.least)
		}
		if got := hub.Strings("detail.findings.Severity.Label[]"); !slices.Equal(got, want.labels) {
			t.Errorf("%s: Security Hub's labels: got %v, want %v", from, got, want.labels)
		}
		if got := hub.Strings("detail.findings.ProductName[].anything-but[]"); !slices.Equal(got, []string{"GuardDuty"}) {
			t.Errorf("findings of GuardDuty are told twice, but for %v", got)
		}
	}
}
