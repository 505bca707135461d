package manifests

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/te-explico/infrastructure/internal/simcloud"
	"github.com/te-explico/infrastructure/tests/deploy"
	"github.com/te-explico/infrastructure/versions"
)

// published are the modules of the projects that publish manifests, and how the
// program names what it makes of them. The load balancer controller's
// module is not on the proxy, and that of External Secrets not in this version.
var published = map[string]struct{ module, prefix string }{
	"cert-manager": {"github.com/cert-manager/cert-manager", "operator-cert-manager-definitions:"},
	"gateway-api":  {"sigs.k8s.io/gateway-api", "gateway-api:"},
	"keda":         {"github.com/kedacore/keda/v2", "operator-keda-definitions:"},
	"vpa":          {"k8s.io/autoscaler/vertical-pod-autoscaler", "operator-vpa-definitions:"},
}

// TestPublished holds the objects that the simulated cluster makes of a published
// file against those of its project's module of the same version.
func TestPublished(t *testing.T) {
	for name, p := range published {
		t.Run(name, func(t *testing.T) { testPublished(t, name, p.module, p.prefix) })
	}
}

func testPublished(t *testing.T, name, module, prefix string) {
	manifest, err := versions.ManifestOf(name)
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(sources, func(s source) bool { return s.module == module })
	if strings.TrimPrefix(sources[at].version, "v") != strings.TrimPrefix(manifest.Version, "v") {
		t.Fatalf("the manifest %s has the version %s, the module %s", name, manifest.Version, sources[at].version)
	}
	made := map[string]bool{}
	for _, r := range deploy.Scenario(t, "dev").Resources {
		if strings.HasPrefix(r.Name, prefix) {
			made[described(r.Inputs)] = true
		}
	}
	published := map[string]bool{}
	for module, dir := range download(t, sources[at:at+1]) {
		files, err := filepath.Glob(filepath.Join(dir, module.files))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			for _, o := range objectsOf(t, file) {
				published[described(o)] = true
			}
		}
	}
	if len(published) == 0 || !maps.Equal(made, published) {
		t.Errorf("the simulated cluster makes\n%s\nand the project publishes\n%s",
			strings.Join(slices.Sorted(maps.Keys(made)), "\n"), strings.Join(slices.Sorted(maps.Keys(published)), "\n"))
	}
}

// described is an object's kind and name, and for a definition its kind and the
// versions that it serves.
func described(o simcloud.Values) string {
	var versions []string
	for _, v := range o.Objects("spec.versions[]") {
		if v.Bool("served") {
			versions = append(versions, v.String("name"))
		}
	}
	slices.Sort(versions)
	return fmt.Sprint(o.String("kind"), " ", o.String("metadata.name"), " ", o.String("spec.names.kind"), " ", versions)
}

func objectsOf(t *testing.T, file string) []simcloud.Values {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all []simcloud.Values
	for decoder := yaml.NewDecoder(bytes.NewReader(text)); ; {
		var o map[string]any
		if err := decoder.Decode(&o); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(fmt.Errorf("reading %s: %w", file, err))
		}
		if len(o) > 0 {
			all = append(all, o)
		}
	}
}
