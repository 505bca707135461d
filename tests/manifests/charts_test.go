package manifests

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/te-explico/infrastructure/tests/deploy"
	"github.com/te-explico/infrastructure/versions"
)

// The lists in testdata/charts say which values a chart takes: one path a line,
// and a star where anything may stand below. They are facts about the charts,
// read from values.yaml and from what the templates name. A chart's new version
// wants a new list:
//
//	helm pull <chart> --version <version> --untar --untardir charts
//	go test ./tests/manifests -run TestChartsTakeTheirValues -charts charts
var chartFolder = flag.String("charts", "", "a folder with unpacked charts, named as in the versions file, whose lists are written anew")

// keys are the values that a chart takes: whether anything may stand below, by
// path.
type keys map[string]bool

// How templates name values, and hand on what they hold, whatever it is.
var (
	action    = regexp.MustCompile(`(?s)\{\{.*?\}\}`)
	comment   = regexp.MustCompile(`(?s)\{\{-? */\*.*?\*/ *-?\}\}`)
	reference = regexp.MustCompile(`\.Values((?:\.[A-Za-z0-9_-]+)+)`)
	indexed   = regexp.MustCompile(`index \$?\.Values((?: +"[^"]+")+)`)
	quoted    = regexp.MustCompile(`"([^"]+)"`)
	whole     = regexp.MustCompile(`\b(toYaml|toJson|toPrettyJson|tpl|include|merge|mergeOverwrite)\b`)
	within    = regexp.MustCompile(`\b(with|range|dict)\b|:=`)
	// with X and then all of it, perhaps after a key of its own.
	withWhole = regexp.MustCompile(`\{\{-? *with +(\$?\.Values[A-Za-z0-9_.-]+) *-?\}\}\s*(?:[A-Za-z]+:)?\s*\{\{-? *(?:toYaml|tpl \(toYaml) \.[ )]`)
	closed    = strings.NewReplacer(").", ".") // (.Values.a).b is .Values.a.b
)

// keysOf reads a chart's folder, with the charts that it brings along.
func keysOf(dir string) (keys, error) {
	values := map[string]any{}
	text, err := os.ReadFile(filepath.Join(dir, "values.yaml"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err := yaml.Unmarshal(text, &values); err != nil {
		return nil, fmt.Errorf("reading values of %s: %w", dir, err)
	}
	// Istio's charts keep what profiles may change below a name of their own.
	if inner, ok := values["_internal_defaults_do_not_set"].(map[string]any); ok {
		values = inner
	}
	all, named, handed := keys{}, map[string]bool{}, map[string]bool{}
	for _, folder := range []string{"templates", "files"} {
		if err := readTemplates(filepath.Join(dir, folder), named, handed); err != nil {
			return nil, err
		}
	}
	parents := map[string]bool{} // of what a template names by itself
	for p := range named {
		for at := strings.LastIndexByte(p, '.'); at > 0; at = strings.LastIndexByte(p[:at], '.') {
			parents[p[:at]] = true
		}
	}
	all.add("", values, named, handed, parents)
	for p := range named {
		if _, known := all[p]; !known && !parents[p] && !all.below(p) {
			all[p] = handed[p] || strings.HasSuffix(p, "annotations") || strings.HasSuffix(p, "labels")
		}
	}
	return all, all.bring(dir)
}

// bring adds the values of the charts within a chart.
func (k keys) bring(dir string) error {
	inner, err := filepath.Glob(filepath.Join(dir, "charts", "*"))
	if err != nil {
		return err
	}
	for _, sub := range inner {
		own, err := keysOf(sub)
		if err != nil {
			return err
		}
		for p, open := range own {
			if !k.below(filepath.Base(sub) + "." + p) {
				k[filepath.Base(sub)+"."+p] = open
			}
		}
	}
	return nil
}

// readTemplates notes the values that templates name, and those that they hand on
// as they are (true if whatever they hold).
func readTemplates(dir string, named, handed map[string]bool) error {
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		plain := closed.Replace(comment.ReplaceAllString(string(text), ""))
		for _, m := range withWhole.FindAllStringSubmatch(plain, -1) {
			plain += "{{ toYaml " + m[1] + " }}"
		}
		for _, a := range action.FindAllString(plain, -1) {
			found := reference.FindAllStringSubmatch(a, -1)
			for _, m := range indexed.FindAllStringSubmatch(a, -1) {
				var parts []string
				for _, q := range quoted.FindAllStringSubmatch(m[1], -1) {
					parts = append(parts, q[1])
				}
				found = append(found, []string{"", "." + strings.Join(parts, ".")})
			}
			for _, m := range found {
				p := m[1][1:]
				named[p] = true
				if whole.MatchString(a) {
					handed[p] = true
				} else if _, known := handed[p]; !known && within.MatchString(a) {
					handed[p] = false
				}
			}
		}
		return err
	})
}

