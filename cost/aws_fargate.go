package cost

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// fargateService is a service on Fargate: so many tasks of its task definition's
// size. The first base tasks are on demand; of the others spot percent are on
// spot capacity.
type fargateService struct{ tasks, base, spot int }

func newFargateService(r *reader) domain {
	s := fargateService{tasks: r.number("desiredCount", 0)}
	weights := map[bool]int{}
	for i := range r.list("capacityProviderStrategies") {
		at := "capacityProviderStrategies." + itoa(i) + "."
		isSpot := r.text(at+"capacityProvider", "FARGATE") == "FARGATE_SPOT"
		weights[isSpot] += r.number(at+"weight", 0)
		if !isSpot {
			s.base += r.number(at+"base", 0)
		}
	}
	if all := weights[true] + weights[false]; all > 0 {
		s.spot = 100 * weights[true] / all
	}
	return s
}

func (s fargateService) components(b *basis) []component {
	task, found := b.beside("aws:ecs/taskDefinition:TaskDefinition")
	if !found {
		return []component{{item: "tasks", category: Compute, reason: "the service has no task definition of its name"}}
	}
	r := &reader{in: task.Inputs}
	cpu, memory, arm := r.number("cpu", 0), r.number("memory", 0), r.text("runtimePlatform.cpuArchitecture", "X86_64") == "ARM64"
	scratch := r.number("ephemeralStorage.sizeInGib", taskStorageGiB)
	if len(r.bad) > 0 {
		return []component{{item: "tasks", category: Compute, reason: strings.Join(r.bad, "; ")}}
	}
	size, rests := s.size(b)
	suffix := ""
	if arm {
		suffix = "-arm"
	}
	var all []component
	add := func(item, sku string, unit Unit, perTask decimal.Decimal) {
		steady, spare := s.split(size)
		for _, part := range []struct {
			tasks Span
			spot  bool
		}{{steady, false}, {spare, true}} {
			if part.tasks.High.IsZero() {
				continue
			}
			c := component{
				item: item, category: Compute, sku: sku, unit: unit, rests: rests, spot: part.spot,
				quantity: part.tasks.Times(perTask).Times(whole(HoursPerMonth)),
			}
			if part.spot {
				c.item, c.rests = item+", spot", append(slices.Clone(rests), spotKey)
			}
			all = append(all, c)
		}
	}
	add("task vCPU hours", "fargate/vcpu"+suffix, VCPUHour, whole(cpu).Div(whole(1024)))
	add("task memory", "fargate/memory"+suffix, GBHour, whole(memory).Div(whole(1024)))
	if scratch > taskStorageGiB {
		add("task storage", "fargate/storage", GBHour, whole(scratch-taskStorageGiB))
	}
	return all
}

// taskStorageGiB comes with every task.
const taskStorageGiB = 20

// split are the tasks on demand and those on spot capacity.
func (s fargateService) split(size Span) (steady, spare Span) {
	part := func(n decimal.Decimal) decimal.Decimal {
		above := decimal.Max(n.Sub(whole(s.base)), decimal.Zero)
		return above.Mul(whole(s.spot)).Div(whole(100))
	}
	spare = Span{part(size.Low), part(size.Likely), part(size.High)}
	return size.Plus(spare.Times(whole(-1))), spare
}

// size is how many tasks there are, between the bounds of the service's scaling.
func (s fargateService) size(b *basis) (Span, []string) {
	least, most := s.tasks, s.tasks
	if target, found := b.beside("aws:appautoscaling/target:Target"); found {
		in := &reader{in: target.Inputs}
		least, most = in.number("minCapacity", least), in.number("maxCapacity", most)
	}
	key := "services." + strings.TrimPrefix(b.r.Component, "ecs-")
	if b.stated(key) {
		return between(least, b.Usage[key].Value, most), []string{key}
	}
	return between(least, max(s.tasks, least), most), nil
}

// loadBalancer is an application or network load balancer.
type loadBalancer struct{ kind string }

func newLoadBalancer(r *reader) domain {
	return loadBalancer{r.text("loadBalancerType", "application")}
}

func (l loadBalancer) components(b *basis) []component {
	sku := map[string]string{"application": "elb/alb", "network": "elb/nlb"}[l.kind]
	if sku == "" {
		return []component{{item: "hours", category: Network, reason: "no prices for load balancers of type " + l.kind}}
	}
	const units = "loadBalancerUnits"
	return []component{
		{item: "load balancer hours", category: Network, sku: sku, unit: Hour, quantity: exactly(whole(HoursPerMonth))},
		{
			item: "load balancer capacity units", category: Network, sku: sku + "-lcu", unit: LCUHour, rests: []string{units},
			quantity: exactly(b.assume(units).Mul(whole(HoursPerMonth))),
		},
	}
}
