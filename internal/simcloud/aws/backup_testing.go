package aws

import (
	"regexp"
	"strings"
	"time"
	_ "time/tzdata" // time zones are AWS's to know, wherever the simulation runs

	"github.com/te-explico/infrastructure/internal/simcloud"
)

var restoreTestName = regexp.MustCompile(`^[a-zA-Z0-9_]{1,50}$`)

// restoreTestable are the types of resources whose restore can be tested.
var restoreTestable = []string{"Aurora", "DocumentDB", "DynamoDB", "EBS", "EC2", "EFS", "FSx", "Neptune", "RDS", "S3"}

func restoreTestingPlan() *simcloud.Type {
	const points = "recoveryPointSelection."
	return &simcloud.Type{
		Token: restoreTestToken, Noun: "restore testing plan", IDFrom: "name", Auto: "name", AutoMax: 50, Takes: time.Second,
		Required: []string{"recoveryPointSelection", "scheduleExpression"},
		Replace:  []string{"name"},
		InUse:    "InvalidRequestException: Related restore testing selections must be deleted prior to restore testing plan deletion: %s",
		Refs: []simcloud.Ref{{
			Path: points + "includeVaults[]", To: []string{vaultToken}, By: "arn", Foreign: func(v string) bool { return v == "*" },
			Missing: "InvalidParameterValueException: Backup vault %s cannot be found",
		}},
		Unique: []simcloud.Unique{{Paths: []string{"name"}, Words: "AlreadyExistsException: Restore testing plan with the same name already exists: %s"}},
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(simcloud.Matches(in, "name", restoreTestName), zoneProblem(in, "scheduleExpressionTimezone"),
				simcloud.OneOf(in, points+"algorithm", "RANDOM_WITHIN_WINDOW", "LATEST_WITHIN_WINDOW"),
				simcloud.Between(in, points+"selectionWindowDays", 1, 365), simcloud.Between(in, "startWindowHours", 1, 168))
			for _, kind := range in.Strings(points + "recoveryPointTypes[]") {
				errs = append(errs, simcloud.Problems(simcloud.OneOf(simcloud.Values{"recoveryPointTypes": kind}, "recoveryPointTypes", "SNAPSHOT", "CONTINUOUS"))...)
			}
			return errs
		},
		Refuse: func(op *simcloud.Op) error {
			if text := op.In.String("scheduleExpression"); !awsCron(text) {
				return invalidBackup("Invalid schedule expression: %s", text)
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"arn": arn(op, "backup", "restore-testing-plan:"+op.ID+"-"+uuid(op))}
		},
	}
}

func restoreTestingSelection() *simcloud.Type {
	return &simcloud.Type{
		Token: restoreTestItemToken, Noun: "restore testing selection", Auto: "name", AutoMax: 50,
		ID: func(op *simcloud.Op) string {
			return op.In.String("name") + ":" + op.In.String("restoreTestingPlanName")
		},
		Required: []string{"iamRoleArn", "protectedResourceType", "restoreTestingPlanName"},
		Replace:  []string{"name", "restoreTestingPlanName", "protectedResourceType"},
		Refs: []simcloud.Ref{{
			Path: "restoreTestingPlanName", To: []string{restoreTestToken}, Holds: true,
			Missing: "ResourceNotFoundException: Restore testing plan %s cannot be found",
		}, {
			Path: "iamRoleArn", To: []string{roleToken}, By: "arn",
			Missing: "InvalidParameterValueException: IAM Role %s cannot be assumed by AWS Backup",
		}},
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(simcloud.Matches(in, "name", restoreTestName), simcloud.OneOf(in, "protectedResourceType", restoreTestable...),
				simcloud.Between(in, "validationWindowHours", 1, 168))
		},
		Refuse: func(op *simcloud.Op) error {
			role := op.Find(roleToken, "arn", op.In.String("iamRoleArn"))
			arns := op.In.Strings("protectedResourceArns[]")
			switch {
			case !eksTrusts(role, backupService, "sts:AssumeRole"):
				return invalidBackup("IAM Role %s cannot be assumed by AWS Backup", op.In.String("iamRoleArn"))
			case len(arns) == 0 && !op.In.Has("protectedResourceConditions"):
				return invalidBackup("Either ProtectedResourceArns or ProtectedResourceConditions must be specified")
			case len(arns) > 0 && arns[0] != "*" && op.In.Has("protectedResourceConditions"):
				return invalidBackup("Cannot select by both protected resource conditions and specific ARNs")
			case len(arns) > 30:
				return invalidBackup("ProtectedResourceArns can have at most 30 items, got %d", len(arns))
			}
			return nil
		},
	}
}

// awsCron says whether a text is cron(minutes hours day-of-month month
// day-of-week year) as AWS reads it: one of the two days is a question mark.
func awsCron(text string) bool {
	inner, ok := strings.CutPrefix(text, "cron(")
	inner, closed := strings.CutSuffix(inner, ")")
	fields := strings.Fields(inner)
	return ok && closed && len(fields) == 6 && (fields[2] == "?") != (fields[4] == "?") &&
		cronFields(fields[:2]) && (cronDays.MatchString(fields[4]) || fields[4] == "?")
}

var (
	cronNumber = regexp.MustCompile(`^(\*|\d{1,2}([-/]\d{1,2})?(,\d{1,2})*|\*/\d{1,2})$`)
	cronDays   = regexp.MustCompile(`^(\*|([A-Z]{3}|[0-7])([-,]([A-Z]{3}|[0-7]))*)$`)
)

func cronFields(fields []string) bool {
	for _, f := range fields {
		if !cronNumber.MatchString(f) {
			return false
		}
	}
	return true
}

// zoneProblem refuses a time zone that the IANA database does not know.
func zoneProblem(in simcloud.Values, path string) error {
	name := in.String(path)
	if name == "" {
		return nil
	}
	if _, err := time.LoadLocation(name); err != nil || name == "Local" {
		return simcloud.Refusal("ValidationException", "Provided time zone is invalid: %s", name)
	}
	return nil
}
