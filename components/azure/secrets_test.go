package azure

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func secretsProgram(edit func(*SecretsArgs)) func(*pulumi.Context, pulumi.ResourceOption) error {
	return onStage(testScope(), func(on *stage) error {
		args := &SecretsArgs{
			Scope: on.Scope, VaultID: on.vault.ID, VaultName: on.vault.Name,
			Secrets: map[string]SecretArgs{
				"payments": {Purpose: "the payment provider", Readers: map[string]pulumi.StringInput{"backend": pulumi.String(principal)}},
				"mail":     {Purpose: "the mail service"},
			},
		}
		if edit != nil {
			edit(args)
		}
		s, err := NewSecrets(on.ctx, "secrets", args, on.opt)
		if err != nil {
			return err
		}
		on.ctx.Export("names", stringMap(s.Names))
		return nil
	})
}

// A reader may read its own secret, before anybody has put a value in; and there
// is no secret that the program would have to know.
func TestSecrets(t *testing.T) {
	g := run(t, secretsProgram(nil))
	checkHouse(t, g)
	vault := g.One(t, "azure-native:keyvault:Vault", "vault").ID
	in := g.One(t, "azure-native:authorization:RoleAssignment", "secrets-payments-backend").Inputs
	if in.String("scope") != vault+"/secrets/payments" || !strings.HasSuffix(in.String("roleDefinitionId"), string(SecretsReader)) {
		t.Errorf("got %v", in)
	}
	if n := len(g.All("azure-native:keyvault:Secret")); n != 0 {
		t.Errorf("the program made %d secrets", n)
	}
	if g.Exports.String("names.mail") != "mail" || g.Exports.String("names.payments") != "payments" {
		t.Errorf("got names %v", g.Exports)
	}
}

func TestSecretsBadArguments(t *testing.T) {
	for want, edit := range map[string]func(*SecretsArgs){
		"VaultID":               func(a *SecretsArgs) { a.VaultID = nil },
		"Secrets[a_b]":          func(a *SecretsArgs) { a.Secrets["a_b"] = SecretArgs{Purpose: "x"} },
		"Secrets[mail].Purpose": func(a *SecretsArgs) { a.Secrets["mail"] = SecretArgs{} },
		"Secrets[mail].Readers[me]": func(a *SecretsArgs) {
			a.Secrets["mail"] = SecretArgs{Purpose: "x", Readers: map[string]pulumi.StringInput{"me": nil}}
		},
	} {
		t.Run(want, func(t *testing.T) { refused(t, want, secretsProgram(edit)) })
	}
}
