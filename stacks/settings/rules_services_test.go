package settings

import (
	"slices"
	"strings"
	"testing"
)

const (
	onCluster = "services.backend."
	nightly   = "jobs.nightly."
)

// ofService are edits of one setting of backend, on Kubernetes.
func ofService(key string, value any) []edit { return with(set(onCluster+key, value)) }

// ofJob are edits of a good job.
func ofJob(key string, value any) []edit {
	return with(set(nightly+"image", "ghcr.io/stefanprodan/nightly:1.0.0"), set(nightly+key, value))
}

// still are edits of a stack on AWS whose nodes nobody grows.
func still(edits []edit, more ...edit) []edit {
	return slices.Concat(edits, []edit{set("operators.pools", map[string]any{"apps": nil, "batch": nil, "gpu": nil})}, more)
}

// toZero are edits of a service that scales to zero.
func toZero(edits ...edit) []edit {
	return slices.Concat(with(set(onCluster+"scale.toZero", true), set(onCluster+"scale.requestsPerSecond", 5)), edits)
}

// canary are edits of a service with strategy canary.
func canary(edits ...edit) []edit {
	return slices.Concat(with(set(onCluster+"strategy", "canary")), edits)
}

// serviceBreaches are the bad examples of services and jobs on Kubernetes.
var serviceBreaches = []breach{
	{KubernetesOnly, "services.backend", onECS(set(onCluster+"port", 8081))},
	{KubernetesOnly, "jobs.nightly", onECS(set(nightly+"image", "a:1"))},
	{KubernetesOnly, "mesh.mode", onECS(set("mesh.mode", "none"))},
	{Missing, "services.mail.image", with(set("services.mail.port", 8080))},
	{Missing, "jobs.nightly.image", with(set(nightly+"retries", 1))},
	{UnpinnedImage, onCluster + "image", with(set("protect", true), set(onCluster+"image", "ghcr.io/stefanprodan/backend:latest"))},
	{UnpinnedImage, onCluster + "image", with(set("protect", true), set(onCluster+"image", "ghcr.io/stefanprodan/backend"))},
	{UnpinnedImage, onCluster + "image", ofService("image", "ghcr.io/Acme/backend:1")},
	{UnpinnedImage, onCluster + "image", ofService("image", "ghcr.io/stefanprodan/backend@sha256:12")},
	{FloatingImage, onCluster + "image", ofService("image", "ghcr.io/stefanprodan/backend:latest")},
	{FloatingImage, nightly + "image", ofJob("image", "localhost:5000/nightly")},
	{ForeignImage, onCluster + "image", ofService("image", "docker.io/library/nginx:1.29.1")},
	{ForeignImage, onCluster + "image", ofService("image", "ghcr.io/stefanprodan-not/backend:1.0.0")},
	{ForeignImage, nightly + "image", ofJob("image", "europe-docker.pkg.dev/explico/images/nightly:1.0.0")},
	{BadPodPort, onCluster + "port", ofService("port", 80)},
	{BadPodPort, onCluster + "port", ofService("port", 15008)},
	{BadPodPort, onCluster + "metrics.port", ofService("metrics.port", 90)},
	{BadPodPort, onCluster + "metrics.port", ofService("metrics.port", 15020)},
	{BadPodPort, onCluster + "metrics.port", ofService("metrics.port", 65536)},
	{BadPodQuantity, onCluster + "resources.cpu", ofService("resources.cpu", "250 m")},
	{BadPodQuantity, onCluster + "resources.memory", ofService("resources.memory", "256")},
	{BadPodQuantity, onCluster + "resources.disk", ofService("resources.disk", "1TB")},
	{BadPodQuantity, onCluster + "gpu", ofService("gpu", -1)},
	{OverCapacity, onCluster + "resources.cpu", still(ofService("resources.cpu", "3"))},
	{OverCapacity, onCluster + "resources.memory", still(ofService("resources.memory", "9Gi"))},
	{OverCapacity, onCluster + "gpu", still(ofService("gpu", 2), set("cluster.nodeGroups.gpu.initial", 1))},
	{OverCapacity, nightly + "resources.memory", still(ofJob("resources.memory", "17Gi"), set("cluster.nodeGroups.batch.initial", 1))},
	{NoGPUPool, onCluster + "gpu", still(ofService("gpu", 1), set("cluster.nodeGroups.gpu", (*int)(nil)))},
	{NoNodes, onCluster + "gpu", still(ofService("gpu", 1))},
	{NoNodes, nightly + "resources", still(ofJob("retries", 1))},
	{BadScale, onCluster + "scale.min", ofService("scale.min", 0)},
	{BadScale, onCluster + "scale.min", ofService("scale.min", 5)},
	{BadScale, onCluster + "scale.max", ofService("scale.cpuPercent", 0)},
	{BadScale, onCluster + "scale.cpuPercent", ofService("scale.cpuPercent", 101)},
	{BadScale, onCluster + "scale.memoryPercent", ofService("scale.memoryPercent", -1)},
	{BadScale, onCluster + "scale.requestsPerSecond", ofService("scale.requestsPerSecond", -1)},
	{BadScale, onCluster + "scale.idleAfter", toZero(set(onCluster+"scale.idleAfter", "10s"))},
	{BlockedEviction, onCluster + "maxUnavailable", ofService("maxUnavailable", 0)},
	{BlockedEviction, onCluster + "maxUnavailable", ofService("maxUnavailable", 2)},
	{UnfetchedSecret, onCluster + "secrets[0]", slices.Concat(ofService("secrets", []string{"mail"}), []edit{set("secrets.names.mail.purpose", "sends mail")})},
	{UnfetchedSecret, nightly + "secrets[0]", slices.Concat(ofJob("secrets", []string{"mail"}), []edit{
		set("secrets.names.mail.purpose", "sends mail"),
		set("secrets.readers.jobs.serviceAccount", "explico/nightly"), set("secrets.readers.jobs.secrets", []string{"mail"}),
	})},
	{UnknownSecret, onCluster + "secrets[0]", ofService("secrets", []string{"mail"})},
	{UnknownSecret, nightly + "secrets[1]", ofJob("secrets", []string{"database", "database"})},
	{ForeignBucket, onCluster + "buckets.backups", ofService("buckets.backups", "read")},
	{ForeignBucket, nightly + "buckets.upload", ofJob("buckets.upload", "readWrite")},
	{UnknownWord, onCluster + "buckets.uploads", ofService("buckets.uploads", "write")},
	{BadCall, onCluster + "calls[0]", ofService("calls", []string{"buckets"})},
	{NoWeights, onCluster + "strategy", canary(set("mesh.mode", "none"))},
	{Unscraped, onCluster + "analysis.source", canary(set(onCluster+"metrics.enabled", false), set(onCluster+"analysis.source", "app"))},
	{Unscraped, onCluster + "analysis.source", with(set(onCluster+"strategy", "blueGreen"), set("mesh.mode", "ambient"), set(onCluster+"metrics.enabled", false))},
	{Unscraped, onCluster + "analysis.source", with(set(onCluster+"strategy", "blueGreen"), set("mesh.mode", "none"), set(onCluster+"analysis.source", "mesh"))},
	{BadSteps, onCluster + "canary.percents", canary(set(onCluster+"canary.percents", []int{}))},
	{BadSteps, onCluster + "canary.percents[1]", canary(set(onCluster+"canary.percents", []int{50, 20}))},
	{BadSteps, onCluster + "canary.percents[0]", canary(set(onCluster+"canary.percents", []int{100}))},
	{BadSteps, onCluster + "canary.pause", canary(set(onCluster+"canary.pause", "30s"))},
	{BadSteps, onCluster + "blueGreen.keepOld", with(set(onCluster+"strategy", "blueGreen"), set(onCluster+"blueGreen.keepOld", "1s"))},
	{BadSteps, onCluster + "analysis.burnRate", canary(set(onCluster+"analysis.burnRate", 0))},
	{BadSteps, onCluster + "analysis.burnRate", canary(set(onCluster+"analysis.burnRate", 2), set(onCluster+"slo.availability", 50))},
	{BadSteps, onCluster + "analysis.failures", canary(set(onCluster+"analysis.failures", 11))},
	{BadPaths, onCluster + "paths[0]", ofService("paths", []string{"api"})},
	{BadPaths, onCluster + "paths[0]", ofService("paths", []string{"/api/"})},
	{BadPaths, "services.frontend.paths[0]", with(set("services.frontend.paths", []string{"/api"}))},
	{BadPaths, onCluster + "timeout", ofService("timeout", "2h")},
	{BadAfter, onCluster + "after[0]", slices.Concat(ofJob("retries", 1), []edit{set(onCluster+"after", []string{"nigthly"})})},
	{BadAfter, onCluster + "after[0]", ofService("after", []string{"frontend"})},
	{BadAfter, onCluster + "after[1]", slices.Concat(ofJob("retries", 1), []edit{set(onCluster+"after", []string{"nightly", "nightly"})})},
	{BadAfter, onCluster + "after[0]", slices.Concat(ofJob("schedule", "30 3 * * *"), []edit{set(onCluster+"after", []string{"nightly"})})},
	{BadAfter, onCluster + "after[0]", slices.Concat(ofJob("calls", []string{"backend"}), []edit{set(onCluster+"after", []string{"nightly"})})},
	{BadAfter, onCluster + "after[0]", slices.Concat(ofJob("calls", []string{"frontend"}), []edit{ // around, by way of another
		set(onCluster+"after", []string{"nightly"}), set("services.frontend.after", []string{"seed"}),
		set("jobs.seed.image", "ghcr.io/stefanprodan/seed:1.0.0"), set("jobs.seed.calls", []string{"backend"}),
	})},
	{SlowOrigin, onCluster + "timeout", behindEdge("2m")},
	{BadCall, onCluster + "calls[0]", ofService("calls", []string{"fronted"})},
	{BadCall, onCluster + "calls[0]", ofService("calls", []string{"backend"})},
	{BadProbe, onCluster + "probes.live", ofService("probes.live", "healthz")},
	{BadProbe, onCluster + "probes.ready", ofService("probes.ready", "/healthz")},
	{BadProbe, onCluster + "probes.startSeconds", ofService("probes.startSeconds", 0)},
	{BadProbe, onCluster + "metrics.path", ofService("metrics.path", "metrics")},
	{BadProbe, onCluster + "analysis.smokePath", canary(set(onCluster+"analysis.smokePath", "readyz"))},
	{BadSLO, onCluster + "slo.availability", ofService("slo.availability", 100)},
	{BadSLO, onCluster + "slo.latencyTarget", ofService("slo.latencyTarget", 0.99)},
	{BadSLO, onCluster + "slo.latencyMs", ofService("slo.latencyMs", 0)},
	{BadSLO, onCluster + "slo.latencyMs", ofService("slo.latencyMs", 300)},
	{WrongType, onCluster + "slo.availability", ofService("slo.availability", "99.9")},
	{BadConfigFile, onCluster + "config.a/b", ofService("config.a/b", "x")},
	{BadSchedule, nightly + "schedule", ofJob("schedule", "at night")},
	{BadSchedule, nightly + "schedule", ofJob("schedule", "99 77 * * *")},
	{BadSchedule, nightly + "schedule", ofJob("schedule", "0 0 30 2 *")},
	{BadSchedule, nightly + "schedule", ofJob("schedule", "0 0 0 * *")},
	{BadSchedule, nightly + "schedule", ofJob("schedule", "*/0 * * * *")},
	{BadSchedule, nightly + "schedule", ofJob("schedule", "@daily")},
	{BadSchedule, nightly + "schedule", ofJob("schedule", "TZ=UTC 0 3 * *")},
	{BadSchedule, nightly + "timezone", ofJob("timezone", "berlin")},
	{BadSchedule, nightly + "timezone", ofJob("timezone", "Europe/Berlinn")},
	{BadQuery, onCluster + "scale.query", toZero(set(onCluster+"scale.query", "sum(queue_length"))},
	{BadQuery, onCluster + "scale.query", toZero(set(onCluster+"scale.query", "sum(queue_length])"))},
	{BadQuery, onCluster + "scale.query", toZero(set(onCluster+"scale.query", `queue_length{name="mail}`))},
	{BadQuery, onCluster + "scale.query", toZero(set(onCluster+"scale.query", "# the queue's length"))},
	{BadQuery, onCluster + "scale.query", toZero(set(onCluster+"scale.query", " "))},
	{BadQuery, onCluster + "scale.query", ofService("scale.query", "sum(queue_length)")},
	{NoIdleSignal, onCluster + "scale.toZero", ofService("scale.toZero", true)},
	{NoIdleSignal, onCluster + "scale.toZero", toZero(set("mesh.mode", "none"))},
	{BadRun, nightly + "timeout", ofJob("timeout", "48h")},
	{BadRun, nightly + "retries", ofJob("retries", 21)},
	{BadStop, onCluster + "stopSeconds", ofService("stopSeconds", 300)},
	{LowUser, onCluster + "user", ofService("user", 1000)},
	{TakenName, "services.backend-canary", with(set("services.backend-canary.image", "a:1"))},
	{TakenName, "services.cache", with(set("services.cache.image", "a:1"))},
	{TakenName, "jobs.backend", with(set("jobs.backend.image", "a:1"))},
	{BadName, "services.AI", with(set("services.AI.image", "a:1"))},
	{OpenSecret, onCluster + "env.DB_PASSWORD", ofService("env.DB_PASSWORD", "x")},
	{OpenSecret, onCluster + "env.DATABASE_URL", ofService("env.DATABASE_URL", "postgres://u:p@h/db")},
	{OpenSecret, nightly + "env.apiToken", ofJob("env.apiToken", "x")},
	{BadVariable, onCluster + "env.1ST", ofService("env.1ST", "x")},
	{BadVariable, onCluster + "env.PORT", ofService("env.PORT", "1")},
	{BadScratch, onCluster + "scratch[0]", ofService("scratch", []string{"tmp"})},
	{BrokenProtect, onCluster + "scale.min", with(set("protect", true), set(onCluster+"scale.min", 1))},
	{UnknownWord, onCluster + "strategy", ofService("strategy", "bluegreen")},
	{UnknownWord, "mesh.mode", with(set("mesh.mode", "linkerd"))},
}

