package settings

import (
	"reflect"
	"strconv"
)

// Usage is how much the stack is used in a month: what its cost hangs on beside
// its size. Nothing is created from it. An estimate names each of these that it
// rests on. GB are 10⁹ bytes, as clouds bill them.
type Usage struct {
	// NodeGroups is how many nodes a group has on average, by its name, between its
	// min and max. Without it, the estimate takes the size at creation.
	NodeGroups map[string]int `yaml:"nodeGroups"`
	// Services is how many tasks a service on ECS has on average, by its name.
	// Without it, the estimate takes its min.
	Services map[string]int `yaml:"services"`
	// SpotPercent is what spare capacity costs, in percent of its on-demand price.
	SpotPercent int `yaml:"spotPercent"`
	// Network is what passes the network.
	Network NetworkUsage `yaml:"network"`
	// LoadBalancerUnits are the capacity units that a load balancer uses on average.
	LoadBalancerUnits int `yaml:"loadBalancerUnits"`
	// CDN is what viewers ask for.
	CDN CDNUsage `yaml:"cdn"`
	// DNSQueriesMillions are the queries to a created zone, in millions.
	DNSQueriesMillions int `yaml:"dnsQueriesMillions"`
	// Buckets is what lies in a bucket and what is done with it, by the bucket's
	// name (assets, uploads, logs, backups, security-audit); default stands for
	// those that are not named.
	Buckets map[string]BucketUsage `yaml:"buckets"`
	// Objects are the objects of all buckets.
	Objects ObjectUsage `yaml:"objects"`
	// ImagesGB is what the image registry holds.
	ImagesGB int `yaml:"imagesGB"`
	// Database is the database beyond its size.
	Database DatabaseUsage `yaml:"database"`
	// Cache is the cache beyond its size.
	Cache CacheUsage `yaml:"cache"`
	// Backup is what AWS Backup keeps.
	Backup BackupUsage `yaml:"backup"`
	// LogsGB is what a part of the stack logs, in GB: network, cluster, database,
	// cache, dns, waf, security, ecs, ecs-<service>, waf-services; default stands
	// for those that are not named.
	LogsGB map[string]int `yaml:"logsGB"`
	// AlertsThousand are the alerts sent, in thousands.
	AlertsThousand int `yaml:"alertsThousand"`
	// KeyRequestsThousand are the requests to keys, in thousands.
	KeyRequestsThousand int `yaml:"keyRequestsThousand"`
	// SecretRequestsThousand are the requests to secrets, in thousands.
	SecretRequestsThousand int `yaml:"secretRequestsThousand"`
	// Security is what the services that audit the account look at.
	Security SecurityUsage `yaml:"security"`
}

// NetworkUsage is what passes the network, in GB.
type NetworkUsage struct {
	// NATGB passes all NAT gateways together.
	NATGB int `yaml:"natGB"`
	// EndpointGB passes all interface endpoints together.
	EndpointGB int `yaml:"endpointGB"`
	// InternetGB leaves for the internet, not through the CDN.
	InternetGB int `yaml:"internetGB"`
	// ZoneGB crosses from one zone to another.
	ZoneGB int `yaml:"zoneGB"`
}

// CDNUsage is what viewers ask of the CDN.
type CDNUsage struct {
	// GB is what they are sent.
	GB int `yaml:"gb"`
	// RequestsMillions are their requests, in millions; the WAF looks at as many.
	RequestsMillions int `yaml:"requestsMillions"`
	// LogsGB are the logs of it.
	LogsGB int `yaml:"logsGB"`
}

// BucketUsage is a bucket's content and its use.
type BucketUsage struct {
	// GB is what lies in it, all versions.
	GB int `yaml:"gb"`
	// WritesThousand are writes and lists, in thousands.
	WritesThousand int `yaml:"writesThousand"`
	// ReadsThousand are reads, in thousands.
	ReadsThousand int `yaml:"readsThousand"`
}

// ObjectUsage are the objects of all buckets.
type ObjectUsage struct {
	// FrequentPercent is how much of what moves by itself is read every month.
	FrequentPercent int `yaml:"frequentPercent"`
	// KB is the size of an object.
	KB int `yaml:"kb"`
	// ListedMillions are the objects that inventories list, in millions.
	ListedMillions int `yaml:"listedMillions"`
	// ReplicatedGB is what is copied to another region.
	ReplicatedGB int `yaml:"replicatedGB"`
}

