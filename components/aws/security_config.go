package aws

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// config records the configuration of everything in the region and of what is
// global, and checks it. What it returns is there when the recorder runs.
func (b *baselineBuilder) config(bucket *Bucket) (pulumi.Resource, error) {
	role, err := b.configRole()
	if err != nil {
		return nil, err
	}
	recorder, err := bind(b.ctx, "aws:cfg/recorder:Recorder", b.name, pulumi.Map{
		"roleArn": role, "recordingGroup": pulumi.Map{"allSupported": pulumi.Bool(true), "includeGlobalResourceTypes": pulumi.Bool(true)},
	}, b.in)
	if err != nil {
		return nil, fmt.Errorf("creating recorder %s: %w", b.name, err)
	}
	channel, err := bind(b.ctx, "aws:cfg/deliveryChannel:DeliveryChannel", b.name, pulumi.Map{
		"s3BucketName": bucket.Name, "s3KmsKeyArn": b.KeyArn,
		"snapshotDeliveryProperties": pulumi.Map{"deliveryFrequency": pulumi.String("TwentyFour_Hours")},
	}, b.in, pulumi.DependsOn([]pulumi.Resource{recorder}))
	if err != nil {
		return nil, fmt.Errorf("creating delivery channel %s: %w", b.name, err)
	}
	running, err := bind(b.ctx, "aws:cfg/recorderStatus:RecorderStatus", b.name, pulumi.Map{
		"name": recorder.Name, "isEnabled": pulumi.Bool(true),
	}, b.in, pulumi.DependsOn([]pulumi.Resource{channel}))
	if err != nil {
		return nil, fmt.Errorf("starting recorder %s: %w", b.name, err)
	}
	return running, b.rules(running)
}

// configRole is the ARN of AWS Config's service-linked role, which Security Hub
// wants to see and not another.
// Source: Security Hub user guide, control Config.1.
func (b *baselineBuilder) configRole() (pulumi.StringInput, error) {
	const service = "config.amazonaws.com"
	if b.ExistingConfigRole {
		return pulumi.String(b.globalArn("iam", "role/aws-service-role/"+service+"/AWSServiceRoleForConfig")), nil
	}
	name := b.name + "-config"
	role, err := iam.NewServiceLinkedRole(b.ctx, name, &iam.ServiceLinkedRoleArgs{
		AwsServiceName: pulumi.String(service), Tags: b.tags("security", name),
	}, b.in)
	if err != nil {
		return nil, fmt.Errorf("creating the service-linked role of AWS Config: %w", err)
	}
	return role.Arn, nil
}

// conformance are the rules that every account of ours keeps: the managed rule,
// its parameters, and what it wants. They are few, since each costs per
// evaluation; Security Hub has the long lists.
// Source: AWS Config developer guide, "List of AWS Config managed rules".
var conformance = map[string]struct{ rule, parameters, wants string }{
	"root-mfa":        {"ROOT_ACCOUNT_MFA_ENABLED", "", "The root user signs in with a second factor."},
	"root-keys":       {"IAM_ROOT_ACCESS_KEY_CHECK", "", "The root user has no access keys."},
	"console-mfa":     {"MFA_ENABLED_FOR_IAM_CONSOLE_ACCESS", "", "Whoever signs in with a password has a second factor."},
	"admin-policies":  {"IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS", "", "No policy of ours allows everything."},
	"access-keys":     {"ACCESS_KEYS_ROTATED", `{"maxAccessKeyAge":"90"}`, "No access key is older than 90 days."},
	"trail":           {"CLOUDTRAIL_SECURITY_TRAIL_ENABLED", "", "A validated, encrypted trail covers all regions."},
	"volumes":         {"ENCRYPTED_VOLUMES", "", "Attached volumes are encrypted."},
	"metadata":        {"EC2_IMDSV2_CHECK", "", "Instances answer metadata requests with tokens only."},
	"ssh":             {"INCOMING_SSH_DISABLED", "", "SSH is open to nobody's internet."},
	"default-group":   {"VPC_DEFAULT_SECURITY_GROUP_CLOSED", "", "Default security groups let nothing through."},
	"flow-logs":       {"VPC_FLOW_LOGS_ENABLED", "", "Networks record their traffic."},
	"bucket-read":     {"S3_BUCKET_PUBLIC_READ_PROHIBITED", "", "No bucket can be read by the public."},
	"bucket-tls":      {"S3_BUCKET_SSL_REQUESTS_ONLY", "", "Buckets refuse requests in clear text."},
	"database-public": {"RDS_INSTANCE_PUBLIC_ACCESS_CHECK", "", "No database answers the internet."},
	"database-disks":  {"RDS_STORAGE_ENCRYPTED", "", "Databases are encrypted."},
	"cluster-secrets": {"EKS_SECRETS_ENCRYPTED", "", "Kubernetes secrets are encrypted with a key of ours."},
}

func (b *baselineBuilder) rules(running pulumi.Resource) error {
	for _, key := range slices.Sorted(maps.Keys(conformance)) {
		c, name := conformance[key], b.name+"-"+key
		args := pulumi.Map{
			"description": pulumi.String(c.wants),
			"source":      pulumi.Map{"owner": pulumi.String("AWS"), "sourceIdentifier": pulumi.String(c.rule)},
			"tags":        b.tags("security", name),
		}
		if c.parameters != "" {
			args["inputParameters"] = pulumi.String(c.parameters)
		}
		if _, err := bind(b.ctx, "aws:cfg/rule:Rule", name, args, b.in, pulumi.DependsOn([]pulumi.Resource{running})); err != nil {
			return fmt.Errorf("creating rule %s: %w", name, err)
		}
	}
	return nil
}
