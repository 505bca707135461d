package aws

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

const (
	repositoryToken     = "aws:ecr/repository:Repository"
	repositoryRuleToken = "aws:ecr/repositoryPolicy:RepositoryPolicy"
	imageRulesToken     = "aws:ecr/lifecyclePolicy:LifecyclePolicy"
	mirrorToken         = "aws:ecr/pullThroughCacheRule:PullThroughCacheRule"
	templateToken       = "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate"
)

func registryProgram(s Scope, edit func(*RegistryArgs), see *rdsValues) func(*pulumi.Context, pulumi.ResourceOption) error {
	return func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		w := &watched{}
		if err := component.Register(ctx, "aws", "Watched", "watched", w, opt); err != nil {
			return err
		}
		key, err := NewKey(ctx, "key", &KeyArgs{Scope: s, Purpose: "images"}, opt)
		if err != nil {
			return err
		}
		nodes, err := iam.NewRole(ctx, "watched-nodes", &iam.RoleArgs{AssumeRolePolicy: pulumi.String(assumedBy("ec2.amazonaws.com"))}, pulumi.Parent(w))
		if err != nil {
			return err
		}
		args := &RegistryArgs{
			Scope: s, KeyArn: key.Arn, Images: []string{"frontend", "backend"}, UntaggedDays: 7, KeepImages: 50,
			PullAccounts: []string{"444455556666", "222233334444"}, Mirrors: []string{"registry.k8s.io", "public.ecr.aws"}, NodeRole: nodes.Name,
		}
		if edit != nil {
			edit(args)
		}
		r, err := NewRegistry(ctx, "registry", args, opt)
		if err != nil || see == nil {
			return err
		}
		see.add("backend", r.URLs["backend"])
		see.add("k8s", r.MirrorURLs["registry.k8s.io"])
		return nil
	}
}

func TestRegistry(t *testing.T) {
	see := &rdsValues{all: map[string]any{}}
	g := run(t, registryProgram(testScope(), nil, see))
	g.CheckHouse(t)
	key := g.One(t, "aws:kms/key:Key", "").Outputs.String("arn")
	for _, image := range []string{"backend", "frontend"} {
		r := g.One(t, repositoryToken, "registry-"+image)
		in := r.Inputs
		if r.ID != "explico-test/"+image || in.String("imageTagMutability") != "IMMUTABLE" || !in.Bool("imageScanningConfiguration.scanOnPush") ||
			in.String("encryptionConfigurations[].encryptionType") != "KMS" || in.String("encryptionConfigurations[].kmsKey") != key || !r.DeleteBeforeReplace {
			t.Errorf("repository %s: got %v", r.ID, in)
		}
		pull := statements(t, g.One(t, repositoryRuleToken, "registry-"+image).Inputs.String("policy"))["Pull"]
		if want := []string{"arn:aws:iam::222233334444:root", "arn:aws:iam::444455556666:root"}; !slices.Equal(pull.Principal.AWS, want) || len(pull.Resource) > 0 {
			t.Errorf("%s: %v may pull %v", image, pull.Principal, pull.Resource)
		}
		for _, action := range pull.Action {
			if !strings.HasPrefix(action, "ecr:BatchGet") && !strings.HasPrefix(action, "ecr:BatchCheck") && !strings.HasPrefix(action, "ecr:GetDownload") {
				t.Errorf("%s: other accounts may %s", image, action)
			}
		}
	}
	if see.all["backend"] != "111122223333.dkr.ecr.eu-west-1.amazonaws.com/explico-test/backend" {
		t.Errorf("the image is at %v", see.all["backend"])
	}
}

func TestRegistryLifecycle(t *testing.T) {
	g := run(t, registryProgram(testScope(), nil, nil))
	var doc struct {
		Rules []struct {
			Selection struct {
				TagStatus   string
				CountNumber int
			}
		}
	}
	if err := json.Unmarshal([]byte(g.One(t, imageRulesToken, "registry-backend").Inputs.String("policy")), &doc); err != nil {
		t.Fatal(err)
	}
	if r := doc.Rules; len(r) != 2 || r[0].Selection.TagStatus != "untagged" || r[0].Selection.CountNumber != 7 || r[1].Selection.TagStatus != "any" || r[1].Selection.CountNumber != 50 {
		t.Errorf("got the rules %+v", doc.Rules)
	}
}

