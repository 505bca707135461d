// Package simulate runs Pulumi commands against the simulated cloud: the real
// Pulumi CLI and engine and the real program, with the clouds behind the
// provider protocol replaced. It serves the language host and the providers in
// its own process and has the engine attach to them.
package simulate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/rogpeppe/go-internal/lockedfile"
	"google.golang.org/grpc"

	"github.com/te-explico/infrastructure/internal/simcloud"
	"github.com/te-explico/infrastructure/internal/simcloud/clouds"
)

// Options say what to run and where.
type Options struct {
	// Args are Pulumi's arguments, handed on untouched.
	Args []string
	// Dir is a folder of the project; the current one if empty.
	Dir string
	// Home is where the simulated cloud and Pulumi's state live; .sim in the
	// project if empty.
	Home string
	// CLI is the Pulumi CLI; found or built if empty.
	CLI string
	// Program is the built program; built if empty.
	Program string
	// Tags are the build tags for a stack's program, from its settings file.
	Tags func(stackFile string) (string, error)
	// Pace is how much of the real cloud's time operations take, such as 0.01;
	// none if 0.
	Pace float64
	// Faults are accidents to come.
	Faults *simcloud.Faults
	// Stdin, Stdout and Stderr are the command's. Nil is nothing.
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	// Usage hears what each run of the program took. Nil is nobody.
	Usage func(*os.ProcessState)
	// Env are further environment variables (KEY=value) of the command.
	Env []string
}

// DefaultStack is the stack of a run that names none.
const DefaultStack = "dev"

// passphrase encrypts the secrets of simulated stacks, which are none.
const passphrase = "simulated"

// ExitError is a command that ran and failed, with its exit code.
type ExitError struct{ Code int }

// Error names the exit code.
func (e *ExitError) Error() string { return "pulumi exited with " + strconv.Itoa(e.Code) }

// Run runs one Pulumi command. Its failure is an *ExitError.
func Run(ctx context.Context, o Options) error {
	if o.Stderr == nil {
		o.Stderr = io.Discard
	}
	r, err := prepare(ctx, o)
	if err != nil {
		return err
	}
	unlock, err := r.lock()
	if err != nil {
		return err
	}
	defer unlock()
	cloud, err := OpenCloud(r.home)
	if err != nil {
		return err
	}
	defer cloud.Close()
	if o.Faults != nil {
		cloud.Plan(o.Faults)
	}
	if err := r.repair(cloud, o.Stderr); err != nil {
		return err
	}
	end, err := r.begin()
	if err != nil {
		return err
	}
	if err := r.serve(ctx, cloud); err != nil {
		var exit *ExitError
		if errors.As(err, &exit) && exit.killed() {
			return err // the marker stays: the next run repairs
		}
		return errors.Join(err, end())
	}
	if took := cloud.Longest(); took > 0 && o.Pace == 0 {
		fmt.Fprintf(o.Stderr, "simulate: in the real cloud this takes about %s\n", took.Round(time.Minute))
	}
	return end()
}

// killed says whether a signal ended the command.
func (e *ExitError) killed() bool { return e.Code < 0 }

// OpenCloud opens the simulated cloud that lives in a home.
func OpenCloud(home string) (*simcloud.Cloud, error) {
	return simcloud.Open(filepath.Join(home, "cloud.jsonl"), clouds.Catalogs()...)
}

// run is one command being run.
type run struct {
	Options
	workspace
	args  arguments
	stack string
	cli   string
	env   []string
	build func() (string, error)
}

// Home returns the folder that holds the simulation of the project around dir:
// $SIM_HOME, or .sim in the project.
func Home(dir string) (string, error) {
	if home := os.Getenv("SIM_HOME"); home != "" {
		return filepath.Abs(home)
	}
	root, err := findProject(dir)
	if err != nil {
		return "", err
	}
	return filepath.Join(root, ".sim"), nil
}

func prepare(ctx context.Context, o Options) (*run, error) {
	root, err := findProject(o.Dir)
	if err != nil {
		return nil, err
	}
	home := o.Home
	if home == "" {
		if home, err = Home(root); err != nil {
			return nil, err
		}
	}
	r := &run{Options: o, workspace: workspace{root, home}, args: parse(o.Args)}
	r.stack = r.args.stack
	if r.stack == "" {
		r.stack = os.Getenv("PULUMI_STACK")
	}
	if r.stack == "" {
		r.stack = DefaultStack
	}
	if r.args.name() == "stack" && r.args.sub == "select" {
		return nil, errors.New("a simulated run keeps no selected stack: name it with -s or in PULUMI_STACK")
	}
	if r.cli = o.CLI; r.cli == "" {
		if r.cli, err = CLI(ctx, root, o.Stderr); err != nil {
			return nil, err
		}
	}
	if err := os.MkdirAll(home, 0o755); err != nil {
		return nil, fmt.Errorf("preparing %s: %w", home, err)
	}
	r.build = sync.OnceValues(func() (string, error) { return r.program(ctx) })
	r.env = []string{
		// The engine writes the whole state at every step. A checksum beside it, which
		// nobody reads, would take a seventh of the time of a large stack; and it is not
		// written at once, so that a run which is killed then would leave a state that
		// cannot be read.
		"PULUMI_BACKEND_URL=file://" + r.path("state") + "?metadata=skip",
		"PULUMI_HOME=" + r.path("pulumi"),
		"PULUMI_STACK=" + r.stack,
		"PULUMI_SKIP_UPDATE_CHECK=true",
		"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION=true",
		// A copy of the whole state for each run, for ever: a simulated stack is
		// rather begun anew.
		"PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS=true",
		// build.env's is for the compiler. To a run, the memory that it would not
		// collect costs more than collecting: a fifth of the time.
		"GOGC=100",
	}
	if os.Getenv("PULUMI_CONFIG_PASSPHRASE") == "" && os.Getenv("PULUMI_CONFIG_PASSPHRASE_FILE") == "" {
		r.env = append(r.env, "PULUMI_CONFIG_PASSPHRASE="+passphrase)
	}
	r.env = append(r.env, o.Env...)
	return r, errors.Join(os.MkdirAll(r.path("state"), 0o755), r.quiet())
}

