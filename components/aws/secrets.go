package aws

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/secretsmanager"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// SecretsArgs are the arguments of NewSecrets.
type SecretsArgs struct {
	Scope
	// KeyArn is the key that encrypts the secrets.
	KeyArn pulumi.StringInput
	// Secrets are the secrets, by name.
	Secrets map[string]SecretArgs
}

// SecretArgs are one secret: a place for a value that people or pipelines put
// in. The program never has the value.
type SecretArgs struct {
	// Purpose says what the secret opens; it is its description.
	Purpose string
	// RotationDays is how old a value may become, at most 90; 0 for never.
	RotationDays int
	// RotationFunctionArn is the Lambda function that makes a new value. It must
	// let Secrets Manager invoke it.
	RotationFunctionArn string
}

// Secrets are secrets in Secrets Manager, which answer over TLS and inside the
// account only.
type Secrets struct {
	pulumi.ResourceState

	// Arns are the secrets' ARNs, by name.
	Arns map[string]pulumi.StringOutput
}

// rotationDays is the longest that a secret may go without a new value.
// Source: Foundational Security Best Practices, SecretsManager.4.
const rotationDays = 90

// NewSecrets makes secrets without values. A deleted secret can be had back for
// 30 days; in a disposable scope it is gone at once.
func NewSecrets(ctx *pulumi.Context, name string, args *SecretsArgs, opts ...pulumi.ResourceOption) (*Secrets, error) {
	if err := args.check(); err != nil {
		return nil, fmt.Errorf("creating secrets %s: %w", name, err)
	}
	s := &Secrets{Arns: map[string]pulumi.StringOutput{}}
	if err := component.Register(ctx, "aws", "Secrets", name, s, opts...); err != nil {
		return nil, err
	}
	arns := pulumi.StringMap{}
	for _, key := range slices.Sorted(maps.Keys(args.Secrets)) {
		one, child := args.Secrets[key], name+"-"+key
		secret, err := args.secret(ctx, "secrets", child, one.Purpose, args.KeyArn, pulumi.Parent(s))
		if err != nil {
			return nil, err
		}
		if one.RotationDays > 0 {
			// The first value is not there yet, so there is nothing to rotate at once.
			if _, err := secretsmanager.NewSecretRotation(ctx, child, &secretsmanager.SecretRotationArgs{
				SecretId: secret.Arn, RotationLambdaArn: pulumi.String(one.RotationFunctionArn), RotateImmediately: pulumi.Bool(false),
				RotationRules: secretsmanager.SecretRotationRotationRulesArgs{AutomaticallyAfterDays: pulumi.Int(one.RotationDays)},
			}, pulumi.Parent(s)); err != nil {
				return nil, fmt.Errorf("rotating secret %s: %w", child, err)
			}
		}
		s.Arns[key], arns[key] = secret.Arn, secret.Arn
	}
	return s, ctx.RegisterResourceOutputs(s, pulumi.Map{"arns": arns})
}

func (a *SecretsArgs) check() error {
	var errs []error
	if a.KeyArn == nil {
		errs = append(errs, errors.New("KeyArn is missing"))
	}
	for _, name := range slices.Sorted(maps.Keys(a.Secrets)) {
		s := a.Secrets[name]
		if s.Purpose == "" {
			errs = append(errs, fmt.Errorf("Secrets[%s].Purpose is missing", name))
		}
		if s.RotationDays < 0 || s.RotationDays > rotationDays {
			errs = append(errs, fmt.Errorf("Secrets[%s].RotationDays: got %d, want 0 to %d", name, s.RotationDays, rotationDays))
		}
		if (s.RotationDays > 0) != (s.RotationFunctionArn != "") {
			errs = append(errs, fmt.Errorf("Secrets[%s]: got %d RotationDays and RotationFunctionArn %q, want both or neither", name, s.RotationDays, s.RotationFunctionArn))
		}
	}
	return errors.Join(errs...)
}

// secret makes a secret without a value, and its resource policy. Its name is
// left to Pulumi: that of a deleted secret stays taken while it can be had back.
func (s Scope) secret(ctx *pulumi.Context, comp, name, purpose string, key pulumi.StringInput, parent pulumi.ResourceOption) (*secretsmanager.Secret, error) {
	window := 30
	if s.Disposable {
		window = 0 // gone at once, as the rest of the stack is
	}
	secret, err := secretsmanager.NewSecret(ctx, name, &secretsmanager.SecretArgs{
		Description: pulumi.String(purpose), KmsKeyId: key.ToStringOutput().ToStringPtrOutput(),
		RecoveryWindowInDays: pulumi.Int(window), Tags: s.tags(comp, name),
	}, parent, pulumi.Protect(s.Protect))
	if err != nil {
		return nil, fmt.Errorf("creating secret %s: %w", name, err)
	}
	if _, err := secretsmanager.NewSecretPolicy(ctx, name, &secretsmanager.SecretPolicyArgs{
		SecretArn: secret.Arn, Policy: pulumi.String(s.secretPolicy()), BlockPublicPolicy: pulumi.Bool(true),
	}, parent); err != nil {
		return nil, fmt.Errorf("setting the policy of secret %s: %w", name, err)
	}
	return secret, nil
}

// secretPolicy refuses what comes in clear and what comes from other accounts;
// who may do what inside the account, IAM policies say. Services of AWS call on
// the account's behalf without belonging to it.
func (s Scope) secretPolicy() string {
	deny := Statement{
		Effect: "Deny", Principal: &Principal{AWS: []string{"*"}}, Action: []string{"secretsmanager:*"}, Resource: []string{"*"},
	}
	clear, foreign := deny, deny
	clear.Sid = "DenyClearText"
	clear.Condition = map[string]map[string][]string{"Bool": {"aws:SecureTransport": {"false"}}}
	foreign.Sid = "DenyOtherAccounts"
	foreign.Condition = map[string]map[string][]string{
		"StringNotEquals": {"aws:PrincipalAccount": {s.AccountID}}, "BoolIfExists": {"aws:PrincipalIsAWSService": {"false"}},
	}
	return policy(clear, foreign)
}

// ReadSecrets is the policy that lets its holder read secrets and decrypt them
// with their keys, through Secrets Manager alone.
func ReadSecrets(s Scope, secrets, keys []pulumi.StringInput) pulumi.StringOutput {
	all := make([]any, 0, len(secrets)+len(keys))
	for _, in := range slices.Concat(secrets, keys) {
		all = append(all, in)
	}
	return pulumi.All(all...).ApplyT(func(v []any) string {
		texts := make([]string, len(v))
		for i := range v {
			texts[i], _ = v[i].(string)
		}
		arns, keys := texts[:len(secrets)], slices.Compact(slices.Sorted(slices.Values(texts[len(secrets):])))
		open := allow("Decrypt", []string{"kms:Decrypt"}, keys)
		open.Condition = map[string]map[string][]string{"StringEquals": {"kms:ViaService": {"secretsmanager." + s.Region + ".amazonaws.com"}}}
		return policy(allow("Read", []string{"secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"}, arns), open)
	}).(pulumi.StringOutput)
}
