package aws

import (
	components "github.com/te-explico/infrastructure/components/aws"
	"github.com/te-explico/infrastructure/stacks/platform"
)

// makeCI makes the roles of GitHub's jobs. It comes first: from then on every
// role of the stack is within its boundary.
func (b *builder) makeCI() error {
	if b.CI.Repository == "" {
		return nil
	}
	ci, err := components.NewGithubOidc(b.ctx, "ci", &components.GithubOidcArgs{
		Scope: b.scope, Project: b.ctx.Project(), Stack: b.ctx.Stack(), Repository: b.CI.Repository,
		ExistingProvider: b.CI.ExistingProvider, Boundary: b.CI.Boundary,
		StateBucketArn: b.CI.StateBucket, StateKeyArn: b.CI.StateKey,
	}, b.in)
	if err != nil {
		return err
	}
	b.platform.CI = platform.CI{Preview: ci.PreviewArn, Deploy: ci.DeployArn}
	return components.BindRoles(b.ctx, ci.BoundaryArn)
}

// makeSecurity audits the account.
func (b *builder) makeSecurity() error {
	if !b.Security.Baseline {
		return nil
	}
	key, err := components.NewKey(b.ctx, "audit", &components.KeyArgs{
		Scope: b.scope, Purpose: b.scope.Prefix + ": the audit trail", Users: components.AuditMayUse(b.scope),
	}, b.in)
	if err != nil {
		return err
	}
	args := &components.SecurityBaselineArgs{
		Scope: b.scope, KeyArn: key.Arn, DiskKeyArn: b.keys.disks.Arn, LogBucket: b.buckets.logs.Name,
		LogDays: b.Logs.AuditDays, TrailDays: b.Security.TrailDays, EmptyOnDelete: !b.Protect,
		RuntimeMonitoring: b.Security.RuntimeMonitoring, ExistingConfigRole: b.Security.ExistingConfigRole,
		AlertSeverity: string(b.Security.AlertSeverity), P0Topic: b.platform.Alerts.P0, P1Topic: b.platform.Alerts.P1,
	}
	for _, standard := range b.Security.Standards {
		args.Standards = append(args.Standards, string(standard))
	}
	_, err = components.NewSecurityBaseline(b.ctx, "security", args, b.in)
	return err
}
