// Package settings is the configuration of one stack, in three steps that never
// mix: load (strict, typed, with the position of every value), defaults
// (values, each with its reason) and validation (pure, all problems at once).
package settings

// Settings is everything that a stack file may say: the whole configuration of
// one environment. Its keys stand in Pulumi.<stack>.yaml below the project's
// name (explico:region, explico:network, …).
//
// The doc comment of a field is its documentation: docs/reference/settings.md
// is printed from this file.
type Settings struct {
	// Cloud is the cloud the stack is built on: aws, gcp, azure or local.
	Cloud Cloud `yaml:"cloud"`
	// Region is the cloud's name of the stack's home region, such as eu-west-1.
	Region string `yaml:"region"`
	// Owner says who answers for the stack and who pays for it; it becomes tags
	// on every resource.
	Owner Owner `yaml:"owner"`
	// Protect guards what holds data: deletion protection in the cloud and in
	// Pulumi, final snapshots, changes to the database in its maintenance window
	// only. A protected stack must be highly available.
	Protect bool `yaml:"protect"`
	// Disposable says that the stack's data may be lost with it: taking it down
	// leaves no final snapshot, no backups, and empties the buckets. Without it,
	// a database leaves a snapshot and its key, and a bucket that holds anything
	// is not deleted.
	Disposable bool `yaml:"disposable"`
	// Recovery is what the stack promises after a disaster. The settings are
	// refused where they cannot keep the promise.
	Recovery Recovery `yaml:"recovery"`
	// AWS is what only an AWS account needs.
	AWS AWS `yaml:"aws"`
	// GCP is what only a project of Google Cloud needs.
	GCP GCP `yaml:"gcp"`
	// Azure is what only a subscription of Azure needs.
	Azure Azure `yaml:"azure"`
	// Domain is the public name the platform is served under. Without one the
	// CDN answers under the cloud's own name.
	Domain Domain `yaml:"domain"`
	// Network is the stack's private network.
	Network Network `yaml:"network"`
	// Compute is what runs the platform's services: kubernetes or ecs. Settings
	// that the one cannot honour are refused with it.
	Compute Compute `yaml:"compute"`
	// Cluster is the Kubernetes cluster.
	Cluster Cluster `yaml:"cluster"`
	// Local is the cluster on a developer's machine, with cloud: local.
	Local Local `yaml:"local"`
	// Namespaces are the most that each namespace of the cluster may use.
	Namespaces map[string]Quota `yaml:"namespaces"`
	// Admission is what pods of the product must be like to be let in.
	Admission Admission `yaml:"admission"`
	// Mesh is the service mesh in the cluster.
	Mesh Mesh `yaml:"mesh"`
	// Ingress is the way in from the internet to the cluster.
	Ingress Ingress `yaml:"ingress"`
	// Operators are what runs in the cluster for others.
	Operators Operators `yaml:"operators"`
	// Ecs is the platform's services on ECS, with compute: ecs.
	Ecs Ecs `yaml:"ecs"`
	// Services are the product's services on Kubernetes, by name.
	Services map[string]Service `yaml:"services"`
	// Jobs are the product's jobs on Kubernetes, by name.
	Jobs map[string]Job `yaml:"jobs"`
	// Database is the PostgreSQL database.
	Database Database `yaml:"database"`
	// Cache is the cache, which speaks the Redis protocol.
	Cache Cache `yaml:"cache"`
	// Buckets are the object stores.
	Buckets Buckets `yaml:"buckets"`
	// Secrets says where the secrets of applications are, and who reads them.
	Secrets Secrets `yaml:"secrets"`
	// Registry is the image registry.
	Registry Registry `yaml:"registry"`
	// CDN serves the frontend.
	CDN CDN `yaml:"cdn"`
	// WAF refuses requests before they reach the CDN's origins.
	WAF WAF `yaml:"waf"`
	// Shield is AWS Shield Advanced, against floods: 3,000 USD a month.
	Shield Shield `yaml:"shield"`
	// Logs says how long the logs of the infrastructure are kept.
	Logs Logs `yaml:"logs"`
	// Logging is where the logs of what runs in the cluster go.
	Logging Logging `yaml:"logging"`
	// Tracing is where traces go.
	Tracing Tracing `yaml:"tracing"`
	// Alerts says who hears of trouble.
	Alerts Alerts `yaml:"alerts"`
	// Security is what makes the account an audited one.
	Security Security `yaml:"security"`
	// CI lets jobs on GitHub preview and deploy the stack without keys.
	CI CI `yaml:"ci"`
	// Backup keeps copies of the stack's data apart from it.
	Backup Backup `yaml:"backup"`
	// Costs says what the stack may cost, and when it stands still.
	Costs Costs `yaml:"costs"`
	// Metrics is Prometheus, Grafana and what they watch.
	Metrics Metrics `yaml:"metrics"`
	// OnCall says who is called when an alert of the cluster pages.
	OnCall OnCall `yaml:"oncall"`
	// Usage is how much the stack is used, for the estimate of what it costs.
	Usage Usage `yaml:"usage"`
	// Commitments are reserved instances and savings plans that pay for parts of
	// the stack, by a name of yours.
	Commitments map[string]Commitment `yaml:"commitments"`
}

