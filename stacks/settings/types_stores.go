package settings

import (
	"strconv"
	"strings"
)

// Restore is what a database begins with when it is made, instead of nothing. A
// database that is there already stays as it is.
type Restore struct {
	// Snapshot is the name or the ARN of a snapshot, encrypted with the stack's
	// key.
	Snapshot string `yaml:"snapshot"`
	// From is the identifier of another database of the account, with backups.
	From string `yaml:"from"`
	// Time is the moment of the other database's data: latest, or a time such as
	// 2026-11-02T08:30:00Z (in quotes).
	Time string `yaml:"time"`
}

// Inventory is how often the objects of a bucket are listed.
type Inventory string

// The inventories.
const (
	NoInventory     Inventory = "none"
	DailyInventory  Inventory = "daily"
	WeeklyInventory Inventory = "weekly"
)

func (Inventory) words() []string {
	return []string{string(NoInventory), string(DailyInventory), string(WeeklyInventory)}
}

// Cache is a cache that speaks the Redis protocol.
type Cache struct {
	// Engine is valkey or redis (Redis OSS, which costs a quarter more).
	Engine CacheEngine `yaml:"engine"`
	// EngineVersion is the engine's version, such as "8.1" (in quotes).
	EngineVersion string `yaml:"engineVersion"`
	// Mode is nodes (of a size that you choose) or serverless (paid for by use).
	Mode CacheMode `yaml:"mode"`
	// Node is the type of the nodes: cache.t4g.micro, the smallest, if empty.
	Node string `yaml:"node"`
	// Shards is the number of parts that the keys are split over, 1 if 0. With
	// more than one, clients must know Redis Cluster.
	Shards int `yaml:"shards"`
	// Replicas is the number of further copies of each part, 0 to 5.
	Replicas int `yaml:"replicas"`
	// MultiAZ spreads the copies over zones; one takes over when the first fails.
	MultiAZ bool `yaml:"multiAz"`
	// Parameters are parameters of the engine over its defaults.
	Parameters map[string]string `yaml:"parameters"`
	// StorageGB is the most data that a serverless cache holds, in GB: 10 if 0.
	StorageGB int `yaml:"storageGB"`
	// ECPUs is the most processing units a second that a serverless cache uses:
	// 5000 if 0.
	ECPUs int `yaml:"ecpus"`
	// SnapshotDays is how long daily snapshots are kept, 1 to 35.
	SnapshotDays int `yaml:"snapshotDays"`
	// Users are who may log in, by a name of yours.
	Users map[string]CacheUser `yaml:"users"`
}

// CacheEngine is the software of a cache.
type CacheEngine string

// The cache engines.
const (
	Valkey   CacheEngine = "valkey"
	RedisOSS CacheEngine = "redis"
)

func (CacheEngine) words() []string { return []string{string(Valkey), string(RedisOSS)} }

// CacheMode is what a cache is made of.
type CacheMode string

// The cache modes.
const (
	CacheNodes      CacheMode = "nodes"
	CacheServerless CacheMode = "serverless"
)

func (CacheMode) words() []string { return []string{string(CacheNodes), string(CacheServerless)} }

// CacheUser is one who may log in to the cache, with an identity of the cloud
// and no password.
type CacheUser struct {
	// Access is what the user may do, as in ACL SETUSER: on ~app:* +@all. On Azure it
	// is left out: everybody may do everything.
	Access string `yaml:"access"`
	// ServiceAccounts are the workloads that may log in as the user:
	// namespace/name of their service accounts.
	ServiceAccounts []string `yaml:"serviceAccounts"`
}

// Secrets says where the secrets of applications are, and who reads them.
type Secrets struct {
	// Store is the cloud's own, aws (Secrets Manager), gcp (Secret Manager) or azure
	// (Key Vault), or vault (a HashiCorp Vault of yours).
	Store SecretStore `yaml:"store"`
	// Vault is where the Vault is and how workloads log in to it.
	Vault Vault `yaml:"vault"`
	// Names are the secrets, by a name of yours. People and pipelines put their
	// values in; the program never has them.
	Names map[string]StoredSecret `yaml:"names"`
	// Readers are the workloads that may read secrets, by a name of yours.
	Readers map[string]SecretReader `yaml:"readers"`
}

// SecretStore is where the secrets of applications are.
type SecretStore string

// The secret stores.
const (
	AWSStore   SecretStore = "aws"
	GCPStore   SecretStore = "gcp"
	AzureStore SecretStore = "azure"
	VaultStore SecretStore = "vault"
)

func (SecretStore) words() []string {
	return []string{string(AWSStore), string(GCPStore), string(AzureStore), string(VaultStore)}
}

// Vault is a HashiCorp Vault and how workloads log in to it.
type Vault struct {
	// Address is its URL, such as https://vault.example.com:8200.
	Address string `yaml:"address"`
	// AuthMount is the path of its Kubernetes auth method: kubernetes if empty.
	AuthMount string `yaml:"authMount"`
	// Role is the role of that auth method that readers log in to.
	Role string `yaml:"role"`
	// Path is the mount of the key-value engine (version 2) that holds the
	// secrets: secret if empty. A secret is at <path>/<project>-<stack>/<name>.
	Path string `yaml:"path"`
}

// Port is the port of the address, 443 if it names none; 0 if it is no port.
func (v Vault) Port() int {
	_, host, _ := strings.Cut(v.Address, "://")
	_, text, named := strings.Cut(host, ":")
	if !named {
		return 443
	}
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return 0
	}
	return int(port)
}

// StoredSecret is one secret.
type StoredSecret struct {
	// Purpose says what the secret opens.
	Purpose string `yaml:"purpose"`
	// RotationDays is how old a value may become, at most 90; 0 for never.
	RotationDays int `yaml:"rotationDays"`
	// RotationFunction is the ARN of the Lambda function that makes a new value.
	RotationFunction string `yaml:"rotationFunction"`
}

// SecretReader is a workload that may read secrets.
type SecretReader struct {
	// ServiceAccount is the workload's service account: namespace/name.
	ServiceAccount string `yaml:"serviceAccount"`
	// Secrets are what it may read: names of secrets, and database (the master
	// user's name and password); and cache, where the cache has a password.
	Secrets []string `yaml:"secrets"`
}

// Registry is the image registry.
type Registry struct {
	// Images are the images, each in a repository of its own.
	Images []string `yaml:"images"`
	// UntaggedDays is how long images without a tag are kept.
	UntaggedDays int `yaml:"untaggedDays"`
	// KeepImages is how many images of a repository are kept; the oldest go.
	KeepImages int `yaml:"keepImages"`
	// PullAccounts are the numbers of other accounts that may pull.
	PullAccounts []string `yaml:"pullAccounts"`
	// Mirrors are public registries whose images are fetched through this one and
	// kept here: public.ecr.aws, registry.k8s.io, quay.io.
	Mirrors []string `yaml:"mirrors"`
}
