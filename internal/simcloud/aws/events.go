package aws

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	queueToken           = "aws:sqs/queue:Queue"
	queuePolicyToken     = "aws:sqs/queuePolicy:QueuePolicy"
	eventRuleToken       = "aws:cloudwatch/eventRule:EventRule"
	eventTargetToken     = "aws:cloudwatch/eventTarget:EventTarget"
	instanceProfileToken = "aws:iam/instanceProfile:InstanceProfile"
)

var (
	queueName  = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,80}$|^[a-zA-Z0-9_-]{1,75}\.fifo$`)
	ruleName   = regexp.MustCompile(`^[.\-_A-Za-z0-9]{1,64}$`)
	targetName = regexp.MustCompile(`^[.\-_A-Za-z0-9]{1,64}$`)
)

// eventTypes are queues, the rules that fill them, and the profiles through which
// instances have a role.
// Source: SQS, EventBridge and IAM API references.
func eventTypes() []*simcloud.Type {
	return []*simcloud.Type{queueType(), queuePolicyType(), eventRuleType(), eventTargetType(), instanceProfileType()}
}

func queueType() *simcloud.Type {
	return &simcloud.Type{
		Token: queueToken, Noun: "queue", Auto: "name", AutoMax: 80, Takes: time.Second,
		ID: func(op *simcloud.Op) string {
			return "https://sqs." + op.Region + ".amazonaws.com/" + op.Account + "/" + op.In.String("name")
		},
		Replace: []string{"name", "namePrefix", "fifoQueue"},
		Unique: []simcloud.Unique{{
			Paths: []string{"name"}, Words: "QueueAlreadyExists: A queue already exists with the same name and a different value for attribute (%s)",
		}},
		Validate: func(in simcloud.Values) []error {
			errs := problems(matches(in, "name", queueName), between(in, "messageRetentionSeconds", 60, 1209600),
				between(in, "visibilityTimeoutSeconds", 0, 43200), between(in, "delaySeconds", 0, 900), policyDocument(in, "policy"))
			if in.Bool("sqsManagedSseEnabled") && in.String("kmsMasterKeyId") != "" {
				errs = append(errs, simcloud.Refusal("InvalidAttributeValue", "You can use one type of server-side encryption (SSE) at one time: SSE-KMS or SSE-SQS."))
			}
			return errs
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"arn": arn(op, "sqs", op.In.String("name")), "url": op.ID}
		},
	}
}

func queuePolicyType() *simcloud.Type {
	return &simcloud.Type{
		Token: queuePolicyToken, Noun: "queue policy", IDFrom: "queueUrl",
		Required: []string{"queueUrl", "policy"},
		Replace:  []string{"queueUrl"},
		Refs: []simcloud.Ref{{
			Path: "queueUrl", To: []string{queueToken}, By: "url",
			Missing: "AWS.SimpleQueueService.NonExistentQueue: The specified queue does not exist. (%s)",
		}},
		Validate: func(in simcloud.Values) []error { return problems(policyDocument(in, "policy")) },
	}
}

func eventRuleType() *simcloud.Type {
	return &simcloud.Type{
		Token: eventRuleToken, Noun: "rule", Auto: "name", AutoMax: 64,
		ID:      func(op *simcloud.Op) string { return op.In.String("name") },
		Replace: []string{"name", "namePrefix", "eventBusName"},
		InUse:   "ValidationException: Rule can't be deleted since it has targets. (%s)",
		Unique:  []simcloud.Unique{{Paths: []string{"name"}, Words: "ResourceConflictException: Rule %s already exists."}},
		Validate: func(in simcloud.Values) []error {
			errs := problems(matches(in, "name", ruleName))
			if !in.Has("eventPattern") && !in.Has("scheduleExpression") {
				errs = append(errs, simcloud.Refusal("ValidationException", "Parameter(s) EventPattern or ScheduleExpression must be specified."))
			}
			return append(errs, eventPattern(in)...)
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"arn": arn(op, "events", "rule/"+op.ID)}
		},
	}
}

// eventPattern wants JSON whose leaves are lists.
func eventPattern(in simcloud.Values) []error {
	text := in.String("eventPattern")
	if text == "" {
		return nil
	}
	var pattern map[string]any
	if err := json.Unmarshal([]byte(text), &pattern); err != nil {
		return []error{simcloud.Refusal("InvalidEventPatternException", "Event pattern is not valid. Reason: %v", err)}
	}
	for key, value := range pattern {
		if _, isText := value.(string); isText {
			return []error{simcloud.Refusal("InvalidEventPatternException",
				"Event pattern is not valid. Reason: %q must be an object or an array", key)}
		}
	}
	return nil
}

func eventTargetType() *simcloud.Type {
	return &simcloud.Type{
		Token: eventTargetToken, Noun: "target",
		ID:       func(op *simcloud.Op) string { return op.In.String("rule") + "-" + op.In.String("targetId") },
		Required: []string{"rule", "arn"},
		Replace:  []string{"rule", "targetId", "eventBusName"},
		Refs: []simcloud.Ref{{
			Path: "rule", To: []string{eventRuleToken}, By: "name", Holds: true, Missing: "ResourceNotFoundException: Rule %s does not exist on EventBus default.",
		}},
		Validate: func(in simcloud.Values) []error { return problems(matches(in, "targetId", targetName)) },
		Refuse:   targetProblem,
	}
}

// targetProblem refuses a queue that does not exist, or that lets no event in:
// EventBridge itself would drop the events without a word.
func targetProblem(op *simcloud.Op) error {
	to := op.In.String("arn")
	if !strings.Contains(to, ":sqs:") {
		return nil
	}
	queue := op.Find(queueToken, "arn", to)
	if queue == nil {
		return simcloud.Refusal("ValidationException", "Target %s does not exist.", to)
	}
	for _, p := range op.All(queuePolicyToken) {
		if p.In.String("queueUrl") == queue.ID && strings.Contains(p.In.String("policy"), "events.amazonaws.com") {
			return nil
		}
	}
	return simcloud.Refusal("AccessDenied", "the policy of %s does not let events.amazonaws.com send messages: every event would be lost", to)
}

func instanceProfileType() *simcloud.Type {
	return &simcloud.Type{
		Token: instanceProfileToken, Noun: "instance profile", Global: true, Auto: "name", AutoMax: 128,
		ID:      func(op *simcloud.Op) string { return op.In.String("name") },
		Replace: []string{"name", "namePrefix", "path"},
		Refs: []simcloud.Ref{{
			Path: "role", To: []string{roleToken}, By: "name", Holds: true, Missing: "NoSuchEntity: The role with name %s cannot be found.",
		}},
		Unique: []simcloud.Unique{{Paths: []string{"name"}, Words: "EntityAlreadyExists: Instance Profile %s already exists."}},
		Validate: func(in simcloud.Values) []error {
			return problems(matches(in, "name", rolePolicyID))
		},
		Refuse: func(op *simcloud.Op) error {
			role := op.Find(roleToken, "name", op.In.String("role"))
			if role != nil && !eksTrusts(role, "ec2.amazonaws.com", "sts:AssumeRole") {
				return fmt.Errorf("the role %s does not trust ec2.amazonaws.com: no instance could have it", role.ID)
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"arn": globalArn(op, "iam", "instance-profile/"+op.ID), "uniqueId": "AIPA" + strings.ToUpper(op.Hex(17, "id"))}
		},
	}
}
