package gcp

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	components "github.com/te-explico/infrastructure/components/gcp"
	"github.com/te-explico/infrastructure/stacks/platform"
	"github.com/te-explico/infrastructure/stacks/settings"
)

func (b *builder) makeMonitoring() error {
	args := &components.MonitoringArgs{
		Scope: b.scope, KeyID: b.keys.alerts.ID, After: b.keys.alerts.Ready,
		P0: subscriptions(b.Alerts.P0), P1: subscriptions(b.Alerts.P1),
		Cluster:  &components.ClusterAlerts{Name: b.gke.Name, ControlPlane: true, Pools: map[string]components.PoolAlerts{}},
		Database: &components.DatabaseAlerts{Name: b.database.Name, Replicas: b.database.ReplicaNames, Tier: b.Database.Instance},
		Cache:    &components.CacheAlerts{InstanceID: b.cache.InstanceID, Copied: b.Cache.MultiAZ},
		EdgeID:   b.edge.ID, NATGateways: map[string]pulumi.StringInput{},
		Backups: b.Backup.Days > 0, Quotas: true, Audit: b.Security.Baseline,
	}
	for name, g := range b.Cluster.NodeGroups {
		args.Cluster.Pools[name] = components.PoolAlerts{Min: g.Min, Max: g.Max}
	}
	if b.Network.NAT != settings.NATNone {
		args.NATGateways["network"] = b.network.NATGateway
	}
	made, err := components.NewMonitoring(b.ctx, "monitoring", args, b.in, b.after)
	if err != nil {
		return err
	}
	b.monitoring = made
	b.platform.Alerts = platform.Alerts{P0: made.P0Topic, P1: made.P1Topic}
	return nil
}

// subscriptions marks every address as a secret: that of an on-call service
// holds its key.
func subscriptions(s map[string]settings.Subscription) map[string]components.SubscriptionArgs {
	all := map[string]components.SubscriptionArgs{}
	for name, one := range s {
		all[name] = components.SubscriptionArgs{Protocol: string(one.Protocol), Endpoint: secretOf(one.Endpoint)}
	}
	return all
}

// makeAudit writes down who does what in the project.
func (b *builder) makeAudit() error {
	if !b.Security.Baseline {
		return nil
	}
	key, err := components.NewKey(b.ctx, "audit-key", &components.KeyArgs{
		Scope: b.scope, Ring: b.ring.ID, Purpose: "audit logs", Users: []components.Agent{components.StorageAgent}, Outlives: true,
	}, b.in, b.after)
	if err != nil {
		return err
	}
	_, err = components.NewAudit(b.ctx, "audit", &components.AuditArgs{
		Scope: b.scope, KeepDays: b.Security.TrailDays, Key: key, LogBucket: b.buckets["logs"].Name,
	}, b.in, b.after)
	return err
}

func (b *builder) makeBackup() error {
	s := b.Backup
	b.platform.Backup = platform.Backup{Vault: pulumi.String(""), Plan: pulumi.String(""), Days: s.Days, ContinuousDays: s.ContinuousDays}
	if s.Days == 0 {
		return nil
	}
	args := &components.BackupArgs{
		Scope: b.scope, ClusterID: b.gke.ID, KeyID: b.keys.backup.ID, After: b.keys.backup.Ready, Days: s.Days, Hour: 4,
	}
	if l := s.Lock; l.Mode != settings.LockNone {
		args.LockDays, args.Locked = l.MinDays, l.Mode == settings.LockCompliance
	}
	made, err := components.NewBackup(b.ctx, "backup", args, b.in, pulumi.DependsOn(b.gke.Ready))
	if err != nil {
		return err
	}
	b.platform.Backup.Vault, b.platform.Backup.Plan = made.VaultID, made.PlanID
	return nil
}

func (b *builder) makeCosts() error {
	if b.Costs.MonthlyBudgetUSD == 0 {
		return nil
	}
	args := &components.CostControlsArgs{
		Scope: b.scope, BillingAccount: b.GCP.BillingAccount, MonthlyBudget: b.Costs.MonthlyBudgetUSD,
		Topic: b.monitoring.P1Topic,
	}
	for _, channel := range b.monitoring.EmailChannels {
		args.EmailChannels = append(args.EmailChannels, channel)
	}
	_, err := components.NewCostControls(b.ctx, "costs", args, b.in, b.after)
	return err
}

// makeCI makes the accounts of GitHub's jobs.
func (b *builder) makeCI() error {
	if b.CI.Repository == "" {
		return nil
	}
	ci, err := components.NewGithub(b.ctx, "ci", &components.GithubArgs{
		Scope: b.scope, Stack: b.ctx.Stack(), Repository: b.CI.Repository, Pool: b.GCP.IdentityPool, StateBucket: b.CI.StateBucket,
		ActsAs: map[string]pulumi.StringInput{"nodes": b.gke.NodeAccountID},
	}, b.in, b.after)
	if err != nil {
		return err
	}
	b.platform.CI = platform.CI{Preview: ci.Preview, Deploy: ci.Deploy}
	return nil
}