// add notes what values.yaml has at a path. What is empty there, and what
// templates hand on without naming its parts, takes anything.
func (k keys) add(path string, value any, named, handed, parents map[string]bool) {
	children, isMap := value.(map[string]any)
	all, mentioned := handed[path]
	switch {
	case path == "" || isMap && len(children) > 0 && !all && (!mentioned || parents[path]):
	case isMap || value == nil:
		k[path] = all || !parents[path]
		return
	default:
		k[path] = false
		return
	}
	for name, child := range children {
		k.add(strings.TrimPrefix(path+"."+name, "."), child, named, handed, parents)
	}
}

// below says whether a path is below one that takes anything.
func (k keys) below(path string) bool {
	for at := strings.LastIndexByte(path, '.'); at > 0; at = strings.LastIndexByte(path[:at], '.') {
		if k[path[:at]] {
			return true
		}
	}
	return false
}

// unknown are the paths of values that a chart does not take.
func (k keys) unknown(path string, value any) []string {
	if k[path] {
		return nil
	}
	children, isMap := value.(map[string]any)
	_, leaf := k[path]
	if path == "" && len(children) == 0 {
		return nil
	}
	if !isMap || len(children) == 0 {
		if leaf || slices.ContainsFunc(slices.Collect(maps.Keys(k)), func(p string) bool { return strings.HasPrefix(p, path+".") }) {
			return nil
		}
		return []string{path}
	}
	var found []string
	for _, name := range slices.Sorted(maps.Keys(children)) {
		found = append(found, k.unknown(strings.TrimPrefix(path+"."+name, "."), children[name])...)
	}
	return found
}

func listOf(chart string) string { return filepath.Join("testdata", "charts", chart+".txt") }

// readKeys reads a chart's list and the version that it is of.
func readKeys(t *testing.T, chart string) (all keys, version string) {
	t.Helper()
	text, err := os.ReadFile(listOf(chart))
	if err != nil {
		t.Fatal(err)
	}
	head, rest, _ := strings.Cut(string(text), "\n")
	all = keys{}
	for line := range strings.Lines(rest) {
		path, open := strings.CutSuffix(strings.TrimSpace(line), " *")
		all[path] = open
	}
	return all, strings.TrimPrefix(head, "# "+chart+" ")
}

