// Package aws composes the AWS components into a platform.
package aws

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	components "github.com/te-explico/infrastructure/components/aws"
	"github.com/te-explico/infrastructure/stacks/platform"
	"github.com/te-explico/infrastructure/stacks/settings"
)

// builder is a platform while it is built: what the steps hand on to one
// another.
type builder struct {
	*settings.Settings
	ctx      *pulumi.Context
	scope    components.Scope
	in       pulumi.ResourceOption // the provider of the home region
	platform *platform.Platform

	keys    keys
	vpc     *components.Vpc
	eks     *components.Eks // nil with ECS
	ecs     *components.Ecs // nil with Kubernetes
	rds     *components.Rds
	buckets buckets
	dns     *components.Dns // nil without a zone
	waf     *components.Waf // of the CDN; nil if it is off
	guard   *components.Waf // of the load balancer; nil if it is off, or there is none
	cdn     *components.CloudFront
	stores  stores
	rights  rights // what operators in the cluster may do

	karpenter *components.Karpenter // nil without pools

	monitoring *components.Monitoring
	services   map[string]*components.EcsService
}

// Build builds the platform on AWS. It is a platform.Builder.
func Build(ctx *pulumi.Context, s *settings.Settings) (*platform.Platform, error) {
	b := &builder{Settings: s, ctx: ctx, platform: &platform.Platform{Cloud: string(s.Cloud), Region: s.Region}}
	if err := b.stand(); err != nil {
		return nil, err
	}
	for _, step := range []func() error{
		b.makeCI, // first: it binds every role that comes after
		b.makeKeys, b.makeBuckets, b.makeNetwork, b.makeDNS, b.makeWAF, b.makeCompute, b.makeDatabase,
		b.makeCache, b.makeSecrets, b.makeIntegrations, b.makeWorkloads, b.makeSnapshots, b.makeRegistry,
		b.makeServices, b.makeCDN, b.makeShield, b.makeMonitoring,
		b.makeSecurity, b.makeBackup, b.makeCosts,
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return b.platform, nil
}

// stand finds out where the stack stands: the provider, the account, the tags.
func (b *builder) stand() error {
	prefix := b.ctx.Project() + "-" + b.ctx.Stack()
	b.scope = components.Scope{
		Prefix: prefix, Region: b.Region, Protect: b.Protect, Disposable: b.Disposable,
		AllowedAccount: b.AWS.AccountID, AssumeRole: b.AWS.AssumeRole,
		Tags: map[string]string{
			"project": b.ctx.Project(), "stack": b.ctx.Stack(), "managed-by": "pulumi",
			"team": b.Owner.Team, "cost-centre": b.Owner.CostCentre,
		},
	}
	provider, err := b.scope.Provider(b.ctx, "aws", b.Region)
	if err != nil {
		return err
	}
	b.in = pulumi.Providers(provider)
	caller, err := aws.GetCallerIdentity(b.ctx, &aws.GetCallerIdentityArgs{}, pulumi.Provider(provider))
	if err != nil {
		return fmt.Errorf("asking whose account this is: %w", err)
	}
	partition, err := aws.GetPartition(b.ctx, &aws.GetPartitionArgs{}, pulumi.Provider(provider))
	if err != nil {
		return fmt.Errorf("asking for the partition: %w", err)
	}
	b.scope.AccountID, b.scope.Partition = caller.AccountId, partition.Partition
	b.scope, err = b.scope.WithEast(b.ctx, "aws-us-east-1")
	return err
}

// keys are the stack's keys: one for each kind of data, so that a right to read
// the one is no right to read the other.
type keys struct {
	logs, secrets, disks, database, storage, alerts, backup *components.Key
}

func (b *builder) makeKeys() error {
	secrets, disks, diskUsers := "Kubernetes secrets", "disks of nodes and volumes", components.NodesMayUse(b.scope)
	if b.Compute == settings.ECS {
		secrets, disks, diskUsers = "shells in containers", "disks of tasks", components.FargateMayUse(b.scope)
	}
	for _, k := range []struct {
		key      **components.Key
		name     string
		purpose  string
		users    []components.Statement
		outlives bool
	}{
		{&b.keys.logs, "logs", "log groups", []components.Statement{components.LogsMayUse(b.scope)}, false},
		{&b.keys.secrets, "secrets", secrets, nil, false},
		{&b.keys.disks, "disks", disks, diskUsers, false},
		{&b.keys.database, "database", "the database, its backups and its password", nil, true},
		{&b.keys.storage, "storage", "buckets", []components.Statement{components.CDNMayUse(b.scope)}, false},
		{&b.keys.alerts, "alerts", "alert topics", b.alerters(), false},
		{&b.keys.backup, "backup", "backups of buckets", nil, true},
	} {
		if k.key == &b.keys.backup && b.Backup.Days == 0 {
			continue
		}
		made, err := components.NewKey(b.ctx, k.name, &components.KeyArgs{
			Scope: b.scope, Purpose: b.scope.Prefix + ": " + k.purpose, Users: k.users, Outlives: k.outlives,
		}, b.in)
		if err != nil {
			return err
		}
		*k.key = made
	}
	return nil
}

// publishers are the services that publish to the topic p1 beside CloudWatch.
func (b *builder) publishers() []components.Publisher {
	all := []components.Publisher{components.PublishBackups, components.PublishBudgets, components.PublishAnomalies}
	if b.Security.Baseline {
		all = append(all, components.PublishFindings)
	}
	return all
}

// alerters may use the key of the alert topics.
func (b *builder) alerters() []components.Statement {
	all := []components.Statement{components.AlarmsMayUse(b.scope)}
	for _, p := range b.publishers() {
		all = append(all, p.MayUse(b.scope))
	}
	return all
}

func (b *builder) makeNetwork() error {
	n, cluster := b.Network, components.ClusterName(b.scope.Prefix)
	if b.Compute == settings.ECS {
		cluster = "" // no autoscaler looks for subnets
	}
	vpc, err := components.NewVpc(b.ctx, "network", &components.VpcArgs{
		Scope: b.scope, CIDR: n.CIDR, Zones: n.Zones, NAT: components.NATMode(n.NAT), NATZone: n.NATZone,
		PodCIDR: n.PodCIDR, IPv6: n.IPv6, Endpoints: n.Endpoints, FlowLogs: string(n.FlowLogs),
		LogDays: b.Logs.Days, LogKeyArn: b.keys.logs.Arn, ClusterName: cluster,
	}, b.in)
	if err != nil {
		return err
	}
	b.vpc = vpc
	b.platform.Network = platform.Network{
		ID: vpc.ID.ToStringOutput(), CIDR: n.CIDR, Zones: vpc.ZoneNames, EgressAddresses: stringMap(vpc.NATAddresses),
	}
	return nil
}

// stringMap makes a map of outputs one input.
func stringMap(m map[string]pulumi.StringOutput) pulumi.StringMap {
	all := pulumi.StringMap{}
	for k, v := range m {
		all[k] = v
	}
	return all
}
