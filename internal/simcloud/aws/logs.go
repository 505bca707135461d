package aws

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const logGroupToken = "aws:cloudwatch/logGroup:LogGroup"

var (
	logGroupName = regexp.MustCompile(`^[a-zA-Z0-9_\-/.#]{1,512}$`)
	// retentionDays are the numbers of days that CloudWatch Logs keeps logs for.
	// Source: CloudWatch Logs API reference, PutRetentionPolicy, read 2026-11.
	retentionDays = []int{
		0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731,
		1096, 1827, 2192, 2557, 2922, 3288, 3653,
	}
)

func logsTypes() []*simcloud.Type {
	return []*simcloud.Type{logPolicy(), {
		Token: logGroupToken, Noun: "log group", IDFrom: "name", Auto: "name", AutoMax: 512,
		Replace: []string{"name", "namePrefix", "logGroupClass"},
		Refs: []simcloud.Ref{{
			Path: "kmsKeyId", To: []string{keyToken}, By: "arn", Holds: false,
			Missing: "InvalidParameterException: The specified KMS key does not exist or is not allowed to be used with LogGroup '%s'",
		}},
		Unique: []simcloud.Unique{{
			Paths: []string{"name"}, Words: "ResourceAlreadyExistsException: The specified log group already exists: %s",
		}},
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(simcloud.Matches(in, "name", logGroupName))
			if in.Known("retentionInDays") && !slices.Contains(retentionDays, in.Int("retentionInDays")) {
				errs = append(errs, fmt.Errorf("expected retentionInDays to be one of %v, got %d", retentionDays, in.Int("retentionInDays")))
			}
			return errs
		},
		Refuse: keyLetsLogsIn,
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"arn": arn(op, "logs", "log-group:"+op.ID)}
		},
	}}
}

// keyLetsLogsIn refuses a key whose policy does not let CloudWatch Logs use it.
func keyLetsLogsIn(op *simcloud.Op) error {
	if op.In.String("kmsKeyId") == "" {
		return nil
	}
	key := op.Find(keyToken, "arn", op.In.String("kmsKeyId"))
	doc, err := parsePolicy(key.In.String("policy"))
	if err == nil {
		for _, s := range doc.Statement {
			if s.Effect == "Allow" && s.allows("kms:GenerateDataKey") && s.Principal.names("Service", "logs."+op.Region+".amazonaws.com") {
				return nil
			}
		}
	}
	return simcloud.Refusal("AccessDeniedException",
		"The specified KMS key does not exist or is not allowed to be used with Arn '%s'", arn(op, "logs", "log-group:"+op.In.String("name")))
}
