package aws

import "testing"

// A backup finds the database by its tag, and not its replicas, which hold
// nothing of their own; and its windows can be moved to when it runs.
func TestRdsBackedUp(t *testing.T) {
	for _, backedUp := range []bool{true, false} {
		g := runRds(t, testScope(), func(a *RdsArgs) {
			a.BackedUp, a.BackupWindow, a.MaintenanceWindow = backedUp, "07:00-08:00", "wed:08:00-wed:09:00"
		})
		for _, r := range g.All(rdsInstanceToken) {
			want := ""
			if backedUp && r.Name == "database" {
				want = "daily"
			}
			if got := r.Inputs.String("tags.backup"); got != want || r.Inputs.String("tags.component") != "rds" {
				t.Errorf("%s, backed up %v: tagged %v, want backup %q", r.Name, backedUp, r.Inputs.Get("tags"), want)
			}
			if got := r.Inputs.String("maintenanceWindow"); got != "wed:08:00-wed:09:00" {
				t.Errorf("%s is maintained at %s", r.Name, got)
			}
		}
		if got := g.One(t, rdsInstanceToken, "database").Inputs.String("backupWindow"); got != "07:00-08:00" {
			t.Errorf("backed up at %s", got)
		}
	}
}
