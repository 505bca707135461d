package tests

import (
	"os"
	"testing"

	"github.com/te-explico/infrastructure/tests/deploy"
)

// On a developer's machine a service finds its secrets and the keys of its buckets
// as files, as in the cloud: External Secrets reads them where the data is.
func TestLocalServicesHaveTheirSecrets(t *testing.T) {
	text, err := os.ReadFile("../Pulumi.local.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text = append(text, `
  explico:secrets: {names: {stripe: {purpose: payments}}}
  explico:services:
    backend: {secrets: [stripe, database], buckets: {uploads: readWrite}}
`...)
	g, err := deploy.Try(t, "local", text)
	if err != nil {
		t.Fatal(err)
	}
	secrets := g.One(t, "kubernetes:external-secrets.io/v1:ExternalSecret", "service-backend-secrets").Inputs
	keys := map[string]string{}
	for _, d := range secrets.Objects("spec.data[]") {
		keys[d.String("secretKey")] = d.String("remoteRef.key")
	}
	for file, want := range map[string]string{"stripe": "stripe", "database": "database-app", "buckets": "seaweedfs-s3-secret"} {
		if keys[file] != want {
			t.Errorf("the file %s is of the secret %q, want %s", file, keys[file], want)
		}
	}
	if store := g.One(t, "kubernetes:external-secrets.io/v1:ClusterSecretStore", "").Inputs; store.String("spec.provider.kubernetes.remoteNamespace") != "data" {
		t.Errorf("the store is %v", store)
	}
}
