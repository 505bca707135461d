package policies

import "slices"

// stackRules ask something of a stack as a whole, whatever its cloud is.
var stackRules = []rule{
	{
		ids:      "own COST-1 (a stack has a budget, and somebody hears of it)",
		topics:   "cost",
		priority: 2, types: stackKind,
		reason: "what a mistake costs is seen on the day, and not with the month's bill",
		check: related(func(g *graph, _ resource) []string {
			providers := slices.Concat(g.of("pulumi:providers:aws"), g.of("pulumi:providers:gcp"), g.of("pulumi:providers:azure-native"))
			budgets := slices.Concat(g.of("budgets.Budget"), g.of("billing.Budget"), g.of("consumption.Budget"))
			heard := func(b resource) bool {
				return b.Inputs.Has("notifications") || b.Inputs.Has("allUpdatesRule") || b.Inputs.Has("thresholdRules")
			}
			if len(providers) > 0 && !slices.ContainsFunc(budgets, heard) {
				return complain("has no budget that tells somebody")
			}
			return nil
		}),
		bad: []string{
			`budgets.Budget costs: gone`,
			`budgets.Budget costs: notifications = null`,
		},
	},
	{
		ids:      "own COST-2 (the estimate is within the budget)",
		topics:   "cost",
		priority: 2, types: stackKind,
		reason: "a change that costs more than was agreed is agreed first",
		check: local(func(r resource) []string {
			if !r.Outputs.Has("cost") {
				return nil // another program's stack, or one that failed before its end
			}
			if r.Outputs.String("cost.budget.status") == "over" {
				return complain("costs about %v a month, and its budget is %v", r.Outputs.Get("cost.summary.total"), r.Outputs.Get("cost.budget.limit"))
			}
			return nil
		}),
		bad: []string{`pulumi:pulumi:Stack stack: outputs.cost.budget.status = "over"`},
	},
}
