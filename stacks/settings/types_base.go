package settings

import "strings"

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
	// own registry and its mirrors: a host (ghcr.io), or a host with a path.
	Registries []string `yaml:"registries"`
	// Labels are the labels that every pod has.
	Labels []string `yaml:"labels"`
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
