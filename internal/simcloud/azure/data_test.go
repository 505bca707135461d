package azure

import (
	"maps"
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	rgID    = "/subscriptions/" + subscription + "/resourceGroups/rg"
	whoever = "aaaaaaaa-0000-0000-0000-000000000001"
)

// but are inputs with some of them others; nil takes one away. A path goes into
// objects.
func but(in simcloud.Values, more object) simcloud.Values {
	all := maps.Clone(in)
	for path, v := range more {
		at := map[string]any(all)
		for key, rest, deeper := strings.Cut(path, "."); ; key, rest, deeper = strings.Cut(rest, ".") {
			if !deeper {
				if at[key] = v; v == nil {
					delete(at, key)
				}
				break
			}
			inner, _ := at[key].(map[string]any)
			inner = maps.Clone(inner)
			if inner == nil {
				inner = object{}
			}
			at[key], at = inner, inner
		}
	}
	return all
}

// refusals tries each of the changes of good inputs and wants its words.
func (w *world) refusals(token string, good simcloud.Values, cases map[string]struct {
	more  object
	words string
}) {
	w.t.Helper()
	for name, c := range cases {
		_, err := w.try(token, "bad", but(good, c.more))
		if err == nil || !strings.Contains(err.Error(), c.words) {
			w.t.Errorf("%s: got %v, want %q", name, err, c.words)
		}
	}
}

type refusalCases = map[string]struct {
	more  object
	words string
}

// database makes what a server stands on and returns good inputs of one.
func (w *world) database() simcloud.Values {
	w.t.Helper()
	made := w.network(map[string]string{"plain": "10.0.0.0/24"})
	data := w.make(subnetToken, "data", in(object{
		"virtualNetworkName": "net", "subnetName": "data", "addressPrefix": "10.0.1.0/24",
		"delegations": []any{object{"name": "d", "serviceName": postgresKind}},
	}))
	_ = made
	zone := w.make(privateZoneToken, "zone", simcloud.Values{"resourceGroupName": "rg", "location": "global", "privateZoneName": "x.private.postgres.database.azure.com"})
	return in(object{
		"serverName": "pgdb", "version": "17", "sku": object{"name": "Standard_D2ds_v5", "tier": "GeneralPurpose"},
		"administratorLogin": "explico", "administratorLoginPassword": "p", "storage": object{"storageSizeGB": 128},
		"network": object{"delegatedSubnetResourceId": data.ID, "privateDnsZoneArmResourceId": zone.ID},
	})
}