// DatabaseUsage is the database beyond its size.
type DatabaseUsage struct {
	// BackupGB is what its backups take, of which as much as its storage is free.
	BackupGB int `yaml:"backupGB"`
}

// CacheUsage is the cache beyond its size.
type CacheUsage struct {
	// BackupGB is what the snapshots beyond the first take.
	BackupGB int `yaml:"backupGB"`
	// ServerlessGB is what a serverless cache holds.
	ServerlessGB int `yaml:"serverlessGB"`
	// ServerlessECPUMillions is the work that a serverless cache does, in millions of
	// its processing units.
	ServerlessECPUMillions int `yaml:"serverlessECPUMillions"`
}

// BackupUsage is what AWS Backup keeps, in GB, and its restore tests.
type BackupUsage struct {
	// DatabaseGB are the backups of databases.
	DatabaseGB int `yaml:"databaseGB"`
	// VolumesGB are those of volumes.
	VolumesGB int `yaml:"volumesGB"`
	// BucketsGB are those of buckets.
	BucketsGB int `yaml:"bucketsGB"`
	// RestoreTests are the restores of a month's test.
	RestoreTests int `yaml:"restoreTests"`
}

// SecurityUsage is what the services look at that audit the account.
type SecurityUsage struct {
	// ConfigItems are the changes that AWS Config records.
	ConfigItems int `yaml:"configItems"`
	// RuleEvaluationsThousand are the evaluations of its rules, in thousands.
	RuleEvaluationsThousand int `yaml:"ruleEvaluationsThousand"`
	// ManagementEventsHundredThousand are the management events of trails beyond the
	// account's first, in hundreds of thousands.
	ManagementEventsHundredThousand int `yaml:"managementEventsHundredThousand"`
	// EventsMillions are the events that GuardDuty looks at, in millions.
	EventsMillions int `yaml:"eventsMillions"`
	// ChecksThousand are the checks of Security Hub, in thousands.
	ChecksThousand int `yaml:"checksThousand"`
	// Scans are the instances and images that Inspector looks at.
	Scans int `yaml:"scans"`
}

// Commitment is something that was committed to for a year or three: a reserved
// instance, or a savings plan. It is paid whether it is used or not.
type Commitment struct {
	// Kind is reserved (instances of one type) or savingsPlan (any).
	Kind CommitmentKind `yaml:"kind"`
	// Service is what it is for: nodes, tasks, database or cache.
	Service CommittedService `yaml:"service"`
	// Instance is the reserved type, such as db.m7g.large.
	Instance string `yaml:"instance"`
	// Count is how many instances are reserved.
	Count int `yaml:"count"`
	// HourlyUSD is paid every hour, of one instance or for the whole plan, in quotes:
	// "0.102".
	HourlyUSD string `yaml:"hourlyUSD"`
	// UpfrontUSD was paid at the beginning, likewise.
	UpfrontUSD string `yaml:"upfrontUSD"`
	// Months is how long it holds: 12 or 36. What was paid upfront is spread over
	// them.
	Months int `yaml:"months"`
	// DiscountPercent is how much less a savings plan pays than on demand.
	DiscountPercent int `yaml:"discountPercent"`
}

// CommitmentKind is a kind of commitment.
type CommitmentKind string

// The kinds of commitments.
const (
	ReservedInstances CommitmentKind = "reserved"
	SavingsPlan       CommitmentKind = "savingsPlan"
)

// CommittedService is what a commitment is for.
type CommittedService string

// What can be committed to.
const (
	CommittedNodes    CommittedService = "nodes"
	CommittedTasks    CommittedService = "tasks"
	CommittedDatabase CommittedService = "database"
	CommittedCache    CommittedService = "cache"
)

// OverBudget is what happens when the estimate is above the budget.
type OverBudget string

// What happens over budget.
const (
	WarnOverBudget   OverBudget = "warn"
	RefuseOverBudget OverBudget = "refuse"
)

// Amounts are the assumptions as numbers by their path below usage, such as
// network.natGB.
func (u Usage) Amounts() map[string]int {
	all := map[string]string{}
	flatten("", reflect.ValueOf(u), all)
	amounts := map[string]int{}
	for path, text := range all {
		if n, err := strconv.Atoi(text); err == nil { // an empty map has no number
			amounts[path] = n
		}
	}
	return amounts
}
