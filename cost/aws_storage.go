package cost

import (
	"strings"

	"github.com/shopspring/decimal"
)

// bucket is an S3 bucket: what lies in it, and what is done with it.
type bucket struct{}

func newBucket(*reader) domain { return bucket{} }

const lifecycleType = "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2"

func (bucket) components(b *basis) []component {
	name := b.r.Name
	size, writes, reads := "buckets."+name+".gb", "buckets."+name+".writesThousand", "buckets."+name+".readsThousand"
	all := b.classes(b.assume(size), size)
	return append(all,
		component{item: "writes and lists", category: Storage, sku: "s3/writes", unit: Thousand, quantity: exactly(b.assume(writes)), rests: []string{writes}},
		component{item: "reads", category: Storage, sku: "s3/reads", unit: Thousand, quantity: exactly(b.assume(reads)), rests: []string{reads}},
	)
}

// storageClasses are the rows of the classes that a lifecycle moves objects to.
var storageClasses = map[string]string{
	"STANDARD_IA": "infrequent", "GLACIER_IR": "glacier-instant", "GLACIER": "glacier", "DEEP_ARCHIVE": "deep-archive",
}

// horizonDays is the age of the oldest object where none expires: as much was
// written every day of a year.
const horizonDays = 365

// classes divides what lies in a bucket by its lifecycle: objects are of all
// ages alike, up to the age at which they expire.
func (b *basis) classes(gb decimal.Decimal, key string) []component {
	held := func(item, sku string, share decimal.Decimal) component {
		return component{
			item: item, category: Storage, sku: "s3/" + sku, unit: GBMonth, quantity: exactly(gb.Mul(share)), rests: []string{key},
		}
	}
	rule, found := b.beside(lifecycleType)
	if !found {
		return []component{held("storage, standard", "standard", whole(1))}
	}
	r := &reader{in: rule.Inputs}
	oldest := r.number("rules.0.expiration.days", horizonDays)
	class, from := "standard", 0
	var all []component
	add := func(to int) {
		if to > from {
			all = append(all, held("storage, "+strings.ReplaceAll(class, "-", " "), class, whole(to-from).Div(whole(oldest))))
		}
	}
	for i := range r.list("rules.0.transitions") {
		at := "rules.0.transitions." + itoa(i) + "."
		next, days := r.text(at+"storageClass", ""), min(r.number(at+"days", 0), oldest)
		if next == "INTELLIGENT_TIERING" {
			return b.tiered(gb, key)
		}
		add(days)
		if class, from = storageClasses[next], days; class == "" {
			r.fail(at+"storageClass", "has no prices: "+next)
		}
	}
	add(oldest)
	if len(r.bad) > 0 {
		return []component{{item: "storage", category: Storage, reason: strings.Join(r.bad, "; ")}}
	}
	return all
}

// tiered is storage that moves by itself: at most all of it is read often, at
// least none is.
func (b *basis) tiered(gb decimal.Decimal, key string) []component {
	const often, objects = "objects.frequentPercent", "objects.kb"
	share := b.assume(often).Div(whole(100))
	read := gb.Mul(share)
	// Objects are watched one by one: a gigabyte is a million kilobytes.
	watched := gb.Mul(whole(1000)).Div(decimal.Max(b.assume(objects), whole(1)))
	return []component{
		{item: "storage, read often", category: Storage, sku: "s3/intelligent-frequent", unit: GBMonth, quantity: exactly(read), rests: []string{key, often}},
		{item: "storage, seldom read", category: Storage, sku: "s3/intelligent-infrequent", unit: GBMonth, quantity: exactly(gb.Sub(read)), rests: []string{key, often}},
		{item: "objects watched", category: Storage, sku: "s3/intelligent-monitoring", unit: Thousand, quantity: exactly(watched), rests: []string{key, objects}},
	}
}

// repository holds images.
type repository struct{}

func newRepository(*reader) domain { return repository{} }

func (repository) components(b *basis) []component {
	const key = "imagesGB"
	return []component{{
		item: "images", category: Storage, sku: "ecr/storage", unit: GBMonth, rests: []string{key},
		quantity: exactly(b.share(b.assume(key), nil)),
	}}
}

// backupPlan is a plan of AWS Backup. What it keeps hangs on what changes.
type backupPlan struct{ continuous bool }

func newBackupPlan(r *reader) domain { return backupPlan{r.flag("rules.0.enableContinuousBackup")} }

func (p backupPlan) components(b *basis) []component {
	if p.continuous {
		const key = "backup.bucketsGB"
		return []component{{item: "continuous backups of buckets", category: Backup, sku: "backup/s3", unit: GBMonth, quantity: exactly(b.assume(key)), rests: []string{key}}}
	}
	const databases, volumes, buckets = "backup.databaseGB", "backup.volumesGB", "backup.bucketsGB"
	return []component{
		{item: "backups of databases", category: Backup, sku: "backup/rds", unit: GBMonth, quantity: exactly(b.assume(databases)), rests: []string{databases}},
		{item: "backups of volumes", category: Backup, sku: "backup/ebs", unit: GBMonth, quantity: exactly(b.assume(volumes)), rests: []string{volumes}},
		{item: "backups of buckets", category: Backup, sku: "backup/s3", unit: GBMonth, quantity: exactly(b.assume(buckets)), rests: []string{buckets}},
	}
}