// Cloud is the name of a cloud.
type Cloud string

// The clouds.
const (
	AWSCloud   Cloud = "aws"
	GCPCloud   Cloud = "gcp"
	AzureCloud Cloud = "azure"
	LocalCloud Cloud = "local"
)

// Owner names who answers for a stack.
type Owner struct {
	// Team answers for the stack: the tag "team".
	Team string `yaml:"team"`
	// CostCentre pays for the stack: the tag "cost-centre".
	CostCentre string `yaml:"costCentre"`
}

// Recovery is a promise about disasters. Zero promises nothing.
type Recovery struct {
	// RTO is the longest time until the platform serves again, such as 4h.
	RTO Duration `yaml:"rto"`
	// RPO is the longest time whose data may be lost, such as 1h.
	RPO Duration `yaml:"rpo"`
}

// AWS is what only an AWS account needs.
type AWS struct {
	// AccountID is the only account that the stack may touch, twelve digits.
	// Without it the stack goes wherever the credentials lead.
	AccountID string `yaml:"accountId"`
	// AssumeRole is the ARN of a role to assume for everything the stack does.
	AssumeRole string `yaml:"assumeRole"`
}

// Network is a private network over several zones.
type Network struct {
	// CIDR is the network's IPv4 range, between /16 and /20. Each zone takes
	// fixed parts of it: see Zones.
	CIDR string `yaml:"cidr"`
	// Zones is the ledger of zones: the zone's name and its slot, 0 to 5, in the
	// network's range. A slot decides the ranges of the zone's subnets for ever,
	// so zones come and go without touching one another. Never give a slot to
	// another zone while the first one's subnets exist.
	Zones map[string]int `yaml:"zones"`
	// NAT is how private subnets reach the internet: none, single (one gateway
	// for all zones) or perZone.
	NAT NATMode `yaml:"nat"`
	// NATZone is the zone that holds the gateway when nat is single; the zone
	// with the lowest slot if empty.
	NATZone string `yaml:"natZone"`
	// PodCIDR is a second IPv4 range for pods alone, such as 100.64.0.0/16.
	// Without one pods take addresses of the private subnets.
	PodCIDR string `yaml:"podCidr"`
	// IPv6 adds an IPv6 range to the network and its subnets (dual stack).
	IPv6 bool `yaml:"ipv6"`
	// Endpoints are the cloud services reached over private interface endpoints,
	// by their short names (ecr.api, ecr.dkr, sts, logs, ec2 …). S3 and DynamoDB
	// always have a gateway endpoint, which is free.
	Endpoints []string `yaml:"endpoints"`
	// FlowLogs says which traffic is recorded: ALL or REJECT.
	FlowLogs FlowLogs `yaml:"flowLogs"`
}

// NATMode is how private subnets reach the internet.
type NATMode string

// The NAT modes.
const (
	NATNone    NATMode = "none"
	NATSingle  NATMode = "single"
	NATPerZone NATMode = "perZone"
)

// FlowLogs is the traffic that flow logs record.
type FlowLogs string

// The flow log modes.
const (
	FlowLogsAll    FlowLogs = "ALL"
	FlowLogsReject FlowLogs = "REJECT"
)

