package cost

import (
	"strings"

	"github.com/shopspring/decimal"
)

// azureDatabase is a flexible server, a replica too. A standby costs what the
// server does, with its storage.
type azureDatabase struct {
	size                  string
	gib, backupDays       int
	standby, replica, geo bool
}

func newAzureDatabase(r *reader) domain {
	return azureDatabase{
		size: r.text("sku.name", ""), gib: r.number("storage.storageSizeGB", 0),
		standby: r.text("highAvailability.mode", "Disabled") != "Disabled", replica: r.text("createMode", "") == "Replica",
		backupDays: r.number("backup.backupRetentionDays", 0), geo: r.text("backup.geoRedundantBackup", "Disabled") == "Enabled",
	}
}

func (d azureDatabase) components(b *basis) []component {
	factor, where := 1, ", one zone"
	if d.standby {
		factor, where = 2, ", with a standby"
	}
	all := []component{
		{
			item: "server hours, " + d.size + where, category: Database, sku: "postgres/" + d.size, unit: Hour, factor: factor,
			quantity: exactly(b.running()), rests: b.restsOnHours(),
		},
		{item: "storage", category: Database, sku: "postgres/storage", unit: GBMonth, factor: factor, quantity: exactly(whole(d.gib))},
	}
	if d.replica || d.backupDays == 0 {
		return all
	}
	const key = "database.backupGB"
	kept, copies := b.assume(key), 1
	if d.geo {
		copies = 2 // the paired region's copy counts as much
	}
	if beyond := kept.Sub(whole(d.gib)); beyond.IsPositive() { // as much as the storage is free
		all = append(all, component{
			item: "backups beyond the storage's size", category: Backup, sku: "postgres/backup", unit: GBMonth, factor: copies,
			quantity: exactly(beyond), rests: []string{key},
		})
	}
	return all
}

// managedRedis is a cache: two machines where it is highly available.
type managedRedis struct {
	size string
	both bool
}

func newManagedRedis(r *reader) domain {
	return managedRedis{r.text("sku.name", ""), r.text("highAvailability", "Enabled") == "Enabled"}
}

func (c managedRedis) components(*basis) []component {
	nodes := 1
	if c.both {
		nodes = 2
	}
	return []component{{
		item: "machine hours, " + c.size, category: Cache, sku: "managed-redis/" + c.size, unit: Hour, quantity: exactly(whole(nodes * HoursPerMonth)),
	}}
}

// storageAccount is what lies in an account, and what is done with it.
type storageAccount struct{ redundancy string }

func newStorageAccount(r *reader) domain {
	_, redundancy, _ := strings.Cut(r.text("sku.name", "Standard_LRS"), "_")
	return storageAccount{redundancy}
}

const managementPolicy = "azure-native:storage:ManagementPolicy"

func (s storageAccount) components(b *basis) []component {
	name := b.r.Name
	size, writes, reads := "buckets."+name+".gb", "buckets."+name+".writesThousand", "buckets."+name+".readsThousand"
	all := s.tiers(b, b.assume(size), size)
	return append(all,
		component{item: "writes and lists", category: Storage, sku: "blob/hot-writes-" + s.redundancy, unit: TenK, quantity: exactly(b.assume(writes).Div(whole(10))), rests: []string{writes}},
		component{item: "reads", category: Storage, sku: "blob/hot-reads-" + s.redundancy, unit: TenK, quantity: exactly(b.assume(reads).Div(whole(10))), rests: []string{reads}},
	)
}

// tiers divides what lies in an account by its lifecycle: blobs are of all ages
// alike, up to the age at which they expire.
func (s storageAccount) tiers(b *basis, gb decimal.Decimal, key string) []component {
	held := func(tier string, share decimal.Decimal) component {
		return component{
			item: "storage, " + tier, category: Storage, sku: "blob/" + tier + "-" + s.redundancy, unit: GBMonth, quantity: exactly(gb.Mul(share)), rests: []string{key},
		}
	}
	rule, found := b.beside(managementPolicy)
	if !found {
		return []component{held("hot", whole(1))}
	}
	r := &reader{in: rule.Inputs}
	const base, days = "policy.rules.0.definition.actions.baseBlob.", ".daysAfterModificationGreaterThan"
	oldest := r.number(base+"delete"+days, horizonDays)
	tier, from := "hot", 0
	var all []component
	add := func(to int) {
		if to > from {
			all = append(all, held(tier, whole(to-from).Div(whole(oldest))))
		}
	}
	for _, next := range []struct{ path, tier string }{{"tierToCool", "cool"}, {"tierToCold", "cold"}, {"tierToArchive", "archive"}} {
		if !r.has(base + next.path) {
			continue
		}
		at := min(r.number(base+next.path+days, 0), oldest)
		add(at)
		tier, from = next.tier, at
	}
	add(oldest)
	if len(r.bad) > 0 {
		return []component{{item: "storage", category: Storage, reason: strings.Join(r.bad, "; ")}}
	}
	return all
}

// azureRegistry is a container registry: 500 GB come with the premium tier.
// Source: Azure Container Registry documentation, "Service tiers", read 2026-11.
type azureRegistry struct{ tier string }

func newAzureRegistry(r *reader) domain { return azureRegistry{r.text("sku.name", "Basic")} }

func (a azureRegistry) components(b *basis) []component {
	const key = "imagesGB"
	all := []component{{item: "registry, " + strings.ToLower(a.tier), category: Storage, sku: "acr/" + a.tier, unit: Month, quantity: exactly(whole(1))}}
	included := map[string]int{"Basic": 10, "Standard": 100, "Premium": 500}[a.tier]
	if beyond := b.assume(key).Sub(whole(included)); beyond.IsPositive() {
		all = append(all, component{item: "images beyond what is included", category: Storage, sku: "acr/storage", unit: GBMonth, quantity: exactly(beyond), rests: []string{key}})
	}
	return all
}

// azureBackup is a policy of a backup vault. What it keeps hangs on what changes.
type azureBackup struct{ of string }

func newAzureBackup(r *reader) domain { return azureBackup{r.text("properties.datasourceTypes.0", "")} }

func (a azureBackup) components(b *basis) []component {
	key, what, sku := "backup.bucketsGB", "blobs", "backup/blobs"
	if strings.HasPrefix(a.of, "Microsoft.DBforPostgreSQL/") {
		key, what, sku = "backup.databaseGB", "databases", "backup/postgres"
	}
	return []component{{item: "backups of " + what, category: Backup, sku: sku, unit: GBMonth, quantity: exactly(b.assume(key)), rests: []string{key}}}
}
