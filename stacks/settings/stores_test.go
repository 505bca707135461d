package settings

import (
	"slices"
	"testing"
)

const rotator = "arn:aws:lambda:eu-west-1:999900001111:function:rotate"

var serverless = set("cache.mode", "serverless")

// vaultStore has the secrets be in a good Vault.
func vaultStore(more ...edit) []edit {
	return append(with(set("secrets.store", "vault"), set("secrets.vault.address", "https://vault.example.com:8200"), set("secrets.vault.role", "explico")), more...)
}

// storeBreaches are the bad examples of the rules of caches, restores, secrets
// and images.
var storeBreaches = []breach{
	{BadStore, "secrets.store", with(set("secrets.store", "gcp"))},
	{UnknownWord, "cache.engine", with(set("cache.engine", "memcached"))},
	{UnknownWord, "buckets.uploads.inventory", with(set("buckets.uploads.inventory", "hourly"))},
	{BadCacheNode, "cache.node", with(set("cache.node", "m7g.large"))},
	{BadCacheNode, "cache.node", with(set("cache.node", "cache.m7g.medium"))},
	{BadCacheNode, "cache.node", with(set("cache.node", "cache.z9.large"))},
	{MixedCache, "cache.node", with(serverless, set("cache.node", "cache.m7g.large"))},
	{MixedCache, "cache.shards", with(serverless, set("cache.shards", 2))},
	{MixedCache, "cache.replicas", with(serverless, set("cache.replicas", 1))},
	{MixedCache, "cache.multiAz", with(serverless, set("cache.multiAz", true))},
	{MixedCache, "cache.parameters", with(serverless, set("cache.parameters.timeout", "60"))},
	{MixedCache, "cache.storageGB", with(set("cache.storageGB", 5))},
	{MixedCache, "cache.ecpus", with(set("cache.ecpus", 5000))},
	{BadCacheVersion, "cache.engineVersion", with(set("cache.engineVersion", "9.9"))},
	{BadCacheVersion, "cache.engineVersion", with(set("cache.engine", "redis"))},
	{BadCacheVersion, "cache.engineVersion", with(set("cache.engine", "redis"), set("cache.engineVersion", "6.2"))},
	{BadCacheShape, "cache.shards", with(set("cache.shards", 91))},
	{BadCacheShape, "cache.replicas", with(set("cache.replicas", 6))},
	{BadCacheShape, "cache.replicas", with(set("cache.replicas", -1))},
	{BadCacheShape, "cache.multiAz", with(set("cache.multiAz", true))},
	{BadSnapshots, "cache.snapshotDays", with(set("cache.snapshotDays", 0))},
	{BadSnapshots, "cache.snapshotDays", with(set("cache.snapshotDays", 36))},
	{BadCacheUser, "cache.users", with(set("cache.users", map[string]any{"app": nil}))},
	{BadCacheUser, "cache.users.default", with(set("cache.users.default.access", "on +@all"))},
	{BadCacheUser, "cache.users.app.access", with(set("cache.users.app.access", "off ~* +@all"))},
	{BadCacheUser, "cache.users.app.access", with(set("cache.users.app.access", "on nopass ~* +@all"))},
	{BadCacheUser, "cache.users.app.access", with(set("cache.users.app.access", "on >hunter22 ~* +@all"))},
	{BadCacheUser, "cache.users.jobs.access", with(set("cache.users.jobs.serviceAccounts", []string{"jobs/jobs"}))},
	{BadCacheUser, "cache.users.app.serviceAccounts[0]", with(set("cache.users.app.serviceAccounts", []string{"backend"}))},
	{BadName, "cache.users.App", with(set("cache.users.App.access", "on +@all"))},
	{BadCacheLimit, "cache.storageGB", with(serverless, set("cache.storageGB", 5001))},
	{BadCacheLimit, "cache.ecpus", with(serverless, set("cache.ecpus", 999))},
	{BadCacheParam, "cache.parameters.cluster-enabled", with(set("cache.parameters.cluster-enabled", "yes"))},
	{BadCacheParam, "cache.parameters.Timeout", with(set("cache.parameters.Timeout", "60"))},
	{BrokenProtect, "cache.multiAz", with(set("protect", true))},
	{BadRestore, "database.restore.snapshot", with(set("database.restore.snapshot", "a"), set("database.restore.from", "b"), set("database.restore.time", "latest"))},
	{BadRestore, "database.restore.time", with(set("database.restore.time", "latest"))},
	{BadRestore, "database.restore.time", with(set("database.restore.from", "b"))},
	{BadRestore, "database.restore.time", with(set("database.restore.from", "b"), set("database.restore.time", "yesterday"))},
	{BadRestore, "database.restore.time", with(set("database.restore.snapshot", "a"), set("database.restore.time", "latest"))},
	{MixedTiering, "buckets.uploads.infrequentDays", with(set("buckets.uploads.intelligentTiering", true))},
	{MixedTiering, "buckets.logs.archiveDays", with(set("buckets.logs.intelligentTiering", true))},
	{BadSecret, "secrets.names.Stripe", with(set("secrets.names.Stripe.purpose", "payments"))},
	{BadSecret, "secrets.names.database", with(set("secrets.names.database.purpose", "taken"))},
	{BadSecret, "secrets.names.stripe.purpose", with(set("secrets.names.stripe.rotationDays", 0))},
	{BadRotation, "secrets.names.backend.rotationDays", with(set("secrets.names.backend.rotationDays", 91), set("secrets.names.backend.rotationFunction", rotator))},
	{BadRotation, "secrets.names.backend.rotationFunction", with(set("secrets.names.backend.rotationDays", 30))},
	{BadRotation, "secrets.names.backend.rotationDays", with(set("secrets.names.backend.rotationFunction", rotator))},
	{BadRotation, "secrets.names.backend.rotationFunction", with(set("secrets.names.backend.rotationDays", 30), set("secrets.names.backend.rotationFunction", "rotate"))},
	{BadReader, "secrets.readers.api.serviceAccount", with(set("secrets.readers.api.secrets", []string{"backend"}))},
	{BadReader, "secrets.readers.api.secrets", with(set("secrets.readers.api.serviceAccount", "backend/api"))},
	{BadReader, "secrets.readers.api.secrets[0]", with(set("secrets.readers.api.serviceAccount", "backend/api"), set("secrets.readers.api.secrets", []string{"backnd"}))},
	{BadReader, "secrets.readers.api.secrets[1]", with(set("secrets.readers.api.serviceAccount", "backend/api"), set("secrets.readers.api.secrets", []string{"backend", "backend"}))},
	{BadVault, "secrets.vault.address", vaultStore(set("secrets.vault.address", "http://vault.example.com"))},
	{BadVault, "secrets.vault.address", vaultStore(set("secrets.vault.address", "https://token@vault.example.com"))},
	{BadVault, "secrets.vault.address", vaultStore(set("secrets.vault.address", "https://vault.example.com:70000"))},
	{BadVault, "secrets.vault.role", vaultStore(set("secrets.vault.role", nil))},
	{BadVault, "secrets.vault.authMount", vaultStore(set("secrets.vault.authMount", "/kubernetes/"))},
	{BadVault, "secrets.vault.path", vaultStore(set("secrets.vault.path", "a b"))},
	{VaultOnly, "secrets.vault.address", with(set("secrets.vault.address", "https://vault.example.com"))},
	{VaultOnly, "secrets.names.backend.rotationDays", vaultStore(set("secrets.names.backend.rotationDays", 30))},
	{BadImage, "registry.images", with(set("registry.images", []string{}))},
	{BadImage, "registry.images[0]", with(set("registry.images", []string{"Backend"}))},
	{BadImage, "registry.images[1]", with(set("registry.images", []string{"backend", "backend"}))},
	{BadImageKeeping, "registry.untaggedDays", with(set("registry.untaggedDays", 0))},
	{BadImageKeeping, "registry.keepImages", with(set("registry.keepImages", -1))},
	{BadMirror, "registry.mirrors[0]", with(set("registry.mirrors", []string{"docker.io"}))},
	{BadMirror, "registry.mirrors[1]", with(set("registry.mirrors", []string{"quay.io", "quay.io"}))},
	{BadPuller, "registry.pullAccounts[0]", with(set("registry.pullAccounts", []string{"1234"}))},
	{BadPuller, "registry.pullAccounts[0]", with(set("aws.accountId", "999900001111"), set("registry.pullAccounts", []string{"999900001111"}))},
	{ExampleValue, "registry.pullAccounts[0]", with(set("registry.pullAccounts", []string{"111122223333"}))},
}

