// Package versions names the versions of everything that is not a Go module.
package versions

// Kubernetes are the supported minor versions, oldest first.
func Kubernetes() []string { return []string{"1.32", "1.33", "1.34"} }

// DefaultKubernetes is the version of a new cluster.
func DefaultKubernetes() string { return "1.34" }
