package monitoring

import (
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"gopkg.in/yaml.v3"

	"github.com/te-explico/infrastructure/components/component"
	"github.com/te-explico/infrastructure/components/kubernetes"
	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

func tracingGraph(t *testing.T, args *TracingArgs) *simtest.Graph {
	t.Helper()
	return program(t, func(ctx *pulumi.Context, in pulumi.ResourceOption, after []pulumi.Resource) error {
		// what the logs make of JaegerReader
		reader := &pulumi.ResourceState{}
		if err := component.Register(ctx, "test", "Reader", "reader", reader, in); err != nil {
			return err
		}
		secret, err := kubernetes.Apply(ctx, "reader-secret", kubernetes.Object{
			APIVersion: "v1", Kind: "Secret", Name: jaegerStore, Namespace: TracingNamespace,
		}, pulumi.Parent(reader), pulumi.DependsOn(after))
		if err != nil {
			return err
		}
		args.After = append(after, secret)
		_, err = NewTracing(ctx, "tracing", args, in)
		return err
	})
}

func TestTracing(t *testing.T) {
	g := tracingGraph(t, traces())
	g.CheckHouse(t)
	gateway := in(t, g.One(t, releaseToken, "tracing-gateway").Inputs, "values")
	if n := in(t, gateway, "replicaCount"); n != 2.0 {
		t.Errorf("got %v gateways", n)
	}
	// All spans of a trace reach one gateway: the agents resolve the name of the
	// headless service, which selects the gateways' pods.
	peers := g.One(t, "kubernetes:core/v1:Service", "tracing-gateway-peers").Inputs
	agent := in(t, g.One(t, releaseToken, "tracing-agent").Inputs, "values")
	host := in(t, agent, "alternateConfig", "exporters", "load_balancing", "resolver", "dns", "hostname").(string)
	if in(t, peers, "spec", "clusterIP") != "None" || !strings.HasPrefix(host, in(t, peers, "metadata", "name").(string)+".") {
		t.Errorf("agents ask for %s, the service is %v", host, peers)
	}
	release := in(t, g.One(t, releaseToken, "tracing-gateway").Inputs, "name")
	if in(t, peers, "spec", "selector", "app.kubernetes.io/instance") != release {
		t.Errorf("the service selects %v, the release is %v", in(t, peers, "spec", "selector"), release)
	}
	// No port of a node is taken: the namespace is restricted.
	for name, port := range in(t, agent, "ports").(map[string]any) {
		if p, ok := in(t, port, "hostPort").(float64); ok && p != 0 {
			t.Errorf("port %s takes %v of the node", name, p)
		}
	}
	if image := in(t, gateway, "image"); !strings.HasPrefix(in(t, image, "digest").(string), "sha256:") || in(t, image, "tag") == "" {
		t.Errorf("the image is not pinned: %v", image)
	}
	if !strings.HasPrefix(TraceEndpoint, "http://"+in(t, agent, "fullnameOverride").(string)+"."+TracingNamespace+".svc:") {
		t.Errorf("services send to %s, the agents' service is %v", TraceEndpoint, in(t, agent, "fullnameOverride"))
	}
}

// An Elasticsearch elsewhere has a certificate that the world knows.
func TestTracesElsewhere(t *testing.T) {
	args := traces()
	args.Elasticsearch = &TraceStore{Address: "https://es.example.com", SecretStore: "platform", Secret: pulumi.String("explico/es")}
	config := jaegerConfig(args)
	text, err := yaml.Marshal(config)
	if err != nil || !strings.Contains(string(text), "https://es.example.com") || strings.Contains(string(text), "ca_file") {
		t.Errorf("got (%v)\n%s", err, text)
	}
}

// Prometheus scrapes Jaeger by the service's labels and its port.
func TestJaegerIsWatched(t *testing.T) {
	g := tracingGraph(t, traces())
	monitor := in(t, g.One(t, "kubernetes:monitoring.coreos.com/v1:ServiceMonitor", "").Inputs, "spec")
	service := g.One(t, "kubernetes:core/v1:Service", "tracing-jaeger-service").Inputs
	for key, value := range in(t, monitor, "selector", "matchLabels").(map[string]any) {
		if got := in(t, service, "metadata", "labels", key); got != value {
			t.Errorf("the service has %s=%v, want %v", key, got, value)
		}
	}
	port := in(t, monitor, "endpoints", 0, "port")
	if !slices.ContainsFunc(in(t, service, "spec", "ports").([]any), func(p any) bool { return in(t, p, "name") == port }) {
		t.Errorf("the service has no port %v", port)
	}
}

func TestJaegerStartsAnewWithItsConfiguration(t *testing.T) {
	sum := func(days int) any {
		args := traces()
		args.Days = days
		return in(t, tracingGraph(t, args).One(t, "kubernetes:apps/v1:Deployment", "").Inputs, "spec", "template", "metadata", "annotations", "explico.io/checksum")
	}
	if first, again := sum(7), sum(7); first != again || first == sum(8) {
		t.Error("the pods do not follow their configuration")
	}
}

// Grafana leads from logs to traces and back, by uids that are there.
func TestDataSources(t *testing.T) {
	g := program(t, func(ctx *pulumi.Context, in pulumi.ResourceOption, after []pulumi.Resource) error {
		_, err := NewDataSources(ctx, "datasources", &DataSourcesArgs{Namespace: "monitoring", Logs: true, Traces: true, After: after}, in)
		return err
	})
	g.CheckHouse(t)
	type source struct {
		UID            string
		SecureJSONData map[string]string `yaml:"secureJsonData"`
	}
	known := []string{MetricsDataSource}
	for _, m := range g.All("kubernetes:core/v1:ConfigMap") {
		if in(t, m.Inputs, "metadata", "labels", "grafana_datasource") != "1" {
			t.Errorf("%s: Grafana's sidecar does not look for it", m.Name)
		}
		for _, text := range in(t, m.Inputs, "data").(map[string]any) {
			var file struct{ Datasources []source }
			if err := yaml.Unmarshal([]byte(text.(string)), &file); err != nil || len(file.Datasources) != 1 {
				t.Fatalf("%s: %v", m.Name, err)
			}
			known = append(known, file.Datasources[0].UID)
			for key, value := range file.Datasources[0].SecureJSONData {
				if !strings.HasPrefix(value, "$__file{"+GrafanaElasticsearchPath+"/") {
					t.Errorf("%s: %s stands in the object", m.Name, key)
				}
			}
		}
	}
	for _, uid := range []string{LogsDataSource, TracesDataSource} {
		if !slices.Contains(known, uid) {
			t.Errorf("there is no data source %s, but %v", uid, known)
		}
	}
	if in, out := logsSource(false)["jsonData"], tracesSource(false)["jsonData"]; strings.Contains(asYAML(t, in), "dataLinks") || strings.Contains(asYAML(t, out), "tracesToLogs") {
		t.Error("a link leads to a data source that is not there")
	}
}

func asYAML(t *testing.T, v any) string {
	t.Helper()
	text, err := yaml.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
