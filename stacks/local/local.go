// Package local builds a platform in a cluster that is there already, as on a
// developer's machine: database, cache and object store are pods.
package local

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/kubernetes"
	"github.com/te-explico/infrastructure/stacks/platform"
	"github.com/te-explico/infrastructure/stacks/settings"
)

// builder is a platform while it is built.
type builder struct {
	*settings.Settings
	ctx      *pulumi.Context
	in       pulumi.ResourceOption
	platform *platform.Platform
	data     *kubernetes.Namespace
	labels   map[string]string
}

// Build builds the platform in the cluster of the settings' context. It is a
// platform.Builder.
func Build(ctx *pulumi.Context, s *settings.Settings) (*platform.Platform, error) {
	b := &builder{Settings: s, ctx: ctx, labels: s.Labels(ctx.Project(), ctx.Stack()), platform: &platform.Platform{
		Cloud: string(s.Cloud), Region: "local", Compute: platform.Kubernetes, Lacks: lacks(),
	}}
	for _, step := range []func() error{b.findCluster, b.makeMetricsServer, b.makeData, b.makeDatabase, b.makeCache, b.makeObjects, b.makeSecrets} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return b.platform, nil
}

// lacks is what nothing stands for here, each with the reason.
func lacks() map[string]string {
	return map[string]string{
		"alerts":   "nobody is woken by a developer's machine: Alertmanager's own page shows what would be told",
		"cdn":      "the ingress serves the frontend: there are no users far away",
		"access":   "whoever runs Pulumi has one already",
		"network":  "the cluster brings its own",
		"registry": "images are loaded into the cluster, or pulled from where they are",
	}
}

// makeMetricsServer installs metrics-server where the cluster brings none. Nodes of
// kind sign their own certificates.
func (b *builder) makeMetricsServer() error {
	if !b.Local.MetricsServer {
		return nil
	}
	_, err := kubernetes.NewOperator(b.ctx, "metrics-server", &kubernetes.OperatorArgs{
		Charts: []string{"metrics-server"}, Namespace: "kube-system",
		Values: kubernetes.Map{
			"args":      []string{"--kubelet-insecure-tls"},
			"resources": kubernetes.Resources("50m", "64Mi", "128Mi"),
		},
	}, b.in)
	return err
}

// apiPorts are where API servers listen: the usual port, that of kubeadm (kind)
// and k3s (k3d), and that of minikube. A network policy judges packets after
// they left the service's address for the server's own.
var apiPorts = []int{443, 6443, 8443}

// findCluster finds the cluster. With a context its name is what it is told
// apart by: a cluster that is made anew under the same name is the same to
// Pulumi, so pulumi refresh comes first then.
func (b *builder) findCluster() error {
	args, name := &kubernetes.ProviderArgs{Context: b.Local.Context}, "local"
	if b.Local.Context != "" {
		name = b.Local.Context
		args.Identity = pulumi.String(name)
	}
	provider, err := kubernetes.NewProvider(b.ctx, "kubernetes", args)
	if err != nil {
		return err
	}
	b.in = pulumi.Providers(provider)
	b.platform.Cluster = &platform.Cluster{
		Name: pulumi.String(name), Version: b.Cluster.Version, Provider: provider,
		// As pods see it: the address from outside is in the kubeconfig.
		Endpoint: pulumi.String("https://kubernetes.default.svc"),
		Issuer:   pulumi.String("https://kubernetes.default.svc.cluster.local"),
		API:      platform.Reach{CIDRs: kubernetes.PrivateRanges(), Ports: apiPorts},
	}
	return nil
}
