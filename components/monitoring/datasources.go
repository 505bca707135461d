package monitoring

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"gopkg.in/yaml.v3"

	"github.com/te-explico/infrastructure/components/component"
	"github.com/te-explico/infrastructure/components/kubernetes"
)

// The uids of Grafana's data sources, by which they lead to one another. That of
// metrics names TracesDataSource as where exemplars lead, with the label trace_id.
const (
	LogsDataSource    = "logs"
	TracesDataSource  = "traces"
	MetricsDataSource = "prometheus"
)

const (
	// GrafanaElasticsearch is the secret with Grafana's password for Elasticsearch,
	// and the authority of its certificate, in Grafana's namespace.
	GrafanaElasticsearch = "grafana-elasticsearch"
	// GrafanaElasticsearchPath is where Grafana's pod has to have that secret: its
	// data source reads the files password and ca.crt there.
	GrafanaElasticsearchPath = "/etc/grafana/elasticsearch"
)

// GrafanaReader is Grafana as a reader of the stack's own Elasticsearch.
func GrafanaReader(namespace string) LogReader {
	return LogReader{
		User: "grafana", Namespace: namespace, Pods: grafanaPod, Secret: GrafanaElasticsearch,
		Cluster: []string{"monitor"}, Patterns: []string{"logs-*"}, Indices: []string{"read", "view_index_metadata"},
	}
}

// DataSourcesArgs are the arguments of NewDataSources.
type DataSourcesArgs struct {
	// Labels are on all that the component makes.
	Labels map[string]string
	// Namespace is Grafana's.
	Namespace string
	// Logs and Traces say which sources there are.
	Logs, Traces bool
	// After are what everything in the component waits for.
	After []pulumi.Resource
}

// DataSources are what Grafana shows beside metrics. Its sidecar finds them by a
// label.
type DataSources struct {
	pulumi.ResourceState
}

// dataSourceConfig is the name of the ConfigMap of a data source.
func dataSourceConfig(source string) string { return "grafana-datasource-" + source }

// NewDataSources makes Grafana's data sources for logs and traces. The operator
// Reloader must be there, to start Grafana anew for them.
func NewDataSources(ctx *pulumi.Context, name string, args *DataSourcesArgs, opts ...pulumi.ResourceOption) (*DataSources, error) {
	d := &DataSources{}
	if err := component.Register(ctx, "monitoring", "DataSources", name, d, opts...); err != nil {
		return nil, err
	}
	sources := map[string]kubernetes.Map{}
	if args.Logs {
		sources[LogsDataSource] = logsSource(args.Traces)
	}
	if args.Traces {
		sources[TracesDataSource] = tracesSource(args.Logs)
	}
	for _, key := range sortedKeys(sources) {
		text, err := yaml.Marshal(kubernetes.Map{"apiVersion": 1, "datasources": kubernetes.List{sources[key]}})
		if err != nil {
			return nil, fmt.Errorf("writing data source %s: %w", key, err)
		}
		if _, err := kubernetes.Apply(ctx, name+"-"+key, kubernetes.Object{
			APIVersion: "v1", Kind: "ConfigMap", Name: dataSourceConfig(key), Namespace: args.Namespace,
			Labels: withLabels(args.Labels, map[string]string{"grafana_datasource": "1"}),
			Body:   kubernetes.Map{"data": kubernetes.Map{key + ".yaml": string(text)}},
		}, within(d, args.After)); err != nil {
			return nil, err
		}
	}
	return d, ctx.RegisterResourceOutputs(d, pulumi.Map{})
}

// logsSource leads from a line with the id of a trace to the trace. What begins
// with a dollar sign is Grafana's to fill in: $$ in a file of its provisioning.
// Source: Grafana documentation, "Elasticsearch data source", provisioning.
func logsSource(traces bool) kubernetes.Map {
	data := kubernetes.Map{
		"index": "logs-*-*", "timeField": "@timestamp", "logMessageField": "message", "logLevelField": "log.level",
		"maxConcurrentShardRequests": 5, "tlsAuthWithCACert": true,
	}
	if traces {
		data["dataLinks"] = kubernetes.List{kubernetes.Map{"field": "trace.id", "url": "$${__value.raw}", "datasourceUid": TracesDataSource}}
	}
	return kubernetes.Map{
		"name": "Logs", "uid": LogsDataSource, "type": "elasticsearch", "access": "proxy", "url": elasticsearchURL, "editable": false,
		"basicAuth": true, "basicAuthUser": "grafana", "jsonData": data,
		"secureJsonData": kubernetes.Map{
			"basicAuthPassword": "$__file{" + GrafanaElasticsearchPath + "/password}",
			"tlsCACert":         "$__file{" + GrafanaElasticsearchPath + "/ca.crt}",
		},
	}
}

// tracesSource leads from a span to its service's logs and metrics.
// Source: Grafana documentation, "Jaeger data source", provisioning.
func tracesSource(logs bool) kubernetes.Map {
	data := kubernetes.Map{
		"nodeGraph": kubernetes.Map{"enabled": true},
		"tracesToMetrics": kubernetes.Map{
			"datasourceUid": MetricsDataSource, "spanStartTimeShift": "-15m", "spanEndTimeShift": "15m",
			"tags": kubernetes.List{kubernetes.Map{"key": "service.name", "value": "service_name"}},
			"queries": kubernetes.List{
				kubernetes.Map{"name": "Requests a second", "query": "sum(rate(traces_span_metrics_calls_total{$$__tags}[5m]))"},
				kubernetes.Map{"name": "Errors a second", "query": `sum(rate(traces_span_metrics_calls_total{$$__tags,status_code="STATUS_CODE_ERROR"}[5m]))`},
			},
		},
	}
	if logs {
		data["tracesToLogsV2"] = kubernetes.Map{
			"datasourceUid": LogsDataSource, "spanStartTimeShift": "-5m", "spanEndTimeShift": "5m",
			"customQuery": true, "query": `trace.id:"$${__trace.traceId}"`,
		}
	}
	return kubernetes.Map{
		"name": "Traces", "uid": TracesDataSource, "type": "jaeger", "access": "proxy", "editable": false,
		"url": fmt.Sprintf("http://%s.%s.svc:%d", jaegerName, TracingNamespace, jaegerQuery), "jsonData": data,
	}
}
