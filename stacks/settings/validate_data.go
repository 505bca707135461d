package settings

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

var (
	identifier     = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)
	parameterShape = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$`)
)

// taken are names that no database can get: PostgreSQL's reserved words, and
// databases that are there already.
// Source: PostgreSQL 17, appendix C, "reserved"; RDS user guide, DBName.
var taken = strings.Fields(`all analyse analyze and any array as asc asymmetric both case cast check collate
	column constraint create current_catalog current_date current_role current_time current_timestamp current_user
	default deferrable desc distinct do else end except false fetch for foreign from grant group having in initially
	intersect into lateral leading limit localtime localtimestamp not null offset on only or order placing primary
	references returning select session_user some symmetric system_user table then to trailing true union unique user
	using variadic when where window with postgres rdsadmin template0 template1`)

func (c *checker) database() {
	d := c.s.Database
	switch {
	case !identifier.MatchString(d.Name):
		c.bad(BadDatabase, "database.name", shown(d.Name), "up to 63 lower-case letters, digits and underscores, with a letter in front")
	case slices.Contains(taken, d.Name):
		c.bad(BadDatabase, "database.name", d.Name+", a name that PostgreSQL keeps for itself", "another name")
	}
	if d.BackupDays < 1 || d.BackupDays > 35 {
		c.bad(BadBackupDays, "database.backupDays", fmt.Sprint(d.BackupDays), "1 to 35")
	}
	if d.Replicas < 0 || d.Replicas > 15 {
		c.bad(BadReplicas, "database.replicas", fmt.Sprint(d.Replicas), "0 to 15")
	}
	for _, key := range ordered(d.Parameters) {
		path := child("database.parameters", key)
		switch {
		case !parameterShape.MatchString(key):
			c.bad(BadParameter, path, "the name "+shown(key), "a PostgreSQL parameter in lower case, such as log_min_duration_statement")
		case d.Parameters[key] == "":
			c.bad(BadParameter, path, "an empty text", "a value, or null to leave the parameter alone")
		}
	}
}

// lifecycles checks the days of the buckets. What moves sooner, S3 refuses, and
// the other clouds charge the 30 days all the same.
// Source: S3 user guide, "Transitioning objects using Amazon S3 Lifecycle",
// constraints: 30 days before infrequent access, 30 more before the archive;
// Cloud Storage, "Storage classes", and Azure Blob Storage, "Access tiers",
// minimum storage duration.
func (c *checker) lifecycles() {
	buckets := c.s.Buckets.byKey()
	for _, name := range ordered(buckets) {
		b, path := buckets[name], "buckets."+name
		negative := false
		days := map[string]int{
			"infrequentDays": b.InfrequentDays, "archiveDays": b.ArchiveDays, "expireDays": b.ExpireDays, "noncurrentDays": b.NoncurrentDays,
		}
		for _, key := range ordered(days) {
			if days[key] < 0 {
				negative = true
				c.bad(BadLifecycle, path+"."+key, fmt.Sprint(days[key]), "0 (never) or a number of days")
			}
		}
		if !negative {
			c.sequence(path, b)
		}
	}
}

func (c *checker) sequence(path string, b Bucket) {
	infrequent, archive, expire := path+".infrequentDays", path+".archiveDays", path+".expireDays"
	if b.InfrequentDays > 0 && b.InfrequentDays < 30 {
		c.bad(BadLifecycle, infrequent, fmt.Sprint(b.InfrequentDays), "0 or at least 30: so long infrequent access is paid for")
	}
	if b.InfrequentDays > 0 && b.ArchiveDays > 0 && b.ArchiveDays < b.InfrequentDays+30 {
		c.bad(BadLifecycle, archive, fmt.Sprint(b.ArchiveDays), fmt.Sprintf("0 or at least %d: 30 days after infrequentDays", b.InfrequentDays+30), infrequent)
	}
	last, at := b.InfrequentDays, infrequent
	if b.ArchiveDays > last {
		last, at = b.ArchiveDays, archive
	}
	if b.ExpireDays > 0 && b.ExpireDays <= last {
		c.bad(BadLifecycle, expire, fmt.Sprint(b.ExpireDays), fmt.Sprintf("0 or more than %d: objects would be deleted before they move", last), at)
	}
}
