package aws

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	components "github.com/te-explico/infrastructure/components/aws"
	"github.com/te-explico/infrastructure/components/kubernetes"
	"github.com/te-explico/infrastructure/stacks/platform"
	"github.com/te-explico/infrastructure/stacks/settings"
)

func (b *builder) makeCluster() error {
	c := b.Cluster
	if err := b.accessIsHere(); err != nil {
		return err
	}
	args := &components.EksArgs{
		Scope: b.scope, ClusterName: components.ClusterName(b.scope.Prefix), Version: c.Version,
		VpcID: b.vpc.ID, ClientCIDRs: []string{b.Network.CIDR},
		SubnetIDs: b.vpc.PrivateSubnetIDs(), PodSubnets: map[string]pulumi.StringInput{},
		Endpoint: string(c.Endpoint.Mode), EndpointCIDRs: c.Endpoint.CIDRs, ProxyURL: c.Endpoint.ProxyURL,
		ServiceCIDR: c.ServiceCIDR, UpgradePolicy: string(c.UpgradePolicy),
		SecretsKeyArn: b.keys.secrets.Arn, LogKeyArn: b.keys.logs.Arn, DiskKeyArn: b.keys.disks.Arn,
		LogDays: b.Logs.AuditDays,
		Access:  map[string]components.AccessArgs{}, NodeGroups: map[string]components.NodeGroupArgs{},
	}
	for zone, id := range b.vpc.PodSubnets {
		args.PodSubnets[zone] = id.ToStringOutput()
	}
	for name, a := range c.Access {
		args.Access[name] = components.AccessArgs{Role: a.Role, Level: string(a.Level), Namespaces: a.Namespaces}
	}
	for name, g := range c.NodeGroups {
		args.NodeGroups[name] = nodeGroup(g)
	}
	// Nodes need the way out from their first minute on: the whole network comes
	// first, and goes last.
	eks, err := components.NewEks(b.ctx, "cluster", args, b.in, pulumi.DependsOn(b.vpc.Ready))
	if err != nil {
		return err
	}
	b.eks = eks
	provider, err := kubernetes.NewProvider(b.ctx, "kubernetes", &kubernetes.ProviderArgs{
		Kubeconfig: eks.Kubeconfig, Identity: eks.Name, Ready: eks.Ready,
	})
	if err != nil {
		return err
	}
	b.platform.Cluster = &platform.Cluster{
		Name: eks.Name, Version: c.Version, Endpoint: eks.Endpoint, Kubeconfig: eks.Kubeconfig,
		Issuer: eks.OIDCIssuer, Provider: provider,
		// The control plane has its network interfaces in the private subnets.
		API:         platform.Reach{CIDRs: append(b.inside(), b.apiAddress()...), Ports: []int{443}},
		CloudAPIs:   platform.Reach{CIDRs: b.inside(), Ports: []int{443}},
		Credentials: platform.Reach{CIDRs: []string{podIdentityAgent}, Ports: []int{80}},
		// The class gp2, which EKS makes, is no default since 1.30, older than any
		// version here, and the CSI driver's add-on makes none: see Source.
		// Source: EKS user guide, "Release notes for standard support versions", 1.30.
		StorageClasses: []platform.StorageClass{{
			Name: "gp3", Provisioner: "ebs.csi.aws.com", Default: true,
			Parameters: pulumi.StringMap{
				"type": pulumi.String("gp3"), "encrypted": pulumi.String("true"), "kmsKeyId": b.keys.disks.Arn,
			},
		}},
	}
	maps.Copy(b.platform.Cluster.StorageClasses[0].Parameters, b.storageTags())
	return nil
}

// podIdentityAgent is where pods get the credentials of their role, on each node.
// Source: EKS user guide, "Understand how EKS Pod Identity works".
const podIdentityAgent = "169.254.170.23/32"

// apiAddress is that of the service kubernetes, the first of the services' range.
// EKS holds egress against policies before that address becomes one of the control
// plane's; only a service that selects pods is known to it by its pods.
// Source: amazon-network-policy-controller-k8s, pkg/resolvers/endpoints.go.
func (b *builder) apiAddress() []string {
	services, err := netip.ParsePrefix(b.Cluster.ServiceCIDR)
	if err != nil {
		return nil // left to EKS, and so not known here
	}
	return []string{services.Masked().Addr().Next().String() + "/32"}
}

// inside are the ranges of the private network.
func (b *builder) inside() []string {
	all := []string{b.Network.CIDR}
	if b.Network.PodCIDR != "" {
		all = append(all, b.Network.PodCIDR)
	}
	return all
}

// accessIsHere refuses roles of other accounts before anything is made: EKS
// would refuse them after the ten minutes that a control plane takes.
func (b *builder) accessIsHere() error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(b.Cluster.Access)) {
		role := b.Cluster.Access[name].Role
		if account := strings.Split(role, ":")[4]; account != b.scope.AccountID {
			errs = append(errs, fmt.Errorf("cluster.access.%s.role: got %s, want a role of account %s, where the stack goes", name, role, b.scope.AccountID))
		}
	}
	return errors.Join(errs...)
}

func nodeGroup(g settings.NodeGroup) components.NodeGroupArgs {
	taints := map[string]components.TaintArgs{}
	for key, t := range g.Taints {
		taints[key] = components.TaintArgs{Value: t.Value, Effect: string(t.Effect)}
	}
	return components.NodeGroupArgs{
		Instances: g.Instances, Min: g.Min, Max: g.Max, Initial: g.Initial, Spot: g.Spot, GPU: g.GPU,
		DiskGiB: g.DiskGiB, Labels: g.Labels, Taints: taints,
	}
}
