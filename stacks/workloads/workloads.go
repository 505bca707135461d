// Package workloads puts onto a platform's cluster what runs there: the
// operators, the observability and the product's services. It reads the contract
// of the platform and nothing of the cloud behind it.
package workloads

import (
	"fmt"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/stacks/platform"
	"github.com/te-explico/infrastructure/stacks/settings"
)

// builder is what runs in the cluster while it is put there: what the steps hand
// on to one another.
type builder struct {
	*settings.Settings
	ctx      *pulumi.Context
	platform *platform.Platform
	cluster  *platform.Cluster
	// in carries the cluster's provider.
	in pulumi.ResourceOption
	// labels are on every object that the program makes.
	labels map[string]string
	// monitors brings the definitions of ServiceMonitor and PrometheusRule.
	monitors pulumi.Resource
}

// Deploy puts everything that runs in the cluster there. A platform without a
// cluster runs its services itself: there is nothing to do.
func Deploy(ctx *pulumi.Context, s *settings.Settings, p *platform.Platform) error {
	if p.Cluster == nil {
		return nil
	}
	b := &builder{Settings: s, ctx: ctx, platform: p, cluster: p.Cluster}
	if err := b.stand(); err != nil {
		return err
	}
	for _, step := range []func() error{
		b.makeBase,
		b.makeMonitors,
		b.makeMetrics,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// stand makes the cluster's provider. Its identity is the cluster's name, so that
// a kubeconfig that changes (another proxy, another role) replaces nothing.
// Server-side apply keeps what others own in an object (replicas, weights) theirs.
func (b *builder) stand() error {
	b.labels = map[string]string{
		"app.kubernetes.io/managed-by": "pulumi", "app.kubernetes.io/part-of": b.ctx.Project(),
		"explico.io/stack": b.ctx.Stack(), "explico.io/team": b.Owner.Team,
	}
	args := &kubernetes.ProviderArgs{
		Kubeconfig: b.cluster.Kubeconfig, ClusterIdentifier: b.cluster.Name,
		EnableServerSideApply: pulumi.Bool(true),
	}
	provider, err := kubernetes.NewProvider(b.ctx, "kubernetes", args, pulumi.DependsOn(b.cluster.Ready))
	if err != nil {
		return fmt.Errorf("creating the cluster's provider: %w", err)
	}
	b.in = pulumi.Providers(provider)
	return nil
}
