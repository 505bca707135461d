package settings

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// restoreRule checks what a database begins with.
func (c *checker) restoreRule() {
	r := c.s.Database.Restore
	const path = "database.restore"
	switch {
	case r == (Restore{}):
	case r.Snapshot != "" && r.From != "":
		c.bad(BadRestore, path+".snapshot", "a snapshot and a database", "one of snapshot and from", path+".from")
	case r.Snapshot == "" && r.From == "":
		c.bad(BadRestore, path+".time", "a time alone", "from: the identifier of the database to restore")
	case r.Snapshot != "" && r.Time != "":
		c.bad(BadRestore, path+".time", shown(r.Time), "no time: a snapshot has its own", path+".snapshot")
	case r.From != "" && r.Time == "":
		c.bad(BadRestore, path+".time", "nothing", "latest, or a time such as \"2026-11-02T08:30:00Z\"", path+".from")
	case r.From != "" && r.Time != "latest":
		if _, err := time.Parse(time.RFC3339, r.Time); err != nil {
			c.bad(BadRestore, path+".time", shown(r.Time), "latest, or a time such as \"2026-11-02T08:30:00Z\"")
		}
	}
}

// tiering refuses two ways to decide when objects move.
func (c *checker) tiering() {
	buckets := c.s.Buckets.byKey()
	for _, name := range ordered(buckets) {
		b, path := buckets[name], "buckets."+name
		for _, d := range []struct {
			key  string
			days int
		}{{".infrequentDays", b.InfrequentDays}, {".archiveDays", b.ArchiveDays}} {
			if b.IntelligentTiering && d.days > 0 {
				c.bad(MixedTiering, path+d.key, fmt.Sprint(d.days), "0, since S3 decides", path+".intelligentTiering")
			}
		}
	}
}

