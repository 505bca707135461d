// Package platform is the contract between a cloud and what runs on it: every
// cloud's builder fills a Platform, and whatever comes after (workloads,
// outputs, cost) reads nothing else. It names no cloud.
package platform

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/stacks/settings"
)

// Builder builds a platform on one cloud.
type Builder func(ctx *pulumi.Context, s *settings.Settings) (*Platform, error)

// Platform is what a cloud hands over. Accept says what must hold of it.
type Platform struct {
	// Cloud and Region say where the platform is.
	Cloud, Region string
	// Network is the private network.
	Network Network
	// Compute says what runs the services; Cluster or Services say more.
	Compute Compute
	// Cluster is the Kubernetes cluster; nil without one.
	Cluster *Cluster
	// Services are the services that the cloud itself runs, by name; none where
	// they run on Kubernetes.
	Services map[string]Service
	// Database is the PostgreSQL database.
	Database Database
	// Cache is the cache; nil where services run without Kubernetes, whose
	// service accounts are its users.
	Cache *Cache
	// Secrets is where the secrets of applications are.
	Secrets Secrets
	// Registry is the image registry.
	Registry Registry
	// Buckets are the object stores, by purpose: assets, uploads, logs, backups.
	Buckets map[string]Bucket
	// Objects is how the buckets are reached.
	Objects Objects
	// Snapshots is where Elasticsearch in the cluster keeps its snapshots; nil
	// where there are none.
	Snapshots *SnapshotRepository
	// CDN serves the frontend.
	CDN CDN
	// DNS is the zone that the platform's names are in.
	DNS DNS
	// Alerts are where alarms go.
	Alerts Alerts
	// CI is what jobs run as; empty if the stack has no identity for them.
	CI CI
	// Backup keeps copies of the data.
	Backup Backup
	// Lacks are the parts that the cloud has no counterpart of, each with the
	// reason: network, access (to the cluster), registry, cdn, alerts. What they say is
	// then empty.
	Lacks map[string]string
}

// Compute is what runs the services.
type Compute string

// The kinds of compute.
const (
	// Kubernetes: a cluster, and whoever has its kubeconfig runs services on it.
	Kubernetes Compute = "kubernetes"
	// Services: the cloud's own container service runs them.
	Services Compute = "services"
)

// Service is a service that the cloud runs.
type Service struct {
	// URL is where it answers.
	URL pulumi.StringInput
}

// Network is a private network over several zones.
type Network struct {
	// ID is the cloud's id of the network.
	ID pulumi.StringInput
	// CIDR is the IPv4 range.
	CIDR string
	// Zones are the zones, sorted.
	Zones []string
	// EgressAddresses are the public addresses that private nodes are seen with,
	// by zone: what a partner's firewall has to let in. Empty without NAT.
	EgressAddresses pulumi.StringMapInput
}

// Cluster is a Kubernetes cluster and how to reach it.
type Cluster struct {
	// Name is the cluster's name in the cloud.
	Name pulumi.StringInput
	// Version is the Kubernetes minor version.
	Version string
	// Endpoint is the URL of the Kubernetes API.
	Endpoint pulumi.StringInput
	// Kubeconfig is a kubeconfig in JSON, a secret. It holds no credentials: an
	// exec plugin of the cloud's own tool gets a short-lived token. Nil where the
	// cluster is reached with the kubeconfig of whoever runs Pulumi.
	Kubeconfig pulumi.StringInput
	// Provider is Pulumi's Kubernetes provider of the cluster. Whatever it makes
	// comes after nodes, add-ons and access.
	Provider pulumi.ProviderResource
	// Issuer is the URL of the issuer of service-account tokens.
	Issuer pulumi.StringInput
	// StorageClasses are the storage classes that fit the cloud.
	StorageClasses []StorageClass
	// API is where pods reach the Kubernetes API, and where its calls of webhooks
	// come from, unless Webhooks says so.
	API Reach
	// Webhooks is where the API's calls of webhooks come from, in a cluster whose API
	// reaches pods through other pods; empty where API says it.
	Webhooks Reach
	// GuardsPriority says that pods of the classes system-cluster-critical and
	// system-node-critical run in a namespace only where a quota names the classes.
	GuardsPriority bool
	// OffersGPUs says that the cluster itself offers the GPUs of its nodes to pods.
	OffersGPUs bool
	// MeshPlatform is what Istio's charts call a platform that they treat as
	// special, such as gke; empty for any other.
	MeshPlatform string
	// Credentials is where pods get the credentials of their cloud identity; empty
	// where there are no such identities.
	Credentials Reach
	// CloudAPIs is where pods reach the cloud's own services inside the private
	// network; empty where they are all on the internet.
	CloudAPIs Reach
	// Access is who gets in by Kubernetes' own roles, by a name, where the cloud's
	// rights know no namespaces.
	Access map[string]Access
	// Integrations are what the cloud adds to what runs in the cluster.
	Integrations Integrations
}

// Access lets somebody into a cluster by a role of Kubernetes.
type Access struct {
	// Kind is User or Group, and Name what the cluster calls them.
	Kind, Name string
	// Role is the ClusterRole: admin, edit or view.
	Role string
	// Namespaces limits it to these; all if empty.
	Namespaces []string
}

