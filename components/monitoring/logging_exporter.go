package monitoring

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/kubernetes"
)

const (
	// exporterName is the exporter, its user in Elasticsearch and the secret with
	// that user's password.
	exporterName = "elasticsearch-exporter"
	// exporterPort is the chart's.
	exporterPort = 9108
)

var exporterPod = map[string]string{"app.kubernetes.io/name": "prometheus-elasticsearch-exporter"}

// exporterReader is the exporter as a reader: it sees how Elasticsearch is, and no
// log.
// Source: README of prometheus-community/elasticsearch_exporter, "Elasticsearch 7.x
// security privileges"; Elasticsearch reference, "Security privileges".
func exporterReader() LogReader {
	return LogReader{
		User: exporterName, Namespace: LoggingNamespace, Pods: exporterPod, Secret: exporterName,
		Cluster: []string{"monitor", "monitor_snapshot"}, Patterns: []string{"*"}, Indices: []string{"monitor"},
	}
}

// makeExporter gives Prometheus what Elasticsearch says of itself: its report of
// health, its nodes, and its snapshots where there are any. Figures of every index
// would be thousands of series.
func (b *logging) makeExporter() error {
	_, err := kubernetes.InstallRelease(b.ctx, b.name+"-exporter", &kubernetes.ReleaseArgs{
		Chart: "prometheus-elasticsearch-exporter", Namespace: LoggingNamespace,
		Values: kubernetes.Map{
			"es": kubernetes.Map{
				"uri": elasticsearchURL, "all": true, "snapshots": b.Snapshots != nil,
				"indices": false, "indices_settings": false, "indices_mappings": false, "aliases": false, "shards": false,
				"ssl": kubernetes.Map{
					"enabled": true, "useExistingSecrets": true,
					"ca": kubernetes.Map{"path": "/credentials/ca.crt"}, "client": kubernetes.Map{"enabled": false},
				},
			},
			"extraArgs":       []string{"--collector.health-report"},
			"env":             kubernetes.Map{"ES_USERNAME": exporterName},
			"extraEnvSecrets": kubernetes.Map{"ES_PASSWORD": kubernetes.Map{"secret": exporterName, "key": "password"}},
			"secretMounts":    kubernetes.List{kubernetes.Map{"name": "credentials", "secretName": exporterName, "path": "/credentials"}},
			"resources":       sizes("20m", "128Mi", "10Mi", "50Mi"), // it reads answers whole
			// It reads its password and its authority when it starts, and these change.
			"deployment":     kubernetes.Map{"annotations": map[string]string{"secret.reloader.stakater.com/reload": exporterName}},
			"serviceAccount": kubernetes.Map{"create": true, "name": exporterName, "automountServiceAccountToken": false},
			"serviceMonitor": kubernetes.Map{
				"enabled": true, "interval": "60s", "scrapeTimeout": "30s", // each time it asks, masters work
				// In all other series cluster is the stack's.
				"metricRelabelings": kubernetes.List{
					kubernetes.Map{"sourceLabels": []string{"cluster"}, "targetLabel": "elasticsearch"},
					kubernetes.Map{"action": "labeldrop", "regex": "cluster"},
				},
			},
		},
	}, b.in, pulumi.DependsOn([]pulumi.Resource{b.setup}))
	return err
}
