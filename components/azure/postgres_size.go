package azure

import (
	"fmt"
	"regexp"
	"strconv"
)

// The tiers of sizes.
const (
	burstable       = "Burstable"
	generalPurpose  = "GeneralPurpose"
	memoryOptimized = "MemoryOptimized"
)

// postgresVersions are the major versions that a new server may have.
// Source: Azure Database for PostgreSQL documentation, "Supported versions", read
// 2026-11.
var postgresVersions = []string{"13", "14", "15", "16", "17", "18"}

// postgresStorage are the sizes of a server's premium SSD in GiB.
// Source: Azure Database for PostgreSQL documentation, "Storage options", read
// 2026-11.
var postgresStorage = []int{32, 64, 128, 256, 512, 1024, 2048, 4095, 4096, 8192, 16384, 32767}

// postgresSize is a size: B, D or E, then the cores, then what is added to them.
var postgresSize = regexp.MustCompile(`^Standard_(B|D|E)(\d+)(ms|s|ds|ads)(_v\d)?$`)

// postgresTier is the tier of a size, which Azure wants to hear with it.
func postgresTier(size string) (string, error) {
	m := postgresSize.FindStringSubmatch(size)
	switch {
	case m == nil:
	case m[1] == "B" && (m[3] == "s" || m[3] == "ms") && m[4] == "":
		return burstable, nil
	case m[1] == "D" && m[3] != "ms" && m[4] != "":
		return generalPurpose, nil
	case m[1] == "E" && m[3] != "ms" && m[4] != "":
		return memoryOptimized, nil
	}
	return "", fmt.Errorf("got %q, want a size such as Standard_B2s, Standard_D2ds_v5 or Standard_E4ds_v5", size)
}

// postgresMemoryGiB is the memory of a size: two GiB a core where it is
// burstable (four with ms), four in general, eight where it is for memory.
// Source: Azure Database for PostgreSQL documentation, "Compute options", read
// 2026-11.
func postgresMemoryGiB(size string) (int, error) {
	tier, err := postgresTier(size)
	if err != nil {
		return 0, err
	}
	m := postgresSize.FindStringSubmatch(size)
	cores, err := strconv.Atoi(m[2])
	if err != nil {
		return 0, fmt.Errorf("reading the cores of %s: %w", size, err)
	}
	each := map[string]int{burstable: 2, generalPurpose: 4, memoryOptimized: 8}[tier]
	if m[3] == "ms" {
		each = 4
	}
	return cores * each, nil
}
