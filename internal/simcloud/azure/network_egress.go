package azure

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	natToken     = "azure-native:network:NatGateway"
	addressToken = "azure-native:network:PublicIPAddress"
)

func egressTypes() []*simcloud.Type {
	return []*simcloud.Type{
		inGroup("Microsoft.Network/publicIPAddresses", "publicIpAddressName", simcloud.Type{
			Token: addressToken, Noun: "public IP address", Takes: 4 * time.Second,
			Replace: []string{"sku", "zones", "publicIPAddressVersion", "publicIPAllocationMethod"},
			InUse:   "PublicIPAddressCannotBeDeleted: Public IP address %s can not be deleted since it is still allocated to resource.",
			Validate: func(in simcloud.Values) []error {
				errs := append(onNetwork(in, "publicIPAddresses", "publicIpAddressName"),
					simcloud.Problems(simcloud.OneOf(in, "sku.name", "Basic", "Standard"), simcloud.OneOf(in, "publicIPAllocationMethod", "Static", "Dynamic"))...)
				if in.String("sku.name") == "Standard" && in.String("publicIPAllocationMethod") == "Dynamic" {
					errs = append(errs, simcloud.Refusal("StandardSkuPublicIPAddressesMustBeStatic", "Standard sku publicIp must be static."))
				}
				return errs
			},
			// Source: Azure updates, "Basic SKU public IPs will be retired", 2025-09-30.
			Refuse: func(op *simcloud.Op) error {
				if op.In.String("sku.name") != "Standard" {
					return simcloud.Refusal("IPv4BasicSkuPublicIpCountLimitReached", "Cannot create more than 0 IPv4 Basic SKU public IP addresses for this subscription in this region.")
				}
				return nil
			},
			Outputs: func(op *simcloud.Op) simcloud.Values {
				h := op.Hex(2, "address")
				last := strings.IndexByte("0123456789abcdef", h[0])*16 + strings.IndexByte("0123456789abcdef", h[1])
				return simcloud.Values{"ipAddress": kept(op, "ipAddress", "203.0.113."+strconv.Itoa(last))}
			},
		}),
		inGroup("Microsoft.Network/natGateways", "natGatewayName", simcloud.Type{
			Token: natToken, Noun: "NAT gateway", Takes: 10 * time.Second,
			Replace: []string{"sku", "zones"},
			Refs:    []simcloud.Ref{idRef("publicIpAddresses[].id", true, addressToken)},
			InUse:   "InUseNatGatewayCannotBeDeleted: NAT gateway %s cannot be deleted because it is in use by a subnet.",
			Validate: func(in simcloud.Values) []error {
				errs := append(onNetwork(in, "natGateways", "natGatewayName"),
					simcloud.Problems(simcloud.OneOf(in, "sku.name", "Standard"), simcloud.Between(in, "idleTimeoutInMinutes", 4, 120))...)
				if len(in.All("zones[]")) > 1 {
					errs = append(errs, simcloud.Refusal("NatGatewayWithMultipleZonesNotAllowed", "NAT gateway of SKU Standard can be in one zone only."))
				}
				return errs
			},
			Refuse: refuseNAT,
		}),
	}
}

// refuseNAT refuses addresses of another zone, and such as something else has.
func refuseNAT(op *simcloud.Op) error {
	zones := op.In.Strings("zones[]")
	for _, id := range op.In.Strings("publicIpAddresses[].id") {
		address := op.Find(addressToken, "id", id)
		if at := address.In.Strings("zones[]"); len(zones) > 0 && len(at) > 0 && !slices.Contains(at, zones[0]) {
			return simcloud.Refusal("NatGatewayPublicIpZoneMismatch", "NAT gateway %s and public IP %s must be in the same zone.", op.In.String("natGatewayName"), id)
		}
		for _, other := range op.All(natToken) {
			if other.ID != op.ID && slices.Contains(other.In.Strings("publicIpAddresses[].id"), id) {
				return simcloud.Refusal("PublicIPAddressInUse", "Resource %s is referencing public IP address %s that is already allocated to resource %s.", op.ID, id, other.ID)
			}
		}
	}
	return nil
}
