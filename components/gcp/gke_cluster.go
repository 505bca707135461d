package gcp

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/container"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// controlPlane makes the cluster itself.
func (b *gkeBuilder) controlPlane(rights []pulumi.Resource) error {
	args := b.shared()
	if b.Autopilot {
		b.autopilot(args)
	} else {
		b.standard(args)
	}
	var err error
	b.cluster, err = container.NewCluster(b.ctx, b.name, args, b.child(
		pulumi.DependsOn(slices.Concat(rights, b.SecretsKey.Ready, b.DiskKey.Ready)), pulumi.Protect(b.Protect),
		// The first pool is gone: what it was like is of no interest, and its change
		// would replace the cluster.
		pulumi.IgnoreChanges([]string{"initialNodeCount", "nodeConfig"}),
	)...)
	if err != nil {
		return fmt.Errorf("creating the control plane: %w", err)
	}
	g, c := b.gke, b.cluster
	g.ID, g.Name, g.Version = c.ID().ToStringOutput(), c.Name, c.MasterVersion
	g.Endpoint = b.address().ApplyT(func(host string) string { return "https://" + host }).(pulumi.StringOutput)
	g.CertificateAuthority = c.MasterAuth.ClusterCaCertificate().Elem()
	g.WorkloadPool = c.WorkloadIdentityConfig.WorkloadPool().Elem()
	// Source: GKE docs, "Workload Identity Federation for GKE", read 2026-11.
	g.Issuer = c.ID().ToStringOutput().ApplyT(func(id string) string { return "https://container.googleapis.com/v1/" + id }).(pulumi.StringOutput)
	return nil
}

// address is where the API answers: inside the network, or outside of it.
func (b *gkeBuilder) address() pulumi.StringOutput {
	if b.Endpoint == "private" {
		return b.cluster.PrivateClusterConfig.PrivateEndpoint().Elem()
	}
	return b.cluster.Endpoint
}

// shared are the arguments of every cluster.
func (b *gkeBuilder) shared() *container.ClusterArgs {
	off, on := pulumi.Bool(false), pulumi.Bool(true)
	args := &container.ClusterArgs{
		Description: pulumi.String("Cluster of " + b.Prefix), Location: pulumi.String(b.Region), MinMasterVersion: pulumi.String(b.Version),
		Network: b.Network, Subnetwork: b.Subnet, NetworkingMode: pulumi.String("VPC_NATIVE"),
		IpAllocationPolicy: &container.ClusterIpAllocationPolicyArgs{
			ClusterSecondaryRangeName: pulumi.String(b.PodRange), ServicesSecondaryRangeName: pulumi.String(b.ServiceRange),
		},
		PrivateClusterConfig: &container.ClusterPrivateClusterConfigArgs{
			EnablePrivateNodes: on, EnablePrivateEndpoint: pulumi.Bool(b.Endpoint == "private"),
			// The API's address inside the network is in the nodes' subnet, and not
			// behind a peering.
			PrivateEndpointSubnetwork: b.Subnet.ToStringOutput().ToStringPtrOutput(),
		},
		MasterAuthorizedNetworksConfig: b.clients(),
		MasterAuth: &container.ClusterMasterAuthArgs{
			ClientCertificateConfig: &container.ClusterMasterAuthClientCertificateConfigArgs{IssueClientCertificate: off},
		},
		NodeLocations:          pulumi.ToStringArray(slices.Sorted(slices.Values(b.Zones))),
		ReleaseChannel:         &container.ClusterReleaseChannelArgs{Channel: pulumi.String(b.Channel)},
		MaintenancePolicy:      b.maintenance(),
		WorkloadIdentityConfig: &container.ClusterWorkloadIdentityConfigArgs{WorkloadPool: pulumi.String(b.Project + ".svc.id.goog")},
		DatabaseEncryption: &container.ClusterDatabaseEncryptionArgs{
			State: pulumi.String("ENCRYPTED"), KeyName: b.SecretsKey.ID.ToStringPtrOutput(),
		},
		LoggingConfig: b.logging(), MonitoringConfig: b.monitoring(), AddonsConfig: b.addons(),
		CostManagementConfig:     &container.ClusterCostManagementConfigArgs{Enabled: on},
		SecurityPostureConfig:    &container.ClusterSecurityPostureConfigArgs{Mode: pulumi.String("BASIC"), VulnerabilityMode: pulumi.String("VULNERABILITY_DISABLED")},
		ServiceExternalIpsConfig: &container.ClusterServiceExternalIpsConfigArgs{Enabled: off},
		EnableLegacyAbac:         off,
		// It is true if nobody says anything, and then no stack could be taken down.
		DeletionProtection: pulumi.Bool(b.Protect),
		ResourceLabels:     b.labels("gke", b.Labels), // the provider adds none to these
	}
	if b.BinaryAuthorization {
		args.BinaryAuthorization = &container.ClusterBinaryAuthorizationArgs{EvaluationMode: pulumi.String("PROJECT_SINGLETON_POLICY_ENFORCE")}
	}
	if b.Groups != "" {
		args.AuthenticatorGroupsConfig = &container.ClusterAuthenticatorGroupsConfigArgs{SecurityGroup: pulumi.String(b.Groups)}
	}
	if b.Notifications != nil {
		args.NotificationConfig = &container.ClusterNotificationConfigArgs{Pubsub: &container.ClusterNotificationConfigPubsubArgs{
			Enabled: on, Topic: b.Notifications.ToStringOutput().ToStringPtrOutput(),
		}}
	}
	return args
}

