package azure

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// postgresServers is whom the data subnet is handed over to.
const postgresServers = "Microsoft.DBforPostgreSQL/flexibleServers"

// makeSubnets makes the subnets, each with a security group of its own. Azure
// changes one subnet of a network at a time, so each waits for the one before.
func (b *networkBuilder) makeSubnets() error {
	purposes := []purpose{nodesSubnet, dataSubnet, endpointsSubnet}
	if b.Gateway {
		purposes = append(purposes, gatewaySubnet)
	}
	ids := map[purpose]*pulumi.StringOutput{
		nodesSubnet: &b.out.Nodes, dataSubnet: &b.out.Data, endpointsSubnet: &b.out.Endpoints, gatewaySubnet: &b.out.Gateway,
	}
	for _, p := range purposes {
		subnet, err := b.subnet(p)
		if err != nil {
			return fmt.Errorf("creating the subnet of %s: %w", p, err)
		}
		*ids[p] = subnet.ID().ToStringOutput()
	}
	return nil
}

func (b *networkBuilder) subnet(p purpose) (*resource, error) {
	name := b.name + "-" + string(p)
	rules, err := bind(b.ctx, "azure-native:network:NetworkSecurityGroup", name, pulumi.Map{
		"resourceGroupName": b.ResourceGroup, "location": pulumi.String(b.Location),
		"securityRules": b.rules(p), "tags": b.tags("network"),
	}, b.in()...)
	if err != nil {
		return nil, fmt.Errorf("creating its security group: %w", err)
	}
	if err := auditLogs(b.ctx, name, b.WorkspaceID, rules.ID().ToStringOutput(),
		[]string{"NetworkSecurityGroupEvent", "NetworkSecurityGroupRuleCounter"}, b.in()...); err != nil {
		return nil, err
	}
	args := pulumi.Map{
		"resourceGroupName": b.ResourceGroup, "virtualNetworkName": b.network.Name, "subnetName": pulumi.String(p),
		"addressPrefix":        pulumi.String(b.plan.ranges[p].String()),
		"networkSecurityGroup": ref(rules.ID().ToStringOutput()),
		// Rules hold for private endpoints as they do for everything else.
		"privateEndpointNetworkPolicies": pulumi.String("Enabled"), "privateLinkServiceNetworkPolicies": pulumi.String("Enabled"),
	}
	switch p {
	case nodesSubnet:
		if b.nat != nil {
			args["natGateway"] = ref(b.nat.ID().ToStringOutput())
		}
	case dataSubnet:
		args["delegations"] = pulumi.Array{pulumi.Map{"name": pulumi.String("postgres"), "serviceName": pulumi.String(postgresServers)}}
	}
	subnet, err := bind(b.ctx, "azure-native:network:Subnet", name, args, b.in(pulumi.DependsOn(b.after))...)
	if err != nil {
		return nil, err
	}
	b.after = []pulumi.Resource{subnet}
	return subnet, nil
}

// rule is one rule of a security group.
type rule struct {
	name     string
	out      bool // for what goes out
	deny     bool
	protocol string // Tcp if empty
	from, to []string
	ports    string
}

// Service tags of Azure.
const (
	internet      = "Internet"
	balancerProbe = "AzureLoadBalancer"
	gatewayAdmin  = "GatewayManager"
	anything      = "*"
)

// rules are those of a subnet. What is not let in is refused: the last rule is
// before Azure's own, which lets in all of the network and of those joined to it.
// Pods leave the cluster with the address of their node; between nodes they have
// their own.
// Source: AKS, "Azure CNI Overlay networking", network security groups;
// PostgreSQL flexible server, "Private access", network security groups;
// Application Gateway, "Infrastructure configuration", network security groups.
func (b *networkBuilder) rules(p purpose) pulumi.Array {
	nodes := b.plan.ranges[nodesSubnet].String()
	clients := append([]string{nodes}, b.ClientCIDRs...)
	own := []string{b.plan.ranges[p].String()}
	var all []rule
	switch p {
	case nodesSubnet:
		cluster := []string{nodes, b.PodCIDR}
		all = []rule{
			{name: "cluster", protocol: anything, from: cluster, to: cluster, ports: anything},
			{name: "probes", protocol: anything, from: []string{balancerProbe}, to: []string{anything}, ports: anything},
		}
		if len(b.ClientCIDRs) > 0 {
			all = append(all, rule{name: "clients", from: b.ClientCIDRs, to: own, ports: "443"})
		}
		if b.Gateway {
			all = append(all, rule{name: "gateway", from: []string{b.plan.ranges[gatewaySubnet].String()}, to: cluster, ports: anything})
		}
	case dataSubnet:
		all = []rule{
			{name: "clients", from: clients, to: own, ports: "5432"},
			{name: "pool", from: clients, to: own, ports: "6432"},
			{name: "standby", from: own, to: own, ports: anything},
			{name: "internet", out: true, deny: true, protocol: anything, from: []string{anything}, to: []string{internet}, ports: anything},
			{name: "archive", out: true, from: own, to: []string{"Storage"}, ports: "443"},
			{name: "keys", out: true, from: own, to: []string{"AzureKeyVault"}, ports: "443"},
			{name: "directory", out: true, from: own, to: []string{"AzureActiveDirectory"}, ports: "443"},
		}
	case endpointsSubnet:
		all = []rule{
			{name: "clients", from: clients, to: own, ports: anything},
			{name: "internet", out: true, deny: true, protocol: anything, from: []string{anything}, to: []string{internet}, ports: anything},
		}
	case gatewaySubnet:
		all = []rule{
			{name: "users", from: []string{internet}, to: []string{anything}, ports: "443"},
			{name: "management", from: []string{gatewayAdmin}, to: []string{anything}, ports: "65200-65535"},
			{name: "probes", protocol: anything, from: []string{balancerProbe}, to: []string{anything}, ports: anything},
		}
	}
	return numbered(append(all, rule{name: "rest", deny: true, protocol: anything, from: []string{anything}, to: []string{anything}, ports: anything}))
}

// numbered gives rules their priorities: what is allowed in the order in which it
// stands, then what is denied.
func numbered(rules []rule) pulumi.Array {
	var all pulumi.Array
	allow, deny := 100, 4000
	for _, r := range rules {
		at := &allow
		if r.deny {
			at = &deny
		}
		args := pulumi.Map{
			"name": pulumi.String(r.name), "priority": pulumi.Int(*at), "direction": pulumi.String("Inbound"), "access": pulumi.String("Allow"),
			"protocol": pulumi.String("Tcp"), "sourcePortRange": pulumi.String(anything), "destinationPortRange": pulumi.String(r.ports),
		}
		*at += 10
		if r.out {
			args["direction"] = pulumi.String("Outbound")
		}
		if r.deny {
			args["access"] = pulumi.String("Deny")
		}
		if r.protocol != "" {
			args["protocol"] = pulumi.String(r.protocol)
		}
		if len(r.from) == 1 {
			args["sourceAddressPrefix"] = pulumi.String(r.from[0])
		} else {
			args["sourceAddressPrefixes"] = pulumi.ToStringArray(r.from)
		}
		if len(r.to) == 1 {
			args["destinationAddressPrefix"] = pulumi.String(r.to[0])
		} else {
			args["destinationAddressPrefixes"] = pulumi.ToStringArray(r.to)
		}
		all = append(all, args)
	}
	return all
}
