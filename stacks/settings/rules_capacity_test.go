package settings

import (
	"strconv"
	"strings"
	"testing"
)

// capacityBreaches are the bad examples of pods that no machine holds, where pools
// start nodes: the largest m7g and m6g have 64 processors and 256 GiB, and the pool of
// GPUs has room for one g5.4xlarge.
var capacityBreaches = []breach{
	{OverCapacity, onCluster + "resources.cpu", ofService("resources.cpu", "1500")},
	{OverCapacity, onCluster + "resources.cpu", ofService("resources.cpu", "32")},
	{OverCapacity, onCluster + "resources.cpu", with(set(onCluster+"resources.cpu", "64"), set("operators.pools.apps.cpus", 1000), set("operators.pools.apps.memoryGiB", 4000))},
	{OverCapacity, onCluster + "resources.memory", ofService("resources.memory", "600Gi")},
	{OverCapacity, onCluster + "resources.memory", ofService("resources.memory", "130Gi")},
	{OverCapacity, onCluster + "resources.memory", with(set(onCluster+"resources.cpu", "20"), set(onCluster+"resources.memory", "120Gi"), set("operators.pools.apps.instances", []string{"c7g"}))},
	{OverCapacity, onCluster + "resources.cpu", still(ofService("resources.cpu", "7"), set("cluster.nodeGroups.own", map[string]any{"instances": []string{"m7g.2xlarge"}, "min": 1, "taints": map[string]any{"own": map[string]any{}}}))},
	{OverCapacity, onCluster + "resources.disk", ofService("resources.disk", "46Gi")},
	{OverCapacity, onCluster + "resources.disk", still(ofService("resources.disk", "46Gi"))},
	{OverCapacity, onCluster + "gpu", ofService("gpu", 64)},
	{OverCapacity, onCluster + "gpu", ofService("gpu", 2)},
	{OverCapacity, onCluster + "gpu", with(set(onCluster+"gpu", 9), set("operators.pools.gpu.instances", []string{"p5"}), set("operators.pools.gpu.cpus", 5000), set("operators.pools.gpu.memoryGiB", 50000))},
	{OverCapacity, onCluster + "resources.memory", with(set(onCluster+"gpu", 1), set(onCluster+"resources.memory", "100Gi"))},
	{OverCapacity, nightly + "resources.memory", ofJob("resources.memory", "140Gi")},
	{OverCapacity, nightly + "resources.cpu", ofJob("resources.cpu", "1500")},
	{OverCapacity, nightly + "resources.disk", ofJob("resources.disk", "1000Gi")},
	{NoGPUPool, onCluster + "gpu", onLocal(set(onCluster+"gpu", 1))},
	{BadPool, "operators.pools.gpu.cpus", with(set("operators.pools.gpu.cpus", 3))},
	{BadPool, "operators.pools.gpu.memoryGiB", with(set("operators.pools.gpu.memoryGiB", 12))},
}

// gcpCapacityBreaches are those of GKE, which makes nodes within the cluster's limits.
var gcpCapacityBreaches = []breach{
	{OverCapacity, onCluster + "resources.cpu", with(set(onCluster+"resources.cpu", "4"))},
	{OverCapacity, onCluster + "resources.cpu", with(set(onCluster+"resources.cpu", "16"), set("gcp.autoProvisioning.cpus", 16), set("gcp.autoProvisioning.memoryGiB", 64))},
	{OverCapacity, onCluster + "resources.disk", with(set(onCluster+"resources.disk", "95Gi"), set("gcp.autoProvisioning.cpus", 16), set("gcp.autoProvisioning.memoryGiB", 64))},
}

// wide is a quota that holds everything.
var wide = with(set("namespaces.explico.cpu", "10000"), set("namespaces.explico.memory", "100Ti"))

// quotaBreaches are the bad examples of quotas that do not hold what the stack itself
// asks for.
var quotaBreaches = []breach{
	{ThinQuota, "namespaces.explico.cpu", with(set("namespaces.explico.cpu", "1"))},
	{ThinQuota, "namespaces.explico.cpu", with(set("namespaces.explico.cpu", "500m"))},
	{ThinQuota, "namespaces.explico.memory", with(set("namespaces.explico.memory", "0.02Ti"))},
	{ThinQuota, "namespaces.explico.pods", with(set("namespaces.explico.pods", 14))},
	{ThinQuota, "namespaces.explico.cpu", ofService("scale.max", 300)},
	{ThinQuota, "namespaces.explico.memory", with(set("services.ai-inference.scale.max", 20))},
	{ThinQuota, "namespaces.explico.cpu", append(ofJob("resources.cpu", "30"), set("namespaces.explico.cpu", "36"))},
	{ThinQuota, "namespaces.explico.pods", onLocal(set("namespaces.explico.pods", 2))},
	{ThinQuota, "namespaces.logging.storage", with(set("logging.enabled", true), set("logging.elasticsearch.hot.nodes", 9), set("logging.elasticsearch.hot.storageGiB", 1000))},
	{ThinQuota, "namespaces.logging.storage", with(set("logging.enabled", true), set("namespaces.logging.storage", ""))},
	{ThinQuota, "namespaces.logging.memory", with(set("logging.enabled", true), set("namespaces.logging.memory", "1Gi"))},
	{ThinQuota, "namespaces.monitoring.storage", with(set("metrics.storageGiB", 3000))},
}

