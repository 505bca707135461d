package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// previews is a directory of what the engine said of a change to the dev stack.
func previews(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "dev"), 0o755); err != nil {
		t.Fatal(err)
	}
	for to, from := range map[string]string{"preview.json": "change.preview.json", "events.jsonl": "change.events.jsonl"} {
		text, err := os.ReadFile(filepath.Join("../../review/testdata", from))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "dev", to), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// A change that loses data is refused, one that cannot be read fails, and both
// have a comment and JSON to post.
func TestChanges(t *testing.T) {
	for name, tt := range map[string]struct {
		stacks, signers string
		code            int
		want            string
	}{
		"refused":          {"dev", "", refused, "replacement of the database `database`"},
		"a missing stack":  {"dev,prod", "", failed, "there is no preview"},
		"nobody may sign":  {"dev", "# nobody\n", refused, "database.yaml: its key"},
		"no signers":       {"dev", "missing", failed, "reading who may sign overrides"},
		"a bad signer":     {"dev", "* ssh-rsa AAAA\n", failed, "signers:1"},
		"an old signature": {"dev", "kept", refused, "database.yaml: "}, // or passes, as long as it holds
	} {
		t.Run(name, func(t *testing.T) {
			dir, overrides := previews(t), t.TempDir()
			if tt.signers != "" {
				if err := os.CopyFS(overrides, os.DirFS("../../review/testdata/overrides")); err != nil {
					t.Fatal(err)
				}
				if err := os.Remove(filepath.Join(overrides, "rsa.yaml")); err != nil {
					t.Fatal(err)
				}
			}
			signers := filepath.Join(overrides, "signers")
			switch tt.signers {
			case "missing":
				if err := os.Remove(signers); err != nil {
					t.Fatal(err)
				}
			case "", "kept":
			default:
				if err := os.WriteFile(signers, []byte(tt.signers), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if tt.signers == "" {
				overrides = filepath.Join(overrides, "absent")
			}
			comment, machine := filepath.Join(dir, "comment.md"), filepath.Join(dir, "review.json")
			args := []string{"changes", "-from", dir, "-stacks", tt.stacks, "-overrides", overrides, "-signers", signers, "-json", machine}
			code, printed, errs := call(t, ".", args...)
			if code == ok && tt.signers == "kept" {
				return // before the test's override expires
			}
			if code != tt.code || errs != "" || !strings.Contains(printed, tt.want) {
				t.Errorf("got %d, %q, want %d with %q:\n%s", code, errs, tt.code, tt.want, printed)
			}
			if again, _, _ := call(t, ".", append(args, "-markdown", comment)...); again != code {
				t.Errorf("got %d, then %d", code, again)
			}
			for file, want := range map[string]string{comment: printed, machine: `"verdict"`} {
				if text, err := os.ReadFile(file); err != nil || !strings.Contains(string(text), want) {
					t.Errorf("%s: %v\n%s", file, err, text)
				}
			}
		})
	}
	if code, _, errs := call(t, ".", "changes", "-from", previews(t), "-stacks", "dev", "-json", "/absent/x"); code != failed || errs == "" {
		t.Errorf("a file that cannot be written: got %d, %q", code, errs)
	}
}
