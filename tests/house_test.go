package tests

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/te-explico/infrastructure/"

// direction says which packages of this repository a package may import: data
// flows one way, from settings to outputs.
var direction = []struct {
	pkg, may, reason string
}{
	{"components/component", "", "the kernel knows no cloud and no stack"},
	{"components/aws", "components/component versions", "a component is used by stacks, never the other way round"},
	{"components/gcp", "components/component versions", "a component is used by stacks, never the other way round"},
	{"components/azure", "components/component versions", "a component is used by stacks, never the other way round"},
	{"components/kubernetes", "components/component versions", "what runs in a cluster knows no cloud"},
	{"components/monitoring", "components/component components/kubernetes versions", "what watches a cluster knows no cloud"},
	{"versions", "", "data"},
	{"cost", "", "prices know neither program nor engine"},
	{"cost/registered", "cost", "what is registered has a cost, whatever it is"},
	{"cost/show", "", "an output is shown as it is"},
	{"cost/refresh", "cost", "price lists become prices"},
	{"review", "", "a review reads what the engine said, whatever program it ran"},
	{"stacks/settings", "internal/stackfile versions", "settings are plain values: they know no component"},
	{"stacks/platform", "stacks/settings", "the contract is neutral"},
	{"stacks/aws", "components/component components/aws components/kubernetes stacks/platform stacks/settings versions", "one cloud knows no other"},
	{"stacks/gcp", "components/component components/gcp components/kubernetes stacks/platform stacks/settings versions", "one cloud knows no other"},
	{"stacks/local", "components/component components/kubernetes stacks/platform stacks/settings versions", "one cloud knows no other"},
	{"stacks/workloads", "components/component components/kubernetes components/monitoring stacks/platform stacks/settings versions", "what runs on a platform reads its contract alone"},
	{"stacks/azure", "components/azure components/component components/kubernetes stacks/platform stacks/settings versions", "one cloud knows no other"},
	{"stacks", "cost cost/registered internal/dryrun stacks/aws stacks/azure stacks/gcp stacks/local stacks/platform stacks/settings stacks/workloads", "the table of builders"},
	{"policies", "internal/values versions", "rules know what is registered, not who registers it"},
	{"policies/pack", "internal/values policies", "the rules, for the engine"},
	{"internal/values", "", "plain values"},
	{"internal/stackfile", "", "where files stand"},
	{"internal/monitor", "", "the protocol knows no program"},
	{"internal/dryrun", "internal/monitor", "a dry run knows no cloud"},
	{"internal/simcloud", "internal/values", "the cloud knows nothing of the program"},
	{"internal/simcloud/aws", "internal/simcloud", "the cloud knows nothing of the program"},
	{"internal/simcloud/gcp", "internal/simcloud", "the cloud knows nothing of the program"},
	{"internal/simcloud/azure", "internal/simcloud", "the cloud knows nothing of the program"},
	{"internal/simcloud/kubernetes", "internal/simcloud", "the cloud knows nothing of the program"},
	{"internal/simcloud/clouds", "internal/simcloud internal/simcloud/aws internal/simcloud/azure internal/simcloud/gcp internal/simcloud/kubernetes", "the list of the clouds"},
	{"internal/simcloud/simtest", "internal/monitor internal/simcloud internal/simcloud/clouds", "the cloud knows nothing of the program"},
	{"internal/simulate", "internal/simcloud internal/simcloud/clouds internal/stackfile", "the simulation runs the program, it does not contain it"},
	{"cmd/simulate", "internal/simcloud internal/simulate stacks/settings", "thin"},
	{"cmd/review", "cost cost/refresh cost/show internal/stackfile review stacks stacks/settings", "thin"},
	{"cmd/policies", "policies policies/pack", "thin"},
	{"cmd/settings", "stacks/settings", "thin"},
	{"tools/admission", "", "tests of what others have"},
	{"tools/manifests", "", "a module of its own: it knows YAML files alone"},
	{"tools/telemetry", "", "what checks configurations reads files, not the program"},
	{"tools/prometheus", "", "a module of its own"},
	{"", "stacks", "main only starts the deployment"},
}

// forbidden are imports that nobody may have.
var forbidden = map[string]string{
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/helm/v3":   "pulls in 69 packages (400 CPU-seconds): use helm/v4",
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/yaml":      "pulls in 69 packages (400 CPU-seconds)",
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/kustomize": "pulls in 69 packages (400 CPU-seconds)",
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront":              "takes 7 CPU-seconds to compile: bind by token (decision 3)",
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch":              "takes 6 CPU-seconds to compile: bind by token (decision 3)",
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2":                     "takes 35 CPU-seconds to compile: bind by token (decision 3)",
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3":                      "takes 13 CPU-seconds to compile: bind by token (decision 3)",
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/wafv2":                   "takes 41 CPU-seconds to compile: bind by token (decision 3)",
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute":                 "takes 59 CPU-seconds to compile: bind by token (decision 3)",
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/container":               "takes 36 CPU-seconds to compile: bind by token (decision 3)",
	"github.com/pulumi/pulumi-azure-native-sdk/network/v2":               "takes 69 CPU-seconds to compile: bind by token (decision 3)",
	"math/rand": "a program's run must not depend on chance",
}

