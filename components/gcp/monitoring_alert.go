package gcp

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/monitoring"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// alert is what an alert watches and what it means. It watches a metric, or asks
// a query, or reads the log.
type alert struct {
	// name tells it from the other alerts of a stack: area, thing, trouble.
	name     string
	severity severity
	// means says what is wrong, for whoever is woken by it.
	means string
	// runbook is where it is said what to do: <file>#<heading> in docs/runbooks.
	runbook string

	// metric is the metric's type; of is the monitored resource's, and where further
	// clauses of the filter, each made of a value that is known later.
	metric, of string
	where      []clause
	// align makes the values within seconds one, and reduce all series one; nothing
	// if empty.
	align, reduce string
	seconds       int
	// over is the clause without which the same filter finds what the metric is a
	// share of; empty if it is of nothing.
	over string

	// The alert rings when compare with threshold has held for minutes; never, if
	// compare is empty.
	compare   comparison
	threshold float64
	minutes   int
	// silence has it ring as well when nothing has come for so many minutes.
	silence int

	// query is a query in PromQL that has an answer while there is trouble; %s is
	// who, if it is given.
	query string
	who   pulumi.StringInput

	// log is the filter of what must not be in the log.
	log string
}

// clause is one more condition of a filter: what must be equal to the value.
type clause struct {
	what string
	is   pulumi.StringInput
}

// comparison compares a metric with a threshold.
type comparison string

const (
	above comparison = "COMPARISON_GT"
	below comparison = "COMPARISON_LT"
)

// How values within a period become one, and how several series do.
const (
	mean    = "ALIGN_MEAN"
	most    = "ALIGN_MAX"
	delta   = "ALIGN_DELTA"
	rate    = "ALIGN_RATE"
	anyTrue = "ALIGN_COUNT_TRUE"
	sum     = "REDUCE_SUM"
	count   = "REDUCE_COUNT"
	largest = "REDUCE_MAX"
	p99     = "REDUCE_PERCENTILE_99"
)

// filter says which series the alert looks at.
func (a *alert) filter() pulumi.StringOutput {
	parts := []string{fmt.Sprintf("resource.type = %q", a.of), fmt.Sprintf("metric.type = %q", a.metric)}
	var values []any
	for _, c := range a.where {
		parts = append(parts, c.what+` = "%s"`)
		values = append(values, c.is)
	}
	return pulumi.Sprintf(strings.Join(parts, " AND "), values...)
}

// conditions are what has the alert ring, any of them.
func (a *alert) conditions() monitoring.AlertPolicyConditionArray {
	switch {
	case a.log != "":
		return monitoring.AlertPolicyConditionArray{monitoring.AlertPolicyConditionArgs{
			DisplayName:         pulumi.String(a.name),
			ConditionMatchedLog: monitoring.AlertPolicyConditionConditionMatchedLogArgs{Filter: pulumi.String(a.log)},
		}}
	case a.query != "":
		query := pulumi.String(a.query).ToStringOutput()
		if a.who != nil {
			query = pulumi.Sprintf(a.query, a.who)
		}
		return monitoring.AlertPolicyConditionArray{monitoring.AlertPolicyConditionArgs{
			DisplayName: pulumi.String(a.name),
			ConditionPrometheusQueryLanguage: monitoring.AlertPolicyConditionConditionPrometheusQueryLanguageArgs{
				Query: query, Duration: pulumi.String(inSeconds(a.minutes)), EvaluationInterval: pulumi.String("60s"),
			},
		}}
	}
	var list monitoring.AlertPolicyConditionArray
	if a.compare != "" {
		list = append(list, monitoring.AlertPolicyConditionArgs{DisplayName: pulumi.String(a.name), ConditionThreshold: a.condition()})
	}
	if a.silence > 0 {
		list = append(list, monitoring.AlertPolicyConditionArgs{
			DisplayName: pulumi.String(a.name + ", silent"),
			ConditionAbsent: monitoring.AlertPolicyConditionConditionAbsentArgs{
				Filter: a.filter(), Duration: pulumi.String(inSeconds(a.silence)),
				Aggregations: monitoring.AlertPolicyConditionConditionAbsentAggregationArray{monitoring.AlertPolicyConditionConditionAbsentAggregationArgs{
					AlignmentPeriod: pulumi.String(fmt.Sprintf("%ds", a.seconds)), PerSeriesAligner: pulumi.String(a.align),
				}},
			},
		})
	}
	return list
}

