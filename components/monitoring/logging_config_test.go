package monitoring

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/te-explico/infrastructure/components/kubernetes"
)

// redact does to a text what Logstash does.
func redact(t *testing.T, text string, addresses bool) string {
	t.Helper()
	for _, r := range redactions(addresses) {
		pattern, err := regexp.Compile(r.Pattern)
		if err != nil {
			t.Fatalf("%s: %v", r.What, err)
		}
		text = pattern.ReplaceAllString(text, strings.ReplaceAll(r.Replacement, `\1`, `${1}`))
	}
	return text
}

// Personal data and secrets do not survive, wherever they stand in a line.
func TestRedactions(t *testing.T) {
	for line, secrets := range map[string][]string{
		`{"user":"jane.doe+x@example.co.uk","n":1}`:                             {"jane.doe", "example.co.uk"},
		`refund to DE89 3704 0044 0532 0130 00, or FR1420041010050500013M02606`: {"3704 0044", "FR1420041010050500013M02606", "0130 00"},
		`card 4111 1111 1111 1111 / 5500-0000-0000-0004 / 378282246310005`:      {"4111", "5500-0000", "378282246310005"},
		`{"card":4111111111111111}`:                                             {"4111111111111111"},
		`Authorization: Bearer abcdefgh12345678`:                                {"abcdefgh12345678"},
		`{"authorization":"Basic amFuZTpzZWNyZXQ="}`:                            {"amFuZTpzZWNyZXQ="},
		`{"headers":"{\"authorization\":\"Bearer abcdefgh12345678\"}"}`:         {"abcdefgh12345678"},
		`token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NSJ9.abc-DEF_123`:           {"eyJhbGci", "abc-DEF_123"},
		`login failed: password=hunter22&user=x`:                                {"hunter22"},
		`{"db":{"Password": "hunter22","api_key":'k-123456'}}`:                  {"hunter22", "k-123456"},
		`Set-Cookie: session=abcdef0123456789`:                                  {"session=abcdef0123456789"},
		`AWS key AKIAIOSFODNN7EXAMPLE used`:                                     {"AKIAIOSFODNN7EXAMPLE"},
		`from 203.0.113.7:443 and 2001:db8::1 and fe80:0:0:0:1:2:3:4`:           {"203.0.113.7", "2001:db8::1", "fe80:0:0:0:1:2:3:4"},
	} {
		got := redact(t, line, true)
		for _, s := range secrets {
			if strings.Contains(got, s) {
				t.Errorf("%s survives in %s", s, got)
			}
		}
	}
	if got := redact(t, "from 203.0.113.7", false); got != "from 203.0.113.7" {
		t.Errorf("addresses go though nobody chose so: %s", got)
	}
}

// What is needed to find the fault stays.
func TestRedactionsLeaveTheRest(t *testing.T) {
	for _, line := range []string{
		`{"time":"2026-11-23T04:12:33.123Z","level":"info","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7"}`,
		`GET /api/orders/8c0d6a1e-9f0b-4a57-a1f0-4a2b7d1e2c3f 200 in 12.5ms, 1763871153123456 ns`,
		`tokens=512 model=llama secrets rotated, 10 passwords checked`,
		`at com.explico.Backend.main(Backend.java:42)`,
		`sha256:7c12af72ceb38b7432ab85e1a265cff6ae58e06f95539d539b654f2cfa64bb13`,
		`version 1.2.3, pod backend-5d4f8c7b9d-x2x7k at 04:12:33`,
	} {
		if got := redact(t, line, true); got != line {
			t.Errorf("%s\nbecame %s", line, got)
		}
	}
}

// Logstash's regular expressions are Ruby's: what the two languages read
// differently, and what would end the text in the configuration, is not there.
func TestRedactionsAreReadAlike(t *testing.T) {
	ruby := regexp.MustCompile(`\(\?[msxU-]|\\[zAQECpP]|(^|[^\\])"|\$`)
	for _, r := range redactions(true) {
		if found := ruby.FindString(r.Pattern); found != "" {
			t.Errorf("%s: %q means another thing to Ruby, or ends the text", r.What, found)
		}
	}
	for _, p := range append(slices.Clone(linePatterns), lineDefinitions["REST"]) {
		if strings.Contains(p, `"`) || strings.Contains(p, "(?") {
			t.Errorf("%s: ends the text, or is not what both read", p)
		}
	}
}

