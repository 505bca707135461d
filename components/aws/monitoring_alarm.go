package aws

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// alarm is what an alarm watches and what it means.
type alarm struct {
	// name tells it from the other alarms of a stack: area, thing, trouble.
	name     string
	severity severity
	// means says what is wrong, for whoever is woken by it.
	means string
	// runbook is where it is said what to do: <file>#<heading> in docs/runbooks.
	runbook string

	// namespace, dimensions and metrics say what is measured. Of several metrics,
	// or where expression is set, the expression over their ids is what counts.
	namespace  string
	dimensions pulumi.StringMap
	metrics    []metric
	expression string

	// The alarm rings when compare with threshold has held for periods of seconds
	// each, all of them.
	compare          comparison
	threshold        float64
	seconds, periods int
	// missing is what a period without data counts as.
	missing missingData
}

// metric is a metric and how its values within a period become one.
type metric struct{ id, name, stat string }

// comparison compares a metric with a threshold.
type comparison string

const (
	above   comparison = "GreaterThanThreshold"
	atLeast comparison = "GreaterThanOrEqualToThreshold"
	below   comparison = "LessThanThreshold"
)

// missingData is what a period without data counts as.
type missingData string

const (
	// silenceIsBad: the thing reports each minute while it lives.
	silenceIsBad missingData = "breaching"
	// silenceIsGood: without traffic there is nothing to report, and no trouble.
	silenceIsGood missingData = "notBreaching"
	// silenceIsNothing: another alarm rings when this thing is silent; this one
	// waits and does not ring or clear for that.
	silenceIsNothing missingData = "missing"
)

// one is a metric that is watched as it is.
func one(name, stat string) []metric { return []metric{{"m", name, stat}} }

func (a *alarm) description() string {
	return strings.ToUpper(string(a.severity)) + ": " + a.means + " Runbook: docs/runbooks/" + a.runbook
}

// measure sets what args watches.
func (a *alarm) measure(args pulumi.Map) {
	if a.expression == "" {
		m := a.metrics[0]
		args["namespace"], args["metricName"], args["statistic"] = pulumi.String(a.namespace), pulumi.String(m.name), pulumi.String(m.stat)
		args["dimensions"], args["period"] = a.dimensions, pulumi.Int(a.seconds)
		return
	}
	var queries pulumi.Array
	for _, m := range a.metrics {
		queries = append(queries, pulumi.Map{
			"id": pulumi.String(m.id), "returnData": pulumi.Bool(false),
			"metric": pulumi.Map{
				"namespace": pulumi.String(a.namespace), "metricName": pulumi.String(m.name), "stat": pulumi.String(m.stat),
				"dimensions": a.dimensions, "period": pulumi.Int(a.seconds),
			},
		})
	}
	args["metricQueries"] = append(queries, pulumi.Map{
		"id": pulumi.String("result"), "expression": pulumi.String(a.expression), "label": pulumi.String(a.name), "returnData": pulumi.Bool(true),
	})
}
