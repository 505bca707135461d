package settings

import "cmp"

// Service is one of the product's services on Kubernetes. Everything that it
// needs comes from here: how it is delivered, watched, scaled and shielded.
type Service struct {
	// Image is the container image, by tag or digest, built for the processors of the
	// nodes that it runs on, or for both kinds: the nodes of the defaults have arm64 on
	// AWS and Azure, amd64 on Google Cloud, and amd64 everywhere where they have GPUs.
	Image string `yaml:"image"`
	// Command is what runs in it; the image's own if empty.
	Command []string `yaml:"command"`
	// Args are what that is given; the image's own if empty, and none if there is a
	// command.
	Args []string `yaml:"args"`
	// Port is where the container listens, above 1023.
	Port int `yaml:"port"`
	// Env are environment variables in plain text. PORT is always set. A name that ends
	// like a secret's (…_TOKEN, …_PASSWORD) is refused, unless the value is true, false
	// or the path of its file; so is an address with a password in it.
	Env map[string]string `yaml:"env"`
	// Config are files below /etc/explico, by name: their contents.
	Config map[string]string `yaml:"config"`
	// Secrets are secrets of secrets.names (or database, the master user's; and cache,
	// where the cache has a password), each a file below /run/secrets/explico.
	Secrets []string `yaml:"secrets"`
	// Strategy is how a new image goes live: rolling (pod by pod), blueGreen (a
	// whole second set, checked and then given all requests) or canary (a growing
	// share of the requests, while its metrics keep to the SLO). Changing the
	// strategy itself costs no request: docs/runbooks/delivery.md.
	Strategy Delivery `yaml:"strategy"`
	// Canary is how a canary grows; it counts with strategy: canary.
	Canary CanarySteps `yaml:"canary"`
	// BlueGreen is how the second set takes over; it counts with strategy:
	// blueGreen.
	BlueGreen BlueGreenSteps `yaml:"blueGreen"`
	// Analysis is how a new release is judged, with strategy blueGreen or canary.
	Analysis Analysis `yaml:"analysis"`
	// Resources are what a pod asks for.
	Resources PodResources `yaml:"resources"`
	// GPU is how many GPUs a pod asks for; it runs on nodes that have them.
	GPU int `yaml:"gpu"`
	// Scale is how many pods there are.
	Scale Scale `yaml:"scale"`
	// MaxUnavailable is how many pods may be evicted at once (PodDisruptionBudget).
	MaxUnavailable int `yaml:"maxUnavailable"`
	// Probes are how Kubernetes asks whether a pod is well.
	Probes Probes `yaml:"probes"`
	// Metrics is where Prometheus reads the service's metrics.
	Metrics ServiceMetrics `yaml:"metrics"`
	// SLO is what the service promises. Alerts and analyses follow from it.
	SLO SLO `yaml:"slo"`
	// Paths are the beginnings of the paths that are the service's on the host of the
	// way in (ingress.host), such as /api. A service without any is reached from
	// inside alone.
	Paths []string `yaml:"paths"`
	// Timeout is how long a request from outside may take, at most 1h. Load balancers
	// wait a little longer for whichever service is the slowest. Where the CDN asks the
	// way in (cdn.apiOrigin), CloudFront waits 120 seconds at most and Front Door 240.
	Timeout Duration `yaml:"timeout"`
	// Calls are whom the service calls: names of services, and database, cache or
	// internet (HTTPS). The network lets nothing else through, and environment
	// variables say where they are.
	Calls []string `yaml:"calls"`
	// After are jobs without a schedule that have to succeed before pods of a new
	// release start, such as one that migrates the database: names of jobs. What changes
	// of such a job runs it again, its image above all.
	After []string `yaml:"after"`
	// Buckets are the buckets that the service uses, assets or uploads, each read or
	// readWrite: uploads: readWrite. The network lets it through to them, its service
	// account gets these rights in the cloud and no others, and BUCKET_UPLOADS and the
	// like say what they are called.
	Buckets map[string]BucketAccess `yaml:"buckets"`
	// Priority is critical or standard: who makes room when nodes are full.
	Priority Priority `yaml:"priority"`
	// DrainSeconds is how long a pod that is to stop still takes requests, until all
	// proxies know that it stops.
	DrainSeconds int `yaml:"drainSeconds"`
	// StopSeconds is how long it may then finish the requests that it has.
	StopSeconds int `yaml:"stopSeconds"`
	// User is the user and group that the container runs as, above 10000.
	User int `yaml:"user"`
	// Scratch are directories that can be written to, such as /tmp; all else is
	// read-only.
	Scratch []string `yaml:"scratch"`
}

