package policies

import (
	"slices"
	"strings"
)

// ownTags are on every resource; defaultTags come from its provider.
var (
	ownTags     = []string{"component", "Name"}
	defaultTags = []string{"project", "stack", "team", "cost-centre", "managed-by"}
)

// untaggable are the types that the provider gives no tags: parts of another
// resource, and what CloudFront and KMS know without them. A type that is not
// here must be tagged.
// Source: the arguments of each type in pulumi-aws 6.83.
const untaggable = `
	autoscaling.Schedule backup.RestoreTestingSelection backup.Selection backup.VaultLockConfiguration backup.VaultNotifications
	backup.VaultPolicy cfg.DeliveryChannel cfg.Recorder cfg.RecorderStatus cloudwatch.EventTarget cloudwatch.LogMetricFilter costexplorer.CostAllocationTag
	ebs.DefaultKmsKey ebs.EncryptionByDefault ec2.InstanceMetadataDefaults guardduty.DetectorFeature iam.AccountPasswordPolicy
	inspector2.Enabler s3.AccountPublicAccessBlock scheduler.Schedule securityhub.Account securityhub.StandardsSubscription
	acm.CertificateValidation route53.Record route53.HostedZoneDnsSec route53.KeySigningKey route53.QueryLog
	cloudfront.CachePolicy cloudfront.Function cloudfront.OriginAccessControl cloudfront.ResponseHeadersPolicy
	cloudwatch.LogResourcePolicy shield.Subscription wafv2.WebAclAssociation wafv2.WebAclLoggingConfiguration
	ec2.NetworkAclAssociation ec2.Route ec2.RouteTableAssociation ec2.SecurityGroupRule ec2.VpcIpv4CidrBlockAssociation
	ecr.LifecyclePolicy ecr.PullThroughCacheRule ecr.RepositoryCreationTemplate ecr.RepositoryPolicy
	appautoscaling.Policy ecs.ClusterCapacityProviders eks.AccessPolicyAssociation
	iam.RolePolicy iam.RolePolicyAttachment
	kms.Alias
	s3.BucketLifecycleConfigurationV2 s3.BucketLoggingV2 s3.BucketOwnershipControls s3.BucketPolicy
	s3.BucketPublicAccessBlock s3.BucketReplicationConfig s3.BucketServerSideEncryptionConfigurationV2 s3.BucketVersioningV2
	s3.Inventory rds.ProxyDefaultTargetGroup rds.ProxyTarget
	secretsmanager.SecretPolicy secretsmanager.SecretRotation secretsmanager.SecretVersion
	sns.TopicPolicy sns.TopicSubscription sqs.QueuePolicy cloudwatch.EventTarget
`

func taggable(r resource) bool {
	// What is in a cluster has labels instead.
	return !strings.HasPrefix(r.kind, "pulumi:") && !strings.HasPrefix(r.Type, "kubernetes:") && !slices.Contains(strings.Fields(untaggable), r.kind)
}

// tagged wants tags at a path (of one map, or of several if a list is in it),
// each with all keys.
func tagged(path string, keys []string) check {
	return local(func(r resource) (all []string) {
		tags := r.Inputs.Objects(path)
		if len(tags) == 0 {
			return complain("%s is not set", path)
		}
		for _, t := range tags {
			for _, key := range keys {
				if t.String(key) == "" {
					all = append(all, path+" lacks "+key)
				}
			}
		}
		return all
	})
}