func TestRegistryMirrors(t *testing.T) {
	see := &rdsValues{all: map[string]any{}}
	g := run(t, registryProgram(testScope(), nil, see))
	for name, host := range map[string]string{"registry-k8s": "registry.k8s.io", "registry-ecr": "public.ecr.aws"} {
		rule, template := g.One(t, mirrorToken, name), g.One(t, templateToken, name)
		if rule.Inputs.String("upstreamRegistryUrl") != host || rule.ID != template.ID || rule.Inputs.Has("credentialArn") || !waitsFor(rule, templateToken, name) {
			t.Errorf("%s: got %v, template %s", name, rule.Inputs, template.ID)
		}
		if template.Inputs.String("encryptionConfigurations[].kmsKey") != g.One(t, "aws:kms/key:Key", "").Outputs.String("arn") {
			t.Errorf("%s: what it keeps is encrypted with %v", name, template.Inputs)
		}
	}
	if see.all["k8s"] != "111122223333.dkr.ecr.eu-west-1.amazonaws.com/explico-test/k8s" {
		t.Errorf("the mirror is at %v", see.all["k8s"])
	}
	const mine = "arn:aws:ecr:eu-west-1:111122223333:repository/explico-test/*"
	fetch := g.One(t, "aws:iam/rolePolicy:RolePolicy", "registry-nodes").Inputs
	if by := statements(t, fetch.String("policy"))["Fetch"]; !slices.Equal(by.Resource, []string{mine}) || fetch.String("role") != g.One(t, "aws:iam/role:Role", "watched-nodes").ID {
		t.Errorf("the nodes may %v", by)
	}
	for sid, s := range statements(t, g.One(t, "aws:iam/rolePolicy:RolePolicy", "registry-mirrors").Inputs.String("policy")) {
		if s.Resource[0] == "*" || slices.ContainsFunc(s.Action, func(a string) bool { return strings.HasSuffix(a, "*") }) {
			t.Errorf("%s: %v on %v is too much", sid, s.Action, s.Resource)
		}
	}
	// A prefix has 30 characters, however long the stack's name is.
	s := testScope()
	s.Prefix = strings.Repeat("p", 32)
	for _, rule := range run(t, registryProgram(s, nil, nil)).All(mirrorToken) {
		if len(rule.ID) > 30 {
			t.Errorf("the prefix %s has %d characters", rule.ID, len(rule.ID))
		}
	}
}

func TestRegistryOfNothingMore(t *testing.T) {
	g := run(t, registryProgram(testScope(), func(a *RegistryArgs) { a.PullAccounts, a.Mirrors, a.NodeRole = nil, nil, nil }, nil))
	if n := len(g.All(repositoryRuleToken)) + len(g.All(mirrorToken)) + len(g.All("aws:iam/rolePolicy:RolePolicy")); n != 0 {
		t.Errorf("without accounts and mirrors there are %d of their parts", n)
	}
}

func TestRegistryProtection(t *testing.T) {
	for name, tt := range map[string]struct{ protect, disposable bool }{"protected": {true, false}, "neither": {false, false}, "disposable": {false, true}} {
		s := testScope()
		s.Protect, s.Disposable = tt.protect, tt.disposable
		r := run(t, registryProgram(s, nil, nil)).One(t, repositoryToken, "registry-backend")
		if r.Protect != tt.protect || r.Inputs.Bool("forceDelete") != tt.disposable {
			t.Errorf("%s: protect %v, deleted with its images %v", name, r.Protect, r.Inputs.Bool("forceDelete"))
		}
	}
}

func TestRegistryPreview(t *testing.T) {
	g := run(t, registryProgram(testScope(), nil, nil), simtest.Preview())
	if n := len(g.Cloud.Records()); n != 0 || len(g.All(repositoryToken)) != 2 || len(g.All(mirrorToken)) != 2 {
		t.Errorf("a preview created %d resources and shows %d repositories", n, len(g.All(repositoryToken)))
	}
}

func TestRegistryBadArguments(t *testing.T) {
	for want, edit := range map[string]func(*RegistryArgs){
		"KeyArn":                 func(a *RegistryArgs) { a.KeyArn = nil },
		"UntaggedDays":           func(a *RegistryArgs) { a.UntaggedDays = 0 },
		"KeepImages":             func(a *RegistryArgs) { a.KeepImages = 0 },
		"NodeRole":               func(a *RegistryArgs) { a.NodeRole = nil },
		"Mirrors: got docker.io": func(a *RegistryArgs) { a.Mirrors = []string{"docker.io"} },
	} {
		_, err := simtest.Try("explico", "test", withProvider(registryProgram(testScope(), edit, nil)))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error that names %s", err, want)
		}
	}
}
