package kubernetes

// knownCharts are charts that are often used: where they are and which
// definitions they bring. A table of an area may say more of one.
//
// Sources: the charts' repositories and their projects' API references. Not each
// row was read in its chart: where a chart does otherwise, the chart is right.
var knownCharts = map[string]chart{
	"base": {
		repository: istioCharts, crdsAlways: true,
		definitions: under("networking.istio.io/v1,v1beta1,v1alpha3", "DestinationRule", "Gateway", "ServiceEntry", "Sidecar", "VirtualService",
			"WorkloadEntry", "WorkloadGroup").and("networking.istio.io/v1alpha3", "EnvoyFilter").and("networking.istio.io/v1beta1", "ProxyConfig").
			and("security.istio.io/v1,v1beta1", "AuthorizationPolicy", "PeerAuthentication", "RequestAuthentication").
			and("telemetry.istio.io/v1,v1alpha1", "Telemetry").and("extensions.istio.io/v1alpha1", "WasmPlugin"),
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
		definitions: under("elbv2.k8s.aws/v1beta1", "TargetGroupBinding", "IngressClassParams", "ALBTargetControlConfig").and("aga.k8s.aws/v1beta1", "GlobalAccelerator").
			and("gateway.k8s.aws/v1beta1", "LoadBalancerConfiguration", "TargetGroupConfiguration", "ListenerRuleConfiguration"),
		workloads: []workload{{name: "{}", labels: podsOf(balancerChart)}}, accounts: []string{"{}"},
		classes: []string{"IngressClass/alb"},
	},
	"cert-manager": {
		repository: "https://charts.jetstack.io oci://quay.io/jetstack/charts", crdValues: []string{"+crds.enabled"}, crdsKept: "crds.keep",
		definitions: under("cert-manager.io/v1", "Certificate", "CertificateRequest", "ClusterIssuer", "Issuer").and("acme.cert-manager.io/v1", "Challenge", "Order"),
	},
	"external-dns": {
		repository: "https://kubernetes-sigs.github.io/external-dns", crdsFolder: true,
		definitions: under("externaldns.k8s.io/v1alpha1", "DNSEndpoint"),
	},
	"external-secrets": {
		repository: "https://charts.external-secrets.io oci://ghcr.io/external-secrets/charts", crdValues: []string{"installCRDs"},
		definitions: under("external-secrets.io/v1", "ExternalSecret", "SecretStore", "ClusterSecretStore", "ClusterExternalSecret").
			and("external-secrets.io/v1alpha1", "PushSecret", "ClusterPushSecret"),
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
		definitions: under("velero.io/v1", "Backup", "BackupRepository", "BackupStorageLocation", "DeleteBackupRequest", "DownloadRequest", "PodVolumeBackup",
			"PodVolumeRestore", "Restore", "Schedule", "ServerStatusRequest", "VolumeSnapshotLocation").and("velero.io/v2alpha1", "DataUpload", "DataDownload"),
	},
	"descheduler": {repository: "https://kubernetes-sigs.github.io/descheduler"},
	"keda": {
		repository: "https://kedacore.github.io/charts", crdValues: []string{"crds.install"},
		definitions: under("keda.sh/v1alpha1", "ScaledObject", "ScaledJob", "TriggerAuthentication", "ClusterTriggerAuthentication").
			and("eventing.keda.sh/v1alpha1", "CloudEventSource", "ClusterCloudEventSource"),
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
		definitions: under("postgresql.cnpg.io/v1", "Backup", "Cluster", "ClusterImageCatalog", "Database", "DatabaseRole", "FailoverQuorum", "ImageCatalog", "Pooler", "Publication", "ScheduledBackup", "Subscription"),
	},
}

const (
	istioCharts      = "https://istio-release.storage.googleapis.com/charts"
	prometheusCharts = "https://prometheus-community.github.io/helm-charts oci://ghcr.io/prometheus-community/charts"
	telemetryCharts  = "https://open-telemetry.github.io/opentelemetry-helm-charts"
)

var (
	karpenterKinds = under("karpenter.sh/v1", "NodePool", "NodeClaim").and("karpenter.sh/v1alpha1", "NodeOverlay").and("karpenter.k8s.aws/v1", "EC2NodeClass")
	verticalKinds  = under("autoscaling.k8s.io/v1", "VerticalPodAutoscaler", "VerticalPodAutoscalerCheckpoint")

	prometheusKinds = under("monitoring.coreos.com/v1", "Alertmanager", "PodMonitor", "Probe", "Prometheus", "PrometheusRule", "ServiceMonitor", "ThanosRuler").
			and("monitoring.coreos.com/v1alpha1", "AlertmanagerConfig", "PrometheusAgent", "ScrapeConfig")
	elasticKinds = under("elasticsearch.k8s.elastic.co/v1", "Elasticsearch").and("kibana.k8s.elastic.co/v1", "Kibana").
			and("apm.k8s.elastic.co/v1", "ApmServer").and("agent.k8s.elastic.co/v1alpha1", "Agent").and("beat.k8s.elastic.co/v1beta1", "Beat").
			and("logstash.k8s.elastic.co/v1alpha1", "Logstash").and("maps.k8s.elastic.co/v1alpha1", "ElasticMapsServer").
			and("enterprisesearch.k8s.elastic.co/v1,v1beta1", "EnterpriseSearch").and("autoops.k8s.elastic.co/v1alpha1", "AutoOpsAgentPolicy").
			and("packageregistry.k8s.elastic.co/v1alpha1", "PackageRegistry").and("stackconfigpolicy.k8s.elastic.co/v1alpha1", "StackConfigPolicy").and("autoscaling.k8s.elastic.co/v1alpha1", "ElasticsearchAutoscaler")
)

// kindList are definitions in the form of chart.definitions.
type kindList []string

// under are the kinds of a group and its versions.
func under(groupVersions string, kinds ...string) kindList {
	return kindList{}.and(groupVersions, kinds...)
}

// and adds kinds of another group.
func (l kindList) and(groupVersions string, kinds ...string) kindList {
	for _, kind := range kinds {
		l = append(l, groupVersions+"/"+kind)
	}
	return l
}

// podsOf are the labels of a chart's pods.
func podsOf(name string) map[string]any { return map[string]any{"app.kubernetes.io/name": name} }
