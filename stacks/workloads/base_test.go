package workloads

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/kubernetes"
	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
	"github.com/te-explico/infrastructure/stacks/platform"
	"github.com/te-explico/infrastructure/stacks/settings"
)

// deploy puts everything onto a platform, edited.
func deploy(t *testing.T, edit func(*settings.Settings, *platform.Platform)) *simtest.Graph {
	t.Helper()
	return simtest.Run(t, func(ctx *pulumi.Context) error {
		provider, err := kubernetes.NewProvider(ctx, "kubernetes", &kubernetes.ProviderArgs{Context: "kind-test"})
		if err != nil {
			return err
		}
		s := settings.Defaults(settings.AWSCloud)
		s.Owner.Team = "the platform"
		p := somewhere(provider)
		edit(s, p)
		return Deploy(ctx, s, p)
	})
}

func asItIs(*settings.Settings, *platform.Platform) {}

// somewhere is a platform of no cloud.
func somewhere(provider pulumi.ProviderResource) *platform.Platform {
	return &platform.Platform{
		Cloud: "somewhere", Region: "here", Compute: platform.Kubernetes,
		Cluster: &platform.Cluster{
			Version: "1.35", Provider: provider,
			API:            platform.Reach{CIDRs: []string{"10.0.0.0/16"}, Ports: []int{443}},
			CloudAPIs:      platform.Reach{CIDRs: []string{"10.0.0.0/16"}, Ports: []int{443}},
			Credentials:    platform.Reach{CIDRs: []string{"169.254.170.23/32"}, Ports: []int{80}},
			StorageClasses: []platform.StorageClass{{Name: "fast", Provisioner: "csi.example", Default: true}},
		},
		Database: platform.Database{
			Host: pulumi.String("db.example"), PoolHost: pulumi.String("pool.example"), Port: pulumi.Int(5432), Name: "explico",
			Secret: pulumi.String("secret-of-the-database"), Reach: platform.Reach{CIDRs: []string{"10.0.0.0/16"}, Ports: []int{5432}},
		},
		Cache: &platform.Cache{
			Host: pulumi.String("cache.example"), Reader: pulumi.String("reader.example"), Port: pulumi.Int(6379), TLS: true, CA: pulumi.String("authorities"),
			Reach: platform.Reach{Namespace: "data", Pods: map[string]string{"app": "cache"}, Ports: []int{6379}},
		},
		Registry: platform.Registry{
			Images:  pulumi.StringMap{"backend": pulumi.String("registry.example/backend")},
			Mirrors: pulumi.StringMap{"quay.io": pulumi.String("registry.example/mirror/quay.io")},
		},
		Buckets: map[string]platform.Bucket{"uploads": {Name: pulumi.String("explico-uploads")}},
	}
}

const namespaceType = "kubernetes:core/v1:Namespace"

// The settings have a quota of each namespace that there is, and of no other;
// data is the platform's, where it keeps its data in the cluster.
func TestQuotasAndNamespacesAgree(t *testing.T) {
	var names []string
	for _, r := range deploy(t, asItIs).All(namespaceType) {
		names = append(names, strings.TrimPrefix(r.Name, "namespace-"))
	}
	names = append(names, "data")
	slices.Sort(names)
	if quotas := slices.Sorted(maps.Keys(settings.Defaults(settings.AWSCloud).Namespaces)); !slices.Equal(names, quotas) {
		t.Errorf("got the namespaces %v and quotas of %v", names, quotas)
	}
}

// Only what runs on nodes itself needs less than the strictest standard.
func TestFewNamespacesAreLowered(t *testing.T) {
	var less []string
	for _, r := range deploy(t, asItIs).All(namespaceType) {
		labels := r.Inputs.Get("metadata.labels").(map[string]any)
		if labels["pod-security.kubernetes.io/enforce"] != "restricted" {
			less = append(less, strings.TrimPrefix(r.Name, "namespace-"))
		}
	}
	slices.Sort(less)
	if want := slices.Sorted(maps.Keys(lowered)); !slices.Equal(less, want) {
		t.Errorf("got %v below restricted, want %v", less, want)
	}
	if _, product := lowered["explico"]; product {
		t.Error("the product's pods meet the strictest standard")
	}
}

