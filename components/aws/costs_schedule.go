package aws

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// ScheduleArgs say when a stack stands still, and what of it. The control
// plane, gateways and load balancers run on: they cannot be stopped.
type ScheduleArgs struct {
	// Timezone is the IANA time zone of the hours, such as Europe/Berlin.
	Timezone string
	// Start and Stop are minutes after midnight.
	Start, Stop int
	// Weekends has the stack run on Saturdays and Sundays as well.
	Weekends bool
	// NodeGroups are the groups of nodes, by name.
	NodeGroups map[string]NodeGroupSchedule
	// DatabaseIdentifier and DatabaseArn are an RDS database without replicas: RDS
	// stops no other.
	DatabaseIdentifier, DatabaseArn pulumi.StringInput
	// QuietAlarms are the names of alarms that tell nobody while the stack stands
	// still, at most a hundred.
	QuietAlarms []string
}

// NodeGroupSchedule is a group of nodes that stops and starts.
type NodeGroupSchedule struct {
	// AutoScalingGroup is the name of its Auto Scaling group.
	AutoScalingGroup pulumi.StringInput
	// Min, Max and Initial are its numbers of nodes while it runs.
	Min, Max, Initial int
}

// alarmsWake is how many minutes after the start alarms tell people again: what
// started has then been up for longer than any alarm looks back.
const alarmsWake = 45

func (a *ScheduleArgs) problems(protect bool) []error {
	var errs []error
	want := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf("Schedule."+format, args...))
		}
	}
	want(!protect, "Timezone: a protected stack does not stand still")
	want(a.Timezone != "", "Timezone is missing")
	want(0 <= a.Start && a.Start < a.Stop && a.Stop < 24*60, "Start, Stop: got %d and %d, want two minutes of a day, one after the other", a.Start, a.Stop)
	want((a.DatabaseIdentifier == nil) == (a.DatabaseArn == nil), "DatabaseArn and DatabaseIdentifier: want both or neither")
	want(len(a.QuietAlarms) <= 100, "QuietAlarms: got %d, want at most 100", len(a.QuietAlarms))
	for _, name := range slices.Sorted(maps.Keys(a.NodeGroups)) {
		g := a.NodeGroups[name]
		want(g.AutoScalingGroup != nil, "NodeGroups[%s].AutoScalingGroup is missing", name)
		want(0 <= g.Min && g.Min <= g.Initial && g.Initial <= g.Max, "NodeGroups[%s]: got %d, %d, %d, want Min ≤ Initial ≤ Max", name, g.Min, g.Initial, g.Max)
	}
	return errs
}

// schedule stops at each day's end, and starts on working days or on all. It
// also stops on days without a start: somebody may have started by hand.
func (b *costsBuilder) schedule() error {
	if b.Schedule == nil {
		return nil
	}
	for _, group := range slices.Sorted(maps.Keys(b.Schedule.NodeGroups)) {
		if err := b.scheduleNodes(group, b.Schedule.NodeGroups[group]); err != nil {
			return err
		}
	}
	if b.Schedule.DatabaseArn == nil && len(b.Schedule.QuietAlarms) == 0 {
		return nil
	}
	role, err := b.schedulerRole()
	if err != nil {
		return err
	}
	return b.scheduleCalls(role)
}

// scheduleNodes takes a group's nodes away and brings them back, by its Auto
// Scaling group. EKS takes the sizes of a managed group's Auto Scaling group as
// they are until somebody changes the node group's own, and Pulumi compares its
// program with what it said last: neither undoes what happens here. The maximum
// goes to 0 as well: the cluster's autoscaler, as long as its pod lives, sees
// pods without nodes, and would bring some back.
func (b *costsBuilder) scheduleNodes(group string, g NodeGroupSchedule) error {
	s := b.Schedule
	days := "1-5"
	if s.Weekends {
		days = "*"
	}
	for _, at := range []scaling{
		{action: "start", recurrence: fmt.Sprintf("%d %d * * %s", s.Start%60, s.Start/60, days), low: g.Min, high: g.Max, desired: g.Initial},
		{action: "stop", recurrence: fmt.Sprintf("%d %d * * *", s.Stop%60, s.Stop/60)},
	} {
		name := b.name + "-" + group + "-" + at.action
		at.group, at.timezone, at.action = g.AutoScalingGroup, s.Timezone, limits.ScheduledAction.Name(b.Prefix, group, at.action)
		if err := newScaling(b.ctx, name, at, b.child()...); err != nil {
			return fmt.Errorf("scheduling node group %s: %w", group, err)
		}
	}
	return nil
}

