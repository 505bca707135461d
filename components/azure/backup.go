package azure

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// BackupArgs are the arguments of NewBackup.
type BackupArgs struct {
	Scope
	// Days is how long a backup is kept, 7 to 3650.
	Days int
	// Redundancy is how many copies of backups are kept where: LRS, ZRS or GRS (and
	// in the paired region).
	Redundancy string
	// Hour is when backups begin, in UTC.
	Hour int
	// Accounts are the storage accounts to back up daily, by a name of yours, each
	// with its containers.
	Accounts map[string]BackupAccount
	// Databases are the ids of the PostgreSQL servers to back up weekly, beside what
	// they keep themselves, by a name of yours.
	Databases map[string]pulumi.StringInput
	// Lock keeps backups from being deleted before their time.
	Lock BackupLock
	// Encryption encrypts the backups; Azure's own key does if it is nil. It is
	// decided once.
	Encryption *Encryption
	// WorkspaceID is the Log Analytics workspace that hears of what was done.
	WorkspaceID pulumi.StringInput
}

// BackupAccount is a storage account to back up.
type BackupAccount struct {
	// ID is the account's id, and Containers are the containers of it.
	ID         pulumi.StringInput
	Containers []string
}

// BackupLock is how firmly backups are kept.
type BackupLock string

// The locks.
const (
	// Unlocked lets whoever may delete backups do so; for fourteen days they can be
	// had back.
	Unlocked BackupLock = ""
	// Immutable keeps each backup until its time, as long as nobody switches that
	// off.
	Immutable BackupLock = "immutable"
	// LockedForever is Immutable that nobody can switch off again: not the owner, and
	// not Azure. The vault stays until its last backup is gone.
	LockedForever BackupLock = "locked"
)

// Backup is a backup vault and the policies that fill it. Volumes of the cluster
// are not its business: what makes them, inside the cluster, backs them up.
type Backup struct {
	pulumi.ResourceState

	// VaultID is the vault's id, and VaultName its name.
	VaultID, VaultName pulumi.StringOutput
	// PlanID is the id of the policy of daily backups; that of the weekly ones where
	// there is no account.
	PlanID pulumi.StringOutput
}

const (
	// backupModule is the provider's module for backups, in the version that knows
	// keys of ours.
	backupModule = "azure-native:dataprotection/v20240401:"
	// softDeleteDays is how long a deleted backup can be had back, for nothing.
	// Source: Azure Backup documentation, "Enhanced soft delete", read 2026-11.
	softDeleteDays = 14
	// The roles that the vault wants of what it backs up.
	// Source: "Azure built-in roles", read 2026-11.
	storageBackup  Role = "e5e2a7ff-d759-4cd2-bb51-3152d37e2eb1"
	databaseBackup Role = "c088a766-074b-43ba-90d4-1fb21feae531"
)

// backupVault is the vault with the identity that it works by.
type backupVault struct {
	pulumi.CustomResourceState

	Name     pulumi.StringOutput `pulumi:"name"`
	Identity pulumi.MapOutput    `pulumi:"identity"`
}

// NewBackup makes a vault, its policies, its rights, and what it backs up.
func NewBackup(ctx *pulumi.Context, name string, args *BackupArgs, opts ...pulumi.ResourceOption) (*Backup, error) {
	if err := args.check(); err != nil {
		return nil, fmt.Errorf("creating backup %s: %w", name, err)
	}
	k := &Backup{}
	if err := component.Register(ctx, "azure", "Backup", name, k, opts...); err != nil {
		return nil, err
	}
	b := &backupBuilder{BackupArgs: args, ctx: ctx, name: name, backup: k}
	for _, step := range []func() error{b.makeVault, b.accounts, b.databases} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return k, ctx.RegisterResourceOutputs(k, pulumi.Map{"vaultId": k.VaultID, "vaultName": k.VaultName, "planId": k.PlanID})
}

// backupBuilder holds what the parts of a backup need of each other.
type backupBuilder struct {
	*BackupArgs
	ctx    *pulumi.Context
	name   string
	backup *Backup
	vault  *backupVault
	// identity is the object id of the vault's own identity.
	identity pulumi.StringOutput
}

// backupStores are what Azure calls the redundancies.
var backupStores = map[string]string{"LRS": "LocallyRedundant", "ZRS": "ZoneRedundant", "GRS": "GeoRedundant"}

