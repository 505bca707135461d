package aws

import (
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const baselineAccount = `"StringEquals":{"aws:SourceAccount":"111122223333"}`

// baselineLet lets a service write its files into the bucket audit.
func baselineLet(service, condition string) string {
	return `{"Effect":"Allow","Principal":{"Service":"` + service + `"},"Action":["s3:GetBucketAcl","s3:PutObject"],` +
		`"Resource":["arn:aws:s3:::audit","arn:aws:s3:::audit/AWSLogs/111122223333/*"],"Condition":{` + condition + `}}`
}

func baselineKey(service string) s3Step {
	return s3Step{name: "key", token: keyToken, in: simcloud.Values{"policy": `{"Version":"2012-10-17","Statement":[` +
		`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"},` +
		`{"Effect":"Allow","Principal":{"Service":"` + service + `"},"Action":"kms:GenerateDataKey*","Resource":"*","Condition":{` + baselineAccount + `}}]}`}}
}

func baselineTrail(name string, more simcloud.Values) s3Step {
	in := simcloud.Values{"name": name, "s3BucketName": "audit"}
	for k, v := range more {
		in[k] = v
	}
	return s3Step{name: name, token: trailToken, in: in}
}

// baselineLogs are a log group, and a role with a trust and a policy.
func baselineLogs(trusted, action string) []s3Step {
	return []s3Step{
		{name: "group", token: logGroupToken, in: simcloud.Values{"name": "trail"}},
		{name: "role", token: roleToken, in: simcloud.Values{"name": "trail", "assumeRolePolicy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"` + trusted + `"},"Action":"sts:AssumeRole"}]}`}},
		{name: "writes", token: rolePolicyToken, in: simcloud.Values{"name": "w", "role": "{role.name}", "policy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["logs:CreateLogStream","` + action + `"],"Resource":"{group.arn}:*"}]}`}},
	}
}

func TestBaselineTrail(t *testing.T) {
	const trails = "cloudtrail.amazonaws.com"
	open := []s3Step{s3BucketStep("audit"), s3PolicyStep("audit", baselineLet(trails, baselineAccount))}
	with := func(steps ...s3Step) []s3Step { return append(append([]s3Step{}, open...), steps...) }
	other := baselineLet(trails, `"ArnEquals":{"aws:SourceArn":"arn:aws:cloudtrail:eu-west-1:111122223333:trail/other"}`)
	key, logs := simcloud.Values{"kmsKeyId": "{key.arn}"}, simcloud.Values{"cloudWatchLogsGroupArn": "{group.arn}:*", "cloudWatchLogsRoleArn": "{role.arn}"}
	bare := simcloud.Values{"cloudWatchLogsGroupArn": "{group.arn}", "cloudWatchLogsRoleArn": "{role.arn}"}
	fine := with(append(baselineLogs(trails, "logs:PutLogEvents"), baselineKey(trails), baselineTrail("audit-trail", simcloud.Values{"kmsKeyId": "{key.arn}", "cloudWatchLogsGroupArn": "{group.arn}:*", "cloudWatchLogsRoleArn": "{role.arn}"}))...)
	five := with()
	for _, n := range []string{"one", "two", "three", "four", "five", "six"} {
		five = append(five, baselineTrail(n, nil))
	}
	s3Run(t, []s3Case{
		{"fine", fine, ""},
		{"no bucket", []s3Step{baselineTrail("trail", nil)}, "S3BucketDoesNotExistException: S3 bucket audit does not exist!"},
		{"bucket without a policy", []s3Step{s3BucketStep("audit"), baselineTrail("trail", nil)}, "InsufficientS3BucketPolicyException: Incorrect S3 bucket policy is detected for bucket: audit"},
		{"bucket for another service", []s3Step{s3BucketStep("audit"), s3PolicyStep("audit", baselineLet("config.amazonaws.com", baselineAccount)), baselineTrail("trail", nil)}, "InsufficientS3BucketPolicyException"},
		{"bucket for another trail", []s3Step{s3BucketStep("audit"), s3PolicyStep("audit", other), baselineTrail("trail", nil)}, "InsufficientS3BucketPolicyException"},
		{"bucket for another prefix", with(baselineTrail("trail", simcloud.Values{"s3KeyPrefix": "x"})), "InsufficientS3BucketPolicyException"},
		{"key for another service", with(baselineKey("config.amazonaws.com"), baselineTrail("trail", key)), "InsufficientEncryptionPolicyException: Insufficient permissions to access S3 bucket audit or KMS key arn:aws:kms:"},
		{"no key", with(baselineTrail("trail", simcloud.Values{"kmsKeyId": "arn:aws:kms:eu-west-1:111122223333:key/1"})), "KmsKeyNotFoundException"},
		{"name taken", with(baselineTrail("trail", nil), s3Step{name: "again", token: trailToken, in: simcloud.Values{"name": "trail", "s3BucketName": "audit"}}), "TrailAlreadyExistsException: Trail trail already exists for customer: 111122223333"},
		{"six trails", five, "MaximumNumberOfTrailsExceededException: User: 111122223333 already has 5 trails in eu-west-1."},
		{"short name", with(baselineTrail("ab", nil)), "InvalidTrailNameException"},
		{"odd name", with(baselineTrail("a__b", nil)), "invalid value for name"},
		{"group without a role", with(baselineTrail("trail", simcloud.Values{"cloudWatchLogsGroupArn": "x"})), "InvalidParameterCombinationException"},
		{"two selectors", with(baselineTrail("trail", simcloud.Values{"eventSelectors": []any{}, "advancedEventSelectors": []any{}})), "ConflictsWith"},
		{"no role", with(baselineLogs(trails, "logs:PutLogEvents")[0], baselineTrail("trail", simcloud.Values{"cloudWatchLogsGroupArn": "{group.arn}:*", "cloudWatchLogsRoleArn": "arn:none"})), "InvalidCloudWatchLogsRoleArnException"},
		{"role for another service", with(append(baselineLogs("ec2.amazonaws.com", "logs:PutLogEvents"), baselineTrail("trail", logs))...), "InvalidCloudWatchLogsRoleArnException: Access denied. Check the trust relationships for your role."},
		{"role that may not", with(append(baselineLogs(trails, "logs:GetLogEvents"), baselineTrail("trail", logs))...), "InvalidCloudWatchLogsLogGroupArnException: Access denied. Check the permissions for your role."},
		{"group without a star", with(append(baselineLogs(trails, "logs:PutLogEvents"), baselineTrail("trail", bare))...), "InvalidCloudWatchLogsLogGroupArnException: CloudTrail cannot validate"},
		{"bucket in use", with(baselineTrail("trail", nil), s3Step{name: "audit", delete: true}), "BucketNotEmpty"},
		{"bucket has files when the trail is gone", with(baselineTrail("trail", nil), s3Step{name: "trail", delete: true}, s3Step{name: "audit", delete: true}), "BucketNotEmpty"},
	})
}

func TestBaselineMetricFilters(t *testing.T) {
	filter := func(pattern string, more simcloud.Values) s3Step {
		metric := map[string]any{"name": "root", "namespace": "audit", "value": "1"}
		for k, v := range more {
			metric[k] = v
		}
		return s3Step{name: "filter", token: metricFilterToken, in: simcloud.Values{"name": "root", "logGroupName": "trail", "pattern": pattern, "metricTransformation": metric}}
	}
	group := s3Step{name: "group", token: logGroupToken, in: simcloud.Values{"name": "trail"}}
	s3Run(t, []s3Case{
		{"fine", []s3Step{group, filter(`{ ($.a = "b") || ($.c = "d") }`, nil)}, ""},
		{"no group", []s3Step{filter("{ $.a = 1 }", nil)}, "ResourceNotFoundException: The specified log group does not exist."},
		{"half a pattern", []s3Step{group, filter("{ $.a = 1", nil)}, "InvalidParameterException: Invalid metric filter pattern"},
		{"unbalanced", []s3Step{group, filter("{ ($.a = 1) || ($.b = 2 }", nil)}, "InvalidParameterException: Invalid metric filter pattern"},
		{"long pattern", []s3Step{group, filter("{ $.a = "+strings.Repeat("1", 1024)+" }", nil)}, "expected length of pattern"},
		{"odd metric", []s3Step{group, filter("{ $.a = 1 }", simcloud.Values{"name": "a:b"})}, "invalid value for metricTransformation.name"},
		{"default and dimensions", []s3Step{group, filter("{ $.a = 1 }", simcloud.Values{"defaultValue": "0", "dimensions": map[string]any{"a": "$.a"}})}, "ConflictsWith"},
	})
}

func TestBaselineConfig(t *testing.T) {
	const service = "config.amazonaws.com"
	role := s3Step{name: "role", token: linkedRoleToken, in: simcloud.Values{"awsServiceName": service}}
	rec := func(name string, group map[string]any) s3Step {
		return s3Step{name: name, token: recorderToken, in: simcloud.Values{"name": name, "roleArn": "{role.arn}", "recordingGroup": group}}
	}
	all := map[string]any{"allSupported": true, "includeGlobalResourceTypes": true}
	channel := func(more simcloud.Values) s3Step {
		in := simcloud.Values{"name": "files", "s3BucketName": "audit"}
		for k, v := range more {
			in[k] = v
		}
		return s3Step{name: "files", token: channelToken, in: in}
	}
	start := s3Step{name: "start", token: recorderStatusToken, in: simcloud.Values{"name": "main", "isEnabled": true}}
	bucket, let := s3BucketStep("audit"), s3PolicyStep("audit", baselineLet(service, baselineAccount))
	rule := func(id string, more simcloud.Values) s3Step {
		in := simcloud.Values{"name": "r", "source": map[string]any{"owner": "AWS", "sourceIdentifier": id}}
		for k, v := range more {
			in[k] = v
		}
		return s3Step{name: "r", token: configRuleToken, in: in}
	}
	sealed := s3Step{name: "sealed", token: encryptionToken, in: simcloud.Values{"bucket": "audit", "rules": []any{map[string]any{
		"applyServerSideEncryptionByDefault": map[string]any{"sseAlgorithm": "aws:kms", "kmsMasterKeyId": "{key.arn}"},
	}}}}
	again := channel(nil)
	again.name, again.in = "again", simcloud.Values{"name": "again", "s3BucketName": "audit"}
	s3Run(t, []s3Case{
		{"fine", []s3Step{role, bucket, let, baselineKey(service), sealed, rec("main", all), channel(simcloud.Values{"s3KmsKeyArn": "{key.arn}"}), start, rule("IAM_PASSWORD_POLICY", nil)}, ""},
		{"two recorders", []s3Step{role, rec("main", all), rec("second", all)}, "MaxNumberOfConfigurationRecordersExceededException: Failed to put configuration recorder 'second' because the maximum number of configuration recorders: 1 is reached."},
		{"no role", []s3Step{{name: "r", token: recorderToken, in: simcloud.Values{"name": "main", "roleArn": "arn:none"}}}, "InvalidRoleException"},
		{"all and some", []s3Step{role, rec("main", map[string]any{"allSupported": true, "resourceTypes": []any{"AWS::EC2::Instance"}})}, "InvalidRecordingGroupException"},
		{"global ones of some", []s3Step{role, rec("main", map[string]any{"allSupported": false, "includeGlobalResourceTypes": true})}, "InvalidRecordingGroupException"},
		{"channel before recorder", []s3Step{bucket, let, channel(nil)}, "NoAvailableConfigurationRecorderException: Configuration recorder is not available to put delivery channel."},
		{"two channels", []s3Step{role, rec("main", all), bucket, let, channel(nil), again}, "MaxNumberOfDeliveryChannelsExceededException"},
		{"no bucket", []s3Step{role, rec("main", all), channel(nil)}, "NoSuchBucketException"},
		{"no key", []s3Step{role, rec("main", all), bucket, let, channel(simcloud.Values{"s3KmsKeyArn": "arn:none"})}, "InvalidS3KmsKeyArnException"},
		{"no topic", []s3Step{role, rec("main", all), bucket, let, channel(simcloud.Values{"snsTopicArn": "arn:none"})}, "InvalidSNSTopicARNException"},
		{"odd frequency", []s3Step{role, rec("main", all), bucket, let, channel(simcloud.Values{"snapshotDeliveryProperties": map[string]any{"deliveryFrequency": "Daily"}})}, "expected snapshotDeliveryProperties.deliveryFrequency"},
		{"bucket lets nobody in", []s3Step{role, rec("main", all), bucket, channel(nil)}, "InsufficientDeliveryPolicyException: Insufficient delivery policy to s3 bucket: audit, unable to get s3 bucket acl."},
		{"bucket for another prefix", []s3Step{role, rec("main", all), bucket, let, channel(simcloud.Values{"s3KeyPrefix": "x"})}, "InsufficientDeliveryPolicyException: Insufficient delivery policy to s3 bucket: audit, unable to write to bucket, provided s3 key prefix is 'x', provided kms key is 'null'."},
		{"key for another service", []s3Step{role, rec("main", all), bucket, let, baselineKey("sns.amazonaws.com"), channel(simcloud.Values{"s3KmsKeyArn": "{key.arn}"})}, "InsufficientDeliveryPolicyException"},
		{"the bucket's own key, for another service", []s3Step{role, rec("main", all), bucket, let, baselineKey("sns.amazonaws.com"), sealed, channel(nil)}, "InsufficientDeliveryPolicyException"},
		{"started without a channel", []s3Step{role, rec("main", all), start}, "NoAvailableDeliveryChannelException: Delivery channel is not available to start configuration recorder."},
		{"started without a recorder", []s3Step{start}, "NoSuchConfigurationRecorderException"},
		{"channel of a running recorder", []s3Step{role, rec("main", all), bucket, let, channel(nil), start, {name: "files", delete: true}}, "LastDeliveryChannelDeleteFailedException: Failed to delete last specified delivery channel with name 'files', because there is a running configuration recorder."},
		{"role in use", []s3Step{role, rec("main", all), {name: "role", delete: true}}, "DeleteConflict"},
		{"rule before recorder", []s3Step{rule("IAM_PASSWORD_POLICY", nil)}, "NoAvailableConfigurationRecorderException: You must create a configuration recorder"},
		{"unknown rule", []s3Step{role, rec("main", all), rule("IAM_PASSWORDS", nil)}, "InvalidParameterValueException: The sourceIdentifier IAM_PASSWORDS is invalid."},
		{"broken parameters", []s3Step{role, rec("main", all), rule("IAM_PASSWORD_POLICY", simcloud.Values{"inputParameters": "{"})}, `"inputParameters" contains an invalid JSON`},
		{"unknown owner", []s3Step{role, rec("main", all), rule("IAM_PASSWORD_POLICY", simcloud.Values{"source": map[string]any{"owner": "ME"}})}, "expected source.owner"},
	})
}
