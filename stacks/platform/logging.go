package platform

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// SnapshotRepository is an object store for Elasticsearch's snapshots, and how
// the service account elasticsearch of the namespace logging gets at it.
type SnapshotRepository struct {
	// Type is the repository's: s3, gcs or azure.
	Type string
	// Settings are the repository's settings.
	Settings pulumi.StringMap
	// Annotations are on the service account.
	Annotations map[string]string
	// Env are environment variables of Elasticsearch.
	Env pulumi.StringMap
	// Keystore are settings that Elasticsearch reads from its keystore alone. None of
	// them is a secret: identities of the cloud are.
	Keystore pulumi.StringMap
	// TokenAudience is whom the token of the service account is for that the cloud
	// wants to see; it is the file TokenFile of the folder TokenFolder in
	// Elasticsearch's configuration. Empty where the cloud wants none.
	TokenAudience, TokenFolder, TokenFile string
	// Credentials are the address ranges, and CredentialsPorts the TCP ports, where
	// it gets the credentials of its identity; none where the token is enough.
	Credentials      []string
	CredentialsPorts []int
}
