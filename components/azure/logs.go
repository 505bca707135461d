package azure

import (
	"fmt"

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

// workspace is a Log Analytics workspace.
type workspace struct {
	pulumi.CustomResourceState

	CustomerID pulumi.StringOutput `pulumi:"customerId"`
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
	in := pulumi.Map{
		"resourceGroupName": args.ResourceGroup, "location": pulumi.String(args.Location),
		"sku":             pulumi.Map{"name": pulumi.String("PerGB2018")},
		"retentionInDays": pulumi.Int(args.Days),
		// Who may read the workspace reads logs by the rights on it, and shared keys
		// send nothing to it.
		"features": pulumi.Map{"disableLocalAuth": pulumi.Bool(true), "enableLogAccessUsingOnlyResourcePermissions": pulumi.Bool(true)},
		"tags":     args.tags("logs"),
	}
	if args.DailyGB > 0 {
		in["workspaceCapping"] = pulumi.Map{"dailyQuotaGb": pulumi.Float64(args.DailyGB)}
	}
	made, err := component.Bind[workspace](ctx, "azure-native:operationalinsights:Workspace", name, in, pulumi.Parent(l), pulumi.Protect(args.Protect))
	if err != nil {
		return nil, fmt.Errorf("creating workspace %s: %w", name, err)
	}
	l.ID, l.CustomerID = made.ID().ToStringOutput(), made.CustomerID
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
	var logs pulumi.Array
	for _, c := range categories {
		logs = append(logs, pulumi.Map{"category": pulumi.String(c), "enabled": pulumi.Bool(true)})
	}
	made, err := bind(ctx, "azure-native:insights:DiagnosticSetting", name, pulumi.Map{
		"resourceUri": resource, "workspaceId": workspace, "logs": logs,
	}, opts...)
	if err != nil {
		return nil, fmt.Errorf("logging what happens to %s: %w", name, err)
	}
	return made, nil
}
