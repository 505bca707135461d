package aws

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

const (
	roleType     = "aws:iam/role:Role"
	iamType      = "aws:iam/policy:Policy"
	attachType   = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
	issuerType   = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
	testBoundary = "arn:aws:iam::111122223333:policy/explico-test-ci-boundary"
)

// github makes an identity for CI and then, bound, one more role.
func github(change func(*GithubOidcArgs)) func(*pulumi.Context, pulumi.ResourceOption) error {
	return func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		s := testScope()
		s.Tags = map[string]string{"project": "explico", "stack": "test"}
		args := &GithubOidcArgs{Scope: s, Project: "explico", Stack: "test", Repository: "te-explico/infrastructure"}
		if change != nil {
			change(args)
		}
		g, err := NewGithubOidc(ctx, "ci", args, opt)
		if err != nil {
			return err
		}
		if err := BindRoles(ctx, g.BoundaryArn); err != nil {
			return err
		}
		_, err = NewVpc(ctx, "network", &VpcArgs{
			Scope: s, CIDR: "10.0.0.0/16", Zones: map[string]int{"eu-west-1a": 0, "eu-west-1b": 1}, NAT: NATNone, FlowLogs: "ALL", LogDays: 30,
			LogKeyArn: pulumi.String(""), ClusterName: "c",
		}, opt)
		return err
	}
}

// documents are the policies attached to a role, by logical name.
func documents(t *testing.T, g *simtest.Graph, role string) map[string]Policy {
	t.Helper()
	name := g.One(t, roleType, role).ID
	all := map[string]Policy{}
	for _, a := range g.All(attachType) {
		for _, p := range g.All(iamType) {
			if a.Inputs.String("role") != name || a.Inputs.String("policyArn") != p.Outputs.String("arn") {
				continue
			}
			var doc Policy
			if err := json.Unmarshal([]byte(p.Inputs.String("policy")), &doc); err != nil {
				t.Fatal(err)
			}
			all[p.Name] = doc
		}
	}
	return all
}

func TestGithubTrust(t *testing.T) {
	g := run(t, github(nil))
	g.CheckHouse(t)
	issuer := g.One(t, issuerType, "").Outputs.String("arn")
	for role, subjects := range map[string][]string{
		"ci-preview": {"repo:te-explico/infrastructure:pull_request", "repo:te-explico/infrastructure:environment:test-preview"},
		"ci-deploy":  {"repo:te-explico/infrastructure:environment:test"},
	} {
		r := g.One(t, roleType, role)
		if r.Inputs.Int("maxSessionDuration") != 3600 || r.Inputs.String("permissionsBoundary") != testBoundary || r.ID != "explico-test-"+role {
			t.Errorf("%s: got %v", role, r.Inputs)
		}
		var doc Policy
		if err := json.Unmarshal([]byte(r.Inputs.String("assumeRolePolicy")), &doc); err != nil || len(doc.Statement) != 1 {
			t.Fatalf("%s: %v %v", role, err, doc)
		}
		s := doc.Statement[0]
		equal := s.Condition["StringEquals"]
		if !slices.Equal(s.Action, []string{"sts:AssumeRoleWithWebIdentity"}) || !slices.Equal(s.Principal.Federated, []string{issuer}) ||
			!slices.Equal(equal[githubIssuer+":aud"], []string{"sts.amazonaws.com"}) || !slices.Equal(equal[githubIssuer+":sub"], subjects) || len(s.Condition) != 1 {
			t.Errorf("%s trusts %+v", role, s)
		}
	}
}

func TestGithubExistingProvider(t *testing.T) {
	g := run(t, github(func(a *GithubOidcArgs) { a.ExistingProvider = true }))
	if n := len(g.All(issuerType)); n != 0 {
		t.Errorf("got %d providers, want the one that is there", n)
	}
	if !strings.Contains(g.One(t, roleType, "ci-deploy").Inputs.String("assumeRolePolicy"), `"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"`) {
		t.Error("the deploy role trusts another provider")
	}
}

