package gcp

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/storage"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const (
	// nearlineDays is how long an object is paid for in the class Nearline, at
	// least.
	// Source: Cloud Storage docs, "Storage classes", minimum storage duration.
	nearlineDays = 30
	// uploadDays is how long an upload in parts may take. What is left of a
	// broken one costs money and is seen by nobody.
	uploadDays = 7
)

// lifecycle moves and deletes objects by age.
func (a *BucketArgs) lifecycle() storage.BucketLifecycleRuleArray {
	rules := storage.BucketLifecycleRuleArray{}
	add := func(action storage.BucketLifecycleRuleActionArgs, when storage.BucketLifecycleRuleConditionArgs) {
		rules = append(rules, storage.BucketLifecycleRuleArgs{Action: action, Condition: when})
	}
	for _, move := range []struct {
		class string
		days  int
	}{{"NEARLINE", a.InfrequentDays}, {"ARCHIVE", a.ArchiveDays}} {
		if move.days > 0 {
			add(storage.BucketLifecycleRuleActionArgs{Type: pulumi.String("SetStorageClass"), StorageClass: pulumi.String(move.class)},
				storage.BucketLifecycleRuleConditionArgs{Age: pulumi.Int(move.days), WithState: pulumi.String("ANY")})
		}
	}
	remove := storage.BucketLifecycleRuleActionArgs{Type: pulumi.String("Delete")}
	if a.ExpireDays > 0 { // the object becomes a noncurrent version
		add(remove, storage.BucketLifecycleRuleConditionArgs{Age: pulumi.Int(a.ExpireDays), WithState: pulumi.String("LIVE")})
	}
	if a.NoncurrentDays > 0 {
		add(remove, storage.BucketLifecycleRuleConditionArgs{DaysSinceNoncurrentTime: pulumi.Int(a.NoncurrentDays), WithState: pulumi.String("ARCHIVED")})
	}
	add(storage.BucketLifecycleRuleActionArgs{Type: pulumi.String("AbortIncompleteMultipartUpload")},
		storage.BucketLifecycleRuleConditionArgs{Age: pulumi.Int(uploadDays)})
	return rules
}

func (a *BucketArgs) checkDays() []error {
	var errs []error
	want := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	for name, days := range map[string]int{
		"InfrequentDays": a.InfrequentDays, "ArchiveDays": a.ArchiveDays, "ExpireDays": a.ExpireDays, "NoncurrentDays": a.NoncurrentDays, "RetainDays": a.RetainDays,
	} {
		want(days >= 0, "%s: got %d, want 0 or more", name, days)
	}
	want(!a.Autoclass || a.InfrequentDays == 0 && a.ArchiveDays == 0,
		"Autoclass: got InfrequentDays %d and ArchiveDays %d, want 0: either Cloud Storage decides or days do", a.InfrequentDays, a.ArchiveDays)
	want(a.InfrequentDays <= 0 || a.InfrequentDays >= nearlineDays, "InfrequentDays: got %d, want at least %d", a.InfrequentDays, nearlineDays)
	want(a.InfrequentDays <= 0 || a.ArchiveDays <= 0 || a.ArchiveDays >= a.InfrequentDays+nearlineDays,
		"ArchiveDays: got %d, want at least %d: %d after InfrequentDays", a.ArchiveDays, a.InfrequentDays+nearlineDays, nearlineDays)
	last := max(a.InfrequentDays, a.ArchiveDays)
	want(a.ExpireDays <= 0 || a.ExpireDays > last, "ExpireDays: got %d, want more than %d, when objects move the last time", a.ExpireDays, last)
	return errs
}

// continents are the locations that hold buckets of two regions, by how the names
// of their regions begin.
// Source: Cloud Storage docs, "Bucket locations", configurable dual-regions, read
// 2026-11.
var continents = map[string]string{"europe-": "EU", "us-": "US", "asia-": "ASIA"}

// continentOf is the location of a bucket with copies in two regions.
func continentOf(regions []string) (string, error) {
	if len(regions) != 2 || regions[0] == regions[1] {
		return "", fmt.Errorf("got %v, want two", regions)
	}
	for head, continent := range continents {
		if !slices.ContainsFunc(regions, func(r string) bool { return !strings.HasPrefix(r, head) }) {
			return continent, nil
		}
	}
	return "", fmt.Errorf("got %v, want two of Europe, of the United States or of Asia", regions)
}

func upper(regions []string) pulumi.StringArray {
	list := pulumi.StringArray{}
	for _, r := range slices.Sorted(slices.Values(regions)) {
		list = append(list, pulumi.String(strings.ToUpper(r)))
	}
	return list
}
