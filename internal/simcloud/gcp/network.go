package gcp

import (
	"net/netip"
	"regexp"
	"slices"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	networkToken    = "gcp:compute/network:Network"
	subnetToken     = "gcp:compute/subnetwork:Subnetwork"
	connectionToken = "gcp:servicenetworking/connection:Connection"
	policyToken     = "gcp:dns/policy:Policy"
)

// resourceName is what the names of Compute Engine look like.
// Source: Compute Engine docs, "Naming resources", RFC 1035; read 2026-11.
var resourceName = regexp.MustCompile(`^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$`)

// named refuses a name that Compute Engine cannot use.
func named(in simcloud.Values) error {
	if n := in.String("name"); n != "" && !resourceName.MatchString(n) {
		return refused(400, "badRequest", "Invalid value for field 'resource.name': '%s'. Must be a match of regex '(?:[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)'", n)
	}
	return nil
}

// inUse is how Compute Engine refuses to delete what something needs.
func inUse(noun string) string {
	return "googleapi: Error 400: The " + noun + " resource '%s' is already being used by another resource, resourceInUseByAnotherResource"
}

// taken is how Compute Engine refuses a name that is taken.
func taken(collection string, paths ...string) simcloud.Unique {
	return simcloud.Unique{
		Paths: append(paths, "name"),
		Words: "googleapi: Error 409: The resource of " + collection + " with the name '%s' already exists, alreadyExists",
	}
}

func networkTypes() []*simcloud.Type {
	return []*simcloud.Type{
		networkType(), subnetType(), routerType(), natType(), firewallType(), addressType(), globalAddressType(),
		connectionType(), policyType(),
	}
}

func networkType() *simcloud.Type {
	return &simcloud.Type{
		Token: networkToken, Noun: "network", Auto: "name", AutoMax: 63, Takes: 15 * time.Second,
		ID:      func(op *simcloud.Op) string { return path(op, "global/networks", op.In.String("name")) },
		Replace: []string{"autoCreateSubnetworks", "description", "enableUlaInternalIpv6", "internalIpv6Range", "name", "project"},
		Unique:  []simcloud.Unique{taken("networks")}, InUse: inUse("network"),
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(named(in), simcloud.Between(in, "mtu", 1300, 8896), simcloud.OneOf(in, "routingMode", "GLOBAL", "REGIONAL"))
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			out := simcloud.Values{"selfLink": selfLink(op.ID), "project": op.Account, "numericId": "4" + ProjectNumber}
			if !op.In.Has("mtu") {
				out["mtu"] = 1460
			}
			return out
		},
	}
}

func subnetType() *simcloud.Type {
	return &simcloud.Type{
		Token: subnetToken, Noun: "subnetwork", Auto: "name", AutoMax: 63, Takes: 15 * time.Second,
		ID: func(op *simcloud.Op) string {
			return path(op, "regions", op.In.String("region"), "subnetworks", op.In.String("name"))
		},
		Required: []string{"ipCidrRange", "network", "region"},
		Replace:  []string{"description", "name", "network", "project", "purpose", "region"},
		// A subnet's range grows in place, and never shrinks or moves.
		ReplaceIf: func(old, in simcloud.Values) []string {
			was, before := cidrAt(old, "ipCidrRange")
			is, after := cidrAt(in, "ipCidrRange")
			if before && after && (is.Bits() > was.Bits() || !is.Contains(was.Addr())) {
				return []string{"ipCidrRange"}
			}
			return nil
		},
		Refs:   []simcloud.Ref{holding("network", notFound, networkToken)},
		Unique: []simcloud.Unique{taken("subnetworks", "region")}, InUse: inUse("subnetwork"),
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(
				named(in), place(in, "region"), simcloud.OneOf(in, "logConfig.metadata", "EXCLUDE_ALL_METADATA", "INCLUDE_ALL_METADATA", "CUSTOM_METADATA"),
				cidr(in, "ipCidrRange", 29),
			)
			for _, r := range in.Objects("secondaryIpRanges[]") {
				errs = append(errs, simcloud.Problems(cidr(r, "ipCidrRange", 29))...)
			}
			return errs
		},
		Refuse: refuseSubnet,
		Outputs: func(op *simcloud.Op) simcloud.Values {
			out := simcloud.Values{"selfLink": selfLink(op.ID), "project": op.Account, "stackType": "IPV4_ONLY"}
			if p, ok := cidrAt(op.In, "ipCidrRange"); ok {
				out["gatewayAddress"] = p.Addr().Next().String()
			}
			return out
		},
	}
}

// cidr refuses what is no range of IPv4, or one that is too small.
func cidr(in simcloud.Values, input string, most int) error {
	text := in.String(input)
	p, err := netip.ParsePrefix(text)
	switch {
	case text == "":
		return nil
	case err != nil || p != p.Masked():
		return refused(400, "badRequest", "Invalid value for field 'resource.%s': '%s'. Must be a CIDR address range", input, text)
	case p.Bits() < 8 || p.Bits() > most:
		return refused(400, "badRequest", "Invalid IPCidrRange: %s: prefix length must be between 8 and %d", text, most)
	}
	return nil
}

func cidrAt(in simcloud.Values, input string) (netip.Prefix, bool) {
	p, err := netip.ParsePrefix(in.String(input))
	return p, err == nil
}

