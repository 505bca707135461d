package settings

// GCP is what only a project of Google Cloud needs.
type GCP struct {
	// Project is the id of the only project that the stack may touch.
	Project string `yaml:"project"`
	// Impersonate is the e-mail address of a service account to act as for
	// everything the stack does.
	Impersonate string `yaml:"impersonate"`
	// BillingAccount is the id of the account that pays, such as
	// 012345-6789AB-CDEF01. A budget is one of it, in its currency.
	BillingAccount string `yaml:"billingAccount"`
	// SecurityGroup is the group gke-security-groups@<domain>. Without it the cluster
	// knows no groups, and cluster.access has people and service accounts alone.
	SecurityGroup string `yaml:"securityGroup"`
	// BinaryAuthorization has the project's policy say which images may run in the
	// cluster. A new project's policy lets all in.
	BinaryAuthorization bool `yaml:"binaryAuthorization"`
	// AutoProvisioning has GKE make node pools of its own for pods that fit into no
	// node group; none if it has no limits.
	AutoProvisioning AutoProvisioning `yaml:"autoProvisioning"`
	// ManagedPrometheus has Google collect the cluster's metrics for Cloud Monitoring,
	// by the sample, beside the platform's own Prometheus.
	ManagedPrometheus bool `yaml:"managedPrometheus"`
	// Exclusions are times in which GKE leaves the cluster alone, such as the days of
	// a sale, by a name of yours.
	Exclusions map[string]Exclusion `yaml:"exclusions"`
	// DatabaseUsers are the e-mail addresses of service accounts that log in to the
	// database with their identity and no password, by a name of yours. There each is
	// called by its address without .gserviceaccount.com, and may do what the
	// database's own GRANT says: nothing at first.
	DatabaseUsers map[string]string `yaml:"databaseUsers"`
	// FarReplica is a read replica of the database in another region, which can be
	// promoted when the stack's is lost; none without a region.
	FarReplica FarReplica `yaml:"farReplica"`
	// IdentityPool is the id of the pool of identities that ci makes, if not
	// <project>-<stack>-ci. A deleted pool keeps its id for 30 days.
	IdentityPool string `yaml:"identityPool"`
	// FirstRotation is when secrets with rotationDays are due the first time, such
	// as "2027-01-04T03:00:00Z" (in quotes): Secret Manager wants to know.
	FirstRotation string `yaml:"firstRotation"`
}

// AutoProvisioning are the limits of the whole cluster, node groups included.
type AutoProvisioning struct {
	// CPUs is the most processors.
	CPUs int `yaml:"cpus"`
	// MemoryGiB is the most memory in GiB.
	MemoryGiB int `yaml:"memoryGiB"`
	// GPUs is the most accelerators by their type, such as nvidia-l4.
	GPUs map[string]int `yaml:"gpus"`
}

// On says whether GKE makes node pools of its own.
func (a AutoProvisioning) On() bool { return a.CPUs != 0 || a.MemoryGiB != 0 || len(a.GPUs) > 0 }

// FarReplica is a read replica of the database in another region.
type FarReplica struct {
	// Region is where it is, such as europe-west4. A key there encrypts it. It is as
	// large as the database, and what is written goes there for the price of data
	// between regions.
	Region string `yaml:"region"`
}

// Exclusion is a time without upgrades.
type Exclusion struct {
	// Start is when it begins, such as "2026-12-20T00:00:00Z" (in quotes).
	Start string `yaml:"start"`
	// End is when it is over.
	End string `yaml:"end"`
	// Scope is what GKE leaves: NO_UPGRADES for everything, up to 30 days;
	// NO_MINOR_UPGRADES for Kubernetes' minor versions, or NO_MINOR_OR_NODE_UPGRADES
	// for those and for nodes.
	Scope ExclusionScope `yaml:"scope"`
}

// ExclusionScope is what an exclusion keeps GKE from.
type ExclusionScope string

// The scopes, as GKE calls them.
// Source: GKE docs, "Maintenance windows and exclusions", read 2026-11.
const (
	NoUpgrades            ExclusionScope = "NO_UPGRADES"
	NoMinorUpgrades       ExclusionScope = "NO_MINOR_UPGRADES"
	NoMinorOrNodeUpgrades ExclusionScope = "NO_MINOR_OR_NODE_UPGRADES"
)
