package aws

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// detectorFeatures are what GuardDuty looks at beside the trail, flow logs and
// DNS, which it always does.
var detectorFeatures = []string{"EBS_MALWARE_PROTECTION", "EKS_AUDIT_LOGS", "RDS_LOGIN_EVENTS", "S3_DATA_EVENTS"}

// detect makes GuardDuty's detector. A region has one, which finds out about
// attacks; taking it away takes its findings along.
func (b *baselineBuilder) detect() (*bound, error) {
	detector, err := bind(b.ctx, "aws:guardduty/detector:Detector", b.name, pulumi.Map{
		"enable": pulumi.Bool(true), "findingPublishingFrequency": pulumi.String("FIFTEEN_MINUTES"), "tags": b.tags("security", b.name),
	}, b.in, pulumi.Protect(b.Protect))
	if err != nil {
		return nil, fmt.Errorf("creating detector %s: %w", b.name, err)
	}
	features := map[string]pulumi.Array{}
	for _, feature := range detectorFeatures {
		features[feature] = nil
	}
	all := detectorFeatures
	if b.RuntimeMonitoring {
		all = append(all[:len(all):len(all)], "RUNTIME_MONITORING")
		// All three, in AWS's own order: what is left out comes back as DISABLED, and
		// would be a change at every update.
		for _, agent := range []string{"EKS_ADDON_MANAGEMENT", "ECS_FARGATE_AGENT_MANAGEMENT", "EC2_AGENT_MANAGEMENT"} {
			features["RUNTIME_MONITORING"] = append(features["RUNTIME_MONITORING"], pulumi.Map{
				"name": pulumi.String(agent), "status": pulumi.String("ENABLED"),
			})
		}
	}
	for _, feature := range all {
		args := pulumi.Map{"detectorId": detector.ID(), "name": pulumi.String(feature), "status": pulumi.String("ENABLED")}
		if agents := features[feature]; agents != nil {
			args["additionalConfigurations"] = agents
		}
		if _, err := bind(b.ctx, "aws:guardduty/detectorFeature:DetectorFeature", b.name+"-"+feature, args, b.in); err != nil {
			return nil, fmt.Errorf("turning on %s: %w", feature, err)
		}
	}
	return detector, nil
}

// standards are the standards of Security Hub, as they end an ARN.
// Source: Security Hub user guide, "Standards reference", read 2026-11.
var standards = map[string]string{
	"fsbp": "aws-foundational-security-best-practices/v/1.0.0",
	"cis":  "cis-aws-foundations-benchmark/v/3.0.0",
	"nist": "nist-800-53/v/5.0.0",
	"pci":  "pci-dss/v/4.0.1",
}

// hub turns on Security Hub and its standards, which read what Config records:
// before it does, every control would fail.
func (b *baselineBuilder) hub(recording pulumi.Resource) error {
	hub, err := bind(b.ctx, "aws:securityhub/account:Account", b.name, pulumi.Map{
		// The standards are named below, so that dropping one drops it.
		"enableDefaultStandards": pulumi.Bool(false), "autoEnableControls": pulumi.Bool(true),
		"controlFindingGenerator": pulumi.String("SECURITY_CONTROL"), // one finding for a control, however many standards have it
	}, b.in, pulumi.DependsOn([]pulumi.Resource{recording}), pulumi.Protect(b.Protect))
	if err != nil {
		return fmt.Errorf("turning on Security Hub: %w", err)
	}
	for _, name := range b.Standards {
		arn := "arn:" + b.Partition + ":securityhub:" + b.Region + "::standards/" + standards[name]
		if _, err := bind(b.ctx, "aws:securityhub/standardsSubscription:StandardsSubscription", b.name+"-"+name, pulumi.Map{
			"standardsArn": pulumi.String(arn),
		}, b.in, pulumi.DependsOn([]pulumi.Resource{hub})); err != nil {
			return fmt.Errorf("subscribing to standard %s: %w", name, err)
		}
	}
	return nil
}

// analyserName is what Access Analyzer allows for an analyzer's name, which has
// no default.
var analyserName = component.Limit{Max: 255, Extra: "_."}

// analyse looks for what others can reach (Access Analyzer) and for known
// vulnerabilities of nodes and images (Inspector).
func (b *baselineBuilder) analyse() error {
	if _, err := bind(b.ctx, "aws:accessanalyzer/analyzer:Analyzer", b.name, pulumi.Map{
		"analyzerName": pulumi.String(analyserName.Name(b.Prefix, b.name)), "type": pulumi.String("ACCOUNT"), "tags": b.tags("security", b.name),
	}, b.in); err != nil {
		return fmt.Errorf("creating analyzer %s: %w", b.name, err)
	}
	if _, err := bind(b.ctx, "aws:inspector2/enabler:Enabler", b.name, pulumi.Map{
		"accountIds": pulumi.ToStringArray([]string{b.AccountID}), "resourceTypes": pulumi.ToStringArray([]string{"EC2", "ECR"}),
	}, b.in); err != nil {
		return fmt.Errorf("turning on Inspector: %w", err)
	}
	return nil
}
