package review

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"
	"unicode/utf8"
)

var update = flag.Bool("update", false, "write the golden files anew, and fail")

// golden compares a text with a file.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	want, err := os.ReadFile(file)
	if got == string(want) {
		return
	}
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Errorf("%s (%v): got\n%s\nwant\n%s", file, err, got, want)
}

// sample are files that the engine wrote: a change of the dev stack on the
// simulated cloud, of which most resources were taken out.
func sample(t testing.TB) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{"dev/against": {Data: []byte("simulated\n")}}
	for to, from := range map[string]string{PreviewFile: "change.preview.json", EventsFile: "change.events.jsonl"} {
		text, err := os.ReadFile(filepath.Join("testdata", from))
		if err != nil {
			t.Fatal(err)
		}
		files["dev/"+to] = &fstest.MapFile{Data: text}
	}
	return files
}

const databaseURN = "urn:pulumi:dev::explico::explico:aws:Rds$aws:rds/instance:Instance::database"

func override() Override {
	return Override{
		URN: databaseURN, Op: "replace", Reason: "the snapshot of today is restored after it", Approver: "ada@example.com",
		Expires: Day{time.Date(2026, 12, 5, 0, 0, 0, 0, time.UTC)}, File: "database.yaml", Key: "SHA256:abc",
	}
}

// The review of a change that replaces the database names it and is refused;
// with an override it passes, and records who approved it.
func TestChangeOfTheDatabase(t *testing.T) {
	r := Make(sample(t), []string{"dev"}, nil)
	golden(t, "change", r.Markdown())
	if r.Verdict != Refused || len(r.Stacks[0].Losses) != 1 || r.Stacks[0].Losses[0].URN != databaseURN {
		t.Errorf("got %s with %+v", r.Verdict, r.Stacks[0].Losses)
	}
	for name, o := range map[string]Override{
		"of another operation": {URN: databaseURN, Op: "delete"},
		"of another resource":  {URN: strings.Replace(databaseURN, "::dev", "::prod", 1) + "2", Op: "replace"},
	} {
		if r := Make(sample(t), []string{"dev"}, []Override{o}); r.Verdict != Refused {
			t.Errorf("an override %s: got %s", name, r.Verdict)
		}
	}
	r = Make(sample(t), []string{"dev"}, []Override{override()})
	if r.Verdict != Passes || r.Stacks[0].Losses[0].Override == nil {
		t.Errorf("with an override: got %s, refused for %v", r.Verdict, r.Stacks[0].Refusals)
	}
	text := r.Markdown()
	for _, want := range []string{"ada@example.com", "2026-12-05", "the snapshot of today", "SHA256:abc", "`" + databaseURN + "`"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is not in\n%s", want, text)
		}
	}
	out, err := r.JSON()
	if err != nil || !strings.Contains(string(out), `"expires": "2026-12-05"`) || !strings.Contains(string(out), `"verdict": "passes"`) {
		t.Errorf("the JSON: %v\n%s", err, out)
	}
}

// with returns the sample with a file replaced, or without it if text is nil.
func with(t testing.TB, name string, change func(text string) string) fstest.MapFS {
	t.Helper()
	files := sample(t)
	old := ""
	if f := files[name]; f != nil {
		old = string(f.Data)
	}
	files[name] = &fstest.MapFile{Data: []byte(change(old))}
	return files
}

