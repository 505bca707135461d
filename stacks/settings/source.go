package settings

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/te-explico/infrastructure/versions"
)

// Source is everything that settings are loaded from.
type Source struct {
	// Project is the project's name: the namespace of the settings' keys.
	Project string
	// Stack is the stack's name.
	Stack string
	// Config are the values by full key (explico:network), structured ones as
	// JSON, as Pulumi hands them to a program.
	Config map[string]string
	// SecretKeys are the full keys whose value holds something encrypted.
	SecretKeys []string
	// StackFile is Pulumi.<stack>.yaml: it gives values their positions. It may
	// be empty.
	StackFile File
	// ProjectFile is Pulumi.yaml, whose defaults stand in for missing values. It
	// may be empty.
	ProjectFile File
}

// File is a file's name, as messages show it, and content.
type File struct {
	Name string
	Data []byte
}

// Load makes settings of a source: strict decoding over the defaults, then
// validation. It returns all warnings, and all problems at once as an *Error.
func Load(src Source) (*Settings, []Diagnostic, error) {
	d := &decoder{project: src.Project, places: map[string]position{}, broken: map[string]bool{}}
	tree := d.configTree(src)
	return d.finish(tree, src.Stack)
}

// finish is what loading from Pulumi and from a file have in common.
func (d *decoder) finish(tree *value, stack string) (*Settings, []Diagnostic, error) {
	s := Defaults(cloudIn(tree))
	d.versions(versions.Check())
	d.root(tree, s)
	derive(s)
	for _, p := range Validate(s, d.project, stack) {
		if !d.hides(p.Path) {
			d.problems = append(d.problems, p)
		}
	}
	d.compute(s)
	d.plainSecrets(s)
	for i := range d.problems {
		d.locate(&d.problems[i])
	}
	problems, warnings := split(d.problems)
	if len(problems) > 0 {
		return nil, warnings, &Error{Stack: stack, Problems: problems}
	}
	return s, warnings, nil
}

// versions reports what is wrong in the versions file: a chart that is not there is
// missed now, and not when it is its turn to be installed.
func (d *decoder) versions(problems []versions.Problem) {
	for _, p := range problems {
		d.report(Diagnostic{Code: BadVersions, File: versions.FileName, Line: p.Line, Column: p.Column, Path: p.Path, Got: p.Got, Want: p.Want})
	}
}

// cloudIn is the cloud that a configuration names, if there is such a cloud; the
// default if not.
func cloudIn(tree *value) Cloud {
	for _, e := range tree.entries() {
		if _, known := Capabilities()[Cloud(e.value.text)]; known && e.key == "cloud" {
			return Cloud(e.value.text)
		}
	}
	return DefaultCloud
}

// configTree makes a tree of what Pulumi hands over, with the positions that
// the files give.
func (d *decoder) configTree(src Source) *value {
	stackFile := d.file(src.StackFile, false)
	projectFile := d.file(src.ProjectFile, true)
	tree := &value{kind: dict}
	if stackFile != nil {
		tree.place = stackFile.place
	} else if src.StackFile.Name != "" {
		tree.place = position{file: src.StackFile.Name, line: 1, column: 1}
	}
	for _, full := range slices.Sorted(maps.Keys(src.Config)) {
		namespace, key, _ := strings.Cut(full, ":")
		if namespace != src.Project {
			d.foreign(full, namespace, stackFile)
			continue
		}
		v := d.configValue(key, src.Config[full])
		if v == nil || v.empty() && stackFile.get(full) == nil && projectFile.get(full) != nil {
			continue // Pulumi.yaml's empty defaults say nothing
		}
		e := entry{key: key, value: v}
		secret := slices.Contains(src.SecretKeys, full)
		if secret {
			veil(v)
		}
		if f := stackFile.get(full); f != nil {
			e.place = f.place
			graft(v, f.value)
		} else if f := projectFile.get(full); f != nil {
			e.place = f.place
			graft(v, f.value)
		}
		if secret && v.kind == scalar {
			v.secret = sealed
		}
		tree.dict = append(tree.dict, e)
	}
	return tree
}

// configValue parses what Pulumi hands over as one key's text. What is not
// structured stays text; the setting's type decides what it means.
func (d *decoder) configValue(key, text string) *value {
	if !structured(key) {
		return &value{kind: scalar, tag: "!!str", text: text, raw: text, loose: true}
	}
	v, err := parse("", []byte(text))
	if err != nil { // not the error's words: they may quote a secret
		d.report(Diagnostic{Code: Unreadable, Path: key, Got: "text that is neither JSON nor YAML", Want: "a section"})
		d.broken[key] = true
		return nil
	}
	if v == nil {
		v = &value{kind: scalar, tag: "!!null"}
	}
	return v
}

// empty says whether a value is an empty text or section.
func (v *value) empty() bool {
	return v.kind == scalar && v.text == "" || v.kind == dict && len(v.dict) == 0
}

// foreign warns of settings of providers: they would be ignored.
func (d *decoder) foreign(full, namespace string, stackFile *value) {
	if namespace == "pulumi" || strings.HasPrefix(namespace, "pulumi-") {
		return
	}
	p := Diagnostic{
		Code: IgnoredKey, Warning: true, Path: full, Got: "a provider's setting", config: full,
		Want: fmt.Sprintf("a setting below %s:, since default providers are disabled", d.project),
	}
	if f := stackFile.get(full); f != nil {
		p.File, p.Line, p.Column = f.place.file, f.place.line, f.place.column
	}
	d.problems = append(d.problems, p)
}

// graft gives the values that Pulumi handed over the positions of the equal
// values in a file.
func graft(v, file *value) {
	if file.encrypted {
		seal(v, file.place)
		return
	}
	if v.kind != file.kind {
		return
	}
	switch v.kind {
	case list:
		v.place = file.place
		for i, item := range v.list[:min(len(v.list), len(file.list))] {
			graft(item, file.list[i])
		}
	case dict:
		v.place = file.place
		for i := range v.dict {
			if f := file.get(v.dict[i].key); f != nil {
				v.dict[i].place = f.place
				graft(v.dict[i].value, f.value)
			}
		}
	default:
		if v.text == file.text && (v.loose || v.tag == file.tag) || v.loose && v.text == file.raw {
			v.place, v.raw, v.secret = file.place, file.raw, open
		}
	}
}

// veil hides every scalar until a file shows it in plain text.
func veil(v *value) {
	v.secret = veiled
	for _, item := range v.list {
		veil(item)
	}
	for _, e := range v.dict {
		veil(e.value)
	}
}

// seal marks what a file holds encrypted.
func seal(v *value, at position) {
	veil(v)
	v.secret, v.place = sealed, at
}
