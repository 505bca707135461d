package gcp

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/projects"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/serviceaccount"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// NodePoolArgs describe a pool of nodes.
type NodePoolArgs struct {
	// Machine is the machine type, such as n2d-standard-4.
	Machine string
	// Zones are where its nodes are; all zones of the cluster if empty.
	Zones []string
	// Min, Max and Initial are numbers of nodes in all zones together. Initial
	// holds at creation only, and is Min if 0.
	Min, Max, Initial int
	// Spot takes spare capacity.
	Spot bool
	// GPU says that the machine has accelerators; GKE installs their drivers.
	GPU bool
	// DiskGiB is the size of a node's disk, and DiskType its type: pd-balanced if
	// empty.
	DiskGiB  int
	DiskType string
	// Surge is how many nodes more there are during an upgrade, 1 if 0.
	Surge int
	// Labels are Kubernetes labels.
	Labels map[string]string
	// Taints are Kubernetes taints, by key.
	Taints map[string]TaintArgs
}

// TaintArgs are a Kubernetes taint.
type TaintArgs struct {
	// Value is the taint's value.
	Value string
	// Effect is NoSchedule, PreferNoSchedule or NoExecute.
	Effect string
}

const (
	// poolLabel is the label that carries a pool's name here; the name in Google
	// Cloud has a suffix that changes when the pool is replaced.
	poolLabel = "explico.io/node-group"
	nodeImage = "COS_CONTAINERD"
)

var (
	// taintEffects are Kubernetes' names of taint effects in the spelling of GKE.
	taintEffects = map[string]string{
		"NoSchedule": "NO_SCHEDULE", "PreferNoSchedule": "PREFER_NO_SCHEDULE", "NoExecute": "NO_EXECUTE",
	}
	// nodeScopes leave it to the account's roles what a node may do.
	// Source: GKE docs, "Access scopes in GKE", read 2026-11.
	nodeScopes = []string{"https://www.googleapis.com/auth/cloud-platform"}
	// nodeMetadata closes the metadata service that asks for no header.
	nodeMetadata = map[string]string{"disable-legacy-endpoints": "true"}
)

// nodeRoles are what a node may do: write logs and metrics, and nothing with what
// is in the project. Each registry says itself that nodes read it.
// Source: IAM docs, roles/container.defaultNodeServiceAccount, read 2026-11.
var nodeRoles = []string{"roles/container.defaultNodeServiceAccount"}

// nodeAccount makes the account of the nodes. Pods get nothing of it: they ask
// GKE's metadata server, which gives them what their own account may do.
func (b *gkeBuilder) nodeAccount() ([]pulumi.Resource, error) {
	name := b.name + "-nodes"
	var err error
	b.account, err = serviceaccount.NewAccount(b.ctx, name, &serviceaccount.AccountArgs{
		AccountId: pulumi.String(limits.ServiceAccount.Name(b.Prefix, name)), DisplayName: pulumi.String("Nodes of " + b.Prefix),
	}, b.child()...)
	if err != nil {
		return nil, fmt.Errorf("creating the nodes' account: %w", err)
	}
	b.gke.NodeAccount, b.gke.NodeAccountID = b.account.Email, b.account.Name
	var rights []pulumi.Resource
	for _, role := range nodeRoles {
		right, err := projects.NewIAMMember(b.ctx, name, &projects.IAMMemberArgs{
			Project: pulumi.String(b.Project), Role: pulumi.String(role), Member: b.account.Member,
		}, b.child()...)
		if err != nil {
			return nil, fmt.Errorf("giving nodes %s: %w", role, err)
		}
		rights = append(rights, right)
	}
	return rights, nil
}

