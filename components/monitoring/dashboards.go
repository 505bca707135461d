package monitoring

import (
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

//go:embed dashboards/*.yaml
var dashboardFiles embed.FS

// Dashboard is a dashboard as it is written down: what Grafana needs beside it
// (places, ids, colours) is worked out.
type Dashboard struct {
	// Title is the dashboard's title; its file's name is its UID.
	Title string `yaml:"title"`
	// Needs is whose metrics it shows, without whom it is left out: see Watched.
	Needs Source `yaml:"needs"`
	// Variables are choices at the top, by name: a PromQL label_values query each.
	Variables []Variable `yaml:"variables"`
	// Rows are the rows, from top to bottom.
	Rows []Row `yaml:"rows"`
}

// Variable is a choice at the top of a dashboard.
type Variable struct {
	// Name is what queries call it: $name.
	Name string `yaml:"name"`
	// Metric and Label say where its values come from.
	Metric string `yaml:"metric"`
	Label  string `yaml:"label"`
}

// Row is a row of panels of equal width.
type Row struct {
	// Title is the row's title.
	Title string `yaml:"title"`
	// Needs is whose metrics it shows, as a dashboard's.
	Needs Source `yaml:"needs"`
	// Panels are one to six panels, from left to right.
	Panels []Panel `yaml:"panels"`
}

// Panel is a panel.
type Panel struct {
	// Title is the panel's title, and Help what it says when asked.
	Title string `yaml:"title"`
	Help  string `yaml:"help"`
	// Kind is Grafana's type: timeseries, stat, bargauge or table; timeseries if
	// empty.
	Kind string `yaml:"kind"`
	// Unit is Grafana's id of the unit, such as percentunit, s, ms, bytes, reqps.
	Unit string `yaml:"unit"`
	// Warn and Bad are from where on a value is shown in yellow and in red; below
	// them if Low says so. 0 is none.
	Warn float64 `yaml:"warn"`
	Bad  float64 `yaml:"bad"`
	Low  bool    `yaml:"low"`
	// Queries are what is shown.
	Queries []Query `yaml:"queries"`
}

// Query is one query of a panel.
type Query struct {
	// Expr is PromQL, with Grafana's variables.
	Expr string `yaml:"expr"`
	// Legend names each series, such as {{pod}}.
	Legend string `yaml:"legend"`
	// Exemplars shows traces beside the series.
	Exemplars bool `yaml:"exemplars"`
}

// Source gives metrics that not every stack has; empty for what all have.
type Source string

// The sources.
const (
	DatabaseSource Source = "database"
	CacheSource    Source = "cache"
	CostSource     Source = "openCost"
)

// Watched are dashboards without what shows nothing for want of its source.
func Watched(all map[string]Dashboard, there ...Source) map[string]Dashboard {
	kept := map[string]Dashboard{}
	for uid, d := range all {
		if d.Needs != "" && !slices.Contains(there, d.Needs) {
			continue
		}
		d.Rows = slices.DeleteFunc(slices.Clone(d.Rows), func(r Row) bool { return r.Needs != "" && !slices.Contains(there, r.Needs) })
		kept[uid] = d
	}
	return kept
}

// Dashboards are all dashboards, by UID.
func Dashboards() (map[string]Dashboard, error) {
	entries, err := dashboardFiles.ReadDir("dashboards")
	if err != nil {
		return nil, fmt.Errorf("reading the dashboards: %w", err)
	}
	all := map[string]Dashboard{}
	for _, e := range entries {
		text, err := dashboardFiles.Open(path.Join("dashboards", e.Name()))
		if err != nil {
			return nil, fmt.Errorf("reading dashboard %s: %w", e.Name(), err)
		}
		var d Dashboard
		decoder := yaml.NewDecoder(text)
		decoder.KnownFields(true)
		if err := decoder.Decode(&d); err != nil {
			return nil, fmt.Errorf("reading dashboard %s: %w", e.Name(), err)
		}
		all[strings.TrimSuffix(e.Name(), ".yaml")] = d
	}
	return all, nil
}

const (
	gridWidth    = 24 // Grafana's
	panelHeight  = 8
	statHeight   = 4
	schemaOfJSON = 39 // Grafana 11 and later read it
)

type object = map[string]any

// prometheus is the data source, by the UID that the release gives it.
var prometheus = object{"type": "prometheus", "uid": "prometheus"}

// JSON is the dashboard as Grafana reads it.
func (d Dashboard) JSON(uid string) (string, error) {
	id, y := 0, 0
	panels := []object{}
	next := func() int { id++; return id }
	for _, row := range d.Rows {
		if len(row.Panels) == 0 || gridWidth%len(row.Panels) != 0 {
			return "", fmt.Errorf("making dashboard %s: row %q has %d panels, want 1, 2, 3, 4 or 6", uid, row.Title, len(row.Panels))
		}
		panels = append(panels, object{
			"id": next(), "type": "row", "title": row.Title, "collapsed": false, "panels": []object{},
			"gridPos": object{"x": 0, "y": y, "w": gridWidth, "h": 1},
		})
		y++
		height := row.height()
		for i, p := range row.Panels {
			width := gridWidth / len(row.Panels)
			panels = append(panels, p.json(next(), object{"x": i * width, "y": y, "w": width, "h": height}))
		}
		y += height
	}
	text, err := json.Marshal(object{
		"uid": uid, "title": d.Title, "tags": []string{"explico"}, "schemaVersion": schemaOfJSON, "version": 1,
		"editable": false, "graphTooltip": 1, "refresh": "1m", "timezone": "utc",
		"time": object{"from": "now-6h", "to": "now"}, "templating": object{"list": d.variables()}, "panels": panels,
		"annotations": object{"list": []object{deploys}},
	})
	if err != nil {
		return "", fmt.Errorf("making dashboard %s: %w", uid, err)
	}
	return string(text), nil
}

// deploys are lines in every graph where a new version came: most of what goes
// wrong was changed just before.
var deploys = object{
	"name": "Releases", "enable": true, "datasource": prometheus, "iconColor": "blue",
	"expr": Releases, "titleFormat": "Release", "textFormat": "{{replicaset}}", "step": "1m",
}

// Releases is the query of the lines that show when a release began: it makes a
// ReplicaSet.
const Releases = `time() - kube_replicaset_created{namespace="explico"} < 60`

func (r Row) height() int {
	for _, p := range r.Panels {
		if p.Kind != "stat" {
			return panelHeight
		}
	}
	return statHeight
}

func (d Dashboard) variables() []object {
	all := []object{}
	for _, v := range d.Variables {
		query := fmt.Sprintf("label_values(%s, %s)", v.Metric, v.Label)
		all = append(all, object{
			"name": v.Name, "label": v.Name, "type": "query", "datasource": prometheus, "refresh": 2, "sort": 1,
			"query": object{"query": query, "refId": v.Name}, "definition": query,
			"multi": true, "includeAll": true, "allValue": ".*", "current": object{"text": "All", "value": "$__all"},
		})
	}
	return all
}

func (p Panel) json(id int, place object) object {
	kind := p.Kind
	if kind == "" {
		kind = "timeseries"
	}
	targets := []object{}
	for i, q := range p.Queries {
		targets = append(targets, object{
			"refId": string(rune('A' + i)), "datasource": prometheus, "expr": q.Expr, "legendFormat": q.Legend,
			"exemplar": q.Exemplars, "instant": kind == "table" || kind == "bargauge", "range": kind == "timeseries" || kind == "stat",
			"format": map[bool]string{true: "table", false: "time_series"}[kind == "table"],
		})
	}
	return object{
		"id": id, "type": kind, "title": p.Title, "description": p.Help, "datasource": prometheus, "gridPos": place, "targets": targets,
		"fieldConfig": object{
			"defaults":  object{"unit": p.Unit, "thresholds": object{"mode": "absolute", "steps": p.steps()}},
			"overrides": []object{},
		},
		"options": options(kind),
	}
}

// steps are the thresholds, from the lowest value up.
func (p Panel) steps() []object {
	low, high := "green", "red"
	if p.Low {
		low, high = "red", "green"
	}
	steps := []object{{"color": low, "value": nil}}
	for _, s := range []struct {
		at     float64
		colour string
	}{{p.Warn, "yellow"}, {p.Bad, high}} {
		if s.at != 0 && !p.Low {
			steps = append(steps, object{"color": s.colour, "value": s.at})
		}
	}
	if p.Low { // below Bad red, below Warn yellow
		steps = append(steps, object{"color": "yellow", "value": p.Bad}, object{"color": high, "value": p.Warn})
	}
	return steps
}

func options(kind string) object {
	last := object{"calcs": []string{"lastNotNull"}, "fields": "", "values": false}
	switch kind {
	case "stat":
		return object{"reduceOptions": last, "colorMode": "value", "graphMode": "area"}
	case "bargauge":
		return object{"reduceOptions": last, "orientation": "horizontal", "displayMode": "basic"}
	case "table":
		return object{"showHeader": true}
	}
	return object{"legend": object{"displayMode": "list", "placement": "bottom"}, "tooltip": object{"mode": "multi", "sort": "desc"}}
}