// BucketAccess is what may be done with the objects of a bucket.
type BucketAccess string

// The kinds of access.
const (
	// BucketRead lists and reads objects.
	BucketRead BucketAccess = "read"
	// BucketReadWrite also writes and deletes them.
	BucketReadWrite BucketAccess = "readWrite"
)

func (BucketAccess) words() []string { return []string{string(BucketRead), string(BucketReadWrite)} }

// Delivery is how a new image of a service goes live on Kubernetes.
type Delivery string

// The deliveries.
const (
	DeliverRolling   Delivery = "rolling"
	DeliverBlueGreen Delivery = "blueGreen"
	DeliverCanary    Delivery = "canary"
)

func (Delivery) words() []string {
	return []string{string(DeliverRolling), string(DeliverBlueGreen), string(DeliverCanary)}
}

// CanarySteps is how a canary grows.
type CanarySteps struct {
	// Percents are the shares of requests that the canary gets one after another,
	// rising, below 100.
	Percents []int `yaml:"percents"`
	// Pause is how long it keeps each.
	Pause Duration `yaml:"pause"`
}

// BlueGreenSteps is how the second set takes over.
type BlueGreenSteps struct {
	// AutoPromote gives the second set the requests as soon as its analysis has
	// passed; without it somebody does (kubectl argo rollouts promote).
	AutoPromote bool `yaml:"autoPromote"`
	// KeepOld is how long the first set stays afterwards: so long going back takes
	// seconds.
	KeepOld Duration `yaml:"keepOld"`
}

// Analysis is how a new release is judged.
type Analysis struct {
	// Source is where requests, errors and latency come from: mesh (the proxies) or
	// app, the service's own histogram http_request_duration_seconds with the labels
	// status and path: a service without it is never measured. It is mesh where pods
	// have proxies of their own (mesh.mode: sidecar), and app otherwise.
	Source MetricSource `yaml:"source"`
	// SmokePath is asked of the new release before any user is; empty for none.
	SmokePath string `yaml:"smokePath"`
	// BurnRate is how many times faster than the SLO allows the new release may use
	// up the error budget. Beyond, it is taken back.
	BurnRate int `yaml:"burnRate"`
	// Failures is how many measurements, a minute apart, may be bad.
	Failures int `yaml:"failures"`
	// NoTraffic is what becomes of a release that nobody asks anything: pass, or
	// pause until somebody decides.
	NoTraffic NoTraffic `yaml:"noTraffic"`
}

// MetricSource is where metrics of requests come from.
type MetricSource string

// The sources.
const (
	AppMetrics  MetricSource = "app"
	MeshMetrics MetricSource = "mesh"
)

func (MetricSource) words() []string { return []string{string(AppMetrics), string(MeshMetrics)} }

// NoTraffic is what becomes of a release without requests.
type NoTraffic string

// The answers to no traffic.
const (
	PassUnasked  NoTraffic = "pass"
	PauseUnasked NoTraffic = "pause"
)

func (NoTraffic) words() []string { return []string{string(PassUnasked), string(PauseUnasked)} }

// PodResources are what a pod asks for, in Kubernetes' quantities. There is no
// limit on the processor: it would slow a pod down while the node idles.
type PodResources struct {
	// CPU is the processor that is kept free for the pod, such as 250m or 2.
	CPU string `yaml:"cpu"`
	// Memory is kept free for the pod and is its limit too, such as 256Mi.
	Memory string `yaml:"memory"`
	// Disk is the node's disk that logs and scratch may take, such as 1Gi.
	Disk string `yaml:"disk"`
}

