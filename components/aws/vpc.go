package aws

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// NATMode is how private subnets reach the internet.
type NATMode string

// The NAT modes.
const (
	// NATNone gives no way out: endpoints must do.
	NATNone NATMode = "none"
	// NATSingle has one gateway for all zones: cheap, and gone with its zone.
	NATSingle NATMode = "single"
	// NATPerZone has a gateway in each zone.
	NATPerZone NATMode = "perZone"
)

// VpcArgs are the arguments of NewVpc.
type VpcArgs struct {
	Scope
	// CIDR is the network's IPv4 range, between /16 and /20.
	CIDR string
	// Zones is the ledger of zones: each zone's name and its slot, 0 to 5, which
	// decides the ranges of the zone's subnets for ever.
	Zones map[string]int
	// NAT is how private subnets reach the internet.
	NAT NATMode
	// NATZone is the zone of the single gateway: the one with the lowest slot if
	// empty. Name it where a zone with a lower slot may come later, or the
	// gateway moves there.
	NATZone string
	// PodCIDR is a second IPv4 range for pods alone, between /16 and /25; none
	// if empty.
	PodCIDR string
	// IPv6 adds an IPv6 range of Amazon's to the network and its subnets. It can
	// be switched on later, but not off: AWS does not take back a range that
	// subnets still have, and they would give it up only afterwards.
	IPv6 bool
	// Endpoints are the services with an interface endpoint, by their short
	// names (ecr.api, sts …). S3 and DynamoDB always have a gateway endpoint.
	Endpoints []string
	// FlowLogs is the traffic that is recorded: ALL or REJECT.
	FlowLogs string
	// LogDays is how many days flow logs are kept.
	LogDays int
	// LogKeyArn is the ARN of the key that encrypts flow logs; CloudWatch Logs
	// must be among its users.
	LogKeyArn pulumi.StringInput
	// ClusterName is the Kubernetes cluster whose autoscaler finds the private
	// subnets by a tag; no tag if empty.
	ClusterName string
}

// Vpc is a network over several zones, with three tiers of subnets in each:
// public for load balancers, private for nodes, data for databases; and a fourth
// for pods where they have a range of their own.
//
// A subnet's id is known before the ways out of it exist. What needs the
// internet from its first minute on, such as nodes, has to depend on the Vpc
// itself (pulumi.DependsOn).
type Vpc struct {
	pulumi.ResourceState

	// ID is the network's id.
	ID pulumi.IDOutput
	// CIDR is the network's IPv4 range.
	CIDR pulumi.StringOutput
	// IPv6CIDR is the network's IPv6 range; empty if there is none.
	IPv6CIDR pulumi.StringOutput
	// ZoneNames are the zones, sorted.
	ZoneNames []string
	// PublicSubnets, PrivateSubnets, DataSubnets and PodSubnets are the ids of
	// the subnets by zone; PodSubnets is empty without a range for pods.
	PublicSubnets, PrivateSubnets, DataSubnets, PodSubnets map[string]pulumi.IDOutput
	// PrivateRouteTables are the ids of the route tables of private subnets, by
	// zone.
	PrivateRouteTables map[string]pulumi.IDOutput
	// NATGateways are the ids of the NAT gateways by zone, for alarms.
	NATGateways map[string]pulumi.StringOutput
	// NATAddresses are the public addresses of the NAT gateways by zone: where
	// the outside sees traffic come from.
	NATAddresses map[string]pulumi.StringOutput
	// Ready is what must exist before something in the network finds its way: routes,
	// their use by subnets, network ACLs and endpoints.
	Ready []pulumi.Resource
}

// PublicSubnetIDs are the ids of the public subnets in the order of the zones'
// names.
func (v *Vpc) PublicSubnetIDs() pulumi.StringArrayOutput { return v.inOrder(v.PublicSubnets) }

// PrivateSubnetIDs are the ids of the private subnets in the order of the zones'
// names.
func (v *Vpc) PrivateSubnetIDs() pulumi.StringArrayOutput { return v.inOrder(v.PrivateSubnets) }

// DataSubnetIDs are the ids of the data subnets in the order of the zones'
// names.
func (v *Vpc) DataSubnetIDs() pulumi.StringArrayOutput { return v.inOrder(v.DataSubnets) }

// PodSubnetIDs are the ids of the pod subnets in the order of the zones' names;
// none without a range for pods.
func (v *Vpc) PodSubnetIDs() pulumi.StringArrayOutput { return v.inOrder(v.PodSubnets) }

