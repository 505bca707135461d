package gcp

import (
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

const (
	readerToken     = "gcp:secretmanager/secretIamMember:SecretIamMember"
	topicToken      = "gcp:pubsub/topic:Topic"
	topicGrantToken = "gcp:pubsub/topicIAMMember:TopicIAMMember"
	repositoryToken = "gcp:artifactregistry/repository:Repository"
	imageGrantToken = "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember"
)

func secretsProgram(s Scope, edit func(*SecretsArgs), see *seen) func(*pulumi.Context, pulumi.ResourceOption) error {
	return parts(func(b *bench) error {
		args := &SecretsArgs{Scope: s, KeyID: b.key.ID, After: b.after, Secrets: map[string]SecretArgs{
			"mail": {Purpose: "Sends mail", Readers: map[string]pulumi.StringInput{"backend": pulumi.String("serviceAccount:backend@other-project.iam.gserviceaccount.com")}},
			"pay":  {Purpose: "Takes payments", RotationDays: 30, FirstRotation: "2027-01-04T03:00:00Z"},
		}}
		if edit != nil {
			edit(args)
		}
		made, err := NewSecrets(b.ctx, "secrets", args, b.opt)
		if err == nil && see != nil {
			see.add("mail", made.Names["mail"])
			see.add("id", made.IDs["mail"])
			see.add("topic", made.Topic)
		}
		return err
	})
}

func TestSecrets(t *testing.T) {
	see := newSeen()
	g := run(t, secretsProgram(testScope(), nil, see))
	g.CheckHouse(t)
	for _, name := range []string{"secrets-mail", "secrets-pay"} {
		r := g.One(t, secretToken, name)
		kept := r.Inputs.Objects("replication.userManaged.replicas[]")
		if len(kept) != 1 || kept[0].String("location") != "europe-west1" || kept[0].String("customerManagedEncryption.kmsKeyName") == "" || r.Inputs.String("versionDestroyTtl") != "604800s" {
			t.Errorf("%s: got %v", name, r.Inputs)
		}
	}
	if len(g.All(valueToken)) > 0 {
		t.Error("the program writes values")
	}
	pay := g.One(t, secretToken, "secrets-pay")
	if pay.Inputs.String("rotation.rotationPeriod") != "2592000s" || !slices.Contains(pay.IgnoreChanges, "rotation.nextRotationTime") || !waitsFor(pay, topicGrantToken, "secrets-rotation") {
		t.Errorf("rotation: got %v, ignores %v", pay.Inputs.Get("rotation"), pay.IgnoreChanges)
	}
	grant := g.One(t, topicGrantToken, "secrets-rotation").Inputs
	if grant.String("role") != publisher || grant.String("member") != "serviceAccount:service-123456789012@gcp-sa-secretmanager.iam.gserviceaccount.com" {
		t.Errorf("got %v", grant)
	}
	if r := g.One(t, readerToken, "secrets-mail-backend").Inputs; r.String("role") != secretReader || r.String("secretId") != g.One(t, secretToken, "secrets-mail").ID {
		t.Errorf("got %v", r)
	}
	if see.all["mail"] != "explico-test-secrets-mail" || see.all["id"] != "projects/explico-test/secrets/explico-test-secrets-mail" || see.all["topic"] == "" {
		t.Errorf("outputs: got %v", see.all)
	}
}

func TestSecretsWithoutRotation(t *testing.T) {
	see := newSeen()
	s := testScope()
	s.Disposable = true
	g := run(t, secretsProgram(s, func(a *SecretsArgs) { delete(a.Secrets, "pay") }, see))
	if len(g.All(topicToken)) > 0 || see.all["topic"] != "" || g.One(t, secretToken, "secrets-mail").Inputs.Has("versionDestroyTtl") {
		t.Errorf("got a topic, or values that outlive a disposable stack: %v", see.all)
	}
}

func TestSecretsBadArguments(t *testing.T) {
	one := func(s SecretArgs) func(*SecretsArgs) {
		return func(a *SecretsArgs) { a.Secrets["mail"] = s }
	}
	refuses(t, func(edit func(*SecretsArgs)) func(*pulumi.Context, pulumi.ResourceOption) error {
		return secretsProgram(testScope(), edit, nil)
	}, map[string]func(*SecretsArgs){
		"KeyID":                        func(a *SecretsArgs) { a.KeyID = nil },
		"Secrets[mail].Purpose":        one(SecretArgs{}),
		"RotationDays: got 91":         one(SecretArgs{Purpose: "p", RotationDays: 91, FirstRotation: "2027-01-04T03:00:00Z"}),
		"Secrets[mail].FirstRotation":  one(SecretArgs{Purpose: "p", RotationDays: 30}),
		"FirstRotation: got \"2027-01": one(SecretArgs{Purpose: "p", FirstRotation: "2027-01-04T03:00:00Z"}),
		"Readers[none]":                one(SecretArgs{Purpose: "p", Readers: map[string]pulumi.StringInput{"none": nil}}),
		"ProjectNumber":                func(a *SecretsArgs) { a.ProjectNumber = "" },
	})
}

func registryProgram(edit func(*RegistryArgs), see *seen) func(*pulumi.Context, pulumi.ResourceOption) error {
	return parts(func(b *bench) error {
		args := &RegistryArgs{
			Scope: testScope(), KeyID: b.key.ID, After: b.after, Images: []string{"frontend", "backend"}, UntaggedDays: 7, KeepImages: 50,
			Mirrors: []string{"registry.k8s.io", "docker.io"},
			Readers: map[string]pulumi.StringInput{"nodes": pulumi.String("serviceAccount:nodes@other-project.iam.gserviceaccount.com")},
			Writers: map[string]pulumi.StringInput{"ci": pulumi.String("serviceAccount:ci@other-project.iam.gserviceaccount.com")},
		}
		if edit != nil {
			edit(args)
		}
		r, err := NewRegistry(b.ctx, "registry", args, b.opt)
		if err == nil && see != nil {
			see.add("backend", r.URLs["backend"])
			see.add("k8s", r.MirrorURLs["registry.k8s.io"])
		}
		return err
	})
}

func TestRegistry(t *testing.T) {
	see := newSeen()
	g := run(t, registryProgram(nil, see))
	g.CheckHouse(t)
	own := g.One(t, repositoryToken, "registry-images")
	if !own.Inputs.Bool("dockerConfig.immutableTags") || own.Inputs.String("kmsKeyName") == "" || own.Inputs.Bool("cleanupPolicyDryRun") || !own.DeleteBeforeReplace {
		t.Errorf("got %v", own.Inputs)
	}
	if p := own.Inputs.Objects("cleanupPolicies[]"); len(p) != 2 || p[0].String("condition.olderThan") != "604800s" || p[0].String("condition.tagState") != "UNTAGGED" || p[1].Int("mostRecentVersions.keepCount") != 50 {
		t.Errorf("cleanup: got %v", p)
	}
	k8s, hub := g.One(t, repositoryToken, "registry-k8s").Inputs, g.One(t, repositoryToken, "registry-docker").Inputs
	if k8s.String("remoteRepositoryConfig.dockerRepository.customRepository.uri") != "https://registry.k8s.io" || hub.String("remoteRepositoryConfig.dockerRepository.publicRepository") != "DOCKER_HUB" || k8s.Has("dockerConfig") {
		t.Errorf("mirrors: got %v and %v", k8s, hub)
	}
	var rights []string
	for _, r := range g.All(imageGrantToken) {
		rights = append(rights, r.Name+" "+strings.TrimPrefix(r.Inputs.String("role"), "roles/artifactregistry."))
	}
	slices.Sort(rights)
	if want := []string{"registry-docker-reader-nodes reader", "registry-images-reader-nodes reader", "registry-images-writer-ci writer", "registry-k8s-reader-nodes reader"}; !slices.Equal(rights, want) {
		t.Errorf("rights: got %v, want %v", rights, want)
	}
	if see.all["backend"] != "europe-west1-docker.pkg.dev/explico-test/explico-test-images/backend" || see.all["k8s"] != "europe-west1-docker.pkg.dev/explico-test/explico-test-k8s" {
		t.Errorf("outputs: got %v", see.all)
	}
}

func TestRegistryPreview(t *testing.T) {
	g := run(t, registryProgram(nil, nil), simtest.Preview())
	if n := len(g.Cloud.Records()); n != 0 || len(g.All(repositoryToken)) != 3 {
		t.Errorf("a preview created %d resources and shows %d repositories", n, len(g.All(repositoryToken)))
	}
}

func TestRegistryBadArguments(t *testing.T) {
	refuses(t, func(edit func(*RegistryArgs)) func(*pulumi.Context, pulumi.ResourceOption) error {
		return registryProgram(edit, nil)
	}, map[string]func(*RegistryArgs){
		"KeyID":                    func(a *RegistryArgs) { a.KeyID = nil },
		"UntaggedDays":             func(a *RegistryArgs) { a.UntaggedDays = 0 },
		"KeepImages":               func(a *RegistryArgs) { a.KeepImages = 0 },
		"Mirrors: got example.com": func(a *RegistryArgs) { a.Mirrors = []string{"example.com"} },
		"Writers[none]":            func(a *RegistryArgs) { a.Writers = map[string]pulumi.StringInput{"none": nil} },
	})
}
