package aws

import (
	"errors"
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// SecurityBaselineArgs are the arguments of NewSecurityBaseline.
type SecurityBaselineArgs struct {
	Scope
	// KeyArn is the key that encrypts the audit files and their log group; the
	// services that write them must be allowed to use it (AuditMayUse).
	KeyArn pulumi.StringInput
	// DiskKeyArn is the key of every EBS volume that names none.
	DiskKeyArn pulumi.StringInput
	// LogBucket is the name of the bucket that gets the access log of the audit
	// files.
	LogBucket pulumi.StringInput
	// LogDays is how long the trail can be searched in CloudWatch, in days, at
	// least 365.
	LogDays int
	// TrailDays is how long the audit files are kept, in days, at least 365.
	TrailDays int
	// EmptyOnDelete deletes the audit files along with their bucket.
	EmptyOnDelete bool
	// Standards are the standards that Security Hub measures the account by: fsbp,
	// cis, nist, pci.
	Standards []string
	// RuntimeMonitoring has GuardDuty look into running nodes and containers. It
	// installs its agent, and an endpoint in the network, by itself.
	RuntimeMonitoring bool
	// ExistingConfigRole says that the account has AWS Config's service-linked
	// role already: an account has it once.
	ExistingConfigRole bool
	// AlertSeverity is the least severity of findings of GuardDuty and Security Hub
	// that go to P1Topic: low, medium, high or critical.
	AlertSeverity string
	// P0Topic and P1Topic are the ARNs of the topics that alarms go to. P1Topic lets
	// EventBridge publish (PublishFindings).
	P0Topic, P1Topic pulumi.StringInput
}

// SecurityBaseline is what makes an account an audited one: a trail of all calls,
// a record of all configuration and rules on it, services that look for attacks
// and weaknesses, safe defaults, and alarms on what nobody does by accident. An
// account has one; its regional parts watch the scope's region, the trail all
// regions.
type SecurityBaseline struct {
	pulumi.ResourceState

	// TrailArn is the ARN of the trail.
	TrailArn pulumi.StringOutput
	// BucketName is the name of the bucket with the audit files.
	BucketName pulumi.StringOutput
	// DetectorID is the id of GuardDuty's detector.
	DetectorID pulumi.StringOutput
}

// auditDays is the least that audit records are kept for.
// Source: CIS AWS Foundations Benchmark; FSBP CloudWatch.16.
const auditDays = 365

// baselineBuilder is a baseline while it is built.
type baselineBuilder struct {
	*SecurityBaselineArgs
	ctx  *pulumi.Context
	name string
	in   pulumi.ResourceOption // its parent
}

// NewSecurityBaseline makes the baseline of the scope's account.
func NewSecurityBaseline(ctx *pulumi.Context, name string, args *SecurityBaselineArgs, opts ...pulumi.ResourceOption) (*SecurityBaseline, error) {
	if err := args.check(); err != nil {
		return nil, fmt.Errorf("creating security baseline %s: %w", name, err)
	}
	s := &SecurityBaseline{}
	if err := component.Register(ctx, "aws", "SecurityBaseline", name, s, opts...); err != nil {
		return nil, err
	}
	b := &baselineBuilder{args, ctx, name, pulumi.Parent(s)}
	bucket, err := b.bucket()
	if err != nil {
		return nil, err
	}
	trail, group, err := b.trail(bucket)
	if err != nil {
		return nil, err
	}
	recording, err := b.config(bucket)
	if err != nil {
		return nil, err
	}
	detector, err := b.detect()
	if err != nil {
		return nil, err
	}
	if err := errors.Join(b.hub(recording), b.analyse(), b.defaults(), b.alarms(group), b.tell()); err != nil {
		return nil, err
	}
	s.TrailArn, s.BucketName, s.DetectorID = trail.Arn, bucket.Name, detector.ID().ToStringOutput()
	return s, ctx.RegisterResourceOutputs(s, pulumi.Map{
		"trailArn": s.TrailArn, "bucketName": s.BucketName, "detectorId": s.DetectorID,
	})
}

// check returns all that is wrong with the arguments.
func (a *SecurityBaselineArgs) check() error {
	var errs []error
	want := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	want(a.KeyArn != nil, "KeyArn is missing")
	want(a.DiskKeyArn != nil, "DiskKeyArn is missing")
	want(a.LogBucket != nil, "LogBucket is missing")
	want(a.P0Topic != nil, "P0Topic is missing")
	want(a.P1Topic != nil, "P1Topic is missing")
	want(a.LogDays >= auditDays, "LogDays: got %d, want at least %d", a.LogDays, auditDays)
	want(a.TrailDays >= auditDays, "TrailDays: got %d, want at least %d", a.TrailDays, auditDays)
	known := slices.ContainsFunc(findingSeverities, func(s findingSeverity) bool { return s.name == a.AlertSeverity })
	want(known, "AlertSeverity: got %q, want low, medium, high or critical", a.AlertSeverity)
	for i, name := range a.Standards {
		want(standards[name] != "", "Standards: got %q, want fsbp, cis, nist or pci", name)
		want(!slices.Contains(a.Standards[:i], name), "Standards: got %s twice", name)
	}
	return errors.Join(errs...)
}

// AuditMayUse lets CloudTrail and AWS Config encrypt the files that they write,
// and CloudWatch Logs the trail's log group, for the scope's account.
// Sources: CloudTrail user guide, "Configure AWS KMS key policies for
// CloudTrail" (with a bucket key it decrypts too); AWS Config developer guide,
// "Permissions for the KMS key".
func AuditMayUse(s Scope) []Statement {
	trail := serviceMayUse("cloudtrail.amazonaws.com", map[string]map[string][]string{
		"ArnLike": {"aws:SourceArn": {s.arn("cloudtrail", "trail/*")}},
	})
	config := serviceMayUse("config.amazonaws.com", map[string]map[string][]string{
		"StringEquals": {"aws:SourceAccount": {s.AccountID}},
	})
	trail.Sid, config.Sid = "Trail", "Config"
	return []Statement{trail, config, LogsMayUse(s)}
}
