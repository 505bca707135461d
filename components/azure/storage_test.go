package azure

import (
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

const accountToken = "azure-native:storage:StorageAccount"

func storageArgs(on *stage) *StorageArgs {
	return &StorageArgs{
		Scope: on.Scope, Purpose: "uploads", Redundancy: "ZRS", Encryption: on.encryption, Private: on.endpoint(BlobService),
		Containers: map[string]ContainerArgs{"uploads": {
			Readers: map[string]pulumi.StringInput{"reports": pulumi.String(principal)}, Writers: map[string]pulumi.StringInput{"backend": pulumi.String(principal)},
		}},
		CoolDays: 30, ColdDays: 90, ExpireDays: 365, NoncurrentDays: 30, DeletedDays: 30, RestoreDays: 14, WorkspaceID: on.logs.ID,
	}
}

func storageProgram(s Scope, edit func(*StorageArgs)) func(*pulumi.Context, pulumi.ResourceOption) error {
	return onStage(s, func(on *stage) error {
		args := storageArgs(on)
		if edit != nil {
			edit(args)
		}
		s, err := NewStorage(on.ctx, "uploads", args, on.opt)
		if err != nil {
			return err
		}
		on.ctx.Export("host", s.Host)
		on.ctx.Export("web", s.WebHost)
		on.ctx.Export("containers", stringMap(s.ContainerIDs))
		return nil
	})
}

func TestStorageSecurity(t *testing.T) {
	g := run(t, storageProgram(protectedScope(), nil))
	checkHouse(t, g)
	account := g.One(t, accountToken, "uploads")
	in := account.Inputs
	for _, path := range []string{"enableHttpsTrafficOnly", "encryption.requireInfrastructureEncryption", "defaultToOAuthAuthentication"} {
		if !in.Bool(path) {
			t.Errorf("%s is not true", path)
		}
	}
	for _, path := range []string{"allowBlobPublicAccess", "allowSharedKeyAccess", "allowCrossTenantReplication", "isLocalUserEnabled"} {
		if in.Bool(path) || !in.Has(path) {
			t.Errorf("%s is not false", path)
		}
	}
	for path, want := range map[string]string{
		"minimumTlsVersion": "TLS1_2", "publicNetworkAccess": "Disabled", "networkRuleSet.defaultAction": "Deny", "networkRuleSet.bypass": "AzureServices",
		"encryption.keySource": "Microsoft.Keyvault", "encryption.keyVaultProperties.keyName": "key", "sku.name": "Standard_ZRS",
	} {
		if got := in.String(path); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
	if name := in.String("accountName"); !account.Protect || len(name) > 24 || !strings.HasPrefix(name, "explicotestuploads") {
		t.Errorf("got protect %v and name %s", account.Protect, name)
	}
	if got := g.One(t, "azure-native:storage:BlobContainer", "uploads-uploads").Inputs.String("publicAccess"); got != "None" {
		t.Errorf("the container is public: %s", got)
	}
	service := g.One(t, "azure-native:storage:BlobServiceProperties", "uploads").Inputs
	if !service.Bool("isVersioningEnabled") || service.Int("deleteRetentionPolicy.days") != 30 || !service.Bool("containerDeleteRetentionPolicy.enabled") ||
		!service.Bool("changeFeed.enabled") || service.Int("restorePolicy.days") != 14 {
		t.Errorf("got %v", service)
	}
}

// Rights are of a container, not of the account.
func TestStorageRights(t *testing.T) {
	g := run(t, storageProgram(testScope(), nil))
	container := g.One(t, "azure-native:storage:BlobContainer", "uploads-uploads")
	for name, what := range map[string]Role{"uploads-backend-writes-uploads": BlobContributor, "uploads-reports-reads-uploads": BlobReader} {
		in := g.One(t, "azure-native:authorization:RoleAssignment", name).Inputs
		if in.String("scope") != container.ID || !strings.HasSuffix(in.String("roleDefinitionId"), string(what)) || in.String("principalId") != principal {
			t.Errorf("%s: got %v", name, in)
		}
	}
	if g.Exports.String("containers.uploads") != container.ID {
		t.Errorf("got %v", g.Exports)
	}
}

func TestStorageLifecycle(t *testing.T) {
	g := run(t, storageProgram(testScope(), nil))
	rule := g.One(t, "azure-native:storage:ManagementPolicy", "uploads").Inputs.Objects("policy.rules[]")[0]
	for path, want := range map[string]int{
		"tierToCool": 30, "tierToCold": 90, "delete": 365,
	} {
		if got := rule.Int("definition.actions.baseBlob." + path + ".daysAfterModificationGreaterThan"); got != want {
			t.Errorf("%s: got %d, want %d", path, got, want)
		}
	}
	if rule.Has("definition.actions.baseBlob.tierToArchive") || rule.Int("definition.actions.version.delete.daysAfterCreationGreaterThan") != 30 {
		t.Errorf("got %v", rule)
	}
	g = run(t, storageProgram(testScope(), func(a *StorageArgs) { a.CoolDays, a.ColdDays, a.ExpireDays, a.NoncurrentDays = 0, 0, 0, 0 }))
	if n := len(g.All("azure-native:storage:ManagementPolicy")); n != 0 {
		t.Errorf("got %d rules for nothing", n)
	}
}

func TestStorageWebsite(t *testing.T) {
	g := run(t, storageProgram(testScope(), func(a *StorageArgs) { a.Website, a.AllowedRanges = true, []string{"203.0.113.0/28"} }))
	in := g.One(t, accountToken, "uploads").Inputs
	if in.String("publicNetworkAccess") != "Enabled" || in.String("networkRuleSet.defaultAction") != "Deny" ||
		!slices.Equal(stringsOf(in.Objects("networkRuleSet.ipRules[]"), "iPAddressOrRange"), []string{"203.0.113.0/28"}) {
		t.Errorf("got %v", in)
	}
	site := g.One(t, "azure-native:storage:StorageAccountStaticWebsite", "uploads")
	if site.Inputs.String("indexDocument") != "index.html" || !strings.Contains(g.Exports.String("web"), ".web.core.windows.net") {
		t.Errorf("got %v at %s", site.Inputs, g.Exports.String("web"))
	}
	if id := g.Exports.Get("containers").(map[string]any)["$web"]; !strings.HasSuffix(id.(string), "/containers/$web") {
		t.Errorf("got %v", id)
	}
}

func stringsOf[T interface{ String(string) string }](all []T, path string) []string {
	var out []string
	for _, v := range all {
		out = append(out, v.String(path))
	}
	return out
}

func TestStorageImmutable(t *testing.T) {
	g := run(t, storageProgram(testScope(), func(a *StorageArgs) {
		a.RestoreDays, a.Containers = 0, map[string]ContainerArgs{"backups": {ImmutableDays: 30}}
	}))
	if got := g.One(t, "azure-native:storage:BlobContainerImmutabilityPolicy", "").Inputs.Int("immutabilityPeriodSinceCreationInDays"); got != 30 {
		t.Errorf("got %d days", got)
	}
}

func TestStoragePreview(t *testing.T) {
	if g := run(t, storageProgram(testScope(), nil), simtest.Preview()); len(g.Cloud.Records()) != 0 {
		t.Error("a preview created something")
	}
}

func TestStorageBadArguments(t *testing.T) {
	for want, edit := range map[string]func(*StorageArgs){
		"Purpose":                           func(a *StorageArgs) { a.Purpose = "" },
		"Redundancy":                        func(a *StorageArgs) { a.Redundancy = "RAGRS" },
		"Encryption":                        func(a *StorageArgs) { a.Encryption = nil },
		"Private":                           func(a *StorageArgs) { a.Private = &PrivatePlace{} },
		"Containers: got none":              func(a *StorageArgs) { a.Containers = nil },
		"Containers[Up]":                    func(a *StorageArgs) { a.Containers["Up"] = ContainerArgs{} },
		"AllowedRanges":                     func(a *StorageArgs) { a.AllowedRanges = []string{"10.0.0.0/8"} },
		"ColdDays":                          func(a *StorageArgs) { a.ColdDays = 40 },
		"ArchiveDays":                       func(a *StorageArgs) { a.ArchiveDays = 180 },
		"ExpireDays":                        func(a *StorageArgs) { a.ExpireDays = 60 },
		"NoncurrentDays":                    func(a *StorageArgs) { a.NoncurrentDays = -1 },
		"DeletedDays":                       func(a *StorageArgs) { a.DeletedDays = 3 },
		"RestoreDays":                       func(a *StorageArgs) { a.RestoreDays = 30 },
		"Containers[uploads].ImmutableDays": func(a *StorageArgs) { a.Containers["uploads"] = ContainerArgs{ImmutableDays: 30} },
		"WorkspaceID":                       func(a *StorageArgs) { a.WorkspaceID = nil },
	} {
		t.Run(want, func(t *testing.T) { refused(t, want, storageProgram(testScope(), edit)) })
	}
}
