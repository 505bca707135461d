package cost

import "github.com/shopspring/decimal"

// network is a VPC: what leaves it, and what crosses its zones.
type network struct{}

func newNetwork(*reader) domain { return network{} }

func (network) components(b *basis) []component {
	const out, zone = "network.internetGB", "network.zoneGB"
	return []component{
		{item: "data out to the internet", category: Network, sku: "transfer/internet-out", unit: GB, quantity: exactly(b.assume(out)), rests: []string{out}},
		// Who sends pays, and who receives pays.
		{item: "data between zones, both ways", category: Network, sku: "transfer/zone", unit: GB, quantity: exactly(b.assume(zone).Mul(whole(2))), rests: []string{zone}},
	}
}

// natGateway is billed by the hour and by what passes.
type natGateway struct{}

func newNATGateway(*reader) domain { return natGateway{} }

func (natGateway) components(b *basis) []component {
	const key = "network.natGB"
	return []component{
		{item: "NAT gateway hours", category: Network, sku: "nat/gateway", unit: Hour, quantity: exactly(whole(HoursPerMonth))},
		{item: "data through NAT", category: Network, sku: "nat/data", unit: GB, quantity: exactly(b.share(b.assume(key), nil)), rests: []string{key}},
	}
}

// address is a public IPv4 address, which costs the same in use and idle.
type address struct{}

func newAddress(*reader) domain { return address{} }

func (address) components(*basis) []component {
	return []component{publicAddress("public IPv4 address")}
}

func publicAddress(item string) component {
	return component{item: item, category: Network, sku: "vpc/public-ipv4", unit: Hour, quantity: exactly(whole(HoursPerMonth))}
}

// endpoint is an interface endpoint: one address in each of its subnets. A
// gateway endpoint is free.
type endpoint struct {
	kind    string
	subnets int
}

func newEndpoint(r *reader) domain {
	e := endpoint{kind: r.text("vpcEndpointType", "Gateway")}
	if e.kind != "Gateway" {
		e.subnets = len(r.list("subnetIds"))
	}
	return e
}

func isInterface(r Resource) bool { return r.Inputs.at("vpcEndpointType") == "Interface" }

func (e endpoint) components(b *basis) []component {
	switch e.kind {
	case "Gateway":
		return nil
	case "Interface":
	default:
		return []component{{item: "endpoint", category: Network, reason: "no prices for endpoints of type " + e.kind}}
	}
	const key = "network.endpointGB"
	return []component{
		{item: "endpoint hours, by zone", category: Network, sku: "vpc/endpoint", unit: Hour, quantity: exactly(whole(e.subnets * HoursPerMonth))},
		{item: "data through endpoints", category: Network, sku: "vpc/endpoint-data", unit: GB, quantity: exactly(b.share(b.assume(key), isInterface)), rests: []string{key}},
	}
}

// distribution is a CDN. The prices are those of the regions that the cheapest
// price class has: North America, Europe and Israel.
type distribution struct{ class string }

func newDistribution(r *reader) domain { return distribution{r.text("priceClass", "PriceClass_All")} }

func (d distribution) components(b *basis) []component {
	const gb, requests = "cdn.gb", "cdn.requestsMillions"
	served := component{item: "data to viewers", category: Edge, sku: "cloudfront/data-us-eu", unit: GB, quantity: exactly(b.assume(gb)), rests: []string{gb}}
	if d.class != "PriceClass_100" {
		served.reason = "viewers of " + d.class + " are served from regions without a rate"
	}
	return []component{
		served,
		{item: "HTTPS requests", category: Edge, sku: "cloudfront/https-eu", unit: TenK, quantity: exactly(b.assume(requests).Mul(whole(100))), rests: []string{requests}},
	}
}

// zone is a hosted zone; a zone that only is looked up costs its owner.
type zone struct{}

func newZone(*reader) domain { return zone{} }

func (zone) components(b *basis) []component {
	const key = "dnsQueriesMillions"
	return []component{
		{item: "hosted zone", category: Edge, sku: "route53/zone", unit: Month, quantity: exactly(whole(1))},
		{item: "DNS queries", category: Edge, sku: "route53/queries", unit: Million, quantity: exactly(b.assume(key)), rests: []string{key}},
	}
}

// webACL is a firewall: a rule group of AWS counts as one rule.
type webACL struct{ rules int }

func newWebACL(r *reader) domain {
	if r.has("ruleJson") {
		r.fail("ruleJson", "is not read: rules are counted in rules")
	}
	return webACL{len(r.list("rules"))}
}

func (w webACL) components(b *basis) []component {
	const key = "cdn.requestsMillions"
	return []component{
		{item: "web ACL", category: Edge, sku: "waf/acl", unit: Month, quantity: exactly(whole(1))},
		{item: "rules and rule groups", category: Edge, sku: "waf/rule", unit: Month, quantity: exactly(whole(w.rules))},
		{item: "requests looked at", category: Edge, sku: "waf/requests", unit: Million, quantity: exactly(b.assume(key)), rests: []string{key}},
	}
}

// shield is AWS Shield Advanced, once for an organisation.
type shield struct{}

func newShield(*reader) domain { return shield{} }

func (shield) components(*basis) []component {
	return []component{{item: "Shield Advanced", category: Security, sku: "shield/advanced", unit: Month, quantity: exactly(decimal.NewFromInt(1))}}
}
