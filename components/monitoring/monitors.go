package monitoring

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
	"github.com/te-explico/infrastructure/components/kubernetes"
)

// Monitors are the definitions of ServiceMonitor, PrometheusRule and their like: a
// release of its own, since everything that is watched needs them, and since Helm
// never upgrades definitions that come along with a chart.
type Monitors struct {
	pulumi.ResourceState

	// Release is what everything that is watched comes after.
	Release *kubernetes.Release
}

// NewMonitors brings the definitions. The namespace holds Helm's own record.
func NewMonitors(ctx *pulumi.Context, name, namespace string, opts ...pulumi.ResourceOption) (*Monitors, error) {
	m := &Monitors{}
	if err := component.Register(ctx, "monitoring", "Monitors", name, m, opts...); err != nil {
		return nil, err
	}
	var err error
	if m.Release, err = kubernetes.InstallRelease(ctx, name+"-definitions", &kubernetes.ReleaseArgs{
		Chart: "prometheus-operator-crds", Namespace: namespace,
		// A definition takes its objects along when it goes.
		Values: kubernetes.Map{"crds": kubernetes.Map{"annotations": map[string]string{"helm.sh/resource-policy": "keep"}}},
	}, append(opts, pulumi.Parent(m))...); err != nil {
		return nil, err
	}
	return m, ctx.RegisterResourceOutputs(m, pulumi.Map{})
}
