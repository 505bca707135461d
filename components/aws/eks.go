package aws

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// ClusterName is the name of the cluster of a stack. It is fixed, because the
// tags by which load balancers and autoscalers find the cluster's subnets and
// groups carry it.
func ClusterName(prefix string) string { return limits.Cluster.Name(prefix) }

// EksArgs are the arguments of NewEks.
type EksArgs struct {
	Scope
	// ClusterName is the cluster's fixed name: see ClusterName.
	ClusterName string
	// Version is the Kubernetes minor, one of the versions file.
	Version string
	// VpcID is the network, and ClientCIDRs the ranges in it (and in networks
	// joined to it) whose machines may call the Kubernetes API: runners,
	// bastions, tunnels. The cluster's nodes always may.
	VpcID       pulumi.StringInput
	ClientCIDRs []string
	// SubnetIDs are private subnets in at least two zones. The control plane
	// stays in the zones of its creation, which can then not be taken away; nodes
	// follow every change.
	SubnetIDs pulumi.StringArrayInput
	// PodSubnets are the subnets that pods take their addresses from, by zone.
	// Without any, pods share the subnets of their nodes.
	PodSubnets map[string]pulumi.StringInput
	// Endpoint is where the Kubernetes API answers: private, restricted or public.
	Endpoint string
	// EndpointCIDRs may call a restricted API from outside the network.
	EndpointCIDRs []string
	// ProxyURL is the proxy that the kubeconfig goes through; none if empty.
	ProxyURL string
	// ServiceCIDR is the range of the cluster's services; left to EKS if empty.
	ServiceCIDR string
	// UpgradePolicy is what comes after standard support: STANDARD or EXTENDED.
	UpgradePolicy string
	// SecretsKeyArn, LogKeyArn and DiskKeyArn are the KMS keys of Kubernetes
	// secrets, of the control plane's logs and of disks. The log key must let
	// LogsMayUse in, the disk key NodesMayUse.
	SecretsKeyArn, LogKeyArn, DiskKeyArn pulumi.StringInput
	// LogDays is how long the control plane's logs are kept.
	LogDays int
	// Access lets roles into the cluster, by a name.
	Access map[string]AccessArgs
	// NodeGroups are the groups of nodes, by name. The group named system, if
	// there is one, carries the cluster's own add-ons.
	NodeGroups map[string]NodeGroupArgs
}

// AccessArgs say what a role may do in a cluster.
type AccessArgs struct {
	// Role is the role's ARN.
	Role string
	// Level is clusterAdmin, admin, edit or view.
	Level string
	// Namespaces limits the access to these; all if empty.
	Namespaces []string
}

// NodeGroupArgs describe a group of nodes.
type NodeGroupArgs struct {
	// Instances are instance types, all of one processor architecture.
	Instances []string
	// Min, Max and Initial are numbers of nodes. Initial holds at creation only,
	// and is Min if 0.
	Min, Max, Initial int
	// Spot takes spare capacity.
	Spot bool
	// GPU takes the image with NVIDIA's drivers.
	GPU bool
	// DiskGiB is the size of a node's disk.
	DiskGiB int
	// Labels are Kubernetes labels.
	Labels map[string]string
	// Taints are Kubernetes taints, by key.
	Taints map[string]TaintArgs
}

// TaintArgs are a Kubernetes taint.
type TaintArgs struct {
	// Value is the taint's value.
	Value string
	// Effect is NoSchedule, PreferNoSchedule or NoExecute.
	Effect string
}