// What would let its holder do everything, or read what is nobody's business.
func TestGithubRightsAreNarrow(t *testing.T) {
	g := run(t, github(nil))
	for _, role := range []string{"ci-preview", "ci-deploy"} {
		docs := documents(t, g, role)
		if len(docs) == 0 || len(docs) > 10 {
			t.Errorf("%s has %d policies, want 1 to 10", role, len(docs))
		}
		for name, doc := range docs {
			for _, s := range doc.Statement {
				at := name + "/" + s.Sid
				if len(s.NotAction)+len(s.NotResource) > 0 {
					t.Errorf("%s names what it leaves out", at)
				}
				for _, a := range s.Action {
					if a == "*" || strings.HasSuffix(a, ":*") {
						t.Errorf("%s has %s", at, a)
					}
					everywhere := s.Effect == "Allow" && slices.Contains(s.Resource, "*")
					changes := !strings.HasPrefix(name, "ci-read")
					if everywhere && changes && len(s.Condition["StringEquals"]["aws:RequestedRegion"]) == 0 && s.Sid != "CostTags" {
						t.Errorf("%s has %s on everything everywhere", at, a)
					}
				}
			}
		}
	}
}

func TestGithubPreviewReadsNoData(t *testing.T) {
	docs := documents(t, run(t, github(nil)), "ci-preview")
	for _, secret := range []string{
		"secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue", "s3:GetObject", "s3:GetObjectVersion", "kms:Decrypt", "ssm:GetParameter", "logs:GetLogEvents",
		"logs:FilterLogEvents", "ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ec2:GetPasswordData", "eks:AccessKubernetesApi", "iam:CreateRole",
		"sts:AssumeRole", "acm:ExportCertificate", "rds:DownloadDBLogFilePortion", "cloudtrail:LookupEvents",
	} {
		for name, doc := range docs {
			for _, s := range doc.Statement {
				if s.Effect == "Allow" && slices.ContainsFunc(s.Action, func(a string) bool { return covers(a, secret) }) {
					t.Errorf("previews may %s, by %s/%s", secret, name, s.Sid)
				}
			}
		}
	}
	for name := range docs {
		if strings.HasPrefix(name, "ci-deploy") {
			t.Errorf("previews have %s", name)
		}
	}
}

// covers says whether a pattern with a star at its end covers an action.
func covers(pattern, action string) bool {
	if begin, any := strings.CutSuffix(pattern, "*"); any {
		return strings.HasPrefix(action, begin)
	}
	return pattern == action
}

func TestGithubIdentities(t *testing.T) {
	g := run(t, github(nil))
	sids := map[string]Statement{}
	for _, s := range documents(t, g, "ci-deploy")["ci-deploy-identity"].Statement {
		sids[s.Sid] = s
	}
	if got := sids["RolesWithinBoundary"].Condition["StringEquals"]["iam:PermissionsBoundary"]; !slices.Equal(got, []string{testBoundary}) {
		t.Errorf("roles may be made within %v", got)
	}
	if pass := sids["PassRoles"]; slices.Contains(pass.Resource, "*") || len(pass.Condition["StringEquals"]["iam:PassedToService"]) == 0 {
		t.Errorf("roles may be passed: %+v", pass)
	}
	for _, r := range sids["ClusterIssuer"].Resource {
		if !strings.Contains(r, "oidc-provider/oidc.eks.") {
			t.Errorf("the issuer %s may be changed", r)
		}
	}
	boundary := statements(t, g.One(t, iamType, "ci-boundary").Inputs.String("policy"))
	for _, where := range []map[string]Statement{sids, boundary} {
		for sid, action := range map[string]string{
			"KeepBoundary": "iam:CreatePolicyVersion", "KeepBound": "iam:DeleteRolePermissionsBoundary", "KeepRoles": "iam:PutRolePolicy", "KeepAudit": "cloudtrail:StopLogging",
		} {
			if s := where[sid]; s.Effect != "Deny" || !slices.Contains(s.Action, action) {
				t.Errorf("%s does not deny %s", sid, action)
			}
		}
		if got := where["KeepBoundary"].Resource; !slices.Contains(got, testBoundary) {
			t.Errorf("the boundary may be changed: kept are %v", got)
		}
	}
	for _, s := range boundary {
		if s.Effect == "Allow" && slices.ContainsFunc(s.Action, func(a string) bool { return a == "iam:*" || a == "organizations:*" || a == "*" }) {
			t.Errorf("the boundary allows %v", s.Action)
		}
	}
}

// Whatever a role of CI may do, the boundary lets it: a right outside would look
// given, and be none.
func TestGithubBoundaryHoldsTheRights(t *testing.T) {
	g := run(t, github(nil))
	var inside []string
	for _, s := range statements(t, g.One(t, iamType, "ci-boundary").Inputs.String("policy")) {
		if s.Effect == "Allow" {
			inside = append(inside, s.Action...)
		}
	}
	for name, doc := range documents(t, g, "ci-deploy") {
		for _, s := range doc.Statement {
			for _, a := range s.Action {
				if s.Effect == "Allow" && !slices.ContainsFunc(inside, func(p string) bool { return covers(p, a) }) {
					t.Errorf("%s/%s has %s, which the boundary does not allow", name, s.Sid, a)
				}
			}
		}
	}
}

