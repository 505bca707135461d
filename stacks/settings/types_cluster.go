package settings

// Cluster is a Kubernetes cluster.
type Cluster struct {
	// Version is the Kubernetes minor version, such as "1.34" (in quotes); the
	// versions file names the ones that are supported.
	Version string `yaml:"version"`
	// Endpoint is where the Kubernetes API answers.
	Endpoint Endpoint `yaml:"endpoint"`
	// Access lets cloud roles into the cluster, by a name of yours. The role
	// that runs Pulumi needs an entry here too.
	Access map[string]Access `yaml:"access"`
	// ServiceCIDR is the range of the cluster's services, outside the network.
	ServiceCIDR string `yaml:"serviceCidr"`
	// UpgradePolicy is what happens at the end of a version's standard support:
	// STANDARD upgrades the control plane by itself, EXTENDED pays to stay.
	UpgradePolicy UpgradePolicy `yaml:"upgradePolicy"`
	// NodeGroups are the groups of nodes, by name.
	NodeGroups map[string]NodeGroup `yaml:"nodeGroups"`
}

// UpgradePolicy is a Kubernetes version's support type.
type UpgradePolicy string

// The upgrade policies.
const (
	StandardSupport UpgradePolicy = "STANDARD"
	ExtendedSupport UpgradePolicy = "EXTENDED"
)

// Endpoint is where the Kubernetes API answers.
type Endpoint struct {
	// Mode is private (from inside the network only), restricted (also from the
	// ranges in cidrs) or public (from anywhere).
	Mode EndpointMode `yaml:"mode"`
	// CIDRs are the public ranges that may call the API when mode is restricted.
	CIDRs []string `yaml:"cidrs"`
	// ProxyURL is the proxy through which Pulumi and kubectl reach a private
	// API, such as socks5://localhost:1080 at the end of an SSM tunnel.
	ProxyURL string `yaml:"proxyUrl"`
}

// EndpointMode is how far the Kubernetes API can be reached.
type EndpointMode string

// The endpoint modes.
const (
	EndpointPrivate    EndpointMode = "private"
	EndpointRestricted EndpointMode = "restricted"
	EndpointPublic     EndpointMode = "public"
)

// Access is what a cloud role may do in the cluster.
type Access struct {
	// Role is who: the ARN of a role on AWS; a member such as
	// group:oncall@example.com on Google Cloud; the object id of a group, user or
	// service principal on Azure.
	Role string `yaml:"role"`
	// Level is clusterAdmin, admin, edit or view.
	Level AccessLevel `yaml:"level"`
	// Namespaces limits the access to these; empty means all. A clusterAdmin
	// has no limit.
	Namespaces []string `yaml:"namespaces"`
}

// AccessLevel is a level of access to a cluster.
type AccessLevel string

// The access levels.
const (
	AccessClusterAdmin AccessLevel = "clusterAdmin"
	AccessAdmin        AccessLevel = "admin"
	AccessEdit         AccessLevel = "edit"
	AccessView         AccessLevel = "view"
)

// NodeGroup is a group of like nodes. On Google Cloud and Azure its autoscaler grows
// and shrinks it; on AWS it stays as large as it was made, and the pools of operators
// grow.
type NodeGroup struct {
	// Instances are the instance types, all of one CPU architecture; the first
	// that the cloud has is taken.
	Instances []string `yaml:"instances"`
	// Min is the fewest nodes.
	Min int `yaml:"min"`
	// Max is the most nodes.
	Max int `yaml:"max"`
	// Initial is the number of nodes at creation, min if 0; later the autoscaler
	// decides, where there is one.
	Initial int `yaml:"initial"`
	// Spot takes spare capacity: cheap, and taken back at two minutes' notice.
	Spot bool `yaml:"spot"`
	// GPU takes the machine image with the GPU's drivers.
	GPU bool `yaml:"gpu"`
	// DiskGiB is the size of a node's encrypted disk in GiB.
	DiskGiB int `yaml:"diskGiB"`
	// Labels are Kubernetes labels on the nodes.
	Labels map[string]string `yaml:"labels"`
	// Taints keep away the pods that do not tolerate them, by key.
	Taints map[string]Taint `yaml:"taints"`
}

// Taint is a Kubernetes taint.
type Taint struct {
	// Value is the taint's value.
	Value string `yaml:"value"`
	// Effect is NoSchedule, PreferNoSchedule or NoExecute.
	Effect TaintEffect `yaml:"effect"`
}

// TaintEffect is what a taint does to pods that do not tolerate it.
type TaintEffect string

// The taint effects.
const (
	NoSchedule       TaintEffect = "NoSchedule"
	PreferNoSchedule TaintEffect = "PreferNoSchedule"
	NoExecute        TaintEffect = "NoExecute"
)