// schedulerRole makes the role that EventBridge Scheduler assumes: it can stop
// and start this database and quieten the stack's alarms, and nothing else.
func (b *costsBuilder) schedulerRole() (*iam.Role, error) {
	name := b.name + "-schedule"
	role, err := iam.NewRole(b.ctx, name, &iam.RoleArgs{
		Description: pulumi.String("Stops " + b.Prefix + " while nobody works"),
		AssumeRolePolicy: pulumi.String(policy(Statement{
			Effect: "Allow", Action: []string{"sts:AssumeRole"}, Principal: &Principal{Service: []string{"scheduler.amazonaws.com"}},
			Condition: map[string]map[string][]string{"StringEquals": {"aws:SourceAccount": {b.AccountID}}},
		})),
		Tags: b.tags("costs", name),
	}, b.child()...)
	if err != nil {
		return nil, fmt.Errorf("creating role %s: %w", name, err)
	}
	database := pulumi.StringInput(pulumi.String(""))
	if b.Schedule.DatabaseArn != nil {
		database = b.Schedule.DatabaseArn
	}
	may := database.ToStringOutput().ApplyT(func(database string) string {
		var statements []Statement
		if database != "" {
			statements = append(statements, allow("Database", []string{"rds:StartDBInstance", "rds:StopDBInstance"}, []string{database}))
		}
		if len(b.Schedule.QuietAlarms) > 0 {
			statements = append(statements, allow("Alarms", []string{"cloudwatch:DisableAlarmActions", "cloudwatch:EnableAlarmActions"},
				[]string{b.arn("cloudwatch", "alarm:"+b.Prefix+"-*")}))
		}
		return policy(statements...)
	}).(pulumi.StringOutput)
	if _, err := iam.NewRolePolicy(b.ctx, name, &iam.RolePolicyArgs{Role: role.Name, Policy: may}, b.child()...); err != nil {
		return nil, fmt.Errorf("creating the policy of role %s: %w", name, err)
	}
	return role, nil
}

// scheduleCalls has EventBridge Scheduler stop and start the database, and
// quieten the alarms meanwhile: first quiet, then down; first up, then loud.
func (b *costsBuilder) scheduleCalls(role *iam.Role) error {
	s := b.Schedule
	if s.DatabaseArn != nil {
		input := s.DatabaseIdentifier.ToStringOutput().ApplyT(func(id string) string {
			return scheduleInput(map[string]any{"DbInstanceIdentifier": id})
		}).(pulumi.StringOutput)
		if err := b.call("database-stop", "rds:stopDBInstance", s.Stop, false, input, role); err != nil {
			return err
		}
		if err := b.call("database-start", "rds:startDBInstance", s.Start, true, input, role); err != nil {
			return err
		}
	}
	if len(s.QuietAlarms) == 0 {
		return nil
	}
	input := pulumi.String(scheduleInput(map[string]any{"AlarmNames": slices.Sorted(slices.Values(s.QuietAlarms))}))
	if err := b.call("alarms-quiet", "cloudwatch:disableAlarmActions", s.Stop-1, false, input, role); err != nil {
		return err
	}
	return b.call("alarms-loud", "cloudwatch:enableAlarmActions", s.Start+alarmsWake, true, input, role)
}

// call makes a schedule of one call at a minute of each day, or of each day on
// which the stack starts. It is tried for an hour: a database that is still
// being backed up cannot be stopped yet.
func (b *costsBuilder) call(what, api string, minute int, starts bool, input pulumi.StringInput, role *iam.Role) error {
	days := "* * ?"
	if starts && !b.Schedule.Weekends {
		days = "? * MON-FRI"
	}
	name := b.name + "-" + what
	_, err := bind(b.ctx, "aws:scheduler/schedule:Schedule", name, pulumi.Map{
		"description":                pulumi.String(b.Prefix + ": " + what),
		"scheduleExpression":         pulumi.String(fmt.Sprintf("cron(%d %d %s *)", minute%60, minute/60, days)),
		"scheduleExpressionTimezone": pulumi.String(b.Schedule.Timezone),
		"flexibleTimeWindow":         pulumi.Map{"mode": pulumi.String("OFF")},
		"target": pulumi.Map{
			"arn": pulumi.String("arn:" + b.Partition + ":scheduler:::aws-sdk:" + api), "roleArn": role.Arn, "input": input,
			"retryPolicy": pulumi.Map{"maximumEventAgeInSeconds": pulumi.Int(3600), "maximumRetryAttempts": pulumi.Int(20)},
		},
	}, b.child()...)
	if err != nil {
		return fmt.Errorf("creating schedule %s: %w", name, err)
	}
	return nil
}

// scheduleInput writes a call's parameters, by the names of the SDK.
func scheduleInput(members map[string]any) string {
	text, err := json.Marshal(members)
	if err != nil {
		return err.Error() // cannot be: texts and lists of texts always marshal
	}
	return string(text)
}
