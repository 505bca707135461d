package kubernetes

import (
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const gatewayFile = "https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.5.1/standard-install.yaml"

// A file's objects can be made one after the other, and then objects of its kinds.
func TestManifest(t *testing.T) {
	g := newGround(t)
	all, err := g.cloud.Construct(configFileToken, simcloud.Values{"file": gatewayFile})
	if err != nil {
		t.Fatal(err)
	}
	class := func() error {
		return g.try("gateway.networking.k8s.io/v1", "GatewayClass", "", "web", m{"spec": m{"controllerName": "a.org/b"}})
	}
	if class() == nil {
		t.Error("a kind is served before its definition is there")
	}
	for _, c := range all {
		if name := c.In.String("metadata.name"); c.Name != ":"+name {
			t.Errorf("%s is named %s, want the object's name after a colon", name, c.Name)
		}
		if _, err := g.cloud.Create(g.session, c.Token, c.Name, c.In); err != nil {
			t.Error(err)
		}
	}
	if err := class(); err != nil {
		t.Error(err)
	}
	err = g.cloud.Delete(g.session, crdToken, "gatewayclasses.gateway.networking.k8s.io")
	if err == nil || !strings.Contains(err.Error(), "would delete GatewayClass web along with it") {
		t.Errorf("a definition with objects left goes: %v", err)
	}
}

func TestManifestRefuses(t *testing.T) {
	g := newGround(t)
	for file, want := range map[string]string{
		"": `missing required argument "file"`,
		strings.Replace(gatewayFile, "v1.5.1", "latest", 1):      "not found",
		strings.Replace(gatewayFile, "v1.5.1", "*", 1):           "not found",
		strings.Replace(gatewayFile, "standard", "strandard", 1): "strandard-install.yaml not found",
	} {
		if _, err := g.cloud.Construct(configFileToken, simcloud.Values{"file": file}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", file, err, want)
		}
	}
	if _, err := g.cloud.Construct("kubernetes:yaml/v2:ConfigGroup", nil); err == nil || !strings.Contains(err.Error(), "does not know the component") {
		t.Errorf("an unknown component: %v", err)
	}
}
