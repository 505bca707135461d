package aws

import (
	"fmt"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	topicToken             = "aws:sns/topic:Topic"
	topicPolicyToken       = "aws:sns/topicPolicy:TopicPolicy"
	topicSubscriptionToken = "aws:sns/topicSubscription:TopicSubscription"
)

var (
	topicName   = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,256}$`)
	fifoName    = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,251}\.fifo$`)
	phoneNumber = regexp.MustCompile(`^\+[1-9]\d{6,14}$`)
	protocols   = []string{"application", "email", "email-json", "firehose", "http", "https", "lambda", "sms", "sqs"}
)

func monitoringTypes() []*simcloud.Type {
	return []*simcloud.Type{snsTopic(), snsTopicPolicy(), snsSubscription(), metricAlarm()}
}

func snsTopic() *simcloud.Type {
	return &simcloud.Type{
		Token: topicToken, Noun: "topic", Auto: "name", AutoMax: 256, Takes: time.Second,
		ID:      func(op *simcloud.Op) string { return arn(op, "sns", op.In.String("name")) },
		Replace: []string{"name", "namePrefix", "fifoTopic"},
		Refs: []simcloud.Ref{{
			// SNS itself notices at the first message: too late for a test.
			Path: "kmsMasterKeyId", To: []string{keyToken}, By: "arn", Foreign: dbNoARN,
			Missing: "KMSNotFound: Key '%s' does not exist",
		}},
		Unique: []simcloud.Unique{{
			Paths: []string{"name"}, Words: "InvalidParameter: Invalid parameter: Attributes Reason: Topic already exists with different attributes (%s)",
		}},
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(topicNameProblem(in), policyDocument(in, "policy"), signature(in))
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"arn": op.ID, "owner": op.Account}
		},
	}
}

func topicNameProblem(in simcloud.Values) error {
	pattern := topicName
	if in.Bool("fifoTopic") {
		pattern = fifoName
	}
	if name := in.String("name"); name != "" && !pattern.MatchString(name) {
		return fmt.Errorf("InvalidParameter: Invalid parameter: Topic Name: %q must match %s", name, pattern)
	}
	return nil
}

func signature(in simcloud.Values) error { return simcloud.Between(in, "signatureVersion", 1, 2) }

func snsTopicPolicy() *simcloud.Type {
	return &simcloud.Type{
		Token: topicPolicyToken, Noun: "topic policy", IDFrom: "arn",
		Required: []string{"arn", "policy"},
		Replace:  []string{"arn"},
		Refs:     []simcloud.Ref{topicRef("arn")},
		Validate: func(in simcloud.Values) []error { return simcloud.Problems(policyDocument(in, "policy")) },
		Refuse:   topicPolicyProblem,
		Outputs:  func(op *simcloud.Op) simcloud.Values { return simcloud.Values{"owner": op.Account} },
	}
}

// topicRef is a reference to a topic by its ARN.
func topicRef(path string) simcloud.Ref {
	return simcloud.Ref{Path: path, To: []string{topicToken}, By: "arn", Missing: "NotFound: Topic does not exist: %s"}
}

// topicPolicyProblem refuses a policy that speaks of something else than the
// topic.
func topicPolicyProblem(op *simcloud.Op) error {
	doc, err := parsePolicy(op.In.String("policy"))
	if err != nil {
		return nil // refused as a document already
	}
	for _, s := range doc.Statement {
		if !s.Principal.any && len(s.Principal.byKind) == 0 {
			return simcloud.Refusal("InvalidParameter", "Invalid parameter: Policy Error: null")
		}
		for _, a := range append(s.Action, s.NotAction...) {
			if !strings.HasPrefix(strings.ToLower(a), "sns:") {
				return simcloud.Refusal("InvalidParameter", "Invalid parameter: Policy statement action out of service scope!")
			}
		}
		for _, r := range append(s.Resource, s.NotResource...) {
			if r != op.In.String("arn") {
				return simcloud.Refusal("InvalidParameter", "Invalid parameter: Invalid policy resource: %s", r)
			}
		}
	}
	return nil
}

func snsSubscription() *simcloud.Type {
	return &simcloud.Type{
		Token: topicSubscriptionToken, Noun: "subscription", Takes: 2 * time.Second,
		ID: func(op *simcloud.Op) string {
			h := op.Hex(32, "id")
			return op.In.String("topic") + ":" + h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
		},
		Required: []string{"topic", "protocol", "endpoint"},
		Replace:  []string{"topic", "protocol", "endpoint"},
		Refs:     []simcloud.Ref{topicRef("topic")},
		Validate: func(in simcloud.Values) []error {
			if in.Known("protocol") && !slices.Contains(protocols, in.String("protocol")) {
				return []error{fmt.Errorf("InvalidParameter: Invalid parameter: Amazon SNS does not support this protocol string: %s", in.String("protocol"))}
			}
			return nil
		},
		Refuse: func(op *simcloud.Op) error {
			return endpointProblem(op.In.String("protocol"), op.In.String("endpoint"))
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			byHand := slices.Contains([]string{"email", "email-json", "http", "https"}, op.In.String("protocol"))
			return simcloud.Values{
				"arn": op.ID, "ownerId": op.Account, "confirmationWasAuthenticated": !byHand,
				"pendingConfirmation": byHand && !op.In.Bool("endpointAutoConfirms"),
			}
		},
	}
}

// endpointProblem refuses an address that is none of its protocol.
func endpointProblem(protocol, endpoint string) error {
	switch protocol {
	case "http", "https":
		if !strings.HasPrefix(endpoint, protocol+"://") {
			return simcloud.Refusal("InvalidParameter", "Invalid parameter: Endpoint must match the specified protocol")
		}
	case "email", "email-json":
		if _, err := mail.ParseAddress(endpoint); err != nil {
			return simcloud.Refusal("InvalidParameter", "Invalid parameter: Email address")
		}
	case "sms":
		if !phoneNumber.MatchString(endpoint) {
			return simcloud.Refusal("InvalidParameter", "Invalid SMS endpoint: %s", endpoint)
		}
	default:
		if !dbARN(endpoint) {
			return simcloud.Refusal("InvalidParameter", "Invalid parameter: %s endpoint ARN", strings.ToUpper(protocol))
		}
	}
	return nil
}
