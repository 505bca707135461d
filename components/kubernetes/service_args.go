package kubernetes

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Strategy is how a new image goes live.
type Strategy string

// The strategies. Their words end the names of a strategy's objects, so that two
// strategies can stand side by side while one takes over from the other.
const (
	Rolling   Strategy = "rolling"
	BlueGreen Strategy = "bluegreen"
	Canary    Strategy = "canary"
)

// ServiceArgs are the arguments of NewService.
type ServiceArgs struct {
	Pod
	// Args are what Command, or the image's own, is given; the image's own if empty.
	Args []string
	// Port is where the container listens; the service listens on ServicePort.
	Port int
	// Strategy is how a new image goes live.
	Strategy Strategy
	// Steps are the strategy's.
	Steps Steps
	// Analysis judges a new image, with BlueGreen and Canary.
	Analysis Analysis
	// Scale is how many pods there are.
	Scale ServiceScale
	// MaxUnavailable is how many pods may be evicted at once, at least 1.
	MaxUnavailable int
	// LivePath and ReadyPath answer whether a pod works, and whether it can serve;
	// StartSeconds is how long it may take until it does.
	LivePath, ReadyPath string
	StartSeconds        int
	// DrainSeconds is how long a pod that is to stop still takes requests, and
	// StopSeconds how long it may then finish them.
	DrainSeconds, StopSeconds int
	// MetricsPath is where the service has its metrics, empty for none, and
	// MetricsPort the port that they are on; Port if 0.
	MetricsPath string
	MetricsPort int
	// Sidecar says that the mesh's proxy in the pod has them too, beside its own:
	// it lets nobody else in who is not of the mesh, as Prometheus is not.
	Sidecar bool
	// Route is how requests reach the service beside its name.
	Route Route
	// After is what has to be done before pods of a new release start, such as a
	// migration of the database.
	After []pulumi.Resource
	// Runbook is the address of the runbook on deliveries, for alerts.
	Runbook string
}

// ServicePort is where every service listens inside the cluster.
const ServicePort = 80

// Steps are a strategy's.
type Steps struct {
	// Percents are the shares that a canary gets one after another, each for
	// PauseSeconds.
	Percents     []int
	PauseSeconds int
	// AutoPromote gives the second set all requests once its smoke test has passed;
	// KeepSeconds is how long the first stays then.
	AutoPromote bool
	KeepSeconds int
}

// Analysis judges a new image by the service's SLO.
type Analysis struct {
	// Prometheus is its URL.
	Prometheus string
	// MeshMetrics takes the metrics of the mesh's proxies instead of the service's.
	MeshMetrics bool
	// SmokePath is asked of the new image before any user is, from SmokeImage, which
	// has curl; empty for none.
	SmokePath, SmokeImage string
	// MaxErrors is the greatest share of requests that may fail, 0 to 1;
	// LatencyTarget (0 to 1) of them are answered within LatencySeconds.
	MaxErrors, LatencyTarget, LatencySeconds float64
	// Failures is how many measurements may be bad.
	Failures int
	// PassUnasked lets an image through that nobody asks anything; else the rollout
	// pauses until somebody decides.
	PassUnasked bool
}

// ServiceScale is how many pods a service has.
type ServiceScale struct {
	// Min and Max are the fewest and the most pods.
	Min, Max int
	// CPUPercent and MemoryPercent are the average use of what pods ask for, beyond
	// which there are more; 0 for never.
	CPUPercent, MemoryPercent int
	// PerSecond is how much work one pod does, and Query the PromQL query for how
	// much there is; 0 for never.
	PerSecond int
	Query     string
	// ToZero lets the last pods go when there was no work for IdleSeconds.
	ToZero      bool
	IdleSeconds int
}

// Route is how requests reach a service.
type Route struct {
	// Gateway is the namespace and the name of the Gateway that takes requests from
	// outside; empty without.
	GatewayNamespace, Gateway string
	// Host and Paths are the requests that are the service's; none reach it from
	// outside without paths.
	Host  string
	Paths []string
	// TimeoutSeconds is how long one from outside may take.
	TimeoutSeconds int
	// Mesh says that a mesh routes the requests to the service's name.
	Mesh bool
}

// outside says whether requests from outside have a way to the service.
func (r Route) outside() bool { return r.Gateway != "" && len(r.Paths) > 0 }

// Service is one of the product's services.
type Service struct {
	pulumi.ResourceState

	// Name is the service's name; Workload the kind and the name of what runs it.
	Name, Kind, Workload string
	// Backends are the Services that requests are routed to: what policies on
	// connections are for.
	Backends []string
	// URL is where it answers inside the cluster.
	URL string
}

func (a *ServiceArgs) check() error {
	switch {
	case a.Namespace == "" || a.Image == "" || a.Port == 0 || a.User == 0:
		return errors.New("namespace, image, port and user are needed")
	case a.Strategy != Rolling && a.Strategy != BlueGreen && a.Strategy != Canary:
		return fmt.Errorf("got strategy %q, want one of rolling, bluegreen, canary", a.Strategy)
	case a.Scale.Min < 1 || a.Scale.Max < a.Scale.Min || a.MaxUnavailable < 1:
		return fmt.Errorf("got %d to %d pods with %d away, want 1 ≤ min ≤ max and one that may be away", a.Scale.Min, a.Scale.Max, a.MaxUnavailable)
	case a.Strategy == Canary && (len(a.Steps.Percents) == 0 || !a.Route.Mesh && !a.Route.outside()):
		return errors.New("a canary needs steps, and a route that splits the requests")
	}
	return nil
}
