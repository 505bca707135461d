package tests

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
	"github.com/te-explico/infrastructure/tests/deploy"
)

// unlikeness is what is not the same in the clusters of all clouds, and why.
type unlikeness struct {
	// what matches the type and the name of an object, and a path in it.
	what   *regexp.Regexp
	reason string
}

func differs(what, reason string) unlikeness { return unlikeness{regexp.MustCompile(what), reason} }

// unlikenesses are all that there may be. None of it is about a service.
var unlikenesses = []unlikeness{
	differs(`^argoproj.io.Rollout service-\S+ .*/env/(BUCKET|CACHE|DATABASE|PLATFORM)_`, "where the platform has what a service calls"),
	differs(`^apps.Deployment service-\S+ .*/env/(BUCKET|CACHE|DATABASE|PLATFORM)_`, "where the platform has what a service calls"),
	differs(`ValidatingAdmissionPolicy admission-registries /spec/variables/registries/expression$`, "the stack's own registry"),
	differs(`^storage.k8s.io.StorageClass storage-`, "disks are the cloud's"),
	differs(`VolumeSnapshotClass operator-velero\S+ /driver$`, "snapshots are the cloud's"),
	differs(`^helm.sh.Release operator-velero-velero /values/(configuration/backupStorageLocation|initContainers|podLabels|serviceAccount)`, "where backups go, and who writes them"),
	differs(`^external-secrets.io.ClusterSecretStore \S+ /spec/provider/`, "the cloud's store of secrets"),
	differs(`^external-secrets.io.ExternalSecret \S+ /spec/data/\d+/remoteRef/key$`, "what the store calls a secret"),
	differs(`^cert-manager.io.ClusterIssuer \S+ /spec/acme/solvers/0/(dns01|selector)`, "the zone is the cloud's"),
	differs(`^helm.sh.Release operator-external-dns-external-dns /values/`, "the zone is the cloud's"),
	differs(`^helm.sh.Release operator-\S+ /values/(podLabels|serviceAccount/annotations)/azure.workload.identity`, "how Azure knows a pod"),
	differs(`^networking.k8s.io.Ingress entrance-balancer /(metadata/annotations|spec/ingressClassName|spec/tls)`, "how the cloud is asked for a load balancer"),
	differs(`^helm.sh.Release entrance /values/service/annotations/`, "how the cloud is asked for a load balancer"),
	differs(`entrance-(backendconfig|frontendconfig)-`, "how GKE is asked for a load balancer"),
	differs(`operator-balancer-`, "AWS's load balancers have an operator in the cluster"),
	differs(`operator-nodes-`, "AWS's nodes have an operator in the cluster"),
	differs(`operator-nvidia-device-plugin-`, "GKE offers the GPUs of nodes itself"),
	differs(`^core.ResourceQuota namespace-\S+-critical-pods `, "GKE wants a quota that names the class of critical pods"),
	differs(`^helm.sh.Release mesh-\S+ /values/global/platform$`, "Istio's charts treat GKE as special"),
	differs(`^rbac.authorization.k8s.io.\S+ access-`, "the roles of IAM know no namespaces on Google Cloud"),
	differs(`(metrics-secret-redis-exporter|metrics-prometheus-redis-exporter|metrics-flow-cache) `, "a cache with a password can be watched from the cluster"),
	differs(`logging-(setup-nightly|setup-job|setup) .*(repository.json|explico.io/checksum)$`, "where Elasticsearch keeps its snapshots"),
	differs(`Elasticsearch logging-elasticsearch /spec/(secureSettings/|nodeSets/.*/(env|volumeMounts|volumes|labels)/)`, "who Elasticsearch is for the object store"),
	differs(`^(core.ServiceAccount logging-account-elasticsearch|core.Secret logging-keystore|networking.k8s.io.NetworkPolicy logging-flow-elasticsearch-to-credentials) `, "who Elasticsearch is for the object store"),
	differs(`^networking.k8s.io.NetworkPolicy \S+-(to-api|allow-api|cluster) /spec/(egress|ingress)/`, "where the Kubernetes API is"),
	differs(`^networking.k8s.io.NetworkPolicy \S+-(allow-webhooks|webhook|operator-webhook) /spec/ingress/`, "where the Kubernetes API calls webhooks from"),
	differs(`^networking.k8s.io.NetworkPolicy \S+-allow-(cloud|credentials)( |$)`, "where the cloud is for pods, and gives them credentials"),
	differs(`^networking.k8s.io.NetworkPolicy namespace-explico-allow-(cache|database) /spec/egress/`, "where database and cache are"),
}

