package azure

import (
	"regexp"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const budgetToken = "azure-native:consumption:Budget"

// Source: "Naming rules and restrictions for Azure resources" and the REST
// reference of Microsoft.Consumption/budgets 2023-05-01, read 2026-11.
var (
	budgetName  = regexp.MustCompile(`^[A-Za-z0-9_-]{1,63}$`)
	budgetStart = regexp.MustCompile(`^20\d\d-\d\d-01T00:00:00Z$`)
)

func costTypes() []*simcloud.Type {
	return []*simcloud.Type{{
		Token: budgetToken, Noun: "budget", Takes: 3 * time.Second, Auto: "budgetName", AutoNaming: simcloud.Joined,
		Required: []string{"amount", "category", "scope", "timeGrain", "timePeriod.startDate"}, Replace: []string{"budgetName", "scope", "timePeriod.startDate"},
		ID: func(op *simcloud.Op) string {
			return op.In.String("scope") + "/providers/Microsoft.Consumption/budgets/" + op.In.String("budgetName")
		},
		Validate: budgetValid,
		Refuse: func(op *simcloud.Op) error {
			if scope := op.In.String("scope"); !scopeExists(op, scope) {
				return simcloud.Refusal("ResourceNotFound", "The Resource '%s' was not found.", scope)
			}
			for _, n := range op.In.Objects("notifications{}") {
				for _, group := range n.Strings("contactGroups[]") {
					if record(op, group) == nil {
						return simcloud.Refusal("400", "Invalid contact group: the action group '%s' was not found.", group)
					}
				}
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"name": op.In.String("budgetName"), "type": "Microsoft.Consumption/budgets"}
		},
	}}
}

func budgetValid(in simcloud.Values) []error {
	errs := simcloud.Problems(
		named(in, "budgetName", budgetName, "400"), simcloud.OneOf(in, "category", "Cost"),
		simcloud.OneOf(in, "timeGrain", "Monthly", "Quarterly", "Annually", "BillingMonth", "BillingQuarter", "BillingAnnual"),
	)
	if start := in.String("timePeriod.startDate"); start != "" && !budgetStart.MatchString(start) {
		errs = append(errs, simcloud.Refusal("400", "The start date must be the first day of a month; got %s.", start))
	}
	all := in.Objects("notifications{}")
	if len(all) > 5 {
		errs = append(errs, simcloud.Refusal("400", "A budget can have up to 5 notifications, got %d.", len(all)))
	}
	for _, n := range all {
		if n.Int("threshold") < 1 || n.Int("threshold") > 1000 {
			errs = append(errs, simcloud.Refusal("400", "The threshold of a notification must be from 0 to 1000, got %d.", n.Int("threshold")))
		}
		if len(n.All("contactEmails[]"))+len(n.All("contactGroups[]"))+len(n.All("contactRoles[]")) == 0 {
			errs = append(errs, simcloud.Refusal("400", "A notification must have at least one contact."))
		}
	}
	return errs
}
