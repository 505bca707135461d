package azure

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	networkToken = "azure-native:network:VirtualNetwork"
	subnetToken  = "azure-native:network:Subnet"
	ddosToken    = "azure-native:network:DdosProtectionPlan"
)

// Source: "Naming rules and restrictions for Azure resources", Microsoft.Network.
var networkName = regexp.MustCompile(`^[A-Za-z0-9]([\w.-]{0,78}\w)?$`)

func networkTypes() []*simcloud.Type {
	return slices.Concat([]*simcloud.Type{
		virtualNetwork(), subnet(),
		inGroup("Microsoft.Network/ddosProtectionPlans", "ddosProtectionPlanName", simcloud.Type{
			Token: ddosToken, Noun: "DDoS protection plan", Takes: 10 * time.Second,
			InUse: "DdosProtectionPlanCannotBeDeleted: DDoS protection plan %s is in use by a virtual network.",
		}),
	}, securityTypes(), egressTypes(), privateTypes(), gatewayTypes())
}

// onNetwork refuses names and places that nothing of the network may have.
func onNetwork(in simcloud.Values, kind, input string) []error {
	return simcloud.Problems(named(in, input, networkName, "InvalidResourceName"), inRegion(in, "Microsoft.Network/"+kind, "zones[]"))
}

func virtualNetwork() *simcloud.Type {
	return inGroup("Microsoft.Network/virtualNetworks", "virtualNetworkName", simcloud.Type{
		Token: networkToken, Noun: "virtual network", Takes: 5 * time.Second, Sweeps: true,
		Required: []string{"addressSpace.addressPrefixes"},
		Refs:     []simcloud.Ref{idRef("ddosProtectionPlan.id", true, ddosToken)},
		InUse:    "InUseVirtualNetworkCannotBeDeleted: Virtual network %s is in use and cannot be deleted.",
		Validate: func(in simcloud.Values) []error {
			errs := onNetwork(in, "virtualNetworks", "virtualNetworkName")
			for _, text := range in.Strings("addressSpace.addressPrefixes[]") {
				errs = append(errs, simcloud.Problems(prefix(text))...)
			}
			return errs
		},
		Refuse: func(op *simcloud.Op) error {
			// The network keeps the ranges that its subnets have parts of.
			for _, s := range op.All(subnetToken) {
				if op.Old != nil && strings.HasPrefix(s.ID, op.ID+"/") && !within(s.In.String("addressPrefix"), op.In) {
					return simcloud.Refusal("InUsePrefixCannotBeDeleted",
						"IpPrefix %s on Subnet %s has active allocations and cannot be deleted.", s.In.String("addressPrefix"), s.Out.String("name"))
				}
			}
			return nil
		},
	})
}

func prefix(text string) error {
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return simcloud.Refusal("InvalidAddressPrefixFormat", "Address prefix %s has invalid format.", text)
	}
	if p != p.Masked() {
		return simcloud.Refusal("InvalidCIDRNotation", "The address prefix %s has an invalid CIDR notation. For the given prefix length, the address prefix should be %s.", text, p.Masked())
	}
	return nil
}

// within says whether a range is inside one of a network's.
func within(text string, network simcloud.Values) bool {
	p, err := netip.ParsePrefix(text)
	return err == nil && slices.ContainsFunc(network.Strings("addressSpace.addressPrefixes[]"), func(block string) bool {
		b, err := netip.ParsePrefix(block)
		return err == nil && b.Contains(p.Addr()) && b.Bits() <= p.Bits()
	})
}

