package azure

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-azure-native-sdk/keyvault/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// KeyArgs are the arguments of NewKey.
type KeyArgs struct {
	Scope
	// Vault is where the key is.
	Vault *Vault
	// Purpose says what the key encrypts.
	Purpose string
	// Users are the principals of identities that encrypt with the key, by a name.
	Users map[string]pulumi.StringInput
}

// Key is a key in a vault. It is renewed every year by itself: what names it
// without a version follows.
type Key struct {
	pulumi.ResourceState

	// ID is the key's id in Azure.
	ID pulumi.StringOutput
	// URI names the key without a version, and VersionedURI the version of its
	// creation, for those that follow no renewal.
	URI, VersionedURI pulumi.StringOutput
	// VaultID is the vault it is in.
	VaultID pulumi.StringOutput
	// Ready is what must exist before a user uses the key.
	Ready []pulumi.Resource
}

// How long a version of a key is the newest, and how long it encrypts. An old
// version goes on decrypting.
const (
	keyRenewed = "P1Y"
	keyExpires = "P2Y"
)

// NewKey makes a key and lets its users at it. Azure's API cannot delete keys:
// the key goes with its vault.
func NewKey(ctx *pulumi.Context, name string, args *KeyArgs, opts ...pulumi.ResourceOption) (*Key, error) {
	if args.Vault == nil {
		return nil, fmt.Errorf("creating key %s: %w", name, errors.New("Vault is missing"))
	}
	k := &Key{VaultID: args.Vault.ID}
	if err := component.Register(ctx, "azure", "Key", name, k, opts...); err != nil {
		return nil, err
	}
	kind := keyvault.JsonWebKeyTypeRSA
	if args.Vault.Hardware {
		kind = keyvault.JsonWebKeyType_RSA_HSM
	}
	key, err := keyvault.NewKey(ctx, name, &keyvault.KeyArgs{
		ResourceGroupName: args.Vault.Group, VaultName: args.Vault.Name,
		Properties: keyvault.KeyPropertiesArgs{
			Kty: kind, KeySize: pulumi.Int(3072), RotationPolicy: rotation(),
			Attributes: keyvault.KeyAttributesArgs{Enabled: pulumi.Bool(true)},
		},
		Tags: args.tags("key", map[string]string{"purpose": args.Purpose}),
	}, pulumi.Parent(k), pulumi.Protect(args.Protect), pulumi.DependsOn(args.Vault.Ready))
	if err != nil {
		return nil, fmt.Errorf("creating key %s: %w", name, err)
	}
	k.ID, k.URI, k.VersionedURI = key.ID().ToStringOutput(), key.KeyUri, key.KeyUriWithVersion
	for _, user := range slices.Sorted(maps.Keys(args.Users)) {
		grant := Grant{Role: KeyEncryptionUser, On: k.ID}
		a, err := assign(ctx, name+"-"+user, args.Scope, grant, args.Users[user], machine, pulumi.Parent(k))
		if err != nil {
			return nil, fmt.Errorf("letting %s use key %s: %w", user, name, err)
		}
		k.Ready = append(k.Ready, a)
	}
	return k, ctx.RegisterResourceOutputs(k, pulumi.Map{"id": k.ID, "uri": k.URI})
}

// rotation renews a key and lets each version expire.
// Source: Key Vault, "Configure cryptographic key auto-rotation".
func rotation() keyvault.RotationPolicyArgs {
	return keyvault.RotationPolicyArgs{
		Attributes: keyvault.KeyRotationPolicyAttributesArgs{ExpiryTime: pulumi.String(keyExpires)},
		LifetimeActions: keyvault.LifetimeActionArray{
			keyvault.LifetimeActionArgs{
				Action:  keyvault.ActionArgs{Type: keyvault.KeyRotationPolicyActionTypeRotate},
				Trigger: keyvault.TriggerArgs{TimeAfterCreate: pulumi.String(keyRenewed)},
			},
			keyvault.LifetimeActionArgs{
				Action:  keyvault.ActionArgs{Type: keyvault.KeyRotationPolicyActionTypeNotify},
				Trigger: keyvault.TriggerArgs{TimeBeforeExpiry: pulumi.String("P30D")},
			},
		},
	}
}
