package show

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

//go:embed page.html
var pageText string

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// page is what the template shows.
type page struct {
	Stack, Says, Basis, Catalogue, Region string
	Figures                               []figure
	Groups                                []group
	Lines                                 []row
	Assumptions                           []figure
	Warnings, Hints                       []string
}

type figure struct{ Name, Value string }

// group is a way to divide the total.
type group struct {
	Title string
	Bars  []bar
}

// bar is one part: what is priced here, and what it would cost in the reference
// region, each with its width in percent of the widest. What has no rate is no
// zero: Here begins with "≥" where a part of it is missing, and is "?" if all is.
type bar struct {
	Name, Here, There string
	Width, RefWidth   string
}

type row struct {
	Name, Monthly, Span, Reference, Quantity, Unit, Rate, Grade, State, Reason string
}

// Page is a stack's output cost as one self-contained page of HTML, for light and
// dark, and for paper. It loads nothing and runs no script.
func Page(stack string, cost map[string]any) ([]byte, error) {
	p := page{
		Stack: stack, Says: Text(cost, "summary", "says"), Basis: Text(cost, "basis"), Catalogue: Text(cost, "catalogue"),
		Region: Text(cost, "reference", "region"), Figures: figures(cost), Lines: rows(cost),
		Warnings: listOf(cost["warnings"]), Hints: listOf(cost["hints"]),
	}
	p.Groups = []group{
		{"Component", bars(cost, func(name string, _ map[string]any) string { part, _, _ := strings.Cut(name, ": "); return part })},
		{"Category", bars(cost, func(_ string, l map[string]any) string { return Text(l, "category") })},
	}
	for _, key := range slices.Sorted(maps.Keys(below(cost, "assumptions"))) {
		p.Assumptions = append(p.Assumptions, figure{key, Text(cost, "assumptions", key)})
	}
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, p); err != nil {
		return nil, fmt.Errorf("writing the page: %w", err)
	}
	return b.Bytes(), nil
}

func figures(cost map[string]any) []figure {
	var all []figure
	for _, f := range []struct{ name, section, key string }{
		{"Fixed", "summary", "fixed"}, {"By use", "summary", "usage"}, {"Commitments", "summary", "commitments"},
		{"Total", "summary", "total"}, {"At least", "summary", "low"}, {"At most", "summary", "high"},
		{"Lines with a rate, %", "summary", "coverage"}, {"Budget", "budget", "limit"}, {"Headroom", "budget", "headroom"},
		{"In the reference region", "reference", "total"}, {"Lines with a rate there, %", "reference", "coverage"},
	} {
		if value := Text(cost, f.section, f.key); value != "" {
			all = append(all, figure{f.name, value})
		}
	}
	return all
}

func amount(text string) decimal.Decimal {
	d, err := decimal.NewFromString(text)
	if err != nil {
		return decimal.Zero
	}
	return d
}

// bars adds up the lines by what by says, the greatest first.
func bars(cost map[string]any, by func(name string, line map[string]any) string) []bar {
	here, there := map[string]decimal.Decimal{}, map[string]decimal.Decimal{}
	priced, missing := map[string]bool{}, map[string]bool{}
	lines := below(cost, "lines")
	for _, name := range slices.Sorted(maps.Keys(lines)) {
		l, _ := lines[name].(map[string]any)
		part := by(name, l)
		here[part] = here[part].Add(amount(Text(l, "monthly")))
		if Text(l, "monthly") != "" {
			priced[part] = true
		} else {
			missing[part] = true
		}
		there[part] = there[part].Add(amount(Text(l, "reference")))
	}
	widest := decimal.New(1, -2)
	for part := range here {
		widest = decimal.Max(widest, here[part], there[part])
	}
	width := func(d decimal.Decimal) string {
		return decimal.Max(d, decimal.Zero).Mul(decimal.NewFromInt(100)).DivRound(widest, 2).String()
	}
	parts := slices.Sorted(maps.Keys(here))
	slices.SortStableFunc(parts, func(a, b string) int {
		return decimal.Max(here[b], there[b]).Cmp(decimal.Max(here[a], there[a]))
	})
	var all []bar
	for _, part := range parts {
		shown := here[part].StringFixed(2)
		switch {
		case !priced[part]:
			shown = "?"
		case missing[part]:
			shown = "≥ " + shown
		}
		all = append(all, bar{part, shown, there[part].StringFixed(2), width(here[part]), width(there[part])})
	}
	return all
}

// rows are the lines, the dearest first.
func rows(cost map[string]any) []row {
	lines := below(cost, "lines")
	var all []row
	for _, name := range dearestFirst(lines, lineAmount) {
		l, _ := lines[name].(map[string]any)
		r := row{
			Name: name, Monthly: Text(l, "monthly"), Reference: Text(l, "reference"), Quantity: Text(l, "quantity"), Unit: Text(l, "unit"),
			Rate: Text(l, "rate"), Grade: Text(l, "grade"), State: Text(l, "state"), Reason: Text(cost, "unpriced", name),
		}
		if low := Text(l, "low"); low != "" {
			r.Span = low + " – " + Text(l, "high")
		}
		all = append(all, r)
	}
	return all
}

func listOf(v any) []string {
	var all []string
	list, _ := v.([]any)
	for _, text := range list {
		all = append(all, fmt.Sprint(text))
	}
	return all
}
