package monitoring

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	sdk "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/kubernetes"
	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

// metricsProgram makes metrics in a cluster that fetches secrets.
func metricsProgram(edit func(*MetricsArgs)) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		provider, err := sdk.NewProvider(ctx, "cluster", &sdk.ProviderArgs{ClusterIdentifier: pulumi.String("test")})
		if err != nil {
			return err
		}
		in := pulumi.Providers(provider)
		before := []pulumi.Resource{}
		for name, o := range map[string]kubernetes.Object{
			"namespace-monitoring": {APIVersion: "v1", Kind: "Namespace", Name: "monitoring"},
			"namespace-nodes":      {APIVersion: "v1", Kind: "Namespace", Name: "nodes"},
			"namespace-secrets":    {APIVersion: "v1", Kind: "Namespace", Name: "external-secrets"},
		} {
			made, err := kubernetes.Apply(ctx, name, o, in)
			if err != nil {
				return err
			}
			before = append(before, made)
		}
		monitors, err := NewMonitors(ctx, "monitors", "monitoring", in, pulumi.DependsOn(before))
		if err != nil {
			return err
		}
		store, err := kubernetes.NewOperator(ctx, "secrets", &kubernetes.OperatorArgs{
			Charts: []string{"external-secrets"}, Namespace: "external-secrets", Values: kubernetes.Map{"installCRDs": true}, After: before,
			Objects: []kubernetes.Object{{
				APIVersion: "external-secrets.io/v1", Kind: "ClusterSecretStore", Name: "store",
				Body: kubernetes.Map{"spec": kubernetes.Map{"provider": kubernetes.Map{"fake": kubernetes.Map{"data": kubernetes.List{}}}}},
			}},
		}, in)
		if err != nil {
			return err
		}
		args := &MetricsArgs{
			Namespace: "monitoring", AgentNamespace: "nodes", Labels: map[string]string{"team": "platform"}, Cluster: "explico-test",
			RetentionDays: 30, StorageGiB: 100, MemoryMiB: 4096, Replicas: 2, Alertmanagers: 3,
			OnCall: OnCall{Provider: PagerDuty, Key: "pager", Heartbeat: "beat"}, Objectives: objectives, Runbooks: runbooks,
			Store: "store", CRDs: monitors.Release, API: kubernetesAPI,
			References: pulumi.StringMap{"pager": pulumi.String("test/pager"), "beat": pulumi.String("test/beat"), "oidc": pulumi.String("test/oidc")},
		}
		if edit != nil {
			edit(args)
		}
		_, err = NewMetrics(ctx, "metrics", args, in, pulumi.DependsOn(store.Ready))
		return err
	}
}

func withSSO(a *MetricsArgs) {
	a.Grafana = Grafana{Host: "grafana.example.com", SSO: &SSO{
		Name: "Example", ClientID: "grafana", Secret: "oidc", Scopes: []string{"openid", "email"},
		AuthURL: "https://login.example.com/a", TokenURL: "https://login.example.com/t", APIURL: "https://login.example.com/u",
	}}
}

