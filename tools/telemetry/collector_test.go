package telemetry

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/open-telemetry/opentelemetry-collector-contrib/connector/spanmetricsconnector"
	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/healthcheckextension"
	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/redactionprocessor"
	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/tailsamplingprocessor"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/provider/envprovider"
	"go.opentelemetry.io/collector/confmap/provider/fileprovider"
	"go.opentelemetry.io/collector/connector"
	"go.opentelemetry.io/collector/connector/forwardconnector"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/exporter/otlpexporter"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/batchprocessor"
	"go.opentelemetry.io/collector/processor/memorylimiterprocessor"
	"go.opentelemetry.io/collector/processor/processortest"
	"go.opentelemetry.io/collector/receiver/otlpreceiver"
)

const testdata = "../../components/monitoring/testdata/"

// factory makes the default configuration of a component.
type factory interface {
	Type() component.Type
	CreateDefaultConfig() component.Config
}

var (
	_ processor.Factory = redactionprocessor.NewFactory()
	_ connector.Factory = forwardconnector.NewFactory()
)

// known are the components that are checked by their own code.
func known() map[string]map[string]factory {
	all := map[string]map[string]factory{}
	for section, factories := range map[string][]factory{
		"receivers":  {otlpreceiver.NewFactory()},
		"extensions": {healthcheckextension.NewFactory()},
		"processors": {
			memorylimiterprocessor.NewFactory(), batchprocessor.NewFactory(), redactionprocessor.NewFactory(), tailsamplingprocessor.NewFactory(),
		},
		"connectors": {spanmetricsconnector.NewFactory(), forwardconnector.NewFactory()},
		"exporters":  {otlpexporter.NewFactory()},
	} {
		all[section] = map[string]factory{}
		for _, f := range factories {
			all[section][f.Type().String()] = f
		}
	}
	return all
}

// elsewhere are components whose code draws in Kubernetes' client or all of
// Prometheus; components/monitoring checks their keys against a list.
var elsewhere = map[string]bool{"k8s_attributes": true, "load_balancing": true, "prometheus": true}

// resolve reads a configuration as a collector does.
func resolve(t *testing.T, file string) *confmap.Conf {
	t.Helper()
	t.Setenv("MY_POD_IP", "10.0.0.1")
	resolver, err := confmap.NewResolver(confmap.ResolverSettings{
		URIs:              []string{"file:" + testdata + file},
		ProviderFactories: []confmap.ProviderFactory{fileprovider.NewFactory(), envprovider.NewFactory()},
	})
	if err != nil {
		t.Fatal(err)
	}
	conf, err := resolver.Resolve(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return conf
}

// Every part of the collectors' configurations decodes strictly into its
// component's configuration, which finds it valid; and the pipelines name parts
// that are there.
func TestCollectors(t *testing.T) {
	for _, file := range []string{"otel-agent.yaml", "otel-gateway.yaml"} {
		conf := resolve(t, file)
		checked := 0
		for section, factories := range known() {
			parts, err := conf.Sub(section)
			if err != nil {
				t.Fatal(err)
			}
			for name := range parts.ToStringMap() {
				kind, _, _ := strings.Cut(name, "/")
				f := factories[kind]
				if f == nil {
					if !elsewhere[kind] {
						t.Errorf("%s: %s.%s is no component that is checked", file, section, name)
					}
					continue
				}
				part, err := parts.Sub(name)
				if err != nil {
					t.Fatal(err)
				}
				config := f.CreateDefaultConfig()
				if err := part.Unmarshal(config); err != nil {
					t.Errorf("%s: %s.%s: %v", file, section, name, err)
				} else if err := confmap.Validate(config); err != nil {
					t.Errorf("%s: %s.%s: %v", file, section, name, err)
				}
				checked++
			}
		}
		if checked < 3 {
			t.Errorf("%s: %d parts were checked, want more", file, checked)
		}
		checkPipelines(t, file, conf)
	}
}

// checkPipelines finds every part that a pipeline names, and every part in a
// pipeline.
func checkPipelines(t *testing.T, file string, conf *confmap.Conf) {
	t.Helper()
	all := conf.ToStringMap()
	section := func(name string) map[string]any { m, _ := all[name].(map[string]any); return m }
	used := map[string]bool{}
	service := section("service")
	for name, p := range service["pipelines"].(map[string]any) {
		for role, names := range p.(map[string]any) {
			for _, n := range names.([]any) {
				part := n.(string)
				used[part] = true
				_, own := section(role)[part]
				_, joint := section("connectors")[part]
				if !own && (!joint || role == "processors") {
					t.Errorf("%s: pipeline %s has the %s %s, which is not there", file, name, role, part)
				}
			}
		}
	}
	for _, s := range []string{"receivers", "processors", "exporters", "connectors"} {
		for part := range section(s) {
			if !used[part] {
				t.Errorf("%s: %s.%s is in no pipeline", file, s, part)
			}
		}
	}
}

// The gateway's redaction takes personal data out of spans, run by its own code.
func TestSpansAreRedacted(t *testing.T) {
	conf, err := resolve(t, "otel-gateway.yaml").Sub("processors::redaction")
	if err != nil {
		t.Fatal(err)
	}
	f := redactionprocessor.NewFactory()
	config := f.CreateDefaultConfig()
	if err := conf.Unmarshal(config); err != nil {
		t.Fatal(err)
	}
	sink := new(consumertest.TracesSink)
	p, err := f.CreateTraces(context.Background(), processortest.NewNopSettings(f.Type()), config, sink)
	if err != nil {
		t.Fatal(err)
	}
	traces := ptrace.NewTraces()
	span := traces.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	planted := map[string]string{
		"user": "jane.doe@example.com", "note": "pay DE89370400440532013000 by 4111 1111 1111 1111",
		"http.request.header.authorization": "Basic amFuZTpzZWNyZXQ=", "db.password": "hunter22", "client.address": "203.0.113.7",
	}
	for key, value := range planted {
		span.Attributes().PutStr(key, value)
	}
	span.Attributes().PutStr("http.route", "/orders/{id}")
	if err := p.ConsumeTraces(context.Background(), traces); err != nil {
		t.Fatal(err)
	}
	got := sink.AllTraces()[0].ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).Attributes().AsRaw()
	for key, value := range planted {
		for _, secret := range append(strings.Fields(value), value) {
			if len(secret) > 8 && strings.Contains(got[key].(string), secret) {
				t.Errorf("%s: %s survives in %v", key, secret, got[key])
			}
		}
	}
	if got["db.password"] == "hunter22" {
		t.Error("a password survives under its name")
	}
	if got["http.route"] != "/orders/{id}" {
		t.Errorf("what is no secret became %v", got["http.route"])
	}
}

func TestTestdataIsThere(t *testing.T) {
	entries, err := os.ReadDir(testdata)
	if err != nil || len(entries) < 5 {
		t.Errorf("got %d files (%v): what this module checks is written by components/monitoring", len(entries), err)
	}
}
