package aws

import (
	"fmt"
	"slices"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// storageClasses are the classes that objects may move to, from the dearest to
// the cheapest. Source: S3 user guide, "Supported transitions", read 2026-11.
var storageClasses = []string{"STANDARD_IA", "INTELLIGENT_TIERING", "ONEZONE_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"}

// infrequent says whether objects have to be 30 days old for a class.
func infrequent(class string) bool { return class == "STANDARD_IA" || class == "ONEZONE_IA" }

func s3Lifecycle() *simcloud.Type {
	return ofBucket(&simcloud.Type{
		Token: "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2", Noun: "lifecycle configuration",
		// The provider waits until S3 gives the rules back three times in a row.
		Takes:    30 * time.Second,
		Required: []string{"rules"},
		Validate: func(in simcloud.Values) []error {
			var errs []error
			var ids []string
			for _, rule := range in.Objects("rules[]") {
				id := rule.String("id")
				if id != "" && slices.Contains(ids, id) {
					errs = append(errs, simcloud.Refusal("InvalidArgument", "Rule ID must be unique. Found same ID for more than one rule: %s", id))
				}
				ids = append(ids, id)
				errs = append(errs, lifecycleRule(rule)...)
			}
			return errs
		},
	})
}

func lifecycleRule(rule simcloud.Values) []error {
	errs := simcloud.Problems(
		simcloud.OneOf(rule, "status", "Enabled", "Disabled"),
		positive(rule, "expiration.days", "Expiration"),
		positive(rule, "noncurrentVersionExpiration.noncurrentDays", "NoncurrentVersionExpiration"),
		positive(rule, "abortIncompleteMultipartUpload.daysAfterInitiation", "AbortIncompleteMultipartUpload"),
	)
	if !rule.Has("expiration") && !rule.Has("transitions") && !rule.Has("noncurrentVersionExpiration") &&
		!rule.Has("noncurrentVersionTransitions") && !rule.Has("abortIncompleteMultipartUpload") {
		errs = append(errs, simcloud.Refusal("InvalidRequest", "At least one action needs to be specified in a rule"))
	}
	for _, move := range rule.Objects("noncurrentVersionTransitions[]") {
		if class := move.String("storageClass"); infrequent(class) && move.Known("noncurrentDays") && move.Int("noncurrentDays") < 30 {
			errs = append(errs, tooEarly("NoncurrentDays", "NoncurrentVersionTransition", class))
		}
	}
	return append(errs, transitions(rule)...)
}

func tooEarly(field, action, class string) error {
	return simcloud.Refusal("InvalidArgument", "'%s' in %s action must be greater than or equal to 30 for storageClass '%s'", field, action, class)
}

// transitions refuses moves that come too early, too close to each other, or
// after the object is gone.
func transitions(rule simcloud.Values) []error {
	var errs []error
	where := fmt.Sprintf("filter '(prefix=%s)'", rule.String("filter.prefix"))
	days := map[string]int{}
	for _, move := range rule.Objects("transitions[]") {
		class := move.String("storageClass")
		if err := simcloud.OneOf(move, "storageClass", storageClasses...); err != nil {
			errs = append(errs, err)
		}
		if _, twice := days[class]; twice {
			errs = append(errs, simcloud.Refusal("InvalidRequest", "'StorageClass' must be different for 'Transition' actions in same 'Rule' with %s", where))
		}
		if !move.Known("days") {
			continue
		}
		days[class] = move.Int("days")
		if infrequent(class) && days[class] < 30 {
			errs = append(errs, tooEarly("Days", "Transition", class))
		}
		if gone := rule.Int("expiration.days"); gone > 0 && gone <= days[class] {
			errs = append(errs, simcloud.Refusal("InvalidArgument", "'Days' in the Expiration action for %s must be greater than 'Days' in the Transition action", where))
		}
	}
	for _, early := range []string{"STANDARD_IA", "ONEZONE_IA"} {
		for _, late := range []string{"GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"} {
			first, one := days[early]
			second, two := days[late]
			if one && two && second < first+30 {
				errs = append(errs, simcloud.Refusal("InvalidArgument", "'Days' in the '%s' Transition action for %s must be 30 days more than 'Days' in the '%s' Transition action", late, where, early))
			}
		}
	}
	return errs
}

func positive(in simcloud.Values, path, action string) error {
	if _, number := in.Get(path).(float64); number && in.Int(path) < 1 {
		return simcloud.Refusal("InvalidArgument", "'Days' for %s action must be a positive integer", action)
	}
	return nil
}