// What is cut off, foreign or empty fails the review, with the file and where in
// it; it is never a review of no changes, or of no cost.
func TestBrokenInput(t *testing.T) {
	half := func(text string) string { return text[:len(text)/2] }
	to := func(text string) func(string) string { return func(string) string { return text } }
	for name, tt := range map[string]struct {
		file   string
		change func(string) string
		want   string
	}{
		"cut off":            {"dev/preview.json", half, "dev/preview.json: offset 17616: the file ends in the middle"},
		"empty":              {"dev/preview.json", to(" \n"), "dev/preview.json: offset 0: the file is empty"},
		"text":               {"dev/preview.json", to("error: no stack\n"), "dev/preview.json: offset 1: this is not JSON"},
		"another document":   {"dev/preview.json", to(`{"version": 3, "deployment": {}}`), "dev/preview.json: offset 0: this is no output of pulumi preview"},
		"a list":             {"dev/preview.json", to(`[]`), "dev/preview.json: offset 1: the document is a array"},
		"two documents":      {"dev/preview.json", func(s string) string { return s + s }, "something follows the document"},
		"of another stack":   {"dev/preview.json", func(s string) string { return strings.ReplaceAll(s, "urn:pulumi:dev", "urn:pulumi:prod") }, "is of stack prod, not of dev"},
		"no stack":           {"dev/preview.json", func(s string) string { return strings.ReplaceAll(s, "pulumi:pulumi:Stack", "pulumi:pulumi:Stock") }, "no step of the stack itself"},
		"a step is missing":  {"dev/preview.json", func(s string) string { return strings.Replace(s, `"op": "replace"`, `"op": "same"`, 1) }, "a part is missing"},
		"an operation":       {"dev/preview.json", func(s string) string { return strings.Replace(s, `"op": "replace"`, `"op": "obliterate"`, 1) }, `operation "obliterate"`},
		"no URN":             {"dev/preview.json", func(s string) string { return strings.Replace(s, `"urn": "urn:`, `"urn": "arn:`, 1) }, "want a URN"},
		"an error":           {"dev/preview.json", func(s string) string { return strings.Replace(s, `"severity": "warning"`, `"severity": "error"`, 1) }, "the preview failed: "},
		"a log cut off":      {"dev/events.jsonl", half, "the file ends in the middle"},
		"a log without end":  {"dev/events.jsonl", func(s string) string { return s[:strings.LastIndex(s[:len(s)-1], "\n")] }, "the log has no end"},
		"an empty log":       {"dev/events.jsonl", to(""), "dev/events.jsonl: offset 0: the file is empty"},
		"a log of another":   {"dev/events.jsonl", func(s string) string { return strings.ReplaceAll(s, "urn:pulumi:dev", "urn:pulumi:prod") }, "is of stack prod, not of dev"},
		"a failed preview":   {"dev/events.jsonl", func(s string) string { return strings.Replace(s, `"result":"succeeded"`, `"result":"failed"`, 1) }, "the preview failed"},
		"an estimate":        {"dev/preview.json", func(s string) string { return strings.Replace(s, `"total": "319.14"`, `"total": "cheap"`, 1) }, `summary.total: got "cheap"`},
		"an estimate of nil": {"dev/preview.json", func(s string) string { return strings.Replace(s, `"currency": "USD"`, `"currency": ""`, 1) }, "it has no currency"},
	} {
		r := Make(with(t, tt.file, tt.change), []string{"dev"}, nil)
		text := r.Markdown()
		if r.Verdict != Failed || !strings.Contains(text, tt.want) {
			t.Errorf("%s: got %s, want an error with %q:\n%s", name, r.Verdict, tt.want, shorten(text, 2000))
		}
		for _, never := range []string{"Nothing changes", "| none |", "(0.00)", "nothing speaks against"} {
			if strings.Contains(text, never) {
				t.Errorf("%s: says %q:\n%s", name, never, shorten(text, 2000))
			}
		}
	}
}

// A stack whose files never came, or that nobody named, is not passed over.
func TestMissingStacks(t *testing.T) {
	r := Make(sample(t), []string{"dev", "prod"}, []Override{override()})
	if r.Verdict != Failed || r.Stacks[0].Verdict != Passes || !strings.Contains(r.Markdown(), "there is no preview") {
		t.Errorf("got %s:\n%s", r.Verdict, r.Markdown())
	}
	for _, names := range [][]string{nil, {""}, {"dev", "../prod"}} {
		if r := Make(sample(t), names, []Override{override()}); r.Verdict != Failed || len(r.Problems) == 0 {
			t.Errorf("%q: got %s", names, r.Verdict)
		}
	}
}

// What a stack does not say is told: without a log, policies; without a cost,
// the cost.
func TestUndetermined(t *testing.T) {
	files := sample(t)
	delete(files, "dev/events.jsonl")
	delete(files, "dev/against")
	r := Make(files, []string{"dev"}, []Override{override()})
	told := strings.Join(r.Stacks[0].Undetermined, "\n")
	for _, want := range []string{"policies: there is no event log", "compared with", "cost: the preview has no output cost"} {
		if !strings.Contains(told, want) {
			t.Errorf("%q is not in %s", want, told)
		}
	}
	if r.Stacks[0].Cost != nil || !strings.Contains(r.Markdown(), "| unknown | not run |") {
		t.Errorf("got a cost of nowhere:\n%s", r.Markdown())
	}
	files["dev/cost.json"] = &fstest.MapFile{Data: []byte(`{"currency": "USD", "catalogue": "2026-10-08", "summary": {"total": "330.00"}, "budget": {"status": "within"}}`)}
	if r = Make(files, []string{"dev"}, nil); r.Stacks[0].Cost == nil || r.Stacks[0].Cost.Delta != "+10.86" {
		t.Errorf("with an estimate: got %+v", r.Stacks[0].Cost)
	}
	files["dev/cost.json"].Data = files["dev/cost.json"].Data[:40]
	if r = Make(files, []string{"dev"}, nil); r.Verdict != Failed || !strings.Contains(r.Markdown(), "dev/cost.json: offset 40") {
		t.Errorf("with half an estimate: got %s", r.Markdown())
	}
}

