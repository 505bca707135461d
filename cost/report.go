package cost

import (
	"fmt"
	"maps"
	"slices"

	"github.com/shopspring/decimal"
)

// Report is what a stack costs a month, in US dollars.
type Report struct {
	// Lines are what is billed, by resource.
	Lines []Line
	// Warnings are what somebody should do something about.
	Warnings []string
	// Hints are what would be cheaper.
	Hints []Hint

	options Options
	free    map[string]string // short types, with the reason
	totals  totals
}

// totals are the sums over all lines.
type totals struct {
	known, usage, commitments decimal.Decimal
	total                     Span
	reference                 Span
	spotFloor, spotCeiling    decimal.Decimal
	covered                   decimal.Decimal // of the reference: what has a rate of its own
	lines, priced, referenced int
	assumptions               []string
}

// Status is how a total stands to its budget.
type Status string

// The statuses.
const (
	// NoBudget is a stack without a limit.
	NoBudget Status = "none"
	// Over is certain: what is priced costs more than the limit.
	Over Status = "over"
	// MayBeOver depends: scaling, or what has no rate here, could lead there.
	MayBeOver Status = "uncertain"
	// Within is certain, as far as the assumptions about use hold.
	Within Status = "within"
)

// finish sums up, in the order of the lines.
func (r *Report) finish(e *estimator) {
	t := &r.totals
	for _, l := range r.Lines {
		t.lines++
		if l.Referenced {
			t.referenced++
			t.reference = t.reference.Plus(l.Reference)
		}
		switch {
		case l.State == Unpriced:
			continue
		case l.Category == Commitment:
			t.commitments = t.commitments.Add(l.Amount.Likely)
		case l.State == Usage:
			t.usage = t.usage.Add(l.Amount.Likely)
		default:
			t.known = t.known.Add(l.Amount.Likely)
		}
		t.priced++
		t.covered = t.covered.Add(l.Reference.Likely)
		t.total = t.total.Plus(l.Amount)
		if l.Spot {
			t.spotFloor = t.spotFloor.Add(l.Amount.Likely)
			t.spotCeiling = t.spotCeiling.Add(l.onDemand())
		}
	}
	t.assumptions = sortedKeys(e.used)
	r.warn()
	r.Hints = r.hints(e)
}

// onDemand is what a line would cost without spot capacity, at the likely size.
func (l Line) onDemand() decimal.Decimal { return l.Rate.Mul(l.Quantity.Likely).Round(2) }

// gap says what makes the total less than it seems; empty if nothing does.
func (r *Report) gap() []string {
	if missing := r.totals.lines - r.totals.priced; missing > 0 {
		return []string{fmt.Sprintf("%d of %d lines have no rate: the total is the least that it will be", missing, r.totals.lines)}
	}
	return nil
}

// warn says what is wrong with the rates, or with the total.
func (r *Report) warn() {
	if slices.ContainsFunc(r.Lines, func(l Line) bool { return l.Grade == "C" }) {
		r.Warnings = append(r.Warnings, "a rate is of grade C: check it before you rely on it")
	}
	if r.Status() == Over {
		r.Warnings = append(r.Warnings, fmt.Sprintf("over budget: %s of %d USD a month", Money(r.totals.total.Likely), r.options.Budget.LimitUSD))
	}
}

// Total is what the stack costs a month: the least, the likely and the most, of
// what has a rate.
func (r *Report) Total() Span { return r.totals.total }

// Complete says whether every line has a rate.
func (r *Report) Complete() bool { return r.totals.lines == r.totals.priced }

// Coverage is the share of lines with a rate, in percent.
func (r *Report) Coverage() decimal.Decimal { return percent(r.totals.priced, r.totals.lines) }

func percent(part, all int) decimal.Decimal {
	if all == 0 {
		return whole(100)
	}
	return whole(100*part).DivRound(whole(all), 1)
}

// Status is how the total stands to the budget.
func (r *Report) Status() Status {
	limit := whole(r.options.Budget.LimitUSD)
	switch {
	case limit.IsZero():
		return NoBudget
	case r.totals.total.Likely.GreaterThan(limit):
		return Over
	case r.totals.total.High.GreaterThan(limit) || !r.Complete():
		return MayBeOver
	}
	return Within
}

// OverBudget returns an error if what is priced costs more than the budget.
func (r *Report) OverBudget() error {
	if r.Status() != Over {
		return nil
	}
	return fmt.Errorf("the stack would cost %s USD a month, more than its budget of %d (costs.monthlyBudgetUSD); nothing was changed",
		Money(r.totals.total.Likely), r.options.Budget.LimitUSD)
}

// Groups are the likely sums of all priced lines by what by says.
func (r *Report) Groups(by func(Line) string) map[string]decimal.Decimal {
	all := map[string]decimal.Decimal{}
	for _, l := range r.Lines {
		if l.State != Unpriced {
			all[by(l)] = all[by(l)].Add(l.Amount.Likely)
		}
	}
	return all
}

// The ways to group.
var (
	ByComponent = func(l Line) string { return l.Component }
	ByCategory  = func(l Line) string { return string(l.Category) }
	ByTeam      = func(l Line) string { return l.Team }
	ByRegion    = func(l Line) string { return orGlobal(l.Region) }
)

// Merged are the lines with like ones as one, the dearest first: what costs
// most, at the reference's rates where the own are missing, leads.
func (r *Report) Merged() []Line {
	at := map[string]int{}
	var all []Line
	for _, l := range r.Lines {
		i, seen := at[l.Key()]
		if !seen {
			at[l.Key()] = len(all)
			all = append(all, l)
			continue
		}
		m := &all[i]
		m.Quantity, m.Amount = m.Quantity.Plus(l.Quantity), m.Amount.Plus(l.Amount)
		m.Reference, m.Resource = m.Reference.Plus(l.Reference), m.Component
	}
	slices.SortStableFunc(all, func(a, b Line) int {
		if c := b.weight().Cmp(a.weight()); c != 0 {
			return c
		}
		if a.Key() < b.Key() {
			return -1
		}
		return 1
	})
	return all
}

// weight is how far up a line stands.
func (l Line) weight() decimal.Decimal {
	if l.State == Unpriced {
		return l.Reference.Likely
	}
	return l.Amount.Likely.Abs()
}

// Free are the types that cost nothing, with the reasons.
func (r *Report) Free() map[string]string { return maps.Clone(r.free) }

// Money is an amount with two decimals.
func Money(d decimal.Decimal) string { return d.StringFixed(2) }
