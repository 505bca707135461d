package azure

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

const federatedToken = "azure-native:managedidentity:FederatedIdentityCredential"

func TestWorkload(t *testing.T) {
	g := run(t, func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		s, err := inGroup(ctx, testScope(), opt)
		if err != nil {
			return err
		}
		w, err := NewWorkload(ctx, "workload-dns", &WorkloadArgs{
			Scope: s, Issuer: pulumi.String("https://westeurope.oic.prod-aks.azure.com/t/i/"), Namespace: "external-dns", ServiceAccount: "external-dns",
			Grants: map[string]Grant{"zone": {Role: DNSZoneContributor, On: pulumi.Sprintf("/subscriptions/%s/resourceGroups/%s", s.SubscriptionID, s.ResourceGroup)}},
		}, opt)
		if err != nil {
			return err
		}
		ctx.Export("ready", pulumi.Int(len(w.Ready)))
		return nil
	})
	g.CheckHouse(t)
	trust := g.One(t, federatedToken, "workload-dns")
	if trust.Inputs.String("subject") != "system:serviceaccount:external-dns:external-dns" || trust.Inputs.String("audiences[]") != "api://AzureADTokenExchange" {
		t.Errorf("got %v", trust.Inputs)
	}
	if g.Exports.Int("ready") != 2 {
		t.Errorf("got %d to wait for, want the trust and the role", g.Exports.Int("ready"))
	}
}

func TestWorkloadRefuses(t *testing.T) {
	for want, args := range map[string]*WorkloadArgs{
		"Issuer is missing": {Namespace: "a", ServiceAccount: "b"},
		"want both":         {Issuer: pulumi.String("https://x"), Namespace: "a"},
	} {
		args.Scope = testScope()
		_, err := simtest.Try("explico", "test", withProvider(func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
			_, err := NewWorkload(ctx, "workload", args, opt)
			return err
		}))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// The cluster calls who asks by namespace and name, with a colon between them.
func TestIdentityTrustsServiceAccounts(t *testing.T) {
	g := run(t, func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		s, err := inGroup(ctx, testScope(), opt)
		if err != nil {
			return err
		}
		_, err = NewIdentity(ctx, "cache-user-app", &IdentityArgs{
			Scope: s, Purpose: "cache", Issuer: pulumi.String("https://westeurope.oic.prod-aks.azure.com/t/i/"),
			ServiceAccounts: []string{"explico/backend", "explico-jobs/report"},
		}, opt)
		return err
	})
	for name, want := range map[string]string{
		"cache-user-app-explico_backend": "system:serviceaccount:explico:backend", "cache-user-app-explico-jobs_report": "system:serviceaccount:explico-jobs:report",
	} {
		if got := g.One(t, federatedToken, name).Inputs.String("subject"); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

func githubProgram(change func(*GithubArgs)) func(*pulumi.Context, pulumi.ResourceOption) error {
	return func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		group, err := NewGroup(ctx, "group", &GroupArgs{Scope: testScope()}, opt)
		if err != nil {
			return err
		}
		s := testScope()
		s.ResourceGroup = group.Name
		args := &GithubArgs{Scope: s, GroupID: group.ID, Stack: "test", Repository: "te-explico/app"}
		if change != nil {
			change(args)
		}
		_, err = NewGithub(ctx, "ci", args, opt)
		return err
	}
}

func TestGithub(t *testing.T) {
	g := run(t, githubProgram(nil))
	g.CheckHouse(t)
	for name, subject := range map[string]string{
		"ci-preview-pull-request": "repo:te-explico/app:pull_request",
		"ci-preview-environment":  "repo:te-explico/app:environment:test-preview",
		"ci-deploy-environment":   "repo:te-explico/app:environment:test",
	} {
		if got := g.One(t, federatedToken, name).Inputs.String("subject"); got != subject {
			t.Errorf("%s: got %s, want %s", name, got, subject)
		}
	}
	if n := len(g.All(federatedToken)); n != 3 {
		t.Errorf("got %d credentials, want 3", n)
	}
	if got := g.One(t, grantToken, "ci-preview-group").Inputs.String("roleDefinitionId"); got != testScope().RoleID(Reader) {
		t.Errorf("a preview has %s, want to read only", got)
	}
	// Who may give roles may give none that gives roles, and none that does all.
	condition := g.One(t, grantToken, "ci-deploy-roles").Inputs.String("condition")
	for _, never := range []Role{Contributor, AccessAdministrator, "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9"} {
		if condition == "" || strings.Contains(condition, string(never)) {
			t.Errorf("a deployment can give role %s", never)
		}
	}
	for _, a := range g.All(grantToken) {
		if a.Inputs.String("scope") == "/subscriptions/"+testScope().SubscriptionID {
			t.Errorf("%s reaches the whole subscription", a.Name)
		}
	}
}

func TestGithubState(t *testing.T) {
	container := "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/explico-test"
	g := run(t, githubProgram(func(a *GithubArgs) { a.StateContainerID = container }))
	for name, role := range map[string]Role{"ci-preview-state": BlobReader, "ci-deploy-state": BlobContributor} {
		if a := g.One(t, grantToken, name); a.Inputs.String("roleDefinitionId") != testScope().RoleID(role) {
			t.Errorf("%s: got %v", name, a.Inputs)
		}
	}
}

func TestGithubRefuses(t *testing.T) {
	for want, change := range map[string]func(*GithubArgs){
		"Repository: got":        func(a *GithubArgs) { a.Repository = "app" },
		"Stack is missing":       func(a *GithubArgs) { a.Stack = "" },
		"GroupID is missing":     func(a *GithubArgs) { a.GroupID = nil },
		"begins with /subscript": func(a *GithubArgs) { a.StateVaultID = "vault" },
	} {
		_, err := simtest.Try("explico", "test", withProvider(githubProgram(change)))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func TestBaseline(t *testing.T) {
	program := func(plans ...string) func(*pulumi.Context, pulumi.ResourceOption) error {
		return func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
			s, err := inGroup(ctx, testScope(), opt)
			if err != nil {
				return err
			}
			logs, err := NewLogs(ctx, "logs", &LogsArgs{Scope: s, Days: 365}, opt)
			if err != nil {
				return err
			}
			_, err = NewBaseline(ctx, "baseline", &BaselineArgs{Scope: s, WorkspaceID: logs.ID, Plans: plans}, opt)
			return err
		}
	}
	g := run(t, program("KeyVaults", "Containers"))
	g.CheckHouse(t)
	if got := g.One(t, "azure-native:insights:DiagnosticSetting", "baseline").Inputs.String("resourceUri"); got != "/subscriptions/"+testScope().SubscriptionID {
		t.Errorf("got the log of %s", got)
	}
	if got := g.One(t, "azure-native:security:Pricing", "baseline-Containers").Inputs.String("pricingTier"); got != "Standard" {
		t.Errorf("got %s", got)
	}
	if _, err := simtest.Try("explico", "test", withProvider(program("Everything"))); err == nil {
		t.Error("a plan that there is not is not refused")
	}
}
