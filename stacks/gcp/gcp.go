// Package gcp composes the components for Google Cloud into a platform.
package gcp

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/organizations"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	components "github.com/te-explico/infrastructure/components/gcp"
	"github.com/te-explico/infrastructure/stacks/platform"
	"github.com/te-explico/infrastructure/stacks/settings"
)

// builder is a platform while it is built: what the steps hand on to one
// another.
type builder struct {
	*settings.Settings
	ctx      *pulumi.Context
	scope    components.Scope
	in       pulumi.ResourceOption // the provider
	after    pulumi.ResourceOption // the project's services, which everything needs
	platform *platform.Platform

	ring     *components.KeyRing
	keys     keys
	buckets  map[string]*components.Bucket
	network  *components.Network
	dns      *components.Dns   // nil without a zone
	armor    *components.Armor // nil if it is off
	gke      *components.Gke
	database *components.CloudSQL
	cache    *components.Redis
	secrets  *components.Secrets // nil if a Vault has them
	edge     *components.Edge
	rights   map[platform.Account]*components.WorkloadArgs // what service accounts may do

	monitoring *components.Monitoring
}

// Build builds the platform on Google Cloud. It is a platform.Builder.
func Build(ctx *pulumi.Context, s *settings.Settings) (*platform.Platform, error) {
	b := &builder{
		Settings: s, ctx: ctx, platform: &platform.Platform{Cloud: string(s.Cloud), Region: s.Region, Compute: platform.Kubernetes},
		buckets: map[string]*components.Bucket{}, rights: map[platform.Account]*components.WorkloadArgs{},
	}
	if err := b.stand(); err != nil {
		return nil, err
	}
	for _, step := range []func() error{
		b.makeServices, b.makeKeys, b.makeBuckets, b.makeNetwork, b.makeDNS, b.makeArmor, b.makeCDN, b.makeCluster, b.makeDatabase,
		b.makeCache, b.makeSecrets, b.makeIntegrations, b.makeSnapshots, b.makeWorkloads, b.makeRegistry,
		b.makeMonitoring, b.makeAudit, b.makeBackup, b.makeCosts, b.makeCI,
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return b.platform, nil
}

// stand finds out where the stack stands: the provider, the project, the labels.
func (b *builder) stand() error {
	b.scope = components.Scope{
		Prefix: b.ctx.Project() + "-" + b.ctx.Stack(), Project: b.GCP.Project, Region: b.Region, Impersonate: b.GCP.Impersonate,
		Protect: b.Protect, Disposable: b.Disposable,
		Labels: map[string]string{
			"project": b.ctx.Project(), "stack": b.ctx.Stack(), "managed-by": "pulumi",
			"team": label(b.Owner.Team), "cost-centre": label(b.Owner.CostCentre),
		},
	}
	provider, err := b.scope.Provider(b.ctx, "gcp")
	if err != nil {
		return err
	}
	b.in = pulumi.Providers(provider)
	project, err := organizations.LookupProject(b.ctx, &organizations.LookupProjectArgs{ProjectId: &b.GCP.Project}, pulumi.Provider(provider))
	if err != nil {
		return fmt.Errorf("asking for project %s: %w", b.GCP.Project, err)
	}
	b.scope.ProjectNumber = project.Number
	return nil
}

// label is a text as the value of a label.
func label(text string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '.' {
			return '-'
		}
		return r
	}, strings.ToLower(text))
}

// apis are the services that every stack uses.
var apis = []string{
	"artifactregistry", "certificatemanager", "cloudkms", "cloudresourcemanager", "compute", "container", "dns", "iam", "iamcredentials",
	"logging", "monitoring", "pubsub", "redis", "secretmanager", "servicenetworking", "sqladmin", "storage", "sts",
}