// What the rules must leave alone.
func TestGoodStores(t *testing.T) {
	for name, edits := range map[string][]edit{
		"serverless":      with(serverless),
		"serverless, big": with(serverless, set("cache.storageGB", 100), set("cache.ecpus", 100000)),
		"redis":           with(set("cache.engine", "redis"), set("cache.engineVersion", "7.1")),
		"shards":          with(set("cache.shards", 3), set("cache.replicas", 1), set("cache.multiAz", true), set("cache.parameters.maxmemory-policy", "allkeys-lru")),
		"another user":    with(set("cache.users.jobs.access", "on ~jobs:* +@all"), set("cache.users.jobs.serviceAccounts", []string{"jobs/jobs"})),
		"vault":           vaultStore(),
		"rotation":        with(set("secrets.names.backend.rotationDays", 90), set("secrets.names.backend.rotationFunction", rotator)),
		"snapshot":        with(set("database.restore.snapshot", "explico-prod-database-1a2b3c4-final")),
		"moment":          with(set("database.restore.from", "explico-prod-database-1a2b3c4"), set("database.restore.time", "2026-11-02T08:30:00Z")),
		"tiering":         with(set("buckets.uploads.intelligentTiering", true), set("buckets.uploads.infrequentDays", 0), set("buckets.uploads.inventory", "daily")),
		"mirrors":         with(set("registry.mirrors", []string{"public.ecr.aws", "registry.k8s.io"})),
	} {
		if s, all := loadYAML(goodFile(t, edits...)); s == nil || len(all) > 0 {
			t.Errorf("%s has problems:\n%s", name, lines(all))
		}
	}
}

