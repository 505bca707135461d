package simulate

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	for line, want := range map[string]arguments{
		"up --yes -s prod":              {command: "up", stack: "prod"},
		"--color never preview":         {command: "preview"},
		"stack export --stack=dev":      {command: "stack", sub: "export", stack: "dev"},
		"config set a b -s dev":         {command: "config", sub: "set", stack: "dev"},
		"up --config-file x.yaml":       {command: "up", config: true, sub: "x.yaml"},
		"-C .. pre -s":                  {command: "pre"},
		"up -- -s prod":                 {command: "up"},
		"":                              {},
		"stack init --stack prod other": {command: "stack", sub: "init", stack: "prod"},
	} {
		got := parse(strings.Fields(line))
		if got.command != want.command || got.sub != want.sub || got.stack != want.stack || got.config != want.config {
			t.Errorf("%q: got %+v, want %+v", line, got, want)
		}
	}
}

func TestWhatCommandsNeed(t *testing.T) {
	for line, want := range map[string]string{
		"up": "config program stack", "pre": "config program stack", "destroy": "config stack",
		"destroy --run-program": "config program stack", "stack export": "stack", "stack rm dev": "edits stack",
		"version": "", "cancel": "stack", "refresh": "config stack",
	} {
		a := parse(strings.Fields(line))
		var got []string
		for _, need := range []struct {
			word string
			is   bool
		}{{"config", a.takesConfig()}, {"edits", a.editsFiles()}, {"program", a.runsProgram()}, {"stack", a.needsStack()}} {
			if need.is {
				got = append(got, need.word)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: got %v, want %s", line, got, want)
		}
	}
}

func TestMirrorKeepsTheSalt(t *testing.T) {
	w := workspace{root: t.TempDir()}
	w.home = filepath.Join(w.root, ".sim")
	write := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(filepath.Join(w.root, "Pulumi.yaml"), "name: sample\n")
	write(w.stackFile("dev"), "config:\n  a: 1")
	if err := w.mirror("dev"); err != nil {
		t.Fatal(err)
	}
	write(w.config("dev"), "config:\n  a: 2\nencryptionsalt: v1:abc\n")
	if err := w.mirror("dev"); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(w.config("dev"))
	if err != nil || string(got) != "config:\n  a: 1\nencryptionsalt: v1:abc\n" {
		t.Errorf("got %q, %v", got, err)
	}
	write(w.stackFile("dev"), "encryptionsalt: v1:own\n")
	if err := w.mirror("dev"); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(w.config("dev")); err != nil || string(got) != "encryptionsalt: v1:own\n" {
		t.Errorf("the project's own salt: got %q, %v", got, err)
	}
	if err := w.mirror("nowhere"); err == nil || !strings.Contains(err.Error(), "Pulumi.nowhere.yaml") || !strings.Contains(err.Error(), "dev") {
		t.Errorf("a stack without a file: got %v, want an error that names the file and the stacks there are", err)
	}
}

func TestPinnedVersions(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	version, err := pinned(filepath.Join(root, "tools", "go.mod"))
	if err != nil || !versionNumber.MatchString(version) {
		t.Errorf("the pinned CLI: %s, %v", version, err)
	}
	if got := sdkVersion(root, "aws"); !strings.HasPrefix(got, "6.") {
		t.Errorf("the version of the AWS SDK: %q", got)
	}
	flags, err := buildFlags(root)
	if err != nil || len(flags) != 3 {
		t.Fatalf("the build flags: %v, %v", flags, err)
	}
	for i, key := range []string{"CGO_ENABLED=", "GOGC=", "GOFLAGS="} {
		if !strings.HasPrefix(flags[i], key) {
			t.Errorf("build flag %d: got %s, want %s…", i, flags[i], key)
		}
	}
}

func TestBuildKeepsWhatIsUpToDate(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "program")
	var was os.FileInfo
	for range 2 {
		if _, err := Build(t.Context(), root, "./internal/simulate/testdata/program", "", out, io.Discard); err != nil {
			t.Fatal(err)
		}
		is, err := os.Stat(out)
		if err != nil {
			t.Fatal(err)
		}
		if was != nil && !os.SameFile(was, is) {
			t.Error("a second build linked the program anew")
		}
		was = is
	}
	if left, err := filepath.Glob(out + "?*"); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// Whoever builds the same as another process waits: both would write one file.
func TestBuildsWaitForOneAnother(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "program")
	build := func() error {
		_, err := Build(t.Context(), root, "./internal/simulate/testdata/program", "", out, io.Discard)
		return err
	}
	if err := build(); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if err := build(); err != nil {
		t.Fatal(err)
	}
	long := 3 * time.Since(start)
	unlock, err := lockBuilds(out)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- build() }()
	select {
	case <-done:
		t.Error("it was built while another process builds")
		unlock()
		return
	case <-time.After(long):
	}
	unlock()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
