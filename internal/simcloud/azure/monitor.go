package azure

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	actionGroupToken   = "azure-native:insights:ActionGroup"
	metricAlertToken   = "azure-native:insights:MetricAlert"
	activityAlertToken = "azure-native:insights:ActivityLogAlert"
	queryRuleToken     = "azure-native:insights:ScheduledQueryRule"
)

// metrics are the metrics of the types of resources that are watched.
// Source: Azure Monitor, "Supported metrics by resource type", read 2026-11.
var metrics = map[string][]string{
	"Microsoft.DBforPostgreSQL/flexibleServers": {
		"active_connections", "connections_failed", "cpu_credits_remaining", "cpu_percent", "disk_queue_depth", "iops", "is_db_alive",
		"maximum_used_transactionIDs", "memory_percent", "network_bytes_egress", "network_bytes_ingress",
		"physical_replication_delay_in_bytes", "physical_replication_delay_in_seconds", "storage_free", "storage_percent", "storage_used",
		"txlogs_storage_used",
	},
	"Microsoft.Cache/redisEnterprise": {
		"cacheLatency", "cacheRead", "cacheWrite", "cachehits", "cachemisses", "connectedclients", "errors", "evictedkeys", "expiredkeys",
		"geoReplicationHealthy", "operationsPerSecond", "percentProcessorTime", "serverLoad", "totalcommandsprocessed", "totalkeys",
		"usedmemory", "usedmemorypercentage",
	},
	"Microsoft.ContainerService/managedClusters": {
		"apiserver_cpu_usage_percentage", "apiserver_current_inflight_requests", "apiserver_memory_usage_percentage",
		"cluster_autoscaler_cluster_safe_to_autoscale", "cluster_autoscaler_unschedulable_pods_count", "etcd_cpu_usage_percentage",
		"etcd_database_usage_percentage", "etcd_memory_usage_percentage", "kube_node_status_allocatable_cpu_cores", "kube_node_status_condition",
		"kube_pod_status_phase", "kube_pod_status_ready", "node_cpu_usage_percentage", "node_disk_usage_percentage",
		"node_memory_rss_percentage", "node_memory_working_set_percentage",
	},
	"Microsoft.Cdn/profiles": {
		"ByteHitRatio", "OriginHealthPercentage", "OriginLatency", "OriginRequestCount", "Percentage4XX", "Percentage5XX", "RequestCount",
		"RequestSize", "ResponseSize", "TotalLatency", "WebApplicationFirewallRequestCount",
	},
	"Microsoft.Storage/storageAccounts": {
		"Availability", "Egress", "Ingress", "SuccessE2ELatency", "SuccessServerLatency", "Transactions", "UsedCapacity",
	},
	"Microsoft.Network/natGateways": {
		"ByteCount", "DatapathAvailability", "PacketCount", "PacketDropCount", "SNATConnectionCount", "TotalConnectionCount",
	},
	"Microsoft.KeyVault/vaults": {"Availability", "SaturationShoebox", "ServiceApiHit", "ServiceApiLatency", "ServiceApiResult"},
}

// Periods that alerts know.
// Source: REST reference of Microsoft.Insights/metricAlerts 2018-03-01 and
// scheduledQueryRules 2023-03-15-preview.
var (
	frequencies = []string{"PT1M", "PT5M", "PT15M", "PT30M", "PT1H", "PT6H", "PT12H", "P1D"}
	windows     = []string{"PT1M", "PT5M", "PT15M", "PT30M", "PT1H", "PT6H", "PT12H", "P1D"}
	alertName   = regexp.MustCompile(`^[^*#&+:<>?@%{}\\/|]{1,260}$`)
)

func monitorTypes() []*simcloud.Type {
	return []*simcloud.Type{
		inGroup("Microsoft.Insights/actionGroups", "actionGroupName", simcloud.Type{
			Token: actionGroupToken, Noun: "action group", Takes: 5 * time.Second,
			Required: []string{"enabled", "groupShortName"}, Validate: actionGroupValid,
		}),
		metricAlert(),
		inGroup("Microsoft.Insights/activityLogAlerts", "activityLogAlertName", simcloud.Type{
			Token: activityAlertToken, Noun: "activity log alert", Takes: 3 * time.Second, Required: []string{"condition", "actions", "scopes"},
			Refs: []simcloud.Ref{actionRef("actions.actionGroups[].actionGroupId")},
			Validate: func(in simcloud.Values) []error {
				for _, c := range in.Objects("condition.allOf[]") {
					if c.String("field") == "category" {
						return simcloud.Problems(named(in, "activityLogAlertName", alertName, "BadRequest"))
					}
				}
				return []error{simcloud.Refusal("BadRequest", "The condition of an activity log alert must have a category.")}
			},
		}),
		inGroup("Microsoft.Insights/scheduledQueryRules", "ruleName", simcloud.Type{
			Token: queryRuleToken, Noun: "scheduled query rule", Takes: 3 * time.Second, Required: []string{"criteria", "enabled", "scopes"},
			Refs: []simcloud.Ref{
				actionRef("actions.actionGroups[]"),
				{Path: "scopes[]", To: []string{workspaceToken}, Missing: "ResourceNotFound: The Resource '%s' was not found."},
			},
			Validate: func(in simcloud.Values) []error {
				return simcloud.Problems(named(in, "ruleName", alertName, "BadRequest"), inRegion(in, "Microsoft.Insights/scheduledQueryRules", "zones[]"),
					simcloud.OneOf(in, "evaluationFrequency", "PT1M", "PT5M", "PT10M", "PT15M", "PT30M", "PT45M", "PT1H", "P1D"),
					simcloud.Between(in, "severity", 0, 4))
			},
		}),
	}
}

