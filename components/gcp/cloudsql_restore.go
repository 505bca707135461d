package gcp

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/sql"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// RestoreArgs say what a new database begins with, instead of nothing: a backup,
// or another database at a moment.
type RestoreArgs struct {
	// Backup is a backup of another database of the project: <instance>/<id>, as
	// gcloud sql backups list shows the id.
	Backup string
	// From is the name of a database of the region with backups, and Time the
	// moment, as in 2026-11-02T08:30:00Z, or latest. The copy has the key of its
	// source.
	From, Time string
}

// latest is the last moment that a database can be restored to.
const latest = "latest"

var sqlBackup = regexp.MustCompile(`^([a-z][a-z0-9-]*)/(\d+)$`)

func (r *RestoreArgs) check() error {
	switch {
	case r == nil:
		return nil
	case (r.Backup == "") == (r.From == ""):
		return fmt.Errorf("Restore: got backup %q and database %q, want one of them", r.Backup, r.From)
	case r.Backup != "" && !sqlBackup.MatchString(r.Backup):
		return fmt.Errorf("Restore.Backup: got %q, want <instance>/<id>", r.Backup)
	case r.From == "" && r.Time != "":
		return errors.New("Restore.Time: got a time with a backup, which has its own")
	case r.From != "" && r.Time != latest:
		if _, err := time.Parse(time.RFC3339, r.Time); err != nil {
			return fmt.Errorf("Restore.Time: got %q, want latest or a time such as 2026-11-02T08:30:00Z", r.Time)
		}
	}
	return nil
}

// restored are the properties that say what an instance began with. They mean
// something at its creation only: set later, a backup would overwrite what is
// there.
var restored = []string{"clone", "restoreBackupContext"}

// restore has the instance begin with what Restore says.
func (b *sqlBuilder) restore(args *sql.DatabaseInstanceArgs) {
	r := b.Restore
	switch {
	case r == nil:
		return
	case r.Backup != "":
		parts := sqlBackup.FindStringSubmatch(r.Backup)
		id, _ := strconv.Atoi(parts[2]) // digits, by the pattern
		args.RestoreBackupContext = sql.DatabaseInstanceRestoreBackupContextArgs{
			BackupRunId: pulumi.Int(id), InstanceId: pulumi.String(parts[1]),
		}
	default:
		from := sql.DatabaseInstanceCloneArgs{SourceInstanceName: pulumi.String(r.From)}
		if r.Time != latest {
			from.PointInTime = pulumi.String(r.Time)
		}
		args.Clone = from
	}
}
