package aws

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

const (
	topicToken        = "aws:sns/topic:Topic"
	topicPolicyToken  = "aws:sns/topicPolicy:TopicPolicy"
	subscriptionToken = "aws:sns/topicSubscription:TopicSubscription"
	alarmToken        = "aws:cloudwatch/metricAlarm:MetricAlarm"
)

// watched is a component to stand for what is watched.
type watched struct{ pulumi.ResourceState }

// monitoringArgs watch everything there is.
func monitoringArgs(s Scope, key pulumi.StringInput) *MonitoringArgs {
	return &MonitoringArgs{
		Scope: s, KeyArn: key,
		P0: map[string]SubscriptionArgs{
			"oncall": {Protocol: "https", Endpoint: pulumi.String("https://events.example.com/integration/key")},
			"boss":   {Protocol: "sms", Endpoint: pulumi.String("+4915112345678")},
		},
		P1:          map[string]SubscriptionArgs{"team": {Protocol: "email", Endpoint: pulumi.String("team@example.com")}},
		ClusterName: pulumi.String("main"),
		NodeGroups: map[string]NodeGroupAlarms{
			"general": {AutoScalingGroup: pulumi.String("eks-general"), Min: 2, Max: 6},
			"fixed":   {AutoScalingGroup: pulumi.String("eks-fixed"), Min: 3, Max: 3},
			"gpu":     {AutoScalingGroup: pulumi.String("eks-gpu"), Min: 0, Max: 2},
		},
		Ecs: &EcsAlarms{
			ClusterName: pulumi.String("main"), LoadBalancerID: pulumi.String("app/main/1"), Services: map[string]EcsServiceAlarms{
				"api": {Name: pulumi.String("api-1"), TargetGroupID: pulumi.String("targetgroup/api/1"), Min: 2, Max: 5},
				"job": {Name: pulumi.String("job-1"), TargetGroupID: pulumi.String("targetgroup/job/1"), Min: 1, Max: 1},
			},
		},
		Database: &DatabaseAlarms{
			Identifier: pulumi.String("database-1"), Replicas: pulumi.StringMap{"replica-1": pulumi.String("database-1-replica-1")},
			Instance: "db.m7g.large", StorageGiB: 100,
		},
		Cache: &CacheAlarms{
			Nodes: map[string]pulumi.StringOutput{"first": pulumi.String("cache-001").ToStringOutput()}, Node: "cache.m7g.large", Replicas: true,
		},
		DistributionID: pulumi.String("E1EXAMPLE"),
		NATGateways:    map[string]pulumi.StringInput{"eu-west-1a": pulumi.String("nat-0a")},
	}
}

func monitoringProgram(s Scope, edit func(*MonitoringArgs), see *rdsValues) func(*pulumi.Context, pulumi.ResourceOption) error {
	return func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		w := &watched{}
		if err := component.Register(ctx, "aws", "Watched", "watched", w, opt); err != nil {
			return err
		}
		key, err := NewKey(ctx, "watched-key", &KeyArgs{Scope: s, Purpose: "alarms", Users: []Statement{AlarmsMayUse(s)}}, pulumi.Parent(w))
		if err != nil {
			return err
		}
		args := monitoringArgs(s, key.Arn)
		if edit != nil {
			edit(args)
		}
		m, err := NewMonitoring(ctx, "monitoring", args, opt)
		if err != nil || see == nil {
			return err
		}
		see.add("p0", m.P0Arn)
		see.add("p1", m.P1Arn)
		return nil
	}
}

func runMonitoring(t *testing.T, s Scope, edit func(*MonitoringArgs), opts ...simtest.Option) *simtest.Graph {
	t.Helper()
	return run(t, monitoringProgram(s, edit, nil), opts...)
}

func TestMonitoringTopics(t *testing.T) {
	see := &rdsValues{all: map[string]any{}}
	g := run(t, monitoringProgram(testScope(), nil, see))
	g.CheckHouse(t)
	if n := len(g.All(topicToken)); n != 4 {
		t.Errorf("got %d topics, want two at home and two for CloudFront", n)
	}
	for _, topic := range g.All(topicToken) {
		key := topic.Inputs.String("kmsMasterKeyId")
		region := strings.Split(topic.Outputs.String("arn"), ":")[3]
		if !strings.HasPrefix(key, "arn:aws:kms:"+region+":") {
			t.Errorf("%s in %s is encrypted with %q", topic.Name, region, key)
		}
		if !alarmsMayUse(g, key) {
			t.Errorf("CloudWatch may not use the key of %s", topic.Name)
		}
		if topic.Inputs.Int("signatureVersion") != 2 {
			t.Errorf("%s signs with SHA-1", topic.Name)
		}
		checkTopicPolicy(t, region, topic, g.One(t, topicPolicyToken, topic.Name))
	}
	for level := range map[string]bool{"p0": true, "p1": true} {
		if want := g.One(t, topicToken, "monitoring-"+level).Outputs.String("arn"); see.all[level] != want {
			t.Errorf("output %s: got %v, want %s", level, see.all[level], want)
		}
	}
}