// goFile is a parsed Go file of the repository.
type goFile struct {
	path string // from the root
	ast  *ast.File
	text string
}

func (f goFile) pkg() string {
	if dir := path.Dir(f.path); dir != "." {
		return dir
	}
	return ""
}
func (f goFile) isTest() bool { return strings.HasSuffix(f.path, "_test.go") }

func goFiles(t *testing.T) []goFile {
	t.Helper()
	var files []goFile
	walk(t, func(file string) {
		if !strings.HasSuffix(file, ".go") || strings.Contains(file, "testdata/") {
			return
		}
		text, err := os.ReadFile(filepath.Join("..", file))
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, text, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, goFile{file, parsed, string(text)})
	})
	return files
}

// walk calls visit for every file of the repository, by its path from the root.
func walk(t *testing.T, visit func(file string)) {
	t.Helper()
	err := filepath.WalkDir("..", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel := filepath.ToSlash(strings.TrimPrefix(p, ".."+string(filepath.Separator)))
		if d.IsDir() && slices.Contains([]string{".git", ".sim", "bin", "node_modules"}, d.Name()) {
			return filepath.SkipDir
		}
		if !d.IsDir() {
			visit(rel)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestImportsGoOneWay(t *testing.T) {
	for _, f := range goFiles(t) {
		if f.isTest() || strings.HasPrefix(f.path, "tests/") {
			continue
		}
		rule := slices.IndexFunc(direction, func(d struct{ pkg, may, reason string }) bool { return d.pkg == f.pkg() })
		if rule < 0 {
			t.Errorf("%s: package %s has no rule in this test: say what it may import", f.path, f.pkg())
			continue
		}
		for _, imp := range f.ast.Imports {
			name := strings.Trim(imp.Path.Value, `"`)
			if reason := forbidden[name]; reason != "" {
				t.Errorf("%s imports %s: %s", f.path, name, reason)
			}
			own, ok := strings.CutPrefix(name, module)
			if ok && !slices.Contains(strings.Fields(direction[rule].may), own) {
				t.Errorf("%s imports %s: %s", f.path, own, direction[rule].reason)
			}
		}
	}
}

// A cloud's module file is go.mod without the SDKs of the others: pulumi asks for
// a plugin for each one that is named there, and a plugin has some hundred MB.
func TestModuleFilesAreUpToDate(t *testing.T) {
	all, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	sdks := map[string]string{"aws": "/pulumi-aws/sdk/", "azure": "/pulumi-azure-native-sdk/", "gcp": "/pulumi-gcp/sdk/", "local": "none"}
	for cloud, own := range sdks {
		want := strings.Join(slices.DeleteFunc(strings.SplitAfter(string(all), "\n"), func(line string) bool {
			for _, sdk := range sdks {
				if sdk != own && strings.Contains(line, sdk) {
					return true
				}
			}
			return false
		}), "")
		if got, err := os.ReadFile("../go." + cloud + ".mod"); err != nil || string(got) != want {
			t.Errorf("go.%s.mod is out of date (%v): make module-files", cloud, err)
		}
		if got, err := os.Readlink("../go." + cloud + ".sum"); err != nil || got != "go.sum" {
			t.Errorf("go.%s.sum: got %s (%v), want a link to go.sum", cloud, got, err)
		}
	}
}

// The program, Pulumi's CLI and what checks manifests, rules and configurations
// share most of what they import: with one version each, it is compiled once.
func TestModulesShareTheirVersions(t *testing.T) {
	// Manifests are checked against the clusters' version of Kubernetes, and
	// Prometheus brings a newer one of what it needs of it.
	apart := func(module, one, other string) bool {
		return strings.Contains(module, "k8s.io/") && one == "tools/manifests/go.mod" && other == "tools/prometheus/go.mod"
	}
	required := regexp.MustCompile(`(?m)^\s+(\S+) (v\S+)`)
	versions, where := map[string]string{}, map[string]string{}
	for _, file := range []string{
		"go.mod", "tools/go.mod", "tools/admission/go.mod", "tools/manifests/go.mod", "tools/prometheus/go.mod", "tools/telemetry/go.mod",
	} {
		text, err := os.ReadFile("../" + file)
		if err != nil {
			t.Fatal(err)
		}
		found := required.FindAllStringSubmatch(string(text), -1)
		if len(found) < 20 {
			t.Errorf("%s names only %d modules", file, len(found))
		}
		for _, m := range found {
			if was, has := versions[m[1]]; has && was != m[2] && !apart(m[1], where[m[1]], file) {
				t.Errorf("%s is %s in %s and %s in %s", m[1], was, where[m[1]], m[2], file)
			}
			versions[m[1]], where[m[1]] = m[2], file
		}
	}
	if len(versions) < 100 {
		t.Errorf("only %d modules are named", len(versions))
	}
}

// Expensive packages stay with the package that needs them.
func TestSDKPackagesStayWithTheirCloud(t *testing.T) {
	homes := map[string][]string{
		"github.com/pulumi/pulumi-aws/":              {"components/aws", "stacks/aws"},
		"github.com/pulumi/pulumi-gcp/":              {"components/gcp", "stacks/gcp"},
		"github.com/pulumi/pulumi-azure-native-sdk/": {"components/azure", "stacks/azure"},
	}
	for _, f := range goFiles(t) {
		for _, imp := range f.ast.Imports {
			for sdk, dirs := range homes {
				if strings.HasPrefix(strings.Trim(imp.Path.Value, `"`), sdk) && !slices.Contains(dirs, f.pkg()) {
					t.Errorf("%s imports %s, which belongs in %v: whoever leaves the cloud out would compile it all the same", f.path, imp.Path.Value, dirs)
				}
			}
		}
	}
}

func TestPackagesAreDocumented(t *testing.T) {
	documented := map[string]bool{}
	for _, f := range goFiles(t) {
		documented[f.pkg()] = documented[f.pkg()] || !f.isTest() && f.ast.Doc != nil || f.pkg() == "tests"
	}
	for pkg, ok := range documented {
		if !ok {
			t.Errorf("package %s has no doc comment", pkg)
		}
	}
}

func TestExportedNamesAreDocumented(t *testing.T) {
	for _, f := range goFiles(t) {
		if f.isTest() {
			continue
		}
		for _, d := range f.ast.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Name.IsExported() && fn.Doc == nil && exportedReceiver(fn) {
				t.Errorf("%s: %s has no doc comment", f.path, fn.Name.Name)
			}
			if gen, ok := d.(*ast.GenDecl); ok && gen.Tok == token.TYPE {
				for _, s := range gen.Specs {
					if spec, ok := s.(*ast.TypeSpec); ok && spec.Name.IsExported() && gen.Doc == nil && spec.Doc == nil {
						t.Errorf("%s: type %s has no doc comment", f.path, spec.Name.Name)
					}
				}
			}
		}
	}
}

func exportedReceiver(fn *ast.FuncDecl) bool {
	if fn.Recv == nil {
		return true
	}
	typ := fn.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	id, ok := typ.(*ast.Ident)
	return ok && id.IsExported()
}

func TestFilesStayShort(t *testing.T) {
	const most = 400
	walk(t, func(file string) {
		if !slices.Contains([]string{".go", ".yaml", ".yml", ".md", ""}, path.Ext(file)) || generated(file) {
			return
		}
		text, err := os.ReadFile(filepath.Join("..", file))
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(text), "\n"); n > most {
			t.Errorf("%s has %d lines, more than %d: split it by the questions it answers", file, n, most)
		}
	})
}

func generated(file string) bool {
	return strings.HasPrefix(file, "docs/reference/") || file == "LICENSE"
}

func TestGoldensHaveTheirInput(t *testing.T) {
	walk(t, func(file string) {
		stem, isGolden := strings.CutSuffix(file, ".golden")
		if !isGolden {
			return
		}
		inputs, err := filepath.Glob(filepath.Join("..", stem) + ".*")
		if err != nil || len(inputs) < 2 {
			t.Errorf("%s is the golden of nothing", file)
		}
	})
}

func TestNothingPanicsOrPrints(t *testing.T) {
	for _, f := range goFiles(t) {
		if f.isTest() || f.ast.Name.Name == "main" || f.pkg() == "tests" {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			switch name := callee(call); name {
			case "panic", "os.Exit", "log.Fatal", "log.Fatalf", "fmt.Print", "fmt.Println", "fmt.Printf", "time.Now":
				if name == "time.Now" && strings.HasPrefix(f.pkg(), "internal/simulate") {
					return true // progress messages
				}
				t.Errorf("%s calls %s: only main packages end or print, and a run must not depend on the clock", f.path, name)
			}
			return true
		})
	}
}

func callee(call *ast.CallExpr) string {
	switch fn := call.Fun.(type) {
	case *ast.Ident:
		return fn.Name
	case *ast.SelectorExpr:
		if x, ok := fn.X.(*ast.Ident); ok {
			return x.Name + "." + fn.Sel.Name
		}
	}
	return ""
}

var markdownLink = regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)

func TestLinksInDocsResolve(t *testing.T) {
	walk(t, func(file string) {
		if path.Ext(file) != ".md" {
			return
		}
		text, err := os.ReadFile(filepath.Join("..", file))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range markdownLink.FindAllStringSubmatch(string(text), -1) {
			target := filepath.Join("..", path.Dir(file), m[1])
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s links to %s, which is not there", file, m[1])
			}
		}
	})
}
