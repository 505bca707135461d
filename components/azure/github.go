package azure

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi-azure-native-sdk/managedidentity/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// GithubArgs are the arguments of NewGithub.
type GithubArgs struct {
	Scope
	// GroupID is the id of the resource group that jobs look at and change.
	GroupID pulumi.StringInput
	// Stack is Pulumi's name of the stack, and the name of the GitHub environment
	// whose jobs may deploy; those of <stack>-preview, and pull requests, may preview.
	Stack string
	// Repository is the repository on GitHub, owner/name.
	Repository string
	// StateContainerID is the id of the blob container that holds Pulumi's state, and
	// StateVaultID that of the vault whose key encrypts its secrets; none if empty.
	StateContainerID, StateVaultID string
}

// Github lets jobs of a repository on GitHub preview and deploy a stack, without
// keys: GitHub signs who a job is. They reach no further than the stack's resource
// group, and can give nobody a role that can give roles. What is outside the group
// (the group itself, the subscription's settings) is deployed by hand.
type Github struct {
	pulumi.ResourceState

	// PreviewClientID and DeployClientID are whom jobs log in as, and the PrincipalIDs
	// whom rights are given to.
	PreviewClientID, DeployClientID       pulumi.StringOutput
	PreviewPrincipalID, DeployPrincipalID pulumi.StringOutput
}

const githubIssuer = "https://token.actions.githubusercontent.com"

var githubRepository = regexp.MustCompile(`^[A-Za-z0-9](-?[A-Za-z0-9])*/[A-Za-z0-9._-]+$`)

// assignable are the roles that a deployment gives out: all that components do,
// but those that change everything or give roles.
var assignable = []Role{
	Reader, NetworkContributor, PrivateDNSZoneContributor, DNSZoneContributor, IdentityOperator, ImagePuller, ImagePusher, KeyUser,
	KeyEncryptionUser, SecretsOfficer, SecretsReader, BlobContributor, BlobReader, SnapshotContributor, DiskBackupReader,
	MetricsPublisher, GatewayManager, storageBackup, databaseBackup, ClusterUser, clusterRBACOwner, clusterRBACAdmin, clusterRBACWriter, clusterRBACReader,
}

// NewGithub makes two identities, whom they trust, and what they may do.
func NewGithub(ctx *pulumi.Context, name string, args *GithubArgs, opts ...pulumi.ResourceOption) (*Github, error) {
	if err := args.check(); err != nil {
		return nil, fmt.Errorf("creating GitHub identity %s: %w", name, err)
	}
	g := &Github{}
	if err := component.Register(ctx, "azure", "Github", name, g, opts...); err != nil {
		return nil, err
	}
	in := pulumi.Parent(g)
	preview, err := args.job(ctx, name+"-preview", in, map[string]string{"pull-request": "pull_request", "environment": "environment:" + args.Stack + "-preview"})
	if err != nil {
		return nil, err
	}
	deploy, err := args.job(ctx, name+"-deploy", in, map[string]string{"environment": "environment:" + args.Stack})
	if err != nil {
		return nil, err
	}
	if err := args.grant(ctx, name+"-preview", preview, in, args.rights(false)); err != nil {
		return nil, err
	}
	if err := args.grant(ctx, name+"-deploy", deploy, in, args.rights(true)); err != nil {
		return nil, err
	}
	g.PreviewClientID, g.DeployClientID = preview.ClientId, deploy.ClientId
	g.PreviewPrincipalID, g.DeployPrincipalID = preview.PrincipalId, deploy.PrincipalId
	return g, ctx.RegisterResourceOutputs(g, pulumi.Map{"previewClientId": g.PreviewClientID, "deployClientId": g.DeployClientID})
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
	if a.GroupID == nil {
		errs = append(errs, errors.New("GroupID is missing"))
	}
	for name, id := range map[string]string{"StateContainerID": a.StateContainerID, "StateVaultID": a.StateVaultID} {
		if id != "" && !strings.HasPrefix(id, "/subscriptions/") {
			errs = append(errs, fmt.Errorf("%s: got %s, want an id that begins with /subscriptions/", name, id))
		}
	}
	return errors.Join(errs...)
}

// job makes the identity of jobs with one of the subjects. Azure writes one
// credential of an identity at a time.
// Source: "Important considerations for federated identity credentials".
func (a *GithubArgs) job(ctx *pulumi.Context, name string, in pulumi.ResourceOption, subjects map[string]string) (*managedidentity.UserAssignedIdentity, error) {
	identity, err := newIdentity(ctx, name, a.Scope, "ci", in)
	if err != nil {
		return nil, err
	}
	var before []pulumi.Resource
	for _, key := range []string{"pull-request", "environment"} {
		subject, has := subjects[key]
		if !has {
			continue
		}
		c, err := federate(ctx, name+"-"+key, a.Scope, identity, pulumi.String(githubIssuer), "repo:"+a.Repository+":"+subject, in, pulumi.DependsOn(before))
		if err != nil {
			return nil, err
		}
		before = []pulumi.Resource{c}
	}
	return identity, nil
}

// rights are what jobs may do.
func (a *GithubArgs) rights(deploy bool) map[string]Grant {
	all := map[string]Grant{"group": {Role: Reader, On: a.GroupID}}
	state := BlobReader
	if deploy {
		state = BlobContributor
		all["group"] = Grant{Role: Contributor, On: a.GroupID}
		all["roles"] = Grant{Role: AccessAdministrator, On: a.GroupID, Condition: onlyRoles(assignable)}
	}
	if a.StateContainerID != "" {
		all["state"] = Grant{Role: state, On: pulumi.String(a.StateContainerID)}
	}
	if a.StateVaultID != "" {
		all["state-key"] = Grant{Role: KeyUser, On: pulumi.String(a.StateVaultID)}
	}
	return all
}

// onlyRoles lets somebody give and take these roles alone.
// Source: "Examples to delegate Azure role assignment management with conditions",
// constrain roles.
func onlyRoles(roles []Role) string {
	var guids []string
	for _, r := range roles {
		guids = append(guids, string(r))
	}
	list := strings.Join(guids, ", ")
	rule := func(action, attribute string) string {
		return "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/" + action + "'})) OR (" + attribute +
			"[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {" + list + "}))"
	}
	return rule("write", "@Request") + " AND " + rule("delete", "@Resource")
}

func (a *GithubArgs) grant(ctx *pulumi.Context, name string, to *managedidentity.UserAssignedIdentity, in pulumi.ResourceOption, rights map[string]Grant) error {
	for key, g := range rights {
		if _, err := assign(ctx, name+"-"+key, a.Scope, g, to.PrincipalId, machine, in); err != nil {
			return err
		}
	}
	return nil
}
