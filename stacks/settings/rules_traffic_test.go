package settings

import (
	"strings"
	"testing"
)

// trafficBreaches are the bad examples of the rules on the mesh, the way in and
// the operators.
var trafficBreaches = []breach{
	{BadMesh, "mesh.hub", with(set("mesh.hub", "https://docker.io/istio"))},
	{BadMesh, "mesh.hub", with(set("mesh.hub", ""))},
	{BadMesh, "mesh.retries", with(set("mesh.retries", 6))},
	{BadMesh, "mesh.ejectAfter", with(set("mesh.ejectAfter", 0))},
	{BadMesh, "mesh.tracePercent", with(set("mesh.tracePercent", 101))},
	{UnknownWord, "mesh.mode", with(set("mesh.mode", "linkerd"))},
	{SleeplessNodes, "costs.schedule", with(set("costs.schedule.timezone", "Europe/Berlin"), set("costs.schedule.start", "07:00"), set("costs.schedule.stop", "19:00"))},
	{OpenMesh, "mesh.mode", with(set("protect", true), set("mesh.mode", "none"))},
	{NoMesh, "ingress.enabled", withDomain(set("mesh.mode", "none"))},
	{NoMesh, "ingress.enabled", with(set("mesh.mode", "none"))},
	{TwoFronts, "cdn.apiOrigin", withDomain(set("cdn.apiOrigin", "api.app.te-explico.com"))},
	{IngressOutside, "ingress.host", withDomain(set("ingress.host", "api.explico.org"))},
	{IngressNoDomain, "ingress.host", with(set("ingress.host", "api.te-explico.com"))},
	{BadIngressHost, "ingress.host", withDomain(set("ingress.host", "app.te-explico.com"))},
	{BadIngressHost, "ingress.host", withDomain(set("ingress.host", "https://api.te-explico.com"))},
	{BadEmail, "ingress.email", with(set("ingress.email", "nobody"))},
	{UnknownWord, "ingress.records", with(set("ingress.records", "always"))},
	{BadOperators, "operators.replicas", with(set("operators.replicas", 0))},
	{SingleOperators, "operators.replicas", with(set("protect", true))},
	{BadCron, "operators.backups.schedule", with(set("operators.backups.schedule", "nightly"))},
	{BadCron, "operators.backups.schedule", with(set("operators.backups.schedule", "30 3 * *"))},
	{BadCron, "operators.backups.schedule", with(set("operators.backups.schedule", "99 3 * * *"))},
	{BadCron, "operators.backups.keepDays", with(set("operators.backups.keepDays", 0))},
	{NoPoolInstances, "operators.pools.mine.instances", with(set("operators.pools.mine.cpus", 8))},
	{BadFamily, "operators.pools.apps.instances[0]", with(set("operators.pools.apps.instances", []string{"m7g.large"}))},
	{BadFamily, "operators.pools.apps.instances[1]", with(set("operators.pools.apps.instances", []string{"m7g", "m7i"}))},
	{BadFamily, "operators.pools.apps.instances[0]", with(set("operators.pools.apps.instances", []string{"g5"}))},
	{BadPool, "operators.pools.apps.cpus", with(set("operators.pools.apps.cpus", 0))},
	{BadPool, "operators.pools.apps.memoryGiB", with(set("operators.pools.apps.memoryGiB", 0))},
	{BadPool, "operators.pools.apps.diskGiB", with(set("operators.pools.apps.diskGiB", 8))},
	{BadPool, "operators.pools.apps.disruptPercent", with(set("operators.pools.apps.disruptPercent", 101))},
	{BadPool, "operators.pools.apps.maxAge", with(set("operators.pools.apps.maxAge", "0s"))},
	{BadPool, "operators.pools.apps.terminationGracePeriod", with(set("operators.pools.apps.terminationGracePeriod", "1m"))},
	{BadPool, "operators.pools.apps.terminationGracePeriod", with(set("operators.pools.apps.terminationGracePeriod", "169h"))},
	{BadPool, "operators.pools.apps.consolidateAfter", with(set("operators.pools.apps.consolidateAfter", "-1s"))},
	{BadLabel, "operators.pools.apps.labels.a b", with(setIn("operators.pools.apps.labels", "a b", "c"))},
	{BadName, "operators.pools.Apps", with(set("operators.pools.Apps.instances", []string{"m7g"}))},
	{KubernetesOnly, "mesh.mode", with(set("compute", "ecs"), set("mesh.mode", "none"))},
	{KubernetesOnly, "operators.replicas", with(set("compute", "ecs"), set("operators.replicas", 2))},
}

// withDomain is a breach of a stack with a domain.
func withDomain(edits ...edit) []edit {
	return with(append([]edit{
		set("domain.name", "app.te-explico.com"), set("domain.zone", "te-explico.com"), set("domain.zoneId", anyZone),
	}, edits...)...)
}

// A stack with a domain has a host for its services; one without has none, and
// one that wants none neither.
func TestIngressHost(t *testing.T) {
	for want, edits := range map[string][]edit{
		"api.app.te-explico.com": withDomain(),
		"in.te-explico.com":      withDomain(set("ingress.host", "in.te-explico.com")),
		"":                       with(),
	} {
		if s, all := loadYAML(goodFile(t, edits...)); s == nil || s.Ingress.Host != want {
			t.Errorf("want the host %q; got %v\n%s", want, s, lines(all))
		}
	}
	if s, _ := loadYAML(goodFile(t, withDomain(set("ingress.enabled", false))...)); s == nil || s.Ingress.Host != "" {
		t.Error("there is a host without a way in")
	}
	if s, all := loadYAML(goodFile(t, with(set("mesh.mode", "none"), set("ingress.enabled", false))...)); s == nil {
		t.Errorf("services that are reached from inside alone need no mesh:\n%s", lines(all))
	}
}

// The way in answers under the services' host, and Grafana's where it has one.
func TestEntranceHosts(t *testing.T) {
	for want, edits := range map[string][]edit{
		"api.app.te-explico.com":                        withDomain(),
		"api.app.te-explico.com grafana.te-explico.com": withSSO(append(withDomain(), set("metrics.grafana.host", "grafana.te-explico.com"))...),
		"": with(),
	} {
		s, all := loadYAML(goodFile(t, edits...))
		if s == nil || strings.Join(s.EntranceHosts(), " ") != want {
			t.Errorf("want %q; got %v\n%s", want, s, lines(all))
		}
	}
}
