// Package cost says what a stack costs a month, from the plain inputs of its
// resources and a dated catalogue of prices. It knows no engine: an estimate is
// the same in a preview, in an update and without either.
//
// A resource becomes a domain (what it is to who bills), a domain becomes
// components (what is counted, in which unit), and a component with the region's
// rate becomes a line. A line is known, rests on an assumption about usage, or
// is unpriced and says why: nothing is silently free.
package cost

import (
	"strings"

	"github.com/shopspring/decimal"
)

// Resource is a resource as it was registered.
type Resource struct {
	// Type is Pulumi's type token, such as aws:ec2/natGateway:NatGateway.
	Type string
	// Name is the logical name.
	Name string
	// URN is Pulumi's name of it; Parent is its parent's.
	URN, Parent string
	// Component is the logical name of the outermost component that it belongs to.
	Component string
	// Region is the region of its provider; empty where that has none.
	Region string
	// Inputs are the registered inputs.
	Inputs Values
}

// Team is the tag or label that says whose a resource is; empty if none does.
func (r Resource) Team() string {
	for _, path := range []string{"tags.team", "metadata.labels.explico.io/team"} {
		if team, ok := r.Inputs.at(path).(string); ok && team != "" {
			return team
		}
	}
	return ""
}

// Category is what money is spent on.
type Category string

// The categories.
const (
	Compute       Category = "compute"
	Database      Category = "database"
	Cache         Category = "cache"
	Storage       Category = "storage"
	Network       Category = "network"
	Edge          Category = "edge"
	Security      Category = "security"
	Observability Category = "observability"
	Backup        Category = "backup"
	Management    Category = "management"
	Commitment    Category = "commitment"
)

// State is how sure a line is.
type State string

// The states.
const (
	// Known follows from the settings alone.
	Known State = "known"
	// Usage rests on assumptions about use, which the line names.
	Usage State = "usage"
	// Unpriced has no rate, or no quantity; the line says why.
	Unpriced State = "unpriced"
)

// Span is a number that varies: its least, likely and greatest value in a month.
type Span struct {
	Low, Likely, High decimal.Decimal
}

// exactly is a span that does not vary.
func exactly(d decimal.Decimal) Span { return Span{d, d, d} }

func whole(n int) decimal.Decimal { return decimal.NewFromInt(int64(n)) }

// between is a span of whole numbers, in order.
func between(low, likely, high int) Span {
	return Span{whole(min(low, likely)), whole(likely), whole(max(high, likely))}
}

// Times multiplies all of a span.
func (s Span) Times(d decimal.Decimal) Span {
	return Span{s.Low.Mul(d), s.Likely.Mul(d), s.High.Mul(d)}
}

// Plus adds two spans.
func (s Span) Plus(o Span) Span {
	return Span{s.Low.Add(o.Low), s.Likely.Add(o.Likely), s.High.Add(o.High)}
}

// Line is one thing that is billed for one resource.
type Line struct {
	// Resource, Type, URN, Component, Team and Region say what is billed.
	Resource, Type, URN, Component, Team, Region string
	// Item is what is counted, such as "node hours".
	Item string
	// Category is what the money is spent on.
	Category Category
	// SKU is the row of the catalogue: service/sku. Empty if no row could fit.
	SKU string
	// Unit is what one of Quantity is.
	Unit Unit
	// Quantity is how many a month.
	Quantity Span
	// Rate is the price of one in US dollars, in the first tier.
	Rate decimal.Decimal
	// Grade is the rate's: see the catalogue's README.
	Grade string
	// Amount is US dollars a month, in cents; zero if unpriced.
	Amount Span
	// Reference is what the line would cost in the reference region, if Referenced.
	Reference  Span
	Referenced bool
	// State is how sure the line is; Reason why it is unpriced.
	State  State
	Reason string
	// Rests are the assumptions that the line rests on, by their keys.
	Rests []string
	// Spot says that Amount.Low is at the market's price and Amount.High at the
	// on-demand price.
	Spot bool
}

// Key tells like lines from others: those that differ in the resource alone are
// shown as one.
func (l Line) Key() string {
	return strings.Join([]string{l.Component, ShortType(l.Type), l.Item, l.SKU, l.Region, string(l.State), l.Team, l.Reason}, "\x00")
}

// ShortType is a token without its package's repetition: ec2.NatGateway of
// aws:ec2/natGateway:NatGateway.
func ShortType(token string) string {
	parts := strings.Split(token, ":")
	if len(parts) != 3 {
		return token
	}
	module, _, _ := strings.Cut(parts[1], "/")
	return module + "." + parts[2]
}