// makeVault makes the vault, with an identity of its own.
func (b *backupBuilder) makeVault() error {
	immutable := map[BackupLock]string{Unlocked: "Disabled", Immutable: "Unlocked", LockedForever: "Locked"}[b.Lock]
	security := pulumi.Map{
		"immutabilitySettings": pulumi.Map{"state": pulumi.String(immutable)},
		"softDeleteSettings":   pulumi.Map{"state": pulumi.String("On"), "retentionDurationInDays": pulumi.Float64(softDeleteDays)},
	}
	identity := pulumi.Map{"type": pulumi.String("SystemAssigned")}
	var keys []pulumi.Resource
	if e := b.Encryption; e != nil {
		keys = e.Ready
		identity = pulumi.Map{
			"type":                   pulumi.String("SystemAssigned,UserAssigned"),
			"userAssignedIdentities": pulumi.StringArray{e.IdentityID},
		}
		security["encryptionSettings"] = pulumi.Map{
			"state": pulumi.String("Enabled"), "infrastructureEncryption": pulumi.String("Enabled"),
			"keyVaultProperties": pulumi.Map{"keyUri": e.KeyURI},
			"kekIdentity":        pulumi.Map{"identityType": pulumi.String("UserAssigned"), "identityId": e.IdentityID},
		}
	}
	vault, err := component.Bind[backupVault](b.ctx, backupModule+"BackupVault", b.name, pulumi.Map{
		"resourceGroupName": b.ResourceGroup, "location": pulumi.String(b.Location), "identity": identity,
		"properties": pulumi.Map{
			"storageSettings": pulumi.Array{pulumi.Map{
				"datastoreType": pulumi.String("VaultStore"), "type": pulumi.String(backupStores[b.Redundancy]),
			}},
			"securitySettings": security,
			"monitoringSettings": pulumi.Map{
				"azureMonitorAlertSettings": pulumi.Map{"alertsForAllJobFailures": pulumi.String("Enabled")},
			},
		},
		"tags": b.tags("backup"),
	}, pulumi.Parent(b.backup), pulumi.Protect(b.Protect), pulumi.DependsOn(keys))
	if err != nil {
		return fmt.Errorf("creating backup vault %s: %w", b.name, err)
	}
	b.vault, b.backup.VaultID, b.backup.VaultName = vault, vault.ID().ToStringOutput(), vault.Name
	b.identity = component.TextIn(vault.Identity, "principalId")
	logs := []string{"AddonAzureBackupJobs", "AddonAzureBackupProtectedInstance", "CoreAzureBackup"}
	return auditLogs(b.ctx, b.name, b.WorkspaceID, b.backup.VaultID, logs, pulumi.Parent(b.backup))
}

// accounts backs up the storage accounts, daily.
func (b *backupBuilder) accounts() error {
	if len(b.Accounts) == 0 {
		return nil
	}
	plan, err := b.policy("blobs", blobsToBackUp, "P1D", "Discrete")
	if err != nil {
		return err
	}
	b.backup.PlanID = plan.ID().ToStringOutput()
	for _, key := range slices.Sorted(maps.Keys(b.Accounts)) {
		a := b.Accounts[key]
		parameters := pulumi.Map{"backupDatasourceParametersList": pulumi.Array{pulumi.Map{
			"objectType": pulumi.String("BlobBackupDatasourceParameters"), "containersList": pulumi.ToStringArray(a.Containers),
		}}}
		if err := b.instance(key, blobsToBackUp, a.ID, storageBackup, plan, parameters); err != nil {
			return err
		}
	}
	return nil
}

// databases backs up the databases, weekly: Azure has no other interval.
// Source: Azure Backup documentation, "Support matrix for Azure Database for
// PostgreSQL - Flexible Server", read 2026-11.
func (b *backupBuilder) databases() error {
	if len(b.Databases) == 0 {
		return nil
	}
	plan, err := b.policy("databases", serversToBackUp, "P1W", "Full")
	if err != nil {
		return err
	}
	if len(b.Accounts) == 0 {
		b.backup.PlanID = plan.ID().ToStringOutput()
	}
	for _, key := range slices.Sorted(maps.Keys(b.Databases)) {
		if err := b.instance(key, serversToBackUp, b.Databases[key], databaseBackup, plan, nil); err != nil {
			return err
		}
	}
	return nil
}

// check returns all that is wrong with the arguments.
func (a *BackupArgs) check() error {
	var p problems
	p.want(a.ResourceGroup != nil, "ResourceGroup is missing")
	p.want(7 <= a.Days && a.Days <= 3650, "Days: got %d, want 7 to 3650", a.Days)
	p.want(backupStores[a.Redundancy] != "", "Redundancy: got %q, want LRS, ZRS or GRS", a.Redundancy)
	p.want(0 <= a.Hour && a.Hour <= 23, "Hour: got %d, want 0 to 23", a.Hour)
	p.want(slices.Contains([]BackupLock{Unlocked, Immutable, LockedForever}, a.Lock), "Lock: got %q, want immutable, locked or nothing", a.Lock)
	p.want(len(a.Accounts)+len(a.Databases) > 0, "Accounts, Databases: got neither, want something to back up")
	for name, s := range a.Accounts {
		p.want(s.ID != nil, "Accounts[%s].ID is missing", name)
		p.want(len(s.Containers) > 0, "Accounts[%s].Containers: got none, want those to back up", name)
		p.want(a.Databases[name] == nil, "Accounts[%s], Databases[%s]: want names that differ", name, name)
	}
	for name, id := range a.Databases {
		p.want(id != nil, "Databases[%s] is missing", name)
	}
	if a.Encryption != nil {
		p.add(a.Encryption.check("Encryption")...)
	}
	return p.err()
}