// A first update has nothing to compare with: the base branch's estimate, or
// nothing, and never 0.
func TestNewStack(t *testing.T) {
	files := with(t, "dev/preview.json", func(s string) string { return strings.Replace(s, `"cost": {`, `"kost": {`, 1) })
	r := Make(files, []string{"dev"}, nil)
	if c := r.Stacks[0].Cost; c == nil || c.Before != "" || c.Delta != "" || !strings.Contains(c.Compared, "nothing") {
		t.Errorf("got %+v", r.Stacks[0].Cost)
	}
	files["dev/base.json"] = &fstest.MapFile{Data: []byte(`{"currency": "USD", "catalogue": "2026-10-08", "summary": {"total": "300.00"}}`)}
	r = Make(files, []string{"dev"}, nil)
	if c := r.Stacks[0].Cost; c.Before != "300.00" || c.Delta != "+47.17" || c.Compared != "the estimate of the base branch" {
		t.Errorf("got %+v", r.Stacks[0].Cost)
	}
}

const policyEvent = `{"sequence":1,"timestamp":1,"policyEvent":{"resourceUrn":"%s","message":"the bucket @everyone may be read <b>by</b> all","color":"raw","policyName":"bucket-public","policyPackName":"explico","policyPackVersion":"1.0.0","policyPackVersionTag":"1.0.0","enforcementLevel":"%s"}}` + "\n"

// A mandatory policy refuses a change, an advisory one is told; both once.
func TestPolicies(t *testing.T) {
	for level, want := range map[string]Verdict{"mandatory": Refused, "advisory": Passes} {
		line := fmt.Sprintf(policyEvent, databaseURN, level)
		r := Make(with(t, "dev/events.jsonl", func(s string) string { return line + line + s }), []string{"dev"}, []Override{override()})
		text := r.Markdown()
		if r.Verdict != want || len(r.Stacks[0].Findings) != 1 || !strings.Contains(text, "`the bucket @everyone may be read <b>by</b> all`") {
			t.Errorf("%s: got %s:\n%s", level, r.Verdict, text)
		}
	}
	// A broken policy makes the engine fail at the end: it says no more than that.
	files := with(t, "dev/events.jsonl", func(s string) string {
		return fmt.Sprintf(policyEvent, databaseURN, "mandatory") + strings.Replace(s, `"result":"succeeded"`, `"result":"failed"`, 1)
	})
	text := strings.Replace(string(files["dev/preview.json"].Data), `"diagnostics": [`, `"diagnostics": [{"message": "error: preview failed\n", "severity": "error"}, {"message": "policies: 3 checks could not be determined", "severity": "info"},`, 1)
	files["dev/preview.json"].Data = []byte(text)
	broken := Make(files, []string{"dev"}, []Override{override()})
	if s := broken.Stacks[0]; broken.Verdict != Refused || s.Cost == nil || !strings.Contains(broken.Markdown(), "3 checks could not be determined") {
		t.Errorf("a broken policy: got %s, failures %v", broken.Verdict, s.Failures)
	}
	delete(files, "dev/events.jsonl")
	if r := Make(files, []string{"dev"}, []Override{override()}); r.Verdict != Failed || r.Stacks[0].Cost != nil {
		t.Errorf("a preview that failed for no reason: got %s", r.Verdict)
	}
	ran := `{"policyAnalyzeStackSummaryEvent":{"policyPackName":"explico","policyPackVersion":"1.0.0","policyPackVersionTag":"1.0.0","passed":["a"]}}` + "\n"
	r := Make(with(t, "dev/events.jsonl", func(s string) string { return ran + s }), []string{"dev"}, []Override{override()})
	if !r.Stacks[0].PoliciesRan || !strings.Contains(r.Markdown(), "| kept |") {
		t.Errorf("a pack without findings:\n%s", r.Markdown())
	}
}