func actionRef(path string) simcloud.Ref {
	return simcloud.Ref{Path: path, To: []string{actionGroupToken}, Missing: "ResourceNotFound: The action group '%s' was not found."}
}

func actionGroupValid(in simcloud.Values) []error {
	errs := simcloud.Problems(named(in, "actionGroupName", alertName, "BadRequest"))
	if short := in.String("groupShortName"); len(short) > 12 {
		errs = append(errs, simcloud.Refusal("BadRequest", "The group short name '%s' is longer than 12 characters.", short))
	}
	for _, address := range in.Strings("emailReceivers[].emailAddress") {
		if !strings.Contains(address, "@") {
			errs = append(errs, simcloud.Refusal("BadRequest", "The email address '%s' is not valid.", address))
		}
	}
	for _, uri := range in.Strings("webhookReceivers[].serviceUri") {
		if !strings.HasPrefix(uri, "https://") && !strings.HasPrefix(uri, "http://") {
			errs = append(errs, simcloud.Refusal("BadRequest", "The service URI of a webhook receiver is not valid."))
		}
	}
	seen := map[string]bool{}
	for _, path := range []string{"emailReceivers[].name", "smsReceivers[].name", "webhookReceivers[].name"} {
		for _, name := range in.Strings(path) {
			if seen[name] {
				errs = append(errs, simcloud.Refusal("BadRequest", "The receiver name '%s' is used twice in the action group.", name))
			}
			seen[name] = true
		}
	}
	return errs
}

func metricAlert() *simcloud.Type {
	return inGroup("Microsoft.Insights/metricAlerts", "ruleName", simcloud.Type{
		Token: metricAlertToken, Noun: "metric alert", Takes: 3 * time.Second,
		Required: []string{"criteria", "enabled", "evaluationFrequency", "scopes", "severity", "windowSize"},
		Refs:     []simcloud.Ref{actionRef("actions[].actionGroupId")},
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(named(in, "ruleName", alertName, "BadRequest"), simcloud.Between(in, "severity", 0, 4),
				simcloud.OneOf(in, "evaluationFrequency", frequencies...), simcloud.OneOf(in, "windowSize", windows...))
			if in.Known("location") && !strings.EqualFold(in.String("location"), "global") {
				errs = append(errs, simcloud.Refusal("LocationNotAvailableForResourceType",
					"The provided location '%s' is not available for resource type 'Microsoft.Insights/metricAlerts'.", in.String("location")))
			}
			if f, w := slices.Index(frequencies, in.String("evaluationFrequency")), slices.Index(windows, in.String("windowSize")); f > w && w >= 0 {
				errs = append(errs, simcloud.Refusal("BadRequest", "The window size %s must be at least the evaluation frequency %s.", in.String("windowSize"), in.String("evaluationFrequency")))
			}
			for _, c := range in.Objects("criteria.allOf[]") {
				errs = append(errs, simcloud.Problems(
					simcloud.OneOf(c, "operator", "Equals", "GreaterThan", "GreaterThanOrEqual", "LessThan", "LessThanOrEqual"),
					simcloud.OneOf(c, "timeAggregation", "Average", "Count", "Maximum", "Minimum", "Total"))...)
			}
			return errs
		},
		Refuse: func(op *simcloud.Op) error {
			for _, scope := range op.In.Strings("scopes[]") {
				if record(op, scope) == nil {
					return simcloud.Refusal("ResourceNotFound", "The Resource '%s' was not found.", scope)
				}
				for _, c := range op.In.Objects("criteria.allOf[]") {
					if known := metrics[kindOf(scope)]; !slices.Contains(known, c.String("metricName")) {
						return simcloud.Refusal("BadRequest", "Couldn't find a metric named %s. Make sure the name is correct.", c.String("metricName"))
					}
				}
			}
			return nil
		},
	})
}
