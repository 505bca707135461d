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
	return s, ctx.RegisterResourceOutputs(s, pulumi.Map{"names": stringMap(s.Names), "ids": stringMap(s.IDs)})
}

func (a *SecretsArgs) check() error {
	var p problems
	p.want(a.VaultID != nil, "VaultID is missing")
	for name, s := range a.Secrets {
		p.want(secretName.MatchString(name), "Secrets[%s]: want at most 127 letters, digits and hyphens", name)
		p.want(s.Purpose != "", "Secrets[%s].Purpose is missing", name)
		for who, id := range s.Readers {
			p.want(id != nil, "Secrets[%s].Readers[%s]: want an object id", name, who)
		}
	}
	return p.err()
}
