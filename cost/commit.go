package cost

import (
	"strings"

	"github.com/shopspring/decimal"
)

// Commit is something that was committed to: a price for a year or three,
// whether it is used or not.
type Commit struct {
	// SKU is what instances it reserves: service/sku of the catalogue, such as
	// rds-postgres/db.m7g.large. Empty for a savings plan, which covers all of
	// Services.
	SKU string
	// Count is how many instances are reserved.
	Count int
	// Services are the catalogue's services that a savings plan covers.
	Services []string
	// HourlyUSD is paid every hour (of one instance, or for the whole plan), and
	// UpfrontUSD once at the beginning (likewise).
	HourlyUSD, UpfrontUSD decimal.Decimal
	// Months is how long it holds: upfront is spread over them.
	Months int
	// DiscountPercent is how much less than on demand a savings plan pays: so much
	// more on-demand worth of use does it cover.
	DiscountPercent int
}

// commit makes the lines of commitments: what each costs, and what of the other
// lines it pays for already. The two together are what it saves, or loses.
func (e *estimator) commit(report *Report) []Line {
	var all []Line
	left := map[int]decimal.Decimal{} // what of a line nobody has covered yet
	for _, name := range sortedKeys(e.Commitments) {
		c := e.Commitments[name]
		price := c.monthly()
		paid := e.commitLine(name, "commitment", price)
		covered, found := c.cover(report.Lines, left)
		all = append(all, paid, e.commitLine(name, "what it covers", covered.Neg()))
		if !found {
			report.Warnings = append(report.Warnings, "commitment "+name+" covers nothing that has a rate here: its whole price is lost")
		}
	}
	return all
}

func (e *estimator) commitLine(name, item string, amount decimal.Decimal) Line {
	l := e.begin(Resource{Name: name, Type: "settings:commitments:Commitment", Component: "commitments"}, item, Commitment)
	l.Unit, l.Quantity, l.Rate = Month, exactly(whole(1)), amount
	l.Amount, l.State, l.Grade = exactly(amount.Round(2)), Known, "A"
	return l
}

// monthly is what a commitment costs a month, with its upfront payment spread.
func (c Commit) monthly() decimal.Decimal {
	one := c.HourlyUSD.Mul(whole(HoursPerMonth)).Add(c.UpfrontUSD.Div(whole(max(c.Months, 1))))
	if c.SKU != "" {
		return one.Mul(whole(c.Count))
	}
	return one
}

// cover is the on-demand worth of what a commitment covers, at most what is left
// of the lines; what is left of them shrinks by it. Spot capacity is covered by
// nothing.
func (c Commit) cover(lines []Line, left map[int]decimal.Decimal) (worth decimal.Decimal, found bool) {
	hours := whole(c.Count * HoursPerMonth)
	budget := decimal.Zero
	if c.SKU == "" {
		share := whole(max(100-c.DiscountPercent, 1)).Div(whole(100))
		budget = c.monthly().Div(share)
	}
	for i, l := range lines {
		if l.State == Unpriced || l.Spot || !c.fits(l) {
			continue
		}
		found = true
		if _, seen := left[i]; !seen {
			left[i] = l.Amount.Likely
		}
		take := decimal.Min(left[i], budget)
		if c.SKU != "" {
			worthOfHours := l.Rate.Mul(decimal.Min(hours, l.Quantity.Likely))
			take = decimal.Min(left[i], worthOfHours)
			hours = decimal.Max(hours.Sub(l.Quantity.Likely), decimal.Zero)
		} else {
			budget = budget.Sub(take)
		}
		left[i] = left[i].Sub(take)
		worth = worth.Add(take)
	}
	return worth, found
}

func (c Commit) fits(l Line) bool {
	service, _, _ := strings.Cut(l.SKU, "/")
	if c.SKU != "" {
		return l.SKU == c.SKU
	}
	for _, s := range c.Services {
		if s == service {
			return true
		}
	}
	return false
}