// alarmsMayUse says whether the policy of a key lets CloudWatch encrypt with it.
func alarmsMayUse(g *simtest.Graph, arn string) bool {
	for _, key := range g.All("aws:kms/key:Key") {
		var doc Policy
		if key.Outputs.String("arn") != arn || json.Unmarshal([]byte(key.Inputs.String("policy")), &doc) != nil {
			continue
		}
		for _, s := range doc.Statement {
			if s.Effect == "Allow" && slices.Contains(s.Principal.Service, "cloudwatch.amazonaws.com") && slices.Contains(s.Action, "kms:GenerateDataKey*") {
				return true
			}
		}
	}
	return false
}

// checkTopicPolicy wants a policy under which only the account's alarms publish,
// and only over TLS.
func checkTopicPolicy(t *testing.T, region string, topic, resource simtest.Resource) {
	t.Helper()
	var doc Policy
	if err := json.Unmarshal([]byte(resource.Inputs.String("policy")), &doc); err != nil {
		t.Fatal(err)
	}
	denied := false
	for _, s := range doc.Statement {
		if !slices.Equal(s.Resource, []string{topic.Outputs.String("arn")}) || !slices.Equal(s.Action, []string{"sns:Publish"}) {
			t.Errorf("%s: a statement on %v, %v", topic.Name, s.Action, s.Resource)
		}
		switch s.Effect {
		case "Deny":
			denied = slices.Equal(s.Principal.AWS, []string{"*"}) && slices.Equal(s.Condition["Bool"]["aws:SecureTransport"], []string{"false"})
		case "Allow":
			if !slices.Equal(s.Principal.Service, []string{"cloudwatch.amazonaws.com"}) || len(s.Principal.AWS) > 0 ||
				!slices.Equal(s.Condition["StringEquals"]["aws:SourceAccount"], []string{"111122223333"}) ||
				!slices.Equal(s.Condition["ArnLike"]["aws:SourceArn"], []string{"arn:aws:cloudwatch:" + region + ":111122223333:alarm:*"}) {
				t.Errorf("%s: %v may publish under %v", topic.Name, s.Principal, s.Condition)
			}
		}
	}
	if !denied {
		t.Errorf("%s takes messages without TLS", topic.Name)
	}
}

func TestMonitoringSubscriptions(t *testing.T) {
	g := runMonitoring(t, testScope(), nil)
	for name, want := range map[string]string{
		"monitoring-p0-oncall": "https https://events.example.com/integration/key", "monitoring-p0-boss": "sms +4915112345678",
		"monitoring-p1-team": "email team@example.com", "monitoring-us-east-1-p0-oncall": "https https://events.example.com/integration/key",
	} {
		s := g.One(t, subscriptionToken, name)
		if got := s.Inputs.String("protocol") + " " + s.Inputs.String("endpoint"); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
		if !slices.Contains(s.Secret, "endpoint") {
			t.Errorf("%s: the endpoint is no secret", name)
		}
		if https := strings.HasPrefix(want, "https"); s.Inputs.Bool("endpointAutoConfirms") != https {
			t.Errorf("%s: confirms by itself: %v", name, !https)
		}
		level := name[:strings.LastIndex(name, "-")]
		if s.Inputs.String("topic") != g.One(t, topicToken, level).Outputs.String("arn") {
			t.Errorf("%s is subscribed to %s", name, s.Inputs.String("topic"))
		}
	}
	if n := len(g.All(subscriptionToken)); n != 6 {
		t.Errorf("got %d subscriptions, want 3 in each region", n)
	}
}

// CloudFront publishes in us-east-1, and an alarm tells topics of its own region.
func TestMonitoringCloudFront(t *testing.T) {
	g := runMonitoring(t, testScope(), nil)
	provider := g.One(t, "pulumi:providers:aws", "monitoring-us-east-1")
	if got := provider.Inputs.String("region"); got != "us-east-1" {
		t.Errorf("the provider for CloudFront's alarms stands in %s", got)
	}
	for _, a := range g.All(alarmToken) {
		far := a.Inputs.String("namespace") == "AWS/CloudFront"
		if (a.Provider == provider.URN) != far {
			t.Errorf("%s has the provider %s", a.Name, a.Provider)
		}
		if far && (a.Inputs.String("dimensions.DistributionId") != "E1EXAMPLE" || a.Inputs.String("dimensions.Region") != "Global") {
			t.Errorf("%s watches %v", a.Name, a.Inputs.Get("dimensions"))
		}
	}
	g = runMonitoring(t, testScope(), func(a *MonitoringArgs) { a.DistributionID = nil })
	if n := len(g.All(topicToken)); n != 2 || len(g.All("pulumi:providers:aws")) != 1 {
		t.Errorf("without a distribution: %d topics and %d providers", n, len(g.All("pulumi:providers:aws")))
	}
}

