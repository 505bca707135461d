package settings

import (
	"testing"
	"time"
	_ "time/tzdata" // the same time zones on every machine
)

const farVault = "arn:aws:backup:eu-central-1:999900001111:backup-vault:far"

// locked is a lock that fits seven days of backups.
func locked(edits ...edit) []edit {
	return append([]edit{set("backup.lock.mode", "governance"), set("backup.lock.minDays", 1), set("backup.lock.maxDays", 30)}, edits...)
}

var backupBreaches = []breach{
	{BadBackup, "backup.days", with(set("backup.days", -1))},
	{BadBackup, "backup.days", with(set("backup.days", 40000))},
	{BadContinuous, "backup.continuousDays", with(set("backup.continuousDays", 36))},
	{NoBackup, "backup.continuousDays", with(set("backup.days", 0), set("backup.continuousDays", 7))},
	{NoBackup, "backup.lock.mode", locked(set("backup.days", 0))},
	{NoBackup, "backup.copyTo", with(set("backup.days", 0), set("backup.copyTo", farVault))},
	{NoBackup, "backup.testing.schedule", with(set("backup.days", 0), set("backup.testing.schedule", "weekly"))},
	{BadLock, "backup.lock", locked(set("backup.lock.minDays", 31))},
	{BadLock, "backup.lock", locked(set("backup.lock.minDays", 0))},
	{BadLock, "backup.lock", locked(set("backup.lock.maxDays", 40000))},
	{BadLock, "backup.lock.mode", with(set("backup.lock.minDays", 7))},
	{LockOutside, "backup.days", locked(set("backup.days", 31))},
	{LockOutside, "backup.days", locked(set("backup.lock.minDays", 8))},
	{LockOutside, "backup.continuousDays", locked(set("backup.continuousDays", 35))},
	{Irrevocable, "backup.lock.mode", locked(set("backup.lock.mode", "compliance"))},
	{Irrevocable, "backup.lock.irrevocable", locked(set("backup.lock.irrevocable", true))},
	{UnknownWord, "backup.lock.mode", with(set("backup.lock.mode", "complience"))},
	{UnknownWord, "backup.testing.schedule", with(set("backup.testing.schedule", "dayly"))},
	{BadCopyVault, "backup.copyTo", with(set("backup.copyTo", "far"))},
	{BadRole, "backup.deleters[0]", with(set("backup.deleters", []string{"root"}))},
	{BrokenBackupRPO, "recovery.rpo", with(set("recovery.rpo", "1h"))},
	{BrokenProtect, "backup.days", with(set("protect", true))},
	{UnlockedBackup, "backup.lock.mode", with(set("protect", true), set("backup.days", 30))},
}

// hours are those of an office, edited.
func hours(edits ...edit) []edit {
	return append([]edit{
		set("costs.schedule.timezone", "Europe/Berlin"), set("costs.schedule.start", "07:00"), set("costs.schedule.stop", "19:00"),
	}, edits...)
}

