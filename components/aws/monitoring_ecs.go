package aws

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// EcsAlarms say what services on ECS are like.
type EcsAlarms struct {
	// ClusterName is the cluster, with Container Insights, and LoadBalancerID the
	// load balancer's name in its metrics: app/name/id.
	ClusterName, LoadBalancerID pulumi.StringInput
	// Services are the services, by a name of yours.
	Services map[string]EcsServiceAlarms
}

// EcsServiceAlarms say what the live colour of a service is like.
type EcsServiceAlarms struct {
	// Name is the ECS service, and TargetGroupID its target group's name in its
	// metrics: targetgroup/name/id.
	Name, TargetGroupID pulumi.StringInput
	// Min and Max are the fewest and the most tasks.
	Min, Max int
}

// alarms watch the load balancer and each service.
func (e *EcsAlarms) alarms() []alarm {
	base := alarm{namespace: "AWS/ApplicationELB", dimensions: pulumi.StringMap{"LoadBalancer": e.LoadBalancerID}, seconds: 60}
	all := base.fill([]alarm{{
		// Its own errors: no healthy target, or one that answers nonsense. What
		// services answer themselves is theirs.
		name: "balancer-errors", severity: p0, runbook: "ecs.md#balancer-errors",
		means:      "the load balancer itself has answered more than 5 % of all requests with a server error for 5 minutes.",
		metrics:    []metric{{"errors", "HTTPCode_ELB_5XX_Count", "Sum"}, {"requests", "RequestCount", "Sum"}},
		expression: "100 * FILL(errors, 0) / (requests + FILL(errors, 0))", compare: above, threshold: 5, periods: 5, missing: silenceIsGood,
	}, {
		name: "balancer-rejections", severity: p1, runbook: "ecs.md#balancer-rejections",
		means:   "the load balancer has refused connections for 5 minutes: it has as many as it can hold.",
		metrics: one("RejectedConnectionCount", "Sum"), compare: above, threshold: 0, periods: 5, missing: silenceIsGood,
	}})
	for _, name := range slices.Sorted(maps.Keys(e.Services)) {
		s := e.Services[name]
		all = append(all, s.taskAlarms(name, e.ClusterName)...)
		all = append(all, s.targetAlarms(name, e.LoadBalancerID)...)
	}
	return all
}

// taskAlarms watch a service's tasks.
func (s EcsServiceAlarms) taskAlarms(name string, cluster pulumi.StringInput) []alarm {
	base := alarm{
		namespace: "AWS/ECS", dimensions: pulumi.StringMap{"ClusterName": cluster, "ServiceName": s.Name}, seconds: 60,
	}
	all := []alarm{{
		// A task starts in one to three minutes, and a deployment keeps all that are
		// wanted. Silence is a service, or a cluster, that is gone.
		name: "service-" + name + "-few", severity: p0, runbook: "ecs.md#few", namespace: "ECS/ContainerInsights",
		means:      "service " + name + " has had fewer tasks than it wants for 15 minutes.",
		metrics:    []metric{{"running", "RunningTaskCount", "Average"}, {"wanted", "DesiredTaskCount", "Average"}},
		expression: "FILL(running, 0) - wanted", compare: below, threshold: 0, periods: 15, missing: silenceIsBad,
	}, {
		// Scaling aims at 60 %. Above 85 % for a quarter of an hour it has not kept up,
		// or has reached its maximum.
		name: "service-" + name + "-cpu", severity: p1, runbook: "ecs.md#cpu",
		means:   "the processors of service " + name + " have been more than 85 % busy for 15 minutes.",
		metrics: one("CPUUtilization", "Average"), compare: above, threshold: 85, periods: 15, missing: silenceIsNothing,
	}, {
		// At 100 % a container is killed.
		name: "service-" + name + "-memory", severity: p1, runbook: "ecs.md#memory",
		means:   "the tasks of service " + name + " have used more than 90 % of their memory for 10 minutes; at 100 % they are killed.",
		metrics: one("MemoryUtilization", "Maximum"), compare: above, threshold: 90, periods: 10, missing: silenceIsNothing,
	}}
	if s.Min < s.Max {
		all = append(all, alarm{
			name: "service-" + name + "-full", severity: p1, runbook: "ecs.md#full", namespace: "ECS/ContainerInsights",
			means:   fmt.Sprintf("service %s has had all of its %d tasks for 30 minutes and cannot grow.", name, s.Max),
			metrics: one("RunningTaskCount", "Minimum"), compare: atLeast, threshold: float64(s.Max), seconds: 300, periods: 6, missing: silenceIsNothing,
		})
	}
	return base.fill(all)
}

// targetAlarms watch what a service answers.
func (s EcsServiceAlarms) targetAlarms(name string, balancer pulumi.StringInput) []alarm {
	base := alarm{
		namespace: "AWS/ApplicationELB", dimensions: pulumi.StringMap{"LoadBalancer": balancer, "TargetGroup": s.TargetGroupID}, seconds: 60,
	}
	return base.fill([]alarm{{
		name: "service-" + name + "-errors", severity: p0, runbook: "ecs.md#errors",
		means:      "service " + name + " has answered more than 5 % of its requests with a server error for 5 minutes.",
		metrics:    []metric{{"errors", "HTTPCode_Target_5XX_Count", "Sum"}, {"requests", "RequestCount", "Sum"}},
		expression: "100 * FILL(errors, 0) / requests", compare: above, threshold: 5, periods: 5, missing: silenceIsGood,
	}, {
		// ECS replaces a task that fails its health checks within minutes. For ten of
		// them it has not got a healthy one.
		name: "service-" + name + "-unhealthy", severity: p1, runbook: "ecs.md#unhealthy",
		means:   "a task of service " + name + " has failed its health checks for 10 minutes.",
		metrics: one("UnHealthyHostCount", "Minimum"), compare: atLeast, threshold: 1, periods: 10, missing: silenceIsGood,
	}, {
		name: "service-" + name + "-gone", severity: p0, runbook: "ecs.md#gone",
		means:   "service " + name + " has had no healthy task for 5 minutes: nothing answers.",
		metrics: one("HealthyHostCount", "Maximum"), compare: below, threshold: 1, periods: 5, missing: silenceIsBad,
	}})
}

// check returns all that is wrong with the alarms' arguments.
func (e *EcsAlarms) check() []error {
	var errs []error
	if e.ClusterName == nil || e.LoadBalancerID == nil {
		errs = append(errs, fmt.Errorf("Ecs.ClusterName or Ecs.LoadBalancerID is missing"))
	}
	for _, name := range slices.Sorted(maps.Keys(e.Services)) {
		s := e.Services[name]
		if s.Name == nil || s.TargetGroupID == nil {
			errs = append(errs, fmt.Errorf("Ecs.Services[%s].Name or TargetGroupID is missing", name))
		}
		if s.Min < 1 || s.Max < s.Min {
			errs = append(errs, fmt.Errorf("Ecs.Services[%s]: got %d to %d tasks, want a range", name, s.Min, s.Max))
		}
	}
	return errs
}
