package monitoring

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/kubernetes"
)

// OpenCost tells what nodes, volumes and load balancers cost, by the cloud's list
// prices.
type OpenCost struct {
	// Secret is the name of the secret, in the store, with a key of the API of Google
	// Cloud's prices; empty on clouds that tell everyone.
	Secret string
}

const (
	// openCostChart is the chart, by whose name its pods are labelled, and openCostKey
	// the secret with the key.
	openCostChart = "opencost"
	openCostKey   = "opencost-prices"
	// openCostUser is the user of its image.
	// Source: Dockerfile of opencost/opencost.
	openCostUser = 1001
)

// makeOpenCost installs OpenCost without its pages: the dashboard Cost shows it.
// What its metrics say twice, of pods and nodes, kube-state-metrics says already.
// Source: the chart's values.yaml; OpenCost, "Prometheus metrics".
func (m *Metrics) makeOpenCost(ctx *pulumi.Context, opts []pulumi.ResourceOption) error {
	o := m.args.OpenCost
	if o == nil {
		return nil
	}
	exporter := kubernetes.Map{
		"defaultClusterId": m.args.Cluster, "securityContext": containerSecurity(),
		// The list of prices of a region is read whole, once a day.
		"resources":         sizes("50m", "1Gi", "50Mi", "500Mi"),
		"extraVolumeMounts": kubernetes.List{scratch("configs", "/var/configs"), scratch("tmp", "/tmp")},
	}
	if o.Secret != "" {
		exporter["env"] = kubernetes.List{kubernetes.Map{
			"name": "CLOUD_PROVIDER_API_KEY", "valueFrom": kubernetes.Map{"secretKeyRef": kubernetes.Map{"name": openCostKey, "key": keyFile}},
		}}
	}
	_, err := kubernetes.InstallRelease(ctx, m.name+"-"+openCostChart, &kubernetes.ReleaseArgs{
		Chart: openCostChart, Namespace: m.args.Namespace,
		Values: kubernetes.Map{
			"opencost": kubernetes.Map{
				"exporter": exporter, "ui": kubernetes.Map{"enabled": false}, "mcp": kubernetes.Map{"enabled": false},
				"prometheus": kubernetes.Map{
					"internal": kubernetes.Map{"enabled": false}, "external": kubernetes.Map{"enabled": true, "url": PrometheusURL},
				},
				"metrics": kubernetes.Map{
					"kubeStateMetrics": kubernetes.Map{"emitKsmV1Metrics": false, "emitKsmV1MetricsOnly": false},
					"serviceMonitor":   kubernetes.Map{"enabled": true, "scrapeInterval": "60s", "scrapeTimeout": "30s"},
				},
			},
			"podSecurityContext": podSecurity(openCostUser),
			"extraVolumes":       kubernetes.List{emptyDir("configs", "64Mi"), emptyDir("tmp", "256Mi")},
		},
	}, opts...)
	return err
}
