package aws

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sns"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// severity says who is told of an alarm, and when.
type severity string

const (
	p0 severity = "p0" // an outage: at any hour
	p1 severity = "p1" // it will become one: in working hours
)

// post is a region in which alarms stand: its topics, and the options of all
// that is made there.
type post struct {
	Scope
	// topics are the topics' ARNs. They are there when the topics' policies are.
	topics map[severity]pulumi.StringInput
	opts   []pulumi.ResourceOption
	// publishers are the services that may publish to p1 beside CloudWatch.
	publishers []Publisher
	// alarms are the names of the alarms made here.
	alarms []string
}

// newPost makes the topics of a region, encrypted with key, and subscribes who
// the arguments name.
func newPost(ctx *pulumi.Context, name string, s Scope, key pulumi.StringInput, args *MonitoringArgs, publishers []Publisher, opts ...pulumi.ResourceOption) (*post, error) {
	p := &post{Scope: s, topics: map[severity]pulumi.StringInput{}, opts: opts, publishers: publishers}
	for _, level := range []severity{p0, p1} {
		subscribers := args.P0
		if level == p1 {
			subscribers = args.P1
		}
		topic, rules, err := p.topic(ctx, name+"-"+string(level), level, key)
		if err != nil {
			return nil, err
		}
		p.topics[level] = pulumi.All(topic.Arn, rules.ID()).ApplyT(func(all []any) string { return all[0].(string) }).(pulumi.StringOutput)
		for _, who := range slices.Sorted(maps.Keys(subscribers)) {
			if err := p.subscribe(ctx, name+"-"+string(level)+"-"+who, topic, subscribers[who]); err != nil {
				return nil, err
			}
		}
	}
	return p, nil
}

// topic makes an encrypted topic to which the account's alarms publish, and no
// other service but the publishers: the key must let them in as well.
func (p *post) topic(ctx *pulumi.Context, name string, level severity, key pulumi.StringInput) (*sns.Topic, *sns.TopicPolicy, error) {
	topic, err := sns.NewTopic(ctx, name, &sns.TopicArgs{
		DisplayName:      pulumi.String(p.Prefix + " " + string(level)),
		KmsMasterKeyId:   key.ToStringOutput().ToStringPtrOutput(),
		SignatureVersion: pulumi.Int(2), // SHA-256; the default is SHA-1
		Tags:             p.tags("monitoring", name),
	}, p.opts...)
	if err != nil {
		return nil, nil, fmt.Errorf("creating topic %s: %w", name, err)
	}
	rules, err := sns.NewTopicPolicy(ctx, name, &sns.TopicPolicyArgs{
		Arn: topic.Arn, Policy: topic.Arn.ApplyT(func(arn string) string { return p.topicPolicy(arn, level) }).(pulumi.StringOutput),
	}, p.opts...)
	if err != nil {
		return nil, nil, fmt.Errorf("creating the policy of topic %s: %w", name, err)
	}
	return topic, rules, nil
}

func (p *post) topicPolicy(topic string, level severity) string {
	publish, here := []string{"sns:Publish"}, []string{topic}
	statements := []Statement{{
		Sid: "Alarms", Effect: "Allow", Principal: &Principal{Service: []string{"cloudwatch.amazonaws.com"}}, Action: publish, Resource: here,
		Condition: map[string]map[string][]string{
			"StringEquals": {"aws:SourceAccount": {p.AccountID}},
			"ArnLike":      {"aws:SourceArn": {p.arn("cloudwatch", "alarm:*")}},
		},
	}, {
		Sid: "EncryptedOnly", Effect: "Deny", Principal: &Principal{AWS: []string{"*"}}, Action: publish, Resource: here,
		Condition: map[string]map[string][]string{"Bool": {"aws:SecureTransport": {"false"}}},
	}}
	if level == p1 {
		for _, who := range p.publishers {
			statements = append(statements, Statement{
				Effect: "Allow", Principal: &Principal{Service: []string{who.service}}, Action: publish, Resource: here, Condition: who.condition(p.Scope),
			})
		}
	}
	return policy(statements...)
}

func (p *post) subscribe(ctx *pulumi.Context, name string, topic *sns.Topic, who SubscriptionArgs) error {
	args := &sns.TopicSubscriptionArgs{
		Topic: topic.Arn, Protocol: pulumi.String(who.Protocol),
		Endpoint: pulumi.ToSecret(who.Endpoint.ToStringOutput()).(pulumi.StringOutput),
	}
	if who.Protocol == "https" {
		// An on-call service confirms by itself. Waiting for it finds a dead address
		// now and not in an outage.
		args.EndpointAutoConfirms = pulumi.Bool(true)
		args.ConfirmationTimeoutInMinutes = pulumi.Int(5)
	}
	opts := append(slices.Clone(p.opts), pulumi.AdditionalSecretOutputs([]string{"endpoint"}))
	if _, err := sns.NewTopicSubscription(ctx, name, args, opts...); err != nil {
		return fmt.Errorf("creating subscription %s: %w", name, err)
	}
	return nil
}

// alarmName is what CloudWatch allows for an alarm's name. The name is set: it
// is what a woken engineer reads first, so it says which stack and what.
var alarmName = component.Limit{Max: 255, Extra: "_./"}

// alarm makes an alarm of the component name.
func (p *post) alarm(ctx *pulumi.Context, name string, a alarm) error {
	p.alarms = append(p.alarms, alarmName.Name(p.Prefix, a.name))
	return p.Scope.alarm(ctx, "monitoring", name, a, p.topics[a.severity], p.opts...)
}

// alarm makes an alarm of the component comp, named name, that tells a topic.
func (s Scope) alarm(ctx *pulumi.Context, comp, name string, a alarm, topic pulumi.StringInput, opts ...pulumi.ResourceOption) error {
	name += "-" + a.name
	tell := pulumi.Array{topic}
	args := pulumi.Map{
		"name":               pulumi.String(alarmName.Name(s.Prefix, a.name)),
		"alarmDescription":   pulumi.String(a.description()),
		"comparisonOperator": pulumi.String(a.compare),
		"threshold":          pulumi.Float64(a.threshold),
		"evaluationPeriods":  pulumi.Int(a.periods),
		"datapointsToAlarm":  pulumi.Int(a.periods),
		"treatMissingData":   pulumi.String(a.missing),
		"alarmActions":       tell,
		"okActions":          tell,
		"tags":               s.tags(comp, name, map[string]string{"severity": string(a.severity)}),
	}
	a.measure(args)
	if _, err := bind(ctx, "aws:cloudwatch/metricAlarm:MetricAlarm", name, args, opts...); err != nil {
		return fmt.Errorf("creating alarm %s: %w", name, err)
	}
	return nil
}