// Eks is a Kubernetes cluster: control plane, nodes, add-ons and access.
type Eks struct {
	pulumi.ResourceState

	// Name and Arn are the cluster's name and ARN.
	Name, Arn pulumi.StringOutput
	// Endpoint is the URL of the Kubernetes API, and CertificateAuthority the
	// base64 of the certificate it is known by.
	Endpoint, CertificateAuthority pulumi.StringOutput
	// Version is the Kubernetes minor.
	Version pulumi.StringOutput
	// OIDCIssuer is the URL of the cluster's identities, and OIDCProviderArn the
	// IAM provider that trusts it.
	OIDCIssuer, OIDCProviderArn pulumi.StringOutput
	// NodeSecurityGroupID is the security group of nodes and control plane, the
	// only one that carries the cluster's tag.
	NodeSecurityGroupID pulumi.StringOutput
	// NodeRoleArn is the role of the nodes.
	NodeRoleArn pulumi.StringOutput
	// Kubeconfig is a kubeconfig as JSON, a secret. It holds no token: whoever
	// uses it needs the AWS CLI and a role with access.
	Kubeconfig pulumi.StringOutput
	// NodeGroupNames are the names in AWS of the node groups, by their names here.
	NodeGroupNames map[string]pulumi.StringOutput
	// AutoScalingGroups are the names of the groups' Auto Scaling groups, for
	// alarms, by the groups' names here.
	AutoScalingGroups map[string]pulumi.StringOutput
	// Ready is what everything inside the cluster must depend on: access first,
	// then nodes and add-ons.
	Ready []pulumi.Resource
}

// eksBuilder is what the parts of a cluster share while it is built.
type eksBuilder struct {
	*EksArgs
	ctx     *pulumi.Context
	name    string
	eks     *Eks
	cluster *eks.Cluster
}

// child returns the options of a child resource.
func (b *eksBuilder) child(opts ...pulumi.ResourceOption) []pulumi.ResourceOption {
	return append([]pulumi.ResourceOption{pulumi.Parent(b.eks)}, opts...)
}

// NewEks makes a cluster. The order is that of real dependencies, and is undone
// in reverse: log group and role, control plane, access, network add-ons, nodes,
// then the add-ons that need nodes to run on.
func NewEks(ctx *pulumi.Context, name string, args *EksArgs, opts ...pulumi.ResourceOption) (*Eks, error) {
	if err := args.check(); err != nil {
		return nil, fmt.Errorf("creating cluster %s: %w", name, err)
	}
	e := &Eks{NodeGroupNames: map[string]pulumi.StringOutput{}, AutoScalingGroups: map[string]pulumi.StringOutput{}}
	if err := component.Register(ctx, "aws", "Eks", name, e, opts...); err != nil {
		return nil, err
	}
	b := &eksBuilder{EksArgs: args, ctx: ctx, name: name, eks: e}
	if err := b.build(); err != nil {
		return nil, fmt.Errorf("creating cluster %s: %w", name, err)
	}
	e.Kubeconfig = b.kubeconfig()
	groups := pulumi.StringMap{}
	for _, group := range slices.Sorted(maps.Keys(e.NodeGroupNames)) {
		groups[group] = e.NodeGroupNames[group]
	}
	return e, ctx.RegisterResourceOutputs(e, pulumi.Map{
		"name": e.Name, "arn": e.Arn, "endpoint": e.Endpoint, "certificateAuthority": e.CertificateAuthority,
		"version": e.Version, "oidcIssuer": e.OIDCIssuer, "oidcProviderArn": e.OIDCProviderArn,
		"nodeSecurityGroupId": e.NodeSecurityGroupID, "nodeRoleArn": e.NodeRoleArn,
		"kubeconfig": e.Kubeconfig, "nodeGroupNames": groups,
	})
}

func (b *eksBuilder) build() error {
	if err := b.controlPlane(); err != nil {
		return err
	}
	access, err := b.access()
	if err != nil {
		return err
	}
	network, err := b.networkAddons()
	if err != nil {
		return err
	}
	nodes, err := b.nodes(network)
	if err != nil {
		return err
	}
	addons, err := b.nodeAddons(nodes)
	if err != nil {
		return err
	}
	b.eks.Ready = slices.Concat(access, network, nodes, addons)
	return nil
}
