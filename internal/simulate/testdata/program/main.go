// Command program is the program of the tests: a key, and some log groups
// encrypted with it.
package main

import (
	"fmt"
	"strconv"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/kms"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const keyPolicy = `{"Version":"2012-10-17","Statement":[
{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::111122223333:root"]},"Action":["kms:*"],"Resource":["*"]},
{"Effect":"Allow","Principal":{"Service":["logs.eu-west-1.amazonaws.com"]},"Action":["kms:GenerateDataKey*"],"Resource":["*"]}]}`

func main() { pulumi.Run(program) }

func program(ctx *pulumi.Context) error {
	provider, err := aws.NewProvider(ctx, "aws", &aws.ProviderArgs{
		Region:      pulumi.String("eu-west-1"),
		DefaultTags: &aws.ProviderDefaultTagsArgs{Tags: pulumi.StringMap{"stack": pulumi.String(ctx.Stack())}},
	})
	if err != nil {
		return err
	}
	opt := pulumi.Provider(provider)
	key, err := kms.NewKey(ctx, "key", &kms.KeyArgs{Policy: pulumi.String(keyPolicy)}, opt)
	if err != nil {
		return err
	}
	text, _ := ctx.GetConfig("sample:days")
	days, err := strconv.Atoi(text)
	if err != nil {
		return fmt.Errorf("reading sample:days: %w", err)
	}
	for i := range 5 {
		group, err := cloudwatch.NewLogGroup(ctx, fmt.Sprint("group-", i), &cloudwatch.LogGroupArgs{
			KmsKeyId: key.Arn, RetentionInDays: pulumi.Int(days),
		}, opt)
		if err != nil {
			return err
		}
		ctx.Export(fmt.Sprint("group", i), group.Arn)
	}
	return nil
}
