package aws

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudtrail"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// trailName is what CloudTrail allows for a trail's name. The name is set: the
// policy that lets the trail write names it before it exists.
var trailName = component.Limit{Max: 128, Extra: "._"}

// trailARN is the ARN that the trail is going to have.
func (b *baselineBuilder) trailARN() string {
	return b.arn("cloudtrail", "trail/"+trailName.Name(b.Prefix, b.name))
}

// bucket makes the bucket of the audit files. The trail's are read in the first
// weeks after an incident, if at all, and then archived.
func (b *baselineBuilder) bucket() (*Bucket, error) {
	return NewBucket(b.ctx, b.name+"-audit", &BucketArgs{
		Scope: b.Scope, Purpose: "who did what, and what was configured how", KeyArn: b.KeyArn, LogBucket: b.LogBucket,
		InfrequentDays: infrequentDays, ArchiveDays: 90, ExpireDays: b.TrailDays, NoncurrentDays: infrequentDays,
		EmptyOnDelete: b.EmptyOnDelete, Grants: b.auditWriters,
	}, b.in)
}

// auditWriters let this trail and the account's AWS Config write into the bucket.
// Sources: CloudTrail user guide, "Amazon S3 bucket policy for CloudTrail"; AWS
// Config developer guide, "Permissions for the Amazon S3 bucket".
func (b *baselineBuilder) auditWriters(bucket string) []Statement {
	service := func(sid, name string, actions []string, resource string, condition map[string][]string) Statement {
		s := allow(sid, actions, []string{resource})
		s.Principal, s.Condition = &Principal{Service: []string{name}}, map[string]map[string][]string{"StringEquals": condition}
		return s
	}
	const trails, config = "cloudtrail.amazonaws.com", "config.amazonaws.com"
	owned, files := []string{"bucket-owner-full-control"}, bucket+"/AWSLogs/"+b.AccountID
	return []Statement{
		service("TrailCheck", trails, []string{"s3:GetBucketAcl"}, bucket, map[string][]string{"aws:SourceArn": {b.trailARN()}}),
		service("TrailWrite", trails, []string{"s3:PutObject"}, files+"/*", map[string][]string{"aws:SourceArn": {b.trailARN()}, "s3:x-amz-acl": owned}),
		service("ConfigCheck", config, []string{"s3:GetBucketAcl", "s3:ListBucket"}, bucket, map[string][]string{"aws:SourceAccount": {b.AccountID}}),
		service("ConfigWrite", config, []string{"s3:PutObject"}, files+"/Config/*", map[string][]string{"aws:SourceAccount": {b.AccountID}, "s3:x-amz-acl": owned}),
	}
}

// trail makes the trail of all regions, and the log group in which it can be
// searched and in which the alarms watch it.
func (b *baselineBuilder) trail(bucket *Bucket) (*cloudtrail.Trail, *bound, error) {
	name := b.name + "-trail"
	path := pulumi.String(limits.LogGroup.Name("/aws/cloudtrail/"+b.Prefix, b.name))
	group, err := b.logGroup(b.ctx, "security", name, path, b.KeyArn, b.LogDays, b.in)
	if err != nil {
		return nil, nil, err
	}
	role, err := iam.NewRole(b.ctx, name, &iam.RoleArgs{
		AssumeRolePolicy: pulumi.String(policy(Statement{
			Effect: "Allow", Action: []string{"sts:AssumeRole"}, Principal: &Principal{Service: []string{"cloudtrail.amazonaws.com"}},
			Condition: map[string]map[string][]string{"StringEquals": {"aws:SourceArn": {b.trailARN()}}},
		})),
		Tags: b.tags("security", name),
	}, b.in)
	if err != nil {
		return nil, nil, fmt.Errorf("creating the trail's role: %w", err)
	}
	writes, err := iam.NewRolePolicy(b.ctx, name, &iam.RolePolicyArgs{
		Role: role.Name,
		Policy: group.Arn.ApplyT(func(group string) string {
			streams := group + ":log-stream:" + b.AccountID + "_CloudTrail_" + b.Region + "*"
			return policy(allow("Write", []string{"logs:CreateLogStream", "logs:PutLogEvents"}, []string{streams}))
		}).(pulumi.StringOutput),
	}, b.in)
	if err != nil {
		return nil, nil, fmt.Errorf("creating the policy of the trail's role: %w", err)
	}
	trail, err := cloudtrail.NewTrail(b.ctx, b.name, &cloudtrail.TrailArgs{
		Name:                       pulumi.String(trailName.Name(b.Prefix, b.name)),
		S3BucketName:               bucket.Name,
		KmsKeyId:                   b.KeyArn.ToStringOutput().ToStringPtrOutput(),
		EnableLogging:              pulumi.Bool(true),
		IsMultiRegionTrail:         pulumi.Bool(true),
		IncludeGlobalServiceEvents: pulumi.Bool(true),
		EnableLogFileValidation:    pulumi.Bool(true),
		CloudWatchLogsGroupArn:     pulumi.Sprintf("%s:*", group.Arn),
		CloudWatchLogsRoleArn:      role.Arn,
		Tags:                       b.tags("security", b.name),
	}, b.in, pulumi.Protect(b.Protect), pulumi.DependsOn([]pulumi.Resource{writes}))
	if err != nil {
		return nil, nil, fmt.Errorf("creating trail %s: %w", b.name, err)
	}
	return trail, group, nil
}
