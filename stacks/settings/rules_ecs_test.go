package settings

import (
	"slices"
	"strings"
	"testing"
)

// onECS are edits of a good file with compute: ecs.
func onECS(edits ...edit) []edit {
	base := []edit{set("compute", "ecs"), set("domain.name", "app.explico.io"), set("domain.zoneId", "Z0123456789ABC")}
	return slices.Concat(base, edits)
}

const service = "ecs.services.backend."

func ofBackend(key string, value any) []edit { return onECS(set(service+key, value)) }

// behindCDN are edits of a good file with services that are open to the CDN alone.
func behindCDN(edits ...edit) []edit {
	base := onECS(
		set("ecs.openTo", "cdn"), set("cdn.apiOrigin", "api.app.explico.io"), set("cdn.originSecrets", []string{proof}),
		edit{strings.Split("ecs.services", "."), map[string]any{"frontend": nil, "ai-inference": map[string]any{"paths": []string{"/api/ai/*"}}}},
	)
	return slices.Concat(base, edits)
}

var proof = strings.Repeat("0123456789abcdef", 4)

const someSecret = "arn:aws:secretsmanager:eu-west-1:999900001111:secret:mail-AbCdEf"

// ecsBreaches are the bad examples of compute: ecs.
var ecsBreaches = []breach{
	{KubernetesOnly, "cluster.version", onECS(set("cluster.version", "1.35"))},
	{KubernetesOnly, "cluster.nodeGroups", onECS(set("cluster.nodeGroups.apps.max", 4))},
	{KubernetesOnly, "cluster.endpoint", onECS(set("cluster.endpoint.mode", "private"))},
	{KubernetesOnly, "network.podCidr", onECS(set("network.podCidr", "100.64.0.0/16"))},
	{EcsOnly, "ecs.architecture", with(set("ecs.architecture", "arm64"))},
	{EcsOnly, "ecs.services", with(set("compute", "kubernetes"), set(service+"max", 4))},
	{NoCertificate, "compute", with(set("compute", "ecs"))},
	{NoCertificate, "compute", with(set("compute", "ecs"), set("domain.createZone", true), set("domain.zone", "example.com"))},
	{BadHost, "ecs.host", with(set("compute", "ecs"), set("domain.createZone", true), set("domain.zone", "app.example.com"), set("domain.name", "www.app.example.com"), set("ecs.host", "api.example.com"))},
	{Missing, "ecs.host", with(set("compute", "ecs"), set("ecs.certificateArn", "arn:aws:acm:eu-west-1:999900001111:certificate/00000000-0000-0000-0000-000000000001"))},
	{NoGPU, service + "gpu", ofBackend("gpu", true)},
	{BadTask, service + "cpu", ofBackend("cpu", 300)},
	{BadTask, service + "memory", ofBackend("memory", 4096)},
	{BadTask, service + "memory", ofBackend("memory", 1536)},
	{BadTask, "ecs.services.ai-inference.memory", onECS(set("ecs.services.ai-inference.cpu", 8192), set("ecs.services.ai-inference.memory", 18000))},
	{BadServiceImage, service + "image", ofBackend("image", "ghcr.io/acme/backend")},
	{BadServiceImage, service + "image", ofBackend("image", "localhost:5000/backend")},
	{BadServiceImage, service + "image", ofBackend("image", "ghcr.io/acme/backend:latest")},
	{BadServiceImage, service + "image", ofBackend("image", "ghcr.io/acme/backend@sha256:12")},
	{BadServiceImage, service + "candidate", onECS(set(service+"strategy", "blueGreen"), set(service+"candidate", "Backend:1"))},
	{Missing, "ecs.services.mail.image", onECS(set("ecs.services.mail.order", 5))},
	{NoWayOut, service + "image", onECS(set("network.nat", "none"), set("network.endpoints", []string{"ecr.api", "ecr.dkr", "logs"}))},
	{NoWayOut, "network.nat", onECS(set("network.nat", "none"), set("network.endpoints", []string{"ecr.api", "logs"}))},
	{NoWayOut, "network.nat", onECS(set("network.nat", "none"), set("network.endpoints", []string{"ecr.api", "ecr.dkr", "logs"}), set(service+"secrets.MAIL.from", someSecret))},
	{OpenSecret, service + "env.DB_PASSWORD", ofBackend("env.DB_PASSWORD", "hunter22")},
	{OpenSecret, service + "env.STRIPE_API_KEY", ofBackend("env.STRIPE_API_KEY", "x")},
	{OpenSecret, service + "env.CACHES", ofBackend("env.CACHES", "redis://a:6379,redis://:p@b:6379")},
	{BadSource, service + "secrets.MAIL.from", ofBackend("secrets.MAIL.from", "hunter22")},
	{BadSource, service + "secrets.MAIL.from", ofBackend("secrets.MAIL.from", strings.Replace(someSecret, "eu-west-1", "eu-west-2", 1))},
	{BadSource, service + "secrets.MAIL.key", onECS(set(service+"secrets.MAIL.from", someSecret), set(service+"secrets.MAIL.key", "alias/mail"))},
	{Missing, service + "secrets.MAIL.from", ofBackend("secrets.MAIL.key", replicaKey)},
	{BadVariable, service + "env.1ST", ofBackend("env.1ST", "x")},
	{BadVariable, service + "secrets.MAIL-KEY", ofBackend("secrets.MAIL-KEY.from", someSecret)},
	{BadVariable, service + "secrets.MAIL", onECS(set(service+"env.MAIL", "x"), set(service+"secrets.MAIL.from", someSecret))},
	{BadRoute, service + "paths", ofBackend("paths", []string{})},
	{BadRoute, service + "paths[0]", ofBackend("paths", []string{"api/*"})},
	{BadRoute, service + "order", ofBackend("order", 0)},
	{BadRoute, "ecs.services.frontend.order", ofBackend("order", 900)},
	{BadPort, service + "port", ofBackend("port", 80)},
	{BadTasks, service + "min", ofBackend("min", 0)},
	{BadTasks, service + "min", ofBackend("min", 4)},
	{BadTasks, service + "requestsPerTask", ofBackend("requestsPerTask", -1)},
	{BadPercent, service + "spotPercent", ofBackend("spotPercent", 101)},
	{BadPercent, service + "candidatePercent", ofBackend("candidatePercent", -1)},
	{BadHealth, service + "healthPath", ofBackend("healthPath", "healthz")},
	{BadHealth, service + "drainSeconds", ofBackend("drainSeconds", 300)},
	{BadRelease, service + "candidate", ofBackend("candidate", "ghcr.io/acme/backend:2")},
	{BadRelease, service + "live", ofBackend("live", "green")},
	{BadRelease, service + "candidatePercent", ofBackend("candidatePercent", 10)},
	{UnknownWord, service + "strategy", ofBackend("strategy", "bluegreen")},
	{UnknownWord, "compute", with(set("compute", "fargate"))},
	{BadCertificate, "ecs.certificateArn", onECS(set("ecs.certificateArn", "arn:aws:acm:us-east-1:999900001111:certificate/00000000-0000-0000-0000-000000000001"))},
	{BadCertificate, "ecs.certificateArn", onECS(set("ecs.certificateArn", "cert"))},
	{BadHost, "ecs.host", onECS(set("ecs.host", "app.explico.io"))},
	{BadHost, "ecs.host", onECS(set("ecs.host", "api.example.org"))},
	{BadHost, "ecs.host", onECS(set("ecs.host", "https://api.example.com"))},
	{BadHost, service + "host", ofBackend("host", "api")},
	{BadUser, service + "user", ofBackend("user", "0")},
	{BadUser, service + "user", ofBackend("user", "app")},
	{BadScratch, service + "scratch[0]", ofBackend("scratch", []string{"tmp"})},
	{BadScratch, service + "scratch[1]", ofBackend("scratch", []string{"/tmp", "/tmp"})},
	{BrokenProtect, service + "min", onECS(set("protect", true))},
	{BrokenProtect, service + "spotPercent", onECS(set("protect", true), set(service+"spotPercent", 100))},
	{OpenShell, service + "shell", onECS(set("protect", true), set(service+"min", 2), set(service+"shell", true))},
	{HiddenService, "cdn.apiOrigin", behindCDN(set("cdn.apiOrigin", "api.explico.io"))},
	{HiddenService, "waf.enabled", behindCDN(set("waf.enabled", false))},
	{HiddenService, service + "host", behindCDN(set(service+"host", "www.explico.io"))},
	{HiddenService, service + "paths[1]", behindCDN(set(service+"paths", []string{"/api/*", "/hooks/*"}))},
	{Missing, "cdn.originSecrets", behindCDN(set("cdn.originSecrets", []string{}))},
	{TwoFronts, "ecs.openTo", onECS(set("cdn.apiOrigin", "api.app.explico.io"))},
	{UnknownWord, "ecs.openTo", onECS(set("ecs.openTo", "CDN"))},
	{BadName, "ecs.services.AI", onECS(set("ecs.services.AI.image", "a:1"))},
}

