package aws

import (
	"net/mail"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	budgetToken              = "aws:budgets/budget:Budget"
	anomalyMonitorToken      = "aws:costexplorer/anomalyMonitor:AnomalyMonitor"
	anomalySubscriptionToken = "aws:costexplorer/anomalySubscription:AnomalySubscription"
	costTagToken             = "aws:costexplorer/costAllocationTag:CostAllocationTag"
)

var (
	budgetName        = regexp.MustCompile(`^[^:\\]{1,100}$`)
	anomalyMonitorArn = regexp.MustCompile(`^arn:aws:ce::\d{12}:anomalymonitor/[a-f0-9-]{36}$`)
)

// costsTypes are AWS Budgets', Cost Explorer's and the schedules'. The first
// two belong to the account, not to a region.
// Sources: AWS Cost Management user guide and API reference, read 2026-11.
func costsTypes() []*simcloud.Type {
	return []*simcloud.Type{budget(), anomalyMonitor(), anomalySubscription(), costAllocationTag(), scheduledCall(), scheduledScaling()}
}

func budget() *simcloud.Type {
	return &simcloud.Type{
		Token: budgetToken, Noun: "budget", Global: true, Auto: "name", AutoMax: 100, Takes: time.Second,
		ID:       func(op *simcloud.Op) string { return op.Account + ":" + op.In.String("name") },
		Required: []string{"budgetType", "timeUnit"},
		Replace:  []string{"accountId", "name", "namePrefix"},
		Unique:   []simcloud.Unique{{Paths: []string{"name"}, Words: "DuplicateRecordException: Error creating budget: %s - the budget already exists."}},
		Validate: validateBudget,
		Refuse: func(op *simcloud.Op) error {
			for _, n := range op.In.Objects("notifications[]") {
				if err := budgetNotification(op, n); err != nil {
					return err
				}
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"arn": globalArn(op, "budgets", "budget/"+op.In.String("name")), "accountId": op.Account}
		},
	}
}

func validateBudget(in simcloud.Values) []error {
	errs := simcloud.Problems(simcloud.Matches(in, "name", budgetName),
		simcloud.OneOf(in, "budgetType", "USAGE", "COST", "RI_UTILIZATION", "RI_COVERAGE", "SAVINGS_PLANS_UTILIZATION", "SAVINGS_PLANS_COVERAGE"),
		simcloud.OneOf(in, "timeUnit", "DAILY", "MONTHLY", "QUARTERLY", "ANNUALLY"))
	if amount, err := strconv.ParseFloat(in.String("limitAmount"), 64); in.Known("limitAmount") && (err != nil || amount <= 0) {
		errs = append(errs, simcloud.Refusal("InvalidParameterException", "Budget limit amount must be greater than zero: %s", in.String("limitAmount")))
	}
	for _, n := range in.Objects("notifications[]") {
		errs = append(errs, simcloud.Problems(simcloud.OneOf(n, "comparisonOperator", "GREATER_THAN", "LESS_THAN", "EQUAL_TO"),
			simcloud.OneOf(n, "notificationType", "ACTUAL", "FORECASTED"), simcloud.OneOf(n, "thresholdType", "PERCENTAGE", "ABSOLUTE_VALUE"))...)
	}
	return errs
}

func budgetNotification(op *simcloud.Op, n simcloud.Values) error {
	topics, mails := n.Strings("subscriberSnsTopicArns[]"), n.Strings("subscriberEmailAddresses[]")
	switch {
	case len(topics)+len(mails) == 0:
		return simcloud.Refusal("InvalidParameterException", "Notification must have at least one subscriber")
	case len(topics) > 1:
		return simcloud.Refusal("CreationLimitExceededException", "one notification can only have 1 subscribers with type of SNS")
	case len(mails) > 10:
		return simcloud.Refusal("CreationLimitExceededException", "one notification can only have 10 subscribers with type of EMAIL")
	}
	for _, m := range mails {
		if _, err := mail.ParseAddress(m); err != nil {
			return simcloud.Refusal("InvalidParameterException", "Invalid email address: %s", m)
		}
	}
	for _, topic := range topics {
		if err := mayTell(op, topic, "budgets.amazonaws.com"); err != nil {
			return err
		}
	}
	return nil
}

func invalidCost(format string, args ...any) error {
	return simcloud.Refusal("ValidationException", format, args...)
}

