package aws

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud"
	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

const (
	trailType    = "aws:cloudtrail/trail:Trail"
	hubType      = "aws:securityhub/account:Account"
	standardType = "aws:securityhub/standardsSubscription:StandardsSubscription"
	enablerType  = "aws:inspector2/enabler:Enabler"
)

// baseline makes a baseline and what it needs.
func baseline(change func(*SecurityBaselineArgs)) func(*pulumi.Context, pulumi.ResourceOption) error {
	return func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		s := testScope()
		key, err := NewKey(ctx, "audit", &KeyArgs{Scope: s, Purpose: "audit", Users: AuditMayUse(s)}, opt)
		if err != nil {
			return err
		}
		logs, err := NewBucket(ctx, "logs", &BucketArgs{Scope: s, Purpose: "access logs", ReceivesLogs: true, EmptyOnDelete: true}, opt)
		if err != nil {
			return err
		}
		alerts, err := NewKey(ctx, "alerts", &KeyArgs{Scope: s, Purpose: "alerts", Users: []Statement{AlarmsMayUse(s), PublishFindings.MayUse(s)}}, opt)
		if err != nil {
			return err
		}
		m, err := NewMonitoring(ctx, "monitoring", &MonitoringArgs{Scope: s, KeyArn: alerts.Arn, Publishers: []Publisher{PublishFindings}}, opt)
		if err != nil {
			return err
		}
		args := &SecurityBaselineArgs{
			Scope: s, KeyArn: key.Arn, DiskKeyArn: key.Arn, LogBucket: logs.Name, LogDays: 365, TrailDays: 365,
			Standards: []string{"fsbp", "cis"}, AlertSeverity: "high", P0Topic: m.P0Arn, P1Topic: m.P1Arn,
		}
		if change != nil {
			change(args)
		}
		b, err := NewSecurityBaseline(ctx, "security", args, opt)
		if err != nil {
			return err
		}
		ctx.Export("detector", b.DetectorID)
		return nil
	}
}

func TestSecurityTrail(t *testing.T) {
	g := run(t, baseline(nil))
	g.CheckHouse(t)
	trail := g.One(t, trailType, "")
	for _, on := range []string{"enableLogging", "isMultiRegionTrail", "includeGlobalServiceEvents", "enableLogFileValidation"} {
		if !trail.Inputs.Bool(on) {
			t.Errorf("%s is off", on)
		}
	}
	key := g.One(t, "aws:kms/key:Key", "audit").Outputs.String("arn")
	if trail.Inputs.String("kmsKeyId") != key || !strings.HasSuffix(trail.Inputs.String("cloudWatchLogsGroupArn"), ":*") {
		t.Errorf("the trail is not encrypted, or not in CloudWatch: %v", trail.Inputs)
	}
	if !waitsFor(trail, "aws:iam/rolePolicy:RolePolicy", "security-trail") {
		t.Error("the trail does not wait for its right to write logs")
	}
	group := g.One(t, "aws:cloudwatch/logGroup:LogGroup", "security-trail")
	if group.Inputs.Int("retentionInDays") != 365 || group.Inputs.String("kmsKeyId") != key {
		t.Errorf("the trail's log group: got %v", group.Inputs)
	}
	role := statements(t, g.One(t, "aws:iam/role:Role", "security-trail").Inputs.String("assumeRolePolicy"))[""]
	if got := role.Condition["StringEquals"]["aws:SourceArn"]; !slices.Equal(got, []string{trail.Outputs.String("arn")}) {
		t.Errorf("the trail's role is for %v, want the trail alone", got)
	}
	may := statements(t, g.One(t, "aws:iam/rolePolicy:RolePolicy", "security-trail").Inputs.String("policy"))["Write"]
	if len(may.Resource) != 1 || !strings.HasSuffix(may.Resource[0], ":log-stream:111122223333_CloudTrail_eu-west-1*") {
		t.Errorf("the trail may write to %v, want its own streams", may.Resource)
	}
}

func TestSecurityBucket(t *testing.T) {
	g := run(t, baseline(func(a *SecurityBaselineArgs) { a.Protect, a.TrailDays = true, 2557 }))
	bucket := g.One(t, bucketType, "security-audit")
	if !bucket.Protect || bucket.Inputs.Bool("forceDestroy") {
		t.Error("the audit files of a protected stack can be deleted")
	}
	who := statements(t, g.One(t, bucketRulesType, "security-audit").Inputs.String("policy"))
	trail := g.One(t, trailType, "")
	for _, sid := range []string{"TrailCheck", "TrailWrite"} {
		if got := who[sid].Condition["StringEquals"]["aws:SourceArn"]; !slices.Equal(got, []string{trail.Outputs.String("arn")}) {
			t.Errorf("%s: got %v, want the trail alone", sid, got)
		}
	}
	for _, sid := range []string{"ConfigCheck", "ConfigWrite"} {
		if got := who[sid].Condition["StringEquals"]["aws:SourceAccount"]; !slices.Equal(got, []string{"111122223333"}) {
			t.Errorf("%s: got %v, want the account", sid, got)
		}
	}
	if _, old := who["DenyOldTLS"]; !old {
		t.Error("the audit bucket takes old TLS")
	}
	if g.One(t, bucketLogsType, "security-audit").Inputs.String("targetPrefix") == "" {
		t.Error("nobody sees who reads the audit files")
	}
	if got := g.One(t, bucketAgeType, "security-audit").Inputs.Objects("rules[]")[0].Int("expiration.days"); got != 2557 {
		t.Errorf("audit files are kept for %d days", got)
	}
	if !trail.Protect || !g.One(t, "aws:guardduty/detector:Detector", "").Protect || !g.One(t, hubType, "").Protect {
		t.Error("trail, detector or findings are not protected")
	}
}