// A release by shares or with a second set doubles the pods, a rolling one adds a
// quarter, and each pod has the mesh's proxy, where the mesh is of proxies.
func TestMostOfAQuota(t *testing.T) {
	for name, x := range map[string]struct {
		quota, enough string
		edits         []edit
	}{
		"rolling":        {"namespaces.explico.cpu", "7", with()},
		"blue and green": {"namespaces.explico.cpu", "10", with(set("services.ai-inference.strategy", "blueGreen"))},
		"canary":         {"namespaces.explico.cpu", "10", with(set("services.ai-inference.strategy", "canary"))},
		"no proxies":     {"namespaces.explico.cpu", "6", with(set("mesh.mode", "ambient"))},
		"a job":          {"namespaces.explico.cpu", "9", ofJob("resources.cpu", "2")},
	} {
		for amount, want := range map[string]bool{x.enough: false, minus(t, x.enough): true} {
			_, all := loadYAML(goodFile(t, append(x.edits, set(x.quota, amount))...))
			if got := has(all, ThinQuota); got != want {
				t.Errorf("%s with %s: got %v, want %v\n%s", name, amount, got, want, lines(all))
			}
		}
	}
}

// minus is one less.
func minus(t *testing.T, amount string) string {
	n, err := strconv.Atoi(amount)
	if err != nil {
		t.Fatal(err)
	}
	return strconv.Itoa(n - 1)
}

// What some machine holds is let in.
func TestRoomyPods(t *testing.T) {
	for name, edits := range map[string][]edit{
		"within the pool's limits":        with(set(onCluster+"resources.cpu", "31"), set(onCluster+"resources.memory", "100Gi")),
		"on a node group":                 still(ofService("resources.disk", "45Gi")),
		"the pool's largest":              with(set(onCluster+"resources.cpu", "63"), set(onCluster+"resources.memory", "250Gi"), set("operators.pools.apps.cpus", 64), set("operators.pools.apps.memoryGiB", 256)),
		"memory without the hypervisor's": with(set(onCluster+"resources.memory", "120Gi"), set("operators.pools.apps.memoryGiB", 119)),
		"on a GPU's node":                 with(set(onCluster+"gpu", 1), set(onCluster+"resources.memory", "40Gi"), set(onCluster+"resources.disk", "80Gi")),
		"eight GPUs":                      with(set(onCluster+"gpu", 8), set("operators.pools.gpu.instances", []string{"p5"}), set("operators.pools.gpu.cpus", 192), set("operators.pools.gpu.memoryGiB", 2048)),
		"where a taint would rather not":  still(ofService("resources.cpu", "7"), set("cluster.nodeGroups.soft", map[string]any{"instances": []string{"m7g.2xlarge"}, "min": 1, "taints": map[string]any{"own": map[string]any{"effect": "PreferNoSchedule"}}})),
		"a job on the pool for spot":      ofJob("resources.memory", "100Gi"),
		"a job without spot":              still(ofJob("spot", false)),
		"a job where no node is spot":     still(ofJob("retries", 1), set("cluster.nodeGroups.batch", (*int)(nil))),
	} {
		if _, all := loadYAML(goodFile(t, append(edits, wide...)...)); len(all) > 0 {
			t.Errorf("%s: %s", name, lines(all))
		}
	}
	made := append(with(set(onCluster+"resources.cpu", "12"), set("gcp.autoProvisioning.cpus", 16), set("gcp.autoProvisioning.memoryGiB", 64)), wide...)
	if _, all := loadYAML(goodFileOn(t, GCPCloud, made...)); len(all) > 0 {
		t.Errorf("GKE makes nodes: %s", lines(all))
	}
}

// A job for spot is told to leave it where that helps, and not where it does not.
func TestWayOutOfSpot(t *testing.T) {
	for memory, want := range map[string]bool{"1Gi": true, "9Gi": false} {
		_, all := loadYAML(goodFile(t, still(ofJob("resources.memory", memory))...))
		if got := strings.Contains(lines(all), "or spot: false"); !has(all, NoNodes) || got != want {
			t.Errorf("%s: got %v, want %v\n%s", memory, got, want, lines(all))
		}
	}
}

// A pool's machines are those of its families; of machines that are not known, its
// limits are the largest.
func TestPoolsMachines(t *testing.T) {
	for family, want := range map[string]machine{
		"m7g": {64000, 256 * 1024, 0}, "g4dn": {96000, 384 * 1024, 8}, "p5": {192000, 2048 * 1024, 8}, "inf2": {48000, 100 * 1024, anyMachine.gpus},
	} {
		got := machine{}
		for _, m := range (Pool{Instances: []string{family}, CPUs: 48, MemoryGiB: 100}).machines() {
			got = machine{max(got.milliCPU, m.milliCPU), max(got.memoryMiB, m.memoryMiB), max(got.gpus, m.gpus)}
		}
		if got != want {
			t.Errorf("%s: got %v, want %v", family, got, want)
		}
	}
}
