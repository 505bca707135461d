package settings

import (
	"slices"
	"strings"
	"testing"
)

// onLocal are edits of a good file with cloud: local.
func onLocal(edits ...edit) []edit {
	base := []edit{set("cloud", "local"), set("region", nil), set("network", nil), set("local.context", "kind-explico")}
	return slices.Concat(base, edits)
}

// baseBreaches are the bad examples of what every cluster has, and of cloud:
// local.
var baseBreaches = []breach{
	{BadNamespace, "namespaces.backend", with(set("namespaces.backend.cpu", "1"))},
	{BadNamespace, "namespaces", with(set("namespaces", map[string]any{"velero": nil}))},
	{BadQuantity, "namespaces.explico.cpu", with(set("namespaces.explico.cpu", "eight"))},
	{BadQuantity, "namespaces.explico.cpu", with(set("namespaces.explico.cpu", "0"))},
	{BadQuantity, "namespaces.explico.cpu", with(set("namespaces.explico.cpu", "4Gi"))},
	{BadQuantity, "namespaces.explico.memory", with(set("namespaces.explico.memory", "16GB"))},
	{BadQuantity, "namespaces.explico.memory", with(set("namespaces.explico.memory", "4"))},
	{BadQuantity, "namespaces.monitoring.storage", with(set("namespaces.monitoring.storage", "much"))},
	{BadCount, "namespaces.explico.pods", with(set("namespaces.explico.pods", 0))},
	{BadCount, "namespaces.ingress.loadBalancers", with(set("namespaces.ingress.loadBalancers", -1))},
	{BadSourceHost, "admission.registries[0]", with(set("admission.registries", []string{"https://ghcr.io"}))},
	{BadSourceHost, "admission.registries[0]", with(set("admission.registries", []string{"stefanprodan"}))},
	{BadSourceHost, "admission.registries[0]", with(set("admission.registries", []string{"ghcr.io/stefanprodan/"}))},
	{BadSourceHost, "admission.registries[0]", with(set("admission.registries", []string{"ghcr.io/stefanprodan/podinfo:6.9.2"}))},
	{BadSourceHost, "admission.registries[1]", with(set("admission.registries", []string{"ghcr.io", "ghcr.io"}))},
	{BadPodLabel, "admission.labels", with(set("admission.labels", []string{}))},
	{BadPodLabel, "admission.labels[0]", with(set("admission.labels", []string{"a team"}))},
	{BadPodLabel, "admission.labels[1]", with(set("admission.labels", []string{"team", "team"}))},
	{KubernetesOnly, "namespaces.explico", onECS(set("namespaces.explico.pods", 5))},
	{KubernetesOnly, "admission.labels", onECS(set("admission.labels", []string{"team"}))},
	{CloudLacks, "local", with(set("local.context", "kind-explico"))},
	{CloudLacks, "network", onLocal(set("network.cidr", "10.0.0.0/16"))},
	{CloudLacks, "region", onLocal(set("region", "eu-west-1"))},
	{CloudLacks, "database.multiAz", onLocal(set("database.multiAz", true))},
	{CloudLacks, "cluster.nodeGroups", onLocal(set("cluster.nodeGroups.apps.max", 9))},
	{BadContext, "local.context", onLocal(set("local.context", "arn:aws:eks:eu-west-1:999900001111:cluster/explico-prod"))},
	{BadContext, "local.context", onLocal(set("local.context", "gke_project_europe-west1_prod"))},
	{BadContext, "local.context", onLocal(set("local.context", "admin@prod.eu-west-1.eksctl.io"))},
	{BadContext, "local.context", onLocal(set("local.context", "kind explico"))},
	{CurrentContext, "local.context", onLocal(set("local.context", ""))},
}

func TestLocalNeedsNothingOfACloud(t *testing.T) {
	s, all := loadYAML(goodFile(t, onLocal()...))
	if len(all) != 0 {
		t.Fatalf("got\n%s", lines(all))
	}
	if s.Local.Context != "kind-explico" {
		t.Errorf("got the context %q", s.Local.Context)
	}
	for _, name := range []string{"minikube", "k3d-explico", "docker-desktop", "rancher-desktop"} {
		if _, all := loadYAML(goodFile(t, onLocal(set("local.context", name))...)); len(all) != 0 {
			t.Errorf("%s: got\n%s", name, lines(all))
		}
	}
}

// Whatever is said of a cluster on the machine names a reason.
func TestLocalLacksWithReasons(t *testing.T) {
	keys := Flatten(Defaults(AWSCloud))
	for path, reason := range localLacks() {
		if reason == "" {
			t.Errorf("%s has no reason", path)
		}
		found := false
		for key := range keys {
			found = found || key == path || within(key, path)
		}
		if !found {
			t.Errorf("%s is no setting", path)
		}
	}
}

func TestQuotaOverridesOneAmount(t *testing.T) {
	s, all := loadYAML(goodFile(t, set("namespaces.explico.pods", 50)))
	if len(all) != 0 {
		t.Fatalf("got\n%s", lines(all))
	}
	if q, was := s.Namespaces["explico"], defaultNamespaces()["explico"]; q.Pods != 50 || q.CPU != was.CPU || q.Memory != was.Memory {
		t.Errorf("got %+v, want the default with 50 pods", q)
	}
}

func TestRegistriesThatExist(t *testing.T) {
	for _, name := range []string{
		"ghcr.io", "docker.io/library", "localhost:5001", "k3d-registry:5000/acme", "registry.k8s.io/ingress-nginx/controller", "localhost",
	} {
		if _, all := loadYAML(goodFile(t, set("admission.registries", []string{name}))); strings.Contains(lines(all), string(BadSourceHost)) {
			t.Errorf("%s: got\n%s", name, lines(all))
		}
	}
}
