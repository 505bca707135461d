package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/common/promslog"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
)

// rules reads the rule files, strictly.
func (c *checker) rules() error {
	files, err := c.glob("rules/*.yaml")
	if err != nil {
		return err
	}
	c.files, c.count.files = files, len(files)
	c.alerts, c.recorded = map[string]string{}, map[string]bool{}
	for _, file := range files {
		groups, errs := rulefmt.ParseFile(file, false, model.LegacyValidation, c.parser, promslog.NewNopLogger())
		for _, err := range errs {
			c.problem("%s: %v", filepath.Base(file), err)
		}
		if groups == nil {
			continue
		}
		for _, g := range groups.Groups {
			for _, r := range g.Rules {
				c.rule(filepath.Base(file)+" "+g.Name, r)
			}
		}
	}
	return nil
}

func (c *checker) rule(place string, r rulefmt.Rule) {
	switch {
	case r.Record != "":
		c.recorded[r.Record] = true
	case c.alerts[r.Alert] != "" && c.alerts[r.Alert] != r.Labels["severity"]:
		c.alerts[r.Alert] += " " + r.Labels["severity"]
	default:
		c.alerts[r.Alert] = r.Labels["severity"]
	}
	c.query(place+" "+r.Record+r.Alert, r.Expr)
}

// queries reads queries that are in no rule: those of dashboards.
func (c *checker) queries() error {
	text, err := os.ReadFile(filepath.Join(c.dir, "queries.txt"))
	if err != nil {
		return fmt.Errorf("reading queries: %w", err)
	}
	for line := range strings.Lines(string(text)) {
		place, query, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok {
			return fmt.Errorf("reading queries: got %q, want a place, a tab and a query", line)
		}
		c.count.queries++
		c.query(place, query)
	}
	return nil
}

// query parses PromQL and notes the metrics that it names.
func (c *checker) query(place, text string) {
	expr, err := c.parser.ParseExpr(text)
	if err != nil {
		c.problem("%s: %v", place, err)
		return
	}
	parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
		selector, ok := node.(*parser.VectorSelector)
		if !ok {
			return nil
		}
		name := selector.Name
		for _, m := range selector.LabelMatchers {
			if m.Name == labels.MetricName && m.Type == labels.MatchEqual {
				name = m.Value
			}
		}
		if name == "" {
			c.problem("%s: %s names no metric", place, selector)
		} else if c.used[name] == "" {
			c.used[name] = place
		}
		return nil
	})
}

// metrics holds the metrics that are named against the list of those that are
// there: a name, who gives it and where that is written, in columns.
func (c *checker) metrics() error {
	text, err := os.ReadFile(filepath.Join(c.dir, "metrics.txt"))
	if err != nil {
		return fmt.Errorf("reading the list of metrics: %w", err)
	}
	listed := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) == 0 || strings.HasPrefix(fields[0], "#") {
			continue
		}
		switch name := fields[0]; {
		case len(fields) < 2:
			c.problem("metrics.txt: %s: want who gives it", name)
		case listed[name]:
			c.problem("metrics.txt: %s is there twice", name)
		case c.used[name] == "":
			c.problem("metrics.txt: no rule and no dashboard names %s: take it out", name)
		case c.recorded[name]:
			c.problem("metrics.txt: a recording rule makes %s: take it out", name)
		default:
			listed[name] = true
		}
	}
	c.count.metrics = len(listed)
	var unknown []string
	for name, place := range c.used {
		if !listed[name] && !c.recorded[name] && name != "ALERTS" {
			unknown = append(unknown, fmt.Sprintf("%s names the metric %s, which metrics.txt does not have and no rule records", place, name))
		}
	}
	slices.Sort(unknown)
	c.problems = append(c.problems, unknown...)
	return nil
}
