package workloads

import (
	"maps"

	"github.com/te-explico/infrastructure/components/kubernetes"
)

// makeBase makes the namespaces.
func (b *builder) makeBase() error {
	for _, name := range []string{
		"explico", "autoscaling", "cert-manager", "external-dns", "external-secrets", "ingress", "istio-system", "monitoring", "operators",
		"rollouts", "velero",
	} {
		labels, standard := maps.Clone(b.labels), ""
		if name == "istio-system" || name == "monitoring" {
			standard = "privileged"
		}
		if name == "explico" {
			maps.Copy(labels, b.meshMode().Labels())
		}
		made, err := kubernetes.NewNamespace(b.ctx, name, &kubernetes.NamespaceArgs{
			Labels: labels, Version: b.cluster.Version, PodSecurity: standard,
		}, b.in)
		if err != nil {
			return err
		}
		b.namespaces[name] = made
	}
	return nil
}