func TestGoodServices(t *testing.T) {
	s, all := loadYAML(goodFile(t, slices.Concat(canary(
		set("domain.name", "app.explico.io"), set("domain.zoneId", "Z0123456789ABC"),
		set("secrets.names.mail.purpose", "sends mail"), set(onCluster+"secrets", []string{"mail", "database"}),
		set("secrets.readers.mail.serviceAccount", fetcher), set("secrets.readers.mail.secrets", []string{"mail"}),
		set(onCluster+"image", "ghcr.io/stefanprodan/backend@sha256:"+strings.Repeat("0", 64)),
		set(onCluster+"slo.availability", 99.95), setIn("services.backend.config", "app.yaml", "a: 1\n"),
		set("services.ai-inference.gpu", 1), set("services.ai-inference.strategy", "blueGreen"),
	), ofJob("schedule", "30 3 * * 1-5"))...))
	if len(all) > 0 {
		t.Fatal(lines(all))
	}
	if got := s.Services["frontend"]; got.SLO.Availability != 99.9 {
		t.Errorf("frontend: %+v", got)
	}
}

// An image may come from the cloud's own registry, whatever its address.
func TestOwnRegistries(t *testing.T) {
	for cloud, image := range map[Cloud]string{
		AWSCloud: "111122223333.dkr.ecr.eu-west-1.amazonaws.com/explico-dev/backend:1.0.0",
		GCPCloud: "europe-west1-docker.pkg.dev/explico/explico-dev/backend:1.0.0", AzureCloud: "explicodev0123.azurecr.io/backend:1.0.0",
	} {
		if _, all := loadYAML(goodFileOn(t, cloud, set(onCluster+"image", image))); strings.Contains(lines(all), string(ForeignImage)) {
			t.Errorf("%s: %s is refused: %s", cloud, image, lines(all))
		}
	}
}

