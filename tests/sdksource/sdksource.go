// Package sdksource compares what is registered by a token with the types that
// Pulumi's Go SDKs have for it. It reads their source: compiling it is what the
// bindings by hand are there to avoid.
package sdksource

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/te-explico/infrastructure/internal/values"
)

// Package is the SDK's package that has a token, and "" for a token of another
// provider: aws:ec2/vpc:Vpc is in …/go/aws/ec2, and
// azure-native:network/v20240501:FlowLog in …/network/v2/v20240501.
func Package(tok string) string {
	provider, rest, _ := strings.Cut(tok, ":")
	module, _, _ := strings.Cut(rest, ":")
	first, second, _ := strings.Cut(module, "/")
	switch provider {
	case "aws":
		return "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/" + first
	case "gcp":
		return "github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/" + first
	case "azure-native":
		return strings.TrimSuffix("github.com/pulumi/pulumi-azure-native-sdk/"+first+"/v2/"+second, "/")
	}
	return ""
}

// Source is the source of SDK packages. It is read once a package; several may use
// it at once.
type Source struct {
	mu      sync.Mutex
	dirs    map[string]string
	types   map[string]map[string]ast.Expr // of a package: its types by name
	args    map[string]ast.Expr            // of a token: the type of its arguments
	secrets map[string][]string            // of a token: the outputs that it keeps as secrets
}

// Find finds packages where Go has their modules, but those that it knows already.
// A package without a module in go.mod is an error.
func (s *Source) Find(packages ...string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	packages = slices.DeleteFunc(slices.Clone(packages), func(pkg string) bool { return s.dirs[pkg] != "" })
	if len(packages) == 0 {
		return nil
	}
	out, err := exec.Command("go", append([]string{"list", "-f", "{{.ImportPath}} {{.Dir}}"}, packages...)...).Output()
	if err != nil {
		if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
			err = fmt.Errorf("%w: %s", err, exit.Stderr)
		}
		return fmt.Errorf("finding the source of %d packages: %w", len(packages), err)
	}
	if s.dirs == nil {
		s.dirs, s.types, s.args = map[string]string{}, map[string]map[string]ast.Expr{}, map[string]ast.Expr{}
		s.secrets = map[string][]string{}
	}
	for line := range strings.Lines(string(out)) {
		name, dir, _ := strings.Cut(strings.TrimSpace(line), " ")
		s.dirs[name] = dir
	}
	return nil
}

// Check compares the inputs of a resource with the SDK's arguments for its token:
// names, what is required, and the kinds of plain values. It returns all that is
// wrong.
func (s *Source) Check(tok string, inputs map[string]any) []error {
	s.mu.Lock()
	defer s.mu.Unlock()
	pkg := Package(tok)
	types, err := s.load(pkg)
	if err != nil {
		return []error{err}
	}
	args := s.args[tok]
	if args == nil {
		return []error{fmt.Errorf("%s: %s registers no such token", tok, pkg)}
	}
	c := checker{types: types}
	c.value(tok, args, inputs)
	return c.errs
}

// Secrets are the outputs that the SDK keeps as secrets for a token that Check has
// seen, whatever their values are made from.
func (s *Source) Secrets(tok string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.secrets[tok]
}

// registers is where the SDK registers a resource.
var registers = regexp.MustCompile(`RegisterResource\("([^"]+)"`)

// load parses the types of a package, and finds out which are the arguments of
// which token: those of the file that registers it. Of the two types of arguments
// the plain one begins with a small letter.
func (s *Source) load(pkg string) (map[string]ast.Expr, error) {
	if types := s.types[pkg]; types != nil {
		return types, nil
	}
	files, err := filepath.Glob(filepath.Join(s.dirs[pkg], "*.go"))
	if err != nil || s.dirs[pkg] == "" || len(files) == 0 {
		return nil, fmt.Errorf("reading %s: no source (%v)", pkg, err)
	}
	types := map[string]ast.Expr{}
	for _, file := range files {
		if strings.HasPrefix(filepath.Base(file), "get") { // functions, with arguments of their own
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", pkg, err)
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, text, parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", pkg, err)
		}
		tok := registers.FindSubmatch(text)
		if tok != nil {
			s.secrets[string(tok[1])] = secretOutputs(parsed)
		}
		for _, d := range parsed.Decls {
			decl, ok := d.(*ast.GenDecl)
			if !ok || decl.Tok != token.TYPE {
				continue
			}
			for _, spec := range decl.Specs {
				spec := spec.(*ast.TypeSpec)
				types[spec.Name.Name] = spec.Type
				if tok != nil && strings.HasSuffix(spec.Name.Name, "Args") && !spec.Name.IsExported() {
					s.args[string(tok[1])] = spec.Name
				}
			}
		}
	}
	s.types[pkg] = types
	return types, nil
}

