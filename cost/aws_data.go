package cost

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// database is an RDS instance, a replica too.
type database struct {
	class, engine, storageType string
	gib, maxGiB, iops          int
	multiAZ, replica           bool
	backupDays, insightsDays   int
	public                     bool
}

func newDatabase(r *reader) domain {
	return database{
		class: r.text("instanceClass", ""), replica: r.has("replicateSourceDb"), engine: r.text("engine", "postgres"),
		storageType: r.text("storageType", "gp2"), gib: r.number("allocatedStorage", 0), maxGiB: r.number("maxAllocatedStorage", 0),
		iops: r.number("iops", 0), multiAZ: r.flag("multiAz"), backupDays: r.number("backupRetentionPeriod", 0),
		insightsDays: r.number("performanceInsightsRetentionPeriod", 7), public: r.flag("publiclyAccessible"),
	}
}

func (d database) components(b *basis) []component {
	if d.engine != "postgres" {
		return []component{{item: "instance hours", category: Database, reason: "only PostgreSQL has prices, not " + d.engine}}
	}
	if d.gib == 0 && d.replica { // it has its source's storage
		d.gib, d.maxGiB = d.source(b)
	}
	all := []component{d.instance(b), d.storage()}
	if d.iops > 0 {
		all = append(all, component{
			item: "IOPS above what comes with the storage", category: Database, sku: "rds/" + d.storageType + "-iops" + d.az(), unit: IOPSMonth,
			quantity: exactly(whole(max(d.iops-d.includedIOPS(), 0))),
		})
	}
	if d.backupDays > 0 {
		const key = "database.backupGB"
		free := whole(d.gib) // as much as the storage
		all = append(all, component{
			item: "backups beyond the storage's size", category: Backup, sku: "rds/backup", unit: GBMonth, rests: []string{key},
			quantity: exactly(decimal.Max(b.assume(key).Sub(free), decimal.Zero)),
		})
	}
	if d.insightsDays > 7 { // seven days are free
		family, _, _ := strings.Cut(strings.TrimPrefix(d.class, "db."), ".")
		all = append(all, component{
			item: "Performance Insights beyond seven days", category: Observability, sku: "rds-insights/" + family, unit: VCPUMonth,
			quantity: exactly(whole(vcpus(d.class))),
		})
	}
	if d.public {
		all = append(all, publicAddress("public address"))
	}
	return all
}

// az ends the name of what costs more in two zones.
func (d database) az() string {
	if d.multiAZ {
		return "-multi-az"
	}
	return ""
}

// instance are the hours of the instance. Two zones have a price of their own;
// where the catalogue lacks it, they are two instances, which is nearly it.
func (d database) instance(b *basis) component {
	c := component{
		item: "instance hours, " + d.class + ", one zone", category: Database, sku: "rds-postgres/" + d.class, unit: Hour,
		quantity: exactly(b.running()), rests: b.restsOnHours(),
	}
	if d.multiAZ {
		c.item, c.sku = "instance hours, "+d.class+", two zones", "rds-postgres-multi-az/"+d.class
		c.instead, c.insteadFactor = "rds-postgres/"+d.class, 2
	}
	return c
}

// storage grows by itself up to its limit, and is paid for at night too.
func (d database) storage() component {
	c := component{
		item: "storage, " + d.storageType, category: Database, sku: "rds/" + d.storageType + "-storage" + d.az(), unit: GBMonth,
		quantity: between(d.gib, d.gib, d.maxGiB),
	}
	if d.multiAZ {
		c.instead, c.insteadFactor = "rds/"+d.storageType+"-storage", 2
	}
	return c
}

// includedIOPS come with gp3. Source: RDS user guide, "gp3 storage".
func (d database) includedIOPS() int {
	if d.gib >= 400 {
		return 12000
	}
	return 3000
}

