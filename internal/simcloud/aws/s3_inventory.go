package aws

import (
	"slices"
	"strings"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const bucketInventoryToken = "aws:s3/inventory:Inventory"

// s3Inventory is a list of a bucket's objects that S3 writes to another bucket
// of the region, day by day or week by week.
func s3Inventory() *simcloud.Type {
	return &simcloud.Type{
		Token: bucketInventoryToken, Noun: "inventory configuration", Global: true, Auto: "name", AutoMax: 64,
		ID:       func(op *simcloud.Op) string { return op.In.String("bucket") + ":" + op.In.String("name") },
		Required: []string{"bucket", "destination", "includedObjectVersions", "schedule"},
		Replace:  []string{"bucket", "name"},
		Refs:     []simcloud.Ref{{Path: "bucket", To: []string{bucketToken}, Missing: "NoSuchBucket: The specified bucket does not exist: %s"}},
		Unique: []simcloud.Unique{{
			Paths: []string{"bucket", "name"}, Words: "OperationAborted: bucket %s already has an inventory %s: a second would silently overwrite it",
		}},
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(
				simcloud.OneOf(in, "includedObjectVersions", "All", "Current"), simcloud.OneOf(in, "schedule.frequency", "Daily", "Weekly"),
				simcloud.OneOf(in, "destination.bucket.format", "CSV", "ORC", "Parquet"),
			)
		},
		Refuse: func(op *simcloud.Op) error {
			target := bucketByArn(op, op.In.String("destination.bucket.bucketArn"))
			switch {
			case target == nil:
				return simcloud.Refusal("InvalidS3DestinationBucket", "The S3 destination bucket does not exist. (%s)", op.In.String("destination.bucket.bucketArn"))
			case target.Out.String("region") != bucketOf(op).Out.String("region"):
				return simcloud.Refusal("InvalidS3DestinationBucket", "The source and destination buckets must be in the same Region.")
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			// S3 writes only where the policy lets it, and says nothing where not.
			target := bucketByArn(op, op.In.String("destination.bucket.bucketArn"))
			prefix := strings.Trim(op.In.String("destination.bucket.prefix"), "/")
			if target != nil && lets(op, target, "s3.amazonaws.com", prefix) {
				logged(op, target, prefix)
			}
			return simcloud.Values{"enabled": slices.Contains([]any{nil, true}, op.In.Get("enabled"))}
		},
	}
}
