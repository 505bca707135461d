package aws

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	recorderToken       = "aws:cfg/recorder:Recorder"
	recorderStatusToken = "aws:cfg/recorderStatus:RecorderStatus"
	channelToken        = "aws:cfg/deliveryChannel:DeliveryChannel"
	configRuleToken     = "aws:cfg/rule:Rule"
	encryptionToken     = "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2"
)

// managedRules are the identifiers of AWS Config's managed rules that somebody
// needed so far.
// Source: AWS Config developer guide, "List of AWS Config managed rules", read
// 2026-11.
var managedRules = strings.Fields(`ACCESS_KEYS_ROTATED ACM_CERTIFICATE_EXPIRATION_CHECK CLOUD_TRAIL_ENABLED
	CLOUDTRAIL_SECURITY_TRAIL_ENABLED CLOUDWATCH_LOG_GROUP_ENCRYPTED DB_INSTANCE_BACKUP_ENABLED EC2_EBS_ENCRYPTION_BY_DEFAULT
	EC2_IMDSV2_CHECK EC2_INSTANCE_NO_PUBLIC_IP EKS_ENDPOINT_NO_PUBLIC_ACCESS EKS_SECRETS_ENCRYPTED ENCRYPTED_VOLUMES
	GUARDDUTY_ENABLED_CENTRALIZED IAM_NO_INLINE_POLICY_CHECK IAM_PASSWORD_POLICY IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS
	IAM_ROOT_ACCESS_KEY_CHECK IAM_USER_MFA_ENABLED IAM_USER_UNUSED_CREDENTIALS_CHECK INCOMING_SSH_DISABLED
	MFA_ENABLED_FOR_IAM_CONSOLE_ACCESS MULTI_REGION_CLOUD_TRAIL_ENABLED RDS_INSTANCE_PUBLIC_ACCESS_CHECK
	RDS_SNAPSHOTS_PUBLIC_PROHIBITED RDS_STORAGE_ENCRYPTED RESTRICTED_INCOMING_TRAFFIC ROOT_ACCOUNT_MFA_ENABLED
	S3_ACCOUNT_LEVEL_PUBLIC_ACCESS_BLOCKS S3_BUCKET_PUBLIC_READ_PROHIBITED S3_BUCKET_PUBLIC_WRITE_PROHIBITED
	S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED S3_BUCKET_SSL_REQUESTS_ONLY VPC_DEFAULT_SECURITY_GROUP_CLOSED VPC_FLOW_LOGS_ENABLED`)

// configTypes are AWS Config's.
func configTypes() []*simcloud.Type {
	return []*simcloud.Type{recorder(), deliveryChannel(), recorderStatus(), configRule()}
}

func recorder() *simcloud.Type {
	return &simcloud.Type{
		Token: recorderToken, Noun: "configuration recorder", IDFrom: "name", Auto: "name", AutoMax: 256, Takes: 2 * time.Second,
		Required: []string{"roleArn"},
		Replace:  []string{"name"},
		Refs: []simcloud.Ref{{
			Path: "roleArn", To: []string{roleToken, linkedRoleToken}, By: "arn", Holds: true,
			Missing: "InvalidRoleException: the role %s does not exist, or AWS Config cannot assume it",
		}},
		Validate: func(in simcloud.Values) []error {
			if in.Bool("recordingGroup.allSupported") && len(in.All("recordingGroup.resourceTypes[]")) > 0 ||
				in.Bool("recordingGroup.includeGlobalResourceTypes") && in.Has("recordingGroup.allSupported") && in.Known("recordingGroup.allSupported") && !in.Bool("recordingGroup.allSupported") {
				return []error{simcloud.Refusal("InvalidRecordingGroupException", "The recording group provided is not valid")}
			}
			return nil
		},
		Refuse: func(op *simcloud.Op) error {
			if op.Old == nil && len(op.All(recorderToken)) > 0 {
				return simcloud.Refusal("MaxNumberOfConfigurationRecordersExceededException",
					"Failed to put configuration recorder '%s' because the maximum number of configuration recorders: 1 is reached.", op.In.String("name"))
			}
			return nil
		},
	}
}

func deliveryChannel() *simcloud.Type {
	return &simcloud.Type{
		Token: channelToken, Noun: "delivery channel", IDFrom: "name", Auto: "name", AutoMax: 256, Takes: 3 * time.Second,
		Required: []string{"s3BucketName"},
		Replace:  []string{"name"},
		Refs: []simcloud.Ref{{
			Path: "s3BucketName", To: []string{bucketToken}, Missing: "NoSuchBucketException: Cannot find a S3 bucket with name '%s'.",
		}, {
			Path: "s3KmsKeyArn", To: []string{keyToken}, By: "arn", Missing: "InvalidS3KmsKeyArnException: The arn '%s' is not a valid kms key arn.",
		}, {
			Path: "snsTopicArn", To: []string{topicToken}, Missing: "InvalidSNSTopicARNException: The sns topic arn '%s' is not valid.",
		}},
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(simcloud.OneOf(in, "snapshotDeliveryProperties.deliveryFrequency", "One_Hour", "Three_Hours", "Six_Hours", "Twelve_Hours", "TwentyFour_Hours"))
		},
		Refuse: refuseChannel,
		Outputs: func(op *simcloud.Op) simcloud.Values {
			logged(op, op.Find(bucketToken, "id", op.In.String("s3BucketName")), "AWSLogs/"+op.Account+"/Config")
			return nil
		},
		Delete: func(op *simcloud.Op) error {
			for _, s := range op.All(recorderStatusToken) {
				if s.In.Bool("isEnabled") {
					return simcloud.Refusal("LastDeliveryChannelDeleteFailedException",
						"Failed to delete last specified delivery channel with name '%s', because there is a running configuration recorder.", op.ID)
				}
			}
			return nil
		},
	}
}