func TestSecurityConfig(t *testing.T) {
	g := run(t, baseline(nil))
	recorder := g.One(t, "aws:cfg/recorder:Recorder", "")
	if !recorder.Inputs.Bool("recordingGroup.allSupported") || !recorder.Inputs.Bool("recordingGroup.includeGlobalResourceTypes") {
		t.Error("Config does not record everything")
	}
	if !strings.HasSuffix(recorder.Inputs.String("roleArn"), "/config.amazonaws.com/AWSServiceRoleForConfig") {
		t.Errorf("Config's role is %s", recorder.Inputs.String("roleArn"))
	}
	status := g.One(t, "aws:cfg/recorderStatus:RecorderStatus", "")
	if !status.Inputs.Bool("isEnabled") || !waitsFor(status, "aws:cfg/deliveryChannel:DeliveryChannel", "security") {
		t.Error("the recorder does not run, or starts before its channel is there")
	}
	if !waitsFor(g.One(t, "aws:cfg/deliveryChannel:DeliveryChannel", ""), "aws:cfg/recorder:Recorder", "security") {
		t.Error("the channel does not wait for the recorder")
	}
	rules := g.All("aws:cfg/rule:Rule")
	if len(rules) < 12 {
		t.Errorf("got %d rules, want a dozen", len(rules))
	}
	for _, r := range rules {
		if !waitsFor(r, "aws:cfg/recorderStatus:RecorderStatus", "security") {
			t.Errorf("%s does not wait for the recorder", r.Name)
		}
	}
	if !waitsFor(g.One(t, hubType, ""), "aws:cfg/recorderStatus:RecorderStatus", "security") {
		t.Error("Security Hub does not wait for Config")
	}
}

// An account has Config's role once: the second stack of an account that had it
// takes it as it is.
func TestSecurityExistingConfigRole(t *testing.T) {
	role := func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		r, err := bind(ctx, "aws:iam/serviceLinkedRole:ServiceLinkedRole", "there", pulumi.Map{"awsServiceName": pulumi.String("config.amazonaws.com")}, opt)
		if err != nil {
			return err
		}
		done := make(chan struct{}) // the role is there before, as in a real account
		r.ID().ApplyT(func(pulumi.ID) error { close(done); return nil })
		<-done
		return baseline(func(a *SecurityBaselineArgs) { a.ExistingConfigRole = true })(ctx, opt)
	}
	g := run(t, role)
	if n := len(g.All("aws:iam/serviceLinkedRole:ServiceLinkedRole")); n != 1 {
		t.Errorf("got %d service-linked roles, want the one that was there", n)
	}
}

func TestSecurityDetection(t *testing.T) {
	for _, runtime := range []bool{false, true} {
		g := run(t, baseline(func(a *SecurityBaselineArgs) { a.RuntimeMonitoring = runtime }))
		features := map[string]simcloud.Values{}
		for _, f := range g.All("aws:guardduty/detectorFeature:DetectorFeature") {
			if f.Inputs.String("status") == "ENABLED" {
				features[f.Inputs.String("name")] = f.Inputs
			}
		}
		want := detectorFeatures
		if runtime {
			want = append(slices.Clone(want), "RUNTIME_MONITORING")
		}
		for _, name := range want {
			if features[name] == nil {
				t.Errorf("%s is not on", name)
			}
		}
		if len(features) != len(want) {
			t.Errorf("got %d features, want %v", len(features), want)
		}
		if n := len(features["RUNTIME_MONITORING"].Strings("additionalConfigurations[].name")); runtime && n != 3 {
			t.Errorf("got %d agents, want all three: AWS returns all", n)
		}
	}
	g := run(t, baseline(nil))
	hub := g.One(t, hubType, "")
	if hub.Inputs.Bool("enableDefaultStandards") {
		t.Error("Security Hub chooses the standards itself")
	}
	for _, s := range g.All(standardType) {
		if !waitsFor(s, hubType, "security") {
			t.Errorf("standard %s does not wait for Security Hub", s.Name)
		}
	}
	if n := len(g.All(standardType)); n != 2 {
		t.Errorf("got %d standards, want 2", n)
	}
	if got := g.One(t, enablerType, "").Inputs.Strings("resourceTypes[]"); !slices.Equal(got, []string{"EC2", "ECR"}) {
		t.Errorf("Inspector scans %v", got)
	}
	if got := g.One(t, "aws:accessanalyzer/analyzer:Analyzer", "").Inputs.String("type"); got != "ACCOUNT" {
		t.Errorf("the analyzer is for %s", got)
	}
}

