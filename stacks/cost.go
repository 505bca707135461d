package stacks

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/shopspring/decimal"

	"github.com/te-explico/infrastructure/cost"
	"github.com/te-explico/infrastructure/internal/dryrun"
	"github.com/te-explico/infrastructure/stacks/settings"
)

// estimate says what a stack's resources cost.
func estimate(s *settings.Settings, resources []cost.Resource) (*cost.Report, error) {
	catalogue, err := cost.LoadCatalogue(string(s.Cloud))
	if err != nil {
		return nil, fmt.Errorf("estimating what the stack costs: %w", err)
	}
	o := cost.Options{
		Catalogue: catalogue, Team: s.Owner.Team, MayRest: !s.Protect, Reference: s.Costs.ReferenceRegion,
		Usage: map[string]cost.Assumed{}, Commitments: map[string]cost.Commit{},
		Budget: cost.Budget{LimitUSD: s.Costs.MonthlyBudgetUSD},
	}
	usual := settings.Defaults(s.Cloud).Usage.Amounts()
	for path, amount := range s.Usage.Amounts() {
		was, known := usual[path]
		o.Usage[path] = cost.Assumed{Value: amount, Default: known && was == amount}
	}
	if h := s.Costs.Schedule; h.On() {
		o.Running, o.Hours = hours(h)
	}
	for name, c := range s.Commitments {
		o.Commitments[name] = commit(c, s.Database.MultiAZ, string(s.Cache.Engine))
	}
	return cost.Estimate(o, resources), nil
}

// hours are the share of a week in which a stack with hours runs, and say so.
func hours(s settings.Schedule) (decimal.Decimal, string) {
	start, stop := s.Minutes()
	days, which := 5, "on weekdays"
	if s.Weekends {
		days, which = 7, "every day"
	}
	const week = 7 * 24 * 60
	share := decimal.NewFromInt(int64(days * (stop - start))).Div(decimal.NewFromInt(week))
	return share, fmt.Sprintf("%s to %s %s", s.Start, s.Stop, which)
}

// commit is a commitment in the words of the catalogue.
func commit(c settings.Commitment, multiAZ bool, engine string) cost.Commit {
	amount := func(text string) decimal.Decimal { // its shape is checked with the settings
		d, err := decimal.NewFromString(text)
		if err != nil {
			return decimal.Zero
		}
		return d
	}
	out := cost.Commit{
		Count: c.Count, HourlyUSD: amount(c.HourlyUSD), UpfrontUSD: amount(c.UpfrontUSD),
		Months: c.Months, DiscountPercent: c.DiscountPercent,
	}
	service := map[settings.CommittedService]string{
		settings.CommittedNodes: "ec2", settings.CommittedTasks: "fargate",
		settings.CommittedDatabase: "rds-postgres", settings.CommittedCache: "elasticache-" + engine,
	}[c.Service]
	if c.Kind == settings.SavingsPlan {
		out.Services = []string{service}
		return out
	}
	if c.Service == settings.CommittedDatabase && multiAZ {
		service += "-multi-az"
	}
	out.SKU = service + "/" + c.Instance
	return out
}

// exportCost adds what the stack costs to its outputs, and says what is wrong
// with that.
func exportCost(ctx *pulumi.Context, s *settings.Settings, report *cost.Report) error {
	ctx.Export("cost", tree(report.Output()))
	for _, w := range report.Warnings {
		if err := ctx.Log.Warn("cost: "+w, nil); err != nil {
			return fmt.Errorf("reporting what the stack costs: %w", err)
		}
	}
	if s.Costs.OverBudget == settings.RefuseOverBudget {
		return report.OverBudget()
	}
	return nil
}

// refuseFirst refuses an update over budget before anything is registered: it
// runs the program dry. A preview creates nothing, and needs no such run.
func refuseFirst(ctx *pulumi.Context, s *settings.Settings) error {
	if s.Costs.OverBudget != settings.RefuseOverBudget || ctx.DryRun() {
		return nil
	}
	_, err := dryrun.Run(ctx.Project(), ctx.Stack(), func(inner *pulumi.Context) error { return deploy(inner, s) }, Answers(s))
	return err
}

// tree is nested maps and lists of texts as an output.
func tree(v any) pulumi.Input {
	switch v := v.(type) {
	case map[string]any:
		all := pulumi.Map{}
		for key, value := range v {
			all[key] = tree(value)
		}
		return all
	case []any:
		all := pulumi.Array{}
		for _, value := range v {
			all = append(all, tree(value))
		}
		return all
	}
	return pulumi.String(fmt.Sprint(v))
}

// Cost is what a stack costs, as its output says it: the program is run dry, so
// that it needs neither an engine nor a cloud. A stack over its budget has a cost
// too.
func Cost(project, stack string, s *settings.Settings) (map[string]any, error) {
	asked := *s
	asked.Costs.OverBudget = settings.WarnOverBudget
	outputs, err := dryrun.Run(project, stack, func(ctx *pulumi.Context) error { return deploy(ctx, &asked) }, Answers(s))
	if err != nil {
		return nil, fmt.Errorf("running stack %s dry: %w", stack, err)
	}
	out, ok := outputs["cost"].(map[string]any)
	if !ok {
		return nil, fmt.Errorf("running stack %s dry: it has no output cost", stack)
	}
	return out, nil
}
