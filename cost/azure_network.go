package cost

import "strings"

// virtualNetwork is a network: what leaves it. Between zones Azure bills nothing.
// Source: Azure bandwidth pricing, "Data transfer between availability zones",
// read 2026-11.
type virtualNetwork struct{}

func newVirtualNetwork(*reader) domain { return virtualNetwork{} }

func (virtualNetwork) components(b *basis) []component {
	const out = "network.internetGB"
	return []component{{item: "data out to the internet", category: Network, sku: "transfer/internet-out", unit: GB, quantity: exactly(b.assume(out)), rests: []string{out}}}
}

// azureNAT is a NAT gateway, billed by the hour and by what passes.
type azureNAT struct{}

func newAzureNAT(*reader) domain { return azureNAT{} }

func (azureNAT) components(b *basis) []component {
	const key = "network.natGB"
	return []component{
		{item: "NAT gateway hours", category: Network, sku: "nat/gateway", unit: Hour, quantity: exactly(whole(HoursPerMonth))},
		{item: "data through NAT", category: Network, sku: "nat/data", unit: GB, quantity: exactly(b.share(b.assume(key), nil)), rests: []string{key}},
	}
}

// azureAddress is a public address.
type azureAddress struct{ sku, tier string }

func newAzureAddress(r *reader) domain {
	return azureAddress{r.text("sku.name", "Basic"), r.text("sku.tier", "Regional")}
}

func (a azureAddress) components(*basis) []component {
	return []component{{
		item: "public IPv4 address", category: Network, sku: "ip/" + strings.ToLower(a.sku+"-"+a.tier), unit: Hour, quantity: exactly(whole(HoursPerMonth)),
	}}
}

// privateEndpoint is an endpoint, billed by the hour and by what passes, which
// costs the same in and out.
type privateEndpoint struct{}

func newPrivateEndpoint(*reader) domain { return privateEndpoint{} }

func (privateEndpoint) components(b *basis) []component {
	const key = "network.endpointGB"
	return []component{
		{item: "endpoint hours", category: Network, sku: "private-link/endpoint", unit: Hour, quantity: exactly(whole(HoursPerMonth))},
		{item: "data through endpoints", category: Network, sku: "private-link/data", unit: GB, quantity: exactly(b.share(b.assume(key), nil)), rests: []string{key}},
	}
}

// applicationGateway is a gateway with a WAF or without.
type applicationGateway struct{ tier string }

func newApplicationGateway(r *reader) domain {
	return applicationGateway{r.text("sku.tier", r.text("sku.name", "Standard_v2"))}
}

func (g applicationGateway) components(b *basis) []component {
	const key = "loadBalancerUnits"
	sku := "appgateway/" + strings.ReplaceAll(strings.ToLower(g.tier), "_", "-")
	return []component{
		{item: "gateway hours", category: Network, sku: sku, unit: Hour, quantity: exactly(whole(HoursPerMonth))},
		{
			item: "capacity units", category: Network, sku: sku + "-unit", unit: LCUHour, rests: []string{key},
			quantity: exactly(b.assume(key).Mul(whole(HoursPerMonth))),
		},
	}
}

// frontDoor is a profile of Front Door: what it costs to be there, and what it
// answers, to viewers in North America and Europe. The WAF comes with the premium
// tier.
type frontDoor struct{ tier string }

func newFrontDoor(r *reader) domain {
	tier, _, _ := strings.Cut(r.text("sku.name", ""), "_")
	return frontDoor{strings.ToLower(tier)}
}

func (f frontDoor) components(b *basis) []component {
	const gb, requests = "cdn.gb", "cdn.requestsMillions"
	return []component{
		{item: "Front Door, " + f.tier, category: Edge, sku: "frontdoor/" + f.tier, unit: Month, quantity: exactly(whole(1))},
		{item: "data to viewers", category: Edge, sku: "frontdoor/data-zone-1", unit: GB, quantity: exactly(b.assume(gb)), rests: []string{gb}},
		{
			item: "requests", category: Edge, sku: "frontdoor/" + f.tier + "-requests", unit: TenK, rests: []string{requests},
			quantity: exactly(b.assume(requests).Mul(whole(100))),
		},
	}
}

// azureZone is a DNS zone.
type azureZone struct{}

func newAzureZone(*reader) domain { return azureZone{} }

func (azureZone) components(b *basis) []component {
	const key = "dnsQueriesMillions"
	return []component{
		{item: "DNS zone", category: Edge, sku: "dns/zone", unit: Month, quantity: exactly(whole(1))},
		{item: "DNS queries", category: Edge, sku: "dns/queries", unit: Million, quantity: exactly(b.assume(key)), rests: []string{key}},
	}
}
