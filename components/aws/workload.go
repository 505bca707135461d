package aws

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

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
	// Issuer is who issues the cluster's tokens, for software that knows no Pod
	// Identity: it shows a token of the service account itself. Pod Identity if nil.
	Issuer *Issuer
}

// Issuer issues the tokens of service accounts.
type Issuer struct {
	// ProviderArn is its identity provider in IAM, and URL the issuer's URL.
	ProviderArn, URL pulumi.StringInput
}

// Workload is what a workload in the cluster is in the account: a role for its
// service account, through EKS Pod Identity or by its token. A service account has one role, so
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
		AssumeRolePolicy: args.trust(), Tags: args.tags("workload", name),
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
	w.RoleArn = role.Arn
	if args.Issuer != nil {
		return w, ctx.RegisterResourceOutputs(w, pulumi.Map{"roleArn": w.RoleArn})
	}
	association, err := eks.NewPodIdentityAssociation(ctx, name, &eks.PodIdentityAssociationArgs{
		ClusterName: args.ClusterName, Namespace: pulumi.String(args.Namespace), ServiceAccount: pulumi.String(args.ServiceAccount),
		RoleArn: role.Arn, Tags: args.tags("workload", name),
	}, parent)
	if err != nil {
		return nil, fmt.Errorf("giving service account %s its role: %w", account, err)
	}
	w.Ready = append(w.Ready, association)
	return w, ctx.RegisterResourceOutputs(w, pulumi.Map{"roleArn": w.RoleArn})
}

// trust is who may be the role: pods of the account's clusters through Pod
// Identity, or who shows a token of the service account.
// Source: EKS user guide, "Assign IAM roles to Kubernetes service accounts".
func (a *WorkloadArgs) trust() pulumi.StringInput {
	if a.Issuer == nil {
		return pulumi.String(assumedByPods(a.Scope))
	}
	return pulumi.All(a.Issuer.ProviderArn, a.Issuer.URL).ApplyT(func(all []any) string {
		provider, _ := all[0].(string)
		url, _ := all[1].(string)
		issuer := strings.TrimPrefix(url, "https://")
		return policy(Statement{
			Effect: "Allow", Action: []string{"sts:AssumeRoleWithWebIdentity"}, Principal: &Principal{Federated: []string{provider}},
			Condition: map[string]map[string][]string{"StringEquals": {
				issuer + ":aud": {stsAudience}, issuer + ":sub": {"system:serviceaccount:" + a.Namespace + ":" + a.ServiceAccount},
			}},
		})
	}).(pulumi.StringOutput)
}

// SnapshotsInBucket is the policy that lets its holder keep snapshots in a folder
// of a bucket, encrypted with the bucket's key.
// Source: Elasticsearch reference, "S3 repository", recommended permissions.
func SnapshotsInBucket(s Scope, bucketArn, keyArn pulumi.StringInput, folder string) pulumi.StringOutput {
	return pulumi.All(bucketArn, keyArn).ApplyT(func(all []any) string {
		bucket, _ := all[0].(string)
		key, _ := all[1].(string)
		list := allow("List", []string{"s3:ListBucket", "s3:ListBucketMultipartUploads", "s3:ListBucketVersions"}, []string{bucket})
		list.Condition = map[string]map[string][]string{"StringLike": {"s3:prefix": {folder, folder + "/*"}}}
		use := allow("Key", []string{"kms:Decrypt", "kms:GenerateDataKey"}, []string{key})
		use.Condition = map[string]map[string][]string{"StringEquals": {"kms:ViaService": {"s3." + s.Region + ".amazonaws.com"}}}
		return policy(
			list, use, allow("Locate", []string{"s3:GetBucketLocation"}, []string{bucket}),
			allow("Objects", []string{
				"s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts",
			}, []string{bucket + "/" + folder + "/*"}),
		)
	}).(pulumi.StringOutput)
}