func TestServerRefuses(t *testing.T) {
	w := newWorld(t)
	good := w.database()
	other := w.make(privateZoneToken, "other", simcloud.Values{"resourceGroupName": "rg", "location": "global", "privateZoneName": "example.internal"})
	same := w.make(privateZoneToken, "same", simcloud.Values{"resourceGroupName": "rg", "location": "global", "privateZoneName": "pgdb.postgres.database.azure.com"})
	plain := rgID + "/providers/Microsoft.Network/virtualNetworks/net/subnets/plain"
	w.refusals(postgresToken, good, refusalCases{
		"name":              {object{"serverName": "DB"}, "InvalidServerName"},
		"version":           {object{"version": "9.6"}, "expected version to be one of"},
		"no group":          {object{"resourceGroupName": "none"}, "ResourceGroupNotFound"},
		"size of a tier":    {object{"sku.tier": "Burstable"}, "is not of the tier"},
		"size":              {object{"sku.name": "Standard_F2s"}, "InvalidParameterValue"},
		"standby":           {object{"sku": object{"name": "Standard_B2s", "tier": "Burstable"}, "highAvailability": object{"mode": "ZoneRedundant"}}, "HANotSupportedForBurstable"},
		"standby same zone": {object{"sku": object{"name": "Standard_B2s", "tier": "Burstable"}, "highAvailability": object{"mode": "SameZone"}}, "HANotSupportedForBurstable"},
		"no zones there":    {object{"location": "westus", "highAvailability": object{"mode": "ZoneRedundant"}}, "ZoneRedundantHANotSupported"},
		"zone":              {object{"availabilityZone": "4"}, "AvailabilityZoneNotAvailable"},
		"standby's zone":    {object{"availabilityZone": "1", "highAvailability": object{"mode": "ZoneRedundant", "standbyAvailabilityZone": "1"}}, "has to differ"},
		"storage":           {object{"storage.storageSizeGB": 100}, "StorageSizeGB: 100"},
		"backups":           {object{"backup": object{"backupRetentionDays": 3}}, "backupRetentionDays"},
		"login":             {object{"administratorLogin": "admin"}, "InvalidAdministratorLogin"},
		"no zone's id":      {object{"network.privateDnsZoneArmResourceId": nil}, "EmptyPrivateDnsZoneArmResourceId"},
		"zone's name":       {object{"network.privateDnsZoneArmResourceId": other.ID}, "PrivateDnsZoneNameNotValid"},
		"server's name":     {object{"network.privateDnsZoneArmResourceId": same.ID}, "It can not be server name plus zone suffix"},
		"public":            {object{"network.publicNetworkAccess": "Enabled"}, "Public network access"},
		"delegation":        {object{"network.delegatedSubnetResourceId": plain}, "SubnetMissingRequiredDelegation"},
		"no subnet":         {object{"network.delegatedSubnetResourceId": plain + "x"}, "InvalidResourceReference"},
		"no source":         {object{"createMode": "Replica", "sourceServerResourceId": rgID + "/none"}, "ResourceNotFound"},
	})
	made := w.make(postgresToken, "db", good)
	if got := made.Out.String("fullyQualifiedDomainName"); got != "pgdb.postgres.database.azure.com" || made.ID != rgID+"/providers/"+postgresKind+"/pgdb" {
		t.Errorf("got %s, %s", made.ID, got)
	}
	_, err := w.try(postgresToken, "again", good)
	refused(t, err, "ServerNameAlreadyExists")
	for path, words := range map[string]string{"storage.storageSizeGB": "can only be increased", "version": "Downgrade"} {
		_, err = w.cloud.Update(w.s, postgresToken, made.ID, "db", but(good, object{path: map[string]any{"storage.storageSizeGB": 64, "version": "16"}[path]}))
		refused(t, err, words)
	}
	refused(t, w.cloud.Delete(w.s, subnetToken, good.String("network.delegatedSubnetResourceId")), "InUseSubnetCannotBeDeleted")
}

func TestServerReplicas(t *testing.T) {
	w := newWorld(t)
	good := w.database()
	source := w.make(postgresToken, "db", good)
	replica := but(good, object{"createMode": "Replica", "sourceServerResourceId": source.ID})
	_, err := w.try(postgresToken, "small", but(replica, object{"serverName": "small", "storage.storageSizeGB": 64}))
	refused(t, err, "cannot be smaller than the source's")
	for _, name := range []string{"reader1", "reader2", "reader3", "reader4", "reader5"} {
		if got := w.make(postgresToken, name, but(replica, object{"serverName": name})).Out.String("replicationRole"); got != "AsyncReplica" {
			t.Errorf("%s is a %s", name, got)
		}
	}
	_, err = w.try(postgresToken, "reader6", but(replica, object{"serverName": "reader6"}))
	refused(t, err, "ReplicaLimitExceeded")
}

func TestServerPartsRefuse(t *testing.T) {
	w := newWorld(t)
	good := but(w.database(), object{"sku": object{"name": "Standard_B2s", "tier": "Burstable"}, "authConfig": object{"activeDirectoryAuth": "Disabled"}})
	w.make(postgresToken, "db", good)
	part := simcloud.Values{"resourceGroupName": "rg", "serverName": "pgdb"}
	w.refusals(postgresParameter, but(part, object{"configurationName": "log_connections", "value": "on"}), refusalCases{
		"no server": {object{"serverName": "none"}, "ParentResourceNotFound"},
		"value":     {object{"value": "1"}, "is not allowed"},
		"pooler":    {object{"configurationName": "pgbouncer.enabled", "value": "true"}, "PgBouncer is not supported on Burstable"},
		"RDS's":     {object{"configurationName": "rds.force_ssl", "value": "1"}, "ConfigurationNotExists"},
	})
	w.refusals(postgresAdmin, but(part, object{"objectId": whoever, "principalName": "p", "principalType": "Group", "tenantId": DefaultTenant}), refusalCases{
		"no directory": {nil, "AadAuthNotEnabled"}, "kind": {object{"principalType": "Robot"}, "expected principalType"},
	})
}

