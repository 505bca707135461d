package aws

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// GithubOidcArgs are the arguments of NewGithubOidc.
type GithubOidcArgs struct {
	Scope
	// Project and Stack are Pulumi's names. Stack is the name of the GitHub
	// environment whose jobs may deploy; those of <stack>-preview, and pull
	// requests, may preview.
	Project, Stack string
	// Repository is the repository on GitHub, owner/name.
	Repository string
	// ExistingProvider says that the account trusts GitHub's identity provider
	// already: an account has it once.
	ExistingProvider bool
	// Boundary is the ARN of an existing policy that limits what any role of the
	// stack may do; one is made if empty.
	Boundary string
	// StateBucketArn is the ARN of the bucket that holds Pulumi's state, and
	// StateKeyArn that of the key that encrypts it or its secrets; none if empty.
	StateBucketArn, StateKeyArn string
}

// GithubOidc lets jobs of a repository on GitHub preview and deploy a stack,
// without keys: GitHub signs who a job is, and AWS gives it an hour's
// credentials. The roles cannot change themselves, nor what limits them: who
// changes them here deploys by hand.
type GithubOidc struct {
	pulumi.ResourceState

	// PreviewArn and DeployArn are the ARNs of the two roles.
	PreviewArn, DeployArn pulumi.StringOutput
	// BoundaryArn is the ARN of the policy that limits every role of the stack.
	// Roles other than these two get it by BindRoles.
	BoundaryArn pulumi.StringOutput
}

const (
	githubIssuer = "token.actions.githubusercontent.com"
	stsAudience  = "sts.amazonaws.com"
	// sessionSeconds is the shortest session that IAM allows as a maximum; a
	// deployment that takes longer than an hour asks for credentials again.
	sessionSeconds = 3600
)

// policyName is what IAM allows for the name of a policy. Those that statements
// name before they exist have one that is set.
var policyName = component.Limit{Max: 128, Extra: "_+=,.@"}

var (
	githubRepository = regexp.MustCompile(`^[A-Za-z0-9](-?[A-Za-z0-9])*/[A-Za-z0-9._-]+$`)
	policyARN        = regexp.MustCompile(`^arn:[a-z-]+:iam::\d{12}:policy/.+$`)
)

// githubBuilder is a GithubOidc while it is built.
type githubBuilder struct {
	*GithubOidcArgs
	ctx  *pulumi.Context
	name string
	in   pulumi.ResourceOption
}

// NewGithubOidc makes the provider, the boundary and the two roles.
func NewGithubOidc(ctx *pulumi.Context, name string, args *GithubOidcArgs, opts ...pulumi.ResourceOption) (*GithubOidc, error) {
	if err := args.check(); err != nil {
		return nil, fmt.Errorf("creating GitHub identity %s: %w", name, err)
	}
	g := &GithubOidc{}
	if err := component.Register(ctx, "aws", "GithubOidc", name, g, opts...); err != nil {
		return nil, err
	}
	b := &githubBuilder{args, ctx, name, pulumi.Parent(g)}
	provider, err := b.provider()
	if err != nil {
		return nil, err
	}
	if g.BoundaryArn, err = b.boundary(); err != nil {
		return nil, err
	}
	repo := "repo:" + args.Repository + ":"
	preview, err := b.role("preview", provider, g.BoundaryArn, repo+"pull_request", repo+"environment:"+args.Stack+"-preview")
	if err != nil {
		return nil, err
	}
	deploy, err := b.role("deploy", provider, g.BoundaryArn, repo+"environment:"+args.Stack)
	if err != nil {
		return nil, err
	}
	if err := b.grant(preview, deploy); err != nil {
		return nil, err
	}
	g.PreviewArn, g.DeployArn = preview.Arn, deploy.Arn
	return g, ctx.RegisterResourceOutputs(g, pulumi.Map{
		"previewArn": g.PreviewArn, "deployArn": g.DeployArn, "boundaryArn": g.BoundaryArn,
	})
}

// check returns all that is wrong with the arguments.
func (a *GithubOidcArgs) check() error {
	var errs []error
	want := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	want(githubRepository.MatchString(a.Repository), "Repository: got %q, want owner/name", a.Repository)
	want(a.Project != "", "Project is missing")
	want(a.Stack != "", "Stack is missing")
	want(a.Boundary == "" || policyARN.MatchString(a.Boundary), "Boundary: got %s, want the ARN of a policy", a.Boundary)
	want(a.StateKeyArn == "" || a.StateBucketArn != "", "StateBucketArn: got none, want the bucket of the key %s", a.StateKeyArn)
	return errors.Join(errs...)
}

