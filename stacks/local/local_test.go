package local

import (
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
	"github.com/te-explico/infrastructure/stacks/platform"
	"github.com/te-explico/infrastructure/stacks/settings"
)

// build builds a platform, with settings edited, and exports its outputs.
func build(t *testing.T, edit func(*settings.Settings)) *simtest.Graph {
	t.Helper()
	return simtest.Run(t, func(ctx *pulumi.Context) error {
		s := settings.Defaults(settings.LocalCloud)
		s.Cloud, s.Owner.Team, s.Local.Context = settings.LocalCloud, "platform", "kind-explico"
		edit(s)
		_, err := Build(ctx, s)
		return err
	})
}

func asItIs(*settings.Settings) {}

const releaseType = "kubernetes:helm.sh/v3:Release"

func TestLocal(t *testing.T) {
	g := build(t, asItIs)
	g.CheckHouse(t)
	provider := g.One(t, "pulumi:providers:kubernetes", "").Inputs
	if provider.String("context") != "kind-explico" || provider.Has("kubeconfig") {
		t.Errorf("got the provider %v, want the context's own cluster", provider)
	}
	for _, r := range g.All(releaseType) {
		if r.Inputs.String("namespace") != "data" || r.Inputs.String("version") == "" {
			t.Errorf("%s: got %v", r.Name, r.Inputs)
		}
		// A pod that starts before the policies are there speaks with everybody.
		for _, guard := range []string{"namespace-data-default-deny", "namespace-data-quota", "namespace-data-limits"} {
			if !slices.ContainsFunc(r.DependsOn, func(urn string) bool { return strings.HasSuffix(urn, "::"+guard) }) {
				t.Errorf("%s does not come after %s", r.Name, guard)
			}
		}
	}
}

// Where the cluster brings no metrics-server it gets one, beside its own programs.
func TestMetricsServer(t *testing.T) {
	const name = "operator-metrics-server-metrics-server"
	for _, wanted := range []bool{true, false} {
		g := build(t, func(s *settings.Settings) { s.Local.MetricsServer = wanted })
		var found []simtest.Resource
		for _, r := range g.All(releaseType) {
			if r.Name == name {
				found = append(found, r)
			}
		}
		if len(found) == 0 != !wanted || wanted && (found[0].Inputs.String("namespace") != "kube-system" || found[0].Inputs.String("version") == "") {
			t.Errorf("with metricsServer: %v got %v", wanted, found)
		}
	}
}

func TestDatabase(t *testing.T) {
	g := build(t, func(s *settings.Settings) { s.Database.Name, s.Database.StorageGiB = "shop", 5 })
	cluster := g.One(t, "kubernetes:postgresql.cnpg.io/v1:Cluster", "")
	for path, want := range map[string]any{
		"spec.bootstrap.initdb.database": "shop", "spec.bootstrap.initdb.owner": "shop", "spec.storage.size": "5Gi",
		// With one instance, a disruption budget would keep its node from ever being drained.
		"spec.enablePDB": false,
	} {
		if got := cluster.Inputs.Get(path); got != want {
			t.Errorf("%s: got %v, want %v", path, got, want)
		}
	}
	if !slices.ContainsFunc(cluster.DependsOn, func(urn string) bool { return strings.HasSuffix(urn, "::namespace-data-cloudnative-pg") }) {
		t.Error("the database does not come after its operator")
	}
	// The same major version as in the cloud: what works here works there.
	image := cluster.Inputs.String("spec.imageName")
	if major := settings.Defaults(settings.LocalCloud).Database.EngineVersion; !strings.Contains(image, ":"+major+".") {
		t.Errorf("got the image %s, want PostgreSQL %s", image, major)
	}
}

