package aws

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// WorkloadArgs are the arguments of NewWorkload.
type WorkloadArgs struct {
	Scope
	// ClusterName is the EKS cluster the workload runs in.
	ClusterName pulumi.StringInput
	// Namespace and ServiceAccount are whom the workload runs as in the cluster.
	Namespace, ServiceAccount string
	// Policies are what it may do in the account, by a name of theirs.
	Policies map[string]pulumi.StringInput
}

// Workload is what a workload in the cluster is in the account: a role for its
// service account, through EKS Pod Identity. A service account has one role, so
// all that it may do comes together here.
type Workload struct {
	pulumi.ResourceState

	// RoleArn is the role's ARN.
	RoleArn pulumi.StringOutput
	// Ready is what must exist before the workload starts: its rights, and that
	// its service account has them.
	Ready []pulumi.Resource
}

// NewWorkload makes the role of a service account. Roles hold for all regions of
// an account, so the role's name has its region.
func NewWorkload(ctx *pulumi.Context, name string, args *WorkloadArgs, opts ...pulumi.ResourceOption) (*Workload, error) {
	switch {
	case args.ClusterName == nil:
		return nil, fmt.Errorf("creating workload %s: %w", name, errors.New("ClusterName is missing"))
	case args.Namespace == "" || args.ServiceAccount == "":
		return nil, fmt.Errorf("creating workload %s: got service account %q in namespace %q, want both", name, args.ServiceAccount, args.Namespace)
	}
	w := &Workload{}
	if err := component.Register(ctx, "aws", "Workload", name, w, opts...); err != nil {
		return nil, err
	}
	parent := pulumi.Parent(w)
	account := args.Namespace + "/" + args.ServiceAccount
	role, err := iam.NewRole(ctx, name, &iam.RoleArgs{
		Name:             pulumi.String(limits.Role.Name(args.Prefix, args.Region, name)),
		Description:      pulumi.String("Service account " + account + " of " + args.Prefix),
		AssumeRolePolicy: pulumi.String(assumedByPods(args.Scope)), Tags: args.tags("workload", name),
	}, parent, pulumi.DeleteBeforeReplace(true))
	if err != nil {
		return nil, fmt.Errorf("creating the role of service account %s: %w", account, err)
	}
	for _, key := range slices.Sorted(maps.Keys(args.Policies)) {
		p, err := iam.NewRolePolicy(ctx, name+"-"+key, &iam.RolePolicyArgs{
			Name: pulumi.String(key), Role: role.Name, Policy: args.Policies[key],
		}, parent, pulumi.DeleteBeforeReplace(true))
		if err != nil {
			return nil, fmt.Errorf("creating policy %s of service account %s: %w", key, account, err)
		}
		w.Ready = append(w.Ready, p)
	}
	association, err := eks.NewPodIdentityAssociation(ctx, name, &eks.PodIdentityAssociationArgs{
		ClusterName: args.ClusterName, Namespace: pulumi.String(args.Namespace), ServiceAccount: pulumi.String(args.ServiceAccount),
		RoleArn: role.Arn, Tags: args.tags("workload", name),
	}, parent)
	if err != nil {
		return nil, fmt.Errorf("giving service account %s its role: %w", account, err)
	}
	w.RoleArn, w.Ready = role.Arn, append(w.Ready, association)
	return w, ctx.RegisterResourceOutputs(w, pulumi.Map{"roleArn": w.RoleArn})
}
