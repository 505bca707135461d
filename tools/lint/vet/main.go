// Command vet is go vet's tool without what vet finds out about other people's
// packages: go vet -vettool=bin/vet. Of every dependency vet reads the whole source,
// to learn which functions print as fmt's do or never return. Of the clouds' SDKs and
// of what the tools import that takes minutes, and tells it nothing of use.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// own begins the paths of the packages that vet reads.
const own = "github.com/te-explico/"

// config is what go vet tells its tool of a package.
// Source: golang.org/x/tools/go/analysis/unitchecker, Config.
type config struct {
	ImportPath string
	VetxOnly   bool   // what it means for others is asked for, not what is wrong in it
	VetxOutput string // where that goes
}

func main() {
	code, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "vet:", err)
		code = 1
	}
	os.Exit(code)
}

func run(args []string) (int, error) {
	if len(args) > 0 && strings.HasSuffix(args[len(args)-1], ".cfg") {
		text, err := os.ReadFile(args[len(args)-1])
		if err != nil {
			return 0, err
		}
		var c config
		if err := json.Unmarshal(text, &c); err != nil {
			return 0, fmt.Errorf("reading %s: %w", args[len(args)-1], err)
		}
		if c.VetxOnly && !strings.HasPrefix(c.ImportPath, own) {
			return 0, os.WriteFile(c.VetxOutput, nil, 0o600)
		}
	}
	cmd := exec.Command("go", append([]string{"tool", "vet"}, args...)...)
	if len(args) == 1 && args[0] == "-V=full" { // go keeps what a tool of one version found
		version, err := cmd.Output()
		fmt.Println(strings.TrimSpace(string(version)) + "-own")
		return 0, err
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	err := cmd.Run()
	if cmd.ProcessState != nil {
		return cmd.ProcessState.ExitCode(), nil
	}
	return 0, err
}
