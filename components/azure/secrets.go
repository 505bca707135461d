package azure

import (
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// SecretsArgs are the arguments of NewSecrets.
type SecretsArgs struct {
	Scope
	// VaultID is the id of the vault, and VaultName its name. The vault grants by
	// roles, not by access policies.
	VaultID, VaultName pulumi.StringInput
	// Secrets are the names of the secrets, with who may read each.
	Secrets map[string]SecretArgs
	// AlertGroupID is the action group that hears of secrets that expire soon or
	// have; nobody if nil.
	AlertGroupID pulumi.StringInput
}

// SecretArgs are one secret: a name for a value that people or pipelines put into
// the vault. The program never has the value.
type SecretArgs struct {
	// Purpose says what the secret opens.
	Purpose string
	// Readers are the object ids of the identities that may read it, by a name of
	// yours.
	Readers map[string]pulumi.StringInput
}

// Secrets are who may read which secret of a vault. Key Vault has no secret
// without a value, so that the secrets themselves are made by whoever has their
// values: az keyvault secret set. Until then whoever reads one is told that it is
// not there, and does not get a placeholder instead. What is contract are the
// names, and what is made are the rights, which may come before the secret.
type Secrets struct {
	pulumi.ResourceState

	// Names are the secrets' names in the vault, by their names here.
	Names map[string]pulumi.StringOutput
	// IDs are the secrets' ids, what rights are for.
	IDs map[string]pulumi.StringOutput
}

// secretName is a name that a secret may have.
// Source: Azure Resource Manager documentation, "Naming rules and restrictions
// for Azure resources", Microsoft.KeyVault, read 2026-11.
var secretName = regexp.MustCompile(`^[A-Za-z0-9-]{1,127}$`)

// NewSecrets grants the rights: each reader may read its own secrets, and knows
// of no others. Names are there when their readers may read.
func NewSecrets(ctx *pulumi.Context, name string, args *SecretsArgs, opts ...pulumi.ResourceOption) (*Secrets, error) {
	if err := args.check(); err != nil {
		return nil, fmt.Errorf("creating secrets %s: %w", name, err)
	}
	s := &Secrets{Names: map[string]pulumi.StringOutput{}, IDs: map[string]pulumi.StringOutput{}}
	if err := component.Register(ctx, "azure", "Secrets", name, s, opts...); err != nil {
		return nil, err
	}
	for _, key := range slices.Sorted(maps.Keys(args.Secrets)) {
		s.IDs[key] = pulumi.Sprintf("%s/secrets/%s", args.VaultID, key)
		var ready []pulumi.Resource
		for _, who := range slices.Sorted(maps.Keys(args.Secrets[key].Readers)) {
			grant, err := assign(ctx, name+"-"+key+"-"+who, args.Scope, Grant{Role: SecretsReader, On: s.IDs[key]}, args.Secrets[key].Readers[who], machine, pulumi.Parent(s))
			if err != nil {
				return nil, err
			}
			ready = append(ready, grant)
		}
		s.Names[key] = after(pulumi.String(key).ToStringOutput(), ready)
	}
	if err := args.notices(ctx, name, pulumi.Parent(s)); err != nil {
		return nil, err
	}
	return s, ctx.RegisterResourceOutputs(s, pulumi.Map{"names": stringMap(s.Names), "ids": stringMap(s.IDs)})
}

func (a *SecretsArgs) check() error {
	var p problems
	p.want(a.VaultID != nil, "VaultID is missing")
	p.want(a.AlertGroupID == nil || a.ResourceGroup != nil, "ResourceGroup is missing")
	for name, s := range a.Secrets {
		p.want(secretName.MatchString(name), "Secrets[%s]: want at most 127 letters, digits and hyphens", name)
		p.want(s.Purpose != "", "Secrets[%s].Purpose is missing", name)
		for who, id := range s.Readers {
			p.want(id != nil, "Secrets[%s].Readers[%s]: want an object id", name, who)
		}
	}
	return p.err()
}

// notices tells the action group of what is about to expire: Key Vault says so
// thirty days before.
// Source: Event Grid documentation, "Azure Key Vault as Event Grid source", read
// 2026-11.
func (a *SecretsArgs) notices(ctx *pulumi.Context, name string, parent pulumi.ResourceOption) error {
	if a.AlertGroupID == nil {
		return nil
	}
	topic, err := bind(ctx, "azure-native:eventgrid:SystemTopic", name, pulumi.Map{
		"resourceGroupName": a.ResourceGroup, "location": pulumi.String(a.Location), "source": a.VaultID,
		"topicType": pulumi.String("Microsoft.KeyVault.vaults"), "tags": a.tags("secrets"),
	}, parent)
	if err != nil {
		return fmt.Errorf("hearing of the vault of %s: %w", name, err)
	}
	if _, err := bind(ctx, "azure-native:eventgrid/v20240601preview:SystemTopicEventSubscription", name, pulumi.Map{
		"resourceGroupName": a.ResourceGroup, "systemTopicName": topic.Name, "eventSubscriptionName": pulumi.String("expiry"),
		"eventDeliverySchema": pulumi.String("CloudEventSchemaV1_0"),
		"destination": pulumi.Map{
			"endpointType": pulumi.String("MonitorAlert"), "severity": pulumi.String("Sev2"), "actionGroups": pulumi.StringArray{a.AlertGroupID},
			"description": pulumi.String("P1: a secret, key or certificate has expired or will within 30 days. Runbook: docs/runbooks/azure-security.md#expiry"),
		},
		"filter": pulumi.Map{"includedEventTypes": pulumi.ToStringArray([]string{
			"Microsoft.KeyVault.CertificateNearExpiry", "Microsoft.KeyVault.KeyNearExpiry",
			"Microsoft.KeyVault.SecretExpired", "Microsoft.KeyVault.SecretNearExpiry",
		})},
	}, parent); err != nil {
		return fmt.Errorf("telling of what expires in the vault of %s: %w", name, err)
	}
	return nil
}
