package cost

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
)

// Options are what an estimate takes beside the resources: all of it follows
// from a stack's settings.
type Options struct {
	Catalogue *Catalogue
	// Team is whose a resource is that does not say so.
	Team string
	// Usage are the assumptions about use, by key (network.natGB). A key of a
	// named thing (buckets.uploads.gb) falls back to buckets.default.gb.
	Usage map[string]Assumed
	// Running is the share of the month in which what has hours runs, and Hours
	// says why in words. Zero is always.
	Running decimal.Decimal
	Hours   string
	// MayRest says that the stack is not protected: it may stand still, and lose a
	// zone.
	MayRest bool
	// Reference is a region whose rates are shown beside those of the stack's own;
	// none if empty.
	Reference string
	// Commitments are what was committed to, by name.
	Commitments map[string]Commit
	Budget      Budget
}

// Assumed is the value of an assumption, in the unit that its key names.
type Assumed struct {
	Value int
	// Default says that no stack file states it.
	Default bool
}

// Budget is what a month may cost in US dollars; 0 for no limit.
type Budget struct{ LimitUSD int }

// component is one thing that is billed for a resource: what is counted, and how
// much of it.
type component struct {
	item     string
	category Category
	sku      string
	unit     Unit
	quantity Span
	// factor multiplies the rate: 2 for what is billed twice.
	factor int
	// instead is the price to take, with instead's factor, where sku has none.
	instead       string
	insteadFactor int
	rests         []string
	// spot marks capacity of the spot market, which costs a share of sku's price.
	spot bool
	// reason is why it cannot be priced, whatever the catalogue has.
	reason string
}

// domain is what a resource is to who bills.
type domain interface {
	components(b *basis) []component
}

// kind reads a resource's inputs into its domain.
type kind func(*reader) domain

// estimator holds what the components of one estimate share.
type estimator struct {
	Options
	resources []Resource
	used      map[string]bool // the assumptions that lines rest on
}

// basis is what a domain knows beside its own inputs.
type basis struct {
	*estimator
	r Resource
}

// assume is an assumption's value. It is named by the keys that components list
// as what they rest on.
func (e *estimator) assume(key string) decimal.Decimal {
	return whole(e.Usage[e.key(key)].Value)
}

// key is the assumption that stands for a key: the key itself, or that of all
// things of its kind.
func (e *estimator) key(key string) string {
	if _, stated := e.Usage[key]; stated {
		return key
	}
	parts := strings.Split(key, ".")
	if len(parts) > 1 {
		parts[1] = "default"
	}
	return strings.Join(parts, ".")
}

// stated says whether there is an assumption of this very key.
func (e *estimator) stated(key string) bool {
	_, ok := e.Usage[key]
	return ok
}

// share divides a quantity evenly among all resources of the basis' type that
// fit: nil for all.
func (b *basis) share(quantity decimal.Decimal, fits func(Resource) bool) decimal.Decimal {
	n := 0
	for _, r := range b.resources {
		if r.Type == b.r.Type && (fits == nil || fits(r)) {
			n++
		}
	}
	return quantity.Div(whole(max(n, 1)))
}

// beside is the resource of a type with the same name and parent: the parts of
// one thing are named alike.
func (b *basis) beside(typ string) (Resource, bool) {
	i := slices.IndexFunc(b.resources, func(r Resource) bool {
		return r.Type == typ && r.Name == b.r.Name && r.Parent == b.r.Parent
	})
	if i < 0 {
		return Resource{}, false
	}
	return b.resources[i], true
}

// running is the hours of a month in which what has hours runs.
func (b *basis) running() decimal.Decimal {
	hours := whole(HoursPerMonth)
	if b.Running.IsPositive() {
		return hours.Mul(b.Running)
	}
	return hours
}

// restsOnHours is the assumption of hours, if there is one.
func (b *basis) restsOnHours() []string {
	if b.Running.IsPositive() {
		return []string{hoursKey}
	}
	return nil
}

// hoursKey names the hours of a stack among the assumptions.
const hoursKey = "costs.schedule"

// Estimate says what resources cost a month. It depends on neither their order
// nor the time.
func Estimate(o Options, resources []Resource) *Report {
	sorted := slices.SortedFunc(slices.Values(resources), func(a, b Resource) int {
		return strings.Compare(a.URN+a.Name, b.URN+b.Name)
	})
	e := &estimator{Options: o, resources: sorted, used: map[string]bool{}}
	report := &Report{options: o, free: map[string]string{}}
	for _, r := range sorted {
		if reason, free := freeOf(r); free {
			report.free[ShortType(r.Type)] = reason
			continue
		}
		report.Lines = append(report.Lines, e.lines(r.placed())...)
	}
	report.Lines = append(report.Lines, e.commit(report)...)
	report.finish(e)
	return report
}

