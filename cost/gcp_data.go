package cost

import (
	"regexp"

	"github.com/shopspring/decimal"
)

// cloudSQL is a Cloud SQL instance, a replica too: it is billed by processors,
// memory and storage, twice as much in two zones.
type cloudSQL struct {
	tier, edition, version string
	gib, limit             int
	regional, replica      bool
	backups                bool
}

func newCloudSQL(r *reader) domain {
	d := cloudSQL{
		tier: r.text("settings.tier", ""), edition: r.text("settings.edition", ""), version: r.text("databaseVersion", ""),
		gib: r.number("settings.diskSize", 10), limit: r.number("settings.diskAutoresizeLimit", 0),
		regional: r.text("settings.availabilityType", "ZONAL") == "REGIONAL", replica: r.has("masterInstanceName"),
		backups: r.flag("settings.backupConfiguration.enabled"),
	}
	if d.tier == "" {
		r.fail("settings.tier", "is missing")
	}
	return d
}

var customTier = regexp.MustCompile(`^db-custom-(\d+)-(\d+)$`)

// twice ends the name of what costs more in two zones.
func (d cloudSQL) twice() string {
	if d.regional {
		return "-regional"
	}
	return ""
}

func (d cloudSQL) components(b *basis) []component {
	zones := map[bool]string{false: "one zone", true: "two zones"}[d.regional]
	all := append(d.machine(zones), component{
		item: "storage, SSD, " + zones, category: Database, sku: "cloudsql/ssd-storage" + d.twice(), unit: GBMonth, quantity: between(d.gib, d.gib, d.limit),
	})
	if d.backups {
		const key = "database.backupGB"
		all = append(all, component{
			item: "backups", category: Backup, sku: "cloudsql/backup", unit: GBMonth, rests: []string{key},
			quantity: exactly(decimal.Max(b.assume(key), decimal.Zero)),
		})
	}
	if !d.replica {
		all = append(all, logsOf(b, "logs taken in"))
	}
	return all
}

// machine are the hours of the machine: a small one has a price of its own.
func (d cloudSQL) machine(zones string) []component {
	hours := whole(HoursPerMonth)
	switch m := customTier.FindStringSubmatch(d.tier); {
	case d.edition == "ENTERPRISE_PLUS":
		return []component{{item: "instance hours, " + d.tier + ", " + zones, category: Database, sku: "cloudsql-plus/" + d.tier + d.twice(), unit: Hour, quantity: exactly(hours)}}
	case m != nil:
		r := &reader{in: Values{"cpus": m[1], "mib": m[2]}}
		cpus, mib := r.number("cpus", 0), r.number("mib", 0)
		return []component{
			{item: "processors, " + zones, category: Database, sku: "cloudsql/vcpu" + d.twice(), unit: VCPUHour, quantity: exactly(hours.Mul(whole(cpus)))},
			{item: "memory, " + zones, category: Database, sku: "cloudsql/memory" + d.twice(), unit: GBHour, quantity: exactly(hours.Mul(whole(mib)).Div(whole(1024)))},
		}
	default:
		return []component{{item: "instance hours, " + d.tier + ", " + zones, category: Database, sku: "cloudsql/" + d.tier + d.twice(), unit: Hour, quantity: exactly(hours)}}
	}
}

// memorystore is a cache, billed by its memory: the larger it is, the less a
// gigabyte costs.
type memorystore struct {
	tier     string
	gib      int
	replicas int
}

func newMemorystore(r *reader) domain {
	c := memorystore{tier: r.text("tier", "BASIC"), gib: r.number("memorySizeGb", 0)}
	if r.text("readReplicasMode", "") == "READ_REPLICAS_ENABLED" {
		c.replicas = r.number("replicaCount", 2)
	}
	return c
}

// step is the capacity tier of a size.
// Source: Memorystore for Redis pricing, capacity tiers, read 2026-11.
func (c memorystore) step() string {
	for _, s := range []struct {
		most int
		name string
	}{{4, "m1"}, {10, "m2"}, {35, "m3"}, {100, "m4"}} {
		if c.gib <= s.most {
			return s.name
		}
	}
	return "m5"
}

func (c memorystore) components(*basis) []component {
	kind := map[string]string{"BASIC": "basic", "STANDARD_HA": "standard"}[c.tier]
	size := component{
		item: "memory, " + kind + ", " + c.step(), category: Cache, sku: "memorystore/" + kind + "-" + c.step(), unit: GBHour,
		quantity: exactly(whole(c.gib * HoursPerMonth)),
	}
	if c.replicas > 0 { // each node has a price of its own
		size.item, size.sku = "memory of all nodes, "+c.step(), "memorystore/replicated-"+c.step()
		size.quantity = exactly(whole(c.gib * (c.replicas + 1) * HoursPerMonth))
	}
	return []component{size}
}
