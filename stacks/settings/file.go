package settings

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// Project is the project's name where no Pulumi.yaml says it.
const Project = "explico"

// LoadFile loads settings from a stack file alone, without Pulumi, for tools
// that look at files. An encrypted value becomes a Secret that says so. The
// project's name comes from the Pulumi.yaml beside the file.
func LoadFile(path string) (*Settings, []Diagnostic, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, fmt.Errorf("reading the stack file: %w", err)
	}
	projectFile, err := readIfThere(filepath.Dir(path), "Pulumi.yaml")
	if err != nil {
		return nil, nil, err
	}
	projectFile.Name = filepath.Join(filepath.Dir(path), projectFile.Name)
	return loadFiles(stackOf(path), File{path, data}, projectFile)
}

// loadFiles loads settings from the content of a stack file and of a project
// file, which may be empty.
func loadFiles(stack string, file, projectFile File) (*Settings, []Diagnostic, error) {
	project := projectName(projectFile.Data)
	d := &decoder{project: project, places: map[string]position{}, broken: map[string]bool{}}
	if len(strings.TrimSpace(string(file.Data))) == 0 {
		d.report(Diagnostic{Code: Unreadable, File: file.Name, Line: 1, Column: 1, Got: "an empty file", Want: "a section config"})
	}
	all := d.file(file, false)
	if all == nil { // what is missing says nothing then
		d.broken[""] = true
	}
	tree := &value{kind: dict}
	if all != nil {
		tree.place = all.place
	}
	for _, e := range all.entries() {
		namespace, key, _ := strings.Cut(e.key, ":")
		if namespace != project {
			d.foreign(e.key, namespace, all)
			continue
		}
		tree.dict = append(tree.dict, entry{key, e.place, d.asConfig(key, e.value)})
	}
	for _, e := range d.file(projectFile, true).entries() {
		key, ours := strings.CutPrefix(e.key, project+":")
		if ours && all.get(e.key) == nil {
			tree.dict = append(tree.dict, entry{key, e.place, d.asConfig(key, e.value)})
		}
	}
	return d.finish(tree, stack)
}

// asConfig treats a top-level scalar as Pulumi does: it is text, and structured
// if the setting is.
func (d *decoder) asConfig(key string, v *value) *value {
	switch {
	case v.kind != scalar || v.secret == sealed:
	case !structured(key):
		v.loose = true
	case v.tag == "!!str":
		if parsed := d.configValue(key, v.text); parsed != nil {
			stamp(parsed, v.place)
			return parsed
		}
	}
	return v
}

// stamp gives a value and all below it one position.
func stamp(v *value, at position) {
	v.place = at
	for _, item := range v.list {
		stamp(item, at)
	}
	for i := range v.dict {
		v.dict[i].place = at
		stamp(v.dict[i].value, at)
	}
}

// CloudOf is the cloud that a stack file names, whatever else is wrong with it;
// the default if it names none. The error is from reading or parsing it.
func CloudOf(path string) (Cloud, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("reading the stack file: %w", err)
	}
	projectFile, err := readIfThere(filepath.Dir(path), "Pulumi.yaml")
	if err != nil {
		return "", err
	}
	project := projectName(projectFile.Data)
	d := &decoder{project: project}
	config := d.file(File{path, data}, false)
	if config == nil && len(d.problems) > 0 {
		return "", errors.New(d.problems[0].String())
	}
	if e := config.get(project + ":cloud"); e != nil && e.value.kind == scalar && e.value.text != "" {
		return Cloud(e.value.text), nil
	}
	return DefaultCloud, nil
}

// entries are the entries of a mapping that may be nil.
func (v *value) entries() []entry {
	if v == nil {
		return nil
	}
	return v.dict
}

// file parses a stack file, or the project file, into the mapping of full keys
// to values; nil if there is none.
func (d *decoder) file(f File, isProject bool) *value {
	if len(strings.TrimSpace(string(f.Data))) == 0 {
		return nil
	}
	doc, err := parse(f.Name, f.Data)
	if err != nil {
		d.unreadable(f, err)
		return nil
	}
	if doc == nil || doc.kind != dict {
		d.report(Diagnostic{Code: Unreadable, File: f.Name, Line: 1, Column: 1, Got: "no section", Want: "a section config"})
		return nil
	}
	config := doc.get("config")
	if config == nil || config.value.isNull() {
		return &value{kind: dict, place: position{f.Name, 1, 1}}
	}
	if config.value.kind != dict {
		if !isProject { // there it may be the name of a directory
			p := config.value.place
			d.report(Diagnostic{Code: Unreadable, File: p.file, Line: p.line, Column: p.column, Path: "config", Got: config.value.describe(), Want: "a section"})
		}
		return nil
	}
	keyed := &value{kind: dict, place: config.place}
	for _, e := range config.value.dict {
		if isProject && e.value.kind == dict {
			given := cmp.Or(e.value.get("value"), e.value.get("default"))
			if given == nil {
				continue
			}
			e.value = given.value
		}
		if !strings.Contains(e.key, ":") {
			e.key = d.project + ":" + e.key
		}
		keyed.dict = append(keyed.dict, e)
	}
	if !isProject && keyed.get("pulumi:disable-default-providers") == nil {
		d.report(Diagnostic{
			Code: NoDisabling, Warning: true, File: f.Name, Line: config.place.line, Column: config.place.column,
			Path: "pulumi:disable-default-providers", Got: "nothing", Want: `["*"]`,
		})
	}
	return keyed
}

var (
	lineOf = regexp.MustCompile(`line (\d+)`)
	// lineBefore are the messages of yaml.v3's parser, which counts lines from 0
	// (its scanner from 1).
	lineBefore = regexp.MustCompile(`did not find expected (key|node content|'|<)`)
)

// unreadable reports a file that is not YAML, at the line that the parser
// names.
func (d *decoder) unreadable(f File, err error) {
	line := 1
	if m := lineOf.FindStringSubmatch(err.Error()); m != nil {
		line, _ = strconv.Atoi(m[1])
	}
	reason := strings.TrimPrefix(err.Error(), "yaml: ")
	reason = strings.TrimPrefix(reason, fmt.Sprintf("line %d: ", line))
	if lineBefore.MatchString(reason) {
		line++
	}
	var typed *yaml.TypeError
	if errors.As(err, &typed) {
		reason = "values that do not fit"
	}
	d.report(Diagnostic{Code: Unreadable, File: f.Name, Line: max(line, 1), Column: 1, Got: "a file that cannot be read: " + reason, Want: "YAML"})
}

// stackOf is the stack of a file named Pulumi.<stack>.yaml.
func stackOf(path string) string {
	name := strings.TrimSuffix(strings.TrimSuffix(filepath.Base(path), ".yaml"), ".yml")
	return strings.TrimPrefix(name, "Pulumi.")
}

// projectName is the name in a project file.
func projectName(data []byte) string {
	var project struct {
		Name string `yaml:"name"`
	}
	if yaml.Unmarshal(data, &project) != nil || project.Name == "" {
		return Project
	}
	return project.Name
}
