package azure

import (
	"fmt"

	"github.com/pulumi/pulumi-azure-native-sdk/storage/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// makeAccount makes the account itself.
func (b *storageBuilder) makeAccount() error {
	encryption := b.encryption()
	reach, rules := "Disabled", storage.IPRuleArray{}
	for _, r := range ipRules(b.AllowedRanges) {
		reach = "Enabled"
		rules = append(rules, storage.IPRuleArgs{IPAddressOrRange: pulumi.String(r), Action: storage.ActionAllow})
	}
	account, err := storage.NewStorageAccount(b.ctx, b.name, &storage.StorageAccountArgs{
		ResourceGroupName: b.ResourceGroup, Location: pulumi.String(b.Location),
		AccountName: pulumi.String(b.worldwide(limits.Account, b.name)),
		Kind:        pulumi.String("StorageV2"), Sku: storage.SkuArgs{Name: pulumi.String("Standard_" + b.Redundancy)},
		AccessTier: storage.AccessTierHot,

		AllowBlobPublicAccess:        pulumi.Bool(false),
		AllowSharedKeyAccess:         pulumi.Bool(false),
		DefaultToOAuthAuthentication: pulumi.Bool(true),
		AllowCrossTenantReplication:  pulumi.Bool(false),
		AllowedCopyScope:             pulumi.String("AAD"),
		IsLocalUserEnabled:           pulumi.Bool(false),
		EnableHttpsTrafficOnly:       pulumi.Bool(true),
		MinimumTlsVersion:            pulumi.String("TLS1_2"),
		PublicNetworkAccess:          pulumi.String(reach),
		NetworkRuleSet: storage.NetworkRuleSetArgs{
			DefaultAction: storage.DefaultActionDeny, Bypass: pulumi.String("AzureServices"), IpRules: rules,
		},
		Encryption: encryption,
		Identity: storage.IdentityArgs{
			Type: pulumi.String("UserAssigned"), UserAssignedIdentities: pulumi.StringArray{b.Encryption.IdentityID},
		},
		Tags: b.tags("storage", map[string]string{"purpose": b.Purpose}),
	}, pulumi.Parent(b.storage), pulumi.Protect(b.Protect), pulumi.DependsOn(b.Encryption.Ready))
	if err != nil {
		return fmt.Errorf("creating storage account %s: %w", b.name, err)
	}
	b.account = account
	return nil
}

// encryption is by the key, whose newest version the account takes by itself,
// and once more below it by Azure's own.
func (b *storageBuilder) encryption() storage.EncryptionArgs {
	part := func(i int) pulumi.StringPtrOutput {
		return b.Encryption.KeyURI.ToStringOutput().ApplyT(func(uri string) (*string, error) {
			vault, key, err := keyName(uri)
			return []*string{&vault, &key}[i], err
		}).(pulumi.StringPtrOutput)
	}
	return storage.EncryptionArgs{
		KeySource:                       pulumi.String("Microsoft.Keyvault"),
		RequireInfrastructureEncryption: pulumi.Bool(true),
		KeyVaultProperties:              storage.KeyVaultPropertiesArgs{KeyVaultUri: part(0), KeyName: part(1)},
		EncryptionIdentity: storage.EncryptionIdentityArgs{
			EncryptionUserAssignedIdentity: b.Encryption.IdentityID.ToStringOutput().ToStringPtrOutput(),
		},
		Services: storage.EncryptionServicesArgs{
			Blob: storage.EncryptionServiceArgs{Enabled: pulumi.Bool(true), KeyType: pulumi.String("Account")},
			File: storage.EncryptionServiceArgs{Enabled: pulumi.Bool(true), KeyType: pulumi.String("Account")},
		},
	}
}

// protect keeps versions and deleted blobs, and has the account answer inside
// the network. Restoring to a moment needs the change feed.
func (b *storageBuilder) protect() error {
	kept := storage.DeleteRetentionPolicyArgs{Enabled: pulumi.Bool(true), Days: pulumi.Int(b.DeletedDays)}
	args := &storage.BlobServicePropertiesArgs{
		ResourceGroupName: b.ResourceGroup, AccountName: b.account.Name, BlobServicesName: pulumi.String("default"),
		IsVersioningEnabled: pulumi.Bool(true), DeleteRetentionPolicy: kept, ContainerDeleteRetentionPolicy: kept,
		ChangeFeed: storage.ChangeFeedArgs{Enabled: pulumi.Bool(b.RestoreDays > 0)},
	}
	if b.RestoreDays > 0 {
		args.ChangeFeed = storage.ChangeFeedArgs{Enabled: pulumi.Bool(true), RetentionInDays: pulumi.Int(b.DeletedDays)}
		args.RestorePolicy = storage.RestorePolicyPropertiesArgs{Enabled: pulumi.Bool(true), Days: pulumi.Int(b.RestoreDays)}
	}
	properties, err := storage.NewBlobServiceProperties(b.ctx, b.name, args, pulumi.Parent(b.storage))
	if err != nil {
		return fmt.Errorf("keeping the versions of storage %s: %w", b.name, err)
	}
	endpoint, err := privateEndpoint(b.ctx, b.name, b.Scope, "storage", b.account.ID().ToStringOutput(), "blob", b.Private, pulumi.Parent(b.storage))
	if err != nil {
		return err
	}
	b.guards = append(append(b.guards, properties), endpoint...)
	return nil
}

// website serves the container $web. A page that is not there is the
// application's own: the first one.
func (b *storageBuilder) website() error {
	if !b.Website {
		return nil
	}
	made, err := storage.NewStorageAccountStaticWebsite(b.ctx, b.name, &storage.StorageAccountStaticWebsiteArgs{
		ResourceGroupName: b.ResourceGroup, AccountName: b.account.Name,
		IndexDocument: pulumi.String("index.html"), Error404Document: pulumi.String("index.html"),
	}, pulumi.Parent(b.storage), pulumi.DependsOn(b.guards))
	if err != nil {
		return fmt.Errorf("serving the website of storage %s: %w", b.name, err)
	}
	b.guards = append(b.guards, made)
	b.storage.ContainerIDs[webContainer] = pulumi.Sprintf("%s/blobServices/default/containers/%s", b.account.ID().ToStringOutput(), made.ContainerName)
	return nil
}

// lifecycle moves and deletes blobs by age.
func (b *storageBuilder) lifecycle() error {
	days := func(n int) storage.DateAfterModificationPtrInput {
		if n == 0 {
			return nil
		}
		return storage.DateAfterModificationArgs{DaysAfterModificationGreaterThan: pulumi.Float64(n)}
	}
	actions := storage.ManagementPolicyActionArgs{}
	if b.CoolDays+b.ColdDays+b.ArchiveDays+b.ExpireDays > 0 {
		actions.BaseBlob = storage.ManagementPolicyBaseBlobArgs{
			TierToCool: days(b.CoolDays), TierToCold: days(b.ColdDays), TierToArchive: days(b.ArchiveDays), Delete: days(b.ExpireDays),
		}
	}
	if b.NoncurrentDays > 0 {
		after := storage.DateAfterCreationArgs{DaysAfterCreationGreaterThan: pulumi.Float64(b.NoncurrentDays)}
		actions.Version = storage.ManagementPolicyVersionArgs{Delete: after}
		actions.Snapshot = storage.ManagementPolicySnapShotArgs{Delete: after}
	}
	if actions.BaseBlob == nil && actions.Version == nil {
		return nil
	}
	if _, err := storage.NewManagementPolicy(b.ctx, b.name, &storage.ManagementPolicyArgs{
		ResourceGroupName: b.ResourceGroup, AccountName: b.account.Name, ManagementPolicyName: pulumi.String("default"),
		Policy: storage.ManagementPolicySchemaArgs{Rules: storage.ManagementPolicyRuleArray{storage.ManagementPolicyRuleArgs{
			Name: pulumi.String("age"), Enabled: pulumi.Bool(true), Type: pulumi.String("Lifecycle"),
			Definition: storage.ManagementPolicyDefinitionArgs{
				Actions: actions, Filters: storage.ManagementPolicyFilterArgs{BlobTypes: pulumi.ToStringArray([]string{"blockBlob"})},
			},
		}}},
	}, pulumi.Parent(b.storage), pulumi.DependsOn(b.guards)); err != nil { // rules about versions want versions
		return fmt.Errorf("setting the lifecycle of storage %s: %w", b.name, err)
	}
	return nil
}

// watch sends the log of who read and wrote blobs to the workspace.
func (b *storageBuilder) watch() error {
	blobs := pulumi.Sprintf("%s/blobServices/default", b.account.ID().ToStringOutput())
	return auditLogs(b.ctx, b.name, b.WorkspaceID, blobs, []string{"StorageDelete", "StorageRead", "StorageWrite"}, pulumi.Parent(b.storage))
}
