package kubernetes

import "slices"

// knownCharts are charts that are often used: where they are and which
// definitions they bring. A table of an area may say more of one.
//
// Sources: the charts' repositories and their projects' API references. Not each
// row was read in its chart: where a chart does otherwise, the chart is right.
var knownCharts = map[string]chart{
	"base": {
		repository: istioCharts, crdsAlways: true,
		definitions: istioKinds,
	},
	"istiod": {
		repository: istioCharts, accounts: []string{"istiod"}, services: []string{"istiod"}, configs: []string{"istio"},
		workloads: []workload{{name: "istiod", labels: podsOf("istiod")}},
		classes:   []string{"GatewayClass/istio=istio.io/gateway-controller", "GatewayClass/istio-waypoint=istio.io/mesh-controller"},
	},
	"cni":     {repository: istioCharts, workloads: []workload{{kind: "DaemonSet", name: "istio-cni-node", labels: podsOf("istio-cni")}}},
	"ztunnel": {repository: istioCharts, workloads: []workload{{kind: "DaemonSet", name: "ztunnel", labels: podsOf("ztunnel")}}},
	"gateway": {
		repository: istioCharts, balancer: "service", accounts: []string{"{release}"}, services: []string{"{release}"},
		workloads: []workload{{name: "{release}"}},
	},
	balancerChart: {
		repository: "https://aws.github.io/eks-charts", crdsFolder: true,
		definitions: slices.Concat(balancerKinds, balancerGatewayKinds), spare: balancerGatewayKinds, // its Gateways can be switched off
		workloads: []workload{{name: "{}", labels: podsOf(balancerChart)}}, accounts: []string{"{}"},
		classes: []string{"IngressClass/alb"},
	},
	"cert-manager": {
		repository: "https://charts.jetstack.io oci://quay.io/jetstack/charts", crdValues: []string{"+crds.enabled"}, crdsKept: "crds.keep",
		definitions: certificateKinds,
	},
	"external-dns": {
		repository: "https://kubernetes-sigs.github.io/external-dns", crdsFolder: true,
		definitions: recordKinds, spare: recordKinds, // one of its sources
	},
	"external-secrets": {
		repository: "https://charts.external-secrets.io oci://ghcr.io/external-secrets/charts", crdValues: []string{"installCRDs"},
		definitions: secretKinds,
	},
	"karpenter":          {repository: "oci://public.ecr.aws/karpenter", crdsFolder: true, definitions: karpenterKinds},
	"karpenter-crd":      {repository: "oci://public.ecr.aws/karpenter", definitions: karpenterKinds},
	"cluster-autoscaler": {repository: "https://kubernetes.github.io/autoscaler"},
	"vertical-pod-autoscaler": {
		repository: "https://kubernetes.github.io/autoscaler", definitions: verticalKinds,
	},
	"vpa":      {repository: "https://charts.fairwinds.com/stable", crdsFolder: true, definitions: verticalKinds},
	"reloader": {repository: "https://stakater.github.io/stakater-charts oci://ghcr.io/stakater/charts"},
	"velero": {
		repository: "https://vmware-tanzu.github.io/helm-charts", crdsFolder: true,
		definitions: veleroKinds,
	},
	"descheduler": {repository: "https://kubernetes-sigs.github.io/descheduler"},
	"keda": {
		repository: "https://kedacore.github.io/charts", crdValues: []string{"crds.install"},
		definitions: kedaKinds,
	},
	"kube-prometheus-stack": {
		repository: prometheusCharts, crdsFolder: true, crdValues: []string{"crds.enabled"}, definitions: prometheusKinds,
		services: []string{"{release}-grafana", "{}-prometheus", "{}-alertmanager"},
	},
	"prometheus-operator-crds":     {repository: prometheusCharts, definitions: prometheusKinds},
	"prometheus-blackbox-exporter": {repository: prometheusCharts},
	"prometheus-adapter":           {repository: prometheusCharts},
	"metrics-server":               {repository: "https://kubernetes-sigs.github.io/metrics-server"},
	"eck-operator":                 {repository: "https://helm.elastic.co", crdValues: []string{"installCRDs"}, definitions: elasticKinds},
	"eck-operator-crds":            {repository: "https://helm.elastic.co", definitions: elasticKinds},
	"fluent-bit":                   {repository: "https://fluent.github.io/helm-charts oci://ghcr.io/fluent/helm-charts"},
	"opentelemetry-collector":      {repository: telemetryCharts},
	"opentelemetry-operator": {
		repository: telemetryCharts, crdValues: []string{"crds.create"}, crdsAlways: true,
		definitions: under("opentelemetry.io/v1beta1,v1alpha1", "OpenTelemetryCollector").and("opentelemetry.io/v1alpha1", "Instrumentation", "OpAMPBridge", "TargetAllocator"),
	},
	"opencost":                          {repository: "https://opencost.github.io/opencost-helm-chart"},
	"prometheus-elasticsearch-exporter": {repository: prometheusCharts},
	"prometheus-node-exporter":          {repository: prometheusCharts},
	"prometheus-postgres-exporter":      {repository: prometheusCharts},
	"prometheus-redis-exporter":         {repository: prometheusCharts},
	"dcgm-exporter":                     {repository: "https://nvidia.github.io/dcgm-exporter/helm-charts"},
	"nvidia-device-plugin":              {repository: "https://nvidia.github.io/k8s-device-plugin"},
	"seaweedfs": {
		repository: "https://seaweedfs.github.io/seaweedfs/helm", accounts: []string{"seaweedfs"}, services: []string{"{}-all-in-one"}, secrets: []string{"{}-s3-secret"},
		workloads: []workload{{name: "{}-all-in-one", labels: podsOf("seaweedfs")}},
	},
	"valkey": {
		repository: "https://valkey.io/valkey-helm", accounts: []string{"{release}"}, services: []string{"{release}"},
		workloads: []workload{{name: "{release}", labels: podsOf("valkey")}},
	},
	"jaeger": {repository: "https://jaegertracing.github.io/helm-charts"},
	"cloudnative-pg": {
		repository: "https://cloudnative-pg.github.io/charts oci://ghcr.io/cloudnative-pg/charts", crdValues: []string{"crds.create"}, crdsAlways: true,
		definitions: databaseKinds,
	},
}

const (
	istioCharts      = "https://blob.istio.io/istio-release/charts"
	prometheusCharts = "https://prometheus-community.github.io/helm-charts oci://ghcr.io/prometheus-community/charts"
	telemetryCharts  = "https://open-telemetry.github.io/opentelemetry-helm-charts"
)

// podsOf are the labels of a chart's pods.
func podsOf(name string) map[string]any { return map[string]any{"app.kubernetes.io/name": name} }