// Whatever is granted of a container, all charts are told the same.
func TestContainersAreBounded(t *testing.T) {
	g := build(t, asItIs)
	for release, paths := range map[string][]string{
		"cloudnative-pg": {"resources"},
		"cache":          {"resources", "initResources"},
		"seaweedfs":      {"allInOne.resources", "allInOne.s3.createBucketsHook.resources"},
	} {
		values := g.One(t, releaseType, "namespace-data-"+release).Inputs
		for _, path := range paths {
			for _, amount := range []string{"requests.cpu", "requests.memory", "requests.ephemeral-storage", "limits.memory", "limits.ephemeral-storage"} {
				if values.String("values."+path+"."+amount) == "" {
					t.Errorf("%s: %s.%s is missing", release, path, amount)
				}
			}
		}
	}
	objects := g.One(t, releaseType, "namespace-data-seaweedfs").Inputs
	for path, want := range map[string]any{
		"allInOne.podSecurityContext.runAsNonRoot": true, "allInOne.containerSecurityContext.readOnlyRootFilesystem": true,
		"allInOne.containerSecurityContext.allowPrivilegeEscalation": false, "filer.containerSecurityContext.allowPrivilegeEscalation": false,
		"filer.podSecurityContext.runAsNonRoot": true, "filer.enabled": false, "master.enabled": false, "volume.enabled": false,
		"global.seaweedfs.createClusterRole": false, "allInOne.s3.enableAuth": true,
	} {
		if got := objects.Get("values." + path); got != want {
			t.Errorf("%s: got %v, want %v", path, got, want)
		}
	}
}

func TestPlatformIsWhole(t *testing.T) {
	simtest.Run(t, func(ctx *pulumi.Context) error {
		s := settings.Defaults(settings.LocalCloud)
		s.Cloud, s.Owner.Team = settings.LocalCloud, "platform"
		p, err := Build(ctx, s)
		if err != nil {
			return err
		}
		if p.Cluster == nil || p.Cluster.Provider == nil || p.Cluster.Kubeconfig != nil || len(p.Cluster.API.Ports) == 0 {
			t.Errorf("got the cluster %+v", p.Cluster)
		}
		for name, r := range map[string]platform.Reach{"database": p.Database.Reach, "cache": p.Cache.Reach, "objects": p.Objects.Reach} {
			if r.Namespace != "data" || len(r.Pods) == 0 || len(r.Ports) != 1 {
				t.Errorf("%s: pods find it at %+v", name, r)
			}
		}
		if p.Cache.TLS || !p.Cache.Open || p.Secrets.Store != "kubernetes" || p.Secrets.References["database"] == nil || p.Secrets.References["backend"] == nil {
			t.Errorf("got the cache %+v and the secrets %+v", p.Cache, p.Secrets)
		}
		for _, purpose := range purposes {
			if p.Buckets[purpose].Name == nil {
				t.Errorf("there is no bucket of %s", purpose)
			}
		}
		return nil
	})
}

// The operator that hands secrets to pods reads those of the data, and its right to
// is there before it is.
func TestSecretsAreReadFromTheData(t *testing.T) {
	g := build(t, asItIs)
	role := g.One(t, "kubernetes:rbac.authorization.k8s.io/v1:Role", "namespace-data-secrets-role").Inputs
	if verbs := role.Strings("rules[].verbs[]"); role.String("metadata.namespace") != "data" || slices.Contains(verbs, "create") || slices.Contains(verbs, "*") {
		t.Errorf("got the role %v", role)
	}
	simtest.Run(t, func(ctx *pulumi.Context) error {
		s := settings.Defaults(settings.LocalCloud)
		s.Cloud, s.Owner.Team = settings.LocalCloud, "platform"
		p, err := Build(ctx, s)
		if err != nil {
			return err
		}
		all := p.Cluster.Integrations
		if all.Secrets == nil || len(all.Accounts[platform.SecretsAccount].Ready) != 1 {
			t.Errorf("got the integrations %+v", all)
		}
		return nil
	})
}

// Without a context it is whichever cluster is current: nothing says its name.
func TestCurrentContext(t *testing.T) {
	g := build(t, func(s *settings.Settings) { s.Local.Context = "" })
	if provider := g.One(t, "pulumi:providers:kubernetes", "").Inputs; provider.Has("context") || provider.Has("clusterIdentifier") {
		t.Errorf("got %v", provider)
	}
}
