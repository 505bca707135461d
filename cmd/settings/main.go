// Command settings looks after the stacks' settings without a cloud and without
// Pulumi.
//
//	settings check [files…]   check stack files, all Pulumi.*.yaml by default
//	settings reference        print docs/reference/settings.md
//	settings clouds           print docs/reference/clouds.md
//
// It exits with 0 if all is well, 1 if a file has problems (or cannot be read)
// and 2 if it was called wrongly. Warnings do not change the code.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/te-explico/infrastructure/stacks/settings"
)

const usage = `usage: settings check [files…]
       settings reference
       settings clouds
`

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, out, errs io.Writer) int {
	switch {
	case len(args) > 0 && args[0] == "check":
		return check(args[1:], out, errs)
	case len(args) == 1 && args[0] == "reference":
		text, err := reference("stacks/settings")
		if err != nil {
			fmt.Fprintln(errs, "settings:", err)
			return 1
		}
		fmt.Fprint(out, text)
		return 0
	case len(args) == 1 && args[0] == "clouds":
		fmt.Fprint(out, clouds())
		return 0
	}
	fmt.Fprint(errs, usage)
	return 2
}

// check prints what is wrong with stack files, one line a problem.
func check(files []string, out, errs io.Writer) int {
	if len(files) == 0 {
		files, _ = filepath.Glob("Pulumi.*.yaml") // the pattern is well-formed
	}
	if len(files) == 0 {
		fmt.Fprintln(errs, "settings: no Pulumi.*.yaml here: name the files, or go to the project's directory")
		return 2
	}
	code := 0
	for _, file := range files {
		_, warnings, err := settings.LoadFile(file)
		var broken *settings.Error
		switch {
		case errors.As(err, &broken):
			print(out, broken.Problems)
			code = 1
		case err != nil:
			fmt.Fprintln(errs, "settings:", err)
			code = 1
		default:
			fmt.Fprintf(out, "%s: ok\n", file)
		}
		print(out, warnings)
	}
	return code
}

func print(out io.Writer, all []settings.Diagnostic) {
	for _, d := range all {
		fmt.Fprintln(out, d)
	}
}
