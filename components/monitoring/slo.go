package monitoring

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/te-explico/infrastructure/components/kubernetes"
)

// SLO is what a service promises its users over 30 days, measured by the mesh or by
// the service.
type SLO struct {
	// Counted says that the service itself counts its requests, in the histogram
	// http_request_duration_seconds with the label status: there is no mesh to.
	Counted bool
	// ToZero says that there may be no pod while nobody asks.
	ToZero bool
	// Namespace is where the service is; explico if empty.
	Namespace string
	// Availability is the share of requests that do not fail with a 5xx, such as
	// 0.999: more than 0 and less than 1.
	Availability float64
	// LatencyMs and LatencyTarget promise that this share of requests takes at
	// most these milliseconds: one of LatencyBuckets. 0 promises nothing.
	LatencyMs     int
	LatencyTarget float64
}

// LatencyBuckets are the latencies that the mesh counts by, in milliseconds; a
// promise between two of them cannot be measured.
// Source: Envoy, the default buckets of its Prometheus histograms, which Istio
// keeps (whole numbers only, up to a minute).
var LatencyBuckets = []int{1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000, 60000}

// burn is a pair of windows over which the budget of errors may be spent too
// fast: the long one says that it matters, the short one that it still goes on.
type burn struct {
	long, short, wait, severity string
	// factor is how many times as fast as would spend the budget in 30 days.
	factor float64
}

// burns page when 2 % of the budget goes in an hour or 5 % in six, and warn when
// 10 % goes in one day or three.
// Source: The Site Reliability Workbook, chapter 5, "Alerting on SLOs", table 5-8,
// with the pair of one day between its last two, as Sloth has it.
var burns = []burn{
	{"1h", "5m", "2m", "p0", 14.4},
	{"6h", "30m", "15m", "p0", 6},
	{"1d", "2h", "1h", "p1", 3},
	{"3d", "6h", "3h", "p1", 1},
}

// indicator is what one objective measures: the share of bad requests.
type indicator struct {
	name, chapter string
	target        float64
	// bad is the share over a window.
	bad func(window string) string
}

func (s SLO) check(service string) error {
	fail := func(format string, args ...any) error {
		return fmt.Errorf("making the objectives of %s: "+format, append([]any{service}, args...)...)
	}
	if s.Availability <= 0 || s.Availability >= 1 {
		return fail("got availability %v, want more than 0 and less than 1", s.Availability)
	}
	if s.LatencyMs == 0 && s.LatencyTarget == 0 {
		return nil
	}
	if !slices.Contains(LatencyBuckets, s.LatencyMs) {
		return fail("got latency %d ms, want one of %v", s.LatencyMs, LatencyBuckets)
	}
	if s.LatencyTarget <= 0 || s.LatencyTarget >= 1 {
		return fail("got latency target %v, want more than 0 and less than 1", s.LatencyTarget)
	}
	return nil
}

// indicators are what is measured of a service. What a proxy reports at the
// source is left out: it is the same request once more.
func (s SLO) indicators(service string) []indicator {
	namespace := s.Namespace
	if namespace == "" {
		namespace = "explico"
	}
	if s.Counted {
		return s.counted(namespace, service)
	}
	selector := fmt.Sprintf(`reporter=~"destination|waypoint", destination_workload_namespace=%q, destination_canonical_service=%q`, namespace, service)
	rate := func(metric, more, window string) string {
		return fmt.Sprintf("sum(rate(%s{%s%s}[%s]))", metric, selector, more, window)
	}
	all := []indicator{{"availability", "availability", s.Availability, func(window string) string {
		lost := s.lost(namespace, service, window)
		return share(
			orNone(rate("istio_requests_total", `, response_code=~"5.."`, window))+" + "+lost,
			// One that its caller gave up has the code 0 here, and is among the lost.
			orNone(rate("istio_requests_total", `, response_code!="0"`, window))+" + "+lost)
	}}}
	if s.LatencyMs > 0 {
		// Prometheus writes whole numbers as 500.0 since version 3; what was stored
		// before stays 500.
		fast := fmt.Sprintf(`, le=~"%d(\\.0)?"`, s.LatencyMs)
		all = append(all, indicator{"latency", "latency", s.LatencyTarget, func(window string) string {
			return "1 - " + share(rate("istio_request_duration_milliseconds_bucket", fast, window),
				rate("istio_request_duration_milliseconds_count", "", window))
		}})
	}
	return all
}

// lost are the requests that failed without an answer of the service, of which its
// proxies know nothing, or not how they ended: those who asked do, or the waypoint.
// Source: Envoy, "Response flags": no healthy pod, no connection, too many requests
// at once, too late, no such service.
func (s SLO) lost(namespace, service, window string) string {
	flags := lostFlags(allLost)
	if s.ToZero {
		flags = lostFlags(lostAwake)
	}
	where := fmt.Sprintf(`destination_service_namespace=%q, destination_service_name=~"%s"`,
		namespace, strings.Join(append(kubernetes.Backends(service), service), "|"))
	one := func(seen string) string {
		return orNone(fmt.Sprintf(`sum(rate(istio_requests_total{%s, %s, %s}[%s]))`, seen, flags, where, window))
	}
	return one(`reporter="source"`) + " + " + one(`reporter="waypoint", destination_canonical_service="unknown"`)
}

