package gcp

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/iam"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/projects"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/serviceaccount"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/storage"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// GithubArgs are the arguments of NewGithub.
type GithubArgs struct {
	Scope
	// Stack is Pulumi's name of the stack, and that of the GitHub environment whose
	// jobs may deploy; those of <stack>-preview, and pull requests, may preview.
	Stack string
	// Repository is the repository on GitHub, owner/name.
	Repository string
	// Pool is the id of the pool of identities. A deleted pool keeps its id for 30
	// days: a stack that comes again before needs another one. It is named after
	// the stack if empty.
	Pool string
	// ActsAs are the names of the accounts that what is deployed runs as, by a name
	// of yours: nodes.
	ActsAs map[string]pulumi.StringInput
	// StateBucket is the name of the bucket that holds Pulumi's state; none if
	// empty.
	StateBucket string
}

// Github lets jobs of a repository on GitHub preview and deploy a stack, without
// keys: GitHub signs who a job is, and Google Cloud gives it an hour's
// credentials of one of two accounts.
type Github struct {
	pulumi.ResourceState

	// Provider is the name that jobs log in with.
	Provider pulumi.StringOutput
	// Preview and Deploy are the addresses of the two accounts.
	Preview, Deploy pulumi.StringOutput
}

const githubIssuer = "https://token.actions.githubusercontent.com"

var (
	githubRepository = regexp.MustCompile(`^[A-Za-z0-9](-?[A-Za-z0-9])*/[A-Za-z0-9._-]+$`)
	// poolID is the id of a pool of identities, and poolLimit its limit.
	// Source: IAM reference, workloadIdentityPools, read 2026-11.
	poolID    = regexp.MustCompile(`^[a-z][a-z0-9-]{3,31}$`)
	poolLimit = component.Limit{Max: 32, Lower: true}
)

// previewRoles read how everything is configured, and no secret and no object.
var previewRoles = []string{"roles/viewer", "roles/iam.securityReviewer"}

// deployRoles are what a stack consists of, service by service: no owner and no
// editor, who may also do what no stack does. The right to give rights is in
// grantRole, and knows which ones. A budget is the billing account's: who makes
// one from here needs roles/billing.costsManager there, which somebody else gives.
// Certificate Manager's editor deletes nothing, its owner does.
// Source: IAM docs, "Certificate Manager roles and permissions", read 2026-11.
var deployRoles = []string{
	"roles/artifactregistry.admin", "roles/certificatemanager.owner", "roles/cloudkms.admin", "roles/cloudsql.admin",
	"roles/compute.loadBalancerAdmin", "roles/compute.networkAdmin", "roles/compute.securityAdmin", "roles/container.admin",
	"roles/dns.admin", "roles/gkebackup.admin", "roles/iam.roleAdmin", "roles/iam.serviceAccountAdmin", "roles/iam.workloadIdentityPoolAdmin",
	"roles/logging.configWriter", "roles/monitoring.admin", "roles/pubsub.admin", "roles/redis.admin", "roles/secretmanager.admin",
	"roles/serviceusage.serviceUsageAdmin", "roles/servicenetworking.networksAdmin", "roles/storage.admin",
}

// grantRole lets a deployment change the project's policy, and given the roles
// in granted, which components give, nothing else.
// Source: IAM docs, "Set limits on granting roles", read 2026-11.
const grantRole = "roles/resourcemanager.projectIamAdmin"

// granted are the roles that components give in the whole project.
var granted = append([]string{
	"roles/container.admin", "roles/container.clusterViewer", "roles/cloudsql.client", "roles/cloudsql.instanceUser", "roles/dns.reader",
	"roles/compute.storageAdmin", "roles/monitoring.viewer",
}, nodeRoles...)

// githubBuilder is a Github while it is built.
type githubBuilder struct {
	*GithubArgs
	ctx  *pulumi.Context
	name string
	in   pulumi.ResourceOption
	pool *iam.WorkloadIdentityPool
}

