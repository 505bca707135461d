package azure

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20241001"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const (
	// maxPods is how many pods a node takes: enough for small ones, and no address
	// of the network each.
	maxPods = 110
	// surge is how many nodes are added while others are upgraded.
	surge = "33%"
	// systemTaint keeps everything but the cluster's own parts from the system pool.
	systemTaint = "CriticalAddonsOnly=true:NoSchedule"
	// spotTaint is on nodes of spare capacity: AKS puts it there by itself.
	spotTaint = "kubernetes.azure.com/scalesetpriority=spot:NoSchedule"
)

// poolName is the name of a pool in Azure: at most twelve lower-case letters and
// digits. The last four stand for what a pool cannot change, such as its zones and
// the size of its machines: with another of these it is another pool, which is
// made before the old one goes. The system pool is made with the cluster, and
// changes as little as AKS lets it.
func (a *AksArgs) poolName(name string) string {
	if name == systemPool {
		return systemPool
	}
	p := a.Pools[name]
	sum := sha256.Sum256(fmt.Append(nil, name, a.Zones, p.Size, p.Spot, p.GPU, p.DiskGiB, p.Ephemeral))
	short := strings.ReplaceAll(name, "-", "")
	return short[:min(len(short), limits.Pool.Max-4)] + hex.EncodeToString(sum[:])[:4]
}

// system is the pool that comes with the cluster.
func (b *aksBuilder) system() containerservice.ManagedClusterAgentPoolProfileArgs {
	p := b.Pools[systemPool]
	b.aks.PoolNames[systemPool] = systemPool
	return containerservice.ManagedClusterAgentPoolProfileArgs{
		Name: pulumi.String(systemPool), Mode: pulumi.String("System"), Type: pulumi.String("VirtualMachineScaleSets"),
		VmSize: pulumi.String(p.Size), OsType: pulumi.String("Linux"), OsSKU: pulumi.String(osOf(p)),
		OsDiskSizeGB: pulumi.Int(p.DiskGiB), OsDiskType: pulumi.String(diskOf(p)), AvailabilityZones: pulumi.ToStringArray(b.Zones),
		EnableAutoScaling: pulumi.Bool(true), MinCount: pulumi.Int(p.Min), MaxCount: pulumi.Int(p.Max), Count: pulumi.Int(p.first()),
		MaxPods: pulumi.Int(maxPods), VnetSubnetID: b.Network.Nodes.ToStringPtrOutput(), OrchestratorVersion: pulumi.String(b.Version),
		EnableEncryptionAtHost: pulumi.Bool(true), EnableNodePublicIP: pulumi.Bool(false), EnableFIPS: pulumi.Bool(false),
		NodeLabels: labels(systemPool, p), NodeTaints: pulumi.ToStringArray([]string{systemTaint}),
		UpgradeSettings: containerservice.AgentPoolUpgradeSettingsArgs{MaxSurge: pulumi.String(surge)}, Tags: b.tags("aks"),
	}
}

// makePools makes the other pools.
func (b *aksBuilder) makePools() error {
	for _, name := range slices.Sorted(maps.Keys(b.Pools)) {
		if name == systemPool {
			continue
		}
		p := b.Pools[name]
		b.aks.PoolNames[name] = b.poolName(name)
		args := &containerservice.AgentPoolArgs{
			ResourceGroupName: b.ResourceGroup, ResourceName: b.cluster.Name, AgentPoolName: pulumi.String(b.poolName(name)),
			Mode: pulumi.String("User"), Type: pulumi.String("VirtualMachineScaleSets"),
			VmSize: pulumi.String(p.Size), OsType: pulumi.String("Linux"), OsSKU: pulumi.String(osOf(p)),
			OsDiskSizeGB: pulumi.Int(p.DiskGiB), OsDiskType: pulumi.String(diskOf(p)), AvailabilityZones: pulumi.ToStringArray(b.Zones),
			EnableAutoScaling: pulumi.Bool(true), MinCount: pulumi.Int(p.Min), MaxCount: pulumi.Int(p.Max), Count: pulumi.Int(p.first()),
			MaxPods: pulumi.Int(maxPods), VnetSubnetID: b.Network.Nodes.ToStringPtrOutput(), OrchestratorVersion: pulumi.String(b.Version),
			EnableEncryptionAtHost: pulumi.Bool(true), EnableNodePublicIP: pulumi.Bool(false), EnableFIPS: pulumi.Bool(false),
			NodeLabels: labels(name, p), NodeTaints: pulumi.ToStringArray(p.Taints), Tags: b.tags("aks"),
		}
		if p.Spot {
			args.ScaleSetPriority, args.ScaleSetEvictionPolicy = pulumi.String("Spot"), pulumi.String("Delete")
			args.SpotMaxPrice = pulumi.Float64(-1) // up to the price of other machines
			args.NodeTaints = pulumi.ToStringArray(append(slices.Clone(p.Taints), spotTaint))
		} else {
			args.UpgradeSettings = containerservice.AgentPoolUpgradeSettingsArgs{MaxSurge: pulumi.String(surge)}
		}
		pool, err := containerservice.NewAgentPool(b.ctx, b.name+"-"+name, args,
			b.child(pulumi.IgnoreChanges([]string{"count"}), pulumi.DependsOn([]pulumi.Resource{b.cluster}))...)
		if err != nil {
			return fmt.Errorf("creating pool %s: %w", name, err)
		}
		b.aks.Ready = append(b.aks.Ready, pool)
	}
	return nil
}

// poolLabel is the label with a pool's name here: pods choose by it, whatever
// Azure calls the pool.
const poolLabel = "explico.io/node-group"

func labels(name string, p PoolArgs) pulumi.StringMap {
	all := pulumi.ToStringMap(p.Labels)
	all[poolLabel] = pulumi.String(name)
	return all
}

func (p PoolArgs) first() int {
	if p.Initial > 0 {
		return p.Initial
	}
	return max(p.Min, 0)
}

func osOf(p PoolArgs) string {
	if p.GPU {
		return "Ubuntu"
	}
	return "AzureLinux"
}

func diskOf(p PoolArgs) string {
	if p.Ephemeral {
		return "Ephemeral"
	}
	return "Managed"
}

// The maintenance configurations that AKS looks for, by their fixed names.
// Source: AKS, "Use planned maintenance to schedule upgrades".
const (
	clusterWindow = "aksManagedAutoUpgradeSchedule"
	nodesWindow   = "aksManagedNodeOSUpgradeSchedule"
)

// makeWindows says when Azure upgrades the cluster and its nodes.
func (b *aksBuilder) makeWindows() error {
	for what, name := range map[string]string{"cluster": clusterWindow, "nodes": nodesWindow} {
		if _, err := containerservice.NewMaintenanceConfiguration(b.ctx, b.name+"-"+what, &containerservice.MaintenanceConfigurationArgs{
			ResourceGroupName: b.ResourceGroup, ResourceName: b.cluster.Name, ConfigName: pulumi.String(name),
			MaintenanceWindow: containerservice.MaintenanceWindowArgs{
				DurationHours: pulumi.Int(b.Upgrades.Hours), StartTime: pulumi.String(b.Upgrades.Start), UtcOffset: pulumi.String("+00:00"),
				Schedule: containerservice.ScheduleArgs{Weekly: containerservice.WeeklyScheduleArgs{
					DayOfWeek: pulumi.String(b.Upgrades.Day), IntervalWeeks: pulumi.Int(1),
				}},
			},
		}, b.child()...); err != nil {
			return fmt.Errorf("creating the maintenance window of %s: %w", what, err)
		}
	}
	return nil
}
