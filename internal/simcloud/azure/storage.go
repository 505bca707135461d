package azure

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	blobServiceToken  = "azure-native:storage:BlobServiceProperties"
	containerToken    = "azure-native:storage:BlobContainer"
	immutabilityToken = "azure-native:storage:BlobContainerImmutabilityPolicy"
	lifecycleToken    = "azure-native:storage:ManagementPolicy"
	websiteToken      = "azure-native:storage:StorageAccountStaticWebsite"
	// blobsToken is the service of blobs that every account has from its beginning.
	blobsToken  = "azure-native:storage:BlobService"
	storageKind = "Microsoft.Storage/storageAccounts"
)

// Source: "Naming rules and restrictions for Azure resources", Microsoft.Storage,
// and the REST reference of storageAccounts 2022-09-01; read 2026-11.
var (
	accountName   = regexp.MustCompile(`^[a-z0-9]{3,24}$`)
	containerName = regexp.MustCompile(`^(\$web|\$root|\$logs|[a-z0-9](-?[a-z0-9]){2,62})$`)
	redundancies  = []string{
		"Standard_LRS", "Standard_ZRS", "Standard_GRS", "Standard_GZRS", "Standard_RAGRS", "Standard_RAGZRS", "Premium_LRS", "Premium_ZRS",
	}
)

func storageTypes() []*simcloud.Type {
	return []*simcloud.Type{
		storageAccount(), {Token: blobsToken, Noun: "blob service", IDFrom: "name"},
		inside(storageKind, "accountName", storageToken, "blobServices", "blobServicesName", simcloud.Type{
			Token: blobServiceToken, Noun: "blob service", Takes: 5 * time.Second, Validate: blobServiceValid,
		}),
		inside(storageKind, "accountName", storageToken, "managementPolicies", "managementPolicyName", simcloud.Type{
			Token: lifecycleToken, Noun: "management policy", Takes: 5 * time.Second, Required: []string{"policy.rules"}, Refuse: refuseLifecycle,
			Validate: func(in simcloud.Values) []error {
				return simcloud.Problems(simcloud.OneOf(in, "managementPolicyName", "default"))
			},
		}),
		blobContainer(), immutability(), website(),
	}
}

func storageAccount() *simcloud.Type {
	return inGroup(storageKind, "accountName", simcloud.Type{
		Token: storageToken, Noun: "storage account", Takes: 40 * time.Second, Sweeps: true,
		Required: []string{"kind", "sku.name"},
		Replace:  []string{"isHnsEnabled", "encryption.requireInfrastructureEncryption", "dnsEndpointType"},
		Refs:     []simcloud.Ref{idRef("networkRuleSet.virtualNetworkRules[].virtualNetworkResourceId", true, subnetToken)},
		Unique: []simcloud.Unique{{
			Paths: []string{"accountName"}, Everywhere: true,
			Words: "StorageAccountAlreadyTaken: The storage account named %s is already taken.",
		}},
		Validate: accountValid, Refuse: refuseAccount,
		Outputs: func(op *simcloud.Op) simcloud.Values {
			name := op.In.String("accountName")
			if op.Old == nil {
				op.Side(blobsToken, op.ID+"/blobServices/default", simcloud.Values{"name": "default"})
			}
			return simcloud.Values{
				"primaryEndpoints": map[string]any{
					"blob": "https://" + name + ".blob.core.windows.net/", "web": "https://" + name + ".z6.web.core.windows.net/",
				},
				"primaryLocation": op.In.String("location"), "statusOfPrimary": "available",
			}
		},
		// Who goes away with blobs under a policy of immutability, goes nowhere.
		Delete: func(op *simcloud.Op) error {
			for _, r := range op.All(immutabilityToken) {
				if strings.HasPrefix(r.ID, op.ID+"/") {
					return simcloud.Refusal("StorageAccountOperationNotAllowed", "The storage account %s has an immutable container.", op.In.String("accountName"))
				}
			}
			return nil
		},
	})
}

