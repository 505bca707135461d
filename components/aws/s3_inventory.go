package aws

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// inventory has S3 list the bucket's objects, all versions of them, day by day
// or week by week. What to tidy up, and what is not encrypted or not copied, is
// found in the lists for a fraction of what asking for each object costs.
func (a *BucketArgs) inventory(ctx *pulumi.Context, name string, bucket *store, parent pulumi.ResourceOption) error {
	if a.Inventory == "" {
		return nil
	}
	if _, err := bucket.set(ctx, "inventory:Inventory", name, pulumi.Map{
		"name": pulumi.String("all"), "includedObjectVersions": pulumi.String("All"),
		"schedule": pulumi.Map{"frequency": pulumi.String(a.Inventory)},
		"optionalFields": pulumi.ToStringArray([]string{
			"EncryptionStatus", "LastModifiedDate", "ReplicationStatus", "Size", "StorageClass",
		}),
		"destination": pulumi.Map{"bucket": pulumi.Map{
			"accountId": pulumi.String(a.AccountID), "bucketArn": a.InventoryTo, "format": pulumi.String("Parquet"),
			"prefix":     pulumi.String("inventory/" + name),
			"encryption": pulumi.Map{"sseS3": pulumi.Map{}},
		}},
	}, parent); err != nil {
		return fmt.Errorf("listing the objects of bucket %s: %w", name, err)
	}
	return nil
}
