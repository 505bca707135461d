package aws

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// MonitoringArgs are the arguments of NewMonitoring. What is not there is not
// watched.
type MonitoringArgs struct {
	Scope
	// KeyArn is the key that encrypts the topics; CloudWatch must be allowed to
	// use it (AlarmsMayUse).
	KeyArn pulumi.StringInput
	// P0 hear of outages, at any hour, and P1 of what will become an outage; by a
	// name of theirs.
	P0, P1 map[string]SubscriptionArgs
	// ClusterName is the EKS cluster.
	ClusterName pulumi.StringInput
	// NodeGroups are the cluster's managed node groups, by name.
	NodeGroups map[string]NodeGroupAlarms
	// Ecs are the services on ECS.
	Ecs *EcsAlarms
	// Database is the RDS database.
	Database *DatabaseAlarms
	// Cache is the ElastiCache cache.
	Cache *CacheAlarms
	// DistributionID is the CloudFront distribution.
	DistributionID pulumi.StringInput
	// NATGateways are the ids of NAT gateways, by name.
	NATGateways map[string]pulumi.StringInput
	// Publishers may publish to the p1 topic beside CloudWatch. The key must let
	// them in as well (Publisher.MayUse).
	Publishers []Publisher
}

// SubscriptionArgs are one who hears of trouble.
type SubscriptionArgs struct {
	// Protocol is email, https or sms. SNS asks an email address for its consent;
	// an https endpoint, such as an on-call service's, gives its own.
	Protocol string
	// Endpoint is the address. It is kept secret: that of an on-call service
	// holds its key.
	Endpoint pulumi.StringInput
}

// Monitoring is what tells people of trouble: CloudWatch alarms on the metrics
// that AWS's services publish by themselves, and the topics they go to. What
// happens inside the cluster is watched from inside it.
type Monitoring struct {
	pulumi.ResourceState

	// P0Arn and P1Arn are the ARNs of the topics in the scope's region.
	P0Arn, P1Arn pulumi.StringOutput
	// AlarmNames are the names of the alarms on what stands in the scope's region.
	AlarmNames []string
}

// cloudFrontRegion is where CloudFront publishes its metrics. An alarm stands in
// its metric's region and tells topics of that region only.
const cloudFrontRegion = "us-east-1"

// NewMonitoring makes the topics and the alarms. For CloudFront, outside its
// region, it makes a second pair of topics there, with the same subscribers and
// with a provider and a key of its own.
func NewMonitoring(ctx *pulumi.Context, name string, args *MonitoringArgs, opts ...pulumi.ResourceOption) (*Monitoring, error) {
	if err := args.check(); err != nil {
		return nil, fmt.Errorf("creating monitoring %s: %w", name, err)
	}
	m := &Monitoring{}
	if err := component.Register(ctx, "aws", "Monitoring", name, m, opts...); err != nil {
		return nil, err
	}
	home, err := newPost(ctx, name, args.Scope, args.KeyArn, args, args.Publishers, pulumi.Parent(m))
	if err != nil {
		return nil, err
	}
	m.P0Arn, m.P1Arn = home.topics[p0].ToStringOutput(), home.topics[p1].ToStringOutput()
	for _, a := range args.alarms() {
		if err := home.alarm(ctx, name, a); err != nil {
			return nil, err
		}
	}
	m.AlarmNames = slices.Clone(home.alarms)
	if args.DistributionID != nil {
		far, err := args.cloudFrontPost(ctx, name, m, home)
		if err != nil {
			return nil, err
		}
		for _, a := range cdnAlarms(args.DistributionID) {
			if err := far.alarm(ctx, name, a); err != nil {
				return nil, err
			}
		}
	}
	return m, ctx.RegisterResourceOutputs(m, pulumi.Map{"p0Arn": m.P0Arn, "p1Arn": m.P1Arn})
}