func TestMetrics(t *testing.T) {
	g := simtest.Run(t, metricsProgram(withSSO))
	stack := g.One(t, releaseToken, "metrics-stack")
	for path, want := range map[string]any{
		"values.crds.enabled": false, "values.defaultRules.create": false,
		"values.prometheus.prometheusSpec.replicas":                                2.0,
		"values.prometheus.prometheusSpec.retentionSize":                           "81920MB", // four fifths of 100 GiB
		"values.prometheus.podDisruptionBudget.minAvailable":                       1.0,
		"values.alertmanager.alertmanagerSpec.replicas":                            3.0,
		"values.grafana.sidecar.dashboards.searchNamespace":                        "monitoring", // its rights end there
		"values.prometheus.prometheusSpec.serviceMonitorSelectorNilUsesHelmValues": false,
		"values.prometheus.prometheusSpec.ruleSelectorNilUsesHelmValues":           false,
	} {
		if got := stack.Inputs.Get(path); got != want {
			t.Errorf("%s: got %v, want %v", path, got, want)
		}
	}
	// Everything that the release reads is there before it: secrets, dashboards.
	for _, name := range []string{"metrics-secret-alertmanager-oncall", "metrics-secret-grafana-oidc", "metrics-dashboard-cluster", "monitors-definitions"} {
		if !slices.ContainsFunc(stack.DependsOn, func(urn string) bool { return strings.HasSuffix(urn, "::"+name) }) {
			t.Errorf("the stack does not wait for %s", name)
		}
	}
	secret := g.One(t, "kubernetes:external-secrets.io/v1:ExternalSecret", "metrics-secret-alertmanager-oncall")
	if got := secret.Inputs.Get("spec.data"); !strings.Contains(text(t, got), `"key":"test/pager"`) {
		t.Errorf("got %v, want the secret of the settings", got)
	}
	rules := g.All("kubernetes:monitoring.coreos.com/v1:PrometheusRule")
	if files, err := RuleFiles(objectives, MeshSignals, runbooks); err != nil || len(rules) != len(files) {
		t.Errorf("got %d PrometheusRules for %d files (%v)", len(rules), len(files), err)
	}
}

// No value of a secret, and no password, is anywhere: files and names alone.
func TestNoPassword(t *testing.T) {
	g := simtest.Run(t, metricsProgram(withSSO))
	values := text(t, g.One(t, releaseToken, "metrics-stack").Inputs.Get("values"))
	for _, want := range []string{
		`"client_secret":"$__file{/etc/secrets/oidc/value}"`, `"routing_key_file":"/etc/alertmanager/secrets/alertmanager-oncall/value"`,
		`"url_file":"/etc/alertmanager/secrets/alertmanager-heartbeat/value"`, `"GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION":"true"`,
	} {
		if !strings.Contains(values, want) {
			t.Errorf("the stack's values have no %s", want)
		}
	}
	for _, refused := range []string{`"adminPassword"`, `"password"`, `"routing_key"`, `"api_key"`} {
		if strings.Contains(values, refused) {
			t.Errorf("the stack's values have %s", refused)
		}
	}
}

// Grafana waits for no password of the logs: they come after it. A point of a
// graph leads to the trace of its request.
func TestGrafanaShowsLogsAndTraces(t *testing.T) {
	for _, logs := range []bool{true, false} {
		g := simtest.Run(t, metricsProgram(func(a *MetricsArgs) { a.Grafana.Logs = logs }))
		grafana := in(t, g.One(t, releaseToken, "metrics-stack").Inputs, "values", "grafana")
		mounts, _ := in(t, grafana, "extraSecretMounts").([]any)
		if !logs {
			if len(mounts) != 0 {
				t.Errorf("without logs Grafana has %v", mounts)
			}
			continue
		}
		if len(mounts) != 1 || in(t, mounts[0], "secretName") != GrafanaElasticsearch || in(t, mounts[0], "mountPath") != GrafanaElasticsearchPath {
			t.Fatalf("got %v, want the secret of the logs where the data source reads it", mounts)
		}
		if in(t, mounts[0], "optional") != true || in(t, mounts[0], "readOnly") != true {
			t.Errorf("got %v, want a mount that Grafana does not wait for, nor writes to", mounts[0])
		}
		exemplars := in(t, grafana, "sidecar", "datasources", "exemplarTraceIdDestinations")
		if in(t, exemplars, "datasourceUid") != TracesDataSource || in(t, exemplars, "traceIdLabelName") != "trace_id" {
			t.Errorf("exemplars lead to %v", exemplars)
		}
		if metrics := in(t, grafana, "sidecar", "datasources", "uid"); metrics != MetricsDataSource {
			t.Errorf("the source of metrics is %v, others name it %s", metrics, MetricsDataSource)
		}
	}
}

// Without single sign-on nobody logs in, and nobody calls outside.
func TestGrafanaWithoutSSO(t *testing.T) {
	g := simtest.Run(t, metricsProgram(nil))
	values := text(t, g.One(t, releaseToken, "metrics-stack").Inputs.Get("values"))
	if !strings.Contains(values, `"auth.anonymous":{"enabled":true,"org_role":"Viewer"}`) {
		t.Error("nobody can look")
	}
	for _, r := range g.Resources {
		if r.Name == "metrics-flow-grafana-outside" || r.Name == "metrics-secret-grafana-oidc" {
			t.Errorf("there is %s", r.Name)
		}
	}
}

