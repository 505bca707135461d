// Command review says what a change means before it is made.
//
//	review cost -s <stack>             what a stack costs a month, without an
//	                                   engine, a cloud or credentials; --json
//	                                   prints its output, --html writes a page
//	review changes -from <dir> -stacks <a,b>
//	                                   what a change does to stacks, of what the
//	                                   engine said in their previews: a comment
//	                                   (--markdown, or printed) and --json
//	review prices -region <region> …   refresh the catalogue from a price list of
//	                                   AWS: -offer (a file or an address) or
//	                                   -service (AmazonEC2: its current list)
//
// It exits with 0 if all is well, 1 if something cannot be told (settings with
// problems, a price list that cannot be read, a preview that failed or was cut
// off), 2 if it was called wrongly and 3 if something is refused: a change that
// loses data without a signed override or breaks a mandatory policy, or a stack
// that is over its budget where its settings refuse that.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/te-explico/infrastructure/cost/show"
	"github.com/te-explico/infrastructure/internal/stackfile"
	"github.com/te-explico/infrastructure/stacks"
	"github.com/te-explico/infrastructure/stacks/settings"
)

const usage = `usage: review cost -s <stack> [--json] [--html <file>]
       review changes -from <directory> -stacks <a,b> [-overrides <directory>] [-signers <file>] [-markdown <file>] [-json <file>]
       review prices {-offer <file or address> | -service <code>} -region <region> [-catalogue <directory>]
`

// The exit codes.
const (
	ok = iota
	failed
	wrongUse
	refused
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, out, errs io.Writer) int {
	if len(args) == 0 {
		fmt.Fprint(errs, usage)
		return wrongUse
	}
	switch args[0] {
	case "cost":
		return costs(args[1:], out, errs)
	case "changes":
		return changes(args[1:], out, errs)
	case "prices":
		return prices(args[1:], out, errs)
	}
	fmt.Fprint(errs, usage)
	return wrongUse
}

// costs prints what a stack costs.
func costs(args []string, out, errs io.Writer) int {
	flags := flag.NewFlagSet("review cost", flag.ContinueOnError)
	flags.SetOutput(errs)
	stack := flags.String("s", "", "the stack: its settings stand in Pulumi.<stack>.yaml, or in examples/<stack>.yaml")
	asJSON := flags.Bool("json", false, "print the stack's output cost as JSON")
	html := flags.String("html", "", "write a page for a browser to this file, too")
	if err := flags.Parse(args); err != nil || *stack == "" || flags.NArg() > 0 {
		fmt.Fprint(errs, usage)
		return wrongUse
	}
	s, _, err := settings.LoadFile(stackfile.Find(".", *stack))
	var bad *settings.Error
	if errors.As(err, &bad) {
		for _, p := range bad.Problems {
			fmt.Fprintln(errs, p)
		}
		return failed
	}
	if err != nil {
		fmt.Fprintln(errs, "review:", err)
		return failed
	}
	cost, err := stacks.Cost(settings.Project, *stack, s)
	if err != nil {
		fmt.Fprintln(errs, "review:", err)
		return failed
	}
	if *html != "" {
		if err := writePage(*html, *stack, cost); err != nil {
			fmt.Fprintln(errs, "review:", err)
			return failed
		}
	}
	if *asJSON {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(cost); err != nil {
			fmt.Fprintln(errs, "review:", err)
			return failed
		}
	} else {
		fmt.Fprint(out, show.Table(*stack, cost))
	}
	if show.Text(cost, "budget", "status") == "over" && s.Costs.OverBudget == settings.RefuseOverBudget {
		return refused
	}
	return ok
}

// writePage writes what a stack costs as a page.
func writePage(file, stack string, cost map[string]any) error {
	page, err := show.Page(stack, cost)
	if err != nil {
		return err
	}
	if err := os.WriteFile(file, page, 0o644); err != nil {
		return fmt.Errorf("writing the page: %w", err)
	}
	return nil
}