func TestSecurityDefaults(t *testing.T) {
	g := run(t, baseline(nil))
	for token, want := range map[string]map[string]any{
		"aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock":  {"blockPublicAcls": true, "blockPublicPolicy": true, "ignorePublicAcls": true, "restrictPublicBuckets": true},
		"aws:ebs/encryptionByDefault:EncryptionByDefault":           {"enabled": true},
		"aws:ebs/defaultKmsKey:DefaultKmsKey":                       {"keyArn": g.One(t, "aws:kms/key:Key", "audit").Outputs.String("arn")},
		"aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults": {"httpTokens": "required", "httpEndpoint": "enabled", "httpPutResponseHopLimit": 1.0},
		"aws:iam/accountPasswordPolicy:AccountPasswordPolicy": {
			"minimumPasswordLength": 14.0, "passwordReusePrevention": 24.0, "maxPasswordAge": 90.0, "requireSymbols": true,
			"requireNumbers": true, "requireLowercaseCharacters": true, "requireUppercaseCharacters": true,
		},
	} {
		in := g.One(t, token, "security").Inputs
		for path, value := range want {
			if in.Get(path) != value {
				t.Errorf("%s: %s: got %v, want %v", token, path, in.Get(path), value)
			}
		}
	}
}

// Every watch has a filter on the trail's log group, an alarm on what the filter
// counts, and a chapter in the runbook.
func TestSecurityAlarms(t *testing.T) {
	g := run(t, baseline(nil))
	chapters := headings(t, filepath.Join("../..", "docs/runbooks/security.md"))
	topics := map[severity]string{
		p0: g.One(t, "aws:sns/topic:Topic", "monitoring-p0").ID, p1: g.One(t, "aws:sns/topic:Topic", "monitoring-p1").ID,
	}
	for _, w := range watches {
		filter := g.One(t, "aws:cloudwatch/logMetricFilter:LogMetricFilter", "security-"+w.name).Inputs
		alarm := g.One(t, "aws:cloudwatch/metricAlarm:MetricAlarm", "security-audit-"+w.name).Inputs
		if filter.String("logGroupName") != g.One(t, "aws:cloudwatch/logGroup:LogGroup", "security-trail").ID {
			t.Errorf("%s watches %s", w.name, filter.String("logGroupName"))
		}
		if alarm.String("metricName") != filter.String("metricTransformation.name") || alarm.String("namespace") != filter.String("metricTransformation.namespace") {
			t.Errorf("%s: the alarm watches another metric than the filter makes", w.name)
		}
		if got := alarm.Strings("alarmActions[]"); !slices.Equal(got, []string{topics[w.severity]}) {
			t.Errorf("%s tells %v, want %s", w.name, got, w.severity)
		}
		if !strings.Contains(alarm.String("alarmDescription"), "docs/runbooks/security.md#"+w.name) || !slices.Contains(chapters, w.name) {
			t.Errorf("%s has no chapter in the runbook", w.name)
		}
	}
	for name, pattern := range map[string]string{"trail-changes": "StopLogging", "key-deletion": "kms.amazonaws.com", "root": `"Root"`} {
		if in := g.One(t, "aws:cloudwatch/logMetricFilter:LogMetricFilter", "security-"+name).Inputs; !strings.Contains(in.String("pattern"), pattern) {
			t.Errorf("%s: got %s", name, in.String("pattern"))
		}
	}
}

func TestSecurityPreview(t *testing.T) {
	g, made := run(t, baseline(nil), simtest.Preview()), run(t, baseline(nil))
	if len(g.Cloud.Records()) != 0 || len(g.Resources) != len(made.Resources) {
		t.Errorf("a preview creates %d resources, and announces %d of %d", len(g.Cloud.Records()), len(g.Resources), len(made.Resources))
	}
}

func TestSecurityBadArguments(t *testing.T) {
	for want, change := range map[string]func(*SecurityBaselineArgs){
		"KeyArn is missing":     func(a *SecurityBaselineArgs) { a.KeyArn = nil },
		"DiskKeyArn is missing": func(a *SecurityBaselineArgs) { a.DiskKeyArn = nil },
		"LogBucket is missing":  func(a *SecurityBaselineArgs) { a.LogBucket = nil },
		"P0Topic is missing":    func(a *SecurityBaselineArgs) { a.P0Topic = nil },
		"P1Topic is missing":    func(a *SecurityBaselineArgs) { a.P1Topic = nil },
		"LogDays: got 90":       func(a *SecurityBaselineArgs) { a.LogDays = 90 },
		"TrailDays: got 364":    func(a *SecurityBaselineArgs) { a.TrailDays = 364 },
		`Standards: got "iso"`:  func(a *SecurityBaselineArgs) { a.Standards = []string{"iso"} },
		`AlertSeverity: got ""`: func(a *SecurityBaselineArgs) { a.AlertSeverity = "" },
		"Standards: got cis":    func(a *SecurityBaselineArgs) { a.Standards = []string{"cis", "cis"} },
	} {
		if _, err := simtest.Try("explico", "test", withProvider(baseline(change))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
