package gcp

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

const (
	backupPlanToken  = "gcp:gkebackup/backupPlan:BackupPlan"
	restorePlanToken = "gcp:gkebackup/restorePlan:RestorePlan"
)

func backupProgram(edit func(*BackupArgs), see *seen) func(*pulumi.Context, pulumi.ResourceOption) error {
	return func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		key, err := newTestKey(ctx, "key", opt, ComputeAgent, ContainerAgent, BackupAgent)
		if err != nil {
			return err
		}
		n, err := NewNetwork(ctx, "net", networkArgs(), opt, pulumi.DependsOn(key.Ready))
		if err != nil {
			return err
		}
		cluster := gkeArgs()
		cluster.Network, cluster.Subnet, cluster.PodRange, cluster.ServiceRange = n.ID, n.Subnet, n.PodRange, n.ServiceRange
		cluster.SecretsKey, cluster.DiskKey, cluster.BackupAgent = key, key, true
		gke, err := NewGke(ctx, "gke", cluster, opt, pulumi.DependsOn(key.Ready))
		if err != nil {
			return err
		}
		args := &BackupArgs{Scope: testScope(), ClusterID: gke.ID, KeyID: key.ID, After: key.Ready, Days: 30, Hour: 1, Minute: 30, LockDays: 7}
		if edit != nil {
			edit(args)
		}
		b, err := NewBackup(ctx, "backup", args, opt)
		if err == nil && see != nil {
			see.add("plan", b.PlanID)
			see.add("vault", b.VaultID)
		}
		return err
	}
}

func TestBackup(t *testing.T) {
	see := newSeen()
	g := run(t, backupProgram(nil, see))
	g.CheckHouse(t)
	plan := g.One(t, backupPlanToken, "backup")
	in := plan.Inputs
	if in.String("backupSchedule.cronSchedule") != "30 1 * * *" || in.Int("retentionPolicy.backupRetainDays") != 30 || in.Int("retentionPolicy.backupDeleteLockDays") != 7 || in.Bool("retentionPolicy.locked") {
		t.Errorf("got %v", in)
	}
	if !in.Bool("backupConfig.allNamespaces") || !in.Bool("backupConfig.includeVolumeData") || !in.Bool("backupConfig.includeSecrets") || in.String("backupConfig.encryptionKey.gcpKmsEncryptionKey") == "" {
		t.Errorf("it keeps %v", in.Get("backupConfig"))
	}
	if r := g.One(t, restorePlanToken, "backup").Inputs; r.String("backupPlan") != plan.ID || r.String("restoreConfig.namespacedResourceRestoreMode") != "FAIL_ON_CONFLICT" {
		t.Errorf("restores: got %v", r)
	}
	if see.all["plan"] != plan.ID || see.all["vault"] != "projects/explico-test/locations/europe-west1" {
		t.Errorf("outputs: got %v", see.all)
	}
}

func TestBackupPreview(t *testing.T) {
	if g := run(t, backupProgram(nil, nil), simtest.Preview()); len(g.All(backupPlanToken)) != 1 || len(g.All(restorePlanToken)) != 1 {
		t.Error("a preview shows no plans")
	}
}

func TestBackupBadArguments(t *testing.T) {
	refuses(t, func(edit func(*BackupArgs)) func(*pulumi.Context, pulumi.ResourceOption) error {
		return backupProgram(edit, nil)
	}, map[string]func(*BackupArgs){
		"ClusterID":        func(a *BackupArgs) { a.ClusterID = nil },
		"KeyID":            func(a *BackupArgs) { a.KeyID = nil },
		"Days: got 0":      func(a *BackupArgs) { a.Days = 0 },
		"LockDays: got 31": func(a *BackupArgs) { a.LockDays = 31 },
		"LockDays: got 91": func(a *BackupArgs) { a.Days, a.LockDays = 365, 91 },
		"Hour: got 24":     func(a *BackupArgs) { a.Hour = 24 },
		"Minute: got 60":   func(a *BackupArgs) { a.Minute = 60 },
	})
}
