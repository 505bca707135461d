package aws

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	queueToken           = "aws:sqs/queue:Queue"
	queuePolicyToken     = "aws:sqs/queuePolicy:QueuePolicy"
	instanceProfileToken = "aws:iam/instanceProfile:InstanceProfile"
)

var queueName = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,80}$|^[a-zA-Z0-9_-]{1,75}\.fifo$`)

// queueTypes are queues, and the profiles through which instances have a role.
// Source: SQS and IAM API references.
func queueTypes() []*simcloud.Type {
	return []*simcloud.Type{queueType(), queuePolicyType(), instanceProfileType()}
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
			errs := simcloud.Problems(simcloud.Matches(in, "name", queueName), simcloud.Between(in, "messageRetentionSeconds", 60, 1209600),
				simcloud.Between(in, "visibilityTimeoutSeconds", 0, 43200), simcloud.Between(in, "delaySeconds", 0, 900), policyDocument(in, "policy"))
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
		Validate: func(in simcloud.Values) []error { return simcloud.Problems(policyDocument(in, "policy")) },
	}
}

// refuseDeaf refuses a queue that does not exist, or that lets no event in:
// EventBridge itself would drop the events without a word.
func refuseDeaf(op *simcloud.Op, to string) error {
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
			return simcloud.Problems(simcloud.Matches(in, "name", rolePolicyID))
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