// A pod of the product reaches data only if it says so.
func TestWaysToDataAreAskedFor(t *testing.T) {
	g := deploy(t, func(s *settings.Settings, _ *platform.Platform) {
		s.Jobs = map[string]settings.Job{"nightly": {
			Image: "registry.example/nightly:1.0.0", Calls: []string{"buckets"}, User: 10001, Timeout: settings.Duration(60e9),
			Resources: settings.PodResources{CPU: "1", Memory: "1Gi", Disk: "1Gi"},
		}}
	})
	for part, peer := range map[string]string{"database": "ipBlock", "cache": "podSelector", "buckets": "ipBlock", "internet": "ipBlock"} {
		spec := g.One(t, "kubernetes:networking.k8s.io/v1:NetworkPolicy", "namespace-explico-allow-"+part).Inputs
		selector, _ := spec.Get("spec.podSelector.matchLabels").(map[string]any)
		if len(selector) != 1 || selector["explico.io/uses-"+part] != "true" {
			t.Errorf("%s: for the pods %v, want those that say so", part, selector)
		}
		rule := spec.Get("spec.egress").([]any)[0].(map[string]any)
		if to := rule["to"].([]any)[0].(map[string]any); to[peer] == nil {
			t.Errorf("%s: got %v, want a %s", part, to, peer)
		}
		if ports, _ := rule["ports"].([]any); len(ports) == 0 {
			t.Errorf("%s: every port is open", part)
		}
	}
}

func TestNoWayToWhatNobodyCalls(t *testing.T) {
	for _, r := range deploy(t, asItIs).All("kubernetes:networking.k8s.io/v1:NetworkPolicy") {
		if r.Name == "namespace-explico-allow-buckets" {
			t.Errorf("%s is for no pod", r.Name)
		}
	}
}

func TestNoWayToWhatIsNotThere(t *testing.T) {
	g := deploy(t, func(_ *settings.Settings, p *platform.Platform) {
		p.Cache, p.Cluster.Credentials, p.Cluster.CloudAPIs = nil, platform.Reach{}, platform.Reach{}
	})
	for _, r := range g.All("kubernetes:networking.k8s.io/v1:NetworkPolicy") {
		for _, gone := range []string{"allow-cache", "allow-credentials", "allow-cloud"} {
			if strings.HasSuffix(r.Name, gone) {
				t.Errorf("%s leads nowhere", r.Name)
			}
		}
	}
}

func TestAdmissionKnowsTheOwnRegistry(t *testing.T) {
	g := deploy(t, func(s *settings.Settings, _ *platform.Platform) { s.Admission.Registries = []string{"ghcr.io/acme"} })
	policy := g.One(t, "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy", "admission-registries").Inputs
	variable := policy.Get("spec.variables").([]any)[0].(map[string]any)
	if want := "['docker.io/istio', 'ghcr.io/acme', 'ghcr.io/stefanprodan', 'registry.example/backend', 'registry.example/mirror/quay.io', 'registry.istio.io/release']"; variable["expression"] != want {
		t.Errorf("got %v, want %s", variable["expression"], want)
	}
}