// encrypted makes a key and an identity that may use it, or may not.
func (w *world) encrypted(may bool) (key, identity *simcloud.Record) {
	w.t.Helper()
	identity = w.make(identityToken, "who", in(object{"resourceName": "who"}))
	vault := w.make(vaultToken, "vault", vaultIn("kv-explico", true))
	key = w.make(keyToken, "key", simcloud.Values{
		"resourceGroupName": "rg", "vaultName": vault.Out.String("name"), "keyName": "data", "properties": object{"kty": "RSA", "keySize": 3072},
	})
	if may {
		w.make(assignmentToken, "may", simcloud.Values{
			"principalId": identity.Out.String("principalId"), "principalType": "ServicePrincipal", "scope": key.ID, "roleAssignmentName": newID(1),
			"roleDefinitionId": "/subscriptions/" + subscription + roleDefinitions + "e147488a-f6f5-4113-8e2d-b22465e65bf6",
		})
	}
	return key, identity
}

func newID(n int) string {
	return strings.Repeat("0", 7) + string(rune('0'+n)) + "-0000-0000-0000-000000000000"
}

// A service cannot be made before its identity may use the key.
func TestKeysThatMayNotBeUsed(t *testing.T) {
	for _, may := range []bool{false, true} {
		w := newWorld(t)
		key, identity := w.encrypted(may)
		uri, client := key.Out.String("keyUri"), identity.Out.String("clientId")
		for token, in := range map[string]simcloud.Values{
			postgresToken: but(w.database(), object{"dataEncryption": object{
				"type": "AzureKeyVault", "primaryKeyURI": uri, "primaryUserAssignedIdentityId": identity.ID,
			}}),
			storageToken: in(object{
				"accountName": "explico", "kind": "StorageV2", "sku": object{"name": "Standard_ZRS"}, "encryption": object{
					"keySource": "Microsoft.Keyvault", "encryptionIdentity": object{"encryptionUserAssignedIdentity": identity.ID},
					"keyVaultProperties": object{"keyVaultUri": "https://kv-explico-vault.vault.azure.net", "keyName": "data"},
				},
			}),
			redisToken: in(object{
				"clusterName": "cache", "sku": object{"name": "Balanced_B3"}, "encryption": object{"customerManagedKeyEncryption": object{
					"keyEncryptionKeyUrl":      key.Out.String("keyUriWithVersion"),
					"keyEncryptionKeyIdentity": object{"identityType": "userAssignedIdentity", "userAssignedIdentityResourceId": identity.ID},
				}},
			}),
			registryToken: in(object{
				"registryName": "explico", "sku": object{"name": "Premium"},
				"encryption": object{"status": "enabled", "keyVaultProperties": object{"keyIdentifier": uri, "identity": client}},
			}),
		} {
			_, err := w.try(token, "service", in)
			if may && err != nil {
				t.Errorf("%s: %v", token, err)
			}
			if !may {
				refused(t, err, "AzureKeyVaultMissingPermissions")
			}
		}
	}
}

