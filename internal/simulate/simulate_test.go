package simulate

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// engine is the CLI and the program of these tests, built once.
var engine = sync.OnceValues(func() (paths struct{ cli, program string }, err error) {
	root, err := filepath.Abs("../..")
	if err != nil {
		return paths, err
	}
	if paths.cli, err = CLI(context.Background(), root, os.Stderr); err != nil {
		return paths, err
	}
	out := filepath.Join(os.TempDir(), "explico-sample-program")
	paths.program, err = Build(context.Background(), root, "./internal/simulate/testdata/program", "", out, os.Stderr)
	return paths, err
})

// sample is the sample project with a home of its own.
type sample struct {
	t    *testing.T
	home string
	opts Options
}

func newSample(t *testing.T) *sample {
	t.Helper()
	paths, err := engine()
	if err != nil {
		t.Fatal(err)
	}
	home := filepath.Join(t.TempDir(), ".sim")
	return &sample{t, home, Options{CLI: paths.cli, Program: paths.program, Dir: "testdata/project", Home: home}}
}

// run runs a command and returns everything that it printed.
func (s *sample) run(args ...string) (string, error) {
	var out bytes.Buffer
	o := s.opts
	o.Args = append(args, "--non-interactive")
	o.Stdout, o.Stderr = &out, &out
	err := Run(s.t.Context(), o)
	return out.String(), err
}

func (s *sample) must(args ...string) string {
	s.t.Helper()
	out, err := s.run(args...)
	if err != nil {
		s.t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return out
}

// exists counts the simulated cloud's records of a type.
func (s *sample) exists(token string) []*simcloud.Record {
	s.t.Helper()
	cloud, done, err := Visit(s.home)
	if err != nil {
		s.t.Fatal(err)
	}
	defer done()
	var found []*simcloud.Record
	for _, r := range cloud.Records() {
		if token == "" || r.Type == token {
			found = append(found, r)
		}
	}
	return found
}

const logGroup = "aws:cloudwatch/logGroup:LogGroup"

func TestUpTwiceAndDestroy(t *testing.T) {
	s := newSample(t)
	if out := s.must("up", "--yes"); !strings.Contains(out, "+ 8 created") {
		t.Errorf("the first up did not create 8 resources:\n%s", out)
	}
	if n := len(s.exists(logGroup)); n != 5 {
		t.Errorf("got %d log groups in the cloud, want 5", n)
	}
	if info, err := os.Lstat(filepath.Join(s.home, "pulumi", "logs")); err != nil || !info.Mode().IsRegular() || info.Size() > 0 {
		t.Errorf("the CLI keeps logs of its own: %v, %v", info, err)
	}
	// What is written beside a state is not written at once.
	if beside, err := filepath.Glob(filepath.Join(s.home, "state", ".pulumi", "stacks", "*", "*.attrs")); err != nil || len(beside) > 0 {
		t.Errorf("a killed run could leave a broken %v (%v)", beside, err)
	}
	if out := s.must("up", "--yes"); !strings.Contains(out, "8 unchanged") {
		t.Errorf("the second up changed something:\n%s", out)
	}
	s.must("destroy", "--yes")
	if left := s.exists(""); len(left) != 0 {
		t.Errorf("%d resources are left in the cloud, first %s", len(left), left[0].Key())
	}
}

func TestConfigOverrideUpdatesInPlace(t *testing.T) {
	s := newSample(t)
	s.must("up", "--yes")
	if out := s.must("up", "--yes", "-c", "sample:days=14"); !strings.Contains(out, "~ 5 updated") {
		t.Errorf("want five updates in place:\n%s", out)
	}
	if got := s.exists(logGroup)[0].In.Int("retentionInDays"); got != 14 {
		t.Errorf("retention: got %d, want 14", got)
	}
}

func TestRefreshAfterDrift(t *testing.T) {
	s := newSample(t)
	s.must("up", "--yes")
	gone, changed := s.exists(logGroup)[0].ID, s.exists(logGroup)[1].ID
	cloud, done, err := Visit(s.home)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := cloud.Vanish(gone); n != 1 || err != nil {
		t.Fatalf("vanish: %d, %v", n, err)
	}
	if n, err := cloud.Change(changed, "retentionInDays", 30); n != 1 || err != nil {
		t.Fatalf("change: %d, %v", n, err)
	}
	done()
	s.must("refresh", "--yes")
	if out := s.must("up", "--yes"); !strings.Contains(out, "+ 1 created") || !strings.Contains(out, "~ 1 updated") {
		t.Errorf("want one resource restored and one put right:\n%s", out)
	}
}

func TestFaultThenRetry(t *testing.T) {
	s := newSample(t)
	faults, err := simcloud.ParseFaults("fail@3")
	if err != nil {
		t.Fatal(err)
	}
	s.opts.Faults = faults
	out, err := s.run("up", "--yes")
	var exit *ExitError
	if !errors.As(err, &exit) || !strings.Contains(out, "InternalFailure") {
		t.Fatalf("want the planned fault, got %v\n%s", err, out)
	}
	s.opts.Faults = nil
	s.must("up", "--yes")
	if n := len(s.exists(logGroup)); n != 5 {
		t.Errorf("got %d log groups, want 5", n)
	}
}

func TestBadProgramConfigIsReported(t *testing.T) {
	s := newSample(t)
	out, err := s.run("up", "--yes", "-c", "sample:days=many")
	if err == nil || !strings.Contains(out, "reading sample:days") {
		t.Errorf("want the program's error, got %v\n%s", err, out)
	}
	if n := len(s.exists("")); n != 0 {
		t.Errorf("%d resources were created all the same", n)
	}
}

func TestNothingUnderVersionControlChanges(t *testing.T) {
	s := newSample(t)
	before, err := os.ReadFile("testdata/project/Pulumi.dev.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s.must("up", "--yes")
	s.must("config", "set", "sample:days", "30")
	after, err := os.ReadFile("testdata/project/Pulumi.dev.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(before, after) {
		t.Errorf("the stack's file changed:\n%s", after)
	}
}
