package aws

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	scheduleToken        = "aws:scheduler/schedule:Schedule"
	scalingScheduleToken = "aws:autoscaling/schedule:Schedule"
	schedulerService     = "scheduler.amazonaws.com"
)

var (
	scheduleName    = regexp.MustCompile(`^[0-9a-zA-Z_.-]{1,64}$`)
	rateExpression  = regexp.MustCompile(`^rate\([1-9]\d* (minutes?|hours?|days?)\)$`)
	onceExpression  = regexp.MustCompile(`^at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)$`)
	universalTarget = regexp.MustCompile(`^arn:aws:scheduler:::aws-sdk:([a-z0-9]+):([a-zA-Z0-9]+)$`)
)

// schedulable are the services that a schedule of the simulated cloud calls,
// with what each call needs to be told. The names are those of the SDK:
// DbInstanceIdentifier, where RDS itself says DBInstanceIdentifier.
// Source: EventBridge Scheduler user guide, "Using universal targets".
var schedulable = map[string]map[string]string{
	"rds":        {"stopDBInstance": "DbInstanceIdentifier", "startDBInstance": "DbInstanceIdentifier"},
	"cloudwatch": {"disableAlarmActions": "AlarmNames", "enableAlarmActions": "AlarmNames"},
}

func scheduledCall() *simcloud.Type {
	return &simcloud.Type{
		Token: scheduleToken, Noun: "schedule", Auto: "name", AutoMax: 64, Takes: time.Second,
		ID:       func(op *simcloud.Op) string { return scheduleGroup(op.In) + "/" + op.In.String("name") },
		Required: []string{"flexibleTimeWindow", "scheduleExpression", "target"},
		Replace:  []string{"name", "namePrefix", "groupName"},
		Refs: []simcloud.Ref{{
			Path: "target.roleArn", To: []string{roleToken}, By: "arn",
			Missing: "ValidationException: The execution role you provide must allow AWS EventBridge Scheduler to assume the role. (%s)",
		}},
		Unique: []simcloud.Unique{{Paths: []string{"name"}, Words: "ConflictException: Schedule %s already exists."}},
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(simcloud.Matches(in, "name", scheduleName), simcloud.OneOf(in, "state", "ENABLED", "DISABLED"), simcloud.OneOf(in, "flexibleTimeWindow.mode", "OFF", "FLEXIBLE"),
				zoneProblem(in, "scheduleExpressionTimezone"), simcloud.Between(in, "target.retryPolicy.maximumRetryAttempts", 0, 185),
				simcloud.Between(in, "target.retryPolicy.maximumEventAgeInSeconds", 60, 86400))
		},
		Refuse: scheduledCallProblem,
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"arn": arn(op, "scheduler", "schedule/"+op.ID), "groupName": scheduleGroup(op.In)}
		},
	}
}

func scheduleGroup(in simcloud.Values) string {
	if g := in.String("groupName"); g != "" {
		return g
	}
	return "default"
}

func scheduledCallProblem(op *simcloud.Op) error {
	invalid := func(format string, args ...any) error {
		return simcloud.Refusal("ValidationException", format, args...)
	}
	in := op.In
	when := in.String("scheduleExpression")
	if !awsCron(when) && !rateExpression.MatchString(when) && !onceExpression.MatchString(when) {
		return invalid("Invalid Schedule Expression %s.", when)
	}
	if g := scheduleGroup(in); g != "default" {
		return simcloud.Refusal("ResourceNotFoundException", "Schedule group %s does not exist.", g)
	}
	if (in.String("flexibleTimeWindow.mode") == "FLEXIBLE") != in.Has("flexibleTimeWindow.maximumWindowInMinutes") {
		return invalid("MaximumWindowInMinutes is given exactly when the flexible time window is FLEXIBLE.")
	}
	if !eksTrusts(op.Find(roleToken, "arn", in.String("target.roleArn")), schedulerService, "sts:AssumeRole") {
		return invalid("The execution role you provide must allow AWS EventBridge Scheduler to assume the role.")
	}
	m := universalTarget.FindStringSubmatch(in.String("target.arn"))
	if m == nil {
		return invalid("Provided Arn is not in correct format. (%s)", in.String("target.arn"))
	}
	calls, known := schedulable[m[1]]
	if !known {
		return invalid("%s is not a supported service for a target.", m[1])
	}
	needs, known := calls[m[2]]
	if !known {
		return invalid("%s is not a supported api for %s.", m[2], m[1])
	}
	var members map[string]any
	if err := json.Unmarshal([]byte(in.String("target.input")), &members); err != nil || members[needs] == nil {
		return invalid("Invalid RequestJson provided. Reason The field '%s' is missing or the JSON is malformed.", needs)
	}
	return nil
}

// scheduledScaling is a scheduled action of an Auto Scaling group. The groups
// themselves are those of node groups.
func scheduledScaling() *simcloud.Type {
	return &simcloud.Type{
		Token: scalingScheduleToken, Noun: "scheduled action", Takes: time.Second,
		// Each group has names of its own.
		ID: func(op *simcloud.Op) string {
			return op.In.String("autoscalingGroupName") + "/" + op.In.String("scheduledActionName")
		},
		Required: []string{"autoscalingGroupName", "scheduledActionName"},
		Replace:  []string{"autoscalingGroupName", "scheduledActionName"},
		Refs: []simcloud.Ref{{
			Path: "autoscalingGroupName", To: []string{eksNodeGroupToken}, By: "resources[].autoscalingGroups[].name",
			Missing: "ValidationError: Group %s not found",
		}},
		Unique: []simcloud.Unique{{
			// Auto Scaling would overwrite the other action without a word.
			Paths: []string{"autoscalingGroupName", "scheduledActionName"}, Words: "AlreadyExists: group %s has a scheduled action %s already: a second would silently overwrite it",
		}},
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(longest(in, "scheduledActionName", 255), zoneProblem(in, "timeZone"))
		},
		Refuse: func(op *simcloud.Op) error {
			invalid := func(format string, args ...any) error { return simcloud.Refusal("ValidationError", format, args...) }
			// The provider sends 0 for what is not given, and leaves -1 out.
			low, high, wanted := op.In.Int("minSize"), op.In.Int("maxSize"), op.In.Int("desiredCapacity")
			switch {
			case high >= 0 && low > high:
				return invalid("Max bound, %d, must be greater than or equal to min bound, %d", high, low)
			case wanted >= 0 && wanted < low:
				return invalid("Desired capacity must be greater than or equal to min size")
			case wanted >= 0 && high >= 0 && wanted > high:
				return invalid("Desired capacity must be less than or equal to max size")
			case op.In.Has("recurrence") && !unixCron(op.In.String("recurrence")):
				return invalid("Given recurrence string:%s is invalid", op.In.String("recurrence"))
			case !op.In.Has("recurrence") && !op.In.Has("startTime"):
				return invalid("You must specify either Recurrence or StartTime")
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			group := op.In.String("autoscalingGroupName")
			return simcloud.Values{"arn": arn(op, "autoscaling", "scheduledUpdateGroupAction:"+uuid(op)+":autoScalingGroupName/"+group+":scheduledActionName/"+op.In.String("scheduledActionName"))}
		},
	}
}

// unixCron says whether a text is a cron line of five fields.
func unixCron(text string) bool {
	fields := strings.Fields(text)
	return len(fields) == 5 && cronFields(fields[:2]) && cronDays.MatchString(fields[4]) && !slices.Contains(fields, "?")
}
