// Package tests runs whole stacks: on Pulumi's mocks (scenarios) and on the real
// engine against the simulated cloud. It also checks the rules of this
// repository.
package tests

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/te-explico/infrastructure/internal/simcloud"
	"github.com/te-explico/infrastructure/internal/simulate"
)

// TestMain has the simulated cloud collect its garbage as runs of Pulumi do:
// build.env's GOGC is for the compiler.
func TestMain(m *testing.M) {
	debug.SetGCPercent(100)
	m.Run()
}

// built are the CLI, the program and the simulation's own command, built once.
var built = sync.OnceValues(func() (b struct{ cli, program, simulate string }, err error) {
	ctx := context.Background()
	root, err := filepath.Abs("..")
	if err != nil {
		return b, err
	}
	if b.cli, err = simulate.CLI(ctx, root, os.Stderr); err != nil {
		return b, err
	}
	dir := filepath.Join(os.TempDir(), "explico-tests")
	if b.program, err = simulate.Build(ctx, root, ".", "", filepath.Join(dir, "program"), os.Stderr); err != nil {
		return b, err
	}
	b.simulate, err = simulate.Build(ctx, root, "./cmd/simulate", "", filepath.Join(dir, "simulate"), os.Stderr)
	return b, err
})

// oneCheckpoint has the engine write its state once, at the end of a run, and not
// after each of its steps, which takes most of the time of a large stack. A run
// that fails still writes it; one that is killed does not, so that those are run
// without (killAt), as users do.
const oneCheckpoint = "PULUMI_SKIP_CHECKPOINTS=true"

// oneProcessor has each process of a run keep to one: several runs stand side by side,
// and what the others of a process would do is waiting for each other, an eighth of the
// time.
const oneProcessor = "GOMAXPROCS=1"

// eventLogs has the CLI know --event-log.
const eventLogs = "PULUMI_DEBUG_COMMANDS=true"

// world is a copy of the project's settings with a simulated cloud of its own.
type world struct {
	t    testing.TB
	dir  string
	home string
	opts simulate.Options
}

func newWorld(t testing.TB) *world {
	t.Helper()
	if testing.Short() {
		t.Skip("runs the real engine")
	}
	b, err := built()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, dir: t.TempDir()}
	w.home = filepath.Join(w.dir, ".sim")
	files, err := filepath.Glob("../Pulumi*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range append(files, "../go.mod") {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		w.write(filepath.Base(f), string(text))
	}
	examples, err := filepath.Glob("../examples/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range examples { // as users take them
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		w.write("Pulumi."+filepath.Base(f), string(text))
	}
	w.opts = simulate.Options{Dir: w.dir, Home: w.home, CLI: b.cli, Program: b.program, Env: []string{oneCheckpoint, oneProcessor, eventLogs}}
	return w
}

// stood are the homes of stacks that were brought up, by stack and scenario.
var stood sync.Map

// standing is a world in which a stack stands, with the settings of a scenario or,
// if that is empty, its own: brought up once, and copied for all who begin with it.
func standing(t *testing.T, stack, scenario string) *world {
	t.Helper()
	w := newWorld(t)
	if scenario != "" {
		become(t, w, scenario)
	}
	type home struct {
		sync.Mutex
		files fs.FS
	}
	found, _ := stood.LoadOrStore([2]string{stack, scenario}, new(home))
	h := found.(*home)
	h.Lock()
	defer h.Unlock()
	if h.files != nil {
		if err := os.CopyFS(w.home, h.files); err != nil {
			t.Fatal(err)
		}
		return w
	}
	w.up(stack)
	h.files = keep(t, w.home)
	return w
}

