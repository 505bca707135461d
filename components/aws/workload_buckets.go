package aws

import (
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// BucketUse is a bucket whose objects a workload uses.
type BucketUse struct {
	// Arn is the bucket's, and KeyArn that of the key that encrypts its objects.
	Arn, KeyArn pulumi.StringInput
	// Write lets it write and delete objects beside reading them.
	Write bool
}

// UseBuckets is the policy that lets its holder at the objects of buckets, by a name
// of the buckets', and at nothing else of them: neither their versions nor how they
// are set up. S3 alone uses their keys for it.
// Source: S3 user guide, "Required permissions for Amazon S3 API operations", and
// "Using server-side encryption with AWS KMS keys", section on multipart uploads.
func UseBuckets(s Scope, buckets map[string]BucketUse) pulumi.StringOutput {
	names := slices.Sorted(maps.Keys(buckets))
	var arns []any
	for _, name := range names {
		arns = append(arns, buckets[name].Arn, buckets[name].KeyArn)
	}
	return pulumi.All(arns...).ApplyT(func(all []any) string {
		var statements []Statement
		for i, name := range names {
			bucket, _ := all[2*i].(string)
			key, _ := all[2*i+1].(string)
			statements = append(statements, useBucket(s, strings.ToUpper(name[:1])+name[1:], bucket, key, buckets[name].Write)...)
		}
		return policy(statements...)
	}).(pulumi.StringOutput)
}

// useBucket are the rights in one bucket.
func useBucket(s Scope, sid, bucket, key string, write bool) []Statement {
	list, objects, crypt := "GetBucketLocation ListBucket", "GetObject", "Decrypt"
	if write {
		list += " ListBucketMultipartUploads"
		objects += " PutObject DeleteObject AbortMultipartUpload ListMultipartUploadParts"
		crypt += " GenerateDataKey"
	}
	use := allow(sid+"Key", words("kms", crypt), []string{key})
	use.Condition = map[string]map[string][]string{"StringEquals": {"kms:ViaService": {"s3." + s.Region + ".amazonaws.com"}}}
	return []Statement{
		allow(sid, words("s3", list), []string{bucket}), allow(sid+"Objects", words("s3", objects), []string{bucket + "/*"}), use,
	}
}
