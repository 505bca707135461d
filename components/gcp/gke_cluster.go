package gcp

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// gkeCluster is a cluster as Google Cloud gives it back.
type gkeCluster struct {
	pulumi.CustomResourceState

	Name                   pulumi.StringOutput `pulumi:"name"`
	Endpoint               pulumi.StringOutput `pulumi:"endpoint"`
	MasterVersion          pulumi.StringOutput `pulumi:"masterVersion"`
	MasterAuth             pulumi.MapOutput    `pulumi:"masterAuth"`
	PrivateClusterConfig   pulumi.MapOutput    `pulumi:"privateClusterConfig"`
	WorkloadIdentityConfig pulumi.MapOutput    `pulumi:"workloadIdentityConfig"`
}

// controlPlane makes the cluster itself.
func (b *gkeBuilder) controlPlane(rights []pulumi.Resource) error {
	args := b.shared()
	if b.Autopilot {
		b.autopilot(args)
	} else {
		b.standard(args)
	}
	var err error
	b.cluster, err = component.Bind[gkeCluster](b.ctx, "gcp:container/cluster:Cluster", b.name, args, b.child(
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
	g.CertificateAuthority = component.TextIn(c.MasterAuth, "clusterCaCertificate")
	g.WorkloadPool = component.TextIn(c.WorkloadIdentityConfig, "workloadPool")
	// Source: GKE docs, "Workload Identity Federation for GKE", read 2026-11.
	g.Issuer = c.ID().ToStringOutput().ApplyT(func(id string) string { return "https://container.googleapis.com/v1/" + id }).(pulumi.StringOutput)
	return nil
}

// address is where the API answers: inside the network, or outside of it.
func (b *gkeBuilder) address() pulumi.StringOutput {
	if b.Endpoint == "private" {
		return component.TextIn(b.cluster.PrivateClusterConfig, "privateEndpoint")
	}
	return b.cluster.Endpoint
}

// shared are the arguments of every cluster.
func (b *gkeBuilder) shared() pulumi.Map {
	off, on := pulumi.Bool(false), pulumi.Bool(true)
	args := pulumi.Map{
		"description": pulumi.String("Cluster of " + b.Prefix), "location": pulumi.String(b.Region), "minMasterVersion": pulumi.String(b.Version),
		"network": b.Network, "subnetwork": b.Subnet, "networkingMode": pulumi.String("VPC_NATIVE"),
		"ipAllocationPolicy": pulumi.Map{
			"clusterSecondaryRangeName": pulumi.String(b.PodRange), "servicesSecondaryRangeName": pulumi.String(b.ServiceRange),
		},
		"privateClusterConfig": pulumi.Map{
			"enablePrivateNodes": on, "enablePrivateEndpoint": pulumi.Bool(b.Endpoint == "private"),
			// The API's address inside the network is in the nodes' subnet, and not
			// behind a peering.
			"privateEndpointSubnetwork": b.Subnet,
		},
		"masterAuth":             pulumi.Map{"clientCertificateConfig": pulumi.Map{"issueClientCertificate": off}},
		"nodeLocations":          pulumi.ToStringArray(slices.Sorted(slices.Values(b.Zones))),
		"releaseChannel":         pulumi.Map{"channel": pulumi.String(b.Channel)},
		"maintenancePolicy":      b.maintenance(),
		"workloadIdentityConfig": pulumi.Map{"workloadPool": pulumi.String(b.Project + ".svc.id.goog")},
		"databaseEncryption":     pulumi.Map{"state": pulumi.String("ENCRYPTED"), "keyName": b.SecretsKey.ID},
		"loggingConfig":          b.logging(), "monitoringConfig": b.monitoring(), "addonsConfig": b.addons(),
		"costManagementConfig":     pulumi.Map{"enabled": on},
		"securityPostureConfig":    pulumi.Map{"mode": pulumi.String("BASIC"), "vulnerabilityMode": pulumi.String("VULNERABILITY_DISABLED")},
		"serviceExternalIpsConfig": pulumi.Map{"enabled": off},
		"enableLegacyAbac":         off,
		// It is true if nobody says anything, and then no stack could be taken down.
		"deletionProtection": pulumi.Bool(b.Protect),
		"resourceLabels":     b.labels("gke", b.Labels), // the provider adds none to these
	}
	if clients := b.clients(); clients != nil {
		args["masterAuthorizedNetworksConfig"] = clients
	}
	if b.BinaryAuthorization {
		args["binaryAuthorization"] = pulumi.Map{"evaluationMode": pulumi.String("PROJECT_SINGLETON_POLICY_ENFORCE")}
	}
	if b.Groups != "" {
		args["authenticatorGroupsConfig"] = pulumi.Map{"securityGroup": pulumi.String(b.Groups)}
	}
	if b.Notifications != nil {
		args["notificationConfig"] = pulumi.Map{"pubsub": pulumi.Map{"enabled": on, "topic": b.Notifications}}
	}
	return args
}

// clients are who may call the API beside the nodes. Without ranges of its own, a
// private API answers the nodes' subnet alone.
func (b *gkeBuilder) clients() pulumi.Map {
	if b.Endpoint == "public" {
		return nil
	}
	blocks := pulumi.Array{}
	for _, cidr := range slices.Concat(b.ClientCIDRs, b.EndpointCIDRs) {
		blocks = append(blocks, pulumi.Map{"cidrBlock": pulumi.String(cidr), "displayName": pulumi.String(cidr)})
	}
	return pulumi.Map{"cidrBlocks": blocks, "gcpPublicCidrsAccessEnabled": pulumi.Bool(false)}
}

func (b *gkeBuilder) maintenance() pulumi.Map {
	m := b.Maintenance
	exclusions := pulumi.Array{}
	for _, name := range slices.Sorted(maps.Keys(m.Exclusions)) {
		x := m.Exclusions[name]
		exclusions = append(exclusions, pulumi.Map{
			"exclusionName": pulumi.String(name), "startTime": pulumi.String(x.Start), "endTime": pulumi.String(x.End),
			"exclusionOptions": pulumi.Map{"scope": pulumi.String(x.Scope)},
		})
	}
	return pulumi.Map{
		"recurringWindow": pulumi.Map{
			"startTime": pulumi.String(m.Start), "endTime": pulumi.String(m.End), "recurrence": pulumi.String(m.Recurrence),
		},
		"maintenanceExclusions": exclusions,
	}
}

// logging has the control plane's logs kept, which nothing in the cluster sees.
func (b *gkeBuilder) logging() pulumi.Map {
	all := []string{"SYSTEM_COMPONENTS", "APISERVER", "SCHEDULER", "CONTROLLER_MANAGER"}
	if b.WorkloadLogs {
		all = append(all, "WORKLOADS")
	}
	return pulumi.Map{"enableComponents": pulumi.ToStringArray(all)}
}

func (b *gkeBuilder) monitoring() pulumi.Map {
	return pulumi.Map{
		"enableComponents":  pulumi.ToStringArray([]string{"SYSTEM_COMPONENTS", "APISERVER", "SCHEDULER", "CONTROLLER_MANAGER"}),
		"managedPrometheus": pulumi.Map{"enabled": pulumi.Bool(b.ManagedPrometheus)},
	}
}

// addons are GKE's own: load balancers, autoscaling of pods, disks.
func (b *gkeBuilder) addons() pulumi.Map {
	args := pulumi.Map{
		"httpLoadBalancing":                pulumi.Map{"disabled": pulumi.Bool(false)},
		"horizontalPodAutoscaling":         pulumi.Map{"disabled": pulumi.Bool(false)},
		"gcePersistentDiskCsiDriverConfig": pulumi.Map{"enabled": pulumi.Bool(true)},
		"gkeBackupAgentConfig":             pulumi.Map{"enabled": pulumi.Bool(b.BackupAgent)},
	}
	if !b.Autopilot { // which has policies by Dataplane V2, and says nothing of Calico
		args["networkPolicyConfig"] = pulumi.Map{"disabled": pulumi.Bool(true)}
	}
	return args
}

// standard are the arguments of a cluster whose nodes are ours.
func (b *gkeBuilder) standard(args pulumi.Map) {
	on := pulumi.Bool(true)
	// Dataplane V2: network policies by eBPF, with a log.
	args["datapathProvider"], args["enableIntranodeVisibility"], args["enableL4IlbSubsetting"] = pulumi.String("ADVANCED_DATAPATH"), on, on
	args["enableShieldedNodes"] = on
	// A cluster comes with a pool that cannot be changed. It goes at once; while it
	// is there, its nodes are no other than ours.
	args["removeDefaultNodePool"], args["initialNodeCount"] = on, pulumi.Int(1)
	args["nodeConfig"] = pulumi.Map{
		"serviceAccount": b.account.Email, "oauthScopes": pulumi.ToStringArray(nodeScopes),
		"bootDiskKmsKey":         b.DiskKey.ID,
		"shieldedInstanceConfig": pulumi.Map{"enableSecureBoot": on, "enableIntegrityMonitoring": on},
		"workloadMetadataConfig": pulumi.Map{"mode": pulumi.String("GKE_METADATA")},
		"metadata":               pulumi.ToStringMap(nodeMetadata),
	}
	if b.AutoProvisioning == nil {
		return
	}
	limits := pulumi.Array{
		resourceLimit("cpu", b.AutoProvisioning.CPUs), resourceLimit("memory", b.AutoProvisioning.MemoryGiB),
	}
	for _, gpu := range slices.Sorted(maps.Keys(b.AutoProvisioning.GPUs)) {
		limits = append(limits, resourceLimit(gpu, b.AutoProvisioning.GPUs[gpu]))
	}
	args["clusterAutoscaling"] = pulumi.Map{
		"enabled": on, "autoscalingProfile": pulumi.String("OPTIMIZE_UTILIZATION"), "resourceLimits": limits,
		"autoProvisioningDefaults": pulumi.Map{
			"serviceAccount": b.account.Email, "oauthScopes": pulumi.ToStringArray(nodeScopes),
			"bootDiskKmsKey": b.DiskKey.ID, "diskSize": pulumi.Int(100), "diskType": pulumi.String("pd-balanced"),
			"imageType":              pulumi.String(nodeImage),
			"management":             pulumi.Map{"autoRepair": on, "autoUpgrade": on},
			"shieldedInstanceConfig": pulumi.Map{"enableSecureBoot": on, "enableIntegrityMonitoring": on},
			"upgradeSettings": pulumi.Map{
				"strategy": pulumi.String("SURGE"), "maxSurge": pulumi.Int(1), "maxUnavailable": pulumi.Int(0),
			},
		},
	}
}

func resourceLimit(what string, most int) pulumi.Map {
	return pulumi.Map{"resourceType": pulumi.String(what), "maximum": pulumi.Int(most)}
}

// autopilot are the arguments of a cluster whose nodes are Google's. What
// standard asks for is so there already, and refused if it is said.
func (b *gkeBuilder) autopilot(args pulumi.Map) {
	args["enableAutopilot"] = pulumi.Bool(true)
	delete(args, "nodeLocations")
	args["clusterAutoscaling"] = pulumi.Map{"autoProvisioningDefaults": pulumi.Map{
		"serviceAccount": b.account.Email, "oauthScopes": pulumi.ToStringArray(nodeScopes), "bootDiskKmsKey": b.DiskKey.ID,
	}}
}
