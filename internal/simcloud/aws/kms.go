package aws

import (
	"regexp"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	keyToken   = "aws:kms/key:Key"
	aliasToken = "aws:kms/alias:Alias"
)

var aliasName = regexp.MustCompile(`^alias/[a-zA-Z0-9/_-]{1,250}$`)

func kmsTypes() []*simcloud.Type {
	return []*simcloud.Type{{
		Token: keyToken, Noun: "key", Takes: 10 * time.Second,
		ID: func(op *simcloud.Op) string {
			h := op.Hex(32, "id")
			return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
		},
		Replace: []string{"customerMasterKeySpec", "keyUsage", "multiRegion"},
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(
				simcloud.Between(in, "deletionWindowInDays", 7, 30),
				policyDocument(in, "policy"), keyPair(in),
			)
		},
		Refuse: func(op *simcloud.Op) error {
			return lockedOut(op)
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"arn": arn(op, "kms", "key/"+op.ID), "keyId": op.ID}
		},
	}, {
		Token: aliasToken, Noun: "alias", IDFrom: "name", Auto: "name",
		Required: []string{"name", "targetKeyId"},
		Replace:  []string{"name"},
		Refs: []simcloud.Ref{{
			Path: "targetKeyId", To: []string{keyToken},
			Missing: "NotFoundException: Key 'arn:aws:kms:key/%s' does not exist",
		}},
		Unique:   []simcloud.Unique{{Paths: []string{"name"}, Words: "AlreadyExistsException: An alias with the name %s already exists"}},
		Validate: func(in simcloud.Values) []error { return simcloud.Problems(simcloud.Matches(in, "name", aliasName)) },
		Outputs: func(op *simcloud.Op) simcloud.Values {
			key := op.Find(keyToken, "id", op.In.String("targetKeyId"))
			return simcloud.Values{"arn": arn(op, "kms", op.In.String("name")), "targetKeyArn": key.Out.String("arn")}
		},
	}}
}

// lockedOut refuses a key policy under which nobody could change the policy any
// more: the account has to keep kms:PutKeyPolicy.
func lockedOut(op *simcloud.Op) error {
	doc, err := parsePolicy(op.In.String("policy"))
	if err != nil || !op.In.Has("policy") {
		return nil // no policy is the default one; a broken one is refused elsewhere
	}
	for _, s := range doc.Statement {
		if s.Effect == "Allow" && s.allows("kms:PutKeyPolicy") && len(s.Condition) == 0 {
			return nil
		}
	}
	return simcloud.Refusal("MalformedPolicyDocumentException", "The new key policy will not allow you to update the key policy in the future.")
}

// keyPair refuses what an asymmetric key cannot do: encrypt with an elliptic
// curve of its kind, and rotate.
func keyPair(in simcloud.Values) error {
	spec := in.String("customerMasterKeySpec")
	switch {
	case spec == "" || spec == "SYMMETRIC_DEFAULT":
		return nil
	case strings.HasPrefix(spec, "ECC_NIST_") && in.String("keyUsage") != "SIGN_VERIFY" && in.String("keyUsage") != "KEY_AGREEMENT":
		return simcloud.Refusal("ValidationException", "KeyUsage ENCRYPT_DECRYPT is not compatible with KeySpec %s", spec)
	case in.Bool("enableKeyRotation"):
		return simcloud.Refusal("UnsupportedOperationException", "You cannot enable automatic rotation of an asymmetric KMS key")
	}
	return nil
}
