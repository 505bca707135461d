package aws

import (
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

func s3ReplicaStep(role string, rule map[string]any) s3Step {
	return s3Step{name: "replica", token: bucketReplicaToken, in: simcloud.Values{"bucket": "files", "role": role, "rules": []any{rule}}}
}

func TestS3Configuration(t *testing.T) {
	encrypt := func(by map[string]any) s3Step {
		return s3Step{name: "e", token: "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2", in: simcloud.Values{
			"bucket": "files", "rules": []any{map[string]any{"applyServerSideEncryptionByDefault": by}},
		}}
	}
	own := func(how string) s3Step {
		return s3Step{name: "own", token: bucketOwnershipToken, in: simcloud.Values{"bucket": "files", "rule": map[string]any{"objectOwnership": how}}}
	}
	acl := func(how string) s3Step {
		return s3Step{name: "acl", token: bucketACLToken, in: simcloud.Values{"bucket": "files", "acl": how}}
	}
	role := s3Step{name: "role", token: roleToken, in: simcloud.Values{"name": "copy", "assumeRolePolicy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"s3.amazonaws.com"}}]}`}}
	to := func(bucket string) map[string]any {
		return map[string]any{"status": "Enabled", "destination": map[string]any{"bucket": bucket}}
	}
	tacit := to("arn:aws:s3:::elsewhere")
	tacit["sourceSelectionCriteria"] = map[string]any{"sseKmsEncryptedObjects": map[string]any{"status": "Enabled"}}
	bare := to("arn:aws:s3:::elsewhere")
	bare["filter"] = map[string]any{"prefix": ""}
	files, on := s3BucketStep("files"), s3VersionStep("files", "Enabled")
	off := s3VersionStep("files", "Suspended")
	off.update = true
	never := s3VersionStep("files", "Disabled")
	never.update = true
	later := own("BucketOwnerEnforced")
	later.update = true
	s3Run(t, []s3Case{
		{"unknown key", []s3Step{files, encrypt(map[string]any{"sseAlgorithm": "aws:kms", "kmsMasterKeyId": "arn:aws:kms:eu-west-1:111122223333:key/1"})}, "KMS.NotFoundException"},
		{"key of no use", []s3Step{files, encrypt(map[string]any{"sseAlgorithm": "AES256", "kmsMasterKeyId": "arn:aws:kms:eu-west-1:111122223333:key/1"})}, "InvalidArgument"},
		{"unknown algorithm", []s3Step{files, encrypt(map[string]any{"sseAlgorithm": "DES"})}, "expected rules[]"},
		{"unknown status", []s3Step{files, s3VersionStep("files", "On")}, "expected versioningConfiguration.status"},
		{"no ACL by default", []s3Step{files, acl("private")}, "AccessControlListNotSupported"},
		{"no ACL when enforced", []s3Step{files, own("BucketOwnerEnforced"), acl("log-delivery-write")}, "AccessControlListNotSupported"},
		{"public ACL", []s3Step{files, own("BucketOwnerPreferred"), acl("public-read")}, "AccessDenied"},
		{"ACL in the way", []s3Step{files, own("BucketOwnerPreferred"), acl("log-delivery-write"), later}, "InvalidBucketAclWithObjectOwnership"},
		{"unknown ownership", []s3Step{files, own("Mine")}, "expected rule.objectOwnership"},
		{"copies without versions", []s3Step{files, role, s3ReplicaStep("{role.arn}", to("arn:aws:s3:::elsewhere"))}, "InvalidRequest: Versioning must be 'Enabled'"},
		{"copies to no versions", []s3Step{files, on, role, s3BucketStep("copy"), s3ReplicaStep("{role.arn}", to("arn:aws:s3:::copy"))}, "InvalidRequest: Destination bucket must have versioning enabled."},
		{"copies to itself", []s3Step{files, on, role, s3ReplicaStep("{role.arn}", to("arn:aws:s3:::files"))}, "InvalidRequest: Source and destination"},
		{"copies by nobody", []s3Step{files, on, s3ReplicaStep("arn:aws:iam::111122223333:role/copy", to("arn:aws:s3:::elsewhere"))}, "InvalidRequest: The role"},
		{"copies to a name", []s3Step{files, on, role, s3ReplicaStep("{role.arn}", to("elsewhere"))}, "InvalidArgument: Invalid bucket ARN"},
		{"copies without a key", []s3Step{files, on, role, s3ReplicaStep("{role.arn}", tacit)}, "InvalidRequest: EncryptionConfiguration"},
		{"copies without a word on deletions", []s3Step{files, on, role, s3ReplicaStep("{role.arn}", bare)}, "InvalidRequest: DeleteMarkerReplication"},
		{"versions off under copies", []s3Step{files, on, role, s3ReplicaStep("{role.arn}", to("arn:aws:s3:::elsewhere")), off}, "InvalidBucketState"},
		{"versions gone under copies", []s3Step{files, on, role, s3ReplicaStep("{role.arn}", to("arn:aws:s3:::elsewhere")), {name: "files-versions", delete: true}}, "InvalidBucketState"},
		{"versions never", []s3Step{files, on, never}, "versioning_configuration.status cannot be updated"},
	})
}

func TestS3Policies(t *testing.T) {
	files := s3BucketStep("files")
	open := simcloud.Values{"bucket": "files", "blockPublicPolicy": false}
	const all = `{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::files/*"`
	raw := s3PolicyStep("files", "")
	raw.in = simcloud.Values{"bucket": "files", "policy": "Allow everything"}
	s3Run(t, []s3Case{
		{"no JSON", []s3Step{files, raw}, "MalformedPolicy: Policies must be valid JSON"},
		{"nothing", []s3Step{files, s3PolicyStep("files", "")}, "MalformedPolicy"},
		{"nobody", []s3Step{files, s3PolicyStep("files", `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::files/*"}`)}, "MalformedPolicy: Missing required field Principal"},
		{"on nothing", []s3Step{files, s3PolicyStep("files", `{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"s3:GetObject"}`)}, "MalformedPolicy: Missing required field Resource"},
		{"effect", []s3Step{files, s3PolicyStep("files", `{"Effect":"Perhaps","Principal":"*","Action":"s3:GetObject","Resource":"*"}`)}, "MalformedPolicy"},
		{"foreign action", []s3Step{files, s3PolicyStep("files", `{"Effect":"Deny","Principal":"*","Action":"ec2:RunInstances","Resource":"arn:aws:s3:::files"}`)}, "MalformedPolicy: Policy has invalid action"},
		{"foreign bucket", []s3Step{files, s3PolicyStep("files", `{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::other/*"}`)}, "MalformedPolicy: Policy has invalid resource"},
		{"unknown role", []s3Step{files, s3PolicyStep("files", `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/none"},"Action":"s3:*","Resource":"arn:aws:s3:::files/*"}`)}, "MalformedPolicy: Invalid principal in policy"},
		{"public", []s3Step{files, s3PolicyStep("files", all+"}")}, "AccessDenied"},
		{"public by a wildcard", []s3Step{files, s3PolicyStep("files", all+`,"Condition":{"ArnLike":{"aws:SourceArn":"*"}}}`)}, "AccessDenied"},
		{"public under a condition", []s3Step{files, s3PolicyStep("files", all+`,"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}}`)}, ""},
		{"public and meant so", []s3Step{files, {name: "open", token: bucketBlockToken, in: open}, s3PolicyStep("files", all+"}")}, ""},
	})
}

func TestS3Lifecycle(t *testing.T) {
	move := func(class string, days int) map[string]any {
		return map[string]any{"storageClass": class, "days": days}
	}
	with := func(rules ...map[string]any) []s3Step {
		var list []any
		for _, r := range rules {
			r["status"] = "Enabled"
			list = append(list, r)
		}
		return []s3Step{s3BucketStep("files"), {name: "l", token: "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2", in: simcloud.Values{"bucket": "files", "rules": list}}}
	}
	rule := func(gone int, moves ...any) map[string]any {
		r := map[string]any{"id": "all", "transitions": moves}
		if gone != 0 {
			r["expiration"] = map[string]any{"days": gone}
		}
		return r
	}
	old := map[string]any{"id": "all", "noncurrentVersionTransitions": []any{map[string]any{"storageClass": "STANDARD_IA", "noncurrentDays": 7}}}
	s3Run(t, []s3Case{
		{"too early", with(rule(0, move("STANDARD_IA", 29))), "InvalidArgument: 'Days' in Transition action must be greater than or equal to 30 for storageClass 'STANDARD_IA'"},
		{"old versions too early", with(old), "InvalidArgument: 'NoncurrentDays' in NoncurrentVersionTransition"},
		{"gone before", with(rule(60, move("GLACIER", 60))), "InvalidArgument: 'Days' in the Expiration action"},
		{"too close", with(rule(0, move("STANDARD_IA", 30), move("GLACIER", 59))), "InvalidArgument: 'Days' in the 'GLACIER' Transition action"},
		{"twice", with(rule(0, move("GLACIER", 60), move("GLACIER", 90))), "InvalidRequest: 'StorageClass' must be different"},
		{"unknown class", with(rule(0, move("TAPE", 60))), "expected storageClass"},
		{"no action", with(map[string]any{"id": "all"}), "InvalidRequest: At least one action"},
		{"no days", with(rule(-1)), "InvalidArgument: 'Days' for Expiration action must be a positive integer"},
		{"two of a name", with(rule(0, move("GLACIER", 60)), rule(0, move("GLACIER", 60))), "InvalidArgument: Rule ID must be unique"},
		{"fine", with(rule(365, move("STANDARD_IA", 30), move("GLACIER_IR", 90))), ""},
	})
}

func TestS3Inventory(t *testing.T) {
	list := func(to, how string) s3Step {
		return s3Step{name: "list", token: bucketInventoryToken, in: simcloud.Values{
			"bucket": "files", "name": "all", "includedObjectVersions": "All", "schedule": map[string]any{"frequency": how},
			"destination": map[string]any{"bucket": map[string]any{"bucketArn": "arn:aws:s3:::" + to, "format": "Parquet", "prefix": "inventory"}},
		}}
	}
	files, logs, far := s3BucketStep("files"), s3BucketStep("logs"), s3BucketStep("far")
	far.region = "eu-central-1"
	lets := s3Step{name: "policy", token: bucketPolicyToken, in: simcloud.Values{"bucket": "logs", "policy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:PutObject","Principal":{"Service":"s3.amazonaws.com"},"Resource":"arn:aws:s3:::logs/*"}]}`}}
	s3Run(t, []s3Case{
		{"good", []s3Step{files, logs, list("logs", "Weekly")}, ""},
		{"lists fill the bucket", []s3Step{files, logs, lets, list("logs", "Weekly"), {name: "logs", delete: true}}, "BucketNotEmpty"},
		{"no bucket", []s3Step{list("logs", "Weekly")}, "NoSuchBucket"},
		{"nowhere", []s3Step{files, list("logs", "Weekly")}, "InvalidS3DestinationBucket: The S3 destination bucket does not exist."},
		{"another region", []s3Step{files, far, list("far", "Weekly")}, "InvalidS3DestinationBucket: The source and destination buckets must be in the same Region."},
		{"hourly", []s3Step{files, logs, list("logs", "Hourly")}, "expected schedule.frequency to be one of"},
		{"twice", []s3Step{files, logs, list("logs", "Weekly"), list("logs", "Daily")}, "OperationAborted"},
	})
}
