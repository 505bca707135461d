package simulate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/lockedfile"
)

// oldest is the oldest Pulumi CLI (3.x) that attaches to a running language
// host and providers the way it is done here.
const oldest = 255

// CLI returns the path of a Pulumi CLI: the one on PATH if it is new enough,
// else the one pinned in tools/go.mod, which is built into the user's cache the
// first time.
func CLI(ctx context.Context, root string, progress io.Writer) (string, error) {
	if path, err := exec.LookPath("pulumi"); err == nil && recent(ctx, path) {
		return path, nil
	}
	version, err := pinned(filepath.Join(root, "tools", "go.mod"))
	if err != nil {
		return "", err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("finding the user's cache: %w", err)
	}
	path := filepath.Join(cache, "explico", "pulumi-"+version, "pulumi"+exeSuffix())
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	build := goBuild{
		root: root, out: path, pkg: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
		what: "the Pulumi CLI " + version + " (once, about three minutes)",
		args: []string{
			"-modfile=tools/go.mod",
			"-ldflags=-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=" + version,
		},
	}
	return path, build.run(ctx, progress)
}

var versionNumber = regexp.MustCompile(`^v3\.(\d+)\.\d+`)

func recent(ctx context.Context, path string) bool {
	cmd := exec.CommandContext(ctx, path, "version")
	cmd.Env = append(os.Environ(), "PULUMI_SKIP_UPDATE_CHECK=true")
	out, err := cmd.Output()
	m := versionNumber.FindSubmatch(out)
	if err != nil || m == nil {
		return false
	}
	minor, err := strconv.Atoi(string(m[1]))
	return err == nil && minor >= oldest
}

var cliRequirement = regexp.MustCompile(`(?m)^\s*(?:require\s+)?github\.com/pulumi/pulumi/pkg/v3\s+(v\S+)`)

func pinned(modfile string) (string, error) {
	text, err := os.ReadFile(modfile)
	if err != nil {
		return "", fmt.Errorf("finding the pinned Pulumi CLI: %w", err)
	}
	m := cliRequirement.FindSubmatch(text)
	if m == nil {
		return "", fmt.Errorf("finding the pinned Pulumi CLI: %s does not require it", modfile)
	}
	return string(m[1]), nil
}

func exeSuffix() string {
	if runtime.GOOS == "windows" {
		return ".exe"
	}
	return ""
}

// goBuild is a go build of one package into one file.
type goBuild struct {
	root, out, pkg, what string
	args                 []string
}

// run builds. While it takes longer than a moment it says so. Who else wants the same
// waits, and finds it built.
func (b goBuild) run(ctx context.Context, progress io.Writer) error {
	if err := os.MkdirAll(filepath.Dir(b.out), 0o755); err != nil {
		return fmt.Errorf("building %s: %w", b.what, err)
	}
	stop := announce(progress, "building "+b.what)
	defer stop()
	unlock, err := lockBuilds(b.out)
	if err != nil {
		return fmt.Errorf("building %s: %w", b.what, err)
	}
	defer unlock()
	flags, err := buildFlags(b.root)
	if err != nil {
		return err
	}
	// It is built beside the old one, so that out is never half a program; and from
	// the old one, since go build links nothing anew that is up to date.
	partial := b.out + ".partial"
	if err := remove(partial); err != nil {
		return fmt.Errorf("building %s: %w", b.what, err)
	}
	_ = os.Link(b.out, partial) // without it, it takes longer
	args := append([]string{"build", "-o", partial}, b.args...)
	cmd := exec.CommandContext(ctx, "go", append(args, b.pkg)...)
	cmd.Dir, cmd.Env = b.root, append(os.Environ(), flags...)
	tie(cmd)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("building %s: %w\n%s", b.what, err, out)
	}
	// Where they are still the same file, renaming does nothing.
	if err := errors.Join(os.Rename(partial, b.out), remove(partial)); err != nil {
		return fmt.Errorf("building %s: %w", b.what, err)
	}
	return nil
}

// lockBuilds keeps others from building into the folder of a file.
func lockBuilds(out string) (unlock func(), err error) {
	return lockedfile.MutexAt(filepath.Join(filepath.Dir(out), ".building")).Lock()
}

// remove removes a file, if it is there.
func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// announce says what is going on when it takes longer than two seconds, and
// again every twenty.
func announce(w io.Writer, what string) (stop func()) {
	done := make(chan struct{})
	start := time.Now()
	go func() {
		next := time.NewTimer(2 * time.Second)
		defer next.Stop()
		for {
			select {
			case <-done:
				return
			case <-next.C:
				fmt.Fprintf(w, "simulate: %s … %s\n", what, time.Since(start).Round(time.Second))
				next.Reset(20 * time.Second)
			}
		}
	}()
	return func() { close(done) }
}

// buildFlags reads build.env, the one place where the build flags stand: with
// other flags everything would be compiled a second time.
func buildFlags(root string) ([]string, error) {
	text, err := os.ReadFile(filepath.Join(root, "build.env"))
	if err != nil {
		return nil, fmt.Errorf("reading the build flags: %w", err)
	}
	var env []string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			env = append(env, line)
		}
	}
	return env, nil
}

// sdkVersion is the version of a package's SDK in the project's go.mod: the
// engine wants the provider to be no older. Empty if the project has none.
func sdkVersion(root, pkg string) string {
	text, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return ""
	}
	requirement := regexp.MustCompile(`(?m)github\.com/pulumi/pulumi-` + regexp.QuoteMeta(pkg) + `(?:/sdk|-sdk)/v\d+ v(\S+)`)
	if m := requirement.FindSubmatch(text); m != nil {
		return string(m[1])
	}
	return ""
}
