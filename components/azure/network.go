package azure

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// NATMode is how nodes reach the internet.
type NATMode string

// The NAT modes. There is none without a way out: nodes fetch what they run.
const (
	// NATSingle has one NAT gateway, in one zone or in one that Azure chooses: many
	// connections, and gone with its zone.
	NATSingle NATMode = "single"
	// NATPerZone goes out by a load balancer whose addresses are in all zones. A
	// subnet has one NAT gateway, and one that is in several zones (StandardV2) the
	// provider's API does not know.
	NATPerZone NATMode = "perZone"
)

// NetworkArgs are the arguments of NewNetwork.
type NetworkArgs struct {
	Scope
	// CIDR is the network's IPv4 range, between /16 and /20.
	CIDR string
	// PodCIDR is the range of pods, which is no part of the network: nodes carry it
	// to one another.
	PodCIDR string
	// NAT is how nodes reach the internet, and NATZone the zone of the single
	// gateway: one that Azure chooses if empty. A change of it moves the gateway, with
	// its addresses.
	NAT     NATMode
	NATZone string
	// Addresses is how many public addresses there are to go out by; 1 if 0.
	Addresses int
	// Gateway makes room for an application gateway.
	Gateway bool
	// ClientCIDRs are ranges of networks joined to this one that may reach its
	// endpoints and databases.
	ClientCIDRs []string
	// DDoS protects every public address of the network: a plan of 2,900 dollars a
	// month, for up to 100 addresses of a tenant.
	DDoS bool
	// ClusterZone makes the private DNS zone of a private cluster.
	ClusterZone bool
	// WorkspaceID is the workspace of audit logs; none if nil.
	WorkspaceID pulumi.StringInput
}

// Service is a kind of service with an address inside the network.
type Service string

// The services, each with a private DNS zone.
const (
	VaultService    Service = "vault"
	BlobService     Service = "blob"
	RegistryService Service = "registry"
	RedisService    Service = "redis"
	// PostgresService is for servers in the data subnet: they need no endpoint.
	PostgresService Service = "postgres"
	// ClusterService is the API of a private cluster.
	ClusterService Service = "cluster"
)

// Network is a virtual network: a subnet for nodes, one for databases, one for
// private endpoints and one for an application gateway. Subnets are in all zones
// of the region, so zones come and go without a change here.
type Network struct {
	pulumi.ResourceState

	// ID and Name are the network's.
	ID, Name pulumi.StringOutput
	// CIDR is its range, and NAT its way out.
	CIDR string
	NAT  NATMode
	// Nodes, Data, Endpoints and Gateway are the ids of the subnets; Gateway is
	// there if it was asked for.
	Nodes, Data, Endpoints, Gateway pulumi.StringOutput
	// ServiceZones are the ids of the private DNS zones.
	ServiceZones map[Service]pulumi.StringOutput
	// NATGateway is the id of the gateway, with NATSingle.
	NATGateway pulumi.StringOutput
	// AddressIDs are the ids of the public addresses to go out by, and Addresses
	// the addresses, by their names.
	AddressIDs, Addresses map[string]pulumi.StringOutput
	// Ready is what must exist before something in the network finds its way: links
	// to the zones.
	Ready []pulumi.Resource
}

// Private is where a service gets its address.
func (n *Network) Private(s Service) *PrivatePlace {
	return &PrivatePlace{SubnetID: n.Endpoints, ZoneID: n.ServiceZones[s]}
}

// networkBuilder is a Network while it is built.
type networkBuilder struct {
	*NetworkArgs
	ctx     *pulumi.Context
	name    string
	out     *Network
	plan    networkPlan
	network *resource
	nat     *resource
	after   []pulumi.Resource // the subnet before: Azure makes one at a time
}

