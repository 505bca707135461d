package aws

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	components "github.com/te-explico/infrastructure/components/aws"
	"github.com/te-explico/infrastructure/stacks/settings"
)

func (b *builder) makeCosts() error {
	s := b.Costs
	args := &components.CostControlsArgs{
		Scope: b.scope, MonthlyBudgetUSD: s.MonthlyBudgetUSD, AlertEmails: s.AlertEmails, AlertTopicArn: b.monitoring.P1Arn,
		AnomalyUSD: s.AnomalyUSD, AnomalyMonitor: s.AnomalyMonitor, AllocationTags: s.AllocationTags,
	}
	if s.Schedule.On() {
		args.Schedule = b.hours(s.Schedule)
	}
	if args.MonthlyBudgetUSD == 0 && args.AnomalyUSD == 0 && !args.AllocationTags && args.Schedule == nil {
		return nil
	}
	// The bill can split by a tag only once something carries it.
	_, err := components.NewCostControls(b.ctx, "costs", args, b.in, pulumi.DependsOn([]pulumi.Resource{b.monitoring}))
	return err
}

// hours stop all nodes and the database. The alarms of the home region watch
// just these: they would ring at every stop.
func (b *builder) hours(s settings.Schedule) *components.ScheduleArgs {
	start, stop := s.Minutes()
	args := &components.ScheduleArgs{
		Timezone: s.Timezone, Start: start, Stop: stop, Weekends: s.Weekends,
		NodeGroups:         map[string]components.NodeGroupSchedule{},
		DatabaseIdentifier: b.rds.Identifier, DatabaseArn: b.rds.Arn, QuietAlarms: b.monitoring.AlarmNames,
	}
	for name, g := range b.Cluster.NodeGroups {
		if b.eks == nil {
			break
		}
		args.NodeGroups[name] = components.NodeGroupSchedule{
			AutoScalingGroup: b.eks.AutoScalingGroups[name], Min: g.Min, Max: g.Max, Initial: g.Initial,
		}
	}
	return args
}
