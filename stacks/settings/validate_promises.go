package settings

import (
	"fmt"
	"time"
)

// What a restore from backups can promise at best: a restored database serves
// after hours, and its last five minutes may be lost.
// Source: RDS user guide, "Restoring a DB instance to a specified time".
const (
	restoreTime = Duration(4 * time.Hour)
	backupLag   = Duration(5 * time.Minute)
)

func (c *checker) recovery() {
	r, d := c.s.Recovery, c.s.Database
	if r.RTO < 0 {
		c.bad(BadRecovery, "recovery.rto", r.RTO.String(), "a duration above zero")
	}
	if r.RPO < 0 {
		c.bad(BadRecovery, "recovery.rpo", r.RPO.String(), "a duration above zero")
	}
	if r.RTO > 0 && r.RTO <= restoreTime && !d.MultiAZ {
		c.bad(BrokenRTO, "recovery.rto", r.RTO.String()+" without a standby", "database.multiAz: true, or more than 4h: a restore takes hours", "database.multiAz")
	}
	if r.RPO > 0 && r.RPO < backupLag && !d.MultiAZ {
		c.bad(BrokenRPO, "recovery.rpo", r.RPO.String()+" without a standby", "database.multiAz: true, or at least 5m: backups lag by that much", "database.multiAz")
	}
	if r.RPO > 0 && d.BackupDays < 1 {
		c.bad(BrokenRPO, "recovery.rpo", r.RPO.String()+" without backups", "database.backupDays of at least 1", "database.backupDays")
	}
}

// protectedBackupDays let a mistake be noticed after a fortnight's holiday.
const protectedBackupDays = 14

func (c *checker) protection() {
	if !c.protected() {
		return
	}
	if c.s.Disposable {
		c.bad(BrokenProtect, "disposable", "true", "false, since the stack is protected", "protect")
	}
	d := c.s.Database
	if !d.MultiAZ {
		c.bad(BrokenProtect, "database.multiAz", "false", "true, since the stack is protected", "protect")
	}
	if d.BackupDays < protectedBackupDays {
		c.bad(BrokenProtect, "database.backupDays", fmt.Sprint(d.BackupDays), fmt.Sprintf("at least %d, since the stack is protected", protectedBackupDays), "protect")
	}
	if c.s.Cluster.Endpoint.Mode == EndpointPublic {
		c.bad(BrokenProtect, "cluster.endpoint.mode", "public", "private or restricted, since the stack is protected", "protect")
	}
	// two zones are demanded of every stack: see zones
	if c.s.Network.NAT == NATSingle {
		c.warn(SingleNAT, "network.nat", "single", "perZone, since the stack is protected: with the gateway's zone all others lose their way out", "protect")
	}
}
