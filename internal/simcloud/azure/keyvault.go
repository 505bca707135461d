package azure

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	vaultToken = "azure-native:keyvault:Vault"
	keyToken   = "azure-native:keyvault:Key"
	// deletedVaultToken is a vault in its recovery window: it keeps its name.
	deletedVaultToken = "azure-native:keyvault:DeletedVault"
	// keptKeyToken is a key that Pulumi has let go: ARM cannot delete keys, they
	// go with their vault.
	keptKeyToken = "azure-native:keyvault:KeptKey"
)

// Source: "Naming rules and restrictions for Azure resources", Microsoft.KeyVault.
var (
	vaultName  = regexp.MustCompile(`^[A-Za-z]([A-Za-z0-9]|-[A-Za-z0-9])+$`)
	keyName    = regexp.MustCompile(`^[A-Za-z0-9-]{1,127}$`)
	keyPeriod  = regexp.MustCompile(`^P\d+[YMD]$`)
	vaultLimit = 24
)

func vaultTypes() []*simcloud.Type {
	return []*simcloud.Type{
		vault(), vaultKey(),
		{Token: deletedVaultToken, Noun: "deleted vault", IDFrom: "name"},
		{Token: keptKeyToken, Noun: "key that stays in its vault", IDFrom: "name"},
	}
}

func vault() *simcloud.Type {
	return inGroup("Microsoft.KeyVault/vaults", "vaultName", simcloud.Type{
		Token: vaultToken, Noun: "vault", Takes: 30 * time.Second, Sweeps: true,
		Required: []string{"properties.sku", "properties.tenantId"},
		Computed: []string{"properties.vaultUri"},
		Refs:     []simcloud.Ref{idRef("properties.networkAcls.virtualNetworkRules[].id", true, subnetToken)},
		Unique: []simcloud.Unique{{
			Paths: []string{"vaultName"}, Everywhere: true,
			Words: "VaultAlreadyExists: The vault name '%s' is already in use. Vault names are globally unique so it is possible that the name is already taken.",
		}},
		Validate: vaultValid,
		Refuse:   refuseVault,
		Outputs: func(op *simcloud.Op) simcloud.Values {
			properties := map[string]any{"vaultUri": "https://" + op.In.String("vaultName") + ".vault.azure.net/", "provisioningState": "Succeeded"}
			for k, v := range op.In.Get("properties").(map[string]any) {
				properties[k] = v
			}
			return simcloud.Values{"properties": properties}
		},
		Delete: func(op *simcloud.Op) error {
			name := op.In.String("vaultName")
			op.Side(deletedVaultToken, name, simcloud.Values{"name": name, "purgeProtection": op.In.Bool("properties.enablePurgeProtection")})
			return nil
		},
	})
}

func vaultValid(in simcloud.Values) []error {
	errs := simcloud.Problems(
		simcloud.OneOf(in, "properties.sku.name", "standard", "premium"), simcloud.OneOf(in, "properties.sku.family", "A"),
		simcloud.OneOf(in, "properties.networkAcls.defaultAction", "Allow", "Deny"),
		simcloud.OneOf(in, "properties.networkAcls.bypass", "AzureServices", "None"),
		simcloud.Between(in, "properties.softDeleteRetentionInDays", 7, 90),
		simcloud.Matches(in, "properties.tenantId", guid),
		inRegion(in, "Microsoft.KeyVault/vaults", "zones[]"),
	)
	if name := in.String("vaultName"); name != "" && (!vaultName.MatchString(name) || len(name) < 3 || len(name) > vaultLimit) {
		errs = append(errs, simcloud.Refusal("VaultNameNotValid",
			"The vault name '%s' is invalid. A vault's name must be between 3-24 alphanumeric characters. The name must begin with a letter, end with a letter or digit, and not contain consecutive hyphens.", name))
	}
	if in.Known("properties.enablePurgeProtection") && !in.Bool("properties.enablePurgeProtection") {
		errs = append(errs, simcloud.Refusal("BadRequest",
			`The property "enablePurgeProtection" cannot be set to false. Enabling the purge protection for a vault is an irreversible action.`))
	}
	return errs
}

