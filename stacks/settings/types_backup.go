package settings

// Backup says how copies of the stack's data are kept apart from it: the
// database, the buckets uploads and backups, and the volumes of pods. They
// carry a tag by which the plan finds them.
type Backup struct {
	// Days is how long each daily backup is kept; 0 for no backups but those
	// that the database keeps of itself (database.backupDays).
	Days int `yaml:"days"`
	// ContinuousDays is how many days back the buckets can be restored to any
	// moment, up to 35; 0 for not. The database has database.backupDays.
	ContinuousDays int `yaml:"continuousDays"`
	// Lock keeps backups from being deleted before their time, by anybody.
	Lock BackupLock `yaml:"lock"`
	// CopyTo is the ARN of an existing backup vault, in any region, that gets a
	// copy of each daily backup.
	CopyTo string `yaml:"copyTo"`
	// Deleters are the ARNs of roles that may delete backups by hand, where no
	// lock forbids it. Nobody else may.
	Deleters []string `yaml:"deleters"`
	// Testing has restores tried.
	Testing BackupTesting `yaml:"testing"`
}

// BackupLock says how long each backup stays at least, and at most.
type BackupLock struct {
	// Mode is none, governance (roles with the right to can take the lock away)
	// or compliance (three days later nobody can, not even the cloud).
	Mode LockMode `yaml:"mode"`
	// MinDays is the shortest retention that the vault takes.
	MinDays int `yaml:"minDays"`
	// MaxDays is the longest retention that the vault takes.
	MaxDays int `yaml:"maxDays"`
	// Irrevocable acknowledges, for a lock in compliance mode, that it and all
	// that it guards will stay, and be paid for, whatever happens.
	Irrevocable bool `yaml:"irrevocable"`
}

// LockMode is who can take a lock away.
type LockMode string

// The lock modes.
const (
	LockNone       LockMode = "none"
	LockGovernance LockMode = "governance"
	LockCompliance LockMode = "compliance"
)

// BackupTesting has restores tried.
type BackupTesting struct {
	// Schedule is never, weekly (on Sundays) or monthly (on the first). Each test
	// restores the newest backup of each kind, tells of the result, and deletes
	// what it restored.
	Schedule TestSchedule `yaml:"schedule"`
}

// TestSchedule is how often restores are tried.
type TestSchedule string

// The test schedules.
const (
	TestNever   TestSchedule = "never"
	TestWeekly  TestSchedule = "weekly"
	TestMonthly TestSchedule = "monthly"
)
