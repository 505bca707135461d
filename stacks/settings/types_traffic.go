package settings

// Mesh is the service mesh, Istio: who may call whom, encrypted, and how often a
// call is tried.
type Mesh struct {
	// Mode is sidecar (a proxy in every pod), ambient (a proxy on every node, and
	// one in front of the services) or none. Canaries by weight need a mesh.
	Mode MeshMode `yaml:"mode"`
	// Hub is where Istio's images come from: a registry, perhaps with a path, such as
	// a mirror of your own. Docker Hub serves nodes behind one address 100 images in
	// six hours.
	Hub string `yaml:"hub"`
	// Retries is how often a call is tried again that never reached a service, or
	// that it refused: 0 to 5.
	Retries int `yaml:"retries"`
	// EjectAfter is how many failures in a row take a pod out of the rotation for
	// half a minute.
	EjectAfter int `yaml:"ejectAfter"`
	// TracePercent is the share of requests that are traced, 0 to 100.
	TracePercent int `yaml:"tracePercent"`
}

// MeshMode is how the mesh sees traffic.
type MeshMode string

// The modes of the mesh.
const (
	MeshSidecar MeshMode = "sidecar"
	MeshAmbient MeshMode = "ambient"
	MeshNone    MeshMode = "none"
)

// Ingress is the way in from the internet.
type Ingress struct {
	// Enabled makes the way in: a gateway of the mesh, and where there is a host a
	// load balancer with a certificate, and the WAF if that is enabled. Without it
	// the services are reached from inside the cluster alone.
	Enabled bool `yaml:"enabled"`
	// Host is the name that the services answer under: api. and the domain's name
	// if empty. Without a domain there is none: the gateway is reached from inside
	// the cluster alone.
	Host string `yaml:"host"`
	// Records is sync (a record goes with the host that asked for it) or upsertOnly
	// (records are made and changed, never deleted, and stay when the stack goes). In
	// both nobody else's records are touched: a text beside each record says whose it
	// is.
	Records RecordsPolicy `yaml:"records"`
	// Email is where the certificate authority writes before a certificate ends;
	// nobody if empty.
	Email string `yaml:"email"`
}

// RecordsPolicy is what may happen to DNS records.
type RecordsPolicy string

// The policies for records.
const (
	RecordsUpsert RecordsPolicy = "upsertOnly"
	RecordsSync   RecordsPolicy = "sync"
)

// Operators are what runs in the cluster for others.
type Operators struct {
	// Replicas is how many pods each operator has that can have several: 1 to 5.
	// From 2 on they are in different zones and leave one at a time.
	Replicas int `yaml:"replicas"`
	// Descheduler moves pods that sit badly: on a node that fills up, or beside
	// their like.
	Descheduler bool `yaml:"descheduler"`
	// Backups are backups of the cluster's objects and volumes, by Velero.
	Backups ClusterBackups `yaml:"backups"`
	// Pools are the kinds of nodes that the autoscaler starts, by name. Without any
	// the node groups are all there is.
	Pools map[string]Pool `yaml:"pools"`
}

// ClusterBackups are backups of the cluster's objects and volumes.
type ClusterBackups struct {
	// Enabled makes backups of the objects and volumes of the cluster.
	Enabled bool `yaml:"enabled"`
	// Schedule is when, in UTC, as in cron: minute, hour, day, month, weekday.
	Schedule string `yaml:"schedule"`
	// KeepDays is how long one is kept.
	KeepDays int `yaml:"keepDays"`
}

// Pool is a kind of nodes that the autoscaler starts as pods ask for them, and
// stops when fewer or cheaper ones would do.
type Pool struct {
	// Instances are families of instance types, such as m7g; all of one CPU
	// architecture. The cheapest type that fits is taken.
	Instances []string `yaml:"instances"`
	// Spot takes spare capacity where there is some.
	Spot bool `yaml:"spot"`
	// GPU takes the machine image with the GPU's drivers.
	GPU bool `yaml:"gpu"`
	// CPUs is the most processors that all nodes of the pool have together.
	CPUs int `yaml:"cpus"`
	// MemoryGiB is the most memory that they have together.
	MemoryGiB int `yaml:"memoryGiB"`
	// DiskGiB is the size of a node's encrypted disk in GiB.
	DiskGiB int `yaml:"diskGiB"`
	// ConsolidateAfter is how long a node stays that is not needed, such as 5m.
	ConsolidateAfter Duration `yaml:"consolidateAfter"`
	// DisruptPercent is the share of the pool's nodes that may be replaced at a
	// time, 1 to 100.
	DisruptPercent int `yaml:"disruptPercent"`
	// MaxAge is how old a node becomes before it is replaced, such as 336h.
	MaxAge Duration `yaml:"maxAge"`
	// TerminationGracePeriod is how long a node that is to go waits for its pods to
	// leave, such as 1h. Then it goes, whatever a disruption budget says: without an
	// end, one pod that cannot be evicted keeps an old node for ever.
	TerminationGracePeriod Duration `yaml:"terminationGracePeriod"`
	// Labels are Kubernetes labels on the nodes.
	Labels map[string]string `yaml:"labels"`
	// Taints keep away the pods that do not tolerate them, by key.
	Taints map[string]Taint `yaml:"taints"`
}

func (MeshMode) words() []string {
	return []string{string(MeshSidecar), string(MeshAmbient), string(MeshNone)}
}

func (RecordsPolicy) words() []string { return []string{string(RecordsUpsert), string(RecordsSync)} }