// source is the storage of the database that a replica is of.
func (d database) source(b *basis) (gib, maxGiB int) {
	for _, r := range b.resources {
		if r.Type == b.r.Type && r.Parent == b.r.Parent && r.Inputs.at("replicateSourceDb") == nil {
			in := &reader{in: r.Inputs}
			return in.number("allocatedStorage", 0), in.number("maxAllocatedStorage", 0)
		}
	}
	return 0, 0
}

// vcpus is the number of processors of an instance class, by its size: RDS and
// EC2 have the same sizes.
func vcpus(class string) int {
	parts := strings.Split(class, ".")
	size := parts[len(parts)-1]
	if n, ok := strings.CutSuffix(size, "xlarge"); ok {
		if n == "" {
			return 4
		}
		r := &reader{in: Values{"n": n}}
		return 4 * r.number("n", 1)
	}
	return 2 // micro to large
}

// proxy is an RDS proxy, billed by the processors of its database, at least two.
type proxy struct{}

func newProxy(*reader) domain { return proxy{} }

func (proxy) components(b *basis) []component {
	i := slices.IndexFunc(b.resources, func(r Resource) bool {
		return r.Type == "aws:rds/instance:Instance" && r.Parent == b.r.Parent && r.Inputs.at("replicateSourceDb") == nil
	})
	if i < 0 {
		return []component{{item: "proxy", category: Database, reason: "there is no database beside the proxy"}}
	}
	r := &reader{in: b.resources[i].Inputs}
	class := r.text("instanceClass", "")
	if len(r.bad) > 0 {
		return []component{{item: "proxy", category: Database, reason: strings.Join(r.bad, "; ")}}
	}
	return []component{{
		item: "proxy, by the database's processors", category: Database, sku: "rds/proxy", unit: VCPUHour,
		quantity: exactly(whole(max(vcpus(class), 2) * HoursPerMonth)),
	}}
}

// cacheNodes is a cache of nodes.
type cacheNodes struct {
	engine, node           string
	shards, replicas, keep int
}

func newCacheNodes(r *reader) domain {
	return cacheNodes{
		engine: r.text("engine", "redis"), node: r.text("nodeType", ""), shards: r.number("numNodeGroups", 1),
		replicas: r.number("replicasPerNodeGroup", 0), keep: r.number("snapshotRetentionLimit", 0),
	}
}

func (c cacheNodes) components(b *basis) []component {
	all := []component{{
		item: "node hours, " + c.node + ", " + c.engine, category: Cache, sku: "elasticache-" + c.engine + "/" + c.node, unit: Hour,
		quantity: exactly(whole(c.shards * (c.replicas + 1) * HoursPerMonth)),
	}}
	if c.keep > 1 { // one snapshot is free
		const key = "cache.backupGB"
		all = append(all, component{
			item: "snapshots beyond the first", category: Backup, sku: "elasticache/backup", unit: GBMonth, rests: []string{key},
			quantity: exactly(b.assume(key)),
		})
	}
	return all
}

// serverlessCache is billed by what it holds and does.
type serverlessCache struct {
	engine string
	maxGB  int
}

func newServerlessCache(r *reader) domain {
	return serverlessCache{r.text("engine", "redis"), r.number("cacheUsageLimits.dataStorage.maximum", 0)}
}

func (c serverlessCache) components(b *basis) []component {
	const gb, work = "cache.serverlessGB", "cache.serverlessECPUMillions"
	held := Span{decimal.Zero, b.assume(gb), decimal.Max(whole(c.maxGB), b.assume(gb))}
	return []component{
		{item: "data held", category: Cache, sku: "elasticache-serverless/" + c.engine + "-data", unit: GBHour, quantity: held.Times(whole(HoursPerMonth)), rests: []string{gb}},
		{item: "work done (ECPU)", category: Cache, sku: "elasticache-serverless/" + c.engine + "-ecpu", unit: Million, quantity: exactly(b.assume(work)), rests: []string{work}},
	}
}
