package gcp

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	bucketToken      = "gcp:storage/bucket:Bucket"
	bucketGrantToken = "gcp:storage/bucketIAMMember:BucketIAMMember"
	// objectToken is an object in a bucket.
	objectToken = "gcp:storage/bucketObject:BucketObject"
)

func storageTypes() []*simcloud.Type {
	bucketGrant := grant(bucketGrantToken, "bucket", bucketToken)
	onBucket := bucketGrant.Refuse
	bucketGrant.ID = func(op *simcloud.Op) string {
		return "b/" + op.In.String("bucket") + "/" + op.In.String("role") + "/" + op.In.String("member")
	}
	// Public access prevention refuses the public whatever the policy says.
	// Source: Cloud Storage docs, "Public access prevention", read 2026-11.
	bucketGrant.Refuse = func(op *simcloud.Op) error {
		bucket := op.Find(bucketToken, "name", op.In.String("bucket"))
		if m := op.In.String("member"); (m == "allUsers" || m == "allAuthenticatedUsers") && bucket.In.String("publicAccessPrevention") == "enforced" {
			return refused(412, "conditionNotMet", "The member bindings allUsers and allAuthenticatedUsers are not allowed since public access prevention is enforced.")
		}
		return onBucket(op)
	}
	return []*simcloud.Type{bucketType(), bucketGrant, objectType()}
}

// bucketType is a bucket of Cloud Storage. Its name is taken for the whole world.
// Source: Cloud Storage reference, buckets; the provider's page of the resource
// for what replaces it; read 2026-11.
func bucketType() *simcloud.Type {
	return &simcloud.Type{
		Token: bucketToken, Noun: "bucket", IDFrom: "name", Auto: "name", AutoMax: 63, Takes: 2 * time.Second,
		Required: []string{"location"},
		Replace:  []string{"customPlacementConfig", "enableObjectRetention", "location", "name", "project"},
		Refs: []simcloud.Ref{
			ref("encryption.defaultKmsKeyName", "googleapi: Error 400: Cloud KMS key %s does not exist., invalid", keyToken),
			{Path: "logging.logBucket", To: []string{bucketToken}, By: "name", Missing: "googleapi: Error 400: The target bucket %s for logging does not exist., invalid"},
		},
		Unique: []simcloud.Unique{{
			Paths: []string{"name"}, Words: "googleapi: Error 409: Your previous request to create the named bucket succeeded and you already own it., conflict (%s)",
		}, {
			Paths: []string{"name"}, Everywhere: true, Words: "googleapi: Error 409: The requested bucket name is not available. The bucket namespace is shared by all users of the system. " +
				"Please select a different name and try again., conflict (%s)",
		}},
		Validate: validBucket, Refuse: refuseBucket, Delete: deleteBucket,
		Outputs: func(op *simcloud.Op) simcloud.Values {
			out := simcloud.Values{
				"project": op.Account, "projectNumber": ProjectNumber, "url": "gs://" + op.ID, "selfLink": "https://www.googleapis.com/storage/v1/b/" + op.ID,
			}
			if !op.In.Has("rpo") && op.In.Has("customPlacementConfig") {
				out["rpo"] = "DEFAULT"
			}
			if !op.In.Has("softDeletePolicy") { // a week, if nobody says otherwise
				out["softDeletePolicy"] = map[string]any{"retentionDurationSeconds": 7 * 24 * 3600}
			}
			return out
		},
	}
}

