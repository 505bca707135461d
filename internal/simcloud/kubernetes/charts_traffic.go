package kubernetes

// trafficDefinitions are the custom resource definitions of the charts of the
// mesh, of the way in and of the operators.
//
// Sources: the charts' folders crds and templates, at the versions of the
// versions file.
var trafficDefinitions = map[string][]string{
	"gateway-crds-helm": {
		"gateway.networking.k8s.io/GatewayClass", "gateway.networking.k8s.io/Gateway", "gateway.networking.k8s.io/HTTPRoute",
		"gateway.networking.k8s.io/GRPCRoute", "gateway.networking.k8s.io/ReferenceGrant", "gateway.networking.k8s.io/BackendTLSPolicy",
	},
	"base": { // Istio's
		"networking.istio.io/VirtualService", "networking.istio.io/DestinationRule", "networking.istio.io/Gateway",
		"networking.istio.io/ServiceEntry", "networking.istio.io/Sidecar", "networking.istio.io/WorkloadEntry",
		"networking.istio.io/WorkloadGroup", "networking.istio.io/EnvoyFilter", "networking.istio.io/ProxyConfig",
		"security.istio.io/AuthorizationPolicy", "security.istio.io/PeerAuthentication", "security.istio.io/RequestAuthentication",
		"telemetry.istio.io/Telemetry", "extensions.istio.io/WasmPlugin",
	},
	"aws-load-balancer-controller": {
		"elbv2.k8s.aws/IngressClassParams", "elbv2.k8s.aws/TargetGroupBinding", "elbv2.k8s.aws/ALBTargetControlConfig",
		"aga.k8s.aws/GlobalAccelerator",
	},
	"cert-manager": {
		"cert-manager.io/Certificate", "cert-manager.io/CertificateRequest", "cert-manager.io/ClusterIssuer", "cert-manager.io/Issuer",
		"acme.cert-manager.io/Challenge", "acme.cert-manager.io/Order",
	},
	"external-dns": {"externaldns.k8s.io/DNSEndpoint"},
	"external-secrets": {
		"external-secrets.io/ClusterExternalSecret", "external-secrets.io/ClusterPushSecret", "external-secrets.io/ClusterSecretStore",
		"external-secrets.io/ExternalSecret", "external-secrets.io/PushSecret", "external-secrets.io/SecretStore",
	},
	"karpenter-crd": {
		"karpenter.sh/NodeClaim", "karpenter.sh/NodePool", "karpenter.sh/NodeOverlay", "karpenter.k8s.aws/EC2NodeClass",
	},
	"keda": {
		"keda.sh/ScaledObject", "keda.sh/ScaledJob", "keda.sh/TriggerAuthentication", "keda.sh/ClusterTriggerAuthentication",
		"eventing.keda.sh/CloudEventSource", "eventing.keda.sh/ClusterCloudEventSource",
	},
	"velero": {
		"velero.io/Backup", "velero.io/BackupRepository", "velero.io/BackupStorageLocation", "velero.io/DataDownload", "velero.io/DataUpload",
		"velero.io/DeleteBackupRequest", "velero.io/DownloadRequest", "velero.io/PodVolumeBackup", "velero.io/PodVolumeRestore",
		"velero.io/Restore", "velero.io/Schedule", "velero.io/ServerStatusRequest", "velero.io/VolumeSnapshotLocation",
	},
	"vpa": {"autoscaling.k8s.io/VerticalPodAutoscaler", "autoscaling.k8s.io/VerticalPodAutoscalerCheckpoint"},
}
