package azure

import (
	"regexp"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	registryToken  = "azure-native:containerregistry:Registry"
	cacheRuleToken = "azure-native:containerregistry:CacheRule"
	registryKind   = "Microsoft.ContainerRegistry/registries"
)

// Source: "Naming rules and restrictions for Azure resources",
// Microsoft.ContainerRegistry, read 2026-11.
var (
	registryName  = regexp.MustCompile(`^[A-Za-z0-9]{5,50}$`)
	cacheRuleName = regexp.MustCompile(`^[A-Za-z0-9-]{5,50}$`)
)

func registryTypes() []*simcloud.Type {
	return []*simcloud.Type{
		inGroup(registryKind, "registryName", simcloud.Type{
			Token: registryToken, Noun: "registry", Takes: 30 * time.Second, Sweeps: true,
			Required: []string{"sku.name"}, Replace: []string{"zoneRedundancy", "encryption.status"},
			Unique: []simcloud.Unique{{
				Paths: []string{"registryName"}, Everywhere: true,
				Words: "AlreadyInUse: The registry DNS name %s.azurecr.io is already in use. You can check if the name is already claimed using following API: https://docs.microsoft.com/en-us/rest/api/containerregistry/registries/checknameavailability",
			}},
			Validate: registryValid, Refuse: refuseRegistry,
			Outputs: func(op *simcloud.Op) simcloud.Values {
				return simcloud.Values{"loginServer": strings.ToLower(op.In.String("registryName")) + ".azurecr.io"}
			},
		}),
		inside(registryKind, "registryName", registryToken, "cacheRules", "cacheRuleName", simcloud.Type{
			Token: cacheRuleToken, Noun: "cache rule", Takes: 5 * time.Second, Replace: []string{"sourceRepository", "targetRepository"},
			Required: []string{"sourceRepository", "targetRepository"},
			Validate: func(in simcloud.Values) []error {
				errs := simcloud.Problems(named(in, "cacheRuleName", cacheRuleName, "InvalidCacheRuleName"))
				if strings.HasSuffix(in.String("sourceRepository"), "/*") != strings.HasSuffix(in.String("targetRepository"), "/*") {
					errs = append(errs, simcloud.Refusal("CacheRuleWildcardMismatch", "Source and target repository must both end with a wildcard, or neither."))
				}
				return errs
			},
			Refuse: func(op *simcloud.Op) error {
				for _, r := range op.All(cacheRuleToken) {
					if r.ID != idOf(op) && r.In.String("registryName") == op.In.String("registryName") && r.In.String("targetRepository") == op.In.String("targetRepository") {
						return simcloud.Refusal("Conflict", "The target repository '%s' is already used by cache rule '%s'.", op.In.String("targetRepository"), r.Out.String("name"))
					}
				}
				return nil
			},
		}),
	}
}

func registryValid(in simcloud.Values) []error {
	errs := simcloud.Problems(
		simcloud.OneOf(in, "sku.name", "Basic", "Standard", "Premium"), simcloud.OneOf(in, "publicNetworkAccess", "Enabled", "Disabled"),
		simcloud.OneOf(in, "zoneRedundancy", "Enabled", "Disabled"), simcloud.Between(in, "policies.retentionPolicy.days", 0, 365),
		inRegion(in, registryKind, "zones[]"),
	)
	if name := in.String("registryName"); name != "" && !registryName.MatchString(name) {
		errs = append(errs, simcloud.Refusal("InvalidResourceName", "Registry names may contain only alpha numeric characters and must be between 5 and 50 characters; got %s.", name))
	}
	if sku := in.String("sku.name"); in.Known("sku.name") && sku != "Premium" {
		for path, what := range map[string]string{
			"networkRuleSet": "network rules", "encryption": "customer-managed keys", "policies.retentionPolicy": "the retention policy",
		} {
			if in.Has(path) {
				errs = append(errs, simcloud.Refusal("FeatureNotSupportedForSku", "The SKU %s does not support %s.", sku, what))
			}
		}
		if in.String("zoneRedundancy") == "Enabled" || in.String("publicNetworkAccess") == "Disabled" {
			errs = append(errs, simcloud.Refusal("FeatureNotSupportedForSku", "The SKU %s does not support zone redundancy and private access.", sku))
		}
	}
	if in.String("policies.exportPolicy.status") == "disabled" && in.Known("publicNetworkAccess") && in.String("publicNetworkAccess") != "Disabled" {
		errs = append(errs, simcloud.Refusal("ExportPolicyCannotBeDisabled", "The export policy can be disabled only if public network access is disabled."))
	}
	return errs
}

// refuseRegistry refuses zones where there are none, and a key that the identity
// cannot use. The identity goes by its client id here.
func refuseRegistry(op *simcloud.Op) error {
	if op.In.String("zoneRedundancy") == "Enabled" && !regions[op.In.String("location")] {
		return simcloud.Refusal("ZoneRedundancyNotSupported", "Zone redundancy is not supported in location %s.", op.In.String("location"))
	}
	key, client := op.In.String("encryption.keyVaultProperties.keyIdentifier"), op.In.String("encryption.keyVaultProperties.identity")
	if key == "" {
		return nil
	}
	identity := op.Find(identityToken, "clientId", client)
	if identity == nil {
		return simcloud.Refusal("InvalidEncryptionIdentity", "The identity '%s' is not the client id of an identity of the registry.", client)
	}
	return mayEncrypt(op, key, identity.ID)
}
