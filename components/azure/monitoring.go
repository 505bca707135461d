package azure

import (
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// MonitoringArgs are the arguments of NewMonitoring. What is not there is not
// watched.
type MonitoringArgs struct {
	Scope
	// P0 hear of outages, at any hour, and P1 of what will become an outage; by a
	// name of theirs.
	P0, P1 map[string]SubscriptionArgs
	// ClusterID is the AKS cluster.
	ClusterID pulumi.StringInput
	// Database is the PostgreSQL server.
	Database *DatabaseAlarms
	// CacheID is the cache.
	CacheID pulumi.StringInput
	// FrontDoorID is the Front Door profile.
	FrontDoorID pulumi.StringInput
	// Storage are the ids of storage accounts, NATGateways those of NAT gateways and
	// Vaults those of key vaults, by name. Who hears of P1 hears of what expires in a
	// vault.
	Storage, NATGateways, Vaults map[string]pulumi.StringInput
	// Activity tells of what somebody changed in the subscription that should not
	// change often, and of Azure's own incidents in the region, which is called
	// RegionName to people: West Europe.
	Activity   bool
	RegionName string
	// Audit is the Log Analytics workspace whose logs are searched for break-ins;
	// nil for not.
	Audit pulumi.StringInput
}

// SubscriptionArgs are one who hears of trouble.
type SubscriptionArgs struct {
	// Protocol is email, https or sms.
	Protocol string
	// Endpoint is the address; of sms the number with its country's code apart, as in
	// "+41 791234567". It is kept secret: that of an on-call service holds its key.
	Endpoint pulumi.StringInput
}

// Monitoring is what tells people of trouble: Azure Monitor's alerts on the
// metrics that services publish by themselves, and the action groups they go to.
// What happens inside the cluster is watched from inside it.
type Monitoring struct {
	pulumi.ResourceState

	// P0ID and P1ID are the ids of the action groups.
	P0ID, P1ID pulumi.StringOutput
	// AlarmNames are the names of the alerts.
	AlarmNames []string
}

// severity says who is told of an alarm, and when.
type severity string

const (
	p0 severity = "p0" // an outage: at any hour
	p1 severity = "p1" // it will become one: in working hours
)

// NewMonitoring makes the action groups and the alerts.
func NewMonitoring(ctx *pulumi.Context, name string, args *MonitoringArgs, opts ...pulumi.ResourceOption) (*Monitoring, error) {
	if err := args.check(); err != nil {
		return nil, fmt.Errorf("creating monitoring %s: %w", name, err)
	}
	m := &Monitoring{}
	if err := component.Register(ctx, "azure", "Monitoring", name, m, opts...); err != nil {
		return nil, err
	}
	b := &monitoringBuilder{MonitoringArgs: args, ctx: ctx, name: name, monitoring: m, groups: map[severity]pulumi.StringOutput{}}
	for _, step := range []func() error{b.subscribe, b.metrics, b.activity, b.audit, b.expiry} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	m.P0ID, m.P1ID = b.groups[p0], b.groups[p1]
	return m, ctx.RegisterResourceOutputs(m, pulumi.Map{"p0Id": m.P0ID, "p1Id": m.P1ID})
}

// monitoringBuilder holds what the parts of monitoring need of each other.
type monitoringBuilder struct {
	*MonitoringArgs
	ctx        *pulumi.Context
	name       string
	monitoring *Monitoring
	// groups are the ids of the action groups.
	groups map[severity]pulumi.StringOutput
}

// metrics makes the alerts on metrics.
func (b *monitoringBuilder) metrics() error {
	for _, a := range b.alarms() {
		if err := b.alarm(a); err != nil {
			return err
		}
	}
	return nil
}

// alarms are all alerts on metrics.
func (a *MonitoringArgs) alarms() []alarm {
	var all []alarm
	if a.ClusterID != nil {
		all = append(all, clusterAlarms(a.ClusterID)...)
	}
	if a.Database != nil {
		all = append(all, a.Database.alarms()...)
	}
	if a.CacheID != nil {
		all = append(all, cacheAlarms(a.CacheID)...)
	}
	if a.FrontDoorID != nil {
		all = append(all, frontDoorAlarms(a.FrontDoorID)...)
	}
	for _, of := range []struct {
		things map[string]pulumi.StringInput
		alarms func(string, pulumi.StringInput) []alarm
	}{{a.Storage, storageAlarms}, {a.NATGateways, natAlarms}, {a.Vaults, vaultAlarms}} {
		for _, name := range slices.Sorted(maps.Keys(of.things)) {
			all = append(all, of.alarms(name, of.things[name])...)
		}
	}
	return all
}

// smsNumber is a number with its country's code apart.
var smsNumber = regexp.MustCompile(`^\+(\d{1,3}) (\d{4,14})$`)

// check returns all that is wrong with the arguments.
func (a *MonitoringArgs) check() error {
	var p problems
	p.want(a.ResourceGroup != nil, "ResourceGroup is missing")
	p.want(!a.Activity || a.RegionName != "", "RegionName is missing: Azure names regions so in what it tells of incidents")
	for level, list := range map[string]map[string]SubscriptionArgs{"P0": a.P0, "P1": a.P1} {
		for name, s := range list {
			p.want(slices.Contains([]string{"email", "https", "sms"}, s.Protocol), "%s[%s].Protocol: got %q, want email, https or sms", level, name, s.Protocol)
			p.want(s.Endpoint != nil, "%s[%s].Endpoint is missing", level, name)
		}
	}
	if d := a.Database; d != nil {
		p.want(d.ID != nil, "Database.ID is missing")
		p.want(d.MaxConnections >= 0, "Database.MaxConnections: got %d, want 0 or more", d.MaxConnections)
		_, err := postgresMemoryGiB(d.Instance)
		p.want(err == nil, "Database.Instance: %w", err)
	}
	for what, ids := range map[string]map[string]pulumi.StringInput{"Storage": a.Storage, "NATGateways": a.NATGateways, "Vaults": a.Vaults} {
		for name, id := range ids {
			p.want(id != nil, "%s[%s] is missing", what, name)
		}
	}
	return p.err()
}
