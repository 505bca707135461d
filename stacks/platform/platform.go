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
	// exec plugin of the cloud's own tool gets a short-lived token.
	Kubeconfig pulumi.StringOutput
	// Issuer is the URL of the issuer of service-account tokens.
	Issuer pulumi.StringInput
	// StorageClasses are the storage classes that fit the cloud.
	StorageClasses []StorageClass
	// Ready are the resources that Kubernetes resources depend on: nodes,
	// add-ons, access.
	Ready []pulumi.Resource
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

// Database is a PostgreSQL database.
type Database struct {
	// Host and Port are where it is written to.
	Host pulumi.StringInput
	Port pulumi.IntInput
	// PoolHost is where applications connect, on the same port: a connection pool,
	// or Host where there is none.
	PoolHost pulumi.StringInput
	// Name is the name of the database inside the server.
	Name string
	// Readers are the hosts of the read replicas.
	Readers pulumi.StringArrayInput
	// Secret is the reference of the secret with the user name and the password
	// in the cloud's secret store. The password itself is nowhere in the stack.
	Secret pulumi.StringInput
}

// Cache is a cache that speaks the Redis protocol, over TLS.
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
}

// Secrets is where the secrets of applications are: what an operator in the
// cluster needs to fetch them.
type Secrets struct {
	// Store is the cloud's own store, by the cloud's name, or vault.
	Store string
	// References are what the store calls the secrets, by name.
	References pulumi.StringMap
	// Address is a Vault's URL, AuthMount the path of its Kubernetes auth method,
	// Role the role to log in to, and Path the mount of its key-value engine;
	// empty for the cloud's own store.
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

// Outputs are the stack's outputs: the contract, by neutral names.
func (p *Platform) Outputs() pulumi.Map {
	buckets := pulumi.StringMap{}
	for purpose, b := range p.Buckets {
		buckets[purpose] = b.Name
	}
	all := pulumi.Map{
		"compute": pulumi.String(p.Compute), "cloud": pulumi.String(p.Cloud),
		"region": pulumi.String(p.Region),
		"network": pulumi.Map{
			"id": p.Network.ID, "cidr": pulumi.String(p.Network.CIDR), "zones": pulumi.ToStringArray(p.Network.Zones),
			"egressAddresses": p.Network.EgressAddresses,
		},
		"database": pulumi.Map{
			"host": p.Database.Host, "poolHost": p.Database.PoolHost, "port": p.Database.Port, "name": pulumi.String(p.Database.Name),
			"readers": p.Database.Readers, "secret": p.Database.Secret,
		},
		"secrets": pulumi.Map{
			"store": pulumi.String(p.Secrets.Store), "references": p.Secrets.References,
			"address": pulumi.String(p.Secrets.Address), "authMount": pulumi.String(p.Secrets.AuthMount),
			"role": pulumi.String(p.Secrets.Role), "path": pulumi.String(p.Secrets.Path),
		},
		"registry": pulumi.Map{"images": p.Registry.Images, "mirrors": p.Registry.Mirrors},
		"buckets":  buckets,
		"cdn":      pulumi.Map{"id": p.CDN.ID, "url": p.CDN.URL},
		"alerts":   pulumi.Map{"p0": p.Alerts.P0, "p1": p.Alerts.P1},
		"dns": pulumi.Map{
			"zone": pulumi.String(p.DNS.Zone), "zoneId": p.DNS.ZoneID, "nameServers": p.DNS.NameServers, "ds": p.DNS.DS,
		},
		"backup": pulumi.Map{
			"vault": p.Backup.Vault, "plan": p.Backup.Plan,
			"days": pulumi.Int(p.Backup.Days), "continuousDays": pulumi.Int(p.Backup.ContinuousDays),
		},
	}
	if c := p.Cache; c != nil {
		all["cache"] = pulumi.Map{
			"host": c.Host, "port": c.Port, "reader": c.Reader, "clustered": pulumi.Bool(c.Clustered),
			"users": c.Users, "secret": orNothing(c.Secret),
		}
	}
	if p.CI.Deploy != nil {
		all["ci"] = pulumi.Map{"preview": p.CI.Preview, "deploy": p.CI.Deploy}
	}
	p.computeOutputs(all)
	return all
}

// orNothing is a text that a cloud may lack.
func orNothing(s pulumi.StringInput) pulumi.StringInput {
	if s == nil {
		return pulumi.String("")
	}
	return s
}

// computeOutputs adds what runs the services.
func (p *Platform) computeOutputs(all pulumi.Map) {
	if c := p.Cluster; c != nil {
		all["cluster"] = pulumi.Map{
			"name": c.Name, "version": pulumi.String(c.Version), "endpoint": c.Endpoint, "issuer": c.Issuer,
		}
		all["kubeconfig"] = pulumi.ToSecret(c.Kubeconfig)
		return
	}
	services := pulumi.StringMap{}
	for name, s := range p.Services {
		services[name] = s.URL
	}
	all["services"] = services
}
