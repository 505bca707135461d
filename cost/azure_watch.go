package cost

import (
	"strings"

	"github.com/shopspring/decimal"
)

// diagnostics are the logs that a component sends to the workspace. Azure bills
// what comes in there.
type diagnostics struct{}

func newDiagnostics(*reader) domain { return diagnostics{} }

func logsKey(component string) string {
	return "logsGB." + strings.ReplaceAll(component, ".", "-")
}

func (diagnostics) components(b *basis) []component {
	key := logsKey(b.r.Component)
	in := b.share(b.assume(key), func(r Resource) bool { return r.Component == b.r.Component })
	return []component{{item: "logs taken in", category: Observability, sku: "loganalytics/ingest", unit: GB, quantity: exactly(in), rests: []string{key}}}
}

// workspace keeps the logs: a month for nothing.
// Source: Azure Monitor documentation, "Log data retention: 31 days included",
// read 2026-11.
type workspace struct{ days int }

func newWorkspace(r *reader) domain { return workspace{r.number("retentionInDays", 30)} }

func (w workspace) components(b *basis) []component {
	if w.days <= 31 {
		return nil
	}
	gb, rests, seen := decimal.Zero, []string{}, map[string]bool{}
	for _, r := range b.resources {
		if key := logsKey(r.Component); r.Type == "azure-native:insights:DiagnosticSetting" && !seen[r.Component] {
			seen[r.Component] = true
			gb, rests = gb.Add(b.assume(key)), append(rests, key)
		}
	}
	kept := gb.Mul(whole(w.days - 31)).Div(whole(30))
	return []component{{item: "logs kept beyond a month", category: Observability, sku: "loganalytics/retention", unit: GBMonth, quantity: exactly(kept), rests: rests}}
}

// azureFlowLog is a flow log, with what analyses it.
type azureFlowLog struct{}

func newAzureFlowLog(*reader) domain { return azureFlowLog{} }

func (azureFlowLog) components(b *basis) []component {
	key := logsKey(b.r.Component)
	return []component{{item: "flow logs", category: Observability, sku: "network-watcher/flow-logs", unit: GB, quantity: exactly(b.assume(key)), rests: []string{key}}}
}

// metricAlert is an alert, billed by the series that it watches.
type metricAlert struct{ series int }

func newMetricAlert(r *reader) domain {
	return metricAlert{max(len(r.list("criteria.allOf")), 1)}
}

func (a metricAlert) components(*basis) []component {
	return []component{{item: "alert", category: Observability, sku: "monitor/metric-alert", unit: Month, quantity: exactly(whole(a.series))}}
}

// operations are requests to a vault, by tens of thousands; a vault itself costs
// nothing, nor does a key that no hardware of its own keeps.
type operations struct{ item, sku, assumption string }

func (o operations) components(b *basis) []component {
	return []component{{
		item: o.item, category: Security, sku: o.sku, unit: TenK, rests: []string{o.assumption},
		quantity: exactly(b.share(b.assume(o.assumption), nil).Div(whole(10))),
	}}
}
