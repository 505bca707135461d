package settings

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Source: Cloud SQL docs, "Choose a machine type", "Machine series overview" and
// "Create and manage read replicas"; read 2026-11.
var (
	gcpTierShape  = regexp.MustCompile(`^(db-f1-micro|db-g1-small|db-custom-([1-9]|[1-9][0-9])-[0-9]{4,6}|db-perf-optimized-N-[0-9]{1,3})$`)
	gcpMajorShape = regexp.MustCompile(`^1[3-8]$`)
)

func (c *checker) gcpDatabase() {
	d := c.s.Database
	if !gcpMajorShape.MatchString(d.EngineVersion) {
		c.bad(BadEngine, "database.engineVersion", shown(d.EngineVersion), "a major version from 13 to 18, in quotes: Cloud SQL takes minor versions by itself")
	}
	if !gcpTierShape.MatchString(d.Instance) {
		c.bad(BadClass, "database.instance", shown(d.Instance), "a machine such as db-custom-2-8192 (processors and MiB), or db-perf-optimized-N-4")
	}
	if d.MultiAZ && (d.Instance == "db-f1-micro" || d.Instance == "db-g1-small") {
		c.bad(BadClass, "database.instance", d.Instance+" with a standby", "a machine with processors of its own", "database.multiAz")
	}
	if d.StorageGiB < 10 || d.StorageGiB > maxStorage {
		c.bad(BadStorage, "database.storageGiB", fmt.Sprint(d.StorageGiB), fmt.Sprintf("10 to %d", maxStorage))
	} else if d.MaxStorageGiB != 0 && d.MaxStorageGiB <= d.StorageGiB {
		c.bad(BadMaxStorage, "database.maxStorageGiB", fmt.Sprint(d.MaxStorageGiB), fmt.Sprintf("0 (no growth) or above storageGiB, %d", d.StorageGiB), "database.storageGiB")
	}
	if most := c.gcpReplicas(); d.Replicas > most {
		c.bad(BadReplicas, "database.replicas", fmt.Sprint(d.Replicas), fmt.Sprintf("0 to %d", most), "gcp.farReplica.region")
	}
	if p := d.Password; p.IsZero() {
		c.missing("database.password", "the master user's password (pulumi config set --secret): Cloud SQL makes none")
	} else if !p.Encrypted() && len(p.Reveal()) < 16 {
		c.bad(BadPassword, "database.password", "a short text", "16 characters or more")
	}
}

// gcpCache checks what Memorystore for Redis takes.
// Source: Memorystore for Redis docs, "Supported versions" and "Read replicas";
// read 2026-11.
func (c *checker) gcpCache() {
	k := c.s.Cache
	if k.Engine != RedisOSS || !slices.Contains([]string{"6.x", "7.0", "7.2"}, k.EngineVersion) {
		c.bad(BadCacheVersion, "cache.engineVersion", string(k.Engine)+" "+k.EngineVersion, "redis 6.x, 7.0 or 7.2", "cache.engine")
	}
	gib := k.MemoryGiB()
	if gib < 1 || gib > 300 {
		c.bad(BadCacheNode, "cache.node", shown(k.Node), "the memory of a node, 1Gi to 300Gi")
	} else if k.Replicas > 1 && gib < 5 {
		c.bad(BadCacheShape, "cache.replicas", fmt.Sprintf("%d with %s", k.Replicas, k.Node), "at most 1: copies that are read need nodes of 5Gi or more", "cache.node")
	}
}

// MemoryGiB is the memory of a node in GiB, on clouds whose nodes are a size and
// nothing else (5Gi); 0 if it is no such size.
func (c Cache) MemoryGiB() int {
	text, ok := strings.CutSuffix(c.Node, "Gi")
	n, err := strconv.Atoi(text)
	if !ok || err != nil {
		return 0
	}
	return n
}

func (c *checker) gcpSecrets() {
	due := false
	for _, name := range ordered(c.s.Secrets.Names) {
		s, path := c.s.Secrets.Names[name], child("secrets.names", name)
		due = due || s.RotationDays > 0
		if s.RotationFunction != "" {
			c.bad(BadRotation, path+".rotationFunction", shown(s.RotationFunction), "it left out: who listens to the topic makes the new value")
		}
	}
	_, err := time.Parse(time.RFC3339, c.s.GCP.FirstRotation)
	switch {
	case due && c.s.GCP.FirstRotation == "":
		c.missing("gcp.firstRotation", "when secrets are due the first time, such as \"2027-01-04T03:00:00Z\"")
	case c.s.GCP.FirstRotation != "" && err != nil:
		c.bad(BadRotation, "gcp.firstRotation", shown(c.s.GCP.FirstRotation), "a time such as \"2027-01-04T03:00:00Z\"")
	}
}

// gcpRegistries are the public registries that Artifact Registry fetches from for
// anyone.
// Source: Artifact Registry docs, "Remote repository overview", read 2026-11.
var gcpRegistries = []string{"docker.io", "ghcr.io", "public.ecr.aws", "quay.io", "registry.k8s.io"}