// Database is a PostgreSQL database.
type Database struct {
	// Name is the name of the first database inside the server.
	Name string `yaml:"name"`
	// EngineVersion is the PostgreSQL version in quotes: "17", whose minor
	// versions RDS takes by itself in the maintenance window, or "17.6", which
	// stays there until it is changed here.
	EngineVersion string `yaml:"engineVersion"`
	// MajorUpgrade lets engineVersion name a newer major version than the one
	// that runs, in a protected stack. The upgrade happens at once, and there is
	// no way back but a restore: set it for one update.
	MajorUpgrade bool `yaml:"majorUpgrade"`
	// Instance is the instance class, such as db.m7g.large.
	Instance string `yaml:"instance"`
	// StorageGiB is the storage at creation in GiB.
	StorageGiB int `yaml:"storageGiB"`
	// MaxStorageGiB is how far the storage grows by itself, in GiB.
	MaxStorageGiB int `yaml:"maxStorageGiB"`
	// MultiAZ keeps a standby in another zone.
	MultiAZ bool `yaml:"multiAz"`
	// Password is the master user's password. Without one, RDS makes it, keeps
	// it in Secrets Manager and rotates it. Read replicas need one:
	// pulumi config set --secret --path 'explico:database.password'.
	Password Secret `yaml:"password"`
	// Replicas is the number of read replicas. RDS makes none of a database
	// whose password it keeps itself: set password too.
	Replicas int `yaml:"replicas"`
	// BackupDays is how many days back the database can be restored to any
	// moment (point-in-time recovery), 1 to 35.
	BackupDays int `yaml:"backupDays"`
	// InsightsDays is how long Performance Insights keeps its data, in days: 7
	// (free), a multiple of 31, or 731.
	InsightsDays int `yaml:"insightsDays"`
	// Parameters are PostgreSQL parameters over the defaults.
	Parameters map[string]string `yaml:"parameters"`
	// Proxy puts a connection pool before the database, which shares few
	// connections among many clients and holds them through a failover.
	Proxy bool `yaml:"proxy"`
	// Restore is what the database begins with when it is made: empty if nothing.
	Restore Restore `yaml:"restore"`
}

// Buckets are the object stores.
type Buckets struct {
	// Assets holds the built frontend, which the CDN serves.
	Assets Bucket `yaml:"assets"`
	// Uploads holds what users upload.
	Uploads Bucket `yaml:"uploads"`
	// Logs holds access logs.
	Logs Bucket `yaml:"logs"`
	// Backups holds backups of what has no backup of its own.
	Backups Bucket `yaml:"backups"`
}

// Bucket is one object store. All days count from an object's creation; 0
// means never.
type Bucket struct {
	// InfrequentDays moves objects to infrequent access after these days, at
	// least 30.
	InfrequentDays int `yaml:"infrequentDays"`
	// ArchiveDays moves objects to the archive tier after these days.
	ArchiveDays int `yaml:"archiveDays"`
	// IntelligentTiering leaves it to the cloud to move objects to the tier that is
	// cheapest for how often they are read, instead of the days above.
	IntelligentTiering bool `yaml:"intelligentTiering"`
	// ExpireDays deletes objects after these days.
	ExpireDays int `yaml:"expireDays"`
	// NoncurrentDays deletes overwritten and deleted versions after these days.
	NoncurrentDays int `yaml:"noncurrentDays"`
	// ReplicateTo is the ARN of an existing versioned bucket that gets a copy
	// of everything.
	ReplicateTo string `yaml:"replicateTo"`
	// ReplicateKey is the ARN of the key that encrypts the copies, in the region
	// of replicateTo. The objects are encrypted, and a copy needs a key there.
	ReplicateKey string `yaml:"replicateKey"`
	// Inventory is how often the objects are listed into the bucket of logs: none,
	// daily or weekly.
	Inventory Inventory `yaml:"inventory"`
}

// Logs says how long infrastructure logs are kept. The cloud takes certain
// numbers of days only: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400 …
type Logs struct {
	// Days is for operational logs: flow logs, database logs.
	Days int `yaml:"days"`
	// AuditDays is for audit logs: the cluster's control plane.
	AuditDays int `yaml:"auditDays"`
}
