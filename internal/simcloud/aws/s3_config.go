package aws

import (
	"fmt"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

func s3Versioning() *simcloud.Type {
	held := func(op *simcloud.Op) error {
		if op.Find(bucketReplicaToken, "bucket", op.In.String("bucket")) == nil {
			return nil
		}
		return simcloud.Refusal("InvalidBucketState",
			"A replication configuration is present on this bucket, so you cannot change the versioning state. To change the versioning state, first delete the replication configuration.")
	}
	return ofBucket(&simcloud.Type{
		Token: bucketVersionToken, Noun: "versioning configuration",
		Required: []string{"versioningConfiguration.status"},
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(simcloud.OneOf(in, "versioningConfiguration.status", "Enabled", "Suspended", "Disabled"))
		},
		Refuse: func(op *simcloud.Op) error {
			status := op.In.String("versioningConfiguration.status")
			if op.Old == nil || status == "Enabled" {
				return nil
			}
			if status == "Disabled" && op.Old.Out.String("versioningConfiguration.status") != "Disabled" {
				return fmt.Errorf("versioning_configuration.status cannot be updated from 'Enabled' to 'Disabled'")
			}
			return held(op)
		},
		Delete: held,
	})
}

func s3Encryption() *simcloud.Type {
	const by = "rules[].applyServerSideEncryptionByDefault."
	return ofBucket(&simcloud.Type{
		Token: "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2", Noun: "encryption configuration",
		Required: []string{"rules"},
		Refs: []simcloud.Ref{{
			Path: by + "kmsMasterKeyId", To: []string{keyToken}, By: "arn",
			Foreign: func(v string) bool { return !strings.Contains(v, ":key/") }, // a bare id or an alias
			Missing: "KMS.NotFoundException: Key '%s' does not exist",
		}},
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(simcloud.OneOf(in, by+"sseAlgorithm", "AES256", "aws:kms", "aws:kms:dsse"))
			if in.String(by+"sseAlgorithm") == "AES256" && in.Has(by+"kmsMasterKeyId") {
				errs = append(errs, simcloud.Refusal("InvalidArgument", "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse"))
			}
			return errs
		},
	})
}

func s3Block() *simcloud.Type {
	return ofBucket(&simcloud.Type{Token: bucketBlockToken, Noun: "public access block"})
}

func s3Ownership() *simcloud.Type {
	return ofBucket(&simcloud.Type{
		Token: bucketOwnershipToken, Noun: "set of ownership controls",
		Required: []string{"rule.objectOwnership"},
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(simcloud.OneOf(in, "rule.objectOwnership", "BucketOwnerPreferred", "ObjectWriter", "BucketOwnerEnforced"))
		},
		Refuse: func(op *simcloud.Op) error {
			acl := op.Find(bucketACLToken, "bucket", op.In.String("bucket"))
			if acl != nil && acl.Out.String("acl") != "private" && op.In.String("rule.objectOwnership") == "BucketOwnerEnforced" {
				return simcloud.Refusal("InvalidBucketAclWithObjectOwnership", "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting")
			}
			return nil
		},
	})
}

func s3ACL() *simcloud.Type {
	return ofBucket(&simcloud.Type{
		Token: bucketACLToken, Noun: "access control list",
		Refuse: func(op *simcloud.Op) error {
			if ownership(op, op.In.String("bucket")) == "BucketOwnerEnforced" {
				return simcloud.Refusal("AccessControlListNotSupported", "The bucket does not allow ACLs")
			}
			if strings.HasPrefix(op.In.String("acl"), "public-") && blocked(op, "blockPublicAcls") {
				return simcloud.Refusal("AccessDenied", "User: %s is not authorized to perform: s3:PutBucketAcl on resource: %q because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access.",
					"deploy", "arn:aws:s3:::"+op.In.String("bucket"))
			}
			return nil
		},
	})
}