// NewGithub makes the pool, the provider and the two accounts.
func NewGithub(ctx *pulumi.Context, name string, args *GithubArgs, opts ...pulumi.ResourceOption) (*Github, error) {
	if err := args.check(); err != nil {
		return nil, fmt.Errorf("creating GitHub identity %s: %w", name, err)
	}
	g := &Github{}
	if err := component.Register(ctx, "gcp", "Github", name, g, opts...); err != nil {
		return nil, err
	}
	b := &githubBuilder{GithubArgs: args, ctx: ctx, name: name, in: pulumi.Parent(g)}
	provider, err := b.provider()
	if err != nil {
		return nil, err
	}
	repo := "repo:" + args.Repository + ":"
	preview, err := b.account("preview", repo+"pull_request", repo+"environment:"+args.Stack+"-preview")
	if err != nil {
		return nil, err
	}
	deploy, err := b.account("deploy", repo+"environment:"+args.Stack)
	if err != nil {
		return nil, err
	}
	if err := b.grant("preview", preview, "roles/storage.objectViewer", previewRoles); err != nil {
		return nil, err
	}
	if err := b.grant("deploy", deploy, "roles/storage.objectUser", deployRoles); err != nil {
		return nil, err
	}
	if err := b.grantGrants(deploy); err != nil {
		return nil, err
	}
	if err := b.actAs(deploy); err != nil {
		return nil, err
	}
	g.Provider, g.Preview, g.Deploy = provider.Name, preview.Email, deploy.Email
	return g, ctx.RegisterResourceOutputs(g, pulumi.Map{"provider": g.Provider, "preview": g.Preview, "deploy": g.Deploy})
}

// check returns all that is wrong with the arguments.
func (a *GithubArgs) check() error {
	var errs []error
	if !githubRepository.MatchString(a.Repository) {
		errs = append(errs, fmt.Errorf("Repository: got %q, want owner/name", a.Repository))
	}
	if a.Stack == "" {
		errs = append(errs, errors.New("Stack is missing"))
	}
	if a.Pool != "" && (!poolID.MatchString(a.Pool) || strings.HasPrefix(a.Pool, "gcp-")) {
		errs = append(errs, fmt.Errorf("Pool: got %q, want 4 to 32 small letters, digits and -, which do not begin with gcp-", a.Pool))
	}
	return errors.Join(errs...)
}

// provider makes the pool, and has it trust what GitHub says of one repository.
// Source: IAM docs, "Configure Workload Identity Federation with deployment
// pipelines", read 2026-11.
func (b *githubBuilder) provider() (*iam.WorkloadIdentityPoolProvider, error) {
	id := b.Pool
	if id == "" {
		id = poolLimit.Name(b.Prefix, b.name)
	}
	var err error
	b.pool, err = iam.NewWorkloadIdentityPool(b.ctx, b.name, &iam.WorkloadIdentityPoolArgs{
		WorkloadIdentityPoolId: pulumi.String(id), Description: pulumi.String("Jobs of " + b.Repository + " that work on " + b.Prefix),
	}, b.in)
	if err != nil {
		return nil, fmt.Errorf("creating the pool of identities %s: %w", b.name, err)
	}
	p, err := iam.NewWorkloadIdentityPoolProvider(b.ctx, b.name, &iam.WorkloadIdentityPoolProviderArgs{
		WorkloadIdentityPoolId: b.pool.WorkloadIdentityPoolId, WorkloadIdentityPoolProviderId: pulumi.String("github"),
		AttributeMapping: pulumi.StringMap{
			"google.subject": pulumi.String("assertion.sub"), "attribute.repository": pulumi.String("assertion.repository"),
		},
		AttributeCondition: pulumi.String("assertion.repository == '" + b.Repository + "'"),
		Oidc:               &iam.WorkloadIdentityPoolProviderOidcArgs{IssuerUri: pulumi.String(githubIssuer)},
	}, b.in)
	if err != nil {
		return nil, fmt.Errorf("trusting GitHub with %s: %w", b.name, err)
	}
	return p, nil
}

