package azure

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const subscription = DefaultSubscription

// world is a simulated Azure with a session.
type world struct {
	t     *testing.T
	cloud *simcloud.Cloud
	s     simcloud.Session
}

func newWorld(t *testing.T) *world {
	t.Helper()
	s, err := session(simcloud.Values{"subscriptionId": subscription})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, cloud: simcloud.New(Catalog()), s: s}
	w.make(groupToken, "group", simcloud.Values{"resourceGroupName": "rg", "location": "westeurope"})
	return w
}

func (w *world) try(token, name string, in simcloud.Values) (*simcloud.Record, error) {
	return w.cloud.Create(w.s, token, name, in)
}

func (w *world) make(token, name string, in simcloud.Values) *simcloud.Record {
	w.t.Helper()
	r, err := w.try(token, name, in)
	if err != nil {
		w.t.Fatalf("%s %s: %v", token, name, err)
	}
	return r
}

// in are inputs of a resource of the group.
func in(more map[string]any) simcloud.Values {
	all := simcloud.Values{"resourceGroupName": "rg", "location": "westeurope"}
	maps.Copy(all, more)
	return all
}

// refused wants an error with the words.
func refused(t *testing.T, err error, words string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), words) {
		t.Errorf("got %v, want %q", err, words)
	}
}

type object = map[string]any

func (w *world) network(subnets map[string]string) map[string]*simcloud.Record {
	w.t.Helper()
	made := map[string]*simcloud.Record{"": w.make(networkToken, "net", in(object{
		"virtualNetworkName": "net", "addressSpace": object{"addressPrefixes": []any{"10.0.0.0/16"}},
	}))}
	for name, cidr := range subnets {
		made[name] = w.make(subnetToken, name, in(object{"virtualNetworkName": "net", "subnetName": name, "addressPrefix": cidr}))
	}
	return made
}

func TestGroupGoesWithAll(t *testing.T) {
	w := newWorld(t)
	w.network(map[string]string{"a": "10.0.0.0/24"})
	group := "/subscriptions/" + subscription + "/resourceGroups/rg"
	lock := w.make(scopeLockToken, "lock", simcloud.Values{"scope": group, "level": "CanNotDelete", "lockName": "l"})
	refused(t, w.cloud.Delete(w.s, groupToken, group), "ScopeLocked")
	refused(t, w.cloud.Delete(w.s, networkToken, group+"/providers/Microsoft.Network/virtualNetworks/net"), "ScopeLocked")
	if err := w.cloud.Delete(w.s, scopeLockToken, lock.ID); err != nil {
		t.Fatal(err)
	}
	if err := w.cloud.Delete(w.s, groupToken, group); err != nil || len(w.cloud.Records()) != 0 {
		t.Errorf("got %v and %d records left", err, len(w.cloud.Records()))
	}
}

func TestSubnetRefuses(t *testing.T) {
	w := newWorld(t)
	made := w.network(map[string]string{"a": "10.0.0.0/24"})
	sub := func(cidr string) simcloud.Values {
		return in(object{"virtualNetworkName": "net", "subnetName": "b", "addressPrefix": cidr})
	}
	for cidr, words := range map[string]string{
		"10.1.0.0/24": "NetcfgSubnetRangeOutsideVnet", "10.0.0.128/25": "NetcfgSubnetRangesOverlap", "10.0.1.1/24": "InvalidCIDRNotation",
		"10.0.1.0/30": "too small", "x": "InvalidAddressPrefixFormat",
	} {
		_, err := w.try(subnetToken, "b", sub(cidr))
		refused(t, err, words)
	}
	_, err := w.try(subnetToken, "b", in(object{"virtualNetworkName": "other", "subnetName": "b", "addressPrefix": "10.0.1.0/24"}))
	refused(t, err, "ParentResourceNotFound")
	vault := w.make(vaultToken, "vault", vaultIn("one", true))
	w.make(endpointToken, "endpoint", in(object{
		"privateEndpointName": "e", "subnet": object{"id": made["a"].ID},
		"privateLinkServiceConnections": []any{object{"privateLinkServiceId": vault.ID, "groupIds": []any{"vault"}}},
	}))
	refused(t, w.cloud.Delete(w.s, subnetToken, made["a"].ID), "InUseSubnetCannotBeDeleted")
	_, err = w.try(endpointToken, "wrong", in(object{
		"privateEndpointName": "f", "subnet": object{"id": made["a"].ID},
		"privateLinkServiceConnections": []any{object{"privateLinkServiceId": vault.ID, "groupIds": []any{"blob"}}},
	}))
	refused(t, err, "PrivateEndpointInvalidGroupId")
	_, err = w.cloud.Update(w.s, subnetToken, made["a"].ID, "a", in(object{"virtualNetworkName": "net", "subnetName": "a", "addressPrefix": "10.0.2.0/24"}))
	refused(t, err, "InUsePrefixCannotBeDeleted")
}

func TestSecurityRules(t *testing.T) {
	good := object{
		"name": "r", "priority": 100, "direction": "Inbound", "access": "Allow", "protocol": "Tcp", "sourceAddressPrefix": "*",
		"destinationAddressPrefix": "*", "sourcePortRange": "*", "destinationPortRange": "443",
	}
	with := func(key string, value any) object {
		changed := maps.Clone(good)
		changed[key] = value
		return changed
	}
	for words, rules := range map[string][]any{
		"SecurityRuleInvalidPriority":  {with("priority", 50)},
		"SecurityRuleConflict":         {good, with("name", "s")},
		"SecurityRuleParameterMissing": {with("sourceAddressPrefixes", []any{"10.0.0.0/8"})},
		"expected protocol":            {with("protocol", "TCP")},
	} {
		_, err := newWorld(t).try(securityGroupToken, "g", in(object{"networkSecurityGroupName": "g", "securityRules": rules}))
		refused(t, err, words)
	}
}

