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
	class := func() error {
		return g.try("gateway.networking.k8s.io/v1", "GatewayClass", "", "web", m{"spec": m{"controllerName": "a.org/b"}})
	}
	if class() == nil {
		t.Error("a kind is served before its definition is there")
	}
	for _, c := range g.publish(gatewayFile) {
		if name := c.In.String("metadata.name"); c.Name != ":"+name {
			t.Errorf("%s is named %s, want the object's name after a colon", name, c.Name)
		}
	}
	if err := class(); err != nil {
		t.Error(err)
	}
	err := g.cloud.Delete(g.session, crdToken, "gatewayclasses.gateway.networking.k8s.io")
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

// A file that names its version twice is found as others are.
func TestManifestNamesItsVersionTwice(t *testing.T) {
	const keda = "https://github.com/kedacore/keda/releases/download/"
	var names []string
	for _, c := range newGround(t).publish(keda + "v2.20.2/keda-2.20.2-crds.yaml") {
		names = append(names, c.Name)
	}
	const want = ":scaledobjects.keda.sh :scaledjobs.keda.sh :triggerauthentications.keda.sh :clustertriggerauthentications.keda.sh " +
		":cloudeventsources.eventing.keda.sh :clustercloudeventsources.eventing.keda.sh"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if _, known := fileAt(keda + "v2.20.2/keda-2.20.1-crds.yaml"); known {
		t.Error("a file of another version than its release is found")
	}
}