// TestPipeline keeps the pipeline and its patterns where the module
// tools/telemetry finds them.
func TestPipeline(t *testing.T) {
	text, err := pipeline("test", true)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/logstash.conf", text)
	patterns, err := json.MarshalIndent(map[string]any{"patterns": linePatterns, "definitions": lineDefinitions}, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/patterns.json", string(patterns)+"\n")
	for _, r := range redactions(true) {
		if !strings.Contains(text, `"log", "`+r.Pattern+`", "`+r.Replacement+`"`) {
			t.Errorf("the pipeline does not take out %s", r.What)
		}
	}
	if without, _ := pipeline("test", false); strings.Contains(without, "IPv4") {
		t.Error("addresses go though nobody chose so")
	}
	if i, j := strings.Index(text, "gsub"), strings.Index(text, "json {"); i > j {
		t.Error("lines are taken apart before personal data is taken out")
	}
}

// plugins are the options of Logstash's plugins that the pipeline uses.
// Source: Logstash reference 9.x: http input, mutate, json, grok and date
// filters, elasticsearch output, and the options common to filters.
var plugins = map[string]string{
	"http": "port ssl_enabled ssl_keystore_path ssl_keystore_password ssl_keystore_type codec remote_host_target_field " +
		"request_headers_target_field",
	"mutate": "gsub rename copy lowercase add_field remove_field",
	"json":   "source target skip_on_invalid_json", "grok": "match pattern_definitions tag_on_failure", "date": "match",
	"elasticsearch": "hosts user password ssl_enabled ssl_certificate_authorities data_stream data_stream_auto_routing " +
		"data_stream_sync_fields manage_template",
}

var (
	blockLine  = regexp.MustCompile(`^\s*([a-z_]+) \{\s*$`)
	inlineLine = regexp.MustCompile(`^\s*([a-z_]+) \{ ([a-z_]+) => .*\}\s*$`)
	optionLine = regexp.MustCompile(`^\s*([a-z_]+) => `)
)

// Every plugin and option in the pipeline is in the reference, and what is opened
// is closed.
func TestPipelineOptions(t *testing.T) {
	text, err := pipeline("test", true)
	if err != nil {
		t.Fatal(err)
	}
	plugin, seen := "", 0
	check := func(plugin, option string) {
		if seen++; !slices.Contains(strings.Fields(plugins[plugin]), option) {
			t.Errorf("%s has no option %s", plugin, option)
		}
	}
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		if m := inlineLine.FindStringSubmatch(line); m != nil {
			check(m[1], m[2])
		} else if m := blockLine.FindStringSubmatch(line); m != nil {
			if plugin = m[1]; !slices.Contains([]string{"input", "filter", "output"}, plugin) && plugins[plugin] == "" {
				t.Errorf("there is no plugin %s", plugin)
			}
		} else if m := optionLine.FindStringSubmatch(line); m != nil {
			check(plugin, m[1])
		}
	}
	if seen < 20 {
		t.Errorf("%d options were checked, want more", seen)
	}
	quoted := regexp.MustCompile(`"(\\.|[^"\\])*"|/[^/\n]*/|#.*`).ReplaceAllString(text, "")
	for _, pair := range []string{"{}", "[]"} {
		if open, shut := strings.Count(quoted, pair[:1]), strings.Count(quoted, pair[1:]); open != shut {
			t.Errorf("%d %c are opened and %d closed", open, pair[0], shut)
		}
	}
}

// fluentBitKeys are the keys of Fluent Bit's sections, in lower case.
// Source: Fluent Bit manual 5.x: service section, tail input, multiline and
// kubernetes filters, http output, buffering and storage, TLS.
var fluentBitKeys = map[string]string{
	"SERVICE": "daemon flush log_level parsers_file http_server http_listen http_port health_check storage.path storage.sync " +
		"storage.metrics storage.backlog.mem_limit",
	"INPUT tail":        "name tag path exclude_path multiline.parser db db.locking storage.type mem_buf_limit skip_long_lines refresh_interval rotate_wait",
	"FILTER multiline":  "name match multiline.key_content multiline.parser buffer",
	"FILTER kubernetes": "name match merge_log keep_log labels annotations k8s-logging.parser k8s-logging.exclude buffer_size",
	"OUTPUT http": "name match host port uri format json_date_key json_date_format compress tls tls.verify tls.verify_hostname tls.ca_file " +
		"retry_limit storage.total_limit_size",
}

func TestFluentBitKeys(t *testing.T) {
	config, err := fluentBitConfig()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, part := range []string{"service", "inputs", "filters", "outputs"} {
		section := ""
		for line := range strings.Lines(config[part].(string)) {
			fields := strings.Fields(line)
			switch {
			case len(fields) == 0 || strings.HasPrefix(fields[0], "#"):
			case strings.HasPrefix(fields[0], "["):
				section = strings.Trim(fields[0], "[]")
				seen[section] = true
			case len(fields) < 2:
				t.Errorf("%s: %s has no value", section, fields[0])
			default:
				if strings.EqualFold(fields[0], "name") {
					section += " " + fields[1]
					seen[section] = true
				}
				keys := fluentBitKeys[section]
				if !slices.Contains(strings.Fields(keys), strings.ToLower(fields[0])) {
					t.Errorf("%s has no key %s", section, fields[0])
				}
			}
		}
	}
	for section := range fluentBitKeys {
		if !seen[section] {
			t.Errorf("there is no section %s", section)
		}
	}
}