var (
	accountPath  = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?/[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$`)
	cacheSetting = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)
)

const accountWant = "a service account as namespace/name, such as backend/api"

// cache checks what holds of caches on every cloud.
func (c *checker) cache() {
	k := c.s.Cache
	serverless := k.Mode == CacheServerless
	given := map[string]bool{
		"node": k.Node != "", "shards": k.Shards != 0, "replicas": k.Replicas != 0, "multiAz": k.MultiAZ, "parameters": len(k.Parameters) > 0,
	}
	want := "it left out, since the cache has no nodes"
	if !serverless {
		given, want = map[string]bool{"storageGB": k.StorageGB != 0, "ecpus": k.ECPUs != 0}, "it left out: the nodes are the limit"
	}
	for _, key := range ordered(given) {
		if given[key] {
			c.bad(MixedCache, "cache."+key, "a setting of "+map[bool]string{true: "nodes", false: "a serverless cache"}[serverless], want, "cache.mode")
		}
	}
	if k.SnapshotDays < 1 || k.SnapshotDays > 35 {
		c.bad(BadSnapshots, "cache.snapshotDays", fmt.Sprint(k.SnapshotDays), "1 to 35")
	}
	if !serverless {
		c.cacheShape(k)
	}
	for _, key := range ordered(k.Parameters) {
		if path := child("cache.parameters", key); !cacheSetting.MatchString(key) || key == "cluster-enabled" {
			c.bad(BadCacheParam, path, "the name "+shown(key), "a parameter of the engine such as maxmemory-policy; shards decide on cluster-enabled")
		}
	}
	if c.protected() && !serverless && !k.MultiAZ {
		c.bad(BrokenProtect, "cache.multiAz", "false", "true, since the stack is protected", "protect")
	}
}

func (c *checker) cacheShape(k Cache) {
	if k.Shards < 1 || k.Shards > 90 {
		c.bad(BadCacheShape, "cache.shards", fmt.Sprint(k.Shards), "1 to 90")
	}
	switch {
	case k.Replicas < 0 || k.Replicas > 5:
		c.bad(BadCacheShape, "cache.replicas", fmt.Sprint(k.Replicas), "0 to 5")
	case k.MultiAZ && k.Replicas == 0:
		c.bad(BadCacheShape, "cache.multiAz", "true without a replica", "replicas of at least 1: one that takes over", "cache.replicas")
	}
}

// ordinary are the secrets that every stack has on its cloud: no other has such a
// name.
func (c *checker) ordinary() []string {
	if Capabilities()[c.s.Cloud].cachePassword {
		return []string{"cache", "database"}
	}
	return []string{"database"}
}

func (c *checker) secrets() {
	s := c.s.Secrets
	if own := Capabilities()[c.s.Cloud].store; s.Store != own && s.Store != VaultStore && !c.lacks("secrets.store") {
		c.bad(BadStore, "secrets.store", string(s.Store), fmt.Sprintf("%s, or vault", own), "cloud")
	}
	c.vault(s)
	for _, name := range ordered(s.Names) {
		one, path := s.Names[name], child("secrets.names", name)
		switch {
		case !nameShape.MatchString(name) || len(name) > 48:
			c.bad(BadSecret, path, "the name "+shown(name), "up to 48 lower-case letters, digits and single hyphens, with a letter in front")
		case slices.Contains(c.ordinary(), name):
			c.bad(BadSecret, path, "the name "+name, "another name: every stack has a secret of this one")
		}
		if one.Purpose == "" {
			c.bad(BadSecret, path+".purpose", "nothing", "what the secret opens")
		}
		if one.RotationDays < 0 || one.RotationDays > 90 {
			c.bad(BadRotation, path+".rotationDays", fmt.Sprint(one.RotationDays), "0 (never) to 90")
		}
		if s.Store == VaultStore && one.RotationDays != 0 {
			c.bad(VaultOnly, path+".rotationDays", fmt.Sprint(one.RotationDays), "0: Vault rotates its own secrets", "secrets.store")
		}
	}
	c.names("secrets.readers", ordered(s.Readers))
	for _, name := range ordered(s.Readers) {
		c.reader(child("secrets.readers", name), s.Readers[name])
	}
}

func (c *checker) reader(path string, r SecretReader) {
	s := c.s.Secrets
	if !accountPath.MatchString(r.ServiceAccount) {
		c.bad(BadReader, path+".serviceAccount", shown(r.ServiceAccount), accountWant)
	}
	if len(r.Secrets) == 0 {
		c.bad(BadReader, path+".secrets", "nothing", "what it reads: names of secrets, or database")
	}
	known := slices.Concat(ordered(s.Names), c.ordinary())
	for i, name := range r.Secrets {
		at := fmt.Sprintf("%s.secrets[%d]", path, i)
		switch {
		case !slices.Contains(known, name):
			c.bad(BadReader, at, shown(name), oneOf(name, sorted(known)))
		case slices.Contains(r.Secrets[:i], name):
			c.bad(BadReader, at, name+", a second time", "each secret once")
		}
	}
}

var pathShape = regexp.MustCompile(`^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$`)

// vault checks where a Vault is. Its own policies say who reads what.
func (c *checker) vault(s Secrets) {
	v := s.Vault
	texts := map[string]string{"address": v.Address, "authMount": v.AuthMount, "role": v.Role, "path": v.Path}
	if s.Store != VaultStore {
		for _, key := range ordered(texts) {
			if texts[key] != "" {
				c.bad(VaultOnly, "secrets.vault."+key, shown(texts[key]), "it left out, or secrets.store: vault", "secrets.store")
			}
		}
		return
	}
	if host, https := strings.CutPrefix(v.Address, "https://"); !https || !vaultHost.MatchString(host) || v.Port() == 0 {
		c.bad(BadVault, "secrets.vault.address", shown(v.Address), "a URL such as https://vault.example.com:8200", "secrets.store")
	}
	for _, key := range []string{"authMount", "path", "role"} {
		if !pathShape.MatchString(texts[key]) {
			c.bad(BadVault, "secrets.vault."+key, shown(texts[key]), "letters, digits, dots, hyphens and underscores, without a slash at either end", "secrets.store")
		}
	}
}

var vaultHost = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?$`)

var imageShape = regexp.MustCompile(`^[a-z0-9]+([._-][a-z0-9]+)*$`)

// registry checks what holds of registries on every cloud.
func (c *checker) registry() {
	r := c.s.Registry
	if len(r.Images) == 0 {
		c.bad(BadImage, "registry.images", "none", "at least one image")
	}
	for i, image := range r.Images {
		at := fmt.Sprintf("registry.images[%d]", i)
		switch {
		case !imageShape.MatchString(image) || len(image) > 48:
			c.bad(BadImage, at, shown(image), "up to 48 lower-case letters and digits, with single dots, hyphens or underscores between them")
		case slices.Contains(r.Images[:i], image):
			c.bad(BadImage, at, image+", a second time", "each image once")
		}
	}
	counts := map[string]int{"registry.untaggedDays": r.UntaggedDays, "registry.keepImages": r.KeepImages}
	for _, path := range ordered(counts) {
		if counts[path] < 1 {
			c.bad(BadImageKeeping, path, fmt.Sprint(counts[path]), "1 or more")
		}
	}
}
