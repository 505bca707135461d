package aws

import (
	"regexp"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	linkedRoleToken     = "aws:iam/serviceLinkedRole:ServiceLinkedRole"
	passwordPolicyToken = "aws:iam/accountPasswordPolicy:AccountPasswordPolicy"
)

// accountTypes are the settings of an account, and the roles that belong to
// AWS's services.
func accountTypes() []*simcloud.Type {
	return []*simcloud.Type{linkedRole(), passwordPolicy(), accountBlock(), ebsByDefault(), ebsKey(), metadataDefaults()}
}

// oncePer completes the type of a setting that an account (or a region of it) has
// once. AWS would let a second one overwrite the first without a word, which is
// never meant.
func oncePer(t *simcloud.Type) *simcloud.Type {
	refuse := t.Refuse
	t.Refuse = func(op *simcloud.Op) error {
		if op.Old == nil && len(op.All(t.Token)) > 0 {
			return simcloud.Refusal("OperationAborted", "account %s already has a %s here: AWS keeps one, a second would silently overwrite it", op.Account, t.Noun)
		}
		if refuse != nil {
			return refuse(op)
		}
		return nil
	}
	return t
}

// linkedRoles are the names of the services' own roles.
// Source: the service-linked role page of each service's guide, read 2026-11.
var linkedRoles = map[string]string{
	"config.amazonaws.com": "AWSServiceRoleForConfig", "autoscaling.amazonaws.com": "AWSServiceRoleForAutoScaling",
	"elasticache.amazonaws.com": "AWSServiceRoleForElastiCache", "ecs.amazonaws.com": "AWSServiceRoleForECS",
	"spot.amazonaws.com": "AWSServiceRoleForEC2Spot", "backup.amazonaws.com": "AWSServiceRoleForBackup",
}

func linkedRole() *simcloud.Type {
	name := func(op *simcloud.Op) string { return linkedRoles[op.In.String("awsServiceName")] }
	path := func(op *simcloud.Op) string { return "/aws-service-role/" + op.In.String("awsServiceName") + "/" }
	return &simcloud.Type{
		Token: linkedRoleToken, Noun: "service-linked role", Global: true, Takes: 3 * time.Second,
		ID:       func(op *simcloud.Op) string { return globalArn(op, "iam", "role"+path(op)+name(op)) },
		Required: []string{"awsServiceName"},
		Replace:  []string{"awsServiceName", "customSuffix"},
		InUse:    "DeleteConflict: The service-linked role %s cannot be deleted because it is in use",
		Refuse: func(op *simcloud.Op) error {
			if name(op) == "" {
				return simcloud.Refusal("InvalidInput", "Invalid service principal: %s", op.In.String("awsServiceName"))
			}
			if op.Old == nil && op.Find(linkedRoleToken, "name", name(op)) != nil {
				return simcloud.Refusal("InvalidInput", "Service role name %s has been taken in this account, please try a different suffix.", name(op))
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{
				"arn": op.ID, "name": name(op), "path": path(op), "uniqueId": "AROA" + strings.ToUpper(op.Hex(17, "unique")),
			}
		},
	}
}

func passwordPolicy() *simcloud.Type {
	return oncePer(&simcloud.Type{
		Token: passwordPolicyToken, Noun: "password policy", Global: true,
		ID: func(*simcloud.Op) string { return "iam-account-password-policy" },
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(simcloud.Between(in, "minimumPasswordLength", 6, 128), simcloud.Between(in, "maxPasswordAge", 0, 1095), simcloud.Between(in, "passwordReusePrevention", 0, 24))
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"expirePasswords": op.In.Int("maxPasswordAge") > 0}
		},
	})
}

func accountBlock() *simcloud.Type {
	return oncePer(&simcloud.Type{
		Token: "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock", Noun: "public access block", Global: true,
		ID:      func(op *simcloud.Op) string { return op.Account },
		Replace: []string{"accountId"},
	})
}

func ebsByDefault() *simcloud.Type {
	return oncePer(&simcloud.Type{
		Token: "aws:ebs/encryptionByDefault:EncryptionByDefault", Noun: "EBS encryption default",
		ID: func(op *simcloud.Op) string { return "terraform-" + op.Hex(26, "id") },
	})
}

func ebsKey() *simcloud.Type {
	return oncePer(&simcloud.Type{
		Token: "aws:ebs/defaultKmsKey:DefaultKmsKey", Noun: "EBS default key", IDFrom: "keyArn",
		Required: []string{"keyArn"},
		Replace:  []string{"keyArn"},
		Refs:     []simcloud.Ref{{Path: "keyArn", To: []string{keyToken}, By: "arn", Missing: "NotFoundException: Key '%s' does not exist"}},
		Validate: func(in simcloud.Values) []error { return simcloud.Problems(simcloud.Matches(in, "keyArn", keyARN)) },
	})
}

var keyARN = regexp.MustCompile(`^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/.+$`)

func metadataDefaults() *simcloud.Type {
	return oncePer(&simcloud.Type{
		Token: "aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults", Noun: "instance metadata default",
		ID: func(op *simcloud.Op) string { return op.Region },
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(simcloud.OneOf(in, "httpEndpoint", "enabled", "disabled", "no-preference"),
				simcloud.OneOf(in, "httpTokens", "optional", "required", "no-preference"), simcloud.OneOf(in, "instanceMetadataTags", "enabled", "disabled", "no-preference"))
			if in.Int("httpPutResponseHopLimit") != -1 {
				errs = append(errs, simcloud.Problems(simcloud.Between(in, "httpPutResponseHopLimit", 1, 64))...)
			}
			return errs
		},
	})
}
