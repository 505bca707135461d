package azure

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const encryptionSetToken = "azure-native:compute:DiskEncryptionSet"

func computeTypes() []*simcloud.Type {
	return []*simcloud.Type{
		inGroup("Microsoft.Compute/diskEncryptionSets", "diskEncryptionSetName", simcloud.Type{
			Token: encryptionSetToken, Noun: "disk encryption set", Takes: 10 * time.Second,
			Required: []string{"activeKey.keyUrl", "identity"},
			Replace:  []string{"encryptionType"},
			Refs: []simcloud.Ref{
				idRef("activeKey.sourceVault.id", false, vaultToken), idRef("identity.userAssignedIdentities[]", false, identityToken),
			},
			InUse: "OperationNotAllowed: Disk Encryption Set %s is used by a resource and cannot be deleted.",
			Validate: func(in simcloud.Values) []error {
				return simcloud.Problems(inRegion(in, "Microsoft.Compute/diskEncryptionSets", "zones[]"), simcloud.OneOf(in, "encryptionType",
					"EncryptionAtRestWithCustomerKey", "EncryptionAtRestWithPlatformAndCustomerKeys", "ConfidentialVmEncryptedWithCustomerKey"))
			},
			Refuse: func(op *simcloud.Op) error {
				return mayUseKey(op, op.In.String("activeKey.keyUrl"), op.In.Strings("identity.userAssignedIdentities[]"))
			},
		}),
	}
}

// mayUseKey refuses a key that is not there, that none of the identities may use,
// or whose vault can be purged.
// Source: Azure Disk Storage, "Server-side encryption", customer-managed keys, and
// its error KeyVaultAccessForbidden.
func mayUseKey(op *simcloud.Op, uri string, identities []string) error {
	for _, key := range op.All(keyToken) {
		if uri != key.Out.String("keyUri") && uri != key.Out.String("keyUriWithVersion") {
			continue
		}
		for _, principal := range principals(op, identities) {
			if hasRole(op, principal, key.ID, "Key Vault Crypto Service Encryption User", "Key Vault Crypto Officer", "Key Vault Administrator") {
				vault := op.Find(vaultToken, "name", key.In.String("vaultName"))
				if !vault.In.Bool("properties.enablePurgeProtection") {
					return simcloud.Refusal("KeyVaultPurgeProtectionNotEnabled", "Key vault %s must have purge protection enabled.", vault.ID)
				}
				return nil
			}
		}
		return simcloud.Refusal("KeyVaultAccessForbidden", "Unable to access key vault resource '%s' to enable encryption at rest. Please grant get, wrap and unwrap key permissions to the identity.", uri)
	}
	return simcloud.Refusal("KeyNotFound", "A key with (name/id) %s was not found in this key vault.", uri)
}

// machine is a size of machines.
type machine struct {
	vCPU     int
	arm, gpu bool
	// local is the machine's own disk in GiB, 0 without one.
	local int
}

// sizes are the series that the simulated regions have, and the generations of
// each: general purpose, memory, compute, burstable, storage and GPU.
// Source: "Sizes for virtual machines in Azure", read 2026-11.
var (
	sizePattern = regexp.MustCompile(`^Standard_([BDEFLN][CDV]?)(\d+)([a-z]*)(_T4|_A10|_A100|_H100)?_v(\d)$`)
	series      = map[string][]string{
		"B": {"2"}, "D": {"3", "4", "5", "6"}, "E": {"3", "4", "5", "6"}, "F": {"2", "6"}, "L": {"3", "4"},
		"NC": {"3", "4", "5"}, "ND": {"4", "5"}, "NV": {"3", "5"},
	}
	cores = []int{1, 2, 4, 6, 8, 12, 16, 18, 20, 24, 32, 36, 40, 48, 64, 72, 80, 96}
)

// machineOf is the machine of a size.
func machineOf(size string) (machine, bool) {
	m := sizePattern.FindStringSubmatch(size)
	if m == nil || !slices.Contains(series[m[1]], m[5]) {
		return machine{}, false
	}
	n, err := strconv.Atoi(m[2])
	if err != nil || !slices.Contains(cores, n) {
		return machine{}, false
	}
	out := machine{vCPU: n, arm: strings.Contains(m[3], "p"), gpu: m[1][0] == 'N'}
	// Generations up to 4 cache on the host; from then on a d says that there is a
	// disk.
	switch {
	case strings.Contains(m[3], "d") && m[5] == "6":
		out.local = 55 * n
	case strings.Contains(m[3], "d"):
		out.local = 75 * n / 2
	case m[5] == "3" || out.gpu:
		out.local = 25 * n
	}
	return out, true
}
