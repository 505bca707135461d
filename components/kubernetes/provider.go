package kubernetes

import (
	"fmt"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// ProviderArgs say which cluster a provider speaks to.
type ProviderArgs struct {
	// Kubeconfig is a kubeconfig; that of whoever runs Pulumi if nil.
	Kubeconfig pulumi.StringInput
	// Context is a context of the kubeconfig; its current one if empty.
	Context string
	// Identity is what the cluster is told apart from others by: its name in the
	// cloud. With the same identity, a kubeconfig that changes (another proxy,
	// another role) replaces nothing. Nil takes the cluster's address instead.
	Identity pulumi.StringInput
	// Ready are what everything in the cluster comes after: nodes, add-ons, access.
	Ready []pulumi.Resource
}

// NewProvider makes the provider of a cluster. It applies on the server's side,
// which keeps what others own in an object (replicas, weights) theirs.
func NewProvider(ctx *pulumi.Context, name string, args *ProviderArgs) (pulumi.ProviderResource, error) {
	given := &kubernetes.ProviderArgs{EnableServerSideApply: pulumi.Bool(true)}
	if args.Kubeconfig != nil {
		given.Kubeconfig = args.Kubeconfig.ToStringOutput().ToStringPtrOutput()
	}
	if args.Context != "" {
		given.Context = pulumi.String(args.Context)
	}
	if args.Identity != nil {
		given.ClusterIdentifier = args.Identity.ToStringOutput().ToStringPtrOutput()
	}
	provider, err := kubernetes.NewProvider(ctx, name, given, pulumi.DependsOn(args.Ready))
	if err != nil {
		return nil, fmt.Errorf("creating the provider of cluster %s: %w", name, err)
	}
	return provider, nil
}
