package settings

// The codes of caches, restores, secrets and images: 12x and 13x.
const (
	BadCacheNode    Code = "CFG120"
	MixedCache      Code = "CFG121"
	BadCacheVersion Code = "CFG122"
	BadCacheShape   Code = "CFG123"
	BadSnapshots    Code = "CFG124"
	BadCacheUser    Code = "CFG125"
	BadCacheLimit   Code = "CFG126"
	BadCacheParam   Code = "CFG127"
	BadRestore      Code = "CFG128"
	MixedTiering    Code = "CFG129"
	BadSecret       Code = "CFG130"
	BadRotation     Code = "CFG131"
	BadReader       Code = "CFG132"
	BadVault        Code = "CFG133"
	VaultOnly       Code = "CFG134"
	BadImage        Code = "CFG135"
	BadImageKeeping Code = "CFG136"
	BadMirror       Code = "CFG137"
	BadPuller       Code = "CFG138"
	BadStore        Code = "CFG139"
)

var storeRules = []Rule{
	{Code: BadCacheNode, Text: "ElastiCache offers the cache's node type."},
	{Code: MixedCache, Text: "A serverless cache has no nodes, replicas or parameters, and a cache of nodes no limits."},
	{Code: BadCacheVersion, Text: "ElastiCache offers the engine's version, and it lets users log in without a password."},
	{Code: BadCacheShape, Text: "A cache has 1 to 90 shards with 0 to 5 replicas each, and at least one replica to be in several zones."},
	{Code: BadSnapshots, Text: "A cache's snapshots are kept for 1 to 35 days."},
	{Code: BadCacheUser, Text: "Somebody may log in to the cache; a user's rights begin with on and hold no password; the workloads are namespace/name."},
	{Code: BadCacheLimit, Text: "A serverless cache holds 1 to 5000 GB and uses 1,000 to 15,000,000 processing units a second."},
	{Code: BadCacheParam, Text: "A parameter of the cache has a name of the engine, and leaves sharding to the program."},
	{Code: BadRestore, Text: "A database begins with a snapshot, or with another database at a time; not with both."},
	{Code: MixedTiering, Text: "Either S3 decides when objects move (intelligentTiering), or days do."},
	{Code: BadSecret, Text: "A secret has a short name that is free, and a purpose."},
	{Code: BadRotation, Text: "A secret is rotated after 1 to 90 days, by a function given by its ARN."},
	{Code: BadReader, Text: "A reader is a service account (namespace/name) that reads secrets there are."},
	{Code: BadVault, Text: "A Vault has an https address, a role and paths without a slash at either end."},
	{Code: VaultOnly, Text: "Settings of a Vault are given exactly when the store is vault; Vault itself rotates its secrets and says who reads them."},
	{Code: BadImage, Text: "There is at least one image, each with a repository's name, once."},
	{Code: BadImageKeeping, Text: "Images are kept for a day and one is kept, at least."},
	{Code: BadMirror, Text: "A mirror is a public registry that asks for no credentials, given once."},
	{Code: BadPuller, Text: "An account that may pull is twelve digits in quotes, and not the stack's own."},
	{Code: BadStore, Text: "Secrets are in the cloud's own store, or in a Vault."},
}
