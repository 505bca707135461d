package gcp

import (
	"net/netip"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	components "github.com/te-explico/infrastructure/components/gcp"
	"github.com/te-explico/infrastructure/components/kubernetes"
	"github.com/te-explico/infrastructure/stacks/platform"
	"github.com/te-explico/infrastructure/stacks/settings"
)

// maintenance is when GKE may change the cluster: three nights a week, when
// somebody is there the morning after, and not while it is excluded.
func (b *builder) maintenance() components.MaintenanceArgs {
	m := components.MaintenanceArgs{
		Start: "2026-01-06T02:00:00Z", End: "2026-01-06T08:00:00Z", Recurrence: "FREQ=WEEKLY;BYDAY=TU,WE,TH",
		Exclusions: map[string]components.ExclusionArgs{},
	}
	for name, x := range b.GCP.Exclusions {
		m.Exclusions[name] = components.ExclusionArgs{Start: x.Start, End: x.End, Scope: string(x.Scope)}
	}
	return m
}

// channels are the release channels by what comes after a version's support.
var releaseChannels = map[settings.UpgradePolicy]string{settings.StandardSupport: "REGULAR", settings.ExtendedSupport: "EXTENDED"}

func (b *builder) makeCluster() error {
	c := b.Cluster
	args := &components.GkeArgs{
		Scope: b.scope, Version: c.Version, Channel: releaseChannels[c.UpgradePolicy],
		Network: b.network.ID, Subnet: b.network.Subnet, PodRange: b.network.PodRange, ServiceRange: b.network.ServiceRange, Zones: b.zones(),
		Endpoint: string(c.Endpoint.Mode), EndpointCIDRs: c.Endpoint.CIDRs, ClientCIDRs: []string{b.Network.CIDR}, ProxyURL: c.Endpoint.ProxyURL,
		SecretsKey: b.keys.secrets, DiskKey: b.keys.disks, Maintenance: b.maintenance(), Groups: b.GCP.SecurityGroup,
		BinaryAuthorization: b.GCP.BinaryAuthorization, BackupAgent: b.Backup.Days > 0,
		ManagedPrometheus: b.GCP.ManagedPrometheus,
		Access:            map[string]components.AccessArgs{}, NodePools: map[string]components.NodePoolArgs{},
	}
	for name, a := range c.Access {
		args.Access[name] = components.AccessArgs{Member: a.Role, Level: string(a.Level), Namespaces: a.Namespaces}
	}
	for name, g := range c.NodeGroups {
		args.NodePools[name] = nodePool(g)
	}
	if a := b.GCP.AutoProvisioning; a.On() {
		args.AutoProvisioning = &components.AutoProvisioningArgs{CPUs: a.CPUs, MemoryGiB: a.MemoryGiB, GPUs: a.GPUs}
	}
	// Nodes need the way out from their first minute on: the whole network comes
	// first, and goes last.
	gke, err := components.NewGke(b.ctx, "cluster", args, b.in, pulumi.DependsOn(b.network.Ready))
	if err != nil {
		return err
	}
	b.gke = gke
	provider, err := kubernetes.NewProvider(b.ctx, "kubernetes", &kubernetes.ProviderArgs{
		Kubeconfig: gke.Kubeconfig, Identity: gke.ID, Ready: gke.Ready,
	})
	if err != nil {
		return err
	}
	b.platform.Cluster = &platform.Cluster{
		Name: gke.Name, Version: c.Version, Endpoint: gke.Endpoint, Kubeconfig: gke.Kubeconfig, Issuer: gke.Issuer, Provider: provider,
		// The API's address is in the nodes' subnet. It calls webhooks through agents.
		API:         platform.Reach{CIDRs: append([]string{b.network.NodeCIDR}, b.apiAddress()...), Ports: []int{443}},
		Webhooks:    platform.Reach{Namespace: "kube-system", Pods: map[string]string{"k8s-app": "konnectivity-agent"}},
		Credentials: platform.Reach{CIDRs: metadata, Ports: metadataPorts},
		// What GKE's classes make has no key of ours. The newest class counts, where
		// there are two for claims without one.
		StorageClasses: []platform.StorageClass{{
			Name: "balanced", Provisioner: diskDriver, Default: true,
			Parameters: pulumi.StringMap{"type": pulumi.String("pd-balanced"), "disk-encryption-kms-key": b.keys.disks.ID},
		}},
		GuardsPriority: true, OffersGPUs: true, MeshPlatform: "gke", Access: b.bindings(),
	}
	return nil
}

// diskDriver is the CSI driver of persistent disks.
const diskDriver = "pd.csi.storage.gke.io"

// metadata is where pods get the credentials of their identity, on each node; with
// Dataplane V2 a policy sees the first of the addresses.
// Source: GKE docs, "Configure network policies", Workload Identity Federation for
// GKE; read 2026-11.
var (
	metadata      = []string{"169.254.169.254/32", "169.254.169.252/32"}
	metadataPorts = []int{80, 988}
)

// apiAddress is that of the service kubernetes, the first of the services' range.
func (b *builder) apiAddress() []string {
	services, err := netip.ParsePrefix(b.Cluster.ServiceCIDR)
	if err != nil {
		return nil // refused by the settings
	}
	return []string{services.Masked().Addr().Next().String() + "/32"}
}

// bindings are the rights of who is no clusterAdmin. GKE knows people and accounts
// by their addresses.
// Source: GKE docs, "Authorize actions in clusters using RBAC", read 2026-11.
func (b *builder) bindings() map[string]platform.Access {
	all := map[string]platform.Access{}
	for name, a := range b.Cluster.Access {
		if a.Level == settings.AccessClusterAdmin {
			continue
		}
		kind, who, _ := strings.Cut(a.Role, ":")
		binding := platform.Access{Kind: "User", Name: who, Role: string(a.Level), Namespaces: a.Namespaces}
		if kind == "group" {
			binding.Kind = "Group"
		}
		all[name] = binding
	}
	return all
}

func nodePool(g settings.NodeGroup) components.NodePoolArgs {
	taints := map[string]components.TaintArgs{}
	for key, t := range g.Taints {
		taints[key] = components.TaintArgs{Value: t.Value, Effect: string(t.Effect)}
	}
	return components.NodePoolArgs{
		Machine: g.Instances[0], Min: g.Min, Max: g.Max, Initial: g.Initial, Spot: g.Spot, GPU: g.GPU,
		DiskGiB: g.DiskGiB, Labels: g.Labels, Taints: taints,
	}
}