func TestGithubBindsRoles(t *testing.T) {
	g := run(t, github(nil))
	for _, r := range g.All(roleType) {
		if r.Inputs.String("permissionsBoundary") != testBoundary {
			t.Errorf("role %s is not bound", r.Name)
		}
	}
	if len(g.All(roleType)) < 3 {
		t.Error("there is no role but CI's own to look at")
	}
}

func TestGithubOwnBoundary(t *testing.T) {
	const own = "arn:aws:iam::111122223333:policy/limits"
	g := run(t, func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		made, err := bind(ctx, iamType, "limits", pulumi.Map{"name": pulumi.String("limits"), "policy": pulumi.String(policy(allow("All", []string{"s3:*"}, []string{"*"})))}, opt)
		if err != nil {
			return err
		}
		done := make(chan struct{})
		made.ID().ApplyT(func(pulumi.ID) error { close(done); return nil })
		<-done
		return github(func(a *GithubOidcArgs) { a.Boundary = own })(ctx, opt)
	})
	for _, p := range g.All(iamType) {
		if p.Name == "ci-boundary" {
			t.Error("a second boundary is made")
		}
	}
	for _, r := range g.All(roleType) {
		if r.Inputs.String("permissionsBoundary") != own {
			t.Errorf("role %s: got %q", r.Name, r.Inputs.String("permissionsBoundary"))
		}
	}
}

func TestGithubState(t *testing.T) {
	g := run(t, github(func(a *GithubOidcArgs) {
		a.StateBucketArn, a.StateKeyArn = "arn:aws:s3:::state", "arn:aws:kms:eu-west-1:111122223333:key/1"
	}))
	read := documents(t, g, "ci-preview")["ci-state-read"]
	write := documents(t, g, "ci-deploy")["ci-state-write"]
	if text := fmt.Sprint(read); strings.Contains(text, "Put") || strings.Contains(text, "Delete") || !strings.Contains(text, "state/.pulumi/*/explico/test.json*") {
		t.Errorf("previews may do this with the state: %s", text)
	}
	if text := fmt.Sprint(write); !strings.Contains(text, "s3:PutObject") || !strings.Contains(text, "kms:GenerateDataKey") || strings.Contains(text, "arn:aws:s3:::state/*") {
		t.Errorf("deployments may do this with the state: %s", text)
	}
}

// A protected stack's data is not CI's to delete.
func TestGithubProtected(t *testing.T) {
	for _, protect := range []bool{false, true} {
		docs := documents(t, run(t, github(func(a *GithubOidcArgs) { a.Protect = protect })), "ci-deploy")
		deletes := slices.ContainsFunc(docs["ci-deploy-data"].Statement, func(s Statement) bool { return slices.Contains(s.Action, "s3:DeleteObject") })
		if deletes == protect {
			t.Errorf("protected %v: may delete objects: %v", protect, deletes)
		}
	}
}

func TestGithubBadArguments(t *testing.T) {
	for want, change := range map[string]func(*GithubOidcArgs){
		`Repository: got "infrastructure"`: func(a *GithubOidcArgs) { a.Repository = "infrastructure" },
		`Repository: got "te-explico/*"`:   func(a *GithubOidcArgs) { a.Repository = "te-explico/*" },
		"Stack is missing":                 func(a *GithubOidcArgs) { a.Stack = "" },
		"Project is missing":               func(a *GithubOidcArgs) { a.Project = "" },
		"Boundary: got limits":             func(a *GithubOidcArgs) { a.Boundary = "limits" },
		"StateBucketArn: got none":         func(a *GithubOidcArgs) { a.StateKeyArn = "arn:aws:kms:eu-west-1:111122223333:key/1" },
	} {
		if _, err := simtest.Try("explico", "test", withProvider(github(change))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// The longest names that settings allow fit into IAM's policies, too: the
// simulated IAM counts.
func TestGithubLongNames(t *testing.T) {
	run(t, github(func(a *GithubOidcArgs) { a.Prefix, a.Region = "explico-"+strings.Repeat("x", 24), "ap-southeast-1" }))
}