// cloudFrontPost is where CloudFront's alarms stand: home, if that is its region.
func (a *MonitoringArgs) cloudFrontPost(ctx *pulumi.Context, name string, m *Monitoring, home *post) (*post, error) {
	if a.Region == cloudFrontRegion {
		return home, nil
	}
	name += "-" + cloudFrontRegion
	provider, err := a.provider(ctx, name, cloudFrontRegion, pulumi.Parent(m))
	if err != nil {
		return nil, err
	}
	s := a.Scope
	s.Region = cloudFrontRegion
	key, err := alarmKey(ctx, name, s, provider, m)
	if err != nil {
		return nil, err
	}
	return newPost(ctx, name, s, key.Arn, a, nil, pulumi.Parent(m), pulumi.Provider(provider))
}

// alarmKey makes a key for topics: a key serves the topics of its region only.
func alarmKey(ctx *pulumi.Context, name string, s Scope, provider *aws.Provider, m *Monitoring) (*Key, error) {
	return NewKey(ctx, name, &KeyArgs{
		Scope: s, Purpose: "alarms of " + s.Prefix + " in " + s.Region, Users: []Statement{AlarmsMayUse(s)},
	}, pulumi.Parent(m), pulumi.Providers(provider))
}

// alarms are all alarms that stand in the scope's region.
func (a *MonitoringArgs) alarms() []alarm {
	var all []alarm
	if a.ClusterName != nil {
		all = append(all, clusterAlarms(a.ClusterName)...)
	}
	for _, name := range slices.Sorted(maps.Keys(a.NodeGroups)) {
		all = append(all, a.NodeGroups[name].alarms(name)...)
	}
	if a.Ecs != nil {
		all = append(all, a.Ecs.alarms()...)
	}
	if a.Database != nil {
		all = append(all, a.Database.alarms()...)
	}
	if a.Cache != nil {
		all = append(all, a.Cache.alarms()...)
	}
	for _, name := range slices.Sorted(maps.Keys(a.NATGateways)) {
		all = append(all, natAlarms(name, a.NATGateways[name])...)
	}
	return all
}

// check returns all that is wrong with the arguments.
func (a *MonitoringArgs) check() error {
	var errs []error
	want := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	want(a.KeyArn != nil, "KeyArn is missing")
	for level, list := range map[string]map[string]SubscriptionArgs{"P0": a.P0, "P1": a.P1} {
		for name, s := range list {
			want(slices.Contains([]string{"email", "https", "sms"}, s.Protocol), "%s[%s].Protocol: got %q, want email, https or sms", level, name, s.Protocol)
			want(s.Endpoint != nil, "%s[%s].Endpoint is missing", level, name)
		}
	}
	for name, g := range a.NodeGroups {
		want(g.AutoScalingGroup != nil, "NodeGroups[%s].AutoScalingGroup is missing", name)
		want(0 <= g.Min && g.Min <= g.Max && g.Max > 0, "NodeGroups[%s]: got %d to %d nodes, want a range", name, g.Min, g.Max)
	}
	if a.Ecs != nil {
		errs = append(errs, a.Ecs.check()...)
	}
	if d := a.Database; d != nil {
		want(d.Identifier != nil, "Database.Identifier is missing")
		want(d.StorageGiB > 0, "Database.StorageGiB: got %d, want 1 or more", d.StorageGiB)
		_, err := classMemoryGiB(d.Instance)
		want(err == nil, "Database.Instance: %w", err)
		want(d.MaxConnections >= 0, "Database.MaxConnections: got %d, want 0 or more", d.MaxConnections)
	}
	if a.Cache != nil {
		a.Cache.check(want)
	}
	for name, id := range a.NATGateways {
		want(id != nil, "NATGateways[%s] is missing", name)
	}
	slices.SortFunc(errs, func(x, y error) int { return strings.Compare(x.Error(), y.Error()) })
	return errors.Join(errs...)
}