// TestSetupFiles keeps what Elasticsearch is sent where the module
// tools/telemetry finds it.
func TestSetupFiles(t *testing.T) {
	requests := setupRequests(large())
	for _, r := range requests {
		text, err := json.MarshalIndent(r.Body, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "testdata/setup/"+r.File, string(text)+"\n")
	}
	order := func(file string) int {
		return slices.IndexFunc(requests, func(r request) bool { return r.File == file })
	}
	if order("logs-policy.json") > order("logs-template.json") {
		t.Error("the template names a policy that comes after it")
	}
	phases := logLifecycle(LogRetention{DeleteAfterDays: 7}, false)["policy"].(map[string]any)["phases"].(map[string]any)
	if len(phases) != 2 {
		t.Errorf("got the phases %v, want hot and delete", phases)
	}
}

// TestCollectorConfigs keeps the collectors' configurations where the module
// tools/telemetry finds them.
func TestCollectorConfigs(t *testing.T) {
	for file, config := range map[string]kubernetes.Map{
		"otel-agent.yaml": agentConfig(), "otel-gateway.yaml": gatewayConfig(traces()), "jaeger.yaml": jaegerConfig(traces()),
	} {
		text, err := yaml.Marshal(config)
		if err != nil {
			t.Fatal(err)
		}
		// The chart fills in templates, and a collector variables.
		if strings.Contains(string(text), "{{") || regexp.MustCompile(`\$[^{]`).Match(text) {
			t.Errorf("%s: the chart or the collector would replace something", file)
		}
		golden(t, "testdata/"+file, string(text))
	}
}

// heavyKeys are the keys of the collector's components whose code draws in
// Kubernetes' client or all of Prometheus, and of Jaeger's.
// Source: the components' Config types, opentelemetry-collector-contrib v0.158.0;
// Jaeger v2.20.0, internal/storage/elasticsearch/config and cmd/jaeger.
var heavyKeys = map[string]string{
	"k8s_attributes": "auth_type filter filter.node_from_env_var extract extract.metadata extract.labels extract.labels.tag_name " +
		"extract.labels.key extract.labels.from pod_association pod_association.sources pod_association.sources.from pod_association.sources.name",
	"load_balancing": "routing_key protocol protocol.otlp protocol.otlp.tls protocol.otlp.tls.insecure protocol.otlp.timeout " +
		"resolver resolver.dns resolver.dns.hostname resolver.dns.port resolver.dns.interval",
	"prometheus": "endpoint enable_open_metrics metric_expiration",
	"elasticsearch": "server_urls auth auth.basic auth.basic.username auth.basic.password_file auth.basic.reload_interval tls tls.ca_file " +
		"indices indices.spans indices.spans.shards indices.spans.replicas indices.services indices.services.shards indices.services.replicas " +
		"indices.dependencies indices.dependencies.shards indices.dependencies.replicas indices.sampling indices.sampling.shards " +
		"indices.sampling.replicas max_span_age create_mappings",
	"jaeger_query": "storage storage.traces", "jaeger_storage_exporter": "trace_storage", "healthcheckv2": "use_v2 http http.endpoint",
}

func TestHeavyKeys(t *testing.T) {
	agent, gateway, jaeger := agentConfig(), gatewayConfig(traces()), jaegerConfig(traces())
	part := func(config kubernetes.Map, keys ...string) kubernetes.Map {
		for _, key := range keys {
			config, _ = config[key].(kubernetes.Map)
		}
		return config
	}
	for name, config := range map[string]kubernetes.Map{
		"k8s_attributes": part(agent, "processors", "k8s_attributes"), "load_balancing": part(agent, "exporters", "load_balancing"),
		"prometheus": part(gateway, "exporters", "prometheus"), "jaeger_query": part(jaeger, "extensions", "jaeger_query"),
		"jaeger_storage_exporter": part(jaeger, "exporters", "jaeger_storage_exporter"), "healthcheckv2": part(jaeger, "extensions", "healthcheckv2"),
		"elasticsearch": part(jaeger, "extensions", "jaeger_storage", "backends", "elasticsearch", "elasticsearch"),
	} {
		if len(config) == 0 {
			t.Errorf("%s is not configured", name)
		}
		for _, path := range paths("", config) {
			if !slices.Contains(strings.Fields(heavyKeys[name]), path) {
				t.Errorf("%s has no key %s", name, path)
			}
		}
	}
}

// paths are the paths of all keys of a configuration, those in lists too.
func paths(prefix string, v any) []string {
	var all []string
	switch v := v.(type) {
	case kubernetes.Map:
		for key, below := range v {
			all = append(append(all, prefix+key), paths(prefix+key+".", below)...)
		}
	case kubernetes.List:
		for _, below := range v {
			all = append(all, paths(prefix, below)...)
		}
	}
	return all
}