// A pod fits by the machines of the groups that let it in; a type that is not
// known may have anything.
func TestMachines(t *testing.T) {
	for instance, want := range map[string]machine{
		"m7g.large": {2000, 8192, 0}, "m6i.2xlarge": {8000, 32768, 0}, "c7g.2xlarge": {8000, 16384, 0}, "t4g.small": {2000, 2048, 0},
		"r7g.xlarge": {4000, 32768, 0}, "g5.xlarge": {4000, 16384, 1}, "g5.12xlarge": {48000, 196608, 4}, "m7g.medium": {1000, 4096, 0},
		"p5.48xlarge": {192000, 2097152, 8}, "g6e.12xlarge": {48000, 393216, 4}, "g4dn.metal": {96000, 393216, 8},
	} {
		if got, known := awsMachine(instance); !known || got != want {
			t.Errorf("%s: got %v (%v), want %v", instance, got, known, want)
		}
	}
	for _, instance := range []string{"p4de.24xlarge", "m7g.metal", "x9z.large", "m7g.tiny", "trn1.2xlarge"} {
		if got, known := awsMachine(instance); known {
			t.Errorf("%s: got %v, want nothing", instance, got)
		}
	}
	edits := with(set(onCluster+"resources.memory", "100Gi"), set("cluster.nodeGroups.huge.instances", []string{"m7g.metal"}), set("cluster.nodeGroups.huge.max", 1))
	if _, all := loadYAML(goodFile(t, append(edits, wide...)...)); len(all) > 0 {
		t.Errorf("a group of unknown machines: %s", lines(all))
	}
}