func subnet() *simcloud.Type {
	return inside("Microsoft.Network/virtualNetworks", "virtualNetworkName", networkToken, "subnets", "subnetName", simcloud.Type{
		Token: subnetToken, Noun: "subnet", Takes: 4 * time.Second,
		Required: []string{"addressPrefix"},
		Refs: []simcloud.Ref{
			idRef("networkSecurityGroup.id", true, securityGroupToken), idRef("natGateway.id", true, natToken),
		},
		InUse: "InUseSubnetCannotBeDeleted: Subnet %s is in use and cannot be deleted. In order to delete the subnet, delete all the resources within the subnet.",
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(named(in, "subnetName", networkName, "InvalidResourceName"),
				simcloud.OneOf(in, "privateEndpointNetworkPolicies", "Enabled", "Disabled", "NetworkSecurityGroupEnabled", "RouteTableEnabled"))
			if text := in.String("addressPrefix"); text != "" {
				errs = append(errs, simcloud.Problems(prefix(text))...)
				if p, err := netip.ParsePrefix(text); err == nil && p.Bits() > 29 {
					errs = append(errs, simcloud.Refusal("InvalidCIDRNotation", "The address prefix %s is too small: a subnet is a /29 or larger.", text))
				}
			}
			return errs
		},
		Refuse: refuseSubnet,
	})
}

func refuseSubnet(op *simcloud.Op) error {
	network := op.Find(networkToken, "name", op.In.String("virtualNetworkName"))
	mine, name := op.In.String("addressPrefix"), op.In.String("subnetName")
	if !within(mine, network.In) {
		return simcloud.Refusal("NetcfgSubnetRangeOutsideVnet",
			"Subnet '%s' is not valid because its IP address range is outside the IP address range of virtual network '%s'.", name, network.Out.String("name"))
	}
	p, err := netip.ParsePrefix(mine)
	for _, other := range op.All(subnetToken) {
		if other.ID == op.ID || !strings.HasPrefix(other.ID, network.ID+"/") {
			continue
		}
		if q, bad := netip.ParsePrefix(other.In.String("addressPrefix")); err == nil && bad == nil && p.Overlaps(q) {
			return simcloud.Refusal("NetcfgSubnetRangesOverlap",
				"Subnet '%s' is not valid because its IP address range overlaps with that of an existing subnet in virtual network '%s'.", name, network.Out.String("name"))
		}
	}
	if op.Old == nil {
		return nil
	}
	return refuseSubnetChange(op)
}

// refuseSubnetChange refuses to move or hand over a subnet that something is in.
func refuseSubnetChange(op *simcloud.Op) error {
	user := inSubnet(op, op.ID)
	if user == nil {
		return nil
	}
	if op.Old.In.String("addressPrefix") != op.In.String("addressPrefix") {
		return simcloud.Refusal("InUsePrefixCannotBeDeleted",
			"IpPrefix %s on Subnet %s has active allocations and cannot be deleted.", op.Old.In.String("addressPrefix"), op.Old.Out.String("name"))
	}
	if !slices.Equal(op.Old.In.Strings("delegations[].serviceName"), op.In.Strings("delegations[].serviceName")) {
		return simcloud.Refusal("SubnetMissingRequiredDelegation",
			"Subnet %s requires the delegations %v to reference service association link.", op.ID, op.Old.In.Strings("delegations[].serviceName"))
	}
	return nil
}

// subnetUsers are where resources name the subnet that they are in.
var subnetUsers = []string{
	"subnet.id", "properties.subnet.id", "network.delegatedSubnetResourceId", "vnetSubnetID", "agentPoolProfiles[].vnetSubnetID",
	"gatewayIPConfigurations[].subnet.id", "subnetId",
}

// inSubnet is a resource that is in a subnet; nil if none is.
func inSubnet(op *simcloud.Op, id string) *simcloud.Record {
	for _, r := range op.Everywhere("azure-native:") {
		for _, path := range subnetUsers {
			if slices.Contains(r.In.Strings(path), id) {
				return r
			}
		}
	}
	return nil
}

// delegated refuses a subnet that is not delegated to a service, or is to
// another; with no service, one that is delegated at all.
func delegated(op *simcloud.Op, subnet, service string) error {
	s := op.Find(subnetToken, "id", subnet)
	if s == nil {
		return nil // refused as a reference
	}
	has := s.In.Strings("delegations[].serviceName")
	switch {
	case service == "" && len(has) > 0:
		return simcloud.Refusal("SubnetIsDelegated", "Subnet %s cannot be used because it is delegated to %s.", subnet, strings.Join(has, ", "))
	case service != "" && !slices.Contains(has, service):
		return simcloud.Refusal("SubnetMissingRequiredDelegation", "Subnet %s is missing the required delegation %s.", subnet, service)
	}
	return nil
}
