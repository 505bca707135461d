package aws

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecr"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// RegistryArgs are the arguments of NewRegistry.
type RegistryArgs struct {
	Scope
	// KeyArn is the key that encrypts the images.
	KeyArn pulumi.StringInput
	// Images are the names of the images: one repository each.
	Images []string
	// UntaggedDays is how long images without a tag are kept, and KeepImages how
	// many images at all; both 1 or more.
	UntaggedDays, KeepImages int
	// PullAccounts are the numbers of other accounts that may pull.
	PullAccounts []string
	// Mirrors are public registries whose images are fetched through this one and
	// kept here: public.ecr.aws, registry.k8s.io or quay.io, which ask for no
	// credentials.
	Mirrors []string
	// NodeRole is the name of the role of the nodes, which fetch through the
	// mirrors. It is wanted where there are mirrors.
	NodeRole pulumi.StringInput
	// MoreNodeRoles are further such roles, by a name of theirs.
	MoreNodeRoles map[string]pulumi.StringInput
}

// Registry is the stack's image registry in ECR: tags that never change, images
// scanned when they come in.
type Registry struct {
	pulumi.ResourceState

	// URLs are the repositories' addresses, by image:
	// <account>.dkr.ecr.<region>.amazonaws.com/<prefix>/<image>.
	URLs map[string]pulumi.StringOutput
	// MirrorURLs are what stands for the host of a public registry in the name of
	// an image, by that host.
	MirrorURLs map[string]pulumi.StringOutput
}

// NewRegistry makes the repositories. Their names are fixed, as whoever pushes
// and pulls knows them. In a disposable scope they go with their images;
// elsewhere a repository that holds any is not deleted.
func NewRegistry(ctx *pulumi.Context, name string, args *RegistryArgs, opts ...pulumi.ResourceOption) (*Registry, error) {
	if err := args.check(); err != nil {
		return nil, fmt.Errorf("creating registry %s: %w", name, err)
	}
	r := &Registry{URLs: map[string]pulumi.StringOutput{}, MirrorURLs: map[string]pulumi.StringOutput{}}
	if err := component.Register(ctx, "aws", "Registry", name, r, opts...); err != nil {
		return nil, err
	}
	for _, image := range slices.Sorted(slices.Values(args.Images)) {
		url, err := args.repository(ctx, name+"-"+image, image, pulumi.Parent(r))
		if err != nil {
			return nil, err
		}
		r.URLs[image] = url
	}
	if err := args.mirrors(ctx, name, r); err != nil {
		return nil, err
	}
	return r, ctx.RegisterResourceOutputs(r, pulumi.Map{"urls": stringMap(r.URLs), "mirrorUrls": stringMap(r.MirrorURLs)})
}

// stringMap makes a map of outputs one input.
func stringMap(m map[string]pulumi.StringOutput) pulumi.StringMap {
	all := pulumi.StringMap{}
	for _, k := range slices.Sorted(maps.Keys(m)) {
		all[k] = m[k]
	}
	return all
}

func (a *RegistryArgs) check() error {
	var errs []error
	want := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	want(a.KeyArn != nil, "KeyArn is missing")
	want(a.UntaggedDays > 0, "UntaggedDays: got %d, want 1 or more", a.UntaggedDays)
	want(a.KeepImages > 0, "KeepImages: got %d, want 1 or more", a.KeepImages)
	want(len(a.Mirrors) == 0 || a.NodeRole != nil, "NodeRole is missing: nodes fetch through the mirrors")
	for _, host := range a.Mirrors {
		want(mirrorNames[host] != "", "Mirrors: got %s, want one of %v", host, slices.Sorted(maps.Keys(mirrorNames)))
	}
	return errors.Join(errs...)
}

// repository makes one repository and says where it is.
func (a *RegistryArgs) repository(ctx *pulumi.Context, name, image string, parent pulumi.ResourceOption) (pulumi.StringOutput, error) {
	repository, err := ecr.NewRepository(ctx, name, &ecr.RepositoryArgs{
		Name: pulumi.String(limits.Repository.Name(a.Prefix) + "/" + image),
		// A tag that can be moved says nothing about what runs.
		ImageTagMutability:         pulumi.String("IMMUTABLE"),
		ImageScanningConfiguration: ecr.RepositoryImageScanningConfigurationArgs{ScanOnPush: pulumi.Bool(true)},
		EncryptionConfigurations: ecr.RepositoryEncryptionConfigurationArray{ecr.RepositoryEncryptionConfigurationArgs{
			EncryptionType: pulumi.String("KMS"), KmsKey: a.KeyArn.ToStringOutput().ToStringPtrOutput(),
		}},
		ForceDelete: pulumi.Bool(a.Disposable),
		Tags:        a.tags("registry", name),
	}, parent, pulumi.Protect(a.Protect), pulumi.DeleteBeforeReplace(true))
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("creating repository %s: %w", name, err)
	}
	if _, err := ecr.NewLifecyclePolicy(ctx, name, &ecr.LifecyclePolicyArgs{
		Repository: repository.Name, Policy: pulumi.String(a.lifecycle()),
	}, parent); err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("setting the lifecycle of repository %s: %w", name, err)
	}
	if len(a.PullAccounts) > 0 {
		if _, err := ecr.NewRepositoryPolicy(ctx, name, &ecr.RepositoryPolicyArgs{
			Repository: repository.Name, Policy: pulumi.String(a.pullers()),
		}, parent); err != nil {
			return pulumi.StringOutput{}, fmt.Errorf("setting the policy of repository %s: %w", name, err)
		}
	}
	return repository.RepositoryUrl, nil
}

// pullers lets the accounts pull that are named, and nobody else. Inside the
// account IAM policies say who may.
func (a *RegistryArgs) pullers() string {
	pull := allow("Pull", []string{"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"}, nil)
	pull.Principal = &Principal{}
	for _, account := range slices.Sorted(slices.Values(a.PullAccounts)) {
		pull.Principal.AWS = append(pull.Principal.AWS, "arn:"+a.Partition+":iam::"+account+":root")
	}
	return policy(pull)
}

// lifecycle forgets images without a tag after days, and then the oldest.
func (a *RegistryArgs) lifecycle() string {
	type selection struct {
		TagStatus   string `json:"tagStatus"`
		CountType   string `json:"countType"`
		CountUnit   string `json:"countUnit,omitempty"`
		CountNumber int    `json:"countNumber"`
	}
	type rule struct {
		Priority    int               `json:"rulePriority"`
		Description string            `json:"description"`
		Selection   selection         `json:"selection"`
		Action      map[string]string `json:"action"`
	}
	expire := map[string]string{"type": "expire"}
	doc, err := json.Marshal(map[string][]rule{"rules": {
		{1, "what no tag names", selection{"untagged", "sinceImagePushed", "days", a.UntaggedDays}, expire},
		{2, "the oldest", selection{"any", "imageCountMoreThan", "", a.KeepImages}, expire},
	}})
	if err != nil {
		return err.Error() // cannot be: texts and numbers always marshal
	}
	return string(doc)
}
