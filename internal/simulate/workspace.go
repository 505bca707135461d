package simulate

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/te-explico/infrastructure/internal/stackfile"
)

// workspace is where a simulated run keeps what it knows: below home, never
// among the files under version control.
type workspace struct {
	root string // the project: where Pulumi.yaml is
	home string // .sim, or $SIM_HOME
}

// findProject walks up from dir to the folder that holds Pulumi.yaml.
func findProject(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("finding the project: %w", err)
	}
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "Pulumi.yaml")); err == nil {
			return at, nil
		}
		if at == filepath.Dir(at) {
			return "", fmt.Errorf("finding the project: no Pulumi.yaml in %s or above it", dir)
		}
	}
}

func (w workspace) path(parts ...string) string {
	return filepath.Join(append([]string{w.home}, parts...)...)
}

// quiet keeps the CLI from writing down, for each run, every call with all that
// was in it: that takes half of a run's time and some megabytes that nobody
// reads. There is no setting for it. Where the folder of these logs is a file, the CLI
// goes on without; --logtostderr --verbose 9 shows them still.
func (w workspace) quiet() error {
	path := w.path("pulumi", "logs")
	if info, err := os.Lstat(path); err == nil && info.Mode().IsRegular() {
		return nil
	}
	if err := errors.Join(os.RemoveAll(path), os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, nil, 0o600)); err != nil {
		return fmt.Errorf("preparing %s: %w", w.home, err)
	}
	return nil
}

// shadow is a copy of the project's Pulumi files, where Pulumi may write.
func (w workspace) shadow() string { return w.path("project") }

// stackFile is the file of a stack.
func (w workspace) stackFile(stack string) string {
	return filepath.Join(w.root, stackfile.Find(w.root, stack))
}

// stateFile is where the file backend keeps a stack.
func (w workspace) stateFile(project, stack string) string {
	return w.path("state", ".pulumi", "stacks", project, stack+".json")
}

var projectName = regexp.MustCompile(`(?m)^name:\s*["']?([A-Za-z0-9_.-]+)`)

// project reads the project's name.
func (w workspace) project() (string, error) {
	text, err := os.ReadFile(filepath.Join(w.root, "Pulumi.yaml"))
	if err != nil {
		return "", fmt.Errorf("reading the project: %w", err)
	}
	m := projectName.FindSubmatch(text)
	if m == nil {
		return "", fmt.Errorf("reading the project: Pulumi.yaml has no name")
	}
	return string(m[1]), nil
}

var salt = regexp.MustCompile(`(?m)^encryptionsalt:.*\n?`)

// mirror copies Pulumi.yaml and the stack's file into the shadow. Pulumi keeps
// the salt of the stack's secrets in the stack file: the shadow's stays, unless
// the project's file has one of its own.
func (w workspace) mirror(stack string) error {
	if err := os.MkdirAll(w.shadow(), 0o755); err != nil {
		return fmt.Errorf("preparing %s: %w", w.home, err)
	}
	project, err := os.ReadFile(filepath.Join(w.root, "Pulumi.yaml"))
	if err != nil {
		return fmt.Errorf("reading the project: %w", err)
	}
	if err := os.WriteFile(filepath.Join(w.shadow(), "Pulumi.yaml"), project, 0o644); err != nil {
		return fmt.Errorf("preparing %s: %w", w.home, err)
	}
	text, err := os.ReadFile(w.stackFile(stack))
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("there is no %s: give an existing stack with -s (%s)", w.stackFile(stack), strings.Join(stackfile.Names(w.root), ", "))
	}
	if err != nil {
		return fmt.Errorf("reading the stack's settings: %w", err)
	}
	copied := w.config(stack)
	if !salt.Match(text) {
		old, err := os.ReadFile(copied)
		if err == nil && salt.Match(old) {
			text = append(bytes.TrimRight(text, "\n"), '\n')
			text = append(text, salt.Find(old)...)
		}
	}
	if err := os.WriteFile(copied, text, 0o600); err != nil {
		return fmt.Errorf("preparing %s: %w", w.home, err)
	}
	return nil
}

// config is the shadow's stack file.
func (w workspace) config(stack string) string {
	return filepath.Join(w.shadow(), "Pulumi."+stack+".yaml")
}