// s3Logging is where a bucket's access log goes. The target's policy has to let
// the logging service in beforehand, which S3 checks where it is set; and from
// then on the target is not empty.
func s3Logging() *simcloud.Type {
	return ofBucket(&simcloud.Type{
		Token: "aws:s3/bucketLoggingV2:BucketLoggingV2", Noun: "logging configuration",
		Required: []string{"targetBucket"},
		Refs: []simcloud.Ref{{
			Path: "targetBucket", To: []string{bucketToken},
			Missing: "InvalidTargetBucketForLogging: The target bucket for logging does not exist: %s",
		}},
		Refuse: func(op *simcloud.Op) error {
			target := op.Find(bucketToken, "id", op.In.String("targetBucket"))
			if target.Out.String("region") != op.Region {
				return simcloud.Refusal("CrossLocationLoggingProhibited",
					"Cross S3 location logging not allowed. The bucket to be logged is in %s and the target bucket in %s.", op.Region, target.Out.String("region"))
			}
			acl := op.Find(bucketACLToken, "bucket", target.ID)
			if acl != nil && acl.Out.String("acl") == "log-delivery-write" {
				return nil
			}
			if !lets(op, target, "logging.s3.amazonaws.com", op.In.String("targetPrefix")) {
				return simcloud.Refusal("InvalidTargetBucketForLogging",
					"You must give the log-delivery group WRITE and READ_ACP permissions to the target bucket (the policy of %s does not let logging.s3.amazonaws.com put objects)", target.ID)
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			logged(op, op.Find(bucketToken, "id", op.In.String("targetBucket")), strings.Trim(op.In.String("targetPrefix"), "/"))
			return nil
		},
	})
}

// s3Replication copies what comes into a bucket to another. A destination that
// this cloud does not know is taken to be another account's.
func s3Replication() *simcloud.Type {
	const to = "rules[].destination."
	return ofBucket(&simcloud.Type{
		Token: bucketReplicaToken, Noun: "replication configuration", Takes: 5 * time.Second,
		Required: []string{"role", "rules"},
		Refs: []simcloud.Ref{{
			Path: "role", To: []string{roleToken}, By: "arn",
			Missing: "InvalidRequest: The role to replicate with does not exist: %s",
		}},
		Validate: replicationRules,
		Refuse: func(op *simcloud.Op) error {
			if !versioned(op, op.In.String("bucket")) {
				return simcloud.Refusal("InvalidRequest", "Versioning must be 'Enabled' on the bucket to apply a replication configuration")
			}
			for _, arn := range op.In.Strings(to + "bucket") {
				target := bucketByArn(op, arn)
				if target == nil {
					continue
				}
				if target.ID == op.In.String("bucket") {
					return simcloud.Refusal("InvalidRequest", "Source and destination buckets must be different.")
				}
				if !versioned(op, target.ID) {
					return simcloud.Refusal("InvalidRequest", "Destination bucket must have versioning enabled.")
				}
			}
			return nil
		},
	})
}

func replicationRules(in simcloud.Values) []error {
	var errs []error
	for _, rule := range in.Objects("rules[]") {
		if arn := rule.String("destination.bucket"); arn != "" && !strings.HasPrefix(arn, "arn:aws:s3:::") {
			errs = append(errs, simcloud.Refusal("InvalidArgument", "Invalid bucket ARN. (%s)", arn))
		}
		if rule.String("sourceSelectionCriteria.sseKmsEncryptedObjects.status") == "Enabled" && !rule.Has("destination.encryptionConfiguration.replicaKmsKeyId") {
			errs = append(errs, simcloud.Refusal("InvalidRequest", "EncryptionConfiguration must be specified if SseKmsEncryptedObjects tag is present"))
		}
		if rule.Has("filter") && !rule.Has("deleteMarkerReplication") {
			errs = append(errs, simcloud.Refusal("InvalidRequest", "DeleteMarkerReplication must be specified for this version of Cross Region Replication configuration schema."))
		}
	}
	return errs
}