// Scale is how many pods a service has.
type Scale struct {
	// Min is the fewest pods.
	Min int `yaml:"min"`
	// Max is the most pods.
	Max int `yaml:"max"`
	// CPUPercent is the share of the asked-for processor that pods should use on
	// average; above, there are more. 0 for never by the processor.
	CPUPercent int `yaml:"cpuPercent"`
	// MemoryPercent is the same for memory.
	MemoryPercent int `yaml:"memoryPercent"`
	// RequestsPerSecond is how many requests one pod should serve; 0 for any.
	RequestsPerSecond int `yaml:"requestsPerSecond"`
	// ToZero lets the service have no pod while nobody asks anything. The first
	// request then fails or waits until one is there: for work that can be tried
	// again. min is then the fewest while there is work.
	ToZero bool `yaml:"toZero"`
	// IdleAfter is how long nobody asks anything until the last pod goes.
	IdleAfter Duration `yaml:"idleAfter"`
	// Query is a PromQL query for the work there is, for one pod each
	// requestsPerSecond, which it needs: a queue's length, say. Requests a second if
	// empty.
	Query string `yaml:"query"`
}

// Probes are how Kubernetes asks whether a pod is well.
type Probes struct {
	// Live answers with 2xx while the process works at all: a pod whose answer
	// fails is started anew.
	Live string `yaml:"live"`
	// Ready answers with 2xx while the pod can serve: else it gets no requests.
	Ready string `yaml:"ready"`
	// StartSeconds is how long a pod may take to start.
	StartSeconds int `yaml:"startSeconds"`
}

// ServiceMetrics is where Prometheus reads a service's metrics.
type ServiceMetrics struct {
	// Enabled says that Prometheus does.
	Enabled bool `yaml:"enabled"`
	// Path is where they are.
	Path string `yaml:"path"`
	// Port is the port that they are on, above 1023; the service's if 0.
	Port int `yaml:"port"`
}

// MetricsPort is the port that a service's metrics are on.
func (s Service) MetricsPort() int { return cmp.Or(s.Metrics.Port, s.Port) }

// SLO is what a service promises.
type SLO struct {
	// Availability is the percentage of requests that are answered without a fault
	// of the service, over 30 days.
	Availability float64 `yaml:"availability"`
	// LatencyMs is within how many milliseconds most requests are answered, a boundary
	// of what the mesh counts by: 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000,
	// 10000, 30000 or 60000.
	LatencyMs int `yaml:"latencyMs"`
	// LatencyTarget is the percentage of requests that are.
	LatencyTarget float64 `yaml:"latencyTarget"`
}

// Priority is who makes room when nodes are full.
type Priority string

// The priorities.
const (
	PriorityCritical Priority = "critical"
	PriorityStandard Priority = "standard"
)

func (Priority) words() []string { return []string{string(PriorityCritical), string(PriorityStandard)} }

// Job is work that runs once or at times, on spare capacity unless it says
// otherwise.
type Job struct {
	// Image is the container image, by tag or digest, built for the processors of the
	// nodes, as a service's.
	Image string `yaml:"image"`
	// Command is what runs in it; the image's own if empty.
	Command []string `yaml:"command"`
	// Schedule is when, in cron's five fields, in timezone; empty runs the job once for each
	// change of it.
	Schedule string `yaml:"schedule"`
	// Timezone is the schedule's, of the IANA database, such as Europe/Berlin.
	Timezone string `yaml:"timezone"`
	// Timeout ends a run.
	Timeout Duration `yaml:"timeout"`
	// Retries is how often a failed run is tried again; losing a spot node does not
	// count.
	Retries int `yaml:"retries"`
	// Spot runs it on nodes that can be taken away.
	Spot bool `yaml:"spot"`
	// Env are environment variables in plain text.
	Env map[string]string `yaml:"env"`
	// Config are files below /etc/explico, by name: their contents.
	Config map[string]string `yaml:"config"`
	// Secrets are secrets of secrets.names, each a file below /run/secrets/explico.
	Secrets []string `yaml:"secrets"`
	// Calls are whom the job calls: services, database, cache or internet.
	Calls []string `yaml:"calls"`
	// Buckets are the buckets that the job uses, as a service does.
	Buckets map[string]BucketAccess `yaml:"buckets"`
	// Resources are what its pod asks for.
	Resources PodResources `yaml:"resources"`
	// User is the user and group that the container runs as, above 10000.
	User int `yaml:"user"`
	// Scratch are directories that can be written to.
	Scratch []string `yaml:"scratch"`
}
