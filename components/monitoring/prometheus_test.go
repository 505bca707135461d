package monitoring

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/te-explico/infrastructure/components/kubernetes"
)

// objectives are what the unit tests of the rules take to be promised.
var objectives = map[string]SLO{
	"backend":      {Availability: 0.999, LatencyMs: 500, LatencyTarget: 0.99},
	"ai-inference": {Availability: 0.995, LatencyMs: 30000, LatencyTarget: 0.95},
	"frontend":     {Availability: 0.999},
	"meshless":     {Counted: true, Availability: 0.999, LatencyMs: 500, LatencyTarget: 0.99},
}

const runbooks = "https://example.com/"

const tool = "../../tools/prometheus"

// delivery are the alerts that a service brings itself.
func delivery() kubernetes.Map {
	return kubernetes.DeliveryAlerts("backend", "backend-canary", runbooks+"docs/runbooks/delivery.md", "7200s")
}

// TestPrometheus holds rules, dashboards and Alertmanager configurations against
// the code that will read them: every query parses, every metric is listed with
// who gives it, every alert fires and keeps still as its unit test says, and
// reaches whom it should.
func TestPrometheus(t *testing.T) {
	dir := t.TempDir()
	write(t, dir)
	check := exec.Command("go", "run", "-C", tool, ".", dir)
	out, err := check.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
}

// write writes what the tool reads.
func write(t *testing.T, dir string) {
	t.Helper()
	for signals, name := range map[Signals]string{MeshSignals: "signals", CountedSignals: "signals-counted"} {
		files, err := RuleFiles(objectives, signals, runbooks)
		if err != nil {
			t.Fatal(err)
		}
		for file, rules := range files {
			if file == "signals" {
				file = name
			}
			put(t, filepath.Join(dir, "rules", file+".yaml"), marshal(t, rules))
		}
	}
	put(t, filepath.Join(dir, "rules", "delivery.yaml"), marshal(t, delivery()))
	dashboards, err := Dashboards()
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, "queries.txt"), queries(dashboards))
	for name, o := range map[string]OnCall{
		"pagerduty": {Provider: PagerDuty, Key: "k", Heartbeat: "h"},
		"opsgenie":  {Provider: Opsgenie, Key: "k", Heartbeat: "h", EU: true},
		"none":      {Provider: Nobody},
	} {
		config, err := o.Config()
		if err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(dir, "alertmanager", name+".yaml"), marshal(t, config))
	}
	const data = "../../tests/prometheus"
	for _, name := range []string{"metrics.txt", "routes.yaml"} {
		text, err := os.ReadFile(filepath.Join(data, name))
		if err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(dir, name), text)
	}
	tests, err := filepath.Glob(data + "/alerts/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range tests {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(dir, "tests", filepath.Base(file)), text)
	}
}

func put(t *testing.T, file string, text []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
}

func marshal(t *testing.T, value any) []byte {
	t.Helper()
	text, err := yaml.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

var variable = regexp.MustCompile(`\$[a-z]+`)

// queries are the queries of the dashboards, with Grafana's variables filled in
// as Grafana does.
func queries(dashboards map[string]Dashboard) []byte {
	var all strings.Builder
	add := func(place, query string) {
		query = strings.ReplaceAll(query, "$__rate_interval", "2m")
		query = variable.ReplaceAllStringFunc(query, func(name string) string {
			return ".*"
		})
		fmt.Fprintf(&all, "%s\t%s\n", place, strings.Join(strings.Fields(query), " "))
	}
	add("releases", Releases)
	for _, uid := range namesOf(dashboards) {
		for _, v := range dashboards[uid].Variables {
			add(uid+" variable "+v.Name, v.Metric)
		}
		for _, row := range dashboards[uid].Rows {
			for _, p := range row.Panels {
				for _, q := range p.Queries {
					add(uid+" panel "+p.Title, q.Expr)
				}
			}
		}
	}
	return []byte(all.String())
}

// What no pod saw is counted for the service whose Service was asked, under any
// strategy.
func TestSignalsKnowAllBackends(t *testing.T) {
	file, err := readRules("rules/signals/mesh.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := string(marshal(t, file))
	tails := regexp.MustCompile(`\(-([a-z|-]+)\)\?`).FindStringSubmatch(text)
	if tails == nil {
		t.Fatalf("no tails in\n%s", text)
	}
	got := strings.Split("-"+tails[1], "|")
	slices.Sort(got)
	if want := kubernetes.Backends(""); !slices.Equal(got, want) {
		t.Errorf("got the tails %v, want %v", got, want)
	}
}
