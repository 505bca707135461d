package tests

import (
	"encoding/json"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/te-explico/infrastructure/internal/simcloud"
	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
	"github.com/te-explico/infrastructure/internal/stackfile"
	"github.com/te-explico/infrastructure/tests/deploy"
)

// workloadSettings are the settings of what runs in a cluster.
var workloadSettings = []string{
	"admission", "jobs", "logging", "mesh", "metrics", "namespaces", "oncall", "operators", "services", "tracing",
}

// cloudly are the objects that are not the same on every cloud, as type and name,
// each with the reason: what a cloud brings, and what names it.
var cloudly = []struct{ object, reason string }{
	{"helm.sh.Release operator-balancer-*", "AWS's load balancers have a controller of ours, others are the cloud's"},
	{"yaml.ConfigFile operator-balancer-definitions", "and its definitions"},
	{"apiextensions.k8s.io.CustomResourceDefinition operator-balancer-definitions:*", "and its definitions"},
	{"helm.sh.Release operator-nodes-karpenter*", "Karpenter starts nodes on AWS, the cloud itself elsewhere"},
	{"karpenter.k8s.aws.EC2NodeClass *", "and its classes of nodes"},
	{"karpenter.sh.NodePool *", "and its pools"},
	{"networking.k8s.io.Ingress entrance-balancer", "each load balancer has annotations of its own"},
	{"cloud.google.com.BackendConfig entrance-*", "Google's are an object"},
	{"networking.gke.io.FrontendConfig entrance-*", "Google's are an object"},
	{"helm.sh.Release entrance", "on Google Cloud the gateway's Service names that object"},
	{"helm.sh.Release mesh-*", "Istio's charts treat GKE as special: global.platform"},
	{"storage.k8s.io.StorageClass *", "disks and their drivers"},
	{"snapshot.storage.k8s.io.VolumeSnapshotClass *", "disks and their drivers"},
	{"helm.sh.Release operator-velero-velero", "where backups go, and as whom"},
	{"helm.sh.Release operator-external-dns-external-dns", "whose zone, and as whom"},
	{"helm.sh.Release operator-cert-manager-cert-manager", "as whom"},
	{"helm.sh.Release operator-external-secrets-external-secrets", "as whom"},
	{"rbac.authorization.k8s.io.RoleBinding access-*", "EKS and AKS know by themselves who may do what"},
	{"cert-manager.io.ClusterIssuer *", "whose zone proves that a name is ours"},
	{"external-secrets.io.ClusterSecretStore *", "whose store"},
	{"helm.sh.Release operator-nvidia-device-plugin-*", "GKE brings its own"},
	{"core.ResourceQuota namespace-*-critical-pods", "GKE lets pods of critical classes run only where a quota names the classes"},
	{"networking.k8s.io.NetworkPolicy *-api", "where the Kubernetes API is"},
	{"networking.k8s.io.NetworkPolicy *-webhooks", "where its calls come from"},
	{"networking.k8s.io.NetworkPolicy logging-flow-operator-webhook", "where its calls come from"},
	{"networking.k8s.io.NetworkPolicy metrics-flow-cluster", "where the Kubernetes API is"},
	{"networking.k8s.io.NetworkPolicy namespace-*-allow-credentials", "where pods get the credentials of their identity"},
	{"networking.k8s.io.NetworkPolicy namespace-*-allow-cloud", "where the cloud's own services are"},
	{"networking.k8s.io.NetworkPolicy namespace-explico-allow-cache", "the port of the cache"},
	{"networking.k8s.io.NetworkPolicy namespace-explico-allow-database", "the port of the pool of connections"},
	{"networking.k8s.io.NetworkPolicy metrics-flow-cache", "Memorystore has a password, with which an exporter watches it"},
	{"core.ConfigMap metrics-dashboard-cache", "and shows what it sees"},
	{"external-secrets.io.ExternalSecret metrics-secret-redis-exporter", "Memorystore has a password, with which an exporter watches it"},
	{"core.Secret metrics-cache-authorities", "Memorystore's certificates are signed by authorities of their own"},
	{"helm.sh.Release metrics-prometheus-redis-exporter", "Memorystore has a password, with which an exporter watches it"},
}

