package aws

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	secretToken        = "aws:secretsmanager/secret:Secret"
	secretVersionToken = "aws:secretsmanager/secretVersion:SecretVersion"
	secretPolicyToken  = "aws:secretsmanager/secretPolicy:SecretPolicy"
	// deletedSecretToken is a secret in its recovery window: it keeps its name.
	deletedSecretToken = "aws:secretsmanager/deletedSecret:DeletedSecret"
)

var (
	secretName  = regexp.MustCompile(`^[0-9A-Za-z_/+=.@-]{1,512}$`)
	functionARN = regexp.MustCompile(`^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[a-zA-Z0-9_-]+(:[a-zA-Z0-9_$-]+)?$`)
)

func secretsTypes() []*simcloud.Type {
	return []*simcloud.Type{
		secret(), secretVersion(), secretPolicy(), secretRotation(),
		{Token: deletedSecretToken, Noun: "secret that is scheduled for deletion", IDFrom: "name"},
	}
}

// secretRef is the reference of a part of a secret to it.
func secretRef(path string) simcloud.Ref {
	return simcloud.Ref{Path: path, To: []string{secretToken}, Missing: "ResourceNotFoundException: Secrets Manager can't find the specified secret. (%s)"}
}

func secret() *simcloud.Type {
	return &simcloud.Type{
		Token: secretToken, Noun: "secret", Auto: "name", AutoMax: 512, Takes: time.Second,
		ID: func(op *simcloud.Op) string {
			return arn(op, "secretsmanager", "secret:"+op.In.String("name")+"-"+op.Hex(6, "arn"))
		},
		Replace: []string{"name", "namePrefix"},
		Refs: []simcloud.Ref{{
			Path: "kmsKeyId", To: []string{keyToken}, By: "arn", Foreign: dbNoARN,
			Missing: "InvalidParameterException: The KMS key %s does not exist or you don't have access to it.",
		}},
		Unique: []simcloud.Unique{{
			Paths: []string{"name"}, Words: "ResourceExistsException: The operation failed because the secret %s already exists.",
		}},
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(simcloud.Matches(in, "name", secretName), policyDocument(in, "policy"))
			if days := in.Int("recoveryWindowInDays"); in.Known("recoveryWindowInDays") && days != 0 && (days < 7 || days > 30) {
				errs = append(errs, fmt.Errorf("expected recovery_window_in_days to be 0 or in the range (7 - 30), got %d", days))
			}
			return errs
		},
		Refuse: func(op *simcloud.Op) error {
			if op.Old == nil && op.Find(deletedSecretToken, "id", op.In.String("name")) != nil {
				return simcloud.Refusal("InvalidRequestException",
					"You can't create this secret because a secret with this name is already scheduled for deletion.")
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values { return simcloud.Values{"arn": op.ID} },
		Delete: func(op *simcloud.Op) error {
			// Without a word on it, the provider asks for 30 days.
			if name := op.In.String("name"); !op.In.Has("recoveryWindowInDays") || op.In.Int("recoveryWindowInDays") > 0 {
				op.Side(deletedSecretToken, name, simcloud.Values{"name": name, "arn": op.ID})
			}
			return nil
		},
	}
}

func secretVersion() *simcloud.Type {
	return &simcloud.Type{
		Token: secretVersionToken, Noun: "secret version",
		ID:       func(op *simcloud.Op) string { return op.In.String("secretId") + "|" + op.Hex(32, "version") },
		Required: []string{"secretId"},
		Replace:  []string{"secretId", "secretString", "secretBinary"},
		Refs:     []simcloud.Ref{secretRef("secretId")},
		Secrets:  []string{"secretString", "secretBinary"},
		Validate: func(in simcloud.Values) []error {
			if in.Has("secretString") && in.Has("secretBinary") {
				return []error{fmt.Errorf(`"secret_string": conflicts with secret_binary`)}
			}
			return nil
		},
		Refuse: func(op *simcloud.Op) error {
			switch text := op.In.String("secretString"); {
			case text == "" && !op.In.Has("secretBinary"):
				return simcloud.Refusal("InvalidRequestException", "You must provide either SecretString or SecretBinary.")
			case len(text) > 65536:
				return simcloud.Refusal("ValidationException", "1 validation error detected: Value at 'secretString' failed to satisfy constraint: Member must have length less than or equal to 65536")
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			_, version, _ := strings.Cut(op.ID, "|")
			return simcloud.Values{"arn": op.In.String("secretId"), "versionId": version, "versionStages": []string{"AWSCURRENT"}}
		},
	}
}

func secretPolicy() *simcloud.Type {
	return &simcloud.Type{
		Token: secretPolicyToken, Noun: "resource policy", IDFrom: "secretArn",
		Required: []string{"secretArn", "policy"},
		Replace:  []string{"secretArn"},
		Refs:     []simcloud.Ref{secretRef("secretArn")},
		Unique:   []simcloud.Unique{{Paths: []string{"secretArn"}, Words: "InvalidRequestException: secret %s has one resource policy: a second would silently overwrite it"}},
		Validate: func(in simcloud.Values) []error { return simcloud.Problems(policyDocument(in, "policy")) },
		Refuse: func(op *simcloud.Op) error {
			doc, err := parsePolicy(op.In.String("policy"))
			if err != nil {
				return nil // refused as a document already
			}
			for _, s := range doc.Statement {
				if !s.Principal.any && len(s.Principal.byKind) == 0 {
					return simcloud.Refusal("MalformedPolicyDocumentException", "This resource policy contains a syntax error: Missing required field Principal")
				}
				if op.In.Bool("blockPublicPolicy") && s.public() {
					return simcloud.Refusal("PublicPolicyException", "You cannot attach this policy because it grants broad access to the secret.")
				}
			}
			return nil
		},
	}
}

func secretRotation() *simcloud.Type {
	return &simcloud.Type{
		Token: "aws:secretsmanager/secretRotation:SecretRotation", Noun: "rotation", IDFrom: "secretId",
		Required: []string{"secretId", "rotationRules"},
		Replace:  []string{"secretId"},
		Refs:     []simcloud.Ref{secretRef("secretId")},
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(simcloud.Between(in, "rotationRules.automaticallyAfterDays", 1, 1000), simcloud.Matches(in, "rotationLambdaArn", functionARN))
			if in.Has("rotationRules.automaticallyAfterDays") == in.Has("rotationRules.scheduleExpression") {
				errs = append(errs, fmt.Errorf(`"rotation_rules": one of automatically_after_days, schedule_expression must be specified`))
			}
			return errs
		},
		Refuse: func(op *simcloud.Op) error {
			if !op.In.Has("rotationLambdaArn") {
				return simcloud.Refusal("InvalidRequestException", "No Lambda rotation function ARN is associated with this secret.")
			}
			return nil
		},
		Outputs: func(*simcloud.Op) simcloud.Values { return simcloud.Values{"rotationEnabled": true} },
	}
}
