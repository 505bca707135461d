package azure

import (
	"regexp"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	secretToken = "azure-native:keyvault:Secret"
	// deletedSecretToken is a secret in its recovery window: it keeps its name.
	deletedSecretToken = "azure-native:keyvault:DeletedSecret"
)

var secretName = regexp.MustCompile(`^[A-Za-z0-9-]{1,127}$`)

// secretTypes are secrets, and what is left of them. ARM sets a secret's value,
// and tells nobody; it deletes none, so that the provider does that at the vault.
// Source: REST reference of Microsoft.KeyVault/vaults/secrets; Key Vault,
// "Soft-delete overview"; read 2026-11.
func secretTypes() []*simcloud.Type {
	return []*simcloud.Type{
		inside("Microsoft.KeyVault/vaults", "vaultName", vaultToken, "secrets", "secretName", simcloud.Type{
			Token: secretToken, Noun: "secret", Takes: 3 * time.Second, Required: []string{"properties"},
			Validate: func(in simcloud.Values) []error {
				errs := simcloud.Problems(named(in, "secretName", secretName, "BadParameter"))
				if !in.Has("properties.value") {
					errs = append(errs, simcloud.Refusal("BadParameter", "The property 'value' of a secret is required."))
				}
				return errs
			},
			Refuse: func(op *simcloud.Op) error {
				if op.Old == nil && op.Find(deletedSecretToken, "id", idOf(op)) != nil {
					return simcloud.Refusal("Conflict",
						"Secret %s is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the secret can only be recovered or purged.", op.In.String("secretName"))
				}
				return nil
			},
			Outputs: func(op *simcloud.Op) simcloud.Values {
				uri := strings.TrimSuffix(op.Find(vaultToken, "name", op.In.String("vaultName")).Out.String("properties.vaultUri"), "/") + "/secrets/" + op.In.String("secretName")
				properties := map[string]any{"secretUri": uri, "secretUriWithVersion": uri + "/" + op.Hex(32, op.In.String("properties.value"))}
				for k, v := range op.In.Get("properties").(map[string]any) {
					properties[k] = v
				}
				return simcloud.Values{"properties": properties}
			},
			Computed: []string{"properties.secretUri", "properties.secretUriWithVersion"},
			Delete: func(op *simcloud.Op) error {
				op.Side(deletedSecretToken, op.ID, simcloud.Values{"name": op.In.String("secretName")})
				return nil
			},
		}),
		{Token: deletedSecretToken, Noun: "deleted secret", IDFrom: "name"},
	}
}