func refuseVault(op *simcloud.Op) error {
	if op.Old == nil && op.Find(deletedVaultToken, "id", op.In.String("vaultName")) != nil {
		return simcloud.Refusal("ConflictError",
			"A vault with the same name already exists in deleted state. You need to either recover or purge existing key vault.")
	}
	if op.Old != nil && op.Old.In.Bool("properties.enablePurgeProtection") && !op.In.Bool("properties.enablePurgeProtection") {
		return simcloud.Refusal("BadRequest",
			`The property "enablePurgeProtection" cannot be set to false. Enabling the purge protection for a vault is an irreversible action.`)
	}
	return steady(op, "BadRequest", `The property "%s" has been set already and it can't be modified.`, "properties.softDeleteRetentionInDays")
}

func vaultKey() *simcloud.Type {
	return inside("Microsoft.KeyVault/vaults", "vaultName", vaultToken, "keys", "keyName", simcloud.Type{
		Token: keyToken, Noun: "key", Takes: 5 * time.Second,
		Required: []string{"properties.kty"},
		Replace:  []string{"properties.kty", "properties.keySize", "properties.curveName"},
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(named(in, "keyName", keyName, "BadParameter"),
				simcloud.OneOf(in, "properties.kty", "RSA", "EC", "RSA-HSM", "EC-HSM"), rotation(in))
			if size := in.Int("properties.keySize"); in.Known("properties.keySize") && !slices.Contains([]int{2048, 3072, 4096}, size) {
				errs = append(errs, simcloud.Refusal("BadParameter", "Property has invalid value: RSA key size %d", size))
			}
			return errs
		},
		Refuse: func(op *simcloud.Op) error {
			v := op.Find(vaultToken, "name", op.In.String("vaultName"))
			if strings.HasSuffix(op.In.String("properties.kty"), "-HSM") && v.In.String("properties.sku.name") != "premium" {
				return simcloud.Refusal("BadParameter", "The SKU of the vault does not support key type %s", op.In.String("properties.kty"))
			}
			if id := v.ID + "/keys/" + op.In.String("keyName"); op.Old == nil && op.Find(keptKeyToken, "id", id) != nil {
				return simcloud.Refusal("AlreadyExists", "cannot create already existing resource '%s'", id)
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			uri := op.Find(vaultToken, "name", op.In.String("vaultName")).Out.String("properties.vaultUri") + "keys/" + op.In.String("keyName")
			return simcloud.Values{
				"keyUri": uri, "keyUriWithVersion": kept(op, "keyUriWithVersion", uri+"/"+op.Hex(32, "version")),
				"kty": op.In.Get("properties.kty"), "keySize": op.In.Get("properties.keySize"),
			}
		},
		Delete: func(op *simcloud.Op) error {
			op.Side(keptKeyToken, op.ID, simcloud.Values{"name": op.In.String("keyName")})
			return nil
		},
	})
}

// rotation refuses a rotation policy that Key Vault does.
// Source: Key Vault, "Configure cryptographic key auto-rotation": at least 28 days
// of life, 7 between rotations; read 2026-11.
func rotation(in simcloud.Values) error {
	expiry := in.String("properties.rotationPolicy.attributes.expiryTime")
	periods := append([]string{expiry}, in.Strings("properties.rotationPolicy.lifetimeActions[].trigger.timeAfterCreate")...)
	periods = append(periods, in.Strings("properties.rotationPolicy.lifetimeActions[].trigger.timeBeforeExpiry")...)
	for _, p := range periods {
		if p != "" && !keyPeriod.MatchString(p) {
			return simcloud.Refusal("BadParameter", "Invalid duration '%s' in the key rotation policy", p)
		}
	}
	for _, a := range in.Objects("properties.rotationPolicy.lifetimeActions[]") {
		if a.Has("trigger.timeBeforeExpiry") && expiry == "" {
			return simcloud.Refusal("BadParameter", "timeBeforeExpiry needs an expiryTime in the key rotation policy")
		}
	}
	return nil
}