func (c *checker) gcpRegistry() {
	for i, host := range c.s.Registry.Mirrors {
		at := fmt.Sprintf("registry.mirrors[%d]", i)
		switch {
		case !slices.Contains(gcpRegistries, host):
			c.bad(BadMirror, at, shown(host), oneOf(host, gcpRegistries))
		case slices.Contains(c.s.Registry.Mirrors[:i], host):
			c.bad(BadMirror, at, host+", a second time", "each registry once")
		}
	}
}

var gcpZoneShape = regexp.MustCompile(`^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$`)

// gcpGroups are the groups of rules that Cloud Armor has, gcpWindows the windows of
// its limits, in seconds, and gcpRequests the most requests within one.
// Source: Cloud Armor docs, "Preconfigured WAF rules" and "Rate limiting
// overview"; read 2026-11.
var (
	gcpGroups  = []string{"common", "knownBadInputs", "sqli"}
	gcpWindows = []int{10, 30, 60, 120, 180, 240, 270, 300, 600, 900, 1200, 1800, 2700, 3600}
)

// gcpEdge checks the names of zones and what Cloud Armor takes.
func (c *checker) gcpEdge() {
	if c.s.Domain.Name == "" {
		c.missing("domain.name", "the name of the frontend: without one Google has no certificate for the load balancer")
	}
	ids := map[string]string{"domain.zoneId": c.s.Domain.ZoneID, "domain.parentZoneId": c.s.Domain.ParentZoneID}
	for _, path := range ordered(ids) {
		if id := ids[path]; id != "" && !gcpZoneShape.MatchString(id) {
			c.bad(BadDomain, path, shown(id), "what Cloud DNS calls the zone, such as explico-example")
		}
	}
	for _, name := range ordered(c.s.WAF.Groups) {
		if !slices.Contains(gcpGroups, name) {
			c.bad(BadRuleGroup, child("waf.groups", name), shown(name), oneOf(name, gcpGroups))
		}
	}
	for _, name := range ordered(c.s.WAF.RateLimits) {
		if r := c.s.WAF.RateLimits[name].Requests; r > gcpRequests {
			c.bad(BadRate, child("waf.rateLimits", name)+".requests", fmt.Sprint(r), fmt.Sprintf("%d to %d", fewestRequests, gcpRequests))
		}
		if s := c.s.WAF.RateLimits[name].WindowSeconds; !slices.Contains(gcpWindows, s) {
			c.bad(BadRate, child("waf.rateLimits", name)+".windowSeconds", fmt.Sprint(s), "one of "+strings.Trim(strings.ReplaceAll(fmt.Sprint(gcpWindows), " ", ", "), "[]"))
		}
	}
}

const gcpRequests = 1000000

var gcpBucketShape = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$`)

func (c *checker) gcpCI() {
	if b := c.s.CI.StateBucket; b != "" && !gcpBucketShape.MatchString(b) {
		c.bad(BadState, "ci.stateBucket", shown(b), "a bucket's name, such as explico-state")
	}
	if p := c.s.GCP.IdentityPool; p != "" && (!gcpPoolShape.MatchString(p) || strings.HasPrefix(p, "gcp-")) {
		c.bad(BadProject, "gcp.identityPool", shown(p), "4 to 32 lower-case letters, digits and hyphens, which do not begin with gcp-")
	}
}

// gcpBackup checks what Backup for GKE and Cloud Storage take.
// Source: Backup for GKE reference, BackupPlan.retentionPolicy; Cloud Storage
// docs, "Soft delete"; read 2026-11.
func (c *checker) gcpBackup() {
	b := c.s.Backup
	if b.Days > 365 {
		c.bad(BadBackup, "backup.days", fmt.Sprint(b.Days), "0 to 365")
	}
	if b.ContinuousDays != 0 && b.ContinuousDays < 7 {
		c.bad(BadContinuous, "backup.continuousDays", fmt.Sprint(b.ContinuousDays), "0, or 7 to 35: so long Cloud Storage keeps what was deleted, at least")
	}
	if l := b.Lock; l.Mode != LockNone && (l.MinDays > 90 || l.MinDays >= b.Days) {
		c.bad(BadLock, "backup.lock.minDays", fmt.Sprint(l.MinDays), "at most 90, and less than backup.days", "backup.days")
	}
}

func (c *checker) gcpBudget() {
	id, budget := c.s.GCP.BillingAccount, c.s.Costs.MonthlyBudgetUSD
	switch {
	case id != "" && !gcpBillingShape.MatchString(id):
		c.bad(BadProject, "gcp.billingAccount", shown(id), "a billing account such as 012345-6789AB-CDEF01")
	case id == "" && budget > 0:
		c.missing("gcp.billingAccount", "the billing account of the budget, such as 012345-6789AB-CDEF01")
	}
}
