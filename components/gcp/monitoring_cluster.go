package gcp

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// ClusterAlerts say what a GKE cluster is like.
type ClusterAlerts struct {
	// Name is the cluster's name.
	Name pulumi.StringInput
	// ControlPlane says that the cluster sends the metrics of its control plane:
	// API server, scheduler and controller manager.
	ControlPlane bool
	// Pools are the node pools of a bounded size, by name.
	Pools map[string]PoolAlerts
}

// PoolAlerts are how many nodes a pool has, in all zones together.
type PoolAlerts struct{ Min, Max int }

// alerts watch the control plane and the nodes.
// Source: GKE docs, "Control plane metrics", and Google Cloud metrics, kubernetes,
// read 2026-11.
func (c *ClusterAlerts) alerts() []alert {
	var all []alert
	if c.ControlPlane {
		all = append(all, c.controlPlane()...)
	}
	node := []clause{{"resource.labels.cluster_name", c.Name}}
	for _, pool := range slices.Sorted(maps.Keys(c.Pools)) {
		p := c.Pools[pool]
		base := alert{
			of: "k8s_node", where: append(slices.Clone(node), clause{`metadata.user_labels."explico.io/node-group"`, pulumi.String(pool)}),
			metric: "kubernetes.io/node/cpu/total_cores", align: mean, reduce: count, seconds: 60,
		}
		few, full := base, base
		few.name, few.severity, few.runbook = "nodes-"+pool+"-few", p0, "gcp-cluster.md#nodes-few"
		few.means = fmt.Sprintf("fewer than %d nodes of pool %s have reported for 15 minutes.", p.Min, pool)
		few.compare, few.threshold, few.minutes, few.silence = below, float64(p.Min), 15, 15
		full.name, full.severity, full.runbook = "nodes-"+pool+"-full", p1, "gcp-cluster.md#nodes-full"
		full.means = fmt.Sprintf("pool %s has had all of its %d nodes for 30 minutes; the next pods wait.", pool, p.Max)
		full.compare, full.threshold, full.minutes = above, float64(p.Max)-0.5, 30
		if p.Min > 0 {
			all = append(all, few)
		}
		if p.Max > p.Min {
			all = append(all, full)
		}
	}
	return append(all, alert{
		name: "nodes-memory", severity: p1, runbook: "gcp-cluster.md#nodes-memory",
		means:  "a node has had more than 90 % of its memory taken for 15 minutes; next it evicts pods.",
		metric: "kubernetes.io/node/memory/allocatable_utilization", of: "k8s_node",
		where:   append(slices.Clone(node), clause{"metric.labels.memory_type", pulumi.String("non-evictable")}),
		align:   mean,
		seconds: 300, compare: above, threshold: 0.9, minutes: 15,
	})
}

// controlPlane are the alerts on what the control plane says of itself, by
// Managed Service for Prometheus.
func (c *ClusterAlerts) controlPlane() []alert {
	return []alert{{
		name: "cluster-silent", severity: p0, runbook: "gcp-cluster.md#silent", who: c.Name, minutes: 15,
		means: "the cluster's API server has reported nothing for 15 minutes.",
		query: `absent(apiserver_request_total{cluster="%s"})`,
	}, {
		name: "cluster-errors", severity: p0, runbook: "gcp-cluster.md#errors", who: c.Name, minutes: 15,
		means: "more than 5 % of the requests to the cluster's API have failed for 15 minutes.",
		query: `sum by (cluster) (rate(apiserver_request_total{code=~"5..", cluster="%[1]s"}[5m])) / sum by (cluster) (rate(apiserver_request_total{cluster="%[1]s"}[5m])) > 0.05`,
	}, {
		name: "cluster-latency", severity: p1, runbook: "gcp-cluster.md#latency", who: c.Name, minutes: 15,
		means: "one of a hundred reads from the cluster's API has taken more than a second for 15 minutes.",
		query: `histogram_quantile(0.99, sum by (le, cluster) (rate(apiserver_request_duration_seconds_bucket{verb="GET", cluster="%s"}[5m]))) > 1`,
	}, {
		name: "cluster-pending-pods", severity: p1, runbook: "gcp-cluster.md#pending-pods", who: c.Name, minutes: 15,
		means: "pods have found no node for 15 minutes.",
		query: `sum by (cluster) (scheduler_pending_pods{queue="unschedulable", cluster="%s"}) > 0`,
	}}
}

// backupAlerts tell of backups of the cluster that failed.
// Source: Backup for GKE docs, "View logs", read 2026-11.
func backupAlerts() []alert {
	return []alert{{
		name: "backup-failed", severity: p1, runbook: "gcp-backup.md#failed", means: "a backup of the cluster has failed.",
		log: `resource.type="gkebackup.googleapis.com/BackupPlan" AND log_id("gkebackup.googleapis.com/backup_change") AND jsonPayload.inputBackup.state="FAILED"`,
	}}
}

// quotaAlerts tell of what the project was refused because it has enough.
// Source: Cloud Quotas docs, "Set up quota alerts", read 2026-11.
func quotaAlerts() []alert {
	return []alert{{
		name: "quota-exceeded", severity: p1, runbook: "gcp-network.md#quota", metric: "serviceruntime.googleapis.com/quota/exceeded", of: "consumer_quota",
		align: anyTrue, reduce: sum, seconds: 300, compare: above, threshold: 0, minutes: 5,
		means: "the project has asked for more than a quota lets it have.",
	}}
}
