package main

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the tables anew, and fail")

// noReason are reasons that are none: the type was forgotten, or an input was not
// plain. Others say what is missing, and where.
var noReason = regexp.MustCompile(`^$|nobody has described|is not known`)

// The tables of the stacks and examples, on all clouds, are those that people read in a review of this
// repository, and each line has a price or a reason.
func TestTables(t *testing.T) {
	t.Chdir("../..")
	var files []string
	for _, pattern := range []string{"Pulumi.*.yaml", "examples/*.yaml"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) < 3 {
			t.Fatal(pattern, found, err)
		}
		files = append(files, found...)
	}
	for _, file := range files {
		stack := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), "Pulumi."), ".yaml")
		t.Run(stack, func(t *testing.T) {
			code, got, errs := call(t, ".", "cost", "-s", stack)
			if code != ok {
				t.Fatalf("got %d: %s", code, errs)
			}
			golden := filepath.Join("cmd", "review", "testdata", "costs", stack+".txt")
			want, err := os.ReadFile(golden)
			if got != string(want) {
				if *update {
					if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				t.Errorf("%s (%v): the table is another one: run make golden and review the diff:\n%s", golden, err, firstDifference(got, string(want)))
			}
			_, out, _ := call(t, ".", "cost", "-s", stack, "--json")
			for line, reason := range unpriced(t, out) {
				if noReason.MatchString(reason) {
					t.Errorf("%s has no price, and the reason is %q", line, reason)
				}
			}
		})
	}
}

// firstDifference is the first line that differs.
func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range g {
		if i >= len(w) || g[i] != w[i] {
			other := "nothing"
			if i < len(w) {
				other = w[i]
			}
			return "got " + g[i] + "\nwant " + other
		}
	}
	return "it is shorter"
}
