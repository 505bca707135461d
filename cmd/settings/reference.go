package main

import (
	"fmt"
	"go/ast"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/te-explico/infrastructure/stacks/settings"
)

// docs are the documented struct types of a package's types*.go.
type docs struct {
	types   map[string]*ast.StructType
	comment map[string]string // of a type, or Type.Field
}

// readDocs parses types*.go in dir.
func readDocs(dir string) (*docs, error) {
	files, err := filepath.Glob(filepath.Join(dir, "types*.go"))
	if err != nil || len(files) == 0 { // Glob errs for bad patterns only
		return nil, fmt.Errorf("finding the settings' types in %s: there are none", dir)
	}
	d := &docs{types: map[string]*ast.StructType{}, comment: map[string]string{}}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			return nil, fmt.Errorf("reading the settings' types: %w", err)
		}
		d.read(file)
	}
	return d, nil
}

// read takes in the types of one file.
func (d *docs) read(file *ast.File) {
	for _, decl := range file.Decls {
		gen, ok := decl.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, spec := range gen.Specs {
			t, ok := spec.(*ast.TypeSpec)
			if !ok {
				continue
			}
			d.comment[t.Name.Name] = text(gen.Doc)
			if s, ok := t.Type.(*ast.StructType); ok {
				d.types[t.Name.Name] = s
				for _, f := range s.Fields.List {
					d.comment[t.Name.Name+"."+f.Names[0].Name] = text(f.Doc)
				}
			}
		}
	}
}

// text is a comment's text, each paragraph on one line.
func text(group *ast.CommentGroup) string {
	if group == nil {
		return ""
	}
	var p comment.Parser
	printer := comment.Printer{TextWidth: -1}
	return strings.TrimSpace(string(printer.Text(p.Parse(group.Text()))))
}

const header = `# Settings

<!-- Printed from stacks/settings by: go run ./cmd/settings reference > docs/reference/settings.md -->

A stack's settings stand in ` + "`Pulumi.<stack>.yaml`" + ` below ` + "`config:`" + `, each top-level key with the project's name in front (` + "`explico:region`" + `). They work as Pulumi users expect: ` + "`-c`" + ` and ` + "`pulumi config set`" + ` change them, ` + "`--path`" + ` reaches into sections, ` + "`--secret`" + ` encrypts.

- Sections go over the defaults key by key. So do settings with names of yours (node groups, access, parameters): an entry changes only what it says, ` + "`null`" + ` takes a default entry away (` + "`nodeGroups: {gpu: null}`" + `). Lists replace the default as a whole.
- Texts that look like numbers stand in quotes: ` + "`version: \"1.34\"`" + `.
- Every problem of a file is reported at once, with its position and a code: see [the rules](#rules). Check without a cloud: ` + "`go run ./cmd/settings check`" + `.

`

// reference prints the documentation of every setting from the doc comments of
// types*.go in dir and from the defaults.
func reference(dir string) (string, error) {
	d, err := readDocs(dir)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(header)
	b.WriteString("## Settings\n")
	d.section(&b, "", reflect.TypeFor[settings.Settings](), reflect.ValueOf(*settings.Defaults(settings.DefaultCloud)))
	b.WriteString("\n## Default node groups\n\n")
	groups := settings.Defaults(settings.DefaultCloud).Cluster.NodeGroups
	b.WriteString("| group | instances | nodes | disk | notes |\n| --- | --- | --- | --- | --- |\n")
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		g := groups[name]
		fmt.Fprintf(&b, "| `%s` | %s | %d to %d | %d GiB | %s |\n", name, strings.Join(g.Instances, ", "), g.Min, g.Max, g.DiskGiB, notes(g))
	}
	services(&b)
	clusterServices(&b)
	b.WriteString("\n## Rules\n\nA code keeps its meaning. A warning does not stop the stack.\n\n| code | rule |\n| --- | --- |\n")
	for _, r := range settings.Rules() {
		warning := ""
		if r.Warning {
			warning = " (warning)"
		}
		fmt.Fprintf(&b, "| %s | %s%s |\n", r.Code, r.Text, warning)
	}
	return b.String(), nil
}

// services prints the default services.
func services(b *strings.Builder) {
	b.WriteString("\n## Default services\n\n| service | paths | order | cpu | memory | tasks | database |\n| --- | --- | --- | --- | --- | --- | --- |\n")
	all := settings.Defaults(settings.DefaultCloud).Ecs.Services
	for _, name := range slices.Sorted(maps.Keys(all)) {
		s := all[name]
		fmt.Fprintf(b, "| `%s` | `%s` | %d | %d | %d MiB | %d to %d | %v |\n", name, strings.Join(s.Paths, "`, `"), s.Order, s.CPU, s.Memory, s.Min, s.Max, s.Database)
	}
}

