package azure

import (
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

func backupProgram(edit func(*BackupArgs)) func(*pulumi.Context, pulumi.ResourceOption) error {
	return onStage(protectedScope(), func(on *stage) error {
		uploads, err := NewStorage(on.ctx, "uploads", storageArgs(on), on.opt)
		if err != nil {
			return err
		}
		db, err := NewPostgres(on.ctx, "database", &PostgresArgs{
			Scope:         on.Scope,
			PostgresPlace: PostgresPlace{SubnetID: on.network.Data, ZoneID: on.network.ServiceZones[PostgresService], Encryption: on.encryption},
			EngineVersion: "17", Instance: "Standard_D2ds_v5", DatabaseName: "app", StorageGiB: 128, BackupDays: 7, WorkspaceID: on.logs.ID,
			Administrators: map[string]EntraPrincipal{"platform": {ObjectID: pulumi.String(principal), Type: "Group"}},
		}, on.opt)
		if err != nil {
			return err
		}
		container := uploads.ContainerIDs["uploads"].ApplyT(func(id string) string { return id[:strings.Index(id, "/blobServices/")] }).(pulumi.StringOutput)
		args := &BackupArgs{
			Scope: on.Scope, Days: 30, Redundancy: "ZRS", Hour: 2, Lock: Immutable, Encryption: on.encryption, WorkspaceID: on.logs.ID,
			Accounts:  map[string]BackupAccount{"uploads": {ID: container, Containers: []string{"uploads"}}},
			Databases: map[string]pulumi.StringInput{"database": db.ID},
		}
		if edit != nil {
			edit(args)
		}
		b, err := NewBackup(on.ctx, "backup", args, on.opt)
		if err != nil {
			return err
		}
		on.ctx.Export("vault", b.VaultName)
		on.ctx.Export("plan", b.PlanID)
		return nil
	})
}

func TestBackup(t *testing.T) {
	g := run(t, backupProgram(nil))
	checkHouse(t, g)
	vault := g.One(t, backupModule+"BackupVault", "backup")
	in := vault.Inputs
	if in.String("properties.securitySettings.immutabilitySettings.state") != "Unlocked" || in.String("properties.securitySettings.softDeleteSettings.state") != "On" ||
		in.Objects("properties.storageSettings[]")[0].String("type") != "ZoneRedundant" || !vault.Protect || g.Exports.String("vault") != vault.Outputs.String("name") {
		t.Errorf("got %v, protect %v", in, vault.Protect)
	}
	for key, every := range map[string]string{"blobs": "R/2026-01-04T02:00:00+00:00/P1D", "databases": "R/2026-01-04T02:00:00+00:00/P1W"} {
		rules := g.One(t, backupModule+"BackupPolicy", "backup-"+key).Inputs.Objects("properties.policyRules[]")
		if rules[0].Objects("lifecycles[]")[0].String("deleteAfter.duration") != "P30D" || rules[1].Strings("trigger.schedule.repeatingTimeIntervals[]")[0] != every {
			t.Errorf("%s: got %v", key, rules)
		}
	}
	if g.Exports.String("plan") != g.One(t, backupModule+"BackupPolicy", "backup-blobs").ID {
		t.Errorf("the plan is %s", g.Exports.String("plan"))
	}
	uploads := g.One(t, backupModule+"BackupInstance", "backup-uploads").Inputs
	list := uploads.Objects("properties.policyInfo.policyParameters.backupDatasourceParametersList[]")
	if len(list) != 1 || list[0].Strings("containersList[]")[0] != "uploads" {
		t.Errorf("got %v", uploads)
	}
	if in := g.One(t, backupModule+"BackupInstance", "backup-database").Inputs; in.Has("properties.policyInfo.policyParameters") {
		t.Errorf("a database has containers: %v", in)
	}
	if got := in.Strings("identity.userAssignedIdentities[]"); len(got) != 1 || in.String("properties.securitySettings.encryptionSettings.kekIdentity.identityId") != got[0] {
		t.Errorf("the vault encrypts as %v", got)
	}
}

// The vault's rights are of what it backs up, and there before it does.
func TestBackupRights(t *testing.T) {
	g := run(t, backupProgram(nil))
	who := g.One(t, backupModule+"BackupVault", "backup").Outputs.String("identity.principalId")
	account := g.One(t, accountToken, "uploads").ID
	if in := g.One(t, "azure-native:authorization:RoleAssignment", "backup-uploads").Inputs; in.String("principalId") != who || in.String("scope") != account {
		t.Errorf("got %v", in)
	}
	for name, want := range map[string]int{"backup-uploads": 1, "backup-database": 2} {
		waits := slices.DeleteFunc(slices.Clone(g.One(t, backupModule+"BackupInstance", name).DependsOn), func(urn string) bool {
			return !strings.Contains(urn, "RoleAssignment::"+name)
		})
		if len(waits) != want {
			t.Errorf("%s waits for %d of its rights, want %d", name, len(waits), want)
		}
	}
}

func TestBackupPreview(t *testing.T) {
	if g := run(t, backupProgram(nil), simtest.Preview()); len(g.Cloud.Records()) != 0 {
		t.Error("a preview created something")
	}
}

func TestBackupBadArguments(t *testing.T) {
	for want, edit := range map[string]func(*BackupArgs){
		"Days: got 3":                  func(a *BackupArgs) { a.Days = 3 },
		"Redundancy":                   func(a *BackupArgs) { a.Redundancy = "GZRS" },
		"Hour":                         func(a *BackupArgs) { a.Hour = 24 },
		"Lock":                         func(a *BackupArgs) { a.Lock = "firm" },
		"Accounts, Databases":          func(a *BackupArgs) { a.Accounts, a.Databases = nil, nil },
		"Accounts[uploads].Containers": func(a *BackupArgs) { a.Accounts["uploads"] = BackupAccount{ID: pulumi.String("x")} },
		"want names that differ":       func(a *BackupArgs) { a.Databases["uploads"] = a.Databases["database"] },
		"Encryption":                   func(a *BackupArgs) { a.Encryption = &Encryption{} },
	} {
		t.Run(want, func(t *testing.T) { refused(t, want, backupProgram(edit)) })
	}
}