func accountValid(in simcloud.Values) []error {
	errs := simcloud.Problems(
		simcloud.OneOf(in, "kind", "StorageV2", "BlobStorage", "BlockBlobStorage", "FileStorage"), simcloud.OneOf(in, "sku.name", redundancies...),
		simcloud.OneOf(in, "minimumTlsVersion", "TLS1_0", "TLS1_1", "TLS1_2", "TLS1_3"), simcloud.OneOf(in, "accessTier", "Hot", "Cool", "Premium"),
		simcloud.OneOf(in, "publicNetworkAccess", "Enabled", "Disabled"), simcloud.OneOf(in, "networkRuleSet.defaultAction", "Allow", "Deny"),
		simcloud.OneOf(in, "encryption.keySource", "Microsoft.Storage", "Microsoft.Keyvault"), simcloud.OneOf(in, "allowedCopyScope", "AAD", "PrivateLink"),
		inRegion(in, storageKind, "zones[]"),
	)
	if name := in.String("accountName"); name != "" && !accountName.MatchString(name) {
		errs = append(errs, simcloud.Refusal("AccountNameInvalid",
			"%s is not a valid storage account name. Storage account name must be between 3 and 24 characters in length and use numbers and lower-case letters only.", name))
	}
	return errs
}

func refuseAccount(op *simcloud.Op) error {
	sku := op.In.String("sku.name")
	if strings.Contains(sku, "ZRS") && !regions[op.In.String("location")] {
		return simcloud.Refusal("InvalidResourceLocation", "The sku %s is not available in region %s.", sku, op.In.String("location"))
	}
	if old := op.Old; old != nil {
		if was := old.In.String("sku.name"); strings.Contains(was, "ZRS") != strings.Contains(sku, "ZRS") {
			return simcloud.Refusal("SkuChangeNotAllowed", "Storage account sku cannot be changed from %s to %s in place.", was, sku)
		}
	}
	vault, name := op.In.String("encryption.keyVaultProperties.keyVaultUri"), op.In.String("encryption.keyVaultProperties.keyName")
	if vault == "" {
		return nil
	}
	return mayEncrypt(op, strings.TrimSuffix(vault, "/")+"/keys/"+name, op.In.String("encryption.encryptionIdentity.encryptionUserAssignedIdentity"))
}

// blobServiceValid refuses a restore to a moment without what it needs.
// Source: Azure Storage documentation, "Point-in-time restore for block blobs:
// limitations", read 2026-11.
func blobServiceValid(in simcloud.Values) []error {
	errs := simcloud.Problems(
		simcloud.OneOf(in, "blobServicesName", "default"), simcloud.Between(in, "deleteRetentionPolicy.days", 1, 365),
		simcloud.Between(in, "containerDeleteRetentionPolicy.days", 1, 365), simcloud.Between(in, "restorePolicy.days", 1, 365),
	)
	if !in.Bool("restorePolicy.enabled") {
		return errs
	}
	switch {
	case !in.Bool("isVersioningEnabled") || !in.Bool("changeFeed.enabled") || !in.Bool("deleteRetentionPolicy.enabled"):
		errs = append(errs, simcloud.Refusal("ConflictFeatureEnabled", "Point-in-time restore needs versioning, the change feed and soft delete of blobs."))
	case in.Int("restorePolicy.days") >= in.Int("deleteRetentionPolicy.days"):
		errs = append(errs, simcloud.Refusal("InvalidRestorePolicyDays", "The days of the restore policy must be less than those of soft delete of blobs."))
	}
	return errs
}

// refuseLifecycle refuses moves that the account has no tier for.
func refuseLifecycle(op *simcloud.Op) error {
	account := op.Find(storageToken, "name", op.In.String("accountName"))
	for _, rule := range op.In.Objects("policy.rules[]") {
		base := rule.Get("definition.actions.baseBlob")
		if base == nil && !rule.Has("definition.actions.version") && !rule.Has("definition.actions.snapshot") {
			return simcloud.Refusal("InvalidXmlNodeValue", "The rule %s has no action.", rule.String("name"))
		}
		if rule.Has("definition.actions.baseBlob.tierToArchive") && strings.Contains(account.In.String("sku.name"), "ZRS") {
			return simcloud.Refusal("BlobTierToArchiveNotSupported", "The archive tier is not supported for accounts with the sku %s.", account.In.String("sku.name"))
		}
	}
	return nil
}

