package azure

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Encryption is a key in Key Vault, and the identity by which a service uses it.
// Services want to use the key while they are made.
type Encryption struct {
	// KeyURI is the key's address without a version,
	// https://<vault>.vault.azure.net/keys/<key>: services then take a new version
	// by themselves.
	KeyURI pulumi.StringInput
	// KeyVersionURI is the address with the version, for services that want one.
	KeyVersionURI pulumi.StringInput
	// IdentityID is the id of the user-assigned identity, and IdentityClientID its
	// client id (a GUID).
	IdentityID, IdentityClientID pulumi.StringInput
	// Ready is what must exist before the identity uses the key.
	Ready []pulumi.Resource
}

func (e *Encryption) check(path string) []error {
	if e == nil {
		return []error{fmt.Errorf("%s is missing", path)}
	}
	var p problems
	for name, in := range map[string]pulumi.StringInput{
		"KeyURI": e.KeyURI, "KeyVersionURI": e.KeyVersionURI, "IdentityID": e.IdentityID, "IdentityClientID": e.IdentityClientID,
	} {
		p.want(in != nil, "%s.%s is missing", path, name)
	}
	return p
}

// keyName is the vault's address and the key's name of a key's address.
func keyName(uri string) (vault, key string, err error) {
	vault, rest, found := strings.Cut(uri, "/keys/")
	key, _, _ = strings.Cut(rest, "/")
	if !found || key == "" {
		return "", "", fmt.Errorf("got %q, want the address of a key, https://<vault>.vault.azure.net/keys/<key>", uri)
	}
	return vault, key, nil
}
