package policies

import (
	"slices"
	"strings"
)

// alarmRules want somebody to be told before users notice.
var alarmRules = []rule{
	{
		ids:      "own ALARM-1 (a database has its alarms)",
		topics:   "alerts",
		priority: 1, types: "rds.Instance",
		reason: "a full disk stops the database, and is seen days before",
		check:  alarms("AWS/RDS", "CPUUtilization|ReplicaLag", "FreeableMemory|ReplicaLag", "FreeStorageSpace|ReplicaLag", "DatabaseConnections|ReplicaLag"),
		bad: []string{
			`cloudwatch.MetricAlarm monitoring-database-memory: gone`,
			`cloudwatch.MetricAlarm monitoring-database-connections: dimensions.DBInstanceIdentifier = "other"`,
		},
	},
	{
		ids:      "own ALARM-2 (a cache has its alarms)",
		topics:   "alerts",
		priority: 1, types: "elasticache.ReplicationGroup",
		reason: "a cache that is full forgets sessions, and nobody knows why users are signed out",
		check:  alarms("AWS/ElastiCache", "DatabaseMemoryUsagePercentage", "EngineCPUUtilization"),
		bad:    []string{`dev/cloudwatch.MetricAlarm monitoring-cache-shard-1-node-1-memory: metricName = "NetworkBytesIn"`},
	},
	{
		ids:      "own ALARM-3 (a cluster has its alarms)",
		topics:   "alerts",
		priority: 1, types: "eks.Cluster",
		reason: "without its API nothing heals itself any more",
		check:  alarms("AWS/EKS", "apiserver_request_total_5XX", "scheduler_pending_pods_UNSCHEDULABLE|scheduler_pending_pods"),
		bad: []string{
			`cloudwatch.MetricAlarm monitoring-cluster-errors: gone`,
			`cloudwatch.MetricAlarm monitoring-cluster-pending-pods: dimensions = {"ClusterName":"other"}`,
		},
	},
	{
		ids:      "own ALARM-4 (a load balancer has its alarms)",
		topics:   "alerts",
		priority: 1, types: "lb.LoadBalancer",
		reason: "errors at the door are what users see",
		check:  alarms("AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count"),
		bad:    []string{`ecs/cloudwatch.MetricAlarm monitoring-balancer-errors: gone`},
	},
	{
		ids:      "own ALARM-5 (alarms tell somebody)",
		topics:   "alerts",
		priority: 1, types: "cloudwatch.MetricAlarm",
		reason: "an alarm that nobody hears is a chart",
		check: all(isNot("actionsEnabled", false), local(func(r resource) []string {
			if r.Inputs.Count("alarmActions[]") == 0 {
				return complain("has no alarmActions")
			}
			return nil
		})),
		bad: []string{
			`cloudwatch.MetricAlarm monitoring-database-cpu: alarmActions = []`,
			`cloudwatch.MetricAlarm monitoring-database-cpu: actionsEnabled = false`,
		},
	},
}

// alarms wants alarms of a namespace on metrics of a resource; of metrics with
// "|" between them, one is enough.
func alarms(namespace string, metrics ...string) check {
	return related(func(g *graph, r resource) (all []string) {
		watched := map[string]bool{}
		for _, a := range g.of("cloudwatch.MetricAlarm") {
			in := a.Inputs
			if !slices.Contains(append(in.Strings("namespace"), in.Strings("metricQueries[].metric.namespace")...), namespace) || !watches(g, a, r) {
				continue
			}
			for _, name := range append(in.Strings("metricName"), in.Strings("metricQueries[].metric.metricName")...) {
				watched[name] = true
			}
		}
		for _, m := range metrics {
			if !slices.ContainsFunc(strings.Split(m, "|"), func(name string) bool { return watched[name] }) {
				all = append(all, "has no alarm on "+m)
			}
		}
		return all
	})
}

// watches says whether an alarm's dimensions name a resource: a node of a cache
// is named after it, and a load balancer by the end of its ARN.
func watches(g *graph, alarm, r resource) bool {
	for _, path := range []string{"dimensions{}", "metricQueries[].metric.dimensions{}"} {
		known, _ := alarm.Inputs.values.AllKnown(path)
		for _, name := range r.names {
			if slices.ContainsFunc(known, func(v any) bool {
				s, ok := v.(string)
				return ok && (strings.HasPrefix(s, name+"-") || strings.HasSuffix(name, "/"+s))
			}) {
				return true
			}
		}
		if alarm.Inputs.values.Has(path) && g.refers(alarm, path, r) {
			return true
		}
	}
	return false
}
