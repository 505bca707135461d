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