func TestGoodECS(t *testing.T) {
	s, all := loadYAML(goodFile(t, onECS(
		set(service+"strategy", "blueGreen"), set(service+"candidate", "ghcr.io/acme/backend@sha256:"+strings.Repeat("0", 64)),
		set(service+"candidatePercent", 5), set(service+"secrets.MAIL.from", someSecret+":password::"),
	)...))
	if len(all) > 0 {
		t.Fatal(lines(all))
	}
	if s.Ecs.Host != "api.app.explico.io" || s.Ecs.Services["frontend"].Host != s.Ecs.Host {
		t.Errorf("hosts: got %q and %q", s.Ecs.Host, s.Ecs.Services["frontend"].Host)
	}
}

func TestGoodECSBehindCDN(t *testing.T) {
	_, all := loadYAML(goodFile(t, behindCDN(set("cdn.originSecrets", []string{proof, proof + "0"}))...))
	if all = slices.DeleteFunc(all, func(d Diagnostic) bool { return d.Code == PlainSecret }); len(all) > 0 {
		t.Error(lines(all))
	}
}

// What Kubernetes alone honours is found wherever it is given, each key at its
// own position.
func TestKubernetesOnlyPositions(t *testing.T) {
	_, all := loadYAML(file(`  explico:owner: {team: platform, costCentre: CC-1}
  explico:domain: {name: app.explico.io, zoneId: Z0123456789ABC}
  explico:compute: ecs
  explico:network:
    cidr: 10.0.0.0/16
    zones: {eu-west-1a: 0, eu-west-1b: 1}
    podCidr: 100.64.0.0/16
  explico:cluster:
    version: "1.35"
    nodeGroups: {gpu: null}
`))
	var got []string
	for _, d := range all {
		got = append(got, d.String()[:strings.Index(d.String(), ": got")])
	}
	want := []string{"Pulumi.test.yaml:10:14: network.podCidr", "Pulumi.test.yaml:12:14: cluster.version", "Pulumi.test.yaml:13:5: cluster.nodeGroups"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q\n%s", got, want, lines(all))
	}
}

// A cluster that is not there does not count: its default range may overlap.
func TestECSHasNoServiceRange(t *testing.T) {
	if _, all := loadYAML(goodFile(t, onECS(set("network.cidr", "172.20.0.0/16"))...)); len(all) > 0 {
		t.Error(lines(all))
	}
}