// lines are the lines of one resource. A type that nobody described is
// unpriced, and so is one whose inputs say too little.
func (e *estimator) lines(r Resource) []Line {
	describe, known := kinds[r.Type]
	if !known {
		return []Line{e.unpriced(r, "all", Management, "nobody has described the type "+r.Type+" in package cost")}
	}
	in := &reader{in: r.Inputs}
	d := describe(in)
	if len(in.bad) > 0 {
		return []Line{e.unpriced(r, "all", Management, strings.Join(in.bad, "; "))}
	}
	var all []Line
	for _, c := range d.components(&basis{e, r}) {
		all = append(all, e.line(r, c))
	}
	return all
}

func (e *estimator) begin(r Resource, item string, category Category) Line {
	team := r.Team()
	if team == "" {
		team = e.Team
	}
	return Line{
		Resource: r.Name, Type: r.Type, URN: r.URN, Component: r.Component, Team: team, Region: r.Region,
		Item: item, Category: category,
	}
}

func (e *estimator) unpriced(r Resource, item string, category Category, reason string) Line {
	l := e.begin(r, item, category)
	l.State, l.Reason = Unpriced, reason
	return l
}

// line prices a component in its resource's region.
func (e *estimator) line(r Resource, c component) Line {
	l := e.begin(r, c.item, c.category)
	l.SKU, l.Unit, l.Quantity, l.Spot = c.sku, c.unit, c.quantity, c.spot
	for _, key := range c.rests {
		shown := key
		if key != hoursKey {
			key = e.key(key)
			shown = "usage." + key
		}
		l.Rests = append(l.Rests, shown)
		e.used[key] = true
	}
	if c.reason != "" {
		l.State, l.Reason = Unpriced, c.reason
		return l
	}
	if e.Reference != "" {
		if tiers, factor := e.rate(c, e.Reference); tiers != nil {
			l.Reference, l.Referenced = e.amount(c, tiers, factor), true
		}
	}
	tiers, factor := e.rate(c, r.Region)
	if tiers == nil {
		l.State, l.Reason = Unpriced, fmt.Sprintf("the catalogue has no rate of %s in %s", c.sku, orGlobal(r.Region))
		return l
	}
	l.Rate, l.Grade, l.Amount = tiers[0].USD.Mul(whole(factor)), tiers[0].Grade, e.amount(c, tiers, factor)
	l.State = Known
	if len(l.Rests) > 0 {
		l.State = Usage
	}
	return l
}

func orGlobal(region string) string {
	if region == "" {
		return Global
	}
	return region
}

// rate is a component's price in a region and the factor that goes with it; nil
// if there is none, or only one of another unit.
func (e *estimator) rate(c component, region string) ([]Price, int) {
	if tiers := e.Catalogue.Find(c.sku, region); tiers != nil && tiers[0].Unit == c.unit {
		return tiers, max(c.factor, 1)
	}
	if c.instead == "" {
		return nil, 0
	}
	if tiers := e.Catalogue.Find(c.instead, region); tiers != nil && tiers[0].Unit == c.unit {
		return tiers, max(c.insteadFactor, 1)
	}
	return nil, 0
}

// amount is what a component costs, in cents: the total is the sum of what is
// shown. Spot capacity costs its share of the on-demand price, and at most all
// of it.
func (e *estimator) amount(c component, tiers []Price, factor int) Span {
	by := whole(factor)
	low, likely := by, by
	if c.spot {
		part := decimal.Min(e.assume(spotKey), whole(100)).Div(whole(100))
		low, likely = by.Mul(part), by.Mul(part)
	}
	return Span{
		Low:    cents(charge(tiers, c.quantity.Low).Mul(low)),
		Likely: cents(charge(tiers, c.quantity.Likely).Mul(likely)),
		High:   cents(charge(tiers, c.quantity.High).Mul(by)),
	}
}

// cents is an amount in cents. What costs anything costs at least one: it must
// not look free.
func cents(d decimal.Decimal) decimal.Decimal {
	rounded := d.Round(2)
	if rounded.IsZero() && d.IsPositive() {
		return decimal.New(1, -2)
	}
	return rounded
}

// spotKey is what spot capacity costs, in percent of the on-demand price.
const spotKey = "spotPercent"

func itoa(n int) string { return strconv.Itoa(n) }
