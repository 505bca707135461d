// Package workloads puts onto a platform's cluster what runs there: the
// operators, the observability and the product's services. It reads the contract
// of the platform and nothing of the cloud behind it.
package workloads

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/kubernetes"
	"github.com/te-explico/infrastructure/stacks/platform"
	"github.com/te-explico/infrastructure/stacks/settings"
)

// builder is what runs in the cluster while it is put there: what the steps hand
// on to one another.
type builder struct {
	*settings.Settings
	ctx      *pulumi.Context
	stack    string
	platform *platform.Platform
	cluster  *platform.Cluster
	// in carries the cluster's provider.
	in pulumi.ResourceOption
	// labels are on every object that the program makes.
	labels map[string]string
	// namespaces are the namespaces, by name.
	namespaces map[string]*kubernetes.Namespace
	// priorities are the classes that pods of operators and services name.
	priorities *kubernetes.Priorities
	// mesh, secretStore, rollouts, certificates and records are what those depend
	// on who use the mesh, external secrets, rollouts, scalers, certificates and DNS names.
	mesh, secretStore, rollouts, scalers, certificates, records []pulumi.Resource
	// reloader starts pods anew when what they read changes.
	reloader []pulumi.Resource
	// issuer is the name of the ClusterIssuer; empty without one.
	issuer string
	// entrance is where requests come in; nil without one.
	entrance *kubernetes.Entrance
	// logging is ready when Elasticsearch is; nil without.
	logging pulumi.Resource
	// monitors brings the definitions of ServiceMonitor and PrometheusRule, and
	// metrics what takes them.
	monitors, metrics pulumi.Resource
}

// Deploy puts everything that runs in the cluster there. A platform without a
// cluster runs its services itself: there is nothing to do.
func Deploy(ctx *pulumi.Context, s *settings.Settings, p *platform.Platform) error {
	if p.Cluster == nil {
		return nil
	}
	b := &builder{
		Settings: s, ctx: ctx, stack: ctx.Stack(), platform: p, cluster: p.Cluster, namespaces: map[string]*kubernetes.Namespace{},
		in:     pulumi.Providers(p.Cluster.Provider),
		labels: s.Labels(ctx.Project(), ctx.Stack()),
	}
	for _, step := range []func() error{
		b.makeBase, b.makeMonitors, b.makeMesh, b.makeOperators, b.makeEntrance, b.makeMetrics, b.makeViews, b.makeLogging, b.makeTracing,
		b.makeServices,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}
