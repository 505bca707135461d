package aws

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud"
	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

const (
	budgetType   = "aws:budgets/budget:Budget"
	scheduleType = "aws:scheduler/schedule:Schedule"
)

func runCosts(t *testing.T, edit func(*CostControlsArgs), opts ...simtest.Option) *simtest.Graph {
	t.Helper()
	return run(t, func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		s := testScope()
		_, m, err := withPost(ctx, s, opt)
		if err != nil {
			return err
		}
		args := &CostControlsArgs{Scope: s, AlertTopicArn: m.P1Arn, MonthlyBudgetUSD: 400, AlertEmails: []string{"team@example.com"}}
		if edit != nil {
			edit(args)
		}
		_, err = NewCostControls(ctx, "costs", args, opt)
		return err
	}, opts...)
}

func TestBudget(t *testing.T) {
	g := runCosts(t, nil)
	g.CheckHouse(t)
	in := g.One(t, budgetType, "costs").Inputs
	if in.String("limitAmount") != "400" || in.String("limitUnit") != "USD" || in.String("timeUnit") != "MONTHLY" || in.Has("costFilters") {
		t.Errorf("got %v", in)
	}
	var alerts []string
	for _, n := range in.Objects("notifications[]") {
		alerts = append(alerts, n.String("notificationType")+" "+string(rune('0'+n.Int("threshold")/20)))
		if len(n.Strings("subscriberSnsTopicArns[]")) != 1 || n.Strings("subscriberEmailAddresses[]")[0] != "team@example.com" {
			t.Errorf("tells %v", n)
		}
	}
	if want := []string{"ACTUAL 4", "ACTUAL 5", "FORECASTED 5"}; !slices.Equal(alerts, want) {
		t.Errorf("alerts at (in fifths): got %v, want %v", alerts, want)
	}
	for _, r := range g.Resources {
		if strings.HasPrefix(r.Type, "aws:costexplorer/") || r.Type == scheduleType {
			t.Errorf("%s is made unasked", r.Type)
		}
	}
}

func TestAnomalies(t *testing.T) {
	const own = "arn:aws:ce::111122223333:anomalymonitor/00000000-0000-0000-0000-000000000001"
	for monitor, made := range map[string]int{"": 1, own: 0} {
		g := runCosts(t, func(a *CostControlsArgs) { a.AnomalyUSD, a.AnomalyMonitor = 100, monitor })
		g.CheckHouse(t)
		if got := len(g.All("aws:costexplorer/anomalyMonitor:AnomalyMonitor")); got != made {
			t.Errorf("monitor %q: %d are made, want %d", monitor, got, made)
		}
		in := g.One(t, "aws:costexplorer/anomalySubscription:AnomalySubscription", "").Inputs
		if in.String("thresholdExpression.dimension.values[]") != "100" || in.String("frequency") != "IMMEDIATE" || !strings.HasPrefix(in.String("monitorArnLists[]"), "arn:aws:ce:") {
			t.Errorf("got %v", in)
		}
	}
}

func TestAllocationTags(t *testing.T) {
	_, err := simtest.Try("explico", "test", withProvider(func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		s := testScope() // whose provider gives the tag stack, and no team
		_, m, err := withPost(ctx, s, opt)
		if err != nil {
			return err
		}
		_, err = NewCostControls(ctx, "costs", &CostControlsArgs{Scope: s, AlertTopicArn: m.P1Arn, MonthlyBudgetUSD: 1, AllocationTags: true}, opt)
		return err
	}))
	if err == nil || !strings.Contains(err.Error(), "Tag keys not found") {
		t.Errorf("got %v: want the tags that nothing carries refused", err)
	}
	g := runCosts(t, func(a *CostControlsArgs) { a.AllocationTags = true }, simtest.Preview())
	if got := len(g.All("aws:costexplorer/costAllocationTag:CostAllocationTag")); got != 5 {
		t.Errorf("got %d tags, want 5", got)
	}
	if got := g.One(t, budgetType, "").Inputs.String("costFilters[].values[]"); got != "user:stack$test" {
		t.Errorf("the budget is that of %q", got)
	}
}

// The bindings by hand send what the SDK would: the simulated cloud, which knows
// the SDK's names, would miss any other.
func officeHours(a *CostControlsArgs) {
	a.Schedule = &ScheduleArgs{
		Timezone: "Europe/Berlin", Start: 7 * 60, Stop: 19*60 + 30,
		DatabaseIdentifier: pulumi.String("data-1"), DatabaseArn: pulumi.String("arn:aws:rds:eu-west-1:111122223333:db:data-1"),
		QuietAlarms: []string{"explico-test-b", "explico-test-a"},
	}
}