// lock keeps two runs from using one home at a time.
func (r *run) lock() (func(), error) {
	stop := announce(r.Stderr, "waiting for another run to end ("+r.path("lock")+")")
	defer stop()
	unlock, err := lockedfile.MutexAt(r.path("lock")).Lock()
	if err != nil {
		return nil, fmt.Errorf("locking %s: %w", r.home, err)
	}
	return unlock, nil
}

// program builds the program with the tags that the stack needs.
func (r *run) program(ctx context.Context) (string, error) {
	if r.Program != "" {
		return r.Program, nil
	}
	tags := ""
	if r.Tags != nil {
		var err error
		if tags, err = r.Tags(r.stackFile(r.stack)); err != nil {
			return "", err
		}
	}
	name := "explico-" + strings.ReplaceAll(tags, ",", "-") + exeSuffix()
	return Build(ctx, r.root, ".", tags, r.path("bin", name), r.Stderr)
}

// Build builds a program of the repository at root with the one set of build
// flags and returns out, the path of the binary.
func Build(ctx context.Context, root, pkg, tags, out string, progress io.Writer) (string, error) {
	b := goBuild{
		root: root, pkg: pkg, out: out, args: []string{"-tags=" + tags},
		what: pkg + " (the first time about two minutes)",
	}
	return out, b.run(ctx, progress)
}

// serve starts the servers and runs the command.
func (r *run) serve(ctx context.Context, cloud *simcloud.Cloud) error {
	if r.args.needsStack() {
		if err := r.mirror(r.stack); err != nil {
			return err
		}
	}
	if r.args.runsProgram() {
		if _, err := r.build(); err != nil {
			return err
		}
	}
	lang := grpc.NewServer()
	pulumirpc.RegisterLanguageRuntimeServer(lang, &language{program: r.build, usage: r.Usage, env: r.env})
	port, err := listen(lang)
	if err != nil {
		return err
	}
	defer lang.Stop()
	env := append(r.env, "PULUMI_DEBUG_LANGUAGES=go:"+port)
	var attached []string
	for _, catalog := range clouds.Catalogs() {
		server := grpc.NewServer(grpc.StatsHandler(connections{}))
		pulumirpc.RegisterResourceProviderServer(server, &provider{
			cloud: cloud, catalog: catalog, version: sdkVersion(r.root, catalog.Package), pace: r.Pace,
		})
		port, err := listen(server)
		if err != nil {
			return err
		}
		defer server.Stop()
		attached = append(attached, catalog.Package+":"+port)
	}
	env = append(env, "PULUMI_DEBUG_PROVIDERS="+strings.Join(attached, ","))
	if r.args.needsStack() && !r.args.editsFiles() {
		if err := r.ensureStack(ctx, env); err != nil {
			return err
		}
	}
	args, err := r.policyPacks(ctx, r.command())
	if err != nil {
		return err
	}
	return r.pulumi(ctx, env, args...)
}

// command are the user's arguments, and where Pulumi finds the copy of the
// settings.
func (r *run) command() []string {
	args := r.args.all
	if r.args.takesConfig() && !r.args.config {
		args = append(args[:len(args):len(args)], "--config-file", r.config(r.stack))
	}
	return args
}

// ensureStack creates the stack on first use.
func (r *run) ensureStack(ctx context.Context, env []string) error {
	project, err := r.project()
	if err != nil {
		return err
	}
	if _, err := os.Stat(r.stateFile(project, r.stack)); err == nil {
		return nil
	}
	cmd := exec.CommandContext(ctx, r.cli, "stack", "init", r.stack, "--non-interactive")
	cmd.Dir, cmd.Env = r.shadow(), append(os.Environ(), env...)
	tie(cmd)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("creating the simulated stack %s: %w\n%s", r.stack, err, out)
	}
	return nil
}

// pulumi runs the CLI. An interrupt from the terminal reaches it as well as this
// process, which goes on serving until the engine has come to an end.
func (r *run) pulumi(ctx context.Context, env []string, args ...string) error {
	cmd := exec.CommandContext(ctx, r.cli, args...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Dir = r.root
	if r.args.editsFiles() {
		cmd.Dir = r.shadow()
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = r.Stdin, r.Stdout, r.Stderr
	tie(cmd)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	err := cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return &ExitError{exit.ExitCode()}
	}
	if err != nil {
		return fmt.Errorf("running pulumi: %w", err)
	}
	return nil
}

// listen serves on a free port of this machine and returns the port.
func listen(server *grpc.Server) (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("listening for the engine: %w", err)
	}
	go func() { _ = server.Serve(l) }() // ends with Stop
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, err
}
