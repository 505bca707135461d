package azure

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	components "github.com/te-explico/infrastructure/components/azure"
	"github.com/te-explico/infrastructure/stacks/platform"
	"github.com/te-explico/infrastructure/stacks/settings"
)

func (b *builder) makeMonitoring() error {
	args := &components.MonitoringArgs{
		Scope: b.scope, P0: subscriptions(b.Alerts.P0), P1: subscriptions(b.Alerts.P1), ClusterID: b.aks.ID,
		Database: &components.DatabaseAlarms{ID: b.database.ID, Replicas: map[string]pulumi.StringInput{}, Instance: b.Database.Instance},
		CacheID:  b.cache.ID, FrontDoorID: b.door.ID,
		Storage: map[string]pulumi.StringInput{}, NATGateways: map[string]pulumi.StringInput{},
		Vaults:   map[string]pulumi.StringInput{"keys": b.vaults.keys.ID, "secrets": b.vaults.secrets.ID},
		Activity: b.Security.Baseline, RegionName: settings.AzureRegionName(b.Region),
	}
	for name, id := range b.database.ReplicaIDs {
		args.Database.Replicas[name] = id
	}
	for purpose, account := range b.buckets {
		args.Storage[purpose] = account.ID
	}
	if b.Network.NAT == settings.NATSingle {
		args.NATGateways["single"] = b.network.NATGateway
	}
	if b.Security.Baseline {
		args.Audit = b.logs.ID
	}
	monitoring, err := components.NewMonitoring(b.ctx, "monitoring", args, b.in)
	if err != nil {
		return err
	}
	b.monitoring = monitoring
	b.platform.Alerts = platform.Alerts{P0: monitoring.P0ID, P1: monitoring.P1ID}
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

// plans are the plans of Defender for Cloud that look after what the stack has.
var plans = []string{"Arm", "Containers", "KeyVaults", "OpenSourceRelationalDatabases", "StorageAccounts"}

// makeSecurity audits the subscription.
func (b *builder) makeSecurity() error {
	if !b.Security.Baseline {
		return nil
	}
	_, err := components.NewBaseline(b.ctx, "security", &components.BaselineArgs{Scope: b.scope, WorkspaceID: b.logs.ID, Plans: plans}, b.in)
	return err
}

// backupHour is when backups begin, in UTC.
const backupHour = 3

// makeBackup keeps copies of what cannot be made again: uploads, the cluster's
// backups and the database.
func (b *builder) makeBackup() error {
	s := b.Backup
	b.platform.Backup = platform.Backup{Vault: pulumi.String(""), Plan: pulumi.String(""), Days: s.Days, ContinuousDays: s.ContinuousDays}
	if s.Days == 0 {
		return nil
	}
	args := &components.BackupArgs{
		Scope: b.scope, Days: s.Days, Redundancy: b.redundancy(), Hour: backupHour, Accounts: map[string]components.BackupAccount{},
		Databases: map[string]pulumi.StringInput{"database": b.database.ID}, WorkspaceID: b.logs.ID,
	}
	if args.Redundancy == "GZRS" {
		args.Redundancy = "GRS" // a vault has no copies in zones and in two regions at once
	}
	for _, purpose := range []string{"uploads", "backups"} {
		args.Accounts[purpose] = components.BackupAccount{ID: b.buckets[purpose].ID, Containers: []string{purpose}}
	}
	switch {
	case s.Lock.Mode == settings.LockCompliance:
		args.Lock = components.LockedForever
	case s.Lock.Mode == settings.LockGovernance && !b.Disposable: // what may be lost is held by nothing
		args.Lock = components.Immutable
	}
	backup, err := components.NewBackup(b.ctx, "backup", args, b.in)
	if err != nil {
		return err
	}
	b.platform.Backup.Vault, b.platform.Backup.Plan = backup.VaultID, backup.PlanID
	return nil
}

// makeCosts tells when the stack costs more than it may.
func (b *builder) makeCosts() error {
	s := b.Costs
	if s.MonthlyBudgetUSD == 0 {
		return nil
	}
	_, err := components.NewCostControls(b.ctx, "costs", &components.CostControlsArgs{
		Scope: b.scope, MonthlyBudget: s.MonthlyBudgetUSD, On: b.group.ID, Since: b.Azure.BudgetSince + "-01",
		AlertEmails: s.AlertEmails, AlertGroupID: b.monitoring.P1ID,
	}, b.in)
	return err
}
