package gcp

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/monitoring"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/projects"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/pubsub"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// severity says who is told of an alert, and when.
type severity string

const (
	p0 severity = "p0" // an outage: at any hour
	p1 severity = "p1" // it will become one: in working hours
)

// post is where alerts stand and whom they tell.
type post struct {
	*MonitoringArgs
	ctx        *pulumi.Context
	name       string
	monitoring *Monitoring
	channels   map[severity]pulumi.StringArray
	// agent is who Cloud Monitoring publishes as.
	agent *projects.ServiceIdentity
}

// enlist asks for the service agent of Cloud Monitoring, which comes into being
// only then.
// Source: Cloud Monitoring docs, notification channels of kind Pub/Sub, read
// 2026-11.
func (p *post) enlist() error {
	agent, err := projects.NewServiceIdentity(p.ctx, p.name, &projects.ServiceIdentityArgs{
		Project: pulumi.String(p.Project), Service: pulumi.String("monitoring.googleapis.com"),
	}, pulumi.Parent(p.monitoring))
	if err != nil {
		return fmt.Errorf("asking for the service agent of Cloud Monitoring: %w", err)
	}
	p.agent = agent
	return nil
}

// channelKinds are Google's kinds of channels for protocols, and the label that
// holds the address.
// Source: Cloud Monitoring docs, "Create and manage notification channels by API",
// read 2026-11.
var channelKinds = map[string]struct{ kind, label string }{
	"email": {"email", "email_address"}, "https": {"webhook_tokenauth", "url"}, "sms": {"sms", "number"},
}

// open makes the topic of a severity and a channel for it and for each who hears.
func (p *post) open(level severity) error {
	name := p.name + "-" + string(level)
	topic, err := p.topic(name)
	if err != nil {
		return err
	}
	subscribers := p.P0
	if level == p0 {
		p.monitoring.P0Topic = topic
	} else {
		p.monitoring.P1Topic, subscribers = topic, p.P1
	}
	machines, err := p.channel(name+"-topic", "pubsub", pulumi.StringMap{"topic": topic}, level)
	if err != nil {
		return err
	}
	p.channels[level] = pulumi.StringArray{machines.Name}
	for _, who := range slices.Sorted(maps.Keys(subscribers)) {
		s := subscribers[who]
		kind := channelKinds[s.Protocol]
		address := pulumi.ToSecret(s.Endpoint.ToStringOutput()).(pulumi.StringOutput)
		channel, err := p.channel(name+"-"+who, kind.kind, pulumi.StringMap{kind.label: address}, level)
		if err != nil {
			return err
		}
		p.channels[level] = append(p.channels[level], channel.Name)
		if level == p1 && s.Protocol == "email" {
			p.monitoring.EmailChannels[who] = channel.Name
		}
	}
	return nil
}

// channel makes a notification channel. One that a policy still names can go: the
// policy forgets it.
func (p *post) channel(name, kind string, labels pulumi.StringMap, level severity) (*monitoring.NotificationChannel, error) {
	channel, err := monitoring.NewNotificationChannel(p.ctx, name, &monitoring.NotificationChannelArgs{
		DisplayName: pulumi.String(p.Prefix + " " + name), Type: pulumi.String(kind), Labels: labels,
		UserLabels: p.userLabels(level), ForceDelete: pulumi.Bool(true),
	}, pulumi.Parent(p.monitoring), pulumi.AdditionalSecretOutputs([]string{"labels"}))
	if err != nil {
		return nil, fmt.Errorf("creating notification channel %s: %w", name, err)
	}
	return channel, nil
}

// userLabels are all labels of what has no others: the provider's do not get
// there.
func (p *post) userLabels(level severity) pulumi.StringMap {
	all := maps.Clone(p.Labels)
	if all == nil {
		all = map[string]string{}
	}
	all["component"], all["severity"] = "monitoring", string(level)
	return pulumi.ToStringMap(all)
}

// topic makes an encrypted topic to which Cloud Monitoring publishes. Its path is
// there when the right to is.
func (p *post) topic(name string) (pulumi.StringOutput, error) {
	topic, err := pubsub.NewTopic(p.ctx, name, &pubsub.TopicArgs{
		KmsKeyName: p.KeyID.ToStringOutput().ToStringPtrOutput(), Labels: p.labels("monitoring"),
		MessageStoragePolicy: pubsub.TopicMessageStoragePolicyArgs{AllowedPersistenceRegions: pulumi.StringArray{pulumi.String(p.Region)}},
	}, pulumi.Parent(p.monitoring), pulumi.DependsOn(p.After))
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("creating topic %s: %w", name, err)
	}
	may, err := pubsub.NewTopicIAMMember(p.ctx, name, &pubsub.TopicIAMMemberArgs{
		Topic: topic.Name, Role: pulumi.String(publisher), Member: p.agent.Member,
	}, pulumi.Parent(p.monitoring))
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("letting Cloud Monitoring publish to topic %s: %w", name, err)
	}
	return after(topic.ID().ToStringOutput(), []any{may.ID()}), nil
}
