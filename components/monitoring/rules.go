package monitoring

import (
	"embed"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/te-explico/infrastructure/components/kubernetes"
)

//go:embed rules
var ruleFiles embed.FS

// RuleFile is a file of rules as Prometheus reads it.
type RuleFile struct {
	// Groups are evaluated side by side, the rules of each in turn.
	Groups []RuleGroup `yaml:"groups"`
}

// RuleGroup is a group of rules.
type RuleGroup struct {
	// Name is the group's name.
	Name string `yaml:"name"`
	// Rules are the group's rules.
	Rules []Rule `yaml:"rules"`
}

// Rule records a series or fires an alert.
type Rule struct {
	// Record is the name of the series; empty for an alert.
	Record string `yaml:"record,omitempty"`
	// Alert is the alert's name; empty for a series.
	Alert string `yaml:"alert,omitempty"`
	// Expr is PromQL.
	Expr string `yaml:"expr"`
	// For is how long the expression has to hold, such as 5m; at once if empty.
	For string `yaml:"for,omitempty"`
	// Labels are added. An alert has severity: p0 (an outage, at any hour), p1
	// (what will become one) or none.
	Labels map[string]string `yaml:"labels,omitempty"`
	// Annotations of an alert are summary and runbook, a chapter in docs/runbooks.
	Annotations map[string]string `yaml:"annotations,omitempty"`
}

// Signals say where the golden signals of services come from.
type Signals string

const (
	// MeshSignals are what the mesh sees of requests.
	MeshSignals Signals = "mesh"
	// CountedSignals are what services count themselves.
	CountedSignals Signals = "counted"
)

// RuleFiles are all rules, by the name of their file without its ending: those
// that are written down, signals for the golden signals of services, and slo for
// the objectives. Runbooks is the URL that the alerts' runbooks are below, with a
// slash at its end; it becomes the annotation runbook_url, which Alertmanager shows
// as a link.
func RuleFiles(objectives map[string]SLO, signals Signals, runbooks string) (map[string]RuleFile, error) {
	entries, err := ruleFiles.ReadDir("rules")
	if err != nil {
		return nil, fmt.Errorf("reading the rules: %w", err)
	}
	files := map[string]RuleFile{}
	for _, e := range entries {
		if e.IsDir() {
			continue
		}
		if files[strings.TrimSuffix(e.Name(), ".yaml")], err = readRules(path.Join("rules", e.Name())); err != nil {
			return nil, err
		}
	}
	if files["signals"], err = readRules(path.Join("rules", "signals", string(signals)+".yaml")); err != nil {
		return nil, err
	}
	if len(objectives) > 0 {
		if files["slo"], err = sloRules(objectives); err != nil {
			return nil, err
		}
	}
	for _, file := range files {
		file.link(runbooks)
	}
	return files, nil
}

func readRules(name string) (RuleFile, error) {
	var file RuleFile
	text, err := ruleFiles.Open(name)
	if err != nil {
		return file, fmt.Errorf("reading %s: %w", name, err)
	}
	defer text.Close()
	decoder := yaml.NewDecoder(text)
	decoder.KnownFields(true)
	if err := decoder.Decode(&file); err != nil {
		return file, fmt.Errorf("reading %s: %w", name, err)
	}
	return file, nil
}

func (f RuleFile) link(runbooks string) {
	for _, g := range f.Groups {
		for _, r := range g.Rules {
			if r.Alert != "" {
				r.Annotations["runbook_url"] = runbooks + r.Annotations["runbook"]
			}
		}
	}
}

// spec is the file as the specification of a PrometheusRule.
func (f RuleFile) spec() kubernetes.Map {
	groups := kubernetes.List{}
	for _, g := range f.Groups {
		rules := kubernetes.List{}
		for _, r := range g.Rules {
			rules = append(rules, r.object())
		}
		groups = append(groups, kubernetes.Map{"name": g.Name, "rules": rules})
	}
	return kubernetes.Map{"groups": groups}
}

func (r Rule) object() kubernetes.Map {
	m := kubernetes.Map{"expr": r.Expr}
	for key, text := range map[string]string{"record": r.Record, "alert": r.Alert, "for": r.For} {
		if text != "" {
			m[key] = text
		}
	}
	if len(r.Labels) > 0 {
		m["labels"] = r.Labels
	}
	if len(r.Annotations) > 0 {
		m["annotations"] = r.Annotations
	}
	return m
}

// namesOf are the keys of a map in order, so that nothing depends on chance.
func namesOf[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
