package kubernetes

import (
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
	"github.com/te-explico/infrastructure/versions"
)

const (
	manifestToken   = "kubernetes:yaml/v2:ConfigFile"
	definitionToken = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition"
)

func TestInstallManifest(t *testing.T) {
	want, err := versions.ManifestOf("gateway-api")
	if err != nil {
		t.Fatal(err)
	}
	g, err := tryIn(func(ctx *pulumi.Context, in pulumi.ResourceOption) error {
		m, err := InstallManifest(ctx, "api", &ManifestArgs{Manifest: "gateway-api"}, in)
		if err != nil {
			return err
		}
		_, err = Apply(ctx, "grant", Object{APIVersion: "gateway.networking.k8s.io/v1", Kind: "ReferenceGrant", Name: "a", Namespace: "default"}, in, pulumi.DependsOn([]pulumi.Resource{m}))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	file := g.One(t, manifestToken, "api")
	if got := file.Inputs.String("file"); got != want.Address() || file.Provider == "" {
		t.Errorf("got the file %s by the provider %q, want %s by the one that was given", got, file.Provider, want.Address())
	}
	if after := g.One(t, "kubernetes:gateway.networking.k8s.io/v1:ReferenceGrant", "grant").DependsOn; !slices.Contains(after, file.URN) {
		t.Errorf("an object comes after %v, want after the manifest", after)
	}
	for _, kind := range []string{"gateways", "gatewayclasses", "httproutes", "grpcroutes", "referencegrants", "backendtlspolicies"} {
		d := g.One(t, definitionToken, "api:"+kind+".gateway.networking.k8s.io")
		if d.Parent != file.URN || d.Provider != file.Provider {
			t.Errorf("%s has the parent %s and the provider %s, want those of the manifest", d.Name, d.Parent, d.Provider)
		}
	}
}

func TestInstallManifestRefuses(t *testing.T) {
	install := func(name string, given bool) error {
		_, err := simtest.Try("explico", "test", inCluster(func(ctx *pulumi.Context, in pulumi.ResourceOption) error {
			if !given {
				in = pulumi.Protect(false)
			}
			_, err := InstallManifest(ctx, "api", &ManifestArgs{Manifest: name}, in)
			return err
		}))
		return err
	}
	if err := install("gateway", true); err == nil || !strings.Contains(err.Error(), "creating manifest api: looking up manifest gateway") {
		t.Errorf("an unknown manifest: %v", err)
	}
	if err := install("gateway-api", false); err == nil || !strings.Contains(err.Error(), "no explicit provider") {
		t.Errorf("a manifest without a provider: %v", err)
	}
}
