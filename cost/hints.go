package cost

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// Hint is something that would be cheaper.
type Hint struct {
	// About is the component, Text what to do and what it costs besides money.
	About, Text string
	// Saves is US dollars a month, at the rates of Region: the stack's own, or the
	// reference region where those are missing.
	Saves  decimal.Decimal
	Region string
}

// Hints below this many US dollars a month are not worth a line.
var worthSaying = decimal.NewFromInt(5)

// commitShare is what a hint counts on from a commitment of a year without
// upfront. Infracost's golden of a t3.medium has 0.0261 for 0.0416 an hour, 37
// percent for one type; what may move to another type saves less, so a hint says
// a quarter, and that it is about that.
var commitShare = decimal.New(25, -2)

// payback is after how many months a year that is paid in advance has cost what
// the same would have cost on demand.
var payback = whole(12).Mul(whole(1).Sub(commitShare)).Ceil()

// hints are the hints of a report, the greatest saving first.
func (r *Report) hints(e *estimator) []Hint {
	all := slices.Concat(r.commitHint(), r.runHint(e), r.gatewayHint(e), r.idleHint(e), r.spareHint(e), r.engineHint(), r.volumeHint())
	all = slices.DeleteFunc(all, func(h Hint) bool { return h.Saves.LessThan(worthSaying) })
	slices.SortFunc(all, func(a, b Hint) int {
		if c := b.Saves.Cmp(a.Saves); c != 0 {
			return c
		}
		return strings.Compare(a.Text+a.About, b.Text+b.About)
	})
	return all
}

// worth is a line's likely price and the region whose it is.
func (r *Report) worth(l Line) (decimal.Decimal, string) {
	if l.State == Unpriced {
		return l.Reference.Likely, r.options.Reference
	}
	return l.Amount.Likely, orGlobal(l.Region)
}

// sum adds up the lines that fit, if any does.
func (r *Report) sum(fits func(Line) bool) (total decimal.Decimal, region string, n int) {
	for _, l := range r.Lines {
		if fits(l) {
			amount, at := r.worth(l)
			total, region, n = total.Add(amount), at, n+1
		}
	}
	return total, region, n
}

// commitHint is about what runs all the time on demand.
func (r *Report) commitHint() []Hint {
	if len(r.options.Commitments) > 0 || r.options.Running.IsPositive() {
		return nil
	}
	var all []Hint
	for service, name := range map[string]string{"ec2": "nodes", "fargate": "tasks", "rds-postgres": "the database", "rds-postgres-multi-az": "the database"} {
		steady, region, n := r.sum(func(l Line) bool {
			return strings.HasPrefix(l.SKU, service+"/") && !l.Spot && l.Quantity.Low.IsPositive()
		})
		if n == 0 {
			continue
		}
		all = append(all, Hint{
			About: service, Region: region, Saves: steady.Mul(commitShare).Round(2),
			Text: fmt.Sprintf("commit to %s that run all the time: a year without upfront pays from the first month, and binds for twelve; paid in advance it has paid back after about %s months", name, payback),
		})
	}
	return all
}

// runHint is about what could stand still at night.
func (r *Report) runHint(e *estimator) []Hint {
	if e.Running.IsPositive() || !e.MayRest {
		return nil
	}
	runs, region, n := r.sum(func(l Line) bool {
		return strings.HasPrefix(l.SKU, "ec2/") || strings.HasPrefix(l.SKU, "rds-postgres")
	})
	if n == 0 {
		return nil
	}
	// Twelve hours on five days of seven: 60 of 168.
	return []Hint{{
		About: "costs.schedule", Region: region, Saves: runs.Mul(whole(108)).Div(whole(168)).Round(2),
		Text: "stop nodes and database at night and on weekends: the stack is not protected",
	}}
}

// gatewayHint is about gateways of zones in a stack that is not protected.
func (r *Report) gatewayHint(e *estimator) []Hint {
	gateways, region, n := r.sum(func(l Line) bool { return l.SKU == "nat/gateway" })
	if n < 2 || !e.MayRest {
		return nil
	}
	return []Hint{{
		About: "network.nat", Region: region, Saves: gateways.Mul(whole(n - 1)).Div(whole(n)).Round(2),
		Text: "one NAT gateway for all zones (nat: single): the loss of its zone cuts the others off",
	}}
}

// engineHint is about caches of the dearer engine.
func (r *Report) engineHint() []Hint {
	var all []Hint
	for _, l := range r.Lines {
		if !strings.HasPrefix(l.SKU, "elasticache-redis/") {
			continue
		}
		amount, region := r.worth(l)
		all = append(all, Hint{
			About: l.Component, Region: region, Saves: amount.Div(whole(5)).Round(2),
			Text: "Valkey instead of Redis OSS: the same protocol, a fifth cheaper",
		})
	}
	return all
}

// volumeHint is about disks of the generation before.
func (r *Report) volumeHint() []Hint {
	old, region, n := r.sum(func(l Line) bool { return l.SKU == "ebs/gp2-storage" })
	if n == 0 {
		return nil
	}
	return []Hint{{About: "disks", Region: region, Saves: old.Div(whole(5)).Round(2), Text: "gp3 instead of gp2: a fifth cheaper and faster"}}
}