// lostFlags are those flags, among others: of a request that was tried again and again
// the last flag is one more (URX). Of a service that may have no pod, that there is
// none (UH) is how it is woken up.
func lostFlags(flags string) string { return `response_flags=~"(.*,)?(` + flags + `)(,.*)?"` }

const (
	allLost   = "UH|UF|UO|UT|NC"
	lostAwake = "UF|UO|UT|NC"
)

// share is a part of a whole. Nothing is a share of nothing: a quotient of two zeros
// would be in the average of a month for a month.
func share(part, whole string) string { return "(" + part + ") / ((" + whole + ") > 0)" }

// orNone is 0 where there is no such series: nothing has failed yet.
func orNone(query string) string { return "(" + query + " or vector(0))" }

// counted are the indicators of a service that counts its requests itself. What asks
// whether it is well is not a user.
func (s SLO) counted(namespace, service string) []indicator {
	rate := func(metric, more, window string) string {
		return fmt.Sprintf(`sum(rate(http_request_duration_seconds_%s{namespace=%q, job=%q, path!~"healthz|readyz|metrics"%s}[%s]))`,
			metric, namespace, service, more, window)
	}
	all := []indicator{{"availability", "availability", s.Availability, func(window string) string {
		return share(orNone(rate("count", `, status=~"5.."`, window)), rate("count", "", window))
	}}}
	if s.LatencyMs > 0 {
		fast := fmt.Sprintf(`, le=~"%s(\\.0)?"`, strings.ReplaceAll(number(float64(s.LatencyMs)/1000), ".", `\\.`))
		all = append(all, indicator{"latency", "latency", s.LatencyTarget, func(window string) string {
			return "1 - " + share(rate("bucket", fast, window), rate("count", "", window))
		}})
	}
	return all
}

// sloRules are recording rules and alerts for the objectives, by service.
func sloRules(objectives map[string]SLO) (RuleFile, error) {
	var file RuleFile
	for _, service := range namesOf(objectives) {
		s := objectives[service]
		if err := s.check(service); err != nil {
			return file, err
		}
		recording := RuleGroup{Name: "slo." + service + ".recording"}
		alerts := RuleGroup{Name: "slo." + service}
		for _, i := range s.indicators(service) {
			labels := map[string]string{"service": service, "slo": i.name}
			recording.Rules = append(recording.Rules, i.record(labels)...)
			for _, b := range burns {
				alerts.Rules = append(alerts.Rules, i.alert(service, b))
			}
		}
		file.Groups = append(file.Groups, recording, alerts)
	}
	return file, nil
}

// record makes the share of bad requests over each window, the objective, and
// what is left of the budget.
func (i indicator) record(labels map[string]string) []Rule {
	rules := []Rule{{Record: "slo:objective:ratio", Expr: "vector(" + number(i.target) + ")", Labels: labels}}
	windows := map[string]bool{}
	for _, b := range burns {
		windows[b.long], windows[b.short] = true, true
	}
	for _, w := range namesOf(windows) {
		rules = append(rules, Rule{Record: errorRatio(w), Expr: i.bad(w), Labels: labels})
	}
	return append(rules, Rule{
		Record: "slo:error_budget_remaining:ratio",
		Expr: fmt.Sprintf(`1 - avg_over_time(%s{service=%q, slo=%q}[30d]) / %s`,
			errorRatio("5m"), labels["service"], i.name, number(1-i.target)),
		Labels: labels,
	})
}

func (i indicator) alert(service string, b burn) Rule {
	above := func(window string) string {
		return fmt.Sprintf(`%s{service=%q, slo=%q} > (%s * %s)`, errorRatio(window), service, i.name, number(b.factor), number(1-i.target))
	}
	alert, how := "ErrorBudgetBurns", "spends its budget of errors"
	if b.severity == "p0" {
		alert, how = "ErrorBudgetBurnsFast", "spends its budget of errors fast"
	}
	return Rule{
		Alert: alert, For: b.wait, Expr: above(b.long) + "\n  and " + above(b.short),
		Labels: map[string]string{"severity": b.severity, "window": b.long},
		Annotations: map[string]string{
			"summary": fmt.Sprintf("%s %s (%s): {{ $value | humanizePercentage }} over %s, promised are at most %s %%",
				service, how, i.name, b.long, number((1-i.target)*100)),
			"runbook": "docs/runbooks/slo.md#" + i.chapter,
		},
	}
}

func errorRatio(window string) string { return "slo:errors:ratio_rate" + window }

// number writes a figure without the noise of binary fractions.
func number(f float64) string {
	short, err := strconv.ParseFloat(strconv.FormatFloat(f, 'f', 9, 64), 64)
	if err != nil {
		return strconv.FormatFloat(f, 'g', -1, 64)
	}
	return strconv.FormatFloat(short, 'f', -1, 64)
}
