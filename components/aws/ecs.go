package aws

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// EcsArgs are the arguments of NewEcs.
type EcsArgs struct {
	Scope
	// VpcID is the network, with an internet gateway. The load balancer stands in
	// PublicSubnetIDs, in two zones or more, and the tasks in PrivateSubnetIDs. Both
	// need the ways out of the network from the start: cluster and services depend
	// on the whole Vpc (pulumi.DependsOn).
	VpcID                             pulumi.StringInput
	PublicSubnetIDs, PrivateSubnetIDs pulumi.StringArrayInput
	// IPv6 lets the load balancer answer over IPv6 as well.
	IPv6 bool
	// Host is the name that the services answer under, and MoreHosts are further
	// ones.
	Host      string
	MoreHosts []string
	// ZoneID is the hosted zone that holds the hosts: they are pointed at the load
	// balancer. Without one (nil) that is left to whoever has the names.
	ZoneID pulumi.StringInput
	// CertificateArn is an issued certificate for all hosts, in the scope's
	// region. Without one a certificate is made, which takes a ZoneID.
	CertificateArn string
	// OnlyCDN lets nobody but CloudFront's servers reach the load balancer, over
	// HTTPS. That is everybody's CloudFront: a web ACL with WafArgs.OriginSecrets
	// tells one's own.
	OnlyCDN bool
	// WebACLArn is a regional web ACL that stands in front of the load balancer;
	// none if nil.
	WebACLArn pulumi.StringInput
	// LogBucket is the name of the bucket that gets the access log.
	LogBucket pulumi.StringInput
	// Ports are the ports that services listen on, by the service's name. Each
	// gets a security group: databases and caches can let it in before the
	// service is there.
	Ports map[string]int
	// LogKeyArn encrypts log groups (LogsMayUse), DiskKeyArn the disks of tasks
	// (FargateMayUse), and ShellKeyArn what goes through a shell in a container.
	LogKeyArn, DiskKeyArn, ShellKeyArn pulumi.StringInput
	// LogDays is how long logs are kept, and AuditDays how long the record of
	// shells is.
	LogDays, AuditDays int
}

// Ecs is a place for services without Kubernetes: an ECS cluster on Fargate,
// and a load balancer that speaks HTTPS alone. The services come in with
// NewEcsService.
type Ecs struct {
	pulumi.ResourceState

	// ClusterName and ClusterArn are the cluster's.
	ClusterName, ClusterArn pulumi.StringOutput
	// LoadBalancerArn is the load balancer's ARN, and LoadBalancerID the part of it
	// that its metrics are known by (app/name/id).
	LoadBalancerArn, LoadBalancerID pulumi.StringOutput
	// DNSName is the load balancer's own name and DNSZoneID the zone of that name,
	// for an alias; a CDN uses the host instead, which the certificate is for.
	DNSName, DNSZoneID pulumi.StringOutput
	// ListenerArn is the HTTPS listener.
	ListenerArn pulumi.StringOutput
	// SecurityGroupIDs are the security groups of the services' tasks, by name.
	SecurityGroupIDs map[string]pulumi.IDOutput

	args  *EcsArgs
	ready []pulumi.Resource // what must exist before a service can start
}

// EcsClusterName is the name of the cluster of a prefix. It is fixed: the log
// group of Container Insights is called after it, and made beforehand.
func EcsClusterName(prefix string) string { return limits.Cluster.Name(prefix) }

// ecsBuilder holds what the parts of an Ecs need of each other.
type ecsBuilder struct {
	*EcsArgs
	ctx  *pulumi.Context
	name string
	ecs  *Ecs

	cluster  *ecs.Cluster
	door     *bound
	balancer *lb.LoadBalancer
}

// NewEcs makes the cluster, the load balancer with its listeners and the
// security groups of the services to come. In a protected scope the load
// balancer cannot be deleted.
func NewEcs(ctx *pulumi.Context, name string, args *EcsArgs, opts ...pulumi.ResourceOption) (*Ecs, error) {
	if err := args.check(); err != nil {
		return nil, fmt.Errorf("creating cluster %s: %w", name, err)
	}
	e := &Ecs{args: args, SecurityGroupIDs: map[string]pulumi.IDOutput{}}
	if err := component.Register(ctx, "aws", "Ecs", name, e, opts...); err != nil {
		return nil, err
	}
	b := &ecsBuilder{EcsArgs: args, ctx: ctx, name: name, ecs: e}
	for _, step := range []func() error{b.makeCluster, b.makeGroups, b.makeBalancer, b.makeListeners, b.makeAddresses} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("creating cluster %s: %w", name, err)
		}
	}
	return e, ctx.RegisterResourceOutputs(e, pulumi.Map{
		"clusterName": e.ClusterName, "clusterArn": e.ClusterArn, "loadBalancerArn": e.LoadBalancerArn, "loadBalancerId": e.LoadBalancerID,
		"dnsName": e.DNSName, "dnsZoneId": e.DNSZoneID, "listenerArn": e.ListenerArn,
	})
}

// child are the options of a part of the cluster.
func (b *ecsBuilder) child(more ...pulumi.ResourceOption) []pulumi.ResourceOption {
	return slices.Concat([]pulumi.ResourceOption{pulumi.Parent(b.ecs)}, more)
}

// check returns all that is wrong with the arguments.
func (a *EcsArgs) check() error {
	var errs []error
	want := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	want(a.VpcID != nil, "VpcID is missing")
	want(a.PublicSubnetIDs != nil, "PublicSubnetIDs are missing")
	want(a.PrivateSubnetIDs != nil, "PrivateSubnetIDs are missing")
	want(a.LogBucket != nil, "LogBucket is missing")
	want(a.LogKeyArn != nil, "LogKeyArn is missing")
	want(a.DiskKeyArn != nil, "DiskKeyArn is missing")
	want(a.ShellKeyArn != nil, "ShellKeyArn is missing")
	want(a.Host != "", "Host is missing")
	want(a.CertificateArn != "" || a.ZoneID != nil,
		"CertificateArn and ZoneID are missing: the load balancer speaks HTTPS alone, and a certificate is made only where a zone proves the name")
	want(a.LogDays > 0, "LogDays: got %d, want 1 or more", a.LogDays)
	want(a.AuditDays > 0, "AuditDays: got %d, want 1 or more", a.AuditDays)
	for _, name := range slices.Sorted(maps.Keys(a.Ports)) {
		want(0 < a.Ports[name] && a.Ports[name] < 65536, "Ports[%s]: got %d, want 1 to 65535", name, a.Ports[name])
	}
	return errors.Join(errs...)
}
