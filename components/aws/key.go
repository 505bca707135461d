package aws

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/kms"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// KeyArgs are the arguments of NewKey.
type KeyArgs struct {
	Scope
	// Purpose says what the key encrypts; it is the key's description.
	Purpose string
	// Outlives keeps the key when the stack goes, unless the scope is disposable:
	// what is left behind on purpose, such as a final snapshot, needs it.
	Outlives bool
	// Users are statements that let others than the account's own principals use
	// the key: services that encrypt on their own behalf.
	Users []Statement
}

// Key is a KMS key with yearly rotation and an alias. The account's IAM policies
// decide who may use it, and the services named in its arguments.
type Key struct {
	pulumi.ResourceState

	// Arn is the key's ARN.
	Arn pulumi.StringOutput
	// ID is the key's id, a UUID.
	ID pulumi.StringOutput
}

// NewKey makes a key. A deleted key can be had back for 30 days, in a disposable
// scope for 7.
func NewKey(ctx *pulumi.Context, name string, args *KeyArgs, opts ...pulumi.ResourceOption) (*Key, error) {
	k := &Key{}
	if err := component.Register(ctx, "aws", "Key", name, k, opts...); err != nil {
		return nil, err
	}
	window := 30
	if args.Disposable {
		window = 7
	}
	statements := append([]Statement{{
		Sid: "AccountPolicies", Effect: "Allow",
		Principal: &Principal{AWS: []string{args.globalArn("iam", "root")}},
		Action:    []string{"kms:*"}, Resource: []string{"*"},
	}}, args.Users...)
	key, err := kms.NewKey(ctx, name, &kms.KeyArgs{
		Description:          pulumi.String(args.Purpose),
		EnableKeyRotation:    pulumi.Bool(true),
		DeletionWindowInDays: pulumi.Int(window),
		Policy:               pulumi.String(policy(statements...)),
		Tags:                 args.tags("key", name),
	}, pulumi.Parent(k), pulumi.Protect(args.Protect), pulumi.RetainOnDelete(args.Outlives && !args.Disposable))
	if err != nil {
		return nil, fmt.Errorf("creating key %s: %w", name, err)
	}
	if _, err := kms.NewAlias(ctx, name, &kms.AliasArgs{
		Name:        pulumi.String("alias/" + limits.KeyAlias.Name(args.Prefix, name)),
		TargetKeyId: key.KeyId,
	}, pulumi.Parent(k)); err != nil {
		return nil, fmt.Errorf("creating the alias of key %s: %w", name, err)
	}
	k.Arn, k.ID = key.Arn, key.KeyId
	return k, ctx.RegisterResourceOutputs(k, pulumi.Map{"arn": k.Arn, "id": k.ID})
}

// serviceMayUse lets a service encrypt and decrypt with a key, under condition.
func serviceMayUse(service string, condition map[string]map[string][]string) Statement {
	return Statement{
		Effect: "Allow", Principal: &Principal{Service: []string{service}},
		Action:   []string{"kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"},
		Resource: []string{"*"}, Condition: condition,
	}
}

// LogsMayUse lets CloudWatch Logs of the scope's account and region use a key
// for its log groups.
// Source: CloudWatch Logs user guide, "Encrypt log data using AWS KMS".
func LogsMayUse(s Scope) Statement {
	return serviceMayUse("logs."+s.Region+".amazonaws.com", map[string]map[string][]string{
		"ArnLike": {"kms:EncryptionContext:aws:logs:arn": {s.arn("logs", "*")}},
	})
}

// AlarmsMayUse lets CloudWatch alarms publish to topics encrypted with a key.
// Source: SNS developer guide, "Key management", event sources.
func AlarmsMayUse(s Scope) Statement {
	return serviceMayUse("cloudwatch.amazonaws.com", map[string]map[string][]string{
		"StringEquals": {"aws:SourceAccount": {s.AccountID}},
	})
}

// CDNMayUse lets CloudFront read objects encrypted with a key, and write none.
// Source: CloudFront developer guide, "Restrict access to an S3 origin", SSE-KMS.
func CDNMayUse(s Scope) Statement {
	read := serviceMayUse("cloudfront.amazonaws.com", map[string]map[string][]string{
		"ArnLike": {"aws:SourceArn": {s.globalArn("cloudfront", "distribution/*")}},
	})
	read.Action = []string{"kms:Decrypt"}
	return read
}
