package azure

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// changed are what somebody does in a subscription that should not happen often.
// Source: CIS Microsoft Azure Foundations 6.0, section 6.1.2, read 2026-11.
var changed = []struct{ name, operation, what string }{
	{"policy-written", "Microsoft.Authorization/policyAssignments/write", "a policy assignment was made or changed"},
	{"policy-deleted", "Microsoft.Authorization/policyAssignments/delete", "a policy assignment was deleted"},
	{"role-written", "Microsoft.Authorization/roleAssignments/write", "a right was given"},
	{"lock-deleted", "Microsoft.Authorization/locks/delete", "a lock was taken away"},
	{"security-group-written", "Microsoft.Network/networkSecurityGroups/write", "a network security group was made or changed"},
	{"security-group-deleted", "Microsoft.Network/networkSecurityGroups/delete", "a network security group was deleted"},
	{"address-written", "Microsoft.Network/publicIPAddresses/write", "a public address was made or changed"},
	{"address-deleted", "Microsoft.Network/publicIPAddresses/delete", "a public address was deleted"},
	{"vault-deleted", "Microsoft.KeyVault/vaults/delete", "a key vault was deleted"},
	{"diagnostics-deleted", "Microsoft.Insights/diagnosticSettings/delete", "somebody stopped a log"},
}

// activity tells of changes of the subscription, and of Azure's own incidents.
// What this program changes rings as well: it is told apart by who did it. An
// incident names regions as people do; what is everywhere is in Global.
// Source: "Create activity log alerts on service notifications", the template, and
// Azure Monitor Baseline Alerts, service health; read 2026-11.
func (b *monitoringBuilder) activity() error {
	if !b.Activity {
		return nil
	}
	for _, c := range changed {
		if err := b.activityAlert("changed-"+c.name, c.what+" in the subscription.", "azure-security.md#changes", pulumi.Array{
			equals("category", "Administrative"), equals("operationName", c.operation), equals("status", "Succeeded"),
		}); err != nil {
			return err
		}
	}
	return b.activityAlert("azure-incident", "Azure has an incident or maintenance in the region.", "azure-platform.md#azure-incident",
		pulumi.Array{
			equals("category", "ServiceHealth"),
			pulumi.Map{
				"field": pulumi.String("properties.impactedServices[*].ImpactedRegions[*].RegionName"), "containsAny": pulumi.ToStringArray([]string{b.RegionName, "Global"}),
			},
		})
}

func equals(field, value string) pulumi.Map {
	return pulumi.Map{"field": pulumi.String(field), "equals": pulumi.String(value)}
}

func (b *monitoringBuilder) activityAlert(name, means, runbook string, when pulumi.Array) error {
	a := alarm{name: name, severity: p1, means: means, runbook: runbook}
	if _, err := bind(b.ctx, "azure-native:insights:ActivityLogAlert", b.name+"-"+name, pulumi.Map{
		"resourceGroupName": b.ResourceGroup, "location": pulumi.String("Global"), "activityLogAlertName": pulumi.String(b.Prefix + "-" + name),
		"description": pulumi.String(a.description()), "enabled": pulumi.Bool(true), "scopes": pulumi.StringArray{pulumi.String("/subscriptions/" + b.SubscriptionID)},
		"condition": pulumi.Map{"allOf": when},
		"actions":   pulumi.Map{"actionGroups": pulumi.Array{pulumi.Map{"actionGroupId": b.groups[p1]}}},
		"tags":      b.tags("monitoring"),
	}, pulumi.Parent(b.monitoring)); err != nil {
		return fmt.Errorf("creating alert %s: %w", name, err)
	}
	b.monitoring.AlarmNames = append(b.monitoring.AlarmNames, b.Prefix+"-"+name)
	return nil
}

// searches are what break-ins leave in the logs, and how often it is too often.
// Source: Azure Monitor documentation, "AzureDiagnostics" by resource type, read
// 2026-11.
var searches = []struct {
	name, means, query string
	most               float64
}{{
	"vault-denied", "somebody without the right asked a key vault for secrets more than 10 times in 15 minutes.",
	`AzureDiagnostics | where ResourceProvider == "MICROSOFT.KEYVAULT" and httpStatusCode_d in (401, 403)`, 10,
}, {
	"database-logins", "more than 50 logins to the database failed in 15 minutes.",
	`AzureDiagnostics | where Category == "PostgreSQLLogs" and Message has_any ("password authentication failed", "no pg_hba.conf entry")`, 50,
}, {
	"cluster-exec", "somebody opened a shell in a container of the cluster by hand.",
	`AzureDiagnostics | where Category == "kube-audit-admin" | extend e = parse_json(log_s) | where tostring(e.objectRef.subresource) in ("exec", "attach") and tostring(e.user.username) !startswith "system:"`, 0,
}}

// audit searches the logs for break-ins.
func (b *monitoringBuilder) audit() error {
	if b.Audit == nil {
		return nil
	}
	for _, s := range searches {
		a := alarm{name: "audit-" + s.name, severity: p1, means: s.means, runbook: "azure-security.md#audit"}
		if _, err := bind(b.ctx, "azure-native:insights:ScheduledQueryRule", b.name+"-"+a.name, pulumi.Map{
			"resourceGroupName": b.ResourceGroup, "location": pulumi.String(b.Location), "ruleName": pulumi.String(b.Prefix + "-" + a.name),
			"displayName": pulumi.String(a.name), "description": pulumi.String(a.description()), "kind": pulumi.String("LogAlert"),
			"enabled": pulumi.Bool(true), "severity": pulumi.Float64(azureSeverity[p1]), "autoMitigate": pulumi.Bool(false),
			"scopes": pulumi.StringArray{b.Audit}, "evaluationFrequency": pulumi.String("PT15M"), "windowSize": pulumi.String("PT15M"),
			// A workspace has no table before the first log of it comes.
			"skipQueryValidation": pulumi.Bool(true),
			"criteria": pulumi.Map{"allOf": pulumi.Array{pulumi.Map{
				"query": pulumi.String(s.query), "timeAggregation": pulumi.String("Count"), "operator": pulumi.String(above), "threshold": pulumi.Float64(s.most),
				"failingPeriods": pulumi.Map{"numberOfEvaluationPeriods": pulumi.Float64(1), "minFailingPeriodsToAlert": pulumi.Float64(1)},
			}}},
			"actions": pulumi.Map{"actionGroups": pulumi.StringArray{b.groups[p1]}},
			"tags":    b.tags("monitoring"),
		}, pulumi.Parent(b.monitoring)); err != nil {
			return fmt.Errorf("creating alert %s: %w", a.name, err)
		}
		b.monitoring.AlarmNames = append(b.monitoring.AlarmNames, b.Prefix+"-"+a.name)
	}
	return nil
}