func TestExporters(t *testing.T) {
	none := simtest.Run(t, metricsProgram(nil))
	for _, r := range none.All(releaseToken) {
		if strings.HasPrefix(r.Name, "metrics-") && r.Name != "metrics-stack" && r.Name != "metrics-prometheus-node-exporter" {
			t.Errorf("there is %s, with nothing to ask", r.Name)
		}
	}
	data := []kubernetes.Peer{{CIDRs: []string{"10.0.0.0/16"}}}
	g := simtest.Run(t, metricsProgram(func(a *MetricsArgs) {
		a.Database = &DatabaseTarget{Secret: "pager", To: data, Ports: []int{5432}}
		a.Cache = &CacheTarget{Host: pulumi.String("cache"), Port: pulumi.Int(6379), Secret: pulumi.String("test/cache"), To: data, Ports: []int{6379}, CA: pulumi.String("PEM")}
	}))
	redis := g.One(t, releaseToken, "metrics-prometheus-redis-exporter")
	if got := redis.Inputs.String("values.redisAddress"); got != "rediss://cache:6379" {
		t.Errorf("got %s, want TLS", got)
	}
	trusted := g.One(t, "kubernetes:core/v1:Secret", "metrics-cache-authorities").Inputs
	if name := redis.Inputs.String("values.redisTlsConfig.caCertFile.secret.name"); name != trusted.String("metadata.name") || in(t, trusted, "stringData", redis.Inputs.String("values.redisTlsConfig.caCertFile.secret.key")) != "PEM" {
		t.Errorf("the exporter trusts %q, and the authorities are in %v", name, trusted)
	}
	g.One(t, releaseToken, "metrics-prometheus-postgres-exporter")
	for name, port := range map[string]any{"database": 5432.0, "cache": 6379.0} {
		rule := in(t, g.One(t, "kubernetes:networking.k8s.io/v1:NetworkPolicy", "metrics-flow-"+name).Inputs, "spec", "egress", 0)
		if in(t, rule, "ports", 0, "port") != port || in(t, rule, "to", 0, "ipBlock", "cidr") != "10.0.0.0/16" {
			t.Errorf("the exporter of the %s reaches %v", name, rule)
		}
	}
}

func TestMetricsArgs(t *testing.T) {
	for name, edit := range map[string]func(*MetricsArgs){
		"no API":                  func(a *MetricsArgs) { a.API = API{} },
		"no way to the database":  func(a *MetricsArgs) { a.Database = &DatabaseTarget{Secret: "pager"} },
		"no CRDs":                 func(a *MetricsArgs) { a.CRDs = nil },
		"no replica":              func(a *MetricsArgs) { a.Replicas = 0 },
		"no store":                func(a *MetricsArgs) { a.Store = "" },
		"unknown secret":          func(a *MetricsArgs) { a.OnCall.Key = "other" },
		"no key":                  func(a *MetricsArgs) { a.OnCall.Key = "" },
		"a provider that is none": func(a *MetricsArgs) { a.OnCall.Provider = "carrier-pigeon" },
		"an objective of 1":       func(a *MetricsArgs) { a.Objectives = map[string]SLO{"x": {Availability: 1}} },
		"a latency between": func(a *MetricsArgs) {
			a.Objectives = map[string]SLO{"x": {Availability: 0.9, LatencyMs: 300, LatencyTarget: 0.9}}
		},
	} {
		if _, err := simtest.Try("explico", "test", metricsProgram(edit)); err == nil {
			t.Errorf("%s: is accepted", name)
		}
	}
}

