package aws

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// clusterAlarms watch the control plane by the metrics that EKS publishes for
// nothing, each minute, for every cluster from Kubernetes 1.28 on.
// Source: EKS user guide, "Monitor cluster data with Amazon CloudWatch".
func clusterAlarms(name pulumi.StringInput) []alarm {
	base := alarm{namespace: "AWS/EKS", dimensions: pulumi.StringMap{"ClusterName": name}, seconds: 60}
	all := []alarm{{
		// Nodes and controllers never stop asking: silence is an API that does not
		// answer, or at least one that nobody can see.
		name: "cluster-silent", severity: p0, runbook: "cluster.md#silent",
		means:   "the Kubernetes API has answered no request for 15 minutes.",
		metrics: one("apiserver_request_total", "Sum"), compare: below, threshold: 1, periods: 15, missing: silenceIsBad,
	}, {
		// A few errors are normal while the control plane scales. One in twenty for
		// ten minutes keeps controllers from their work.
		name: "cluster-errors", severity: p0, runbook: "cluster.md#errors",
		means:      "the Kubernetes API has failed more than 5 % of its requests for 10 minutes.",
		metrics:    []metric{{"errors", "apiserver_request_total_5XX", "Sum"}, {"requests", "apiserver_request_total", "Sum"}},
		expression: "100 * FILL(errors, 0) / requests", compare: above, threshold: 5, periods: 10, missing: silenceIsNothing,
	}, {
		// Kubernetes' own objective for reading one object is one second.
		name: "cluster-latency", severity: p1, runbook: "cluster.md#latency",
		means:   "the slowest hundredth of reads from the Kubernetes API has taken more than a second for 15 minutes.",
		metrics: one("apiserver_request_duration_seconds_GET_P99", "Average"), compare: above, threshold: 1, periods: 15, missing: silenceIsNothing,
	}, {
		// The autoscaler brings a node in two to five minutes: who still waits after
		// 15 waits for something that does not come.
		name: "cluster-pending-pods", severity: p1, runbook: "cluster.md#pending-pods",
		means:   "pods have found no node for 15 minutes.",
		metrics: one("scheduler_pending_pods_UNSCHEDULABLE", "Sum"), compare: above, threshold: 0, periods: 15, missing: silenceIsNothing,
	}, {
		// At 8 GiB the database refuses writes and the cluster stands still.
		name: "cluster-storage", severity: p1, runbook: "cluster.md#storage",
		means:   "the cluster's own database (etcd) holds more than 6 GiB; at 8 GiB the cluster becomes read-only.",
		metrics: one("apiserver_storage_size_bytes", "Maximum"), compare: above, threshold: 6 * gib, periods: 15, missing: silenceIsNothing,
	}}
	return base.fill(all)
}

// gib is the number of bytes in a GiB.
const gib = 1 << 30

// fill gives alarms the base's namespace, dimensions and period where they have
// none of their own.
func (base alarm) fill(all []alarm) []alarm {
	for i := range all {
		a := &all[i]
		if a.namespace == "" {
			a.namespace = base.namespace
		}
		if a.dimensions == nil {
			a.dimensions = base.dimensions
		}
		if a.seconds == 0 {
			a.seconds = base.seconds
		}
	}
	return all
}

// NodeGroupAlarms say how a managed node group should be.
type NodeGroupAlarms struct {
	// AutoScalingGroup is the name of the group's Auto Scaling group. EKS has it
	// publish its metrics, for nothing.
	AutoScalingGroup pulumi.StringInput
	// Min and Max are the fewest and the most nodes.
	Min, Max int
}

// alarms watch a node group.
func (g NodeGroupAlarms) alarms(group string) []alarm {
	base := alarm{namespace: "AWS/AutoScaling", dimensions: pulumi.StringMap{"AutoScalingGroupName": g.AutoScalingGroup}, seconds: 60}
	all := []alarm{{
		// Auto Scaling replaces such an instance within minutes. One that stays is
		// one that it cannot replace. A group without nodes reports none.
		name: "nodes-" + group + "-unhealthy", severity: p1, runbook: "nodes.md#unhealthy",
		means:     "a node of group " + group + " has failed its status checks for 10 minutes and has not been replaced.",
		namespace: "AWS/EC2", metrics: one("StatusCheckFailed", "Maximum"), compare: atLeast, threshold: 1, periods: 10, missing: silenceIsGood,
	}}
	if g.Min > 0 {
		// A rolling update keeps the minimum; a new node takes about three minutes.
		all = append(all, alarm{
			name: "nodes-" + group + "-few", severity: p0, runbook: "nodes.md#few",
			means:   fmt.Sprintf("group %s has had fewer than its %d nodes for 15 minutes.", group, g.Min),
			metrics: one("GroupInServiceInstances", "Minimum"), compare: below, threshold: float64(g.Min), periods: 15, missing: silenceIsBad,
		})
	}
	if g.Min < g.Max {
		// Half an hour at the limit is no peak any more, and the next one has no
		// room. A group of a fixed size is always at its limit.
		all = append(all, alarm{
			name: "nodes-" + group + "-full", severity: p1, runbook: "nodes.md#full",
			means:   fmt.Sprintf("group %s has had all of its %d nodes for 30 minutes and cannot grow.", group, g.Max),
			metrics: one("GroupInServiceInstances", "Minimum"), compare: atLeast, threshold: float64(g.Max), seconds: 300, periods: 6, missing: silenceIsNothing,
		})
	}
	return base.fill(all)
}
