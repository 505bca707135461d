package azure

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

// inGroup makes a group, so that the scope's resources have a place.
func inGroup(ctx *pulumi.Context, s Scope, opt pulumi.ResourceOption) (Scope, error) {
	g, err := NewGroup(ctx, "group", &GroupArgs{Scope: s}, opt)
	if err != nil {
		return s, err
	}
	s.ResourceGroup = g.Name
	return s, nil
}

func TestGroup(t *testing.T) {
	s := testScope()
	s.Protect = true
	g := run(t, func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		_, err := NewGroup(ctx, "group", &GroupArgs{Scope: s, Lock: true}, opt)
		return err
	})
	g.CheckHouse(t)
	group := g.One(t, "azure-native:resources:ResourceGroup", "group")
	if !group.Protect || group.Inputs.String("resourceGroupName") != "explico-test" {
		t.Errorf("got protect %v and name %s", group.Protect, group.Inputs.String("resourceGroupName"))
	}
	lock := g.One(t, "azure-native:authorization:ManagementLockByScope", "group")
	if lock.Inputs.String("level") != "CanNotDelete" || lock.Inputs.String("scope") != group.ID {
		t.Errorf("got lock %v", lock.Inputs)
	}
}

func vaultProgram(s Scope, more func(*VaultArgs)) func(*pulumi.Context, pulumi.ResourceOption) error {
	return func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		in, err := inGroup(ctx, s, opt)
		if err != nil {
			return err
		}
		logs, err := NewLogs(ctx, "logs", &LogsArgs{Scope: in, Days: 90}, opt)
		if err != nil {
			return err
		}
		args := &VaultArgs{Scope: in, Purpose: "keys", WorkspaceID: logs.ID}
		if more != nil {
			more(args)
		}
		vault, err := NewVault(ctx, "vault", args, opt)
		if err != nil {
			return err
		}
		key, err := NewKey(ctx, "disks", &KeyArgs{
			Scope: in, Vault: vault, Purpose: "disks",
			Users: map[string]pulumi.StringInput{"set": pulumi.String("aaaaaaaa-0000-0000-0000-000000000001")},
		}, opt)
		if err != nil {
			return err
		}
		ctx.Export("uri", key.URI)
		return nil
	}
}

func TestVault(t *testing.T) {
	for _, c := range []struct {
		protect, disposable bool
		days                int
	}{{true, false, 90}, {false, true, 7}} {
		s := testScope()
		s.Protect, s.Disposable = c.protect, c.disposable
		g := run(t, vaultProgram(s, nil))
		g.CheckHouse(t)
		v := g.One(t, "azure-native:keyvault:Vault", "vault")
		if got := v.Inputs.Int("properties.softDeleteRetentionInDays"); got != c.days || v.Protect != c.protect {
			t.Errorf("got %d days and protect %v, want %d and %v", got, v.Protect, c.days, c.protect)
		}
		for _, path := range []string{"enablePurgeProtection", "enableRbacAuthorization", "enableSoftDelete"} {
			if !v.Inputs.Bool("properties." + path) {
				t.Errorf("%s is off", path)
			}
		}
		if v.Inputs.String("properties.networkAcls.defaultAction") != "Deny" || v.Inputs.String("properties.publicNetworkAccess") != "Disabled" {
			t.Errorf("the vault is open: %v", v.Inputs.Get("properties"))
		}
		if got := g.One(t, "azure-native:insights:DiagnosticSetting", "vault").Inputs.Strings("logs[].category"); len(got) != 1 || got[0] != "AuditEvent" {
			t.Errorf("logs: got %v", got)
		}
	}
}

func TestVaultFromOutside(t *testing.T) {
	g := run(t, vaultProgram(testScope(), func(a *VaultArgs) { a.AllowedCIDRs, a.Hardware = []string{"203.0.113.0/24"}, true }))
	v := g.One(t, "azure-native:keyvault:Vault", "vault")
	if got := v.Inputs.Strings("properties.networkAcls.ipRules[].value"); len(got) != 1 || v.Inputs.String("properties.publicNetworkAccess") != "Enabled" {
		t.Errorf("got %v, public access %s", got, v.Inputs.String("properties.publicNetworkAccess"))
	}
	if got := g.One(t, "azure-native:keyvault:Key", "disks").Inputs.String("properties.kty"); got != "RSA-HSM" {
		t.Errorf("got a key of kind %s, want one in hardware", got)
	}
}

func TestKey(t *testing.T) {
	g := run(t, vaultProgram(testScope(), nil))
	key := g.One(t, "azure-native:keyvault:Key", "disks")
	policy := "properties.rotationPolicy."
	if key.Inputs.String(policy+"attributes.expiryTime") != "P2Y" || key.Inputs.String(policy+"lifetimeActions[].trigger.timeAfterCreate") != "P1Y" {
		t.Errorf("rotation: got %v", key.Inputs.Get("properties.rotationPolicy"))
	}
	grant := g.One(t, "azure-native:authorization:RoleAssignment", "disks-set")
	if grant.Inputs.String("scope") != key.ID || grant.Inputs.String("roleDefinitionId") != testScope().RoleID(KeyEncryptionUser) {
		t.Errorf("got %v", grant.Inputs)
	}
	if uri, name := g.Exports.String("uri"), g.One(t, "azure-native:keyvault:Vault", "").Outputs.String("name"); uri != "https://"+name+".vault.azure.net/keys/disks" {
		t.Errorf("got %s", uri)
	}
}

func TestVaultPreview(t *testing.T) {
	if g := run(t, vaultProgram(testScope(), nil), simtest.Preview()); len(g.Cloud.Records()) != 0 {
		t.Error("a preview created something")
	}
}

func TestKeyWithoutVault(t *testing.T) {
	if _, err := simtest.Try("explico", "test", withProvider(func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		_, err := NewKey(ctx, "disks", &KeyArgs{Scope: testScope()}, opt)
		return err
	})); err == nil {
		t.Error("a key without a vault is not refused")
	}
}

func TestLogsDays(t *testing.T) {
	for days, ok := range map[int]bool{29: false, 30: true, 730: true, 731: false} {
		_, err := simtest.Try("explico", "test", withProvider(func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
			s, err := inGroup(ctx, testScope(), opt)
			if err != nil {
				return err
			}
			_, err = NewLogs(ctx, "logs", &LogsArgs{Scope: s, Days: days}, opt)
			return err
		}))
		if ok != (err == nil) {
			t.Errorf("%d days: got %v", days, err)
		}
	}
}
