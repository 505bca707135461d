// Command policies is the policy pack, and what looks after it. Pulumi starts it
// with the engine's address:
//
//	pulumi preview --policy-pack bin/policies
//
// People call it with a word:
//
//	policies check         check waivers.yaml and settings.yaml
//	policies rules         list the rules: id, priority, types
//	policies compliance    print docs/compliance.md
//
// It exits with 0 if all is well, 1 if something is wrong and 2 if it was called
// wrongly.
package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/policyx"

	"github.com/te-explico/infrastructure/policies"
	"github.com/te-explico/infrastructure/policies/pack"
)

const usage = `usage: policies check
       policies rules
       policies compliance
       pulumi preview --policy-pack <this program>
`

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, out, errs io.Writer) int {
	today := time.Now()
	switch {
	case len(args) == 1 && args[0] == "check":
		return check(out, errs, today)
	case len(args) == 1 && args[0] == "rules":
		for _, r := range policies.Rules() {
			fmt.Fprintf(out, "%s\tP%d\t%s\t%s\n", r.ID(), r.Priority(), r.Types(), r.Reason())
		}
		return 0
	case len(args) == 1 && args[0] == "compliance":
		fmt.Fprint(out, policies.Compliance())
		return 0
	case len(args) == 1 && strings.Contains(args[0], ":"):
		if err := policyx.Main(pack.Factory(today)); err != nil {
			fmt.Fprintln(errs, "policies:", err)
			return 1
		}
		return 0
	}
	fmt.Fprint(errs, usage)
	return 2
}

// check prints what is wrong with the files of the pack.
func check(out, errs io.Writer, today time.Time) int {
	_, err := policies.LoadSettings()
	waivers, broken := policies.LoadWaivers()
	for _, err := range []error{err, broken} {
		if err != nil {
			fmt.Fprintln(errs, err)
		}
	}
	if err != nil || broken != nil {
		return 1
	}
	code := 0
	for _, w := range waivers.Expired(today) {
		fmt.Fprintf(errs, "%s: the waiver of %s for %s expired on %s: ask %s\n", w.Place(), w.Rule, w.Resource, w.Expires.Format(time.DateOnly), w.Owner)
		code = 1
	}
	fmt.Fprintf(out, "%d rules, %d waivers\n", len(policies.Rules()), waivers.Len())
	return code
}
