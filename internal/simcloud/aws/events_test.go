package aws

import (
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// eventTopic lets EventBridge in, and so does its key; besides, there are a
// topic that lets nobody in and one whose key asks who comes.
const eventTopic = "arn:aws:sns:eu-west-1:111122223333:events"

func newEventCloud(t *testing.T) *dataCloud {
	t.Helper()
	c := &dataCloud{Cloud: simcloud.New(Catalog()), t: t}
	key := func(condition string) string {
		return c.must(keyToken, simcloud.Values{"policy": `{"Version":"2012-10-17","Statement":[
			{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"},
			{"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Action":["kms:Decrypt","kms:GenerateDataKey*"],"Resource":"*"` + condition + `}]}`}).Out.String("arn")
	}
	for name, sealed := range map[string]string{
		"events": key(""), "asking": key(`,"Condition":{"StringEquals":{"aws:SourceAccount":"111122223333"}}`),
	} {
		topic := strings.Replace(eventTopic, "events", name, 1)
		c.must(topicToken, simcloud.Values{"name": name, "kmsMasterKeyId": sealed})
		c.must(topicPolicyToken, simcloud.Values{"arn": topic, "policy": strings.Replace(topicDocument("sns:Publish", topic), "cloudwatch", "events", 1)})
	}
	c.must(topicToken, simcloud.Values{"name": "deaf"})
	c.must(eventRuleToken, simcloud.Values{"name": "findings", "eventPattern": `{"source":["aws.guardduty"]}`})
	return c
}

func TestEventRuleRefusals(t *testing.T) {
	pattern := func(text string) simcloud.Values { return simcloud.Values{"name": "other", "eventPattern": text} }
	for name, tt := range map[string]struct {
		in   simcloud.Values
		want string
	}{
		"good":        {pattern(`{"source":["aws.guardduty"],"detail":{"severity":[{"numeric":[">=",7]}],"a":[{"anything-but":["b"]},1]}}`), ""},
		"schedule":    {simcloud.Values{"name": "other", "scheduleExpression": "rate(1 day)"}, ""},
		"taken":       {edited(pattern(`{"source":["a"]}`), simcloud.Values{"name": "findings"}), "ResourceConflict: a rule named findings exists already"},
		"name":        {edited(pattern(`{"source":["a"]}`), simcloud.Values{"name": "a b"}), "invalid value for name (a b)"},
		"no pattern":  {simcloud.Values{"name": "other"}, "one of `event_pattern,schedule_expression` must be specified"},
		"no JSON":     {pattern(`source=a`), "InvalidEventPatternException: Event pattern is not valid. Reason: Filter is not an object"},
		"no list":     {pattern(`{"source":"a"}`), `InvalidEventPatternException: Event pattern is not valid. Reason: "source" must be an object or an array`},
		"no values":   {pattern(`{"detail":{"a":[]}}`), "InvalidEventPatternException: Event pattern is not valid. Reason: Empty arrays are not allowed"},
		"no fields":   {pattern(`{"detail":{}}`), "InvalidEventPatternException: Event pattern is not valid. Reason: Empty objects are not allowed"},
		"matcher":     {pattern(`{"a":[{"regex":"x"}]}`), "InvalidEventPatternException: Event pattern is not valid. Reason: Unrecognized match type regex"},
		"two at once": {pattern(`{"a":[{"prefix":"x","suffix":"y"}]}`), "InvalidEventPatternException: Event pattern is not valid. Reason: Only one key allowed"},
		"numeric":     {pattern(`{"a":[{"numeric":7}]}`), "InvalidEventPatternException: Event pattern is not valid. Reason: Value of numeric must be an array"},
		"state":       {edited(pattern(`{"source":["a"]}`), simcloud.Values{"state": "ON"}), "expected state to be one of"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := newEventCloud(t).create(eventRuleToken, tt.in)
			dataRefused(t, err, tt.want)
		})
	}
}

func TestEventTargetRefusals(t *testing.T) {
	say := func(template string) simcloud.Values {
		return simcloud.Values{"inputTransformer": map[string]any{"inputPaths": map[string]any{"title": "$.detail.title"}, "inputTemplate": template}}
	}
	at := func(name string) simcloud.Values {
		return simcloud.Values{"arn": strings.Replace(eventTopic, "events", name, 1)}
	}
	for name, tt := range map[string]struct {
		edits simcloud.Values
		want  string
	}{
		"good":        {say("\"GuardDuty: <title>\"\n\"<aws.events.rule-name>\""), ""},
		"object":      {say(`{"title": <title>}`), ""},
		"no rule":     {simcloud.Values{"rule": "none"}, "ResourceNotFoundException: Rule none does not exist on EventBus default."},
		"no topic":    {at("none"), "NotFound: Topic does not exist"},
		"deaf topic":  {at("deaf"), "AuthorizationError: events.amazonaws.com is not authorized to perform: SNS:Publish"},
		"asking key":  {at("asking"), "KMSAccessDenied: events.amazonaws.com names no source"},
		"no ARN":      {simcloud.Values{"arn": "events"}, "ValidationException: Provided Arn is not in correct format."},
		"id":          {simcloud.Values{"targetId": "a b"}, "invalid value for targetId (a b)"},
		"two inputs":  {edited(say(`"<title>"`), simcloud.Values{"inputPath": "$.detail"}), "only one of `input,input_path,input_transformer` can be specified"},
		"unquoted":    {say(`GuardDuty: <title>`), "ValidationException: Invalid InputTemplate for target p1"},
		"placeholder": {say(`"<titel>"`), "target p1: the input template names <titel>"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := newEventCloud(t).create(eventTargetToken, edited(simcloud.Values{"rule": "findings", "targetId": "p1", "arn": eventTopic}, tt.edits))
			dataRefused(t, err, tt.want)
		})
	}
}

func TestEventRuleGoesAfterItsTargets(t *testing.T) {
	c := newEventCloud(t)
	target := func(id string) simcloud.Values {
		return simcloud.Values{"rule": "findings", "targetId": id, "arn": eventTopic}
	}
	for _, id := range strings.Fields("a b c d e") {
		c.must(eventTargetToken, target(id))
	}
	_, err := c.create(eventTargetToken, target("f"))
	dataRefused(t, err, "LimitExceededException: The requested resource exceeds the maximum number allowed.")
	dataRefused(t, c.Delete(dataSession, eventRuleToken, "findings"), "ValidationException: Rule can't be deleted since it has targets.")
}