// secretOutputs are the names that a file calls AdditionalSecretOutputs with.
func secretOutputs(file *ast.File) []string {
	var names []string
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) != 1 {
			return true
		}
		list, isList := call.Args[0].(*ast.CompositeLit)
		if f, ok := call.Fun.(*ast.SelectorExpr); !ok || f.Sel.Name != "AdditionalSecretOutputs" || !isList {
			return true
		}
		for _, e := range list.Elts {
			names = append(names, strings.Trim(e.(*ast.BasicLit).Value, `"`))
		}
		return false
	})
	return names
}

// checker compares values with types.
type checker struct {
	types map[string]ast.Expr
	errs  []error
}

func (c *checker) problem(path, format string, args ...any) {
	c.errs = append(c.errs, fmt.Errorf("%s: %s", path, fmt.Sprintf(format, args...)))
}

// value compares a value with a type. What only an update knows may be anything.
func (c *checker) value(path string, want ast.Expr, got any) {
	if _, unknown := got.(values.Unknown); unknown {
		return
	}
	switch want := want.(type) {
	case *ast.StarExpr:
		c.value(path, want.X, got)
	case *ast.ArrayType:
		list, ok := got.([]any)
		if !ok {
			c.problem(path, "got %T, want a list", got)
			return
		}
		for i, v := range list {
			c.value(path+"["+strconv.Itoa(i)+"]", want.Elt, v)
		}
	case *ast.MapType:
		m, ok := got.(map[string]any)
		if !ok {
			c.problem(path, "got %T, want a map", got)
			return
		}
		for _, key := range slices.Sorted(maps.Keys(m)) {
			c.value(path+"."+key, want.Value, m[key])
		}
	case *ast.Ident:
		if named, known := c.types[want.Name]; known {
			c.named(path, named, got)
			return
		}
		c.plain(path, want.Name, got)
	case *ast.InterfaceType:
		c.choice(path, got)
	}
}

// choice looks for a type that an object fits, where the SDK allows one of several
// and says nothing of which. Of texts and numbers it says nothing either.
func (c *checker) choice(path string, got any) {
	in, ok := got.(map[string]any)
	if !ok {
		return
	}
	for name, want := range c.types {
		if object, ok := want.(*ast.StructType); !ok || strings.HasSuffix(name, "Args") || !tagged(object) {
			continue
		}
		try := &checker{types: c.types}
		if try.named(path, want, in); len(try.errs) == 0 {
			return
		}
	}
	c.problem(path, "no type of the SDK is an object of %v", slices.Sorted(maps.Keys(in)))
}

// tagged says whether a type has nothing but properties: resources and outputs
// have a state as well.
func tagged(object *ast.StructType) bool {
	return !slices.ContainsFunc(object.Fields.List, func(f *ast.Field) bool { return f.Tag == nil })
}

// named compares a value with a type of the package: an object, or an enumeration.
func (c *checker) named(path string, want ast.Expr, got any) {
	object, ok := want.(*ast.StructType)
	if !ok {
		c.value(path, want, got)
		return
	}
	in, ok := got.(map[string]any)
	if !ok {
		c.problem(path, "got %T, want an object", got)
		return
	}
	known := map[string]bool{}
	for _, field := range object.Fields.List {
		if field.Tag == nil {
			continue
		}
		name := reflect.StructTag(strings.Trim(field.Tag.Value, "`")).Get("pulumi")
		known[name] = true
		v, given := in[name]
		_, required := field.Type.(*ast.Ident) // a pointer, a list, a map and any may be left out
		switch {
		case given:
			c.value(path+"."+name, field.Type, v)
		case required && field.Type.(*ast.Ident).Name != "any":
			c.problem(path, "%s is missing", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(in)) {
		if !known[name] {
			c.problem(path, "the SDK knows no %s", name)
		}
	}
}

// plain compares a value with one of Go's own types.
func (c *checker) plain(path, want string, got any) {
	ok := true
	switch want {
	case "string":
		_, ok = got.(string)
	case "bool":
		_, ok = got.(bool)
	case "int":
		n, number := got.(float64)
		ok = number && n == float64(int(n))
	case "float64":
		_, ok = got.(float64)
	}
	if !ok {
		c.problem(path, "got %v (%T), want %s", got, got, want)
	}
}
