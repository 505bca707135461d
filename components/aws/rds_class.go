package aws

import (
	"fmt"
	"strings"
)

// sizeGiB is the memory in GiB of an instance of the general families (m) by
// size; the memory families (r) have twice as much. The small sizes exist in
// the burstable families (t), which have that of m from large on.
// Source: RDS user guide, "Hardware specifications for DB instance classes",
// read 2026-11.
var sizeGiB = map[string]int{
	"micro": 1, "small": 2, "medium": 4,
	"large": 8, "xlarge": 16, "2xlarge": 32, "4xlarge": 64, "8xlarge": 128, "12xlarge": 192, "16xlarge": 256,
	"24xlarge": 384, "32xlarge": 512, "48xlarge": 768,
}

// classMemoryGiB is the memory of an RDS instance class in GiB.
func classMemoryGiB(class string) (int, error) {
	rest, isDB := strings.CutPrefix(class, "db.")
	family, size, _ := strings.Cut(rest, ".")
	gib, known := sizeGiB[size]
	switch {
	case !isDB || !known || len(family) < 2 || family[1] < '0' || '9' < family[1]:
	case family[0] == 't' && gib <= 32, family[0] == 'm' && gib >= 8:
		return gib, nil
	case family[0] == 'r' && gib >= 8:
		return 2 * gib, nil
	}
	return 0, fmt.Errorf("got %q, want an instance class of the families t, m or r, such as db.m7g.large", class)
}
