package manifests

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// writers are the packages that put objects into clusters.
var writers = []string{"../../components/kubernetes", "../../components/monitoring", "../../stacks"}

// notObjects are words that stand where kinds do, and say why they are none.
var notObjects = map[string]string{
	"ServicePrincipal": "Azure's word for an account, in its role assignments",
}

// TestEveryKindIsRendered wants each kind that the program writes in some stack
// or scenario: what no stack has, nobody checks. Those who have a role are kinds of
// their own, which stand in its bindings alone.
func TestEveryKindIsRendered(t *testing.T) {
	rendered := map[string]bool{}
	for _, c := range clusters(t) {
		for _, o := range c.objects {
			kind, _ := o["kind"].(string)
			rendered[kind] = true
			for _, subject := range simcloud.Values(o).Objects("subjects[]") {
				rendered[subject.String("kind")] = true
			}
		}
	}
	written := kinds(t)
	if len(written) < 20 {
		t.Fatalf("found the kinds %v only", written)
	}
	for kind, where := range written {
		if !rendered[kind] && notObjects[kind] == "" {
			t.Errorf("%s: no stack and no scenario has a %s", where, kind)
		}
	}
	for kind := range notObjects {
		if written[kind] == "" || rendered[kind] {
			t.Errorf("%s needs no exception", kind)
		}
	}
}

// kinds are the texts that are given to a field called Kind, in literals and in
// assignments, and where.
func kinds(t *testing.T) map[string]string {
	t.Helper()
	found, files := map[string]string{}, token.NewFileSet()
	note := func(field ast.Node, value ast.Expr) {
		name, isField := field.(*ast.Ident)
		if s, ok := field.(*ast.SelectorExpr); ok {
			name, isField = s.Sel, true
		}
		if text, ok := value.(*ast.BasicLit); ok && isField && name.Name == "Kind" && text.Kind == token.STRING {
			kind, err := strconv.Unquote(text.Value)
			if err != nil {
				t.Fatal(err)
			}
			found[kind] = files.Position(text.Pos()).String()
		}
	}
	for _, dir := range writers {
		err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.KeyValueExpr:
					note(n.Key, n.Value)
				case *ast.AssignStmt:
					for i, left := range n.Lhs {
						if len(n.Lhs) == len(n.Rhs) {
							note(left, n.Rhs[i])
						}
					}
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return found
}