// clients are who may call the API beside the nodes. Without ranges of its own, a
// private API answers the nodes' subnet alone.
func (b *gkeBuilder) clients() *container.ClusterMasterAuthorizedNetworksConfigArgs {
	if b.Endpoint == "public" {
		return nil
	}
	blocks := container.ClusterMasterAuthorizedNetworksConfigCidrBlockArray{}
	for _, cidr := range slices.Concat(b.ClientCIDRs, b.EndpointCIDRs) {
		blocks = append(blocks, &container.ClusterMasterAuthorizedNetworksConfigCidrBlockArgs{
			CidrBlock: pulumi.String(cidr), DisplayName: pulumi.String(cidr),
		})
	}
	return &container.ClusterMasterAuthorizedNetworksConfigArgs{CidrBlocks: blocks, GcpPublicCidrsAccessEnabled: pulumi.Bool(false)}
}

func (b *gkeBuilder) maintenance() *container.ClusterMaintenancePolicyArgs {
	m := b.Maintenance
	exclusions := container.ClusterMaintenancePolicyMaintenanceExclusionArray{}
	for _, name := range slices.Sorted(maps.Keys(m.Exclusions)) {
		x := m.Exclusions[name]
		exclusions = append(exclusions, &container.ClusterMaintenancePolicyMaintenanceExclusionArgs{
			ExclusionName: pulumi.String(name), StartTime: pulumi.String(x.Start), EndTime: pulumi.String(x.End),
			ExclusionOptions: &container.ClusterMaintenancePolicyMaintenanceExclusionExclusionOptionsArgs{Scope: pulumi.String(x.Scope)},
		})
	}
	return &container.ClusterMaintenancePolicyArgs{
		RecurringWindow: &container.ClusterMaintenancePolicyRecurringWindowArgs{
			StartTime: pulumi.String(m.Start), EndTime: pulumi.String(m.End), Recurrence: pulumi.String(m.Recurrence),
		},
		MaintenanceExclusions: exclusions,
	}
}

// logging has the control plane's logs kept, which nothing in the cluster sees.
func (b *gkeBuilder) logging() *container.ClusterLoggingConfigArgs {
	all := []string{"SYSTEM_COMPONENTS", "APISERVER", "SCHEDULER", "CONTROLLER_MANAGER"}
	if b.WorkloadLogs {
		all = append(all, "WORKLOADS")
	}
	return &container.ClusterLoggingConfigArgs{EnableComponents: pulumi.ToStringArray(all)}
}

func (b *gkeBuilder) monitoring() *container.ClusterMonitoringConfigArgs {
	return &container.ClusterMonitoringConfigArgs{
		EnableComponents:  pulumi.ToStringArray([]string{"SYSTEM_COMPONENTS", "APISERVER", "SCHEDULER", "CONTROLLER_MANAGER"}),
		ManagedPrometheus: &container.ClusterMonitoringConfigManagedPrometheusArgs{Enabled: pulumi.Bool(b.ManagedPrometheus)},
	}
}

// addons are GKE's own: load balancers, autoscaling of pods, disks.
func (b *gkeBuilder) addons() *container.ClusterAddonsConfigArgs {
	args := &container.ClusterAddonsConfigArgs{
		HttpLoadBalancing:                &container.ClusterAddonsConfigHttpLoadBalancingArgs{Disabled: pulumi.Bool(false)},
		HorizontalPodAutoscaling:         &container.ClusterAddonsConfigHorizontalPodAutoscalingArgs{Disabled: pulumi.Bool(false)},
		GcePersistentDiskCsiDriverConfig: &container.ClusterAddonsConfigGcePersistentDiskCsiDriverConfigArgs{Enabled: pulumi.Bool(true)},
		GkeBackupAgentConfig:             &container.ClusterAddonsConfigGkeBackupAgentConfigArgs{Enabled: pulumi.Bool(b.BackupAgent)},
	}
	if !b.Autopilot { // which has policies by Dataplane V2, and says nothing of Calico
		args.NetworkPolicyConfig = &container.ClusterAddonsConfigNetworkPolicyConfigArgs{Disabled: pulumi.Bool(true)}
	}
	return args
}