// The sizes of a cache follow from its mode, and a Vault's paths from being one.
func TestDerivedStores(t *testing.T) {
	s, _ := loadYAML(goodFile(t))
	if c := s.Cache; c.Node != "cache.t4g.micro" || c.Shards != 1 || c.StorageGB != 0 || s.Secrets.Vault != (Vault{}) {
		t.Errorf("a cache of nodes: got %+v, Vault %+v", c, s.Secrets.Vault)
	}
	s, _ = loadYAML(goodFile(t, vaultStore(serverless)...))
	if c := s.Cache; c.Node != "" || c.Shards != 0 || c.StorageGB == 0 || c.ECPUs == 0 {
		t.Errorf("a serverless cache: got %+v", c)
	}
	if v := s.Secrets.Vault; v.AuthMount != "kubernetes" || v.Path != "secret" {
		t.Errorf("a Vault: got %+v", v)
	}
	if r := Defaults(AWSCloud).Secrets.Readers["external-secrets"]; !slices.Contains(r.Secrets, "database") {
		t.Errorf("the operator cannot read how to connect to the database: %v", r.Secrets)
	}
}

// A Vault answers where its address says, and where HTTPS does if that says nothing.
func TestPortOfAVault(t *testing.T) {
	for address, want := range map[string]int{
		"https://vault.example.com": 443, "https://vault.example.com:8200": 8200, "https://vault.example.com:0": 0, "https://vault.example.com:65536": 0,
	} {
		if got := (Vault{Address: address}).Port(); got != want {
			t.Errorf("%s: got %d, want %d", address, got, want)
		}
	}
}
