package tests

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/te-explico/infrastructure/internal/simulate"
)

// policyPack is the built policy pack.
var policyPack = sync.OnceValues(func() (string, error) {
	root, err := filepath.Abs("..")
	if err != nil {
		return "", err
	}
	return simulate.Build(context.Background(), root, "./cmd/policies", "", filepath.Join(os.TempDir(), "explico-tests", "policies"), os.Stderr)
})

func pack(t *testing.T) string {
	t.Helper()
	path, err := policyPack()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// A preview with the policy pack passes as it is, and says what it could not
// see; with a fault it fails, and names the rule, the resource and the reason.
func TestPolicyPackInAPreview(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	out := w.must("preview", "-s", "prod", "--policy-pack", pack(t), "--non-interactive")
	if !strings.Contains(out, "could not be determined") {
		t.Errorf("a preview of what does not exist knows everything?\n%s", tail(out))
	}
	w.edit("prod", `backupDays: 35`, "backupDays: 14")
	out = w.fails("preview", "-s", "prod", "--policy-pack", pack(t))
	for _, want := range []string{
		"[mandatory]  own-BACKUP-1", "rds.Instance database: backupRetentionPeriod is 14, want 30 or more", "prod's mistakes are found late",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("the preview does not say %q:\n%s", want, tail(out))
		}
	}
	levels := filepath.Join(w.dir, "levels.json")
	if err := os.WriteFile(levels, []byte(`{"own-BACKUP-1": "advisory"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	w.must("preview", "-s", "prod", "--policy-pack", pack(t), "--policy-pack-config", levels, "--non-interactive")
}

// An update creates nothing that breaks a mandatory rule by itself.
func TestPolicyPackAtTheGate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.edit("dev", `(?m)^config:\n`, "config:\n  explico:database:\n    backupDays: 3\n")
	out := w.fails("up", "--yes", "--skip-preview", "-s", "dev", "--policy-pack", pack(t))
	if !strings.Contains(out, "F RDS.11: rds.Instance database: backupRetentionPeriod is 3") {
		t.Errorf("the update does not say what is wrong:\n%s", tail(out))
	}
	if found := w.records("aws:rds/instance:Instance"); len(found) != 0 {
		t.Errorf("the database is there: %v", found[0].ID)
	}
}

// tail is the end of a long output.
func tail(out string) string {
	const most = 6000
	return out[max(0, len(out)-most):]
}