// NewNetwork makes a network.
func NewNetwork(ctx *pulumi.Context, name string, args *NetworkArgs, opts ...pulumi.ResourceOption) (*Network, error) {
	plan, err := args.check()
	if err != nil {
		return nil, fmt.Errorf("creating network %s: %w", name, err)
	}
	n := &Network{
		CIDR: args.CIDR, NAT: args.NAT, ServiceZones: map[Service]pulumi.StringOutput{},
		AddressIDs: map[string]pulumi.StringOutput{}, Addresses: map[string]pulumi.StringOutput{},
	}
	if err := component.Register(ctx, "azure", "Network", name, n, opts...); err != nil {
		return nil, err
	}
	b := &networkBuilder{NetworkArgs: args, ctx: ctx, name: name, out: n, plan: plan}
	for _, step := range []func() error{b.makeNetwork, b.makeEgress, b.makeSubnets, b.makeZones} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("creating network %s: %w", name, err)
		}
	}
	addresses := pulumi.StringMap{}
	for at, address := range n.Addresses {
		addresses[at] = address
	}
	return n, ctx.RegisterResourceOutputs(n, pulumi.Map{
		"id": n.ID, "name": n.Name, "cidr": pulumi.String(n.CIDR), "nodes": n.Nodes, "data": n.Data, "endpoints": n.Endpoints,
		"egressAddresses": addresses,
	})
}

// in are the options of every part of the network.
func (b *networkBuilder) in(more ...pulumi.ResourceOption) []pulumi.ResourceOption {
	return slices.Concat([]pulumi.ResourceOption{pulumi.Parent(b.out)}, more)
}

func (b *networkBuilder) makeNetwork() error {
	args := pulumi.Map{
		"resourceGroupName": b.ResourceGroup, "location": pulumi.String(b.Location),
		"addressSpace":         pulumi.Map{"addressPrefixes": pulumi.ToStringArray([]string{b.CIDR})},
		"enableDdosProtection": pulumi.Bool(b.DDoS), "enableVmProtection": pulumi.Bool(false),
		"tags": b.tags("network"),
	}
	if b.DDoS {
		plan, err := bind(b.ctx, "azure-native:network:DdosProtectionPlan", b.name, pulumi.Map{
			"resourceGroupName": b.ResourceGroup, "location": pulumi.String(b.Location), "tags": b.tags("network"),
		}, b.in()...)
		if err != nil {
			return fmt.Errorf("creating the DDoS protection plan: %w", err)
		}
		args["ddosProtectionPlan"] = ref(plan.ID().ToStringOutput())
	}
	made, err := bind(b.ctx, "azure-native:network:VirtualNetwork", b.name, args, b.in()...)
	if err != nil {
		return fmt.Errorf("creating the virtual network: %w", err)
	}
	b.network, b.out.ID, b.out.Name = made, made.ID().ToStringOutput(), made.Name
	return nil
}

// makeZones makes the private DNS zones and links the network to them.
func (b *networkBuilder) makeZones() error {
	names := b.zoneNames()
	for _, service := range slices.Sorted(maps.Keys(names)) {
		name := b.name + "-" + string(service)
		zone, err := bind(b.ctx, "azure-native:network:PrivateZone", name, pulumi.Map{
			"resourceGroupName": b.ResourceGroup, "privateZoneName": pulumi.String(names[service]),
			"location": pulumi.String("global"), "tags": b.tags("network"),
		}, b.in()...)
		if err != nil {
			return fmt.Errorf("creating private zone %s: %w", names[service], err)
		}
		link, err := bind(b.ctx, "azure-native:network:VirtualNetworkLink", name, pulumi.Map{
			"resourceGroupName": b.ResourceGroup, "privateZoneName": zone.Name, "location": pulumi.String("global"),
			"virtualNetwork":      ref(b.network.ID().ToStringOutput()),
			"registrationEnabled": pulumi.Bool(false), "tags": b.tags("network"),
		}, b.in()...)
		if err != nil {
			return fmt.Errorf("linking private zone %s: %w", names[service], err)
		}
		b.out.ServiceZones[service] = zone.ID().ToStringOutput()
		b.out.Ready = append(b.out.Ready, link)
	}
	return nil
}

// zoneNames are the names of the private DNS zones.
// Source: "Azure Private Endpoint private DNS zone values"; PostgreSQL flexible
// server, "Use a private DNS zone"; AKS, "Create a private cluster", configure a
// private DNS zone; read 2026-11.
func (b *networkBuilder) zoneNames() map[Service]string {
	names := map[Service]string{
		VaultService: "privatelink.vaultcore.azure.net", BlobService: "privatelink.blob.core.windows.net",
		RegistryService: "privatelink.azurecr.io", RedisService: "privatelink.redis.azure.net",
		PostgresService: limits.DNSLabel.Name(b.Prefix) + ".private.postgres.database.azure.com",
	}
	if b.ClusterZone {
		names[ClusterService] = "privatelink." + b.Location + ".azmk8s.io"
	}
	return names
}
