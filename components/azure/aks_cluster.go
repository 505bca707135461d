package azure

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"

	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20241001"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// zone is the private DNS zone of the cluster's API.
func (a *AksArgs) zone() (pulumi.StringOutput, bool) {
	if a.Network == nil {
		return pulumi.StringOutput{}, false
	}
	id, has := a.Network.ServiceZones[ClusterService]
	return id, has
}

// makeCluster makes the control plane and its system pool.
func (b *aksBuilder) makeCluster() error {
	kubelet, err := newIdentity(b.ctx, b.name+"-kubelet", b.Scope, "aks", b.child()...)
	if err != nil {
		return err
	}
	b.kubelet = kubelet
	rights, err := b.rights()
	if err != nil {
		return err
	}
	after := slices.Concat(rights, b.Network.Ready)
	args := &containerservice.ManagedClusterArgs{
		ResourceGroupName: b.ResourceGroup, ResourceName: pulumi.String(b.ClusterName), Location: pulumi.String(b.Location),
		KubernetesVersion: pulumi.String(b.Version), DnsPrefix: pulumi.String(limits.DNSLabel.Name(b.ClusterName)),
		NodeResourceGroup: pulumi.String(b.aks.NodeGroup),
		// Nobody changes machines and disks behind the cluster's back.
		NodeResourceGroupProfile: containerservice.ManagedClusterNodeResourceGroupProfileArgs{RestrictionLevel: pulumi.String("ReadOnly")},
		Sku:                      containerservice.ManagedClusterSKUArgs{Name: pulumi.String("Base"), Tier: pulumi.String(b.Tier)},
		SupportPlan:              pulumi.String("KubernetesOfficial"),
		Identity: containerservice.ManagedClusterIdentityArgs{
			Type: containerservice.ResourceIdentityTypeUserAssigned, UserAssignedIdentities: pulumi.StringArray{b.Identity.ID},
		},
		IdentityProfile: containerservice.UserAssignedIdentityMap{"kubeletidentity": containerservice.UserAssignedIdentityArgs{
			ResourceId: kubelet.ID().ToStringOutput().ToStringPtrOutput(), ClientId: kubelet.ClientId, ObjectId: kubelet.PrincipalId,
		}},
		EnableRBAC: pulumi.Bool(true), DisableLocalAccounts: pulumi.Bool(true),
		AadProfile: containerservice.ManagedClusterAADProfileArgs{
			Managed: pulumi.Bool(true), EnableAzureRBAC: pulumi.Bool(true), TenantID: pulumi.String(b.TenantID),
		},
		ApiServerAccessProfile: b.apiAccess(), NetworkProfile: b.networkProfile(), AddonProfiles: b.addons(),
		OidcIssuerProfile: containerservice.ManagedClusterOIDCIssuerProfileArgs{Enabled: pulumi.Bool(true)},
		SecurityProfile:   b.securityProfile(), StorageProfile: storageDrivers(),
		AutoUpgradeProfile: containerservice.ManagedClusterAutoUpgradeProfileArgs{
			UpgradeChannel: pulumi.String(b.Upgrades.Cluster), NodeOSUpgradeChannel: pulumi.String(b.Upgrades.Nodes),
		},
		AutoScalerProfile: autoscaler(),
		MetricsProfile: containerservice.ManagedClusterMetricsProfileArgs{
			CostAnalysis: containerservice.ManagedClusterCostAnalysisArgs{Enabled: pulumi.Bool(b.CostAnalysis)},
		},
		AgentPoolProfiles: containerservice.ManagedClusterAgentPoolProfileArray{b.system()},
		Tags:              b.tags("aks"),
	}
	if b.DiskEncryption != nil {
		args.DiskEncryptionSetID = b.DiskEncryption.ID.ToStringPtrOutput()
		after = append(after, b.DiskEncryption.Ready...)
	}
	// The autoscaler sets the count, and AKS keeps the system pool in the zones of
	// its creation.
	b.cluster, err = containerservice.NewManagedCluster(b.ctx, b.name, args, b.child(pulumi.DependsOn(after), pulumi.Protect(b.Protect),
		pulumi.IgnoreChanges([]string{"agentPoolProfiles[0].count", "agentPoolProfiles[0].availabilityZones"}))...)
	if err != nil {
		return fmt.Errorf("creating the control plane: %w", err)
	}
	return b.outputs()
}

