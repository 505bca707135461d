package aws

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// CostControlsArgs are the arguments of NewCostControls. What is not there is
// not made.
type CostControlsArgs struct {
	Scope
	// MonthlyBudgetUSD is what a month may cost, in US dollars; 0 for no budget.
	MonthlyBudgetUSD int
	// AlertEmails hear of the budget, beside the topic; at most ten.
	AlertEmails []string
	// AlertTopicArn is the topic that hears of budget and anomalies. Both services
	// must be let in by its policy and its key.
	AlertTopicArn pulumi.StringInput
	// AnomalyUSD is how much more than expected a service must cost for an alert;
	// 0 for none.
	AnomalyUSD int
	// AnomalyMonitor is the ARN of the account's monitor of its services, if it
	// has one: there is one for each account at most.
	AnomalyMonitor string
	// AllocationTags makes the tags columns of the bill and the budget the
	// stack's own. It needs the account that pays, tags that it has seen (a day
	// after their first use), and one stack of the account that keeps them.
	AllocationTags bool
	// Schedule stops what can be stopped while nobody works; nil for never.
	Schedule *ScheduleArgs
}

// CostControls watch what a stack costs, and stop it while nobody works.
type CostControls struct {
	pulumi.ResourceState

	// BudgetName is the budget's name; empty without one.
	BudgetName pulumi.StringOutput
}

// allocationTags are the tags that the bill is split by: the provider's default
// tags that differ, and the component's.
var allocationTags = []string{"component", "cost-centre", "project", "stack", "team"}

// NewCostControls makes a budget, an alert on anomalies, cost allocation tags
// and a schedule, as far as the arguments say so.
func NewCostControls(ctx *pulumi.Context, name string, args *CostControlsArgs, opts ...pulumi.ResourceOption) (*CostControls, error) {
	if err := args.check(); err != nil {
		return nil, fmt.Errorf("creating cost controls %s: %w", name, err)
	}
	c := &CostControls{BudgetName: pulumi.String("").ToStringOutput()}
	if err := component.Register(ctx, "aws", "CostControls", name, c, opts...); err != nil {
		return nil, err
	}
	b := &costsBuilder{CostControlsArgs: args, ctx: ctx, name: name, costs: c}
	for _, step := range []func() error{b.tagColumns, b.budget, b.anomalies, b.schedule} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{"budgetName": c.BudgetName})
}

// costsBuilder holds what the parts of cost controls share.
type costsBuilder struct {
	*CostControlsArgs
	ctx   *pulumi.Context
	name  string
	costs *CostControls
	// columns are the cost allocation tags.
	columns []pulumi.Resource
}

func (b *costsBuilder) child(opts ...pulumi.ResourceOption) []pulumi.ResourceOption {
	return append([]pulumi.ResourceOption{pulumi.Parent(b.costs)}, opts...)
}

// tagColumns makes tags columns of the bill. They are the account's.
func (b *costsBuilder) tagColumns() error {
	if !b.AllocationTags {
		return nil
	}
	for _, key := range allocationTags {
		tag, err := newCostAllocationTag(b.ctx, b.name+"-"+key, key, b.child()...)
		if err != nil {
			return fmt.Errorf("making the tag %s a column of the bill: %w", key, err)
		}
		b.columns = append(b.columns, tag)
	}
	return nil
}

// budget makes the budget of a month: of the stack where the bill knows its
// tag, else of the whole account.
func (b *costsBuilder) budget() error {
	if b.MonthlyBudgetUSD == 0 {
		return nil
	}
	args := pulumi.Map{
		"budgetType": pulumi.String("COST"), "timeUnit": pulumi.String("MONTHLY"),
		"limitAmount": pulumi.String(strconv.Itoa(b.MonthlyBudgetUSD)), "limitUnit": pulumi.String("USD"),
		"notifications": pulumi.Array{b.notification("ACTUAL", 80), b.notification("ACTUAL", 100), b.notification("FORECASTED", 100)},
		"tags":          b.tags("costs", b.name),
	}
	if b.AllocationTags {
		args["costFilters"] = pulumi.Array{pulumi.Map{
			"name": pulumi.String("TagKeyValue"), "values": pulumi.StringArray{pulumi.String("user:stack$" + b.Tags["stack"])},
		}}
	}
	budget, err := bind(b.ctx, "aws:budgets/budget:Budget", b.name, args, b.child(pulumi.DependsOn(b.columns))...)
	if err != nil {
		return fmt.Errorf("creating budget %s: %w", b.name, err)
	}
	b.costs.BudgetName = budget.Name
	return nil
}

// notification tells the topic and the addresses when costs, or the month's
// forecast, pass a share of the budget in percent.
func (b *costsBuilder) notification(of string, percent float64) pulumi.Map {
	return pulumi.Map{
		"comparisonOperator": pulumi.String("GREATER_THAN"), "notificationType": pulumi.String(of),
		"threshold": pulumi.Float64(percent), "thresholdType": pulumi.String("PERCENTAGE"),
		"subscriberSnsTopicArns": pulumi.StringArray{b.AlertTopicArn}, "subscriberEmailAddresses": pulumi.ToStringArray(b.AlertEmails),
	}
}

// anomalies tells the topic at once of a service that costs more than it should.
func (b *costsBuilder) anomalies() error {
	if b.AnomalyUSD == 0 {
		return nil
	}
	var monitor pulumi.StringInput = pulumi.String(b.AnomalyMonitor)
	if b.AnomalyMonitor == "" {
		made, err := newAnomalyMonitor(b.ctx, b.name, b.tags("costs", b.name), b.child()...)
		if err != nil {
			return fmt.Errorf("creating anomaly monitor %s: %w", b.name, err)
		}
		monitor = made.Arn
	}
	if err := newAnomalySubscription(b.ctx, b.name, monitor, b.AlertTopicArn, b.AnomalyUSD, b.tags("costs", b.name), b.child()...); err != nil {
		return fmt.Errorf("creating anomaly subscription %s: %w", b.name, err)
	}
	return nil
}

var monitorArn = regexp.MustCompile(`^arn:aws[a-z-]*:ce::\d{12}:anomalymonitor/[a-f0-9-]{36}$`)

// check returns all that is wrong with the arguments.
func (a *CostControlsArgs) check() error {
	var errs []error
	want := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	want(a.MonthlyBudgetUSD >= 0, "MonthlyBudgetUSD: got %d, want 0 or more", a.MonthlyBudgetUSD)
	want(len(a.AlertEmails) <= 10, "AlertEmails: got %d, want at most 10", len(a.AlertEmails))
	want(a.AnomalyUSD >= 0, "AnomalyUSD: got %d, want 0 or more", a.AnomalyUSD)
	want(a.AlertTopicArn != nil || a.MonthlyBudgetUSD == 0 && a.AnomalyUSD == 0, "AlertTopicArn is missing")
	want(a.AnomalyMonitor == "" || monitorArn.MatchString(a.AnomalyMonitor), "AnomalyMonitor: got %q, want the ARN of an anomaly monitor", a.AnomalyMonitor)
	want(!a.AllocationTags || a.Tags["stack"] != "", "AllocationTags: the scope has no tag stack to tell the stack's costs by")
	if a.Schedule != nil {
		errs = append(errs, a.Schedule.problems(a.Protect)...)
	}
	return errors.Join(slices.Clone(errs)...)
}
