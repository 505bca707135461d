package gcp

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/logging"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/projects"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/storage"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// AuditArgs are the arguments of NewAudit.
type AuditArgs struct {
	Scope
	// KeepDays is how long audit logs are kept, at least; nobody deletes them
	// before.
	KeepDays int
	// Key encrypts them: StorageAgent is among its users.
	Key *Key
	// LogBucket is the name of the bucket that gets the log of who read them.
	LogBucket pulumi.StringInput
}

// Audit writes down who did what in a project: what was changed, which is always
// written down, and what was looked at, which is not. A project has one
// configuration of it: one stack of a project has this component.
type Audit struct {
	pulumi.ResourceState

	// Bucket is the name of the bucket that holds the logs.
	Bucket pulumi.StringOutput
}

// NewAudit switches all logs on and has them kept.
func NewAudit(ctx *pulumi.Context, name string, args *AuditArgs, opts ...pulumi.ResourceOption) (*Audit, error) {
	if args.KeepDays < 1 || args.Key == nil || args.LogBucket == nil {
		return nil, fmt.Errorf("creating audit %s: got %d days, want at least 1, a key and a bucket for the log", name, args.KeepDays)
	}
	a := &Audit{}
	if err := component.Register(ctx, "gcp", "Audit", name, a, opts...); err != nil {
		return nil, err
	}
	kinds := projects.IAMAuditConfigAuditLogConfigArray{}
	for _, kind := range []string{"ADMIN_READ", "DATA_READ", "DATA_WRITE"} {
		kinds = append(kinds, &projects.IAMAuditConfigAuditLogConfigArgs{LogType: pulumi.String(kind)})
	}
	if _, err := projects.NewIAMAuditConfig(ctx, name, &projects.IAMAuditConfigArgs{
		Project: pulumi.String(args.Project), Service: pulumi.String("allServices"), AuditLogConfigs: kinds,
	}, pulumi.Parent(a)); err != nil {
		return nil, fmt.Errorf("switching audit logs on: %w", err)
	}
	if err := args.keep(ctx, name, a); err != nil {
		return nil, fmt.Errorf("keeping audit logs: %w", err)
	}
	return a, ctx.RegisterResourceOutputs(a, pulumi.Map{"bucket": a.Bucket})
}

// keep sends the logs to a bucket of their own, for as long as they are wanted:
// Cloud Logging forgets most of them after 30 days.
// Source: Cloud Logging docs, "Route logs to supported destinations", read 2026-11.
func (a *AuditArgs) keep(ctx *pulumi.Context, name string, out *Audit) error {
	retain := a.KeepDays
	if a.Disposable {
		retain = 0 // what is retained cannot be taken down
	}
	bucket, err := NewBucket(ctx, name, &BucketArgs{
		Scope: a.Scope, Purpose: "audit", KeyID: a.Key.ID, After: a.Key.Ready, LogBucket: a.LogBucket,
		RetainDays: retain, ExpireDays: a.KeepDays, NoncurrentDays: 30, EmptyOnDelete: a.Disposable,
	}, pulumi.Parent(out))
	if err != nil {
		return err
	}
	out.Bucket = bucket.Name
	sink, err := logging.NewProjectSink(ctx, name, &logging.ProjectSinkArgs{
		Description: pulumi.String("Who did what in " + a.Project), UniqueWriterIdentity: pulumi.Bool(true),
		Destination: pulumi.Sprintf("storage.googleapis.com/%s", bucket.Name), Filter: pulumi.String(`log_id("cloudaudit.googleapis.com/activity") OR log_id("cloudaudit.googleapis.com/data_access") OR log_id("cloudaudit.googleapis.com/policy")`),
	}, pulumi.Parent(out))
	if err != nil {
		return err
	}
	_, err = storage.NewBucketIAMMember(ctx, name+"-writer", &storage.BucketIAMMemberArgs{
		Bucket: bucket.Name, Role: pulumi.String(objectMaker), Member: sink.WriterIdentity,
	}, pulumi.Parent(out))
	return err
}