// account makes an account that jobs with one of the subjects may be.
func (b *githubBuilder) account(purpose string, subjects ...string) (*serviceaccount.Account, error) {
	name := b.name + "-" + purpose
	account, err := serviceaccount.NewAccount(b.ctx, name, &serviceaccount.AccountArgs{
		AccountId: pulumi.String(limits.ServiceAccount.Name(b.Prefix, name)), DisplayName: pulumi.String("Jobs that " + purpose + " " + b.Prefix),
	}, b.in)
	if err != nil {
		return nil, fmt.Errorf("creating account %s: %w", name, err)
	}
	for _, subject := range subjects {
		kind := subject[strings.LastIndexByte(subject, ':')+1:]
		member := b.pool.Name.ApplyT(func(pool string) string {
			return "principal://iam.googleapis.com/" + pool + "/subject/" + subject
		}).(pulumi.StringOutput)
		if _, err := serviceaccount.NewIAMMember(b.ctx, name+"-"+strings.ReplaceAll(kind, "_", "-"), &serviceaccount.IAMMemberArgs{
			ServiceAccountId: account.Name, Role: pulumi.String("roles/iam.workloadIdentityUser"), Member: member,
		}, b.in); err != nil {
			return nil, fmt.Errorf("letting %s be account %s: %w", subject, name, err)
		}
	}
	return account, nil
}

// grant gives an account its roles in the project, and one on the stack's state.
func (b *githubBuilder) grant(purpose string, account *serviceaccount.Account, state string, roles []string) error {
	for _, role := range roles {
		name := b.name + "-" + purpose + "-" + strings.ReplaceAll(strings.TrimPrefix(role, "roles/"), ".", "-")
		if _, err := projects.NewIAMMember(b.ctx, name, &projects.IAMMemberArgs{
			Project: pulumi.String(b.Project), Role: pulumi.String(role), Member: account.Member,
		}, b.in); err != nil {
			return fmt.Errorf("giving %s %s: %w", purpose, role, err)
		}
	}
	if b.StateBucket == "" {
		return nil
	}
	if _, err := storage.NewBucketIAMMember(b.ctx, b.name+"-"+purpose+"-state", &storage.BucketIAMMemberArgs{
		Bucket: pulumi.String(b.StateBucket), Role: pulumi.String(state), Member: account.Member,
	}, b.in); err != nil {
		return fmt.Errorf("giving %s the state: %w", purpose, err)
	}
	return nil
}

// grantGrants lets a deployment give the roles that components give.
func (b *githubBuilder) grantGrants(deploy *serviceaccount.Account) error {
	_, err := projects.NewIAMMember(b.ctx, b.name+"-deploy-grants", &projects.IAMMemberArgs{
		Project: pulumi.String(b.Project), Role: pulumi.String(grantRole), Member: deploy.Member,
		Condition: &projects.IAMMemberConditionArgs{
			Title: pulumi.String(b.Prefix), Description: pulumi.String("Roles that the components of a stack give"),
			Expression: pulumi.String("api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly(['" + strings.Join(granted, "', '") + "'])"),
		},
	}, b.in)
	if err != nil {
		return fmt.Errorf("letting deployments give rights: %w", err)
	}
	return nil
}

// actAs lets a deployment run what it makes as accounts that are named, and as no
// others of the project.
func (b *githubBuilder) actAs(deploy *serviceaccount.Account) error {
	for _, key := range slices.Sorted(maps.Keys(b.ActsAs)) {
		if _, err := serviceaccount.NewIAMMember(b.ctx, b.name+"-deploy-as-"+key, &serviceaccount.IAMMemberArgs{
			ServiceAccountId: b.ActsAs[key], Role: pulumi.String("roles/iam.serviceAccountUser"), Member: deploy.Member,
		}, b.in); err != nil {
			return fmt.Errorf("letting deployments act as %s: %w", key, err)
		}
	}
	return nil
}
