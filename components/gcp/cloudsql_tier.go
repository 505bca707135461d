package gcp

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
)

// The editions of Cloud SQL.
const (
	enterprise     = "ENTERPRISE"
	enterprisePlus = "ENTERPRISE_PLUS"
)

// sqlShape is what a tier is like.
type sqlShape struct {
	edition    string
	cpus       int
	memoryMiB  int
	shared     bool
	logsAtMost int // days of point-in-time recovery
}

var (
	customTier = regexp.MustCompile(`^db-custom-(\d+)-(\d+)$`)
	plusTier   = regexp.MustCompile(`^db-perf-optimized-N-(\d+)$`)
	// plusCPUs are the sizes of Enterprise Plus, with 8 GiB of memory a processor.
	// Source: Cloud SQL docs, "Machine series overview", read 2026-11.
	plusCPUs = []int{2, 4, 8, 16, 32, 48, 64, 80, 96, 128}
)

// The days that write-ahead logs are kept for point-in-time recovery.
// Source: Cloud SQL docs, "About point-in-time recovery (PITR)", log retention,
// read 2026-11.
const (
	enterpriseLogDays = 7
	plusLogDays       = 35
)

// sqlTier says what a tier is like. A custom one has one processor or an even
// number up to 96, and for each 0.9 to 6.5 GiB of memory, in steps of 256 MiB
// and 3.75 GiB or more.
// Source: Cloud SQL docs, "Choose a machine type", custom configurations, read
// 2026-11.
func sqlTier(tier string) (sqlShape, error) {
	switch tier {
	case "db-f1-micro":
		return sqlShape{edition: enterprise, cpus: 1, memoryMiB: 614, shared: true, logsAtMost: enterpriseLogDays}, nil
	case "db-g1-small":
		return sqlShape{edition: enterprise, cpus: 1, memoryMiB: 1740, shared: true, logsAtMost: enterpriseLogDays}, nil
	}
	if m := plusTier.FindStringSubmatch(tier); m != nil {
		if cpus, err := strconv.Atoi(m[1]); err == nil && slices.Contains(plusCPUs, cpus) {
			return sqlShape{edition: enterprisePlus, cpus: cpus, memoryMiB: cpus * 8 * 1024, logsAtMost: plusLogDays}, nil
		}
	}
	if m := customTier.FindStringSubmatch(tier); m != nil {
		cpus, errC := strconv.Atoi(m[1])
		memory, errM := strconv.Atoi(m[2])
		if errC == nil && errM == nil && (cpus == 1 || cpus > 0 && cpus%2 == 0 && cpus <= 96) &&
			memory%256 == 0 && memory >= 3840 && memory*10 >= cpus*1024*9 && memory*10 <= cpus*1024*65 {
			return sqlShape{edition: enterprise, cpus: cpus, memoryMiB: memory, logsAtMost: enterpriseLogDays}, nil
		}
	}
	return sqlShape{}, fmt.Errorf("got %q, want db-f1-micro, db-g1-small, db-custom-<CPUs>-<MiB> such as db-custom-2-7680, or db-perf-optimized-N-<CPUs> of %v", tier, plusCPUs)
}

// connections is how many connections PostgreSQL takes by default on a machine.
// Source: Cloud SQL docs, "Configure database flags", max_connections, read
// 2026-11.
func (s sqlShape) connections() int {
	for _, step := range []struct{ mib, most int }{
		{768, 25}, {3840, 50}, {6144, 100}, {7680, 200}, {15360, 400}, {30720, 500}, {61440, 600}, {122880, 800},
	} {
		if s.memoryMiB < step.mib {
			return step.most
		}
	}
	return 1000
}
