package gcp

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// MonitoringArgs are the arguments of NewMonitoring. What is not there is not
// watched.
type MonitoringArgs struct {
	Scope
	// KeyID is the key that encrypts the topics: Pub/Sub may use it.
	KeyID pulumi.StringInput
	// After is what must exist before: the key's rights (Key.Ready).
	After []pulumi.Resource
	// P0 hear of outages, at any hour, and P1 of what will become an outage; by a
	// name of theirs.
	P0, P1 map[string]SubscriptionArgs
	// Cluster is the GKE cluster.
	Cluster *ClusterAlerts
	// Database is the Cloud SQL database.
	Database *DatabaseAlerts
	// Cache is the Memorystore cache.
	Cache *CacheAlerts
	// EdgeID is the name of the load balancer's URL map (Edge.ID).
	EdgeID pulumi.StringInput
	// NATGateways are the names of NAT gateways, by a name of yours.
	NATGateways map[string]pulumi.StringInput
	// Backups has failed backups of the cluster told.
	Backups bool
	// Quotas has the project's exceeded quotas told.
	Quotas bool
	// Audit has changes told that an intruder would make, from the audit log.
	Audit bool
}

// SubscriptionArgs are one who hears of trouble.
type SubscriptionArgs struct {
	// Protocol is email, https or sms. A telephone number has to be verified in the
	// console before Google sends anything there.
	Protocol string
	// Endpoint is the address. It is kept secret: that of an on-call service
	// holds its key.
	Endpoint pulumi.StringInput
}

// Monitoring is what tells people of trouble: alert policies on the metrics that
// Google's services publish by themselves, and where they go. What happens
// inside the cluster is watched from inside it.
type Monitoring struct {
	pulumi.ResourceState

	// P0Topic and P1Topic are the paths of topics that get every alert, for
	// machines to listen to; people have channels of their own.
	P0Topic, P1Topic pulumi.StringOutput
	// EmailChannels are the channels of kind email that hear of P1, by name: what a
	// budget tells.
	EmailChannels map[string]pulumi.StringOutput
	// AlertNames are the names of the alerts.
	AlertNames []string
}

// NewMonitoring makes the topics, the channels and the alert policies.
func NewMonitoring(ctx *pulumi.Context, name string, args *MonitoringArgs, opts ...pulumi.ResourceOption) (*Monitoring, error) {
	if err := args.check(); err != nil {
		return nil, fmt.Errorf("creating monitoring %s: %w", name, err)
	}
	m := &Monitoring{EmailChannels: map[string]pulumi.StringOutput{}}
	if err := component.Register(ctx, "gcp", "Monitoring", name, m, opts...); err != nil {
		return nil, err
	}
	p := &post{MonitoringArgs: args, ctx: ctx, name: name, monitoring: m, channels: map[severity]pulumi.StringArray{}}
	if err := p.enlist(); err != nil {
		return nil, err
	}
	for _, level := range []severity{p0, p1} {
		if err := p.open(level); err != nil {
			return nil, err
		}
	}
	for _, a := range args.alerts() {
		if err := p.alert(a); err != nil {
			return nil, err
		}
		m.AlertNames = append(m.AlertNames, a.name)
	}
	return m, ctx.RegisterResourceOutputs(m, pulumi.Map{"p0Topic": m.P0Topic, "p1Topic": m.P1Topic})
}

// alerts are all alerts that the arguments ask for.
func (a *MonitoringArgs) alerts() []alert {
	var all []alert
	if a.Cluster != nil {
		all = append(all, a.Cluster.alerts()...)
	}
	if a.Database != nil {
		all = append(all, a.Database.alerts(a.Project)...)
	}
	if a.Cache != nil {
		all = append(all, a.Cache.alerts()...)
	}
	if a.EdgeID != nil {
		all = append(all, edgeAlerts(a.EdgeID)...)
	}
	for _, name := range slices.Sorted(maps.Keys(a.NATGateways)) {
		all = append(all, natAlerts(name, a.NATGateways[name])...)
	}
	if a.Backups {
		all = append(all, backupAlerts()...)
	}
	if a.Quotas {
		all = append(all, quotaAlerts()...)
	}
	if a.Audit {
		all = append(all, auditAlerts()...)
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
	want(a.KeyID != nil, "KeyID is missing")
	for level, list := range map[string]map[string]SubscriptionArgs{"P0": a.P0, "P1": a.P1} {
		for name, s := range list {
			want(channelKinds[s.Protocol].kind != "", "%s[%s].Protocol: got %q, want email, https or sms", level, name, s.Protocol)
			want(s.Endpoint != nil, "%s[%s].Endpoint is missing", level, name)
		}
	}
	if c := a.Cluster; c != nil {
		want(c.Name != nil, "Cluster.Name is missing")
		for name, p := range c.Pools {
			want(0 <= p.Min && p.Min <= p.Max && p.Max > 0, "Cluster.Pools[%s]: got %d to %d nodes, want a range", name, p.Min, p.Max)
		}
	}
	if d := a.Database; d != nil {
		want(d.Name != nil, "Database.Name is missing")
		_, err := sqlTier(d.Tier)
		want(err == nil, "Database.Tier: %w", err)
		want(d.MaxConnections >= 0, "Database.MaxConnections: got %d, want 0 or more", d.MaxConnections)
	}
	want(a.Cache == nil || a.Cache.InstanceID != nil, "Cache.InstanceID is missing")
	for name, id := range a.NATGateways {
		want(id != nil, "NATGateways[%s] is missing", name)
	}
	slices.SortFunc(errs, func(x, y error) int { return strings.Compare(x.Error(), y.Error()) })
	return errors.Join(errs...)
}
