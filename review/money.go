package review

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// Cost is what a change does to what a stack costs a month.
type Cost struct {
	// Currency is the estimates'; Catalogue is the date of the prices.
	Currency  string `json:"currency"`
	Catalogue string `json:"catalogue"`
	// After is the total with the change, and Before without it: empty if the stack
	// is new or nobody knows, as Compared says.
	Before   string `json:"before,omitempty"`
	After    string `json:"after"`
	Delta    string `json:"delta,omitempty"`
	Compared string `json:"compared"`
	// AtLeast says that lines without a rate make the total more than After.
	AtLeast bool `json:"atLeast"`
	// Reference is the same at the rates of a region whose rates are known best.
	Reference *Reference `json:"reference,omitempty"`
	// Lines are the lines that change, those that change most first.
	Lines []CostLine `json:"lines,omitempty"`
	// Budget is within, over, uncertain or none; Limit is its amount.
	Budget string `json:"budget"`
	Limit  string `json:"limit,omitempty"`
	// Unpriced are how many lines have no rate.
	Unpriced int `json:"unpriced"`
}

// Reference is a total at the rates of another region.
type Reference struct {
	Region string `json:"region"`
	Before string `json:"before,omitempty"`
	After  string `json:"after"`
	Delta  string `json:"delta,omitempty"`
}

// CostLine is one line that changes. A price is empty if there is no such line,
// and "no rate" if nobody knows it.
type CostLine struct {
	Name   string `json:"name"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`

	weight decimal.Decimal
}

const noRate = "no rate"

// estimate is a stack's output cost.
type estimate map[string]any

// text is the text at a path of an estimate.
func (e estimate) text(path ...string) string {
	text, _ := at(map[string]any(e), path).(string)
	return text
}

func (e estimate) money(path ...string) (decimal.Decimal, error) {
	d, err := decimal.NewFromString(e.text(path...))
	if err != nil {
		return d, fmt.Errorf("%s: got %q, want an amount", strings.Join(path, "."), e.text(path...))
	}
	return d, nil
}

// check says whether an estimate is one.
func (e estimate) check() error {
	if _, err := e.money("summary", "total"); err != nil {
		return fmt.Errorf("this is no estimate of cost: %w", err)
	}
	if e.text("currency") == "" {
		return fmt.Errorf("this is no estimate of cost: it has no currency")
	}
	return nil
}

// compare says what a change does to what a stack costs. before may be nil.
func compare(before, after estimate, compared string) (*Cost, error) {
	total, err := after.money("summary", "total")
	if err != nil {
		return nil, err
	}
	unpriced, _ := after["unpriced"].(map[string]any)
	c := &Cost{
		Currency: after.text("currency"), Catalogue: after.text("catalogue"), After: total.StringFixed(2), Compared: compared,
		AtLeast: len(unpriced) > 0, Unpriced: len(unpriced), Budget: after.text("budget", "status"), Limit: after.text("budget", "limit"),
	}
	if _, ok := after["reference"]; ok {
		c.Reference = &Reference{Region: after.text("reference", "region"), After: after.text("reference", "total")}
	}
	if before == nil {
		return c, nil
	}
	was, err := before.money("summary", "total")
	if err != nil {
		return nil, err
	}
	c.Before, c.Delta = was.StringFixed(2), signed2(total.Sub(was))
	if c.Reference != nil && before.text("reference", "region") == c.Reference.Region {
		b, errB := before.money("reference", "total")
		a, errA := after.money("reference", "total")
		if errA == nil && errB == nil {
			c.Reference.Before, c.Reference.Delta = b.StringFixed(2), signed2(a.Sub(b))
		}
	}
	c.Lines = costLines(before, after)
	return c, nil
}

// signed2 is an amount with its sign.
func signed2(d decimal.Decimal) string {
	if d.IsPositive() {
		return "+" + d.StringFixed(2)
	}
	return d.StringFixed(2)
}

// costLines are the lines that differ, those that change most first.
func costLines(before, after estimate) []CostLine {
	was, _ := before["lines"].(map[string]any)
	is, _ := after["lines"].(map[string]any)
	names := map[string]bool{}
	for _, lines := range []map[string]any{was, is} {
		for name := range lines {
			names[name] = true
		}
	}
	var all []CostLine
	for _, name := range slices.Sorted(maps.Keys(names)) {
		b, wasB := linePrice(was[name])
		a, isA := linePrice(is[name])
		if b == a && quantityOf(was[name]) == quantityOf(is[name]) {
			continue
		}
		all = append(all, CostLine{Name: name, Before: b, After: a, weight: isA.Sub(wasB).Abs()})
	}
	slices.SortStableFunc(all, func(x, y CostLine) int { return y.weight.Cmp(x.weight) })
	return all
}

// linePrice is what a line costs, as a text and as a number: at the reference's
// rates if it has none of its own.
func linePrice(line any) (string, decimal.Decimal) {
	l, ok := line.(map[string]any)
	if !ok {
		return "", decimal.Zero
	}
	e := estimate(l)
	if d, err := e.money("monthly"); err == nil {
		return d.StringFixed(2), d
	}
	if d, err := e.money("reference"); err == nil {
		return noRate + " here, " + d.StringFixed(2) + " at the reference", d
	}
	return noRate, decimal.Zero
}

func quantityOf(line any) string {
	l, _ := line.(map[string]any)
	return estimate(l).text("quantity")
}
