package azure

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// source is a kind of thing that a vault backs up: what Azure calls it, and what
// holds it.
type source struct{ kind, holder string }

var (
	blobsToBackUp   = source{"Microsoft.Storage/storageAccounts/blobServices", "Microsoft.Storage/storageAccounts"}
	serversToBackUp = source{"Microsoft.DBforPostgreSQL/flexibleServers", "Microsoft.DBforPostgreSQL/flexibleServers"}
)

// backupEpoch is the Sunday that intervals are counted from.
const backupEpoch = "2026-01-04"

// policy says when backups of a kind are made, and how long they are kept.
func (b *backupBuilder) policy(key string, of source, every, how string) (*resource, error) {
	vault := pulumi.Map{"dataStoreType": pulumi.String("VaultStore"), "objectType": pulumi.String("DataStoreInfoBase")}
	begin := fmt.Sprintf("R/%sT%02d:00:00+00:00/%s", backupEpoch, b.Hour, every)
	rules := pulumi.Array{
		pulumi.Map{
			"objectType": pulumi.String("AzureRetentionRule"), "name": pulumi.String("Default"), "isDefault": pulumi.Bool(true),
			"lifecycles": pulumi.Array{pulumi.Map{
				"deleteAfter":     pulumi.Map{"objectType": pulumi.String("AbsoluteDeleteOption"), "duration": pulumi.Sprintf("P%dD", b.Days)},
				"sourceDataStore": vault,
			}},
		},
		pulumi.Map{
			"objectType": pulumi.String("AzureBackupRule"), "name": pulumi.String("Backup"), "dataStore": vault,
			"backupParameters": pulumi.Map{"objectType": pulumi.String("AzureBackupParams"), "backupType": pulumi.String(how)},
			"trigger": pulumi.Map{
				"objectType": pulumi.String("ScheduleBasedTriggerContext"),
				"schedule":   pulumi.Map{"repeatingTimeIntervals": pulumi.ToStringArray([]string{begin}), "timeZone": pulumi.String("UTC")},
				"taggingCriteria": pulumi.Array{pulumi.Map{
					"isDefault": pulumi.Bool(true), "taggingPriority": pulumi.Float64(99),
					"tagInfo": pulumi.Map{"id": pulumi.String("Default_"), "tagName": pulumi.String("Default")},
				}},
			},
		},
	}
	made, err := bind(b.ctx, backupModule+"BackupPolicy", b.name+"-"+key, pulumi.Map{
		"resourceGroupName": b.ResourceGroup, "vaultName": b.vault.Name, "backupPolicyName": pulumi.String(key),
		"properties": pulumi.Map{
			"objectType": pulumi.String("BackupPolicy"), "datasourceTypes": pulumi.ToStringArray([]string{of.kind}), "policyRules": rules,
		},
	}, pulumi.Parent(b.backup))
	if err != nil {
		return nil, fmt.Errorf("creating backup policy %s of %s: %w", key, b.name, err)
	}
	return made, nil
}

// instance has the vault back up one thing: it may, and then it does.
func (b *backupBuilder) instance(key string, of source, id pulumi.StringInput, role Role, plan *resource, parameters pulumi.Map) error {
	name := b.name + "-" + key
	grant, err := assign(b.ctx, name, b.Scope, Grant{Role: role, On: id}, b.identity, machine, pulumi.Parent(b.backup))
	if err != nil {
		return err
	}
	grants := []pulumi.Resource{grant}
	if of == serversToBackUp { // it looks the server up in its group
		group := pulumi.Sprintf("/subscriptions/%s/resourceGroups/%s", b.SubscriptionID, b.ResourceGroup)
		reads, err := assign(b.ctx, name+"-reads", b.Scope, Grant{Role: Reader, On: group}, b.identity, machine, pulumi.Parent(b.backup))
		if err != nil {
			return err
		}
		grants = append(grants, reads)
	}
	last := id.ToStringOutput().ApplyT(func(id string) string { return id[strings.LastIndexByte(id, '/')+1:] }).(pulumi.StringOutput)
	policy := pulumi.Map{"policyId": plan.ID()}
	if parameters != nil {
		policy["policyParameters"] = parameters
	}
	if _, err := bind(b.ctx, backupModule+"BackupInstance", name, pulumi.Map{
		"resourceGroupName": b.ResourceGroup, "vaultName": b.vault.Name, "backupInstanceName": pulumi.String(key),
		"properties": pulumi.Map{
			"objectType": pulumi.String("BackupInstance"), "friendlyName": last, "policyInfo": policy,
			"dataSourceInfo": pulumi.Map{
				"objectType": pulumi.String("Datasource"), "datasourceType": pulumi.String(of.kind), "resourceType": pulumi.String(of.holder),
				"resourceID": id, "resourceUri": id, "resourceName": last, "resourceLocation": pulumi.String(b.Location),
			},
		},
		"tags": b.tags("backup"),
	}, pulumi.Parent(b.backup), pulumi.Protect(b.Protect), pulumi.DependsOn(grants)); err != nil { // its backups go with it
		return fmt.Errorf("backing up %s by %s: %w", key, b.name, err)
	}
	return nil
}
