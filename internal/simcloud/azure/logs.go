package azure

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	workspaceToken  = "azure-native:operationalinsights:Workspace"
	diagnosticToken = "azure-native:insights:DiagnosticSetting"
)

// Source: "Naming rules and restrictions for Azure resources", read 2026-11.
var workspaceName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]$`)

func logTypes() []*simcloud.Type {
	return []*simcloud.Type{
		inGroup("Microsoft.OperationalInsights/workspaces", "workspaceName", simcloud.Type{
			Token: workspaceToken, Noun: "workspace", Takes: 20 * time.Second, Sweeps: true,
			Validate: func(in simcloud.Values) []error {
				errs := simcloud.Problems(named(in, "workspaceName", workspaceName, "InvalidResourceName"),
					simcloud.OneOf(in, "sku.name", "PerGB2018", "CapacityReservation", "LACluster"),
					inRegion(in, "Microsoft.OperationalInsights/workspaces", "zones[]"))
				if days := in.Int("retentionInDays"); in.Known("retentionInDays") && (days < 30 || days > 730) {
					errs = append(errs, simcloud.Refusal("InvalidParameter", "'RetentionInDays' property doesn't match the SKU limits: %d is not between 30 and 730", days))
				}
				return errs
			},
			Outputs: func(op *simcloud.Op) simcloud.Values {
				return simcloud.Values{"customerId": kept(op, "customerId", newGUID(op, "customer"))}
			},
		}),
		diagnosticSetting(),
	}
}

// categories are the logs that a type of resource has. A type that is not among
// them is not looked at.
// Source: Azure Monitor, "Supported Resource log categories", read 2026-11.
var categories = map[string][]string{
	"Microsoft.KeyVault/vaults": {"AuditEvent", "AzurePolicyEvaluationDetails"},
	"Microsoft.ContainerService/managedClusters": {
		"kube-apiserver", "kube-audit", "kube-audit-admin", "kube-controller-manager", "kube-scheduler", "cluster-autoscaler",
		"cloud-controller-manager", "guard", "csi-azuredisk-controller", "csi-azurefile-controller", "csi-snapshot-controller",
	},
	"Microsoft.Network/networkSecurityGroups":        {"NetworkSecurityGroupEvent", "NetworkSecurityGroupRuleCounter"},
	"Microsoft.Network/publicIPAddresses":            {"DDoSProtectionNotifications", "DDoSMitigationFlowLogs", "DDoSMitigationReports"},
	"Microsoft.Network/virtualNetworks":              {"VMProtectionAlerts"},
	"Microsoft.Storage/storageAccounts":              {},
	"Microsoft.Storage/storageAccounts/blobServices": {"StorageRead", "StorageWrite", "StorageDelete"},
	"Microsoft.Resources/subscriptions": {
		"Administrative", "Security", "ServiceHealth", "Alert", "Recommendation", "Policy", "Autoscale", "ResourceHealth",
	},
	"Microsoft.Network/applicationGateways": {
		"ApplicationGatewayAccessLog", "ApplicationGatewayPerformanceLog", "ApplicationGatewayFirewallLog",
	},
	"Microsoft.ContainerRegistry/registries": {"ContainerRegistryRepositoryEvents", "ContainerRegistryLoginEvents"},
	"Microsoft.DBforPostgreSQL/flexibleServers": {
		"PostgreSQLLogs", "PostgreSQLFlexSessions", "PostgreSQLFlexQueryStoreRuntime", "PostgreSQLFlexQueryStoreWaitStats",
		"PostgreSQLFlexTableStats", "PostgreSQLFlexDatabaseXacts", "PostgreSQLFlexPGBouncer",
	},
	"Microsoft.Cache/redisEnterprise":           {},
	"Microsoft.Cache/redisEnterprise/databases": {"ConnectionEvents"},
	"Microsoft.Cdn/profiles":                    {"FrontDoorAccessLog", "FrontDoorHealthProbeLog", "FrontDoorWebApplicationFirewallLog"},
	"Microsoft.DataProtection/backupVaults": {
		"AddonAzureBackupJobs", "AddonAzureBackupPolicy", "AddonAzureBackupProtectedInstance", "AzureBackupOperations", "CoreAzureBackup",
	},
}

// maxDiagnostics is how many settings a resource may have.
const maxDiagnostics = 5

func diagnosticSetting() *simcloud.Type {
	return &simcloud.Type{
		Token: diagnosticToken, Noun: "diagnostic setting", Auto: "name", AutoNaming: simcloud.Joined, Takes: 2 * time.Second,
		Required: []string{"resourceUri"}, Replace: []string{"name", "resourceUri"},
		ID: func(op *simcloud.Op) string {
			return op.In.String("resourceUri") + "/providers/microsoft.insights/diagnosticSettings/" + op.In.String("name")
		},
		Refs: []simcloud.Ref{{
			Path: "workspaceId", To: []string{workspaceToken}, Missing: "ResourceNotFound: The Resource '%s' was not found.",
		}},
		Validate: func(in simcloud.Values) []error {
			if !in.Has("workspaceId") && !in.Has("storageAccountId") && !in.Has("eventHubAuthorizationRuleId") {
				return []error{simcloud.Refusal("BadRequest", "At least one data sink needs to be specified.")}
			}
			return nil
		},
		Refuse: refuseDiagnostics,
	}
}

func refuseDiagnostics(op *simcloud.Op) error {
	target := op.In.String("resourceUri")
	kind := kindOf(target)
	switch {
	case strings.EqualFold(target, "/subscriptions/"+op.Account):
		kind = "Microsoft.Resources/subscriptions"
	case record(op, target) == nil:
		return simcloud.Refusal("ResourceNotFound", "The Resource '%s' was not found.", target)
	}
	known, listed := categories[kind]
	mine := op.In.Strings("logs[].category")
	for _, c := range mine {
		if listed && !slices.Contains(known, c) {
			return simcloud.Refusal("BadRequest", "Category '%s' is not supported.", c)
		}
	}
	same := 0
	for _, r := range op.All(diagnosticToken) {
		if r.ID == op.ID || r.In.String("resourceUri") != target {
			continue
		}
		same++
		for _, c := range r.In.Strings("logs[].category") {
			if slices.Contains(mine, c) && r.In.String("workspaceId") == op.In.String("workspaceId") {
				return simcloud.Refusal("Conflict",
					"Data sink '%s' is already used in diagnostic setting '%s' for category '%s'. Data sinks can't be reused in different settings on the same category for the same resource.",
					op.In.String("workspaceId"), r.Out.String("name"), c)
			}
		}
	}
	if same >= maxDiagnostics {
		return simcloud.Refusal("BadRequest", "The limit of %d diagnostic settings was reached.", maxDiagnostics)
	}
	return nil
}
