package aws

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecr"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// mirrorNames are the public registries that give images to anyone, with the
// short names that their mirrors have here: a prefix has 30 characters at most.
// Source: ECR user guide, "Sync an upstream registry", read 2026-11.
var mirrorNames = map[string]string{"public.ecr.aws": "ecr", "registry.k8s.io": "k8s", "quay.io": "quay"}

// mirrors makes the rules by which images of public registries are fetched and
// kept, and says how repositories that come to be by them are made: by a role of
// ours, since they have our key.
func (a *RegistryArgs) mirrors(ctx *pulumi.Context, name string, r *Registry) error {
	if len(a.Mirrors) == 0 {
		return nil
	}
	role, err := a.mirrorRole(ctx, name+"-mirrors", r)
	if err != nil {
		return err
	}
	for _, host := range slices.Sorted(slices.Values(a.Mirrors)) {
		child, prefix := name+"-"+mirrorNames[host], limits.Mirror.Name(a.Prefix)+"/"+mirrorNames[host]
		template, err := ecr.NewRepositoryCreationTemplate(ctx, child, &ecr.RepositoryCreationTemplateArgs{
			Prefix: pulumi.String(prefix), AppliedFors: pulumi.StringArray{pulumi.String("PULL_THROUGH_CACHE")},
			Description: pulumi.String("Images of " + host), CustomRoleArn: role.Arn,
			// The other registry moves its tags, and the mirror follows.
			ImageTagMutability: pulumi.String("MUTABLE"),
			EncryptionConfigurations: ecr.RepositoryCreationTemplateEncryptionConfigurationArray{ecr.RepositoryCreationTemplateEncryptionConfigurationArgs{
				EncryptionType: pulumi.String("KMS"), KmsKey: a.KeyArn.ToStringOutput().ToStringPtrOutput(),
			}},
			LifecyclePolicy: pulumi.String(a.lifecycle()), ResourceTags: a.tags("registry", child),
		}, pulumi.Parent(r))
		if err != nil {
			return fmt.Errorf("creating the template of mirror %s: %w", child, err)
		}
		rule, err := ecr.NewPullThroughCacheRule(ctx, child, &ecr.PullThroughCacheRuleArgs{
			EcrRepositoryPrefix: pulumi.String(prefix), UpstreamRegistryUrl: pulumi.String(host),
		}, pulumi.Parent(r), pulumi.DeleteBeforeReplace(true), pulumi.DependsOn([]pulumi.Resource{template}))
		if err != nil {
			return fmt.Errorf("creating mirror %s: %w", child, err)
		}
		r.MirrorURLs[host] = pulumi.Sprintf("%s.dkr.ecr.%s.amazonaws.com/%s", a.AccountID, a.Region, rule.EcrRepositoryPrefix)
	}
	// The first pull of an image makes its repository, in the puller's name.
	fetch := allow("Fetch", []string{"ecr:BatchImportUpstreamImage", "ecr:CreateRepository"},
		[]string{a.arn("ecr", "repository/"+limits.Mirror.Name(a.Prefix)+"/*")})
	roles := map[string]pulumi.StringInput{"nodes": a.NodeRole}
	for more, role := range a.MoreNodeRoles {
		roles["nodes-"+more] = role
	}
	for _, key := range slices.Sorted(maps.Keys(roles)) {
		if _, err := iam.NewRolePolicy(ctx, name+"-"+key, &iam.RolePolicyArgs{
			Role: roles[key], Policy: pulumi.String(policy(fetch)),
		}, pulumi.Parent(r)); err != nil {
			return fmt.Errorf("letting the %s fetch through the mirrors: %w", key, err)
		}
	}
	return nil
}

// mirrorRole makes the role in which ECR makes repositories for mirrors.
// Source: ECR user guide, "IAM permissions for creating repository creation
// templates", read 2026-11.
func (a *RegistryArgs) mirrorRole(ctx *pulumi.Context, name string, r *Registry) (*iam.Role, error) {
	trust := Statement{
		Effect: "Allow", Action: []string{"sts:AssumeRole"}, Principal: &Principal{Service: []string{"ecr.amazonaws.com"}},
		Condition: map[string]map[string][]string{"StringEquals": {"aws:SourceAccount": {a.AccountID}}},
	}
	role, err := iam.NewRole(ctx, name, &iam.RoleArgs{
		Description: pulumi.String("ECR makes the repositories of mirrors"), AssumeRolePolicy: pulumi.String(policy(trust)), Tags: a.tags("registry", name),
	}, pulumi.Parent(r))
	if err != nil {
		return nil, fmt.Errorf("creating role %s: %w", name, err)
	}
	may := a.KeyArn.ToStringOutput().ApplyT(func(key string) string {
		return policy(
			allow("Repositories", []string{"ecr:CreateRepository", "ecr:ReplicateImage", "ecr:TagResource"},
				[]string{a.arn("ecr", "repository/"+limits.Mirror.Name(a.Prefix)+"/*")}),
			allow("Key", []string{"kms:CreateGrant", "kms:DescribeKey", "kms:RetireGrant"}, []string{key}),
		)
	}).(pulumi.StringOutput)
	if _, err := iam.NewRolePolicy(ctx, name, &iam.RolePolicyArgs{Role: role.Name, Policy: may}, pulumi.Parent(r)); err != nil {
		return nil, fmt.Errorf("creating the policy of role %s: %w", name, err)
	}
	return role, nil
}
