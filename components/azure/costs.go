package azure

import (
	"fmt"
	"regexp"

	"github.com/pulumi/pulumi-azure-native-sdk/consumption/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// CostControlsArgs are the arguments of NewCostControls.
type CostControlsArgs struct {
	Scope
	// MonthlyBudget is what a month may cost, in the currency of the subscription's
	// bill; 0 for no budget.
	MonthlyBudget int
	// On is the id of what the budget counts: the stack's resource group, or the
	// subscription.
	On pulumi.StringInput
	// Since is the first day of the month in which the budget is made, as in
	// 2026-11-01: Azure takes no month that is over. Later changes of it are nothing.
	Since string
	// AlertEmails hear of the budget, beside the action group; 50 at most.
	AlertEmails []string
	// AlertGroupID is the action group that hears of the budget.
	AlertGroupID pulumi.StringInput
}

// CostControls watch what a stack costs.
type CostControls struct {
	pulumi.ResourceState

	// BudgetName is the budget's name; empty without one.
	BudgetName pulumi.StringOutput
}

// maxBudgetEmails is how many addresses a notification has.
// Source: REST reference of Microsoft.Consumption/budgets, contactEmails, read
// 2026-11.
const maxBudgetEmails = 50

var firstOfMonth = regexp.MustCompile(`^20\d\d-(0[1-9]|1[0-2])-01$`)

// NewCostControls makes a budget of a month, which tells of 80 and 100 % of it,
// and of a month whose forecast passes it. A budget stops nothing.
func NewCostControls(ctx *pulumi.Context, name string, args *CostControlsArgs, opts ...pulumi.ResourceOption) (*CostControls, error) {
	if err := args.check(); err != nil {
		return nil, fmt.Errorf("creating cost controls %s: %w", name, err)
	}
	c := &CostControls{BudgetName: pulumi.String("").ToStringOutput()}
	if err := component.Register(ctx, "azure", "CostControls", name, c, opts...); err != nil {
		return nil, err
	}
	if args.MonthlyBudget > 0 {
		budget, err := consumption.NewBudget(ctx, name, &consumption.BudgetArgs{
			Scope: args.On, BudgetName: pulumi.String(limits.Budget.Name(args.Prefix, name)),
			Category: pulumi.String("Cost"), Amount: pulumi.Float64(args.MonthlyBudget), TimeGrain: pulumi.String("Monthly"),
			TimePeriod: consumption.BudgetTimePeriodArgs{StartDate: pulumi.String(args.Since + "T00:00:00Z")},
			Notifications: consumption.NotificationMap{
				"actual80": args.notification("Actual", 80), "actual100": args.notification("Actual", 100),
				"forecast100": args.notification("Forecasted", 100),
			},
		}, pulumi.Parent(c), pulumi.IgnoreChanges([]string{"timePeriod"}))
		if err != nil {
			return nil, fmt.Errorf("creating budget %s: %w", name, err)
		}
		c.BudgetName = budget.Name
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{"budgetName": c.BudgetName})
}

// notification tells when costs, or the month's forecast, pass a share of the
// budget in percent.
func (a *CostControlsArgs) notification(of string, percent float64) consumption.NotificationInput {
	return consumption.NotificationArgs{
		Enabled: pulumi.Bool(true), Operator: pulumi.String("GreaterThan"), Threshold: pulumi.Float64(percent), ThresholdType: pulumi.String(of),
		ContactEmails: pulumi.ToStringArray(a.AlertEmails), ContactGroups: pulumi.StringArray{a.AlertGroupID},
	}
}

// check returns all that is wrong with the arguments.
func (a *CostControlsArgs) check() error {
	var p problems
	p.want(a.MonthlyBudget >= 0, "MonthlyBudget: got %d, want 0 or more", a.MonthlyBudget)
	p.want(len(a.AlertEmails) <= maxBudgetEmails, "AlertEmails: got %d, want at most %d", len(a.AlertEmails), maxBudgetEmails)
	if a.MonthlyBudget > 0 {
		p.want(a.On != nil, "On is missing")
		p.want(a.AlertGroupID != nil, "AlertGroupID is missing")
		p.want(firstOfMonth.MatchString(a.Since), "Since: got %q, want the first day of a month, such as 2026-11-01", a.Since)
	}
	return p.err()
}
