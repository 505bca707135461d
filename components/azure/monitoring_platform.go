package azure

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// clusterAlarms watch an AKS cluster: its API server, its nodes and who waits for
// one.
// Source: AKS documentation, "Monitoring data reference", read 2026-11.
func clusterAlarms(id pulumi.StringInput) []alarm {
	return alarm{on: id, namespace: "Microsoft.ContainerService/managedClusters"}.fill([]alarm{{
		name: "cluster-apiserver-cpu", severity: p1, runbook: "azure-platform.md#cluster-apiserver",
		means:  "the API server's processors have been more than 80 % busy for 15 minutes; what asks it waits.",
		metric: "apiserver_cpu_usage_percentage", total: "Maximum", compare: above, threshold: 80, window: 15, every: 5,
	}, {
		name: "cluster-apiserver-memory", severity: p1, runbook: "azure-platform.md#cluster-apiserver",
		means:  "more than 80 % of the API server's memory has been taken for 15 minutes.",
		metric: "apiserver_memory_usage_percentage", total: "Maximum", compare: above, threshold: 80, window: 15, every: 5,
	}, {
		// Beyond its quota etcd takes nothing but deletions.
		name: "cluster-etcd", severity: p0, runbook: "azure-platform.md#cluster-etcd",
		means:  "more than 80 % of the cluster's etcd is full; at 100 % nothing changes in the cluster any more.",
		metric: "etcd_database_usage_percentage", total: "Maximum", compare: above, threshold: 80, window: 15, every: 5,
	}, {
		name: "cluster-nodes-not-ready", severity: p1, runbook: "azure-platform.md#node-not-ready",
		means:  "a node has not been ready for 15 minutes.",
		metric: "kube_node_status_condition", total: "Average", compare: above, threshold: 0, window: 15, every: 5,
		dimensions: map[string]string{"status2": "NotReady"},
	}, {
		name: "cluster-nodes-cpu", severity: p1, runbook: "azure-platform.md#node-cpu",
		means:  "the processors of a node have been more than 90 % busy for 30 minutes.",
		metric: "node_cpu_usage_percentage", total: "Average", compare: above, threshold: 90, window: 30, every: 5,
		dimensions: map[string]string{"node": "*"},
	}, {
		name: "cluster-nodes-memory", severity: p1, runbook: "azure-platform.md#node-memory",
		means:  "more than 90 % of a node's memory has been in use for 15 minutes; then its pods are evicted.",
		metric: "node_memory_working_set_percentage", total: "Average", compare: above, threshold: 90, window: 15, every: 5,
		dimensions: map[string]string{"node": "*"},
	}, {
		name: "cluster-nodes-disk", severity: p1, runbook: "azure-platform.md#node-disk",
		means:  "more than 85 % of a node's disk has been in use for 15 minutes.",
		metric: "node_disk_usage_percentage", total: "Average", compare: above, threshold: 85, window: 15, every: 5,
		dimensions: map[string]string{"node": "*"},
	}})
}

// frontDoorAlarms watch a Front Door profile.
// Source: Azure Front Door documentation, "Monitor metrics", read 2026-11.
func frontDoorAlarms(id pulumi.StringInput) []alarm {
	return alarm{on: id, namespace: "Microsoft.Cdn/profiles"}.fill([]alarm{{
		name: "cdn-errors", severity: p0, runbook: "azure-platform.md#cdn-errors",
		means:  "more than 5 % of the CDN's answers have been server errors for 5 minutes: users see a broken site.",
		metric: "Percentage5XX", total: "Average", compare: above, threshold: 5, window: 5, every: 1,
	}, {
		name: "cdn-some-errors", severity: p1, runbook: "azure-platform.md#cdn-errors",
		means:  "more than 1 % of the CDN's answers have been server errors for 30 minutes.",
		metric: "Percentage5XX", total: "Average", compare: above, threshold: 1, window: 30, every: 5,
	}, {
		name: "cdn-latency", severity: p1, runbook: "azure-platform.md#cdn-latency",
		means:  "the CDN has taken more than 2 seconds for its answers for 15 minutes.",
		metric: "TotalLatency", total: "Average", compare: above, threshold: 2000, window: 15, every: 5,
	}})
}

// natAlarms watch a NAT gateway.
// Source: Azure NAT Gateway documentation, "Metrics and alerts", read 2026-11.
func natAlarms(name string, id pulumi.StringInput) []alarm {
	return alarm{on: id, namespace: "Microsoft.Network/natGateways"}.fill([]alarm{{
		name: "nat-" + name + "-ports", severity: p1, runbook: "azure-platform.md#nat-ports",
		means:  "NAT gateway " + name + " has refused connections for 5 minutes: it has no port left for them; calls to the outside fail.",
		metric: "SNATConnectionCount", total: "Total", compare: above, threshold: 0, window: 5, every: 1,
		dimensions: map[string]string{"ConnectionState": "Failed"},
	}, {
		name: "nat-" + name + "-drops", severity: p1, runbook: "azure-platform.md#nat-drops",
		means:  "NAT gateway " + name + " has dropped more than 1,000 packets in 15 minutes.",
		metric: "PacketDropCount", total: "Total", compare: above, threshold: 1000, window: 15, every: 5,
	}, {
		name: "nat-" + name + "-availability", severity: p0, runbook: "azure-platform.md#nat-drops",
		means:  "NAT gateway " + name + " has been there less than 90 % of 5 minutes; calls to the outside fail.",
		metric: "DatapathAvailability", total: "Average", compare: below, threshold: 90, window: 5, every: 1,
	}})
}
