package aws

import (
	"strings"
	"unicode"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// IAM's quotas that no account can have raised as far as it likes. White space
// does not count.
// Source: IAM user guide, "IAM and AWS STS quotas", read 2026-11.
const (
	mostPolicy   = 6144
	mostInline   = 10240
	mostPolicies = 10
)

func policySize(text string) error {
	if letters(text) > mostPolicy {
		return simcloud.Refusal("LimitExceeded", "Cannot exceed quota for PolicySize: %d", mostPolicy)
	}
	return nil
}

func letters(text string) int {
	return len(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text))
}

// inlineQuota limits all of a role's inline policies together.
func inlineQuota(op *simcloud.Op) error {
	role, sum := op.In.String("role"), letters(op.In.String("policy"))
	for _, other := range op.All(rolePolicyToken) {
		if other.In.String("role") == role && other.ID != op.ID {
			sum += letters(other.In.String("policy"))
		}
	}
	if sum > mostInline {
		return simcloud.Refusal("LimitExceeded", "Maximum policy size of %d bytes exceeded for role %s", mostInline, role)
	}
	return nil
}

// attachmentQuota limits the managed policies of a role.
func attachmentQuota(op *simcloud.Op) error {
	n := 0
	for _, other := range op.All(op.Type.Token) {
		if other.In.String("role") == op.In.String("role") && other.ID != op.ID {
			n++
		}
	}
	if n >= mostPolicies {
		return simcloud.Refusal("LimitExceeded", "Cannot exceed quota for PoliciesPerRole: %d", mostPolicies)
	}
	return nil
}
