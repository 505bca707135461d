// Package show shows a stack's output cost to people. It reads the output and not
// the report, so that what a deployed stack says can be shown too.
package show

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/shopspring/decimal"
)

// Text is a text in nested maps; empty if there is none.
func Text(v map[string]any, path ...string) string {
	for _, key := range path[:len(path)-1] {
		v, _ = v[key].(map[string]any)
	}
	s, _ := v[path[len(path)-1]].(string)
	return s
}

// below is a map in a map.
func below(v map[string]any, key string) map[string]any {
	m, _ := v[key].(map[string]any)
	return m
}

// Table prints a stack's output cost for people: the total, where it comes from,
// each line, and what it rests on.
func Table(stack string, cost map[string]any) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", stack, Text(cost, "summary", "says"))
	fmt.Fprintf(&b, "%s; prices of %s and before\n\n", Text(cost, "basis"), Text(cost, "catalogue"))
	summary(&b, cost)
	for _, group := range []struct{ key, title string }{
		{"byCategory", "category"}, {"byComponent", "component"}, {"byTeam", "team"}, {"byRegion", "region"},
	} {
		groups(&b, group.title, below(cost, group.key))
	}
	lines(&b, cost)
	notes(&b, "rests on", below(cost, "assumptions"))
	list(&b, "warnings", cost["warnings"])
	list(&b, "cheaper", cost["hints"])
	return b.String()
}

func summary(b *strings.Builder, cost map[string]any) {
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', tabwriter.AlignRight)
	row := func(name string, path ...string) { fmt.Fprintf(w, "%s\t%s\t\n", name, Text(cost, path...)) }
	row("fixed", "summary", "fixed")
	row("by use", "summary", "usage")
	row("commitments", "summary", "commitments")
	row("total", "summary", "total")
	row("at least, by scaling", "summary", "low")
	row("at most, by scaling", "summary", "high")
	row("lines with a rate, %", "summary", "coverage")
	if cost["reference"] != nil {
		row("of the reference's money, %", "summary", "coverageOfReference")
		fmt.Fprintf(w, "all of it in %s\t%s\t\n", Text(cost, "reference", "region"), Text(cost, "reference", "total"))
		row("lines with a rate there, %", "reference", "coverage")
	}
	if status := Text(cost, "budget", "status"); status != "none" {
		fmt.Fprintf(w, "budget\t%s\t\n", Text(cost, "budget", "limit"))
		fmt.Fprintf(w, "headroom (%s)\t%s\t\n", status, Text(cost, "budget", "headroom"))
	}
	w.Flush()
}

func groups(b *strings.Builder, title string, sums map[string]any) {
	fmt.Fprintf(b, "\nby %s\n", title)
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, name := range dearestFirst(sums, func(v any) string { s, _ := v.(string); return s }) {
		fmt.Fprintf(w, "%s\t%s\t\n", name, sums[name])
	}
	w.Flush()
}

// dearestFirst are the keys of a map by the amounts in it.
func dearestFirst(m map[string]any, amount func(any) string) []string {
	value := func(key string) decimal.Decimal {
		d, err := decimal.NewFromString(amount(m[key]))
		if err != nil {
			return decimal.Zero
		}
		return d
	}
	keys := slices.Sorted(maps.Keys(m))
	slices.SortStableFunc(keys, func(a, b string) int { return value(b).Cmp(value(a)) })
	return keys
}

// lineAmount is what a line costs; in the reference region, if it has no rate.
func lineAmount(v any) string {
	l, _ := v.(map[string]any)
	return cmp.Or(Text(l, "monthly"), Text(l, "reference"))
}

// lines prints a row for each line: what it costs, and in the reference region.
func lines(b *strings.Builder, cost map[string]any) {
	all := below(cost, "lines")
	region := Text(cost, "reference", "region")
	fmt.Fprint(b, "\n")
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "USD a month\tin %s\tquantity\tunit\trate\tstate\tline\n", cmp.Or(region, "-"))
	for _, name := range dearestFirst(all, lineAmount) {
		l, _ := all[name].(map[string]any)
		amount := cmp.Or(Text(l, "monthly"), "?")
		if low := Text(l, "low"); low != "" {
			amount += fmt.Sprintf(" (%s to %s)", low, Text(l, "high"))
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", amount, cmp.Or(Text(l, "reference"), "?"),
			Text(l, "quantity"), Text(l, "unit"), cmp.Or(Text(l, "rate"), "?"), Text(l, "state"), name)
	}
	w.Flush()
}

func notes(b *strings.Builder, title string, all map[string]any) {
	if len(all) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n", title)
	for _, key := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprintf(b, "  %s: %s\n", key, all[key])
	}
}

func list(b *strings.Builder, title string, v any) {
	all, _ := v.([]any)
	if len(all) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n", title)
	for _, text := range all {
		fmt.Fprintf(b, "  - %s\n", text)
	}
}