func (b *builder) makeServices() error {
	all := slices.Clone(apis)
	if b.Backup.Days > 0 {
		all = append(all, "gkebackup")
	}
	if b.Costs.MonthlyBudgetUSD > 0 {
		all = append(all, "billingbudgets")
	}
	if b.GCP.BinaryAuthorization {
		all = append(all, "binaryauthorization")
	}
	services, err := components.NewServices(b.ctx, "services", &components.ServicesArgs{Scope: b.scope, APIs: all}, b.in)
	if err != nil {
		return err
	}
	b.after = pulumi.DependsOn(services.Ready)
	return nil
}

// keys are the stack's keys: one for each kind of data, so that a right to read
// the one is no right to read the other.
type keys struct {
	secrets, disks, database, cache, storage, applications, images, alerts, backup *components.Key
}

func (b *builder) makeKeys() error {
	var err error
	if b.ring, err = components.NewKeyRing(b.ctx, "keys", &components.KeyRingArgs{Scope: b.scope}, b.in, b.after); err != nil {
		return err
	}
	for _, k := range []struct {
		key      **components.Key
		name     string
		purpose  string
		users    []components.Agent
		outlives bool
	}{
		{&b.keys.secrets, "secrets", "Kubernetes secrets", []components.Agent{components.ContainerAgent}, false},
		{&b.keys.disks, "disks", "disks of nodes and volumes", []components.Agent{components.ComputeAgent}, false},
		{&b.keys.database, "database", "the database and its backups", []components.Agent{components.SQLAgent, components.SecretsAgent}, true},
		{&b.keys.cache, "cache-key", "the cache", []components.Agent{components.RedisAgent, components.SecretsAgent}, false},
		{&b.keys.storage, "storage", "buckets", []components.Agent{components.StorageAgent}, false},
		{&b.keys.applications, "application-secrets", "the secrets of applications", []components.Agent{components.SecretsAgent, components.PubSubAgent}, false},
		{&b.keys.images, "images", "images", []components.Agent{components.RegistryAgent}, false},
		{&b.keys.alerts, "alerts", "alert topics", []components.Agent{components.PubSubAgent}, false},
		{&b.keys.backup, "backup-key", "backups of the cluster", []components.Agent{components.BackupAgent}, true},
	} {
		if k.key == &b.keys.backup && b.Backup.Days == 0 {
			continue
		}
		made, err := components.NewKey(b.ctx, k.name, &components.KeyArgs{
			Scope: b.scope, Ring: b.ring.ID, Purpose: k.purpose, Users: k.users, Outlives: k.outlives,
		}, b.in, b.after)
		if err != nil {
			return err
		}
		*k.key = made
	}
	return nil
}

// samples are the parts of flows that are recorded. What the firewall refuses, its
// own log has.
var samples = map[settings.FlowLogs]float64{settings.FlowLogsAll: 1, settings.FlowLogsReject: 0.1}

func (b *builder) makeNetwork() error {
	n := b.Network
	made, err := components.NewNetwork(b.ctx, "network", &components.NetworkArgs{
		Scope: b.scope, CIDR: n.CIDR, PodCIDR: n.PodCIDR, ServiceCIDR: b.Cluster.ServiceCIDR, Zones: b.zones(),
		NAT: components.NATMode(n.NAT), FlowSampling: samples[n.FlowLogs], QueryLogs: b.Domain.QueryLogs,
	}, b.in, b.after)
	if err != nil {
		return err
	}
	b.network = made
	b.platform.Network = platform.Network{
		ID: made.ID, CIDR: n.CIDR, Zones: b.zones(), EgressAddresses: stringMap(made.NATAddresses),
	}
	return nil
}

// zones are the stack's zones, sorted.
func (b *builder) zones() []string {
	var all []string
	for zone := range b.Network.Zones {
		all = append(all, zone)
	}
	slices.Sort(all)
	return all
}

// stringMap makes a map of outputs one input.
func stringMap(m map[string]pulumi.StringOutput) pulumi.StringMap {
	all := pulumi.StringMap{}
	for k, v := range m {
		all[k] = v
	}
	return all
}