// large is a preview that changes n resources, and replaces some databases.
func large(n, databases int) fs.FS {
	var steps []string
	add := func(op, chain, name, parent, detail string) {
		u := "urn:pulumi:prod::explico::" + chain + "::" + name
		steps = append(steps, fmt.Sprintf(`{"op": %q, "urn": %q, "oldState": {"parent": %q, "inputs": {"text": %q, "tags": {"a": "1", "b": "2"}}}, "newState": {"parent": %q, "inputs": {"text": %q, "tags": {"a": "2", "b": "3"}}}, "detailedDiff": {%s}}`,
			op, u, parent, strings.Repeat("before ", 40), parent, strings.Repeat("after ", 40), detail))
	}
	add("same", "pulumi:pulumi:Stack", "explico-prod", "", "")
	for i := range n {
		component := fmt.Sprintf("component-%02d", i/20)
		parent := "urn:pulumi:prod::explico::explico:aws:Component::" + component
		add("update", "explico:aws:Component$aws:ssm/document:Document", fmt.Sprintf("%s-a-rather-long-name-of-a-resource-%03d", component, i), parent,
			`"text": {"kind": "update", "inputDiff": true}, "tags.a": {"kind": "update", "inputDiff": true}, "tags.b": {"kind": "update", "inputDiff": true}`)
	}
	for i := range databases {
		add("replace", "explico:aws:Rds$aws:rds/instance:Instance", fmt.Sprintf("database-%03d", i), "", `"text": {"kind": "update-replace", "inputDiff": true}`)
	}
	text := `{"steps": [` + strings.Join(steps, ",\n") + fmt.Sprintf(`], "changeSummary": {"update": %d, "replace": %d}}`, n, databases)
	return fstest.MapFS{"prod/preview.json": {Data: []byte(text)}, "prod/against": {Data: []byte("deployed")}}
}

// A comment fits, whatever it is about; what holds data is never cut, and what
// is left out is counted.
func TestLargeChanges(t *testing.T) {
	for _, tt := range []struct{ resources, databases int }{{10, 1}, {600, 1}, {600, 60}, {2000, 200}} {
		r := Make(large(tt.resources, tt.databases), []string{"prod"}, nil)
		text := r.Markdown()
		if n := utf8.RuneCountInString(text); n > MostCharacters {
			t.Errorf("%+v: %d characters", tt, n)
		}
		for i := range tt.databases {
			if !strings.Contains(text, fmt.Sprintf("of the database `database-%03d`", i)) {
				t.Errorf("%+v: database %d is not named", tt, i)
			}
		}
		if !strings.Contains(text, fmt.Sprintf("~%d ±%d", tt.resources, tt.databases)) {
			t.Errorf("%+v: the counts are missing", tt)
		}
		if text != Make(large(tt.resources, tt.databases), []string{"prod"}, nil).Markdown() {
			t.Errorf("%+v: another comment the second time", tt)
		}
		wellFormed(t, text)
	}
	r := Make(large(1, 3000), []string{"prod"}, nil)
	if text := r.Markdown(); utf8.RuneCountInString(text) > MostCharacters || !strings.Contains(text, "3000") || !strings.Contains(text, "longer than a comment") {
		t.Errorf("three thousand databases: %d characters", utf8.RuneCountInString(text))
	}
}

// wellFormed holds a comment against what GitHub makes of one: folds are closed
// and begin with an empty line, and nothing of others is outside of code.
func wellFormed(t *testing.T, text string) {
	t.Helper()
	if open, closed := strings.Count(text, "<details>"), strings.Count(text, "</details>"); open != closed {
		t.Errorf("%d folds are opened and %d closed", open, closed)
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.Contains(line, "</summary>") && lines[i+1] != "" {
			t.Errorf("line %d: what follows a summary is no Markdown without an empty line before: %q", i+1, lines[i+1])
		}
		if strings.Contains(line, "</details>") && (line != "</details>" || lines[i-1] != "") {
			t.Errorf("line %d: a fold ends in the middle of something: %q", i+1, line)
		}
	}
	if !strings.HasPrefix(text, Marker+"\n") {
		t.Error("the comment does not begin with its marker")
	}
}
