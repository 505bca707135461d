package aws

import (
	"fmt"
	"slices"
	"strings"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

func s3Policy() *simcloud.Type {
	return ofBucket(&simcloud.Type{
		Token: bucketPolicyToken, Noun: "bucket policy",
		Required: []string{"policy"},
		Validate: bucketPolicyText,
		Refuse: func(op *simcloud.Op) error {
			doc, err := parsePolicy(op.In.String("policy"))
			if err != nil {
				return nil // refused as a text already
			}
			for _, s := range doc.Statement {
				if err := foreignTo(op, s); err != nil {
					return err
				}
				if s.public() && blocked(op, "blockPublicPolicy") {
					return simcloud.Refusal("AccessDenied",
						"User: %s is not authorized to perform: s3:PutBucketPolicy on resource: %q because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.",
						"deploy", "arn:aws:s3:::"+op.In.String("bucket"))
				}
			}
			return nil
		},
	})
}

// bucketPolicyText refuses a policy that S3 cannot read.
func bucketPolicyText(in simcloud.Values) []error {
	text := in.String("policy")
	if text == "" {
		return nil
	}
	doc, err := parsePolicy(text)
	if err != nil || !strings.HasPrefix(text, "{") {
		return []error{simcloud.Refusal("MalformedPolicy", "Policies must be valid JSON and the first byte must be '{'")}
	}
	if len(text) > 20*1024 {
		return []error{simcloud.Refusal("MalformedPolicy", "Policy exceeds the maximum allowed document size.")}
	}
	var errs []error
	if len(doc.Statement) == 0 {
		errs = append(errs, simcloud.Refusal("MalformedPolicy", "Could not parse the policy: Statement is empty!"))
	}
	for i, s := range doc.Statement {
		switch problem := s.problem(); {
		case problem != "":
			errs = append(errs, simcloud.Refusal("MalformedPolicy", "statement %d: %s", i, problem))
		case !s.Principal.any && len(s.Principal.byKind) == 0 && !s.NotPrincipal.any && len(s.NotPrincipal.byKind) == 0:
			errs = append(errs, simcloud.Refusal("MalformedPolicy", "Missing required field Principal"))
		case len(s.Resource) == 0 && len(s.NotResource) == 0:
			errs = append(errs, simcloud.Refusal("MalformedPolicy", "Missing required field Resource"))
		}
		for _, a := range s.Action {
			if a != "*" && !strings.HasPrefix(a, "s3:") {
				errs = append(errs, simcloud.Refusal("MalformedPolicy", "Policy has invalid action: %s", a))
			}
		}
	}
	return errs
}

// foreignTo refuses a statement about another bucket, or about a role that is
// not there.
func foreignTo(op *simcloud.Op, s statement) error {
	arn := "arn:aws:s3:::" + op.In.String("bucket")
	for _, r := range slices.Concat(s.Resource, s.NotResource) {
		if r != arn && !strings.HasPrefix(r, arn+"/") && r != arn+"*" {
			return simcloud.Refusal("MalformedPolicy", "Policy has invalid resource: %s", r)
		}
	}
	own := globalArn(op, "iam", "role/")
	for _, p := range s.Principal.byKind["AWS"] {
		if strings.HasPrefix(p, own) && op.Find(roleToken, "arn", p) == nil {
			return simcloud.Refusal("MalformedPolicy", "Invalid principal in policy: %s", p)
		}
	}
	return nil
}

// blocked says whether a bucket's public access block has a setting. A bucket
// without one has all four: so S3 makes new buckets since April 2023.
func blocked(op *simcloud.Op, setting string) bool {
	block := op.Find(bucketBlockToken, "bucket", op.In.String("bucket"))
	return block == nil || block.Out.Bool(setting)
}

// The conditions that fix who may come, so that a policy for anyone is not
// public. Source: S3 user guide, "The meaning of public", read 2026-11.
var fixing = []string{
	"aws:SourceArn", "aws:SourceAccount", "aws:SourceVpc", "aws:SourceVpce", "aws:SourceOwner", "aws:userid",
	"aws:PrincipalOrgID", "aws:PrincipalArn", "aws:PrincipalAccount", "s3:DataAccessPointAccount",
}

// public says whether the statement lets everybody in.
func (s statement) public() bool {
	if s.Effect != "Allow" || !s.Principal.any && !slices.Contains(s.Principal.byKind["AWS"], "*") {
		return false
	}
	for _, keys := range s.Condition {
		for key, values := range keys {
			if slices.Contains(fixing, key) && !slices.Contains(values, "*") {
				return false
			}
		}
	}
	return true
}

// lets says whether a bucket's policy lets a service put objects under a prefix.
func lets(op *simcloud.Op, bucket *simcloud.Record, service, prefix string) bool {
	policy := op.Find(bucketPolicyToken, "bucket", bucket.ID)
	if policy == nil {
		return false
	}
	doc, err := parsePolicy(policy.In.String("policy"))
	if err != nil {
		return false
	}
	object := fmt.Sprintf("%s/%sobject", bucket.Out.String("arn"), prefix)
	for _, s := range doc.Statement {
		on := slices.ContainsFunc(s.Resource, func(r string) bool { return wildcard(r, object) })
		if s.Effect == "Allow" && on && s.allows("s3:PutObject") && s.Principal.names("Service", service) {
			return true
		}
	}
	return false
}
