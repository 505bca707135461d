package gcp

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/serviceaccount"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// GkeArgs are the arguments of NewGke.
type GkeArgs struct {
	Scope
	// Version is the Kubernetes minor, one of the versions file. Patches come by
	// the release channel.
	Version string
	// Channel is the release channel: REGULAR, STABLE, or EXTENDED, which keeps a
	// minor for two years and is paid for.
	Channel string
	// Network and Subnet are the network and its subnet, and PodRange and
	// ServiceRange the names of the subnet's ranges.
	Network, Subnet        pulumi.StringInput
	PodRange, ServiceRange string
	// Zones are where nodes are. The control plane is in three zones of the region
	// always; zones of nodes come and go.
	Zones []string
	// Endpoint is where the Kubernetes API answers: private, restricted or public.
	Endpoint string
	// EndpointCIDRs may call a restricted API from outside the network.
	EndpointCIDRs []string
	// ClientCIDRs are ranges inside the network, and in networks joined to it, whose
	// machines may call the API: runners, bastions. Nodes always may.
	ClientCIDRs []string
	// ProxyURL is the proxy that the kubeconfig goes through; none if empty.
	ProxyURL string
	// SecretsKey encrypts Kubernetes secrets: ContainerAgent is among its users.
	// DiskKey encrypts the disks of nodes: ComputeAgent is among its users.
	SecretsKey, DiskKey *Key
	// Maintenance says when GKE may change the cluster.
	Maintenance MaintenanceArgs
	// Access lets people and accounts into the cluster, by a name.
	Access map[string]AccessArgs
	// Groups is the group gke-security-groups@<domain>, whose members are groups
	// that Kubernetes knows by name; none if empty.
	Groups string
	// Autopilot leaves the nodes to Google: then there are neither pools nor
	// AutoProvisioning.
	Autopilot bool
	// NodePools are the pools of nodes, by name. The pool named system, if there is
	// one, carries the cluster's own add-ons.
	NodePools map[string]NodePoolArgs
	// AutoProvisioning makes pools by itself for pods that fit into none; nil if
	// nobody does.
	AutoProvisioning *AutoProvisioningArgs
	// BinaryAuthorization has the project's policy say which images may run.
	BinaryAuthorization bool
	// ManagedPrometheus collects the metrics of pods for Cloud Monitoring, and
	// WorkloadLogs their logs for Cloud Logging. The platform has Prometheus and
	// Elasticsearch of its own.
	ManagedPrometheus, WorkloadLogs bool
	// BackupAgent lets Backup for GKE in.
	BackupAgent bool
	// Notifications is the topic of Pub/Sub that hears of upgrades and of security
	// bulletins; none if nil.
	Notifications pulumi.StringInput
}

// MaintenanceArgs say when GKE may change a cluster.
type MaintenanceArgs struct {
	// Start and End are the first window, in RFC 3339, and Recurrence how it comes
	// again (RFC 5545). GKE wants 48 hours of windows in 32 days.
	Start, End, Recurrence string
	// Exclusions are times without changes, by a name.
	Exclusions map[string]ExclusionArgs
}

// ExclusionArgs are a time without changes.
type ExclusionArgs struct {
	// Start and End are in RFC 3339.
	Start, End string
	// Scope is NO_UPGRADES (at most 30 days), NO_MINOR_UPGRADES or
	// NO_MINOR_OR_NODE_UPGRADES.
	Scope string
}

// AutoProvisioningArgs are the limits of the whole cluster, pools included.
type AutoProvisioningArgs struct {
	// CPUs and MemoryGiB are the most processors and memory.
	CPUs, MemoryGiB int
	// GPUs are the most accelerators, by their type.
	GPUs map[string]int
}

// Gke is a Kubernetes cluster: control plane, nodes and access.
type Gke struct {
	pulumi.ResourceState

	// ID is the cluster's path, and Name its name.
	ID, Name pulumi.StringOutput
	// Endpoint is the URL of the Kubernetes API, and CertificateAuthority the
	// base64 of the certificate it is known by.
	Endpoint, CertificateAuthority pulumi.StringOutput
	// Version is the version that runs.
	Version pulumi.StringOutput
	// Issuer is the URL of the issuer of service-account tokens.
	Issuer pulumi.StringOutput
	// WorkloadPool is the pool of identities of the project's clusters.
	WorkloadPool pulumi.StringOutput
	// NodeAccount is the e-mail address of the nodes' service account, and
	// NodeAccountID its path.
	NodeAccount, NodeAccountID pulumi.StringOutput
	// Kubeconfig is a kubeconfig without credentials, as JSON; a secret.
	Kubeconfig pulumi.StringOutput
	// NodePoolNames are the names in Google Cloud of the pools, by their names here.
	NodePoolNames map[string]pulumi.StringOutput
	// Ready is what everything inside the cluster must depend on: access first,
	// then nodes.
	Ready []pulumi.Resource
}

// gkeBuilder is what the parts of a cluster share while it is built.
type gkeBuilder struct {
	*GkeArgs
	ctx     *pulumi.Context
	name    string
	gke     *Gke
	account *serviceaccount.Account
	cluster *gkeCluster
}

// child returns the options of a child resource.
func (b *gkeBuilder) child(opts ...pulumi.ResourceOption) []pulumi.ResourceOption {
	return append([]pulumi.ResourceOption{pulumi.Parent(b.gke)}, opts...)
}

// NewGke makes a cluster: the nodes' account, the control plane, who may get in,
// and the nodes.
func NewGke(ctx *pulumi.Context, name string, args *GkeArgs, opts ...pulumi.ResourceOption) (*Gke, error) {
	if err := args.check(); err != nil {
		return nil, fmt.Errorf("creating cluster %s: %w", name, err)
	}
	g := &Gke{NodePoolNames: map[string]pulumi.StringOutput{}}
	if err := component.Register(ctx, "gcp", "Gke", name, g, opts...); err != nil {
		return nil, err
	}
	b := &gkeBuilder{GkeArgs: args, ctx: ctx, name: name, gke: g}
	if err := b.build(); err != nil {
		return nil, fmt.Errorf("creating cluster %s: %w", name, err)
	}
	g.Kubeconfig = b.kubeconfig()
	pools := pulumi.StringMap{}
	for pool, made := range g.NodePoolNames {
		pools[pool] = made
	}
	return g, ctx.RegisterResourceOutputs(g, pulumi.Map{
		"id": g.ID, "name": g.Name, "endpoint": g.Endpoint, "certificateAuthority": g.CertificateAuthority,
		"version": g.Version, "issuer": g.Issuer, "workloadPool": g.WorkloadPool, "nodeAccount": g.NodeAccount,
		"kubeconfig": g.Kubeconfig, "nodePoolNames": pools,
	})
}

func (b *gkeBuilder) build() error {
	rights, err := b.nodeAccount()
	if err != nil {
		return err
	}
	if err := b.controlPlane(rights); err != nil {
		return err
	}
	access, err := b.access()
	if err != nil {
		return err
	}
	nodes, err := b.nodes()
	if err != nil {
		return err
	}
	b.gke.Ready = slices.Concat(access, nodes)
	if len(nodes) == 0 {
		b.gke.Ready = append(b.gke.Ready, b.cluster)
	}
	return nil
}
