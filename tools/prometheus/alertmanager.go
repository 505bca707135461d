package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/prometheus/alertmanager/config"
	"github.com/prometheus/alertmanager/dispatch"
	"github.com/prometheus/alertmanager/pkg/labels"
	"github.com/prometheus/common/model"
	"go.yaml.in/yaml/v3"
)

// route says whom an alert reaches in one configuration.
type route struct {
	// Config is the name of a file of alertmanager/, without its ending.
	Config string `yaml:"config"`
	// Labels are the alert's.
	Labels map[string]string `yaml:"labels"`
	// Receivers are who hears of it, in order.
	Receivers []string `yaml:"receivers"`
	// Inhibits is an alert that this one silences, if any.
	Inhibits map[string]string `yaml:"inhibits"`
	// Spares is an alert that this one leaves alone, if any.
	Spares map[string]string `yaml:"spares"`
}

// alertmanager loads the configurations as Alertmanager does, and sends alerts
// down their routes.
func (c *checker) alertmanager() error {
	files, err := c.glob("alertmanager/*.yaml")
	if err != nil {
		return err
	}
	loaded := map[string]*config.Config{}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		cfg, err := config.LoadFile(file)
		if err != nil {
			c.problem("alertmanager %s: %v", name, err)
			continue
		}
		loaded[name] = cfg
	}
	text, err := os.ReadFile(filepath.Join(c.dir, "routes.yaml"))
	if err != nil {
		return fmt.Errorf("reading routes: %w", err)
	}
	var routes []route
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&routes); err != nil {
		return fmt.Errorf("reading routes: %w", err)
	}
	seen := map[string]bool{}
	for _, r := range routes {
		cfg := loaded[r.Config]
		if cfg == nil {
			c.problem("routes.yaml: there is no configuration %s", r.Config)
			continue
		}
		seen[r.Config] = true
		c.count.routes++
		c.route(cfg, r)
	}
	for name := range loaded {
		if !seen[name] {
			c.problem("routes.yaml: no alert goes through the configuration %s", name)
		}
	}
	return nil
}

func (c *checker) route(cfg *config.Config, r route) {
	var got []string
	for _, match := range dispatch.NewRoute(cfg.Route, nil).Match(set(r.Labels)) {
		got = append(got, match.RouteOpts.Receiver)
	}
	if !slices.Equal(got, r.Receivers) {
		c.problem("alertmanager %s: %v reaches %v, want %v", r.Config, r.Labels, got, r.Receivers)
	}
	if r.Inhibits != nil && !inhibits(cfg, set(r.Labels), set(r.Inhibits)) {
		c.problem("alertmanager %s: %v does not silence %v", r.Config, r.Labels, r.Inhibits)
	}
	if r.Spares != nil && inhibits(cfg, set(r.Labels), set(r.Spares)) {
		c.problem("alertmanager %s: %v silences %v", r.Config, r.Labels, r.Spares)
	}
}

func set(given map[string]string) model.LabelSet {
	all := model.LabelSet{}
	for name, value := range given {
		all[model.LabelName(name)] = model.LabelValue(value)
	}
	return all
}

// inhibits says whether one alert that fires silences another.
func inhibits(cfg *config.Config, source, target model.LabelSet) bool {
	for _, rule := range cfg.InhibitRules {
		if !labels.Matchers(rule.SourceMatchers).Matches(source) || !labels.Matchers(rule.TargetMatchers).Matches(target) {
			continue
		}
		same := true
		for _, name := range rule.Equal {
			same = same && source[model.LabelName(name)] == target[model.LabelName(name)]
		}
		if same {
			return true
		}
	}
	return false
}
