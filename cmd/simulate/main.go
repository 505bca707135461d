// Command simulate runs any Pulumi command against the simulated cloud:
//
//	go run ./cmd/simulate up --yes -s dev
//	go run ./cmd/simulate preview -s prod
//	go run ./cmd/simulate destroy --yes -s dev
//
// Its arguments are Pulumi's, but for the word cloud, which speaks to the
// simulated cloud itself:
//
//	go run ./cmd/simulate cloud ls                    what exists, a line each
//	go run ./cmd/simulate cloud rm <id>               remove it behind Pulumi's back
//	go run ./cmd/simulate cloud set <id> <key> <json> change it behind Pulumi's back
//	go run ./cmd/simulate cloud reset                 forget the cloud and all stacks
//
// A policy pack that is a folder with a Go program (--policy-pack cmd/policies)
// is built first.
//
// State lives in .sim (or $SIM_HOME). SIM_FAULTS=fail@12,throttle@40 plans
// accidents at the nth operation; SIM_PACE=0.01 makes operations take that
// share of the real cloud's time; SIM_PROGRAM is a program built already.
//
// It exits with Pulumi's exit code; with 1 if the simulation itself failed, and
// with 2 if it was called wrongly.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"syscall"

	"github.com/te-explico/infrastructure/internal/simcloud"
	"github.com/te-explico/infrastructure/internal/simulate"
)

func main() {
	// An interrupt reaches Pulumi too, which then comes to an orderly end; this
	// process serves it until then.
	signal.Ignore(os.Interrupt)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:])
	var exit *simulate.ExitError
	var usage usageError
	switch {
	case err == nil:
	case errors.As(err, &exit) && exit.Code > 0:
		os.Exit(exit.Code)
	case errors.As(err, &usage):
		fmt.Fprintln(os.Stderr, "simulate:", err)
		os.Exit(2)
	default:
		fmt.Fprintln(os.Stderr, "simulate:", err)
		os.Exit(1)
	}
}

type usageError string

func (e usageError) Error() string { return string(e) }

func run(ctx context.Context, args []string) error {
	if len(args) > 0 && args[0] == "cloud" {
		return cloudCommand(os.Stdout, args[1:])
	}
	faults, err := simcloud.ParseFaults(os.Getenv("SIM_FAULTS"))
	if err != nil {
		return usageError(err.Error())
	}
	pace := 0.0
	if text := os.Getenv("SIM_PACE"); text != "" {
		if pace, err = strconv.ParseFloat(text, 64); err != nil || pace < 0 {
			return usageError("SIM_PACE=" + text + ": want a share such as 0.01")
		}
	}
	return simulate.Run(ctx, simulate.Options{
		Args: args, Dir: ".", Tags: tags, Program: os.Getenv("SIM_PROGRAM"), Pace: pace, Faults: faults,
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
	})
}

func cloudCommand(out io.Writer, args []string) error {
	home, err := simulate.Home(".")
	if err != nil {
		return err
	}
	if len(args) == 1 && args[0] == "reset" {
		return simulate.Reset(home)
	}
	cloud, closeCloud, err := simulate.Visit(home)
	if err != nil {
		return err
	}
	defer closeCloud()
	switch {
	case len(args) == 1 && args[0] == "ls":
		for _, r := range cloud.Records() {
			fmt.Fprintf(out, "%s/%s\t%s\t%s\n", r.Account, r.Region, r.Type, r.ID)
		}
		return nil
	case len(args) == 2 && args[0] == "rm":
		n, err := cloud.Vanish(args[1])
		return touched(n, args[1], err)
	case len(args) == 4 && args[0] == "set":
		var value any
		if err := json.Unmarshal([]byte(args[3]), &value); err != nil {
			return usageError(fmt.Sprintf("%s is not JSON: %v", args[3], err))
		}
		n, err := cloud.Change(args[1], args[2], value)
		return touched(n, args[1], err)
	default:
		return usageError("want cloud ls, cloud rm <id>, cloud set <id> <key> <json> or cloud reset")
	}
}

func touched(n int, id string, err error) error {
	if err == nil && n == 0 {
		return fmt.Errorf("nothing in the simulated cloud has the id %s (and that property)", id)
	}
	return err
}
