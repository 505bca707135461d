package gcp

import (
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// key makes a key in a region that the agents of services may use.
func (w *world) key(region string, services ...string) *simcloud.Record {
	w.t.Helper()
	ring := w.make(ringToken, simcloud.Values{"name": "ring-" + region, "location": region})
	key := w.make(keyToken, simcloud.Values{"name": "data", "keyRing": ring.ID})
	for _, s := range services {
		domain := storageAgent
		if s != "storage" {
			domain = agentDomains[s+".googleapis.com"]
			w.make(identityToken, simcloud.Values{"service": s + ".googleapis.com"})
		}
		w.make(keyGrantToken, simcloud.Values{
			"cryptoKeyId": key.ID, "role": keyUser, "member": "serviceAccount:service-" + ProjectNumber + "@" + domain + agentSuffix,
		})
	}
	return key
}

// peering gives a network private services access.
func (w *world) peering(network *simcloud.Record) {
	w.t.Helper()
	w.make(globalAddressToken, simcloud.Values{
		"name": "peered", "network": network.ID, "purpose": "VPC_PEERING", "addressType": "INTERNAL", "address": "10.0.192.0", "prefixLength": 18,
	})
	w.make(connectionToken, simcloud.Values{
		"network": network.ID, "service": "servicenetworking.googleapis.com", "reservedPeeringRanges": []any{"peered"},
	})
}

// set are inputs with a value changed at a path of keys; nil takes it away.
func set(in simcloud.Values, path string, value any) simcloud.Values {
	head, rest, deep := strings.Cut(path, ".")
	if !deep {
		return with(in, simcloud.Values{head: value})
	}
	inner, _ := in[head].(map[string]any)
	return with(in, simcloud.Values{head: map[string]any(set(simcloud.Values(inner), rest, value))})
}

func (w *world) database() simcloud.Values {
	w.t.Helper()
	network, _ := w.network()
	w.peering(network)
	key := w.key("europe-west1", "sqladmin", "redis")
	return simcloud.Values{
		"name": "db", "databaseVersion": "POSTGRES_17", "region": "europe-west1", "deletionProtection": false, "encryptionKeyName": key.ID,
		"settings": map[string]any{
			"tier": "db-custom-2-7680", "edition": "ENTERPRISE", "availabilityType": "REGIONAL", "diskSize": 50, "diskAutoresizeLimit": 100,
			"ipConfiguration":     map[string]any{"ipv4Enabled": false, "privateNetwork": network.ID, "sslMode": "ENCRYPTED_ONLY"},
			"databaseFlags":       []any{map[string]any{"name": "cloudsql.iam_authentication", "value": "on"}},
			"backupConfiguration": map[string]any{"enabled": true, "pointInTimeRecoveryEnabled": true, "transactionLogRetentionDays": 7, "backupRetentionSettings": map[string]any{"retainedBackups": 14}},
		},
	}
}

func TestSQLRefusals(t *testing.T) {
	w := newWorld(t)
	good := w.database()
	const backups = "settings.backupConfiguration."
	flag := func(name, value string) []any { return []any{map[string]any{"name": name, "value": value}} }
	for name, c := range map[string]struct {
		path  string
		value any
		words string
	}{
		"version":           {"databaseVersion", "POSTGRES_8", "Invalid database version POSTGRES_8"},
		"tier":              {"settings.tier", "db.m7g.large", "Only custom or shared-core instance Billing Tier type allowed"},
		"tier of the other": {"settings.edition", "ENTERPRISE_PLUS", "Invalid Tier (db-custom-2-7680) for (ENTERPRISE_PLUS) Edition. Use a predefined Tier like db-perf-optimized-N-*"},
		"edition unsaid":    {"settings.edition", nil, "Invalid Tier (db-custom-2-7680) for (ENTERPRISE_PLUS) Edition"},
		"plus tier":         {"settings.tier", "db-perf-optimized-N-2", "Invalid Tier (db-perf-optimized-N-2) for (ENTERPRISE) Edition"},
		"custom tier":       {"settings.tier", "db-custom-3-7680", "Incorrect custom machine type db-custom-3-7680"},
		"data cache":        {"settings.dataCacheConfig", map[string]any{"dataCacheEnabled": true}, "Data cache is only supported for Enterprise Plus"},
		"no address":        {"settings.ipConfiguration.privateNetwork", nil, "At least one of Public IP or Private IP"},
		"network":           {"settings.ipConfiguration.privateNetwork", "projects/p/global/networks/none", "Invalid value for privateNetwork"},
		"disk":              {"settings.diskSize", 5, "between 10 GB and 65536 GB"},
		"limit":             {"settings.diskAutoresizeLimit", 20, "must not be less than the disk size"},
		"logs":              {backups + "transactionLogRetentionDays", 8, "The number of transaction log retention days must be between 1 and 7."},
		"kept":              {backups + "backupRetentionSettings.retainedBackups", 400, "must be between 1 and 365"},
		"fewer than logs":   {backups + "backupRetentionSettings.retainedBackups", 3, "must not be more than the number of retained backups"},
		"PITR alone":        {backups + "enabled", false, "Point-in-time recovery requires backups"},
		"regional":          {backups + "pointInTimeRecoveryEnabled", false, "Regional availability requires"},
		"flag":              {"settings.databaseFlags", flag("rds.force_ssl", "1"), "Invalid flag name (rds.force_ssl)"},
		"flag's value":      {"settings.databaseFlags", flag("log_connections", "yes"), "Invalid value (yes) for flag log_connections"},
		"audit alone":       {"settings.databaseFlags", flag("pgaudit.log", "ddl"), "requires cloudsql.enable_pgaudit"},
		"key":               {"encryptionKeyName", "projects/p/locations/europe-west1/keyRings/r/cryptoKeys/none", "CryptoKey projects/p"},
		"key elsewhere":     {"region", "europe-west4", "does not match the location europe-west4"},
		"backup":            {"restoreBackupContext", map[string]any{"backupRunId": 7, "instanceId": "db"}, "The backup run db/7 does not exist"},
		"source":            {"clone", map[string]any{"sourceInstanceName": "none"}, "The Cloud SQL instance does not exist"},
	} {
		if _, err := w.try(sqlToken, set(good, c.path, c.value)); err == nil || !strings.Contains(err.Error(), c.words) {
			t.Errorf("%s: got %v, want %q", name, err, c.words)
		}
	}
	w.make(sqlToken, good)
	w.refuses("taken", sqlToken, good, "The Cloud SQL instance already exists")
}

// A name stays taken for a week after its instance is gone.
func TestSQLDeletion(t *testing.T) {
	w := newWorld(t)
	good := w.database()
	db := w.make(sqlToken, set(good, "settings.deletionProtectionEnabled", true))
	deleted := func(want string) {
		t.Helper()
		if err := w.cloud.Delete(w.s, sqlToken, db.ID); err == nil && want != "" || err != nil && (want == "" || !strings.Contains(err.Error(), want)) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	deleted("The instance is protected")
	update := func(in simcloud.Values) {
		t.Helper()
		if _, err := w.cloud.Update(w.s, sqlToken, db.ID, "", in); err != nil {
			t.Fatal(err)
		}
	}
	update(set(good, "deletionProtection", true))
	deleted("deletion_protection is set to true")
	update(good)
	replica := w.make(sqlToken, w.replica(good))
	deleted("because it has replicas (db-replica)")
	if err := w.cloud.Delete(w.s, sqlToken, replica.ID); err != nil {
		t.Error(err)
	}
	deleted("")
	w.refuses("the name again", sqlToken, good, "you can't reuse the name of the deleted instance until one week")
	w.make(sqlToken, with(good, simcloud.Values{"name": "db-2"}))
}

func (w *world) replica(good simcloud.Values) simcloud.Values {
	in := set(set(good, "settings.backupConfiguration", nil), "settings.availabilityType", "ZONAL")
	return with(in, simcloud.Values{"name": "db-replica", "masterInstanceName": "db", "instanceType": "READ_REPLICA_INSTANCE"})
}

func TestSQLReplicaRefusals(t *testing.T) {
	w := newWorld(t)
	good := w.database()
	w.make(sqlToken, good)
	replica := w.replica(good)
	w.refuses("backups", sqlToken, set(replica, "settings.backupConfiguration", map[string]any{"enabled": true}), "Backups cannot be enabled for a read replica")
	w.refuses("version", sqlToken, with(replica, simcloud.Values{"databaseVersion": "POSTGRES_16"}), "must be that of its primary")
	w.refuses("disk", sqlToken, set(replica, "settings.diskSize", 20), "at least that of its primary")
	w.refuses("no key", sqlToken, with(replica, simcloud.Values{"encryptionKeyName": nil}), "customer-managed encryption key exactly if")
	w.refuses("source", sqlToken, with(replica, simcloud.Values{"masterInstanceName": "none"}), "does not exist")
	w.make(sqlToken, replica)
	w.refuses("database in it", sqlDatabaseToken, simcloud.Values{"instance": "db-replica", "name": "app"}, "not allowed on a read replica")
}

func TestSQLChanges(t *testing.T) {
	w := newWorld(t)
	good := w.database()
	typ, _ := w.cloud.Type(sqlToken)
	for name, c := range map[string]struct {
		path     string
		value    any
		replaced bool
	}{
		"tier":    {"settings.tier", "db-custom-4-15360", false},
		"grows":   {"settings.diskSize", 80, false},
		"shrinks": {"settings.diskSize", 20, true},
		"newer":   {"databaseVersion", "POSTGRES_18", false},
		"older":   {"databaseVersion", "POSTGRES_16", true},
		"network": {"settings.ipConfiguration.privateNetwork", nil, true},
		"region":  {"region", "europe-west4", true},
		"key":     {"encryptionKeyName", "other", true},
		"standby": {"settings.availabilityType", "ZONAL", false},
	} {
		in := set(good, c.path, c.value)
		numbers := func(v simcloud.Values) simcloud.Values { // as they come from Pulumi
			s, _ := v["settings"].(map[string]any)
			if n, isInt := s["diskSize"].(int); isInt {
				return set(v, "settings.diskSize", float64(n))
			}
			return v
		}
		if got := len(typ.Replaces(numbers(good), numbers(in), []string{c.path})) > 0; got != c.replaced {
			t.Errorf("%s: replaced %v, want %v", name, got, c.replaced)
		}
	}
}

func TestSQLUserRefusals(t *testing.T) {
	w := newWorld(t)
	good := w.database()
	w.make(sqlToken, set(good, "settings.passwordValidationPolicy", map[string]any{"minLength": 16}))
	w.make(sqlToken, with(set(good, "settings.databaseFlags", nil), simcloud.Values{"name": "plain"}))
	user := simcloud.Values{"instance": "db", "name": "explico", "type": "BUILT_IN", "password": strings.Repeat("x", 16)}
	iam := simcloud.Values{"instance": "db", "name": "app@explico-test.iam", "type": "CLOUD_IAM_SERVICE_ACCOUNT"}
	for name, c := range map[string]struct {
		in    simcloud.Values
		words string
	}{
		"short password":  {with(user, simcloud.Values{"password": "short"}), "at least 16 characters"},
		"host":            {with(user, simcloud.Values{"host": "%"}), "Host is not supported for PostgreSQL"},
		"no instance":     {with(user, simcloud.Values{"instance": "none"}), "does not exist"},
		"account unknown": {iam, "Service account app@explico-test.iam.gserviceaccount.com does not exist"},
		"whole address":   {with(iam, simcloud.Values{"name": "app@explico-test.iam.gserviceaccount.com"}), "without \".gserviceaccount.com\" suffix"},
		"IAM off":         {with(iam, simcloud.Values{"instance": "plain"}), "without cloudsql.iam_authentication"},
		"IAM password":    {with(iam, simcloud.Values{"password": "x"}), "Password is not allowed"},
	} {
		w.refuses(name, sqlUserToken, c.in, c.words)
	}
	w.make(sqlUserToken, user)
	w.refuses("taken", sqlUserToken, user, "already has a user explico")
}

func TestSQLWithoutPeering(t *testing.T) {
	w := newWorld(t)
	network, _ := w.network()
	w.refuses("database", sqlToken, simcloud.Values{
		"name": "db", "databaseVersion": "POSTGRES_15", "region": "europe-west1",
		"settings": map[string]any{"tier": "db-f1-micro", "ipConfiguration": map[string]any{"privateNetwork": network.ID}},
	}, "Incorrect Service Networking config for instance: explico-test:db:NETWORK_NOT_PEERED.")
	w.refuses("cache", redisToken, simcloud.Values{
		"name": "cache", "region": "europe-west1", "memorySizeGb": 1.0, "authorizedNetwork": network.ID, "connectMode": "PRIVATE_SERVICE_ACCESS",
	}, "Google private service access is not enabled")
}

func TestRedisRefusals(t *testing.T) {
	w := newWorld(t)
	w.database()
	good := simcloud.Values{
		"name": "cache", "region": "europe-west1", "memorySizeGb": 5.0, "tier": "STANDARD_HA", "redisVersion": "REDIS_7_2", "authEnabled": true,
		"authorizedNetwork": "projects/explico-test/global/networks/net", "connectMode": "PRIVATE_SERVICE_ACCESS", "transitEncryptionMode": "SERVER_AUTHENTICATION",
		"customerManagedKey": "projects/explico-test/locations/europe-west1/keyRings/ring-europe-west1/cryptoKeys/data",
	}
	reads := with(good, simcloud.Values{"readReplicasMode": "READ_REPLICAS_ENABLED", "replicaCount": 2.0})
	for name, c := range map[string]struct {
		in    simcloud.Values
		words string
	}{
		"memory":          {with(good, simcloud.Values{"memorySizeGb": 301.0}), "between 1 and 300"},
		"version":         {with(good, simcloud.Values{"redisVersion": "VALKEY_8"}), "expected redisVersion to be one of"},
		"readers, small":  {with(reads, simcloud.Values{"memorySizeGb": 4.0}), "at least 5 GB"},
		"readers, basic":  {with(reads, simcloud.Values{"tier": "BASIC"}), "only supported for Standard Tier"},
		"readers, six":    {with(reads, simcloud.Values{"replicaCount": 6.0}), "between 1 and 5"},
		"copies, no mode": {with(good, simcloud.Values{"replicaCount": 2.0}), "Setting replica count requires read-replicas-mode"},
		"parameter":       {with(good, simcloud.Values{"redisConfigs": map[string]any{"appendonly": "yes"}}), "Unsupported Redis config parameter: appendonly"},
		"snapshots":       {with(good, simcloud.Values{"persistenceConfig": map[string]any{"persistenceMode": "RDB"}}), "rdb_snapshot_period is required"},
		"day":             {with(good, simcloud.Values{"maintenancePolicy": map[string]any{"weeklyMaintenanceWindows": []any{map[string]any{"day": "SUN"}}}}), "expected day to be one of"},
		"key elsewhere":   {with(good, simcloud.Values{"region": "europe-west4"}), "does not match the location"},
		"key unknown":     {with(good, simcloud.Values{"customerManagedKey": "none"}), "CryptoKey none not found"},
	} {
		w.refuses(name, redisToken, c.in, c.words)
	}
	r := w.make(redisToken, reads)
	if r.Out.Int("port") != 6378 || r.Out.String("authString") == "" || r.Out.String("readEndpoint") == "" || len(r.Out.Objects("serverCaCerts[]")) != 1 {
		t.Errorf("got %v", r.Out)
	}
	w.refuses("taken", redisToken, reads, "already exists")
	if err := w.cloud.Delete(w.s, keyToken, good.String("customerManagedKey")); err == nil {
		t.Error("a key goes while a cache needs it")
	}
	typ, _ := w.cloud.Type(redisToken)
	for path, want := range map[string]bool{"memorySizeGb": false, "tier": true, "authEnabled": false, "transitEncryptionMode": true, "replicaCount": false} {
		if got := len(typ.Replaces(good, good, []string{path})) > 0; got != want {
			t.Errorf("%s: replaced %v, want %v", path, got, want)
		}
	}
}
