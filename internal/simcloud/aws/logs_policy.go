package aws

import (
	"fmt"
	"strings"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const logPolicyToken = "aws:cloudwatch/logResourcePolicy:LogResourcePolicy"

// logPolicy is a resource policy of CloudWatch Logs: it belongs to the account
// and region, not to one log group.
// Source: CloudWatch Logs API reference, PutResourcePolicy, and its quotas: ten
// policies in a region, 5,120 characters each; read 2026-11.
func logPolicy() *simcloud.Type {
	return &simcloud.Type{
		Token: logPolicyToken, Noun: "log resource policy", IDFrom: "policyName",
		Required: []string{"policyName", "policyDocument"},
		Replace:  []string{"policyName"},
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(policyDocument(in, "policyDocument"))
			if n := len(in.String("policyDocument")); n > 5120 {
				errs = append(errs, simcloud.Refusal("InvalidParameterException", "1 validation error detected: Value at 'policyDocument' failed to satisfy constraint: Member must have length less than or equal to 5120 (%d)", n))
			}
			return errs
		},
		Refuse: func(op *simcloud.Op) error {
			if op.Old == nil && len(op.All(logPolicyToken)) >= 10 {
				return simcloud.Refusal("LimitExceededException", "Resource limit exceeded.")
			}
			return nil
		},
	}
}

// mayLog says whether a policy of the region lets a service write to a log
// group.
func mayLog(op *simcloud.Op, service, group string) bool {
	for _, r := range op.All(logPolicyToken) {
		doc, err := parsePolicy(r.In.String("policyDocument"))
		if err != nil {
			continue
		}
		for _, s := range doc.Statement {
			if s.Effect == "Allow" && s.Principal.names("Service", service) && s.allows("logs:CreateLogStream") && s.allows("logs:PutLogEvents") && s.reaches(group+":log-stream:x") {
				return true
			}
		}
	}
	return false
}

// reaches says whether one of the statement's resources matches an ARN.
func (s statement) reaches(arn string) bool {
	for _, pattern := range s.Resource {
		if wildcard(pattern, arn) {
			return true
		}
	}
	return false
}

// logGroupByArn finds a log group by its ARN, in the region that the ARN names.
func logGroupByArn(op *simcloud.Op, arn string) (*simcloud.Record, error) {
	parts := strings.Split(arn, ":")
	if len(parts) < 7 || parts[2] != "logs" {
		return nil, fmt.Errorf("%s is not the ARN of a log group", arn)
	}
	there := *op
	there.Region = parts[3]
	return there.Find(logGroupToken, "arn", strings.TrimSuffix(arn, ":*")), nil
}
