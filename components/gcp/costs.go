package gcp

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/billing"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// CostControlsArgs are the arguments of NewCostControls.
type CostControlsArgs struct {
	Scope
	// BillingAccount is the id of the billing account that pays for the project,
	// such as 012345-6789AB-CDEF01. Who deploys may make budgets in it.
	BillingAccount string
	// MonthlyBudget is what a month may cost, in whole units of the billing account's
	// currency; 0 for no budget. Google refuses a Currency that is another, and takes
	// the account's if it is empty.
	// Source: Cloud Billing Budget API reference, BudgetAmount, read 2026-11.
	MonthlyBudget int
	Currency      string
	// OwnLabels makes the budget the stack's own, by the label stack of its
	// resources; without it the budget is the whole project's.
	OwnLabels bool
	// Topic is the path of the topic that hears of the budget, several times a day.
	Topic pulumi.StringInput
	// EmailChannels are the notification channels of kind email that hear of it when
	// a threshold is passed, at most five.
	EmailChannels []pulumi.StringInput
}

// CostControls watch what a stack costs.
type CostControls struct {
	pulumi.ResourceState

	// BudgetName is what Google calls the budget; empty without one.
	BudgetName pulumi.StringOutput
}

var (
	billingAccount = regexp.MustCompile(`^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$`)
	currency       = regexp.MustCompile(`^[A-Z]{3}$`)
)

// maxBudgetChannels is how many channels a budget tells.
// Source: Cloud Billing Budget API reference, NotificationsRule, read 2026-11.
const maxBudgetChannels = 5

// NewCostControls makes the budget, as far as the arguments ask for one.
func NewCostControls(ctx *pulumi.Context, name string, args *CostControlsArgs, opts ...pulumi.ResourceOption) (*CostControls, error) {
	if err := args.check(); err != nil {
		return nil, fmt.Errorf("creating cost controls %s: %w", name, err)
	}
	c := &CostControls{BudgetName: pulumi.String("").ToStringOutput()}
	if err := component.Register(ctx, "gcp", "CostControls", name, c, opts...); err != nil {
		return nil, err
	}
	if args.MonthlyBudget > 0 {
		budget, err := billing.NewBudget(ctx, name, args.budget(name), pulumi.Parent(c))
		if err != nil {
			return nil, fmt.Errorf("creating budget %s: %w", name, err)
		}
		c.BudgetName = budget.Name
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{"budgetName": c.BudgetName})
}

// budget is the budget of a calendar month: told at 80 and 100 % of what was
// spent, and when the month's forecast passes it.
func (a *CostControlsArgs) budget(name string) *billing.BudgetArgs {
	filter := billing.BudgetBudgetFilterArgs{
		Projects: pulumi.StringArray{pulumi.String("projects/" + a.ProjectNumber)}, CalendarPeriod: pulumi.String("MONTH"),
		CreditTypesTreatment: pulumi.String("INCLUDE_ALL_CREDITS"),
	}
	if a.OwnLabels {
		filter.Labels = pulumi.StringMap{"stack": pulumi.String(a.Labels["stack"])}
	}
	channels := pulumi.StringArray{}
	for _, c := range a.EmailChannels {
		channels = append(channels, c)
	}
	at := func(share float64, of string) billing.BudgetThresholdRuleArgs {
		return billing.BudgetThresholdRuleArgs{ThresholdPercent: pulumi.Float64(share), SpendBasis: pulumi.String(of)}
	}
	amount := billing.BudgetAmountSpecifiedAmountArgs{Units: pulumi.String(strconv.Itoa(a.MonthlyBudget))}
	if a.Currency != "" {
		amount.CurrencyCode = pulumi.String(a.Currency)
	}
	return &billing.BudgetArgs{
		BillingAccount: pulumi.String(a.BillingAccount), DisplayName: pulumi.String(budgetName.Name(a.Prefix, name)),
		BudgetFilter: filter, Amount: billing.BudgetAmountArgs{SpecifiedAmount: amount},
		ThresholdRules: billing.BudgetThresholdRuleArray{at(0.8, "CURRENT_SPEND"), at(1, "CURRENT_SPEND"), at(1, "FORECASTED_SPEND")},
		AllUpdatesRule: billing.BudgetAllUpdatesRuleArgs{
			PubsubTopic: a.Topic.ToStringOutput().ToStringPtrOutput(), SchemaVersion: pulumi.String("1.0"),
			MonitoringNotificationChannels: channels, DisableDefaultIamRecipients: pulumi.Bool(len(channels) > 0),
		},
	}
}

// budgetName is what a budget may be called.
// Source: Cloud Billing Budget API reference, Budget.displayName, read 2026-11.
var budgetName = component.Limit{Max: 60}

// check returns all that is wrong with the arguments.
func (a *CostControlsArgs) check() error {
	var errs []error
	want := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	want(a.MonthlyBudget >= 0, "MonthlyBudget: got %d, want 0 or more", a.MonthlyBudget)
	if a.MonthlyBudget > 0 {
		want(billingAccount.MatchString(a.BillingAccount), "BillingAccount: got %q, want one such as 012345-6789AB-CDEF01", a.BillingAccount)
		want(a.Currency == "" || currency.MatchString(a.Currency), "Currency: got %q, want one such as USD, or nothing", a.Currency)
		want(a.Topic != nil, "Topic is missing")
		want(a.ProjectNumber != "", "ProjectNumber is missing")
		want(!a.OwnLabels || a.Labels["stack"] != "", "OwnLabels: the scope has no label stack to tell the stack's costs by")
		want(len(a.EmailChannels) <= maxBudgetChannels, "EmailChannels: got %d, want at most %d", len(a.EmailChannels), maxBudgetChannels)
	}
	return errors.Join(errs...)
}
