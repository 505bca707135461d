package aws

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	bucketToken          = "aws:s3/bucketV2:BucketV2"
	bucketVersionToken   = "aws:s3/bucketVersioningV2:BucketVersioningV2"
	bucketBlockToken     = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
	bucketPolicyToken    = "aws:s3/bucketPolicy:BucketPolicy"
	bucketOwnershipToken = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
	bucketACLToken       = "aws:s3/bucketAclV2:BucketAclV2"
	bucketReplicaToken   = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
	bucketObjectToken    = "aws:s3/bucketObjectv2:BucketObjectv2"
)

// s3Types are S3's. A bucket's name is taken for the whole world, so that it is
// found from all regions: out.region says where it lies. Its configuration has
// to go through that region.
func s3Types() []*simcloud.Type {
	return []*simcloud.Type{
		s3Bucket(), s3Versioning(), s3Encryption(), s3Block(), s3Policy(), s3Ownership(), s3ACL(),
		s3Lifecycle(), s3Logging(), s3Replication(), s3Object(), s3Inventory(),
	}
}

func s3Bucket() *simcloud.Type {
	return &simcloud.Type{
		Token: bucketToken, Noun: "bucket", Global: true, Auto: "bucket", AutoMax: 63, Takes: 3 * time.Second,
		ID: func(op *simcloud.Op) string {
			if name := op.In.String("bucket"); name != "" {
				return name
			}
			return op.In.String("bucketPrefix") + op.Hex(26, "bucket")
		},
		Replace: []string{"bucket", "bucketPrefix", "objectLockEnabled"},
		Unique: []simcloud.Unique{{
			Paths: []string{"bucket"},
			Words: "BucketAlreadyOwnedByYou: Your previous request to create the named bucket succeeded and you already own it. (%s)",
		}, {
			Paths: []string{"bucket"}, Everywhere: true,
			Words: "BucketAlreadyExists: The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again. (%s)",
		}},
		Validate: bucketNames,
		Refuse: func(op *simcloud.Op) error {
			if acl := op.In.String("acl"); acl != "" && acl != "private" {
				// Since April 2023 a new bucket has ACLs disabled.
				return simcloud.Refusal("InvalidBucketAclWithObjectOwnership", "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting")
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			region := op.Region
			if op.Old != nil {
				region = op.Old.Out.String("region")
			}
			return simcloud.Values{
				"bucket": op.ID, "arn": "arn:aws:s3:::" + op.ID, "region": region,
				"bucketDomainName":         op.ID + ".s3.amazonaws.com",
				"bucketRegionalDomainName": op.ID + ".s3." + region + ".amazonaws.com",
			}
		},
		Delete: func(op *simcloud.Op) error {
			if op.In.Bool("forceDestroy") || op.Find(bucketObjectToken, "bucket", op.ID) == nil {
				return nil
			}
			return simcloud.Refusal("BucketNotEmpty", "The bucket you tried to delete is not empty. You must delete all versions in the bucket. (%s)", op.ID)
		},
	}
}

var (
	bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	// What a bucket's name must not begin or end with.
	// Source: S3 user guide, "General purpose bucket naming rules", read 2026-11.
	bucketHeads = []string{"xn--", "sthree-", "amzn-s3-demo-"}
	bucketTails = []string{"-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"}
)

func bucketNames(in simcloud.Values) []error {
	var errs []error
	if prefix := in.String("bucketPrefix"); len(prefix) > 37 {
		errs = append(errs, fmt.Errorf("expected length of bucketPrefix to be in the range (0 - 37), got %s", prefix))
	} else if prefix != "" && !bucketName.MatchString(prefix+"0123456789") {
		errs = append(errs, simcloud.Refusal("InvalidBucketName", "The specified bucket is not valid: %s", prefix))
	}
	if in.Has("bucket") && in.Has("bucketPrefix") {
		errs = append(errs, fmt.Errorf("ConflictsWith: \"bucketPrefix\": conflicts with bucket"))
	}
	name := in.String("bucket")
	_, ip := netip.ParseAddr(name)
	begins := func(head string) bool { return strings.HasPrefix(name, head) }
	ends := func(tail string) bool { return strings.HasSuffix(name, tail) }
	if in.Known("bucket") && (!bucketName.MatchString(name) || ip == nil || strings.Contains(name, "..") ||
		slices.ContainsFunc(bucketHeads, begins) || slices.ContainsFunc(bucketTails, ends)) {
		errs = append(errs, simcloud.Refusal("InvalidBucketName", "The specified bucket is not valid: %s", name))
	}
	return errs
}

// ofBucket completes the type of one part of a bucket's configuration. S3 keeps
// one of each kind per bucket, under the bucket's name; a second one would
// overwrite the first without a word, which is never meant.
func ofBucket(t *simcloud.Type) *simcloud.Type {
	refuse := t.Refuse
	t.Global, t.IDFrom = true, "bucket"
	t.Required = append(t.Required, "bucket")
	t.Replace = append(t.Replace, "bucket", "expectedBucketOwner")
	t.Refs = append(t.Refs, simcloud.Ref{
		Path: "bucket", To: []string{bucketToken}, Missing: "NoSuchBucket: The specified bucket does not exist: %s",
	})
	t.Unique = append(t.Unique, simcloud.Unique{
		Paths: []string{"bucket"},
		Words: "OperationAborted: bucket %s already has a " + t.Noun + ": S3 keeps one per bucket, a second would silently overwrite it",
	})
	t.Refuse = func(op *simcloud.Op) error {
		if region := bucketOf(op).Out.String("region"); region != op.Region {
			return simcloud.Refusal("PermanentRedirect",
				"The bucket you are attempting to access must be addressed using the specified endpoint. (%s is in %s, not %s)", op.In.String("bucket"), region, op.Region)
		}
		if refuse == nil {
			return nil
		}
		return refuse(op)
	}
	return t
}

// bucketOf is the bucket that a part of a configuration belongs to.
func bucketOf(op *simcloud.Op) *simcloud.Record {
	return op.Find(bucketToken, "id", op.In.String("bucket"))
}

// bucketByArn finds a bucket by its ARN, which may go on with a path.
func bucketByArn(op *simcloud.Op, arn string) *simcloud.Record {
	arn, _, _ = strings.Cut(arn, "/")
	return op.Find(bucketToken, "arn", arn)
}

// versioned says whether a bucket keeps versions.
func versioned(op *simcloud.Op, bucket string) bool {
	v := op.Find(bucketVersionToken, "bucket", bucket)
	return v != nil && v.Out.String("versioningConfiguration.status") == "Enabled"
}

// ownership is who owns a bucket's objects; without a word on it, the bucket's
// owner, and there are no ACLs.
func ownership(op *simcloud.Op, bucket string) string {
	if o := op.Find(bucketOwnershipToken, "bucket", bucket); o != nil {
		return o.Out.String("rule.objectOwnership")
	}
	return "BucketOwnerEnforced"
}

func s3Object() *simcloud.Type {
	return &simcloud.Type{
		Token: bucketObjectToken, Noun: "object", Global: true, Auto: "key",
		ID:       func(op *simcloud.Op) string { return op.In.String("bucket") + "/" + op.In.String("key") },
		Required: []string{"bucket"},
		Replace:  []string{"bucket", "key"},
		Refs: []simcloud.Ref{{
			Path: "bucket", To: []string{bucketToken}, Missing: "NoSuchBucket: The specified bucket does not exist: %s",
		}, {
			Path: "kmsKeyId", To: []string{keyToken}, By: "arn", Missing: "KMS.NotFoundException: Key '%s' does not exist",
		}},
		Unique: []simcloud.Unique{{
			Paths: []string{"bucket", "key"}, Words: "OperationAborted: bucket %s already has an object %s: a second would silently overwrite it",
		}},
		Refuse: func(op *simcloud.Op) error {
			if op.In.String("acl") != "" && ownership(op, op.In.String("bucket")) == "BucketOwnerEnforced" {
				return simcloud.Refusal("AccessControlListNotSupported", "The bucket does not allow ACLs")
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"arn": "arn:aws:s3:::" + op.ID, "etag": op.Hex(32, "etag"), "versionId": op.Hex(32, "version")}
		},
	}
}

// logged puts a first log object into a bucket that from now on receives logs,
// so that it is no longer empty.
func logged(op *simcloud.Op, bucket *simcloud.Record, key string) {
	if bucket == nil || op.Old != nil {
		return
	}
	key = strings.TrimPrefix(key+"/"+op.Hex(16, "log"), "/")
	op.Within(bucket, bucketObjectToken, bucket.ID+"/"+key, simcloud.Values{"bucket": bucket.ID, "key": key})
}