// told are the environment variables by which a service is told where it runs, and
// how it reaches what differs from cloud to cloud: their values may differ.
var told = []string{
	"PLATFORM_CLOUD", "PLATFORM_REGION", "DATABASE_PORT", "DATABASE_DIRECT_PORT", "CACHE_PORT", "CACHE_TLS", "CACHE_CLUSTERED", "CACHE_CA",
}

// The same settings give the same objects on every cloud.
func TestObjectsAreTheSameOnEveryCloud(t *testing.T) {
	t.Parallel()
	given := workload(t)
	home := objectsOf(t, stackFile(t, "dev", given))
	used := map[string]bool{}
	for _, name := range []string{"azure-dev", "gcp-dev"} {
		there := objectsOf(t, stackFile(t, name, given))
		for object := range merge(home, there) {
			if home[object] == there[object] {
				continue
			}
			i := slices.IndexFunc(cloudly, func(c struct{ object, reason string }) bool {
				match, err := path.Match(c.object, object)
				return err == nil && match
			})
			if i < 0 {
				t.Errorf("%s: %s differs from that on AWS:\n%s\n%s", name, object, home[object], there[object])
				continue
			}
			used[cloudly[i].object] = true
		}
	}
	for _, c := range cloudly {
		if !used[c.object] {
			t.Errorf("%s is the same everywhere: take it out of the list (%s)", c.object, c.reason)
		}
	}
}

func merge(a, b map[string]string) map[string]bool {
	all := map[string]bool{}
	for _, m := range []map[string]string{a, b} {
		for k := range m {
			all[k] = true
		}
	}
	return all
}

// objectsOf are the Kubernetes objects of a stack, by type and name, as JSON. What
// only the cloud knows (addresses, identities) is left out: a preview does not know
// it.
func objectsOf(t *testing.T, file []byte) map[string]string {
	t.Helper()
	g, err := deploy.Try(t, "dev", file, simtest.Preview())
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, r := range g.Resources {
		if !strings.HasPrefix(r.Type, "kubernetes:") {
			continue
		}
		text, err := json.Marshal(known(map[string]any(r.Inputs)))
		if err != nil {
			t.Fatal(err)
		}
		all[deploy.ShortType(r.Type)+" "+r.Name] = string(text)
	}
	return all
}

// known drops what is not known, and what a service is told.
func known(x any) any {
	switch x := x.(type) {
	case simcloud.Unknown:
		return nil
	case map[string]any:
		out := map[string]any{}
		for k, v := range x {
			out[k] = known(v)
		}
		if name, _ := x["name"].(string); slices.Contains(told, name) && x["value"] != nil {
			out["value"] = "told"
		}
		return out
	case []any:
		out := []any{}
		for _, v := range x {
			out = append(out, known(v))
		}
		return out
	}
	return x
}

// stackFile is the file of a stack, with the settings of another one's workload.
func stackFile(t *testing.T, name string, workload map[string]any) []byte {
	t.Helper()
	config := configOf(t, stackfile.Find("..", name))
	for _, key := range workloadSettings {
		delete(config, "explico:"+key)
	}
	maps.Copy(config, workload)
	network := config["explico:network"].(map[string]any)
	network["cidr"] = "10.0.0.0/16" // it stands in network policies
	out, err := yaml.Marshal(map[string]any{"config": config})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// workload are the settings of dev's workload, without the pools of nodes, which
// AWS alone has, and with a domain, which the way in needs.
func workload(t *testing.T) map[string]any {
	t.Helper()
	config := configOf(t, stackfile.Find("..", "dev"))
	given := map[string]any{
		"explico:domain": map[string]any{"name": "app.dev.explico.example", "zone": "dev.explico.example", "createZone": true},
		"explico:owner":  config["explico:owner"],
	}
	for _, key := range workloadSettings {
		if v, has := config["explico:"+key]; has {
			given["explico:"+key] = v
		}
	}
	if operators, ok := given["explico:operators"].(map[string]any); ok {
		delete(operators, "pools")
	}
	return given
}

func configOf(t *testing.T, file string) map[string]any {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", file))
	if err != nil {
		t.Fatal(err)
	}
	var parsed struct {
		Config map[string]any `yaml:"config"`
	}
	if err := yaml.Unmarshal(text, &parsed); err != nil {
		t.Fatal(err)
	}
	return parsed.Config
}
