package tests

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// TestKilledRunIsTakenUp kills up at three moments, without warning, and wants
// the next one to end as if nothing had happened.
func TestKilledRunIsTakenUp(t *testing.T) {
	t.Parallel()
	want := standing(t, "dev", "").fingerprint() // when nothing happens
	for _, share := range []float64{0.1, 0.5, 0.9} {
		t.Run(fmt.Sprint(share), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			n := int(share * float64(len(want)))
			w.faulty(fmt.Sprintf("fail@%d", n*4/5)) // most of the way at once: see oneCheckpoint
			killAt(t, w, n)
			w.up("dev")
			if got := w.fingerprint(); !slices.Equal(got, want) {
				t.Errorf("the end state differs from an undisturbed run:\n%s", difference(want, got))
			}
			if steps := w.up("dev"); len(steps) != 0 {
				t.Errorf("a further up changes something: %v", steps)
			}
		})
	}
}

// faulty has an up fail by a planned fault, such as fail@7: at its seventh operation.
func (w *world) faulty(plan string) {
	w.t.Helper()
	faults, err := simcloud.ParseFaults(plan)
	if err != nil {
		w.t.Fatal(err)
	}
	w.opts.Faults = faults
	if out := w.fails("up", "--yes", "--skip-preview", "-s", "dev"); !strings.Contains(out, "planned fault") {
		w.t.Fatalf("up failed for another reason:\n%s", out)
	}
	w.opts.Faults = nil
}

// killAt starts up and kills it with everything it started as soon as the cloud
// holds n resources. It runs the command as users do, which writes the state
// after each step: what stands there counts.
func killAt(t *testing.T, w *world, n int) {
	t.Helper()
	b, err := built()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(b.simulate, "up", "--yes", "--skip-preview", "--non-interactive", "-s", "dev")
	cmd.Dir = w.dir
	cmd.Env = append(os.Environ(), "SIM_HOME="+w.home, "SIM_PACE=0.001", "SIM_PROGRAM="+b.program, "PATH="+filepath.Dir(b.cli)+":"+os.Getenv("PATH"))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }() // also when the test gives up
	journal := filepath.Join(w.home, "cloud.jsonl")
	if text, err := os.ReadFile(journal); err != nil || bytes.Count(text, []byte("\n")) >= n {
		t.Fatalf("the cloud holds %d resources before up begins (%v)", n, err)
	}
	deadline := time.Now().Add(10 * time.Minute) // the state is written at every step
	for {
		text, err := os.ReadFile(journal)
		if err == nil && bytes.Count(text, []byte("\n")) >= n {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the cloud never held %d resources:\n%s", n, out.String())
		}
		time.Sleep(5 * time.Millisecond)
	}
	if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Fatalf("up ended before it was killed:\n%s", out.String())
	}
}

// difference says which lines there are too few or too many of.
func difference(want, got []string) string {
	count := map[string]int{}
	for _, line := range got {
		count[line]++
	}
	for _, line := range want {
		count[line]--
	}
	var b strings.Builder
	for _, line := range slices.Sorted(maps.Keys(count)) {
		if n := count[line]; n != 0 {
			fmt.Fprintf(&b, "%+d %s\n", n, line)
		}
	}
	return b.String()
}

// TestFaultsAreRetried lets operations fail all over a run: each up gets a
// little further, and the last one ends as if nothing had happened.
func TestFaultsAreRetried(t *testing.T) {
	t.Parallel()
	want := standing(t, "dev", "").fingerprint() // when nothing happens
	w := newWorld(t)
	for i, kind := range []string{"fail", "throttle", "timeout", "fail", "throttle"} {
		w.faulty(fmt.Sprintf("%s@%d", kind, 1+i*7))
	}
	w.up("dev")
	if got := w.fingerprint(); !slices.Equal(got, want) {
		t.Errorf("the end state differs from an undisturbed run:\n%s", difference(want, got))
	}
}
