package simulate

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/emptypb"
)

// loggedError is the exit status of a program that has told the engine of its
// failure already (sdk/v3/go/common/constant.ExitStatusLoggedError).
const loggedError = 32

// language speaks Pulumi's language host protocol: it runs the program, which
// is built already, as pulumi-language-go would.
type language struct {
	pulumirpc.UnimplementedLanguageRuntimeServer

	// program returns the path of the built program.
	program func() (string, error)
	// usage hears what a run of the program took; nil is nobody.
	usage func(*os.ProcessState)
	// env is the CLI's environment, which a program inherits.
	env []string

	mu     sync.Mutex
	engine string
}

func (l *language) Handshake(_ context.Context, req *pulumirpc.LanguageHandshakeRequest) (*pulumirpc.LanguageHandshakeResponse, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.engine = req.GetEngineAddress()
	return &pulumirpc.LanguageHandshakeResponse{}, nil
}

func (l *language) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{}, nil
}

func (l *language) GetRequiredPackages(context.Context, *pulumirpc.GetRequiredPackagesRequest) (*pulumirpc.GetRequiredPackagesResponse, error) {
	return &pulumirpc.GetRequiredPackagesResponse{}, nil
}

func (l *language) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

func (l *language) About(context.Context, *pulumirpc.AboutRequest) (*pulumirpc.AboutResponse, error) {
	return &pulumirpc.AboutResponse{Executable: "simulated"}, nil
}

// Run runs the program.
func (l *language) Run(ctx context.Context, req *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	path, err := l.program()
	if err != nil {
		return nil, err
	}
	env, err := l.environment(req)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, path, req.GetArgs()...)
	cmd.Dir = req.GetInfo().GetProgramDirectory()
	cmd.Env = slices.Concat(os.Environ(), l.env, env)
	tie(cmd)
	log, closeLog := l.logger(ctx)
	defer closeLog()
	cmd.Stdout, cmd.Stderr = log, log
	err = cmd.Run()
	if l.usage != nil && cmd.ProcessState != nil {
		l.usage(cmd.ProcessState)
	}
	var exit *exec.ExitError
	switch {
	case err == nil:
		return &pulumirpc.RunResponse{}, nil
	case errors.As(err, &exit) && exit.ExitCode() == loggedError:
		return &pulumirpc.RunResponse{Bail: true}, nil
	case errors.As(err, &exit):
		return &pulumirpc.RunResponse{Error: "program exited with " + exit.String()}, nil
	default:
		return nil, fmt.Errorf("running the program: %w", err)
	}
}

// environment is what a program reads of its run.
func (l *language) environment(req *pulumirpc.RunRequest) ([]string, error) {
	config, err := json.Marshal(req.GetConfig())
	if err != nil {
		return nil, fmt.Errorf("encoding the configuration: %w", err)
	}
	secrets, err := json.Marshal(req.GetConfigSecretKeys())
	if err != nil {
		return nil, fmt.Errorf("encoding the configuration's secret keys: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return []string{
		pulumi.EnvOrganization + "=" + req.GetOrganization(),
		pulumi.EnvProject + "=" + req.GetProject(),
		pulumi.EnvStack + "=" + req.GetStack(),
		pulumi.EnvConfig + "=" + string(config),
		pulumi.EnvConfigSecretKeys + "=" + string(secrets),
		pulumi.EnvDryRun + "=" + strconv.FormatBool(req.GetDryRun()),
		pulumi.EnvParallel + "=" + strconv.Itoa(int(req.GetParallel())),
		pulumi.EnvMonitor + "=" + req.GetMonitorAddress(),
		pulumi.EnvEngine + "=" + l.engine,
		pulumi.EnvPulumiRootDirectory + "=" + req.GetInfo().GetRootDirectory(),
	}, nil
}

// logger passes what the program prints to the engine, line by line, which
// shows it among the diagnostics.
func (l *language) logger(ctx context.Context) (io.Writer, func()) {
	l.mu.Lock()
	address := l.engine
	l.mu.Unlock()
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return os.Stderr, func() {}
	}
	engine := pulumirpc.NewEngineClient(conn)
	r, w := io.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		lines := bufio.NewScanner(r)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			_, err := engine.Log(ctx, &pulumirpc.LogRequest{Severity: pulumirpc.LogSeverity_INFO, Message: lines.Text() + "\n"})
			if err != nil {
				fmt.Fprintln(os.Stderr, lines.Text())
			}
		}
		_, _ = io.Copy(io.Discard, r) // a line that is too long
	}()
	return w, func() { w.Close(); <-done; conn.Close() }
}