func (v *Vpc) inOrder(ids map[string]pulumi.IDOutput) pulumi.StringArrayOutput {
	return inOrder(v.ZoneNames, ids).ToStringArrayOutput()
}

func inOrder(zones []string, ids map[string]pulumi.IDOutput) pulumi.StringArray {
	all := pulumi.StringArray{}
	for _, zone := range zones {
		if id, ok := ids[zone]; ok {
			all = append(all, id.ToStringOutput())
		}
	}
	return all
}

// network is the network as AWS sees it.
type network struct {
	pulumi.CustomResourceState

	CIDR     pulumi.StringOutput `pulumi:"cidrBlock"`
	IPv6CIDR pulumi.StringOutput `pulumi:"ipv6CidrBlock"`
}

// vpcBuild is a Vpc while it is made: what the steps hand on to one another.
type vpcBuild struct {
	*VpcArgs
	ctx  *pulumi.Context
	name string
	plan vpcPlan
	out  *Vpc

	vpc     *network
	gateway *bound
	subnets map[subnetTier]map[string]*bound
	nats    map[string]*bound
	// outward are the route tables of tiers that gateway endpoints serve.
	outward []pulumi.StringInput
}

// NewVpc makes a network. Its arguments are checked first: the error names
// every one that is wrong.
func NewVpc(ctx *pulumi.Context, name string, args *VpcArgs, opts ...pulumi.ResourceOption) (*Vpc, error) {
	plan, err := args.plan()
	if err != nil {
		return nil, fmt.Errorf("checking the arguments of vpc %s: %w", name, err)
	}
	v := &Vpc{
		ZoneNames:     plan.zones,
		PublicSubnets: map[string]pulumi.IDOutput{}, PrivateSubnets: map[string]pulumi.IDOutput{},
		DataSubnets: map[string]pulumi.IDOutput{}, PodSubnets: map[string]pulumi.IDOutput{},
		PrivateRouteTables: map[string]pulumi.IDOutput{},
		NATGateways:        map[string]pulumi.StringOutput{}, NATAddresses: map[string]pulumi.StringOutput{},
	}
	if err := component.Register(ctx, "aws", "Vpc", name, v, opts...); err != nil {
		return nil, err
	}
	b := &vpcBuild{
		VpcArgs: args, ctx: ctx, name: name, plan: plan, out: v,
		subnets: map[subnetTier]map[string]*bound{}, nats: map[string]*bound{},
	}
	for _, step := range []func() error{
		b.makeNetwork, b.makeSubnets, b.makeNAT, b.makeRoutes, b.makeACLs, b.makeEndpoints, b.makeFlowLogs,
	} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("creating vpc %s: %w", name, err)
		}
	}
	v.ID, v.CIDR, v.IPv6CIDR = b.vpc.ID(), b.vpc.CIDR, b.vpc.IPv6CIDR
	return v, ctx.RegisterResourceOutputs(v, v.outputs())
}

func (v *Vpc) outputs() pulumi.Map {
	zones := pulumi.StringArray{}
	for _, zone := range v.ZoneNames {
		zones = append(zones, pulumi.String(zone))
	}
	addresses := pulumi.StringMap{}
	for zone, address := range v.NATAddresses {
		addresses[zone] = address
	}
	return pulumi.Map{
		"id": v.ID, "cidr": v.CIDR, "ipv6Cidr": v.IPv6CIDR, "zones": zones,
		"publicSubnets": v.PublicSubnetIDs(), "privateSubnets": v.PrivateSubnetIDs(),
		"dataSubnets": v.DataSubnetIDs(), "podSubnets": v.PodSubnetIDs(), "natAddresses": addresses,
	}
}

// child names a part of the network: the network's name and what it is.
func (b *vpcBuild) child(parts ...string) string {
	name := b.name
	for _, p := range parts {
		name += "-" + p
	}
	return name
}

// make registers a part of the network, of one of EC2's types: aws:ec2/<type>.
func (b *vpcBuild) make(typ, name string, args pulumi.Map, more ...pulumi.ResourceOption) (*bound, error) {
	return bind(b.ctx, "aws:ec2/"+typ, name, args, b.options(more...)...)
}

// options are those of every part of the network.
func (b *vpcBuild) options(more ...pulumi.ResourceOption) []pulumi.ResourceOption {
	return slices.Concat([]pulumi.ResourceOption{pulumi.Parent(b.out)}, more)
}
