package gcp

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	routerToken        = "gcp:compute/router:Router"
	natToken           = "gcp:compute/routerNat:RouterNat"
	firewallToken      = "gcp:compute/firewall:Firewall"
	addressToken       = "gcp:compute/address:Address"
	globalAddressToken = "gcp:compute/globalAddress:GlobalAddress"
)

func routerType() *simcloud.Type {
	return &simcloud.Type{
		Token: routerToken, Noun: "router", Auto: "name", AutoMax: 63, Takes: 10 * time.Second,
		ID: func(op *simcloud.Op) string {
			return path(op, "regions", op.In.String("region"), "routers", op.In.String("name"))
		},
		Required: []string{"network", "region"}, Replace: []string{"encryptedInterconnectRouter", "name", "network", "project", "region"},
		Refs:   []simcloud.Ref{holding("network", notFound, networkToken)},
		Unique: []simcloud.Unique{taken("routers", "region")}, InUse: inUse("router"),
		Validate: func(in simcloud.Values) []error { return simcloud.Problems(named(in), place(in, "region")) },
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"selfLink": selfLink(op.ID), "project": op.Account}
		},
	}
}

// natType is Cloud NAT.
// Source: Cloud NAT docs, "Tune NAT configuration"; Compute Engine reference,
// routers; read 2026-11.
func natType() *simcloud.Type {
	return &simcloud.Type{
		Token: natToken, Noun: "NAT gateway", Auto: "name", AutoMax: 63, Takes: 20 * time.Second,
		ID: func(op *simcloud.Op) string {
			return fmt.Sprintf("%s/%s/%s/%s", op.Account, op.In.String("region"), op.In.String("router"), op.In.String("name"))
		},
		Required: []string{"region", "router", "sourceSubnetworkIpRangesToNat"},
		Replace:  []string{"endpointTypes", "name", "project", "region", "router", "type"},
		Refs: []simcloud.Ref{
			{Path: "router", To: []string{routerToken}, By: "name", Holds: true, Missing: notFound},
			{Path: "natIps[]", To: []string{addressToken}, By: "id", Plain: plain, Holds: true, Missing: notFound},
		},
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(
				named(in), place(in, "region"), powerOfTwo(in, "minPortsPerVm", 32), powerOfTwo(in, "maxPortsPerVm", 64),
				simcloud.OneOf(in, "natIpAllocateOption", "AUTO_ONLY", "MANUAL_ONLY"),
				simcloud.OneOf(in, "sourceSubnetworkIpRangesToNat", "ALL_SUBNETWORKS_ALL_IP_RANGES", "ALL_SUBNETWORKS_ALL_PRIMARY_IP_RANGES", "LIST_OF_SUBNETWORKS"),
				simcloud.OneOf(in, "logConfig.filter", "ERRORS_ONLY", "TRANSLATIONS_ONLY", "ALL"),
			)
			if in.Bool("enableDynamicPortAllocation") && in.Bool("enableEndpointIndependentMapping") {
				errs = append(errs, refused(400, "badRequest", "Dynamic Port Allocation and Endpoint Independent Mapping can not be enabled at the same time."))
			}
			if in.String("natIpAllocateOption") == "MANUAL_ONLY" && !in.Has("natIps") {
				errs = append(errs, refused(400, "badRequest", "NAT IPs must be specified when natIpAllocateOption is MANUAL_ONLY"))
			}
			return errs
		},
	}
}

func powerOfTwo(in simcloud.Values, input string, least int) error {
	n := in.Int(input)
	if n != 0 && (n < least || n&(n-1) != 0 || n > 65536) {
		return refused(400, "badRequest", "Invalid value for field '%s': '%d'. It must be a power of two of at least %d", input, n, least)
	}
	return nil
}

func firewallType() *simcloud.Type {
	return &simcloud.Type{
		Token: firewallToken, Noun: "firewall", Auto: "name", AutoMax: 63, Takes: 10 * time.Second,
		ID:       func(op *simcloud.Op) string { return path(op, "global/firewalls", op.In.String("name")) },
		Required: []string{"network"}, Replace: []string{"direction", "name", "network", "project"},
		Refs:     []simcloud.Ref{holding("network", notFound, networkToken)},
		Unique:   []simcloud.Unique{taken("firewalls")},
		Validate: validFirewall,
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"selfLink": selfLink(op.ID), "project": op.Account}
		},
	}
}

