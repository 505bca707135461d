package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/promqltest"
	"github.com/prometheus/prometheus/rules"
	"go.yaml.in/yaml/v3"
)

// testFile is what promtool test rules reads, as far as it is used here.
type testFile struct {
	RuleFiles          []string       `yaml:"rule_files"`
	EvaluationInterval model.Duration `yaml:"evaluation_interval"`
	Tests              []testGroup    `yaml:"tests"`
}

type testGroup struct {
	Name        string         `yaml:"name"`
	Interval    model.Duration `yaml:"interval"`
	InputSeries []struct {
		Series string `yaml:"series"`
		Values string `yaml:"values"`
	} `yaml:"input_series"`
	AlertRuleTest []alertCase `yaml:"alert_rule_test"`
}

type alertCase struct {
	EvalTime  model.Duration `yaml:"eval_time"`
	Alertname string         `yaml:"alertname"`
	ExpAlerts []struct {
		ExpLabels      map[string]string `yaml:"exp_labels"`
		ExpAnnotations map[string]string `yaml:"exp_annotations"`
	} `yaml:"exp_alerts"`
}

// tests runs the unit tests, and sees that every alert that pages has a case in
// which it fires and one in which it does not.
func (c *checker) tests() error {
	files, err := c.glob("tests/*.yaml")
	if err != nil {
		return err
	}
	fires, silent := map[string]bool{}, map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("reading unit tests: %w", err)
		}
		var f testFile
		decoder := yaml.NewDecoder(bytes.NewReader(text))
		decoder.KnownFields(true)
		if err := decoder.Decode(&f); err != nil {
			c.problem("%s: %v", filepath.Base(file), err)
			continue
		}
		for i, g := range f.Tests {
			place := fmt.Sprintf("%s: test %d %s", filepath.Base(file), i+1, g.Name)
			if err := c.group(place, f, g); err != nil {
				c.problem("%s: %v", place, err)
			}
			for _, a := range g.AlertRuleTest {
				if c.alerts[a.Alertname] == "" {
					c.problem("%s: there is no alert %s", place, a.Alertname)
				}
				c.count.cases++
				fires[a.Alertname] = fires[a.Alertname] || len(a.ExpAlerts) > 0
				silent[a.Alertname] = silent[a.Alertname] || len(a.ExpAlerts) == 0
			}
		}
	}
	c.untested(fires, silent)
	return nil
}

// always fires: that is what it is for.
const deadMansSwitch = "Watchdog"

func (c *checker) untested(fires, silent map[string]bool) {
	var missing []string
	for alert, severity := range c.alerts {
		if !fires[alert] {
			missing = append(missing, fmt.Sprintf("alert %s (%s) has no test in which it fires", alert, severity))
		}
		if !silent[alert] && alert != deadMansSwitch {
			missing = append(missing, fmt.Sprintf("alert %s (%s) has no test in which it does not fire", alert, severity))
		}
	}
	slices.Sort(missing)
	c.problems = append(c.problems, missing...)
}

// group evaluates the rules over the series of a test, step by step, and compares
// the alerts that fire with those expected.
func (c *checker) group(place string, f testFile, g testGroup) error {
	step := time.Duration(f.EvaluationInterval)
	if step == 0 || g.Interval == 0 {
		return fmt.Errorf("evaluation_interval and interval: want both")
	}
	input := "load " + g.Interval.String() + "\n"
	for _, s := range g.InputSeries {
		input += "  " + s.Series + " " + s.Values + "\n"
	}
	suite, err := promqltest.NewLazyLoader(input, promqltest.LazyLoaderOpts{
		EnableAtModifier: true, EnableNegativeOffset: true,
	})
	if err != nil {
		return fmt.Errorf("loading series: %w", err)
	}
	defer suite.Close()
	suite.SubqueryInterval = step
	groups, err := c.load(suite, f, g)
	if err != nil {
		return err
	}
	cases := slices.Clone(g.AlertRuleTest)
	slices.SortStableFunc(cases, func(a, b alertCase) int { return int(a.EvalTime) - int(b.EvalTime) })
	start := time.Unix(0, 0).UTC()
	for at := start; len(cases) > 0; at = at.Add(step) {
		var failed error
		suite.WithSamplesTill(at, func(err error) {
			if failed = err; err == nil {
				failed = evaluate(suite.Context(), groups, at)
			}
		})
		if failed != nil {
			return failed
		}
		for len(cases) > 0 && time.Duration(cases[0].EvalTime) < at.Add(step).Sub(start) {
			c.compare(place, cases[0], groups)
			cases = cases[1:]
		}
	}
	return nil
}

