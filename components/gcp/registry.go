package gcp

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/artifactregistry"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// RegistryArgs are the arguments of NewRegistry. Images are scanned for
// vulnerabilities where the project has the API containerscanning on, at 0.26 USD for
// each; no component switches it on.
// Source: Artifact Analysis pricing, read 2026-11.
type RegistryArgs struct {
	Scope
	// KeyID is the key that encrypts the images: Artifact Registry may use it.
	KeyID pulumi.StringInput
	// After is what must exist before: the key's rights (Key.Ready).
	After []pulumi.Resource
	// Images are the names of the images. They share one repository, in which each
	// comes to be when it is pushed the first time.
	Images []string
	// UntaggedDays is how long images without a tag are kept, and KeepImages how
	// many of an image's versions at least, tagged or not; both 1 or more. Tagged
	// ones are kept for ever: a tag never moves.
	UntaggedDays, KeepImages int
	// Mirrors are public registries whose images are fetched through this one and
	// kept here: docker.io, registry.k8s.io, quay.io, ghcr.io or public.ecr.aws.
	Mirrors []string
	// Readers are who may pull, and Writers who may push: members such as
	// serviceAccount:<e-mail>, by a name of yours.
	Readers, Writers map[string]pulumi.StringInput
}

// Registry is the stack's image registry in Artifact Registry: tags that never
// change.
type Registry struct {
	pulumi.ResourceState

	// URLs are the images' addresses without a tag, by image:
	// <region>-docker.pkg.dev/<project>/<repository>/<image>.
	URLs map[string]pulumi.StringOutput
	// MirrorURLs are what stands for the host of a public registry in the name of
	// an image, by that host.
	MirrorURLs map[string]pulumi.StringOutput
}

// repositoryName is what Artifact Registry allows for a repository's name. It is
// fixed, as whoever pushes and pulls knows it.
// Source: Artifact Registry docs, "Create standard repositories", read 2026-11.
var repositoryName = component.Limit{Max: 63, Lower: true}

// mirrors are the public registries that give images to anyone, with the names
// that their mirrors have here.
var mirrors = map[string]string{
	"docker.io": "docker", "registry.k8s.io": "k8s", "quay.io": "quay", "ghcr.io": "github", "public.ecr.aws": "ecr",
}

// The roles on a repository.
const (
	imageReader = "roles/artifactregistry.reader"
	imageWriter = "roles/artifactregistry.writer"
)

// NewRegistry makes the repositories. One that goes takes its images along:
// Artifact Registry asks nobody.
func NewRegistry(ctx *pulumi.Context, name string, args *RegistryArgs, opts ...pulumi.ResourceOption) (*Registry, error) {
	if err := args.check(); err != nil {
		return nil, fmt.Errorf("creating registry %s: %w", name, err)
	}
	r := &Registry{URLs: map[string]pulumi.StringOutput{}, MirrorURLs: map[string]pulumi.StringOutput{}}
	if err := component.Register(ctx, "gcp", "Registry", name, r, opts...); err != nil {
		return nil, err
	}
	own := args.repository("images", "Images of "+args.Prefix)
	own.DockerConfig = artifactregistry.RepositoryDockerConfigArgs{ImmutableTags: pulumi.Bool(true)}
	url, err := args.make(ctx, name+"-images", own, r)
	if err != nil {
		return nil, err
	}
	for _, image := range args.Images {
		r.URLs[image] = pulumi.Sprintf("%s/%s", url, image)
	}
	for _, host := range slices.Sorted(slices.Values(args.Mirrors)) {
		mirror := args.repository(mirrors[host], "Images of "+host)
		mirror.Mode = pulumi.String("REMOTE_REPOSITORY")
		mirror.RemoteRepositoryConfig = upstream(host)
		if r.MirrorURLs[host], err = args.make(ctx, name+"-"+mirrors[host], mirror, r); err != nil {
			return nil, err
		}
	}
	return r, ctx.RegisterResourceOutputs(r, pulumi.Map{"urls": stringMap(r.URLs), "mirrorUrls": stringMap(r.MirrorURLs)})
}

// repository are the arguments that all repositories share.
func (a *RegistryArgs) repository(name, description string) *artifactregistry.RepositoryArgs {
	return &artifactregistry.RepositoryArgs{
		RepositoryId: pulumi.String(repositoryName.Name(a.Prefix, name)), Location: pulumi.String(a.Region), Format: pulumi.String("DOCKER"),
		Mode: pulumi.String("STANDARD_REPOSITORY"), Description: pulumi.String(description), KmsKeyName: a.KeyID.ToStringOutput().ToStringPtrOutput(),
		CleanupPolicies: a.cleanup(), CleanupPolicyDryRun: pulumi.Bool(false), Labels: a.labels("registry"),
	}
}

