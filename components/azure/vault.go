package azure

import (
	"fmt"

	"github.com/pulumi/pulumi-azure-native-sdk/keyvault/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// VaultArgs are the arguments of NewVault.
type VaultArgs struct {
	Scope
	// Purpose says what the vault holds.
	Purpose string
	// Hardware keeps keys in hardware modules: the premium tier.
	Hardware bool
	// Private is where the vault answers inside the network. Without one, only
	// AllowedCIDRs and Azure's own trusted services reach it.
	Private *PrivatePlace
	// AllowedCIDRs are public ranges that may reach it.
	AllowedCIDRs []string
	// WorkspaceID is the Log Analytics workspace that is told who used what; nobody
	// is if nil.
	WorkspaceID pulumi.StringInput
}

// Vault is a Key Vault: keys, and secrets of applications. Azure roles alone say
// who may use what is in it. A deleted one can be had back, and nobody can purge
// it before its time.
type Vault struct {
	pulumi.ResourceState

	// ID and Name are the vault's, and URI is where it answers.
	ID, Name, URI pulumi.StringOutput
	// Group is the name of the resource group that it is in.
	Group pulumi.StringOutput
	// Hardware says that it keeps keys in hardware modules.
	Hardware bool
	// Ready is what must exist before something inside the network uses it.
	Ready []pulumi.Resource
}

// The days in which a deleted vault can be had back.
// Source: Key Vault, "Soft-delete overview": 7 to 90, fixed at creation.
const (
	recoveryDays           = 90
	recoveryDaysDisposable = 7
)

// NewVault makes a vault. Its name is left to Pulumi: it holds for the whole
// world, and a deleted vault keeps its name until it is purged.
func NewVault(ctx *pulumi.Context, name string, args *VaultArgs, opts ...pulumi.ResourceOption) (*Vault, error) {
	v := &Vault{Hardware: args.Hardware}
	if err := component.Register(ctx, "azure", "Vault", name, v, opts...); err != nil {
		return nil, err
	}
	vault, err := keyvault.NewVault(ctx, name, &keyvault.VaultArgs{
		ResourceGroupName: args.ResourceGroup, Location: pulumi.String(args.Location),
		Properties: args.properties(), Tags: args.tags("vault", map[string]string{"purpose": args.Purpose}),
	}, pulumi.Parent(v), pulumi.Protect(args.Protect), pulumi.IgnoreChanges([]string{"properties.softDeleteRetentionInDays"}))
	if err != nil {
		return nil, fmt.Errorf("creating vault %s: %w", name, err)
	}
	v.ID, v.Name = vault.ID().ToStringOutput(), vault.Name
	v.URI = vault.Properties.VaultUri()
	v.Group = args.ResourceGroup.ToStringOutput()
	if err := auditLogs(ctx, name, args.WorkspaceID, v.ID, []string{"AuditEvent"}, pulumi.Parent(v)); err != nil {
		return nil, err
	}
	if args.Private != nil {
		if v.Ready, err = privateEndpoint(ctx, name, args.Scope, "vault", v.ID, "vault", args.Private, pulumi.Parent(v)); err != nil {
			return nil, err
		}
	}
	return v, ctx.RegisterResourceOutputs(v, pulumi.Map{"id": v.ID, "name": v.Name, "uri": v.URI})
}

func (a *VaultArgs) properties() *keyvault.VaultPropertiesArgs {
	tier, days := keyvault.SkuNameStandard, recoveryDays
	if a.Hardware {
		tier = keyvault.SkuNamePremium
	}
	if a.Disposable {
		days = recoveryDaysDisposable
	}
	// Without a public endpoint trusted services still come in.
	reached := "Disabled"
	var rules keyvault.IPRuleArray
	for _, cidr := range a.AllowedCIDRs {
		reached, rules = "Enabled", append(rules, keyvault.IPRuleArgs{Value: pulumi.String(cidr)})
	}
	return &keyvault.VaultPropertiesArgs{
		TenantId: pulumi.String(a.TenantID), Sku: keyvault.SkuArgs{Family: pulumi.String("A"), Name: tier},
		EnableRbacAuthorization: pulumi.Bool(true), EnableSoftDelete: pulumi.Bool(true),
		SoftDeleteRetentionInDays: pulumi.Int(days), EnablePurgeProtection: pulumi.Bool(true),
		PublicNetworkAccess: pulumi.String(reached),
		NetworkAcls: keyvault.NetworkRuleSetArgs{
			DefaultAction: pulumi.String("Deny"), Bypass: pulumi.String("AzureServices"), IpRules: rules,
		},
	}
}
