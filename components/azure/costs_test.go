package azure

import (
	"slices"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func costsProgram(edit func(*CostControlsArgs)) func(*pulumi.Context, pulumi.ResourceOption) error {
	return func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		s, err := inGroup(ctx, testScope(), opt)
		if err != nil {
			return err
		}
		m, err := NewMonitoring(ctx, "monitoring", &MonitoringArgs{Scope: s}, opt)
		if err != nil {
			return err
		}
		args := &CostControlsArgs{
			Scope: s, MonthlyBudget: 900, Since: "2026-11-01", AlertEmails: []string{"cfo@example.com"}, AlertGroupID: m.P1ID,
			On: pulumi.Sprintf("/subscriptions/%s/resourceGroups/%s", s.SubscriptionID, s.ResourceGroup),
		}
		if edit != nil {
			edit(args)
		}
		_, err = NewCostControls(ctx, "costs", args, opt)
		return err
	}
}

func TestCostControls(t *testing.T) {
	g := run(t, costsProgram(nil))
	g.CheckHouse(t)
	budget := g.One(t, "azure-native:consumption:Budget", "costs")
	in := budget.Inputs
	if in.Int("amount") != 900 || in.String("timeGrain") != "Monthly" || len(in.Objects("notifications{}")) != 3 || !slices.Contains(budget.IgnoreChanges, "timePeriod") {
		t.Errorf("got %v, ignoring %v", in, budget.IgnoreChanges)
	}
	if got := in.Strings("notifications.forecast100.contactGroups[]"); len(got) != 1 || in.String("notifications.forecast100.thresholdType") != "Forecasted" {
		t.Errorf("got %v", in)
	}
	if n := len(run(t, costsProgram(func(a *CostControlsArgs) { a.MonthlyBudget = 0 })).All("azure-native:consumption:Budget")); n != 0 {
		t.Errorf("got %d budgets", n)
	}
}

func TestCostControlsBadArguments(t *testing.T) {
	for want, edit := range map[string]func(*CostControlsArgs){
		"MonthlyBudget": func(a *CostControlsArgs) { a.MonthlyBudget = -1 },
		"On is missing": func(a *CostControlsArgs) { a.On = nil },
		"Since":         func(a *CostControlsArgs) { a.Since = "2026-11-15" },
		"AlertGroupID":  func(a *CostControlsArgs) { a.AlertGroupID = nil },
		"AlertEmails":   func(a *CostControlsArgs) { a.AlertEmails = make([]string, 51) },
	} {
		t.Run(want, func(t *testing.T) { refused(t, want, costsProgram(edit)) })
	}
}