func anomalyMonitor() *simcloud.Type {
	return &simcloud.Type{
		Token: anomalyMonitorToken, Noun: "anomaly monitor", Global: true, Auto: "name", AutoMax: 1024,
		ID:       func(op *simcloud.Op) string { return globalArn(op, "ce", "anomalymonitor/"+uuid(op)) },
		Required: []string{"monitorType"},
		Replace:  []string{"monitorType", "monitorDimension", "monitorSpecification"},
		InUse:    "ValidationException: Anomaly monitor %s has subscriptions and cannot be deleted",
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(simcloud.OneOf(in, "monitorType", "DIMENSIONAL", "CUSTOM"), simcloud.OneOf(in, "monitorDimension", "SERVICE"))
		},
		Refuse: func(op *simcloud.Op) error {
			if op.In.String("monitorType") == "CUSTOM" {
				if !op.In.Has("monitorSpecification") {
					return invalidCost("MonitorSpecification is required for a monitor of type CUSTOM")
				}
				return nil
			}
			if !op.In.Has("monitorDimension") {
				return invalidCost("MonitorDimension is required for a monitor of type DIMENSIONAL")
			}
			for _, other := range op.All(anomalyMonitorToken) {
				if other.ID != op.ID && other.In.String("monitorType") == "DIMENSIONAL" {
					return invalidCost("Limit exceeded on dimensional spend monitor creation")
				}
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values { return simcloud.Values{"arn": op.ID} },
	}
}

func anomalySubscription() *simcloud.Type {
	return &simcloud.Type{
		Token: anomalySubscriptionToken, Noun: "anomaly subscription", Global: true, Auto: "name", AutoMax: 1024,
		ID:       func(op *simcloud.Op) string { return globalArn(op, "ce", "anomalysubscription/"+uuid(op)) },
		Required: []string{"frequency", "monitorArnLists", "subscribers"},
		Replace:  []string{"accountId", "name"},
		Refs: []simcloud.Ref{{
			Path: "monitorArnLists[]", To: []string{anomalyMonitorToken}, Holds: true,
			// One that AWS or somebody else made is not known here.
			Foreign: func(v string) bool { return anomalyMonitorArn.MatchString(v) },
			Missing: "UnknownMonitorException: Unable to find monitor %s",
		}},
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(simcloud.OneOf(in, "frequency", "DAILY", "IMMEDIATE", "WEEKLY"))
		},
		Refuse: func(op *simcloud.Op) error {
			if !op.In.Has("thresholdExpression") {
				return invalidCost("Threshold and ThresholdExpression cannot both be null")
			}
			now := op.In.String("frequency") == "IMMEDIATE"
			for _, s := range op.In.Objects("subscribers[]") {
				switch sns := s.String("type") == "SNS"; {
				case now && !sns:
					return invalidCost("Immediate frequency only supports SNS subscriptions")
				case !now && sns:
					return invalidCost("Daily or weekly frequencies only support Email subscriptions")
				case sns:
					if err := mayTell(op, s.String("address"), "costalerts.amazonaws.com"); err != nil {
						return err
					}
				}
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values { return simcloud.Values{"arn": op.ID, "accountId": op.Account} },
	}
}

// costAllocationTag makes a tag a column of the bill. AWS knows a tag about a
// day after its first use; here as soon as something carries it.
func costAllocationTag() *simcloud.Type {
	return &simcloud.Type{
		Token: costTagToken, Noun: "cost allocation tag", Global: true, IDFrom: "tagKey",
		Required: []string{"status", "tagKey"},
		Replace:  []string{"tagKey"},
		Unique:   []simcloud.Unique{{Paths: []string{"tagKey"}, Words: "ConflictException: the cost allocation tag %s is managed twice"}},
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(simcloud.OneOf(in, "status", "Active", "Inactive"))
		},
		Refuse: func(op *simcloud.Op) error {
			key := op.In.String("tagKey")
			if strings.HasPrefix(key, "aws:") {
				return invalidCost("Tag keys starting with aws: cannot be activated here: %s", key)
			}
			for _, token := range []string{bucketToken, keyToken, roleToken, topicToken} {
				for _, r := range op.All(token) {
					if tags, _ := r.Out.Get("tagsAll").(map[string]any); tags[key] != nil {
						return nil
					}
				}
			}
			return invalidCost("Tag keys not found: %s", key)
		},
		Outputs: func(op *simcloud.Op) simcloud.Values { return simcloud.Values{"type": "UserDefined"} },
	}
}