func vaultIn(name string, purge bool) simcloud.Values {
	return in(object{"vaultName": name + "-vault", "properties": object{
		"sku": object{"family": "A", "name": "standard"}, "tenantId": DefaultTenant, "enablePurgeProtection": purge,
		"softDeleteRetentionInDays": 7,
	}})
}

func TestVaultRefuses(t *testing.T) {
	w := newWorld(t)
	one := w.make(vaultToken, "one", vaultIn("one", true))
	_, err := w.try(vaultToken, "two", vaultIn("one", true))
	refused(t, err, "VaultAlreadyExists")
	_, err = w.try(vaultToken, "off", vaultIn("off", false))
	refused(t, err, "irreversible")
	longer := vaultIn("one", true)
	longer["properties"].(object)["softDeleteRetentionInDays"] = 90
	_, err = w.cloud.Update(w.s, vaultToken, one.ID, "one", longer)
	refused(t, err, "can't be modified")
	for name, bad := range map[string]string{"1x": "VaultNameNotValid", "a--b": "VaultNameNotValid", strings.Repeat("a", 20): "VaultNameNotValid"} {
		_, err := w.try(vaultToken, name, vaultIn(name, true))
		refused(t, err, bad)
	}
	key := in(object{"vaultName": "one-vault", "keyName": "k", "properties": object{"kty": "RSA-HSM"}})
	_, err = w.try(keyToken, "k", key)
	refused(t, err, "SKU of the vault")
	key["properties"] = object{"kty": "RSA", "keySize": 3072}
	made := w.make(keyToken, "k", key)
	if err := w.cloud.Delete(w.s, keyToken, made.ID); err != nil {
		t.Fatal(err)
	}
	_, err = w.try(keyToken, "k again", key)
	refused(t, err, "already existing") // keys go with their vault alone
	if err := w.cloud.Delete(w.s, vaultToken, one.ID); err != nil {
		t.Fatal(err)
	}
	_, err = w.try(vaultToken, "again", vaultIn("one", true))
	refused(t, err, "deleted state")
}

func TestAssignmentRefuses(t *testing.T) {
	w := newWorld(t)
	identity := w.make(identityToken, "i", in(object{"resourceName": "identity"}))
	role := "/subscriptions/" + subscription + roleDefinitions + "acdd72a7-3385-48ef-bd42-f606fba81ae7"
	give := func(n int, principal, role, scope string) error {
		_, err := w.try(assignmentToken, fmt.Sprint(n), simcloud.Values{
			"roleAssignmentName": fmt.Sprintf("00000000-0000-0000-0000-00000000000%d", n), "principalId": principal, "principalType": "ServicePrincipal",
			"roleDefinitionId": role, "scope": scope,
		})
		return err
	}
	group := "/subscriptions/" + subscription + "/resourceGroups/rg"
	if err := give(1, identity.Out.String("principalId"), role, group); err != nil {
		t.Fatal(err)
	}
	refused(t, give(2, identity.Out.String("principalId"), role, group), "RoleAssignmentExists")
	refused(t, give(3, identity.Out.String("clientId"), role, group), "PrincipalNotFound")
	refused(t, give(4, identity.Out.String("principalId"), role+"0", group), "RoleDefinitionDoesNotExist")
	refused(t, give(5, identity.Out.String("principalId"), role, group+"x"), "ResourceNotFound")
}

func TestFederatedRefuses(t *testing.T) {
	w := newWorld(t)
	w.make(identityToken, "i", in(object{"resourceName": "identity"}))
	trust := func(name string, more object) error {
		all := in(object{"resourceName": "identity", "federatedIdentityCredentialResourceName": name, "issuer": "https://i", "subject": "s", "audiences": []any{"a"}})
		maps.Copy(all, more)
		_, err := w.try(federatedToken, name, all)
		return err
	}
	if err := trust("one", nil); err != nil {
		t.Fatal(err)
	}
	refused(t, trust("two", nil), "Issuer and subject combination")
	refused(t, trust("three", object{"subject": "t", "issuer": "http://i"}), "https URL")
	refused(t, trust("four", object{"subject": "t", "audiences": []any{"a", "b"}}), "one audience")
}

func TestDiagnosticsRefuse(t *testing.T) {
	w := newWorld(t)
	vault := w.make(vaultToken, "v", vaultIn("one", true))
	logs := w.make(workspaceToken, "w", in(object{"workspaceName": "logs-0"}))
	set := func(name, category, workspace string) error {
		_, err := w.try(diagnosticToken, name, simcloud.Values{
			"name": name, "resourceUri": vault.ID, "workspaceId": workspace, "logs": []any{object{"category": category, "enabled": true}},
		})
		return err
	}
	if err := set("a", "AuditEvent", logs.ID); err != nil {
		t.Fatal(err)
	}
	refused(t, set("b", "AuditEvent", logs.ID), "Data sink")
	refused(t, set("c", "kube-audit", logs.ID), "not supported")
	refused(t, set("d", "AuditEvent", logs.ID+"x"), "ResourceNotFound")
}
