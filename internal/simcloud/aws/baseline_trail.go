package aws

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	trailToken        = "aws:cloudtrail/trail:Trail"
	metricFilterToken = "aws:cloudwatch/logMetricFilter:LogMetricFilter"
	rolePolicyToken   = "aws:iam/rolePolicy:RolePolicy"
)

// trailName is what CloudTrail allows for a name: no two of . _ - in a row.
// Source: CloudTrail API reference, CreateTrail.
var trailName = regexp.MustCompile(`^[a-zA-Z0-9]([._-]?[a-zA-Z0-9])*$`)

// baselineTypes are the types of an account's security baseline.
func baselineTypes() []*simcloud.Type {
	return slices.Concat([]*simcloud.Type{trail(), metricFilter()}, configTypes(), detectTypes(), accountTypes())
}

func trail() *simcloud.Type {
	return &simcloud.Type{
		Token: trailToken, Noun: "trail", Auto: "name", AutoMax: 128, Takes: 5 * time.Second,
		ID:       func(op *simcloud.Op) string { return trailArn(op) },
		Required: []string{"s3BucketName"},
		Replace:  []string{"name"},
		Refs: []simcloud.Ref{{
			Path: "s3BucketName", To: []string{bucketToken}, Missing: "S3BucketDoesNotExistException: S3 bucket %s does not exist!",
		}, {
			Path: "kmsKeyId", To: []string{keyToken}, By: "arn",
			Missing: "KmsKeyNotFoundException: the KMS key %s does not exist, or is not in the region of the bucket",
		}, {
			Path: "cloudWatchLogsRoleArn", To: []string{roleToken}, By: "arn",
			Missing: "InvalidCloudWatchLogsRoleArnException: CloudTrail cannot validate the specified role ARN: %s",
		}},
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(simcloud.Matches(in, "name", trailName))
			if n := len(in.String("name")); in.Known("name") && (n < 3 || n > 128) {
				errs = append(errs, simcloud.Refusal("InvalidTrailNameException", "Trail name must be between 3 and 128 characters: %s", in.String("name")))
			}
			if in.Has("eventSelectors") && in.Has("advancedEventSelectors") {
				errs = append(errs, fmt.Errorf("ConflictsWith: \"eventSelectors\": conflicts with advancedEventSelectors"))
			}
			if in.Has("cloudWatchLogsGroupArn") != in.Has("cloudWatchLogsRoleArn") {
				errs = append(errs, simcloud.Refusal("InvalidParameterCombinationException", "You must specify both CloudWatchLogsLogGroupArn and CloudWatchLogsRoleArn."))
			}
			return errs
		},
		Refuse: refuseTrail,
		Outputs: func(op *simcloud.Op) simcloud.Values {
			bucket := op.Find(bucketToken, "id", op.In.String("s3BucketName"))
			key := strings.TrimPrefix(op.In.String("s3KeyPrefix")+"/AWSLogs/"+op.Account+"/CloudTrail/"+op.Region, "/")
			logged(op, bucket, key)
			return simcloud.Values{"arn": trailArn(op), "homeRegion": op.Region}
		},
	}
}

func trailArn(op *simcloud.Op) string { return arn(op, "cloudtrail", "trail/"+op.In.String("name")) }

// mostTrails are as many as a region has.
const mostTrails = 5

func refuseTrail(op *simcloud.Op) error {
	if op.Old == nil {
		trails := op.All(trailToken)
		if slices.ContainsFunc(trails, func(r *simcloud.Record) bool { return r.In.String("name") == op.In.String("name") }) {
			return simcloud.Refusal("TrailAlreadyExistsException", "Trail %s already exists for customer: %s", op.In.String("name"), op.Account)
		}
		if len(trails) >= mostTrails {
			return simcloud.Refusal("MaximumNumberOfTrailsExceededException", "User: %s already has %d trails in %s.", op.Account, len(trails), op.Region)
		}
	}
	const service = "cloudtrail.amazonaws.com"
	bucket := op.Find(bucketToken, "id", op.In.String("s3BucketName"))
	files := strings.TrimPrefix(op.In.String("s3KeyPrefix")+"/AWSLogs/"+op.Account+"/object", "/")
	policy := bucketDocument(op, bucket.ID)
	if !policy.lets(service, "s3:GetBucketAcl", bucket.Out.String("arn"), op.Account, trailArn(op)) ||
		!policy.lets(service, "s3:PutObject", bucket.Out.String("arn")+"/"+files, op.Account, trailArn(op)) {
		return simcloud.Refusal("InsufficientS3BucketPolicyException", "Incorrect S3 bucket policy is detected for bucket: %s", bucket.ID)
	}
	if key := op.In.String("kmsKeyId"); key != "" && !keyDocument(op, key).lets(service, "kms:GenerateDataKey", key, op.Account, trailArn(op)) {
		return simcloud.Refusal("InsufficientEncryptionPolicyException", "Insufficient permissions to access S3 bucket %s or KMS key %s.", bucket.ID, key)
	}
	return refuseTrailLogs(op, service)
}