// clusterServices prints the default services on Kubernetes.
func clusterServices(b *strings.Builder) {
	b.WriteString("\n## Default services on Kubernetes\n\n| service | strategy | paths | pods | cpu | memory | calls | availability | latency |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n")
	all := settings.Defaults(settings.DefaultCloud).Services
	for _, name := range slices.Sorted(maps.Keys(all)) {
		s := all[name]
		fmt.Fprintf(b, "| `%s` | %s | `%s` | %d to %d | %s | %s | %s | %v %% | %v %% in %d ms |\n", name, s.Strategy, strings.Join(s.Paths, "`, `"),
			s.Scale.Min, s.Scale.Max, s.Resources.CPU, s.Resources.Memory, strings.Join(s.Calls, ", "), s.SLO.Availability, s.SLO.LatencyTarget, s.SLO.LatencyMs)
	}
}

// notes says what is special about a node group.
func notes(g settings.NodeGroup) string {
	var all []string
	if g.Spot {
		all = append(all, "spot")
	}
	if g.GPU {
		all = append(all, "GPU")
	}
	for _, key := range slices.Sorted(maps.Keys(g.Taints)) {
		t := g.Taints[key]
		all = append(all, fmt.Sprintf("taint `%s=%s:%s`", key, t.Value, t.Effect))
	}
	return strings.Join(all, ", ")
}

// section prints one struct's fields as a table, then the sections below it.
func (d *docs) section(b *strings.Builder, path string, t reflect.Type, defaults reflect.Value) {
	b.WriteString("\n| key | type | default | |\n| --- | --- | --- | --- |\n")
	type below struct {
		path string
		typ  reflect.Type
		def  reflect.Value
	}
	var sections []below
	for i := range t.NumField() {
		f := t.Field(i)
		key := f.Tag.Get("yaml")
		full := strings.TrimPrefix(path+"."+key, ".")
		var value reflect.Value
		if defaults.IsValid() {
			value = defaults.Field(i)
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", key, typeName(f.Type), d.defaultText(full, value), cell(d.comment[t.Name()+"."+f.Name]))
		switch inner := f.Type; {
		case isSection(inner):
			sections = append(sections, below{full, inner, value})
		case inner.Kind() == reflect.Map && isSection(inner.Elem()):
			sections = append(sections, below{full + ".<name>", inner.Elem(), settings.NewEntry(inner.Elem())})
		}
	}
	for _, s := range sections {
		fmt.Fprintf(b, "\n### `%s`\n\n%s\n", s.path, d.comment[s.typ.Name()])
		d.section(b, s.path, s.typ, s.def)
	}
}

func isSection(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t != reflect.TypeFor[settings.Secret]()
}

func typeName(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[settings.Secret]():
		return "secret"
	case t == reflect.TypeFor[settings.Duration]():
		return "duration"
	case t.Kind() == reflect.Struct:
		return "section"
	case t.Kind() == reflect.Map:
		return typeName(t.Elem()) + " by name"
	case t.Kind() == reflect.Slice:
		return "list of " + typeName(t.Elem())
	case t.Kind() == reflect.Bool:
		return "true or false"
	case t.Kind() == reflect.Int:
		return "number"
	default:
		return "text"
	}
}

// required are the settings without a default.
var required = []string{
	"region", "owner", "owner.team", "owner.costCentre", "network", "network.cidr", "network.zones",
	"cluster.access.<name>.role", "cluster.access.<name>.level", "cluster.nodeGroups.<name>.instances",
	"ecs.services.<name>.image", "ecs.services.<name>.paths", "ecs.services.<name>.order", "ecs.services.<name>.secrets.<name>.from",
	"services.<name>.image", "jobs.<name>.image",
	"alerts.p0.<name>.protocol", "alerts.p0.<name>.endpoint", "alerts.p1.<name>.protocol", "alerts.p1.<name>.endpoint",
}

func (d *docs) defaultText(path string, v reflect.Value) string {
	switch {
	case slices.Contains(required, path):
		return "**required**"
	case path == "cluster.nodeGroups":
		return "[four](#default-node-groups)"
	case path == "ecs.services":
		return "[three](#default-services)"
	case path == "services":
		return "[three](#default-services-on-kubernetes)"
	case !v.IsValid() || isSection(v.Type()) || v.Kind() == reflect.Map || v.Kind() == reflect.Slice || v.Kind() == reflect.Struct:
		return ""
	case v.IsZero() && v.Kind() != reflect.Bool && v.Kind() != reflect.Int || v.Type() == reflect.TypeFor[settings.Duration]():
		return ""
	default:
		return "`" + cell(fmt.Sprint(v.Interface())) + "`"
	}
}

// cell makes text fit into a table.
func cell(s string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(s), " "), "|", `\|`)
}
