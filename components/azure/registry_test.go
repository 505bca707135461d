package azure

import (
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

const registryToken = "azure-native:containerregistry:Registry"

func registryProgram(edit func(*RegistryArgs)) func(*pulumi.Context, pulumi.ResourceOption) error {
	return onStage(protectedScope(), func(on *stage) error {
		args := &RegistryArgs{
			Scope: on.Scope, Encryption: on.encryption, Images: []string{"backend", "frontend"}, UntaggedDays: 14,
			Mirrors: []string{"quay.io", "mcr.microsoft.com"}, Private: on.endpoint(RegistryService), WorkspaceID: on.logs.ID,
			Pullers: map[string]pulumi.StringInput{"nodes": pulumi.String(principal)}, Pushers: map[string]pulumi.StringInput{"jobs": pulumi.String(principal)},
		}
		if edit != nil {
			edit(args)
		}
		r, err := NewRegistry(on.ctx, "registry", args, on.opt)
		if err != nil {
			return err
		}
		on.ctx.Export("urls", stringMap(r.URLs))
		on.ctx.Export("mirrors", stringMap(r.MirrorURLs))
		return nil
	})
}

func TestRegistry(t *testing.T) {
	g := run(t, registryProgram(nil))
	checkHouse(t, g)
	registry := g.One(t, registryToken, "registry")
	in := registry.Inputs
	for path, want := range map[string]string{
		"sku.name": "Premium", "zoneRedundancy": "Enabled", "publicNetworkAccess": "Disabled", "networkRuleSet.defaultAction": "Deny",
		"policies.retentionPolicy.status": "enabled", "policies.exportPolicy.status": "disabled", "encryption.status": "enabled",
	} {
		if got := in.String(path); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
	if in.Bool("adminUserEnabled") || !in.Has("adminUserEnabled") || in.Int("policies.retentionPolicy.days") != 14 || !registry.Protect {
		t.Errorf("got %v, protect %v", in, registry.Protect)
	}
	server := registry.Outputs.String("loginServer")
	if got := g.Exports.String("urls.backend"); got != server+"/backend" {
		t.Errorf("the image's address is %s", got)
	}
	mirrors := g.Exports.Get("mirrors").(map[string]any)
	if mirrors["quay.io"] != server+"/quay" || mirrors["mcr.microsoft.com"] != server+"/mcr" {
		t.Errorf("got mirrors %v", mirrors)
	}
	for name, what := range map[string]Role{"registry-nodes-pulls": ImagePuller, "registry-jobs-pushes": ImagePusher} {
		if got := g.One(t, "azure-native:authorization:RoleAssignment", name).Inputs; got.String("scope") != registry.ID || !strings.HasSuffix(got.String("roleDefinitionId"), string(what)) {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

// Who builds outside the network comes in from its own addresses.
func TestRegistryAllowedRanges(t *testing.T) {
	in := run(t, registryProgram(func(a *RegistryArgs) { a.AllowedRanges, a.Encryption = []string{"203.0.113.0/28"}, nil })).One(t, registryToken, "registry").Inputs
	if in.String("publicNetworkAccess") != "Enabled" || in.String("networkRuleSet.defaultAction") != "Deny" || len(in.All("networkRuleSet.ipRules[]")) != 1 || in.Has("encryption") {
		t.Errorf("got %v", in)
	}
}

// A single address has no prefix in the firewalls' rules: storage refuses one.
func TestIPRules(t *testing.T) {
	got := ipRules([]string{"203.0.113.0/28", "198.51.100.7/32", "198.51.100.8/31", "192.0.2.5/30", "255.255.255.255/32"})
	if want := []string{"203.0.113.0/28", "198.51.100.7", "198.51.100.8", "198.51.100.9", "192.0.2.5/30", "255.255.255.255"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	in := run(t, registryProgram(func(a *RegistryArgs) { a.AllowedRanges = []string{"203.0.113.7/32"} })).One(t, registryToken, "registry").Inputs
	if got := in.Strings("networkRuleSet.ipRules[].iPAddressOrRange"); !slices.Equal(got, []string{"203.0.113.7"}) {
		t.Errorf("the registry lets in %v", got)
	}
	in = run(t, storageProgram(testScope(), func(a *StorageArgs) { a.AllowedRanges = []string{"203.0.113.7/32"} })).One(t, accountToken, "uploads").Inputs
	if got := stringsOf(in.Objects("networkRuleSet.ipRules[]"), "iPAddressOrRange"); !slices.Equal(got, []string{"203.0.113.7"}) {
		t.Errorf("the storage lets in %v", got)
	}
}

func TestRegistryPreview(t *testing.T) {
	if g := run(t, registryProgram(nil), simtest.Preview()); len(g.Cloud.Records()) != 0 {
		t.Error("a preview created something")
	}
}

func TestRegistryBadArguments(t *testing.T) {
	for want, edit := range map[string]func(*RegistryArgs){
		"UntaggedDays":  func(a *RegistryArgs) { a.UntaggedDays = 0 },
		"Mirrors":       func(a *RegistryArgs) { a.Mirrors = []string{"docker.io"} },
		"Private":       func(a *RegistryArgs) { a.Private = nil },
		"AllowedRanges": func(a *RegistryArgs) { a.AllowedRanges = []string{"0.0.0.0/0"} },
		"Encryption":    func(a *RegistryArgs) { a.Encryption = &Encryption{} },
		"Pullers":       func(a *RegistryArgs) { a.Pullers["nodes"] = nil },
	} {
		t.Run(want, func(t *testing.T) { refused(t, want, registryProgram(edit)) })
	}
}
