package gcp

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	channelToken = "gcp:monitoring/notificationChannel:NotificationChannel"
	alertToken   = "gcp:monitoring/alertPolicy:AlertPolicy"
)

func monitoringTypes() []*simcloud.Type {
	return []*simcloud.Type{channelType(), alertType(), budgetType()}
}

// channelLabels are the kinds of channels and the label that each needs.
// Source: Cloud Monitoring reference, notificationChannelDescriptors, read 2026-11.
var channelLabels = map[string]string{
	"email": "email_address", "sms": "number", "webhook_tokenauth": "url", "webhook_basicauth": "url", "pubsub": "topic", "slack": "channel_name", "pagerduty": "",
}

var emailAddress = regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[^@\s]+$`)

// numbered is the id of a thing of Cloud Monitoring: nineteen digits.
func numbered(collection string) func(*simcloud.Op) string {
	return func(op *simcloud.Op) string {
		digits := strings.Map(func(r rune) rune { return '0' + r%10 }, op.Hex(18, collection))
		return path(op, collection, "1"+digits)
	}
}

// channelType is where alerts go. One that a policy names can go by force only.
// Source: Cloud Monitoring's words as in issue 10337 of
// hashicorp/terraform-provider-google, read 2026-11.
func channelType() *simcloud.Type {
	return &simcloud.Type{
		Token: channelToken, Noun: "notification channel", Takes: 2 * time.Second, ID: numbered("notificationChannels"),
		Required: []string{"type"}, Replace: []string{"project", "type"}, Secrets: []string{"sensitiveLabels"},
		Validate: func(in simcloud.Values) []error {
			kind := in.String("type")
			label, known := channelLabels[kind]
			switch {
			case in.Known("type") && !known:
				return []error{refused(400, "badRequest", "Field \"notification_channel.type\" had an invalid value of \"%s\": must be a supported channel type.", kind)}
			case label != "" && !in.Has("labels."+label):
				return []error{refused(400, "badRequest", "Field \"notification_channel.labels['%s']\" is required for channels of type %s.", label, kind)}
			case kind == "email" && in.Known("labels.email_address") && !emailAddress.MatchString(in.String("labels.email_address")):
				return []error{refused(400, "badRequest", "Field \"notification_channel.labels['email_address']\" had an invalid value.")}
			case strings.HasPrefix(kind, "webhook") && in.Known("labels.url") && !strings.HasPrefix(in.String("labels.url"), "https://"):
				return []error{refused(400, "badRequest", "Field \"notification_channel.labels['url']\" had an invalid value: must be an HTTPS URL.")}
			}
			return nil
		},
		Refuse: func(op *simcloud.Op) error {
			topic := op.In.String("labels.topic")
			if topic != "" && op.Find(topicToken, "id", topic) == nil {
				return refused(400, "badRequest", "Field \"notification_channel.labels['topic']\" had an invalid value of \"%s\": the topic does not exist.", topic)
			}
			return nil
		},
		Delete: func(op *simcloud.Op) error {
			for _, a := range op.All(alertToken) {
				if !op.In.Bool("forceDelete") && slices.Contains(a.In.Strings("notificationChannels[]"), op.ID) {
					return refused(400, "failedPrecondition", "Could not delete %q because it is still being referenced by: %q", op.ID, a.ID)
				}
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			status := ""
			if op.In.String("type") == "sms" {
				status = "UNVERIFIED"
			}
			return simcloud.Values{"name": op.ID, "project": op.Account, "verificationStatus": status}
		},
	}
}

// alertConditions are the kinds of conditions.
var alertConditions = []string{"conditionThreshold", "conditionAbsent", "conditionMatchedLog", "conditionMonitoringQueryLanguage", "conditionPrometheusQueryLanguage"}

func alertType() *simcloud.Type {
	return &simcloud.Type{
		Token: alertToken, Noun: "alert policy", Takes: 3 * time.Second, ID: numbered("alertPolicies"),
		Required: []string{"combiner", "conditions", "displayName"}, Replace: []string{"project"},
		Refs: []simcloud.Ref{{
			Path: "notificationChannels[]", To: []string{channelToken},
			Missing: "googleapi: Error 404: Field \"alert_policy.notification_channels\" had an invalid value: Cannot find resource %s., notFound",
		}},
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(
				simcloud.OneOf(in, "combiner", "AND", "OR", "AND_WITH_MATCHING_RESOURCE"), simcloud.OneOf(in, "severity", "CRITICAL", "ERROR", "WARNING"))
			logs := false
			for _, c := range in.Objects("conditions[]") {
				errs = append(errs, validCondition(c)...)
				logs = logs || c.Has("conditionMatchedLog")
			}
			n := len(in.Objects("conditions[]"))
			switch {
			case n > 6:
				errs = append(errs, refused(400, "badRequest", "Field \"alert_policy.conditions\" had an invalid value: an alert policy has at most 6 conditions."))
			case logs && n > 1:
				errs = append(errs, refused(400, "badRequest", "Field \"alert_policy.conditions\" had an invalid value: a log-match condition must be the only one."))
			case logs && !in.Has("alertStrategy.notificationRateLimit"):
				errs = append(errs, refused(400, "badRequest", "Field alert_policy.alert_strategy.notification_rate_limit is required for log-match alert policies."))
			case !logs && in.Has("alertStrategy.notificationRateLimit"):
				errs = append(errs, refused(400, "badRequest", "Field alert_policy.alert_strategy.notification_rate_limit is only allowed for log-match alert policies."))
			}
			if len(in.String("documentation.content")) > 8*1024 {
				errs = append(errs, refused(400, "badRequest", "Field \"alert_policy.documentation.content\" must be at most 8 KiB."))
			}
			return errs
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"name": op.ID, "project": op.Account, "creationRecords": []any{}}
		},
	}
}

var metricFilter = regexp.MustCompile(`metric\.type\s*=\s*"[a-z0-9./_-]+"`)

// validCondition refuses a condition that Cloud Monitoring would.
// Source: Cloud Monitoring reference, AlertPolicy, read 2026-11.
func validCondition(c simcloud.Values) []error {
	var errs []error
	bad := func(format string, args ...any) {
		errs = append(errs, refused(400, "badRequest", "Field \"alert_policy.conditions\" had an invalid value: %s", fmt.Sprintf(format, args...)))
	}
	kinds := slices.DeleteFunc(slices.Clone(alertConditions), func(kind string) bool { return !c.Has(kind) })
	if len(kinds) != 1 {
		bad("exactly one kind of condition must be set, got %v", kinds)
		return errs
	}
	kind := kinds[0]
	if filter := c.String(kind + ".filter"); (kind == "conditionThreshold" || kind == "conditionAbsent") && c.Known(kind+".filter") && !metricFilter.MatchString(filter) {
		bad("the filter must name one metric type: %s", filter)
	}
	if s, known := seconds(c, kind+".duration"); known && s%60 != 0 {
		bad("the duration must be a multiple of 60 seconds: %d", s)
	}
	if s, known := seconds(c, kind+".duration"); known && kind == "conditionAbsent" && (s < 120 || s > 84600) {
		bad("the duration of an absence must be between 2 minutes and 23.5 hours: %d s", s)
	}
	errs = append(errs, simcloud.Problems(simcloud.OneOf(c, "conditionThreshold.comparison", "COMPARISON_GT", "COMPARISON_LT"))...)
	for _, a := range slices.Concat(c.Objects(kind+".aggregations[]"), c.Objects(kind+".denominatorAggregations[]")) {
		if s, known := seconds(a, "alignmentPeriod"); known && s < 60 {
			bad("the alignment period must be at least 60 seconds: %d", s)
		}
		if a.Has("crossSeriesReducer") && !a.Has("perSeriesAligner") {
			bad("a reducer needs an aligner")
		}
	}
	if kind == "conditionPrometheusQueryLanguage" && c.String(kind+".query") == "" && c.Known(kind+".query") {
		bad("the query is empty")
	}
	return errs
}

var (
	billingAccount = regexp.MustCompile(`^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$`)
	wholeUnits     = regexp.MustCompile(`^\d+$`)
)

// budgetType is a budget of a billing account.
// Source: Cloud Billing Budget reference, billingAccounts.budgets, read 2026-11.
func budgetType() *simcloud.Type {
	return &simcloud.Type{
		Token: "gcp:billing/budget:Budget", Noun: "budget", Takes: 3 * time.Second,
		ID: func(op *simcloud.Op) string {
			h := op.Hex(32, "budget")
			return "billingAccounts/" + op.In.String("billingAccount") + "/budgets/" + h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
		},
		Required: []string{"amount", "billingAccount"}, Replace: []string{"billingAccount"},
		Refs: []simcloud.Ref{
			ref("allUpdatesRule.pubsubTopic", "googleapi: Error 404: Pub/Sub topic %s was not found., notFound", topicToken),
			{Path: "allUpdatesRule.monitoringNotificationChannels[]", To: []string{channelToken}, Missing: "googleapi: Error 404: Notification channel %s was not found., notFound"},
		},
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(
				simcloud.Matches(in, "billingAccount", billingAccount), simcloud.Matches(in, "amount.specifiedAmount.units", wholeUnits),
				simcloud.OneOf(in, "budgetFilter.calendarPeriod", "MONTH", "QUARTER", "YEAR"),
			)
			if in.Has("amount.lastPeriodAmount") == in.Has("amount.specifiedAmount") {
				errs = append(errs, refused(400, "badRequest", "Exactly one of specified_amount and last_period_amount must be set."))
			}
			for _, r := range in.Objects("thresholdRules[]") {
				errs = append(errs, simcloud.Problems(simcloud.OneOf(r, "spendBasis", "CURRENT_SPEND", "FORECASTED_SPEND"))...)
			}
			if labels, ok := in.Get("budgetFilter.labels").(map[string]any); ok && len(labels) > 1 {
				errs = append(errs, refused(400, "badRequest", "budget_filter.labels supports only one label."))
			}
			if len(in.All("allUpdatesRule.monitoringNotificationChannels[]")) > 5 {
				errs = append(errs, refused(400, "badRequest", "all_updates_rule.monitoring_notification_channels has at most 5 channels."))
			}
			return errs
		},
		Refuse: func(op *simcloud.Op) error {
			for _, id := range op.In.Strings("allUpdatesRule.monitoringNotificationChannels[]") {
				if c := op.Find(channelToken, "id", id); c.In.String("type") != "email" {
					return refused(400, "badRequest", "all_updates_rule.monitoring_notification_channels: only channels of type email are supported (%s).", id)
				}
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values { return simcloud.Values{"name": lastPart(op.ID)} },
	}
}
