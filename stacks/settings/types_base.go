package settings

import (
	"path"
	"slices"
	"strings"

	"github.com/te-explico/infrastructure/versions"
)

// Quota is the most that all pods of a namespace may use together. It stops what
// runs wild, not what grows: set it well above what is needed. One below what the
// services take at their most, with releases on their way, is refused.
type Quota struct {
	// CPU is how many processors the pods may ask for, such as "8" or 500m.
	CPU string `yaml:"cpu"`
	// Memory is the most memory that the pods may use, such as 16Gi.
	Memory string `yaml:"memory"`
	// Storage is the size of all volumes together, such as 100Gi; no volumes if
	// empty.
	Storage string `yaml:"storage"`
	// Pods is the most pods.
	Pods int `yaml:"pods"`
	// LoadBalancers is the most services with a load balancer of the cloud.
	LoadBalancers int `yaml:"loadBalancers"`
}

// Admission is what a pod must be like to be let into the product's namespaces.
type Admission struct {
	// Registries are what the names of images may begin with, beside the stack's
	// own registry, its mirrors, and where what the program itself puts into these
	// namespaces comes from (mesh.hub): a host (ghcr.io), or a host with a path.
	Registries []string `yaml:"registries"`
	// Labels are the labels that every pod has.
	Labels []string `yaml:"labels"`
}

// ImageSources are what the names of images in the product's namespaces may begin
// with, beside the stack's own registry and its mirrors: those of the settings, and
// those of the mesh's proxies and of what asks a new release something.
func (s *Settings) ImageSources() []string {
	all := slices.Clone(s.Admission.Registries)
	if s.Mesh.Mode != MeshNone {
		// Pods with a proxy from before the hub could be chosen are changed until they are
		// started anew, and a control plane from before makes more of them.
		all = append(all, s.Mesh.Hub, "registry.istio.io/release")
	}
	if smoke, err := versions.Image("smoke"); err == nil { // what is wrong with the versions file is said of itself
		all = append(all, path.Dir(smoke))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Local is the cluster on a developer's machine, with cloud: local.
type Local struct {
	// Context is the cluster's context in your kubeconfig: kind-explico, minikube,
	// k3d-explico. If empty, it is whichever is the current one.
	Context string `yaml:"context"`
	// MetricsServer installs metrics-server, by which autoscalers know processor and
	// memory: for kind. k3d has one, and minikube as an addon.
	MetricsServer bool `yaml:"metricsServer"`
}

// Labels are the labels of every object that the program makes in a cluster.
func (s *Settings) Labels(project, stack string) map[string]string {
	return map[string]string{
		"app.kubernetes.io/managed-by": "pulumi", "app.kubernetes.io/part-of": project,
		"explico.io/stack": stack,
		"explico.io/team":  strings.ReplaceAll(s.Owner.Team, " ", "-"), // a label has no spaces; all else is checked
	}
}
