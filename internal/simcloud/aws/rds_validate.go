package aws

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

var (
	dbIdentifier = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	dbSnapshotID = regexp.MustCompile(`^[A-Za-z][0-9A-Za-z]*(-[0-9A-Za-z]+)*$`)
	dayWindow    = regexp.MustCompile(`^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$`)
	weekWindow   = regexp.MustCompile(`^(?i:(mon|tue|wed|thu|fri|sat|sun)):([01]\d|2[0-3]):([0-5]\d)-(?i:(mon|tue|wed|thu|fri|sat|sun)):([01]\d|2[0-3]):([0-5]\d)$`)

	monitoringIntervals = []int{0, 1, 5, 10, 15, 30, 60}
)

// validateDBInstance is what the provider says before it asks RDS.
func validateDBInstance(in simcloud.Values) []error {
	errs := simcloud.Problems(
		identifierProblem(in),
		simcloud.Matches(in, "finalSnapshotIdentifier", dbSnapshotID),
		simcloud.Matches(in, "backupWindow", dayWindow),
		simcloud.Matches(in, "maintenanceWindow", weekWindow),
		simcloud.OneOf(in, "storageType", "standard", "gp2", "gp3", "io1", "io2"),
		simcloud.OneOf(in, "networkType", "IPV4", "DUAL"),
		simcloud.OneOf(in, "engineLifecycleSupport", "open-source-rds-extended-support", "open-source-rds-extended-support-disabled"),
		simcloud.OneOf(in, "databaseInsightsMode", "standard", "advanced"),
		simcloud.Between(in, "backupRetentionPeriod", 0, 35),
	)
	if n := in.Int("monitoringInterval"); !slices.Contains(monitoringIntervals, n) {
		errs = append(errs, fmt.Errorf("expected monitoringInterval to be one of %v, got %d", monitoringIntervals, n))
	}
	for _, log := range in.Strings("enabledCloudwatchLogsExports[]") {
		if !slices.Contains([]string{"postgresql", "upgrade", "iam-db-auth-error"}, log) {
			errs = append(errs, fmt.Errorf("InvalidParameterCombination: You cannot use the log types '%s' with engine version postgres", log))
		}
	}
	for _, key := range []string{"kmsKeyId", "performanceInsightsKmsKeyId"} {
		if v := in.String(key); v != "" && !dbARN(v) {
			errs = append(errs, fmt.Errorf("%q (%s) is an invalid ARN: arn: invalid prefix", key, v))
		}
	}
	return append(errs, conflicts(in)...)
}

func identifierProblem(in simcloud.Values) error {
	v := in.String("identifier")
	switch {
	case v == "" || len(v) <= 63 && dbIdentifier.MatchString(v):
		return nil
	case len(v) > 63:
		return fmt.Errorf("InvalidParameterValue: The parameter DBInstanceIdentifier is not a valid identifier: %q is longer than 63 characters", v)
	default:
		return fmt.Errorf("InvalidParameterValue: The parameter DBInstanceIdentifier is not a valid identifier. "+
			"Identifiers must begin with a letter; must contain only ASCII letters, digits, and hyphens; and must not end with a hyphen or contain two consecutive hyphens: %q", v)
	}
}

// conflicts refuses inputs that exclude each other.
func conflicts(in simcloud.Values) []error {
	var errs []error
	for _, pair := range [][2]string{
		{"manageMasterUserPassword", "password"},
		{"identifier", "identifierPrefix"},
		{"replicateSourceDb", "engine"},
		{"replicateSourceDb", "engineVersion"},
		{"replicateSourceDb", "username"},
		{"replicateSourceDb", "dbName"},
		{"replicateSourceDb", "snapshotIdentifier"},
		{"restoreToPointInTime", "snapshotIdentifier"},
		{"restoreToPointInTime", "replicateSourceDb"},
		{"restoreToPointInTime.restoreTime", "restoreToPointInTime.useLatestRestorableTime"},
	} {
		if in.Has(pair[0]) && in.Has(pair[1]) {
			errs = append(errs, fmt.Errorf("%q: conflicts with %s", pair[0], pair[1]))
		}
	}
	return errs
}

// windowProblem refuses a backup window that is too short or that meets the
// maintenance window.
func windowProblem(in simcloud.Values) error {
	backup := dayWindow.FindStringSubmatch(in.String("backupWindow"))
	if backup == nil {
		return nil
	}
	const day = 24 * 60
	from, length := minuteOfDay(backup[1], backup[2]), (minuteOfDay(backup[3], backup[4])-minuteOfDay(backup[1], backup[2])+day)%day
	if length < 30 {
		return simcloud.Refusal("InvalidParameterValue", "Invalid backup window: %s. The backup window must be at least 30 minutes.", in.String("backupWindow"))
	}
	week := weekWindow.FindStringSubmatch(in.String("maintenanceWindow"))
	if week == nil {
		return nil
	}
	start := weekday(week[1])*day + minuteOfDay(week[2], week[3])
	end := weekday(week[4])*day + minuteOfDay(week[5], week[6])
	if end < start {
		end += 7 * day
	}
	for d := -1; d <= 14; d++ {
		if at := d*day + from; at < end && start < at+length {
			return simcloud.Refusal("InvalidParameterCombination", "The backup window and maintenance window must not overlap.")
		}
	}
	return nil
}

func weekday(name string) int {
	return slices.Index([]string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}, strings.ToLower(name))
}

func minuteOfDay(hour, minute string) int {
	h, _ := strconv.Atoi(hour) // digits, says the pattern
	m, _ := strconv.Atoi(minute)
	return 60*h + m
}
