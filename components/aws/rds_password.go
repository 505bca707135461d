package aws

import (
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/secretsmanager"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// masterPassword says where the master user's password comes from.
func (b *rdsBuilder) masterPassword(args *rds.InstanceArgs) {
	if b.Password != nil {
		args.Password = pulumi.ToSecret(b.Password).(pulumi.StringOutput).ToStringPtrOutput()
		return
	}
	args.ManageMasterUserPassword = pulumi.Bool(true)
	args.MasterUserSecretKmsKeyId = b.KeyArn.ToStringOutput().ToStringPtrOutput()
}

// masterSecret tells the secret that holds the master user's name and password.
// A password of the arguments' gets a secret of the same form as RDS makes, so
// that whoever reads it need not know which it is.
func (b *rdsBuilder) masterSecret() error {
	if b.Password == nil {
		b.db.MasterSecretArn = b.instance.MasterUserSecrets.ApplyT(func(secrets []rds.InstanceMasterUserSecret) string {
			if len(secrets) == 0 || secrets[0].SecretArn == nil {
				return ""
			}
			return *secrets[0].SecretArn
		}).(pulumi.StringOutput)
		return nil
	}
	name := b.name + "-master"
	window := 30
	if b.Disposable {
		window = 0 // gone at once, as the database is
	}
	secret, err := secretsmanager.NewSecret(b.ctx, name, &secretsmanager.SecretArgs{
		Description: pulumi.String("Master user of " + b.Prefix + "-" + b.name),
		KmsKeyId:    b.KeyArn.ToStringOutput().ToStringPtrOutput(), RecoveryWindowInDays: pulumi.Int(window),
		Tags: b.tags("rds", name),
	}, pulumi.Parent(b.db))
	if err != nil {
		return fmt.Errorf("creating secret %s: %w", name, err)
	}
	value := pulumi.ToSecret(b.Password).(pulumi.StringOutput).ApplyT(func(password string) (string, error) {
		text, err := json.Marshal(map[string]string{"username": masterUser, "password": password})
		return string(text), err
	}).(pulumi.StringOutput)
	if _, err := secretsmanager.NewSecretVersion(b.ctx, name, &secretsmanager.SecretVersionArgs{
		SecretId: secret.ID(), SecretString: value.ToStringPtrOutput(),
	}, pulumi.Parent(b.db)); err != nil {
		return fmt.Errorf("writing secret %s: %w", name, err)
	}
	b.db.MasterSecretArn = secret.Arn
	return nil
}
