package kubernetes

// The definitions of projects, which a chart brings or a published file.
//
// Sources: the projects' definitions, of the versions in the versions file.
var (
	balancerKinds = under("elbv2.k8s.aws/v1beta1", "TargetGroupBinding", "IngressClassParams", "ALBTargetControlConfig").
			and("aga.k8s.aws/v1beta1", "GlobalAccelerator")
	balancerGatewayKinds = under("gateway.k8s.aws/v1beta1", "LoadBalancerConfiguration", "TargetGroupConfiguration", "ListenerRuleConfiguration")
	certificateKinds     = under("cert-manager.io/v1", "Certificate", "CertificateRequest", "ClusterIssuer", "Issuer").
				and("acme.cert-manager.io/v1", "Challenge", "Order")
	databaseKinds = under("postgresql.cnpg.io/v1", "Backup", "Cluster", "ClusterImageCatalog", "Database", "DatabaseRole", "FailoverQuorum",
		"ImageCatalog", "Pooler", "Publication", "ScheduledBackup", "Subscription")
	elasticKinds = under("elasticsearch.k8s.elastic.co/v1", "Elasticsearch").and("kibana.k8s.elastic.co/v1", "Kibana").
			and("apm.k8s.elastic.co/v1", "ApmServer").and("agent.k8s.elastic.co/v1alpha1", "Agent").and("beat.k8s.elastic.co/v1beta1", "Beat").
			and("logstash.k8s.elastic.co/v1alpha1", "Logstash").and("maps.k8s.elastic.co/v1alpha1", "ElasticMapsServer").
			and("enterprisesearch.k8s.elastic.co/v1,v1beta1", "EnterpriseSearch").and("autoops.k8s.elastic.co/v1alpha1", "AutoOpsAgentPolicy").
			and("packageregistry.k8s.elastic.co/v1alpha1", "PackageRegistry").and("stackconfigpolicy.k8s.elastic.co/v1alpha1", "StackConfigPolicy").and("autoscaling.k8s.elastic.co/v1alpha1", "ElasticsearchAutoscaler")
	gatewayKinds = under("gateway.networking.k8s.io/v1", "BackendTLSPolicy", "GRPCRoute", "ListenerSet", "TLSRoute").
			and("gateway.networking.k8s.io/v1,v1beta1", "Gateway", "GatewayClass", "HTTPRoute", "ReferenceGrant")
	istioKinds = under("networking.istio.io/v1,v1beta1,v1alpha3", "DestinationRule", "Gateway", "ServiceEntry", "Sidecar", "VirtualService",
		"WorkloadEntry", "WorkloadGroup").and("networking.istio.io/v1alpha3", "EnvoyFilter").and("networking.istio.io/v1beta1", "ProxyConfig").
		and("security.istio.io/v1,v1beta1", "AuthorizationPolicy", "PeerAuthentication", "RequestAuthentication").
		and("telemetry.istio.io/v1,v1alpha1", "Telemetry").and("extensions.istio.io/v1alpha1", "WasmPlugin")
	karpenterKinds = under("karpenter.sh/v1", "NodePool", "NodeClaim").and("karpenter.sh/v1alpha1", "NodeOverlay").and("karpenter.k8s.aws/v1", "EC2NodeClass")
	kedaKinds      = under("keda.sh/v1alpha1", "ScaledObject", "ScaledJob", "TriggerAuthentication", "ClusterTriggerAuthentication").
			and("eventing.keda.sh/v1alpha1", "CloudEventSource", "ClusterCloudEventSource")
	prometheusKinds = under("monitoring.coreos.com/v1", "Alertmanager", "PodMonitor", "Probe", "Prometheus", "PrometheusRule", "ServiceMonitor", "ThanosRuler").
			and("monitoring.coreos.com/v1alpha1", "AlertmanagerConfig", "PrometheusAgent", "ScrapeConfig")
	recordKinds  = under("externaldns.k8s.io/v1alpha1", "DNSEndpoint")
	rolloutKinds = under("argoproj.io/v1alpha1", "AnalysisRun", "AnalysisTemplate", "ClusterAnalysisTemplate", "Experiment", "Rollout")
	secretKinds  = under("external-secrets.io/v1", "ExternalSecret", "SecretStore", "ClusterSecretStore", "ClusterExternalSecret").
			and("external-secrets.io/v1alpha1", "PushSecret", "ClusterPushSecret").
			and("generators.external-secrets.io/v1alpha1", "ACRAccessToken", "BeyondtrustWorkloadCredentialsDynamicSecret", "CloudsmithAccessToken",
			"ClusterGenerator", "ECRAuthorizationToken", "Fake", "GCRAccessToken", "GeneratorState", "GithubAccessToken", "GitlabDeployToken", "Grafana",
			"MFA", "Password", "QuayAccessToken", "SSHKey", "STSSessionToken", "UUID", "VaultDynamicSecret", "Webhook")
	veleroKinds = under("velero.io/v1", "Backup", "BackupRepository", "BackupStorageLocation", "DeleteBackupRequest", "DownloadRequest", "PodVolumeBackup",
		"PodVolumeRestore", "Restore", "Schedule", "ServerStatusRequest", "VolumeSnapshotLocation").and("velero.io/v2alpha1", "DataUpload", "DataDownload")
	verticalKinds = under("autoscaling.k8s.io/v1", "VerticalPodAutoscaler", "VerticalPodAutoscalerCheckpoint")
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