// refuseSubnet refuses ranges that overlap with those of the network's subnets,
// its own, or what is set aside for peered networks.
func refuseSubnet(op *simcloud.Op) error {
	mine := rangesOf(op.In)
	for i, p := range mine {
		if slices.ContainsFunc(mine[:i], p.Overlaps) {
			return refused(400, "badRequest", "Invalid IPCidrRange: %s overlaps with another range of the subnetwork.", p)
		}
	}
	for _, other := range op.All(subnetToken) {
		if other.ID == op.ID || plain(other.In.String("network")) != plain(op.In.String("network")) {
			continue
		}
		for _, theirs := range rangesOf(other.In) {
			for _, p := range mine {
				if p.Overlaps(theirs) {
					return refused(400, "badRequest", "Invalid IPCidrRange: %s conflicts with existing subnetwork '%s' in region '%s'.",
						p, other.In.String("name"), other.In.String("region"))
				}
			}
		}
	}
	return reservedOverlap(op, op.In.String("network"), mine)
}

// reservedOverlap refuses ranges within what is set aside in a network.
func reservedOverlap(op *simcloud.Op, network string, ranges []netip.Prefix) error {
	for _, r := range op.All(globalAddressToken) {
		reserved, ok := reservedRange(r.Out)
		if !ok || r.ID == op.ID || plain(r.In.String("network")) != plain(network) {
			continue
		}
		for _, p := range ranges {
			if p.Overlaps(reserved) {
				return refused(400, "badRequest", "Requested internal IP address range %s overlaps with reserved IP address range %s (%s).", p, reserved, r.ID)
			}
		}
	}
	return nil
}

// rangesOf are all ranges of a subnet.
func rangesOf(in simcloud.Values) []netip.Prefix {
	var all []netip.Prefix
	for _, text := range append(in.Strings("ipCidrRange"), in.Strings("secondaryIpRanges[].ipCidrRange")...) {
		if p, err := netip.ParsePrefix(text); err == nil {
			all = append(all, p)
		}
	}
	return all
}

// rangeOf is a secondary range of a subnet by its name.
func rangeOf(subnet *simcloud.Record, name string) (netip.Prefix, bool) {
	for _, r := range subnet.In.Objects("secondaryIpRanges[]") {
		if r.String("rangeName") == name {
			return cidrAt(r, "ipCidrRange")
		}
	}
	return netip.Prefix{}, false
}

// connectionType is the peering with the network in which Google runs services.
// Source: Service Networking reference, services.connections, read 2026-11.
func connectionType() *simcloud.Type {
	return &simcloud.Type{
		Token: connectionToken, Noun: "connection", Takes: time.Minute,
		ID:       func(op *simcloud.Op) string { return plain(op.In.String("network")) + ":" + op.In.String("service") },
		Required: []string{"network", "reservedPeeringRanges", "service"}, Replace: []string{"network", "service"},
		Refs: []simcloud.Ref{
			ref("network", notFound, networkToken),
			{Path: "reservedPeeringRanges[]", To: []string{globalAddressToken}, By: "name", Holds: true,
				Missing: "googleapi: Error 400: Failed to find allocated range %s, badRequest"},
		},
		Delete: func(op *simcloud.Op) error {
			if op.In.String("deletionPolicy") == "ABANDON" || !peered(op) {
				return nil
			}
			return refused(400, "failedPrecondition", "Failed to delete connection; Producer services (e.g. CloudSQL, Cloud Memstore, etc.) are still using this connection.")
		},
		Outputs: func(*simcloud.Op) simcloud.Values {
			return simcloud.Values{"peering": "servicenetworking-googleapis-com"}
		},
	}
}

// peered says whether a database or a cache is in the network of a connection.
func peered(op *simcloud.Op) bool {
	network := plain(op.In.String("network"))
	return slices.ContainsFunc(slices.Concat(op.Everywhere("gcp:sql/databaseInstance"), op.Everywhere("gcp:redis/")), func(r *simcloud.Record) bool {
		return plain(r.In.String("settings.ipConfiguration.privateNetwork")) == network || plain(r.In.String("authorizedNetwork")) == network
	})
}

// hasConnection says whether a network has a peering for services of Google's.
func hasConnection(op *simcloud.Op, network string) bool {
	return slices.ContainsFunc(op.All(connectionToken), func(r *simcloud.Record) bool { return plain(r.In.String("network")) == plain(network) })
}

func policyType() *simcloud.Type {
	return &simcloud.Type{
		Token: policyToken, Noun: "DNS policy", Auto: "name", AutoMax: 63, Takes: 5 * time.Second,
		ID:       func(op *simcloud.Op) string { return path(op, "policies", op.In.String("name")) },
		Replace:  []string{"name", "project"},
		Refs:     []simcloud.Ref{ref("networks[].networkUrl", notFound, networkToken)},
		Unique:   []simcloud.Unique{taken("policies")},
		Validate: func(in simcloud.Values) []error { return simcloud.Problems(named(in)) },
		Refuse: func(op *simcloud.Op) error {
			for _, other := range op.All(policyToken) {
				for _, n := range other.In.Strings("networks[].networkUrl") {
					if other.ID != op.ID && slices.Contains(op.In.Strings("networks[].networkUrl"), n) {
						return refused(400, "badRequest", "The network '%s' is already bound to another DNS policy.", n)
					}
				}
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values { return simcloud.Values{"project": op.Account} },
	}
}
