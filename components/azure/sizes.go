package azure

import (
	"regexp"
	"strconv"
	"strings"
)

// sizeShape reads a size of machines: series, processors, features, generation.
// Source: "Azure virtual machine sizes naming conventions".
var sizeShape = regexp.MustCompile(`^Standard_[A-Z]+(\d+)([a-z]*)(?:_[A-Z0-9]+)?_v(\d)$`)

// LocalDiskGiB is the size of the disk that a machine has itself, on which its
// system may be: 0 without one, and of a size that is not known. A d in the name
// says that there is one: of the fifth generation 37.5 GiB for each processor, of
// the sixth 55.
// Source: "Dpdsv5-series", "Dadsv6-series", local storage, read 2026-11.
func LocalDiskGiB(size string) int {
	m := sizeShape.FindStringSubmatch(size)
	if m == nil || !strings.Contains(m[2], "d") {
		return 0
	}
	cpus, err := strconv.Atoi(m[1])
	if err != nil {
		return 0
	}
	switch m[3] {
	case "5":
		return cpus * 75 / 2
	case "6":
		return cpus * 55
	}
	return 0
}