func TestCacheRefuses(t *testing.T) {
	w := newWorld(t)
	good := in(object{"clusterName": "cache", "sku": object{"name": "Balanced_B3"}, "highAvailability": "Enabled"})
	w.refusals(redisToken, good, refusalCases{
		"size":  {object{"sku.name": "Premium"}, "invalid value for sku.name"},
		"zones": {object{"zones": []any{"1"}}, "Zones are not supported"},
		"name":  {object{"clusterName": "a--b"}, "InvalidResourceName"},
	})
	made := w.make(redisToken, "cache", good)
	if got := made.Out.String("hostName"); got != "cache.westeurope.redis.azure.net" {
		t.Errorf("got %s", got)
	}
	database := simcloud.Values{"resourceGroupName": "rg", "clusterName": "cache", "databaseName": "default", "clientProtocol": "Encrypted"}
	w.refusals(redisDatabase, database, refusalCases{
		"name":   {object{"databaseName": "mine"}, "expected databaseName"},
		"port":   {object{"port": 6379}, "expected port"},
		"both":   {object{"persistence": object{"aofEnabled": true, "rdbEnabled": true}}, "at the same time"},
		"policy": {object{"evictionPolicy": "allkeys-lru"}, "expected evictionPolicy"},
		"parent": {object{"clusterName": "none"}, "ParentResourceNotFound"},
	})
	w.make(redisDatabase, "cache", database)
	user := simcloud.Values{
		"resourceGroupName": "rg", "clusterName": "cache", "databaseName": "default", "accessPolicyAssignmentName": "backend",
		"accessPolicyName": "default", "user": object{"objectId": whoever},
	}
	w.make(redisUser, "backend", user)
	w.refusals(redisUser, but(user, object{"accessPolicyAssignmentName": "other"}), refusalCases{
		"same user": {nil, "has an access policy assignment already"},
		"policy":    {object{"accessPolicyName": "readers"}, "expected accessPolicyName"},
		"name":      {object{"accessPolicyAssignmentName": "a-b"}, "InvalidAccessPolicyAssignmentName"},
	})
}

func accountIn(more object) simcloud.Values {
	return but(in(object{"accountName": "explico", "kind": "StorageV2", "sku": object{"name": "Standard_ZRS"}, "allowBlobPublicAccess": false}), more)
}

func TestStorageRefuses(t *testing.T) {
	w := newWorld(t)
	good := accountIn(nil)
	w.refusals(storageToken, good, refusalCases{
		"name":    {object{"accountName": "Explico-Uploads"}, "AccountNameInvalid"},
		"length":  {object{"accountName": strings.Repeat("a", 25)}, "AccountNameInvalid"},
		"sku":     {object{"sku.name": "ZRS"}, "expected sku.name"},
		"TLS":     {object{"minimumTlsVersion": "1.2"}, "expected minimumTlsVersion"},
		"region":  {object{"location": "atlantis"}, "LocationNotAvailableForResourceType"},
		"no zone": {object{"location": "westus"}, "InvalidResourceLocation"},
	})
	made := w.make(storageToken, "uploads", good)
	_, err := w.try(storageToken, "again", but(good, object{"location": "northeurope"}))
	refused(t, err, "StorageAccountAlreadyTaken: The storage account named explico is already taken")
	_, err = w.cloud.Update(w.s, storageToken, made.ID, "uploads", but(good, object{"sku": object{"name": "Standard_LRS"}}))
	refused(t, err, "SkuChangeNotAllowed")

	inside := simcloud.Values{"resourceGroupName": "rg", "accountName": "explico"}
	w.refusals(containerToken, but(inside, object{"containerName": "uploads"}), refusalCases{
		"public": {object{"publicAccess": "Blob"}, "PublicAccessNotPermitted"},
		"name":   {object{"containerName": "Up"}, "ContainerOperationFailure"},
		"parent": {object{"accountName": "none"}, "ParentResourceNotFound"},
	})
	restore := object{
		"isVersioningEnabled": true, "changeFeed": object{"enabled": true}, "deleteRetentionPolicy": object{"enabled": true, "days": 30},
		"restorePolicy": object{"enabled": true, "days": 14},
	}
	w.refusals(blobServiceToken, but(inside, restore), refusalCases{
		"feed": {object{"changeFeed.enabled": false}, "needs versioning"},
		"days": {object{"restorePolicy.days": 30}, "InvalidRestorePolicyDays"},
	})
	w.make(blobServiceToken, "default", but(but(inside, restore), object{"blobServicesName": "default"}))
	age := func(actions object) object {
		return object{"managementPolicyName": "default", "policy": object{"rules": []any{object{"name": "age", "definition": object{"actions": actions}}}}}
	}
	w.refusals(lifecycleToken, but(inside, age(object{"baseBlob": object{"delete": object{"daysAfterModificationGreaterThan": 30}}})), refusalCases{
		"archive": {age(object{"baseBlob": object{"tierToArchive": object{"daysAfterModificationGreaterThan": 30}}}), "BlobTierToArchiveNotSupported"},
		"nothing": {age(object{}), "has no action"},
		"name":    {object{"managementPolicyName": "mine"}, "expected managementPolicyName"},
	})
	w.make(containerToken, "backups", but(inside, object{"containerName": "backups"}))
	w.refusals(immutabilityToken, but(inside, object{"containerName": "backups", "immutabilityPolicyName": "default", "immutabilityPeriodSinceCreationInDays": 30}), refusalCases{
		"restored":     {nil, "ConflictFeatureEnabled"},
		"no container": {object{"containerName": "none"}, "ContainerNotFound"},
	})
}