// refuseTrailLogs looks at the log group that the trail writes to as well.
func refuseTrailLogs(op *simcloud.Op, service string) error {
	to := op.In.String("cloudWatchLogsGroupArn")
	if to == "" {
		return nil
	}
	group, wild := strings.CutSuffix(to, ":*")
	if !wild || op.Find(logGroupToken, "arn", group) == nil {
		return simcloud.Refusal("InvalidCloudWatchLogsLogGroupArnException", "CloudTrail cannot validate the specified log group ARN: %s", to)
	}
	role := op.Find(roleToken, "arn", op.In.String("cloudWatchLogsRoleArn"))
	trust, err := parsePolicy(role.In.String("assumeRolePolicy"))
	if err != nil || !trust.lets(service, "sts:AssumeRole", "", op.Account, trailArn(op)) {
		return simcloud.Refusal("InvalidCloudWatchLogsRoleArnException", "Access denied. Check the trust relationships for your role.")
	}
	stream := group + ":log-stream:" + op.Account + "_CloudTrail_" + op.Region
	for _, p := range op.All(rolePolicyToken) {
		doc, err := parsePolicy(p.In.String("policy"))
		if p.In.String("role") == role.ID && err == nil && doc.permits("logs:PutLogEvents", stream) && doc.permits("logs:CreateLogStream", stream) {
			return nil
		}
	}
	return simcloud.Refusal("InvalidCloudWatchLogsLogGroupArnException", "Access denied. Check the permissions for your role.")
}

// bucketDocument is a bucket's policy, and keyDocument a key's; empty where
// there is none.
func bucketDocument(op *simcloud.Op, bucket string) document {
	if p := op.Find(bucketPolicyToken, "bucket", bucket); p != nil {
		if doc, err := parsePolicy(p.In.String("policy")); err == nil {
			return doc
		}
	}
	return document{}
}

func keyDocument(op *simcloud.Op, key string) document {
	if k := op.Find(keyToken, "arn", key); k != nil {
		if doc, err := parsePolicy(k.In.String("policy")); err == nil {
			return doc
		}
	}
	return document{}
}

// lets says whether a resource's document lets a service act on it on behalf of
// source, a resource of account.
func (d document) lets(service, action, resource, account, source string) bool {
	return slices.ContainsFunc(d.Statement, func(s statement) bool {
		return s.Effect == "Allow" && s.Principal.names("Service", service) && s.allows(action) && s.speaksOf(resource) &&
			s.conditionHolds("aws:SourceAccount", account) && s.conditionHolds("aws:SourceArn", source)
	})
}

// permits says whether an identity's document allows an action on a resource.
func (d document) permits(action, resource string) bool {
	return slices.ContainsFunc(d.Statement, func(s statement) bool {
		return s.Effect == "Allow" && s.allows(action) && s.speaksOf(resource)
	})
}

// speaksOf says whether a statement holds for a resource. A trust policy names
// none.
func (s statement) speaksOf(resource string) bool {
	return resource == "" || slices.ContainsFunc(s.Resource, func(r string) bool { return wildcard(r, resource) })
}

// conditionHolds says whether every condition on a key accepts a value.
func (s statement) conditionHolds(key, value string) bool {
	for _, operands := range s.Condition {
		for k, wanted := range operands {
			if strings.EqualFold(k, key) && !slices.ContainsFunc(wanted, func(w string) bool { return wildcard(w, value) }) {
				return false
			}
		}
	}
	return true
}

// metricName is what CloudWatch allows for a metric's name.
var metricName = regexp.MustCompile(`^[^:*$]{1,255}$`)

func metricFilter() *simcloud.Type {
	return &simcloud.Type{
		Token: metricFilterToken, Noun: "metric filter", IDFrom: "name", Auto: "name", AutoMax: 512,
		Required: []string{"logGroupName", "metricTransformation", "pattern"},
		Replace:  []string{"name", "logGroupName"},
		Refs: []simcloud.Ref{{
			Path: "logGroupName", To: []string{logGroupToken}, Missing: "ResourceNotFoundException: The specified log group does not exist. (%s)",
		}},
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(simcloud.Matches(in, "metricTransformation.name", metricName), longest(in, "pattern", 1024))
			if in.Has("metricTransformation.defaultValue") && in.Has("metricTransformation.dimensions") {
				errs = append(errs, fmt.Errorf("ConflictsWith: \"metricTransformation.defaultValue\": conflicts with dimensions"))
			}
			return errs
		},
		Refuse: func(op *simcloud.Op) error {
			pattern := strings.TrimSpace(op.In.String("pattern"))
			if strings.HasPrefix(pattern, "{") != strings.HasSuffix(pattern, "}") || strings.Count(pattern, "(") != strings.Count(pattern, ")") {
				return simcloud.Refusal("InvalidParameterException", "Invalid metric filter pattern")
			}
			n := 0
			for _, f := range op.All(metricFilterToken) {
				if f.In.String("logGroupName") == op.In.String("logGroupName") {
					n++
				}
			}
			if op.Old == nil && n >= 100 {
				return simcloud.Refusal("LimitExceededException", "Resource limit exceeded.")
			}
			return nil
		},
	}
}