// writeKeys writes the lists of the charts in the folder that the flag names.
func writeKeys(t *testing.T) {
	t.Helper()
	for _, chart := range versions.Charts() {
		dir := filepath.Join(*chartFolder, chart)
		if _, err := os.Stat(dir); err != nil {
			continue
		}
		all, err := keysOf(dir)
		if err != nil {
			t.Fatal(err)
		}
		c, err := versions.ChartOf(chart)
		if err != nil {
			t.Fatal(err)
		}
		text := "# " + chart + " " + c.Version + "\n"
		for _, p := range slices.Sorted(maps.Keys(all)) {
			if text += p; all[p] {
				text += " *"
			}
			text += "\n"
		}
		if err := os.WriteFile(listOf(chart), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Error("wrote the lists anew: look at what changed, and run the test again without -charts")
}

// chartNames are the names of charts in the versions file, by what a release asks
// for: the chart and its version, from where.
func chartNames(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, name := range versions.Charts() {
		c, err := versions.ChartOf(name)
		if err != nil {
			t.Fatal(err)
		}
		all[c.Ref()+" "+c.Version+" "+c.Repository] = name
	}
	return all
}

// TestChartsTakeTheirValues wants every value that the program sets to be one that
// the chart of this version takes: Helm says nothing of one that it does not know.
func TestChartsTakeTheirValues(t *testing.T) {
	if *chartFolder != "" {
		writeKeys(t)
	}
	names := chartNames(t)
	for _, stack := range stacks(t) {
		for _, r := range deploy.Scenario(t, stack).All(releaseToken) {
			chart := names[strings.Join([]string{r.Inputs.String("chart"), r.Inputs.String("version"), r.Inputs.String("repositoryOpts.repo")}, " ")]
			values, _ := r.Inputs.Get("values").(map[string]any)
			if chart == "" {
				t.Errorf("%s: %s is of no chart of the versions file", stack, r.Name)
				continue
			}
			all, _ := readKeys(t, chart)
			for _, p := range all.unknown("", values) {
				t.Errorf("%s: %s: the chart %s takes no value %s", stack, r.Name, chart, p)
			}
		}
	}
	for _, chart := range versions.Charts() {
		c, err := versions.ChartOf(chart)
		if err != nil {
			t.Fatal(err)
		}
		if _, version := readKeys(t, chart); version != c.Version {
			t.Errorf("%s is of version %s, the versions file has %s: see chartFolder for a new one", listOf(chart), version, c.Version)
		}
	}
	lists, err := filepath.Glob(listOf("*"))
	if err != nil || len(lists) != len(versions.Charts()) {
		t.Errorf("there are %d lists for %d charts (%v)", len(lists), len(versions.Charts()), err)
	}
}

// unmeasured are charts whose pods are gone within seconds, or that have none.
var unmeasured = map[string]string{
	"istio-base": "definitions", "karpenter-crd": "definitions", "eck-operator-crds": "definitions", "prometheus-operator-crds": "definitions",
}

// TestPodsOfChartsAskForResources wants every release to say what its pods ask for:
// what a namespace gives to who asks for nothing suits no operator.
func TestPodsOfChartsAskForResources(t *testing.T) {
	names := chartNames(t)
	for _, stack := range stacks(t) {
		for _, r := range deploy.Scenario(t, stack).All(releaseToken) {
			chart := names[strings.Join([]string{r.Inputs.String("chart"), r.Inputs.String("version"), r.Inputs.String("repositoryOpts.repo")}, " ")]
			if unmeasured[chart] == "" && !asks("", r.Inputs["values"]) {
				t.Errorf("%s: %s: no pod of the chart %s asks for resources", stack, r.Name, chart)
			}
		}
	}
}

// asks says whether some resources within values have requests and limits, for the
// pod or for one of its parts.
func asks(path string, values any) bool {
	all, _ := values.(map[string]any)
	if strings.Contains(path, ".resources") && all["requests"] != nil && all["limits"] != nil {
		return true
	}
	for key, value := range all {
		if asks(path+"."+key, value) {
			return true
		}
	}
	return false
}

// TestKeysOfAChart reads a chart, and finds values that it does not take.
func TestKeysOfAChart(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"values.yaml": "replicas: 1\nimage: {tag: a, more: {}}\nlabels: {}\npod: {user: 1}\nrbac: {create: true}\nprobe: {path: /}\n",
		"templates/a.yaml": "{{ .Values.replicas }}{{ .Values.image.tag }}{{- toYaml .Values.pod | nindent 2 }}{{ .Values.hidden.name }}" +
			"{{ if .Values.rbac.create }}{{ end }}{{- with .Values.probe }}{{ .path }}{{ end }}",
		"charts/inner/values.yaml": "size: 1\n",
	} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	all, err := keysOf(dir)
	want := keys{
		"replicas": false, "image.tag": false, "image.more": true, "labels": true, "pod": true, "hidden.name": false, "rbac.create": false,
		"probe": true, "inner.size": false,
	}
	if err != nil || !maps.Equal(all, want) {
		t.Errorf("got %v (%v), want %v", all, err, want)
	}
	set := parsed(t, "{replicas: 2, replica: 2, image: {tag: b, tags: c, more: {a: 1}}, pod: {anything: 1}, hidden: {names: a}, rbac: {create: {deep: 1}}, inner: {}}")
	if got, wrong := all.unknown("", set), []string{"hidden.names", "image.tags", "rbac.create.deep", "replica"}; !slices.Equal(got, wrong) {
		t.Errorf("got %v, want %v", got, wrong)
	}
}
