package cost

import "github.com/shopspring/decimal"

// gcpNetwork is a VPC: what leaves it, and what crosses its zones.
type gcpNetwork struct{}

func newGcpNetwork(*reader) domain { return gcpNetwork{} }

func (gcpNetwork) components(b *basis) []component {
	const out, zone = "network.internetGB", "network.zoneGB"
	return []component{
		{item: "data out to the internet", category: Network, sku: "transfer/internet-out", unit: GB, quantity: exactly(b.assume(out)), rests: []string{out}},
		{item: "data between zones", category: Network, sku: "transfer/zone", unit: GB, quantity: exactly(b.assume(zone)), rests: []string{zone}},
	}
}

// subnetwork is a subnet, which costs what the log of its flows does.
type subnetwork struct{ logged bool }

func newSubnetwork(r *reader) domain { return subnetwork{r.has("logConfig")} }

func (s subnetwork) components(b *basis) []component {
	if !s.logged {
		return nil
	}
	return []component{logsOf(b, "flow logs taken in")}
}

// cloudNAT is billed by the machines behind it, up to 32, and by what passes.
type cloudNAT struct{}

func newCloudNAT(*reader) domain { return cloudNAT{} }

// mostNATMachines is how many machines a gateway is billed for at most.
// Source: Infracost's golden of compute_router_nat, and Cloud NAT pricing.
const mostNATMachines = 32

func (cloudNAT) components(b *basis) []component {
	const key = "network.natGB"
	machines, rests := Span{}, []string(nil)
	for _, r := range b.resources {
		if r.Type != "gcp:container/nodePool:NodePool" {
			continue
		}
		in := &reader{in: r.Inputs}
		pool, _ := newNodePool(in).(nodePool)
		size, why := pool.size(&basis{b.estimator, r})
		machines, rests = machines.Plus(size), append(rests, why...)
	}
	most := whole(mostNATMachines)
	capped := Span{decimal.Min(machines.Low, most), decimal.Min(machines.Likely, most), decimal.Min(machines.High, most)}
	return []component{
		{item: "machines behind NAT, by the hour", category: Network, sku: "nat/machine", unit: Hour, quantity: capped.Times(b.running()), rests: append(rests, b.restsOnHours()...)},
		{item: "data through NAT", category: Network, sku: "nat/data", unit: GB, quantity: exactly(b.share(b.assume(key), nil)), rests: []string{key}},
	}
}

// gcpAddress is a regional address. One inside the network is free.
type gcpAddress struct{ kind string }

func newGcpAddress(r *reader) domain { return gcpAddress{r.text("addressType", "EXTERNAL")} }

func (a gcpAddress) components(*basis) []component {
	if a.kind == "INTERNAL" {
		return nil
	}
	return []component{{item: "public IPv4 address", category: Network, sku: "vpc/public-ipv4", unit: Hour, quantity: exactly(whole(HoursPerMonth))}}
}

// forwardingRule is a rule of a load balancer.
type forwardingRule struct{}

func newForwardingRule(*reader) domain { return forwardingRule{} }

func (forwardingRule) components(*basis) []component {
	return []component{{item: "forwarding rule hours", category: Edge, sku: "lb/forwarding-rule", unit: Hour, quantity: exactly(whole(HoursPerMonth))}}
}

// backendBucket serves a bucket's objects, by Cloud CDN if that is on: a stack's
// share of what its viewers are sent. The rates are those of viewers in North
// America and Europe.
type backendBucket struct{ cached bool }

func newBackendBucket(r *reader) domain { return backendBucket{r.flag("enableCdn")} }

func (c backendBucket) components(b *basis) []component {
	const gb, requests = "cdn.gb", "cdn.requestsMillions"
	if !c.cached {
		return []component{{item: "data to viewers", category: Edge, reason: "without Cloud CDN, a bucket's data goes out at the rates of Cloud Storage, which nobody described"}}
	}
	return []component{
		{item: "data to viewers", category: Edge, sku: "cdn/data-us-eu", unit: GB, quantity: exactly(b.share(b.assume(gb), nil)), rests: []string{gb}},
		{item: "cache look-ups", category: Edge, sku: "cdn/lookups", unit: TenK, quantity: exactly(b.share(b.assume(requests).Mul(whole(100)), nil)), rests: []string{requests}},
	}
}

// securityPolicy is a policy of Cloud Armor, billed by its rules and by the
// requests that it looks at.
type securityPolicy struct{ rules int }

func newSecurityPolicy(r *reader) domain { return securityPolicy{len(r.list("rules"))} }

func (p securityPolicy) components(b *basis) []component {
	const key = "cdn.requestsMillions"
	return []component{
		{item: "policy", category: Edge, sku: "armor/policy", unit: Month, quantity: exactly(whole(1))},
		{item: "rules", category: Edge, sku: "armor/rule", unit: Month, quantity: exactly(whole(p.rules))},
		{item: "requests looked at", category: Edge, sku: "armor/requests", unit: Million, quantity: exactly(b.share(b.assume(key), nil)), rests: []string{key}},
	}
}

// managedZone is a zone of Cloud DNS.
type managedZone struct{}

func newManagedZone(*reader) domain { return managedZone{} }

func (managedZone) components(b *basis) []component {
	const key = "dnsQueriesMillions"
	return []component{
		{item: "zone", category: Edge, sku: "dns/zone", unit: Month, quantity: exactly(whole(1))},
		{item: "DNS queries", category: Edge, sku: "dns/queries", unit: Million, quantity: exactly(b.share(b.assume(key), nil)), rests: []string{key}},
	}
}