// provider is the ARN of GitHub's identity provider. AWS trusts its certificate
// by the authority that signed it, so no thumbprint has to be kept up to date.
// Source: IAM user guide, "Obtain the thumbprint for an OpenID Connect provider".
func (b *githubBuilder) provider() (pulumi.StringOutput, error) {
	if b.ExistingProvider {
		return pulumi.String(b.globalArn("iam", "oidc-provider/"+githubIssuer)).ToStringOutput(), nil
	}
	p, err := iam.NewOpenIdConnectProvider(b.ctx, b.name, &iam.OpenIdConnectProviderArgs{
		Url: pulumi.String("https://" + githubIssuer), ClientIdLists: pulumi.ToStringArray([]string{stsAudience}), Tags: b.tags("ci", b.name),
	}, b.in)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("creating identity provider %s: %w", b.name, err)
	}
	return p.Arn, nil
}

// roleName is the name of a role here. It is set: workflows and the cluster's
// access entries hold it, and the boundary names it.
func (b *githubBuilder) roleName(purpose string) string {
	return limits.Role.Name(b.Prefix, b.name, purpose)
}

// role makes a role that jobs with one of the subjects may assume.
// Source: GitHub docs, "Configuring OpenID Connect in Amazon Web Services".
func (b *githubBuilder) role(purpose string, provider, boundary pulumi.StringOutput, subjects ...string) (*iam.Role, error) {
	name := b.name + "-" + purpose
	trust := provider.ApplyT(func(arn string) string {
		return policy(Statement{
			Effect: "Allow", Action: []string{"sts:AssumeRoleWithWebIdentity"}, Principal: &Principal{Federated: []string{arn}},
			Condition: map[string]map[string][]string{"StringEquals": {
				githubIssuer + ":aud": {stsAudience}, githubIssuer + ":sub": subjects,
			}},
		})
	}).(pulumi.StringOutput)
	role, err := iam.NewRole(b.ctx, name, &iam.RoleArgs{
		Name: pulumi.String(b.roleName(purpose)), Description: pulumi.String("Jobs of " + b.Repository + " that " + purpose + " " + b.Prefix),
		AssumeRolePolicy: trust, PermissionsBoundary: boundary, MaxSessionDuration: pulumi.Int(sessionSeconds), Tags: b.tags("ci", name),
	}, b.in)
	if err != nil {
		return nil, fmt.Errorf("creating role %s: %w", name, err)
	}
	return role, nil
}

// grant gives the roles their policies. IAM takes 6,144 letters a policy and ten
// policies a role: what may be changed is one policy an area.
func (b *githubBuilder) grant(preview, deploy *iam.Role) error {
	if err := b.attach("read", policy(b.readRights()...), preview, deploy); err != nil {
		return err
	}
	areas := b.deployRights()
	for _, area := range slices.Sorted(maps.Keys(areas)) {
		if err := b.attach("deploy-"+area, policy(areas[area]...), deploy); err != nil {
			return err
		}
	}
	if b.StateBucketArn == "" {
		return nil
	}
	if err := b.attach("state-read", policy(b.stateRights(false)...), preview); err != nil {
		return err
	}
	return b.attach("state-write", policy(b.stateRights(true)...), deploy)
}

// attach makes a policy and attaches it to roles.
func (b *githubBuilder) attach(purpose, document string, roles ...*iam.Role) error {
	name := b.name + "-" + purpose
	p, err := iam.NewPolicy(b.ctx, name, &iam.PolicyArgs{
		Description: pulumi.String("What CI may do with " + b.Prefix + ": " + purpose), Policy: pulumi.String(document), Tags: b.tags("ci", name),
	}, b.in)
	if err != nil {
		return fmt.Errorf("creating policy %s: %w", name, err)
	}
	for i, role := range roles {
		at := name
		if i > 0 {
			at += "-deploy" // the first of two is for previews
		}
		if _, err := iam.NewRolePolicyAttachment(b.ctx, at, &iam.RolePolicyAttachmentArgs{Role: role.Name, PolicyArn: p.Arn}, b.in); err != nil {
			return fmt.Errorf("attaching policy %s: %w", at, err)
		}
	}
	return nil
}

// stateRights let a role read the stack's state, or change it. The bucket may
// hold those of other stacks.
// Source: Pulumi's docs, "DIY backends", layout of the bucket.
func (b *githubBuilder) stateRights(write bool) []Statement {
	objects, keys := []string{"s3:GetObject"}, []string{"kms:Decrypt"}
	if write {
		objects = append(objects, "s3:PutObject", "s3:DeleteObject")
		keys = append(keys, "kms:Encrypt", "kms:GenerateDataKey")
	}
	own := b.StateBucketArn + "/.pulumi/*/" + b.Project + "/" + b.Stack
	all := []Statement{
		allow("FindState", []string{"s3:ListBucket"}, []string{b.StateBucketArn}),
		allow("ReadBackend", []string{"s3:GetObject"}, []string{b.StateBucketArn + "/.pulumi/meta.yaml"}),
		allow("State", objects, []string{own + ".json*", own + "/*"}),
	}
	if b.StateKeyArn != "" {
		all = append(all, allow("StateKey", keys, []string{b.StateKeyArn}))
	}
	return all
}
