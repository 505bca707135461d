package aws

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// replicate copies everything to another bucket, by a role that can do only
// that.
func (a *BucketArgs) replicate(ctx *pulumi.Context, name string, bucket *store, g *guards, parent pulumi.ResourceOption) error {
	roleName := name + "-replication"
	role, err := iam.NewRole(ctx, roleName, &iam.RoleArgs{
		Description:      pulumi.String("Copies the objects of bucket " + name),
		AssumeRolePolicy: pulumi.String(assumedBy("s3.amazonaws.com")),
		Tags:             a.tags("bucket", roleName),
	}, parent)
	if err != nil {
		return fmt.Errorf("creating the replication role of bucket %s: %w", name, err)
	}
	may, err := iam.NewRolePolicy(ctx, roleName, &iam.RolePolicyArgs{Role: role.Name, Policy: a.replicationPolicy(bucket.Arn)}, parent)
	if err != nil {
		return fmt.Errorf("creating the replication policy of bucket %s: %w", name, err)
	}
	enabled := pulumi.Map{"status": pulumi.String("Enabled")}
	to := pulumi.Map{"bucket": pulumi.String(a.ReplicateTo)}
	rule := pulumi.Map{
		"id": pulumi.String("all"), "status": pulumi.String("Enabled"), "destination": to,
		"filter": pulumi.Map{"prefix": pulumi.String("")},
		// A deletion hides the copy as well; its versions stay.
		"deleteMarkerReplication": enabled,
	}
	if a.KeyArn != nil {
		to["encryptionConfiguration"] = pulumi.Map{"replicaKmsKeyId": pulumi.String(a.ReplicateKeyArn)}
		rule["sourceSelectionCriteria"] = pulumi.Map{"sseKmsEncryptedObjects": enabled}
	}
	if _, err := bucket.set(ctx, "bucketReplicationConfig:BucketReplicationConfig", name, pulumi.Map{
		"role": role.Arn, "rules": pulumi.Array{rule},
	}, parent, pulumi.DependsOn([]pulumi.Resource{g.versioning, may}), pulumi.AdditionalSecretOutputs([]string{"token"})); err != nil {
		return fmt.Errorf("replicating bucket %s: %w", name, err)
	}
	return nil
}

// replicationPolicy lets the role read here, write there, and use the keys for
// it, through S3 only.
// Source: S3 user guide, "Setting up permissions for live replication".
func (a *BucketArgs) replicationPolicy(arn pulumi.StringOutput) pulumi.StringOutput {
	key := pulumi.StringInput(pulumi.String(""))
	if a.KeyArn != nil {
		key = a.KeyArn
	}
	return pulumi.All(arn, key).ApplyT(func(all []any) string {
		arn, key := all[0].(string), all[1].(string)
		statements := []Statement{
			allow("Find", []string{"s3:GetReplicationConfiguration", "s3:ListBucket"}, []string{arn}),
			allow("Read", []string{"s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"}, []string{arn + "/*"}),
			allow("Copy", []string{"s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"}, []string{a.ReplicateTo + "/*"}),
		}
		if key != "" {
			open := allow("Decrypt", []string{"kms:Decrypt"}, []string{key})
			shut := allow("Encrypt", []string{"kms:Encrypt"}, []string{a.ReplicateKeyArn})
			open.Condition = map[string]map[string][]string{"StringEquals": {"kms:ViaService": {"s3." + a.Region + ".amazonaws.com"}}}
			shut.Condition = map[string]map[string][]string{"StringLike": {"kms:ViaService": {"s3.*.amazonaws.com"}}}
			statements = append(statements, open, shut)
		}
		return policy(statements...)
	}).(pulumi.StringOutput)
}
