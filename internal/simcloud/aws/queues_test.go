package aws

import (
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	eventsQueueURL = "https://sqs.eu-west-1.amazonaws.com/111122223333/gone"
	eventsQueueARN = "arn:aws:sqs:eu-west-1:111122223333:gone"
)

func TestQueueRefusals(t *testing.T) {
	base := simcloud.Values{"name": "nodes", "messageRetentionSeconds": 300, "sqsManagedSseEnabled": true}
	for name, tt := range map[string]struct {
		edits simcloud.Values
		want  string
	}{
		"good":      {nil, ""},
		"taken":     {simcloud.Values{"name": "taken"}, "QueueAlreadyExists"},
		"name":      {simcloud.Values{"name": "a.b"}, "invalid value for name (a.b)"},
		"retention": {simcloud.Values{"messageRetentionSeconds": 30}, "expected messageRetentionSeconds to be in the range (60 - 1209600)"},
		"two keys":  {simcloud.Values{"kmsMasterKeyId": "alias/aws/sqs"}, "InvalidAttributeValue: You can use one type of server-side encryption"},
		"policy":    {simcloud.Values{"policy": "{"}, "MalformedPolicyDocument: policy"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newBackupCloud(t)
			c.must(queueToken, edited(base, simcloud.Values{"name": "taken"}))
			_, err := c.create(queueToken, edited(base, tt.edits))
			dataRefused(t, err, tt.want)
		})
	}
}

func TestQueueAsTarget(t *testing.T) {
	c := newBackupCloud(t)
	c.must(eventRuleToken, simcloud.Values{"name": "spot", "eventPattern": `{"source":["aws.ec2"]}`})
	queue := c.must(queueToken, simcloud.Values{"name": "nodes"})
	target := simcloud.Values{"rule": "spot", "targetId": "nodes", "arn": queue.Out.String("arn")}
	deny := simcloud.Values{"queueUrl": queue.ID, "policy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["events.amazonaws.com"]},"Action":["sqs:SendMessage"],"Resource":["*"]}]}`}
	for _, tt := range []struct {
		edits simcloud.Values
		want  string
	}{
		{simcloud.Values{"rule": "gone"}, "ResourceNotFoundException: Rule gone does not exist on EventBus default."},
		{simcloud.Values{"arn": eventsQueueARN}, "ValidationException: Target " + eventsQueueARN + " does not exist."},
		{nil, "AccessDenied: the policy of " + queue.Out.String("arn") + " does not let events.amazonaws.com send messages"},
	} {
		_, err := c.create(eventTargetToken, edited(target, tt.edits))
		dataRefused(t, err, tt.want)
	}
	_, err := c.create(queuePolicyToken, edited(deny, simcloud.Values{"queueUrl": eventsQueueURL}))
	dataRefused(t, err, "AWS.SimpleQueueService.NonExistentQueue")
	c.must(queuePolicyToken, deny)
	c.must(eventTargetToken, target)
}

func TestInstanceProfileRefusals(t *testing.T) {
	c := newBackupCloud(t)
	trust := func(service string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["` + service + `"]},"Action":["sts:AssumeRole"]}]}`
	}
	c.must(roleToken, simcloud.Values{"name": "nodes", "assumeRolePolicy": trust("ec2.amazonaws.com")})
	c.must(roleToken, simcloud.Values{"name": "pods", "assumeRolePolicy": trust("pods.eks.amazonaws.com")})
	for _, tt := range []struct {
		role, want string
	}{
		{"gone", "NoSuchEntity: The role with name gone cannot be found."},
		{"pods", "the role pods does not trust ec2.amazonaws.com"},
		{"nodes", ""},
		{"nodes", "EntityAlreadyExists: Instance Profile profile already exists."},
	} {
		_, err := c.create(instanceProfileToken, simcloud.Values{"name": "profile", "role": tt.role})
		dataRefused(t, err, tt.want)
	}
}