// A pod hears where the parts of the platform are that it calls, and of nothing
// that opens them.
func TestFacts(t *testing.T) {
	g := deploy(t, func(s *settings.Settings, p *platform.Platform) {
		p.Buckets["assets"] = platform.Bucket{Name: pulumi.String("explico-assets")} // which nobody names
		p.Cluster.Integrations.Accounts = map[platform.Account]platform.Identity{{Namespace: "explico", Name: "backend"}: {}}
		backend, frontend := s.Services["backend"], s.Services["frontend"]
		backend.Calls = []string{"database", "cache"}
		backend.Buckets = map[string]settings.BucketAccess{"uploads": settings.BucketRead}
		frontend.Calls = []string{"backend"}
		s.Services["backend"], s.Services["frontend"] = backend, frontend
	})
	everybody := map[string]any{"PORT": "9898", "PLATFORM_CLOUD": "somewhere", "PLATFORM_REGION": "here", "PLATFORM_STACK": "test"}
	if got := environment(t, g, "frontend"); !maps.Equal(got, everybody) {
		t.Errorf("frontend: got %v\nwant %v", got, everybody)
	}
	want := map[string]any{
		"DATABASE_HOST": "pool.example", "DATABASE_DIRECT_HOST": "db.example", "DATABASE_DIRECT_PORT": "5432", "DATABASE_PORT": "5432", "DATABASE_NAME": "explico",
		"CACHE_HOST": "cache.example", "CACHE_READER": "reader.example", "CACHE_PORT": "6379", "CACHE_TLS": "true", "CACHE_CA": "authorities", "CACHE_CLUSTERED": "false",
		"BUCKET_UPLOADS": "explico-uploads",
	}
	maps.Copy(want, everybody)
	if got := environment(t, g, "backend"); !maps.Equal(got, want) {
		t.Errorf("backend: got %v\nwant %v", got, want)
	}
}

// environment are the variables of a service's pods.
func environment(t *testing.T, g *simtest.Graph, service string) map[string]any {
	t.Helper()
	pod := g.One(t, "kubernetes:apps/v1:Deployment", "service-"+service+"-rolling").Inputs
	container := pod.Get("spec.template.spec.containers").([]any)[0].(map[string]any)
	found := map[string]any{}
	for _, v := range container["env"].([]any) {
		variable := v.(map[string]any)
		found[variable["name"].(string)] = variable["value"]
	}
	return found
}

// A pod carries the labels of the parts that its service calls.
func TestPodsSayWhatTheyUse(t *testing.T) {
	pod := deploy(t, asItIs).One(t, "kubernetes:apps/v1:Deployment", "service-backend-rolling").Inputs
	labels := pod.Get("spec.template.metadata.labels").(map[string]any)
	for part, want := range map[string]any{"database": "true", "cache": "true", "internet": "true", "buckets": nil, "ai-inference": nil} {
		if got := labels["explico.io/uses-"+part]; got != want {
			t.Errorf("%s: got %v, want %v", part, got, want)
		}
	}
}

func TestOwnersWithSpacesAreLabels(t *testing.T) {
	g := deploy(t, asItIs)
	g.CheckHouse(t)
	labels := g.One(t, namespaceType, "namespace-explico").Inputs.Get("metadata.labels").(map[string]any)
	if labels["explico.io/team"] != "the-platform" {
		t.Errorf("got the team %v", labels["explico.io/team"])
	}
}

func TestNoClusterNothingToDo(t *testing.T) {
	g := simtest.Run(t, func(ctx *pulumi.Context) error {
		return Deploy(ctx, settings.Defaults(settings.AWSCloud), &platform.Platform{Compute: platform.Services})
	})
	if len(g.Resources) != 0 {
		t.Errorf("got %d resources", len(g.Resources))
	}
}

// A cluster that came with its storage classes gets none.
func TestStorageClassesAreThePlatforms(t *testing.T) {
	const class = "kubernetes:storage.k8s.io/v1:StorageClass"
	if got := deploy(t, asItIs).One(t, class, "").Inputs; got.String("metadata.name") != "fast" {
		t.Errorf("got %v", got)
	}
	g := deploy(t, func(_ *settings.Settings, p *platform.Platform) { p.Cluster.StorageClasses = nil })
	if got := g.All(class); len(got) != 0 {
		t.Errorf("got %d classes", len(got))
	}
}
