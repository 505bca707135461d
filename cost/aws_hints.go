package cost

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
)

// idleGB is how little a month a gateway may carry to be called idle: its hours
// then cost twenty times what passes, or more.
const idleGB = 25

// idleHint is about NAT gateways that carry next to nothing. It takes no default
// for it: somebody has to have said how much passes.
func (r *Report) idleHint(e *estimator) []Hint {
	carried := e.Usage["network.natGB"]
	hours, region, n := r.sum(func(l Line) bool { return l.SKU == "nat/gateway" })
	if n == 0 || carried.Default || carried.Value >= idleGB*n {
		return nil
	}
	return []Hint{{
		About: "network.nat", Region: region, Saves: hours,
		Text: fmt.Sprintf("%d NAT gateways carry %d GB a month: endpoints for what is reached instead of them (network.endpoints, nat: none), or one for all zones", n, carried.Value),
	}}
}

// spareHint is about copies beyond what a stack needs: one that is not protected
// needs none, and one that is gains nothing by a third copy of a shard.
func (r *Report) spareHint(e *estimator) []Hint {
	keep := 2
	why := "a third copy makes nothing safer: three zones hold a primary and two"
	if e.MayRest {
		keep, why = 0, "the stack is not protected, so that it may wait for a new one"
	}
	var all []Hint
	for _, res := range e.resources {
		worth, region := r.hours(res.URN)
		in := &reader{in: res.Inputs}
		switch res.Type {
		case "aws:elasticache/replicationGroup:ReplicationGroup":
			replicas := in.number("replicasPerNodeGroup", 0)
			if replicas > keep {
				spare := worth.Mul(whole(replicas - keep)).Div(whole(replicas + 1))
				all = append(all, Hint{About: res.Component, Region: region, Saves: spare.Round(2), Text: fmt.Sprintf("%d copies of a shard instead of %d: %s", keep, replicas, why)})
			}
		case "aws:rds/instance:Instance":
			switch {
			case e.MayRest && in.has("replicateSourceDb"):
				all = append(all, Hint{About: res.Name, Region: region, Saves: worth, Text: "no read replica: " + why})
			case e.MayRest && in.flag("multiAz"):
				all = append(all, Hint{About: res.Name, Region: region, Saves: worth.Div(whole(2)).Round(2), Text: "no standby (database.multiAz: false): " + why})
			case in.has("replicateSourceDb"):
				all = append(all, r.largerReplica(e, res, worth, region)...)
			}
		}
	}
	return all
}

// hours is what a resource's instances or nodes cost.
func (r *Report) hours(urn string) (worth decimal.Decimal, region string) {
	worth, region, _ = r.sum(func(l Line) bool {
		return l.URN == urn && (strings.HasPrefix(l.Item, "instance hours") || strings.HasPrefix(l.Item, "node hours"))
	})
	return worth, region
}

// largerReplica is about a replica that costs more than what it copies.
func (r *Report) largerReplica(e *estimator, replica Resource, worth decimal.Decimal, region string) []Hint {
	for _, source := range e.resources {
		in := &reader{in: source.Inputs}
		if source.Type != replica.Type || source.Parent != replica.Parent || in.has("replicateSourceDb") {
			continue
		}
		of, _ := r.hours(source.URN)
		if in.flag("multiAz") {
			of = of.Div(whole(2))
		}
		if of.IsPositive() && worth.GreaterThan(of) {
			return []Hint{{About: replica.Name, Region: region, Saves: worth.Sub(of).Round(2), Text: "a replica of the class of its source: it is larger than what it copies"}}
		}
	}
	return nil
}
