package cost

import (
	"fmt"

	"github.com/shopspring/decimal"
)

// Output is the report as nested maps of short texts, in the shape of a stack's
// output: a preview shows what of it changes. It holds no time, and the order of
// its keys is that of their names.
//
//	currency, catalogue, basis
//	summary      fixed usage commitments total low high coverage says, and
//	             coverageOfReference: the share of the reference's total with a rate here
//	reference    region total low high coverage, if there is one
//	byComponent, byCategory, byTeam, byRegion   what sums up to the total
//	lines        by name: monthly low high quantity unit rate state reference rests
//	assumptions  by key
//	spot         floor ceiling
//	budget       limit headroom status
//	unpriced     by line: why
//	warnings, hints
func (r *Report) Output() map[string]any {
	t := r.totals
	out := map[string]any{
		"currency": "USD", "catalogue": r.options.Catalogue.Date,
		"basis": fmt.Sprintf("a month of %d hours at list prices, without tax, support and free tiers", HoursPerMonth),
		"summary": map[string]any{
			"fixed": Money(t.known), "usage": Money(t.usage), "commitments": Money(t.commitments),
			"total": Money(t.total.Likely), "low": Money(t.total.Low), "high": Money(t.total.High),
			"coverage": r.Coverage().StringFixed(1), "says": r.Says(),
		},
		"byComponent": moneys(r.Groups(ByComponent)), "byCategory": moneys(r.Groups(ByCategory)),
		"byTeam": moneys(r.Groups(ByTeam)), "byRegion": moneys(r.Groups(ByRegion)),
		"assumptions": r.assumptions(),
		"spot":        map[string]any{"floor": Money(t.spotFloor), "ceiling": Money(t.spotCeiling)},
		"budget":      r.budget(), "warnings": texts(append(r.gap(), r.Warnings...)), "hints": r.hintTexts(),
	}
	if r.options.Reference != "" {
		out["reference"] = map[string]any{
			"region": r.options.Reference, "total": Money(t.reference.Likely), "low": Money(t.reference.Low), "high": Money(t.reference.High),
			"coverage": percent(t.referenced, t.lines).StringFixed(1),
		}
	}
	if out["reference"] != nil && t.reference.Likely.IsPositive() {
		share := t.covered.Mul(whole(100)).DivRound(t.reference.Likely, 1)
		out["summary"].(map[string]any)["coverageOfReference"] = share.StringFixed(1)
	}
	lines, unpriced := r.lineOutputs()
	out["lines"], out["unpriced"] = lines, unpriced
	return out
}

// Says is the total in words: with "≥" where something has no rate.
func (r *Report) Says() string {
	sign := ""
	if !r.Complete() {
		sign = "≥ "
	}
	return fmt.Sprintf("%s%s USD a month, with rates for %d of %d lines", sign, Money(r.totals.total.Likely), r.totals.priced, r.totals.lines)
}

func (r *Report) budget() map[string]any {
	limit := r.options.Budget.LimitUSD
	b := map[string]any{"limit": Money(whole(limit)), "status": string(r.Status())}
	if limit > 0 {
		b["headroom"] = Money(whole(limit).Sub(r.totals.total.Likely))
	}
	return b
}

// assumptions are those that lines rest on, with their values; a default says so.
func (r *Report) assumptions() map[string]any {
	all := map[string]any{}
	for _, key := range r.totals.assumptions {
		if key == hoursKey {
			all[key] = r.options.Hours
			continue
		}
		a := r.options.Usage[key]
		all["usage."+key] = itoa(a.Value)
		if a.Default {
			all["usage."+key] = itoa(a.Value) + " (default)"
		}
	}
	return all
}

func (r *Report) hintTexts() []any {
	all := []any{}
	for _, h := range r.Hints {
		all = append(all, fmt.Sprintf("%s: %s (saves about %s a month at the rates of %s)", h.About, h.Text, Money(h.Saves), h.Region))
	}
	return all
}

// lineOutputs are the lines by name, like ones as one, and why some have no rate.
func (r *Report) lineOutputs() (lines, unpriced map[string]any) {
	lines, unpriced = map[string]any{}, map[string]any{}
	byKey := map[string]Line{}
	for _, l := range r.Merged() {
		byKey[l.Key()] = l
	}
	for _, key := range sortedKeys(byKey) {
		l := byKey[key]
		name := l.Component + ": " + l.Item
		if _, taken := lines[name]; taken {
			name += " (" + ShortType(l.Type) + ")"
		}
		for n := 2; lines[name] != nil; n++ {
			name = fmt.Sprintf("%s: %s (%s, %d)", l.Component, l.Item, ShortType(l.Type), n)
		}
		lines[name] = l.output()
		if l.State == Unpriced {
			unpriced[name] = l.Reason
		}
	}
	return lines, unpriced
}

func (l Line) output() map[string]any {
	out := map[string]any{"state": string(l.State), "category": string(l.Category)}
	if l.Unit != "" {
		out["quantity"], out["unit"] = number(l.Quantity.Likely), string(l.Unit)
	}
	if l.State != Unpriced {
		out["monthly"], out["rate"], out["grade"] = Money(l.Amount.Likely), l.Rate.String(), l.Grade
		if !l.Amount.Low.Equal(l.Amount.High) {
			out["low"], out["high"] = Money(l.Amount.Low), Money(l.Amount.High)
		}
	}
	if l.Referenced {
		out["reference"] = Money(l.Reference.Likely)
	}
	if len(l.Rests) > 0 {
		out["rests"] = texts(l.Rests)
	}
	return out
}

// number is a quantity with at most two decimals.
func number(d decimal.Decimal) string { return d.Round(2).String() }

func moneys(groups map[string]decimal.Decimal) map[string]any {
	all := map[string]any{}
	for name, sum := range groups {
		all[name] = Money(sum)
	}
	return all
}

func texts(list []string) []any {
	all := []any{}
	for _, text := range list {
		all = append(all, text)
	}
	return all
}