// outputs are what the control plane hands on.
func (b *aksBuilder) outputs() error {
	a, c := b.aks, b.cluster
	a.Name, a.ID = c.Name, c.ID().ToStringOutput()
	host := c.Fqdn
	if b.Endpoint == "private" {
		host = c.PrivateFQDN
	}
	a.Endpoint = pulumi.Sprintf("https://%s:443", host)
	a.Issuer = c.OidcIssuerProfile.IssuerURL().Elem()
	a.KubeletPrincipalID, a.KubeletClientID = b.kubelet.PrincipalId, b.kubelet.ClientId
	return auditLogs(b.ctx, b.name, b.WorkspaceID, a.ID, b.Logs, b.child()...)
}

// rights are what the control plane may do outside its own group: use the subnet,
// the addresses, the private zone and the nodes' identity.
// Source: AKS, "Use a managed identity in AKS", and "Create a private cluster",
// configure a private DNS zone; read 2026-11.
func (b *aksBuilder) rights() ([]pulumi.Resource, error) {
	grants := map[string]Grant{
		"network": {Role: NetworkContributor, On: b.Network.ID},
		"kubelet": {Role: IdentityOperator, On: b.kubelet.ID().ToStringOutput()},
	}
	if id, has := b.zone(); has && b.Endpoint == "private" {
		grants["zone"] = Grant{Role: PrivateDNSZoneContributor, On: id}
	}
	if b.Network.NAT == NATPerZone {
		for key, id := range b.Network.AddressIDs {
			grants["address-"+key] = Grant{Role: NetworkContributor, On: id}
		}
	}
	var all []pulumi.Resource
	for _, name := range slices.Sorted(maps.Keys(grants)) {
		a, err := assign(b.ctx, b.name+"-"+name, b.Scope, grants[name], b.Identity.PrincipalID, machine, b.child()...)
		if err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	return all, nil
}

// apiAccess says who reaches the Kubernetes API. Nodes of a restricted one call it
// from the addresses that they go out by.
func (b *aksBuilder) apiAccess() containerservice.ManagedClusterAPIServerAccessProfileArgs {
	switch zone, _ := b.zone(); b.Endpoint {
	case "private":
		return containerservice.ManagedClusterAPIServerAccessProfileArgs{
			EnablePrivateCluster: pulumi.Bool(true), EnablePrivateClusterPublicFQDN: pulumi.Bool(false), PrivateDNSZone: zone.ToStringPtrOutput(),
			DisableRunCommand: pulumi.Bool(true),
		}
	case "restricted":
		ranges := pulumi.ToStringArray(b.EndpointCIDRs)
		for _, key := range slices.Sorted(maps.Keys(b.Network.Addresses)) {
			ranges = append(ranges, pulumi.Sprintf("%s/32", b.Network.Addresses[key]))
		}
		return containerservice.ManagedClusterAPIServerAccessProfileArgs{AuthorizedIPRanges: ranges, DisableRunCommand: pulumi.Bool(true)}
	default:
		return containerservice.ManagedClusterAPIServerAccessProfileArgs{DisableRunCommand: pulumi.Bool(true)}
	}
}

// networkProfile gives pods a range of their own, and has Cilium carry and police
// what they say.
func (b *aksBuilder) networkProfile() *containerservice.ContainerServiceNetworkProfileArgs {
	services := netip.MustParsePrefix(b.ServiceCIDR).Addr() // checked
	dns := services
	for range 10 {
		dns = dns.Next()
	}
	profile := &containerservice.ContainerServiceNetworkProfileArgs{
		NetworkPlugin: pulumi.String("azure"), NetworkPluginMode: pulumi.String("overlay"),
		NetworkDataplane: pulumi.String("cilium"), NetworkPolicy: pulumi.String("cilium"),
		PodCidr: pulumi.String(b.PodCIDR), ServiceCidr: pulumi.String(b.ServiceCIDR), DnsServiceIP: pulumi.String(dns.String()),
		LoadBalancerSku: pulumi.String("standard"), OutboundType: pulumi.String("userAssignedNATGateway"),
	}
	if b.Network.NAT == NATPerZone {
		var ips containerservice.ResourceReferenceArray
		for _, key := range slices.Sorted(maps.Keys(b.Network.AddressIDs)) {
			ips = append(ips, containerservice.ResourceReferenceArgs{Id: b.Network.AddressIDs[key].ToStringPtrOutput()})
		}
		profile.OutboundType = pulumi.String("loadBalancer")
		profile.LoadBalancerProfile = containerservice.ManagedClusterLoadBalancerProfileArgs{
			OutboundIPs: containerservice.ManagedClusterLoadBalancerProfileOutboundIPsArgs{PublicIPs: ips},
		}
	}
	return profile
}

// addons are what Azure runs in the cluster: policies, secrets as volumes with
// their rotation, and the controller of the application gateway.
func (b *aksBuilder) addons() containerservice.ManagedClusterAddonProfileMap {
	all := containerservice.ManagedClusterAddonProfileMap{
		"azurepolicy": containerservice.ManagedClusterAddonProfileArgs{Enabled: pulumi.Bool(true)},
		"azureKeyvaultSecretsProvider": containerservice.ManagedClusterAddonProfileArgs{
			Enabled: pulumi.Bool(true), Config: pulumi.ToStringMap(map[string]string{"enableSecretRotation": "true", "rotationPollInterval": "2m"}),
		},
	}
	if b.Gateway != nil {
		all["ingressApplicationGateway"] = containerservice.ManagedClusterAddonProfileArgs{
			Enabled: pulumi.Bool(true), Config: pulumi.StringMap{"applicationGatewayId": b.Gateway.ID},
		}
	}
	return all
}

func (b *aksBuilder) securityProfile() containerservice.ManagedClusterSecurityProfileArgs {
	profile := containerservice.ManagedClusterSecurityProfileArgs{
		WorkloadIdentity: containerservice.ManagedClusterSecurityProfileWorkloadIdentityArgs{Enabled: pulumi.Bool(true)},
		ImageCleaner: containerservice.ManagedClusterSecurityProfileImageCleanerArgs{
			Enabled: pulumi.Bool(true), IntervalHours: pulumi.Int(168),
		},
	}
	if b.DefenderID != nil {
		profile.Defender = containerservice.ManagedClusterSecurityProfileDefenderArgs{
			LogAnalyticsWorkspaceResourceId: b.DefenderID.ToStringOutput().ToStringPtrOutput(),
			SecurityMonitoring:              containerservice.ManagedClusterSecurityProfileDefenderSecurityMonitoringArgs{Enabled: pulumi.Bool(true)},
		}
	}
	return profile
}

func storageDrivers() containerservice.ManagedClusterStorageProfileArgs {
	return containerservice.ManagedClusterStorageProfileArgs{
		DiskCSIDriver:      containerservice.ManagedClusterStorageProfileDiskCSIDriverArgs{Enabled: pulumi.Bool(true)},
		FileCSIDriver:      containerservice.ManagedClusterStorageProfileFileCSIDriverArgs{Enabled: pulumi.Bool(false)},
		BlobCSIDriver:      containerservice.ManagedClusterStorageProfileBlobCSIDriverArgs{Enabled: pulumi.Bool(false)},
		SnapshotController: containerservice.ManagedClusterStorageProfileSnapshotControllerArgs{Enabled: pulumi.Bool(true)},
	}
}

// autoscaler keeps zones even and takes away nodes that little runs on.
func autoscaler() containerservice.ManagedClusterPropertiesAutoScalerProfileArgs {
	return containerservice.ManagedClusterPropertiesAutoScalerProfileArgs{
		BalanceSimilarNodeGroups: pulumi.String("true"), Expander: pulumi.String("least-waste"),
		SkipNodesWithLocalStorage: pulumi.String("false"), SkipNodesWithSystemPods: pulumi.String("true"),
		MaxGracefulTerminationSec: pulumi.String("600"), ScaleDownUtilizationThreshold: pulumi.String("0.5"),
	}
}
