package aws

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// inventory has S3 list the bucket's objects, all versions of them, day by day
// or week by week. What to tidy up, and what is not encrypted or not copied, is
// found in the lists for a fraction of what asking for each object costs.
func (a *BucketArgs) inventory(ctx *pulumi.Context, name string, bucket *s3.BucketV2, parent pulumi.ResourceOption) error {
	if a.Inventory == "" {
		return nil
	}
	if _, err := s3.NewInventory(ctx, name, &s3.InventoryArgs{
		Bucket: bucket.Bucket, Name: pulumi.String("all"), IncludedObjectVersions: pulumi.String("All"),
		Schedule: s3.InventoryScheduleArgs{Frequency: pulumi.String(a.Inventory)},
		OptionalFields: pulumi.ToStringArray([]string{
			"EncryptionStatus", "LastModifiedDate", "ReplicationStatus", "Size", "StorageClass",
		}),
		Destination: s3.InventoryDestinationArgs{Bucket: s3.InventoryDestinationBucketArgs{
			AccountId: pulumi.String(a.AccountID), BucketArn: a.InventoryTo, Format: pulumi.String("Parquet"),
			Prefix:     pulumi.String("inventory/" + name),
			Encryption: s3.InventoryDestinationBucketEncryptionArgs{SseS3: s3.InventoryDestinationBucketEncryptionSseS3Args{}},
		}},
	}, parent); err != nil {
		return fmt.Errorf("listing the objects of bucket %s: %w", name, err)
	}
	return nil
}
