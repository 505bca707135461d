package azure

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// FlowLogsArgs are the arguments of NewFlowLogs.
type FlowLogsArgs struct {
	Scope
	// NetworkID is the network that is watched.
	NetworkID pulumi.StringInput
	// StorageID is the storage account that keeps the records, in the network's
	// region, and Days for how long.
	StorageID pulumi.StringInput
	Days      int
	// WorkspaceID is the workspace that makes traffic analytics of them; none if nil.
	WorkspaceID pulumi.StringInput
}

// FlowLogs are records of who spoke to whom in a network.
type FlowLogs struct {
	pulumi.ResourceState

	// ID is the flow log's.
	ID pulumi.StringOutput
}

// The Network Watcher of a region, which Azure makes with the region's first
// network, and its group.
// Source: Network Watcher, "Enable or disable Network Watcher", read 2026-11.
const watcherGroup = "NetworkWatcherRG"

func watcherName(location string) string { return "NetworkWatcher_" + location }

// flowLogToken is the first version of the type that takes a whole network; the
// SDK's own takes security groups, whose new flow logs Azure refuses since
// 2025-06-30.
// Source: Azure updates, "Network security group flow logs will be retired".
const flowLogToken = "azure-native:network/v20240501:FlowLog"

// maxFlowDays is how long a flow log can be told to keep records.
const maxFlowDays = 365

// NewFlowLogs records what flows in a network. The log is in the group of the
// region's Network Watcher, which is the subscription's.
func NewFlowLogs(ctx *pulumi.Context, name string, args *FlowLogsArgs, opts ...pulumi.ResourceOption) (*FlowLogs, error) {
	switch {
	case args.NetworkID == nil || args.StorageID == nil:
		return nil, fmt.Errorf("creating flow logs %s: %w", name, errors.New("NetworkID and StorageID are both wanted"))
	case args.Days < 1 || args.Days > maxFlowDays:
		return nil, fmt.Errorf("creating flow logs %s: Days: got %d, want 1 to %d", name, args.Days, maxFlowDays)
	}
	f := &FlowLogs{}
	if err := component.Register(ctx, "azure", "FlowLogs", name, f, opts...); err != nil {
		return nil, err
	}
	in := pulumi.Map{
		"resourceGroupName": pulumi.String(watcherGroup), "networkWatcherName": pulumi.String(watcherName(args.Location)),
		// The watcher is shared by all stacks of a subscription.
		"flowLogName": pulumi.String(limits.FlowLog.Name(args.Prefix, name)),
		"location":    pulumi.String(args.Location), "targetResourceId": args.NetworkID, "storageId": args.StorageID, "enabled": pulumi.Bool(true),
		"format":          pulumi.Map{"type": pulumi.String("JSON"), "version": pulumi.Int(2)},
		"retentionPolicy": pulumi.Map{"enabled": pulumi.Bool(true), "days": pulumi.Int(args.Days)},
		"tags":            args.tags("network"),
	}
	if args.WorkspaceID != nil {
		in["flowAnalyticsConfiguration"] = pulumi.Map{"networkWatcherFlowAnalyticsConfiguration": pulumi.Map{
			"enabled": pulumi.Bool(true), "workspaceResourceId": args.WorkspaceID, "trafficAnalyticsInterval": pulumi.Int(60),
		}}
	}
	log, err := bind(ctx, flowLogToken, name, in, pulumi.Parent(f))
	if err != nil {
		return nil, fmt.Errorf("creating flow log %s: %w", name, err)
	}
	f.ID = log.ID().ToStringOutput()
	return f, ctx.RegisterResourceOutputs(f, pulumi.Map{"id": f.ID})
}
