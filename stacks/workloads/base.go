package workloads

import (
	"github.com/te-explico/infrastructure/components/kubernetes"
)

// makeBase makes the namespaces.
func (b *builder) makeBase() error {
	for _, name := range []string{"explico"} {
		if _, err := kubernetes.NewNamespace(b.ctx, name, &kubernetes.NamespaceArgs{
			Labels: b.labels, Version: b.cluster.Version,
		}, b.in); err != nil {
			return err
		}
	}
	return nil
}