// keep reads a folder into memory.
func keep(t *testing.T, dir string) fs.FS {
	t.Helper()
	files := fstest.MapFS{}
	root := os.DirFS(dir)
	err := fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := fs.ReadFile(root, path)
		files[path] = &fstest.MapFile{Data: text, Mode: 0o644}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func (w *world) write(name, text string) {
	w.t.Helper()
	if err := os.WriteFile(filepath.Join(w.dir, name), []byte(text), 0o644); err != nil {
		w.t.Fatal(err)
	}
}

// edit replaces the one match of a pattern in a stack's settings.
func (w *world) edit(stack, pattern, with string) {
	w.t.Helper()
	name := "Pulumi." + stack + ".yaml"
	text, err := os.ReadFile(filepath.Join(w.dir, name))
	if err != nil {
		w.t.Fatal(err)
	}
	re := regexp.MustCompile(pattern)
	if n := len(re.FindAll(text, -1)); n != 1 {
		w.t.Fatalf("%s: %q matches %d times, want once", name, pattern, n)
	}
	w.write(name, string(re.ReplaceAll(text, []byte(with))))
}

// run runs a command; out is its standard output and log its standard error.
func (w *world) run(args ...string) (out, log string, err error) {
	var stdout, stderr bytes.Buffer
	o := w.opts
	o.Args, o.Stdout, o.Stderr = args, &stdout, &stderr
	err = simulate.Run(context.Background(), o)
	return stdout.String(), stderr.String(), err
}

func (w *world) must(args ...string) string {
	w.t.Helper()
	out, log, err := w.run(args...)
	if err != nil {
		w.t.Fatalf("pulumi %v: %v\n%s\n%s", args, err, out, log)
	}
	return out
}

// up brings a stack up and returns the steps that changed something.
func (w *world) up(stack string) []step {
	w.t.Helper()
	events := filepath.Join(w.dir, "events.json")
	w.must("up", "--yes", "--skip-preview", "--non-interactive", "-s", stack, "--event-log", events)
	text, err := os.ReadFile(events)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := os.Remove(events); err != nil {
		w.t.Fatal(err)
	}
	var steps []step
	for decoder := json.NewDecoder(bytes.NewReader(text)); ; {
		var event struct{ ResourcePreEvent *struct{ Metadata step } }
		switch err := decoder.Decode(&event); {
		case errors.Is(err, io.EOF):
			return changed(steps)
		case err != nil:
			w.t.Fatalf("reading the events: %v", err)
		case event.ResourcePreEvent != nil:
			steps = append(steps, event.ResourcePreEvent.Metadata)
		}
	}
}

// state is what the backend keeps of a stack, as it is stored.
func (w *world) state(stack string) string {
	w.t.Helper()
	text, err := os.ReadFile(filepath.Join(w.home, "state", ".pulumi", "stacks", "explico", stack+".json"))
	if err != nil {
		w.t.Fatal(err)
	}
	return string(text)
}

// fails runs a command that has to fail and returns everything it printed.
func (w *world) fails(args ...string) string {
	w.t.Helper()
	out, log, err := w.run(append(args, "--non-interactive")...)
	var exit *simulate.ExitError
	if !errors.As(err, &exit) {
		w.t.Fatalf("pulumi %v: got %v, want a failure\n%s\n%s", args, err, out, log)
	}
	return out + log
}

// step is one step of a run or of a preview.
type step struct {
	Op  string `json:"op"`
	URN string `json:"urn"`
}

func (s step) String() string { return s.Op + " " + s.URN[strings.LastIndex(s.URN, "::")-20:] }

// typ is the type of the step's resource.
func (s step) typ() string {
	parts := strings.Split(s.URN, "::")
	chain := strings.Split(parts[2], "$")
	return chain[len(chain)-1]
}

// preview returns the steps of a preview that change something.
func (w *world) preview(stack string, more ...string) []step {
	w.t.Helper()
	out := w.must(append([]string{"preview", "--json", "-s", stack}, more...)...)
	var p struct{ Steps []step }
	if err := json.Unmarshal([]byte(out), &p); err != nil {
		w.t.Fatalf("reading the preview: %v\n%s", err, out)
	}
	return changed(p.Steps)
}

func changed(steps []step) []step {
	return slices.DeleteFunc(steps, func(s step) bool { return s.Op == "same" })
}

// cloud calls see with the simulated cloud.
func (w *world) cloud(see func(c *simcloud.Cloud)) {
	w.t.Helper()
	c, done, err := simulate.Visit(w.home)
	if err != nil {
		w.t.Fatal(err)
	}
	defer done()
	see(c)
}

// records are the simulated cloud's records of a type; of all if token is empty.
func (w *world) records(token string) []*simcloud.Record {
	w.t.Helper()
	var found []*simcloud.Record
	w.cloud(func(c *simcloud.Cloud) {
		for _, r := range c.Records() {
			if token == "" || r.Type == token {
				found = append(found, r)
			}
		}
	})
	return found
}

// fingerprint is everything that exists, by what it was created as: ids and
// automatic names differ from run to run.
func (w *world) fingerprint() []string {
	w.t.Helper()
	var lines []string
	for _, r := range w.records("") {
		name := r.Hint
		if name == "" {
			name = "beside " + r.Type
		}
		lines = append(lines, fmt.Sprintf("%s/%s %s %s", r.Account, r.Region, r.Type, name))
	}
	slices.Sort(lines) // by what they are: ids order them differently each time
	return lines
}

// set sets one value in a stack's settings, as pulumi config set --path does.
func (w *world) set(stack, path, value string) {
	w.t.Helper()
	name := filepath.Join(w.dir, "Pulumi."+stack+".yaml")
	w.must("config", "set", "--path", path, value, "-s", stack, "--config-file", name)
}
