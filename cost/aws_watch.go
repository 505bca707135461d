package cost

import "strings"

// logGroup is what a component logs: AWS bills what comes in and what is kept.
type logGroup struct{ days int }

func newLogGroup(r *reader) domain { return logGroup{r.number("retentionInDays", 0)} }

func (g logGroup) components(b *basis) []component {
	key := "logsGB." + strings.ReplaceAll(b.r.Component, ".", "-")
	same := func(r Resource) bool { return r.Component == b.r.Component }
	in := b.share(b.assume(key), same)
	// What is kept is compressed to a seventh or so: AWS bills 0.15 of what came
	// in. Source: CloudWatch pricing, "archived logs".
	months := whole(max(g.days, 1)).Div(whole(30))
	if g.days == 0 {
		months = whole(12) // kept for ever: what a year has gathered
	}
	kept := in.Mul(months).Mul(whole(15)).Div(whole(100))
	return []component{
		{item: "logs taken in", category: Observability, sku: "cloudwatch/logs-ingest", unit: GB, quantity: exactly(in), rests: []string{key}},
		{item: "logs kept", category: Observability, sku: "cloudwatch/logs-storage", unit: GBMonth, quantity: exactly(kept), rests: []string{key}},
	}
}

// alarm is a CloudWatch alarm, billed by the metrics that it looks at.
type alarm struct {
	period, metrics int
	anomaly         bool
}

func newAlarm(r *reader) domain {
	a := alarm{period: r.number("period", 60), metrics: 1, anomaly: r.has("thresholdMetricId")}
	if queries := r.list("metricQueries"); len(queries) > 0 {
		a.metrics = 0
		for i := range queries {
			at := "metricQueries." + itoa(i) + "."
			if r.has(at + "metric") {
				a.metrics++
				a.period = min(a.period, r.number(at+"metric.period", 60))
			}
		}
	}
	return a
}

func (a alarm) components(*basis) []component {
	sku, n := "cloudwatch/alarm", a.metrics
	switch {
	case a.anomaly:
		sku, n = "cloudwatch/alarm-anomaly", 1
	case a.period < 60:
		sku = "cloudwatch/alarm-high-resolution"
	}
	return []component{{item: "alarm", category: Observability, sku: sku, unit: Month, quantity: exactly(whole(n))}}
}

// logMetric is a metric counted from a log.
type logMetric struct{}

func newLogMetric(*reader) domain { return logMetric{} }

func (logMetric) components(*basis) []component {
	return []component{{item: "metric counted from a log", category: Observability, sku: "cloudwatch/metric", unit: Month, quantity: exactly(whole(1))}}
}

// logDelivery delivers logs of a service, by their size.
type logDelivery struct{}

func newLogDelivery(*reader) domain { return logDelivery{} }

func (logDelivery) components(b *basis) []component {
	const key = "cdn.logsGB"
	return []component{{item: "logs delivered", category: Observability, sku: "cloudwatch/logs-delivery", unit: GB, quantity: exactly(b.assume(key)), rests: []string{key}}}
}

// topic is an SNS topic.
type topic struct{}

func newTopic(*reader) domain { return topic{} }

func (topic) components(b *basis) []component {
	const key = "alertsThousand"
	return []component{{
		item: "alerts sent", category: Observability, sku: "sns/messages", unit: Thousand, rests: []string{key},
		quantity: exactly(b.share(b.assume(key), nil)),
	}}
}