func TestSchedule(t *testing.T) {
	g := runCosts(t, officeHours)
	g.CheckHouse(t)
	for name, want := range map[string][3]string{
		"costs-database-stop":  {"cron(30 19 * * ? *)", "rds:stopDBInstance", `{"DbInstanceIdentifier":"data-1"}`},
		"costs-database-start": {"cron(0 7 ? * MON-FRI *)", "rds:startDBInstance", `{"DbInstanceIdentifier":"data-1"}`},
		"costs-alarms-quiet":   {"cron(29 19 * * ? *)", "cloudwatch:disableAlarmActions", `{"AlarmNames":["explico-test-a","explico-test-b"]}`},
		"costs-alarms-loud":    {"cron(45 7 ? * MON-FRI *)", "cloudwatch:enableAlarmActions", `{"AlarmNames":["explico-test-a","explico-test-b"]}`},
	} {
		in := g.One(t, scheduleType, name).Inputs
		got := [3]string{in.String("scheduleExpression"), strings.TrimPrefix(in.String("target.arn"), "arn:aws:scheduler:::aws-sdk:"), in.String("target.input")}
		if got != want || in.String("scheduleExpressionTimezone") != "Europe/Berlin" {
			t.Errorf("%s: got %v in %s, want %v", name, got, in.String("scheduleExpressionTimezone"), want)
		}
	}
	all := runCosts(t, func(a *CostControlsArgs) { officeHours(a); a.Schedule.Weekends = true })
	if got := all.One(t, scheduleType, "costs-database-start").Inputs.String("scheduleExpression"); got != "cron(0 7 * * ? *)" {
		t.Errorf("with weekends: got %s", got)
	}
}

func TestScheduleRole(t *testing.T) {
	g := runCosts(t, officeHours)
	var may Policy
	if err := json.Unmarshal([]byte(g.One(t, "aws:iam/rolePolicy:RolePolicy", "costs-schedule").Inputs.String("policy")), &may); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"rds:StartDBInstance,rds:StopDBInstance":                       "arn:aws:rds:eu-west-1:111122223333:db:data-1",
		"cloudwatch:DisableAlarmActions,cloudwatch:EnableAlarmActions": "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:explico-test-*",
	}
	for _, s := range may.Statement {
		if key := strings.Join(s.Action, ","); want[key] != strings.Join(s.Resource, ",") {
			t.Errorf("may %s on %v", key, s.Resource)
		}
	}
	if trust := g.One(t, "aws:iam/role:Role", "costs-schedule").Inputs.String("assumeRolePolicy"); !strings.Contains(trust, `"aws:SourceAccount":["111122223333"]`) {
		t.Errorf("anybody's schedules may assume the role: %s", trust)
	}
}

func TestScheduleNodes(t *testing.T) {
	g := runCosts(t, func(a *CostControlsArgs) {
		a.MonthlyBudgetUSD, a.AlertTopicArn = 0, nil
		a.Schedule = &ScheduleArgs{Timezone: "UTC", Start: 6 * 60, Stop: 20 * 60, NodeGroups: map[string]NodeGroupSchedule{
			"apps": {AutoScalingGroup: pulumi.String("eks-apps"), Min: 1, Max: 3, Initial: 2},
		}}
	}, simtest.Preview())
	g.CheckHouse(t)
	for name, want := range map[string]simcloud.Values{
		"costs-apps-stop":  {"minSize": 0.0, "maxSize": 0.0, "desiredCapacity": 0.0, "recurrence": "0 20 * * *"},
		"costs-apps-start": {"minSize": 1.0, "maxSize": 3.0, "desiredCapacity": 2.0, "recurrence": "0 6 * * 1-5"},
	} {
		in := g.One(t, "aws:autoscaling/schedule:Schedule", name).Inputs
		for key, v := range want {
			if in.Get(key) != v {
				t.Errorf("%s: %s: got %v, want %v", name, key, in.Get(key), v)
			}
		}
	}
	if len(g.All("aws:iam/role:Role")) > 0 {
		t.Error("a role is made for nothing")
	}
}

func TestCostsBadArguments(t *testing.T) {
	for name, tt := range map[string]struct {
		edit func(*CostControlsArgs)
		want string
	}{
		"budget":      {func(a *CostControlsArgs) { a.MonthlyBudgetUSD = -1 }, "MonthlyBudgetUSD: got -1"},
		"addresses":   {func(a *CostControlsArgs) { a.AlertEmails = make([]string, 11) }, "AlertEmails: got 11"},
		"topic":       {func(a *CostControlsArgs) { a.AlertTopicArn = nil }, "AlertTopicArn is missing"},
		"monitor":     {func(a *CostControlsArgs) { a.AnomalyMonitor = "default" }, `AnomalyMonitor: got "default"`},
		"tags":        {func(a *CostControlsArgs) { a.AllocationTags, a.Tags = true, nil }, "AllocationTags: the scope has no tag stack"},
		"protected":   {func(a *CostControlsArgs) { officeHours(a); a.Protect = true }, "a protected stack does not stand still"},
		"no zone":     {func(a *CostControlsArgs) { officeHours(a); a.Schedule.Timezone = "" }, "Schedule.Timezone is missing"},
		"turned":      {func(a *CostControlsArgs) { officeHours(a); a.Schedule.Start = 1300 }, "Schedule.Start, Stop: got 1300 and 1170"},
		"half":        {func(a *CostControlsArgs) { officeHours(a); a.Schedule.DatabaseArn = nil }, "want both or neither"},
		"many alarms": {func(a *CostControlsArgs) { officeHours(a); a.Schedule.QuietAlarms = make([]string, 101) }, "Schedule.QuietAlarms: got 101"},
		"nodes": {func(a *CostControlsArgs) {
			officeHours(a)
			a.Schedule.NodeGroups = map[string]NodeGroupSchedule{"apps": {Min: 2, Initial: 1, Max: 3}}
		}, "Schedule.NodeGroups[apps]"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := simtest.Try("explico", "test", withProvider(func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
				args := &CostControlsArgs{Scope: testScope(), AlertTopicArn: pulumi.String("t"), MonthlyBudgetUSD: 400}
				tt.edit(args)
				_, err := NewCostControls(ctx, "costs", args, opt)
				return err
			}))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}