var (
	// bucketNames is what a bucket's name looks like without dots; with dots it
	// belongs to a domain, which somebody has to own.
	// Source: Cloud Storage docs, "Bucket naming requirements", read 2026-11.
	bucketNames = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{1,61}[a-z0-9]$`)
	// storageMulti are locations of more than one region.
	storageMulti   = []string{"EU", "US", "ASIA", "EUR4", "EUR5", "EUR7", "EUR8", "NAM4", "ASIA1"}
	storageClasses = []string{"STANDARD", "NEARLINE", "COLDLINE", "ARCHIVE", "MULTI_REGIONAL", "REGIONAL"}
)

func validBucket(in simcloud.Values) []error {
	name := in.String("name")
	_, noAddress := netip.ParseAddr(name)
	errs := simcloud.Problems(
		simcloud.OneOf(in, "publicAccessPrevention", "enforced", "inherited"), simcloud.OneOf(in, "storageClass", storageClasses...),
		simcloud.OneOf(in, "rpo", "DEFAULT", "ASYNC_TURBO"), simcloud.OneOf(in, "autoclass.terminalStorageClass", "NEARLINE", "ARCHIVE"),
	)
	if in.Known("name") && (!bucketNames.MatchString(name) || noAddress == nil || strings.HasPrefix(name, "goog") || strings.Contains(name, "google")) {
		errs = append(errs, refused(400, "invalid", "Invalid bucket name: '%s'", name))
	}
	if l := in.String("location"); l != "" && regions[strings.ToLower(l)] == "" && !slices.Contains(storageMulti, strings.ToUpper(l)) {
		errs = append(errs, refused(400, "invalid", "The specified location constraint is not valid. (%s)", l))
	}
	if s := in.Int("softDeletePolicy.retentionDurationSeconds"); s != 0 && (s < 7*24*3600 || s > 90*24*3600) {
		errs = append(errs, refused(400, "invalid", "Soft delete policy retention duration must be 0 or between 7 days and 90 days."))
	}
	for _, rule := range in.Objects("lifecycleRules[]") {
		errs = append(errs, validBucketRule(in, rule)...)
	}
	return errs
}

// validBucketRule refuses a lifecycle rule that Cloud Storage would.
// Source: Cloud Storage docs, "Object Lifecycle Management", read 2026-11.
func validBucketRule(in, rule simcloud.Values) []error {
	action := rule.String("action.type")
	errs := simcloud.Problems(
		simcloud.OneOf(rule, "action.type", "Delete", "SetStorageClass", "AbortIncompleteMultipartUpload"), simcloud.OneOf(rule, "action.storageClass", storageClasses...),
		simcloud.OneOf(rule, "condition.withState", "LIVE", "ARCHIVED", "ANY"),
	)
	condition, _ := rule.Get("condition").(map[string]any)
	if len(condition) == 0 {
		errs = append(errs, refused(400, "invalid", "A lifecycle rule must have at least one condition."))
	}
	if action == "SetStorageClass" && in.Bool("autoclass.enabled") {
		errs = append(errs, refused(400, "invalid", "SetStorageClass lifecycle actions are not allowed on a bucket with Autoclass enabled."))
	}
	if action == "AbortIncompleteMultipartUpload" {
		for key := range condition {
			if !slices.Contains([]string{"age", "matchesPrefixes", "matchesSuffixes"}, key) {
				errs = append(errs, refused(400, "invalid", "AbortIncompleteMultipartUpload does not support the condition %s.", key))
			}
		}
	}
	return errs
}

// refuseBucket is what Cloud Storage says of a bucket's place and its key.
func refuseBucket(op *simcloud.Op) error {
	in, location := op.In, strings.ToUpper(op.In.String("location"))
	pair := in.Strings("customPlacementConfig.dataLocations[]")
	switch {
	case in.Has("customPlacementConfig") && (len(pair) != 2 || !slices.Contains([]string{"EU", "US", "ASIA"}, location)):
		return refused(400, "invalid", "A configurable dual-region needs a location of US, EU or ASIA and two regions in it. (%s %v)", location, pair)
	case in.String("rpo") == "ASYNC_TURBO" && !in.Has("customPlacementConfig"):
		return refused(400, "invalid", "Turbo replication is only available for dual-region buckets.")
	case op.Old != nil && op.Old.In.Bool("retentionPolicy.isLocked") && in.Int("retentionPolicy.retentionPeriod") < op.Old.In.Int("retentionPolicy.retentionPeriod"):
		return refused(403, "retentionPolicyNotMet", "Cannot reduce retention duration of a locked Retention Policy for bucket '%s'.", op.ID)
	}
	for _, r := range pair {
		if regions[strings.ToLower(r)] == "" {
			return refused(400, "invalid", "The specified location constraint is not valid. (%s)", r)
		}
	}
	if in.Has("customPlacementConfig") {
		return encrypts(op, "encryption.defaultKmsKeyName", storageAgent, "")
	}
	return encrypts(op, "encryption.defaultKmsKeyName", storageAgent, strings.ToLower(location))
}

// deleteBucket refuses to delete a bucket that holds anything, or anything that is
// retained.
// Source: Cloud Storage's words as in issue 321 of kestra-io/plugin-gcp; Cloud
// Storage docs, "Bucket Lock"; read 2026-11.
func deleteBucket(op *simcloud.Op) error {
	if op.Find(objectToken, "bucket", op.ID) == nil {
		return nil
	}
	if !op.In.Bool("forceDestroy") {
		return refused(409, "conflict", "The bucket you tried to delete is not empty. (%s)", op.ID)
	}
	if op.In.Has("retentionPolicy") {
		return refused(403, "retentionPolicyNotMet", "Object in bucket '%s' is subject to bucket's retention policy and cannot be deleted or overwritten.", op.ID)
	}
	return nil
}

func objectType() *simcloud.Type {
	return &simcloud.Type{
		Token: objectToken, Noun: "object", Auto: "name", AutoMax: 1024,
		ID:       func(op *simcloud.Op) string { return op.In.String("bucket") + "-" + op.In.String("name") },
		Required: []string{"bucket"}, Replace: []string{"bucket", "name"},
		Refs: []simcloud.Ref{{Path: "bucket", To: []string{bucketToken}, By: "name", Missing: "googleapi: Error 404: The specified bucket does not exist., notFound (%s)"}},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"selfLink": "https://www.googleapis.com/storage/v1/b/" + op.In.String("bucket") + "/o/" + op.In.String("name"), "md5hash": op.Hex(24, "md5")}
		},
	}
}
