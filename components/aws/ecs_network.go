package aws

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// flow is one direction of traffic over TCP: to a port, from or to a range, a
// list of ranges or a security group.
type flow struct {
	name, says string
	port       int
	cidr       string // IPv4, or IPv6 with colons
	list       string // a managed prefix list
	group      pulumi.StringInput
}

// everywhere are the ranges of the whole internet, each with its name.
func everywhere(ipv6 bool) [][2]string {
	all := [][2]string{{"ipv4", "0.0.0.0/0"}, {"ipv6", "::/0"}}
	if ipv6 {
		return all
	}
	return all[:1]
}

// makeGroups makes the security groups: the world, or the CDN alone, reaches the
// load balancer, the load balancer each service on its port, and a service what
// it calls over HTTPS. No service reaches another but through the load balancer.
func (b *ecsBuilder) makeGroups() error {
	// What a group says of itself cannot change: its rules say who comes in.
	door, err := b.group(b.name+"-balancer", "Load balancer of "+b.Prefix)
	if err != nil {
		return err
	}
	b.door = door
	flows, err := b.visitors()
	if err != nil {
		return err
	}
	for _, f := range flows {
		if _, err := b.ingress(b.ctx, b.name+"-balancer", door.ID(), f, b.child()...); err != nil {
			return err
		}
	}
	for _, service := range slices.Sorted(maps.Keys(b.Ports)) {
		if err := b.serviceGroup(service, b.Ports[service]); err != nil {
			return err
		}
	}
	return nil
}

// cdnServers is the list of the addresses that CloudFront asks origins from, over
// IPv4, as it does all origins unless told otherwise. It counts as 55 of the 60
// rules that a security group may have: there is room for one.
// Source: CloudFront developer guide, "Locations and IP address ranges of
// CloudFront edge servers"; VPC user guide, "AWS-managed prefix list weight".
const cdnServers = "com.amazonaws.global.cloudfront.origin-facing"

// visitors are those who reach the load balancer.
func (b *ecsBuilder) visitors() ([]flow, error) {
	if b.OnlyCDN {
		var list struct {
			ID string `pulumi:"id"`
		}
		if err := b.ctx.Invoke("aws:ec2/getManagedPrefixList:getManagedPrefixList", &struct {
			Name string `pulumi:"name"`
		}{cdnServers}, &list, pulumi.Parent(b.ecs)); err != nil {
			return nil, fmt.Errorf("finding CloudFront's addresses: %w", err)
		}
		return []flow{{name: "cdn", says: "HTTPS from CloudFront", port: 443, list: list.ID}}, nil
	}
	var all []flow
	for _, r := range everywhere(b.IPv6) {
		all = append(all,
			flow{name: "https-" + r[0], says: "HTTPS from the world", port: 443, cidr: r[1]},
			flow{name: "http-" + r[0], says: "HTTP from the world, to be sent to HTTPS", port: 80, cidr: r[1]})
	}
	return all, nil
}

// serviceGroup makes the security group of one service's tasks.
func (b *ecsBuilder) serviceGroup(service string, port int) error {
	name := b.name + "-" + service
	group, err := b.group(name, "Tasks of "+service+" of "+b.Prefix)
	if err != nil {
		return err
	}
	b.ecs.SecurityGroupIDs[service] = group.ID()
	in := flow{name: "balancer", says: "From the load balancer", port: port, group: b.door.ID().ToStringOutput()}
	rule, err := b.ingress(b.ctx, name, group.ID(), in, b.child()...)
	if err != nil {
		return err
	}
	out := flow{name: service, says: "To " + service, port: port, group: group.ID().ToStringOutput()}
	toService, err := b.egress(b.ctx, b.name+"-balancer", b.door.ID(), out, b.child()...)
	if err != nil {
		return err
	}
	b.ecs.ready = append(b.ecs.ready, rule, toService)
	for _, r := range everywhere(b.IPv6) {
		// Images, logs, secrets and other people's services.
		out := flow{name: "https-" + r[0], says: "HTTPS to anywhere", port: 443, cidr: r[1]}
		rule, err := b.egress(b.ctx, name, group.ID(), out, b.child()...)
		if err != nil {
			return err
		}
		b.ecs.ready = append(b.ecs.ready, rule)
	}
	return nil
}

func (b *ecsBuilder) group(name, says string) (*bound, error) {
	return securityGroup(b.ctx, name, b.VpcID, says, b.tags("ecs", name), b.child()...)
}

// ingress lets traffic into a security group.
func (s Scope) ingress(ctx *pulumi.Context, name string, group pulumi.IDOutput, f flow, opts ...pulumi.ResourceOption) (pulumi.Resource, error) {
	name += "-from-" + f.name
	args := &vpc.SecurityGroupIngressRuleArgs{
		SecurityGroupId: group, IpProtocol: pulumi.String("tcp"), FromPort: pulumi.Int(f.port), ToPort: pulumi.Int(f.port),
		Description: pulumi.String(f.says), Tags: s.tags("ecs", name),
	}
	if f.list != "" {
		args.PrefixListId = pulumi.String(f.list)
	} else {
		args.CidrIpv4, args.CidrIpv6, args.ReferencedSecurityGroupId = f.peer()
	}
	rule, err := vpc.NewSecurityGroupIngressRule(ctx, name, args, opts...)
	if err != nil {
		return nil, fmt.Errorf("creating ingress rule %s: %w", name, err)
	}
	return rule, nil
}

// egress lets traffic out of a security group.
func (s Scope) egress(ctx *pulumi.Context, name string, group pulumi.IDOutput, f flow, opts ...pulumi.ResourceOption) (pulumi.Resource, error) {
	name += "-to-" + f.name
	args := &vpc.SecurityGroupEgressRuleArgs{
		SecurityGroupId: group, IpProtocol: pulumi.String("tcp"), FromPort: pulumi.Int(f.port), ToPort: pulumi.Int(f.port),
		Description: pulumi.String(f.says), Tags: s.tags("ecs", name),
	}
	args.CidrIpv4, args.CidrIpv6, args.ReferencedSecurityGroupId = f.peer()
	rule, err := vpc.NewSecurityGroupEgressRule(ctx, name, args, opts...)
	if err != nil {
		return nil, fmt.Errorf("creating egress rule %s: %w", name, err)
	}
	return rule, nil
}

// peer is the other end of a flow, as one of the three that a rule may have.
func (f flow) peer() (ipv4, ipv6, group pulumi.StringPtrInput) {
	switch {
	case f.group != nil:
		return nil, nil, f.group.ToStringOutput().ToStringPtrOutput()
	case f.cidr == "::/0":
		return nil, pulumi.String(f.cidr), nil
	default:
		return pulumi.String(f.cidr), nil, nil
	}
}