// OpenCost is there where it is asked for. What it tells of pods kube-state-metrics
// tells as well: twice is wrong in every sum.
func TestOpenCost(t *testing.T) {
	const release = "metrics-opencost"
	if g := simtest.Run(t, metricsProgram(nil)); slices.ContainsFunc(g.All(releaseToken), func(r simtest.Resource) bool { return r.Name == release }) {
		t.Error("OpenCost is there without being asked for")
	}
	for _, secret := range []string{"", "pager"} {
		g := simtest.Run(t, metricsProgram(func(a *MetricsArgs) { a.OpenCost = &OpenCost{Secret: secret} }))
		cost := in(t, g.One(t, releaseToken, release).Inputs, "values", "opencost")
		if url := in(t, cost, "prometheus", "external", "url"); url != PrometheusURL {
			t.Errorf("it asks %v", url)
		}
		if in(t, cost, "metrics", "kubeStateMetrics", "emitKsmV1Metrics") != false {
			t.Error("it tells what kube-state-metrics tells")
		}
		exporter := in(t, cost, "exporter")
		if got := in(t, exporter, "env"); (got != nil) != (secret != "") {
			t.Errorf("with the secret %q: got the environment %v", secret, got)
		}
		if secret != "" && in(t, exporter, "env", 0, "valueFrom", "secretKeyRef", "name") != openCostKey {
			t.Errorf("got %v", in(t, exporter, "env"))
		}
		g.One(t, "kubernetes:networking.k8s.io/v1:NetworkPolicy", "metrics-flow-opencost-outside")
	}
}

// What nobody measures is not shown.
func TestDashboardsOfWhatIsWatched(t *testing.T) {
	all, err := Dashboards()
	if err != nil {
		t.Fatal(err)
	}
	bare, full := Watched(all), Watched(all, DatabaseSource, CacheSource, CostSource)
	if len(full) != len(all) || len(bare) != len(all)-2 || len(full["cost"].Rows) != len(bare["cost"].Rows)+1 {
		t.Errorf("of %d dashboards got %v with all sources and %v with none", len(all), namesOf(full), namesOf(bare))
	}
	for source, edit := range map[string]func(*MetricsArgs){
		"none": nil,
		"database": func(a *MetricsArgs) {
			a.Database = &DatabaseTarget{Secret: "pager", To: []kubernetes.Peer{{CIDRs: []string{"10.0.0.0/24"}}}, Ports: []int{5432}}
		},
	} {
		g := simtest.Run(t, metricsProgram(edit))
		shown := slices.ContainsFunc(g.All("kubernetes:core/v1:ConfigMap"), func(r simtest.Resource) bool { return r.Name == "metrics-dashboard-database" })
		if shown != (source == "database") {
			t.Errorf("with %s: the dashboard of the database is there: %v", source, shown)
		}
	}
}

// TestDashboards looks at what Grafana reads: valid JSON, ids that are there once,
// and panels that do not overlap.
func TestDashboards(t *testing.T) {
	all, err := Dashboards()
	if err != nil {
		t.Fatal(err)
	}
	for uid, d := range all {
		made, err := d.JSON(uid)
		if err != nil {
			t.Fatal(err)
		}
		var read struct {
			Uid, Title string
			Panels     []struct {
				ID      int
				Type    string
				GridPos struct{ X, Y, W, H int }
				Targets []struct{ Expr string }
			}
		}
		if err := json.Unmarshal([]byte(made), &read); err != nil || read.Uid != uid || read.Title == "" || len(read.Panels) < 3 {
			t.Errorf("%s: got %+v (%v)", uid, read, err)
		}
		ids, cells := map[int]bool{}, map[[2]int]bool{}
		for _, p := range read.Panels {
			if ids[p.ID] || p.Type != "row" && len(p.Targets) == 0 {
				t.Errorf("%s: panel %d is there twice, or shows nothing", uid, p.ID)
			}
			ids[p.ID] = true
			for x := range p.GridPos.W {
				for y := range p.GridPos.H {
					cell := [2]int{p.GridPos.X + x, p.GridPos.Y + y}
					if cells[cell] || cell[0] >= gridWidth {
						t.Fatalf("%s: panel %d lies on another", uid, p.ID)
					}
					cells[cell] = true
				}
			}
		}
	}
}

func text(t *testing.T, value any) string {
	t.Helper()
	made, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(made)
}