// workloadSettings are the settings of what runs in the cluster.
var workloadSettings = []string{
	"admission", "ingress", "jobs", "logging", "mesh", "metrics", "namespaces", "oncall", "operators", "services", "tracing",
}

// TestTheSameObjectsOnAllClouds holds what runs in the clusters of the clouds
// against one another: the settings of prod's workloads make the same of it.
func TestTheSameObjectsOnAllClouds(t *testing.T) {
	prod := settingsIn(t, "../Pulumi.prod.yaml")
	base := objectsOf(deploy.Scenario(t, "prod"))
	used := map[string]bool{}
	for _, other := range []string{"gcp-prod", "azure-prod"} {
		theirs := objectsOf(deployAs(t, other, prod))
		for _, key := range slices.Sorted(maps.Keys(bothOf(base, theirs))) {
			for _, what := range unlike(key, base[key], theirs[key]) {
				i := slices.IndexFunc(unlikenesses, func(d unlikeness) bool { return d.what.MatchString(what) })
				if i < 0 {
					t.Errorf("%s: %s", other, what)
					continue
				}
				used[unlikenesses[i].what.String()] = true
			}
		}
	}
	for _, d := range unlikenesses {
		if !used[d.what.String()] {
			t.Errorf("nothing differs by %s: %s", d.what, d.reason)
		}
	}
}

// deployAs deploys an example, with what runs in its cluster as in another stack's.
func deployAs(t *testing.T, example string, other map[string]any) *simtest.Graph {
	t.Helper()
	config := settingsIn(t, "../examples/"+example+".yaml")
	for _, key := range workloadSettings {
		key = "explico:" + key
		if delete(config, key); other[key] != nil {
			config[key] = other[key]
		}
	}
	if operators, ok := config["explico:operators"].(map[string]any); ok { // nodes are the cloud's
		operators = maps.Clone(operators)
		delete(operators, "pools")
		config["explico:operators"] = operators
	}
	domain := maps.Clone(config["explico:domain"].(map[string]any))
	domain["name"], domain["zone"] = "app.explico.example", "explico.example"
	config["explico:domain"] = domain
	text, err := yaml.Marshal(map[string]any{"config": config})
	if err != nil {
		t.Fatal(err)
	}
	g, err := deploy.Try(t, "prod", text) // the same name: it is a label of everything
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func settingsIn(t *testing.T, path string) map[string]any {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Config map[string]any }
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	return file.Config
}

func bothOf(a, b map[string]map[string]any) map[string]bool {
	all := map[string]bool{}
	for key := range a {
		all[key] = true
	}
	for key := range b {
		all[key] = true
	}
	return all
}

// objectsOf are the objects in a cluster, by type and name.
func objectsOf(g *simtest.Graph) map[string]map[string]any {
	all := map[string]map[string]any{}
	for _, r := range g.Resources {
		if strings.HasPrefix(r.Type, "kubernetes:") {
			all[deploy.ShortType(r.Type)+" "+r.Name] = r.Inputs
		}
	}
	return all
}

// unlike are the paths at which two objects are not the same; the key alone where
// there is but one.
func unlike(key string, a, b map[string]any) []string {
	if a == nil || b == nil {
		return []string{key + " is in one of them"}
	}
	x, y := map[string]string{}, map[string]string{}
	leaves("", a, x)
	leaves("", b, y)
	var all []string
	for path := range x {
		if y[path] != x[path] {
			all = append(all, key+" "+path)
		}
	}
	for path := range y {
		if _, both := x[path]; !both {
			all = append(all, key+" "+path)
		}
	}
	slices.Sort(all)
	return all
}

// leaves are the values in a value, by their paths. What has a name in a list goes
// by it.
func leaves(path string, v any, into map[string]string) {
	switch v := v.(type) {
	case map[string]any:
		for key, below := range v {
			leaves(path+"/"+key, below, into)
		}
	case []any:
		for i, below := range v {
			at := fmt.Sprint(i)
			if m, ok := below.(map[string]any); ok {
				if name, named := m["name"].(string); named {
					at = name
				}
			}
			leaves(path+"/"+at, below, into)
		}
	default:
		into[path] = fmt.Sprint(v)
	}
}