// Reach is where pods find something: what a network policy has to let through.
// It is either address ranges or pods of the cluster; empty where there is
// nothing to reach.
type Reach struct {
	// CIDRs are address ranges.
	CIDRs []string
	// Namespace and Pods (labels; all pods if empty) are pods of the cluster.
	Namespace string
	Pods      map[string]string
	// Ports are TCP ports.
	Ports []int
}

// StorageClass is a Kubernetes storage class to declare in the cluster.
type StorageClass struct {
	// Name is the class's name.
	Name string
	// Provisioner is the CSI driver.
	Provisioner string
	// Default says that claims without a class get this one.
	Default bool
	// Parameters are the driver's parameters.
	Parameters pulumi.StringMap
}

// Objects is how the buckets are reached.
type Objects struct {
	// Endpoint is the URL of the S3 API; nil where clients know it from the region.
	Endpoint pulumi.StringInput
	// Secret is the reference of the secret with the access keys; nil where pods
	// have identities of the cloud.
	Secret pulumi.StringInput
	// Reach is where pods find it; empty where that is the internet.
	Reach Reach
}

// Database is a PostgreSQL database.
type Database struct {
	// Host and Port are where it is written to.
	Host pulumi.StringInput
	Port pulumi.IntInput
	// PoolHost is where applications connect: a connection pool, or Host where there
	// is none. PoolPort is its port; Port if nil.
	PoolHost pulumi.StringInput
	PoolPort pulumi.IntInput
	// Name is the name of the database inside the server.
	Name string
	// Readers are the hosts of the read replicas.
	Readers pulumi.StringArrayInput
	// Secret is the reference of the secret with the user name and the password
	// in the cloud's secret store. The password itself is nowhere in the stack.
	Secret pulumi.StringInput
	// Reach is where pods find it.
	Reach Reach
}

// Cache is a cache that speaks the Redis protocol.
type Cache struct {
	// Host and Port are where it is written to.
	Host pulumi.StringInput
	Port pulumi.IntInput
	// Reader is the host of copies that are read and may lag.
	Reader pulumi.StringInput
	// Clustered says that clients must know Redis Cluster.
	Clustered bool
	// Users are the names to log in with, by their names in the settings. They show
	// who they are with an identity of the cloud, unless there is a Secret.
	Users pulumi.StringMapInput
	// Secret is the reference of the secret with the password in the cloud's secret
	// store, where the cloud has no identities for caches; nil where it has.
	Secret pulumi.StringInput
	// TLS says that clients speak TLS, and CA are the authorities, in PEM, that they
	// have to trust; nil where those are everybody's.
	TLS bool
	CA  pulumi.StringInput
	// Open says that nobody logs in: network policies alone say who may use it.
	Open bool
	// Reach is where pods find it.
	Reach Reach
}

// Secrets is where the secrets of applications are: what an operator in the
// cluster needs to fetch them.
type Secrets struct {
	// Store is the cloud's own store, by the cloud's name, or vault, or kubernetes:
	// the secrets of one namespace.
	Store string
	// References are what the store calls the secrets, by name.
	References pulumi.StringMap
	// Address is a Vault's URL, AuthMount the path of its Kubernetes auth method,
	// Role the role to log in to, and Path the mount of its key-value engine;
	// empty for the cloud's own store. With kubernetes, Path is the namespace.
	Address, AuthMount, Role, Path string
}

// Registry is an image registry.
type Registry struct {
	// Images are the addresses of the repositories, without a tag, by image.
	Images pulumi.StringMapInput
	// Mirrors are what stands for the host of a public registry in an image's
	// name, by that host.
	Mirrors pulumi.StringMapInput
}

// Bucket is an object store.
type Bucket struct {
	// Name is its name.
	Name pulumi.StringInput
}

// CDN serves the frontend near its users.
type CDN struct {
	// ID is what the cloud calls it: cache invalidations name it.
	ID pulumi.StringInput
	// URL is where users find the frontend.
	URL pulumi.StringInput
}

// DNS is a public zone. A platform without a domain has none: all is empty.
type DNS struct {
	// Zone is the zone's name.
	Zone string
	// ZoneID is what the cloud calls it.
	ZoneID pulumi.StringInput
	// NameServers are who the zone above has to name.
	NameServers pulumi.StringArrayInput
	// DS is the record that the zone above has to have for the zone's signatures
	// to be trusted; empty where it signs nothing.
	DS pulumi.StringInput
}

// Alerts are where alarms go.
type Alerts struct {
	// P0 and P1 are the cloud's references of the two topics.
	P0, P1 pulumi.StringInput
}

// CI is what jobs that preview or deploy the stack run as.
type CI struct {
	// Preview and Deploy are the cloud's references of two identities: one that
	// looks, and one that changes.
	Preview, Deploy pulumi.StringInput
}

// Backup keeps copies of the data apart from it.
type Backup struct {
	// Vault is the cloud's reference of where backups are kept, and Plan that of
	// the plan that makes them; both empty where the stack has no backups.
	Vault, Plan pulumi.StringInput
	// Days is how long a daily backup is kept, 0 without backups;
	// ContinuousDays is how many days back buckets can be restored to any moment.
	Days, ContinuousDays int
}