func refuseChannel(op *simcloud.Op) error {
	switch {
	case len(op.All(recorderToken)) == 0:
		return simcloud.Refusal("NoAvailableConfigurationRecorderException", "Configuration recorder is not available to put delivery channel.")
	case op.Old == nil && len(op.All(channelToken)) > 0:
		return simcloud.Refusal("MaxNumberOfDeliveryChannelsExceededException",
			"Failed to put delivery channel '%s' because the maximum number of delivery channels: 1 is reached.", op.In.String("name"))
	}
	const service = "config.amazonaws.com"
	bucket, prefix := op.Find(bucketToken, "id", op.In.String("s3BucketName")), op.In.String("s3KeyPrefix")
	source := arn(op, "config", "recorder")
	policy := bucketDocument(op, bucket.ID)
	if !policy.lets(service, "s3:GetBucketAcl", bucket.Out.String("arn"), op.Account, source) {
		return simcloud.Refusal("InsufficientDeliveryPolicyException", "Insufficient delivery policy to s3 bucket: %s, unable to get s3 bucket acl.", bucket.ID)
	}
	key := op.In.String("s3KmsKeyArn")
	if e := op.Find(encryptionToken, "bucket", bucket.ID); key == "" && e != nil {
		key = e.In.String("rules[].applyServerSideEncryptionByDefault.kmsMasterKeyId")
	}
	file := bucket.Out.String("arn") + "/" + strings.TrimPrefix(prefix+"/AWSLogs/"+op.Account+"/Config/object", "/")
	if !policy.lets(service, "s3:PutObject", file, op.Account, source) ||
		key != "" && !keyDocument(op, key).lets(service, "kms:GenerateDataKey", key, op.Account, source) {
		return simcloud.Refusal("InsufficientDeliveryPolicyException",
			"Insufficient delivery policy to s3 bucket: %s, unable to write to bucket, provided s3 key prefix is '%s', provided kms key is '%s'.",
			bucket.ID, orNull(prefix), orNull(op.In.String("s3KmsKeyArn")))
	}
	return nil
}

func orNull(text string) string {
	if text == "" {
		return "null"
	}
	return text
}

func recorderStatus() *simcloud.Type {
	return &simcloud.Type{
		Token: recorderStatusToken, Noun: "recorder status", IDFrom: "name",
		Required: []string{"isEnabled", "name"},
		Replace:  []string{"name"},
		Refs: []simcloud.Ref{{
			Path: "name", To: []string{recorderToken},
			Missing: "NoSuchConfigurationRecorderException: Cannot find configuration recorder with the specified name '%s'.",
		}},
		Refuse: func(op *simcloud.Op) error {
			if op.In.Bool("isEnabled") && len(op.All(channelToken)) == 0 {
				return simcloud.Refusal("NoAvailableDeliveryChannelException", "Delivery channel is not available to start configuration recorder.")
			}
			return nil
		},
	}
}

func configRule() *simcloud.Type {
	return &simcloud.Type{
		Token: configRuleToken, Noun: "config rule", IDFrom: "name", Auto: "name", AutoMax: 128, Takes: 2 * time.Second,
		Required: []string{"source"},
		Replace:  []string{"name"},
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(longest(in, "name", 128), longest(in, "description", 256), longest(in, "inputParameters", 1024),
				simcloud.OneOf(in, "source.owner", "AWS", "CUSTOM_LAMBDA", "CUSTOM_POLICY"),
				simcloud.OneOf(in, "maximumExecutionFrequency", "One_Hour", "Three_Hours", "Six_Hours", "Twelve_Hours", "TwentyFour_Hours"))
			if text := in.String("inputParameters"); text != "" && !json.Valid([]byte(text)) {
				errs = append(errs, fmt.Errorf("\"inputParameters\" contains an invalid JSON: %s", text))
			}
			return errs
		},
		Refuse: func(op *simcloud.Op) error {
			id := op.In.String("source.sourceIdentifier")
			switch managed := op.In.String("source.owner") == "AWS"; {
			case managed && len(op.All(recorderToken)) == 0:
				return simcloud.Refusal("NoAvailableConfigurationRecorderException", "You must create a configuration recorder before you can create or update a Config rule.")
			case managed && !slices.Contains(managedRules, id):
				return simcloud.Refusal("InvalidParameterValueException",
					"The sourceIdentifier %s is invalid. Please refer to the documentation for a list of valid sourceIdentifiers that can be used when AWS is the Owner.", id)
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			id := "config-rule-" + op.Hex(6, "rule")
			return simcloud.Values{"arn": arn(op, "config", "config-rule/"+id), "ruleId": id}
		},
	}
}