var costBreaches = []breach{
	{BadBudget, "costs.monthlyBudgetUSD", with(set("costs.monthlyBudgetUSD", -1))},
	{BadBudget, "costs.anomalyUSD", with(set("costs.anomalyUSD", -1))},
	{WrongType, "costs.monthlyBudgetUSD", with(set("costs.monthlyBudgetUSD", "400"))},
	{BadCostAlert, "costs.alertEmails[0]", with(set("costs.alertEmails", []string{"nobody"}))},
	{BadCostAlert, "costs.alertEmails", with(set("costs.alertEmails", make([]string, 11)))},
	{NobodyPays, "costs.monthlyBudgetUSD", with(set("costs.monthlyBudgetUSD", 400))},
	{NobodyPays, "costs.anomalyUSD", with(set("costs.anomalyUSD", 100))},
	{BadMonitor, "costs.anomalyMonitor", with(set("costs.anomalyUSD", 100), set("costs.anomalyMonitor", "default"))},
	{BadMonitor, "costs.anomalyMonitor", with(set("costs.anomalyMonitor", "arn:aws:ce::999900001111:anomalymonitor/00000000-0000-0000-0000-000000000001"))},
	{BadTime, "costs.schedule.start", hours(set("costs.schedule.start", "7"))},
	{BadTime, "costs.schedule.stop", hours(set("costs.schedule.stop", "24:00"))},
	{BadTime, "costs.schedule.stop", hours(set("costs.schedule.stop", nil))},
	{WrongType, "costs.schedule.start", hours(set("costs.schedule.start", 700))},
	{ShortDay, "costs.schedule.stop", hours(set("costs.schedule.stop", "12:59"))},
	{ShortDay, "costs.schedule.stop", hours(set("costs.schedule.start", "20:00"))},
	{BadTimezone, "costs.schedule.timezone", hours(set("costs.schedule.timezone", "Europe/Berlim"))},
	{BadTimezone, "costs.schedule.timezone", hours(set("costs.schedule.timezone", nil))},
	{StoppedProtected, "costs.schedule", hours(set("protect", true))},
	{StoppedReplicas, "costs.schedule", hours(set("database.replicas", 1))},
}

// What is right is not refused: a lock that fits, an acknowledged one, hours.
func TestGoodBackupAndCosts(t *testing.T) {
	for name, edits := range map[string][]edit{
		"governance": locked(set("backup.continuousDays", 7), set("backup.copyTo", farVault), set("backup.testing.schedule", "monthly"), set("recovery.rpo", "1h")),
		"compliance": locked(set("backup.lock.mode", "compliance"), set("backup.lock.irrevocable", true)),
		"none":       with(set("backup.days", 0)),
		"a day":      with(set("recovery.rpo", "24h")),
		"hours":      hours(set("costs.schedule.weekends", true), set("operators.pools", map[string]any{"apps": nil, "batch": nil, "gpu": nil})),
		"budget":     with(set("costs.monthlyBudgetUSD", 400), set("costs.alertEmails", []string{"team@example.com"})),
	} {
		if _, all := loadYAML(goodFile(t, edits...)); len(all) > 0 {
			t.Errorf("%s:\n%s", name, lines(all))
		}
	}
}

// The time zones are those of the database that comes with Go.
func TestTimezones(t *testing.T) {
	if len(timezones) < 400 {
		t.Errorf("there are %d time zones only", len(timezones))
	}
	for _, name := range ordered(timezones) {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Error(err)
			continue
		}
		least, most := 24*60, -24*60
		for month := range 12 {
			_, ahead := time.Date(2026, time.Month(month+1), 15, 12, 0, 0, 0, zone).Zone()
			least, most = min(least, ahead/60), max(most, ahead/60)
		}
		if got := timezones[name]; got.least != least || got.most != most {
			t.Errorf("%s: got %v, want %d to %d minutes", name, got, least, most)
		}
	}
}

// A window lies between start and stop, in winter and in summer.
func TestScheduleWindow(t *testing.T) {
	for _, tt := range []struct {
		zone, start, day string
		after            int
		want             string
	}{
		{"Europe/Berlin", "07:00", "", 60, "07:00-08:00"},
		{"Europe/Berlin", "07:00", "wed", 120, "wed:08:00-wed:09:00"},
		{"Asia/Tokyo", "07:00", "wed", 60, "tue:23:00-wed:00:00"},
		{"America/Los_Angeles", "16:30", "wed", 60, "thu:01:30-thu:02:30"},
		{"Asia/Tokyo", "07:00", "mon", 0, "sun:22:00-sun:23:00"},
		{"Asia/Kolkata", "05:00", "", 0, "23:30-00:30"},
	} {
		s := Schedule{Timezone: tt.zone, Start: tt.start, Stop: "23:00"}
		if got := s.Window(tt.day, tt.after); got != tt.want {
			t.Errorf("%s %s, %d minutes after %s: got %s, want %s", tt.zone, tt.day, tt.after, tt.start, got, tt.want)
		}
	}
}