func (c *checker) load(suite *promqltest.LazyLoader, f testFile, g testGroup) ([]*rules.Group, error) {
	var files []string
	for _, name := range f.RuleFiles {
		files = append(files, filepath.Join(c.dir, "rules", filepath.Base(name)))
	}
	manager := rules.NewManager(&rules.ManagerOptions{
		QueryFunc:  rules.EngineQueryFunc(suite.QueryEngine(), suite.Storage()),
		Appendable: suite.Storage(), Context: context.Background(), Parser: c.parser,
		NotifyFunc: func(context.Context, string, ...*rules.Alert) {},
	})
	loaded, errs := manager.LoadGroups(time.Duration(g.Interval), labels.EmptyLabels(), "", nil, false, files...)
	if errs != nil {
		return nil, errs[0]
	}
	var groups []*rules.Group
	for _, group := range loaded {
		if !needed(group, g.AlertRuleTest) {
			continue
		}
		for _, r := range group.Rules() {
			if alert, ok := r.(*rules.AlertingRule); ok {
				alert.SetRestored(true)
			}
		}
		groups = append(groups, group)
	}
	// Recording rules first: what they make is asked for at the same moment.
	slices.SortFunc(groups, func(a, b *rules.Group) int {
		return strings.Compare(order(a)+a.Name(), order(b)+b.Name())
	})
	return groups, nil
}

// needed says whether a test asks for a group's alerts. What only records is asked
// for by others.
func needed(group *rules.Group, cases []alertCase) bool {
	for _, r := range group.AlertingRules() {
		if slices.ContainsFunc(cases, func(c alertCase) bool { return c.Alertname == r.Name() }) {
			return true
		}
	}
	return len(group.AlertingRules()) == 0
}

func order(g *rules.Group) string {
	if len(g.AlertingRules()) == 0 {
		return "0"
	}
	return "1"
}

func evaluate(ctx context.Context, groups []*rules.Group, at time.Time) error {
	for _, g := range groups {
		g.Eval(ctx, at)
		for _, r := range g.Rules() {
			if err := r.LastError(); err != nil {
				return fmt.Errorf("evaluating %s at %s: %w", r.Name(), at.Sub(time.Unix(0, 0)), err)
			}
		}
	}
	return nil
}

// compare holds the alerts that fire against those expected: all labels, and the
// annotations that the test gives.
func (c *checker) compare(place string, want alertCase, groups []*rules.Group) {
	var got, expected []string
	annotated := map[string]labels.Labels{}
	for _, g := range groups {
		for _, r := range g.AlertingRules() {
			if r.Name() != want.Alertname {
				continue
			}
			for _, a := range r.ActiveAlerts() {
				if a.State == rules.StateFiring {
					got = append(got, a.Labels.String())
					annotated[a.Labels.String()] = a.Annotations
				}
			}
		}
	}
	for _, e := range want.ExpAlerts {
		all := map[string]string{labels.AlertName: want.Alertname}
		for name, value := range e.ExpLabels {
			all[name] = value
		}
		key := labels.FromMap(all).String()
		expected = append(expected, key)
		for name, value := range e.ExpAnnotations {
			if text := annotated[key].Get(name); text != value {
				c.problem("%s: %s at %s: annotation %s: got %q, want %q", place, want.Alertname, want.EvalTime, name, text, value)
			}
		}
	}
	slices.Sort(got)
	slices.Sort(expected)
	if !slices.Equal(got, expected) {
		c.problem("%s: %s at %s:\n  got  %s\n  want %s", place, want.Alertname, want.EvalTime, strings.Join(got, "\n       "), strings.Join(expected, "\n       "))
	}
}
