// Command prometheus holds alerting rules, dashboards and Alertmanager
// configurations against Prometheus' and Alertmanager's own code. It is a module
// of its own: the program needs none of it.
//
//	go run -C tools/prometheus . DIR
//
// DIR holds
//
//	rules/*.yaml         rule files, as Prometheus reads them
//	queries.txt          one query a line: its place, a tab, PromQL
//	metrics.txt          every metric that rules and queries may name
//	tests/*.yaml         unit tests, as promtool test rules reads them
//	alertmanager/*.yaml  configurations
//	routes.yaml          where alerts go, by configuration
//
// It prints every problem, and fails if there is one. (promtool itself is not
// built: it brings along the SDKs of a dozen clouds.)
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/prometheus/prometheus/promql/parser"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: prometheus DIR")
		os.Exit(2)
	}
	c := &checker{dir: os.Args[1], parser: parser.NewParser(parser.Options{}), used: map[string]string{}}
	for _, step := range []func() error{c.rules, c.queries, c.metrics, c.tests, c.alertmanager} {
		if err := step(); err != nil {
			c.problem("%v", err)
		}
	}
	for _, p := range c.problems {
		fmt.Println(p)
	}
	if len(c.problems) > 0 {
		os.Exit(1)
	}
	fmt.Printf("%d rule files, %d alerts, %d queries, %d metrics, %d cases of unit tests, %d routes\n",
		c.count.files, len(c.alerts), c.count.queries, c.count.metrics, c.count.cases, c.count.routes)
}

// checker collects problems.
type checker struct {
	dir      string
	parser   parser.Parser
	problems []string
	files    []string          // the rule files
	alerts   map[string]string // severities, by alert
	recorded map[string]bool   // what recording rules make
	used     map[string]string // where a metric is named first
	count    struct{ files, queries, metrics, cases, routes int }
}

func (c *checker) problem(format string, args ...any) {
	c.problems = append(c.problems, fmt.Sprintf(format, args...))
}

// glob are the files of a pattern, sorted; none is an error.
func (c *checker) glob(pattern string) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(c.dir, pattern))
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("reading %s: there is none (%v)", pattern, err)
	}
	slices.Sort(files)
	return files, nil
}