// inContainers describes what is inside the blob service of an account.
func inContainers(path func(op *simcloud.Op) string, kind, input string, t simcloud.Type) *simcloud.Type {
	t.Auto, t.AutoNaming = input, simcloud.Copied
	t.ID = func(op *simcloud.Op) string {
		return groupID(op) + "/providers/" + storageKind + "/" + op.In.String("accountName") + "/blobServices/default/containers/" + path(op)
	}
	t.Required = append(t.Required, "resourceGroupName", "accountName")
	t.Replace = append(t.Replace, "resourceGroupName", "accountName", "containerName")
	t.Refs = append(t.Refs, groupRef(), simcloud.Ref{
		Path: "accountName", To: []string{storageToken}, By: "name",
		Missing: "ParentResourceNotFound: Failed to perform 'write' on resource(s) of type '" + storageKind + "/" + kind +
			"', because the parent resource '%s' could not be found.",
	})
	return armOutputs(storageKind+"/blobServices/"+kind, input, t)
}

func blobContainer() *simcloud.Type {
	return inContainers(func(op *simcloud.Op) string { return op.In.String("containerName") }, "containers", "containerName", simcloud.Type{
		Token: containerToken, Noun: "container", Takes: 2 * time.Second, Sweeps: true,
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(named(in, "containerName", containerName, "ContainerOperationFailure"),
				simcloud.OneOf(in, "publicAccess", "None", "Blob", "Container"))
		},
		Refuse: func(op *simcloud.Op) error {
			account := op.Find(storageToken, "name", op.In.String("accountName"))
			if public := op.In.String("publicAccess"); public != "" && public != "None" && !account.In.Bool("allowBlobPublicAccess") {
				return simcloud.Refusal("PublicAccessNotPermitted", "Public access is not permitted on this storage account.")
			}
			return nil
		},
	})
}

func immutability() *simcloud.Type {
	return inContainers(func(op *simcloud.Op) string {
		return op.In.String("containerName") + "/immutabilityPolicies/" + op.In.String("immutabilityPolicyName")
	}, "containers/immutabilityPolicies", "immutabilityPolicyName", simcloud.Type{
		Token: immutabilityToken, Noun: "immutability policy", Takes: 2 * time.Second,
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(simcloud.OneOf(in, "immutabilityPolicyName", "default"), simcloud.Between(in, "immutabilityPeriodSinceCreationInDays", 1, 146000))
		},
		Refuse: func(op *simcloud.Op) error {
			container := strings.TrimSuffix(strings.Split(idOf(op), "/immutabilityPolicies/")[0], "/")
			if record(op, container) == nil {
				return simcloud.Refusal("ContainerNotFound", "The specified container %s does not exist.", op.In.String("containerName"))
			}
			for _, r := range op.All(blobServiceToken) {
				if r.In.String("accountName") == op.In.String("accountName") && r.In.Bool("restorePolicy.enabled") {
					return simcloud.Refusal("ConflictFeatureEnabled", "Point-in-time restore is enabled on the account %s: a container cannot be immutable.", op.In.String("accountName"))
				}
			}
			return nil
		},
	})
}

// idOf is the id that op's resource has or would have.
func idOf(op *simcloud.Op) string {
	if op.Old != nil {
		return op.ID
	}
	return op.Type.ID(op)
}

// website serves an account's container $web. It is set through the account's own
// address, by whoever reaches that.
func website() *simcloud.Type {
	return &simcloud.Type{
		Token: websiteToken, Noun: "static website", Takes: 3 * time.Second,
		Required: []string{"resourceGroupName", "accountName"}, Replace: []string{"resourceGroupName", "accountName"},
		ID: func(op *simcloud.Op) string {
			return groupID(op) + "/providers/" + storageKind + "/" + op.In.String("accountName") + "/staticWebsite"
		},
		Refs: []simcloud.Ref{groupRef(), {
			Path: "accountName", To: []string{storageToken}, By: "name", Missing: "ResourceNotFound: The storage account '%s' was not found.",
		}},
		Refuse: func(op *simcloud.Op) error {
			account := op.Find(storageToken, "name", op.In.String("accountName"))
			if !slices.Contains([]string{"StorageV2", "BlockBlobStorage"}, account.In.String("kind")) {
				return simcloud.Refusal("InvalidXmlDocument", "Static websites are not supported for accounts of kind %s.", account.In.String("kind"))
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			account := op.Find(storageToken, "name", op.In.String("accountName"))
			if op.Old == nil {
				op.Within(account, containerToken, account.ID+"/blobServices/default/containers/$web", simcloud.Values{"name": "$web"})
			}
			return simcloud.Values{"containerName": "$web"}
		},
	}
}
