package gcp

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/dns"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/servicenetworking"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// NATMode is how nodes reach the internet.
type NATMode string

// The NAT modes. Cloud NAT is no machine: it stands in no zone and fails with
// none. What differs is how many addresses, and so ports, it has, and that each
// zone keeps its own.
const (
	// NATNone gives no way out but to Google's own services.
	NATNone NATMode = "none"
	// NATSingle has one address.
	NATSingle NATMode = "single"
	// NATPerZone has as many addresses as there are zones.
	NATPerZone NATMode = "perZone"
)

// NetworkArgs are the arguments of NewNetwork.
type NetworkArgs struct {
	Scope
	// CIDR is the network's IPv4 range, between /16 and /20: the first half is for
	// nodes, the last quarter for databases and caches, which Google runs in a
	// network of its own behind a peering.
	CIDR string
	// PodCIDR and ServiceCIDR are the ranges of pods and of Kubernetes services,
	// outside CIDR: between /11 and /20, and between /16 and /27.
	PodCIDR, ServiceCIDR string
	// Zones are the zones of the platform. Subnets span them all: a zone that comes
	// or goes changes no range.
	Zones []string
	// NAT is how nodes reach the internet.
	NAT NATMode
	// FlowSampling is the part of the flows that is recorded, over 0 and up to 1.
	FlowSampling float64
	// QueryLogs records which names are asked for.
	QueryLogs bool
}

// Network is a network with one subnet in a region, for nodes, pods and
// services; a way out; and a peering to the network in which Google runs
// databases and caches.
//
// Nothing comes in but what a rule lets in. Everything may go out: nodes fetch
// images from registries whose addresses nobody can list, and what pods may
// reach is decided by network policies, which know pods.
type Network struct {
	pulumi.ResourceState

	// ID is the network's path, SelfLink its URL and Name its name.
	ID, SelfLink, Name pulumi.StringOutput
	// Subnet is the path of the subnet.
	Subnet pulumi.StringOutput
	// NodeCIDR and PeeredCIDR are the parts of CIDR for nodes, and for databases
	// and caches.
	NodeCIDR, PeeredCIDR string
	// PodRange and ServiceRange are the names of the subnet's ranges.
	PodRange, ServiceRange string
	// PeeredRange is the name of the range of databases and caches.
	PeeredRange pulumi.StringOutput
	// PrivateConnection is the peering: databases and caches depend on it.
	PrivateConnection pulumi.Resource
	// NATAddresses are the addresses that the outside sees nodes with, by zone; of
	// a single one, by region.
	NATAddresses map[string]pulumi.StringOutput
	// NATGateway is the name of the way out; not set without one.
	NATGateway pulumi.StringOutput
	// Ready is what must exist before something in the network works: the way out
	// and who is let in.
	Ready []pulumi.Resource
}

// The names of the ranges in the subnet.
const (
	podRange     = "pods"
	serviceRange = "services"
)

// nodeTag is the network tag of nodes, by which rules find them.
func (s Scope) nodeTag() string { return limits.Tag.Name(s.Prefix, "node") }

// networkBuild is a Network while it is made.
type networkBuild struct {
	*NetworkArgs
	ctx  *pulumi.Context
	name string
	plan networkPlan
	out  *Network
	net  *bound
	in   pulumi.ResourceOption
}

// NewNetwork makes a network.
func NewNetwork(ctx *pulumi.Context, name string, args *NetworkArgs, opts ...pulumi.ResourceOption) (*Network, error) {
	plan, err := args.plan()
	if err != nil {
		return nil, fmt.Errorf("checking the arguments of network %s: %w", name, err)
	}
	n := &Network{
		NodeCIDR: plan.nodes.String(), PeeredCIDR: plan.peered.String(),
		PodRange: podRange, ServiceRange: serviceRange, NATAddresses: map[string]pulumi.StringOutput{},
	}
	if err := component.Register(ctx, "gcp", "Network", name, n, opts...); err != nil {
		return nil, err
	}
	b := &networkBuild{NetworkArgs: args, ctx: ctx, name: name, plan: plan, out: n, in: pulumi.Parent(n)}
	for _, step := range []func() error{b.makeNetwork, b.makeSubnet, b.makeNAT, b.makeFirewall, b.makePeering, b.makeQueryLogs} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("creating network %s: %w", name, err)
		}
	}
	addresses := pulumi.StringMap{}
	for zone, address := range n.NATAddresses {
		addresses[zone] = address
	}
	return n, ctx.RegisterResourceOutputs(n, pulumi.Map{
		"id": n.ID, "subnet": n.Subnet, "natAddresses": addresses, "peeredRange": n.PeeredRange,
	})
}

func (b *networkBuild) makeNetwork() error {
	var err error
	b.net, err = bind(b.ctx, "gcp:compute/network:Network", b.name, pulumi.Map{
		"description": pulumi.String("Network of " + b.Prefix), "autoCreateSubnetworks": pulumi.Bool(false),
		"routingMode": pulumi.String("REGIONAL"),
	}, b.in)
	if err != nil {
		return err
	}
	b.out.ID, b.out.SelfLink, b.out.Name = b.net.ID().ToStringOutput(), b.net.SelfLink, b.net.Name
	return nil
}

