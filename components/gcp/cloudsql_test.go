package gcp

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud"
	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

const (
	sqlToken     = "gcp:sql/databaseInstance:DatabaseInstance"
	sqlUserToken = "gcp:sql/user:User"
	valueToken   = "gcp:secretmanager/secretVersion:SecretVersion"
	secretToken  = "gcp:secretmanager/secret:Secret"
	testPassword = "correct-horse-battery-staple"
)

func sqlArgs(b *bench, s Scope) *CloudSQLArgs {
	return &CloudSQLArgs{
		Scope: s, NetworkID: b.network.ID, KeyID: b.key.ID, After: b.after, EngineVersion: "17", Tier: "db-custom-2-7680", DatabaseName: "explico",
		Password: pulumi.ToSecret(pulumi.String(testPassword)).(pulumi.StringOutput), StorageGiB: 50, MaxStorageGiB: 200, MultiAZ: true,
		BackupDays: 14, BackupHour: 2, MaintenanceDay: 7, MaintenanceHour: 3,
	}
}

func sqlProgram(s Scope, edit func(*CloudSQLArgs), see *seen) func(*pulumi.Context, pulumi.ResourceOption) error {
	return parts(func(b *bench) error {
		args := sqlArgs(b, s)
		if edit != nil {
			edit(args)
		}
		db, err := NewCloudSQL(b.ctx, "database", args, b.opt)
		if err != nil || see == nil {
			return err
		}
		for name, out := range map[string]pulumi.Output{
			"host": db.Host, "pool": db.PoolHost, "port": db.Port, "secret": db.SecretName, "id": db.SecretID, "readers": db.ReaderHosts,
			"name": db.Name, "database": db.DatabaseName, "replicas": db.ReplicaNames.ToStringMapOutput(),
		} {
			see.add(name, out)
		}
		return nil
	})
}