// cleanup forgets what no tag names after days, but for the newest versions.
func (a *RegistryArgs) cleanup() artifactregistry.RepositoryCleanupPolicyArray {
	return artifactregistry.RepositoryCleanupPolicyArray{
		artifactregistry.RepositoryCleanupPolicyArgs{
			Id: pulumi.String("untagged"), Action: pulumi.String("DELETE"),
			Condition: artifactregistry.RepositoryCleanupPolicyConditionArgs{
				TagState: pulumi.String("UNTAGGED"), OlderThan: pulumi.String(strconv.Itoa(a.UntaggedDays*24*3600) + "s"),
			},
		},
		artifactregistry.RepositoryCleanupPolicyArgs{
			Id: pulumi.String("newest"), Action: pulumi.String("KEEP"),
			MostRecentVersions: artifactregistry.RepositoryCleanupPolicyMostRecentVersionsArgs{KeepCount: pulumi.Int(a.KeepImages)},
		},
	}
}

// upstream is where a mirror fetches. Docker Hub has a name of its own.
func upstream(host string) artifactregistry.RepositoryRemoteRepositoryConfigArgs {
	from := artifactregistry.RepositoryRemoteRepositoryConfigDockerRepositoryArgs{}
	if host == "docker.io" {
		from.PublicRepository = pulumi.String("DOCKER_HUB")
	} else {
		from.CustomRepository = artifactregistry.RepositoryRemoteRepositoryConfigDockerRepositoryCustomRepositoryArgs{Uri: pulumi.String("https://" + host)}
	}
	return artifactregistry.RepositoryRemoteRepositoryConfigArgs{Description: pulumi.String(host), DockerRepository: from}
}

// make makes a repository with its rights and says where it is.
func (a *RegistryArgs) make(ctx *pulumi.Context, name string, args *artifactregistry.RepositoryArgs, r *Registry) (pulumi.StringOutput, error) {
	repository, err := artifactregistry.NewRepository(ctx, name, args, pulumi.Parent(r), pulumi.Protect(a.Protect),
		pulumi.DeleteBeforeReplace(true), pulumi.DependsOn(a.After))
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("creating repository %s: %w", name, err)
	}
	var rights []any
	let := func(kind, role string, members map[string]pulumi.StringInput) error {
		for _, who := range slices.Sorted(maps.Keys(members)) {
			right, err := artifactregistry.NewRepositoryIamMember(ctx, name+"-"+kind+"-"+who, &artifactregistry.RepositoryIamMemberArgs{
				Location: pulumi.String(a.Region), Repository: repository.RepositoryId, Role: pulumi.String(role), Member: members[who],
			}, pulumi.Parent(r))
			if err != nil {
				return fmt.Errorf("letting %s into repository %s: %w", who, name, err)
			}
			rights = append(rights, right.ID())
		}
		return nil
	}
	if err := let("reader", imageReader, a.Readers); err != nil {
		return pulumi.StringOutput{}, err
	}
	if args.RemoteRepositoryConfig == nil { // nobody pushes to a mirror
		if err := let("writer", imageWriter, a.Writers); err != nil {
			return pulumi.StringOutput{}, err
		}
	}
	url := pulumi.Sprintf("%s-docker.pkg.dev/%s/%s", a.Region, a.Project, repository.RepositoryId)
	return after(url, rights), nil
}

// check returns all that is wrong with the arguments.
func (a *RegistryArgs) check() error {
	var errs []error
	want := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	want(a.KeyID != nil, "KeyID is missing")
	want(a.UntaggedDays > 0, "UntaggedDays: got %d, want 1 or more", a.UntaggedDays)
	want(a.KeepImages > 0, "KeepImages: got %d, want 1 or more", a.KeepImages)
	for _, host := range a.Mirrors {
		want(mirrors[host] != "", "Mirrors: got %s, want one of %v", host, slices.Sorted(maps.Keys(mirrors)))
	}
	for kind, members := range map[string]map[string]pulumi.StringInput{"Readers": a.Readers, "Writers": a.Writers} {
		for who, member := range members {
			want(member != nil, "%s[%s] is missing", kind, who)
		}
	}
	return errors.Join(errs...)
}
