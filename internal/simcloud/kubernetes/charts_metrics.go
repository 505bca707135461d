package kubernetes

// metricsDefinitions are the custom resource definitions of the charts of
// metrics. The stack's own are left out with SkipCRDs.
//
// Source: the charts' templates; prometheus-operator, API reference.
var metricsDefinitions = map[string][]string{
	"prometheus-operator-crds": {
		"monitoring.coreos.com/Alertmanager", "monitoring.coreos.com/AlertmanagerConfig", "monitoring.coreos.com/PodMonitor",
		"monitoring.coreos.com/Probe", "monitoring.coreos.com/Prometheus", "monitoring.coreos.com/PrometheusAgent",
		"monitoring.coreos.com/PrometheusRule", "monitoring.coreos.com/ScrapeConfig", "monitoring.coreos.com/ServiceMonitor",
		"monitoring.coreos.com/ThanosRuler",
	},
}