// standard are the arguments of a cluster whose nodes are ours.
func (b *gkeBuilder) standard(args *container.ClusterArgs) {
	on := pulumi.Bool(true)
	// Dataplane V2: network policies by eBPF, with a log.
	args.DatapathProvider, args.EnableIntranodeVisibility, args.EnableL4IlbSubsetting = pulumi.String("ADVANCED_DATAPATH"), on, on
	args.EnableShieldedNodes = on
	// A cluster comes with a pool that cannot be changed. It goes at once; while it
	// is there, its nodes are no other than ours.
	args.RemoveDefaultNodePool, args.InitialNodeCount = on, pulumi.Int(1)
	args.NodeConfig = &container.ClusterNodeConfigArgs{
		ServiceAccount: b.account.Email.ToStringPtrOutput(), OauthScopes: pulumi.ToStringArray(nodeScopes),
		BootDiskKmsKey: b.DiskKey.ID.ToStringPtrOutput(),
		ShieldedInstanceConfig: &container.ClusterNodeConfigShieldedInstanceConfigArgs{
			EnableSecureBoot: on, EnableIntegrityMonitoring: on,
		},
		WorkloadMetadataConfig: &container.ClusterNodeConfigWorkloadMetadataConfigArgs{Mode: pulumi.String("GKE_METADATA")},
		Metadata:               pulumi.ToStringMap(nodeMetadata),
	}
	if b.AutoProvisioning == nil {
		return
	}
	limits := container.ClusterClusterAutoscalingResourceLimitArray{
		resourceLimit("cpu", b.AutoProvisioning.CPUs), resourceLimit("memory", b.AutoProvisioning.MemoryGiB),
	}
	for _, gpu := range slices.Sorted(maps.Keys(b.AutoProvisioning.GPUs)) {
		limits = append(limits, resourceLimit(gpu, b.AutoProvisioning.GPUs[gpu]))
	}
	args.ClusterAutoscaling = &container.ClusterClusterAutoscalingArgs{
		Enabled: on, AutoscalingProfile: pulumi.String("OPTIMIZE_UTILIZATION"), ResourceLimits: limits,
		AutoProvisioningDefaults: &container.ClusterClusterAutoscalingAutoProvisioningDefaultsArgs{
			ServiceAccount: b.account.Email.ToStringPtrOutput(), OauthScopes: pulumi.ToStringArray(nodeScopes),
			BootDiskKmsKey: b.DiskKey.ID.ToStringPtrOutput(), DiskSize: pulumi.Int(100), DiskType: pulumi.String("pd-balanced"),
			ImageType: pulumi.String(nodeImage),
			Management: &container.ClusterClusterAutoscalingAutoProvisioningDefaultsManagementArgs{
				AutoRepair: on, AutoUpgrade: on,
			},
			ShieldedInstanceConfig: &container.ClusterClusterAutoscalingAutoProvisioningDefaultsShieldedInstanceConfigArgs{
				EnableSecureBoot: on, EnableIntegrityMonitoring: on,
			},
			UpgradeSettings: &container.ClusterClusterAutoscalingAutoProvisioningDefaultsUpgradeSettingsArgs{
				Strategy: pulumi.String("SURGE"), MaxSurge: pulumi.Int(1), MaxUnavailable: pulumi.Int(0),
			},
		},
	}
}

func resourceLimit(what string, most int) *container.ClusterClusterAutoscalingResourceLimitArgs {
	return &container.ClusterClusterAutoscalingResourceLimitArgs{ResourceType: pulumi.String(what), Maximum: pulumi.Int(most)}
}

// autopilot are the arguments of a cluster whose nodes are Google's. What
// standard asks for is so there already, and refused if it is said.
func (b *gkeBuilder) autopilot(args *container.ClusterArgs) {
	args.EnableAutopilot = pulumi.Bool(true)
	args.NodeLocations = nil
	args.ClusterAutoscaling = &container.ClusterClusterAutoscalingArgs{
		AutoProvisioningDefaults: &container.ClusterClusterAutoscalingAutoProvisioningDefaultsArgs{
			ServiceAccount: b.account.Email.ToStringPtrOutput(), OauthScopes: pulumi.ToStringArray(nodeScopes),
			BootDiskKmsKey: b.DiskKey.ID.ToStringPtrOutput(),
		},
	}
}
