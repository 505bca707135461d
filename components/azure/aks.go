package azure

import (
	"fmt"
	"maps"
	"slices"

	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20241001"
	"github.com/pulumi/pulumi-azure-native-sdk/managedidentity/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// ClusterName is the name of the cluster of a stack. It is fixed: people and
// tools look for it, and rights are given on it.
func ClusterName(prefix string) string { return limits.Cluster.Name(prefix) }

// AksArgs are the arguments of NewAks.
type AksArgs struct {
	Scope
	// ClusterName is the cluster's fixed name: see ClusterName.
	ClusterName string
	// Version is the Kubernetes minor, one of the versions file.
	Version string
	// Network is where nodes are, and how they go out.
	Network *Network
	// PodCIDR is the range of pods, and ServiceCIDR that of services: ranges of the
	// cluster's own, outside the network's.
	PodCIDR, ServiceCIDR string
	// Endpoint is where the Kubernetes API answers: private, restricted or public.
	Endpoint string
	// EndpointCIDRs may call a restricted API.
	EndpointCIDRs []string
	// ProxyURL is the proxy that the kubeconfig goes through; none if empty.
	ProxyURL string
	// Tier is Free, or Standard with a promise of 99.95 % for the API.
	Tier string
	// Zones are the zones that nodes are in, 1 to 3. The system pool stays in the
	// zones of its creation; the other pools follow every change.
	Zones []string
	// DiskEncryption encrypts disks with a key of ours; nil for Azure's own.
	DiskEncryption *DiskEncryption
	// Identity is the identity of the control plane. It must have its rights on the
	// disk encryption before there is a cluster.
	Identity *Identity
	// WorkspaceID is the workspace of audit logs, and Logs which ones; DefenderID is
	// the workspace of Microsoft Defender for Containers, which is off if nil.
	WorkspaceID, DefenderID pulumi.StringInput
	Logs                    []string
	// Upgrades say when Azure upgrades what.
	Upgrades UpgradeArgs
	// Gateway is an application gateway that a controller of Azure's works on for
	// Ingresses; none if nil.
	Gateway *Gateway
	// Access lets people and machines into the cluster, by a name.
	Access map[string]AccessArgs
	// Pools are the pools of nodes, by name. The pool named system carries the
	// cluster's own parts and nothing else.
	Pools map[string]PoolArgs
	// CostAnalysis shows in Azure what namespaces cost; for the tier Standard.
	CostAnalysis bool
}

// UpgradeArgs say when Azure upgrades what.
type UpgradeArgs struct {
	// Cluster is the channel of Kubernetes: patch, stable, rapid, node-image or none.
	Cluster string
	// Nodes is the channel of the nodes' system: NodeImage, SecurityPatch or None.
	Nodes string
	// Day (Monday …), Start (HH:MM) and Hours (4 and more) are the weekly window, in
	// UTC.
	Day, Start string
	Hours      int
}

// AccessArgs say what somebody may do in a cluster.
type AccessArgs struct {
	// ObjectID is the object id in Entra of a group, a user or a service principal,
	// and Kind which of them it is (Group, User, ServicePrincipal): Azure looks it up
	// if it is empty, which fails for one that was just made.
	ObjectID pulumi.StringInput
	Kind     string
	// Level is clusterAdmin, admin, edit or view.
	Level string
	// Namespaces limits the access to these; all if empty.
	Namespaces []string
}

// PoolArgs describe a pool of nodes.
type PoolArgs struct {
	// Size is the size of the machines, such as Standard_D4ds_v5.
	Size string
	// Min, Max and Initial are numbers of nodes. Initial holds at creation only, and
	// is Min if 0.
	Min, Max, Initial int
	// Spot takes spare capacity.
	Spot bool
	// GPU takes the image that NVIDIA's drivers are made for.
	GPU bool
	// DiskGiB is the size of a node's disk, and Ephemeral puts it on the machine's
	// own: faster and free, for sizes that have one as large.
	DiskGiB   int
	Ephemeral bool
	// Labels are Kubernetes labels.
	Labels map[string]string
	// Taints are Kubernetes taints, as key=value:effect.
	Taints []string
}

// Aks is a Kubernetes cluster: control plane, nodes and access.
type Aks struct {
	pulumi.ResourceState

	// Name and ID are the cluster's.
	Name, ID pulumi.StringOutput
	// Endpoint is the URL of the Kubernetes API.
	Endpoint pulumi.StringOutput
	// Issuer is the URL of the cluster's identities.
	Issuer pulumi.StringOutput
	// KubeletPrincipalID is whom the nodes pull images as, and KubeletClientID what
	// they log in as.
	KubeletPrincipalID, KubeletClientID pulumi.StringOutput
	// NodeGroup is the name of the resource group that AKS keeps machines and disks
	// in, and NodeGroupID its id.
	NodeGroup   string
	NodeGroupID string
	// Kubeconfig is a kubeconfig as JSON, a secret. It holds no token: whoever uses
	// it needs kubelogin and access.
	Kubeconfig pulumi.StringOutput
	// PoolNames are the names in Azure of the pools, by their names here.
	PoolNames map[string]string
	// Ready is what everything inside the cluster must depend on.
	Ready []pulumi.Resource
}

// aksBuilder is what the parts of a cluster share while it is built.
type aksBuilder struct {
	*AksArgs
	ctx     *pulumi.Context
	name    string
	aks     *Aks
	kubelet *managedidentity.UserAssignedIdentity
	cluster *containerservice.ManagedCluster
}

// child returns the options of a child resource.
func (b *aksBuilder) child(opts ...pulumi.ResourceOption) []pulumi.ResourceOption {
	return append([]pulumi.ResourceOption{pulumi.Parent(b.aks)}, opts...)
}

// NewAks makes a cluster: identities and their rights, the control plane with its
// system pool, access, the other pools, then when what is upgraded.
func NewAks(ctx *pulumi.Context, name string, args *AksArgs, opts ...pulumi.ResourceOption) (*Aks, error) {
	if err := args.check(); err != nil {
		return nil, fmt.Errorf("creating cluster %s: %w", name, err)
	}
	a := &Aks{PoolNames: map[string]string{}, NodeGroup: limits.NodeGroup.Name(args.Prefix, "nodes")}
	a.NodeGroupID = "/subscriptions/" + args.SubscriptionID + "/resourceGroups/" + a.NodeGroup
	if err := component.Register(ctx, "azure", "Aks", name, a, opts...); err != nil {
		return nil, err
	}
	b := &aksBuilder{AksArgs: args, ctx: ctx, name: name, aks: a}
	for _, step := range []func() error{b.makeCluster, b.makeAccess, b.makeGatewayRights, b.makePools, b.makeWindows} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("creating cluster %s: %w", name, err)
		}
	}
	a.Kubeconfig = b.kubeconfig()
	pools := pulumi.StringMap{}
	for _, pool := range slices.Sorted(maps.Keys(a.PoolNames)) {
		pools[pool] = pulumi.String(a.PoolNames[pool])
	}
	return a, ctx.RegisterResourceOutputs(a, pulumi.Map{
		"name": a.Name, "id": a.ID, "endpoint": a.Endpoint, "issuer": a.Issuer, "kubeconfig": a.Kubeconfig, "pools": pools,
	})
}
