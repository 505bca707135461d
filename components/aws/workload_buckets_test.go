package aws

import (
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// A workload does with a bucket's objects what it was given, and nothing with the
// bucket; its key it uses through S3 alone.
func TestUseBuckets(t *testing.T) {
	g := run(t, func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		key := pulumi.String("arn:aws:kms:eu-west-1:111122223333:key/k")
		_, err := iam.NewPolicy(ctx, "buckets", &iam.PolicyArgs{Policy: UseBuckets(testScope(), map[string]BucketUse{
			"uploads": {Arn: pulumi.String("arn:aws:s3:::up"), KeyArn: key, Write: true},
			"assets":  {Arn: pulumi.String("arn:aws:s3:::as"), KeyArn: key},
		})}, opt)
		return err
	})
	rights := bySid(t, g.One(t, "aws:iam/policy:Policy", "buckets").Inputs.String("policy"))
	for sid, want := range map[string][2]string{
		"Assets":         {"s3:GetBucketLocation s3:ListBucket", "arn:aws:s3:::as"},
		"AssetsObjects":  {"s3:GetObject", "arn:aws:s3:::as/*"},
		"AssetsKey":      {"kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:key/k"},
		"Uploads":        {"s3:GetBucketLocation s3:ListBucket s3:ListBucketMultipartUploads", "arn:aws:s3:::up"},
		"UploadsObjects": {"s3:GetObject s3:PutObject s3:DeleteObject s3:AbortMultipartUpload s3:ListMultipartUploadParts", "arn:aws:s3:::up/*"},
		"UploadsKey":     {"kms:Decrypt kms:GenerateDataKey", "arn:aws:kms:eu-west-1:111122223333:key/k"},
	} {
		s := rights[sid]
		if got := [2]string{strings.Join(s.Action, " "), strings.Join(s.Resource, " ")}; got != want {
			t.Errorf("%s: got %v, want %v", sid, got, want)
		}
		via := s.Condition["StringEquals"]["kms:ViaService"]
		if strings.HasSuffix(sid, "Key") && !slices.Equal(via, []string{"s3.eu-west-1.amazonaws.com"}) {
			t.Errorf("%s: the key is used through %v", sid, via)
		}
	}
	if len(rights) != 6 {
		t.Errorf("got the statements %v", rights)
	}
}