func TestMonitoringInCloudFrontsRegion(t *testing.T) {
	s := testScope()
	s.Region = "us-east-1"
	g := simtest.Run(t, func(ctx *pulumi.Context) error {
		p, err := s.Provider(ctx, "aws", s.Region)
		if err != nil {
			return err
		}
		return monitoringProgram(s, nil, nil)(ctx, pulumi.Providers(p))
	})
	if n := len(g.All(topicToken)); n != 2 || len(g.All("pulumi:providers:aws")) != 1 {
		t.Errorf("in us-east-1: %d topics and %d providers", n, len(g.All("pulumi:providers:aws")))
	}
	g.One(t, alarmToken, "monitoring-cdn-errors")
}

func TestMonitoringPreview(t *testing.T) {
	g := runMonitoring(t, testScope(), nil, simtest.Preview())
	if n := len(g.Cloud.Records()); n != 0 {
		t.Errorf("a preview created %d resources", n)
	}
	if len(g.All(alarmToken)) == 0 {
		t.Error("a preview shows no alarms")
	}
}

func TestMonitoringOfNothing(t *testing.T) {
	g := run(t, func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		key, err := NewKey(ctx, "key", &KeyArgs{Scope: testScope(), Purpose: "alarms"}, opt)
		if err != nil {
			return err
		}
		_, err = NewMonitoring(ctx, "monitoring", &MonitoringArgs{Scope: testScope(), KeyArn: key.Arn}, opt)
		return err
	})
	if len(g.All(topicToken)) != 2 || len(g.All(alarmToken)) != 0 {
		t.Errorf("got %d topics and %d alarms", len(g.All(topicToken)), len(g.All(alarmToken)))
	}
}

func TestMonitoringBadArguments(t *testing.T) {
	for want, edit := range map[string]func(*MonitoringArgs){
		"KeyArn": func(a *MonitoringArgs) { a.KeyArn = nil },
		"P0[oncall].Protocol": func(a *MonitoringArgs) {
			a.P0["oncall"] = SubscriptionArgs{Protocol: "pager", Endpoint: pulumi.String("x")}
		},
		"P1[team].Endpoint":                    func(a *MonitoringArgs) { a.P1["team"] = SubscriptionArgs{Protocol: "email"} },
		"NodeGroups[general].AutoScalingGroup": func(a *MonitoringArgs) { a.NodeGroups["general"] = NodeGroupAlarms{Min: 1, Max: 2} },
		"NodeGroups[general]: got 3 to 2 nodes": func(a *MonitoringArgs) {
			a.NodeGroups["general"] = NodeGroupAlarms{AutoScalingGroup: pulumi.String("x"), Min: 3, Max: 2}
		},
		"Ecs.ClusterName": func(a *MonitoringArgs) { a.Ecs.ClusterName = nil },
		"Ecs.Services[api].Name": func(a *MonitoringArgs) {
			a.Ecs.Services["api"] = EcsServiceAlarms{TargetGroupID: pulumi.String("x"), Min: 1, Max: 2}
		},
		"Ecs.Services[api]: got 3 to 2 tasks": func(a *MonitoringArgs) {
			a.Ecs.Services["api"] = EcsServiceAlarms{Name: pulumi.String("x"), TargetGroupID: pulumi.String("x"), Min: 3, Max: 2}
		},
		"Database.Identifier":     func(a *MonitoringArgs) { a.Database.Identifier = nil },
		"Database.Instance":       func(a *MonitoringArgs) { a.Database.Instance = "db.x9.large" },
		"Database.StorageGiB":     func(a *MonitoringArgs) { a.Database.StorageGiB = 0 },
		"Database.MaxConnections": func(a *MonitoringArgs) { a.Database.MaxConnections = -1 },
		"Cache: got 1 nodes":      func(a *MonitoringArgs) { a.Cache.Serverless = "cache" },
		"Cache.Node":              func(a *MonitoringArgs) { a.Cache.Node = "cache.x1.large" },
		"Cache.Limits":            func(a *MonitoringArgs) { a.Cache = &CacheAlarms{Serverless: "cache"} },
		"NATGateways[eu-west-1a]": func(a *MonitoringArgs) { a.NATGateways["eu-west-1a"] = nil },
	} {
		t.Run(want, func(t *testing.T) {
			_, err := simtest.Try("explico", "test", withProvider(monitoringProgram(testScope(), edit, nil)))
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want an error that names %s", err, want)
			}
		})
	}
}
