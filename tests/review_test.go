package tests

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/te-explico/infrastructure/internal/simulate"
	"github.com/te-explico/infrastructure/review"
	"github.com/te-explico/infrastructure/tests/deploy"
)

// What a component guards against deletion, the review knows by its type. Log
// groups are the exception: those of an audit alone are protected, and what is
// protected is guarded anyway.
func TestReviewKnowsWhatIsProtected(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"staging", "prod", "gcp-prod", "azure-prod"} {
		seen := 0
		for _, r := range deploy.Preview(t, name).Resources {
			if !r.Protect || r.Type == "aws:cloudwatch/logGroup:LogGroup" {
				continue
			}
			seen++
			if _, ok := review.Stateful(r.Type); !ok {
				t.Errorf("%s: %s (%s) is protected, and nothing that the review calls stateful", name, r.Name, r.Type)
			}
		}
		if seen == 0 {
			t.Errorf("%s: nothing is protected", name)
		}
	}
}

// A change that replaces the database is refused, and named; with an override
// that is signed it passes, and says who signed.
func TestReviewOfTheDatabase(t *testing.T) {
	t.Parallel()
	w := standing(t, "dev", "ecs")
	w.set("dev", "explico:database.name", "other")
	dir := w.reviewed("dev")
	r := review.Make(os.DirFS(dir), []string{"dev"}, nil)
	stack := r.Stacks[0]
	if r.Verdict != review.Refused || len(stack.Losses) != 1 || stack.Losses[0].Name != "database" || stack.Losses[0].Op != "replace" {
		t.Fatalf("got %s with %+v, failures %v", r.Verdict, stack.Losses, stack.Failures)
	}
	if !strings.Contains(r.Markdown(), "replacement of the database `database`") {
		t.Errorf("the comment does not name the database:\n%s", r.Markdown())
	}
	if stack.Cost == nil || stack.Cost.Delta != "0.00" {
		t.Errorf("another name for a database costs something: %+v", stack.Cost)
	}
	overrides, signers := sign(t, fmt.Sprintf("- urn: %s\n  op: replace\n  reason: the data is restored from a snapshot\n  approver: ada@example.com\n  expires: %s\n",
		stack.Losses[0].URN, time.Now().AddDate(0, 0, 7).Format("2006-01-02")))
	valid, problems, err := review.ReadOverrides(os.DirFS(overrides), signers, time.Now())
	if err != nil || len(problems) > 0 {
		t.Fatal(problems, err)
	}
	r = review.Make(os.DirFS(dir), []string{"dev"}, valid)
	if r.Verdict != review.Passes || !strings.Contains(r.Markdown(), "approved by `ada@example.com`") {
		t.Errorf("with an override: got %s:\n%s", r.Verdict, r.Markdown())
	}
}

// A preview of another instance class and another node has the new cost, though
// the ids of what it makes are unknown.
func TestReviewOfTheCost(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.edit("dev", `(?m)^        instances: \[t4g.xlarge\].*`, "        instances: [m7g.xlarge]\n        min: 3\n        initial: 3")
	dir := w.reviewed("dev")
	first := review.Make(os.DirFS(dir), []string{"dev"}, nil).Stacks[0]
	if first.Cost == nil || first.Cost.Before != "" || first.Counts["create"] < 100 {
		t.Fatalf("a preview of a new stack: got %+v, %v, %v", first.Cost, first.Counts, first.Failures)
	}
	w.edit("dev", `(?m)^        instances: \[m7g.xlarge\]\n        min: 3\n        initial: 3`, "        instances: [m7g.2xlarge]\n        min: 3\n        initial: 3")
	class := review.Make(os.DirFS(w.reviewed("dev")), []string{"dev"}, nil).Stacks[0]
	w.edit("dev", `(?m)^        min: 3\n        initial: 3`, "        min: 2\n        initial: 2")
	fewer := review.Make(os.DirFS(w.reviewed("dev")), []string{"dev"}, nil).Stacks[0]
	if class.Cost.After == first.Cost.After || fewer.Cost.After == class.Cost.After {
		t.Errorf("the cost stays: %s, of another class %s, of fewer nodes %s", first.Cost.After, class.Cost.After, fewer.Cost.After)
	}
}

// A preview that the engine refuses is no review of nothing.
func TestReviewOfARefusal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.edit("dev", `(?m)^  explico:region: eu-west-1`, "  explico:region: mars-1")
	r := review.Make(os.DirFS(w.reviewed("dev")), []string{"dev"}, nil)
	if text := r.Markdown(); r.Verdict != review.Failed || !strings.Contains(text, "mars-1") || strings.Contains(text, "Nothing changes") || r.Stacks[0].Cost != nil {
		t.Errorf("got %s:\n%s", r.Verdict, text)
	}
}

// reviewed previews a stack and returns the directory of what a review reads.
func (w *world) reviewed(stack string) string {
	w.t.Helper()
	dir := w.t.TempDir()
	at := filepath.Join(dir, stack)
	if err := os.Mkdir(at, 0o755); err != nil {
		w.t.Fatal(err)
	}
	env := w.opts.Env
	w.opts.Env = append([]string{"PULUMI_DEBUG_COMMANDS=true"}, env...) // it has the flag --event-log
	defer func() { w.opts.Env = env }()
	out, log, err := w.run("preview", "--json", "--event-log", filepath.Join(at, review.EventsFile), "-s", stack)
	var exit *simulate.ExitError
	if err != nil && !errors.As(err, &exit) {
		w.t.Fatalf("previewing %s: %v\n%s", stack, err, log)
	}
	for name, text := range map[string]string{review.PreviewFile: out, review.AgainstFile: "simulated"} {
		if err := os.WriteFile(filepath.Join(at, name), []byte(text), 0o644); err != nil {
			w.t.Fatal(err)
		}
	}
	return dir
}

// sign writes an override and signs it, with a new key and ssh-keygen, as people
// do.
func sign(t *testing.T, text string) (dir string, signers review.Signers) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	key, file := filepath.Join(t.TempDir(), "key"), filepath.Join(dir, "database.yaml")
	for name, content := range map[string][]byte{key: pem.EncodeToMemory(block), file: []byte(text)} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command("ssh-keygen", "-Y", "sign", "-n", review.Namespace, "-f", key, file).CombinedOutput(); err != nil {
		t.Fatalf("signing: %v\n%s", err, out)
	}
	shown, err := ssh.NewPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	signers, err = review.ReadSigners("signers", append([]byte("ada@example.com "), ssh.MarshalAuthorizedKey(shown)...))
	if err != nil {
		t.Fatal(err)
	}
	return dir, signers
}
