package gcp

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

const budgetToken = "gcp:billing/budget:Budget"

func costsProgram(edit func(*CostControlsArgs), see *seen) func(*pulumi.Context, pulumi.ResourceOption) error {
	return monitoringProgram(nil, func(b *bench, m *Monitoring) error {
		args := &CostControlsArgs{
			Scope: testScope(), BillingAccount: "012345-6789AB-CDEF01", MonthlyBudget: 2000, Currency: "EUR", OwnLabels: true, Topic: m.P1Topic,
			EmailChannels: []pulumi.StringInput{m.EmailChannels["team"]},
		}
		if edit != nil {
			edit(args)
		}
		c, err := NewCostControls(b.ctx, "costs", args, b.opt)
		if err == nil && see != nil {
			see.add("budget", c.BudgetName)
		}
		return err
	})
}

func TestCosts(t *testing.T) {
	see := newSeen()
	g := run(t, costsProgram(nil, see))
	g.CheckHouse(t)
	in := g.One(t, budgetToken, "costs").Inputs
	if in.String("amount.specifiedAmount.units") != "2000" || in.String("amount.specifiedAmount.currencyCode") != "EUR" || in.String("budgetFilter.labels.stack") != "test" ||
		in.String("budgetFilter.projects[]") != "projects/123456789012" || len(in.Objects("thresholdRules[]")) != 3 {
		t.Errorf("got %v", in)
	}
	if last := in.Objects("thresholdRules[]")[2]; last.String("spendBasis") != "FORECASTED_SPEND" || last.Get("thresholdPercent") != 1.0 {
		t.Errorf("the last threshold is %v", last)
	}
	if in.String("allUpdatesRule.pubsubTopic") != g.One(t, topicToken, "monitoring-p1").ID || !in.Bool("allUpdatesRule.disableDefaultIamRecipients") {
		t.Errorf("it tells %v", in.Get("allUpdatesRule"))
	}
	if see.all["budget"] == "" {
		t.Error("the budget has no name")
	}
	g = run(t, costsProgram(func(a *CostControlsArgs) { a.Currency = "" }, nil))
	if in := g.One(t, budgetToken, "costs").Inputs; in.Has("amount.specifiedAmount.currencyCode") {
		t.Errorf("got %v, want the account's currency", in.Get("amount"))
	}
	g = run(t, costsProgram(func(a *CostControlsArgs) { a.MonthlyBudget = 0 }, see))
	if len(g.All(budgetToken)) > 0 || see.all["budget"] != "" {
		t.Errorf("without a budget there is one: %v", see.all)
	}
}

func TestCostsPreview(t *testing.T) {
	if g := run(t, costsProgram(nil, nil), simtest.Preview()); len(g.All(budgetToken)) != 1 {
		t.Error("a preview shows no budget")
	}
}

func TestCostsBadArguments(t *testing.T) {
	refuses(t, func(edit func(*CostControlsArgs)) func(*pulumi.Context, pulumi.ResourceOption) error {
		return costsProgram(edit, nil)
	}, map[string]func(*CostControlsArgs){
		"MonthlyBudget: got -1": func(a *CostControlsArgs) { a.MonthlyBudget = -1 },
		"BillingAccount":        func(a *CostControlsArgs) { a.BillingAccount = "mine" },
		"Currency":              func(a *CostControlsArgs) { a.Currency = "euro" },
		"Topic":                 func(a *CostControlsArgs) { a.Topic = nil },
		"OwnLabels":             func(a *CostControlsArgs) { a.Labels = nil },
		"EmailChannels: got 6":  func(a *CostControlsArgs) { a.EmailChannels = make([]pulumi.StringInput, 6) },
	})
}
