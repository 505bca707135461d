package platform

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// Account is a service account of whoever works in the cloud: the cloud knows it by
// its namespace and name.
type Account struct {
	// Namespace and Name are the account's in Kubernetes.
	Namespace, Name string
}

// The operators that a cloud gives an identity of its own.
var (
	// BalancerAccount makes load balancers.
	BalancerAccount = Account{"ingress", "load-balancer-controller"}
	// CertificatesAccount proves to a certificate authority that a name is ours.
	CertificatesAccount = Account{"cert-manager", "cert-manager"}
	// RecordsAccount keeps the DNS records of hosts.
	RecordsAccount = Account{"external-dns", "external-dns"}
	// SecretsAccount reads the secrets of applications.
	SecretsAccount = Account{"external-secrets", "external-secrets"}
	// NodesAccount starts and stops nodes.
	NodesAccount = Account{"autoscaling", "karpenter"}
	// BackupAccount writes backups of the cluster's objects to the bucket.
	BackupAccount = Account{"velero", "velero"}
)

// Identity is what a service account is in the cloud.
type Identity struct {
	// Annotations on the service account bind it, where the cloud takes any, and
	// Labels are on the pods that run as it.
	Annotations pulumi.StringMap
	Labels      map[string]string
	// Ready is what must exist before whoever runs as the account starts, and
	// until it has stopped.
	Ready []pulumi.Resource
}

// Integrations are what a cloud adds to what runs in its cluster. What is nil
// the cloud does not have.
type Integrations struct {
	// Accounts are the identities of the operators, and of the product's services
	// and jobs that have rights in the cloud (BucketGrants).
	Accounts map[Account]Identity
	// Balancer makes load balancers for what comes in.
	Balancer *Balancer
	// Records keeps DNS records; nil without a zone.
	Records *Records
	// Secrets is where the secrets of applications are read from.
	Secrets *SecretSource
	// Nodes starts and stops nodes as pods ask for them.
	Nodes *NodeScaler
	// Backup is where backups of the cluster's objects go.
	Backup *BackupLocation
}

// Controller is an operator that only one cloud has: a chart and its values.
type Controller struct {
	// Manifest is what a project publishes, by its name in the versions file: the
	// definitions that no chart has but the operator's own; none if empty.
	Manifest string
	// Charts are charts of the versions file, in the order of their installation:
	// definitions first. The last one is the operator itself.
	Charts []string
	// Account is whom the operator runs as; its namespace is the operator's.
	Account Account
	// Values are the last chart's.
	Values map[string]any
	// Replicated are the values that depend on the number of replicas.
	Replicated func(replicas int) map[string]any
}

// Spec is a custom resource that only one cloud knows.
type Spec struct {
	// APIVersion and Kind say what it is.
	APIVersion, Kind string
	// Name is its name.
	Name string
	// Spec is the object's spec.
	Spec map[string]any
}

// Balancer makes a load balancer for an Ingress.
type Balancer struct {
	// Controller is the operator; nil where the cloud runs it.
	Controller *Controller
	// Class is the name of the IngressClass; empty where an annotation says it.
	Class string
	// Certificate says that the load balancer shows the gateway's certificate, which
	// is a secret of the cluster. Otherwise the annotations name one.
	Certificate bool
	// Annotations on an Ingress ask for a load balancer that meets the stack's
	// rules: certificate, TLS, firewall, access logs.
	Annotations map[string]pulumi.StringInput
	// Backend is annotations too: how it speaks to what is behind it.
	Backend func(Backend) map[string]string
	// Service are annotations of the Service behind it, and Objects what annotations
	// name; nil where there are none.
	Service func(Backend) map[string]string
	Objects func(Backend) []Spec
}

// Backend is what a load balancer has behind it.
type Backend struct {
	// TLS says that it speaks TLS.
	TLS bool
	// HealthPort and HealthPath answer 200, in clear, when it can serve.
	HealthPort int
	HealthPath string
}

// Records keeps DNS records.
type Records struct {
	// Zone is the name of the zone that records may be made in.
	Zone string
	// Values are values of the chart external-dns: who the provider is.
	Values map[string]any
	// Solver is the dns01 solver of cert-manager's issuers.
	Solver map[string]any
}

// SecretSource is where the External Secrets Operator reads.
type SecretSource struct {
	// Provider is the spec.provider of its ClusterSecretStore.
	Provider map[string]any
	// Port is the TCP port of a store of one's own, wherever that is; 0 for the
	// cloud's.
	Port int
}

// NodeScaler starts and stops nodes.
type NodeScaler struct {
	// Controller is the operator.
	Controller *Controller
	// Specs are what it works by: classes of nodes first, then pools.
	Specs []Spec
}

// BackupLocation is a bucket for backups of the cluster's objects.
type BackupLocation struct {
	// Provider is the plugin's name of the bucket's kind, and Image names the
	// plugin's image in the versions file.
	Provider, Image string
	// Bucket is the bucket, and Prefix the folder in it.
	Bucket pulumi.StringInput
	Prefix string
	// Config is the provider's configuration.
	Config map[string]any
	// SnapshotDriver is the CSI driver that takes snapshots of volumes.
	SnapshotDriver string
}