func TestCloudSQLSecurity(t *testing.T) {
	g := run(t, sqlProgram(testScope(), nil, nil))
	g.CheckHouse(t)
	db := g.One(t, sqlToken, "database")
	in := db.Inputs
	if ip := in.Get("settings.ipConfiguration.ipv4Enabled"); ip != false || in.Has("settings.ipConfiguration.authorizedNetworks") {
		t.Errorf("the database has an address outside: %v", in.Get("settings.ipConfiguration"))
	}
	for path, want := range map[string]string{
		"settings.ipConfiguration.sslMode":        "ENCRYPTED_ONLY",
		"settings.ipConfiguration.privateNetwork": g.One(t, "gcp:compute/network:Network", "net").ID,
		"encryptionKeyName":                       g.One(t, "gcp:kms/cryptoKey:CryptoKey", "key").ID,
		"settings.availabilityType":               "REGIONAL",
		"settings.edition":                        "ENTERPRISE",
	} {
		if got := in.String(path); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
	flags := map[string]string{}
	for _, f := range in.Objects("settings.databaseFlags[]") {
		flags[f.String("name")] = f.String("value")
	}
	for flag, want := range map[string]string{
		"log_checkpoints": "on", "log_connections": "on", "log_disconnections": "on", "log_lock_waits": "on", "log_temp_files": "0",
		"cloudsql.enable_pgaudit": "on", "cloudsql.iam_authentication": "on", "log_statement": "ddl",
	} {
		if flags[flag] != want {
			t.Errorf("%s: got %q, want %s", flag, flags[flag], want)
		}
	}
	if in.String("settings.userLabels.stack") != "test" || in.String("settings.userLabels.component") != "cloudsql" {
		t.Errorf("labels: got %v", in.Get("settings.userLabels"))
	}
	if !waitsFor(db, "gcp:servicenetworking/connection:Connection", "net") || !waitsFor(db, "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember", "key-sqladmin") {
		t.Errorf("the database does not wait for the network and its key: %v", db.DependsOn)
	}
}

func TestCloudSQLBackups(t *testing.T) {
	for name, tt := range map[string]struct {
		edit func(*CloudSQLArgs)
		kept int
		logs int
	}{
		"Enterprise":      {nil, 14, 7},
		"three days":      {func(a *CloudSQLArgs) { a.BackupDays = 3 }, 3, 3},
		"Enterprise Plus": {func(a *CloudSQLArgs) { a.Tier, a.DataCache, a.BackupDays = "db-perf-optimized-N-4", true, 60 }, 60, 35},
	} {
		in := run(t, sqlProgram(testScope(), tt.edit, nil)).One(t, sqlToken, "database").Inputs
		b := simcloud.Values(in.Get("settings.backupConfiguration").(map[string]any))
		if !b.Bool("enabled") || !b.Bool("pointInTimeRecoveryEnabled") || b.Int("backupRetentionSettings.retainedBackups") != tt.kept || b.Int("transactionLogRetentionDays") != tt.logs {
			t.Errorf("%s: got %v, want %d backups and %d days of logs", name, b, tt.kept, tt.logs)
		}
		if b.String("location") != "europe-west1" || b.String("startTime") != "02:00" {
			t.Errorf("%s: backups at %s in %s", name, b.String("startTime"), b.String("location"))
		}
	}
}

// The password is a secret wherever it is, and the secret has the form that
// every cloud's has.
func TestCloudSQLPassword(t *testing.T) {
	see := newSeen()
	g := run(t, sqlProgram(testScope(), nil, see))
	user, version := g.One(t, sqlUserToken, "database-master"), g.One(t, valueToken, "database-master")
	if !slices.Contains(user.Secret, "password") || user.Inputs.String("name") != masterUser || user.Inputs.String("deletionPolicy") != "ABANDON" {
		t.Errorf("user: secret %v, %v", user.Secret, user.Inputs)
	}
	var value map[string]string
	if err := json.Unmarshal([]byte(version.Inputs.String("secretData")), &value); err != nil || value["username"] != masterUser || value["password"] != testPassword {
		t.Errorf("the secret holds %v (%v)", value, err)
	}
	if !slices.Contains(version.Secret, "secretData") || !waitsFor(version, sqlUserToken, "database-master") {
		t.Errorf("version: secret %v, after %v", version.Secret, version.DependsOn)
	}
	secret := g.One(t, secretToken, "database-master")
	replica := secret.Inputs.Objects("replication.userManaged.replicas[]")
	if len(replica) != 1 || replica[0].String("location") != "europe-west1" || replica[0].String("customerManagedEncryption.kmsKeyName") == "" {
		t.Errorf("the secret is kept at %v", replica)
	}
	if see.all["secret"] != "explico-test-database-master" || see.all["id"] != secret.ID || see.all["host"] != see.all["pool"] || see.all["port"] != postgresPort {
		t.Errorf("outputs: got %v", see.all)
	}
}

func TestCloudSQLReplicas(t *testing.T) {
	see := newSeen()
	g := run(t, sqlProgram(testScope(), func(a *CloudSQLArgs) { a.Replicas = 2 }, see))
	source := g.One(t, sqlToken, "database")
	for _, name := range []string{"database-replica-1", "database-replica-2"} {
		r := g.One(t, sqlToken, name)
		if r.Inputs.String("masterInstanceName") != source.Outputs.String("name") || r.Inputs.Has("settings.backupConfiguration") ||
			r.Inputs.String("settings.availabilityType") != "ZONAL" || r.Inputs.String("settings.edition") != "ENTERPRISE" || !slices.Contains(r.ReplaceWith, source.URN) {
			t.Errorf("%s: got %v, replaced with %v", name, r.Inputs, r.ReplaceWith)
		}
	}
	readers, _ := see.all["readers"].([]string)
	replicas, _ := see.all["replicas"].(map[string]string)
	if len(readers) != 2 || len(replicas) != 2 || replicas["replica-1"] == "" {
		t.Errorf("readers %v, replicas %v", readers, replicas)
	}
}

// A far replica has the key of its own region; with that of another one Cloud SQL
// refuses.
func TestCloudSQLFarReplica(t *testing.T) {
	far := func(b *bench, args *CloudSQLArgs) error {
		s := testScope()
		s.Region = "europe-west4"
		ring, err := NewKeyRing(b.ctx, "far-ring", &KeyRingArgs{Scope: s}, b.opt)
		if err != nil {
			return err
		}
		key, err := NewKey(b.ctx, "far-key", &KeyArgs{Scope: s, Ring: ring.ID, Purpose: "far", Users: []Agent{SQLAgent}}, b.opt)
		if err != nil {
			return err
		}
		args.Far, args.After = &FarReplica{Region: "europe-west4", KeyID: key.ID}, append(args.After, key.Ready...)
		return nil
	}
	for _, near := range []bool{false, true} {
		g, err := simtest.Try("explico", "test", withProvider(parts(func(b *bench) error {
			args := sqlArgs(b, testScope())
			if err := far(b, args); err != nil {
				return err
			}
			if near {
				args.Far.KeyID = b.key.ID
			}
			_, err := NewCloudSQL(b.ctx, "database", args, b.opt)
			return err
		})))
		switch {
		case near && (err == nil || !strings.Contains(err.Error(), "does not match the location")):
			t.Errorf("a key of another region: got %v", err)
		case !near && err != nil:
			t.Error(err)
		case !near && g.One(t, sqlToken, "database-far").Inputs.String("region") != "europe-west4":
			t.Error("the replica is not far away")
		}
	}
}

func TestCloudSQLUsers(t *testing.T) {
	g := run(t, sqlProgram(testScope(), func(a *CloudSQLArgs) {
		a.Replicas = 1
		a.IAMUsers = map[string]pulumi.StringInput{"backend": pulumi.String("backend@other-project.iam.gserviceaccount.com")}
	}, nil))
	user := g.One(t, sqlUserToken, "database-iam-backend").Inputs
	if user.String("name") != "backend@other-project.iam" || user.String("type") != "CLOUD_IAM_SERVICE_ACCOUNT" || user.Has("password") {
		t.Errorf("got %v", user)
	}
	right := g.One(t, "gcp:projects/iAMMember:IAMMember", "database-iam-backend").Inputs
	if right.String("role") != "roles/cloudsql.instanceUser" || right.String("member") != "serviceAccount:backend@other-project.iam.gserviceaccount.com" {
		t.Errorf("got the right %v", right)
	}
	only := right.String("condition.expression")
	for _, name := range []string{"database", "database-replica-1"} {
		if instance := g.One(t, sqlToken, name).Outputs.String("name"); !strings.Contains(only, "/instances/"+instance+"'") {
			t.Errorf("it does not hold for %s: %s", name, only)
		}
	}
}

func TestCloudSQLProtection(t *testing.T) {
	for _, protect := range []bool{true, false} {
		s := testScope()
		s.Protect = protect
		db := run(t, sqlProgram(s, nil, nil)).One(t, sqlToken, "database")
		if db.Protect != protect || db.Inputs.Bool("deletionProtection") != protect || db.Inputs.Bool("settings.deletionProtectionEnabled") != protect || !db.Inputs.Has("deletionProtection") {
			t.Errorf("protect %v: got %v, %v", protect, db.Protect, db.Inputs.Get("deletionProtection"))
		}
	}
}

func TestCloudSQLRestore(t *testing.T) {
	program := func(r *RestoreArgs) func(*pulumi.Context, pulumi.ResourceOption) error {
		return sqlProgram(testScope(), func(a *CloudSQLArgs) { a.Restore = r }, nil)
	}
	for want, r := range map[string]*RestoreArgs{
		"The backup run gone/7 does not exist":   {Backup: "gone/7"},
		"The Cloud SQL instance does not exist.": {From: "gone", Time: latest},
	} {
		_, err := simtest.Try("explico", "test", withProvider(program(r)))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	g := run(t, program(nil))
	if got := g.One(t, sqlToken, "database").IgnoreChanges; !slices.Contains(got, "clone") || !slices.Contains(got, "restoreBackupContext") || !slices.Contains(got, "settings.diskSize") {
		t.Errorf("changes of %v alone are ignored", got)
	}
}

func TestCloudSQLPreview(t *testing.T) {
	g := run(t, sqlProgram(testScope(), func(a *CloudSQLArgs) { a.Replicas = 1 }, nil), simtest.Preview())
	if n := len(g.Cloud.Records()); n != 0 || len(g.All(sqlToken)) != 2 {
		t.Errorf("a preview created %d resources and shows %d instances", n, len(g.All(sqlToken)))
	}
}

func TestSQLTier(t *testing.T) {
	for tier, want := range map[string]int{
		"db-f1-micro": 614, "db-custom-1-3840": 3840, "db-custom-2-7680": 7680, "db-custom-96-98304": 98304, "db-perf-optimized-N-16": 16 * 8192,
		"db-custom-3-7680": 0, "db-custom-2-7700": 0, "db-custom-2-3328": 0, "db-custom-2-16384": 0, "db-custom-98-100352": 0, "db-perf-optimized-N-3": 0, "db.m7g.large": 0, "": 0,
	} {
		shape, err := sqlTier(tier)
		if shape.memoryMiB != want || (err == nil) != (want > 0) {
			t.Errorf("%q: got %d MiB, %v, want %d", tier, shape.memoryMiB, err, want)
		}
	}
	for tier, want := range map[string]int{"db-f1-micro": 25, "db-g1-small": 50, "db-custom-2-7680": 400, "db-perf-optimized-N-16": 1000} {
		if shape, _ := sqlTier(tier); shape.connections() != want {
			t.Errorf("%s: got %d connections, want %d", tier, shape.connections(), want)
		}
	}
}

func TestCloudSQLBadArguments(t *testing.T) {
	refuses(t, func(edit func(*CloudSQLArgs)) func(*pulumi.Context, pulumi.ResourceOption) error {
		return sqlProgram(testScope(), edit, nil)
	}, map[string]func(*CloudSQLArgs){
		"NetworkID":                 func(a *CloudSQLArgs) { a.NetworkID = nil },
		"KeyID":                     func(a *CloudSQLArgs) { a.KeyID = nil },
		"Password is missing":       func(a *CloudSQLArgs) { a.Password = nil },
		"EngineVersion: got \"12\"": func(a *CloudSQLArgs) { a.EngineVersion = "12" },
		"Tier: got":                 func(a *CloudSQLArgs) { a.Tier = "db.m7g.large" },
		"DataCache":                 func(a *CloudSQLArgs) { a.DataCache = true },
		"MultiAZ":                   func(a *CloudSQLArgs) { a.Tier = "db-f1-micro" },
		"StorageGiB: got 5":         func(a *CloudSQLArgs) { a.StorageGiB = 5 },
		"MaxStorageGiB":             func(a *CloudSQLArgs) { a.MaxStorageGiB = 20 },
		"Replicas: got 11":          func(a *CloudSQLArgs) { a.Replicas = 11 },
		"Far.Region":                func(a *CloudSQLArgs) { a.Far = &FarReplica{Region: "europe-west1"} },
		"Far.KeyID":                 func(a *CloudSQLArgs) { a.Far = &FarReplica{Region: "europe-west4"} },
		"BackupDays: got 366":       func(a *CloudSQLArgs) { a.BackupDays = 366 },
		"BackupHour":                func(a *CloudSQLArgs) { a.BackupHour = 24 },
		"MaintenanceDay":            func(a *CloudSQLArgs) { a.MaintenanceDay = 0 },
		"iam_authentication":        func(a *CloudSQLArgs) { a.Parameters = map[string]string{"cloudsql.iam_authentication": "off"} },
		"Restore: got backup":       func(a *CloudSQLArgs) { a.Restore = &RestoreArgs{} },
		"Restore.Backup":            func(a *CloudSQLArgs) { a.Restore = &RestoreArgs{Backup: "x"} },
		"Restore.Time":              func(a *CloudSQLArgs) { a.Restore = &RestoreArgs{From: "a", Time: "noon"} },
	})
}