func validFirewall(in simcloud.Values) []error {
	errs := simcloud.Problems(named(in), simcloud.Between(in, "priority", 0, 65535), simcloud.OneOf(in, "direction", "INGRESS", "EGRESS"))
	if in.Has("allows") == in.Has("denies") {
		errs = append(errs, refused(400, "badRequest", "Exactly one of 'allowed' and 'denied' must be specified"))
	}
	if in.String("direction") == "EGRESS" && (in.Has("sourceRanges") || in.Has("sourceTags")) {
		errs = append(errs, refused(400, "badRequest", "Source ranges and tags can not be specified for EGRESS firewall rules"))
	}
	for _, text := range slices.Concat(in.Strings("sourceRanges[]"), in.Strings("destinationRanges[]")) {
		if p, err := netip.ParsePrefix(text); err != nil || p != p.Masked() {
			errs = append(errs, refused(400, "badRequest", "Invalid value for field 'resource.sourceRanges': '%s'. Must be a CIDR address range", text))
		}
	}
	for _, tag := range in.Strings("targetTags[]") {
		if !resourceName.MatchString(tag) {
			errs = append(errs, refused(400, "badRequest", "Invalid value for field 'resource.targetTags': '%s'. Must be a match of regex '[a-z]([-a-z0-9]{0,61}[a-z0-9])?'", tag))
		}
	}
	return errs
}

func addressType() *simcloud.Type {
	return &simcloud.Type{
		Token: addressToken, Noun: "address", Auto: "name", AutoMax: 63, Takes: 5 * time.Second,
		ID: func(op *simcloud.Op) string {
			return path(op, "regions", op.In.String("region"), "addresses", op.In.String("name"))
		},
		Required: []string{"region"},
		Replace:  []string{"address", "addressType", "description", "name", "network", "networkTier", "prefixLength", "project", "purpose", "region", "subnetwork"},
		Unique:   []simcloud.Unique{taken("addresses", "region")}, InUse: inUse("address"),
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(named(in), place(in, "region"), simcloud.OneOf(in, "addressType", "INTERNAL", "EXTERNAL"))
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			out := simcloud.Values{"selfLink": selfLink(op.ID), "project": op.Account, "networkTier": "PREMIUM"}
			if !op.In.Has("address") {
				out["address"] = given(op, "address", external(op))
			}
			return out
		},
	}
}

func globalAddressType() *simcloud.Type {
	return &simcloud.Type{
		Token: globalAddressToken, Noun: "global address", Auto: "name", AutoMax: 63, Takes: 5 * time.Second,
		ID:      func(op *simcloud.Op) string { return path(op, "global/addresses", op.In.String("name")) },
		Replace: []string{"address", "addressType", "description", "ipVersion", "name", "network", "prefixLength", "project", "purpose"},
		Refs:    []simcloud.Ref{holding("network", notFound, networkToken)},
		Unique:  []simcloud.Unique{taken("global addresses")}, InUse: inUse("global address"),
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(named(in), simcloud.OneOf(in, "purpose", "VPC_PEERING", "PRIVATE_SERVICE_CONNECT"))
			if in.String("purpose") == "VPC_PEERING" && !in.Has("prefixLength") {
				errs = append(errs, refused(400, "badRequest", "Prefix length must be specified for VPC_PEERING purpose."))
			}
			return errs
		},
		Refuse: func(op *simcloud.Op) error {
			p, ok := reservedRange(op.In)
			if !ok {
				return nil
			}
			for _, subnet := range op.All(subnetToken) {
				if plain(subnet.In.String("network")) == plain(op.In.String("network")) && slices.ContainsFunc(rangesOf(subnet.In), p.Overlaps) {
					return refused(400, "badRequest", "Requested internal IP address range %s overlaps with subnetwork %s.", p, subnet.ID)
				}
			}
			return reservedOverlap(op, op.In.String("network"), []netip.Prefix{p})
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			out := simcloud.Values{"selfLink": selfLink(op.ID), "project": op.Account}
			if !op.In.Has("address") {
				out["address"] = given(op, "address", external(op))
			}
			return out
		},
	}
}

// reservedRange is what an address sets aside for a peered network.
func reservedRange(v simcloud.Values) (netip.Prefix, bool) {
	addr, err := netip.ParseAddr(v.String("address"))
	if err != nil || v.String("purpose") != "VPC_PEERING" {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(addr, v.Int("prefixLength")).Masked(), true
}

// external is an address of Google's.
func external(op *simcloud.Op) string {
	h := op.Hex(4, "address")
	if op.In.String("ipVersion") == "IPV6" {
		return "2600:1901:0:" + h + "::"
	}
	at := func(i int) string {
		n, err := strconv.ParseUint(h[i:i+2], 16, 8)
		if err != nil {
			return err.Error() // cannot be: hex digits always parse
		}
		return strconv.FormatUint(n, 10)
	}
	return "34.77." + at(0) + "." + at(2)
}

// given is what the cloud gave a resource at its creation.
func given(op *simcloud.Op, output string, fresh any) any {
	if op.Old != nil && op.Old.Out.Has(output) {
		return op.Old.Out.Get(output)
	}
	return fresh
}
