package aws

import (
	"errors"
	"fmt"
	"time"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// RestoreArgs say what a new database begins with, instead of nothing: a
// snapshot, or another database at a moment.
type RestoreArgs struct {
	// Snapshot is the name or ARN of a snapshot.
	Snapshot string
	// From is the identifier of a database with backups, and Time the moment, as
	// in 2026-11-02T08:30:00Z, or latest.
	From, Time string
}

// latest is the last moment that a database can be restored to, about five
// minutes ago.
const latest = "latest"

func (r *RestoreArgs) check() error {
	switch {
	case r == nil:
		return nil
	case (r.Snapshot == "") == (r.From == ""):
		return fmt.Errorf("Restore: got snapshot %q and database %q, want one of them", r.Snapshot, r.From)
	case r.From == "" && r.Time != "":
		return errors.New("Restore.Time: got a time with a snapshot, which has its own")
	case r.From != "" && r.Time != latest:
		if _, err := time.Parse(time.RFC3339, r.Time); err != nil {
			return fmt.Errorf("Restore.Time: got %q, want latest or a time such as 2026-11-02T08:30:00Z", r.Time)
		}
	}
	return nil
}

// restored are the properties that say what an instance began with. They mean
// something at its creation only: taken away or changed later, they would have
// the provider replace the database by an empty or an old one.
var restored = []string{"restoreToPointInTime", "snapshotIdentifier"}

// restore has the instance begin with what Restore says.
func (b *rdsBuilder) restore(args *rds.InstanceArgs) {
	r := b.Restore
	switch {
	case r == nil:
		return
	case r.Snapshot != "":
		args.SnapshotIdentifier = pulumi.String(r.Snapshot)
	default:
		from := rds.InstanceRestoreToPointInTimeArgs{SourceDbInstanceIdentifier: pulumi.String(r.From)}
		if r.Time == latest {
			from.UseLatestRestorableTime = pulumi.Bool(true)
		} else {
			from.RestoreTime = pulumi.String(r.Time)
		}
		args.RestoreToPointInTime = from
	}
}
