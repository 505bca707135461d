package aws

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// defaults are what holds in the account for all that says nothing itself, such
// as what somebody makes by hand.
func (b *baselineBuilder) defaults() error {
	on := pulumi.Bool(true)
	closed := closedToThePublic()
	closed["accountId"] = pulumi.String(b.AccountID)
	if _, err := bind(b.ctx, "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock", b.name, closed, b.in); err != nil {
		return fmt.Errorf("closing the account's buckets to the public: %w", err)
	}
	if _, err := bind(b.ctx, "aws:ebs/encryptionByDefault:EncryptionByDefault", b.name, pulumi.Map{"enabled": on}, b.in); err != nil {
		return fmt.Errorf("encrypting the account's volumes: %w", err)
	}
	if _, err := bind(b.ctx, "aws:ebs/defaultKmsKey:DefaultKmsKey", b.name, pulumi.Map{"keyArn": b.DiskKeyArn}, b.in); err != nil {
		return fmt.Errorf("setting the key of the account's volumes: %w", err)
	}
	// Nodes say themselves what they want (see the launch templates).
	if _, err := bind(b.ctx, "aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults", b.name, pulumi.Map{
		"httpEndpoint": pulumi.String("enabled"), "httpTokens": pulumi.String("required"),
		"httpPutResponseHopLimit": pulumi.Int(1), "instanceMetadataTags": pulumi.String("disabled"),
	}, b.in); err != nil {
		return fmt.Errorf("setting the account's instance metadata defaults: %w", err)
	}
	// There are no IAM users here; should one be made, it gets a fair password.
	// Source: FSBP IAM.7, CIS AWS Foundations Benchmark.
	if _, err := iam.NewAccountPasswordPolicy(b.ctx, b.name, &iam.AccountPasswordPolicyArgs{
		MinimumPasswordLength: pulumi.Int(14), PasswordReusePrevention: pulumi.Int(24), MaxPasswordAge: pulumi.Int(90),
		RequireLowercaseCharacters: on, RequireUppercaseCharacters: on, RequireNumbers: on, RequireSymbols: on,
		AllowUsersToChangePassword: on, HardExpiry: pulumi.Bool(false),
	}, b.in); err != nil {
		return fmt.Errorf("setting the account's password policy: %w", err)
	}
	return nil
}
