package monitoring

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// TestAlertsAreComplete looks at what every alert promises: whom it wakes, what
// it says, and a chapter in a runbook that is there. A chapter that no alert names
// is one that nobody finds.
func TestAlertsAreComplete(t *testing.T) {
	files, err := RuleFiles(objectives, MeshSignals, runbooks)
	if err != nil {
		t.Fatal(err)
	}
	chapters, named := map[string][]string{}, map[string]bool{}
	for name, file := range files {
		for _, g := range file.Groups {
			for _, r := range g.Rules {
				if r.Alert == "" {
					continue
				}
				if !slices.Contains([]string{"p0", "p1", "none"}, r.Labels["severity"]) {
					t.Errorf("%s: %s has the severity %q", name, r.Alert, r.Labels["severity"])
				}
				if r.Annotations["summary"] == "" {
					t.Errorf("%s: %s says nothing", name, r.Alert)
				}
				book, chapter, _ := strings.Cut(r.Annotations["runbook"], "#")
				if chapters[book] == nil {
					chapters[book] = headings(t, book)
				}
				if !slices.Contains(chapters[book], chapter) {
					t.Errorf("%s: %s names the runbook %q, which is not there", name, r.Alert, r.Annotations["runbook"])
				}
				if want := runbooks + book + "#" + chapter; r.Annotations["runbook_url"] != want {
					t.Errorf("%s: got runbook_url %q, want %q", r.Alert, r.Annotations["runbook_url"], want)
				}
				named[book+"#"+chapter] = true
			}
		}
	}
	for book, all := range chapters {
		for _, chapter := range all {
			if !named[book+"#"+chapter] {
				t.Errorf("%s: no alert names the chapter %s", book, chapter)
			}
		}
	}
}

// The alerts that services bring are as the others: somebody is called by p1, and
// the link leads to a chapter, as the page with the runbook names it.
func TestDeliveryAlertsAreComplete(t *testing.T) {
	const book = "docs/runbooks/delivery.md"
	var file RuleFile
	if err := yaml.Unmarshal(marshal(t, delivery()), &file); err != nil || len(file.Groups) != 1 || len(file.Groups[0].Rules) < 2 {
		t.Fatalf("got %+v (%v)", file, err)
	}
	for _, r := range file.Groups[0].Rules {
		if r.Labels["severity"] != "p1" || r.Labels["service"] == "" || r.Annotations["summary"] == "" {
			t.Errorf("%s: got %v and %v", r.Alert, r.Labels, r.Annotations)
		}
		if !slices.Contains(headings(t, book), r.Alert) || r.Annotations["runbook_url"] != runbooks+book+"#"+strings.ToLower(r.Alert) {
			t.Errorf("%s leads to %s", r.Alert, r.Annotations["runbook_url"])
		}
	}
}

// headings are the chapters of a runbook.
func headings(t *testing.T, book string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../..", book))
	if err != nil {
		t.Error(err)
		return []string{""}
	}
	all := []string{}
	for line := range strings.Lines(string(text)) {
		if heading, ok := strings.CutPrefix(line, "## "); ok {
			all = append(all, strings.TrimSpace(heading))
		}
	}
	return all
}
