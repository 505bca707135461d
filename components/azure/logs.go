package azure

import (
	"fmt"

	"github.com/pulumi/pulumi-azure-native-sdk/insights/v2"
	"github.com/pulumi/pulumi-azure-native-sdk/operationalinsights/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// LogsArgs are the arguments of NewLogs.
type LogsArgs struct {
	Scope
	// Days is how long logs are kept, 30 to 730.
	Days int
	// DailyGB stops what comes in beyond so much a day; no limit if 0. Audit logs
	// beyond it are lost.
	DailyGB float64
}

// Logs is the Log Analytics workspace that the audit logs of everything come
// together in.
type Logs struct {
	pulumi.ResourceState

	// ID is the workspace's id, and CustomerID the one that agents know it by.
	ID, CustomerID pulumi.StringOutput
}

// The days that a workspace can keep logs.
// Source: Azure Monitor Logs, "Configure data retention", interactive retention of
// the tier PerGB2018; read 2026-11.
const (
	minLogDays = 30
	maxLogDays = 730
)

// NewLogs makes a workspace. Keys of the platform itself encrypt it: its own
// would take a dedicated cluster of 100 GB a day.
func NewLogs(ctx *pulumi.Context, name string, args *LogsArgs, opts ...pulumi.ResourceOption) (*Logs, error) {
	if args.Days < minLogDays || args.Days > maxLogDays {
		return nil, fmt.Errorf("creating logs %s: Days: got %d, want %d to %d", name, args.Days, minLogDays, maxLogDays)
	}
	l := &Logs{}
	if err := component.Register(ctx, "azure", "Logs", name, l, opts...); err != nil {
		return nil, err
	}
	w := &operationalinsights.WorkspaceArgs{
		ResourceGroupName: args.ResourceGroup, Location: pulumi.String(args.Location),
		Sku:             operationalinsights.WorkspaceSkuArgs{Name: pulumi.String("PerGB2018")},
		RetentionInDays: pulumi.Int(args.Days),
		// Who may read the workspace reads logs by the rights on it, and shared keys
		// send nothing to it.
		Features: operationalinsights.WorkspaceFeaturesArgs{
			DisableLocalAuth: pulumi.Bool(true), EnableLogAccessUsingOnlyResourcePermissions: pulumi.Bool(true),
		},
		Tags: args.tags("logs"),
	}
	if args.DailyGB > 0 {
		w.WorkspaceCapping = operationalinsights.WorkspaceCappingArgs{DailyQuotaGb: pulumi.Float64(args.DailyGB)}
	}
	workspace, err := operationalinsights.NewWorkspace(ctx, name, w, pulumi.Parent(l), pulumi.Protect(args.Protect))
	if err != nil {
		return nil, fmt.Errorf("creating workspace %s: %w", name, err)
	}
	l.ID, l.CustomerID = workspace.ID().ToStringOutput(), workspace.CustomerId
	return l, ctx.RegisterResourceOutputs(l, pulumi.Map{"id": l.ID, "customerId": l.CustomerID})
}

// auditLogs sends logs of a resource to a workspace, if there is one.
func auditLogs(ctx *pulumi.Context, name string, workspace, resource pulumi.StringInput, categories []string, opts ...pulumi.ResourceOption) error {
	if workspace == nil {
		return nil
	}
	_, err := auditLog(ctx, name, workspace, resource, categories, opts...)
	return err
}

// auditLog is auditLogs for those that something has to come after.
func auditLog(ctx *pulumi.Context, name string, workspace, resource pulumi.StringInput, categories []string, opts ...pulumi.ResourceOption) (pulumi.Resource, error) {
	var logs insights.LogSettingsArray
	for _, c := range categories {
		logs = append(logs, insights.LogSettingsArgs{Category: pulumi.String(c), Enabled: pulumi.Bool(true)})
	}
	made, err := insights.NewDiagnosticSetting(ctx, name, &insights.DiagnosticSettingArgs{
		ResourceUri: resource, WorkspaceId: workspace, Logs: logs,
	}, opts...)
	if err != nil {
		return nil, fmt.Errorf("logging what happens to %s: %w", name, err)
	}
	return made, nil
}
