package manifests

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// source is a Go module that ships custom resource definitions.
type source struct {
	// module and version name it, as the Go module proxy does.
	module, version string
	// sum is what the module must be: the hash that go.sum has.
	sum string
	// files are where the definitions are in it.
	files string
	// groups are the API groups that they define.
	groups string
}

// sources have the definitions, at the versions that the charts and manifests of the versions
// file install, or the nearest that the Go module proxy has. They stand here and in no go.mod: nothing of them is compiled.
var sources = []source{
	{
		"istio.io/api", "v1.30.3", "h1:pPSa0uah/t7CEuwacS4rw5qK/oHGvxC0WO8i4RRGwEU=", "kubernetes/customresourcedefinitions.gen.yaml",
		"networking.istio.io security.istio.io telemetry.istio.io extensions.istio.io",
	},
	{"github.com/argoproj/argo-rollouts", "v1.8.3", "h1:blbtQva4IK9r6gFh+dWkCrLnFdPOWiv9ubQYu36qeaA=", "manifests/crds/*-crd.yaml", "argoproj.io"},
	{
		"github.com/prometheus-operator/prometheus-operator", "v0.93.1", "h1:4Juk8v93RdG1DSGD/mGp+SeQKPmnlLIj2iq3blLZgFY=",
		"example/prometheus-operator-crd-full/*.yaml", "monitoring.coreos.com",
	},
	{
		"github.com/cert-manager/cert-manager", "v1.21.1", "h1:0LttV37Q5c2CBNoHkjuI8sLKTXWZDC2SwQkxrBMKV9w=", "deploy/crds/*.yaml",
		"cert-manager.io acme.cert-manager.io",
	},
	{
		// The chart has 2.9.0. From 2.0.0 on the project's tags are no versions of its Go
		// module, whose path has no /v2: this is the last one that the proxy has.
		"github.com/external-secrets/external-secrets", "v1.3.2", "h1:u2J8RjlHIeF0oZCqtl92adI/uZWUwOesJIDkfql6LqQ=", "config/crds/bases/*.yaml",
		"external-secrets.io generators.external-secrets.io",
	},
	{
		"github.com/aws/karpenter-provider-aws", "v1.14.1", "h1:WGtIQTQcxpElYMdWfWuPwaF2+9muR+hYhPZsTtoY8Gs=", "pkg/apis/crds/*.yaml",
		"karpenter.sh karpenter.k8s.aws",
	},
	{
		"github.com/elastic/cloud-on-k8s/v3", "v3.5.0", "h1:sR4oj+gNnwI9hgsKhBwjUlx+5F2T/kND40hrzaogtek=", "config/crds/v1/all-crds.yaml",
		"elasticsearch.k8s.elastic.co kibana.k8s.elastic.co logstash.k8s.elastic.co beat.k8s.elastic.co agent.k8s.elastic.co apm.k8s.elastic.co " +
			"stackconfigpolicy.k8s.elastic.co autoscaling.k8s.elastic.co maps.k8s.elastic.co",
	},
	{"sigs.k8s.io/gateway-api", "v1.5.1", "h1:RqVRIlkhLhUO8wOHKTLnTJA6o/1un4po4/6M1nRzdd0=", "config/crd/standard/*.yaml", "gateway.networking.k8s.io"},
	{"github.com/kedacore/keda/v2", "v2.20.2", "h1:SR60v8uIcelbveS8n/1jcl8tLdBBIbHMxmdOHw8tKqA=", "config/crd/bases/*.yaml", "keda.sh eventing.keda.sh"},
	{
		"k8s.io/autoscaler/vertical-pod-autoscaler", "v1.7.1", "h1:gHgsammWdCT+vyqrBsCfN7+CJrfy0Mo5k1zfg8Dge7o=", "deploy/vpa-v1-crd-gen.yaml",
		"autoscaling.k8s.io",
	},
	{
		"github.com/kubernetes-csi/external-snapshotter/client/v8", "v8.7.0", "h1:HVaSUeRRHPu49aSiL8eXOjS9Re9G6pM0NzdTGI7mM14=",
		"config/crd/snapshot.storage.k8s.io_*.yaml", "snapshot.storage.k8s.io",
	},
	{
		"github.com/cloudnative-pg/cloudnative-pg", "v1.30.0", "h1:fnhVq44xXx97MNiuvJsPrX1vSjYbgdyBK5MSGfdHdp0=", "config/crd/bases/*.yaml",
		"postgresql.cnpg.io",
	},
	{"github.com/vmware-tanzu/velero", "v1.18.1", "h1:eV+urQYesy7tJLVkGM5fs9s/nfOWKtoFezcY1r8IjJM=", "config/crd/*/bases/*.yaml", "velero.io"},
}

// definitions is a directory with the definitions of API groups. Groups that no
// module ships are left out: their objects become findings.
func definitions(t *testing.T, groups []string) string {
	t.Helper()
	var wanted []source
	for _, s := range sources {
		if slices.ContainsFunc(strings.Fields(s.groups), func(g string) bool { return slices.Contains(groups, g) }) {
			wanted = append(wanted, s)
		}
	}
	into := t.TempDir()
	for module, dir := range download(t, wanted) {
		files, err := filepath.Glob(filepath.Join(dir, module.files))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s %s has no definitions in %s (%v)", module.module, module.version, module.files, err)
		}
		for i, file := range files {
			name := strings.ReplaceAll(module.module, "/", "_") + "-" + strconv.Itoa(i) + ".yaml"
			if err := os.Symlink(file, filepath.Join(into, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	return into
}

// download returns where the modules are, in Go's module cache. The sums stand
// here, so the checksum database is not asked.
func download(t *testing.T, modules []source) map[source]string {
	t.Helper()
	found := map[source]string{}
	if len(modules) == 0 {
		return found
	}
	args := []string{"mod", "download", "-json"}
	for _, m := range modules {
		args = append(args, m.module+"@"+m.version)
	}
	cmd := exec.Command("go", args...)
	cmd.Dir = t.TempDir() // in no module
	cmd.Env = append(os.Environ(), "GOSUMDB=off", "GOFLAGS=", "GOWORK=off")
	out, err := cmd.Output()
	decoder := json.NewDecoder(bytes.NewReader(out))
	for {
		var m struct{ Path, Version, Dir, Sum, Error string }
		if decodeErr := decoder.Decode(&m); decodeErr == io.EOF {
			break
		} else if decodeErr != nil {
			t.Fatalf("downloading definitions: %v", decodeErr)
		}
		i := slices.IndexFunc(modules, func(s source) bool { return s.module == m.Path })
		switch {
		case m.Error != "":
			t.Errorf("downloading %s: %s", m.Path, m.Error)
		case m.Sum != modules[i].sum:
			t.Errorf("%s %s has the sum %s, want %s", m.Path, m.Version, m.Sum, modules[i].sum)
		default:
			found[modules[i]] = m.Dir
		}
	}
	if err != nil || len(found) != len(modules) {
		t.Fatal(fmt.Errorf("downloading definitions: got %d of %d modules (%v)", len(found), len(modules), err))
	}
	return found
}
