package settings

import (
	"fmt"
	"regexp"
	"time"
)

var vaultShape = regexp.MustCompile(`^arn:aws(-[a-z]+)*:backup:[a-z0-9-]+:[0-9]{12}:backup-vault:[a-zA-Z0-9_-]{2,50}$`)

const (
	// maxBackupDays is a hundred years, the longest that AWS Backup keeps.
	maxBackupDays = 36500
	// maxContinuousDays is how far back continuous backups reach.
	maxContinuousDays = 35
	// backupInterval is the time between two daily backups.
	backupInterval = Duration(24 * time.Hour)
)

func (c *checker) backup() {
	b := c.s.Backup
	if b.Days < 0 || b.Days > maxBackupDays {
		c.bad(BadBackup, "backup.days", fmt.Sprint(b.Days), fmt.Sprintf("0 (none) to %d", maxBackupDays))
	}
	if b.ContinuousDays < 0 || b.ContinuousDays > maxContinuousDays {
		c.bad(BadContinuous, "backup.continuousDays", fmt.Sprint(b.ContinuousDays), fmt.Sprintf("0 (none) to %d", maxContinuousDays))
	}
	if b.Days == 0 {
		c.noBackup()
	}
	c.lock()
	c.backupPromises()
}

// noBackup refuses what makes no sense without backups.
func (c *checker) noBackup() {
	b := c.s.Backup
	given := map[string]string{}
	if b.ContinuousDays > 0 {
		given["backup.continuousDays"] = fmt.Sprint(b.ContinuousDays)
	}
	if b.Lock.Mode != LockNone {
		given["backup.lock.mode"] = string(b.Lock.Mode)
	}
	if b.CopyTo != "" {
		given["backup.copyTo"] = shown(b.CopyTo)
	}
	if b.Testing.Schedule != TestNever {
		given["backup.testing.schedule"] = string(b.Testing.Schedule)
	}
	for _, path := range ordered(given) {
		c.bad(NoBackup, path, given[path]+" without backups", "it left out, or backup.days above 0", "backup.days")
	}
}

func (c *checker) lock() {
	b, l := c.s.Backup, c.s.Backup.Lock
	switch {
	case l.Mode == LockCompliance && !l.Irrevocable:
		c.bad(Irrevocable, "backup.lock.mode", "compliance", "governance, or backup.lock.irrevocable: true: nobody can ever undo it", "backup.lock.irrevocable")
	case l.Mode != LockCompliance && l.Irrevocable:
		c.bad(Irrevocable, "backup.lock.irrevocable", "true for a lock of mode "+string(l.Mode), "false: there is nothing to acknowledge", "backup.lock.mode")
	}
	if l.Mode == LockNone {
		if l.MinDays != 0 || l.MaxDays != 0 {
			c.bad(BadLock, "backup.lock.mode", "none, with days", "governance or compliance, or no days", "backup.lock.minDays", "backup.lock.maxDays")
		}
		return
	}
	if l.MinDays < 1 || l.MaxDays > maxBackupDays || l.MinDays > l.MaxDays {
		c.bad(BadLock, "backup.lock", fmt.Sprintf("%d to %d days", l.MinDays, l.MaxDays), fmt.Sprintf("1 ≤ minDays ≤ maxDays ≤ %d", maxBackupDays),
			"backup.lock.minDays", "backup.lock.maxDays")
		return
	}
	kept := map[string]int{"backup.days": b.Days, "backup.continuousDays": b.ContinuousDays}
	for _, path := range ordered(kept) {
		if days := kept[path]; days > 0 && (days < l.MinDays || days > l.MaxDays) {
			c.bad(LockOutside, path, fmt.Sprintf("%d days", days), fmt.Sprintf("%d to %d: the lock takes no other backups", l.MinDays, l.MaxDays),
				"backup.lock.minDays", "backup.lock.maxDays")
		}
	}
}

// backupPromises checks what the stack promises against what backups can keep.
func (c *checker) backupPromises() {
	b, r := c.s.Backup, c.s.Recovery
	if r.RPO > 0 && r.RPO < backupInterval && b.ContinuousDays == 0 {
		c.bad(BrokenBackupRPO, "recovery.rpo", r.RPO.String()+" with daily backups of the buckets",
			"backup.continuousDays above 0, or at least 24h: a daily backup is up to a day old", "backup.continuousDays")
	}
	if !c.protected() {
		return
	}
	if b.Days < protectedBackupDays {
		c.bad(BrokenProtect, "backup.days", fmt.Sprint(b.Days), fmt.Sprintf("at least %d, since the stack is protected", protectedBackupDays), "protect")
	} else if b.Lock.Mode == LockNone {
		c.warn(UnlockedBackup, "backup.lock.mode", "none", "governance, since the stack is protected: whoever gets hold of its roles could delete its backups as well", "protect")
	}
}

// awsBackup checks what only AWS knows.
func (c *checker) awsBackup() {
	for i, role := range c.s.Backup.Deleters {
		if !roleShape.MatchString(role) {
			c.bad(BadRole, fmt.Sprintf("backup.deleters[%d]", i), shown(role), roleWant)
		}
	}
	if to := c.s.Backup.CopyTo; to != "" && !vaultShape.MatchString(to) {
		c.bad(BadCopyVault, "backup.copyTo", shown(to), "a vault's ARN such as arn:aws:backup:eu-central-1:111122223333:backup-vault:explico")
	}
}