func (b *networkBuild) makeSubnet() error {
	subnet, err := bind(b.ctx, "gcp:compute/subnetwork:Subnetwork", b.name, pulumi.Map{
		"description": pulumi.String("Nodes, pods and services of " + b.Prefix),
		"network":     b.out.ID, "region": pulumi.String(b.Region), "ipCidrRange": pulumi.String(b.out.NodeCIDR),
		"secondaryIpRanges": pulumi.Array{
			pulumi.Map{"rangeName": pulumi.String(podRange), "ipCidrRange": pulumi.String(b.PodCIDR)},
			pulumi.Map{"rangeName": pulumi.String(serviceRange), "ipCidrRange": pulumi.String(b.ServiceCIDR)},
		},
		"privateIpGoogleAccess": pulumi.Bool(true),
		"logConfig": pulumi.Map{
			"aggregationInterval": pulumi.String("INTERVAL_1_MIN"), "flowSampling": pulumi.Float64(b.FlowSampling),
			"metadata": pulumi.String("INCLUDE_ALL_METADATA"),
		},
	}, b.in)
	if err != nil {
		return fmt.Errorf("creating the subnet: %w", err)
	}
	b.out.Subnet = subnet.ID().ToStringOutput()
	return nil
}

// makeNAT makes the way out: addresses of our own, which partners can let in.
func (b *networkBuild) makeNAT() error {
	if b.NAT == NATNone {
		return nil
	}
	var addresses pulumi.StringArray
	for _, key := range b.plan.addresses {
		a, err := reserve(b.ctx, "address:Address", b.name+"-nat-"+key, pulumi.Map{
			"description": pulumi.String("Way out of " + b.Prefix + ", " + key), "region": pulumi.String(b.Region), "addressType": pulumi.String("EXTERNAL"),
			"labels": b.labels("network", map[string]string{"zone": key}),
		}, b.in)
		if err != nil {
			return fmt.Errorf("creating the address of %s: %w", key, err)
		}
		b.out.NATAddresses[key] = a.Address
		addresses = append(addresses, a.SelfLink)
	}
	router, err := bind(b.ctx, "gcp:compute/router:Router", b.name, pulumi.Map{
		"description": pulumi.String("Way out of " + b.Prefix), "network": b.out.ID, "region": pulumi.String(b.Region),
	}, b.in)
	if err != nil {
		return fmt.Errorf("creating the router: %w", err)
	}
	nat, err := bind(b.ctx, "gcp:compute/routerNat:RouterNat", b.name, pulumi.Map{
		"router": router.Name, "region": pulumi.String(b.Region),
		"natIpAllocateOption": pulumi.String("MANUAL_ONLY"), "natIps": addresses,
		"sourceSubnetworkIpRangesToNat": pulumi.String("ALL_SUBNETWORKS_ALL_IP_RANGES"),
		// A node with many connections takes ports from those with few. That
		// excludes mappings that are independent of the endpoint.
		"enableDynamicPortAllocation": pulumi.Bool(true), "enableEndpointIndependentMapping": pulumi.Bool(false),
		"minPortsPerVm": pulumi.Int(64), "maxPortsPerVm": pulumi.Int(8192),
		"logConfig": pulumi.Map{"enable": pulumi.Bool(true), "filter": pulumi.String("ERRORS_ONLY")},
	}, b.in)
	if err != nil {
		return fmt.Errorf("creating the NAT gateway: %w", err)
	}
	b.out.NATGateway, b.out.Ready = nat.Name, append(b.out.Ready, nat)
	return nil
}

// makePeering sets a range aside for databases and caches, and joins the network
// to the one that Google runs them in.
func (b *networkBuild) makePeering() error {
	reserved, err := reserve(b.ctx, "globalAddress:GlobalAddress", b.name+"-peered", pulumi.Map{
		"description": pulumi.String("Databases and caches of " + b.Prefix), "network": b.out.ID,
		"purpose": pulumi.String("VPC_PEERING"), "addressType": pulumi.String("INTERNAL"),
		"address": pulumi.String(b.plan.peered.Addr().String()), "prefixLength": pulumi.Int(b.plan.peered.Bits()),
		"labels": b.labels("network"),
	}, b.in)
	if err != nil {
		return fmt.Errorf("setting the range of databases aside: %w", err)
	}
	b.out.PeeredRange = reserved.Name
	// A database that is gone holds on to the peering for hours, and would stop
	// the stack from going: the peering goes with the network.
	// Source: Terraform provider, google_service_networking_connection, deletion_policy.
	b.out.PrivateConnection, err = servicenetworking.NewConnection(b.ctx, b.name, &servicenetworking.ConnectionArgs{
		Network: b.out.ID, Service: pulumi.String("servicenetworking.googleapis.com"),
		ReservedPeeringRanges: pulumi.StringArray{reserved.Name}, DeletionPolicy: pulumi.String("ABANDON"),
	}, b.in)
	if err != nil {
		return fmt.Errorf("joining the network of databases: %w", err)
	}
	return nil
}

// makeQueryLogs has the network's resolver write down what it is asked.
func (b *networkBuild) makeQueryLogs() error {
	if !b.QueryLogs {
		return nil
	}
	_, err := dns.NewPolicy(b.ctx, b.name, &dns.PolicyArgs{
		Description: pulumi.String("Which names " + b.Prefix + " asks for"), EnableLogging: pulumi.Bool(true),
		Networks: dns.PolicyNetworkArray{&dns.PolicyNetworkArgs{NetworkUrl: b.out.ID}},
	}, b.in)
	if err != nil {
		return fmt.Errorf("logging what names are asked for: %w", err)
	}
	return nil
}
