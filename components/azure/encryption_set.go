package azure

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// DiskEncryptionArgs are the arguments of NewDiskEncryption.
type DiskEncryptionArgs struct {
	Scope
	// Vault is where the key is made.
	Vault *Vault
	// Users are the principals of identities that make disks with the set, by a
	// name, such as that of a cluster.
	Users map[string]pulumi.StringInput
}

// DiskEncryption encrypts disks with a key of ours: a disk encryption set, which
// stands between disks and the key, and takes each new version of it.
type DiskEncryption struct {
	pulumi.ResourceState

	// ID is the set's id.
	ID pulumi.StringOutput
	// Ready is what must exist before a disk is made with it.
	Ready []pulumi.Resource
}

// encryptionSetToken is bound by hand: of the package compute, the second largest
// of the SDK, this is all that is used.
const encryptionSetToken = "azure-native:compute:DiskEncryptionSet"

// NewDiskEncryption makes the set, its key and the identity that it uses it with.
func NewDiskEncryption(ctx *pulumi.Context, name string, args *DiskEncryptionArgs, opts ...pulumi.ResourceOption) (*DiskEncryption, error) {
	if args.Vault == nil {
		return nil, fmt.Errorf("creating disk encryption %s: %w", name, errors.New("Vault is missing"))
	}
	d := &DiskEncryption{}
	if err := component.Register(ctx, "azure", "DiskEncryption", name, d, opts...); err != nil {
		return nil, err
	}
	user, err := newIdentity(ctx, name, args.Scope, "disks", pulumi.Parent(d))
	if err != nil {
		return nil, err
	}
	key, err := NewKey(ctx, name+"-key", &KeyArgs{
		Scope: args.Scope, Vault: args.Vault, Purpose: "disks", Users: map[string]pulumi.StringInput{"set": user.PrincipalId},
	}, pulumi.Parent(d))
	if err != nil {
		return nil, err
	}
	set, err := bind(ctx, encryptionSetToken, name, pulumi.Map{
		"resourceGroupName": args.ResourceGroup, "location": pulumi.String(args.Location),
		"encryptionType": pulumi.String("EncryptionAtRestWithCustomerKey"), "rotationToLatestKeyVersionEnabled": pulumi.Bool(true),
		"activeKey": pulumi.Map{"keyUrl": key.URI, "sourceVault": pulumi.Map{"id": key.VaultID}},
		"identity":  pulumi.Map{"type": pulumi.String("UserAssigned"), "userAssignedIdentities": pulumi.StringArray{user.ID().ToStringOutput()}},
		"tags":      args.tags("disks"),
	}, pulumi.Parent(d), pulumi.Protect(args.Protect), pulumi.DependsOn(key.Ready))
	if err != nil {
		return nil, fmt.Errorf("creating disk encryption set %s: %w", name, err)
	}
	d.ID, d.Ready = set.ID().ToStringOutput(), []pulumi.Resource{set}
	granted, err := assignAll(ctx, name, args.Scope, Grant{Role: Reader, On: d.ID}, args.Users, pulumi.Parent(d))
	if err != nil {
		return nil, err
	}
	d.Ready = append(d.Ready, granted...)
	return d, ctx.RegisterResourceOutputs(d, pulumi.Map{"id": d.ID})
}