// The website's container comes with the website; rights can be given on it.
func TestStaticWebsite(t *testing.T) {
	w := newWorld(t)
	account := w.make(storageToken, "assets", accountIn(nil))
	w.make(websiteToken, "site", simcloud.Values{"resourceGroupName": "rg", "accountName": "explico", "indexDocument": "index.html"})
	w.make(assignmentToken, "jobs", simcloud.Values{
		"principalId": whoever, "principalType": "ServicePrincipal", "roleAssignmentName": newID(2), "scope": account.ID + "/blobServices/default/containers/$web",
		"roleDefinitionId": "/subscriptions/" + subscription + roleDefinitions + "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
	})
	if err := w.cloud.Delete(w.s, storageToken, account.ID); err != nil {
		t.Fatal(err)
	}
}

// An account with an immutable container stays.
func TestImmutableAccountStays(t *testing.T) {
	w := newWorld(t)
	account := w.make(storageToken, "backups", accountIn(nil))
	inside := simcloud.Values{"resourceGroupName": "rg", "accountName": "explico", "containerName": "backups"}
	w.make(containerToken, "backups", inside)
	w.make(immutabilityToken, "backups", but(inside, object{"immutabilityPolicyName": "default", "immutabilityPeriodSinceCreationInDays": 30}))
	refused(t, w.cloud.Delete(w.s, storageToken, account.ID), "StorageAccountOperationNotAllowed")
}

// A deleted secret keeps its name, and one without a value there is not.
func TestSecrets(t *testing.T) {
	w := newWorld(t)
	vault := w.make(vaultToken, "vault", vaultIn("kv-explico", true))
	secret := simcloud.Values{"resourceGroupName": "rg", "vaultName": vault.Out.String("name"), "secretName": "admin", "properties": object{"value": "x"}}
	w.refusals(secretToken, secret, refusalCases{
		"name":  {object{"secretName": "a_b"}, "BadParameter"},
		"value": {object{"properties": object{}}, "'value' of a secret is required"},
	})
	made := w.make(secretToken, "admin", secret)
	if made.ID != vault.ID+"/secrets/admin" || !strings.HasPrefix(made.Out.String("properties.secretUri"), "https://kv-explico-vault.vault.azure.net/secrets/admin") {
		t.Errorf("got %v", made)
	}
	if err := w.cloud.Delete(w.s, secretToken, made.ID); err != nil {
		t.Fatal(err)
	}
	_, err := w.try(secretToken, "again", secret)
	refused(t, err, "deleted but recoverable state")
	w.make(assignmentToken, "reader", simcloud.Values{
		"principalId": whoever, "principalType": "ServicePrincipal", "roleAssignmentName": newID(3), "scope": vault.ID + "/secrets/to-come",
		"roleDefinitionId": "/subscriptions/" + subscription + roleDefinitions + "4633458b-17de-408a-b874-0445c86b69e6",
	})
}
