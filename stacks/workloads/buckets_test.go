package workloads

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/kubernetes"
	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
	"github.com/te-explico/infrastructure/stacks/platform"
	"github.com/te-explico/infrastructure/stacks/settings"
)

// withBuckets has backend write to a bucket and the job nightly read it.
func withBuckets(s *settings.Settings) {
	backend := s.Services["backend"]
	backend.Buckets = map[string]settings.BucketAccess{"uploads": settings.BucketReadWrite}
	s.Services["backend"] = backend
	s.Jobs = map[string]settings.Job{"nightly": {
		Image: "ghcr.io/acme/nightly:1.0.0", Schedule: "30 3 * * *", Timezone: "Etc/UTC", User: 10001, Timeout: settings.Duration(60e9),
		Resources: settings.PodResources{CPU: "1", Memory: "1Gi", Disk: "1Gi"},
		Buckets:   map[string]settings.BucketAccess{"uploads": settings.BucketRead},
	}}
}

// Who uses a bucket runs as an identity of the cloud, which is there first.
func TestUsersOfBucketsHaveAnIdentity(t *testing.T) {
	g := deploy(t, func(s *settings.Settings, p *platform.Platform) {
		withBuckets(s)
		identity := func(name string) platform.Identity {
			ready := p.Cluster.Provider // anything that is there
			return platform.Identity{Annotations: pulumi.StringMap{"cloud.example/who": pulumi.String(name)}, Ready: []pulumi.Resource{ready}}
		}
		p.Cluster.Integrations.Accounts = map[platform.Account]platform.Identity{
			{Namespace: product, Name: "backend"}: identity("backend"), {Namespace: product, Name: "nightly"}: identity("nightly"),
		}
	})
	const account = "kubernetes:core/v1:ServiceAccount"
	for name, want := range map[string]any{"service-backend-account": "backend", "job-nightly-account": "nightly", "service-frontend-account": nil} {
		annotations, _ := g.One(t, account, name).Inputs.Get("metadata.annotations").(map[string]any)
		if annotations["cloud.example/who"] != want {
			t.Errorf("%s is %v in the cloud, want %v", name, annotations["cloud.example/who"], want)
		}
	}
	if c := g.One(t, "explico:kubernetes:Service", "service-backend"); !follows(c, "::kubernetes") {
		t.Error("backend does not wait for its identity")
	}
}

// A platform that gives no right is an error, and not a job or a service that is refused
// whatever it asks.
func TestBucketsWithoutARightAreRefused(t *testing.T) {
	_, err := simtest.Try("explico", "test", func(ctx *pulumi.Context) error {
		provider, err := kubernetes.NewProvider(ctx, "kubernetes", &kubernetes.ProviderArgs{Context: "kind-test"})
		if err != nil {
			return err
		}
		s := settings.Defaults(settings.AWSCloud)
		withBuckets(s)
		return Deploy(ctx, s, somewhere(provider))
	})
	if err == nil || !strings.Contains(err.Error(), "creating job nightly: it uses buckets, and the platform gives its service account no right to") {
		t.Errorf("got %v", err)
	}
}
