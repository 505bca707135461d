package tests

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// become makes the dev stack of a world that of a scenario.
func become(t *testing.T, w *world, scenario string) {
	t.Helper()
	archive, err := txtar.ParseFile("testdata/scenarios/" + scenario + ".txtar")
	if err != nil {
		t.Fatal(err)
	}
	w.write("Pulumi.dev.yaml", string(section(archive, "settings.yaml")))
}

func TestServicesOnECS(t *testing.T) {
	t.Parallel()
	w := standing(t, "dev", "ecs")
	acceptOutputs(t, w, "dev")
	for _, r := range w.records("") {
		if strings.HasPrefix(r.Type, "aws:eks/") {
			t.Errorf("there is a %s", r.Type)
		}
	}
	if steps := w.up("dev"); len(steps) != 0 {
		t.Errorf("a second up changes %v", steps)
	}
	noSecrets(t, w.state("dev"))
	exchangeColours(t, w)
	w.must("destroy", "--yes", "--skip-preview", "-s", "dev")
	if left := w.records(""); len(left) != 0 {
		t.Errorf("%d resources are left in the cloud, first %s", len(left), left[0].Key())
	}
}

// exchangeColours brings the candidate live: the rules and the alarms change in
// place, and no task is touched.
func exchangeColours(t *testing.T, w *world) {
	t.Helper()
	const service = "explico:ecs.services.backend."
	w.set("dev", service+"image", "ghcr.io/stefanprodan/podinfo:6.9.1")
	w.set("dev", service+"candidate", "ghcr.io/stefanprodan/podinfo:6.9.2")
	w.set("dev", service+"live", "green")
	mayChange := []string{"aws:lb/listenerRule:ListenerRule", "aws:cloudwatch/metricAlarm:MetricAlarm"}
	steps := w.up("dev")
	if len(steps) == 0 {
		t.Error("exchanging the colours changes nothing")
	}
	for _, s := range steps {
		if custom := strings.HasPrefix(s.typ(), "aws:"); custom && (s.Op != "update" || !slices.Contains(mayChange, s.typ())) {
			t.Errorf("exchanging the colours: %s %s", s.Op, s.URN)
		}
	}
	// Done: the old release goes.
	w.edit("dev", `(?m)^\s+candidate: .*\n`, "")
	w.edit("dev", `(?m)^\s+candidatePercent: .*\n`, "")
	w.up("dev")
	if n := len(w.records("aws:ecs/service:Service")); n != 3 {
		t.Errorf("got %d services after the old release went, want 3", n)
	}
}

// What a service is can change while it runs: another image, port, size or share
// of spot replaces nothing that others hold on to.
func TestServiceChanges(t *testing.T) {
	t.Parallel()
	w := standing(t, "dev", "ecs")
	kept := w.records("aws:lb/loadBalancer:LoadBalancer")[0].ID
	const service = "explico:ecs.services.frontend."
	w.set("dev", service+"port", "8081")
	w.set("dev", service+"cpu", "512")
	w.set("dev", service+"memory", "1024")
	w.set("dev", service+"spotPercent", "50")
	for _, s := range w.up("dev") {
		if s.typ() == "aws:ecs/service:Service" && strings.Contains(s.Op, "replace") {
			t.Errorf("%s %s", s.Op, s.URN)
		}
	}
	w.edit("dev", `(?m)^\s+host: www.app.example.com\n`, "") // another certificate
	w.up("dev")
	if got := w.records("aws:lb/loadBalancer:LoadBalancer")[0].ID; got != kept {
		t.Errorf("the load balancer was replaced")
	}
}

// The secret by which the services know the CDN is a secret in the state, follows
// another in place, and goes in place.
func TestServicesBehindCDN(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	become(t, w, "ecs-cdn")
	w.up("dev")
	acceptOutputs(t, w, "dev")
	export := w.state("dev")
	noSecrets(t, export)
	secret := regexp.MustCompile(`0{61}(new|old)`)
	if found := secret.FindString(export); found != "" {
		t.Errorf("the state shows %s", found)
	}
	sent := func() string {
		return w.records("aws:cloudfront/distribution:Distribution")[0].In.String("origins[].customHeaders[].value")
	}
	if got := sent(); !strings.HasSuffix(got, "new") {
		t.Errorf("the CDN sends %s, want the first of two", got)
	}
	inPlace := func(what string) {
		t.Helper()
		steps := w.up("dev")
		for _, s := range steps {
			if strings.Contains(s.Op, "replace") {
				t.Errorf("%s: %s %s", what, s.Op, s.URN)
			}
		}
		if len(steps) == 0 {
			t.Errorf("%s changes nothing", what)
		}
	}
	w.edit("dev", `, 0{61}old`, "")
	inPlace("dropping the old secret")
	w.edit("dev", `\n    originSecrets: .*`, "")
	w.edit("dev", `\n    openTo: cdn`, "")
	inPlace("opening to the world")
	if got := sent(); got != "" {
		t.Errorf("the CDN still sends %s", got)
	}
	w.must("destroy", "--yes", "--skip-preview", "-s", "dev")
	if left := w.records(""); len(left) != 0 {
		t.Errorf("%d resources are left in the cloud, first %s", len(left), left[0].Key())
	}
}

// A stack can change its mind, both ways.
func TestComputeSwitches(t *testing.T) {
	t.Parallel()
	w := standing(t, "dev", "")
	kubernetes, err := os.ReadFile("../Pulumi.dev.yaml")
	if err != nil {
		t.Fatal(err)
	}
	become(t, w, "ecs")
	// The cluster goes. So does the cache with its key: its users are service
	// accounts of Kubernetes, and the settings refuse one with compute: ecs. (Were
	// the stack not disposable, its last snapshot and the key would stay.)
	mayGo := regexp.MustCompile(`aws:eks/cluster:Cluster::cluster$|aws:kms/key:Key::cache$`)
	refuseLoss(t, w.up("dev"), mayGo)
	acceptOutputs(t, w, "dev")
	w.write("Pulumi.dev.yaml", string(kubernetes))
	w.up("dev")
	acceptOutputs(t, w, "dev")
	if n := len(w.records("aws:ecs/cluster:Cluster")); n != 0 {
		t.Errorf("%d clusters of ECS are left", n)
	}
}