// nodes makes the pools.
func (b *gkeBuilder) nodes() ([]pulumi.Resource, error) {
	var all []pulumi.Resource
	for _, pool := range slices.Sorted(maps.Keys(b.NodePools)) {
		made, err := b.nodePool(pool)
		if err != nil {
			return nil, fmt.Errorf("creating node pool %s: %w", pool, err)
		}
		b.gke.NodePoolNames[pool] = made.Name
		all = append(all, made)
	}
	return all, nil
}

func (b *gkeBuilder) nodePool(pool string) (*bound, error) {
	args, name := b.NodePools[pool], b.name+"-"+pool
	policy := "BALANCED"
	if args.Spot {
		policy = "ANY" // wherever there is some
	}
	zones := args.zones(b.Zones)
	return bind(b.ctx, "gcp:container/nodePool:NodePool", name, pulumi.Map{
		"cluster": b.gke.ID, "location": pulumi.String(b.Region), "nodeLocations": pulumi.ToStringArray(zones),
		// It counts for each zone.
		"initialNodeCount": pulumi.Int((args.initial() + len(zones) - 1) / len(zones)),
		"autoscaling": pulumi.Map{
			"totalMinNodeCount": pulumi.Int(args.Min), "totalMaxNodeCount": pulumi.Int(args.Max), "locationPolicy": pulumi.String(policy),
		},
		"management": pulumi.Map{"autoRepair": pulumi.Bool(true), "autoUpgrade": pulumi.Bool(true)},
		"upgradeSettings": pulumi.Map{
			"strategy": pulumi.String("SURGE"), "maxSurge": pulumi.Int(max(args.Surge, 1)), "maxUnavailable": pulumi.Int(0),
		},
		"nodeConfig": b.nodeConfig(pool, args),
	}, b.child(
		// The autoscaler decides after creation; and a change would replace the pool.
		pulumi.IgnoreChanges([]string{"initialNodeCount"}),
	)...)
}

func (b *gkeBuilder) nodeConfig(pool string, args NodePoolArgs) pulumi.Map {
	labels := map[string]string{poolLabel: pool}
	maps.Copy(labels, args.Labels)
	disk := args.DiskType
	if disk == "" {
		disk = "pd-balanced"
	}
	config := pulumi.Map{
		"machineType": pulumi.String(args.Machine), "imageType": pulumi.String(nodeImage), "spot": pulumi.Bool(args.Spot),
		"diskSizeGb": pulumi.Int(args.DiskGiB), "diskType": pulumi.String(disk), "bootDiskKmsKey": b.DiskKey.ID,
		"serviceAccount": b.account.Email, "oauthScopes": pulumi.ToStringArray(nodeScopes),
		"shieldedInstanceConfig": pulumi.Map{"enableSecureBoot": pulumi.Bool(true), "enableIntegrityMonitoring": pulumi.Bool(true)},
		"workloadMetadataConfig": pulumi.Map{"mode": pulumi.String("GKE_METADATA")},
		"metadata":               pulumi.ToStringMap(nodeMetadata), "tags": pulumi.ToStringArray([]string{b.nodeTag()}),
		"labels": pulumi.ToStringMap(labels), "taints": taints(args.Taints),
		"resourceLabels": b.labels("gke", b.Labels, map[string]string{"pool": pool}),
	}
	if args.GPU {
		a := accelerators[args.Machine]
		config["guestAccelerators"] = pulumi.Array{pulumi.Map{
			"type": pulumi.String(a.kind), "count": pulumi.Int(a.count),
			"gpuDriverInstallationConfig": pulumi.Map{"gpuDriverVersion": pulumi.String("DEFAULT")},
		}}
	}
	return config
}

// taints are in the order of their keys, so that no update is seen where there
// is none.
func taints(all map[string]TaintArgs) pulumi.Array {
	list := pulumi.Array{}
	for _, key := range slices.Sorted(maps.Keys(all)) {
		list = append(list, pulumi.Map{
			"key": pulumi.String(key), "value": pulumi.String(all[key].Value), "effect": pulumi.String(taintEffects[all[key].Effect]),
		})
	}
	return list
}
