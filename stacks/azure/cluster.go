package azure

import (
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	components "github.com/te-explico/infrastructure/components/azure"
	"github.com/te-explico/infrastructure/components/kubernetes"
	"github.com/te-explico/infrastructure/stacks/platform"
	"github.com/te-explico/infrastructure/stacks/settings"
)

// auditLogs are the logs of the control plane that are kept: who changed what,
// and who was let in. The log of everything that was read is twenty times as much.
// Source: AKS, "Monitor AKS control plane", resource logs.
var auditLogs = []string{"guard", "kube-audit-admin", "cluster-autoscaler"}

// entersCluster says whether the internet reaches the cluster: through a gateway,
// which has a host with a certificate.
func (b *builder) entersCluster() bool { return b.Ingress.Enabled && b.Ingress.Host != "" }

// makeGateway makes the application gateway that the cluster's controller leads.
func (b *builder) makeGateway() error {
	if !b.entersCluster() {
		return nil
	}
	args := &components.GatewayArgs{
		Scope: b.scope, SubnetID: b.network.Gateway, Min: 0, Max: 10, WorkspaceID: b.logs.ID,
		Block: b.WAF.Enabled && b.WAF.Mode == settings.WAFBlock,
	}
	if w := b.WAF; w.Enabled {
		args.RateLimits, args.BlockedCountries, args.AllowedCountries = b.rateLimits(), w.BlockedCountries, w.AllowedCountries
	}
	if b.Protect {
		args.Min = 2 // there at once, in two zones
	}
	gateway, err := components.NewGateway(b.ctx, "gateway", args, b.in)
	b.gateway = gateway
	return err
}

func (b *builder) makeCluster() error {
	identity, err := components.NewIdentity(b.ctx, "cluster-identity", &components.IdentityArgs{Scope: b.scope, Purpose: "aks"}, b.in)
	if err != nil {
		return err
	}
	if b.disks, err = components.NewDiskEncryption(b.ctx, "disks", &components.DiskEncryptionArgs{
		Scope: b.scope, Vault: b.vaults.keys, Users: map[string]pulumi.StringInput{"cluster": identity.PrincipalID},
	}, b.in); err != nil {
		return err
	}
	// Nodes need the way out from their first minute on: the whole network comes
	// first, and goes last.
	if b.aks, err = components.NewAks(b.ctx, "cluster", b.clusterArgs(identity), b.in, pulumi.DependsOn(b.network.Ready)); err != nil {
		return err
	}
	provider, err := kubernetes.NewProvider(b.ctx, "kubernetes", &kubernetes.ProviderArgs{
		Kubeconfig: b.aks.Kubeconfig, Identity: b.aks.Name, Ready: b.aks.Ready,
	})
	if err != nil {
		return err
	}
	b.platform.Cluster = &platform.Cluster{
		Name: b.aks.Name, Version: b.Cluster.Version, Endpoint: b.aks.Endpoint, Kubeconfig: b.aks.Kubeconfig, Issuer: b.aks.Issuer, Provider: provider,
		API:            b.apiReach(),
		Webhooks:       platform.Reach{Namespace: "kube-system", Pods: map[string]string{"app": "konnectivity-agent"}},
		CloudAPIs:      platform.Reach{CIDRs: []string{b.Network.CIDR}, Ports: []int{443}},
		StorageClasses: []platform.StorageClass{b.storageClass()},
	}
	return nil
}

// apiReach is where pods find the API: an endpoint in the subnet of nodes, or a
// public address that nobody knows beforehand.
func (b *builder) apiReach() platform.Reach {
	if b.Cluster.Endpoint.Mode == settings.EndpointPrivate {
		return platform.Reach{CIDRs: []string{b.Network.CIDR}, Ports: []int{443}}
	}
	return platform.Reach{CIDRs: []string{"0.0.0.0/0"}, Ports: []int{443}}
}

// storageClass is for disks that are in all zones: a pod finds its disk wherever
// it starts anew. AKS has a class of its own that is the default; of two, the one
// that came last is.
// Source: AKS, "Use the Azure Disk CSI driver", storage class parameters.
func (b *builder) storageClass() platform.StorageClass {
	kind := "StandardSSD_ZRS"
	if b.Protect {
		kind = "Premium_ZRS"
	}
	return platform.StorageClass{
		Name: "zone-redundant", Provisioner: "disk.csi.azure.com", Default: true,
		Parameters: pulumi.StringMap{"skuName": pulumi.String(kind), "diskEncryptionSetID": b.disks.ID},
	}
}

func (b *builder) clusterArgs(identity *components.Identity) *components.AksArgs {
	c := b.Cluster
	args := &components.AksArgs{
		Scope: b.scope, ClusterName: components.ClusterName(b.scope.Prefix), Version: c.Version, Network: b.network,
		PodCIDR: b.Network.PodCIDR, ServiceCIDR: c.ServiceCIDR, Zones: b.zones(),
		Endpoint: string(c.Endpoint.Mode), EndpointCIDRs: c.Endpoint.CIDRs, ProxyURL: c.Endpoint.ProxyURL,
		Tier: "Standard", CostAnalysis: true, DiskEncryption: b.disks, Identity: identity, WorkspaceID: b.logs.ID, Logs: auditLogs,
		Upgrades: components.UpgradeArgs{Cluster: "patch", Nodes: "NodeImage", Day: "Sunday", Start: "02:00", Hours: 4},
		Gateway:  b.gateway, Access: map[string]components.AccessArgs{}, Pools: map[string]components.PoolArgs{},
	}
	if b.Disposable {
		args.Tier, args.CostAnalysis = "Free", false // without a promise for the API, and without its price
	}
	if b.Security.Baseline {
		args.DefenderID = b.logs.ID
	}
	for name, a := range c.Access {
		args.Access[name] = components.AccessArgs{ObjectID: pulumi.String(a.Role), Level: string(a.Level), Namespaces: a.Namespaces}
	}
	if b.ci != nil {
		args.Access["ci-deploy"] = components.AccessArgs{ObjectID: b.ci.DeployPrincipalID, Kind: "ServicePrincipal", Level: "clusterAdmin"}
		args.Access["ci-preview"] = components.AccessArgs{ObjectID: b.ci.PreviewPrincipalID, Kind: "ServicePrincipal", Level: "view"}
	}
	for name, g := range c.NodeGroups {
		args.Pools[name] = pool(g)
	}
	return args
}

// pool is a pool of nodes as the component takes it. The label by which others
// find a group's nodes is everywhere the same.
func pool(g settings.NodeGroup) components.PoolArgs {
	p := components.PoolArgs{
		Size: g.Instances[0], Min: g.Min, Max: g.Max, Initial: g.Initial, Spot: g.Spot, GPU: g.GPU, DiskGiB: g.DiskGiB,
		Ephemeral: components.LocalDiskGiB(g.Instances[0]) >= g.DiskGiB, Labels: g.Labels,
	}
	for _, key := range slices.Sorted(maps.Keys(g.Taints)) {
		t := g.Taints[key]
		p.Taints = append(p.Taints, key+"="+t.Value+":"+string(t.Effect))
	}
	return p
}