// condition is the comparison of a metric with the threshold.
func (a *alert) condition() monitoring.AlertPolicyConditionConditionThresholdArgs {
	one := monitoring.AlertPolicyConditionConditionThresholdAggregationArgs{
		AlignmentPeriod: pulumi.String(fmt.Sprintf("%ds", a.seconds)), PerSeriesAligner: pulumi.String(a.align),
	}
	whole := monitoring.AlertPolicyConditionConditionThresholdDenominatorAggregationArgs{
		AlignmentPeriod: one.AlignmentPeriod, PerSeriesAligner: one.PerSeriesAligner,
	}
	if a.reduce != "" {
		one.CrossSeriesReducer, whole.CrossSeriesReducer = pulumi.String(a.reduce), pulumi.String(a.reduce)
	}
	args := monitoring.AlertPolicyConditionConditionThresholdArgs{
		Filter: a.filter(), Comparison: pulumi.String(a.compare), ThresholdValue: pulumi.Float64(a.threshold),
		Duration:     pulumi.String(inSeconds(a.minutes)),
		Aggregations: monitoring.AlertPolicyConditionConditionThresholdAggregationArray{one},
	}
	if a.over != "" {
		all := *a
		all.where = nil
		for _, c := range a.where {
			if c.what != a.over {
				all.where = append(all.where, c)
			}
		}
		args.DenominatorFilter = all.filter()
		args.DenominatorAggregations = monitoring.AlertPolicyConditionConditionThresholdDenominatorAggregationArray{whole}
	}
	return args
}

func inSeconds(minutes int) string { return fmt.Sprintf("%ds", minutes*60) }

// alert makes an alert policy. Its name says which stack and what: a woken
// engineer reads it first.
func (p *post) alert(a alert) error {
	name := p.name + "-" + a.name
	level := map[severity]string{p0: "CRITICAL", p1: "WARNING"}[a.severity]
	args := &monitoring.AlertPolicyArgs{
		DisplayName: pulumi.String(p.Prefix + " " + a.name), Combiner: pulumi.String("OR"), Severity: pulumi.String(level),
		Conditions: a.conditions(), NotificationChannels: p.channels[a.severity], UserLabels: p.userLabels(a.severity),
		Documentation: monitoring.AlertPolicyDocumentationArgs{
			Subject: pulumi.String(strings.ToUpper(string(a.severity)) + ": " + p.Prefix + " " + a.name), MimeType: pulumi.String("text/markdown"),
			Content: pulumi.String(strings.ToUpper(string(a.severity)) + ": " + a.means + " Runbook: docs/runbooks/" + a.runbook),
		},
		AlertStrategy: monitoring.AlertPolicyAlertStrategyArgs{AutoClose: pulumi.String("86400s")},
	}
	if a.log != "" { // Google refuses an alert on the log that may ring without end
		args.AlertStrategy = monitoring.AlertPolicyAlertStrategyArgs{
			AutoClose:             pulumi.String("86400s"),
			NotificationRateLimit: monitoring.AlertPolicyAlertStrategyNotificationRateLimitArgs{Period: pulumi.String("300s")},
		}
	}
	if _, err := monitoring.NewAlertPolicy(p.ctx, name, args, pulumi.Parent(p.monitoring)); err != nil {
		return fmt.Errorf("creating alert %s: %w", name, err)
	}
	return nil
}
